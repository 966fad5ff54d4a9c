//! Shapes, and lists between commas.

use super::expression::parse_expr;
use super::tokens::{Parsed, Tokens, group_place};
use super::word::{DTYPES, is_rust_keyword};
use crate::nearest;
use crate::place::Place;
use crate::pytorch;
use crate::report::{Mistake, Report};
use crate::tree::Shape;
use proc_macro2::{Delimiter, Ident};

/// `[N, 3, 224, 224]`, `i64[N, T]`, `[]`
pub(super) fn parse_shape(tokens: &mut Tokens) -> Parsed<Shape> {
    let dtype = parse_dtype(tokens)?;
    let Some(group) = tokens.take_group(Delimiter::Bracket) else {
        return Err(tokens.expected("a shape").note("a shape is written in brackets: `[N, 10]`"));
    };
    let place = group_place(&group);
    let place = dtype.as_ref().map_or(place, |dtype| Place::from(dtype).to(place));
    let sizes = parse_list(&mut Tokens::of(&group), parse_expr)?;
    Ok(Shape { dtype, sizes, place })
}

/// The word before the brackets of a shape.
fn parse_dtype(tokens: &mut Tokens) -> Parsed<Option<Ident>> {
    let Some(word) = tokens.word_at(0).filter(|_| tokens.group_at(1, Delimiter::Bracket).is_some()) else {
        return Ok(None);
    };
    if is_rust_keyword(word) || !DTYPES.iter().any(|dtype| word == dtype) {
        let mistake = Mistake::new(word, format!("unknown element type `{word}`"));
        return Err(match pytorch::element_type(&word.to_string()) {
            Some(ours) => mistake.help(format!("did you mean `{ours}`?")),
            None => mistake.note(format!("the types are {}", nearest::list(&DTYPES))),
        });
    }
    Ok(tokens.take_word())
}

/// All that is left, with commas between and perhaps after.
pub(super) fn parse_list<T>(tokens: &mut Tokens, item: fn(&mut Tokens) -> Parsed<T>) -> Parsed<Vec<T>> {
    let mut items = Vec::new();
    while !tokens.is_empty() {
        items.push(item(tokens)?);
        expect_comma(tokens)?;
    }
    Ok(items)
}

/// The same, where each item is a piece of its own: after a mistake the next item is read.
pub(super) fn parse_each<T>(
    tokens: &mut Tokens,
    report: &mut Report,
    mut item: impl FnMut(&mut Tokens, &mut Report) -> Parsed<T>,
) -> Vec<T> {
    let mut items = Vec::new();
    while !tokens.is_empty() {
        let parsed = item(tokens, report).map(|item| items.push(item));
        let read = parsed.is_ok();
        if let Err(mistake) = parsed.and_then(|()| expect_comma(tokens)) {
            report.push(mistake);
            // Before a name only the comma is missing.
            if !read || tokens.word_at(0).is_none() {
                tokens.skip_to(&[","]);
                tokens.eat(",");
            }
        }
    }
    items
}

/// A comma, unless the list ends.
fn expect_comma(tokens: &mut Tokens) -> Parsed<()> {
    if tokens.is_empty() || tokens.eat(",").is_some() { Ok(()) } else { Err(tokens.expected("`,`")) }
}
