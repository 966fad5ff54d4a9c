//! Options of parameter groups.

use crate::Error;

/// The options of a parameter group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options<R> {
    /// The learning rate, at least 0.
    pub learning_rate: f64,
    /// How strongly the parameters are pulled to 0, at least 0.
    pub weight_decay: f64,
    /// Whether to maximize instead of minimizing.
    pub maximize: bool,
    /// The options of this particular optimizer, such as `betas`.
    pub rule: R,
}

/// Checks the value of an option.
pub(crate) fn check(
    of: &'static str,
    option: &'static str,
    value: f64,
    expected: &'static str,
    holds: impl Fn(f64) -> bool,
) -> Result<(), Error> {
    if holds(value) { Ok(()) } else { Err(Error::Option { of, option, expected, found: value.to_string() }) }
}

/// Checks that an option is a finite number, at least 0.
pub(crate) fn check_not_negative(of: &'static str, option: &'static str, value: f64) -> Result<(), Error> {
    check(of, option, value, "a number of at least 0", |value| value >= 0.0 && value.is_finite())
}

/// Checks that an option is at least 0 and less than 1.
pub(crate) fn check_fraction(of: &'static str, option: &'static str, value: f64) -> Result<(), Error> {
    check(of, option, value, "at least 0 and less than 1", |value| (0.0..1.0).contains(&value))
}
