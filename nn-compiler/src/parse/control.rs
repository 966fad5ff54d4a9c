//! Loops and choices.

use super::argument::parse_value;
use super::body::parse_body;
use super::expression::parse_expr;
use super::shape::parse_list;
use super::tokens::{Parsed, Tokens};
use super::word::parse_name_or_any;
use crate::report::{Mistake, Report};
use crate::tree::{Argument, Body, Else, Expr, Header, If, Loop};
use proc_macro2::{Delimiter, Ident};

/// `repeat 3 { f }`, `for i in 0..8 { f }`
pub(super) fn parse_loop(tokens: &mut Tokens, report: &mut Report) -> Parsed<Loop> {
    let keyword = tokens.expect_word()?;
    let header =
        tokens.before_body(
            |tokens| if keyword == "repeat" { parse_count(tokens, &keyword) } else { parse_for(tokens, report) },
        );
    let (header, body) = with_body(header, tokens, &keyword, report)?;
    Ok(Loop { keyword, header, body })
}

/// The body after a header. It is read for its own mistakes even where the header is wrong.
fn with_body<T>(header: Parsed<T>, tokens: &mut Tokens, keyword: &Ident, report: &mut Report) -> Parsed<(T, Body)> {
    if header.is_err() {
        skip_to_body(tokens);
    }
    let body = parse_own_body(tokens, keyword, report);
    Ok((header?, body?))
}

fn skip_to_body(tokens: &mut Tokens) {
    while !tokens.at_stage_end() && !tokens.at_group(Delimiter::Brace) {
        tokens.bump();
    }
}

fn parse_own_body(tokens: &mut Tokens, keyword: &Ident, report: &mut Report) -> Parsed<Body> {
    let group = tokens.take_group(Delimiter::Brace);
    group
        .map(|group| parse_body(&group, report))
        .ok_or_else(|| tokens.expected(&format!("`{{` and the body of `{keyword}`")))
}

fn parse_count(tokens: &mut Tokens, keyword: &Ident) -> Parsed<Header> {
    if tokens.at_group(Delimiter::Brace) {
        return Err(Mistake::new(keyword, "`repeat` does not say how often")
            .note("the count goes before the body: `repeat 3 { .. }`"));
    }
    Ok(Header::Repeat { count: parse_expr(tokens)? })
}

/// `d in [6, 12, 18]`, `i in 0..8`
fn parse_for(tokens: &mut Tokens, report: &mut Report) -> Parsed<Header> {
    let mark = tokens.mark();
    let names = parse_loop_names(tokens)?;
    let names_place = tokens.since(mark);
    parse_in(tokens, report)?;
    let over = tokens.mark();
    let list = parse_iterated(tokens)?;
    let inclusive = tokens.at("..=");
    if !inclusive && !tokens.at("..") {
        return match list {
            Argument::List(..) | Argument::Expr(Expr::Name(_)) => Ok(Header::List { names, list }),
            _ => Err(Mistake::new(tokens.since(over), "`for` loops over a list or a range")
                .note("`for d in [6, 12, 18] { .. }`, and for `range(8)` `for i in 0..8 { .. }`")),
        };
    }
    tokens.bump_operator();
    let end = parse_expr(tokens)?;
    match (<[_; 1]>::try_from(names), list) {
        (Ok([name]), Argument::Expr(start)) => Ok(Header::Range { name, start, end, inclusive }),
        (Ok(_), list) => Err(Mistake::new(list.place(), "a range begins with a size")),
        (Err(_), _) => Err(Mistake::new(names_place, "a range gives one number in each turn, for one name")),
    }
}

/// A list, or what a range begins with.
fn parse_iterated(tokens: &mut Tokens) -> Parsed<Argument> {
    if tokens.at_group(Delimiter::Bracket) { parse_value(tokens) } else { parse_expr(tokens).map(Argument::Expr) }
}

/// `i`, or `(t, c, n, s)`.
fn parse_loop_names(tokens: &mut Tokens) -> Parsed<Vec<Option<Ident>>> {
    let name = |tokens: &mut Tokens| parse_name_or_any(tokens, "the turn of a loop");
    match tokens.take_group(Delimiter::Parenthesis) {
        Some(group) => parse_list(&mut Tokens::of(&group), name),
        None => Ok(vec![name(tokens)?]),
    }
}

/// `in`. If it is missing, parsing can go on after the report.
fn parse_in(tokens: &mut Tokens, report: &mut Report) -> Parsed<()> {
    if tokens.at_word("in") {
        tokens.bump();
    } else if tokens.at("=") {
        report.push(Mistake::new(tokens.bump_operator(), "a `for` is written with `in`, not with `=`"));
    } else if tokens.literal().is_some() || tokens.at_group(Delimiter::Bracket) {
        report.push(Mistake::new(tokens.place(), format!("`in` is missing before {}", tokens.found())));
    } else {
        return Err(tokens.expected("`in`"));
    }
    Ok(())
}

/// `if s == 1 { f } else { g }`
pub(super) fn parse_if(tokens: &mut Tokens, report: &mut Report) -> Parsed<If> {
    let keyword = tokens.expect_word()?;
    let condition = tokens.before_body(|tokens| parse_condition(tokens, &keyword));
    let then = with_body(condition, tokens, &keyword, report);
    let otherwise = parse_else(tokens, report);
    match (then, otherwise) {
        (Ok((condition, then)), Ok(otherwise)) => Ok(If { keyword, condition, then, otherwise }),
        (Err(first), otherwise) => {
            otherwise.err().into_iter().for_each(|second| report.push(second));
            Err(first)
        }
        (Ok(_), Err(mistake)) => Err(mistake),
    }
}

fn parse_condition(tokens: &mut Tokens, keyword: &Ident) -> Parsed<Expr> {
    if tokens.at_group(Delimiter::Brace) {
        return Err(Mistake::new(keyword, format!("`{keyword}` has no condition")));
    }
    parse_expr(tokens)
}

fn parse_else(tokens: &mut Tokens, report: &mut Report) -> Parsed<Option<Else>> {
    if !tokens.at_word("else") {
        return Ok(None);
    }
    let keyword = tokens.expect_word()?;
    if tokens.at_word("if") {
        return parse_if(tokens, report).map(|next| Some(Else::If(Box::new(next))));
    }
    parse_own_body(tokens, &keyword, report).map(|body| Some(Else::Body(body)))
}
