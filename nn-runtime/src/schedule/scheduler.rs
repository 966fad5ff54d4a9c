//! Counting the steps of a schedule.

use super::Schedule;
use crate::optim::Optimizer;
use crate::state::{self, specs};
use crate::weights::{Mismatch, Saved};
use crate::{Error, State};

/// The name under which the number of steps is saved.
const STEP: &str = "step";

/// A schedule and its current step.
#[derive(Debug)]
pub struct Scheduler<S> {
    schedule: S,
    step: usize,
}

impl<S: Schedule> Scheduler<S> {
    /// Starts the schedule, so that a warm-up has a smaller learning rate from the first batch on.
    ///
    /// # Errors
    /// If a number of the schedule is invalid, or it changes the momentum of an optimizer that has none.
    pub fn new(schedule: S, optimizer: &mut (impl Optimizer + ?Sized)) -> Result<Self, Error> {
        schedule.check()?;
        let scheduler = Self { schedule, step: 0 };
        scheduler.apply(optimizer)?;
        Ok(scheduler)
    }

    /// Advances the schedule. Call it after each batch or after each epoch, whichever the schedule counts.
    ///
    /// # Errors
    /// If it changes the momentum of an optimizer that has none.
    pub fn step(&mut self, optimizer: &mut (impl Optimizer + ?Sized)) -> Result<(), Error> {
        self.step += 1;
        self.apply(optimizer)
    }

    /// Like [`Scheduler::step`], for a schedule that depends on what was `measured`, such as the validation loss.
    ///
    /// # Errors
    /// If it changes the momentum of an optimizer that has none.
    pub fn step_measured(&mut self, optimizer: &mut (impl Optimizer + ?Sized), measured: f64) -> Result<(), Error> {
        self.schedule.observe(self.step, measured);
        self.step(optimizer)
    }

    fn apply(&self, optimizer: &mut (impl Optimizer + ?Sized)) -> Result<(), Error> {
        optimizer.set_learning_rates(&|initial| self.schedule.learning_rate(initial, self.step));
        self.schedule.momentum(self.step).map_or(Ok(()), |momentum| optimizer.set_momentum(momentum))
    }

    /// Returns the current step and what the schedule remembers.
    pub fn state(&self) -> State {
        let mut state = self.schedule.state();
        state.insert(STEP.to_owned(), state::number(self.step as f64));
        state
    }

    /// Restores a state saved by the same schedule.
    ///
    /// # Errors
    /// If another schedule saved it; nothing changes then.
    pub fn load_state(&mut self, state: &State, optimizer: &mut (impl Optimizer + ?Sized)) -> Result<(), Error> {
        Mismatch::check(Saved::State("schedule"), &specs(&self.state()), &specs(state))?;
        self.schedule.load_state(state);
        self.step = state::value(&state[STEP]) as usize;
        self.apply(optimizer)
    }
}
