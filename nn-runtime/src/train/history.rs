//! The measurements of a run, epoch by epoch.

use std::fmt;
use std::io;
use std::ops::Index;
use std::path::Path;

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use crate::{Error, file};

/// Measured values by name, in the order of measurement: `loss`, `accuracy`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scores(#[serde(with = "number::map")] IndexMap<String, f64>);

impl Scores {
    /// Returns the value with this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// Iterates over names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, &value)| (name.as_str(), value))
    }

    /// Adds or replaces a value.
    pub fn insert(&mut self, name: impl Into<String>, value: f64) {
        self.0.insert(name.into(), value);
    }

    /// The same values, with `prefix` before their names.
    pub(super) fn prefixed(&self, prefix: &str) -> impl Iterator<Item = (String, f64)> {
        self.iter().map(move |(name, value)| (format!("{prefix}{name}"), value))
    }
}

/// The value of this name, `scores["accuracy"]`.
///
/// # Panics
/// If it was not measured. [`Scores::get`] does not.
impl Index<&str> for Scores {
    type Output = f64;

    #[track_caller]
    fn index(&self, name: &str) -> &f64 {
        let measured = || self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.0.get(name).unwrap_or_else(|| panic!("`{name}` was not measured, only {}", measured()))
    }
}

impl Extend<(String, f64)> for Scores {
    fn extend<I: IntoIterator<Item = (String, f64)>>(&mut self, values: I) {
        self.0.extend(values);
    }
}

/// `loss 0.0423, accuracy 0.9871`
impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {}", number::short(value))?;
        }
        Ok(())
    }
}

/// One pass through the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number, from 1.
    pub epoch: usize,
    /// The number of optimizer steps since the run began.
    pub steps: usize,
    /// The learning rate after its last batch; a schedule per epoch changes it only afterwards.
    pub learning_rate: f64,
    /// How long it took, including validation.
    pub seconds: f64,
    /// The mean loss and the metrics; those in validation have names that begin with `val_`.
    pub scores: Scores,
}

/// `epoch 3: loss 0.0423, accuracy 0.9871, val_loss 0.0513, val_accuracy 0.9844 (5.2 s)`
impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}: {} ", self.epoch, self.scores)?;
        if self.seconds < 1.0 {
            write!(f, "({:.0} ms)", 1e3 * self.seconds)
        } else {
            write!(f, "({:.1} s)", self.seconds)
        }
    }
}

/// The measurements of a run, epoch by epoch.
///
/// ```
/// use nn_runtime::train::{Epoch, History, Scores};
///
/// let mut history = History::default();
/// let mut scores = Scores::default();
/// scores.insert("loss", 0.25);
/// history.push(Epoch { epoch: 1, steps: 100, learning_rate: 1e-3, seconds: 2.0, scores });
/// assert_eq!(history.to_csv(), "epoch,steps,learning_rate,seconds,loss\n1,100,0.001,2,0.25\n");
/// assert_eq!(history.last("loss"), Some(0.25));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History {
    epochs: Vec<Epoch>,
}

impl History {
    /// The completed epochs.
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }

    /// Adds an epoch.
    pub fn push(&mut self, epoch: Epoch) {
        self.epochs.push(epoch);
    }

    /// Returns the names of all values, in the order in which they first appeared.
    pub fn names(&self) -> Vec<&str> {
        let names: IndexSet<&str> = self.epochs.iter().flat_map(|e| e.scores.iter().map(|(name, _)| name)).collect();
        names.into_iter().collect()
    }

    /// Returns the values with this name, each with its epoch.
    pub fn values(&self, name: &str) -> Vec<(usize, f64)> {
        self.epochs.iter().filter_map(|e| Some((e.epoch, e.scores.get(name)?))).collect()
    }

    /// Returns the value with this name in the last epoch.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.epochs.last()?.scores.get(name)
    }

    /// Returns a CSV table with one line per epoch.
    pub fn to_csv(&self) -> String {
        let names = self.names();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = ["epoch", "steps", "learning_rate", "seconds"].into_iter().chain(names.iter().copied());
        writer.write_record(header).expect("a Vec takes everything");
        for epoch in &self.epochs {
            let own = [epoch.epoch.to_string(), epoch.steps.to_string()];
            let own = own.into_iter().chain([epoch.learning_rate, epoch.seconds].map(|value| value.to_string()));
            let score = |name: &&str| epoch.scores.get(name).map_or(String::new(), |value| value.to_string());
            writer.write_record(own.chain(names.iter().map(score))).expect("all records are as long as the header");
        }
        String::from_utf8(writer.into_inner().expect("a Vec takes everything")).expect("the fields are text")
    }

    /// Returns a JSON list of epochs. Values that JSON does not support are strings: `"NaN"`, `"inf"`.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("all keys are text")
    }

    /// Writes the history as CSV if the file name ends in `.csv`, otherwise as JSON.
    ///
    /// # Errors
    /// If the file cannot be written. An existing file then stays unchanged.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let text = if csv { self.to_csv() } else { self.to_json() };
        file::replace(path, text.as_bytes())
    }

    /// Reads a history that [`History::save`] wrote as JSON.
    ///
    /// # Errors
    /// If the file cannot be read or has other content.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = std::fs::read(path).map_err(Error::reading(path))?;
        serde_json::from_slice(&text).map_err(|reason| Error::reading(path)(io::Error::from(reason)))
    }
}

/// One line for each epoch.
impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.epochs.iter().try_for_each(|epoch| writeln!(f, "{epoch}"))
    }
}

/// Numbers in JSON and in print.
pub(super) mod number {
    /// Four digits after the point, or scientific where that would hide the number.
    pub fn short(value: f64) -> String {
        let size = value.abs();
        let plain = !value.is_finite() || size == 0.0 || (1e-3..1e6).contains(&size);
        if plain { format!("{value:.4}") } else { format!("{value:.3e}") }
    }

    /// JSON has no NaN and no infinity: they are written as text.
    pub mod map {
        use indexmap::IndexMap;
        use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

        #[derive(Serialize, Deserialize)]
        #[serde(untagged)]
        enum Number {
            Finite(f64),
            Text(String),
        }

        pub fn serialize<S: Serializer>(map: &IndexMap<String, f64>, serializer: S) -> Result<S::Ok, S::Error> {
            let number =
                |value: f64| if value.is_finite() { Number::Finite(value) } else { Number::Text(value.to_string()) };
            serializer.collect_map(map.iter().map(|(name, &value)| (name, number(value))))
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<IndexMap<String, f64>, D::Error> {
            let map = IndexMap::<String, Number>::deserialize(deserializer)?;
            let entry = |(name, number)| match number {
                Number::Finite(value) => Ok((name, value)),
                Number::Text(text) => Ok((name, text.parse().map_err(D::Error::custom)?)),
            };
            map.into_iter().map(entry).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        let epoch = |epoch: usize, values: &[(&str, f64)]| Epoch {
            epoch,
            steps: 10 * epoch,
            learning_rate: 0.1 + 0.2,
            seconds: 1.5,
            scores: Scores(values.iter().map(|(name, value)| (name.to_string(), *value)).collect()),
        };
        let first = epoch(1, &[("loss", 1.0 / 3.0), ("f1, macro", f64::NAN)]);
        History { epochs: vec![first, epoch(2, &[("loss", 2e-9), ("val_loss", f64::INFINITY)])] }
    }

    #[test]
    #[should_panic(expected = "`accuracy` was not measured, only loss, val_loss")]
    fn a_score_that_is_not_there_is_said() {
        let _ = history().epochs()[1].scores["accuracy"];
    }

    #[test]
    fn csv_has_a_column_for_every_name() {
        assert_eq!(
            history().to_csv(),
            "epoch,steps,learning_rate,seconds,loss,\"f1, macro\",val_loss\n\
             1,10,0.30000000000000004,1.5,0.3333333333333333,NaN,\n\
             2,20,0.30000000000000004,1.5,0.000000002,,inf\n"
        );
    }

    #[test]
    fn json_round_trips_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/history.json");
        history().save(&path).unwrap();
        // NaN is not equal to itself, its text is.
        assert_eq!(format!("{:?}", History::load(&path).unwrap()), format!("{:?}", history()));
        std::fs::write(&path, "[{}]").unwrap();
        let error = History::load(&path).unwrap_err().to_string();
        assert!(error.ends_with("missing field `epoch` at line 1 column 3"), "{error}");
    }

    #[test]
    fn lines_show_numbers_of_every_size() {
        let lines = history().to_string();
        assert_eq!(
            lines,
            "epoch 1: loss 0.3333, f1, macro NaN (1.5 s)\nepoch 2: loss 2.000e-9, val_loss inf (1.5 s)\n"
        );
    }
}
