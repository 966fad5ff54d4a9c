//! How outputs are read as classes or numbers.

use tch::{Kind, Tensor};

use crate::{Error, Misfit};

/// How an output is read as classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reading {
    /// `[N, classes, ..]`: the class with the largest score.
    Largest,
    /// `[N, ..]`: class 1 where the score is above the threshold, else 0.
    Above(f64),
}

impl Reading {
    /// The predicted and the true classes, both `i64` with the target's shape.
    pub fn classes(self, of: &'static str, output: &Tensor, target: &Tensor) -> Result<(Tensor, Tensor), Error> {
        let expected = self.target_size(of, output, target)?;
        let tensors = [("output", output), ("target", target)];
        if target.size() != expected {
            let problem = format!("the target must be {expected:?}, a class for each sample of the output");
            return Err(Misfit::new(of, problem, &tensors, self.help(output, target)).into());
        }
        if self == Self::Largest && target.is_floating_point() {
            let help = "cast it: `target.to_kind(Kind::Int64)`";
            return Err(Misfit::new(of, "the target must hold classes as i64", &tensors, help).into());
        }
        let predicted = match self {
            Self::Largest => output.f_argmax(1, false)?,
            Self::Above(threshold) => output.f_gt(threshold)?.to_kind(Kind::Int64),
        };
        Ok((predicted, target.f_to_device(output.device())?.to_kind(Kind::Int64)))
    }

    fn target_size(self, of: &'static str, output: &Tensor, target: &Tensor) -> Result<Vec<i64>, Error> {
        match (self, output.size().as_slice()) {
            (Self::Above(_), size) => Ok(size.to_vec()),
            (Self::Largest, [batch, _, others @ ..]) => Ok([&[*batch], others].concat()),
            (Self::Largest, _) => {
                let tensors = [("output", output), ("target", target)];
                Err(Misfit::new(of, "the output must be [N, classes]", &tensors, self.help(output, target)).into())
            }
        }
    }

    fn help(self, output: &Tensor, target: &Tensor) -> &'static str {
        match (self, &output.size()[..]) {
            (Self::Above(_), _) => "for one score per class, use `new`",
            (Self::Largest, [] | [_] | [_, 1]) => "for two classes with one score per sample, use `binary`",
            (Self::Largest, size) if target.size() == size => {
                "if the target is one-hot, its classes are `target.argmax(1, false)`"
            }
            (Self::Largest, _) => "the output is `[N, classes]` and the target `[N]`, of the same samples",
        }
    }
}

/// The output and the target as `f64` on the output's device. Their shapes must be equal, since nothing is broadcast.
pub(super) fn numbers(of: &'static str, output: &Tensor, target: &Tensor) -> Result<(Tensor, Tensor), Error> {
    if output.size() == target.size() {
        let target = target.f_to_device(output.device())?.to_kind(Kind::Double);
        return Ok((output.detach().to_kind(Kind::Double), target));
    }
    let tensors = [("output", output), ("target", target)];
    let help = "if one has an extra last dimension of size 1, drop it: `squeeze_dim(-1)`";
    Err(Misfit::new(of, "the output and the target must have the same shape", &tensors, help).into())
}
