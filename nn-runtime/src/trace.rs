//! One run of a network, layer by layer: what each layer gives, and how long it takes.

mod recorder;
mod show;

pub use recorder::Recorder;
#[doc(hidden)]
pub use recorder::inner;

use crate::facts::Facts;
use serde::Serialize;
use std::time::Duration;
use tch::{Kind, Tensor};

/// What the layers of a network gave in one run, as [`Network::trace`](crate::Network::trace) makes it. `to_string` aligns it
/// for a terminal, and the width of a format, 120 unless given, is not exceeded where words can be wrapped.
#[derive(Clone, Debug)]
pub struct Trace {
    network: Facts,
    rows: Vec<Row>,
}

/// An input, a layer, or a block or group, which is followed by the layers in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// How many blocks and groups it is in.
    pub depth: usize,
    /// As it was written: `conv 64 k=3`.
    pub layer: String,
    /// What its parameters are saved under; empty if it has none.
    pub name: String,
    #[serde(skip)]
    own_name: String,
    /// What it gave. Empty for a block or group, which gives what the layers in it give.
    pub outputs: Vec<Output>,
    /// The parameters and buffers of it that hold NaN or infinity: `weight`.
    pub spoilt: Vec<String>,
    /// How long it ran, in seconds; on CUDA until the GPU was done.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub time: Duration,
}

/// A tensor that a layer gave.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Output {
    /// Its sizes.
    pub shape: Vec<i64>,
    /// Its element type as the language writes it: `f32`.
    pub dtype: &'static str,
    /// The mean of the elements that are finite; NaN where none is, as the next three.
    pub mean: f64,
    /// Their standard deviation, of the population: the root of the mean of the squared differences from the mean.
    pub std: f64,
    /// The least of them.
    pub min: f64,
    /// The greatest of them.
    pub max: f64,
    /// The share of all elements that are 0, between 0 and 1: after a `relu`, those that are off.
    pub zeros: f64,
    /// How many elements are NaN.
    pub nan: i64,
    /// How many elements are infinite.
    pub infinite: i64,
}

fn seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

impl Trace {
    /// The inputs, and the layers in the order in which they ran.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The first layer that gave NaN, or the input that brought it.
    pub fn first_nan(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.outputs.iter().any(|output| output.nan > 0))
    }

    /// The first layer that gave infinity, or the input that brought it. Attention masks are made of it.
    pub fn first_infinity(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.outputs.iter().any(|output| output.infinite > 0))
    }

    /// How long the layers ran, without what was measured in between. A first run takes longer than the next ones.
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
