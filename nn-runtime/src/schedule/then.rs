//! One schedule after another.

use super::{Mode, Schedule};
use crate::{Error, State};

/// A schedule followed by another: [`Schedule::then`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Then<A, B> {
    pub(super) first: A,
    pub(super) steps: usize,
    pub(super) second: B,
}

/// The prefix of the names in the second schedule's state.
const SECOND: &str = "then.";

impl<A: Schedule, B: Schedule> Schedule for Then<A, B> {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        match step.checked_sub(self.steps) {
            None => self.first.learning_rate(initial, step),
            Some(step) => self.second.learning_rate(initial, step),
        }
    }

    fn momentum(&self, step: usize) -> Option<f64> {
        match step.checked_sub(self.steps) {
            None => self.first.momentum(step),
            Some(step) => self.second.momentum(step),
        }
    }

    fn observe(&mut self, step: usize, measured: f64) {
        match step.checked_sub(self.steps) {
            None => self.first.observe(step, measured),
            Some(step) => self.second.observe(step, measured),
        }
    }

    fn mode(&self) -> Option<Mode> {
        self.first.mode().or_else(|| self.second.mode())
    }

    fn state(&self) -> State {
        let mut state = self.first.state();
        state.extend(self.second.state().into_iter().map(|(name, value)| (format!("{SECOND}{name}"), value)));
        state
    }

    fn load_state(&mut self, state: &State) {
        self.first.load_state(state);
        let second = state.iter().filter_map(|(name, value)| Some((name.strip_prefix(SECOND)?, value)));
        self.second.load_state(&second.map(|(name, value)| (name.to_owned(), value.shallow_clone())).collect());
    }

    fn check(&self) -> Result<(), Error> {
        self.first.check()?;
        self.second.check()
    }
}
