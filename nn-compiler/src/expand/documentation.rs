//! The documentation of a network's struct: its signature, listing, drawing, and a table of its layers.

use super::Context;
use super::drawing::drawn;
use crate::shaped::{Network, Outline, Part, Role, Source};
use proc_macro2::TokenStream;
use quote::quote;

/// The documentation of the network's struct. The drawing is made only under rustdoc.
pub fn documentation(context: Context) -> TokenStream {
    let Context { network, listing, .. } = context;
    let name = &network.name;
    let mut lines = vec![String::new(), format!(" `{}`", signature(network)), String::new()];
    if let Some(listing) = &network.listing {
        lines.push(" ```text".to_string());
        lines.extend(dedented(listing).map(|line| format!(" {line}")));
        lines.extend([" ```".to_string(), String::new()]);
    }
    let mut table =
        ["", " | saved under | layer | output | parameters |", " |---|---|---|---:|"].map(str::to_string).to_vec();
    rows((&network.outline, &network.results), "", &mut table);
    quote! {
        #(#[doc = #lines])*
        #[cfg_attr(all(doc, not(doctest)), doc = ::nn_dsl::drawing!(#name #listing))]
        #(#[doc = #table])*
    }
}

/// The drawing of a network as Markdown, indented like the lines around it.
pub fn drawing(network: &Network) -> String {
    format!(" {}", drawn(network).to_html().replace('\n', "\n "))
}

/// The lines of a text that begins with a brace, without the common indentation of the lines after the first.
fn dedented(text: &str) -> impl Iterator<Item = &str> {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let least = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(indentation).min().unwrap_or(0);
    text.lines().enumerate().map(move |(index, line)| if index == 0 { line } else { line.get(least..).unwrap_or("") })
}

/// `LeNet(image: [N, 1, 28, 28]) -> [N, 10]`
pub fn signature(network: &Network) -> String {
    let inputs: Vec<String> = network.inputs.iter().map(|input| format!("{}: {}", input.name, input.ty)).collect();
    let outputs: Vec<String> = network
        .outputs
        .iter()
        .map(|output| output.name.as_ref().map_or(output.ty.to_string(), |name| format!("{name}: {}", output.ty)))
        .collect();
    let outputs = if let [one] = &outputs[..] { one.clone() } else { format!("({})", outputs.join(", ")) };
    format!("{}({}) -> {outputs}", network.name, inputs.join(", "))
}

/// Adds a row for each layer. The rows of a block's or group's parts follow its own.
fn rows((outlines, results): (&[Outline], &[Source]), prefix: &str, lines: &mut Vec<String>) {
    for (outline, count) in Outline::runs(outlines, results) {
        let key = [prefix, &outline.key.join(".")]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(".");
        let outputs: Vec<String> = outline.outputs.iter().map(|ty| format!("`{ty}`")).collect();
        let shown = match (outline.key.is_empty(), count) {
            (true, _) => String::new(),
            (false, 1) => format!("`{key}`"),
            (false, count) => format!("`{key}` and {} more", count - 1),
        };
        lines.push(format!(" | {shown} | {} | {} | {} |", outline.kind, outputs.join(", "), outline.count()));
        if outline.part != Part::Used {
            rows((&outline.children, &outline.results), &key, lines);
        }
    }
}

impl Outline {
    /// The number of trained parameters as text, empty if there are none.
    fn count(&self) -> String {
        let is_trained = self.tensors.iter().any(|(tensor, _)| tensor.role == Role::Parameter);
        self.parameters().ok().filter(|_| is_trained).map_or(String::new(), |count| count.to_string())
    }
}
