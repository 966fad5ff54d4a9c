//! The graph in the languages of Graphviz and Mermaid.

use super::graph::{Graph, Node};
use std::fmt::Write;

/// How the nodes, frames and arrows of a graph are written.
trait Language {
    fn node(&self, id: &str, text: &str, node: &Node) -> String;
    fn open(&self, id: &str, title: &str) -> String;
    fn close(&self) -> &'static str;
    fn arrow(&self, from: &str, to: &str, label: &str) -> String;
}

struct Dot;

struct Mermaid;

/// The graph for Graphviz.
pub fn dot(name: &str, graph: &Graph) -> String {
    let mut text = format!("digraph {name} {{\n  node [shape=box, fontname=monospace]\n  edge [fontname=monospace]\n");
    write_graph(&Dot, graph, "n", 1, &mut text);
    text + "}\n"
}

/// The graph for Mermaid.
pub fn mermaid(graph: &Graph) -> String {
    let mut text = "flowchart TD\n".to_string();
    write_graph(&Mermaid, graph, "n", 1, &mut text);
    text
}

fn write_graph(language: &dyn Language, graph: &Graph, prefix: &str, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for (index, node) in graph.nodes.iter().enumerate() {
        let id = format!("{prefix}_{index}");
        match node {
            Node::Group { title, turns, graph } => {
                let title = if *turns > 1 { format!("{title} × {turns}") } else { title.clone() };
                let _ = writeln!(text, "{indent}{}", language.open(&id, &title));
                write_graph(language, graph, &id, depth + 1, text);
                let _ = writeln!(text, "{indent}{}", language.close());
            }
            node => {
                let _ = writeln!(text, "{indent}{}", language.node(&id, &node.text(), node));
            }
        }
    }
    for edge in &graph.edges {
        let end = |node: usize, port: usize| match &graph.nodes[node] {
            Node::Group { .. } => format!("{prefix}_{node}_{port}"),
            _ => format!("{prefix}_{node}"),
        };
        let output = match &graph.nodes[edge.from] {
            Node::Group { graph, .. } => graph.nodes.len() - 1,
            _ => 0,
        };
        let arrow = language.arrow(&end(edge.from, output), &end(edge.to, edge.input), graph.nodes[edge.from].shape());
        let _ = writeln!(text, "{indent}{arrow}");
    }
}

impl Node {
    fn text(&self) -> String {
        match self {
            Node::Port(text) | Node::Operator(text) => text.clone(),
            Node::Layers(rows) => rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>().join("\n"),
            Node::Group { title, .. } => title.clone(),
        }
    }
}

impl Language for Dot {
    fn node(&self, id: &str, text: &str, node: &Node) -> String {
        let text = text.replace('"', "\\\"").replace('\n', "\\l") + if text.contains('\n') { "\\l" } else { "" };
        match node {
            Node::Port(text) if text.is_empty() => format!("{id} [shape=point]"),
            Node::Operator(_) => format!("{id} [shape=circle, label=\"{text}\"]"),
            _ => format!("{id} [label=\"{text}\"]"),
        }
    }

    fn open(&self, id: &str, title: &str) -> String {
        format!("subgraph cluster_{id} {{ label=\"{}\"", title.replace('"', "\\\""))
    }

    fn close(&self) -> &'static str {
        "}"
    }

    fn arrow(&self, from: &str, to: &str, label: &str) -> String {
        if label.is_empty() { format!("{from} -> {to}") } else { format!("{from} -> {to} [label=\"{label}\"]") }
    }
}

impl Language for Mermaid {
    fn node(&self, id: &str, text: &str, node: &Node) -> String {
        let text = text.replace('"', "#quot;").replace('\n', "<br>");
        match node {
            Node::Port(text) if text.is_empty() => format!("{id}(( ))"),
            Node::Port(_) => format!("{id}([\"{text}\"])"),
            Node::Operator(_) => format!("{id}((\"{text}\"))"),
            _ => format!("{id}[\"{text}\"]"),
        }
    }

    fn open(&self, id: &str, title: &str) -> String {
        format!("subgraph {id}[\"{}\"]", title.replace('"', "#quot;"))
    }

    fn close(&self) -> &'static str {
        "end"
    }

    fn arrow(&self, from: &str, to: &str, label: &str) -> String {
        if label.is_empty() { format!("{from} --> {to}") } else { format!("{from} -- \"{label}\" --> {to}") }
    }
}
