//! What must hold of the sizes: decided here, handed to rustc, or left for the end of the network.

use crate::report::Mistake;
use crate::size::{Comparison, Facts, Predicate, Size, Verdict};
use std::collections::BTreeSet;

/// The facts of a network, and the checks that they do not decide.
#[derive(Debug, Default)]
pub struct Proofs {
    pub facts: Facts,
    /// These depend on Rust constants: rustc is to evaluate them, and to say this where they do not hold.
    pub deferred: Vec<(Vec<Predicate>, Mistake)>,
    /// These hold for some values of the symbols only.
    pub undecided: Vec<(Predicate, Mistake)>,
}

impl Proofs {
    /// Gives `mistake` where `left comparison right` is false for every value of the symbols.
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

    /// As [`Proofs::hold`] for equality.
    pub fn same(&mut self, left: &Size, right: &Size, mistake: impl FnOnce() -> Mistake) -> Result<(), Mistake> {
        self.hold(left, Comparison::Equal, right, mistake)
    }

    /// As [`Proofs::hold`] for a lower bound, which becomes a check at the entrance where a symbol is to blame.
    pub fn at_least(&mut self, size: &Size, minimum: i64, mistake: impl FnOnce() -> Mistake) -> Result<(), Mistake> {
        let verdict = self.facts.require_at_least(size, minimum);
        let right = Size::constant(minimum);
        self.settle(verdict, Predicate { left: size.clone(), comparison: Comparison::GreaterEqual, right }, mistake)
    }

    /// How much is left to decide, to come back to with [`Proofs::since`].
    pub fn mark(&self) -> (usize, usize) {
        (self.deferred.len(), self.undecided.len())
    }

    /// What is to be said where one of the checks fails that were left to decide since.
    pub fn since(&mut self, (deferred, undecided): (usize, usize)) -> impl Iterator<Item = &mut Mistake> {
        let deferred = self.deferred[deferred..].iter_mut().map(|(_, mistake)| mistake);
        deferred.chain(self.undecided[undecided..].iter_mut().map(|(_, mistake)| mistake))
    }

    /// Whether two sizes are equal, as far as can be told now.
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

    /// Adds what is assumed of the sizes of the inputs, where that is why the predicate fails.
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
