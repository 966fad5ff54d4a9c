//! The normal form, and how it prints.

use super::super::ArithmeticError;
use super::{Size, size};

fn assert_same(a: &str, b: &str) {
    assert_eq!(size(a), size(b), "{a} and {b}");
}

fn assert_prints(text: &str, printed: &str) {
    assert_eq!(size(text).to_string(), printed, "{text}");
    assert_eq!(size(printed), size(text), "what is printed means the same");
}

#[test]
fn polynomials_are_expanded() {
    assert_same("(N + 1) * (T - 1)", "N * T - N + T - 1");
    assert_same("(H + d) * (H - d)", "H * H - d * d");
    assert_same("N * T - T * N", "0");
}

#[test]
fn nested_floors_collapse() {
    assert_same("((H + 1) / 2 + 1) / 2", "(H + 3) / 4");
    assert_same("((H / 2) / 2) / 2", "H / 8");
    assert_same("((2 * H + 3) / 4 + 1) / 3", "(2 * H + 7) / 12");
    assert_same("(H / d) / e", "H / (d * e)");
}

#[test]
fn what_divides_evenly_is_taken_out() {
    assert_same("(4 * H + 3) / 4", "H");
    assert_same("(6 * H + 4) / 4", "H + (H + 2) / 2");
    assert_same("(H - 1) / 2 + 1", "(H + 1) / 2");
    assert_same("(2 * H + 2 * W + 1) / 2", "H + W");
    assert_same("H / -2", "-H / 2");
    assert_same("-7 / 2", "-4");
    assert_same("-7 % -2", "-1");
    assert_same("7 % -2", "-1");
}

#[test]
fn common_factors_are_cancelled() {
    assert_same("(64 * N * h) / (64 * h)", "N");
    assert_same("(N * (T + 1) * 768) / (N * (T + 1) * 12)", "64");
    assert_same("(T * T - 1) / (T + 1)", "T - 1");
    assert_same("(2 * N * h + 2 * h) / (4 * h * d)", "(N + 1) / (2 * d)");
    assert_same("(h * N + 5) % h", "5 % h");
}

#[test]
fn padded_convolutions_agree_on_two_paths() {
    let conv = |input: &str, k: i64, s: i64, p: i64, d: i64| {
        size(&format!("({input} + 2 * {p} - {d} * ({k} - 1) - 1) / {s} + 1"))
    };
    assert_eq!(conv("H", 3, 1, 1, 1), size("H"));
    assert_eq!(conv("H", 3, 2, 1, 1), conv("H", 1, 2, 0, 1));
    let stem = conv("H", 7, 2, 3, 1).to_string();
    assert_eq!(conv(&stem, 3, 2, 1, 1), size("(H + 3) / 4"));
    assert_eq!(conv(&stem, 1, 2, 0, 1), conv(&stem, 5, 2, 4, 2));
}

#[test]
fn sizes_print_as_they_are_written() {
    assert_prints("N", "N");
    assert_prints("d * 4", "4 * d");
    assert_prints("(H + 1) / 2", "(H + 1) / 2");
    assert_prints("H / 16", "H / 16");
    assert_prints("T + 2 * S", "T + 2 * S");
    assert_prints("1 - H", "1 - H");
    assert_prints("-H - 1", "-H - 1");
    assert_prints("-3", "-3");
    assert_prints("H - 2 * W + 1", "H - 2 * W + 1");
    assert_prints("2 * H + 2", "2 * (H + 1)");
    assert_prints("64 * (H / 2) * (W / 2)", "64 * (H / 2) * (W / 2)");
    assert_prints("(H - 7) / 2 + 1", "(H - 5) / 2");
    assert_prints("H / (2 * d)", "H / (2 * d)");
}

#[test]
fn remainders_print_as_remainders() {
    assert_prints("x - 4 * (x / 4)", "x % 4");
    assert_prints("(H + 17) % 16", "(H + 1) % 16");
    assert_prints("(2 * H) % 4", "2 * (H % 2)");
    assert_prints("(H / 2) % 4", "(H / 2) % 4");
    assert_prints("dim % heads", "dim % heads");
    assert_prints("N * (H % 2) + 3", "N * (H % 2) + 3");
    assert_prints("1 - H % 2", "1 - H % 2");
    assert_prints("H + 4 - H % 4", "4 * (H / 4 + 1)");
}

#[test]
fn symbols_and_opaque_constants_are_told_apart() {
    let mixed = size("(N * d + T) / heads");
    assert_eq!(mixed.symbols().into_iter().collect::<Vec<_>>(), ["N", "T"]);
    assert_eq!(mixed.opaques().into_iter().collect::<Vec<_>>(), ["d", "heads"]);
    assert_ne!(Size::symbol("C"), Size::opaque("C"));
    assert_eq!(Size::constant(7).as_constant(), Some(7));
    assert_eq!(size("N").as_constant(), None);
}

#[test]
fn arithmetic_is_checked() {
    let huge = Size::constant(i64::MAX);
    assert_eq!(huge.add(&Size::constant(1)), Err(ArithmeticError::Overflow));
    assert_eq!(
        huge.mul(&Size::symbol("N")).and_then(|size| size.mul(&Size::constant(2))),
        Err(ArithmeticError::Overflow)
    );
    assert_eq!(Size::constant(i64::MIN).neg(), Err(ArithmeticError::Overflow));
    assert_eq!(Size::constant(i64::MIN).div_floor(&Size::constant(-1)), Err(ArithmeticError::Overflow));
    assert_eq!(size("N").rem(&Size::constant(0)), Err(ArithmeticError::DivisionByZero));
    assert_eq!(size("2 * N").evaluate(&|_| Some(i64::MAX)), None);
    assert_eq!(size("N / d").evaluate(&|_| Some(0)), None);
    assert_eq!(size("N / d").evaluate(&|name| (name == "N").then_some(1)), None);
    assert_eq!(Size::constant(i64::MIN).mul(&size("N")).expect("a size").to_string(), "-9223372036854775808 * N");
}
