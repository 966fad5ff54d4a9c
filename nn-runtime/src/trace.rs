//! One run of a network, layer by layer: each layer's output and time.

mod recorder;
mod show;

pub use recorder::Recorder;
#[doc(hidden)]
pub use recorder::inner;

use crate::facts::Facts;
use serde::Serialize;
use std::time::Duration;
use tch::{Kind, Tensor};

/// The outputs of a network's layers in one run, from [`Network::trace`](crate::Network::trace). `to_string` formats
/// them for a terminal, 120 columns wide if the text can be wrapped; a format's width sets another.
#[derive(Clone, Debug)]
pub struct Trace {
    network: Facts,
    rows: Vec<Row>,
}

/// An input, a layer, or a block or group; the layers in a block or group follow it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The number of blocks and groups around it.
    pub depth: usize,
    /// Its source text: `conv 64 k=3`.
    pub layer: String,
    /// The name under which its parameters are saved; empty if it has none.
    pub name: String,
    #[serde(skip)]
    own_name: String,
    /// Its outputs. Empty for a block or group, whose outputs are those of its layers.
    pub outputs: Vec<Output>,
    /// Its parameters and buffers that hold NaN or infinity: `weight`.
    pub spoilt: Vec<String>,
    /// How long it ran; on CUDA, until the GPU had finished.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub time: Duration,
}

/// An output of a layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Output {
    /// Its sizes.
    pub shape: Vec<i64>,
    /// Its element type as the language writes it: `f32`.
    pub dtype: &'static str,
    /// The mean of the finite elements. This and the next three are NaN if there are none.
    pub mean: f64,
    /// The standard deviation of the finite elements (of the population: the root of the mean squared difference).
    pub std: f64,
    /// The smallest finite element.
    pub min: f64,
    /// The largest finite element.
    pub max: f64,
    /// The share of all elements that are 0, between 0 and 1; after a `relu`, the inactive ones.
    pub zeros: f64,
    /// The number of NaN elements.
    pub nan: i64,
    /// The number of infinite elements.
    pub infinite: i64,
}

fn seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

impl Trace {
    /// Returns the inputs, and the layers in the order in which they ran.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns the first layer whose output has NaN, or the input that already had it.
    pub fn first_nan(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.outputs.iter().any(|output| output.nan > 0))
    }

    /// Returns the first layer whose output has infinity, or the input that already had it. Attention masks contain
    /// infinity.
    pub fn first_infinity(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.outputs.iter().any(|output| output.infinite > 0))
    }

    /// Returns the time of all layers, without the measuring in between. The first run takes longer than later ones.
    pub fn time(&self) -> Duration {
        self.rows.iter().filter(|row| !row.outputs.is_empty()).map(|row| row.time).sum()
    }
}

impl Output {
    fn of(tensor: &Tensor) -> Self {
        let kind = match tensor.kind() {
            Kind::Float | Kind::Double => tensor.kind(),
            Kind::Half | Kind::BFloat16 => Kind::Float,
            _ => Kind::Double,
        };
        let values = tensor.to_kind(kind);
        let count = |which: Tensor| which.sum(Kind::Int64).int64_value(&[]);
        let (nan, infinite) = (count(values.isnan()), count(values.isinf()));
        let finite =
            if nan + infinite == 0 { values.shallow_clone() } else { values.masked_select(&values.isfinite()) };
        let measure = |function: fn(&Tensor) -> Tensor| match finite.numel() {
            0 => f64::NAN,
            _ => function(&finite).double_value(&[]),
        };
        Output {
            shape: tensor.size(),
            dtype: crate::network::dtype_name(tensor.kind()),
            mean: measure(|finite| finite.mean(Kind::Double)),
            std: measure(|finite| finite.std(false)),
            min: measure(Tensor::min),
            max: measure(Tensor::max),
            zeros: count(values.eq(0.0)) as f64 / tensor.numel() as f64,
            nan,
            infinite,
        }
    }
}
