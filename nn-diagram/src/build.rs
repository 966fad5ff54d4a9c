//! Builds the graph of a network from its stages.

use super::graph::{Edge, Graph, Node, Row};
use super::{Body, Network, Source, Stage};

/// The graph of a whole network.
pub fn graph(network: &Network) -> Graph {
    let all: Vec<usize> = (0..network.inputs.len()).collect();
    of_body(&network.body, &all, (network.inputs.clone(), network.outputs.clone()))
}

/// `taken`: the inputs of the body that something uses, which alone are drawn.
fn of_body(body: &Body, taken: &[usize], (inputs, outputs): (Vec<String>, Vec<String>)) -> Graph {
    let mut graph = Graph { nodes: inputs.into_iter().map(Node::Port).collect(), edges: Vec::new() };
    // The node of each stage, except for the declaration of a `shared`.
    let mut places: Vec<Option<usize>> = Vec::new();
    let place_of = |source: Source, places: &[Option<usize>]| match source {
        Source::Stage(stage) => places.get(stage).copied().flatten(),
        Source::Input(input) => taken.iter().position(|taken| *taken == input),
        Source::Parameter => None,
    };
    for stage in &body.stages {
        if stage.declared {
            places.push(None);
            continue;
        }
        let from: Vec<_> = taken_by(stage).iter().map(|input| place_of(stage.from[*input], &places)).collect();
        graph.connect(&from, !stage.is_layer());
        places.push(Some(graph.nodes.len()));
        graph.nodes.push(node(stage));
    }
    for (output, source) in outputs.into_iter().zip(&body.results) {
        graph.connect(&[place_of(*source, &places)], false);
        graph.nodes.push(Node::Port(output));
    }
    graph.stacked()
}

impl Graph {
    /// Adds edges to the node that is added next.
    fn connect(&mut self, from: &[Option<usize>], is_group: bool) {
        let to = self.nodes.len();
        for (input, from) in from.iter().enumerate() {
            let edge = from.map(|from| Edge { from, to, input: if is_group { input } else { 0 } });
            self.edges.extend(edge.filter(|edge| !self.edges.contains(edge)));
        }
    }
}

/// The inputs of a stage that it uses.
fn taken_by(stage: &Stage) -> Vec<usize> {
    (0..stage.from.len()).filter(|input| stage.uses(*input)).collect()
}

impl Stage {
    fn is_layer(&self) -> bool {
        self.body.stages.is_empty()
    }

    /// Whether anything in the body uses this input, as not every body does.
    fn uses(&self, input: usize) -> bool {
        let is_it = |source: &Source| *source == Source::Input(input);
        let inside =
            |child: &Stage| child.from.iter().enumerate().any(|(fed, source)| is_it(source) && child.uses(fed));
        self.is_layer() || self.body.stages.iter().any(inside) || self.body.results.iter().any(is_it)
    }
}

fn node(stage: &Stage) -> Node {
    if stage.is_layer() {
        return layer(stage);
    }
    let taken = taken_by(stage);
    let nameless = |count: usize| vec![String::new(); count];
    let graph = of_body(&stage.body, &taken, (nameless(taken.len()), nameless(stage.body.results.len())));
    let is_group = stage.listing.ends_with("{ .. }");
    let title = match &*stage.name {
        name if is_group => name.to_string(),
        // A bare number says nothing.
        name if name.chars().all(|character| !character.is_alphabetic()) => stage.listing.clone(),
        name => format!("{name}: {}", stage.listing),
    };
    merged(Node::Group { title, turns: stage.turns, graph })
}

/// Merges a group that only contains a group with that.
fn merged(node: Node) -> Node {
    let Node::Group { title, turns, mut graph } = node else { return node };
    let is_port = |node: &Node| matches!(node, Node::Port(_));
    let groups = graph.nodes.iter().filter(|node| !is_port(node)).count();
    let straight =
        graph.edges.iter().enumerate().all(|(input, edge)| edge.input == input || edge.to == graph.nodes.len() - 1);
    let only = graph.nodes.iter().position(|node| matches!(node, Node::Group { .. }));
    match only {
        Some(only) if groups == 1 && straight && turns == 1 => {
            let Node::Group { title: inside, turns, graph } = graph.nodes.swap_remove(only) else { unreachable!() };
            let titles: Vec<String> = [title, inside].into_iter().filter(|title| !title.is_empty()).collect();
            Node::Group { title: titles.join(" · "), turns, graph }
        }
        _ => Node::Group { title, turns, graph },
    }
}

fn layer(stage: &Stage) -> Node {
    let symbol = match &*stage.kind {
        "+" | "add" => "+",
        "-" | "sub" => "−",
        "*" | "mul" => "×",
        "/" | "div" => "÷",
        _ => "",
    };
    match symbol {
        "" => Node::Layers(vec![Row { text: stage.listing.clone(), shape: stage.shape.clone(), work: stage.work }]),
        symbol => Node::Operator(symbol.to_string()),
    }
}
