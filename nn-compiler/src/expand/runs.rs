//! Runs of equal loop turns, stored once with a count so that expansion and documentation do not grow with depth.

use crate::shaped::{Outline, Source};

impl Outline {
    /// The stages, each with the number of stages in a row that differ only in the number at the end of their key, and are
    /// each fed with the result of the one before.
    pub fn runs<'o>(outlines: &'o [Outline], results: &[Source]) -> Vec<(&'o Outline, usize)> {
        let mut runs: Vec<(&Outline, usize)> = Vec::new();
        for (place, outline) in outlines.iter().enumerate() {
            match runs.last_mut() {
                Some((first, count))
                    if first.is_followed_by(outline, *count)
                        && outline.is_fed_by(place - 1, first)
                        && !is_read(place - 1, &outlines[place + 1..], results) =>
                {
                    *count += 1;
                }
                _ => runs.push((outline, 1)),
            }
        }
        runs
    }

    /// Whether `other` is the same stage `distance` turns later.
    fn is_followed_by(&self, other: &Outline, distance: usize) -> bool {
        let (Some(this), Some(that)) = (self.key.last(), other.key.last()) else { return false };
        let counted = numbered(this)
            .zip(numbered(that))
            .is_some_and(|((prefix, first), (other, number))| prefix == other && number == first + distance);
        let (key, from) = (self.key.clone(), self.from.clone());
        counted && self.key.len() == other.key.len() && *self == Outline { key, from, ..other.clone() }
    }

    /// Whether it takes the result of the stage at `place`, and otherwise the same as the first turn.
    fn is_fed_by(&self, place: usize, first: &Outline) -> bool {
        let carried = self.outputs.len().min(self.from.len()).min(first.from.len());
        let (fed, captured) = self.from.split_at(carried);
        fed.iter().all(|source| *source == Source::Stage(place)) && captured == &first.from[carried..]
    }
}

/// Whether later stages, or the results, use the result of the stage at `place`.
fn is_read(place: usize, later: &[Outline], results: &[Source]) -> bool {
    later.iter().flat_map(|outline| &outline.from).chain(results).any(|source| *source == Source::Stage(place))
}

/// A key that ends in a number: `denselayer1`.
pub fn numbered(key: &str) -> Option<(&str, usize)> {
    let digits = key.chars().rev().take_while(char::is_ascii_digit).count();
    let (prefix, number) = key.split_at(key.len() - digits);
    Some((prefix, number.parse().ok()?))
}

/// The index of the run that a stage is in.
pub fn run_of(runs: &[(&Outline, usize)], stage: usize) -> usize {
    let ends = runs.iter().scan(0, |end, (_, count)| {
        *end += count;
        Some(*end)
    });
    ends.take_while(|end| *end <= stage).count()
}
