//! Errors in training.

use std::path::PathBuf;

use crate::schedule::Mode;

/// Why a run cannot continue.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The loader has no batches.
    #[error(
        "there is nothing to {action}: the loader has no batch\nhelp: is the data set empty, or smaller than a batch with `drop_last`?"
    )]
    NoBatches {
        /// `train on`, `validate on`, `evaluate` or `predict`.
        action: &'static str,
    },

    /// The network has none of the optimizer's parameters.
    #[error(
        "the optimizer moves no parameter of this `VarStore`\nhelp: build it over the `VarStore` that the network is in: `.build(&vs)?`"
    )]
    OtherParameters,

    /// The loss is NaN or infinite. The parameters are those before the batch, but the running statistics of batch
    /// normalisation include it.
    #[error(
        "the loss is {loss} in epoch {epoch}, batch {batch} of {batches}\n\
         note: the parameters were not moved by this batch, but running statistics such as those of `bn` were\n\
         help: lower the learning rate or clip the gradients (`clip_grad_norm`); `net.trace(..)` names the layer that gives the first NaN, or the input that brings it"
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
        "a step's `{name}` must be a single number, and has the shape {shape:?}\nhelp: reduce it, with `.mean(None)` say"
    )]
    NotANumber {
        /// The value's name.
        name: String,
        /// Its shape.
        shape: Vec<i64>,
    },

    /// The loss does not depend on any trained parameter.
    #[error(
        "the loss depends on no parameter that is trained\nhelp: `unfreeze` some, and make the loss outside of `no_grad` and without `detach`"
    )]
    NoGradient,

    /// A step has no output to return.
    #[error("the step gave no output and target\nhelp: give them, `Step::new(loss).compare(output, target)`")]
    NoOutput,

    /// There are metrics, but the step gives them nothing to compare.
    #[error(
        "`{metric}` has nothing to compare: the step gave no output and target\nhelp: give them, `Step::new(loss).compare(output, target)`, or leave the metrics out"
    )]
    NothingToCompare {
        /// The first metric's name.
        metric: String,
    },

    /// Two values have the same name: metrics, values of the step, or the loss itself.
    #[error("two of the measured values are called `{name}`\nhelp: give one another name; a metric has `.named(..)`")]
    SameName {
        /// The name.
        name: String,
    },

    /// A schedule that depends on measurements counts optimizer steps.
    #[error(
        "the schedule hears what is measured after each epoch\nhelp: give it by `.schedule(..)`, not `.schedule_steps(..)`"
    )]
    NothingToHear,

    /// A schedule and the monitored value disagree on whether larger or smaller is better.
    #[error(
        "the schedule takes {} `{name}` for better, and it is the other way round\n\
         help: `ReduceOnPlateau::new().more_is_better()` is for accuracy and its like, without it it is for losses",
        if *.mode == Mode::Max { "more" } else { "less" }
    )]
    OtherMode {
        /// The monitored value.
        name: String,
        /// What the schedule considers better.
        mode: Mode,
    },

    /// The monitored value was not measured.
    #[error(
        "there is no `{name}` to monitor; measured were: {measured}\nhelp: names that begin with `val_` need `.validate_on(&loader)`"
    )]
    NotMeasured {
        /// The name.
        name: String,
        /// The names of the measured values.
        measured: String,
    },

    /// The checkpoint folder holds the checkpoints of an earlier run.
    #[error("`{}` holds checkpoints of an earlier run\nhelp: go on with it by `Checkpoints::resume`, or use another folder", .folder.display())]
    EarlierRun {
        /// The folder.
        folder: PathBuf,
    },

    /// A file is damaged, or not one of our checkpoints.
    #[error("`{}` is no whole checkpoint: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },

    /// The data differs from that of the interrupted epoch.
    #[error(
        "the checkpoint was made at batch {batch} of {saved} in its epoch, and the loader has {found}\nhelp: go on with the data set and batch size of the run that was interrupted"
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
        "what was saved of `{metric}` is not of this metric\nhelp: go on with the metrics, and their classes, of the run that was interrupted"
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
