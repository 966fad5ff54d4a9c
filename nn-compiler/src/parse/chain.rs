//! Chains, and the stages between their arrows.

use super::argument::take_text;
use super::arithmetic::{PLACE_OF_ARITHMETIC, at_arithmetic, parse_arithmetic};
use super::expression::binary_operator;
use super::node::parse_node;
use super::tokens::{Parsed, Tokens};
use super::word::at_statement;
use crate::place::Place;
use crate::pytorch;
use crate::report::{Mistake, Report};
use crate::tree::{Chain, Label, Node, Stage};
use proc_macro2::{Delimiter, Ident, TokenTree};
use syn::ext::IdentExt;

/// Where a chain ends.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// At a comma, as in parentheses and between the branches of a join.
    Comma,
    /// At the semicolon of a statement.
    Semicolon,
    /// With the body whose value it gives.
    Body,
}

/// `conv 6 k=5 -> relu`. Never fails: what is no stage becomes [`Node::Error`].
pub(super) fn parse_chain(tokens: &mut Tokens, report: &mut Report, end: End) -> Chain {
    let mut stages = Vec::new();
    if let Some(arrow) = tokens.eat("->") {
        let mistake = Mistake::new(arrow, "a chain cannot begin with `->`");
        report.push(mistake.note("it begins with a layer, or with the name of a value"));
        stages.push(unknown_stage(arrow));
    }
    stages.push(parse_first_stage(tokens, report));
    loop {
        let (place, after_arrow) = (tokens.place(), tokens.at("->"));
        match parse_arrow(tokens, report, end) {
            Ok(true) => {
                stages.push(parse_stage(tokens, report));
                continue;
            }
            Ok(false) => {
                let Some(mistake) = wrong_end(tokens, end) else { return Chain { stages } };
                if !stages.last().is_some_and(is_unknown) {
                    report.push(mistake);
                }
                if tokens.at(",") {
                    forget_call(&mut stages);
                }
                tokens.bump_operator();
            }
            Err(mistake) => {
                report.push(mistake);
                if !after_arrow {
                    forget_call(&mut stages);
                }
            }
        }
        // What is read next follows an arrow again: between here and there, nobody knows what is meant.
        if !at_statement(tokens) {
            skip_stage(tokens);
        }
        stages.push(unknown_stage(place));
    }
}

/// The mistake that a chain ends here, where it should not.
fn wrong_end(tokens: &Tokens, end: End) -> Option<Mistake> {
    let number = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Literal(_)));
    match end {
        End::Semicolon | End::Body if tokens.at(",") && number(tokens.previous()) && number(tokens.peek(1)) => Some(
            Mistake::new(tokens.place(), "`,` cannot join arguments")
                .note("positional arguments are separated by spaces, and a tuple goes in parentheses: `k=(3, 5)`"),
        ),
        End::Semicolon | End::Body if tokens.at(",") => Some(
            Mistake::new(tokens.place(), "`,` cannot follow a stage here")
                .note("`->` feeds a value into the next stage; several values go in parentheses: `(a, b)`"),
        ),
        End::Body if tokens.at(";") && tokens.peek(1).is_some() => Some(
            Mistake::new(tokens.place(), "the value of this chain is lost")
                .note("`->` feeds it into the next stage, and `let a = ..;` gives it a name"),
        ),
        _ => None,
    }
}

/// A stage that was reported.
pub(super) fn unknown_stage(place: Place) -> Stage {
    Stage { label: None, node: Node::Error, place }
}

/// Makes the last call unknown: what cannot follow it may have been a part of it.
fn forget_call(stages: &mut [Stage]) {
    if let Some(Stage { node: node @ (Node::Call(_) | Node::External { .. } | Node::Arithmetic(_)), .. }) =
        stages.last_mut()
    {
        *node = Node::Error;
    }
}

/// Whether a mistake was reported for the stage, so that what follows may be due to it.
pub(super) fn is_unknown(stage: &Stage) -> bool {
    matches!(stage.node, Node::Error)
}

/// The first stage of a chain, which may be arithmetic.
fn parse_first_stage(tokens: &mut Tokens, report: &mut Report) -> Stage {
    if !at_arithmetic(tokens) || at_hyphenated(tokens) {
        return parse_stage(tokens, report);
    }
    let mark = tokens.mark();
    let arithmetic = parse_arithmetic(tokens, report).map(Node::Arithmetic);
    let node = or_unknown(arithmetic, tokens, report);
    Stage { label: None, node, place: tokens.since(mark) }
}

/// `fc1: linear 120`
pub(super) fn parse_stage(tokens: &mut Tokens, report: &mut Report) -> Stage {
    let label = parse_label(tokens, report);
    let mark = tokens.mark();
    let parsed = parse_node(tokens, report);
    let node = or_unknown(parsed, tokens, report);
    Stage { label, node, place: tokens.since(mark) }
}

fn or_unknown(node: Parsed<Node>, tokens: &mut Tokens, report: &mut Report) -> Node {
    node.unwrap_or_else(|mistake| {
        report.push(mistake);
        skip_stage(tokens);
        Node::Error
    })
}

/// Skips the rest of a stage with a mistake.
fn skip_stage(tokens: &mut Tokens) {
    let mark = tokens.mark();
    while !tokens.at_stage_end() && (tokens.mark() == mark || !at_statement(tokens)) {
        tokens.bump();
    }
}

/// `fc1:` or `"encoder.layer":`. Every word may be a label.
fn parse_label(tokens: &mut Tokens, report: &mut Report) -> Option<Label> {
    if at_hyphenated(tokens) {
        let place = tokens.place().to(tokens.word_at(2)?.span());
        let label = format!("{}_{}", tokens.word_at(0)?, tokens.word_at(2)?);
        report.push(Mistake::new(place, "a label is one word").help(format!("write `{label}:`")));
        (0..3).for_each(|_| drop(tokens.bump()));
        tokens.bump_operator();
        return Some(Label { text: label, place, quoted: false });
    }
    if tokens.at_setting() && layer_follows(tokens) {
        let label = tokens.found().replace('`', "");
        report.push(
            Mistake::new(tokens.place().to(tokens.peek(1)?.span()), "a label is followed by `:`, not by `=`")
                .help(format!("write `{label}:`"))
                .note(format!("a value is named by a statement: `let {label} = ..;`")),
        );
    } else if !tokens.at_operator(1, ":") {
        return None;
    }
    let label = match tokens.take_word() {
        Some(word) => Label { text: word.unraw().to_string(), place: word.span().into(), quoted: false },
        None => {
            let text = take_text(tokens)?;
            Label { text: text.value(), place: text.span().into(), quoted: true }
        }
    };
    tokens.bump_operator();
    Some(label)
}

/// `my-head:`
fn at_hyphenated(tokens: &Tokens) -> bool {
    let words = tokens.word_at(0).is_some() && tokens.word_at(2).is_some();
    words && tokens.at_operator(1, "-") && tokens.at_operator(3, ":")
}

/// Whether a layer or a block stands after `fc1 =`: by its name, or since an argument follows it.
fn layer_follows(tokens: &Tokens) -> bool {
    let layer = |word: &Ident| pytorch::layer(&word.to_string()).is_some();
    let argument = matches!(tokens.peek(3), Some(TokenTree::Literal(_) | TokenTree::Group(_)));
    tokens.word_at(2).is_some_and(|word| argument || layer(word))
}

/// What follows a stage: `true` after the arrow to the next one, `false` where the chain ends.
fn parse_arrow(tokens: &mut Tokens, report: &mut Report, end: End) -> Parsed<bool> {
    let arrow = tokens.eat("->");
    let ends = tokens.is_empty() || tokens.at(",") || tokens.at(";") || at_statement(tokens);
    match arrow {
        Some(arrow) if ends => return Err(Mistake::new(arrow, "nothing follows this `->`")),
        Some(_) => return Ok(true),
        None if ends => return Ok(false),
        None => {}
    }
    match tokens.operator() {
        Some(sign @ ("=>" | "|>" | "|" | ">>" | ".")) => {
            let what = format!("stages are joined by `->`, not by `{sign}`");
            report.push(Mistake::new(tokens.bump_operator(), what));
        }
        Some(_) => return Err(stray_operator(tokens)),
        None => {
            refuse_in_place_of_arrow(tokens)?;
            let (place, found) = (tokens.place(), tokens.found());
            if matches!(end, End::Comma) {
                let mistake = Mistake::new(place, format!("`,` or `->` is missing before {found}"));
                return Err(mistake.note("`,` separates chains, and `->` feeds a value into the next stage"));
            }
            report.push(Mistake::new(place, format!("`->` is missing before {found}")));
        }
    }
    Ok(true)
}

/// Reports what stands in place of an arrow, unless only the arrow is missing.
fn refuse_in_place_of_arrow(tokens: &Tokens) -> Parsed<()> {
    if tokens.at_word("else") {
        return Err(Mistake::new(tokens.place(), "`else` without `if`"));
    }
    if tokens.at_word("shortcut") {
        return Err(Mistake::new(tokens.place(), "`shortcut` without `residual`")
            .note("`residual` takes one stage or a body: braces make several stages one body"));
    }
    let label = tokens.at_operator(1, ":");
    if label && !tokens.on_new_line() && !after_group(tokens) {
        return Err(label_in_stage(tokens));
    }
    let number = tokens.literal().is_some() && !label;
    if number || tokens.at_setting() { Err(tokens.expected("`->`")) } else { Ok(()) }
}

fn after_group(tokens: &Tokens) -> bool {
    matches!(tokens.previous(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}

fn stray_operator(tokens: &Tokens) -> Mistake {
    match binary_operator(tokens) {
        Some(_) => {
            Mistake::new(tokens.place(), format!("{} cannot follow a stage", tokens.found())).note(PLACE_OF_ARITHMETIC)
        }
        None => tokens.expected("`->`"),
    }
}

fn label_in_stage(tokens: &Tokens) -> Mistake {
    Mistake::new(tokens.place(), format!("the label {} is inside a stage", tokens.found()))
        .note("a label goes at the start of a stage, after `->`")
        .note("an argument is given with `=`: `p=same`")
}
