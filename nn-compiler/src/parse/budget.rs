//! `#[budget(parameters <= 12_000_000, macs(H=224, W=224) <= 2_000_000_000)]`

use super::expression::parse_expr;
use super::shape::{parse_each, parse_list};
use super::tokens::{Parsed, Tokens};
use super::word::parse_name;
use crate::nearest;
use crate::report::{Mistake, Report};
use crate::tree::{Expr, Limit, Measure};
use proc_macro2::{Delimiter, Ident};

/// The words for what a budget limits.
const MEASURES: [(&str, Measure); 2] = [("parameters", Measure::Parameters), ("macs", Measure::Macs)];

/// The note for an unknown word.
const KNOWN: &str =
    "the known ones are `parameters`, those that are trained, and `macs`, the multiply-adds of one sample";

pub(super) fn parse_budget(tokens: &mut Tokens, report: &mut Report) -> Parsed<Vec<Limit>> {
    let keyword = tokens.expect_word()?;
    let Some(group) = tokens.take_group(Delimiter::Parenthesis).filter(|group| !group.stream().is_empty()) else {
        return Err(Mistake::new(&keyword, "`#[budget]` limits nothing")
            .note("limits go in parentheses: `#[budget(parameters <= 12_000_000, macs <= 2_000_000_000)]`"));
    };
    let limits = parse_each(&mut Tokens::of(&group), report, |inner, _| parse_limit(inner));
    tokens.expect_end()?;
    Ok(limits)
}

/// `macs(H=224, W=224) <= 2_000_000_000`
fn parse_limit(tokens: &mut Tokens) -> Parsed<Limit> {
    let Some(word) = tokens.take_word() else { return Err(tokens.expected("`parameters` or `macs`")) };
    let Some((_, measure)) = MEASURES.into_iter().find(|(name, _)| word == name) else {
        let mistake = Mistake::new(&word, format!("a budget cannot limit `{word}`"));
        return Err(match nearest::nearest(&word.to_string(), &MEASURES.map(|(name, _)| name)) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake.note(KNOWN),
        });
    };
    let at_sizes = tokens.place();
    let sizes = match tokens.take_group(Delimiter::Parenthesis) {
        Some(_) if measure == Measure::Parameters => {
            return Err(Mistake::new(at_sizes, "the parameters do not depend on the sizes of the inputs")
                .help("write `parameters <= ..`"));
        }
        Some(group) => parse_list(&mut Tokens::of(&group), parse_size)?,
        None => Vec::new(),
    };
    if tokens.eat("<=").is_none() {
        return Err(tokens.expected("`<=`").note(format!("a budget is the most that is allowed: `{word} <= ..`")));
    }
    Ok(Limit { measure, place: (&word).into(), sizes, most: parse_expr(tokens)? })
}

/// `H=224`
fn parse_size(tokens: &mut Tokens) -> Parsed<(Ident, Expr)> {
    if tokens.word_at(0).is_none() || !tokens.at_operator(1, "=") {
        return Err(tokens.expected("a size of the inputs").note("sizes are given by their names: `macs(H=224)`"));
    }
    let name = parse_name(tokens, "a size of the inputs")?;
    tokens.expect("=")?;
    Ok((name, parse_expr(tokens)?))
}
