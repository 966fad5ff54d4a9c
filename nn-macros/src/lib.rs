//! The procedural macros of nn-dsl. All of their code is in `nn-compiler`; they are documented where `nn-dsl` exports
//! them.

use proc_macro::TokenStream;

/// Writes neural networks as lists of layers.
#[proc_macro]
pub fn network(listing: TokenStream) -> TokenStream {
    nn_compiler::compile(listing.into()).into()
}

/// The drawing of one of the networks in a listing, for the documentation of its struct.
#[doc(hidden)]
#[proc_macro]
pub fn drawing(listing: TokenStream) -> TokenStream {
    nn_compiler::drawing(listing.into()).into()
}

/// The documented items that layers' names in a listing refer to.
#[doc(hidden)]
#[proc_macro]
pub fn layer_reference(_: TokenStream) -> TokenStream {
    nn_compiler::expand::reference().into()
}
