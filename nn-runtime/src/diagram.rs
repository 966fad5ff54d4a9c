//! A network as a drawing: what flows where, block by block.

mod build;
mod graph;
mod layout;
mod svg;
mod text;

use crate::cost::CostError;
use crate::facts::{Facts, Sizes};
use crate::size::Bindings;
use crate::{Error, file};
use std::path::Path;

/// A drawing of a network. It is made of the type: no weights are needed.
///
/// Layers that follow one another share a box; blocks and groups are frames, and turns that are alike are drawn once. Blue
/// multiplies matrices, green has other parameters. Beside an arrow stands the shape that flows there.
///
/// ```
/// # use nn_runtime as nn_dsl;
/// use nn_dsl::Network;
///
/// fn draw<N: Network>() -> Result<(), Box<dyn std::error::Error>> {
///     N::diagram().at(&[("H", 224), ("W", 224)])?.save("network.svg")?;
///     println!("{}", N::diagram().mermaid());
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

    /// The same, where the symbols have these values.
    ///
    /// # Errors
    /// If a size is unknown, or not one that the network takes.
    pub fn at(&self, sizes: &Bindings) -> Result<Self, CostError> {
        Ok(Diagram { sizes: self.network.checked(sizes)?, ..self.clone() })
    }

    /// As the text of an SVG file.
    pub fn svg(&self) -> String {
        svg::draw(self.network.name, &build::body(&self.network, &self.sizes))
    }

    /// In the language of Graphviz.
    pub fn dot(&self) -> String {
        text::dot(self.network.name, &build::body(&self.network, &self.sizes))
    }

    /// In the language of Mermaid, which Markdown on GitHub shows.
    pub fn mermaid(&self) -> String {
        text::mermaid(&build::body(&self.network, &self.sizes))
    }

    /// Writes the file `path`, whose name says in which format: `.svg`, `.dot` for Graphviz, `.mmd` for Mermaid.
    ///
    /// # Errors
    /// If it says another format, or the file cannot be written. It then holds what it held before.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let text = match file::extension(path).as_str() {
            "svg" => self.svg(),
            "dot" => self.dot(),
            "mmd" => self.mermaid(),
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
}
