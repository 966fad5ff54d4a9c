//! Conditions on sizes: decided here, left to rustc, or left for the end of the network.

use crate::report::Mistake;
use crate::size::{Comparison, Facts, Predicate, Size, Verdict};
use std::collections::BTreeSet;

/// The facts about a network's sizes, and the checks that they do not decide.
#[derive(Debug, Default)]
pub struct Proofs {
    pub facts: Facts,
    /// Checks of Rust constants, which rustc evaluates, each with the mistake to report if it fails.
    pub deferred: Vec<(Vec<Predicate>, Mistake)>,
    /// Checks that hold only for some values of the symbols.
    pub undecided: Vec<(Predicate, Mistake)>,
}

impl Proofs {
    /// Checks `left comparison right`. Returns `mistake` if that is false for all values of the symbols.
    pub fn hold(
        &mut self,
        left: &Size,
        comparison: Comparison,
        right: &Size,
        mistake: impl FnOnce() -> Mistake,
    ) -> Result<(), Mistake> {
        let predicate = Predicate { left: left.clone(), comparison, right: right.clone() };
        let verdict = self.facts.decide(&predicate);
        self.settle(verdict, predicate, mistake)
    }

    /// [`Proofs::hold`] for equality.
    pub fn same(&mut self, left: &Size, right: &Size, mistake: impl FnOnce() -> Mistake) -> Result<(), Mistake> {
        self.hold(left, Comparison::Equal, right, mistake)
    }

    /// [`Proofs::hold`] for a lower bound. If it depends on a symbol, it becomes a check of the inputs.
    pub fn at_least(&mut self, size: &Size, minimum: i64, mistake: impl FnOnce() -> Mistake) -> Result<(), Mistake> {
        let verdict = self.facts.require_at_least(size, minimum);
        let right = Size::constant(minimum);
        self.settle(verdict, Predicate { left: size.clone(), comparison: Comparison::GreaterEqual, right }, mistake)
    }

    /// A mark for [`Proofs::since`].
    pub fn mark(&self) -> (usize, usize) {
        (self.deferred.len(), self.undecided.len())
    }

    /// The mistakes of the checks that were left undecided since the mark.
    pub fn since(&mut self, (deferred, undecided): (usize, usize)) -> impl Iterator<Item = &mut Mistake> {
        let deferred = self.deferred[deferred..].iter_mut().map(|(_, mistake)| mistake);
        deferred.chain(self.undecided[undecided..].iter_mut().map(|(_, mistake)| mistake))
    }

    /// Whether two sizes are equal, as far as is known.
    pub fn are_equal(&self, left: &Size, right: &Size) -> Verdict {
        self.facts.equal(left, right)
    }

    fn settle(
        &mut self,
        verdict: Verdict,
        predicate: Predicate,
        mistake: impl FnOnce() -> Mistake,
    ) -> Result<(), Mistake> {
        match verdict {
            Verdict::True => {}
            Verdict::False => return Err(self.explained(&predicate, mistake())),
            Verdict::Rustc(predicates) => self.deferred.push((predicates, mistake())),
            Verdict::Unknown => self.undecided.push((predicate, mistake())),
        }
        Ok(())
    }

    /// Adds the assumptions about the inputs' sizes, if they are why the predicate fails.
    fn explained(&self, predicate: &Predicate, mistake: Mistake) -> Mistake {
        let fails_anyway = symbols(predicate).is_empty() || Facts::default().decide(predicate) == Verdict::False;
        let assumed = self.facts.predicates().iter().filter(|known| !symbols(known).is_disjoint(&symbols(predicate)));
        let assumed: Vec<String> = assumed.map(|known| format!("`{known}`")).collect();
        if fails_anyway || assumed.is_empty() {
            mistake
        } else {
            mistake.note(format!("the `where` clause says {}", assumed.join(" and ")))
        }
    }
}

fn symbols(predicate: &Predicate) -> BTreeSet<&str> {
    &predicate.left.symbols() | &predicate.right.symbols()
}
