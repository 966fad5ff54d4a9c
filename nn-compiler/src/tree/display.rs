//! Arguments and expressions as they were written, for notes and documentation.

use super::{Argument, Call, Expr, Header, Loop, Shape, Unary};
use std::fmt;

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.name.fmt(f)?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))?;
        self.settings.iter().try_for_each(|setting| write!(f, " {}={}", setting.key, setting.value))
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Argument::Expr(expr) => expr.fmt(f),
            Argument::Tuple(items, _) => write!(f, "({})", list(items)),
            Argument::List(items, _) => write!(f, "[{}]", list(items)),
            Argument::Shape(shape) => shape.fmt(f),
            Argument::Text(text) => write!(f, "{:?}", text.value()),
            Argument::Function { name, arguments, .. } => write!(f, "{name}({})", list(arguments)),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(dtype) = &self.dtype {
            write!(f, "{dtype}")?;
        }
        write!(f, "[{}]", list(&self.sizes))
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Expr::Integer(value, _) => value.fmt(f),
            Expr::Float(value, _) => write!(f, "{value:?}"),
            Expr::Bool(value, _) => value.fmt(f),
            Expr::Any(_) => f.write_str("_"),
            Expr::Name(name) => name.fmt(f),
            Expr::Field { of, name } => write!(f, "{of}.{name}"),
            Expr::Opaque(tokens, _) => f.write_str(&rust_text(tokens)),
            Expr::Unary { operator: Unary::Negate, operand, .. } => write!(f, "-{operand}"),
            Expr::Unary { operator: Unary::Not, operand, .. } => write!(f, "!{operand}"),
            Expr::Binary { operator, left, right, .. } => write!(f, "{left} {} {right}", operator.symbol()),
            Expr::Parenthesised(inner, _) => write!(f, "({inner})"),
        }
    }
}

impl fmt::Display for Loop {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let word = |name: &Option<proc_macro2::Ident>| name.as_ref().map_or("_".to_string(), ToString::to_string);
        match &self.header {
            Header::Repeat { count } => write!(f, "repeat {count}"),
            Header::List { names, list } => match &names[..] {
                [one] => write!(f, "for {} in {list}", word(one)),
                many => write!(f, "for ({}) in {list}", many.iter().map(word).collect::<Vec<_>>().join(", ")),
            },
            Header::Range { name, start, end, inclusive } => {
                write!(f, "for {} in {start}{}{end}", word(name), if *inclusive { "..=" } else { ".." })
            }
        }
    }
}

/// Rust tokens without the spaces that a token stream prints around paths.
pub fn rust_text(tokens: &impl ToString) -> String {
    tokens.to_string().replace(" :: ", "::").replace(":: ", "::").replace(" (", "(").replace(" ,", ",")
}

fn list(items: &[impl fmt::Display]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}
