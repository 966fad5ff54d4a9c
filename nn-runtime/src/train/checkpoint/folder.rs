//! The checkpoints of a run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::file as checkpoint;
use crate::train::TrainError;
use crate::train::run::RunState;
use crate::{Error, State, file};

/// Where a run saves its checkpoints, and when.
///
/// The folder holds the newest ones, `step-00001200.safetensors`, and the weights of the best epoch,
/// `best.safetensors`. A file is never left half-written, whenever the program is killed. A checkpoint holds the
/// network's weights under their own names, and everything else under names with a slash, so
/// `Weights::open(file)?.ignore("*/*").load(&vs)` loads only the weights.
///
/// ```
/// use nn_runtime::train::Checkpoints;
///
/// // After each epoch and after every 500 steps; a run that was ended is gone on with.
/// let checkpoints = Checkpoints::new("runs/lenet").every_steps(500).keep(5).resume();
/// ```
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
    keep: usize,
    every: Option<usize>,
    resume: bool,
}

impl Checkpoints {
    /// Saves a checkpoint after each epoch in `folder`, which is created if it does not exist.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), keep: 3, every: None, resume: false }
    }

    /// Sets how many of the newest checkpoints to keep (3).
    ///
    /// # Panics
    /// If `count` is 0.
    #[track_caller]
    pub fn keep(self, count: usize) -> Self {
        assert!(count > 0, "a run keeps at least 1 checkpoint, not 0");
        Self { keep: count, ..self }
    }

    /// Also saves a checkpoint every `steps` optimizer steps, for epochs that take long.
    ///
    /// # Panics
    /// If `steps` is 0.
    #[track_caller]
    pub fn every_steps(self, steps: usize) -> Self {
        assert!(steps > 0, "checkpoints are at least 1 step apart, not 0");
        Self { every: Some(steps), ..self }
    }

    /// Resumes from the newest intact checkpoint, if there is one. On the CPU, the run then ends bit-identical to a run
    /// without interruption. Without this, a folder that has checkpoints is an error.
    pub fn resume(self) -> Self {
        Self { resume: true, ..self }
    }

    /// Returns the path of the best epoch's weights.
    pub fn best(&self) -> PathBuf {
        self.folder.join("best.safetensors")
    }

    /// Whether a checkpoint is due after this step.
    pub(in crate::train) fn is_due(&self, steps: usize) -> bool {
        self.every.is_some_and(|every| steps.is_multiple_of(every))
    }

    /// The newest intact checkpoint, if any, and the errors of damaged newer ones.
    pub(in crate::train) fn open(&self) -> Result<(Option<Found>, Vec<Error>), Error> {
        let files = self.files().map_err(Error::reading(&self.folder))?;
        if !self.resume && (!files.is_empty() || self.best().exists()) {
            return Err(TrainError::EarlierRun { folder: self.folder.clone() }.into());
        }
        file::prepare(&self.folder)?;
        self.remove_unfinished();
        let mut damaged = Vec::new();
        for path in files.into_iter().rev() {
            match checkpoint::read(&path) {
                Ok((run, state)) => return Ok((Some(Found { path, run, state }), damaged)),
                Err(error @ Error::Train(TrainError::Damaged { .. })) => damaged.push(error),
                Err(error) => return Err(error),
            }
        }
        // Silently starting again would lose the run.
        match damaged.into_iter().next() {
            Some(newest) => {
                Err(TrainError::NoneWhole { folder: self.folder.clone(), newest: newest.to_string() }.into())
            }
            None => Ok((None, Vec::new())),
        }
    }

    /// Writes a checkpoint, and then removes those that are too old.
    pub(in crate::train) fn write(&self, run: &RunState, state: &State) -> Result<(), Error> {
        checkpoint::write(&self.path(run.steps), run, state)?;
        self.prune(run.steps).map_err(Error::writing(&self.folder))
    }

    /// The file of the checkpoint after this number of steps.
    pub(in crate::train) fn path(&self, steps: usize) -> PathBuf {
        self.folder.join(format!("step-{steps:08}.safetensors"))
    }

    /// Removes the oldest checkpoints. Those newer than this step are damaged, so they do not count as kept ones.
    fn prune(&self, newest: usize) -> io::Result<()> {
        let mut files = self.files()?;
        files.retain(|path| step(path).is_some_and(|step| step <= newest));
        files.iter().rev().skip(self.keep).try_for_each(fs::remove_file)
    }

    /// Removes files that a killed run had not renamed yet. One that cannot be removed does no harm.
    fn remove_unfinished(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(file::UNFINISHED)) {
            let _ = fs::remove_file(entry.path());
        }
    }

    /// The checkpoints, oldest first.
    fn files(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        let mut files: Vec<(usize, PathBuf)> =
            paths.into_iter().filter_map(|path| Some((step(&path)?, path))).collect();
        files.sort();
        Ok(files.into_iter().map(|(_, path)| path).collect())
    }
}

/// An intact checkpoint.
#[derive(Debug)]
pub(in crate::train) struct Found {
    pub path: PathBuf,
    pub run: RunState,
    pub state: State,
}

impl Found {
    /// The notice for the user of a run of `epochs` epochs that resumes from it.
    pub fn notice(&self, epochs: usize) -> String {
        let (run, path) = (&self.run, self.path.display());
        if run.batch > 0 {
            format!("resuming from `{path}`, after batch {} of {} in epoch {}", run.batch, run.batches, run.epoch + 1)
        } else if run.epoch < epochs {
            format!("resuming from `{path}`, after epoch {} of {epochs}", run.epoch)
        } else {
            format!(
                "all {epochs} epochs are done in `{path}`\nhelp: set more epochs, or use another folder to start again"
            )
        }
    }
}

/// The step of a checkpoint, from its name.
fn step(path: &Path) -> Option<usize> {
    path.file_name()?.to_str()?.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_checkpoints_do_not_crowd_out_whole_ones() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(folder.path()).keep(1).resume();
        let write = |steps| checkpoints.write(&RunState { steps, ..RunState::default() }, &State::new()).unwrap();
        write(5);
        fs::write(folder.path().join("step-00000009.safetensors"), "nothing").unwrap();
        let found = |(found, damaged): (Option<Found>, Vec<Error>)| (found.unwrap().run.steps, damaged.len());
        assert_eq!(found(checkpoints.open().unwrap()), (5, 1));
        write(6);
        assert_eq!(found(checkpoints.open().unwrap()), (6, 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("runs");
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &link).unwrap();
        let error = Checkpoints::new(&link).open().unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot write `{}`: ", link.display())), "{error}");
    }

    #[test]
    fn a_run_says_where_it_resumes() {
        let notice = |epoch, batch| {
            let run = RunState { epoch, batch, batches: 45, ..RunState::default() };
            Found { path: "runs/a".into(), run, state: State::new() }.notice(6)
        };
        assert_eq!(notice(3, 0), "resuming from `runs/a`, after epoch 3 of 6");
        assert_eq!(notice(3, 7), "resuming from `runs/a`, after batch 7 of 45 in epoch 4");
        assert!(notice(6, 0).starts_with("all 6 epochs are done in `runs/a`\nhelp: "));
    }
}
