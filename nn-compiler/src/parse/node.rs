//! What stands between two arrows, without its label.

use super::argument::{flattens, foreign_call, parse_arguments, parse_settings, refuse_call, take_text};
use super::arithmetic::PLACE_OF_ARITHMETIC;
use super::body::parse_body;
use super::chain::{End, parse_chain, parse_stage, unknown_stage};
use super::control::{parse_if, parse_loop};
use super::expression::binary_operator;
use super::path::{at_layer, at_type, parse_apply, parse_external};
use super::shape::parse_shape;
use super::tokens::{Parsed, Tokens, group_place};
use super::word::{at_statement, at_typed_shape, ends_arguments, is_join, is_rust_keyword, is_type_name, parse_name};
use crate::pytorch::{self, did_you_mean};
use crate::report::{Mistake, Report};
use crate::tree::{Branches, Call, Chain, Node, Part};
use proc_macro2::{Delimiter, Group, Ident, TokenTree};

/// What stands between two arrows, in messages.
const STAGE: &str = "a stage";

pub(super) fn parse_node(tokens: &mut Tokens, report: &mut Report) -> Parsed<Node> {
    if at_typed_shape(tokens) || tokens.at_group(Delimiter::Bracket) {
        return parse_shape(tokens).map(Node::Shape);
    }
    if let Some(body) = tokens.take_group(Delimiter::Brace) {
        return Ok(Node::Group(parse_body(&body, report)));
    }
    if let Some(values) = tokens.take_group(Delimiter::Parenthesis) {
        return parse_values(&values, report);
    }
    match tokens.peek(0) {
        Some(TokenTree::Ident(_)) => parse_word(tokens, report),
        Some(TokenTree::Literal(_)) => Err(literal_as_stage(tokens)),
        Some(TokenTree::Punct(_)) if tokens.at("->") => {
            Err(Mistake::new(tokens.place(), "there is nothing between two `->`"))
        }
        Some(TokenTree::Punct(_)) if tokens.at("#") && tokens.group_at(1, Delimiter::Bracket).is_none() => {
            Err(Mistake::new(tokens.place(), "a comment begins with `//`, not with `#`"))
        }
        Some(TokenTree::Punct(_)) if tokens.at("#") => {
            Err(Mistake::new(tokens.place(), "an attribute goes before a network or a block, and nowhere else"))
        }
        Some(TokenTree::Punct(_)) if binary_operator(tokens).is_some() => {
            Err(tokens.expected(STAGE).note(PLACE_OF_ARITHMETIC))
        }
        _ => Err(tokens.expected(STAGE)),
    }
}

fn literal_as_stage(tokens: &mut Tokens) -> Mistake {
    let (place, found) = (tokens.place(), tokens.found());
    match take_text(tokens) {
        Some(_) => Mistake::new(place, format!("the label {found} is not followed by `:`")),
        None => tokens.expected(STAGE),
    }
}

/// A stage that begins with a word.
fn parse_word(tokens: &mut Tokens, report: &mut Report) -> Parsed<Node> {
    let Some(word) = tokens.word_at(0).cloned() else { return Err(tokens.expected(STAGE)) };
    if tokens.at_setting() {
        return Err(Mistake::new(tokens.place(), format!("a layer is missing before `{word}=`")));
    }
    if is_join(&word) {
        return parse_join(tokens, report);
    }
    match word.to_string().as_str() {
        "residual" => parse_residual(tokens, report),
        "repeat" | "for" => parse_loop(tokens, report).map(Node::Loop),
        "if" => parse_if(tokens, report).map(Node::If),
        "apply" => parse_apply(tokens, report),
        "else" => Err(Mistake::new(&word, "`else` without `if`")),
        "shortcut" => Err(Mistake::new(&word, "`shortcut` without `residual`")),
        "return" => Err(Mistake::new(&word, "the last chain of a body is what it gives").help("leave `return` out")),
        "self" if tokens.at_field() => Err(Mistake::new(&word, "a stage is declared where it is used, not in `self`")
            .note("a label gives it a name: `fc: linear 10`")),
        _ if is_module(&word) && tokens.at_field() => Err(layer_of_module(tokens, report)),
        _ if at_layer(tokens) => parse_call(tokens, report),
        _ if at_type(tokens) && tokens.group_at(1, Delimiter::Brace).is_some() => {
            Err(Mistake::new(&word, format!("`{word}` takes no body"))
                .note("braces alone make a group: `{ linear 64 -> relu }`"))
        }
        _ if at_type(tokens) => parse_external(tokens),
        _ if tokens.at_field() && tokens.call_at(3) => Err(method(tokens)),
        _ if tokens.at_field() => parse_field(tokens),
        // `where` is a keyword of Rust, and a layer.
        _ if at_statement(tokens) || word != "where" && is_rust_keyword(&word) => Err(tokens.expected(STAGE)),
        _ => parse_call(tokens, report),
    }
}

/// Whether a word is one of Python's modules of layers.
fn is_module(word: &Ident) -> bool {
    ["F", "functional", "keras", "layers", "nn", "tf", "torch"].iter().any(|module| word == module)
}

/// `nn.Conv2d 16 kernel_size=3`, as in Python.
fn layer_of_module(tokens: &mut Tokens, report: &mut Report) -> Mistake {
    let mark = tokens.mark();
    while tokens.at_field() {
        tokens.bump();
        tokens.bump();
    }
    let mistake = Mistake::new(tokens.since(mark), "a layer is written by its name alone");
    let Some(mut call) = parse_called(tokens, report) else { return mistake };
    // A function takes the value first: `torch.flatten(x, 1)`.
    if !is_type_name(&call.name) && call.arguments.first().is_some_and(|argument| argument.as_word().is_some()) {
        call.arguments.remove(0);
    }
    match did_you_mean(&call).or_else(|| pytorch::meant(&call.name.to_string()).map(|name| format!("write `{name}`"))) {
        Some(meant) => mistake.help(meant),
        None => mistake,
    }
}

/// A call, however its arguments are separated.
fn parse_called(tokens: &mut Tokens, report: &mut Report) -> Option<Call> {
    if let Some(group) = tokens.group_at(1, Delimiter::Parenthesis) {
        return foreign_call(tokens.word_at(0)?, group);
    }
    match parse_call(tokens, report) {
        Ok(Node::Call(call)) => Some(call),
        _ => None,
    }
}

/// `x.relu()`
fn method(tokens: &Tokens) -> Mistake {
    let mistake = Mistake::new(tokens.place(), "a value has no methods");
    let (Some(of), Some(name)) = (tokens.word_at(0), tokens.word_at(2)) else { return mistake };
    let group = tokens.group_at(3, Delimiter::Parenthesis);
    let translated = || pytorch::translated(&foreign_call(name, group?)?);
    let layer = match group {
        Some(group) if flattens(name, group) => "flatten".to_string(),
        _ => translated().unwrap_or_else(|| {
            let name = name.to_string();
            pytorch::meant(&name).unwrap_or(&name).to_string()
        }),
    };
    mistake.note(format!("`->` feeds it into a layer: `{of} -> {layer}`"))
}

/// `conv 6 k=5 p=2`
fn parse_call(tokens: &mut Tokens, report: &mut Report) -> Parsed<Node> {
    let name = tokens.expect_word()?;
    if let Some(how) = pytorch::composed(&name.to_string()).filter(|_| is_type_name(&name)) {
        return Err(Mistake::new(&name, format!("there is no layer `{name}`")).note(how));
    }
    refuse_call(&name, tokens)?;
    let (arguments, settings) = parse_arguments(&name.to_string(), tokens, report)?;
    Ok(Node::Call(Call { name, arguments, settings }))
}

/// `embed.weight`
pub(super) fn parse_field(tokens: &mut Tokens) -> Parsed<Node> {
    let of = parse_name(tokens, "a layer")?;
    tokens.expect(".")?;
    let name = parse_name(tokens, "a parameter")?;
    Ok(Node::Field { of, name })
}

/// `(a, b -> relu)`
fn parse_values(group: &Group, report: &mut Report) -> Parsed<Node> {
    let chains = parse_chains(&mut Tokens::of(group), report);
    if chains.is_empty() {
        return Err(Mistake::new(group_place(group), "there is no value in these parentheses"));
    }
    Ok(Node::Values(chains))
}

/// Chains with commas between.
fn parse_chains(tokens: &mut Tokens, report: &mut Report) -> Vec<Chain> {
    let mut chains = Vec::new();
    while !tokens.is_empty() {
        if at_statement(tokens) {
            chains.push(skip_statements(tokens, report));
            break;
        }
        chains.push(parse_chain(tokens, report, End::Comma));
        if tokens.eat(",").is_none() && !tokens.is_empty() {
            report
                .push(Mistake::new(tokens.place(), format!("chains are separated by `,`, not by {}", tokens.found())));
            tokens.bump();
        }
    }
    chains
}

/// Reports a statement among chains, and skips everything after it, since the next chain may begin anywhere.
fn skip_statements(tokens: &mut Tokens, report: &mut Report) -> Chain {
    let mistake =
        Mistake::new(tokens.place(), format!("{} begins a statement, but only chains can be here", tokens.found()));
    report.push(mistake.note("statements go in a body: `{ let a = ..; a -> relu }`"));
    let stages = vec![unknown_stage(tokens.place())];
    tokens.skip_to(&[]);
    Chain { stages }
}

/// `residual f shortcut g`
fn parse_residual(tokens: &mut Tokens, report: &mut Report) -> Parsed<Node> {
    let part = parse_part(tokens, report)?;
    let shortcut = if tokens.at_word("shortcut") { Some(parse_part(tokens, report)?) } else { None };
    Ok(Node::Residual { part, shortcut })
}

/// What follows `residual` or `shortcut`, with that word.
fn parse_part(tokens: &mut Tokens, report: &mut Report) -> Parsed<Part> {
    let keyword = tokens.expect_word()?;
    if let Some(body) = tokens.take_group(Delimiter::Brace) {
        return Ok(Part::Body(parse_body(&body, report)));
    }
    if tokens.at_stage_end() || tokens.at_word("shortcut") {
        return Err(Mistake::new(&keyword, format!("nothing follows `{keyword}`"))
            .note(format!("`{keyword}` takes a stage or a body: `{keyword} {{ .. }}`")));
    }
    Ok(Part::Stage(Box::new(parse_stage(tokens, report))))
}

/// `cat dim=1 { f, g }`, `cat for d in [6, 12] { f }`, `cat dim=1`
fn parse_join(tokens: &mut Tokens, report: &mut Report) -> Parsed<Node> {
    let keyword = tokens.expect_word()?;
    refuse_call(&keyword, tokens)?;
    let call = Call { name: keyword, arguments: Vec::new(), settings: parse_settings(tokens, report)? };
    if let Some(group) = tokens.take_group(Delimiter::Brace) {
        let branches = parse_branches(&call.name, &group, report)?;
        return Ok(Node::Join { call, branches });
    }
    if tokens.at_word("for") || tokens.at_word("repeat") {
        let branches = Branches::Loop(Box::new(parse_loop(tokens, report)?));
        return Ok(Node::Join { call, branches });
    }
    refuse_positional(&call.name, tokens)?;
    Ok(Node::Call(call))
}

fn parse_branches(keyword: &Ident, group: &Group, report: &mut Report) -> Parsed<Branches> {
    let chains = parse_chains(&mut Tokens::of(group), report);
    if chains.is_empty() {
        return Err(Mistake::new(group_place(group), format!("`{keyword}` has no branches")));
    }
    Ok(Branches::Listed(chains))
}

/// Reports a positional argument of a join, which takes none.
fn refuse_positional(keyword: &Ident, tokens: &Tokens) -> Parsed<()> {
    let argument = match tokens.peek(0) {
        Some(TokenTree::Literal(_) | TokenTree::Group(_)) => true,
        Some(TokenTree::Ident(_)) => !tokens.at_operator(1, ":"),
        _ => false,
    };
    if !argument || ends_arguments(tokens) {
        return Ok(());
    }
    Err(Mistake::new(tokens.place(), format!("`{keyword}` takes no positional arguments")).note(format!(
        "its values come from before it, `(a, b) -> {keyword}`, or from branches, `{keyword} {{ a, b }}`"
    )))
}
