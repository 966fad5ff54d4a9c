//! Sizes are written as in Rust here; a name of one capital letter is a symbol, any other is opaque.

mod decisions;
mod forms;
mod properties;
mod suggestions;

use syn::BinOp;

use super::{Comparison, Facts, Predicate, Size, Verdict};

/// The size that the text says.
fn size(text: &str) -> Size {
    build(&syn::parse_str(text).expect("an expression"))
}

/// The comparison that the text says.
fn predicate(text: &str) -> Predicate {
    let syn::Expr::Binary(binary) = syn::parse_str(text).expect("an expression") else {
        panic!("`{text}` is no comparison");
    };
    let comparison = match binary.op {
        BinOp::Eq(_) => Comparison::Equal,
        BinOp::Ne(_) => Comparison::NotEqual,
        BinOp::Lt(_) => Comparison::Less,
        BinOp::Le(_) => Comparison::LessEqual,
        BinOp::Gt(_) => Comparison::Greater,
        BinOp::Ge(_) => Comparison::GreaterEqual,
        _ => panic!("`{text}` is no comparison"),
    };
    Predicate { left: build(&binary.left), comparison, right: build(&binary.right) }
}

/// The facts of a `where` clause.
fn facts(predicates: &[&str]) -> Facts {
    let mut facts = Facts::default();
    for text in predicates {
        facts.assume(predicate(text)).expect("no contradiction");
    }
    facts
}

/// What is left to rustc.
fn rustc(predicates: &[&str]) -> Verdict {
    Verdict::Rustc(predicates.iter().map(|text| predicate(text)).collect())
}

fn build(expr: &syn::Expr) -> Size {
    match expr {
        syn::Expr::Paren(paren) => build(&paren.expr),
        syn::Expr::Unary(unary) => build(&unary.expr).neg().expect("a size"),
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(n), .. }) => {
            Size::constant(n.base10_parse().expect("a number"))
        }
        syn::Expr::Path(path) => {
            let name = path.path.require_ident().expect("a name").to_string();
            if name.len() == 1 && name.to_uppercase() == name { Size::symbol(&name) } else { Size::opaque(&name) }
        }
        syn::Expr::Binary(binary) => {
            let (left, right) = (build(&binary.left), build(&binary.right));
            let result = match binary.op {
                BinOp::Add(_) => left.add(&right),
                BinOp::Sub(_) => left.sub(&right),
                BinOp::Mul(_) => left.mul(&right),
                BinOp::Div(_) => left.div_floor(&right),
                BinOp::Rem(_) => left.rem(&right),
                _ => panic!("an operator that sizes do not have"),
            };
            result.expect("a size")
        }
        _ => panic!("an expression that sizes do not have"),
    }
}
