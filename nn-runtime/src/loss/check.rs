//! What losses ask of their tensors.

use tch::{Device, Kind, Tensor};

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
        match is_float(self.output) {
            true => Ok(()),
            false => Err(self.misfit("the output must hold floats", "cast it: `output.to_kind(Kind::Float)`")),
        }
    }

    /// Both must be on one device.
    pub fn same_device(&self) -> Result<(), Error> {
        let (output, target) = (self.output.device(), self.target.device());
        match output == target {
            true => Ok(()),
            false => Err(self.misfit(
                format!("the output is on {output:?} and the target on {target:?}"),
                "move the target: `target.to_device(output.device())`",
            )),
        }
    }

    /// The target must be `[N, ..]` with a class for each `[N, classes, ..]` of the output, or `[]` for `[classes]`.
    pub fn classes(&self) -> Result<(), Error> {
        self.float_output()?;
        self.same_device()?;
        let size = self.output.size();
        let expected = match size.split_first() {
            None => return Err(self.misfit("the output has no dimension of classes", "it must be `[N, classes]`")),
            Some((_, [])) => vec![],
            Some((batch, [_, others @ ..])) => [&[*batch], others].concat(),
        };
        if self.target.size() != expected {
            return Err(self.misfit(
                format!("the target must be {expected:?}, a class for each sample of the output"),
                self.help_on_shape(&expected),
            ));
        }
        if !matches!(self.target.kind(), Kind::Int64 | Kind::Uint8) {
            return Err(self.misfit("the target must hold classes as i64", "cast it: `target.to_kind(Kind::Int64)`"));
        }
        Ok(())
    }

    fn help_on_shape(&self, expected: &[i64]) -> String {
        let size = self.target.size();
        if size.len() == expected.len() + 1 && size.last() == Some(&1) {
            "drop the last dimension: `target.squeeze_dim(-1)`".to_owned()
        } else if size == self.output.size() {
            "where the target is one-hot, its classes are `target.argmax(1, false)`".to_owned()
        } else {
            "the output is `[N, classes]` and the target `[N]`; with pixels `[N, classes, H, W]` and `[N, H, W]`"
                .to_owned()
        }
    }

    /// Every class of the target must be one of the output's, or `ignored`. On a GPU this is left to libtorch, for to look
    /// would be to wait for it.
    pub fn known_classes(&self, classes: i64, ignored: Option<i64>) -> Result<(), Error> {
        if self.target.device() != Device::Cpu || self.target.numel() == 0 {
            return Ok(());
        }
        let unknown = self.target.lt(0).logical_or(&self.target.ge(classes));
        let unknown =
            ignored.map_or_else(|| unknown.shallow_clone(), |ignored| unknown.logical_and(&self.target.ne(ignored)));
        let found = self.target.masked_select(&unknown);
        if found.numel() == 0 {
            return Ok(());
        }
        Err(self.misfit(
            format!(
                "class {} of the target is not among the output's {classes}, 0 to {}",
                found.int64_value(&[0]),
                classes - 1
            ),
            "count classes from 0, and let the network's last layer have an output for each",
        ))
    }
}

pub(super) fn is_float(tensor: &Tensor) -> bool {
    matches!(tensor.kind(), Kind::Half | Kind::BFloat16 | Kind::Float | Kind::Double)
}
