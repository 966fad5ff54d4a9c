//! Parts that generated items have in common.

use super::{Context, allow};
use crate::tree::Generic;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl Context<'_> {
    /// The `#[cfg(..)]` of the network, which go above every item that belongs to it.
    pub fn cfgs(self) -> TokenStream {
        let cfgs = self.network.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        quote!(#(#cfgs)*)
    }

    /// `impl LeNet { .. }`
    pub fn methods(self, of: usize, body: &TokenStream) -> TokenStream {
        implementation(&self.cfgs(), &self.names.parameters(of), &self.names.ty(of), body)
    }

    /// `impl Network for LeNet { .. }`
    pub fn implement(self, of_trait: &TokenStream, of: usize, body: &TokenStream) -> TokenStream {
        let ty = self.names.ty(of);
        implementation(&self.cfgs(), &self.names.parameters(of), &quote!(#of_trait for #ty), body)
    }
}

/// `impl<const CLASSES: i64> Network for ResNet18<CLASSES> { .. }`
pub fn implementation(
    cfgs: &TokenStream,
    parameters: &TokenStream,
    of: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let allow = allow();
    quote! {
        #cfgs
        #[automatically_derived]
        #allow
        impl #parameters #of {
            #body
        }
    }
}

/// `<CLASSES>` and `<const CLASSES: i64>`
pub fn generics(generics: &[Generic]) -> (TokenStream, TokenStream) {
    if generics.is_empty() {
        return (quote!(), quote!());
    }
    let (names, types) = (generics.iter().map(|generic| &generic.name), generics.iter().map(|generic| &generic.ty));
    let arguments = names.clone();
    (quote!(<#(#arguments),*>), quote!(<#(const #names: #types),*>))
}

/// A tuple, or just the item if there is only one.
pub fn tuple(all: &[impl ToTokens]) -> TokenStream {
    match all {
        [one] => quote!(#one),
        all => quote!((#(#all),*)),
    }
}

/// The type of `count` tensors.
pub fn tensors(count: usize) -> TokenStream {
    tuple(&vec![quote!(::nn_dsl::Tensor); count])
}

/// The type of `count` borrowed tensors, for the trait `Network`.
pub fn borrowed_tensors(count: usize) -> TokenStream {
    tuple(&vec![quote!(&'a ::nn_dsl::Tensor); count])
}
