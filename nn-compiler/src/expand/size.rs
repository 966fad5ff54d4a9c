//! Sizes as Rust expressions.

use super::Context;
use super::holes::Hole;
use crate::shaped::{Code, Dtype, TensorType};
use crate::size::{Expr, Predicate, Size};
use crate::tree::Operator;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

impl Context<'_> {
    /// A size without symbols, as rustc computes it.
    pub fn constant(self, size: &Size) -> TokenStream {
        self.expression(&size.to_tree())
    }

    /// A hole of a constructor.
    pub fn hole(self, hole: &Hole) -> TokenStream {
        match hole {
            Hole::Same(size) => self.constant(size),
            Hole::Argument(name) => quote!(#name),
        }
    }

    /// Code over variables that `local` renders.
    pub fn code(self, code: &Code, local: &dyn Fn(usize) -> TokenStream) -> TokenStream {
        match code {
            Code::Literal(value) => integer(*value),
            Code::Float(value) => float(*value),
            Code::Known(size) => self.constant(size),
            Code::Rust(tokens) => quote!((#tokens) as i64),
            Code::Local(variable) => local(*variable),
            Code::AsFloat(code) => {
                let number = match &**code {
                    Code::Rust(tokens) => tokens.0.clone(),
                    code => self.code(code, local),
                };
                quote!(((#number) as f64))
            }
            Code::Binary(operator, left, right) => {
                let (left, right) = (self.code(left, local), self.code(right, local));
                binary(*operator, left, right)
            }
        }
    }

    /// A size as data, in the words of [`with_words`].
    pub fn data(self, size: &Size) -> TokenStream {
        self.data_of(&size.to_tree())
    }

    fn data_of(self, expr: &Expr) -> TokenStream {
        let all = |inner: &[Expr]| inner.iter().map(|expr| self.data_of(expr)).collect::<Vec<_>>();
        match expr {
            Expr::Symbol(name) => quote!(Symbol(#name)),
            known if !has_symbol(known) => {
                let value = self.expression(known);
                quote!(Known(#value))
            }
            Expr::Negative(inner) => {
                let inner = self.data_of(inner);
                quote!(Product(&[Known(-1), #inner]))
            }
            Expr::Sum(terms) => {
                let terms = all(terms);
                quote!(Sum(&[#(#terms),*]))
            }
            Expr::Product(factors) => {
                let factors = all(factors);
                quote!(Product(&[#(#factors),*]))
            }
            Expr::Quotient(dividend, divisor) => {
                let (dividend, divisor) = (self.data_of(dividend), self.data_of(divisor));
                quote!(Quotient(&#dividend, &#divisor))
            }
            Expr::Remainder(dividend, divisor) => {
                let (dividend, divisor) = (self.data_of(dividend), self.data_of(divisor));
                quote!(Remainder(&#dividend, &#divisor))
            }
            Expr::Constant(_) | Expr::Opaque(_) => unreachable!("these have no symbol"),
        }
    }

    fn expression(self, expr: &Expr) -> TokenStream {
        let all = |inner: &[Expr]| inner.iter().map(|expr| self.expression(expr)).collect::<Vec<_>>();
        match expr {
            Expr::Constant(value) => integer(*value),
            Expr::Symbol(name) => unreachable!("the size `{name}` is not known when the program is compiled"),
            Expr::Opaque(text) => {
                let tokens = &self.network.opaques[text];
                if tokens.clone().into_iter().count() == 1 { quote!(#tokens as i64) } else { quote!((#tokens) as i64) }
            }
            Expr::Negative(inner) => {
                let inner = self.expression(inner);
                quote!((-#inner))
            }
            Expr::Sum(terms) => {
                let terms = all(terms);
                quote!((#(#terms)+*))
            }
            Expr::Product(factors) => {
                // `quote!` cannot repeat with `*` as the separator.
                let product = all(factors).into_iter().reduce(|product, factor| quote!(#product * #factor));
                quote!((#product))
            }
            Expr::Quotient(dividend, divisor) => {
                let (dividend, divisor) = (self.dividend(dividend), self.expression(divisor));
                quote!(#dividend.div_euclid(#divisor))
            }
            Expr::Remainder(dividend, divisor) => {
                let (dividend, divisor) = (self.dividend(dividend), self.expression(divisor));
                quote!(#dividend.rem_euclid(#divisor))
            }
        }
    }

    /// An expression as the receiver of a method, where a literal needs its type.
    fn dividend(self, expr: &Expr) -> TokenStream {
        match expr {
            Expr::Constant(value) => {
                let literal = Literal::i64_suffixed(*value);
                quote!((#literal))
            }
            expr => {
                let expression = self.expression(expr);
                quote!((#expression))
            }
        }
    }

    /// A predicate over sizes without symbols, as a Rust condition.
    pub fn condition(self, predicate: &Predicate) -> TokenStream {
        let (left, right) = (self.constant(&predicate.left), self.constant(&predicate.right));
        let comparison: TokenStream = predicate.comparison.to_string().parse().unwrap_or_default();
        quote!((#left) #comparison (#right))
    }

    /// A predicate as data, in the words of [`with_words`].
    pub fn predicate_data(self, predicate: &Predicate) -> TokenStream {
        let (left, right) = (self.data(&predicate.left), self.data(&predicate.right));
        let comparison = format_ident!("{}", format!("{:?}", predicate.comparison));
        quote!(predicate(#left, ::nn_dsl::Comparison::#comparison, #right))
    }

    /// A tensor's type as data, in the words of [`with_words`].
    pub fn type_data(self, ty: &TensorType) -> TokenStream {
        let dims = ty.dims.iter().map(|size| self.data(size));
        let dims = quote!(&[#(#dims),*]);
        match kind(ty.dtype) {
            None => quote!(own(#dims)),
            Some(kind) => quote!(typed(#kind, #dims)),
        }
    }

    /// As [`Context::type_data`], but without a call, so that it can be borrowed even with const generics.
    pub fn type_literal(self, ty: &TensorType) -> TokenStream {
        let dims = ty.dims.iter().map(|size| self.data(size));
        let dtype = match kind(ty.dtype) {
            None => quote!(None),
            Some(kind) => quote!(Some(#kind)),
        };
        quote!(TensorType { dtype: #dtype, dims: &[#(#dims),*] })
    }
}

/// Data in the words of the run time's module `outline`.
pub fn with_words(data: &TokenStream) -> TokenStream {
    quote!({ use ::nn_dsl::outline::*; #data })
}

fn binary(operator: Operator, left: TokenStream, right: TokenStream) -> TokenStream {
    match operator {
        Operator::Add => quote!((#left + #right)),
        Operator::Subtract => quote!((#left - #right)),
        Operator::Multiply => quote!((#left * #right)),
        // Sizes and their divisors are not negative, so Rust rounds as the language does.
        Operator::Divide => quote!((#left / #right)),
        Operator::Remainder => quote!((#left % #right)),
        other => unreachable!("`{}` is decided by the macro", other.symbol()),
    }
}

fn has_symbol(expr: &Expr) -> bool {
    match expr {
        Expr::Symbol(_) => true,
        Expr::Constant(_) | Expr::Opaque(_) => false,
        Expr::Negative(inner) => has_symbol(inner),
        Expr::Sum(inner) | Expr::Product(inner) => inner.iter().any(has_symbol),
        Expr::Quotient(a, b) | Expr::Remainder(a, b) => has_symbol(a) || has_symbol(b),
    }
}

/// The `Kind` of a fixed dtype.
pub fn kind(dtype: Dtype) -> Option<TokenStream> {
    let name = match dtype {
        Dtype::Own => return None,
        Dtype::F16 => quote!(Half),
        Dtype::Bf16 => quote!(BFloat16),
        Dtype::F32 => quote!(Float),
        Dtype::F64 => quote!(Double),
        Dtype::U8 => quote!(Uint8),
        Dtype::I8 => quote!(Int8),
        Dtype::I16 => quote!(Int16),
        Dtype::I32 => quote!(Int),
        Dtype::I64 => quote!(Int64),
        Dtype::Bool => quote!(Bool),
    };
    Some(quote!(::nn_dsl::Kind::#name))
}

/// An integer without a suffix, as a person would write it.
pub fn integer(value: i64) -> TokenStream {
    let literal = Literal::u64_unsuffixed(value.unsigned_abs());
    if value < 0 { quote!(-#literal) } else { quote!(#literal) }
}

/// A float without a suffix.
pub fn float(value: f64) -> TokenStream {
    if !value.is_finite() {
        return match (value.is_nan(), value > 0.0) {
            (true, _) => quote!(::core::primitive::f64::NAN),
            (_, true) => quote!(::core::primitive::f64::INFINITY),
            (_, false) => quote!(::core::primitive::f64::NEG_INFINITY),
        };
    }
    let literal = Literal::f64_unsuffixed(value.abs());
    if value.is_sign_negative() { quote!(-#literal) } else { quote!(#literal) }
}
