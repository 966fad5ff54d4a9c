//! Operands as Rust expressions.

use super::forward::Writer;
use super::{Mode, optimized, size};
use crate::shaped::{Content, Dtype, Field, LocalKind, Operand};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

impl Writer<'_> {
    /// An operand as the receiver of a method.
    pub fn receiver(&self, operand: &Operand) -> TokenStream {
        match operand {
            Operand::Local(local) => self.variable(*local),
            Operand::Field { field, tensor } => self.field(*field, tensor.as_deref()),
            other => self.operand(other),
        }
    }

    fn variable(&self, local: usize) -> TokenStream {
        if let LocalKind::Field { field, tensor } = &self.function.locals[local].kind {
            return self.field(*field, tensor.as_deref());
        }
        match self.variable_of(local) {
            Some(variable) => {
                let ident = &self.variables[variable].ident;
                quote!(#ident)
            }
            None => unreachable!("a value is used after its last use"),
        }
    }

    /// Whether a variable must be borrowed to be passed on: it is neither a reference nor a number.
    fn is_owned(&self, local: usize) -> bool {
        match self.function.locals[local].kind {
            LocalKind::Tensor => !self.function.parameters.contains(&local),
            LocalKind::Field { field, .. } => !matches!(self.field_of(field).content, Content::Number(_)),
            LocalKind::Size | LocalKind::Number | LocalKind::Shared(_) => false,
        }
    }

    fn field(&self, field: usize, tensor: Option<&str>) -> TokenStream {
        let Field { name, content, .. } = self.field_of(field);
        match (tensor, content.outside()) {
            (None, Some(path)) if self.context.mode == Mode::Optimized => {
                let span = optimized::place(path);
                let name = Ident::new(&name.to_string(), span);
                quote_spanned!(span=> self.#name)
            }
            (None, _) => quote!(self.#name),
            (Some(tensor), _) => {
                let levels = tensor.split('.').map(|level| format_ident!("{}", level));
                quote!(self.#name #(.#levels)*)
            }
        }
    }

    pub fn operand(&self, operand: &Operand) -> TokenStream {
        let code = |code| self.context.code(code, &|local| self.variable(local));
        match operand {
            Operand::Local(local) if !self.is_owned(*local) => self.variable(*local),
            Operand::Local(_) | Operand::Field { .. } => {
                let owned = self.receiver(operand);
                quote!(&#owned)
            }
            Operand::Tensors(operands) | Operand::List(operands) => {
                list(operands.iter().map(|operand| self.operand(operand)))
            }
            Operand::Some(inner) => {
                let inner = self.operand(inner);
                quote!(Some(#inner))
            }
            Operand::None => quote!(None),
            Operand::NoTensor => quote!(None::<&::nn_dsl::Tensor>),
            Operand::Size(size) | Operand::Number(size) => code(size),
            Operand::Sizes(sizes) => {
                let sizes = sizes.iter().map(code);
                quote!([#(#sizes),*])
            }
            Operand::Slice(values) => {
                let values = list(values.iter().map(|value| size::integer(*value)));
                quote!(#values[..])
            }
            Operand::Float(value) => size::float(*value),
            Operand::Bool(value) => quote!(#value),
            Operand::Text(text) => quote!(#text),
            Operand::Dtype(Dtype::Own) => self.context.floats[self.of].expression().unwrap_or_default(),
            Operand::Dtype(dtype) => size::kind(*dtype).unwrap_or_default(),
            Operand::Type(ty) => {
                let ty = size::with_words(&self.context.type_literal(ty));
                quote!(const #ty)
            }
            Operand::Bindings(bindings) => list(bindings.iter().map(|(symbol, value)| {
                let value = code(value);
                quote!((#symbol, #value))
            })),
            Operand::Train => quote!(train),
            Operand::Tokens(tokens) => tokens.0.clone(),
        }
    }
}

fn list(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    quote!(&[#(#items),*])
}
