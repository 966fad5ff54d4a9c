//! Checks of the tensors given to losses.

use tch::{Device, Kind, Tensor};

use crate::optim::options::check;
use crate::{Error, Misfit};

/// An output and a target, for messages.
pub(super) struct Pair<'a> {
    pub of: &'static str,
    pub output: &'a Tensor,
    pub target: &'a Tensor,
}

impl Pair<'_> {
    pub fn misfit(&self, problem: impl Into<String>, help: impl Into<String>) -> Error {
        let tensors = [("output", self.output), ("target", self.target)];
        Misfit::new(self.of, problem, &tensors, help).into()
    }

    /// The output must hold floats.
    pub fn float_output(&self) -> Result<(), Error> {
        if is_float(self.output) {
            Ok(())
        } else {
            Err(self.misfit("the output must hold floats", "cast it: `output.to_kind(Kind::Float)`"))
        }
    }

    /// Both must be on one device.
    pub fn same_device(&self) -> Result<(), Error> {
        let (output, target) = (self.output.device(), self.target.device());
        if output == target {
            Ok(())
        } else {
            Err(self.misfit(
                format!("the output is on {output:?} and the target on {target:?}"),
                "move the target: `target.to_device(output.device())`",
            ))
        }
    }

    /// Both must be of one shape, for PyTorch would broadcast `[64, 1]` and `[64]` to `[64, 64]`. Returns the target in the
    /// output's type.
    pub fn elementwise(&self) -> Result<Tensor, Error> {
        self.float_output()?;
        self.same_device()?;
        let (output, target) = (self.output.size(), self.target.size());
        if output == target {
            return Ok(self.target.to_kind(self.output.kind()));
        }
        let help = if output == [&target[..], &[1]].concat() {
            "drop the output's last dimension: `output.squeeze_dim(-1)`"
        } else if target == [&output[..], &[1]].concat() {
            "drop the target's last dimension: `target.squeeze_dim(-1)`"
        } else {
            "give a target for each element of the output; they are not broadcast"
        };
        Err(self.misfit("the output and the target must have the same shape", help))
    }

    /// The target must be `[N, ..]` with a class for each `[N, classes, ..]` of the output, or `[]` for `[classes]`, and
    /// each class one of the output's or `ignored`. Returns it as `i64`.
    pub fn classes(&self, ignored: Option<i64>) -> Result<Tensor, Error> {
        self.float_output()?;
        self.same_device()?;
        let size = self.output.size();
        let expected = match size.as_slice() {
            [] => return Err(self.misfit("the output has no class dimension", "it must be `[N, classes]`")),
            [_] => vec![],
            [batch, _, others @ ..] => [&[*batch], others].concat(),
        };
        if self.target.size() != expected {
            return Err(self.misfit(
                format!("the target must be {expected:?}, a class for each sample of the output"),
                self.help_on_shape(&expected),
            ));
        }
        if !matches!(self.target.kind(), Kind::Int64 | Kind::Int | Kind::Uint8) {
            return Err(self.misfit("the target must hold classes as i64", "cast it: `target.to_kind(Kind::Int64)`"));
        }
        let target = self.target.to_kind(Kind::Int64);
        self.known_classes(&target, ignored)?;
        Ok(target)
    }

    /// How many classes the output has.
    pub fn class_count(&self) -> i64 {
        let size = self.output.size();
        size.get(1).or(size.first()).copied().unwrap_or(0)
    }

    /// One weight for each class, on the output's device and in its type.
    pub fn class_weights(&self, weights: Option<&Tensor>) -> Result<Option<Tensor>, Error> {
        let Some(weights) = weights else { return Ok(None) };
        let classes = self.class_count();
        if weights.size() != [classes] {
            let problem = format!("there must be a weight for each of the {classes} classes");
            let tensors = [("output", self.output), ("weight", weights)];
            let help = "give as many numbers to `weight` as the output has classes";
            return Err(Misfit::new(self.of, problem, &tensors, help).into());
        }
        Ok(Some(weights.to_device(self.output.device()).to_kind(self.output.kind())))
    }

    fn help_on_shape(&self, expected: &[i64]) -> String {
        let (output, size) = (self.output.size(), self.target.size());
        if output.len() > 2 && output[..output.len() - 1] == size {
            let last = output.len() - 1;
            format!(
                "dimension 1 of the output is the classes: end the network with `transpose 1 {last}`, or give \
                 `output.flatten(0, {0})` and `target.flatten(0, {0})`",
                last - 1
            )
        } else if size.len() == expected.len() + 1 && size.last() == Some(&1) {
            "drop the last dimension: `target.squeeze_dim(-1)`".to_owned()
        } else if output.len() == 2 && size.len() > 1 && self.target.numel() as i64 == output[0] {
            "flatten the target like the output: `target.flatten(0, -1)`".to_owned()
        } else if size == output {
            "for a one-hot target, use `target.argmax(1, false)`".to_owned()
        } else {
            "the output is `[N, classes]` and the target `[N]`; with pixels `[N, classes, H, W]` and `[N, H, W]`"
                .to_owned()
        }
    }

    fn known_classes(&self, target: &Tensor, ignored: Option<i64>) -> Result<(), Error> {
        let classes = self.class_count();
        if lies_within(target, 0, classes) {
            return Ok(());
        }
        let known = |target: &Tensor| {
            let known = target.ge(0).logical_and(&target.lt(classes));
            ignored.map_or_else(|| known.shallow_clone(), |ignored| known.logical_or(&target.eq(ignored)))
        };
        let Some(found) = first_other(target, known) else { return Ok(()) };
        Err(self.misfit(
            format!("class {found} of the target is not among the output's {classes}, which are 0 to {}", classes - 1),
            "number classes from 0, and give the network's last layer one output per class",
        ))
    }

    /// Every element of the target must be 1 or -1.
    pub fn signs(&self) -> Result<(), Error> {
        match first_other(self.target, |target| target.to_kind(Kind::Double).abs().eq(1.0)) {
            None => Ok(()),
            Some(found) => Err(self.misfit(
                format!("the target must hold 1 and -1, but this one holds {found}"),
                "convert classes 0 and 1 with `target * 2 - 1`",
            )),
        }
    }

    /// Every element of the target must be from 0 to 1.
    pub fn probable_target(&self) -> Result<(), Error> {
        match first_other(self.target, is_probability) {
            None => Ok(()),
            Some(found) => Err(self.misfit(
                format!("the target must be from 0 to 1, but this one holds {found}"),
                "the target is the probability of class 1: 0 or 1 where it is known",
            )),
        }
    }

    /// Every element of the output must be from 0 to 1.
    pub fn probable_output(&self) -> Result<(), Error> {
        match first_other(self.output, is_probability) {
            None => Ok(()),
            Some(found) => Err(self.misfit(
                format!("the output must be probabilities, from 0 to 1, but this one holds {found}"),
                "use `BceWithLogits`, or end the network with `sigmoid`",
            )),
        }
    }
}

fn is_probability(tensor: &Tensor) -> Tensor {
    tensor.ge(0.0).logical_and(&tensor.le(1.0))
}

/// The first element for which something does not hold. On a GPU it does not look, because that would have to wait.
fn first_other(tensor: &Tensor, holds: impl Fn(&Tensor) -> Tensor) -> Option<f64> {
    if tensor.device() != Device::Cpu {
        return None;
    }
    let tensor = tensor.detach();
    let holds = holds(&tensor);
    // Checked first, since a selection takes several times as long.
    if holds.all().int64_value(&[]) == 1 {
        return None;
    }
    Some(tensor.masked_select(&holds.logical_not()).double_value(&[0]))
}

/// Whether all elements of a tensor on the CPU are in `first..end`, in one pass.
fn lies_within(tensor: &Tensor, first: i64, end: i64) -> bool {
    if tensor.device() != Device::Cpu || tensor.numel() == 0 {
        return false;
    }
    let (least, greatest) = tensor.aminmax(None, false);
    least.int64_value(&[]) >= first && greatest.int64_value(&[]) < end
}

pub(super) fn is_float(tensor: &Tensor) -> bool {
    matches!(tensor.kind(), Kind::Half | Kind::BFloat16 | Kind::Float | Kind::Double)
}

/// Checks that an option is a finite number above 0.
pub(super) fn check_positive(of: &'static str, option: &'static str, value: f64) -> Result<(), Error> {
    check(of, option, value, "a number of more than 0", |value| value > 0.0 && value.is_finite())
}
