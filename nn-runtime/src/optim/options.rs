//! What can be set for each group of parameters.

use crate::Error;

/// The settings of a group of parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options<R> {
    /// How far a step goes, at least 0.
    pub learning_rate: f64,
    /// How strongly the parameters are drawn to 0, at least 0.
    pub weight_decay: f64,
    /// Whether steps go up the gradient and not down.
    pub maximize: bool,
    /// What only this kind of optimizer has, such as `betas`.
    pub rule: R,
}

/// `Ok` if an option has a value that makes sense.
pub(crate) fn check(
    of: &'static str,
    option: &'static str,
    value: f64,
    expected: &'static str,
    holds: impl Fn(f64) -> bool,
) -> Result<(), Error> {
    match holds(value) {
        true => Ok(()),
        false => Err(Error::Option { of, option, expected, found: value.to_string() }),
    }
}

/// `Ok` if it is a finite number, at least 0.
pub(crate) fn check_not_negative(of: &'static str, option: &'static str, value: f64) -> Result<(), Error> {
    check(of, option, value, "a number of at least 0", |value| value >= 0.0 && value.is_finite())
}

/// `Ok` if it is at least 0 and less than 1.
pub(crate) fn check_fraction(of: &'static str, option: &'static str, value: f64) -> Result<(), Error> {
    check(of, option, value, "at least 0 and less than 1", |value| (0.0..1.0).contains(&value))
}
