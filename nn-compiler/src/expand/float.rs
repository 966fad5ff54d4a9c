//! How generated code finds the network's own float type.

use super::Context;
use crate::shaped::{Callee, Content, Dtype, Network, Operand, Step};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

/// Where the functions of a struct get the network's own float type.
#[derive(Debug)]
pub enum Float {
    /// From this tensor: `self.conv1.weight`.
    Of(TokenStream),
    /// From a parameter, since the struct owns no tensor of that type.
    Told,
    /// They do not need it, and the struct owns no tensor of that type.
    Unasked,
}

/// Decides for each struct of a network. `owned`: whether to look at the structs' own tensors.
pub fn floats(network: &Network, owned: bool) -> Vec<Float> {
    let mut floats: Vec<Float> = Vec::new();
    for (of, made) in network.structs.iter().enumerate() {
        let asks = made.function.steps.iter().any(|step| {
            let told = step.called(network, of).is_some_and(|called| matches!(floats[called], Float::Told));
            told || step.operands.contains(&Operand::Dtype(Dtype::Own))
        });
        floats.push(match first_tensor(network, of).filter(|_| owned) {
            Some(tensor) => Float::Of(quote!(self #tensor)),
            None if asks => Float::Told,
            None => Float::Unasked,
        });
    }
    floats
}

impl Float {
    /// The float type as an expression in a function of the struct, if it is needed.
    pub fn expression(&self) -> Option<TokenStream> {
        match self {
            Float::Of(tensor) => Some(quote!(#tensor.kind())),
            Float::Told => {
                let name = variable();
                Some(quote!(#name))
            }
            Float::Unasked => None,
        }
    }

    /// The float type as a parameter of the struct's functions, if they take it.
    pub fn parameter(&self) -> Option<TokenStream> {
        let name = variable();
        matches!(self, Float::Told).then(|| quote!(#name: ::nn_dsl::Kind,))
    }
}

/// The pattern for the float type that checking the inputs returns, and the argument that passes it on.
pub fn checked(context: Context) -> (TokenStream, TokenStream) {
    let name = variable();
    match context.floats[context.network.root.of] {
        Float::Told => (quote!(#name), quote!(#name,)),
        Float::Of(_) | Float::Unasked => (quote!(_), quote!()),
    }
}

/// The name of the parameter.
fn variable() -> Ident {
    Ident::new("float", Span::mixed_site())
}

/// `fn parameter`: the first tensor of the network, or else of a network inside it, looked up at run time.
pub fn parameter(network: &Network, float: &Float) -> TokenStream {
    if let Float::Of(tensor) = float {
        return quote!(::core::option::Option::Some(&#tensor));
    }
    let inner =
        networks(network, network.root.of).into_iter().map(|path| quote!(::nn_dsl::Network::parameter(&self #path)));
    let parameters = inner.reduce(|one, other| quote!(#one.or_else(|| #other)));
    parameters.unwrap_or_else(|| quote!(::core::option::Option::None))
}

/// `.layer1[0].conv1.weight`
fn first_tensor(network: &Network, of: usize) -> Option<TokenStream> {
    network.structs[of].fields.iter().find_map(|field| {
        let name = &field.name;
        let inner = match &field.content {
            Content::Layer { tensors, .. } => {
                let levels = tensors.first()?.name.split('.').map(|level| format_ident!("{}", level));
                quote!(#(.#levels)*)
            }
            Content::Tensor(tensor) if tensor.dtype == Dtype::Own => quote!(),
            Content::Struct(hole) => first_tensor(network, hole.of)?,
            Content::Array { turns, .. } => {
                let inner = first_tensor(network, turns[0].of)?;
                quote!([0] #inner)
            }
            _ => return None,
        };
        Some(quote!(.#name #inner))
    })
}

/// `.layer1[0].encoder`: the other networks inside, in an array those of its first element.
fn networks(network: &Network, of: usize) -> Vec<TokenStream> {
    let within = |of| networks(network, of);
    let all = network.structs[of].fields.iter().flat_map(|field| {
        let name = &field.name;
        let inner = match &field.content {
            Content::Network(_) => vec![quote!()],
            Content::Struct(hole) => within(hole.of),
            Content::Array { turns, .. } => within(turns[0].of).into_iter().map(|path| quote!([0] #path)).collect(),
            _ => Vec::new(),
        };
        inner.into_iter().map(move |path| quote!(.#name #path))
    });
    all.collect()
}

impl Step {
    /// The struct whose function a step calls, in a function of struct `of`.
    pub fn called(&self, network: &Network, of: usize) -> Option<usize> {
        let made = &network.structs[of];
        let field = |field: usize| match &made.fields[field].content {
            Content::Struct(hole) => Some(hole.of),
            Content::Array { turns, .. } => Some(turns[0].of),
            _ => None,
        };
        match &self.callee {
            Callee::Field(index) | Callee::Each(index) => field(*index),
            Callee::Shared(of) => Some(*of),
            _ => None,
        }
    }
}
