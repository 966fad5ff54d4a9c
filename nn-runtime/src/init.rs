//! Initial values of parameters, and registration of parameters in a `VarStore`.
//!
//! Every [`Init`] gives the same numbers as the function of that name in `torch.nn.init`, from the same seed. It
//! replaces tch's `nn::Init`, which has neither Xavier nor LeCun initialisation.

use tch::nn::Path;
use tch::{Cuda, Device, Kind, Tensor};

/// How to initialise a parameter.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Init {
    /// Uniform on `lo..hi`.
    Uniform {
        /// The lower bound.
        lo: f64,
        /// The upper bound.
        hi: f64,
    },
    /// Normal.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        std: f64,
    },
    /// One value everywhere: `Constant(0.0)` is zeros, `Constant(1.0)` ones.
    Constant(f64),
    /// Uniform with variance `2 / (fan_in + fan_out)` (Glorot and Bengio, 2010).
    XavierUniform,
    /// Normal with variance `2 / (fan_in + fan_out)`.
    XavierNormal,
    /// Uniform with variance `2 / fan_in` (He et al., 2015).
    KaimingUniform,
    /// Normal with variance `2 / fan_in`.
    KaimingNormal,
    /// Uniform with variance `1 / fan_in` (LeCun et al., 1998).
    LecunUniform,
    /// Normal with variance `1 / fan_in`.
    LecunNormal,
    /// A random matrix with orthonormal rows or columns, whichever are fewer (Saxe et al., 2013).
    Orthogonal,
    /// Whatever this function returns for the shape.
    Function(fn(&[i64]) -> Tensor),
}

impl Init {
    /// Uniform within `1 / sqrt(fan)`: PyTorch's default for linear, convolutional and recurrent layers.
    pub fn fan_in(fan: i64) -> Init {
        let bound = 1.0 / (fan as f64).sqrt();
        Init::Uniform { lo: -bound, hi: bound }
    }

    /// Creates a tensor with these values.
    ///
    /// # Panics
    /// If `shape` has fewer than two dimensions and the values depend on a fan or are orthogonal. PyTorch fails there
    /// too.
    ///
    /// ```
    /// use nn_runtime::init::Init;
    /// use tch::{Device, Kind};
    ///
    /// let weight = Init::XavierUniform.tensor(&[3, 5], Kind::Float, Device::Cpu);
    /// assert!(weight.abs().max().double_value(&[]) <= (6.0f64 / 8.0).sqrt());
    /// ```
    #[track_caller]
    pub fn tensor(self, shape: &[i64], kind: Kind, device: Device) -> Tensor {
        let empty = || Tensor::empty(shape, (kind, device));
        if shape.contains(&0) {
            return empty(); // The fans, which divide below, may be 0.
        }
        let uniform = |variance: f64| {
            let bound = 3f64.sqrt() * variance.sqrt();
            empty().uniform_(-bound, bound)
        };
        let normal = |variance: f64| empty().normal_(0.0, variance.sqrt());
        match self {
            Self::Uniform { lo, hi } => empty().uniform_(lo, hi),
            Self::Normal { mean, std } => empty().normal_(mean, std),
            Self::Constant(value) => Tensor::full(shape, value, (kind, device)),
            Self::XavierUniform => uniform(2.0 / Fans::of(shape).sum()),
            Self::XavierNormal => normal(2.0 / Fans::of(shape).sum()),
            Self::KaimingUniform => uniform(2.0 / Fans::of(shape).fan_in),
            Self::KaimingNormal => normal(2.0 / Fans::of(shape).fan_in),
            Self::LecunUniform => uniform(1.0 / Fans::of(shape).fan_in),
            Self::LecunNormal => normal(1.0 / Fans::of(shape).fan_in),
            Self::Orthogonal => orthogonal(shape, kind, device),
            Self::Function(make) => made(make, shape, kind, device),
        }
    }
}

/// How many values feed, and are fed by, one unit of a weight.
struct Fans {
    fan_in: f64,
    fan_out: f64,
}

impl Fans {
    /// As `torch.nn.init._calculate_fan_in_and_fan_out`, which reads any shape as `[out, in, kernel..]`.
    #[track_caller]
    fn of(shape: &[i64]) -> Self {
        let [out, into, kernel @ ..] = shape else { panic!("{}", too_flat("a fan", shape)) };
        let receptive_field: i64 = kernel.iter().product();
        Self { fan_in: (into * receptive_field) as f64, fan_out: (out * receptive_field) as f64 }
    }

    fn sum(&self) -> f64 {
        self.fan_in + self.fan_out
    }
}

/// The result of a user's function, which must have the requested shape.
#[track_caller]
fn made(make: fn(&[i64]) -> Tensor, shape: &[i64], kind: Kind, device: Device) -> Tensor {
    let tensor = make(shape);
    assert_eq!(tensor.size(), shape, "a function for `init=` returned a tensor of another shape");
    // A copy, since the function may return the same tensor for several parameters, or one that requires a gradient.
    tensor.detach().to_kind(kind).to_device(device).copy()
}

#[track_caller]
fn orthogonal(shape: &[i64], kind: Kind, device: Device) -> Tensor {
    let [rows, rest @ ..] = shape else { panic!("{}", too_flat("orthogonality", shape)) };
    assert!(!rest.is_empty(), "{}", too_flat("orthogonality", shape));
    let columns = rest.iter().product::<i64>();
    // LAPACK has no half precision.
    let computed = if kind == Kind::Double { Kind::Double } else { Kind::Float };
    let random = Tensor::empty([*rows, columns], (computed, device)).normal_(0.0, 1.0);
    let wide = *rows < columns;
    let (q, r) = Tensor::linalg_qr(&if wide { random.tr() } else { random }, "reduced");
    // Signs fixed by R's diagonal make Q uniform over the orthogonal matrices.
    let q = q * r.diagonal(0, -2, -1).sign();
    let q = if wide { q.tr() } else { q };
    q.reshape(shape).to_kind(kind).contiguous()
}

fn too_flat(what: &str, shape: &[i64]) -> String {
    format!(
        "{what} needs a shape of at least 2 dimensions, this one is {shape:?}\nhelp: use `uniform`, `normal` or `constant`"
    )
}

/// Creates a trainable parameter called `name` under `path`, with the path's float type and device.
///
/// # Panics
/// If `path` already has a tensor of that name.
#[track_caller]
pub fn parameter(path: &Path, name: &str, shape: &[i64], init: Init) -> Tensor {
    parameter_of(path.kind(), path, name, shape, init)
}

/// As [`parameter`], of another type.
#[doc(hidden)]
#[track_caller]
pub fn parameter_of(kind: Kind, path: &Path, name: &str, shape: &[i64], init: Init) -> Tensor {
    register(path, name, scratch_of(kind, path, shape, init), true)
}

/// Creates a tensor called `name` under `path` that is saved and loaded but not trained.
///
/// # Panics
/// If `path` already has a tensor of that name.
#[track_caller]
pub fn buffer(path: &Path, name: &str, shape: &[i64], init: Init) -> Tensor {
    buffer_of(path.kind(), path, name, shape, init)
}

/// As [`buffer`], of another type.
#[doc(hidden)]
#[track_caller]
pub fn buffer_of(kind: Kind, path: &Path, name: &str, shape: &[i64], init: Init) -> Tensor {
    register(path, name, scratch_of(kind, path, shape, init), false)
}

/// Creates a tensor that is neither saved nor trained, and so has no name.
pub fn scratch(path: &Path, shape: &[i64], init: Init) -> Tensor {
    scratch_of(path.kind(), path, shape, init)
}

/// As [`scratch`], of another type.
#[doc(hidden)]
#[track_caller]
pub fn scratch_of(kind: Kind, path: &Path, shape: &[i64], init: Init) -> Tensor {
    check_device(path.device());
    init.tensor(shape, kind, path.device())
}

/// Checks that the device exists, where tch would panic with a C++ backtrace.
#[track_caller]
fn check_device(device: Device) {
    if let Some(why) = missing(device) {
        panic!("the `VarStore` is on {device:?}, and {why}");
    }
}

/// Why a tensor cannot be on `device`.
pub(crate) fn missing(device: Device) -> Option<String> {
    let Device::Cuda(index) = device else { return None };
    match Cuda::device_count() {
        0 => Some(
            "libtorch finds no CUDA here\n\
             help: `Device::cuda_if_available()` is the CPU then; `cargo xtask doctor` in nn-dsl's repository says why"
                .to_owned(),
        ),
        count if index as i64 >= count => Some(format!("there are {count} CUDA devices")),
        _ => None,
    }
}

#[track_caller]
fn register(path: &Path, name: &str, tensor: Tensor, trainable: bool) -> Tensor {
    // tch would rename the second `weight` to `weight__7`, and no network could load a file with that.
    assert!(
        path.get(name).is_none(),
        "`{}` exists already: two networks were created on one path\n\
         help: give each its own path, as in `Net::new(&(vs.root() / \"teacher\"))`",
        path.path(name)
    );
    path.add(name, tensor, trainable)
}

#[cfg(test)]
mod tests;
