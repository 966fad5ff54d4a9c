//! Sizes, numbers and conditions.

use super::tokens::{Parsed, Tokens, group_place};
use super::word::{is_rust_keyword, parse_name};
use crate::report::Mistake;
use crate::tree::{Expr, Operator, Unary};
use proc_macro2::{Delimiter, Group, Ident, TokenTree};
use syn::Lit;

/// What an operand of an expression is called in messages.
const OPERAND: &str = "a number or a name";

/// How tightly comparisons bind. They do not chain.
const COMPARISON: u8 = 2;

/// An expression with operators, such as stands in parentheses, in shapes and in lists.
pub(super) fn parse_expr(tokens: &mut Tokens) -> Parsed<Expr> {
    let expr = parse_binary(tokens, 0)?;
    match foreign_operator(tokens) {
        Some((found, meant)) => {
            Err(Mistake::new(tokens.place(), format!("`{found}` is not an operator here"))
                .help(format!("write `{meant}`")))
        }
        None => Ok(expr),
    }
}

/// The operator between two operands that comes next, and how tightly it binds.
pub(super) fn binary_operator(tokens: &Tokens) -> Option<(Operator, u8)> {
    Some(match tokens.operator()? {
        "||" => (Operator::Or, 0),
        "&&" => (Operator::And, 1),
        "==" => (Operator::Equal, COMPARISON),
        "!=" => (Operator::NotEqual, COMPARISON),
        "<" => (Operator::Less, COMPARISON),
        "<=" => (Operator::LessEqual, COMPARISON),
        ">" => (Operator::Greater, COMPARISON),
        ">=" => (Operator::GreaterEqual, COMPARISON),
        "<<" => (Operator::ShiftLeft, 3),
        ">>" => (Operator::ShiftRight, 3),
        "+" => (Operator::Add, 4),
        "-" => (Operator::Subtract, 4),
        "*" => (Operator::Multiply, 5),
        "/" => (Operator::Divide, 5),
        "%" => (Operator::Remainder, 5),
        _ => return None,
    })
}

fn parse_binary(tokens: &mut Tokens, loosest: u8) -> Parsed<Expr> {
    let mut left = parse_unary(tokens)?;
    while let Some((operator, binds)) = binary_operator(tokens).filter(|(_, binds)| *binds >= loosest) {
        if binds == COMPARISON && is_comparison(&left) {
            return Err(Mistake::new(tokens.place(), "comparisons cannot be chained").help("join two with `&&`"));
        }
        let operator_place = tokens.bump_operator();
        let right = parse_binary(tokens, binds + 1)?;
        left = Expr::Binary { operator, operator_place, left: Box::new(left), right: Box::new(right) };
    }
    Ok(left)
}

fn is_comparison(expr: &Expr) -> bool {
    use Operator::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    matches!(expr, Expr::Binary { operator: Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual, .. })
}

/// An operator of Python, or one that is mistyped, and what it is written here.
fn foreign_operator(tokens: &Tokens) -> Option<(&'static str, &'static str)> {
    let words = [("and", "&&"), ("or", "||")].into_iter().find(|(word, _)| tokens.at_word(word));
    let signs = [("=", "=="), ("&", "&&"), ("|", "||")];
    words.or_else(|| signs.into_iter().find(|(sign, _)| tokens.at(sign)))
}

/// An operand with its sign: `-1`, `!causal`.
pub(super) fn parse_unary(tokens: &mut Tokens) -> Parsed<Expr> {
    let operator = match tokens.operator() {
        Some("-") => Unary::Negate,
        Some("!") => Unary::Not,
        _ => return parse_operand(tokens),
    };
    let sign = tokens.bump_operator();
    let operand = Box::new(parse_unary(tokens)?);
    let place = sign.to(operand.place());
    Ok(Expr::Unary { operator, operand, place })
}

fn parse_operand(tokens: &mut Tokens) -> Parsed<Expr> {
    if let Some(group) = tokens.take_group(Delimiter::Parenthesis) {
        return parse_parenthesised(&group);
    }
    match tokens.peek(0) {
        Some(TokenTree::Literal(_)) => parse_number(tokens),
        Some(TokenTree::Ident(_)) => parse_named(tokens, |tokens| tokens.at_group(Delimiter::Parenthesis)),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace && !tokens.body_follows() => {
            Ok(take_constant(tokens))
        }
        Some(TokenTree::Punct(_)) if tokens.at(".") => Err(missing_zero(tokens)),
        Some(TokenTree::Punct(_)) if tokens.at(":") => {
            Err(Mistake::new(tokens.place(), "a value is not sliced in brackets").note(
                "layers take parts of it: for `x[:, -1]` `select 1 index=-1`, for `x[:, 2:5]` `narrow 1 start=2 len=3`",
            ))
        }
        _ => Err(tokens.expected(OPERAND)),
    }
}

/// `(a + b)`
pub(super) fn parse_parenthesised(group: &Group) -> Parsed<Expr> {
    let mut inner = Tokens::of(group);
    let expr = parse_expr(&mut inner)?;
    if inner.at("->") {
        let mistake = Mistake::new(inner.place(), "a chain cannot be used in an argument or in a size");
        let text = group.span().source_text().filter(|text| text.lines().count() == 1);
        let chain = text.as_deref().and_then(|text| text.strip_prefix('(')?.strip_suffix(')')).unwrap_or("..");
        return Err(mistake.note(format!("`let a = {};` names its value, and `a` can be used here", chain.trim())));
    }
    inner.expect_end()?;
    Ok(Expr::Parenthesised(Box::new(expr), group_place(group)))
}

/// `{ .. }`, a constant of Rust.
pub(super) fn take_constant(tokens: &mut Tokens) -> Expr {
    let mark = tokens.mark();
    tokens.bump();
    Expr::Opaque(tokens.stream_since(mark), tokens.since(mark))
}

fn missing_zero(tokens: &Tokens) -> Mistake {
    match tokens.peek(1) {
        Some(TokenTree::Literal(digits)) => {
            Mistake::new(tokens.place().to(digits.span()), "a number begins with a digit")
                .help(format!("write `0.{digits}`"))
        }
        _ => tokens.expected(OPERAND),
    }
}

/// A number, without sign.
pub(super) fn parse_number(tokens: &mut Tokens) -> Parsed<Expr> {
    let Some(literal) = tokens.literal().cloned() else { return Err(tokens.expected(OPERAND)) };
    let place = literal.span().into();
    let (digits, suffix, number) = match Lit::new(literal.clone()) {
        Lit::Int(int) => (
            int.base10_digits().to_owned(),
            int.suffix().to_owned(),
            int.base10_parse().map(|n| Expr::Integer(n, place)),
        ),
        Lit::Float(float) => (
            float.base10_digits().to_owned(),
            float.suffix().to_owned(),
            float.base10_parse().map(|x| Expr::Float(x, place)),
        ),
        _ => return Err(tokens.expected(OPERAND)),
    };
    if !suffix.is_empty() {
        let what = format!("`{literal}` ends in `{suffix}`, but numbers have no suffix here");
        return Err(Mistake::new(place, what).help(format!("write `{digits}`")));
    }
    tokens.bump();
    number.map_err(|_| Mistake::new(place, format!("`{literal}` does not fit in 64 bits")))
}

/// A word and what belongs to it: `c`, `true`, `_`, `embed.weight`, `config::WIDTH`, `config::width(3)`. Whether parentheses
/// belong to it, the caller knows: between arguments they may be the next one.
pub(super) fn parse_named(tokens: &mut Tokens, at_call: fn(&Tokens) -> bool) -> Parsed<Expr> {
    let mark = tokens.mark();
    let word = tokens.expect_word()?;
    if !tokens.at("::") {
        match word.to_string().as_str() {
            "_" => return Ok(Expr::Any(word.span().into())),
            "true" | "false" => return Ok(Expr::Bool(word == "true", word.span().into())),
            _ if is_rust_keyword(&word) => {
                return Err(Mistake::new(&word, format!("expected {OPERAND}, found the keyword `{word}`")));
            }
            _ if tokens.eat(".").is_some() => return parse_field(tokens, word),
            _ if !at_call(tokens) => return Ok(Expr::Name(word)),
            _ => {}
        }
    }
    skip_path(tokens)?;
    if at_call(tokens) {
        tokens.bump();
    }
    Ok(Expr::Opaque(tokens.stream_since(mark), tokens.since(mark)))
}

/// The parameter's name in `embed.weight`.
fn parse_field(tokens: &mut Tokens, of: Ident) -> Parsed<Expr> {
    let name = parse_name(tokens, "a parameter")?;
    Ok(Expr::Field { of, name })
}

/// The rest of a path, if there is one: `::WIDTH`, `::width::<3>`.
fn skip_path(tokens: &mut Tokens) -> Parsed<()> {
    while tokens.eat("::").is_some() {
        match tokens.take_angles() {
            Some(angles) => drop(angles?),
            None => drop(tokens.take_word().ok_or_else(|| tokens.expected("a name of Rust"))?),
        }
    }
    Ok(())
}
