//! The arguments of layers, blocks and settings.

use super::arithmetic::PLACE_OF_ARITHMETIC;
use super::expression::{
    binary_operator, parse_expr, parse_named, parse_number, parse_parenthesised, parse_unary, take_constant,
};
use super::shape::{parse_list, parse_shape};
use super::tokens::{Parsed, Tokens, group_place, has_comma};
use super::word::{at_typed_shape, ends_arguments, is_type_name};
use crate::layers::{self, Layer, Parameters};
use crate::place::Place;
use crate::pytorch::{self, did_you_mean};
use crate::report::{Mistake, Report};
use crate::tree::{Argument, Call, Setting};
use proc_macro2::{Delimiter, Group, Ident, Literal, TokenTree};
use syn::{Lit, LitStr};

/// `64 k=3 s=2`: the positional arguments and settings of `callee`, up to what can be neither.
pub(super) fn parse_arguments(
    callee: &str,
    tokens: &mut Tokens,
    report: &mut Report,
) -> Parsed<(Vec<Argument>, Vec<Setting>)> {
    let (mut arguments, mut settings) = (Vec::new(), Vec::new());
    loop {
        skip_comma_before_setting(tokens, report);
        if at_setting(tokens) {
            settings.push(parse_setting(tokens, report)?);
        } else if at_next_layer(callee, arguments.len(), !settings.is_empty(), tokens) {
            break;
        } else if at_argument(tokens) {
            refuse_after(settings.last(), tokens)?;
            arguments.push(parse_positional(tokens)?);
        } else {
            break;
        }
    }
    match binary_operator(tokens) {
        Some(_) => Err(operator_after_arguments(tokens, callee, [arguments.len(), settings.len()])),
        None => Ok((arguments, settings)),
    }
}

/// `k=5 s=2`, where no positional argument may stand.
pub(super) fn parse_settings(tokens: &mut Tokens, report: &mut Report) -> Parsed<Vec<Setting>> {
    let mut settings = Vec::new();
    while at_setting(tokens) {
        settings.push(parse_setting(tokens, report)?);
    }
    Ok(settings)
}

/// Whether a setting comes next, perhaps with another sign in place of the `=`.
fn at_setting(tokens: &Tokens) -> bool {
    tokens.at_setting() || tokens.word_at(0).is_some() && (tokens.at_operator(1, "==") || at_value_after_colon(tokens))
}

/// `k: 5`. Before a word a colon ends a label.
fn at_value_after_colon(tokens: &Tokens) -> bool {
    let value = matches!(tokens.peek(2), Some(TokenTree::Literal(_))) || tokens.at_operator(2, "-");
    tokens.at_operator(1, ":") && value
}

/// `k=5`
fn parse_setting(tokens: &mut Tokens, report: &mut Report) -> Parsed<Setting> {
    let key = tokens.expect_word()?;
    if tokens.eat("=").is_none() {
        let what = format!("an argument is given with `=`, not with {}", tokens.found());
        report.push(Mistake::new(tokens.bump_operator(), what));
    }
    if !at_value(tokens) {
        return Err(tokens.expected(&format!("a value for `{key}`")));
    }
    let value = parse_value(tokens)?;
    Ok(Setting { key, value })
}

/// What follows `=`: one argument, negative numbers and constants of Rust included.
pub(super) fn parse_value(tokens: &mut Tokens) -> Parsed<Argument> {
    match tokens.peek(0) {
        Some(TokenTree::Ident(_)) if tokens.group_at(1, Delimiter::Parenthesis).is_some() => parse_function(tokens),
        Some(TokenTree::Ident(_)) if !at_typed_shape(tokens) => {
            parse_named(tokens, |tokens| tokens.at_group(Delimiter::Parenthesis)).map(Argument::Expr)
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            Ok(Argument::Expr(take_constant(tokens)))
        }
        Some(TokenTree::Punct(_)) => parse_unary(tokens).map(Argument::Expr),
        _ => parse_positional(tokens),
    }
}

fn at_value(tokens: &Tokens) -> bool {
    at_argument(tokens) || tokens.at("-") || tokens.at("!") || tokens.at_group(Delimiter::Brace)
}

fn at_argument(tokens: &Tokens) -> bool {
    match tokens.peek(0) {
        Some(TokenTree::Literal(_)) => true,
        // A word and a colon are the label of the next stage.
        Some(TokenTree::Ident(_)) => !ends_arguments(tokens) && !tokens.at_operator(1, ":"),
        Some(TokenTree::Group(group)) => group.delimiter() != Delimiter::Brace,
        // `.5`, which is a mistake of its own.
        Some(TokenTree::Punct(_)) => tokens.at(".") && matches!(tokens.peek(1), Some(TokenTree::Literal(_))),
        None => false,
    }
}

/// One argument between others: no operator joins it to the next.
fn parse_positional(tokens: &mut Tokens) -> Parsed<Argument> {
    if at_typed_shape(tokens) {
        return parse_shape(tokens).map(Argument::Shape);
    }
    if let Some(text) = take_text(tokens) {
        return Ok(Argument::Text(text));
    }
    match tokens.peek(0).cloned() {
        Some(TokenTree::Group(group)) => {
            tokens.bump();
            parse_group(&group)
        }
        Some(TokenTree::Ident(_)) if tokens.call_at(1) => parse_function(tokens),
        Some(TokenTree::Ident(_)) => parse_named(tokens, |tokens| tokens.call_at(0)).map(Argument::Expr),
        Some(TokenTree::Literal(_)) => parse_number(tokens).map(Argument::Expr),
        _ => parse_unary(tokens).map(Argument::Expr),
    }
}

/// `(a + b)`, `(5, 1)`, `[6, 12, 18]`
fn parse_group(group: &Group) -> Parsed<Argument> {
    let place = group_place(group);
    match group.delimiter() {
        Delimiter::Bracket => Ok(Argument::List(parse_items(group)?, place)),
        _ if has_comma(group) => Ok(Argument::Tuple(parse_items(group)?, place)),
        _ => parse_parenthesised(group).map(Argument::Expr),
    }
}

fn parse_items(group: &Group) -> Parsed<Vec<Argument>> {
    parse_list(&mut Tokens::of(group), parse_item)
}

/// An item of a tuple, of a list or of a function's arguments, where operators may stand.
fn parse_item(tokens: &mut Tokens) -> Parsed<Argument> {
    if at_typed_shape(tokens) {
        return parse_shape(tokens).map(Argument::Shape);
    }
    if let Some(text) = take_text(tokens) {
        return Ok(Argument::Text(text));
    }
    match tokens.peek(0).cloned() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket || is_tuple(&group) => {
            tokens.bump();
            parse_group(&group)
        }
        _ => parse_expr(tokens).map(Argument::Expr),
    }
}

fn is_tuple(group: &Group) -> bool {
    group.delimiter() == Delimiter::Parenthesis && has_comma(group)
}

/// `uniform(-0.1, 0.1)`
fn parse_function(tokens: &mut Tokens) -> Parsed<Argument> {
    let mark = tokens.mark();
    let name = tokens.expect_word()?;
    let group = tokens.take_group(Delimiter::Parenthesis).ok_or_else(|| tokens.expected("`(`"))?;
    Ok(Argument::Function { name, arguments: parse_items(&group)?, place: tokens.since(mark) })
}

/// A string, if one is next.
pub(super) fn take_text(tokens: &mut Tokens) -> Option<LitStr> {
    match Lit::new(tokens.literal()?.clone()) {
        Lit::Str(text) => {
            tokens.bump();
            Some(text)
        }
        _ => None,
    }
}

/// Reports the comma in `conv 6, k=5`. No chain begins with a setting, so it separates arguments.
fn skip_comma_before_setting(tokens: &mut Tokens, report: &mut Report) {
    if tokens.at(",") && tokens.word_at(1).is_some() && tokens.at_operator(2, "=") {
        let comma = tokens.bump_operator();
        report.push(Mistake::new(comma, "arguments are separated by spaces, not by `,`"));
    }
}

/// Whether a layer without its `->` comes next, as in `conv 6 k=5 relu` and `linear 10 relu`: a word that cannot be
/// another positional argument of `callee`, which was `given` so many.
fn at_next_layer(callee: &str, given: usize, after_setting: bool, tokens: &Tokens) -> bool {
    let takes = |argument: &&layers::Argument| argument.required || !after_setting;
    let complete = match Layer::find(callee) {
        Some(layer) => layer.positional().filter(takes).count() <= given,
        None => after_setting,
    };
    complete && tokens.word_at(0).is_some_and(|word| Layer::find(&word.to_string()).is_some())
}

/// Reports a positional argument after `setting`.
fn refuse_after(setting: Option<&Setting>, tokens: &Tokens) -> Parsed<()> {
    let Some(Setting { key, .. }) = setting else { return Ok(()) };
    let what = format!("{} cannot follow `{key}=`", tokens.found());
    let mistake = Mistake::new(tokens.place(), what).note("positional arguments come before those with `=`");
    let word = tokens.word_at(0).is_some();
    Err(if word { mistake.note("a stage begins after `->`, and a statement ends with `;`") } else { mistake })
}

/// An operator after a layer and perhaps its arguments: `linear d -1`, `softmax -1`, `relu + x`.
/// So many arguments of `callee` are given, by position and by name.
fn operator_after_arguments(tokens: &Tokens, callee: &str, given: [usize; 2]) -> Mistake {
    let layer = Layer::find(callee);
    let next = layer.and_then(|layer| layer.positional().nth(given[0]));
    let key = next.map_or("dim", |argument| argument.short.unwrap_or(argument.name));
    let (sign, place) = (tokens.found(), tokens.place());
    match (negative_number(tokens), given == [0, 0]) {
        (Some(number), true) => {
            let mistake = Mistake::new(place.to(number.span()), "a negative number cannot be a positional argument");
            // What comes first there are sizes.
            if layer.is_some_and(|layer| layer.parameters != Parameters::None) {
                mistake.note(format!("`{key}` of `{callee}` is at least 1"))
            } else {
                mistake.note(format!("give it by its key: `{key}=-{number}`"))
            }
        }
        (None, true) => Mistake::new(place, format!("{sign} cannot follow a layer")).note(PLACE_OF_ARITHMETIC),
        (number, false) => {
            let mut mistake = Mistake::new(place, format!("{sign} cannot join arguments"))
                .note("positional arguments are separated by spaces");
            if let Some(number) = number {
                mistake = mistake.note(format!("give a negative number by its key: `{key}=-{number}`"));
            }
            match parenthesised(tokens) {
                Some(expression) => mistake.help(format!("for an expression, write `{expression}`")),
                None => mistake,
            }
        }
    }
}

/// The digits of a negative number.
fn negative_number(tokens: &Tokens) -> Option<&Literal> {
    match tokens.peek(1) {
        Some(TokenTree::Literal(number)) if tokens.at("-") => Some(number),
        _ => None,
    }
}

/// `(d - 1)` for `d -1`, `(7 * 7 * 128)` for `7*7*128`, where all operands are single tokens.
fn parenthesised(tokens: &Tokens) -> Option<String> {
    let single = |tree: &TokenTree| matches!(tree, TokenTree::Ident(_) | TokenTree::Literal(_));
    let left = tokens.previous().filter(|tree| single(tree))?;
    let (mut text, mut ahead) = (left.to_string(), 0);
    while let Some(operator) =
        tokens.operator_at(ahead).filter(|operator| ["+", "-", "*", "/", "%", "<<", ">>"].contains(operator))
    {
        let right = tokens.peek(ahead + operator.len()).filter(|tree| single(tree))?;
        // `select 1 -1` means two numbers.
        if operator == "-" && matches!((left, right), (TokenTree::Literal(_), TokenTree::Literal(_))) {
            return None;
        }
        text += &format!(" {operator} {right}");
        ahead += operator.len() + 1;
    }
    (ahead > 0).then(|| format!("({text})"))
}

/// Reports arguments in parentheses, as in Rust and Python: `conv(6, k=5)`, `relu()`.
pub(super) fn refuse_call(name: &Ident, tokens: &Tokens) -> Parsed<()> {
    let Some(group) = tokens.group_at(0, Delimiter::Parenthesis) else { return Ok(()) };
    refuse_nested(name, group)?;
    let meant = foreign_call(name, group).filter(|call| is_call(call, tokens));
    let mistake = Mistake::new(group_place(group), "arguments are written without parentheses");
    if flattens(name, group) {
        return Err(mistake.help("did you mean `flatten`?"));
    }
    let Some(call) = meant else { return Ok(()) };
    Err(match did_you_mean(&call) {
        Some(meant) => mistake.help(meant),
        None => mistake.note("they are separated by spaces: `conv 64 k=3 s=2`"),
    })
}

/// `relu(linear(x, 8))`, as Python applies one function to the value of another.
fn refuse_nested(name: &Ident, group: &Group) -> Parsed<()> {
    let inner = Tokens::of(group);
    let layer = inner.word_at(0).filter(|word| Layer::find(&word.to_string()).is_some());
    let (Some(layer), Some(arguments)) = (layer, inner.group_at(1, Delimiter::Parenthesis)) else { return Ok(()) };
    let place = Place::from(layer).to(group_place(arguments));
    Err(Mistake::new(place, format!("`{layer}` is not called like a function"))
        .note(format!("`->` feeds its value into the next stage: `{layer} .. -> {name}`")))
}

/// `view(x.size(0), -1)`: one size for each sample.
pub(super) fn flattens(name: &Ident, group: &Group) -> bool {
    let sizes: Vec<String> = group.stream().into_iter().map(|tree| tree.to_string()).collect();
    let of_batch = sizes.get(1).is_some_and(|dot| dot == ".") && sizes.ends_with(&[",", "-", "1"].map(String::from));
    of_batch && pytorch::layer(&name.to_string()) == Some("reshape")
}

/// Whether what follows a name in parentheses are its arguments: nothing, or a setting, or for a layer that PyTorch gives several
/// numbers. Otherwise it is one tuple.
fn is_call(call: &Call, tokens: &Tokens) -> bool {
    let several = call.arguments.len() > 1 && pytorch::takes_several(&call.name.to_string());
    let foreign = tokens.call_at(0) && (several || is_type_name(&call.name));
    call.arguments.is_empty() || !call.settings.is_empty() || foreign
}

/// A call with commas between the arguments.
pub(super) fn foreign_call(name: &Ident, group: &Group) -> Option<Call> {
    let mut call = Call { name: name.clone(), arguments: Vec::new(), settings: Vec::new() };
    let mut inner = Tokens::of(group);
    while !inner.is_empty() {
        if inner.at_setting() {
            call.settings.push(parse_setting(&mut inner, &mut Report::default()).ok()?)
        } else {
            call.arguments.push(parse_item(&mut inner).ok()?)
        }
        if inner.eat(",").is_none() && !inner.is_empty() {
            return None;
        }
    }
    Some(call)
}
