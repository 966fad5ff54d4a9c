//! The public methods of a network, which check its inputs once.

use super::item::tensors;
use super::{Context, Mode, float};
use crate::shaped::{Operand, Struct};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// `forward` and its siblings.
pub fn methods(context: Context) -> TokenStream {
    let inputs: Vec<&Ident> = context.network.inputs.iter().map(|input| &input.name).collect();
    let output = tensors(context.network.outputs.len());
    let (float, told) = float::checked(context);
    let run = quote!(self.run(#(#inputs,)* #told train));
    let (panicking, trying) = (panicking(&inputs, &output, &float, &run), trying(&inputs, &output, &float, &run));
    quote! {
        #panicking
        #trying

        fn check(&self, #(#inputs: &::nn_dsl::Tensor,)* train: bool) -> ::core::result::Result<::nn_dsl::Kind, ::nn_dsl::InputError> {
            ::nn_dsl::check::inputs(self, &[#(#inputs),*], train)
        }
    }
}

fn panicking(inputs: &[&Ident], output: &TokenStream, float: &TokenStream, run: &TokenStream) -> TokenStream {
    quote! {
        /// Evaluates the network. Gradients flow as they do around it.
        ///
        /// # Panics
        /// If an input has another shape or element type than the signature says.
        #[track_caller]
        pub fn forward(&self, #(#inputs: &::nn_dsl::Tensor),*) -> #output {
            self.forward_t(#(#inputs,)* false)
        }

        /// Runs the network, in training mode if `train`.
        ///
        /// # Panics
        /// If an input has another shape or element type than the signature says, or a layer would normalise by
        /// the statistics of a single value, as `bn` would when it is trained on one sample.
        #[track_caller]
        pub fn forward_t(&self, #(#inputs: &::nn_dsl::Tensor,)* train: bool) -> #output {
            match self.check(#(#inputs,)* train) {
                ::core::result::Result::Ok(#float) => #run,
                ::core::result::Result::Err(error) => ::core::panic!("{error}"),
            }
        }
    }
}

fn trying(inputs: &[&Ident], output: &TokenStream, float: &TokenStream, run: &TokenStream) -> TokenStream {
    quote! {
        /// As `forward`, with an error where that panics.
        ///
        /// # Errors
        /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
        pub fn try_forward(&self, #(#inputs: &::nn_dsl::Tensor),*) -> ::core::result::Result<#output, ::nn_dsl::InputError> {
            self.try_forward_t(#(#inputs,)* false)
        }

        /// As `forward_t`, with an error where that panics.
        ///
        /// # Errors
        /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
        pub fn try_forward_t(&self, #(#inputs: &::nn_dsl::Tensor,)* train: bool) -> ::core::result::Result<#output, ::nn_dsl::InputError> {
            self.check(#(#inputs,)* train).and_then(|#float| ::nn_dsl::attempt::<Self, _>(|| #run))
        }
    }
}

/// A network with one input and one output is a module of tch.
pub fn modules(context: Context) -> TokenStream {
    let network = context.network;
    // tch's modules must be `Send`, which is not known of the other networks and modules in an optimised form.
    let opaque = context.mode == Mode::Optimized && has_outside(context);
    if network.inputs.len() != 1 || network.outputs.len() != 1 || opaque {
        return TokenStream::new();
    }
    let (module, forward) = if context.mode == Mode::Plain && trains(context) {
        let forward = quote! {
            fn forward_t(&self, xs: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
                Self::forward_t(self, xs, train)
            }
        };
        (quote!(::nn_dsl::nn::ModuleT), forward)
    } else {
        // tch makes every `Module` a `ModuleT`.
        let forward = quote! {
            fn forward(&self, xs: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
                Self::forward(self, xs)
            }
        };
        (quote!(::nn_dsl::nn::Module), forward)
    };
    context.implement(&module, network.root.of, &forward)
}

/// Whether training may change anything: a step depends on it, or there is code that the macro cannot see.
fn trains(context: Context) -> bool {
    let told = |made: &Struct| made.function.steps.iter().any(|step| step.operands.contains(&Operand::Train));
    has_outside(context) || context.network.structs.iter().any(told)
}

/// Whether there are other networks or Rust modules in it.
fn has_outside(context: Context) -> bool {
    context.network.structs.iter().flat_map(|made| &made.fields).any(|field| field.content.outside().is_some())
}
