//! The training loop: epochs of batches.

use std::ops::ControlFlow;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::callback::{BatchEnd, Plan};
use super::checkpoint::{Best, Found};
use super::faults;
use super::interrupt::Interrupt;
use super::means::{self, LOSS, Means};
use super::trainer::Layout;
use super::{Ended, Epoch, History, Step, TrainError, Trainer};
use crate::Error;
use crate::data::{Batch, DataLoader, Dataset, Position, Sample};
use crate::parameters::{self, ChannelsLast};
use crate::schedule::Scheduler;

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RunState {
    /// Epochs that ended.
    pub epoch: usize,
    /// Batches that were done in the epoch after these.
    pub batch: usize,
    /// Batches in an epoch.
    pub batches: usize,
    /// Steps of the optimizer.
    pub steps: usize,
    /// What was measured in the epoch under way.
    pub means: Means,
    /// The optimizer's name; empty in a checkpoint from before it was saved.
    #[serde(default)]
    pub optimizer: String,
    /// How long it has taken.
    pub seconds: f64,
    pub history: History,
}

impl<'a, B: Batch> Trainer<'a, B> {
    /// Trains the network, and returns what was measured. Afterwards, [`ended`](Self::ended) returns why it ended.
    ///
    /// If called again, it starts a new run with the current network and optimizer.
    ///
    /// # Errors
    /// If the loader has no batch or fails, shapes do not fit, the loss is NaN or infinite, two measured values have
    /// the same name, the schedule does not suit the monitored value, a callback fails, or a checkpoint cannot be
    /// written or does not fit.
    pub fn fit<D>(&mut self, train: &DataLoader<D>) -> Result<History, Error>
    where
        D: Dataset,
        D::Sample: Sample<Batch = B>,
    {
        if train.is_empty() {
            return Err(TrainError::NoBatches { action: "train on" }.into());
        }
        self.check_schedule()?;
        self.check_optimizer()?;
        if self.settings.keep_memory {
            crate::keep_memory();
        }
        if let Some(seed) = self.settings.seed {
            crate::manual_seed(seed);
        }
        if let Some(schedule) = self.schedule.take() {
            self.scheduler = Some(Scheduler::new(schedule, &mut *self.optimizer)?);
        }
        let mut best = Best::default();
        let mut run = self.resume(train.len())?;
        let interrupt = Interrupt::listen().map_err(|reason| TrainError::Signals { reason: reason.to_string() })?;
        let plan = Plan { epochs: self.settings.epochs, batches: run.batches, epochs_done: run.epoch };
        self.callbacks.iter_mut().try_for_each(|callback| callback.begin(&plan))?;
        let ended = self.epochs_of(train, &mut run, &mut best, &interrupt);
        self.laid_out = None;
        self.ended = ended?;
        drop(interrupt);
        if self.ended == Ended::Interrupted {
            self.tell_interrupted(&run);
        }
        if self.settings.restore_best {
            best.restore(self.vs, self.settings.checkpoints.as_ref())?;
        }
        self.callbacks.iter_mut().try_for_each(|callback| callback.end(&run.history))?;
        Ok(run.history)
    }

    /// Checks that a schedule that depends on measurements gets them, and agrees with the monitor on which are better.
    fn check_schedule(&self) -> Result<(), Error> {
        let Some(mode) = self.schedule.as_ref().and_then(|schedule| schedule.mode()) else { return Ok(()) };
        if self.settings.every_step {
            return Err(TrainError::NothingToHear.into());
        }
        let monitor = self.monitored();
        if monitor.mode.is_some_and(|known| known != mode) {
            Err(TrainError::OtherMode { name: monitor.name, mode }.into())
        } else {
            Ok(())
        }
    }

    /// Checks that the optimizer has parameters of this `VarStore`; otherwise it would train nothing here.
    fn check_optimizer(&self) -> Result<(), Error> {
        let own: Vec<_> = self.vs.variables().values().map(Tensor::data_ptr).collect();
        if self.optimizer.parameters().iter().any(|(_, parameter)| own.contains(&parameter.data_ptr())) {
            Ok(())
        } else {
            Err(TrainError::OtherParameters.into())
        }
    }

    /// Resumes from the newest intact checkpoint, if there are any and the run uses them.
    fn resume(&mut self, batches: usize) -> Result<RunState, Error> {
        let optimizer = self.optimizer.name().to_owned();
        let new = RunState { batches, optimizer: optimizer.clone(), ..RunState::default() };
        let Some(checkpoints) = &self.settings.checkpoints else { return Ok(new) };
        let (newest, damaged) = checkpoints.open()?;
        for error in damaged {
            self.notice(&format!("{error}\nnote: the previous checkpoint is used instead"));
        }
        let Some(found) = newest else { return Ok(new) };
        let notice = found.notice(self.settings.epochs);
        let Found { path, run, state } = found;
        if run.batch > 0 && run.batches != batches {
            return Err(TrainError::OtherData { batch: run.batch, saved: run.batches, found: batches }.into());
        }
        self.load_state(&path, &run, state)?;
        self.notice(&notice);
        Ok(RunState { batches, optimizer, ..run })
    }

    fn tell_interrupted(&mut self, run: &RunState) {
        let saved = match &self.settings.checkpoints {
            Some(checkpoints) => format!("saved `{}`", checkpoints.path(run.steps).display()),
            None => "nothing was saved, because the run has no `.checkpoints(..)`".to_owned(),
        };
        self.notice(&format!("interrupted after step {} in epoch {}: {saved}", run.steps, run.epoch + 1));
    }

    fn notice(&mut self, text: &str) {
        self.callbacks.iter_mut().for_each(|callback| callback.notice(text));
    }

    fn epochs_of<D>(
        &mut self,
        train: &DataLoader<D>,
        run: &mut RunState,
        best: &mut Best,
        interrupt: &Interrupt,
    ) -> Result<Ended, Error>
    where
        D: Dataset,
        D::Sample: Sample<Batch = B>,
    {
        let monitor = self.monitored();
        while run.epoch < self.settings.epochs {
            if self.settings.patience.is_some_and(|patience| monitor.epochs_since_best(&run.history) >= patience) {
                return Ok(Ended::Patience);
            }
            if self.batches_of(train, run, interrupt)?.is_break() {
                return Ok(Ended::Interrupted);
            }
            if self.finish_epoch(run, best)?.is_break() {
                return Ok(Ended::Callback);
            }
        }
        Ok(Ended::Done)
    }

    /// Trains on the remaining batches of an epoch. Breaks if the run should stop.
    fn batches_of<D>(
        &mut self,
        train: &DataLoader<D>,
        run: &mut RunState,
        interrupt: &Interrupt,
    ) -> Result<ControlFlow<()>, Error>
    where
        D: Dataset,
        D::Sample: Sample<Batch = B>,
    {
        let mut since = Instant::now();
        if run.batch == 0 {
            self.metrics.iter_mut().for_each(|metric| metric.reset());
        }
        self.optimizer.zero_grad()?;
        for batch in train.resume(Position { epoch: run.epoch as u64, batch: run.batch }) {
            let loss = self.train_on(&batch?.to_device(self.vs.device())?, run)?;
            run.batch += 1;
            let stepped = run.batch.is_multiple_of(self.settings.accumulate) || run.batch == run.batches;
            if stepped {
                self.move_parameters(run)?;
            }
            run.seconds += since.elapsed().as_secs_f64();
            since = Instant::now();
            // Gradients are not saved, so a checkpoint is possible only between two steps.
            let stop = stepped && interrupt.is_asked();
            let due = self.settings.checkpoints.as_ref().is_some_and(|checkpoints| checkpoints.is_due(run.steps));
            if stop || (stepped && due) {
                self.save(run)?;
            }
            self.tell_batch(run, loss)?;
            if stop {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Adds the gradients of a batch, and returns its loss.
    fn train_on(&mut self, batch: &B, run: &mut RunState) -> Result<f64, Error> {
        self.lay_out(batch)?;
        let step = (self.step)(batch, true)?;
        let loss = run.means.add(&step, batch.samples())?;
        if !loss.is_finite() {
            return Err(faults::not_finite(loss, batch, run).into());
        }
        means::update(&mut self.metrics, &step)?;
        self.backward(step, run)?;
        Ok(loss)
    }

    /// Chooses the memory layout of the weights, given the first batch of a run.
    fn lay_out(&mut self, batch: &B) -> Result<(), Error> {
        if self.laid_out.is_some() {
            return Ok(());
        }
        let channels_last = match self.settings.channels_last {
            Layout::Faster => parameters::gains_from_channels_last(self.vs, &batch.tensors()),
            layout => layout == Layout::ChannelsLast,
        };
        self.laid_out = Some(if channels_last { ChannelsLast::of(self.vs)? } else { ChannelsLast::default() });
        Ok(())
    }

    /// Adds the gradients of a batch, divided by the number of batches of its step, of which the last step may have fewer.
    fn backward(&self, step: Step, run: &RunState) -> Result<(), Error> {
        if !step.loss.requires_grad() {
            return Err(TrainError::NoGradient.into());
        }
        let accumulate = self.settings.accumulate;
        let first = run.batch - run.batch % accumulate;
        let together = accumulate.min(run.batches - first);
        let loss = if together == 1 { step.loss } else { step.loss / together as f64 };
        Ok(loss.f_backward()?)
    }

    fn move_parameters(&mut self, run: &mut RunState) -> Result<(), Error> {
        faults::check_gradients(self.vs, &*self.optimizer)?;
        if let Some(value) = self.settings.clip_grad_value {
            self.optimizer.clip_grad_value(value)?;
        }
        if let Some(norm) = self.settings.clip_grad_norm {
            let _ = self.optimizer.clip_grad_norm(norm)?;
        }
        self.optimizer.step()?;
        self.optimizer.zero_grad()?;
        run.steps += 1;
        match &mut self.scheduler {
            Some(scheduler) if self.settings.every_step => scheduler.step(&mut *self.optimizer),
            _ => Ok(()),
        }
    }

    fn tell_batch(&mut self, run: &RunState, loss: f64) -> Result<(), Error> {
        let metrics = &self.metrics;
        let told = BatchEnd {
            epoch: run.epoch + 1,
            batch: run.batch,
            batches: run.batches,
            steps: run.steps,
            loss,
            learning_rate: self.optimizer.learning_rates()[0],
            scores: &|| run.means.scores(metrics),
        };
        self.callbacks.iter_mut().try_for_each(|callback| callback.batch(&told))
    }

    /// Validates, records and saves after the batches of an epoch. Breaks if a callback asks for it.
    fn finish_epoch(&mut self, run: &mut RunState, best: &mut Best) -> Result<ControlFlow<()>, Error> {
        let since = Instant::now();
        let mut scores = run.means.scores(&self.metrics);
        if let Some(validation) = &self.validation {
            let batches = validation();
            let measured = self.measure(batches, "validate on")?;
            if measured.get(LOSS).is_some_and(f64::is_nan) {
                return Err(TrainError::ValidationNaN { epoch: run.epoch + 1 }.into());
            }
            scores.extend(measured.prefixed("val_"));
        }
        let learning_rate = self.optimizer.learning_rates()[0];
        let seconds = run.seconds + since.elapsed().as_secs_f64();
        let epoch = Epoch { epoch: run.epoch + 1, steps: run.steps, learning_rate, seconds, scores };
        let monitor = self.monitored();
        let measured = monitor.value(&epoch)?;
        run.history.push(epoch.clone());
        (run.epoch, run.batch, run.means, run.seconds) = (run.epoch + 1, 0, Means::default(), 0.0);
        if let Some(scheduler) = &mut self.scheduler
            && !self.settings.every_step
        {
            scheduler.step_measured(&mut *self.optimizer, measured)?;
        }
        // Before the checkpoint, so that this epoch is repeated if the run is killed between the two.
        if monitor.best(&run.history) == Some(run.epoch) {
            best.keep(self.vs, run, self.settings.checkpoints.as_ref(), self.settings.restore_best)?;
        }
        self.save(run)?;
        for callback in &mut self.callbacks {
            if callback.epoch(&epoch)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn save(&self, run: &RunState) -> Result<(), Error> {
        let Some(checkpoints) = &self.settings.checkpoints else { return Ok(()) };
        checkpoints.write(run, &self.state(run)?)
    }
}
