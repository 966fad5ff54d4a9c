//! Arithmetic over values: `(1.0 - z) * n + z * h`.

use super::chain::{End, parse_chain};
use super::expression::{binary_operator, parse_number};
use super::node::parse_field;
use super::tokens::{Parsed, Tokens, group_place};
use super::word::{at_statement, parse_name};
use crate::place::Place;
use crate::report::{Mistake, Report};
use crate::tree::{Arithmetic, Chain, Expr, Operator, Stage};
use proc_macro2::{Delimiter, Group, Ident, TokenTree};
use syn::Lit;

/// The fact that explains an operator elsewhere in a chain.
pub(super) const PLACE_OF_ARITHMETIC: &str =
    "arithmetic goes at the start of a chain, without a label: `(x -> linear 64) + y`";

/// Whether a chain begins with arithmetic here: with a number, or with a value and an operator.
pub(super) fn at_arithmetic(tokens: &Tokens) -> bool {
    let operand = match tokens.peek(0) {
        Some(TokenTree::Literal(literal)) => return matches!(Lit::new(literal.clone()), Lit::Int(_) | Lit::Float(_)),
        Some(TokenTree::Punct(_)) => return tokens.at("-"),
        Some(TokenTree::Ident(_)) if tokens.at_field() => 3,
        Some(TokenTree::Ident(_)) => 1,
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => 1,
        _ => return false,
    };
    ["+", "-", "*", "/", "%"].iter().any(|operator| tokens.at_operator(operand, operator))
}

/// `(1.0 - z) * n + z * h`
pub(super) fn parse_arithmetic(tokens: &mut Tokens, report: &mut Report) -> Parsed<Arithmetic> {
    let arithmetic = parse_binary(tokens, report, 0)?;
    let layer = matches!(tokens.peek(0), Some(TokenTree::Ident(_) | TokenTree::Literal(_)));
    if layer && !at_statement(tokens) {
        let mistake = tokens.expected("an operator or `->`");
        return Err(mistake.note("a chain in arithmetic goes in parentheses: `(x -> linear 64) * y`"));
    }
    Ok(arithmetic)
}

fn parse_binary(tokens: &mut Tokens, report: &mut Report, loosest: u8) -> Parsed<Arithmetic> {
    let mut left = parse_operand(tokens, report)?;
    while let Some((operator, binds)) = binary_operator(tokens).filter(|(_, binds)| *binds >= loosest) {
        use Operator::{Add, Divide, Multiply, Subtract};
        if !matches!(operator, Add | Subtract | Multiply | Divide) {
            let what = format!("{} is not an operator on values", tokens.found());
            return Err(Mistake::new(tokens.place(), what).note("the operators on values are `+`, `-`, `*` and `/`"));
        }
        let operator_place = tokens.bump_operator();
        let right = parse_binary(tokens, report, binds + 1)?;
        left = Arithmetic::Binary { operator, operator_place, left: Box::new(left), right: Box::new(right) };
    }
    Ok(left)
}

fn parse_operand(tokens: &mut Tokens, report: &mut Report) -> Parsed<Arithmetic> {
    if let Some(group) = tokens.take_group(Delimiter::Parenthesis) {
        return parse_parenthesised(&group, report);
    }
    match tokens.word_at(0).cloned() {
        Some(_) if tokens.at_field() => parse_parameter(tokens),
        Some(id) if id == "id" => {
            tokens.bump();
            Ok(Arithmetic::Value(id))
        }
        Some(name) if tokens.call_at(1) => Err(applied(tokens, &name)),
        Some(_) => parse_name(tokens, "a value").map(Arithmetic::Value),
        None => parse_signed_number(tokens),
    }
}

/// `(x -> linear 64)`
fn parse_parenthesised(group: &Group, report: &mut Report) -> Parsed<Arithmetic> {
    let mut inner = Tokens::of(group);
    let chain = parse_chain(&mut inner, report, End::Comma);
    if inner.at(",") {
        return Err(Mistake::new(inner.place(), "an operand is one value, but `,` begins another"));
    }
    inner.expect_end()?;
    Ok(Arithmetic::Chain(Box::new(chain), group_place(group)))
}

/// `relu(y)`
fn applied(tokens: &Tokens, name: &Ident) -> Mistake {
    let place = tokens.group_at(1, Delimiter::Parenthesis).map_or(tokens.place(), group_place);
    Mistake::new(Place::from(name).to(place), format!("`{name}` is not called like a function")).note(format!(
        "`->` feeds a value into a layer, and as an operand the chain goes in parentheses: `(x -> {name})`"
    ))
}

/// `embed.weight`
fn parse_parameter(tokens: &mut Tokens) -> Parsed<Arithmetic> {
    let mark = tokens.mark();
    let node = parse_field(tokens)?;
    let place = tokens.since(mark);
    let stages = vec![Stage { label: None, node, place }];
    Ok(Arithmetic::Chain(Box::new(Chain { stages }), place))
}

fn parse_signed_number(tokens: &mut Tokens) -> Parsed<Arithmetic> {
    let sign = tokens.eat("-");
    if tokens.literal().is_none() {
        let mistake = tokens.expected(if sign.is_some() { "a number after `-`" } else { "a value or a number" });
        return Err(if sign.is_some() {
            mistake.note("`neg` changes the sign of a value: `(x -> neg)`")
        } else {
            mistake
        });
    }
    let number = parse_number(tokens)?;
    let place = sign.map_or(number.place(), |sign| sign.to(number.place()));
    let magnitude = match number {
        Expr::Float(number, _) => number,
        // Exact up to 2^53, as a float literal would be.
        Expr::Integer(number, _) => number as f64,
        _ => return Err(Mistake::new(place, "expected a number")),
    };
    Ok(Arithmetic::Number(if sign.is_some() { -magnitude } else { magnitude }, place))
}
