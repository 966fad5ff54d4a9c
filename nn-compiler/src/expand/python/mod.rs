//! The network as Python code for PyTorch: a class for each struct, with its parameters under the same names.
//!
//! The text is written here, except for what only rustc knows: Rust constants, and the text of other networks.

mod fields;
mod forward;
mod operand;
mod path;

use super::Context;
use crate::size::Size;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// Encloses, in the text, the number of a piece that rustc fills in.
const MARK: char = '\0';

/// The text as data: a `python::Source` of the run time.
pub fn source(context: Context) -> TokenStream {
    let mut writer =
        Writer { context, filled: Vec::new(), arguments: Vec::new(), functions: Vec::new(), stubs: BTreeMap::new() };
    let classes: Vec<String> = (0..context.network.structs.len()).filter_map(|of| writer.class(of)).collect();
    let functions = writer.functions.iter().map(|function| function.to_string());
    let parts: Vec<String> = writer.stubs.values().cloned().chain(functions).chain(classes).collect();
    let text = parts.iter().map(|part| part.trim_end()).collect::<Vec<_>>().join("\n\n\n");
    let pieces = text.split(MARK).enumerate().map(|(index, piece)| match index % 2 {
        0 => quote!(Text(#piece)),
        _ => writer.filled[piece.parse::<usize>().expect("marks stand around numbers")].clone(),
    });
    let name = context.network.name.to_string();
    quote!(::nn_dsl::python::Source { name: #name, pieces: { use ::nn_dsl::python::Piece::*; &[#(#pieces),*] } })
}

/// Writes the classes of one network.
struct Writer<'a> {
    context: Context<'a>,
    /// The pieces that rustc fills in.
    filled: Vec<TokenStream>,
    /// For each class, the arguments of its constructor.
    arguments: Vec<Vec<Ident>>,
    /// Helper functions that layers call.
    functions: Vec<&'static str>,
    /// Placeholders for the user's own Rust functions and modules, by name.
    stubs: BTreeMap<String, String>,
}

impl Writer<'_> {
    /// The class of a struct, except for one that is just a layer's parameters.
    fn class(&mut self, of: usize) -> Option<String> {
        let made = &self.context.network.structs[of];
        let first = self.context.network.type_of(of);
        if made.function.results.is_empty() || first != of {
            self.arguments.push(self.arguments.get(first).cloned().unwrap_or_default());
            return None;
        }
        let fields = self.fields(of);
        let arguments = self.context.holes.arguments(of).into_iter().filter(|name| fields.uses(name));
        let arguments: Vec<Ident> = arguments.cloned().collect();
        let signature = ["self".to_string()].into_iter().chain(arguments.iter().map(Ident::to_string));
        let signature = signature.collect::<Vec<_>>().join(", ");
        self.arguments.push(arguments);
        let (name, doc) = (self.class_name(of), self.doc(of));
        let variants = self.context.network.variants.iter().filter(|(_, first)| **first == of);
        let variants: Vec<usize> = [of].into_iter().chain(variants.map(|(variant, _)| *variant)).collect();
        let forwards: Vec<Vec<String>> = variants.into_iter().map(|of| self.forward(of)).collect();
        let forward = forwards.join(&String::new());
        let parent = &fields.parent;
        let mut lines = vec![format!("class {name}({}):", parent.name)];
        lines.extend(doc.into_iter().map(|line| indented(1, &line)));
        if !(fields.lines.is_empty() && parent.arguments.is_empty()) {
            lines.push(format!("    def __init__({signature}):"));
            lines.push(format!("        super().__init__({})", parent.arguments));
            lines.extend(fields.lines.iter().map(|line| indented(2, line)));
            lines.push(String::new());
        }
        lines.extend(forward.iter().map(|line| indented(1, line)));
        Some(lines.join("\n"))
    }

    /// The name of a struct's class: that of the network, followed by what the struct is named after.
    fn class_name(&mut self, of: usize) -> String {
        let (name, network) = (self.context.names.ident(of).to_string(), self.context.network.name.to_string());
        let own = self.fill(quote!(Name));
        format!("{own}{}", name.strip_prefix(&network).unwrap_or(&name))
    }

    /// The docstring: the user's documentation of the network, and its signature.
    fn doc(&mut self, of: usize) -> Vec<String> {
        let network = self.context.network;
        if of != network.root.of {
            return Vec::new();
        }
        let written = network.attributes.iter().filter_map(doc_text).map(|text| text.trim().to_string());
        let signature = super::documentation::signature(network);
        let mut lines: Vec<String> = written.collect();
        lines.extend((!lines.is_empty()).then(String::new));
        lines.push(signature);
        for line in &mut lines {
            *line = line.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
        }
        lines[0].insert_str(0, "\"\"\"");
        if lines.len() == 1 {
            lines[0].push_str("\"\"\"")
        } else {
            lines.push("\"\"\"".to_string())
        }
        lines.push(String::new());
        lines
    }

    /// Reserves a place in the text for a piece that rustc fills in.
    fn fill(&mut self, piece: TokenStream) -> String {
        let text = piece.to_string();
        let index = self.filled.iter().position(|known| known.to_string() == text).unwrap_or_else(|| {
            self.filled.push(piece);
            self.filled.len() - 1
        });
        format!("{MARK}{index}{MARK}")
    }

    /// A size without symbols.
    fn size(&mut self, size: &Size) -> String {
        match size.as_constant() {
            Some(value) => value.to_string(),
            None => {
                let value = self.context.constant(size);
                self.fill(quote!(Size(#value)))
            }
        }
    }

    /// Adds a helper function that a layer calls, unless it is there.
    fn define(&mut self, function: &'static str) {
        if !self.functions.contains(&function) {
            self.functions.push(function);
        }
    }

    /// The name of a placeholder for the user's own Rust. `text` writes the placeholder.
    fn stub(&mut self, path: &TokenStream, text: impl Fn(&str, &str) -> String) -> String {
        let path = crate::tree::rust_text(path);
        let last = path.split('<').next().and_then(|path| path.rsplit("::").next()).unwrap_or(&path).to_string();
        self.stubs.entry(last.clone()).or_insert_with(|| text(&last, &path));
        last
    }
}

/// A line, indented unless it is empty.
fn indented(depth: usize, line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("{}{line}", "    ".repeat(depth)) }
}

/// The text of a doc comment.
fn doc_text(attribute: &syn::Attribute) -> Option<String> {
    match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
