//! Networks as drawings, in SVG and for Graphviz and Mermaid. It knows neither the compiler nor libtorch: the macro draws with it
//! for the documentation, and the run time for who asks.
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

/// A network, as far as a drawing shows it. Shapes are text.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The title.
    pub name: String,
    /// The inputs, each with its name and shape.
    pub inputs: Vec<String>,
    /// The outputs, each with its shape, and with its name if it has one.
    pub outputs: Vec<String>,
    /// What it consists of.
    pub body: Body,
}

/// What a network, block or group consists of.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// In the order of the listing: each is fed by earlier ones.
    pub stages: Vec<Stage>,
    /// Where the body gets what it gives from.
    pub results: Vec<Source>,
}

/// A layer, block or group.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What its parameters are saved under; of several turns those of the first and the last: `0 .. 2`. Empty if it has none.
    pub name: String,
    /// The layer's keyword, or the block's name.
    pub kind: String,
    /// As it was written: `conv 64 k=3`.
    pub listing: String,
    /// How often it runs in a row.
    pub turns: usize,
    /// The shapes of what it gives.
    pub shape: String,
    /// Where it gets what it takes from.
    pub from: Vec<Source>,
    /// What a layer does.
    pub work: Work,
    /// What a block or group consists of; of a layer it is empty.
    pub body: Body,
    /// Whether it runs elsewhere: the declaration of a `shared`.
    pub declared: bool,
}

/// Where a value comes from, within one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The stage at this place.
    Stage(usize),
    /// This input of the body.
    Input(usize),
    /// A parameter, which is not drawn.
    Parameter,
}

/// What a layer does, by which it is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// It multiplies and adds: convolution, linear layers, attention.
    Multiplies,
    /// It has parameters, but multiplies no matrices: normalisation, embedding.
    Owns,
    /// Neither.
    #[default]
    Plain,
}

impl Network {
    /// As the text of an SVG file.
    pub fn to_svg(&self) -> String {
        let (document, _) = svg::document(&self.name, &build::graph(self));
        format!("{document}\n")
    }

    /// As a piece of a page of documentation in HTML: what is too large for it is shown smaller, and in full after a click.
    /// No line is empty, so that it may stand in Markdown.
    pub fn to_html(&self) -> String {
        html::html(&self.name, &build::graph(self))
    }

    /// In the language of Graphviz.
    pub fn to_dot(&self) -> String {
        text::dot(&self.name, &build::graph(self))
    }

    /// In the language of Mermaid, which Markdown on GitHub shows.
    pub fn to_mermaid(&self) -> String {
        text::mermaid(&build::graph(self))
    }
}
