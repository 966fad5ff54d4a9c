//! Networks as Python modules for PyTorch.

/// The text of a network's classes, in pieces, some of which only rustc knows.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The network's name, with which the names of its classes begin.
    pub name: &'static str,
    /// The text.
    pub pieces: &'static [Piece],
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// Text as it is.
    Text(&'static str),
    /// The value of a Rust constant or const generic.
    Size(i64),
    /// The same for a float.
    Float(f64),
    /// The network's name.
    Name,
    /// The name of another network's class.
    Network(&'static Source),
}

impl Source {
    /// The whole module: imports, networks inside, the network.
    pub(crate) fn module(&self) -> String {
        let mut classes: Vec<(String, String)> = Vec::new();
        self.write(&mut classes);
        let texts: Vec<&str> = classes.iter().map(|(_, text)| text.as_str()).collect();
        let text = texts.join("\n\n\n");
        let einops = if text.contains("einops.") { "import einops\n" } else { "" };
        let functions = if text.contains("F.") { "import torch.nn.functional as F\n" } else { "" };
        format!("{einops}import torch\n{functions}from torch import nn\n\n\n{text}\n")
    }

    /// Adds the classes, unless they are there already, and returns the name of the network's class. Two networks with the same
    /// name, `ResNet<10>` and `ResNet<100>`, get two names.
    fn write(&self, classes: &mut Vec<(String, String)>) -> String {
        let mut number = 1;
        let mut name = self.name.to_string();
        loop {
            let text = self.text(&name, classes);
            match classes.iter().find(|(known, _)| *known == name) {
                None => {
                    classes.push((name.clone(), text));
                    return name;
                }
                Some((_, known)) if *known == text => return name,
                Some(_) => {
                    number += 1;
                    name = format!("{}{number}", self.name);
                }
            }
        }
    }

    fn text(&self, name: &str, classes: &mut Vec<(String, String)>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => (*text).to_string(),
            Piece::Size(size) => size.to_string(),
            Piece::Float(value) => format!("{value:?}"),
            Piece::Name => name.to_string(),
            Piece::Network(other) => other.write(classes),
        };
        self.pieces.iter().map(piece).collect()
    }
}
