//! Batches that are not trained on: evaluation and prediction.

use tch::Tensor;

use super::means::{self, Means};
use super::{Scores, Step, TrainError, Trainer};
use crate::Error;
use crate::data::{Batch, DataLoader, Dataset, Sample};
use crate::metrics::Metric;

impl<'a, B: Batch> Trainer<'a, B> {
    /// Computes the mean loss and the metrics over all batches of `loader`, in evaluation mode.
    ///
    /// # Errors
    /// If the loader has no batch or fails, or shapes do not fit.
    pub fn evaluate<D>(&mut self, loader: &DataLoader<D>) -> Result<Scores, Error>
    where
        D: Dataset,
        D::Sample: Sample<Batch = B>,
    {
        self.measure(loader.epoch(0), "evaluate")
    }

    /// Returns the outputs for all batches of `loader`, in evaluation mode, and their targets: `[samples, ..]` each, on
    /// the network's device. If the loader does not shuffle, the samples are in the order of the data set.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::data::{self, DataLoader};
    /// use nn_dsl::loss::CrossEntropy;
    /// use nn_dsl::optim::Sgd;
    /// use nn_dsl::train::Trainer;
    /// use tch::nn::{self, Module};
    ///
    /// let vs = nn::VarStore::new(tch::Device::Cpu);
    /// let linear = nn::linear(vs.root(), 64, 10, Default::default());
    /// let net = nn::func(move |images| linear.forward(&images.flatten(1, -1)));
    /// let mut trainer = Trainer::with_module(&vs, &net, CrossEntropy::new(), Sgd::new(0.1).build(&vs)?);
    /// let (logits, labels) = trainer.predict(&DataLoader::new(data::digits(), 64))?;
    /// assert_eq!((logits.size(), labels.size()), (vec![1797, 10], vec![1797]));
    /// # Ok::<(), nn_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the loader has no batch or fails, shapes do not fit, outputs differ in more than the number of samples, or a
    /// custom step returns no output and target.
    pub fn predict<D>(&mut self, loader: &DataLoader<D>) -> Result<(Tensor, Tensor), Error>
    where
        D: Dataset,
        D::Sample: Sample<Batch = B>,
    {
        let (mut outputs, mut targets) = (Vec::new(), Vec::new());
        self.each_step(loader.epoch(0), "predict", |_, step, _| {
            let (output, target) = step.compared.ok_or(TrainError::NoOutput)?;
            outputs.push(output);
            targets.push(target);
            Ok(())
        })?;
        Ok((Tensor::f_cat(&outputs, 0)?, Tensor::f_cat(&targets, 0)?))
    }

    /// Measures all batches of a validation or evaluation.
    pub(super) fn measure(
        &mut self,
        batches: impl Iterator<Item = Result<B, Error>>,
        action: &'static str,
    ) -> Result<Scores, Error> {
        let mut means = Means::default();
        self.metrics.iter_mut().for_each(|metric| metric.reset());
        self.each_step(batches, action, |metrics, step, samples| {
            means.add(&step, samples)?;
            means::update(metrics, &step)
        })?;
        Ok(means.scores(&self.metrics))
    }

    /// Calls `see` with the metrics, the step of each batch in evaluation mode, and the number of its samples.
    fn each_step(
        &mut self,
        batches: impl Iterator<Item = Result<B, Error>>,
        action: &'static str,
        mut see: impl FnMut(&mut [Box<dyn Metric + 'a>], Step, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut batches = batches.peekable();
        if batches.peek().is_none() {
            return Err(TrainError::NoBatches { action }.into());
        }
        tch::no_grad(|| {
            batches.try_for_each(|batch| {
                let batch = batch?.to_device(self.vs.device())?;
                let step = (self.step)(&batch, false)?;
                see(&mut self.metrics, step, batch.samples())
            })
        })
    }
}
