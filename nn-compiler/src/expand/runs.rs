//! Turns of a loop that are alike are one with a count, so that neither the expansion nor the documentation grows with depth.

use crate::shaped::{Outline, Source};

impl Outline {
    /// The stages, each with how many in a row are alike but for the number at the end of their key, and are fed each with
    /// what the one before gives.
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

    /// Whether `other` is this, `distance` turns later.
    fn is_followed_by(&self, other: &Outline, distance: usize) -> bool {
        let (Some(this), Some(that)) = (self.key.last(), other.key.last()) else { return false };
        let counted = numbered(this)
            .zip(numbered(that))
            .is_some_and(|((prefix, first), (other, number))| prefix == other && number == first + distance);
        let (key, from) = (self.key.clone(), self.from.clone());
        counted && self.key.len() == other.key.len() && *self == Outline { key, from, ..other.clone() }
    }

    /// Whether it takes what the stage at `place` gives, and besides that what the first turn takes.
    fn is_fed_by(&self, place: usize, first: &Outline) -> bool {
        let carried = self.outputs.len().min(self.from.len()).min(first.from.len());
        let (fed, captured) = self.from.split_at(carried);
        fed.iter().all(|source| *source == Source::Stage(place)) && captured == &first.from[carried..]
    }
}

/// Whether later stages, or the whole, take what the stage at `place` gives.
fn is_read(place: usize, later: &[Outline], results: &[Source]) -> bool {
    later.iter().flat_map(|outline| &outline.from).chain(results).any(|source| *source == Source::Stage(place))
}

/// A key that ends in a number: `denselayer1`.
pub fn numbered(key: &str) -> Option<(&str, usize)> {
    let digits = key.chars().rev().take_while(char::is_ascii_digit).count();
    let (prefix, number) = key.split_at(key.len() - digits);
    Some((prefix, number.parse().ok()?))
}

/// The place among the runs of the stage at this place.
pub fn run_of(runs: &[(&Outline, usize)], stage: usize) -> usize {
    let ends = runs.iter().scan(0, |end, (_, count)| {
        *end += count;
        Some(*end)
    });
    ends.take_while(|end| *end <= stage).count()
}
