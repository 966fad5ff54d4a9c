//! The implementation of the trait `Network`: what is known of a network at compile time.

use super::item::{borrowed_tensors, tensors, tuple};
use super::runs::run_of;
use super::size::with_words;
use super::{Context, float};
use crate::shaped::{Gives, Memory, Outline, Part, Role, Sees, Source, Statistics};
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

/// The implementation of the trait `Network`.
pub fn expand(context: Context) -> TokenStream {
    let network = context.network;
    let (inputs, output) = (borrowed_tensors(network.inputs.len()), tensors(network.outputs.len()));
    let (constants, functions) = (constants(context), functions(context));
    let body = quote! {
        type Inputs<'a> = #inputs;
        type Output = #output;
        #constants
        #functions
    };
    context.implement(&quote!(::nn_dsl::Network), network.root.of, &body)
}

/// The associated constants.
fn constants(context: Context) -> TokenStream {
    let network = context.network;
    let name = network.name.to_string();
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
    let inputs = with_words(&quote!(&[#(#inputs),*]));
    let outputs = with_words(&quote!(&[#(#outputs),*]));
    let predicates = with_words(&quote!(&[#(#predicates),*]));
    let layers = with_words(&layers(context, &network.outline, &network.results));
    let results = (!is_last(&network.outline, &network.results)).then(|| {
        let results = with_words(&sources(&Outline::runs(&network.outline, &network.results), &network.results));
        quote!(const RESULTS: &'static [::nn_dsl::Source] = #results;)
    });
    let aliases = Outline::aliases(&network.outline).into_iter().map(|(name, to)| quote!((#name, #to)));
    let python = super::python::source(context);
    quote! {
        const NAME: &'static ::core::primitive::str = #name;
        const INPUTS: &'static [::nn_dsl::Signature] = #inputs;
        const OUTPUTS: &'static [::nn_dsl::Signature] = #outputs;
        const PREDICATES: &'static [::nn_dsl::Predicate] = #predicates;
        const LAYERS: &'static [::nn_dsl::LayerInfo] = #layers;
        #results
        const ALIASES: &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] = &[#(#aliases),*];
        const PYTHON: ::nn_dsl::python::Source = #python;
    }
}

/// The trait's functions, which call the network's own.
fn functions(context: Context) -> TokenStream {
    let network = context.network;
    let names: Vec<_> = network.inputs.iter().map(|input| &input.name).collect();
    let pattern = tuple(&names);
    let parameter = float::parameter(network, &context.floats[network.root.of]);
    let traced = super::trace::entrance(context, &pattern);
    quote! {
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
        if *count == 1 {
            return layer;
        }
        let count = proc_macro2::Literal::usize_unsuffixed(*count);
        quote!(turns(#count, #layer))
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

/// Whether the results are those of the last stage.
fn is_last(outlines: &[Outline], results: &[Source]) -> bool {
    !outlines.is_empty() && results == [Source::Stage(outlines.len() - 1)]
}

/// A layer as data, a `LayerInfo` of the run time.
fn layer(context: Context, outline: &Outline) -> TokenStream {
    let Outline {
        key, kind, listing, outputs, tensors, children: inner, results, multiply_adds, part, network, ..
    } = outline;
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
    if *multiply_adds != Size::default() {
        let multiply_adds = context.data(multiply_adds);
        layer = quote!(multiply_adds(#multiply_adds, #layer));
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

/// Adds what matters when a layer runs: the memory it needs, its receptive field, its statistics.
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
    if *besides != Size::default() {
        let besides = context.data(besides);
        layer = quote!(keeps(#besides, #layer));
    }
    match outline.statistics {
        None => layer,
        Some(Statistics { whole_batch, running }) => quote!(statistics(#whole_batch, #running, #layer)),
    }
}
