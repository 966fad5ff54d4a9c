//! Errors in training.

use std::path::PathBuf;

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
