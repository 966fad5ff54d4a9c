//! Signatures of networks and blocks. After a mistake in one part the next part is read.

use super::argument::parse_value;
use super::expression::parse_expr;
use super::shape::{parse_each, parse_shape};
use super::tokens::{Parsed, Tokens, group_place};
use super::word::{at_typed_shape, parse_name};
use crate::place::Place;
use crate::report::{Mistake, Report};
use crate::tree::{Expr, Generic, Input, Outputs, Parameter, Shape};
use proc_macro2::{Delimiter, Group, Ident};

/// The types that a const generic may have.
const INTEGERS: [&str; 10] = ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize"];

/// What stands between the name of a network and its body.
pub(super) struct Signature {
    pub generics: Vec<Generic>,
    pub inputs: Vec<Input>,
    pub outputs: Outputs,
    pub predicates: Vec<Expr>,
}

pub(super) fn parse_signature(network: &Ident, tokens: &mut Tokens, report: &mut Report) -> Signature {
    let generics = parse_generics(tokens, report);
    let mut outputs = Outputs::One(unknown_shape(network.into()));
    let mut inputs = Vec::new();
    match tokens.take_group(Delimiter::Parenthesis) {
        None => report.push(tokens.expected(&format!("`(` and the inputs of `{network}`"))),
        Some(group) => {
            inputs = parse_inputs(network, &group, report);
            match parse_outputs(network, tokens, report) {
                Ok(parsed) => {
                    outputs = parsed;
                    after_outputs(tokens).into_iter().for_each(|mistake| report.push(mistake));
                }
                Err(mistake) => report.push(mistake),
            }
        }
    }
    skip_to_end(tokens, &[]);
    let predicates = parse_predicates(tokens, report);
    Signature { generics, inputs, outputs, predicates }
}

/// `<const CLASSES: i64>`, or nothing.
fn parse_generics(tokens: &mut Tokens, report: &mut Report) -> Vec<Generic> {
    match tokens.take_angles() {
        None => Vec::new(),
        Some(Ok(mut inner)) => parse_each(&mut inner, report, |inner, _| parse_generic(inner)),
        Some(Err(mistake)) => {
            report.push(mistake);
            Vec::new()
        }
    }
}

fn parse_generic(tokens: &mut Tokens) -> Parsed<Generic> {
    if !tokens.at_word("const") {
        let what = format!("{} is not a const generic", tokens.found());
        return Err(
            Mistake::new(tokens.place(), what).note("a network is generic over integers: `<const CLASSES: i64>`")
        );
    }
    tokens.bump();
    let name = parse_name(tokens, "a const generic")?;
    tokens.expect(":")?;
    let ty = tokens.word_at(0).filter(|ty| INTEGERS.iter().any(|integer| ty == integer)).cloned();
    let Some(ty) = ty else { return Err(tokens.expected("an integer type")) };
    tokens.bump();
    Ok(Generic { name, ty })
}

/// `(image: [N, 1, 28, 28])`
fn parse_inputs(network: &Ident, group: &Group, report: &mut Report) -> Vec<Input> {
    if group.stream().is_empty() {
        report.push(Mistake::new(group_place(group), format!("`{network}` has no input")));
    }
    parse_each(&mut Tokens::of(group), report, parse_input)
}

/// `image: [N, 1, 28, 28]`. An input without a readable shape is still an input: the stub takes as many.
fn parse_input(tokens: &mut Tokens, report: &mut Report) -> Parsed<Input> {
    let name = parse_name(tokens, "an input")?;
    if tokens.is_empty() || tokens.at(",") {
        let mistake = Mistake::new(&name, format!("the input `{name}` has no shape"));
        report.push(mistake.note(format!("a shape follows the name: `{name}: [N, 3]`")));
        return Ok(Input { shape: unknown_shape(name.span().into()), name });
    }
    tokens.expect(":")?;
    let (place, mark) = (tokens.place(), tokens.mark());
    let shape = parse_shape(tokens).unwrap_or_else(|mistake| {
        report.push(mistake);
        if tokens.mark() == mark {
            tokens.skip_to(&[","]);
        }
        unknown_shape(place)
    });
    Ok(Input { name, shape })
}

fn unknown_shape(place: Place) -> Shape {
    Shape { dtype: None, sizes: Vec::new(), place }
}

/// `-> [N, 10]`, `-> (y: [N, 10], h: [1, N, 64])`
fn parse_outputs(network: &Ident, tokens: &mut Tokens, report: &mut Report) -> Parsed<Outputs> {
    if tokens.at_word("where") {
        report.push(Mistake::new(tokens.place(), "`where` goes after the output, not before it"));
        tokens.bump();
        skip_to_end(tokens, &["->"]);
    }
    if tokens.at("=>") || tokens.at(":") {
        let what = format!("the output follows `->`, not {}", tokens.found());
        report.push(Mistake::new(tokens.bump_operator(), what));
    } else if tokens.eat("->").is_none() {
        return Err(Mistake::new(network, format!("`{network}` has no output shape"))
            .note("it follows the inputs: `-> [N, 10]`"));
    }
    match tokens.take_group(Delimiter::Parenthesis) {
        None => parse_shape(tokens).map(Outputs::One),
        Some(group) if is_shape(&group) => {
            Err(Mistake::new(group_place(&group), "the shape of an output is written in brackets").note(
                "`-> [N, 10]`; several outputs go in parentheses, with their names: `-> (y: [N, 10], h: [N, 64])`",
            ))
        }
        Some(group) => {
            Ok(Outputs::Named(parse_each(&mut Tokens::of(&group), report, |tokens, _| parse_output(tokens))))
        }
    }
}

/// What can follow the outputs is the `where` clause, or the body.
fn after_outputs(tokens: &Tokens) -> Option<Mistake> {
    if at_end(tokens) || tokens.at_word("where") {
        return None;
    }
    let mistake = tokens.expected("`where` or `{`");
    Some(if tokens.at(",") {
        mistake.note("several outputs go in parentheses, with their names: `-> (y: [N, 10], h: [N, 64])`")
    } else {
        mistake
    })
}

/// `(N, 10)`: without a colon there is no name.
fn is_shape(group: &Group) -> bool {
    let inner = Tokens::of(group);
    !inner.is_empty() && !inner.comes(":") && !inner.comes_group(Delimiter::Bracket)
}

/// `h: [1, N, 64]`
fn parse_output(tokens: &mut Tokens) -> Parsed<(Ident, Shape)> {
    if tokens.at_group(Delimiter::Bracket) || at_typed_shape(tokens) {
        let mistake = Mistake::new(tokens.place(), "an output in parentheses has no name");
        return Err(mistake.note("each of several outputs is named after a value: `(y: [N, 10], h: [N, 64])`"));
    }
    let name = parse_name(tokens, "an output")?;
    tokens.expect(":")?;
    Ok((name, parse_shape(tokens)?))
}

/// `where H % 16 == 0, W % 16 == 0`, or nothing.
fn parse_predicates(tokens: &mut Tokens, report: &mut Report) -> Vec<Expr> {
    let mut predicates = Vec::new();
    if !tokens.at_word("where") {
        return predicates;
    }
    let place = tokens.place();
    tokens.bump();
    if at_end(tokens) {
        report.push(Mistake::new(place, "`where` has no predicate"));
    }
    while !at_end(tokens) {
        match tokens.before_body(parse_expr).and_then(|predicate| expect_separator(tokens).map(|()| predicate)) {
            Ok(predicate) => predicates.push(predicate),
            Err(mistake) => {
                report.push(mistake);
                skip_to_end(tokens, &[","]);
                tokens.eat(",");
            }
        }
    }
    predicates
}

fn expect_separator(tokens: &mut Tokens) -> Parsed<()> {
    if tokens.eat(",").is_some() || at_end(tokens) { Ok(()) } else { Err(tokens.expected("`,` or `{`")) }
}

/// Whether the signature ends here: at the body, or where another item begins.
fn at_end(tokens: &Tokens) -> bool {
    let item = ["pub", "block"].iter().any(|word| tokens.at_word(word)) || tokens.at("#") || tokens.at(";");
    tokens.is_empty() || tokens.at_group(Delimiter::Brace) || item
}

fn skip_to_end(tokens: &mut Tokens, stops: &[&str]) {
    while !at_end(tokens) && !stops.iter().any(|stop| tokens.at(stop)) && !tokens.at_word("where") {
        tokens.bump();
    }
}

/// `(c, s = 1)`
pub(super) fn parse_parameters(block: &Ident, tokens: &mut Tokens, report: &mut Report) -> Vec<Parameter> {
    let parameters = match tokens.take_group(Delimiter::Parenthesis) {
        Some(group) => parse_each(&mut Tokens::of(&group), report, parse_parameter),
        None => {
            let mistake = tokens.expected(&format!("`(` and the parameters of `{block}`"));
            report.push(mistake.note(format!("a block without parameters is `block {block}() {{ .. }}`")));
            Vec::new()
        }
    };
    if tokens.at("->") {
        let mistake = Mistake::new(tokens.place(), "a block declares no output shape");
        report.push(mistake.note("the shapes in a block follow from what is fed to it"));
    }
    skip_to_end(tokens, &[]);
    parameters
}

/// `s = 1`
fn parse_parameter(tokens: &mut Tokens, report: &mut Report) -> Parsed<Parameter> {
    let name = parse_name(tokens, "a parameter")?;
    if tokens.at(":") {
        let mistake = Mistake::new(tokens.place(), "a parameter of a block is declared without a type");
        report.push(mistake.note("it takes whatever a layer's argument may be, or a value"));
        tokens.skip_to(&["=", ","]);
    }
    let default = tokens.eat("=").map(|_| parse_value(tokens)).transpose()?;
    Ok(Parameter { name, default })
}
