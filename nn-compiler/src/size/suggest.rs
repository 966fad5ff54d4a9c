//! What a user could add to a `where` clause.

use std::slice;

use super::bounds::least_where;
use super::goal::Goal;
use super::{Comparison, Facts, Predicate, Size, Verdict};

/// The greatest bound of a symbol that is suggested.
const GREATEST_BOUND: i64 = 1 << 20;

/// The greatest modulus for which a remainder other than zero is suggested.
const GREATEST_RESIDUE_MODULUS: i64 = 8;

/// The weakest simple predicates that make the goal true when they are added: the goal itself, solved for a symbol
/// (`T <= CONTEXT`); symbols that are multiples of a number (`H % 16 == 0`); symbols that are equal; other remainders
/// (`H % 2 == 1`); bounds (`T <= 512`).
pub fn suggest(facts: &Facts, goal: &Predicate) -> Option<Vec<Predicate>> {
    suggest_all(facts, slice::from_ref(goal))
}

/// Predicates that make all the goals true together that are not left to rustc. None of the predicates could be left
/// out.
pub fn suggest_all(facts: &Facts, goals: &[Predicate]) -> Option<Vec<Predicate>> {
    let is_open = |goal: &&Predicate| matches!(facts.decide(goal), Verdict::Unknown | Verdict::False);
    let goals: Vec<_> = goals.iter().filter(is_open).collect();
    let mut known = facts.clone();
    let mut predicates = Vec::new();
    for goal in &goals {
        let added = suggest_for(&known, goal)?;
        for predicate in &added {
            known.add(predicate).ok()?;
        }
        predicates.extend(added);
    }
    for at in (0..predicates.len()).rev() {
        let mut fewer = predicates.clone();
        fewer.remove(at);
        if suffice(facts, &goals, &fewer) {
            predicates = fewer;
        }
    }
    predicates.sort();
    Some(predicates)
}

/// Whether the goals are true under the facts and the predicates.
fn suffice(facts: &Facts, goals: &[&Predicate], predicates: &[Predicate]) -> bool {
    let mut facts = facts.clone();
    predicates.iter().all(|predicate| facts.add(predicate).is_ok())
        && goals.iter().all(|goal| facts.decide(goal) == Verdict::True)
}

fn suggest_for(facts: &Facts, goal: &Predicate) -> Option<Vec<Predicate>> {
    match facts.decide(goal) {
        Verdict::True => return Some(Vec::new()),
        Verdict::False | Verdict::Rustc(_) => return None,
        Verdict::Unknown => {}
    }
    let question = Goal::of(goal).ok()?;
    let question = question.about(facts.simplify(question.size()));
    let symbols: Vec<_> = question.size().symbols().into_iter().map(Size::symbol).collect();
    let suffices = |predicates: &Vec<Predicate>| suffice(facts, &[goal], predicates);
    let solved = solved(&question).map(|predicate| vec![predicate]).filter(suffices);
    let congruent = || multiples(&symbols).chain(equalities(&symbols)).chain(other_residues(&symbols)).find(suffices);
    let bounded = || symbols.iter().find_map(|symbol| bound(symbol, &suffices)).map(|predicate| vec![predicate]);
    match question {
        Goal::Zero(_) => solved.or_else(congruent).or_else(bounded),
        Goal::NonNegative(_) => solved.or_else(bounded).or_else(congruent),
    }
}

/// The goal, solved for a symbol.
fn solved(goal: &Goal) -> Option<Predicate> {
    let size = match goal {
        Goal::Zero(size) => size.primitive().ok()?,
        Goal::NonNegative(size) => size.without_whole_floors().ok()?.primitive().ok()?,
    };
    let (variable, value) = size.solve()?;
    let linear = size.variable_terms().all(|term| term.monomial.as_variable().is_some());
    let comparison = match goal {
        Goal::Zero(_) => Comparison::Equal,
        Goal::NonNegative(_) if size.terms.get(&variable.clone().into()) == Some(&1) => Comparison::GreaterEqual,
        Goal::NonNegative(_) => Comparison::LessEqual,
    };
    linear.then(|| Predicate::new(variable, comparison, value))
}

/// All the symbols are multiples of the same number. Beyond 32, only numbers that occur as strides and windows are
/// tried.
fn multiples(symbols: &[Size]) -> impl Iterator<Item = Vec<Predicate>> {
    let moduli = (2..=32).chain((40..=256).step_by(8));
    moduli.filter_map(|modulus| symbols.iter().map(|symbol| residue(symbol, modulus, 0)).collect())
}

/// Two symbols are equal.
fn equalities(symbols: &[Size]) -> impl Iterator<Item = Vec<Predicate>> {
    let pairs = symbols.iter().enumerate().flat_map(|(i, a)| symbols[i + 1..].iter().map(move |b| (a, b)));
    pairs.map(|(a, b)| vec![Predicate::new(a.clone(), Comparison::Equal, b.clone())])
}

/// All the symbols have the same remainder.
fn other_residues(symbols: &[Size]) -> impl Iterator<Item = Vec<Predicate>> {
    let residues =
        (2..=GREATEST_RESIDUE_MODULUS).flat_map(|modulus| (1..modulus).map(move |remainder| (modulus, remainder)));
    residues
        .filter_map(|(modulus, remainder)| symbols.iter().map(|symbol| residue(symbol, modulus, remainder)).collect())
}

fn residue(symbol: &Size, modulus: i64, remainder: i64) -> Option<Predicate> {
    Some(Predicate::new(symbol.rem(&modulus.into()).ok()?, Comparison::Equal, remainder))
}

/// The least lower bound for which the goal holds, or the greatest upper bound. One that leaves only 0 and 1 is not
/// meant.
fn bound(symbol: &Size, suffices: &dyn Fn(&Vec<Predicate>) -> bool) -> Option<Predicate> {
    let compared = |comparison, n: i64| Predicate::new(symbol.clone(), comparison, n);
    let holds = |comparison, n| suffices(&vec![compared(comparison, n)]);
    if holds(Comparison::GreaterEqual, GREATEST_BOUND) {
        let least = least_where(1, GREATEST_BOUND, |n| holds(Comparison::GreaterEqual, n));
        return Some(compared(Comparison::GreaterEqual, least));
    }
    if holds(Comparison::LessEqual, 2) && !holds(Comparison::LessEqual, GREATEST_BOUND) {
        let first_failure = least_where(2, GREATEST_BOUND, |n| !holds(Comparison::LessEqual, n));
        return Some(compared(Comparison::LessEqual, first_failure - 1));
    }
    None
}
