//! What is suggested for a `where` clause.

use super::super::{suggest, suggest_all};
use super::{facts, predicate};

fn assert_suggests(assumed: &[&str], goals: &[&str], suggested: Option<&[&str]>) {
    let goals: Vec<_> = goals.iter().map(|goal| predicate(goal)).collect();
    let found = suggest_all(&facts(assumed), &goals);
    let printed = found.map(|predicates| predicates.iter().map(|predicate| predicate.to_string()).collect::<Vec<_>>());
    assert_eq!(
        printed.as_deref(),
        suggested.map(|texts| texts.iter().map(|text| text.to_string()).collect::<Vec<_>>()).as_deref(),
        "{goals:?}"
    );
}

#[test]
fn multiples() {
    assert_suggests(&[], &["16 * (H / 16) == H"], Some(&["H % 16 == 0"]));
    assert_suggests(&[], &["2 * (H / 2) == H"], Some(&["H % 2 == 0"]));
    assert_suggests(&[], &["2 * ((H / 8) / 2) == H / 8"], Some(&["H % 16 == 0"]));
    assert_suggests(&[], &["N * 7 * (H / 7) == N * H"], Some(&["H % 7 == 0"]));
    assert_suggests(&[], &["32 * (H / 32) * (W / 32) * 32 == H * W"], Some(&["H % 32 == 0", "W % 32 == 0"]));
    assert_suggests(&["H % 4 == 0"], &["16 * (H / 16) == H"], Some(&["H % 16 == 0"]));
}

#[test]
fn the_whole_network_at_once() {
    let levels = ["2 * (H / 2) == H", "2 * (W / 2) == W", "2 * ((H / 2) / 2) == H / 2", "2 * ((H / 8) / 2) == H / 8"];
    assert_suggests(&[], &levels, Some(&["H % 16 == 0", "W % 2 == 0"]));
    assert_suggests(&[], &["16 * (H / 16) == H", "T <= 256"], Some(&["H % 16 == 0", "T <= 256"]));
}

#[test]
fn equalities() {
    assert_suggests(&[], &["S == T"], Some(&["S == T"]));
    assert_suggests(&[], &["N * S == N * T"], Some(&["S == T"]));
    assert_suggests(&[], &["S == 2 * T"], Some(&["S == 2 * T"]));
    assert_suggests(&[], &["S / 2 == T / 2"], Some(&["S == T"]));
    assert_suggests(&[], &["T == context"], Some(&["T == context"]));
}

#[test]
fn other_residues() {
    assert_suggests(&[], &["2 * ((H - 3) / 2) + 3 == H"], Some(&["H % 2 == 1"]));
}

#[test]
fn bounds() {
    assert_suggests(&[], &["T <= 512"], Some(&["T <= 512"]));
    assert_suggests(&[], &["T + 1 <= context"], Some(&["T <= context - 1"]));
    assert_suggests(&[], &["H >= kernel"], Some(&["H >= kernel"]));
    assert_suggests(&[], &["(H - 1) / 2 - 2 >= 1"], Some(&["H >= 7"]));
    assert_suggests(&[], &["H / 2 + H / 3 >= 9"], Some(&["H >= 12"]));
    assert_suggests(&[], &["T * T <= 99"], Some(&["T <= 9"]));
    assert_suggests(&[], &["T / 64 == 0"], Some(&["T <= 63"]));
}

#[test]
fn nothing() {
    assert_suggests(&[], &["N + 1 == N"], None);
    assert_suggests(&[], &["dim % 4 == 0"], Some(&[]));
    assert_suggests(&[], &["dim % 4 == 0", "T <= 5"], Some(&["T <= 5"]));
    assert_eq!(suggest(&facts(&[]), &predicate("N == N")), Some(vec![]));
}
