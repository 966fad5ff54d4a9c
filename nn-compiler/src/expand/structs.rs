//! Structs and their constructors.

use super::forward::{Forward, forward};
use super::holes::Hole;
use super::{Context, Mode, allow, size};
use crate::shaped::{Code, Content, Field, Init, Role, Tensor};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

/// A struct with `new` and its forward function. The network's own is private, and called by its public methods.
pub fn expand(context: Context, of: usize) -> TokenStream {
    if context.network.variants.contains_key(&of) {
        return context.methods(of, &forward_functions(context, of, false));
    }
    let root = of == context.network.root.of;
    let structure = structure(context, of, root);
    let (constructor, forward) = (constructor(context, of), forward_functions(context, of, root));
    let entrance = root.then(|| super::entrance::methods(context));
    let methods = context.methods(of, &quote!(#constructor #forward #entrance));
    quote!(#structure #methods)
}

fn structure(context: Context, of: usize, root: bool) -> TokenStream {
    let (allow, visibility) = (allow(), &context.network.visibility);
    let (name, parameters) = (context.names.ident(of), context.names.parameters(of));
    let fields = context.network.structs[of].fields.iter().map(|field| declaration(context, visibility, field));
    let (attributes, docs) = if root {
        let attributes = &context.network.attributes;
        (quote!(#(#attributes)*), super::documentation::documentation(context))
    } else {
        (context.cfgs(), part_documentation(context, of))
    };
    quote! {
        #attributes
        #docs
        #allow
        #[derive(Debug)]
        #visibility struct #name #parameters {
            #(#fields,)*
        }
    }
}

/// The documentation of a struct of a network.
fn part_documentation(context: Context, of: usize) -> TokenStream {
    let text = format!(" `{}` in [`{}`].", context.network.structs[of].stem, context.network.name);
    quote!(#[doc = #text])
}

pub fn declaration(context: Context, visibility: &syn::Visibility, field: &Field) -> TokenStream {
    let name = &field.name;
    let ty = match &field.content {
        Content::Layer { params, .. } => {
            let params = format_ident!("{}", params);
            quote!(::nn_dsl::params::#params)
        }
        Content::Tensor(_) => quote!(::nn_dsl::Tensor),
        Content::Struct(hole) => context.names.ty(hole.of),
        Content::Array { turns, .. } => {
            let (ty, count) = (context.names.ty(turns[0].of), proc_macro2::Literal::usize_unsuffixed(turns.len()));
            quote!([#ty; #count])
        }
        Content::Network(path) | Content::Module { path, .. } => path.0.clone(),
        Content::Number(_) => quote!(f64),
        Content::Packed(_) => unreachable!("only an optimised form has it"),
    };
    let docs = format!(" `{}`", field.listing.trim_matches('`'));
    quote!(#[doc = #docs] #visibility #name: #ty)
}

fn constructor(context: Context, of: usize) -> TokenStream {
    let made = &context.network.structs[of];
    let arguments = context.holes.arguments(of);
    let mut holes = context.holes.holes(of);
    let fields: Vec<TokenStream> = made
        .fields
        .iter()
        .map(|field| {
            let (own, rest) = holes.split_at(field.content.holes());
            holes = rest;
            initialiser(context, field, own)
        })
        .collect();
    let root = of == context.network.root.of;
    let (docs, visibility) = if root {
        let docs = quote! {
            /// Makes the network, with its parameters under `path`.
            ///
            /// # Panics
            /// If there is a parameter of the same name already, as of another network on this path.
        };
        (docs, quote!(pub))
    } else {
        (quote!(), quote!())
    };
    let unused = if fields.iter().any(mentions_path) { quote!() } else { quote!(let _ = path;) };
    let deferred = if root { super::checks::generic_checks(context) } else { quote!() };
    quote! {
        #docs
        #[track_caller]
        #visibility fn new(path: &::nn_dsl::nn::Path, #(#arguments: i64),*) -> Self {
            #deferred
            #unused
            Self { #(#fields,)* }
        }
    }
}

fn mentions_path(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => ident == "path",
        proc_macro2::TokenTree::Group(group) => mentions_path(&group.stream()),
        _ => false,
    })
}

fn initialiser(context: Context, field: &Field, holes: &[Hole]) -> TokenStream {
    let name = &field.name;
    let path = path(&field.key);
    match &field.content {
        Content::Layer { params, tensors } => {
            let params = format_ident!("{}", params);
            let tensors = layer_tensors(context, tensors, holes);
            quote!(#name: ::nn_dsl::params::#params::new(#path, #tensors))
        }
        Content::Tensor(tensor) => {
            let made = tensor_call(context, tensor, holes);
            quote!(#name: #made)
        }
        Content::Struct(hole) => {
            let made = instance(context, hole.of, &path, holes);
            quote!(#name: #made)
        }
        Content::Array { .. } => array(context, field, holes),
        Content::Network(network) => quote!(#name: <#network>::new(#path)),
        Content::Module { path: module, arguments } => quote!(#name: <#module>::new(#path, #arguments)),
        Content::Number(value) => {
            let value = constant(context, value);
            quote!(#name: #value)
        }
        Content::Packed(_) => unreachable!("it is made of a network"),
    }
}

/// `&(path / "self" / "query")`
fn path(key: &[String]) -> TokenStream {
    if key.is_empty() { quote!(path) } else { quote!(&(path #(/ #key)*)) }
}

/// A call of a struct's `new` with the sizes that it takes.
fn instance(context: Context, of: usize, path: &TokenStream, holes: &[Hole]) -> TokenStream {
    let ty = context.names.turbofish(of);
    let handed = context.holes.handed(of, holes).into_iter().map(|hole| context.hole(hole));
    quote!(#ty::new(#path #(, #handed)*))
}

/// The turns of a loop. Equal ones are made by one expression.
fn array(context: Context, field: &Field, holes: &[Hole]) -> TokenStream {
    let Content::Array { turns, prefix, first } = &field.content else { unreachable!("only arrays come here") };
    let name = &field.name;
    let (key, of) = (&field.key, turns[0].of);
    let mut rest = holes;
    let mut made = Vec::new();
    for (turn, number) in turns.iter().zip(*first..) {
        let (own, after) = rest.split_at(turn.count);
        rest = after;
        let handed: Vec<String> =
            context.holes.handed(of, own).into_iter().map(|hole| context.hole(hole).to_string()).collect();
        let level = format!("{prefix}{number}");
        made.push((handed, instance(context, of, &quote!(&(path #(/ #key)* / #level)), own)));
    }
    if made.iter().all(|(handed, _)| *handed == made[0].0) {
        let index = match (prefix.as_str(), *first) {
            ("", 0) => quote!(turn),
            ("", first) => {
                let first = proc_macro2::Literal::usize_unsuffixed(first);
                quote!((#first + turn))
            }
            (prefix, first) => {
                let format = format!("{prefix}{{}}");
                let first = proc_macro2::Literal::usize_unsuffixed(first);
                quote!(::std::format!(#format, #first + turn))
            }
        };
        let one = instance(context, of, &quote!(&(path #(/ #key)* / #index)), &holes[..turns[0].count]);
        return quote!(#name: ::core::array::from_fn(|turn| #one));
    }
    let made = made.iter().map(|(_, made)| made);
    quote!(#name: [#(#made),*])
}

/// `(&[6, 1, 5, 5], Init::fan_in(25)), (&[6], Init::fan_in(25))`
fn layer_tensors(context: Context, tensors: &[Tensor], holes: &[Hole]) -> TokenStream {
    let mut rest = holes;
    let starts = tensors.iter().map(|tensor| {
        let (own, after) = rest.split_at(tensor.holes());
        rest = after;
        let (shape, init) = (shape(context, tensor, own), init(context, tensor, own));
        quote!((#shape, #init))
    });
    let starts: Vec<TokenStream> = starts.collect();
    quote!(#(#starts),*)
}

/// A `param` or `buffer`, or a nameless tensor that is neither saved nor trained.
fn tensor_call(context: Context, tensor: &Tensor, holes: &[Hole]) -> TokenStream {
    let name = &tensor.name;
    let (function, place) = match tensor.role {
        Role::Parameter => (format_ident!("parameter"), quote!(path, #name)),
        Role::Buffer => (format_ident!("buffer"), quote!(path, #name)),
        Role::Scratch => (format_ident!("scratch"), quote!(path)),
    };
    let (shape, init) = (shape(context, tensor, holes), init(context, tensor, holes));
    match size::kind(tensor.dtype) {
        None => quote!(::nn_dsl::init::#function(#place, #shape, #init)),
        Some(kind) => {
            let function = format_ident!("{function}_of");
            quote!(::nn_dsl::init::#function(#kind, #place, #shape, #init))
        }
    }
}

fn shape(context: Context, tensor: &Tensor, holes: &[Hole]) -> TokenStream {
    let sizes = holes[..tensor.rank].iter().map(|hole| context.hole(hole));
    quote!(&[#(#sizes),*])
}

fn init(context: Context, tensor: &Tensor, holes: &[Hole]) -> TokenStream {
    let init = match &tensor.init {
        Init::FanIn => {
            let fan = context.hole(&holes[tensor.rank]);
            quote!(fan_in(#fan))
        }
        Init::Uniform(low, high) => {
            let (low, high) = (constant(context, low), constant(context, high));
            quote!(Uniform { lo: #low, hi: #high })
        }
        Init::Normal(mean, deviation) => {
            let (mean, deviation) = (constant(context, mean), constant(context, deviation));
            quote!(Normal { mean: #mean, std: #deviation })
        }
        Init::Constant(value) => {
            let value = constant(context, value);
            quote!(Constant(#value))
        }
        Init::Named(name) => format_ident!("{}", name).into_token_stream(),
        Init::Function(function) => quote!(Function(#function)),
    };
    quote!(::nn_dsl::Init::#init)
}

/// A number that uses no variable.
fn constant(context: Context, code: &Code) -> TokenStream {
    context.code(code, &|_| unreachable!("a constant holds no variable"))
}

/// The forward function and the one that `trace` calls, which is compiled only into programs that trace.
fn forward_functions(context: Context, of: usize, root: bool) -> TokenStream {
    let traced = Context { mode: Mode::Traced, ..context };
    let functions = [context, traced].map(|context| forward_function(context, of, root));
    quote!(#(#functions)*)
}

/// A struct's forward function. A struct that is just a layer's parameters has none.
pub fn forward_function(context: Context, of: usize, root: bool) -> TokenStream {
    if context.network.structs[of].function.results.is_empty() {
        return TokenStream::new();
    }
    let Forward { parameters, body, output, uses_train } = forward(context, of);
    let train = if uses_train { quote!(train: bool) } else { quote!(_train: bool) };
    let last = match context.mode {
        Mode::Plain => train,
        Mode::Optimized => quote!(),
        Mode::Traced => quote!(#train, trace: &mut ::nn_dsl::trace::Recorder),
    };
    let float = context.floats[of].parameter();
    let (name, before) = match (root, context.mode) {
        (true, Mode::Traced) => (format_ident!("traced"), quote!(#[inline])),
        (true, _) => (format_ident!("run"), quote!()),
        (false, Mode::Traced) => (context.forward_name(of), quote!(#[inline] #[doc(hidden)] pub)),
        (false, _) => {
            let docs = documentation(context, of);
            (context.forward_name(of), quote!(#[doc = #docs] pub))
        }
    };
    quote! {
        #before fn #name(&self, #(#parameters,)* #float #last) -> #output {
            #body
        }
    }
}

/// The documentation of a forward function.
fn documentation(context: Context, of: usize) -> &'static str {
    match (context.network.type_of(of) == of, context.mode) {
        (true, Mode::Optimized) => " Applies it.",
        (true, _) => " Applies it; `train` as everywhere in tch.",
        (false, Mode::Optimized) => " Applies it to another shape than `forward` does.",
        (false, _) => " Applies it to another shape than `forward_t` does.",
    }
}
