//! Text to tree: the parser of `network!`.
//!
//! A mistake is reported where it is found, and parsing goes on. The later stages of the compiler do not report anything
//! about what could not be parsed: a stage becomes [`Node::Error`](crate::tree::Node::Error), and so does the whole
//! body if a statement or the signature has a mistake, since names and shapes in it are then unknown.

mod argument;
mod arithmetic;
mod attribute;
mod body;
mod budget;
mod chain;
mod control;
mod expression;
mod node;
mod path;
mod shape;
mod signature;
mod tokens;
mod word;

use crate::report::{Mistake, Report};
use crate::tree::{Attributes, Block, Body, File, Network};
use attribute::{parse_attributes, parse_optimize_all, parse_visibility};
use body::{parse_body, unknown_body};
use proc_macro2::{Delimiter, Ident, TokenStream};
use signature::{Signature, parse_parameters, parse_signature};
use syn::Visibility;
use tokens::{Parsed, Tokens, group_place};
use word::{is_rust_keyword, is_type_name, mentions, misnamed, parse_name};

/// Parses the contents of one `network!`. A network whose name can be read is in the result, whatever else is wrong with
/// it, so that a stub can be generated.
pub fn parse(tokens: TokenStream, report: &mut Report) -> File {
    let mut file = File::default();
    let tokens = &mut Tokens::of_macro(tokens);
    let optimize = parse_optimize_all(tokens);
    while !tokens.is_empty() {
        let attributes = parse_attributes(tokens, report);
        if let Err(mistake) = parse_item(attributes, tokens, &mut file, report) {
            report.push(mistake);
            skip_item(tokens);
            file.incomplete = true;
        }
    }
    for network in &mut file.networks {
        network.attributes.optimize = network.attributes.optimize.or(optimize);
    }
    file
}

fn parse_item(attributes: Attributes, tokens: &mut Tokens, file: &mut File, report: &mut Report) -> Parsed<()> {
    let start = tokens.place();
    let visibility = parse_visibility(tokens)?;
    if let Some(keyword) = ["fn", "struct"].iter().find(|keyword| tokens.at_word(keyword)) {
        let mistake = Mistake::new(tokens.place(), format!("a network is declared without `{keyword}`"));
        report.push(mistake.help("remove it"));
        tokens.bump();
    }
    let keyword = tokens.at_word("block");
    if !keyword && at_parameters(tokens) {
        let what = format!("`block` is missing before {}", tokens.found());
        report.push(Mistake::new(tokens.place(), what));
    } else if !keyword {
        file.networks.push(parse_network(attributes, visibility, tokens, report)?);
        return Ok(());
    }
    if !matches!(visibility, Visibility::Inherited) {
        report.push(Mistake::new(start, "a block has no visibility").note("it is known only in its own `network!`"));
    }
    if let Some(place) = attributes.optimize {
        report.push(
            Mistake::new(place, "a block has no `#[optimize]`").note("it is optimised with the networks that call it"),
        );
    }
    if let Some(limit) = attributes.budget.first() {
        let mistake = Mistake::new(limit.place, "a block has no `#[budget]`");
        report.push(mistake.note("it is counted in the budgets of the networks that call it"));
    }
    if keyword {
        tokens.bump();
    }
    file.blocks.push(parse_block(attributes, tokens, report)?);
    Ok(())
}

/// Whether a block without its keyword begins here: a name in small letters, parentheses, and a body.
fn at_parameters(tokens: &Tokens) -> bool {
    let body = tokens.group_at(1, Delimiter::Parenthesis).and(tokens.group_at(2, Delimiter::Brace));
    body.is_some() && tokens.word_at(0).is_some_and(|word| !is_type_name(word))
}

/// Passes over an item that has no name, and with it over its body.
fn skip_item(tokens: &mut Tokens) {
    let separator = |tokens: &Tokens| tokens.at(";") || tokens.at(",");
    while !separator(tokens) && !tokens.is_empty() && !tokens.at_group(Delimiter::Brace) {
        tokens.bump();
    }
    tokens.bump();
    tokens.eat(";");
}

/// `LeNet(image: [N, 1, 28, 28]) -> [N, 10] { .. }`
fn parse_network(
    attributes: Attributes,
    visibility: Visibility,
    tokens: &mut Tokens,
    report: &mut Report,
) -> Parsed<Network> {
    let signature = tokens.group_at(1, Delimiter::Parenthesis).is_some() || tokens.at_operator(1, "<");
    if tokens.word_at(0).is_none_or(|word| is_rust_keyword(word) && !signature) {
        return Err(tokens.expected("a network or a block"));
    }
    let name = parse_name(tokens, "a network")?;
    if !is_type_name(&name) {
        let mistake =
            Mistake::new(&name, format!("the name of a network begins with a capital letter, but `{name}` does not"));
        report.push(mistake.note("a network is a type of Rust; a reusable piece without a signature is a `block`"));
    }
    let (before, misnamed) = (report.len(), misnamed(tokens));
    let Signature { generics, inputs, outputs, predicates } = parse_signature(&name, tokens, report);
    let listing = tokens.group_at(0, Delimiter::Brace).and_then(|body| body.span().source_text());
    let body = parse_item_body(&name, report.len() == before, &misnamed, tokens, report);
    Ok(Network { attributes, visibility, name, generics, inputs, outputs, predicates, body, listing })
}

/// `block basic(c, s = 1) { .. }`
fn parse_block(attributes: Attributes, tokens: &mut Tokens, report: &mut Report) -> Parsed<Block> {
    let name = parse_name(tokens, "a block")?;
    if is_type_name(&name) {
        let mistake =
            Mistake::new(&name, format!("the name of a block begins with a lowercase letter, but `{name}` does not"));
        report.push(mistake.note("in a chain, a name with a capital letter is a network or a type of Rust"));
    }
    let (before, misnamed) = (report.len(), misnamed(tokens));
    let parameters = parse_parameters(&name, tokens, report);
    let body = parse_item_body(&name, report.len() == before, &misnamed, tokens, report);
    Ok(Block { attributes, name, parameters, body })
}

/// The body of an item, of which nothing is known unless its signature is. `misnamed`: the words of the language that the
/// signature takes for names.
fn parse_item_body(
    item: &Ident,
    signature_known: bool,
    misnamed: &[Ident],
    tokens: &mut Tokens,
    report: &mut Report,
) -> Body {
    let Some(group) = tokens.take_group(Delimiter::Brace) else {
        if signature_known {
            report.push(tokens.expected(&format!("`{{` and the body of `{item}`")));
        }
        tokens.eat(";");
        return unknown_body(item.into());
    };
    if mentions(group.stream(), misnamed) {
        return unknown_body(group_place(&group));
    }
    let body = parse_body(&group, report);
    if signature_known { body } else { unknown_body(body.place) }
}
