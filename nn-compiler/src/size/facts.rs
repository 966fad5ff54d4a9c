//! What may be assumed about symbols and opaque constants.

use std::collections::BTreeMap;

use super::bounds::least_where;
use super::floor::Unnested;
use super::interval::Interval;
use super::learn::Inconsistent;
use super::monomial::{Atom, Quotient, Term};
use super::{Comparison, Contradiction, Predicate, Result, Size, Verdict};

/// The predicates of a `where` clause, and the lower bounds of symbols derived so far.
///
/// What is assumed is kept solved. A variable that an equality gives (`S == T`, `H == 2 * W`) is *replaced*; one that
/// is known modulo a number (`H % 16 == 0`) is replaced by 16 times a new variable, its *quotient*. Bounds of single
/// variables are intervals, and only what is left is a list of inequalities. So a size that is *resolved*, with all
/// of that put in, is decided by its normal form.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub(super) predicates: Vec<Predicate>,
    pub(super) derived: BTreeMap<String, i64>,
    /// Variables in terms of others, of which none is replaced itself.
    pub(super) replaced: BTreeMap<Atom, Size>,
    /// What the quotient variables stand for; these quotients all come out even.
    pub(super) quotients: BTreeMap<Atom, Quotient>,
    pub(super) limits: BTreeMap<Atom, Interval>,
    /// Resolved sizes that are not negative, and resolved sizes that are not zero.
    pub(super) inequalities: Vec<Size>,
    pub(super) nonzero: Vec<Size>,
}

impl Facts {
    /// Assumes a predicate. Of one that is too complicated, only the part that is understood is used.
    pub fn assume(&mut self, predicate: Predicate) -> Result<(), Contradiction> {
        self.add(&predicate).map_err(|Inconsistent| {
            let with = self.culprits(&predicate);
            Contradiction { predicate, with }
        })
    }

    /// Assumes a predicate, without an explanation if it contradicts others.
    pub(super) fn add(&mut self, predicate: &Predicate) -> Result<(), Inconsistent> {
        if self.decide(predicate) == Verdict::False {
            return Err(Inconsistent);
        }
        self.learn(predicate)?;
        self.predicates.push(predicate.clone());
        Ok(())
    }

    /// The normal form under the facts: with `H % 16 == 0`, `16 * (H / 16)` is `H`; with `S == T` both are one.
    pub fn simplify(&self, size: &Size) -> Size {
        self.resolve(size).and_then(|size| self.restore(&size)).unwrap_or_else(|_| size.clone())
    }

    /// Whether `size >= minimum`. Where that depends on the lower bound of the only symbol in a size that grows with
    /// it, the least such bound is derived and recorded, and the answer is yes.
    pub fn require_at_least(&mut self, size: &Size, minimum: i64) -> Verdict {
        let verdict = self.decide(&Predicate::new(size.clone(), Comparison::GreaterEqual, minimum));
        if verdict != Verdict::Unknown {
            return verdict;
        }
        let Some((symbol, bound)) = least_bound(&self.simplify(size), minimum) else {
            return Verdict::Unknown;
        };
        let mut next = self.clone();
        if next.learn(&Predicate::new(Size::symbol(&symbol), Comparison::GreaterEqual, bound)).is_err() {
            return Verdict::False;
        }
        // With `H % 16 == 0`, `H >= 7` is the same as `H >= 16`. What exceeds `i64` is not learnt.
        let Some(bound) = next.bounds(&Size::symbol(&symbol)).0.filter(|&low| low >= bound) else {
            return Verdict::Unknown;
        };
        next.derived.insert(symbol, bound);
        *self = next;
        Verdict::True
    }

    /// The lower bounds of symbols that were derived: what the predicates do not say already.
    pub fn derived(&self) -> impl Iterator<Item = (&str, i64)> {
        self.derived.iter().map(|(name, &bound)| (&**name, bound))
    }

    /// What was assumed.
    pub fn predicates(&self) -> &[Predicate] {
        &self.predicates
    }

    /// The size with all replacements put in.
    pub(super) fn resolve(&self, size: &Size) -> Result<Size> {
        if self.replaced.is_empty() {
            return Ok(size.clone());
        }
        size.substitute(&|atom| Ok(self.replaced.get(atom).cloned()))
    }

    /// A resolved size in the user's terms.
    pub(super) fn restore(&self, size: &Size) -> Result<Size> {
        if self.quotients.is_empty() {
            return Ok(size.clone());
        }
        let mut result = Size::default();
        for term in size.terms() {
            result = result.add(&self.restore_term(&term)?)?;
        }
        Ok(result)
    }

    fn restore_term(&self, term: &Term) -> Result<Size> {
        for (atom, quotient) in &self.quotients {
            if let Some(others) = term.without(atom) {
                // So 8 times `H / 16` is `H / 2`.
                let Unnested { outer, dividend, .. } = Unnested::new(&others, quotient)?;
                return self.restore(&dividend.mul(&outer.into())?);
            }
        }
        let restored = |atom: &Atom| match atom {
            Atom::Floor(floor) => {
                let denominator = self.restore(&floor.denominator)?;
                self.restore(&floor.numerator)?.div_floor(&denominator).map(Some)
            }
            _ => Ok(None),
        };
        Size::from(term.clone()).substitute(&restored)
    }

    pub(super) fn limits(&self, variable: &Atom) -> Interval {
        self.limits.get(variable).copied().unwrap_or(Interval::SIZE)
    }

    /// The assumptions that `predicate` contradicts.
    fn culprits(&self, predicate: &Predicate) -> Vec<Predicate> {
        let contradicted = |known: &[Predicate]| {
            let mut facts = Self::default();
            known.iter().chain([predicate]).any(|assumed| facts.add(assumed).is_err())
        };
        if contradicted(&[]) {
            return Vec::new();
        }
        let culprit = self.predicates.iter().find(|&known| contradicted(std::slice::from_ref(known)));
        culprit.map_or_else(|| self.predicates.clone(), |known| vec![known.clone()])
    }
}

/// The symbol in a size that has only one, and grows with it, and its least value for which the size is at least
/// `minimum`.
fn least_bound(size: &Size, minimum: i64) -> Option<(String, i64)> {
    let symbols = size.symbols();
    let symbol = symbols.first().filter(|_| symbols.len() == 1 && size.grows())?;
    let reaches = |n: i64| size.evaluate(&|name| (name == *symbol).then_some(n)).is_some_and(|value| value >= minimum);
    let mut high = 1_i64;
    while !reaches(high) {
        high = high.checked_mul(2)?;
    }
    Some((symbol.to_string(), least_where(0, high, reaches)))
}
