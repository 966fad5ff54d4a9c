//! The trainer and its settings.

use std::fmt;

use tch::Tensor;
use tch::nn::{ModuleT, VarStore};

use super::callback::OnEpoch;
use super::checkpoint::Checkpoints;
use super::means::LOSS;
use super::monitor::Monitor;
use super::step::{self, Feed, SingleOutput, StepFn};
use super::{Callback, Epoch, Step};
use crate::data::{Batch, DataLoader, Dataset};
use crate::loss::Loss;
use crate::metrics::Metric;
use crate::optim::Optimizer;
use crate::parameters::ChannelsLast;
use crate::schedule::{Mode, Schedule, Scheduler};
use crate::{Error, Network};

/// Trains a network on batches `B`.
///
/// Using it is optional: you can just as well write your own loop over a [`DataLoader`], with a [`Loss`] and an
/// [`Optimizer`], and every part works on its own.
///
/// On the CPU, a run is repeatable to the bit if you create the network after [`manual_seed`](crate::manual_seed), and set
/// [`seed`](Self::seed) and the loader's seed. Ctrl-C (or SIGTERM) stops it after the current step, with a checkpoint
/// if there are [`Checkpoints`]; a second one ends the program.
pub struct Trainer<'a, B> {
    pub(super) vs: &'a VarStore,
    pub(super) step: StepFn<'a, B>,
    pub(super) optimizer: Box<dyn Optimizer + 'a>,
    pub(super) metrics: Vec<Box<dyn Metric + 'a>>,
    pub(super) callbacks: Vec<Box<dyn Callback + 'a>>,
    pub(super) validation: Option<Source<'a, B>>,
    pub(super) schedule: Option<Box<dyn Schedule + 'a>>,
    /// Made from the schedule when a run begins.
    pub(super) scheduler: Option<Scheduler<Box<dyn Schedule + 'a>>>,
    pub(super) settings: Settings,
    /// The weights in channels-last layout during a run, from its first batch on.
    pub(super) laid_out: Option<ChannelsLast>,
    pub(super) ended: Ended,
}

/// Starts an epoch of the validation data.
pub(super) type Source<'a, B> = Box<dyn Fn() -> Box<dyn Iterator<Item = Result<B, Error>>> + 'a>;

#[derive(Debug)]
pub(super) struct Settings {
    pub epochs: usize,
    pub seed: Option<u64>,
    pub accumulate: usize,
    pub clip_grad_norm: Option<f64>,
    pub clip_grad_value: Option<f64>,
    pub every_step: bool,
    pub monitor: Option<String>,
    pub patience: Option<usize>,
    pub restore_best: bool,
    pub checkpoints: Option<Checkpoints>,
    pub keep_memory: bool,
    pub channels_last: Layout,
}

/// The memory layout of convolutions' weights during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Usual,
    ChannelsLast,
    /// Whichever is faster for the first batch.
    Faster,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// All epochs are done, or there were none.
    #[default]
    Done,
    /// The monitored value had not improved for as many epochs as [`Trainer::patience`] allows.
    Patience,
    /// A callback stopped it.
    Callback,
    /// The user or the system stopped it: Ctrl-C, SIGTERM.
    Interrupted,
}

impl<'a, X> Trainer<'a, (X, Tensor)> {
    /// Trains `net`, whose parameters are in `vs`, on batches of inputs and targets.
    ///
    /// If the network has several inputs, the input of a batch is a tuple: `((image, text), target)`.
    pub fn new<N>(vs: &'a VarStore, net: &'a N, loss: impl Loss + 'a, optimizer: impl Optimizer + 'a) -> Self
    where
        N: Network<Output: SingleOutput>,
        X: Feed<N>,
    {
        Self::of(vs, optimizer, step::supervised(net, loss)).layout(Layout::Faster)
    }
}

impl<'a> Trainer<'a, (Tensor, Tensor)> {
    /// Like [`Trainer::new`], for a tch module. It panics if shapes do not fit.
    pub fn with_module(
        vs: &'a VarStore,
        module: &'a impl ModuleT,
        loss: impl Loss + 'a,
        optimizer: impl Optimizer + 'a,
    ) -> Self {
        Self::of(vs, optimizer, step::module(module, loss))
    }
}

impl<'a, B: Batch> Trainer<'a, B> {
    /// Trains with your own function, for any kind of batch, output and loss. Its last argument is true for training
    /// batches; for others, no gradients are recorded.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::data::{self, DataLoader};
    /// use nn_dsl::init::{Init, parameter};
    /// use nn_dsl::optim::Sgd;
    /// use nn_dsl::train::{Step, Trainer};
    /// use tch::{Device, Kind, Tensor, nn};
    ///
    /// // Ten prototypes, each drawn to the digits that are nearest to it: k-means by gradient descent.
    /// let vs = nn::VarStore::new(Device::Cpu);
    /// let prototypes = parameter(&vs.root(), "prototypes", &[10, 64], Init::Uniform { lo: 0.0, hi: 1.0 });
    /// let step = |(images, _): &(Tensor, Tensor), _train: bool| {
    ///     let distances = Tensor::cdist(&images.flatten(1, -1), &prototypes, 2.0, None);
    ///     Ok(Step::new(distances.min_dim(1, false).0.mean(Kind::Float)))
    /// };
    /// let mut trainer = Trainer::with_step(&vs, step, Sgd::new(1.0).build(&vs)?);
    /// let history = trainer.epochs(3).fit(&DataLoader::new(data::digits(), 64).shuffle())?;
    /// assert!(history.last("loss") < history.epochs()[0].scores.get("loss"));
    /// # Ok::<(), nn_dsl::Error>(())
    /// ```
    pub fn with_step(
        vs: &'a VarStore,
        step: impl FnMut(&B, bool) -> Result<Step, Error> + 'a,
        optimizer: impl Optimizer + 'a,
    ) -> Self {
        Self::of(vs, optimizer, Box::new(step))
    }
}

impl<'a, B> Trainer<'a, B> {
    fn of(vs: &'a VarStore, optimizer: impl Optimizer + 'a, step: StepFn<'a, B>) -> Self {
        let settings = Settings {
            epochs: 1,
            seed: None,
            accumulate: 1,
            clip_grad_norm: None,
            clip_grad_value: None,
            every_step: false,
            monitor: None,
            patience: None,
            restore_best: false,
            checkpoints: None,
            keep_memory: true,
            channels_last: Layout::Usual,
        };
        Self {
            vs,
            step,
            optimizer: Box::new(optimizer),
            metrics: Vec::new(),
            callbacks: Vec::new(),
            validation: None,
            schedule: None,
            scheduler: None,
            settings,
            laid_out: None,
            ended: Ended::default(),
        }
    }

    /// Sets the number of passes through the data (1).
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.settings.epochs = epochs;
        self
    }

    /// Seeds libtorch's random numbers, such as dropout's, at the start of each run. Without it, they continue from
    /// their current state.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Also measures this metric, in training and validation. If two have the same name, rename one with
    /// [`Metric::named`].
    pub fn metric(mut self, metric: impl Metric + 'a) -> Self {
        self.metrics.push(Box::new(metric));
        self
    }

    /// Measures loss and metrics on this data after each epoch; their names begin with `val_`.
    pub fn validate_on<D>(mut self, loader: &DataLoader<D>) -> Self
    where
        D: Dataset,
        D::Sample: crate::data::Sample<Batch = B>,
        B: Batch,
    {
        let loader = loader.clone();
        self.validation = Some(Box::new(move || Box::new(loader.epoch(0))));
        self
    }

    /// Changes the learning rate after each epoch. A schedule that depends on measurements receives the value of
    /// [`monitor`](Self::monitor).
    pub fn schedule(mut self, schedule: impl Schedule + 'a) -> Self {
        self.schedule = Some(Box::new(schedule));
        self.settings.every_step = false;
        self
    }

    /// Changes the learning rate after each optimizer step.
    pub fn schedule_steps(mut self, schedule: impl Schedule + 'a) -> Self {
        self.schedule = Some(Box::new(schedule));
        self.settings.every_step = true;
        self
    }

    /// Takes one step for this many batches, with the mean of their gradients (1).
    ///
    /// # Panics
    /// If `batches` is 0.
    #[track_caller]
    pub fn accumulate(mut self, batches: usize) -> Self {
        assert!(batches > 0, "a step needs at least 1 batch, not 0");
        self.settings.accumulate = batches;
        self
    }

    /// Clips the norm of all gradients together to this value, like `torch.nn.utils.clip_grad_norm_`.
    pub fn clip_grad_norm(mut self, norm: f64) -> Self {
        self.settings.clip_grad_norm = Some(norm);
        self
    }

    /// Clamps every gradient element to this absolute value, like `torch.nn.utils.clip_grad_value_`.
    pub fn clip_grad_value(mut self, value: f64) -> Self {
        self.settings.clip_grad_value = Some(value);
        self
    }

    /// Sets the value that decides which epoch is best and that [`patience`](Self::patience) watches (`val_loss`, or
    /// `loss` without validation). For metrics that say so, larger is better; for all other values, smaller is.
    pub fn monitor(mut self, name: impl Into<String>) -> Self {
        self.settings.monitor = Some(name.into());
        self
    }

    /// Stops the run when the monitored value has not improved for this many epochs.
    ///
    /// # Panics
    /// If `epochs` is 0.
    #[track_caller]
    pub fn patience(mut self, epochs: usize) -> Self {
        assert!(epochs > 0, "patience lasts at least 1 epoch, not 0");
        self.settings.patience = Some(epochs);
        self
    }

    /// Gives the network the weights of its best epoch when the run ends, instead of the last ones.
    pub fn restore_best(mut self) -> Self {
        self.settings.restore_best = true;
        self
    }

    /// Saves everything needed to resume the run.
    pub fn checkpoints(mut self, checkpoints: Checkpoints) -> Self {
        self.settings.checkpoints = Some(checkpoints);
        self
    }

    /// Sets whether the process keeps the memory that a step frees for the next one, from the first run on (true). This
    /// is faster; it is a setting of the whole process: see [`keep_memory`](crate::keep_memory).
    pub fn keep_memory(mut self, keep: bool) -> Self {
        self.settings.keep_memory = keep;
        self
    }

    /// Sets whether the weights of 2d convolutions, and so everything after them, are
    /// [channels-last](crate::parameters::channels_last) during a run. By default they are on the CPU when that is
    /// faster for the images of the first batch, by a rule and not by measuring time, so that runs are repeatable. The
    /// default is never channels-last with a [custom step](Self::with_step) or a [tch module](Self::with_module),
    /// because these may call `view`, which needs the usual layout. A loss or a layer that is a Rust function must use
    /// `reshape` instead.
    pub fn channels_last(self, channels_last: bool) -> Self {
        self.layout(if channels_last { Layout::ChannelsLast } else { Layout::Usual })
    }

    fn layout(mut self, layout: Layout) -> Self {
        self.settings.channels_last = layout;
        self
    }

    /// Adds a callback: a [`Progress`](super::Progress) bar, a [`TensorBoard`](super::TensorBoard), or your own.
    pub fn callback(mut self, callback: impl Callback + 'a) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Shows a progress bar or, without a terminal, a line after each epoch.
    pub fn progress(self) -> Self {
        self.callback(super::Progress::new())
    }

    /// Calls a function after each epoch: `.on_epoch(|epoch| println!("{epoch}"))`.
    pub fn on_epoch(self, look: impl FnMut(&Epoch) + 'a) -> Self {
        self.callback(OnEpoch(look))
    }

    /// Returns why the last run ended.
    pub fn ended(&self) -> Ended {
        self.ended
    }

    /// The optimizer.
    pub fn optimizer(&self) -> &(dyn Optimizer + 'a) {
        &*self.optimizer
    }

    /// The monitored value.
    pub(super) fn monitored(&self) -> Monitor {
        let usual = if self.validation.is_some() { "val_loss" } else { "loss" };
        let name = self.settings.monitor.as_deref().unwrap_or(usual);
        let plain = name.strip_prefix("val_").unwrap_or(name);
        let mode = match self.metrics.iter().find(|metric| metric.name() == plain) {
            Some(metric) => Some(if metric.more_is_better() { Mode::Max } else { Mode::Min }),
            None => (plain == LOSS).then_some(Mode::Min),
        };
        Monitor { name: name.to_owned(), mode }
    }
}

impl<B> fmt::Debug for Trainer<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics: Vec<String> = self.metrics.iter().map(|metric| metric.name()).collect();
        f.debug_struct("Trainer").field("settings", &self.settings).field("metrics", &metrics).finish_non_exhaustive()
    }
}
