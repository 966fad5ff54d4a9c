//! Tensors that do not fit together, as losses and metrics report them.

use std::fmt;

use tch::Tensor;

use crate::weights::describe;

/// Tensors that a loss or a metric cannot use.
#[derive(Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The loss or metric.
    pub of: &'static str,
    /// What is wrong.
    pub problem: String,
    /// The tensors given, each with its name: `output: f32 [64, 10]`.
    pub tensors: Vec<String>,
    /// How to fix it.
    pub help: String,
}

impl Misfit {
    /// `tensors`: shown in the message, with their names.
    pub(crate) fn new(
        of: &'static str,
        problem: impl Into<String>,
        tensors: &[(&str, &Tensor)],
        help: impl Into<String>,
    ) -> Self {
        let tensors = tensors.iter().map(|(name, tensor)| format!("{name}: {}", describe(tensor))).collect();
        Self { of, problem: problem.into(), tensors, help: help.into() }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, problem, tensors, help } = self;
        write!(f, "{of}: {problem}\nnote: {}\nhelp: {help}", tensors.join(", "))
    }
}

impl std::error::Error for Misfit {}
