//! The checks of networks inside networks, which rustc evaluates.

use nn_runtime::check::{Side, signature};
use nn_runtime::outline::{Known, Product, Quotient, Remainder, Symbol, own, predicate, signature as named};
use nn_runtime::{Comparison, Predicate, Signature, Size, TensorType};

/// A network from `[N, H, W]` to `[N, H / 2]`.
const INPUTS: &[Signature] = &[named("image", own(&[Symbol("N"), Symbol("H"), Symbol("W")]))];
const OUTPUTS: &[Signature] = &[named("", own(&[Symbol("N"), Quotient(&Symbol("H"), &Known(2))]))];
const EVEN: Predicate = predicate(Remainder(&Symbol("H"), &Known(2)), Comparison::Equal, Known(0));
const SQUARE: Predicate = predicate(Symbol("H"), Comparison::Equal, Symbol("W"));
const SMALL: Predicate = predicate(Symbol("H"), Comparison::LessEqual, Known(64));

/// The message for a network with these predicates that is fed with `fed`, inside one with the inputs `[B, S, T]` and
/// its own predicates.
fn said(inner: &[Predicate], outer: &[Predicate], fed: &'static [Size], given: &'static [Size]) -> Option<String> {
    let inputs = &[named("x", own(&[Symbol("B"), Symbol("S"), Symbol("T")]))];
    let inner = Side { inputs: INPUTS, outputs: OUTPUTS, predicates: inner };
    let outer = Side { inputs, outputs: &[], predicates: outer };
    let types = |dims| [TensorType { dtype: None, dims }];
    signature("Net", inner, outer, &types(fed), &types(given)).map(|message| message.as_str().to_string())
}

#[test]
fn sizes_are_compared() {
    assert_eq!(said(&[], &[], &[Symbol("B"), Known(8), Known(9)], &[Symbol("B"), Known(4)]), None);
    assert_eq!(
        said(&[], &[], &[Symbol("B"), Known(8), Known(9)], &[Symbol("B"), Known(8)]).unwrap(),
        "`Net` returns [N, H / 2], but this chain declares [B, 8]"
    );
    assert_eq!(
        said(&[], &[], &[Symbol("B"), Known(8)], &[Symbol("B"), Known(4)]).unwrap(),
        "`Net` expects [N, H, W] as `image`, and is fed with [B, 8]"
    );
}

#[test]
fn predicates_on_numbers_are_decided() {
    assert_eq!(said(&[EVEN, SMALL], &[], &[Known(1), Known(8), Known(9)], &[Known(1), Known(4)]), None);
    assert_eq!(
        said(&[SMALL, EVEN], &[], &[Known(1), Known(7), Known(9)], &[Known(1), Known(3)]).unwrap(),
        "`Net` needs `H % 2 == 0`, and is fed with [1, 7, 9]"
    );
    assert_eq!(
        said(&[SMALL], &[], &[Known(1), Known(70), Known(9)], &[Known(1), Known(35)]).unwrap(),
        "`Net` needs `H <= 64`, and is fed with [1, 70, 9]"
    );
}

#[test]
fn predicates_on_symbols_follow_from_the_outer_ones() {
    const FED: &[Size] = &[Symbol("B"), Symbol("S"), Symbol("T")];
    const GIVEN: &[Size] = &[Symbol("B"), Quotient(&Symbol("S"), &Known(2))];
    let even = predicate(Remainder(&Symbol("S"), &Known(16)), Comparison::Equal, Known(0));
    let same = predicate(Symbol("S"), Comparison::Equal, Symbol("T"));
    let few = predicate(Symbol("S"), Comparison::Less, Known(65));
    assert_eq!(said(&[EVEN], &[even], FED, GIVEN), None);
    assert_eq!(said(&[SQUARE], &[same], FED, GIVEN), None);
    assert_eq!(said(&[SQUARE, EVEN, SMALL], &[few, same, even], FED, GIVEN), None);
    let unproved = said(&[EVEN], &[same], FED, GIVEN).unwrap();
    let (what, note) = unproved.split_once('\n').unwrap();
    assert_eq!(what, "`Net` needs `H % 2 == 0`, and is fed with [B, S, T]");
    assert!(note.starts_with("note: it does not hold for ["), "{note}");
    let twice = [Symbol("B"), Product(&[Known(2), Symbol("S")]), Symbol("T")];
    assert_eq!(said(&[EVEN], &[], Box::leak(Box::new(twice)), &[Symbol("B"), Symbol("S")]), None);
    // The outer network takes no inputs at all.
    let none = [few, predicate(Symbol("S"), Comparison::Greater, Known(100))];
    assert_eq!(said(&[EVEN], &none, FED, GIVEN), None);
}

#[test]
fn what_is_equal_by_a_predicate_is_equal() {
    let same = predicate(Symbol("T"), Comparison::Equal, Product(&[Known(2), Symbol("S")]));
    let given = &[Symbol("B"), Symbol("S")];
    assert_eq!(said(&[], &[same], &[Symbol("B"), Symbol("T"), Symbol("T")], given), None);
    assert!(said(&[], &[], &[Symbol("B"), Symbol("T"), Symbol("T")], given).is_some());
}

#[test]
fn sizes_without_a_value_say_nothing() {
    let huge = &[Symbol("B"), Product(&[Known(i64::MAX), Symbol("S")]), Known(9)];
    assert_eq!(said(&[EVEN], &[], huge, &[Symbol("B"), Known(4)]), None);
}
