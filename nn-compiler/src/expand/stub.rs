//! What stands for a network that is wrong: its structs and its functions, so that code that uses it adds no errors of its own.

mod fields;

use super::allow;
use crate::infer::Naming;
use crate::resolve::Program;
use crate::tree::{Network, Outputs};
use fields::{Held, fields};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// Structs that can be made and run as far as types go.
pub fn stub(network: &Network, program: &Program) -> TokenStream {
    let (structs, entrance) = (structs(network, program), entrance(network));
    quote!(#structs #entrance)
}

/// `<CLASSES>` and `<const CLASSES: i64>`
fn generics(network: &Network) -> (TokenStream, TokenStream) {
    let names: Vec<_> = network.generics.iter().map(|generic| &generic.name).collect();
    let types: Vec<_> = network.generics.iter().map(|generic| &generic.ty).collect();
    match names.is_empty() {
        true => (quote!(), quote!()),
        false => (quote!(<#(#names),*>), quote!(<#(const #names: #types),*>)),
    }
}

fn cfgs(network: &Network) -> TokenStream {
    let cfgs = network.attributes.others.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    quote!(#(#cfgs)*)
}

/// The network's struct, and those inside it.
fn structs(network: &Network, program: &Program) -> TokenStream {
    let held = fields(&network.body, Naming::of(&network.attributes), program);
    let mut writer = Structs { network, made: TokenStream::new(), count: 0 };
    let fields = writer.declarations(&held);
    let (allow, visibility, name, others) = (allow(), &network.visibility, &network.name, &network.attributes.others);
    let (made, (_, parameters)) = (writer.made, generics(network));
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
            Held::Layer => quote!(::nn_dsl::layer::Unknown),
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
        let (arguments, parameters) = generics(self.network);
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

fn entrance(network: &Network) -> TokenStream {
    let (allow, cfgs, name) = (allow(), cfgs(network), &network.name);
    let (arguments, parameters) = generics(network);
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
    let optimize = network.attributes.optimize.map(|_| {
        quote! {
            #cfgs
            impl #parameters ::nn_dsl::Optimize for #name #arguments {
                type Optimized = Self;
                fn optimized(&self) -> ::core::result::Result<Self, ::nn_dsl::Error> { ::core::unreachable!() }
            }
        }
    });
    let borrowed = vec![quote!(&'a ::nn_dsl::Tensor); inputs.len()];
    let borrowed = if let [one] = &borrowed[..] { one.clone() } else { quote!((#(#borrowed),*)) };
    quote! {
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
            const PYTHON: ::nn_dsl::python::Source = ::nn_dsl::python::Source { name: "", pieces: &[] };
            fn new(path: &::nn_dsl::nn::Path) -> Self { ::core::unreachable!() }
            fn forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Self::Output { ::core::unreachable!() }
            fn try_forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> { ::core::unreachable!() }
            fn traced(&self, inputs: Self::Inputs<'_>, train: bool, trace: &mut ::nn_dsl::trace::Recorder) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> { ::core::unreachable!() }
        }

        #module
        #optimize
    }
}
