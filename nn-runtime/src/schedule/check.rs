//! Checks of a schedule's numbers.

use crate::Error;
pub(super) use crate::optim::options::{check, check_not_negative as check_rate};

pub(super) fn check_steps(of: &'static str, option: &'static str, steps: usize) -> Result<(), Error> {
    check(of, option, steps as f64, "at least 1", |steps| steps >= 1.0)
}

pub(super) fn check_factor(of: &'static str, option: &'static str, factor: f64) -> Result<(), Error> {
    check(of, option, factor, "a number of more than 0", |factor| factor > 0.0 && factor.is_finite())
}
