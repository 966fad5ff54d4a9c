//! What counts the steps of a schedule.

use super::Schedule;
use crate::optim::Optimizer;
use crate::state::{self, specs};
use crate::weights::{Mismatch, Saved};
use crate::{Error, State};

/// The name under which the number of steps is saved.
const STEP: &str = "step";

/// A schedule, and how far it has come.
#[derive(Debug)]
pub struct Scheduler<S> {
    schedule: S,
    step: usize,
}

impl<S: Schedule> Scheduler<S> {
    /// Starts the schedule: a warm-up has a smaller learning rate from the first batch on.
    ///
    /// # Errors
    /// If a number of the schedule makes no sense, or it changes the momentum of an optimizer that has none.
    pub fn new(schedule: S, optimizer: &mut (impl Optimizer + ?Sized)) -> Result<Self, Error> {
        schedule.check()?;
        let scheduler = Self { schedule, step: 0 };
        scheduler.apply(optimizer)?;
        Ok(scheduler)
    }

    /// To be called after each batch, or after each epoch, whichever the schedule's numbers mean.
    ///
    /// # Errors
    /// If it changes the momentum of an optimizer that has none.
    pub fn step(&mut self, optimizer: &mut (impl Optimizer + ?Sized)) -> Result<(), Error> {
        self.step += 1;
        self.apply(optimizer)
    }

    /// As [`Scheduler::step`], for a schedule that depends on what was `measured`, such as the validation loss.
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

    /// How far it has come, and what the schedule remembers.
    pub fn state(&self) -> State {
        let mut state = self.schedule.state();
        state.insert(STEP.to_owned(), state::number(self.step as f64));
        state
    }

    /// Goes on from a state saved by the same schedule.
    ///
    /// # Errors
    /// If another schedule saved it; nothing is changed then.
    pub fn load_state(&mut self, state: &State, optimizer: &mut (impl Optimizer + ?Sized)) -> Result<(), Error> {
        Mismatch::check(Saved::State("schedule"), &specs(&self.state()), &specs(state))?;
        self.schedule.load_state(state);
        self.step = state::value(&state[STEP]) as usize;
        self.apply(optimizer)
    }
}
