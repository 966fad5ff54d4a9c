//! What can go wrong in training.

use std::path::PathBuf;

use crate::schedule::Mode;

/// A run that cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The loader has no batch.
    #[error(
        "there is nothing to {action}: the loader has no batch\nhelp: is the data set empty, or smaller than a batch with `drop_last`?"
    )]
    NoBatches {
        /// `train on`, `validate on`, `evaluate` or `predict`.
        action: &'static str,
    },

    /// None of the parameters that the optimizer moves is the network's.
    #[error(
        "the optimizer moves no parameter of this `VarStore`\nhelp: build it over the `VarStore` that the network is in: `.build(&vs)?`"
    )]
    OtherParameters,

    /// The loss is NaN or infinite. The parameters are those before the batch; the running statistics of batch normalisation
    /// have taken it in.
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

    /// A step's loss, or a value beside it, is not one number.
    #[error(
        "a step's `{name}` must be a single number, and has the shape {shape:?}\nhelp: reduce it, with `.mean(None)` say"
    )]
    NotANumber {
        /// What it is called.
        name: String,
        /// Its shape.
        shape: Vec<i64>,
    },

    /// The loss depends on no parameter that is trained.
    #[error(
        "the loss depends on no parameter that is trained\nhelp: `unfreeze` some, and make the loss outside of `no_grad` and without `detach`"
    )]
    NoGradient,

    /// There is no output to return.
    #[error("the step gave no output and target\nhelp: give them, `Step::new(loss).compare(output, target)`")]
    NoOutput,

    /// There are metrics, and nothing for them to compare.
    #[error(
        "`{metric}` has nothing to compare: the step gave no output and target\nhelp: give them, `Step::new(loss).compare(output, target)`, or leave the metrics out"
    )]
    NothingToCompare {
        /// The first metric's name.
        metric: String,
    },

    /// Two numbers have one name: metrics, values of the step, or the loss itself.
    #[error("two of the measured values are called `{name}`\nhelp: give one another name; a metric has `.named(..)`")]
    SameName {
        /// The name.
        name: String,
    },

    /// A schedule that hears what is measured counts the steps of the optimizer.
    #[error(
        "the schedule hears what is measured after each epoch\nhelp: give it by `.schedule(..)`, not `.schedule_steps(..)`"
    )]
    NothingToHear,

    /// A schedule takes the better ones of the monitored values for the worse ones.
    #[error(
        "the schedule takes {} `{name}` for better, and it is the other way round\n\
         help: `ReduceOnPlateau::new().more_is_better()` is for accuracy and its like, without it it is for losses",
        if *.mode == Mode::Max { "more" } else { "less" }
    )]
    OtherMode {
        /// What is monitored.
        name: String,
        /// What the schedule takes for better.
        mode: Mode,
    },

    /// The monitored value was not measured.
    #[error(
        "there is no `{name}` to monitor; measured were: {measured}\nhelp: names that begin with `val_` need `.validate_on(&loader)`"
    )]
    NotMeasured {
        /// The name.
        name: String,
        /// The names of the values that there are.
        measured: String,
    },

    /// A folder for checkpoints holds those of an earlier run.
    #[error("`{}` holds checkpoints of an earlier run\nhelp: go on with it by `Checkpoints::resume`, or use another folder", .folder.display())]
    EarlierRun {
        /// The folder.
        folder: PathBuf,
    },

    /// A file is damaged, or no checkpoint of ours.
    #[error("`{}` is no whole checkpoint: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },

    /// The data is not that of the interrupted epoch.
    #[error(
        "the checkpoint was made at batch {batch} of {saved} in its epoch, and the loader has {found}\nhelp: go on with the data set and batch size of the run that was interrupted"
    )]
    OtherData {
        /// Batches of the epoch that were done.
        batch: usize,
        /// Batches of an epoch then.
        saved: usize,
        /// Batches of an epoch now.
        found: usize,
    },

    /// What a metric had seen was saved by another.
    #[error(
        "what was saved of `{metric}` is not of this metric\nhelp: go on with the metrics, and their classes, of the run that was interrupted"
    )]
    OtherMetric {
        /// Its name.
        metric: String,
    },

    /// The system does not let the run hear of Ctrl-C.
    #[error("cannot listen for Ctrl-C: {reason}")]
    Signals {
        /// What it says.
        reason: String,
    },
}
