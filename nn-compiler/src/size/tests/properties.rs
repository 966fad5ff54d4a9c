//! Sizes and facts against plain integers, at many points.

use proptest::prelude::*;

use super::super::{ArithmeticError, Comparison, suggest};
use super::{Facts, Predicate, Size, Verdict, predicate, size};

/// Two symbols and two opaque constants.
const NAMES: [&str; 4] = ["S", "T", "a", "b"];

type Point = [i64; 4];

/// An expression as it is written, before any normal form.
#[derive(Clone, Debug)]
enum Tree {
    Constant(i64),
    Name(usize),
    Node(char, Box<Tree>, Box<Tree>),
}

impl Tree {
    fn node(operator: char, left: Tree, right: Tree) -> Self {
        Self::Node(operator, left.into(), right.into())
    }

    fn to_size(&self) -> Result<Size, ArithmeticError> {
        match self {
            Self::Constant(n) => Ok(Size::constant(*n)),
            Self::Name(at) => Ok(size(NAMES[*at])),
            Self::Node(operator, left, right) => {
                let (left, right) = (left.to_size()?, right.to_size()?);
                match operator {
                    '+' => left.add(&right),
                    '-' => left.sub(&right),
                    '*' => left.mul(&right),
                    '/' => left.div_floor(&right),
                    _ => left.rem(&right),
                }
            }
        }
    }

    fn value(&self, point: &Point) -> Option<i128> {
        Some(match self {
            Self::Constant(n) => (*n).into(),
            Self::Name(at) => point[*at].into(),
            Self::Node(operator, left, right) => {
                let (left, right) = (left.value(point)?, right.value(point)?);
                let floor = |right: i128| left.div_euclid(right) - i128::from(right < 0 && left.rem_euclid(right) != 0);
                match operator {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ if right == 0 => return None,
                    '/' => floor(right),
                    _ => left - right * floor(right),
                }
            }
        })
    }
}

fn tree(depth: u32) -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![1 => (-9..10_i64).prop_map(Tree::Constant), 3 => (0..NAMES.len()).prop_map(Tree::Name)];
    leaf.prop_recursive(depth, 16, 2, |inner| {
        let divisor = prop_oneof![
            6 => prop_oneof![-3..0_i64, 1..9_i64].prop_map(Tree::Constant),
            1 => (2..NAMES.len()).prop_map(Tree::Name),
            1 => inner.clone()
        ];
        let ring = (prop_oneof![Just('+'), Just('-'), Just('*')], inner.clone(), inner.clone());
        let division = (prop_oneof![2 => Just('/'), 1 => Just('%')], inner, divisor);
        prop_oneof![
            ring.prop_map(|(operator, left, right)| Tree::node(operator, left, right)),
            division.prop_map(|(operator, left, right)| Tree::node(operator, left, right))
        ]
    })
}

/// The predicates of a `where` clause.
fn clause() -> impl Strategy<Value = Vec<Predicate>> {
    let single = (0..NAMES.len(), 2..7_i64, 0..7_i64, 0..5_usize).prop_map(|(name, modulus, n, form)| {
        let name = NAMES[name];
        predicate(&match form {
            0 => format!("{name} <= {}", n + 9),
            1 => format!("{name} >= {n}"),
            2 => format!("{name} != {n}"),
            _ => format!("{name} % {modulus} == {}", n % modulus),
        })
    });
    let relation = prop::sample::select(vec![
        "S == T",
        "S == 2 * T",
        "S <= T",
        "S < a",
        "S == T + 2",
        "2 * S == 3 * T",
        "(S + T) % 4 == 0",
        "(S + 3 * T) % 4 == 1",
        "S / 3 <= 2",
        "S % 4 <= 1",
        "a % b == 0",
        "a == 2 * b",
        "b >= 1",
        "S == 2 * ((S + T) / 4)",
        "S * T <= 30",
        "T % b == 0",
        "T == a * b",
        "(S / 2) % 3 == 0",
    ]);
    prop::collection::vec(prop_oneof![single, relation.prop_map(predicate)], 0..4)
}

/// Two related sizes.
fn goal() -> impl Strategy<Value = Predicate> {
    let comparison = prop::sample::select(vec![
        Comparison::Equal,
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessEqual,
        Comparison::Greater,
        Comparison::GreaterEqual,
    ]);
    (tree(3), tree(2), 1..6_i64, 0..5_usize, comparison).prop_filter_map(
        "arithmetic",
        |(left, other, n, form, comparison)| {
            let number = || Tree::Constant(n);
            let right = match form {
                0 => other,
                1 => Tree::node('*', number(), Tree::node('/', left.clone(), number())),
                2 => Tree::node('+', left.clone(), Tree::node('%', other, number())),
                3 => number(),
                _ => Tree::node('-', left.clone(), Tree::node('/', left.clone(), number())),
            };
            Some(Predicate { left: left.to_size().ok()?, comparison, right: right.to_size().ok()? })
        },
    )
}

fn evaluate(size: &Size, point: &Point) -> Option<i64> {
    size.evaluate(&|name| NAMES.iter().position(|known| *known == name).map(|at| point[at]))
}

/// Whether the predicate holds; `None` if it has no value.
fn holds(predicate: &Predicate, point: &Point) -> Option<bool> {
    Some(predicate.comparison.holds(evaluate(&predicate.left, point)?, evaluate(&predicate.right, point)?))
}

fn all_hold(predicates: &[Predicate], point: &Point) -> bool {
    predicates.iter().all(|predicate| holds(predicate, point) == Some(true))
}

/// All small points, and some larger ones.
fn points() -> impl Iterator<Item = Point> {
    let small = (0..13 * 13 * 25).map(|i: i64| [i % 13, i / 13 % 13, i / 169 % 5, i / 845]);
    let larger = (0..1000_i64).map(|i| [i * 7 % 61, i * 11 % 67, i * 3 % 13, i * 5 % 17]);
    small.chain(larger)
}

/// The facts from the predicates that do not contradict earlier ones.
fn assume_all(predicates: &[Predicate]) -> Facts {
    let mut facts = Facts::default();
    for predicate in predicates {
        let before = facts.predicates().to_vec();
        if facts.assume(predicate.clone()).is_err() {
            let witness = points().find(|point| all_hold(&before, point) && holds(predicate, point) == Some(true));
            assert_eq!(witness, None, "{before:?} and {predicate:?} contradict each other");
        }
    }
    facts
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sizes_mean_what_is_written(tree in tree(5)) {
        match tree.to_size() {
            Ok(size) => for point in points().step_by(17) {
                if let Some(value) = tree.value(&point) {
                    prop_assert_eq!(evaluate(&size, &point).map(i128::from), Some(value), "{} at {:?}", size, point);
                }
            },
            Err(ArithmeticError::DivisionByZero) => for point in points().step_by(17) {
                prop_assert_eq!(tree.value(&point), None);
            },
            Err(ArithmeticError::Overflow) => {}
        }
    }

    #[test]
    fn what_is_printed_can_be_read(tree in tree(5)) {
        if let Ok(written) = tree.to_size() {
            prop_assert_eq!(size(&written.to_string()), written);
        }
    }

    #[test]
    fn verdicts_are_so(clause in clause(), goal in goal()) {
        let facts = assume_all(&clause);
        let verdict = facts.decide(&goal);
        for point in points().filter(|point| all_hold(facts.predicates(), point)) {
            let Some(holds) = holds(&goal, &point) else { continue };
            match &verdict {
                Verdict::True => prop_assert!(holds, "{} at {:?}", goal, point),
                Verdict::False => prop_assert!(!holds, "{} at {:?}", goal, point),
                Verdict::Rustc(needed) => prop_assert!(holds || !all_hold(needed, &point), "{} at {:?}", goal, point),
                Verdict::Unknown => {}
            }
        }
    }

    #[test]
    fn rustc_is_asked_for_no_more_than_is_needed(goal in goal()) {
        if let Verdict::Rustc(predicates) = Facts::default().decide(&goal) {
            for (a, b) in (0..25).map(|i| (i % 5, i / 5)) {
                let fixed = [("a", a), ("b", b)].map(|(name, n)| Predicate::new(size(name), Comparison::Equal, n));
                let facts = assume_all(&fixed);
                if facts.decide(&goal) == Verdict::True {
                    let refuted = predicates.iter().find(|predicate| holds(predicate, &[0, 0, a, b]) == Some(false));
                    prop_assert_eq!(refuted, None, "{} holds for a = {}, b = {}", goal, a, b);
                }
            }
        }
    }

    #[test]
    fn simplified_sizes_are_equal(clause in clause(), tree in tree(4)) {
        let facts = assume_all(&clause);
        if let Ok(size) = tree.to_size() {
            let simple = facts.simplify(&size);
            let (low, high) = facts.bounds(&size);
            for point in points().filter(|point| all_hold(facts.predicates(), point)) {
                let Some(value) = evaluate(&size, &point) else { continue };
                prop_assert_eq!(evaluate(&simple, &point), Some(value), "{} and {} at {:?}", size, simple, point);
                let bounded = low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high);
                prop_assert!(bounded, "{} at {:?}", size, point);
            }
        }
    }

    #[test]
    fn derived_bounds_are_the_least(clause in clause(), tree in tree(3), minimum in 1..6_i64) {
        let mut facts = assume_all(&clause);
        let assumed = facts.predicates().to_vec();
        if let Ok(size) = tree.to_size()
            && facts.require_at_least(&size, minimum) == Verdict::True
        {
            let admitted = |point: &Point| {
                facts.derived().all(|(name, bound)| evaluate(&Size::symbol(name), point) >= Some(bound))
            };
            for point in points().filter(|point| all_hold(&assumed, point)) {
                let Some(value) = evaluate(&size, &point) else { continue };
                prop_assert_eq!(value >= minimum, admitted(&point), "{} at {:?}", size, point);
            }
        }
    }
}

proptest! {
    // To find that nothing helps, all candidates are tried.
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn suggestions_suffice(clause in clause(), goal in goal()) {
        let mut facts = assume_all(&clause);
        if facts.decide(&goal) == Verdict::Unknown
            && let Some(suggested) = suggest(&facts, &goal)
        {
            for predicate in suggested {
                facts.assume(predicate).expect("a suggestion that contradicts nothing");
            }
            prop_assert_eq!(facts.decide(&goal), Verdict::True);
            for point in points().filter(|point| all_hold(facts.predicates(), point)) {
                prop_assert_ne!(holds(&goal, &point), Some(false), "{} at {:?}", goal, point);
            }
        }
    }
}
