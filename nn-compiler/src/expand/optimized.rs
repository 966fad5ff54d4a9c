//! The optimised form of a network: its structs, how they are made from the plain ones, and its public methods.

use super::forward::Writer;
use super::item::{tensors, tuple};
use super::names::{Names, unused};
use super::{Context, Mode, allow, float, structs};
use crate::shaped::{Activation, Content, Field, Network, Norm, Operand, Packed, PackedLayer, Tokens};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use std::collections::BTreeSet;

/// The Rust of the optimised form. `plain`: the network itself.
pub fn expand(plain: Context, network: &Network, taken: &mut BTreeSet<String>) -> TokenStream {
    let name = Ident::new(&format!("Optimized{}", network.name), network.name.span());
    let names = Names::of(network, &unused(taken, &name, ""), taken);
    let floats = float::floats(network, false);
    let context = Context { network, names: &names, floats: &floats, mode: Mode::Optimized, ..plain };
    let structs = (0..network.structs.len()).map(|of| structure(plain, context, of));
    let (inference, module) = (inference(plain, context), super::entrance::modules(context));
    quote!(#(#structs)* #inference #module)
}

/// A struct with its forward function and constructor. For a variant, the forward function alone.
fn structure(plain: Context, context: Context, of: usize) -> TokenStream {
    let network = context.network;
    let root = of == network.root.of;
    let forward = structs::forward_function(context, of, root);
    let entrance = root.then(|| entrance(plain, context));
    let methods = (!forward.is_empty()).then(|| context.methods(of, &quote!(#forward #entrance)));
    if network.type_of(of) != of {
        return quote!(#methods);
    }
    let (declared, made) = (declared(context, of), optimize(plain, context, of));
    quote!(#declared #methods #made)
}

fn declared(context: Context, of: usize) -> TokenStream {
    let network = context.network;
    let (allow, visibility, cfgs, docs) = (allow(), &network.visibility, context.cfgs(), documentation(context, of));
    let (name, parameters) = (context.names.ident(of), context.names.parameters(of));
    let fields = network.structs[of].fields.iter().map(|field| declaration(context, field));
    let own = (of == network.root.of).then(|| own(context)).map(|own| quote!(#own: ::nn_dsl::check::Own,));
    let outside = network.structs[of].fields.iter().any(|field| field.content.outside().is_some());
    let derive = (!outside).then(|| quote!(#[derive(Debug)]));
    let debug = outside.then(|| debug(context, of));
    quote! {
        #cfgs
        #docs
        #allow
        #derive
        #visibility struct #name #parameters {
            #(#fields,)*
            #own
        }

        #debug
    }
}

/// `Debug` for a struct that holds other networks or modules, written without requiring it of those: if one has no
/// optimised form, rustc should report that where it is used, not here.
fn debug(context: Context, of: usize) -> TokenStream {
    let fields = &context.network.structs[of].fields;
    let seen = fields.iter().filter(|field| field.content.outside().is_none()).map(|field| &field.name);
    let text = context.names.ident(of).to_string();
    let fields = seen.map(|name| {
        let text = name.to_string();
        quote!(.field(#text, &self.#name))
    });
    let fmt = quote! {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct(#text) #(#fields)* .finish_non_exhaustive()
        }
    };
    context.implement(&quote!(::core::fmt::Debug), of, &fmt)
}

fn documentation(context: Context, of: usize) -> TokenStream {
    let network = &context.network.name;
    let text = if of == context.network.root.of {
        format!(" [`{network}`] for inference alone, which [`optimize`](nn_dsl::Network::optimize) makes of it.")
    } else {
        format!(" `{}` in the optimised [`{network}`].", context.network.structs[of].stem)
    };
    quote!(#[doc = #text])
}

fn declaration(context: Context, field: &Field) -> TokenStream {
    let (name, visibility) = (&field.name, &context.network.visibility);
    let ty = match &field.content {
        Content::Array { turns, .. } => {
            let turn = context.names.ty(turns[0].of);
            quote!(::std::vec::Vec<#turn>)
        }
        Content::Network(path) | Content::Module { path, .. } => {
            let span = place(path);
            quote_spanned!(span=> <#path as ::nn_dsl::Optimize>::Optimized)
        }
        Content::Packed(packed) => ty(&packed.layer),
        _ => return structs::declaration(context, visibility, field),
    };
    let docs = format!(" `{}`", field.listing.trim_matches('`'));
    quote!(#[doc = #docs] #visibility #name: #ty)
}

/// Where rustc reports that something has no optimised form.
pub fn place(path: &Tokens) -> Span {
    let first = path.0.clone().into_iter().next();
    first.map_or_else(Span::call_site, |token| token.span().resolved_at(Span::call_site()))
}

/// The method of the plain struct that makes it.
fn optimize(plain: Context, context: Context, of: usize) -> TokenStream {
    let (optimized, ty) = (context.names.ident(of), context.names.ty(of));
    let writer = Writer::new(plain, of, &plain.network.structs[of].function);
    let fields = context.network.structs[of].fields.iter().map(|field| {
        let name = &field.name;
        match &field.content {
            Content::Packed(packed) => {
                let packed = writer.packed(packed);
                quote!(#name: #packed)
            }
            Content::Network(path) | Content::Module { path, .. } => {
                let span = place(path);
                quote_spanned!(span=> #name: ::nn_dsl::Optimize::optimized(&self.#name)?)
            }
            _ => quote!(#name: ::nn_dsl::Optimize::optimized(&self.#name)?),
        }
    });
    let own =
        (of == context.network.root.of).then(|| own(context)).map(|own| quote!(#own: ::nn_dsl::check::Own::of(self),));
    let body = quote! {
        type Optimized = #ty;
        fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
            ::core::result::Result::Ok(#optimized {
                #(#fields,)*
                #own
            })
        }
    };
    plain.implement(&quote!(::nn_dsl::Optimize), of, &body)
}

/// The field with the plain network's float type and device.
fn own(context: Context) -> Ident {
    let fields = &context.network.structs[context.network.root.of].fields;
    let mut name = "own".to_string();
    while fields.iter().any(|field| field.name == name) {
        name.push('_');
    }
    Ident::new(&name, Span::mixed_site())
}

/// The type of a packed layer.
fn ty(layer: &PackedLayer) -> TokenStream {
    match layer {
        PackedLayer::Conv2d { .. } => quote!(::nn_dsl::packed::Conv2d),
        PackedLayer::Linear => quote!(::nn_dsl::packed::Linear),
        PackedLayer::Heads(_) => quote!(::nn_dsl::packed::Heads),
        PackedLayer::Affine => quote!(::nn_dsl::params::Affine),
    }
}

impl Writer<'_> {
    /// The expression that packs a layer, in a method of the plain struct.
    fn packed(&self, packed: &Packed) -> TokenStream {
        let Packed { layer, weight, bias, norm, activation } = packed;
        let (weight, bias) = (self.operand(weight), self.operand(bias));
        let Some(norm) = norm else { return self.made(layer, &weight, &bias, activation) };
        let norm = self.norm(norm);
        let folded = quote!(::nn_dsl::packed::fold(#weight, #bias, #norm)?);
        if *layer == PackedLayer::Affine {
            return folded;
        }
        let made = self.made(layer, &quote!(&folded.weight), &quote!(Some(&folded.bias)), activation);
        quote!({ let folded = #folded; #made })
    }

    fn made(
        &self,
        layer: &PackedLayer,
        weight: &TokenStream,
        bias: &TokenStream,
        activation: &Option<Activation>,
    ) -> TokenStream {
        let ty = ty(layer);
        let rest = match layer {
            PackedLayer::Conv2d { window } => {
                let [stride, padding, dilation, groups] = window.each_ref().map(|operand| self.operand(operand));
                quote!(::nn_dsl::packed::Window { stride: #stride, padding: #padding, dilation: #dilation, groups: #groups },)
            }
            PackedLayer::Heads(heads) => {
                return {
                    let heads = self.operand(heads);
                    quote!(#ty::new(#weight, #bias, #heads)?)
                };
            }
            PackedLayer::Linear | PackedLayer::Affine => quote!(),
        };
        let activation = self.activation(activation.as_ref());
        quote!(#ty::new(#weight, #bias, #rest #activation)?)
    }

    fn activation(&self, activation: Option<&Activation>) -> TokenStream {
        let Some(Activation { name, numbers }) = activation else { return quote!(::nn_dsl::packed::Activation::None) };
        let name = format_ident!("{}", name);
        let numbers: Vec<TokenStream> = numbers.iter().map(|number| self.operand(number)).collect();
        let numbers = if numbers.is_empty() { quote!() } else { quote!((#(#numbers),*)) };
        quote!(::nn_dsl::packed::Activation::#name #numbers)
    }

    fn norm(&self, norm: &Norm) -> TokenStream {
        let [weight, bias, mean, variance, eps] = [&norm.weight, &norm.bias, &norm.mean, &norm.variance, &norm.eps]
            .map(|operand: &Operand| self.operand(operand));
        quote!(::nn_dsl::packed::Norm { weight: #weight, bias: #bias, mean: #mean, variance: #variance, eps: #eps })
    }
}

/// The traits for generic code.
fn inference(plain: Context, context: Context) -> TokenStream {
    let of = context.network.root.of;
    let plain = plain.names.ty(of);
    let inputs: Vec<&Ident> = context.network.inputs.iter().map(|input| &input.name).collect();
    let pattern = tuple(&inputs);
    let [given, output] =
        [quote!(<#plain as ::nn_dsl::Network>::Inputs<'_>), quote!(<#plain as ::nn_dsl::Network>::Output)];
    let body = quote! {
        fn forward(&self, #pattern: #given) -> #output {
            Self::forward(self, #(#inputs),*)
        }

        fn try_forward(&self, #pattern: #given) -> ::core::result::Result<#output, ::nn_dsl::InputError> {
            Self::try_forward(self, #(#inputs),*)
        }
    };
    context.implement(&quote!(::nn_dsl::Inference<#plain>), of, &body)
}

/// `forward` and `try_forward`.
fn entrance(plain: Context, context: Context) -> TokenStream {
    let network = context.network;
    let of = network.root.of;
    let inputs: Vec<&Ident> = network.inputs.iter().map(|input| &input.name).collect();
    let output = tensors(network.outputs.len());
    let (float, told) = float::checked(context);
    let (plain, own) = (plain.names.ty(of), own(context));
    let run = quote!(::nn_dsl::inference_mode(|| self.run(#(#inputs,)* #told)));
    quote! {
        /// Evaluates the network, under [`inference_mode`](nn_dsl::inference_mode).
        ///
        /// # Panics
        /// If an input has another shape or element type than the signature says.
        #[track_caller]
        pub fn forward(&self, #(#inputs: &::nn_dsl::Tensor),*) -> #output {
            match self.check(#(#inputs),*) {
                ::core::result::Result::Ok(#float) => #run,
                ::core::result::Result::Err(error) => ::core::panic!("{error}"),
            }
        }

        /// As `forward`, with an error where that panics.
        ///
        /// # Errors
        /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
        pub fn try_forward(&self, #(#inputs: &::nn_dsl::Tensor),*) -> ::core::result::Result<#output, ::nn_dsl::InputError> {
            self.check(#(#inputs),*).and_then(|#float| ::nn_dsl::attempt::<#plain, _>(|| #run))
        }

        fn check(&self, #(#inputs: &::nn_dsl::Tensor),*) -> ::core::result::Result<::nn_dsl::Kind, ::nn_dsl::InputError> {
            self.#own.check::<#plain>(&[#(#inputs),*])
        }
    }
}
