//! How predicates are decided.

use std::collections::BTreeMap;

use super::goal::Goal;
use super::monomial::{Atom, Monomial, Quotient, Term, lcm};
use super::{ArithmeticError, Comparison, Facts, Predicate, Result, Size, Verdict};

/// How many combinations of residues are tried for one predicate.
const CASES: i64 = 1024;

/// How many predicates may be left to rustc in place of one.
const PREDICATES: usize = 4;

impl Facts {
    /// Whether the sizes are equal.
    pub fn equal(&self, a: &Size, b: &Size) -> Verdict {
        if a == b { Verdict::True } else { self.decide(&Predicate::new(a.clone(), Comparison::Equal, b.clone())) }
    }

    /// Whether `by` divides `a`. Nothing is divisible by zero.
    pub fn divisible(&self, a: &Size, by: &Size) -> Verdict {
        match a.rem(by) {
            Ok(remainder) => self.decide(&Predicate::new(remainder, Comparison::Equal, 0)),
            Err(ArithmeticError::DivisionByZero) => Verdict::False,
            Err(ArithmeticError::Overflow) => Verdict::Unknown,
        }
    }

    /// Whether the predicate holds.
    pub fn decide(&self, predicate: &Predicate) -> Verdict {
        let Predicate { left, comparison, right } = predicate;
        if let (Some(left), Some(right)) = (left.as_constant(), right.as_constant()) {
            return comparison.holds(left, right).into();
        }
        let verdict = Goal::of(predicate).map_or(Verdict::Unknown, |goal| self.verdict(&goal, CASES));
        let verdict = match (comparison, verdict) {
            (Comparison::NotEqual, Verdict::True) => Verdict::False,
            (Comparison::NotEqual, Verdict::False) => Verdict::True,
            (Comparison::NotEqual, _) => Verdict::Unknown,
            (_, verdict) => verdict,
        };
        match verdict {
            Verdict::True | Verdict::False => verdict,
            _ => self.for_rustc(predicate).unwrap_or(verdict),
        }
    }

    /// A predicate without symbols, as it is.
    fn for_rustc(&self, predicate: &Predicate) -> Option<Verdict> {
        let [left, right] = [&predicate.left, &predicate.right].map(|size| self.simplify(size));
        let symbols = left.has_symbols() || right.has_symbols();
        (!symbols).then(|| Verdict::Rustc(vec![Predicate { left, comparison: predicate.comparison, right }]))
    }

    /// Decides a goal, looking at no more than `budget` cases.
    fn verdict(&self, goal: &Goal, budget: i64) -> Verdict {
        self.resolve(goal.size())
            .and_then(|size| self.verdict_of_resolved(&goal.about(size), budget))
            .unwrap_or(Verdict::Unknown)
    }

    fn verdict_of_resolved(&self, goal: &Goal, budget: i64) -> Result<Verdict> {
        let size = goal.size();
        if let Some(holds) = self.at_once(goal)? {
            return Ok(holds.into());
        }
        if !size.has_symbols() {
            return Ok(Verdict::Rustc(vec![goal.about(self.restore(size)?).to_predicate()?]));
        }
        if let Some((variable, period)) = size.periodic_symbol() {
            return Ok(if period > budget {
                Verdict::Unknown
            } else {
                self.by_cases(goal, &variable, period, budget / period)
            });
        }
        match goal {
            Goal::Zero(size) => self.by_coefficients(size),
            Goal::NonNegative(size) => self.at_extremes(size),
        }
    }

    /// Decides by the coefficients and the bounds, if possible.
    fn at_once(&self, goal: &Goal) -> Result<Option<bool>> {
        let size = goal.size();
        if *size == Size::default() {
            return Ok(Some(true));
        }
        match goal {
            Goal::Zero(_) => {
                let unequal =
                    || self.nonzero.contains(size) || size.neg().is_ok_and(|negative| self.nonzero.contains(&negative));
                if size.is_never_zero() || unequal() {
                    return Ok(Some(false));
                }
                let range = self.range(size);
                Ok(if range.excludes_zero() { Some(false) } else { range.single().map(|n| n == 0) })
            }
            Goal::NonNegative(_) => {
                let range = self.range(&size.primitive()?);
                let negative = range.high.is_some_and(|high| high < 0);
                Ok(if negative { Some(false) } else { range.is_nonnegative().then_some(true) })
            }
        }
    }

    /// Floors of a symbol vanish when the cases of its residue modulo their common period are looked at one by one.
    fn by_cases(&self, goal: &Goal, variable: &Atom, period: i64, budget: i64) -> Verdict {
        self.all_of((0..period).filter_map(|residue| {
            let mut facts = self.clone();
            facts.learn_residue(variable, period, residue).ok()?;
            Some(facts.verdict(goal, budget))
        }))
    }

    /// A polynomial in the symbols is zero everywhere if all its coefficients are, and divisible if all are: they are
    /// for rustc.
    fn by_coefficients(&self, size: &Size) -> Result<Verdict> {
        let divisible = size.as_remainder()?.filter(|(quotient, _)| !quotient.denominator.has_symbols());
        let (polynomial, divisor) = match divisible {
            Some((quotient, residue)) => (quotient.numerator.sub(&residue.into())?, Some(quotient.denominator)),
            None => (size.clone(), None),
        };
        let mut coefficients = BTreeMap::<Monomial, Size>::new();
        for Term { coefficient, monomial } in polynomial.terms() {
            let (symbolic, opaque) = monomial.partition(|atom| Size::from(atom.clone()).has_symbols());
            coefficients.entry(symbolic).or_default().accumulate(Term { coefficient, monomial: opaque })?;
        }
        let mut verdicts = Vec::new();
        for (monomial, coefficient) in coefficients {
            let coefficient = divisor.as_ref().map_or(Ok(coefficient.clone()), |divisor| coefficient.rem(divisor))?;
            verdicts.push(match self.verdict(&Goal::Zero(coefficient), 1) {
                Verdict::False => Verdict::Unknown,
                // A floor may be zero wherever its coefficient is not, and `T * T + T` is even without `T` being so.
                Verdict::Rustc(_) if monomial.has_floor() || divisor.is_some() && !monomial.is_squarefree() => {
                    Verdict::Unknown
                }
                verdict => verdict,
            });
        }
        Ok(self.all_of(verdicts.into_iter()))
    }

    /// A size is not negative if it is not at its least, where the symbols are as small, or as great, as they can be.
    /// It is left to rustc whether the opaque constants are such; not, however, if it takes all of them to be at
    /// their own limit: for `H >= K` nobody means that `K` is zero.
    fn at_extremes(&self, size: &Size) -> Result<Verdict> {
        let mut extreme = size.clone();
        for name in size.symbols() {
            let symbol = Atom::Symbol(name.into());
            let Some(value) = self.worst_value(size, &symbol) else {
                return Ok(Verdict::Unknown);
            };
            extreme = extreme.substitute(&|atom| Ok((*atom == symbol).then(|| value.into())))?;
        }
        if extreme.as_constant().is_some() || self.range(&extreme).high.is_some_and(|high| high <= 0) {
            return Ok(Verdict::Unknown);
        }
        Ok(match self.verdict(&Goal::NonNegative(extreme), 1) {
            Verdict::False => Verdict::Unknown,
            verdict => verdict,
        })
    }

    /// The value of `symbol` for which `size` is least, whatever the others are.
    fn worst_value(&self, size: &Size, symbol: &Atom) -> Option<i64> {
        let of_symbol = |term: &Term| Size::from(term.clone()).contains(|atom| atom == symbol);
        let (mut rises, mut falls) = (false, false);
        for term in size.variable_terms().filter(of_symbol) {
            let floor = term.monomial.has_floor();
            rises |= term.coefficient > 0 || floor;
            falls |= term.coefficient < 0 || floor;
        }
        let limits = self.limits(symbol);
        match (rises, falls) {
            (true, false) => limits.low,
            (false, true) => limits.high,
            _ => None,
        }
    }

    /// The conjunction of cases that cover everything.
    fn all_of(&self, cases: impl Iterator<Item = Verdict>) -> Verdict {
        let (mut holds, mut fails) = (false, false);
        let mut known = self.clone();
        let mut needed = Vec::new();
        for verdict in cases {
            match verdict {
                Verdict::True => holds = true,
                Verdict::False => fails = true,
                Verdict::Unknown => return Verdict::Unknown,
                Verdict::Rustc(predicates) => {
                    holds = true;
                    if !known.add_needed(predicates, &mut needed) {
                        return Verdict::Unknown;
                    }
                }
            }
            if holds && fails {
                return Verdict::Unknown;
            }
        }
        match (fails, needed.is_empty()) {
            (true, _) => Verdict::False,
            (false, true) => Verdict::True,
            (false, false) => Verdict::Rustc(needed),
        }
    }

    /// Adds to `needed`, and to what is known, those of the predicates that are not known already. Fails where they
    /// are too many, or cannot all hold.
    fn add_needed(&mut self, predicates: Vec<Predicate>, needed: &mut Vec<Predicate>) -> bool {
        for predicate in predicates {
            if self.decide(&predicate) != Verdict::True {
                if needed.len() == PREDICATES || self.add(&predicate).is_err() {
                    return false;
                }
                needed.push(predicate);
            }
        }
        true
    }
}

impl Size {
    /// The first symbol that stands in floors, and the period of these.
    fn periodic_symbol(&self) -> Option<(Atom, i64)> {
        self.symbols().into_iter().find_map(|name| {
            let symbol = Atom::Symbol(name.into());
            let period = self.period(&symbol).filter(|&period| period > 1)?;
            Some((symbol, period))
        })
    }

    /// The modulus that makes the floors of the variable come out even, but for a constant. Where the variable stands over
    /// what is not a number, no floor does.
    fn period(&self, variable: &Atom) -> Option<i64> {
        let mut floors = self.terms.keys().flat_map(Monomial::atoms).filter_map(|atom| match atom {
            Atom::Floor(floor) if floor.mentions(variable) && floor.is_periodic(variable) => Some(floor),
            _ => None,
        });
        floors.try_fold(1, |period, floor| {
            let denominator = floor.denominator.as_constant()?;
            lcm(period, floor.numerator.period(variable)?.checked_mul(denominator)?)
        })
    }
}

impl Quotient {
    fn mentions(&self, variable: &Atom) -> bool {
        self.numerator.contains(|atom| atom == variable) || self.denominator.contains(|atom| atom == variable)
    }

    /// Whether the variable stands only over numbers.
    fn is_periodic(&self, variable: &Atom) -> bool {
        let apart = |floor: &Self| floor.denominator.as_constant().is_some() || !floor.mentions(variable);
        apart(self) && !self.numerator.contains(|atom| matches!(atom, Atom::Floor(inner) if !apart(inner)))
    }
}
