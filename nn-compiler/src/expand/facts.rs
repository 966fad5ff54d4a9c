//! What is known of a network when the program is compiled: the trait `Network`, and the checks that rustc makes.

use super::runs::run_of;
use super::size::with_words;
use super::{Context, allow, float};
use crate::shaped::{Check, Deferred, Gives, Memory, Outline, Part, Role, Sees, Source};
use crate::size::Size;
use crate::tree::Measure;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use std::collections::BTreeSet;

/// The implementation of the trait `Network`.
pub fn expand(context: Context) -> TokenStream {
    let network = context.network;
    let of = network.root.of;
    let (allow, ident) = (allow(), context.names.ident(of));
    let (parameters, arguments) = (context.names.parameters(of), context.names.arguments(of));
    let cfgs: Vec<_> = network.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect();
    let name = network.name.to_string();
    let names: Vec<_> = network.inputs.iter().map(|input| &input.name).collect();
    let inputs = network.inputs.iter().map(|input| {
        let (name, ty) = (input.name.to_string(), context.type_data(&input.ty));
        quote!(signature(#name, #ty))
    });
    let outputs = network.outputs.iter().map(|output| {
        let name = output.name.as_ref().map(ToString::to_string).unwrap_or_default();
        let ty = context.type_data(&output.ty);
        quote!(signature(#name, #ty))
    });
    let predicates = network.entrance.iter().map(|predicate| context.predicate_data(predicate));
    let aliases = Outline::aliases(&network.outline).into_iter().map(|(name, to)| quote!((#name, #to)));
    let inputs = with_words(&quote!(&[#(#inputs),*]));
    let outputs = with_words(&quote!(&[#(#outputs),*]));
    let predicates = with_words(&quote!(&[#(#predicates),*]));
    let layers = with_words(&layers(context, &network.outline, &network.results));
    let results = (!is_last(&network.outline, &network.results)).then(|| {
        let results = sources(&Outline::runs(&network.outline, &network.results), &network.results);
        let results = with_words(&results);
        quote!(const RESULTS: &'static [::nn_dsl::Source] = #results;)
    });
    let python = super::python::source(context);
    let (types, output) = (
        tuple(network.inputs.len(), &quote!(&'a ::nn_dsl::Tensor)),
        tuple(network.outputs.len(), &quote!(::nn_dsl::Tensor)),
    );
    let parameter = float::parameter(network, &context.floats[of]);
    let pattern = if let [one] = names[..] { quote!(#one) } else { quote!((#(#names),*)) };
    let traced = super::trace::entrance(context, &pattern);
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        #allow
        impl #parameters ::nn_dsl::Network for #ident #arguments {
            type Inputs<'a> = #types;
            type Output = #output;
            const NAME: &'static ::core::primitive::str = #name;
            const INPUTS: &'static [::nn_dsl::Signature] = #inputs;
            const OUTPUTS: &'static [::nn_dsl::Signature] = #outputs;
            const PREDICATES: &'static [::nn_dsl::Predicate] = #predicates;
            const LAYERS: &'static [::nn_dsl::Layer] = #layers;
            #results
            const ALIASES: &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] = &[#(#aliases),*];
            const PYTHON: ::nn_dsl::python::Source = #python;

            fn new(path: &::nn_dsl::nn::Path) -> Self {
                Self::new(path)
            }

            fn parameter(&self) -> ::core::option::Option<&::nn_dsl::Tensor> {
                #parameter
            }

            fn forward_t(&self, #pattern: Self::Inputs<'_>, train: bool) -> Self::Output {
                Self::forward_t(self, #(#names,)* train)
            }

            fn try_forward_t(&self, #pattern: Self::Inputs<'_>, train: bool) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> {
                Self::try_forward_t(self, #(#names,)* train)
            }

            #traced
        }
    }
}

pub fn tuple(count: usize, of: &TokenStream) -> TokenStream {
    match count {
        1 => of.clone(),
        count => {
            let all = vec![of; count];
            quote!((#(#all),*))
        }
    }
}

/// Layers as data.
fn layers(context: Context, outlines: &[Outline], results: &[Source]) -> TokenStream {
    let runs = Outline::runs(outlines, results);
    let mut end = 0;
    let layers = runs.iter().map(|(outline, count)| {
        let mut layer = layer(context, outline);
        let previous = if end == 0 { Source::Input(0) } else { Source::Stage(end - 1) };
        end += count;
        if outline.part != Part::Declared && outline.from != [previous] {
            let from = sources(&runs, &outline.from);
            layer = quote!(from(#from, #layer));
        }
        match proc_macro2::Literal::usize_unsuffixed(*count) {
            _ if *count == 1 => layer,
            count => quote!(turns(#count, #layer)),
        }
    });
    quote!(&[#(#layers),*])
}

/// Where values come from, as data.
fn sources(runs: &[(&Outline, usize)], sources: &[Source]) -> TokenStream {
    let sources = sources.iter().map(|source| match source {
        Source::Parameter => quote!(Parameter),
        Source::Input(input) => {
            let input = proc_macro2::Literal::usize_unsuffixed(*input);
            quote!(Input(#input))
        }
        Source::Stage(stage) => {
            let place = proc_macro2::Literal::usize_unsuffixed(run_of(runs, *stage));
            quote!(at(#place))
        }
    });
    quote!(&[#(#sources),*])
}

/// Whether the last stage gives what all give.
fn is_last(outlines: &[Outline], results: &[Source]) -> bool {
    !outlines.is_empty() && results == [Source::Stage(outlines.len() - 1)]
}

/// A layer as data: a `Layer` of the run time.
fn layer(context: Context, outline: &Outline) -> TokenStream {
    let Outline { key, kind, listing, outputs, tensors, children: inner, results, macs, part, network, .. } = outline;
    let key = key.join(".");
    let outputs = outputs.iter().map(|ty| context.type_data(ty));
    let tensors = tensors.iter().map(|(tensor, sizes)| {
        let name = &tensor.name;
        let function = if tensor.role == Role::Parameter { quote!(parameter) } else { quote!(buffer) };
        let shape = sizes[..tensor.rank].iter().map(|size| context.constant(size));
        quote!(#function(#name, &[#(#shape),*]))
    });
    let children = match network {
        Some((path, _)) => quote!(<#path as ::nn_dsl::Network>::LAYERS),
        None => layers(context, inner, results),
    };
    let mut layer = quote!(layer(#key, #kind, #listing, &[#(#outputs),*], &[#(#tensors),*], #children));
    if *macs != Size::default() {
        let macs = context.data(macs);
        layer = quote!(macs(#macs, #layer));
    }
    if inner.is_empty() && network.is_none() {
        layer = running(context, outline, layer);
    }
    if !inner.is_empty() && !is_last(inner, results) {
        let results = sources(&Outline::runs(inner, results), results);
        layer = quote!(gives(#results, #layer));
    }
    if let Some((path, fed)) = network {
        let fed = fed.iter().map(|ty| context.type_data(ty));
        layer = quote!(gives(<#path as ::nn_dsl::Network>::RESULTS, #layer));
        layer = quote!(network(<#path as ::nn_dsl::Network>::INPUTS, &[#(#fed),*], #layer));
    }
    match part {
        Part::Whole => layer,
        Part::Declared => quote!(declared(#layer)),
        Part::Used => quote!(used(#layer)),
    }
}

/// A layer with what is made and kept when it runs, and how far it sees.
fn running(context: Context, outline: &Outline, mut layer: TokenStream) -> TokenStream {
    let steps = |steps: &[(Size, Size)]| {
        let steps = if steps.windows(2).all(|pair| pair[0] == pair[1]) { &steps[..1] } else { steps };
        let steps = steps.iter().map(|(reach, stride)| {
            let (reach, stride) = (context.data(reach), context.data(stride));
            quote!((#reach, #stride))
        });
        quote!(&[#(#steps),*])
    };
    layer = match &outline.sees {
        Sees::All => layer,
        Sees::Place => quote!(place(#layer)),
        Sees::Window(window) => {
            let steps = steps(window);
            quote!(window(#steps, #layer))
        }
        Sees::Spread(window) => {
            let steps = steps(window);
            quote!(spread(#steps, #layer))
        }
    };
    let Memory { gives, inputs, outputs, besides } = &outline.memory;
    layer = match gives {
        Gives::New => layer,
        Gives::View => quote!(view(#layer)),
        Gives::InputInEvaluation => quote!(input_in_evaluation(#layer)),
    };
    layer = match (inputs, outputs) {
        (false, false) => layer,
        (true, false) => quote!(keeps_inputs(#layer)),
        (false, true) => quote!(keeps_outputs(#layer)),
        (true, true) => quote!(keeps_inputs(keeps_outputs(#layer))),
    };
    if *besides == Size::default() {
        return layer;
    }
    let besides = context.data(besides);
    quote!(keeps(#besides, #layer))
}

/// The checks of a network without const generics, which rustc makes whether or not the network is used.
pub fn checks(context: Context) -> TokenStream {
    if !context.network.generics.is_empty() {
        return TokenStream::new();
    }
    let (allow, checks) = (allow(), all_checks(context));
    let cfgs = context.network.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let attributes = quote!(#(#cfgs)* #allow);
    quote!(#(#attributes const _: () = { #checks };)*)
}

/// The checks of a network with const generics, which rustc makes for each use.
pub fn generic_checks(context: Context) -> TokenStream {
    if context.network.generics.is_empty() {
        return TokenStream::new();
    }
    let checks = all_checks(context);
    quote!(#(const { #checks })*)
}

/// One block for each place: where several things are wrong at one place, the first of them is said.
fn all_checks(context: Context) -> Vec<TokenStream> {
    let sizes = context.network.opaques.iter().map(|(text, tokens)| not_negative(text, tokens));
    let same_place = |a: &Deferred, b: &Deferred| a.place.start() == b.place.start();
    let places = context.network.deferred.chunk_by(same_place);
    let checks = places.map(|place| place.iter().map(|deferred| check(context, deferred)).collect());
    sizes.chain(checks).collect()
}

/// Everything that was proved took it that sizes are not negative.
fn not_negative(text: &str, tokens: &TokenStream) -> TokenStream {
    let span = tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
    let message = format!("a size is not negative, and `{text}` is");
    quote_spanned!(span=> ::core::assert!((#tokens) as i64 >= 0, #message);)
}

fn check(context: Context, deferred: &Deferred) -> TokenStream {
    let (span, message) = (deferred.place.first, &deferred.message);
    match &deferred.check {
        Check::Predicates(predicates) => {
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
        Check::Signature { network, inputs, outputs } => {
            let (network, outer) = (&network.0, context.names.ty(context.network.root.of));
            let inputs = inputs.iter().map(|ty| context.type_literal(ty));
            let outputs = outputs.iter().map(|ty| context.type_literal(ty));
            let inputs = with_words(&quote!(&[#(#inputs),*]));
            let outputs = with_words(&quote!(&[#(#outputs),*]));
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
        Check::Budget { measure, sizes, most } => {
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
    }
}
