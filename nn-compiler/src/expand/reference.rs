//! The layers as documented Rust items, and the names in a listing as uses of them, so that an editor shows the
//! documentation of `conv`.

use crate::layers::{Argument, Layer};
use crate::nearest;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// One unit struct for each name of each layer.
pub fn reference() -> TokenStream {
    let items = Layer::all().flat_map(|layer| layer.names.iter().map(move |name| item(layer, name)));
    quote!(#(#items)*)
}

fn item(layer: &Layer, name: &str) -> TokenStream {
    let name = rust_ident(name, Span::call_site());
    let lines = documentation(layer).into_iter().map(|line| format!(" {line}"));
    quote! {
        #(#[doc = #lines])*
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug)]
        pub struct #name;
    }
}

/// What a layer does and takes, as lines of Markdown.
pub fn documentation(layer: &Layer) -> Vec<String> {
    let mut lines = vec![layer.documentation.to_string()];
    if layer.names.len() > 1 {
        lines.extend([String::new(), format!("Its names are {}.", nearest::list(layer.names))]);
    }
    let arguments: Vec<&Argument> = layer.all_arguments().collect();
    if !arguments.is_empty() {
        lines.extend(["", "| argument | |", "|---|---|"].map(str::to_string));
        lines.extend(arguments.into_iter().map(row));
    }
    lines
}

fn row(argument: &Argument) -> String {
    let short = argument.short.map(|short| format!(", `{short}=`")).unwrap_or_default();
    let name = if argument.positional { format!("`{}`", argument.name) } else { format!("`{}=`", argument.name) };
    let required = if argument.required { " (required)" } else { "" };
    format!("| {name}{short} | {}{required} |", argument.documentation)
}

/// Uses of the layers' items, at the places where a listing names them.
pub fn uses(keywords: &[Ident]) -> TokenStream {
    if keywords.is_empty() {
        return TokenStream::new();
    }
    let items = keywords.iter().map(|keyword| {
        let item = rust_ident(&keyword.to_string(), keyword.span());
        quote!(layers::#item)
    });
    quote! {
        const _: () = {
            use ::nn_dsl::layers;
            let _ = (#(#items,)*);
        };
    }
}

fn rust_ident(name: &str, span: Span) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(_) => Ident::new(name, span),
        Err(_) => Ident::new_raw(name, span),
    }
}
