//! The forward functions for `trace`, which tell a recorder the result of each stage.

use super::forward::Writer;
use super::{Context, Mode, float};
use crate::shaped::{Content, LocalKind, Operand, Step};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// The method of the trait `Network`.
pub fn entrance(context: Context, pattern: &TokenStream) -> TokenStream {
    let names = context.network.inputs.iter().map(|input| &input.name);
    let inputs = quote!(#(#names),*);
    let (float, told) = float::checked(context);
    quote! {
        #[inline]
        fn traced(&self, #pattern: Self::Inputs<'_>, train: bool, trace: &mut ::nn_dsl::trace::Recorder) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> {
            let #float = self.check(#inputs, train)?;
            trace.inputs(&[#inputs]);
            ::core::result::Result::Ok(self.traced(#inputs, #told train, trace))
        }
    }
}

/// The calls of a recorder around a stage.
pub struct Stage {
    path: Vec<usize>,
    /// Whether there may be stages inside it.
    nested: bool,
    /// `("weight", &self.conv1.weight)`
    parameters: Vec<TokenStream>,
}

impl Writer<'_> {
    /// The calls of a recorder around the stage that a step ends.
    pub fn stage(&self, step: &Step) -> Option<Stage> {
        let path = step.stage.clone().filter(|_| self.context.mode == Mode::Traced)?;
        let mut parameters = Vec::new();
        step.operands.iter().for_each(|operand| self.tensors(operand, &mut parameters));
        Some(Stage { path, nested: step.callee.trains(), parameters })
    }

    /// The parameters and buffers that an operand is.
    fn tensors(&self, operand: &Operand, found: &mut Vec<TokenStream>) {
        let fields = &self.context.network.structs[self.of].fields;
        let (field, tensor) = match operand {
            Operand::Field { field, tensor } => (*field, tensor),
            Operand::Local(local) => match &self.function.locals[*local].kind {
                LocalKind::Field { field, tensor } => (*field, tensor),
                _ => return,
            },
            Operand::Some(inner) => return self.tensors(inner, found),
            Operand::Tensors(operands) | Operand::List(operands) => {
                return operands.iter().for_each(|operand| self.tensors(operand, found));
            }
            _ => return,
        };
        let name = match (tensor, &fields[field].content) {
            (Some(tensor), _) => tensor.clone(),
            (None, Content::Tensor(tensor)) => tensor.name.clone(),
            (None, _) => return,
        };
        let tensor = self.operand(&Operand::Field { field, tensor: tensor.clone() });
        found.push(quote!((#name, #tensor)));
    }
}

impl Stage {
    /// The statements before and after a stage with these results. `turn`: the number of the turn in a loop.
    pub fn around(&self, turn: Option<TokenStream>, results: &[&Ident]) -> (TokenStream, TokenStream) {
        let Stage { path, nested, parameters } = self;
        let turn = turn.map(|turn| quote!(+ #turn));
        let path = path.iter().map(|place| Literal::usize_unsuffixed(*place));
        let path = quote!(&[#(#path),* #turn]);
        if *nested {
            (quote!(trace.enter(#path);), quote!(trace.leave(&[#(&#results),*]);))
        } else {
            (quote!(), quote!(trace.layer(#path, &[#(#parameters),*], &[#(&#results),*]);))
        }
    }
}
