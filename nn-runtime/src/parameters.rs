//! A network's parameters by name: which of them are trained, their gradients, their device and type.
//!
//! To train only a new head on a trained body:
//!
//! ```
//! use nn_runtime::init::{Init, parameter};
//! use nn_runtime::parameters;
//! use tch::{Device, nn};
//!
//! # let vs = nn::VarStore::new(Device::Cpu);
//! # for name in ["conv1", "conv2", "fc"] {
//! #     let _ = parameter(&(vs.root() / name), "weight", &[2, 2], Init::KaimingUniform);
//! # }
//! // ... after `Weights::open("body.safetensors")?.ignore("fc.*").load(&vs)?`
//! parameters::freeze(&vs, "*")?;
//! assert_eq!(parameters::unfreeze(&vs, "fc.*")?, ["fc.weight"]);
//! # Ok::<(), nn_runtime::Error>(())
//! ```

mod layout;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use crate::init::missing;
use crate::{Error, native, pattern};
pub use layout::channels_last;
pub(crate) use layout::{ChannelsLast, gains_from_channels_last};

/// Returns the parameters of `vs` by name, including frozen ones, but not the buffers.
pub fn all(vs: &VarStore) -> BTreeMap<String, Tensor> {
    // Frozen parameters do not require gradients, so only tch's list of trainable variables distinguishes them from buffers.
    let address = |tensor: &Tensor| tensor.data_ptr() as usize;
    let trainable: BTreeSet<usize> = vs.trainable_variables().iter().map(address).collect();
    vs.variables().into_iter().filter(|(_, tensor)| trainable.contains(&address(tensor))).collect()
}

/// Freezes the parameters whose names match `pattern`, in which `*` matches any text, and returns their names.
///
/// Their gradients are dropped, and no new ones computed. As in PyTorch, batch normalisation still updates its running
/// statistics in training mode, because they are not parameters.
///
/// # Errors
/// If no name matches.
pub fn freeze(vs: &VarStore, pattern: &str) -> Result<Vec<String>, Error> {
    let frozen = set_trained(vs, pattern, false)?;
    native::clear_gradients(&frozen.values().collect::<Vec<_>>())?;
    Ok(frozen.into_keys().collect())
}

/// Makes the parameters whose names match `pattern` trainable again, and returns their names.
///
/// # Errors
/// If no name matches.
pub fn unfreeze(vs: &VarStore, pattern: &str) -> Result<Vec<String>, Error> {
    Ok(set_trained(vs, pattern, true)?.into_keys().collect())
}

fn set_trained(vs: &VarStore, pattern: &str, trained: bool) -> Result<BTreeMap<String, Tensor>, Error> {
    let all = all(vs);
    let names: Vec<String> = all.keys().cloned().collect();
    let matching = pattern::positions(pattern, &names)?;
    let matching = matching.into_iter().map(|index| (names[index].clone(), &all[&names[index]]));
    matching.map(|(name, tensor)| Ok((name, tensor.f_set_requires_grad(trained)?))).collect()
}

/// The size of a parameter's gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// The parameter's name.
    pub name: String,
    /// The Euclidean norm, or `None` if there is no gradient: the parameter is frozen, or the loss does not depend on
    /// it.
    pub norm: Option<f64>,
    /// The Euclidean norm of the parameter itself.
    pub parameter_norm: f64,
}

/// `fc.weight: gradient 2.31e-2, parameter 1.15e1`
impl fmt::Display for Gradient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, norm, parameter_norm } = self;
        match norm {
            Some(norm) => write!(f, "{name}: gradient {norm:.2e}, parameter {parameter_norm:.2e}"),
            None => write!(f, "{name}: no gradient, parameter {parameter_norm:.2e}"),
        }
    }
}

/// Returns the gradients of all parameters, sorted by name. Call it after `backward` and before `zero_grad`.
///
/// ```
/// use nn_runtime::init::{Init, parameter};
/// use nn_runtime::parameters;
/// use tch::{Device, Kind, nn};
///
/// let vs = nn::VarStore::new(Device::Cpu);
/// let weight = parameter(&vs.root(), "weight", &[4], Init::Constant(2.0));
/// (weight * 3.0).sum(Kind::Float).backward();
/// assert_eq!(parameters::gradients(&vs)[0].to_string(), "weight: gradient 6.00e0, parameter 4.00e0");
/// ```
pub fn gradients(vs: &VarStore) -> Vec<Gradient> {
    let norm = |tensor: &Tensor| tensor.detach().to_kind(Kind::Double).norm().double_value(&[]);
    let measured = |(name, parameter): (String, Tensor)| {
        let gradient = parameter.grad();
        Gradient { name, norm: gradient.defined().then(|| norm(&gradient)), parameter_norm: norm(&parameter) }
    };
    all(vs).into_iter().map(measured).collect()
}

/// Moves every parameter and buffer to `device`. The network created on `vs` moves with it, and an optimizer follows.
///
/// # Errors
/// If there is no such device.
pub fn to_device(vs: &mut VarStore, device: Device) -> Result<(), Error> {
    if let Some(why) = missing(device) {
        return Err(Error::NoDevice(device, why));
    }
    // Otherwise tch would panic halfway through moving them.
    let _ = Tensor::f_zeros([1], (Kind::Float, device))?;
    clear_gradients(vs)?;
    vs.set_device(device);
    Ok(())
}

/// Converts every parameter and buffer of a float type to `kind`: `f16`, `bf16`, `f32` or `f64`.
///
/// # Errors
/// If `kind` is no float type.
pub fn to_kind(vs: &mut VarStore, kind: Kind) -> Result<(), Error> {
    clear_gradients(vs)?;
    match kind {
        Kind::Half => vs.half(),
        Kind::BFloat16 => vs.bfloat16(),
        Kind::Float => vs.float(),
        Kind::Double => vs.double(),
        other => {
            let (option, expected) = ("kind", "Half, BFloat16, Float or Double");
            return Err(Error::Option { of: "parameters::to_kind", option, expected, found: format!("{other:?}") });
        }
    }
    Ok(())
}

/// Removes gradients, which would keep the old device and type.
fn clear_gradients(vs: &VarStore) -> Result<(), Error> {
    native::clear_gradients(&all(vs).values().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
