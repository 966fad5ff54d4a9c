//! What stands for a network that is wrong: its struct and its functions, so that code that uses it adds no errors of its own.

use super::allow;
use crate::tree::{Network, Outputs, Statement};
use proc_macro2::TokenStream;
use quote::quote;

/// A struct that can be made and run as far as types go.
pub fn stub(network: &Network) -> TokenStream {
    let (allow, visibility, name) = (allow(), &network.visibility, &network.name);
    let others = &network.attributes.others;
    let cfgs = others.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let cfgs = quote!(#(#cfgs)*);
    let names: Vec<_> = network.generics.iter().map(|generic| &generic.name).collect();
    let types: Vec<_> = network.generics.iter().map(|generic| &generic.ty).collect();
    let (parameters, arguments) = match names.is_empty() {
        true => (quote!(), quote!()),
        false => (quote!(<#(const #names: #types),*>), quote!(<#(#names),*>)),
    };
    let options = network.body.statements.iter().filter_map(|statement| match statement {
        Statement::Option { name, .. } => Some(name),
        _ => None,
    });
    let inputs: Vec<_> = network.inputs.iter().map(|input| &input.name).collect();
    let count = match &network.outputs {
        Outputs::One(_) => 1,
        Outputs::Named(named) => named.len(),
    };
    let tensors = vec![quote!(::nn_dsl::Tensor); count];
    let output = if count == 1 { quote!(::nn_dsl::Tensor) } else { quote!((#(#tensors),*)) };
    let fields = quote!(#(#inputs: &::nn_dsl::Tensor,)*);
    let module = (inputs.len() == 1 && count == 1).then(|| {
        quote! {
            #cfgs
            impl #parameters ::nn_dsl::nn::ModuleT for #name #arguments {
                fn forward_t(&self, _: &::nn_dsl::Tensor, _: bool) -> ::nn_dsl::Tensor { ::core::unreachable!() }
            }
        }
    });
    let borrowed = vec![quote!(&'a ::nn_dsl::Tensor); inputs.len()];
    let borrowed = if let [one] = &borrowed[..] { one.clone() } else { quote!((#(#borrowed),*)) };
    quote! {
        #(#others)*
        #allow
        #[derive(Debug)]
        #visibility struct #name #parameters {
            #(pub #options: f64,)*
        }

        #cfgs
        #[allow(unused_variables, missing_docs)]
        #allow
        impl #parameters #name #arguments {
            pub fn new(path: &::nn_dsl::nn::Path) -> Self { ::core::unreachable!() }
            pub fn forward(&self, #fields) -> #output { ::core::unreachable!() }
            pub fn forward_t(&self, #fields train: bool) -> #output { ::core::unreachable!() }
            pub fn try_forward(&self, #fields) -> ::core::result::Result<#output, ::nn_dsl::InputError> { ::core::unreachable!() }
            pub fn try_forward_t(&self, #fields train: bool) -> ::core::result::Result<#output, ::nn_dsl::InputError> { ::core::unreachable!() }
        }

        #cfgs
        #[allow(unused_variables)]
        impl #parameters ::nn_dsl::Network for #name #arguments {
            type Inputs<'a> = #borrowed;
            type Output = #output;
            const NAME: &'static ::core::primitive::str = "";
            const INPUTS: &'static [::nn_dsl::Signature] = &[];
            const OUTPUTS: &'static [::nn_dsl::Signature] = &[];
            const PREDICATES: &'static [::nn_dsl::Predicate] = &[];
            const LAYERS: &'static [::nn_dsl::Layer] = &[];
            const ALIASES: &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] = &[];
            fn new(path: &::nn_dsl::nn::Path) -> Self { ::core::unreachable!() }
            fn forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Self::Output { ::core::unreachable!() }
            fn try_forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> { ::core::unreachable!() }
        }

        #module
    }
}
