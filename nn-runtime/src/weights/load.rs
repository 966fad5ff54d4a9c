//! Loading: everything is first compared and read, and only then copied.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use tch::{Kind, Tensor, nn};

use super::file::Weights;
use super::mismatch::{Difference, Mismatch, Saved, Specs, describe, describe_stored, list};
use super::rename::renamed;
use super::stored::{Stored, kind, signed};
use crate::Error;
use crate::pattern::{self, PatternError};
use crate::state::specs;

/// How far a file may differ from the network.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub renames: Vec<(String, String)>,
    pub ignored: Vec<String>,
    pub partial: bool,
    pub convert: bool,
    pub allow_nan: bool,
    pub aliases: &'static [(&'static str, &'static str)],
}

/// What was loaded, and what was not.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LoadReport {
    /// The file.
    pub path: PathBuf,
    /// The network's tensors that now have the file's values.
    pub tensors: Vec<String>,
    /// Renamed tensors: the name in the file, and the name in the network.
    pub renamed: Vec<(String, String)>,
    /// Tensors whose type in the file differs.
    pub converted: Vec<Difference>,
    /// The network's tensors that stayed unchanged.
    pub kept: Vec<String>,
    /// The file's tensors that were not read.
    pub unused: Vec<String>,
}

type Variables = BTreeMap<String, Tensor>;

pub fn load(weights: &Weights, rules: &Rules, vs: &nn::VarStore) -> Result<LoadReport, Error> {
    let variables: Variables = vs.variables().into_iter().collect();
    let mut plan = Plan::new(weights, rules)?;
    plan.leave_out(&variables)?;
    let pairs = plan.pairs(variables)?;
    plan.check_numbers(&pairs)?;
    tch::no_grad(|| {
        pairs.into_iter().try_for_each(|(name, mut variable, stored)| {
            weights.with(&name, stored, |new| variable.f_copy_(new))?;
            plan.report.tensors.push(name);
            Ok::<_, Error>(())
        })
    })?;
    Ok(plan.report)
}

/// The tensors to load.
struct Plan<'w> {
    weights: &'w Weights,
    rules: &'w Rules,
    /// The file's tensors, under the names that the rules give them.
    tensors: BTreeMap<String, &'w Stored>,
    report: LoadReport,
}

impl<'w> Plan<'w> {
    fn new(weights: &'w Weights, rules: &'w Rules) -> Result<Self, Error> {
        let report = LoadReport { path: weights.path().into(), ..LoadReport::default() };
        let mut plan = Self { weights, rules, tensors: BTreeMap::new(), report };
        let mut origins: BTreeMap<String, &str> = BTreeMap::new();
        let mut applied = BTreeSet::new();
        for (original, stored) in weights.tensors().iter().filter(|(name, _)| !is_bookkeeping(name)) {
            let name = rename(&rules.renames, original, &mut applied);
            if let Some(other) = origins.insert(name.clone(), original) {
                let (path, first) = (weights.path().into(), other.to_owned());
                return Err(Error::SameName { path, first, second: original.clone(), name });
            }
            if name != *original {
                plan.report.renamed.push((original.clone(), name.clone()));
            }
            plan.tensors.insert(name, stored);
        }
        plan.merge_tied()?;
        match rules.renames.iter().find(|(from, _)| !applied.contains(from.as_str())) {
            Some((from, _)) => {
                Err(PatternError::no_match(from, &weights.names().map(str::to_owned).collect::<Vec<_>>()).into())
            }
            None => Ok(plan),
        }
    }

    /// Keeps one of the names of each tied parameter; a file that has both must have the same numbers under both.
    fn merge_tied(&mut self) -> Result<(), Error> {
        for (alias, name) in self.rules.aliases {
            let Some(tied) = self.tensors.remove(*alias) else { continue };
            let Some(kept) = self.tensors.insert(name.to_string(), tied) else { continue };
            if self.weights.read(alias, tied)? != self.weights.read(name, kept)? {
                let path = self.weights.path().into();
                return Err(Error::Untied { path, first: name.to_string(), second: alias.to_string() });
            }
        }
        Ok(())
    }

    /// Removes what is ignored, and for a partial load what only one side has.
    fn leave_out(&mut self, variables: &Variables) -> Result<(), PatternError> {
        let names: Vec<String> = self.tensors.keys().chain(variables.keys()).cloned().collect();
        let mut out = BTreeSet::new();
        for pattern in &self.rules.ignored {
            out.extend(pattern::positions(pattern, &names)?.into_iter().map(|index| &names[index]));
        }
        let partial = self.rules.partial;
        let kept = |name: &&String| out.contains(name) || (partial && !self.tensors.contains_key(*name));
        self.report.kept = variables.keys().filter(kept).cloned().collect();
        let unused = |name: &&String| out.contains(name) || (partial && !variables.contains_key(*name));
        self.report.unused = self.tensors.keys().filter(unused).cloned().collect();
        for name in &self.report.unused {
            self.tensors.remove(name);
        }
        Ok(())
    }

    /// Each variable to load, with its tensor in the file.
    fn pairs(&mut self, mut variables: Variables) -> Result<Vec<(String, Tensor, &'w Stored)>, Error> {
        for name in &self.report.kept {
            variables.remove(name);
        }
        if variables.is_empty() && self.rules.partial {
            return Err(Error::NothingInCommon { path: self.weights.path().into() });
        }
        let expected = specs(&variables);
        let mut found: Specs =
            self.tensors.iter().map(|(name, tensor)| (name.clone(), describe_stored(tensor))).collect();
        if self.rules.convert {
            self.report.converted = self.conversions(&variables);
            for Difference { name, expected, .. } in &self.report.converted {
                found.insert(name.clone(), expected.clone());
            }
        }
        Mismatch::check(Saved::Weights(self.weights.path().into()), &expected, &found)?;
        let pair = |(name, variable)| {
            let stored = self.tensors[&name];
            (name, variable, stored)
        };
        Ok(variables.into_iter().map(pair).collect())
    }

    /// The tensors that differ only in type, where the network's type is a float.
    fn conversions(&self, variables: &Variables) -> Vec<Difference> {
        let converted = variables.iter().filter_map(|(name, variable)| {
            let stored = self.tensors.get(name)?;
            let same_shape = variable.size() == signed(&stored.shape);
            let is_other = kind(stored.dtype).is_some_and(|kind| kind != variable.kind() && kind != Kind::ComplexFloat);
            let difference =
                || Difference { name: name.clone(), expected: describe(variable), found: describe_stored(stored) };
            (same_shape && is_other && is_float(variable.kind())).then(difference)
        });
        converted.collect()
    }

    /// Reads every tensor once, so that a damaged one changes nothing.
    fn check_numbers(&self, pairs: &[(String, Tensor, &Stored)]) -> Result<(), Error> {
        let mut names = Vec::new();
        for (name, variable, stored) in pairs {
            let is_nan = |numbers: &Tensor| {
                if is_float(variable.kind()) {
                    numbers.f_to_kind(Kind::Float)?.f_isnan()?.f_any()?.f_int64_value(&[])
                } else {
                    Ok(0)
                }
            };
            if self.weights.with(name, stored, is_nan)? != 0 {
                names.push(name.clone());
            }
        }
        if names.is_empty() || self.rules.allow_nan {
            return Ok(());
        }
        Err(Error::NotANumber { path: self.weights.path().into(), names })
    }
}

/// Whether numbers of this kind have fractions.
fn is_float(kind: Kind) -> bool {
    matches!(kind, Kind::Half | Kind::BFloat16 | Kind::Float | Kind::Double)
}

/// PyTorch's batch normalisation counts its batches; nothing reads the count unless `momentum=None`.
fn is_bookkeeping(name: &str) -> bool {
    name.rsplit('.').next() == Some("num_batches_tracked")
}

/// The name after all rules; those that changed it are added to `applied`.
fn rename<'r>(renames: &'r [(String, String)], name: &str, applied: &mut BTreeSet<&'r str>) -> String {
    renames.iter().fold(name.to_owned(), |name, (from, to)| match renamed(from, to, &name) {
        Some(new) => {
            applied.insert(from);
            new
        }
        None => name,
    })
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, tensors, renamed, converted, kept, unused } = self;
        write!(f, "loaded {} tensors from `{}`", tensors.len(), path.display())?;
        let counts = [
            (renamed.len(), "renamed"),
            (converted.len(), "converted"),
            (kept.len(), "kept"),
            (unused.len(), "unused"),
        ];
        for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, ", {count} {what}")?;
        }
        list(f, renamed, |f, (from, to)| write!(f, "`{from}` of the file was renamed to `{to}`"))?;
        list(f, converted, |f, Difference { name, expected, found, .. }| {
            write!(f, "`{name}` is {expected}, from {found}")
        })?;
        list(f, kept, |f, name| write!(f, "`{name}` of the network was kept"))?;
        list(f, unused, |f, name| write!(f, "`{name}` of the file was not read"))
    }
}
