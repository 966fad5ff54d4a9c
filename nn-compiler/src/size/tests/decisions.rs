//! What facts decide.

use super::super::{Expr, Predicate};
use super::{Facts, Size, Verdict, facts, predicate, rustc, size};

fn assert_decides(assumed: &[&str], asked: &str, verdict: Verdict) {
    assert_eq!(facts(assumed).decide(&predicate(asked)), verdict, "{asked} where {assumed:?}");
}

#[test]
fn numbers_are_compared() {
    assert_decides(&[], "3 == 4", Verdict::False);
    assert_decides(&[], "3 != 4", Verdict::True);
    assert_decides(&[], "3 < 3", Verdict::False);
    assert_decides(&[], "4 > 3", Verdict::True);
    assert_decides(&[], "3 <= 3", Verdict::True);
    assert_decides(&[], "2 >= 3", Verdict::False);
}

#[test]
fn false_means_never() {
    assert_decides(&[], "N + 1 == N", Verdict::False);
    assert_decides(&[], "H * 2 == H * 2 + 1", Verdict::False);
    assert_decides(&[], "2 * H == 4 * W + 1", Verdict::False);
    assert_decides(&[], "H / 2 + (H + 1) / 2 == H + 1", Verdict::False);
    assert_decides(&[], "N < 0", Verdict::False);
    assert_decides(&["T <= 5"], "T == 7", Verdict::False);
    assert_decides(&[], "N == 3", Verdict::Unknown);
    assert_decides(&[], "N != 3", Verdict::Unknown);
}

#[test]
fn identities_between_floors_are_found() {
    assert_decides(&[], "H / 2 + (H + 1) / 2 == H", Verdict::True);
    assert_decides(&[], "H / 3 + (H + 1) / 3 + (H + 2) / 3 == H", Verdict::True);
    assert_decides(&[], "H - H / 2 == (H + 1) / 2", Verdict::True);
    assert_decides(&[], "(H + 1) / 2 + (W + 1) / 2 == H - H / 2 + W - W / 2", Verdict::True);
    assert_decides(&[], "2 * (H / 2) == H", Verdict::Unknown);
    assert_decides(&[], "2 * (H / 2) <= H", Verdict::True);
    assert_decides(&[], "H / 2 < H + 1", Verdict::True);
    assert_decides(&[], "H % 4 < 4", Verdict::True);
    assert_decides(&[], "(H * H + H) % 2 == 0", Verdict::True);
}

#[test]
fn a_unet_comes_out_even() {
    let unet = ["H % 16 == 0", "W % 16 == 0"];
    for level in ["H", "H / 2", "H / 4", "H / 8", "W / 8"] {
        assert_decides(&unet, &format!("2 * (({level}) / 2) == {level}"), Verdict::True);
    }
    assert_decides(&unet, "(H / 8 - 2) / 2 + 1 == H / 16", Verdict::True);
    assert_decides(&unet, "32 * (H / 32) == H", Verdict::Unknown);
    assert_decides(&["H % 2 == 0"], "2 * (H / 2) == H", Verdict::True);
    assert_decides(&["H % 2 == 1"], "2 * ((H - 3) / 2) + 3 == H", Verdict::True);
    assert_decides(&["H % 4 == 0", "H % 6 == 0"], "12 * (H / 12) == H", Verdict::True);
    assert_decides(&["(S + T) % 4 == 0"], "4 * ((S + T) / 4) - S == T", Verdict::True);
    assert_decides(&["(3 * H) % 8 == 0"], "8 * (H / 8) == H", Verdict::True);
    assert_decides(&["(H * W) % 16 == 0"], "16 * ((H * W) / 16) == H * W", Verdict::True);
}

#[test]
fn equal_symbols_are_one() {
    assert_decides(&["S == T"], "N * S + 1 == T * N + 1", Verdict::True);
    assert_decides(&["H == 2 * W", "W % 8 == 0"], "16 * (H / 16) == H", Verdict::True);
    assert_decides(&["H == 2 * W"], "H % 2 == 0", Verdict::True);
    assert_decides(&["S == T", "T <= 5"], "S <= 5", Verdict::True);
    assert_decides(&["S <= 5", "S == T"], "T <= 5", Verdict::True);
    assert_decides(&["T == 7"], "T * N == 7 * N", Verdict::True);
    assert_decides(&["3 * H == 2 * W"], "6 * H == 4 * W", Verdict::True);
    assert_decides(&["H / 16 == 3"], "H < 64", Verdict::True);
    assert_decides(&["T == S + 2"], "T >= 2", Verdict::True);
}

#[test]
fn inequalities_are_combined() {
    assert_decides(&["T <= 512"], "T <= 1000", Verdict::True);
    assert_decides(&["T <= 512"], "T <= 100", Verdict::Unknown);
    assert_decides(&["T <= S", "S <= 5"], "T <= 5", Verdict::True);
    assert_decides(&["T >= S", "S >= 5"], "T >= 5", Verdict::True);
    assert_decides(&["T < context"], "T + 1 <= context", Verdict::True);
    assert_decides(&["T <= 512"], "T / 1024 == 0", Verdict::True);
    assert_decides(&["T != 0"], "T >= 1", Verdict::True);
    assert_decides(&["T != 3"], "3 == T", Verdict::False);
    assert_decides(&["H / 2 >= 4"], "H >= 8", Verdict::True);
    assert_decides(&["H % 16 == 0", "H >= 1"], "H >= 16", Verdict::True);
}

#[test]
fn opaque_constants_are_left_to_rustc() {
    assert_decides(&[], "dim % heads == 0", rustc(&["dim % heads == 0"]));
    assert_decides(&[], "N * dim == N * 2 * inner", rustc(&["dim == 2 * inner"]));
    assert_decides(&[], "N * dim + T == N * inner + T * out", rustc(&["dim == inner", "out == 1"]));
    assert_decides(&[], "(N * dim) % 4 == 0", rustc(&["dim % 4 == 0"]));
    assert_decides(&[], "(N * dim + T * heads) % heads == 0", rustc(&["dim % heads == 0"]));
    assert_decides(&[], "(T * T * dim + T * inner) % heads == 0", Verdict::Unknown);
    assert_decides(&[], "(T * T * dim + T * inner) % 2 == 0", rustc(&["(dim + inner) % 2 == 0"]));
    assert_decides(&[], "(N * T * dim) % (N * T * heads) == 0", rustc(&["dim % heads == 0"]));
    assert_decides(&[], "dim * (N / heads) == inner * (T / heads)", Verdict::Unknown);
    assert_decides(&[], "T + dim >= 4", rustc(&["dim >= 4"]));
    assert_decides(&["T <= 512"], "T <= context", rustc(&["context >= 512"]));
    assert_decides(&[], "H >= kernel", Verdict::Unknown);
    assert_decides(&[], "dim >= 0", Verdict::True);
    assert_decides(&[], "dim + 1 == 0", Verdict::False);
    assert_decides(&[], "dim != 3", rustc(&["dim != 3"]));
    assert_decides(&[], "N * dim == N * dim + 1", Verdict::False);
    assert_decides(&[], "N * dim == N + dim", Verdict::Unknown);
    assert_decides(&["T == context"], "T >= 8", rustc(&["context >= 8"]));
}

#[test]
fn opaque_constants_may_be_assumed_about() {
    assert_decides(&["dim % heads == 0"], "heads * (dim / heads) == dim", Verdict::True);
    assert_decides(&["dim % heads == 0"], "(N * T * dim) / (N * T * heads) == dim / heads", Verdict::True);
    assert_decides(&["dim % heads == 0"], "dim / heads >= 8", rustc(&["dim / heads >= 8"]));
    assert_decides(&["dim % heads == 0", "heads == 8"], "8 * (dim / 8) == dim", Verdict::True);
    assert_decides(&["dim == 2 * inner"], "N * dim == 2 * N * inner", Verdict::True);
    assert_decides(&["dim >= 64"], "dim >= 32", Verdict::True);
}

#[test]
fn divisibility() {
    let none = Facts::default();
    assert_eq!(none.divisible(&size("64 * N"), &size("32")), Verdict::True);
    assert_eq!(none.divisible(&size("dim * heads"), &size("heads")), Verdict::True);
    assert_eq!(none.divisible(&size("12"), &size("0")), Verdict::False);
    assert_eq!(none.divisible(&size("4 * N + 2"), &size("4")), Verdict::False);
    assert_eq!(none.divisible(&size("N"), &size("4")), Verdict::Unknown);
    assert_eq!(none.divisible(&size("dim"), &size("12")), rustc(&["dim % 12 == 0"]));
    assert_eq!(facts(&["N % 8 == 0"]).divisible(&size("N"), &size("4")), Verdict::True);
    assert_eq!(none.equal(&size("N * T"), &size("T * N")), Verdict::True);
}

#[test]
fn sizes_are_simplified_in_the_users_terms() {
    let assert_simplifies = |assumed: &[&str], text: &str, simple: &str| {
        let facts = facts(assumed);
        assert_eq!(facts.simplify(&size(text)).to_string(), simple, "{text} where {assumed:?}");
        assert_eq!(facts.simplify(&facts.simplify(&size(text))).to_string(), simple, "{simple} again");
    };
    assert_simplifies(&["H % 16 == 0"], "16 * (H / 16)", "H");
    assert_simplifies(&["H % 16 == 0"], "H / 2", "H / 2");
    assert_simplifies(&["H % 16 == 0"], "(H + 1) / 2 + H / 16 + 1", "9 * (H / 16) + 1");
    assert_simplifies(&["H % 16 == 0", "W % 16 == 0"], "H * (W / 2) * 2", "H * W");
    assert_simplifies(&["S == T"], "S + T", "2 * T");
    assert_simplifies(&["H == 2 * W", "W % 8 == 0"], "H / 16", "W / 8");
    assert_simplifies(&["H % 4 == 0", "H % 6 == 0"], "H / 6", "H / 6");
    assert_simplifies(&["(S + T) % 4 == 0", "T % 4 == 0"], "S + T", "S + T");
    assert_simplifies(&["(S + T) % 4 == 0", "2 * ((S + T) / 4) == T"], "S - T", "0");
    assert_simplifies(&["dim % heads == 0"], "N * heads * (dim / heads)", "N * dim");
    assert_simplifies(&["T == 7"], "N * T", "7 * N");
}

#[test]
fn lower_bounds_are_derived() {
    let derive = |assumed: &[&str], text: &str, minimum: i64| {
        let mut facts = facts(assumed);
        let verdict = facts.require_at_least(&size(text), minimum);
        if verdict == Verdict::True {
            let goal = Predicate::new(size(text), super::Comparison::GreaterEqual, minimum);
            assert_eq!(facts.decide(&goal), Verdict::True, "{goal}");
        }
        (verdict, facts.derived().map(|(name, bound)| format!("{name} >= {bound}")).collect::<Vec<_>>())
    };
    assert_eq!(derive(&[], "(H - 1) / 2 - 2", 1), (Verdict::True, vec!["H >= 7".to_string()]));
    assert_eq!(derive(&[], "((H - 7) / 2 + 1 - 3) / 2 + 1", 1), (Verdict::True, vec!["H >= 11".to_string()]));
    assert_eq!(derive(&[], "H * (H / 2)", 9), (Verdict::True, vec!["H >= 5".to_string()]));
    assert_eq!(derive(&["H % 16 == 0"], "H - 6", 1), (Verdict::True, vec!["H >= 16".to_string()]));
    assert_eq!(derive(&["H >= 7"], "H - 6", 1), (Verdict::True, vec![]));
    assert_eq!(derive(&["H <= 6"], "H - 6", 1), (Verdict::False, vec![]));
    assert_eq!(derive(&["H <= W", "W <= 6"], "H - 6", 1), (Verdict::False, vec![]));
    assert_eq!(derive(&[], "5", 6), (Verdict::False, vec![]));
    assert_eq!(derive(&[], "H + W", 1), (Verdict::Unknown, vec![]));
    assert_eq!(derive(&[], "6 - H", 1), (Verdict::Unknown, vec![]));
    assert_eq!(derive(&[], "64 / H", 1), (Verdict::Unknown, vec![]));
    assert_eq!(derive(&[], "dim - 6", 1), (rustc(&["dim - 6 >= 1"]), vec![]));
}

#[test]
fn the_greatest_derived_bound_counts() {
    let mut facts = Facts::default();
    for (text, minimum) in [("H - 2", 1), ("(H - 7) / 2", 1), ("H - 4", 1), ("W", 2)] {
        assert_eq!(facts.require_at_least(&size(text), minimum), Verdict::True);
    }
    assert_eq!(facts.derived().collect::<Vec<_>>(), [("H", 9), ("W", 2)]);
    assert_eq!(facts.bounds(&size("H / 2 + 1")), (Some(5), None));
    assert_eq!(facts.bounds(&size("10 - W")), (None, Some(8)));
    assert!(facts.predicates().is_empty());
}

#[test]
fn contradictions_name_what_they_contradict() {
    let contradiction =
        |assumed: &[&str], text: &str| facts(assumed).assume(predicate(text)).map_err(|error| error.to_string());
    assert_eq!(contradiction(&[], "N == N + 1"), Err("`N == N + 1` never holds".to_string()));
    assert_eq!(contradiction(&["S <= 9", "T <= 5"], "T >= 7"), Err("`T >= 7` contradicts `T <= 5`".to_string()));
    assert_eq!(
        contradiction(&["T <= S", "S <= 5"], "T > 5"),
        Err("`T > 5` contradicts `T <= S`, `S <= 5`".to_string())
    );
    assert_eq!(contradiction(&["H % 2 == 0"], "H % 4 == 1"), Err("`H % 4 == 1` contradicts `H % 2 == 0`".to_string()));
    assert_eq!(contradiction(&["H % 2 == 0"], "H % 4 == 2"), Ok(()));
    assert_eq!(facts(&["T <= 5"]).predicates(), [predicate("T <= 5")]);
}

#[test]
fn overflow_decides_nothing() {
    let huge = Size::constant(i64::MAX);
    let goal = Predicate::new(huge.mul(&size("N")).expect("a size"), super::Comparison::GreaterEqual, -5);
    assert_eq!(facts(&["N <= 9"]).decide(&goal), Verdict::True);
    let goal = Predicate::new(huge.mul(&size("N")).expect("a size"), super::Comparison::Less, size("-N - 2"));
    assert_eq!(facts(&["N <= 9"]).decide(&goal), Verdict::Unknown);
}

#[test]
fn trees_are_for_code_generation() {
    let symbol = |name: &str| Expr::Symbol(name.to_string());
    let half = Expr::Quotient(symbol("H").into(), Expr::Constant(2).into());
    assert_eq!(size("H / 2 - N").to_tree(), Expr::Sum(vec![half, Expr::Negative(symbol("N").into())]));
    assert_eq!(
        size("d % 4").to_tree(),
        Expr::Remainder(Expr::Opaque("d".to_string()).into(), Expr::Constant(4).into())
    );
}
