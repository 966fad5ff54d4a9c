//! The graph to draw: the stages of a network, and the values that flow between them.

use super::Work;

/// A network, block or group as a graph.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

#[derive(Clone, Debug)]
pub enum Node {
    /// Where a value enters or leaves, with its name and shape if it is the network's.
    Port(String),
    /// Layers, each fed only with the result of the one before.
    Layers(Vec<Row>),
    /// An operator: `+`.
    Operator(String),
    Group {
        title: String,
        turns: usize,
        graph: Graph,
    },
}

/// A layer.
#[derive(Clone, Debug)]
pub struct Row {
    /// The call as it was written, after its name.
    pub text: String,
    /// The shapes of its outputs.
    pub shape: String,
    pub work: Work,
}

/// A value that flows from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// Which input of a group it leads to.
    pub input: usize,
}

impl Graph {
    /// Whether it is just one box of layers with one input, around which only a frame is drawn.
    pub fn is_only_layers(&self) -> bool {
        let is_port = |node: &Node| matches!(node, Node::Port(text) if text.is_empty());
        matches!(&self.nodes[..], [first, Node::Layers(_), last] if is_port(first) && is_port(last))
    }

    /// The shape to write below a node: that of its output, unless it leads only to an end, which has the shape.
    pub fn label(&self, node: usize) -> &str {
        let goes_on = |edge: &Edge| edge.from == node && !matches!(self.nodes[edge.to], Node::Port(_));
        if self.edges.iter().any(goes_on) { self.nodes[node].shape() } else { "" }
    }

    /// Joins successive layers into one node.
    pub fn stacked(self) -> Graph {
        let Graph { nodes, edges } = self;
        let only = |edges: &mut dyn Iterator<Item = &Edge>| match (edges.next(), edges.next()) {
            (Some(edge), None) => Some(*edge),
            _ => None,
        };
        let mut place: Vec<usize> = Vec::new();
        let mut stacked: Vec<Node> = Vec::new();
        for (index, node) in nodes.into_iter().enumerate() {
            let fed = only(&mut edges.iter().filter(|edge| edge.to == index));
            let before = fed.filter(|edge| only(&mut edges.iter().filter(|other| other.from == edge.from)).is_some());
            let before = before.map(|edge| place[edge.from]);
            match (node, before.and_then(|before| stacked.get_mut(before))) {
                (Node::Layers(rows), Some(Node::Layers(before_rows))) => {
                    before_rows.extend(rows);
                    place.push(before.expect("there is a node before"));
                }
                (node, _) => {
                    place.push(stacked.len());
                    stacked.push(node);
                }
            }
        }
        let edges = edges.iter().map(|edge| Edge { from: place[edge.from], to: place[edge.to], ..*edge });
        Graph { edges: edges.filter(|edge| edge.from != edge.to).collect(), nodes: stacked }
    }
}

impl Node {
    /// The shape of its output.
    pub fn shape(&self) -> &str {
        match self {
            Node::Layers(rows) => rows.last().map_or("", |row| &row.shape),
            Node::Group { graph, .. } => {
                let last = graph.edges.iter().rev().find(|edge| edge.to == graph.nodes.len() - 1);
                last.map_or("", |edge| graph.nodes[edge.from].shape())
            }
            Node::Port(_) | Node::Operator(_) => "",
        }
    }
}
