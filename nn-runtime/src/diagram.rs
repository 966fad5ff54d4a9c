//! Drawings of networks.

use crate::cost::CostError;
use crate::facts::{Facts, Sizes};
use crate::network::{LayerInfo, Part, Signature, Source, turns_name};
use crate::size::{Bindings, Size};
use crate::summary::inner;
use crate::{Error, file};
use nn_diagram::{Body, Stage, Work};
use std::path::Path;

/// A drawing of a network. It needs only the type, no weights.
///
/// Consecutive layers share a box, blocks and groups are frames, and identical turns are drawn once. Blue layers
/// multiply matrices, green ones have other parameters. Each arrow is labelled with its shape.
///
/// ```
/// # use nn_runtime as nn_dsl;
/// use nn_dsl::Network;
///
/// fn draw<N: Network>() -> Result<(), Box<dyn std::error::Error>> {
///     N::diagram().at(&[("H", 224), ("W", 224)])?.save("network.svg")?;
///     println!("{}", N::diagram().to_mermaid());
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Diagram {
    network: Facts,
    sizes: Sizes,
}

impl Diagram {
    pub(crate) fn of(network: Facts) -> Self {
        Diagram { network, sizes: Vec::new() }
    }

    /// Returns the same drawing with these values of the symbols.
    ///
    /// # Errors
    /// If a size is unknown, or not accepted by the network.
    pub fn at(&self, sizes: &Bindings) -> Result<Self, CostError> {
        Ok(Diagram { sizes: self.network.checked(sizes)?, ..self.clone() })
    }

    /// Returns the content of an SVG file.
    pub fn to_svg(&self) -> String {
        self.drawn().to_svg()
    }

    /// Returns the drawing in Graphviz's language.
    pub fn to_dot(&self) -> String {
        self.drawn().to_dot()
    }

    /// Returns the drawing in Mermaid's language, which GitHub renders in Markdown.
    pub fn to_mermaid(&self) -> String {
        self.drawn().to_mermaid()
    }

    /// Writes the file `path`, in the format of its extension: `.svg`, `.dot` for Graphviz, `.mmd` for Mermaid.
    ///
    /// # Errors
    /// If the extension is another, or the file cannot be written. An existing file then stays unchanged.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let text = match file::extension(path).as_str() {
            "svg" => self.to_svg(),
            "dot" => self.to_dot(),
            "mmd" => self.to_mermaid(),
            _ => {
                return Err(Error::misnamed(
                    path,
                    "a diagram is SVG, or Graphviz in `.dot`, or Mermaid in `.mmd`",
                    "svg",
                ));
            }
        };
        file::replace(path, text.as_bytes())
    }

    fn drawn(&self) -> nn_diagram::Network {
        let ports = |signatures: &[Signature]| {
            let text = |one: &Signature| format!("{} {}", one.name, one.ty.at(&self.sizes)).trim().to_string();
            signatures.iter().map(text).collect()
        };
        let Facts { name, inputs, outputs, layers, results, .. } = self.network;
        nn_diagram::Network {
            name: name.to_string(),
            inputs: ports(inputs),
            outputs: ports(outputs),
            body: body(layers, results, &self.sizes),
        }
    }
}

fn body(layers: &[LayerInfo], results: &[Source], sizes: &Sizes) -> Body {
    let stages = layers.iter().enumerate().map(|(place, layer)| stage(place, layer, sizes));
    Body { stages: stages.collect(), results: sources(layers.len(), results) }
}

fn stage(place: usize, layer: &LayerInfo, sizes: &Sizes) -> Stage {
    Stage {
        name: turns_name(layer.name, layer.turns),
        kind: layer.kind.to_string(),
        listing: layer.listing.to_string(),
        turns: layer.turns,
        shape: layer.outputs.iter().map(|ty| ty.at(sizes)).collect::<Vec<_>>().join(", "),
        from: sources(place, layer.from),
        work: match (layer.multiply_adds, layer.tensors) {
            (Size::Known(0), []) if layer.network.is_none() => Work::Plain,
            (Size::Known(0), _) => Work::Owns,
            _ => Work::Multiplies,
        },
        body: body(layer.children, layer.results, &inner(layer, sizes)),
        declared: layer.part == Part::Declared,
    }
}

/// The sources of the stage at `place`.
fn sources(place: usize, sources: &[Source]) -> Vec<nn_diagram::Source> {
    let source = |source: &Source| match source {
        Source::Previous if place == 0 => nn_diagram::Source::Input(0),
        Source::Previous => nn_diagram::Source::Stage(place - 1),
        Source::Layer(place) => nn_diagram::Source::Stage(*place),
        Source::Input(input) => nn_diagram::Source::Input(*input),
        Source::Parameter => nn_diagram::Source::Parameter,
    };
    sources.iter().map(source).collect()
}
