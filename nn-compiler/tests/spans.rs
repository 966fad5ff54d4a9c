//! Editors follow spans, so whatever a name in a listing expands to has the span of that name.

use proc_macro2::{Ident, TokenStream, TokenTree};

const LISTING: &str = "
block part(d) { linear d -> relu }

pub Net(x: [N, 8]) -> [N, 4] {
    let hidden = first: linear 8 -> relu;
    hidden -> body: { part 8 -> gate: part 8 } -> head: linear 4
}";

fn idents(tokens: TokenStream, found: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => found.push(ident),
            TokenTree::Group(group) => idents(group.stream(), found),
            _ => {}
        }
    }
}

/// Whether the expansion has the word at the place where the listing has its `occurrence`th.
fn is_linked(word: &str, occurrence: usize) -> bool {
    let mut found = Vec::new();
    idents(nn_compiler::compile(LISTING.parse().expect("Rust tokens")), &mut found);
    let (offset, _) = LISTING.match_indices(word).nth(occurrence).expect("the word is in the listing");
    let line = LISTING[..offset].matches('\n').count() + 1;
    let column = offset - LISTING[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let here =
        |ident: &Ident| ident == word && (ident.span().start().line, ident.span().start().column) == (line, column);
    found.iter().any(here)
}

#[test]
fn labels_are_the_fields() {
    for label in ["first", "body", "gate", "head"] {
        assert!(is_linked(label, 0), "{label}");
    }
}

#[test]
fn values_are_the_variables() {
    assert!(is_linked("hidden", 0));
    assert!(is_linked("x", 0));
}

#[test]
fn networks_are_the_structs() {
    assert!(is_linked("Net", 0));
}

#[test]
fn keywords_are_uses_of_documented_items() {
    for occurrence in 0..3 {
        assert!(is_linked("linear", occurrence), "the {occurrence}th `linear`");
    }
    assert!(is_linked("relu", 0) && is_linked("relu", 1));
}
