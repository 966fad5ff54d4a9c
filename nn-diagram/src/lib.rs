//! Drawings of networks, as SVG and for Graphviz and Mermaid. It depends neither on the compiler nor on libtorch: the macro
//! draws the documentation with it, and the run time `Network::diagram`.
//!
//! ```
//! use nn_diagram::{Body, Network, Source, Stage, Work};
//!
//! let layer = |kind: &str, listing: &str, from, work| Stage {
//!     name: String::new(),
//!     kind: kind.to_string(),
//!     listing: listing.to_string(),
//!     turns: 1,
//!     shape: "[N, 10]".to_string(),
//!     from: vec![from],
//!     work,
//!     body: Body::default(),
//!     declared: false,
//! };
//! let linear = layer("linear", "linear 10", Source::Input(0), Work::Multiplies);
//! let relu = layer("relu", "relu", Source::Stage(0), Work::Plain);
//! let network = Network {
//!     name: "Net".to_string(),
//!     inputs: vec!["x [N, 4]".to_string()],
//!     outputs: vec!["[N, 10]".to_string()],
//!     body: Body { stages: vec![linear, relu], results: vec![Source::Stage(1)] },
//! };
//! assert!(network.to_svg().starts_with("<svg"));
//! assert!(network.to_mermaid().contains("linear 10<br>relu"));
//! ```

mod build;
mod graph;
mod html;
mod layout;
mod svg;
#[cfg(test)]
mod testing;
mod text;

/// A network, with what a drawing shows of it. Shapes are text.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The title.
    pub name: String,
    /// The inputs, each with its name and shape.
    pub inputs: Vec<String>,
    /// The outputs, each with its shape, and with its name if it has one.
    pub outputs: Vec<String>,
    /// Its stages.
    pub body: Body,
}

/// The stages of a network, block or group.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// The stages in the order of the listing: each is fed by earlier ones.
    pub stages: Vec<Stage>,
    /// The sources of the body's results.
    pub results: Vec<Source>,
}

/// A layer, block or group.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The name of its parameters; of several turns the first and the last: `0 .. 2`. Empty if it has none.
    pub name: String,
    /// The layer's keyword, or the block's name.
    pub kind: String,
    /// The call as it was written: `conv 64 k=3`.
    pub listing: String,
    /// How often it runs in a row.
    pub turns: usize,
    /// The shapes of its outputs.
    pub shape: String,
    /// The sources of its inputs.
    pub from: Vec<Source>,
    /// What a layer does.
    pub work: Work,
    /// The stages of a block or group; empty for a layer.
    pub body: Body,
    /// Whether it runs elsewhere: the declaration of a `shared`.
    pub declared: bool,
}

/// Where a value comes from, within one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The stage with this index.
    Stage(usize),
    /// The input of the body with this index.
    Input(usize),
    /// A parameter, which is not drawn.
    Parameter,
}

/// What a layer does, which decides its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// It multiplies and adds: convolution, linear layers, attention.
    Multiplies,
    /// It has parameters, but multiplies no matrices: normalisation, embedding.
    Owns,
    /// It does neither.
    #[default]
    Plain,
}

impl Network {
    /// Returns the text of an SVG file.
    pub fn to_svg(&self) -> String {
        let (document, _) = svg::document(&self.name, &build::graph(self));
        format!("{document}\n")
    }

    /// Returns a part of an HTML page of documentation. A drawing that is too large is shown smaller, and in full after a click.
    /// No line is empty, so that it can be in Markdown.
    pub fn to_html(&self) -> String {
        html::html(&self.name, &build::graph(self))
    }

    /// Returns the network in the language of Graphviz.
    pub fn to_dot(&self) -> String {
        text::dot(&self.name, &build::graph(self))
    }

    /// Returns the network in the language of Mermaid, which GitHub renders in Markdown.
    pub fn to_mermaid(&self) -> String {
        text::mermaid(&build::graph(self))
    }
}
