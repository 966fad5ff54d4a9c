//! Errors in training.

use std::path::PathBuf;

use crate::error::quoted;
use crate::schedule::Mode;

/// Why a run cannot continue.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The loader has no batches.
    #[error(
        "there is nothing to {action}: the loader has no batches\nhelp: is the data set empty, or smaller than a batch with `drop_last`?"
    )]
    NoBatches {
        /// `train on`, `validate on`, `evaluate` or `predict`.
        action: &'static str,
    },

    /// The network has none of the optimizer's parameters.
    #[error(
        "the optimizer has no parameters of this `VarStore`\nhelp: build it on the `VarStore` that the network is in: `.build(&vs)?`"
    )]
    OtherParameters,

    /// The loss depends on none of the optimizer's parameters.
    #[error(
        "the loss depends on no parameter of the optimizer, which would train nothing\n\
         note: the optimizer has {}{}\n\
         help: build the optimizer after the network that it trains, from the same `VarStore`",
        quoted(.optimizer, 3),
        also(.reached)
    )]
    OtherGradients {
        /// The names of the optimizer's parameters.
        optimizer: Vec<String>,
        /// The names of the parameters in the `VarStore` that the loss depends on.
        reached: Vec<String>,
    },

    /// The loss in validation is NaN, and so tells nothing about the epoch.
    #[error(
        "the validation loss is NaN after epoch {epoch}, although the training loss is a number\n\
         help: look for NaN in the validation data; `net.trace(..)` names the layer that gives the first one"
    )]
    ValidationNaN {
        /// From 1.
        epoch: usize,
    },

    /// The loss is NaN or infinite because the data is.
    #[error(
        "the loss is {loss} in epoch {epoch}, batch {batch} of {batches}, because tensor {tensor} of the batch contains NaN or infinity\n\
         help: find it in the data set, for example with `tensor.isfinite().all()`"
    )]
    NotFiniteData {
        /// `NaN`, `inf` or `-inf`.
        loss: f64,
        /// From 1.
        epoch: usize,
        /// From 1.
        batch: usize,
        /// In the epoch.
        batches: usize,
        /// Its place among the tensors of a batch, from 0.
        tensor: usize,
    },

    /// The loss is NaN or infinite. The parameters are those before the batch, but the running statistics of batch
    /// normalisation include it.
    #[error(
        "the loss is {loss} in epoch {epoch}, batch {batch} of {batches}\n\
         note: this batch did not change the parameters, but it changed running statistics such as those of `bn`\n\
         help: lower the learning rate or clip the gradients (`clip_grad_norm`); `net.trace(..)` names the layer where NaN first appears, or the input that has it"
    )]
    NotFinite {
        /// `NaN`, `inf` or `-inf`.
        loss: f64,
        /// From 1.
        epoch: usize,
        /// From 1.
        batch: usize,
        /// In the epoch.
        batches: usize,
    },

    /// A step's loss, or one of its further values, is not a single number.
    #[error(
        "a step's `{name}` must be a single number, but has the shape {shape:?}\nhelp: reduce it, for example with `.mean(None)`"
    )]
    NotANumber {
        /// The value's name.
        name: String,
        /// Its shape.
        shape: Vec<i64>,
    },

    /// The loss does not depend on any trained parameter.
    #[error(
        "the loss does not depend on any trained parameter\nhelp: `unfreeze` some, and compute the loss outside `no_grad` and without `detach`"
    )]
    NoGradient,

    /// A step has no output to return.
    #[error("the step returned no output and target\nhelp: add them with `Step::new(loss).compare(output, target)`")]
    NoOutput,

    /// There are metrics, but the step gives them nothing to compare.
    #[error(
        "`{metric}` has nothing to compare: the step returned no output and target\nhelp: add them with `Step::new(loss).compare(output, target)`, or remove the metrics"
    )]
    NothingToCompare {
        /// The first metric's name.
        metric: String,
    },

    /// Two values have the same name: metrics, values of the step, or the loss itself.
    #[error("two measured values are called `{name}`\nhelp: rename one; a metric has `.named(..)`")]
    SameName {
        /// The name.
        name: String,
    },

    /// A schedule that depends on measurements counts optimizer steps.
    #[error(
        "the schedule depends on what is measured after each epoch\nhelp: pass it to `.schedule(..)`, not `.schedule_steps(..)`"
    )]
    NothingToHear,

    /// A schedule and the monitored value disagree on whether larger or smaller is better.
    #[error(
        "the schedule treats {} `{name}` as better, but the reverse is true\n\
         help: use `ReduceOnPlateau::new().more_is_better()` for accuracy and the like, and leave `more_is_better` out for losses",
        if *.mode == Mode::Max { "larger" } else { "smaller" }
    )]
    OtherMode {
        /// The monitored value.
        name: String,
        /// What the schedule considers better.
        mode: Mode,
    },

    /// The monitored value was not measured.
    #[error(
        "there is no `{name}` to monitor; the measured values are: {measured}\nhelp: names that begin with `val_` need `.validate_on(&loader)`"
    )]
    NotMeasured {
        /// The name.
        name: String,
        /// The names of the measured values.
        measured: String,
    },

    /// A value to draw was not measured.
    #[error(
        "there is no `{name}` to draw; the measured values are: {measured}\nhelp: names that begin with `val_` need `.validate_on(&loader)`"
    )]
    NotDrawn {
        /// The name.
        name: String,
        /// The names of the measured values.
        measured: String,
    },

    /// The checkpoint folder holds the checkpoints of an earlier run.
    #[error("`{}` holds checkpoints of an earlier run\nhelp: resume it with `Checkpoints::resume`, or use another folder", .folder.display())]
    EarlierRun {
        /// The folder.
        folder: PathBuf,
    },

    /// A file is damaged, or not one of our checkpoints.
    #[error("`{}` is not an intact checkpoint: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },

    /// The checkpoint folder has no checkpoint that is whole.
    #[error(
        "`{}` has no intact checkpoint to resume from\nnote: {newest}\nhelp: to start again, use another folder or delete the damaged files",
        .folder.display()
    )]
    NoneWhole {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with the newest checkpoint.
        newest: String,
    },

    /// The checkpoint was saved by another kind of optimizer.
    #[error(
        "`{}` was saved by {saved}, and this run has {found}\nhelp: resume with {saved}, or use another folder to start again",
        .path.display()
    )]
    OtherOptimizer {
        /// The checkpoint.
        path: PathBuf,
        /// The optimizer of the run that saved it.
        saved: String,
        /// The optimizer of this run.
        found: &'static str,
    },

    /// Either the run that saved the checkpoint or this one has a schedule, and the other has none.
    #[error(
        "`{}` was saved {} a schedule, and this run has {}\nhelp: resume with the settings of that run, or use another folder to start again",
        .path.display(),
        if *.saved { "with" } else { "without" },
        if *.saved { "none" } else { "one" }
    )]
    OtherSchedule {
        /// The checkpoint.
        path: PathBuf,
        /// Whether it was saved with a schedule.
        saved: bool,
    },

    /// The data differs from that of the interrupted epoch.
    #[error(
        "the checkpoint was made at batch {batch} of {saved} in its epoch, and the loader has {found}\nhelp: use the data set and batch size of the interrupted run"
    )]
    OtherData {
        /// How many batches of the epoch were done.
        batch: usize,
        /// How many batches an epoch had then.
        saved: usize,
        /// How many batches an epoch has now.
        found: usize,
    },

    /// The saved state of a metric belongs to another metric.
    #[error(
        "the saved state of `{metric}` belongs to another metric\nhelp: use the metrics, and their classes, of the interrupted run"
    )]
    OtherMetric {
        /// Its name.
        metric: String,
    },

    /// The run cannot handle Ctrl-C.
    #[error("cannot listen for Ctrl-C: {reason}")]
    Signals {
        /// The operating system's reason.
        reason: String,
    },
}

fn also(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; the loss depends on {}", quoted(names, 3)) }
}
