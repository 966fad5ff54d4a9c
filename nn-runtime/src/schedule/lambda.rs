//! Custom schedules.

use super::Schedule;

/// Multiplies the initial learning rate by the value of a closure of the step, like
/// `torch.optim.lr_scheduler.LambdaLR`.
///
/// ```
/// use nn_runtime::schedule::{Lambda, Schedule};
///
/// assert_eq!(Lambda(|step| 1.0 / (1 + step) as f64).learning_rate(1.0, 3), 0.25);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Lambda<F>(pub F);

impl<F: Fn(usize) -> f64> Schedule for Lambda<F> {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        initial * (self.0)(step)
    }
}
