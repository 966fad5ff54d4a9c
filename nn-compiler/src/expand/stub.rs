//! The stub of a network with mistakes: its structs and functions, so that code that uses it causes no further errors.

mod fields;

use super::allow;
use super::item::{borrowed_tensors, generics, implementation, tensors};
use crate::resolve::Program;
use crate::state::Naming;
use crate::tree::{Network, Outputs};
use fields::{Held, fields};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// Structs that can be made and run, as far as types are concerned.
pub fn stub(network: &Network, program: &Program) -> TokenStream {
    let (structs, entrance) = (structs(network, program), entrance(network));
    quote!(#structs #entrance)
}

fn cfgs(network: &Network) -> TokenStream {
    let cfgs = network.attributes.others.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    quote!(#(#cfgs)*)
}

fn structs(network: &Network, program: &Program) -> TokenStream {
    let held = fields(&network.body, Naming::of(&network.attributes), program);
    let mut writer = Structs { network, made: TokenStream::new(), count: 0 };
    let fields = writer.declarations(&held);
    let (allow, visibility, name, others) = (allow(), &network.visibility, &network.name, &network.attributes.others);
    let (made, (_, parameters)) = (writer.made, generics(&network.generics));
    quote! {
        #made
        #(#others)*
        #allow
        #[derive(Debug)]
        #visibility struct #name #parameters { #fields }
    }
}

/// Writes the structs of blocks and groups.
struct Structs<'a> {
    network: &'a Network,
    made: TokenStream,
    count: usize,
}

impl Structs<'_> {
    fn declarations(&mut self, fields: &[(Ident, Held)]) -> TokenStream {
        let visibility = &self.network.visibility;
        let fields = fields.iter().map(|(name, held)| {
            let ty = self.ty(held);
            quote!(#visibility #name: #ty,)
        });
        fields.collect()
    }

    fn ty(&mut self, held: &Held) -> TokenStream {
        match held {
            Held::Tensor => quote!(::nn_dsl::Tensor),
            Held::Number => quote!(f64),
            Held::Layer => quote!(::nn_dsl::params::Unknown),
            Held::Type(path) => path.clone(),
            Held::Turns(turn) => {
                let turn = self.ty(turn);
                quote!(::std::vec::Vec<#turn>)
            }
            Held::Struct(fields) => self.part(fields),
        }
    }

    /// The struct of a block or a group.
    fn part(&mut self, fields: &[(Ident, Held)]) -> TokenStream {
        self.count += 1;
        let name = format_ident!("{}Part{}", self.network.name, self.count);
        let fields = self.declarations(fields);
        let (allow, cfgs, visibility) = (allow(), cfgs(self.network), &self.network.visibility);
        let (arguments, parameters) = generics(&self.network.generics);
        self.made.extend(quote! {
            #cfgs
            #allow
            #[derive(Debug)]
            #visibility struct #name #parameters { #fields }

            #cfgs
            #allow
            impl #parameters #name #arguments {
                pub fn forward_t(&self, _: &::nn_dsl::Tensor, _: bool) -> ::nn_dsl::Tensor { ::core::unreachable!() }
            }
        });
        quote!(#name #arguments)
    }
}

/// The public methods of the network.
fn entrance(network: &Network) -> TokenStream {
    let names: Vec<&Ident> = network.inputs.iter().map(|input| &input.name).collect();
    let count = match &network.outputs {
        Outputs::One(_) => 1,
        Outputs::Named(named) => named.len(),
    };
    let (own, generic) = (own(network, &names, count), generic(network, names.len(), count));
    let module = (names.len() == 1 && count == 1).then(|| module(network));
    let optimize = network.attributes.optimize.map(|_| optimize(network));
    quote!(#own #generic #module #optimize)
}

/// The network's own functions.
fn own(network: &Network, inputs: &[&Ident], outputs: usize) -> TokenStream {
    let (allow, cfgs, name) = (allow(), cfgs(network), &network.name);
    let (arguments, parameters) = generics(&network.generics);
    let (inputs, output) = (quote!(#(#inputs: &::nn_dsl::Tensor,)*), tensors(outputs));
    quote! {
        #cfgs
        #[allow(unused_variables, missing_docs)]
        #allow
        impl #parameters #name #arguments {
            pub fn new(path: &::nn_dsl::nn::Path) -> Self { ::core::unreachable!() }
            pub fn forward(&self, #inputs) -> #output { ::core::unreachable!() }
            pub fn forward_t(&self, #inputs train: bool) -> #output { ::core::unreachable!() }
            pub fn try_forward(&self, #inputs) -> ::core::result::Result<#output, ::nn_dsl::InputError> { ::core::unreachable!() }
            pub fn try_forward_t(&self, #inputs train: bool) -> ::core::result::Result<#output, ::nn_dsl::InputError> { ::core::unreachable!() }
        }
    }
}

/// The trait `Network`.
fn generic(network: &Network, inputs: usize, outputs: usize) -> TokenStream {
    let (inputs, output) = (borrowed_tensors(inputs), tensors(outputs));
    let body = quote! {
        type Inputs<'a> = #inputs;
        type Output = #output;
        const NAME: &'static ::core::primitive::str = "";
        const INPUTS: &'static [::nn_dsl::Signature] = &[];
        const OUTPUTS: &'static [::nn_dsl::Signature] = &[];
        const PREDICATES: &'static [::nn_dsl::Predicate] = &[];
        const LAYERS: &'static [::nn_dsl::LayerInfo] = &[];
        const ALIASES: &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] = &[];
        const PYTHON: ::nn_dsl::python::Source = ::nn_dsl::python::Source { name: "", pieces: &[] };
        fn new(path: &::nn_dsl::nn::Path) -> Self { ::core::unreachable!() }
        fn forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Self::Output { ::core::unreachable!() }
        fn try_forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> { ::core::unreachable!() }
        fn traced(&self, inputs: Self::Inputs<'_>, train: bool, trace: &mut ::nn_dsl::trace::Recorder) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> { ::core::unreachable!() }
    };
    implement(&quote!(::nn_dsl::Network), network, &body)
}

/// tch's trait `Module`.
fn module(network: &Network) -> TokenStream {
    let body = quote! {
        fn forward_t(&self, _: &::nn_dsl::Tensor, _: bool) -> ::nn_dsl::Tensor { ::core::unreachable!() }
    };
    implement(&quote!(::nn_dsl::nn::ModuleT), network, &body)
}

fn optimize(network: &Network) -> TokenStream {
    let body = quote! {
        type Optimized = Self;
        fn optimized(&self) -> ::core::result::Result<Self, ::nn_dsl::Error> { ::core::unreachable!() }
    };
    implement(&quote!(::nn_dsl::Optimize), network, &body)
}

fn implement(of_trait: &TokenStream, network: &Network, body: &TokenStream) -> TokenStream {
    let (name, (arguments, parameters)) = (&network.name, generics(&network.generics));
    implementation(&cfgs(network), &parameters, &quote!(#of_trait for #name #arguments), body)
}
