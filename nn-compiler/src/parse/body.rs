//! Bodies, and the statements before their final chain.

use super::argument::parse_settings;
use super::chain::{End, is_unknown, parse_chain, parse_stage, unknown_stage};
use super::expression::parse_expr;
use super::shape::{parse_list, parse_shape};
use super::tokens::{Parsed, Tokens, group_place};
use super::word::{at_statement, parse_name, parse_name_or_any};
use crate::place::Place;
use crate::pytorch;
use crate::report::{Mistake, Report};
use crate::tree::{Body, Chain, Pattern, Statement, TensorDeclaration};
use proc_macro2::{Delimiter, Group};

/// A body of which nothing is known, after a reported mistake.
pub(super) fn unknown_body(place: Place) -> Body {
    Body { statements: Vec::new(), result: Chain { stages: vec![unknown_stage(place)] }, place }
}

/// `{ statement* chain }`. A statement that cannot be parsed leaves names without a meaning, so that the body is unknown;
/// the rest of it is read for its own mistakes.
pub(super) fn parse_body(group: &Group, report: &mut Report) -> Body {
    let place = group_place(group);
    let tokens = &mut Tokens::of(group);
    if tokens.is_empty() {
        report.push(Mistake::new(place, "an empty body gives no value").help("`{ id }` passes the value on"));
        return unknown_body(place);
    }
    let mut statements = Vec::new();
    let mut known = true;
    loop {
        while at_statement(tokens) || at_assignment(tokens) {
            match parse_statement(tokens, report) {
                Some(statement) => statements.push(statement),
                None => known = false,
            }
        }
        if tokens.is_empty() {
            if known {
                report.push(no_result(tokens, statements.last()));
            }
            return unknown_body(place);
        }
        let result = parse_chain(tokens, report, End::Body);
        if ends_body(result.stages.last().is_some_and(is_unknown), tokens, report) {
            return if known { Body { statements, result, place } } else { unknown_body(place) };
        }
        known = false;
    }
}

/// Whether the chain before was the last. A semicolon after the last is reported, and changes nothing. After a stage that
/// was `reported`, neither may be a mistake of its own.
fn ends_body(reported: bool, tokens: &mut Tokens, report: &mut Report) -> bool {
    let mistake = match tokens.eat(";") {
        None if tokens.is_empty() => return true,
        None => tokens.expected("the end of the body").note("statements stand before its final chain"),
        Some(semicolon) => Mistake::new(semicolon, "the final chain of a body takes no `;`").help("remove it"),
    };
    if !reported {
        report.push(mistake);
    }
    tokens.is_empty()
}

fn no_result(tokens: &Tokens, last: Option<&Statement>) -> Mistake {
    let mistake = Mistake::new(tokens.place(), "this body has no final chain");
    match last {
        Some(Statement::Let { pattern: Pattern::Value(name), .. }) => {
            mistake.help(format!("to give the value of `{name}`, end the body with `{name}`"))
        }
        _ => mistake.note("a body ends with a chain without `;`, which is its value"),
    }
}

/// One statement with its `;`, or `None` after a mistake that leaves it without a meaning.
fn parse_statement(tokens: &mut Tokens, report: &mut Report) -> Option<Statement> {
    let (start, before) = (tokens.mark(), report.len());
    let statement = parse_unterminated(tokens, report);
    let ended = tokens.is_empty() || at_statement(tokens);
    match statement {
        Ok(statement) if tokens.eat(";").is_some() => return Some(statement),
        Ok(_) if ended => {
            // Another mistake may be why it goes on for too long.
            if report.len() == before {
                report.push(unterminated(tokens, start));
            }
            return None;
        }
        Ok(_) => report.push(tokens.expected("`;`")),
        Err(mistake) => report.push(mistake),
    }
    skip_statement(tokens);
    None
}

/// The mistake that the statement from `start` on has no `;`. It most likely ends with its line, unless an arrow follows.
fn unterminated(tokens: &Tokens, start: usize) -> Mistake {
    Mistake::new(tokens.end_of_line(start), "`;` is missing after this: a statement ends with it")
}

/// Skips the rest of a statement with a mistake.
fn skip_statement(tokens: &mut Tokens) {
    while !tokens.is_empty() && tokens.eat(";").is_none() {
        tokens.bump();
        if at_statement(tokens) {
            return;
        }
    }
}

/// `a = chain;`, where `let` is missing, and perhaps `;`.
fn at_assignment(tokens: &Tokens) -> bool {
    let word = tokens.word_at(2).is_some_and(|word| pytorch::layer(&word.to_string()).is_none());
    let value = word || tokens.group_at(2, Delimiter::Parenthesis).is_some();
    tokens.at_setting() && (tokens.comes(";") || value && tokens.at_operator(3, "->"))
}

fn parse_unterminated(tokens: &mut Tokens, report: &mut Report) -> Parsed<Statement> {
    if !at_statement(tokens) {
        let what = format!("`let` is missing before {}", tokens.found());
        let mistake = Mistake::new(tokens.place(), what);
        report.push(if tokens.comes(";") { mistake } else { mistake.note("a statement ends in `;`") });
        return parse_let(tokens, report);
    }
    let keyword = tokens.expect_word()?;
    match keyword.to_string().as_str() {
        "let" => parse_let(tokens, report),
        "const" => parse_const(tokens, report),
        "shared" => parse_shared(tokens, report),
        "option" => parse_option(tokens),
        _ => parse_tensor(keyword == "param", tokens, report),
    }
}

/// `(y, h, _) = chain`, after `let`
fn parse_let(tokens: &mut Tokens, report: &mut Report) -> Parsed<Statement> {
    let pattern = parse_pattern(tokens)?;
    if tokens.at(":") {
        let mistake = Mistake::new(tokens.place(), "a value is declared without a type");
        report.push(mistake.note("a shape is asserted in the chain: `let a = conv 6 -> [N, 6, 28, 28];`"));
        tokens.skip_to(&["=", ";"]);
    }
    tokens.expect("=")?;
    Ok(Statement::Let { pattern, chain: parse_chain(tokens, report, End::Semicolon) })
}

fn parse_pattern(tokens: &mut Tokens) -> Parsed<Pattern> {
    let mark = tokens.mark();
    if let Some(values) = tokens.take_group(Delimiter::Parenthesis) {
        let names = parse_list(&mut Tokens::of(&values), |tokens| {
            if tokens.at_group(Delimiter::Parenthesis) {
                return Err(tokens
                    .expected("the name of a value")
                    .note("list all values: `let (y, h, c) = (x, h0, c0) -> lstm 64;`"));
            }
            parse_name_or_any(tokens, "a value")
        })?;
        return Ok(Pattern::Values(names, tokens.since(mark)));
    }
    if let Some(sizes) = tokens.take_group(Delimiter::Bracket) {
        let names = parse_list(&mut Tokens::of(&sizes), |tokens| parse_name_or_any(tokens, "a size"))?;
        return Ok(Pattern::Sizes(names, tokens.since(mark)));
    }
    let name = parse_name_or_any(tokens, "a value")?;
    Ok(name.map_or_else(|| Pattern::Values(vec![None], tokens.since(mark)), Pattern::Value))
}

/// `half = (c / 2)`, after `const`
fn parse_const(tokens: &mut Tokens, report: &mut Report) -> Parsed<Statement> {
    let name = parse_name(tokens, "a size")?;
    if tokens.at(":") {
        report.push(Mistake::new(tokens.place(), "a size is declared without a type"));
        tokens.skip_to(&["=", ";"]);
    }
    tokens.expect("=")?;
    Ok(Statement::Const { name, size: parse_expr(tokens)? })
}

/// `encoder = stage`, after `shared`
fn parse_shared(tokens: &mut Tokens, report: &mut Report) -> Parsed<Statement> {
    let name = parse_name(tokens, "a stage")?;
    tokens.expect("=")?;
    let stage = parse_stage(tokens, report);
    if tokens.at("->") {
        return Err(Mistake::new(tokens.place(), "`shared` takes one stage")
            .note("braces make several stages one: `{ conv 32 k=3 -> relu }`"));
    }
    Ok(Statement::Shared { name, stage: Box::new(stage) })
}

/// `cls: [1, 1, 768] init=zeros`, after `param` or `buffer`
fn parse_tensor(trainable: bool, tokens: &mut Tokens, report: &mut Report) -> Parsed<Statement> {
    let name = parse_name(tokens, "a tensor")?;
    if !tokens.at(":") {
        let mistake = tokens.expected("`:` and a shape");
        return Err(mistake.note("a tensor is declared with its shape: `param cls: [1, 768] init=zeros;`"));
    }
    tokens.bump();
    let shape = parse_shape(tokens)?;
    let settings = parse_settings(tokens, report)?;
    Ok(Statement::Tensor(TensorDeclaration { trainable, name, shape, settings }))
}

/// `p = 0.1`, after `option`
fn parse_option(tokens: &mut Tokens) -> Parsed<Statement> {
    let name = parse_name(tokens, "a number")?;
    tokens.expect("=")?;
    Ok(Statement::Option { name, value: parse_expr(tokens)? })
}
