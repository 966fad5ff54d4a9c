//! What stands before an item: attributes and visibility.

use super::argument::parse_value;
use super::budget::parse_budget;
use super::tokens::{Parsed, Tokens, group_place};
use crate::nearest::nearest;
use crate::place::Place;
use crate::report::{Mistake, Report};
use crate::tree::{Argument, Attributes};
use proc_macro2::{Delimiter, Group};
use syn::parse::Parser;
use syn::{Attribute, Visibility};

/// The attributes of an item: those of the language are taken out, and the others kept.
pub(super) fn parse_attributes(tokens: &mut Tokens, report: &mut Report) -> Attributes {
    let mut attributes = Attributes::default();
    while tokens.at("#") {
        if let Err(mistake) = parse_attribute(tokens, &mut attributes, report) {
            report.push(mistake);
        }
    }
    attributes
}

/// `#![optimize]` before all items: as if it stood above each network.
pub(super) fn parse_optimize_all(tokens: &mut Tokens) -> Option<Place> {
    let group = tokens.group_at(2, Delimiter::Bracket)?.clone();
    if !tokens.at("#") || !tokens.at_operator(1, "!") || group.stream().to_string() != "optimize" {
        return None;
    }
    (0..3).for_each(|_| _ = tokens.bump());
    Some(group_place(&group))
}

fn parse_attribute(tokens: &mut Tokens, attributes: &mut Attributes, report: &mut Report) -> Parsed<()> {
    let mark = tokens.mark();
    tokens.expect("#")?;
    if let Some(not) = tokens.eat("!") {
        tokens.take_group(Delimiter::Bracket);
        return Err(Mistake::new(not, "an attribute goes before a network or a block, without `!`"));
    }
    let group = tokens.take_group(Delimiter::Bracket).ok_or_else(|| tokens.expected("`[`"))?;
    let inner = &mut Tokens::of(&group);
    if inner.at_word("sequential") {
        parse_word(inner, &group, &mut attributes.sequential)?;
    } else if inner.at_word("optimize") {
        parse_word(inner, &group, &mut attributes.optimize)?;
    } else if inner.at_word("init") {
        attributes.init = Some(parse_init(inner)?);
    } else if inner.at_word("budget") {
        attributes.budget.extend(parse_budget(inner, report)?);
    } else if let Some(mistake) = misspelt(inner).or_else(|| derives_debug(inner)) {
        return Err(mistake);
    } else {
        let parsed = Attribute::parse_outer.parse2(tokens.stream_since(mark));
        attributes.others.extend(parsed.map_err(|error| Mistake::new(error.span(), error.to_string()))?);
    }
    Ok(())
}

/// The mistake of a misspelt attribute, which rustc would not know.
fn misspelt(tokens: &Tokens) -> Option<Mistake> {
    let word = tokens.word_at(0)?;
    let meant = nearest(&word.to_string(), &["sequential", "optimize", "init", "budget"])?;
    Some(Mistake::new(word, format!("there is no attribute `{word}`")).help(format!("did you mean `{meant}`?")))
}

/// `#[derive(Debug)]`
fn derives_debug(tokens: &Tokens) -> Option<Mistake> {
    let traits = tokens.group_at(1, Delimiter::Parenthesis).filter(|_| tokens.at_word("derive"))?;
    let debug = traits.stream().into_iter().find(|tree| tree.to_string() == "Debug")?;
    Some(Mistake::new(debug.span(), "every network is `Debug`").help("leave it out"))
}

/// An attribute that is its name alone.
fn parse_word(tokens: &mut Tokens, group: &Group, attribute: &mut Option<Place>) -> Parsed<()> {
    let word = tokens.expect_word()?;
    if !tokens.is_empty() {
        return Err(Mistake::new(tokens.place(), format!("`#[{word}]` takes no arguments")));
    }
    if attribute.replace(group_place(group)).is_some() {
        return Err(Mistake::new(&word, format!("`#[{word}]` is given twice")).help("remove one of them"));
    }
    Ok(())
}

fn parse_init(tokens: &mut Tokens) -> Parsed<Argument> {
    let keyword = tokens.expect_word()?;
    let Some(group) = tokens.take_group(Delimiter::Parenthesis).filter(|group| !group.stream().is_empty()) else {
        return Err(Mistake::new(&keyword, "`#[init]` names no initialisation")
            .note("it goes in parentheses: `#[init(kaiming_uniform)]`"));
    };
    let inner = &mut Tokens::of(&group);
    let initialisation = parse_value(inner)?;
    inner.expect_end()?;
    tokens.expect_end()?;
    Ok(initialisation)
}

/// `pub`, `pub(crate)`, or nothing.
pub(super) fn parse_visibility(tokens: &mut Tokens) -> Parsed<Visibility> {
    let mark = tokens.mark();
    if tokens.at_word("pub") {
        tokens.bump();
        tokens.take_group(Delimiter::Parenthesis);
    }
    syn::parse2(tokens.stream_since(mark)).map_err(|error| Mistake::new(error.span(), error.to_string()))
}
