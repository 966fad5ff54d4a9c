//! Paths of Rust: other networks, modules with parameters of their own, and functions.

use super::argument::parse_arguments;
use super::tokens::{Parsed, Tokens};
use super::word::is_type_name;
use crate::pytorch;
use crate::report::{Mistake, Report};
use crate::tree::Node;
use proc_macro2::{Delimiter, TokenTree};

/// Whether a path begins here, or the name of a type.
pub(super) fn at_type(tokens: &Tokens) -> bool {
    tokens.at_operator(1, "::") || tokens.word_at(0).is_some_and(is_type_name)
}

/// Whether a layer of another library begins here: `Conv2d 16`, `Linear(784, 10)`, `Sequential(..)`. Before a shape the same word
/// is a network or a Rust type.
pub(super) fn at_layer(tokens: &Tokens) -> bool {
    let Some(word) = tokens.word_at(0).filter(|word| is_type_name(word)) else { return false };
    let after = 1 + usize::from(tokens.group_at(1, Delimiter::Parenthesis).is_some());
    let shape = |ahead| tokens.group_at(ahead, Delimiter::Bracket).is_some();
    let shapes = shape(after + 2) || shape(after + 3) || tokens.group_at(after + 2, Delimiter::Parenthesis).is_some();
    let external =
        tokens.at_operator(after, "->") && shapes || tokens.at_operator(1, "::") || tokens.at_operator(1, "<");
    let word = word.to_string();
    !external && (pytorch::layer(&word).is_some() || pytorch::composed(&word).is_some())
}

/// `encoder::Encoder`, `ResNet18<10>`, `Gate(32)`
pub(super) fn parse_external(tokens: &mut Tokens) -> Parsed<Node> {
    let mark = tokens.mark();
    let path = parse_path(tokens)?;
    let place = tokens.since(mark);
    if !path.segments.last().is_some_and(|segment| is_type_name(&segment.ident)) {
        return Err(Mistake::new(place, "this path names no type: its last part begins with a lowercase letter")
            .note("a network or a module is a type; a function is called with `apply`"));
    }
    let arguments = tokens.take_group(Delimiter::Parenthesis).map(|group| group.stream());
    match tokens.peek(0) {
        Some(next) if matches!(next, TokenTree::Literal(_)) || tokens.at_setting() => {
            Err(Mistake::new(tokens.place(), "the arguments of a Rust type go in parentheses")
                .note("they are separated by commas: `Gate(32, 0.1)`"))
        }
        _ => Ok(Node::External { path, arguments }),
    }
}

/// `apply path::to::function argument*`
pub(super) fn parse_apply(tokens: &mut Tokens, report: &mut Report) -> Parsed<Node> {
    let keyword = tokens.expect_word()?;
    if tokens.word_at(0).is_none() {
        return Err(tokens.expected("the path of a function after `apply`"));
    }
    let function = parse_path(tokens)?;
    let (arguments, settings) = parse_arguments("apply", tokens, report)?;
    Ok(Node::Apply { keyword, function, arguments, settings })
}

fn parse_path(tokens: &mut Tokens) -> Parsed<syn::Path> {
    let mark = tokens.mark();
    while tokens.take_word().is_some() {
        tokens.eat("::");
        if let Some(angles) = tokens.take_angles() {
            angles?;
            tokens.eat("::");
        }
        if !matches!(tokens.previous(), Some(TokenTree::Punct(colon)) if colon.as_char() == ':') {
            break;
        }
    }
    let place = tokens.since(mark);
    syn::parse2(tokens.stream_since(mark))
        .map_err(|error| Mistake::new(place, format!("this is not a Rust path: {error}")))
}
