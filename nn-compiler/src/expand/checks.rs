//! Checks made by rustc, of what depends on a Rust constant.

use super::size::with_words;
use super::{Context, allow};
use crate::shaped::{Check, Deferred, TensorType, Tokens};
use crate::size::{Predicate, Size};
use crate::tree::Measure;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use std::collections::BTreeSet;

/// The checks of a network without const generics, which rustc makes even if the network is not used.
pub fn checks(context: Context) -> TokenStream {
    if !context.network.generics.is_empty() {
        return TokenStream::new();
    }
    let (allow, cfgs, checks) = (allow(), context.cfgs(), all_checks(context));
    quote!(#(#cfgs #allow const _: () = { #checks };)*)
}

/// The checks of a network with const generics, which rustc makes for each use.
pub fn generic_checks(context: Context) -> TokenStream {
    if context.network.generics.is_empty() {
        return TokenStream::new();
    }
    let checks = all_checks(context);
    quote!(#(const { #checks })*)
}

/// One block for each place, so that of several mistakes at one place only the first is reported.
fn all_checks(context: Context) -> Vec<TokenStream> {
    let sizes = context.network.opaques.iter().map(|(text, tokens)| not_negative(text, tokens));
    let same_place = |a: &Deferred, b: &Deferred| a.place.start() == b.place.start();
    let places = context.network.deferred.chunk_by(same_place);
    let checks = places.map(|place| place.iter().map(|deferred| check(context, deferred)).collect());
    sizes.chain(checks).collect()
}

/// Checks that an opaque constant is not negative, as all proofs assume.
fn not_negative(text: &str, tokens: &TokenStream) -> TokenStream {
    let span = tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
    let message = format!("a size cannot be negative, but `{text}` is");
    quote_spanned!(span=> ::core::assert!((#tokens) as i64 >= 0, #message);)
}

fn check(context: Context, deferred: &Deferred) -> TokenStream {
    let span = deferred.place.first;
    match &deferred.check {
        Check::Predicates(predicates) => check_predicates(context, span, predicates, &deferred.message),
        Check::Signature { network, inputs, outputs } => check_signature(context, span, network, inputs, outputs),
        Check::Budget { measure, sizes, most } => check_budget(context, span, *measure, sizes, most),
    }
}

fn check_predicates(context: Context, span: Span, predicates: &[Predicate], message: &str) -> TokenStream {
    let conditions = predicates.iter().map(|predicate| context.condition(predicate));
    let constants: BTreeSet<&str> =
        predicates.iter().flat_map(|p| p.left.opaques().into_iter().chain(p.right.opaques())).collect();
    let values = constants.iter().map(|text| {
        let tokens = &context.network.opaques[*text];
        quote!((#text, (#tokens) as i64))
    });
    quote_spanned! {span=>
        if !(#((#conditions))&&*) {
            ::core::panic!("{}", ::nn_dsl::check::message(#message, &[#(#values),*]).as_str())
        }
    }
}

/// Checks that the shapes around another network are those of its signature.
fn check_signature(
    context: Context,
    span: Span,
    network: &Tokens,
    inputs: &[TensorType],
    outputs: &[TensorType],
) -> TokenStream {
    let outer = context.names.ty(context.network.root.of);
    let types = |types: &[TensorType]| {
        let types = types.iter().map(|ty| context.type_literal(ty));
        with_words(&quote!(&[#(#types),*]))
    };
    let (inputs, outputs) = (types(inputs), types(outputs));
    quote_spanned! {span=>
        let fed: &[::nn_dsl::TensorType] = #inputs;
        let given: &[::nn_dsl::TensorType] = #outputs;
        if let ::core::option::Option::Some(difference) = ::nn_dsl::check::signature(
            <#network as ::nn_dsl::Network>::NAME,
            ::nn_dsl::check::side::<#network>(),
            ::nn_dsl::check::side::<#outer>(),
            fed,
            given,
        ) {
            ::core::panic!("{}", difference.as_str())
        }
    }
}

fn check_budget(context: Context, span: Span, measure: Measure, sizes: &[(String, Size)], most: &Size) -> TokenStream {
    let (network, most) = (context.names.ty(context.network.root.of), context.constant(most));
    let sizes = sizes.iter().map(|(name, size)| {
        let size = context.constant(size);
        quote!((#name, #size))
    });
    let excess = match measure {
        Measure::Parameters => quote!(parameters::<#network>(#most)),
        Measure::Macs => quote!(multiply_adds::<#network>(&[#(#sizes),*], #most)),
    };
    quote_spanned! {span=>
        if let ::core::option::Option::Some(excess) = ::nn_dsl::check::budget::#excess {
            ::core::panic!("{}", excess.as_str())
        }
    }
}
