//! From the layers of a network to a graph.

use super::graph::{Body, Edge, Node, Row, Work};
use crate::facts::{Facts, Sizes};
use crate::network::{Layer, Part, Signature, Source, counted};
use crate::size::Size;
use crate::summary::inner;

/// The graph of a whole network.
pub fn body(network: &Facts, sizes: &Sizes) -> Body {
    let ports = |signatures: &[Signature]| {
        let text = |one: &Signature| format!("{} {}", one.name, one.ty.at(sizes)).trim().to_string();
        signatures.iter().map(text).collect::<Vec<_>>()
    };
    let all: Vec<usize> = (0..network.inputs.len()).collect();
    graph(network.layers, network.results, &all, (ports(network.inputs), ports(network.outputs)), sizes)
}

/// Whether anything in a stage uses what comes to it as this input: what reaches a body need not be looked at.
fn uses(layer: &Layer, input: usize) -> bool {
    let is_it = |place: usize, source: &Source| match source {
        Source::Input(other) => *other == input,
        Source::Previous => place == 0 && input == 0,
        _ => false,
    };
    let inside = |(place, child): (usize, &Layer)| {
        child.from.iter().enumerate().any(|(fed, source)| is_it(place, source) && uses(child, fed))
    };
    layer.children.is_empty()
        || layer.children.iter().enumerate().any(inside)
        || layer.results.iter().any(|source| is_it(layer.children.len(), source))
}

/// `taken`: the inputs of the body that are drawn.
fn graph(
    layers: &[Layer],
    results: &[Source],
    taken: &[usize],
    (inputs, outputs): (Vec<String>, Vec<String>),
    sizes: &Sizes,
) -> Body {
    let mut nodes: Vec<Node> = inputs.into_iter().map(Node::Port).collect();
    let mut edges: Vec<Edge> = Vec::new();
    // Where the stages stand; the declaration of a `shared` stands nowhere.
    let mut places: Vec<Option<usize>> = Vec::new();
    let connect = |edges: &mut Vec<Edge>, places: &[Option<usize>], sources: &[&Source], to: usize, is_group: bool| {
        for (input, source) in sources.iter().enumerate() {
            let port = |input: usize| taken.iter().position(|taken| *taken == input);
            let from = match source {
                Source::Previous if places.is_empty() => port(0),
                Source::Previous => places[places.len() - 1],
                Source::Layer(place) => places.get(*place).copied().flatten(),
                Source::Input(input) => port(*input),
                Source::Parameter => None,
            };
            let edge = from.map(|from| Edge { from, to, input: if is_group { input } else { 0 } });
            edges.extend(edge.filter(|edge| !edges.contains(edge)));
        }
    };
    for layer in layers {
        if layer.part == Part::Declared {
            places.push(None);
            continue;
        }
        let from: Vec<&Source> = taken_by(layer).into_iter().map(|input| &layer.from[input]).collect();
        connect(&mut edges, &places, &from, nodes.len(), !layer.children.is_empty());
        places.push(Some(nodes.len()));
        nodes.push(node(layer, sizes));
    }
    let outputs = outputs.into_iter().zip(results);
    for (output, source) in outputs {
        let to = nodes.len();
        connect(&mut edges, &places, &[source], to, false);
        nodes.push(Node::Port(output));
    }
    Body { nodes, edges }.stacked()
}

/// The inputs of a stage that it uses.
fn taken_by(layer: &Layer) -> Vec<usize> {
    (0..layer.from.len()).filter(|input| uses(layer, *input)).collect()
}

fn node(layer: &Layer, sizes: &Sizes) -> Node {
    if layer.children.is_empty() {
        return leaf(layer, sizes);
    }
    let taken = taken_by(layer);
    let inputs = taken.iter().map(|_| String::new()).collect();
    let outputs = layer.results.iter().map(|_| String::new()).collect();
    let body = graph(layer.children, layer.results, &taken, (inputs, outputs), &inner(layer, sizes));
    let title = match (layer.name, layer.listing) {
        ("", listing) if listing.ends_with("{ .. }") => String::new(),
        ("", listing) => listing.to_string(),
        (name, listing) if listing.ends_with("{ .. }") => named(layer, name),
        (name, listing) if name.chars().all(|character| character.is_ascii_digit()) => listing.to_string(),
        (name, listing) => format!("{}: {listing}", named(layer, name)),
    };
    merged(Node::Group { title, turns: layer.turns, body })
}

/// The name of a stage, or the first and last of its turns.
fn named(layer: &Layer, name: &str) -> String {
    match layer.turns {
        1 => name.to_string(),
        turns => format!("{name} .. {}", counted(name, turns - 1)),
    }
}

/// A group around nothing but a group is one with it.
fn merged(node: Node) -> Node {
    let Node::Group { title, turns, mut body } = node else { return node };
    let is_port = |node: &Node| matches!(node, Node::Port(_));
    let groups = body.nodes.iter().filter(|node| !is_port(node)).count();
    let straight =
        body.edges.iter().enumerate().all(|(input, edge)| edge.input == input || edge.to == body.nodes.len() - 1);
    let only = body.nodes.iter().position(|node| matches!(node, Node::Group { .. }));
    match only {
        Some(only) if groups == 1 && straight && turns == 1 => {
            let Node::Group { title: inside, turns, body } = body.nodes.swap_remove(only) else { unreachable!() };
            let titles: Vec<String> = [title, inside].into_iter().filter(|title| !title.is_empty()).collect();
            Node::Group { title: titles.join(" · "), turns, body }
        }
        _ => Node::Group { title, turns, body },
    }
}

fn leaf(layer: &Layer, sizes: &Sizes) -> Node {
    let symbol = match layer.kind {
        "+" | "add" => "+",
        "-" | "sub" => "−",
        "*" | "mul" => "×",
        "/" | "div" => "÷",
        _ => "",
    };
    if !symbol.is_empty() {
        return Node::Operator(symbol.to_string());
    }
    let work = match (layer.macs, layer.tensors) {
        (Size::Known(0), []) if layer.network.is_none() => Work::Plain,
        (Size::Known(0), _) => Work::Owns,
        _ => Work::Multiplies,
    };
    let shape = layer.outputs.iter().map(|ty| ty.at(sizes)).collect::<Vec<_>>().join(", ");
    Node::Layers(vec![Row { text: layer.listing.to_string(), shape, work }])
}
