//! Drawing to SVG.

use super::Work;
use super::graph::{Graph, Node, Row};
use super::layout::{Layout, PADDING, Place, ROW, Route, head, layout};
use svg::node::element::{Circle, Definitions, Group, Marker, Path, Rectangle, Text};
use svg::{Document, Node as _};

const MONO: &str = "DejaVu Sans Mono, Menlo, Consolas, monospace";
const INK: &str = "#22303c";
const FAINT: &str = "#6b7a88";
const EDGE: &str = "#7c8b99";
const MARGIN: f64 = 24.0;
const HEAD: f64 = 30.0;

/// A network as an SVG file, with its width and height.
pub fn document(name: &str, graph: &Graph) -> (Document, (f64, f64)) {
    let plan = layout(graph, true);
    let (width, height) = (plan.width + 2.0 * MARGIN, plan.height + 2.0 * MARGIN + HEAD);
    let mut sheet = Group::new();
    marks(&mut sheet, graph, &plan, (MARGIN, MARGIN + HEAD), 0);
    let tip = Path::new().set("d", "M0,0 L7,3.5 L0,7 z").set("fill", EDGE);
    let arrow = Marker::new().set("id", "arrow").set("viewBox", "0 0 7 7").set("refX", 6).set("refY", 3.5);
    let arrow = arrow.set("markerWidth", 7).set("markerHeight", 7).set("orient", "auto").add(tip);
    let title = Text::new(name).set("x", MARGIN).set("y", MARGIN + 4.0).set("font-size", 17).set("fill", INK);
    let title = title.set("font-family", "Helvetica, Arial, DejaVu Sans, sans-serif").set("font-weight", "bold");
    let white = Rectangle::new().set("width", round(width)).set("height", round(height)).set("fill", "white");
    let document = Document::new()
        .set("width", round(width))
        .set("height", round(height))
        .set("viewBox", (0.0, 0.0, round(width), round(height)))
        .set("font-family", MONO)
        .set("font-size", 11)
        .add(Definitions::new().add(arrow));
    (document.add(white).add(title).add(sheet), (width, height))
}

/// Draws frames first, then edges, then what is in front of them.
fn marks(sheet: &mut Group, graph: &Graph, plan: &Layout, (x, y): (f64, f64), depth: usize) {
    for (node, place) in graph.nodes.iter().zip(&plan.places) {
        if let (Node::Group { title, turns, graph }, Some(inside)) = (node, &place.inside) {
            let (left, top) = (x + place.x - place.width / 2.0, y + place.y);
            frame(sheet, (title, *turns), place, (left, top), depth);
            let indent = (place.width - inside.width) / 2.0;
            marks(sheet, graph, inside, (left + indent, top + head(title)), depth + 1);
        }
    }
    if !graph.is_only_layers() {
        plan.routes.iter().for_each(|route| edge(sheet, graph, route, (x, y)));
    }
    for (index, (node, place)) in graph.nodes.iter().zip(&plan.places).enumerate() {
        let (middle, top) = (x + place.x, y + place.y);
        match node {
            Node::Layers(rows) => layers(sheet, rows, place, (middle - place.width / 2.0, top)),
            Node::Operator(symbol) => operator(sheet, symbol, place, (middle, top)),
            Node::Port(text) if !text.is_empty() => port(sheet, text, place, (middle, top)),
            Node::Port(_) | Node::Group { .. } => {}
        }
        shape(sheet, graph, plan, index, (middle, top));
    }
}

/// Draws the shape of a node's output beside the line that leaves the node.
fn shape(sheet: &mut Group, graph: &Graph, plan: &Layout, index: usize, (middle, top): (f64, f64)) {
    let (place, text) = (&plan.places[index], graph.label(index));
    let out = plan.routes.iter().find(|route| route.edge.from == index);
    if let Some(route) = out.filter(|_| !text.is_empty()) {
        let x = middle - place.x + route.points[0].0;
        let (x, anchor) = if place.mirrored { (x - 6.0, "end") } else { (x + 6.0, "start") };
        let y = if place.upward { top - 6.0 } else { top + place.height + 13.0 };
        sheet.append(label(text, x, y, FAINT).set("font-size", 9.5).set("text-anchor", anchor));
    }
}

fn frame(sheet: &mut Group, (title, turns): (&str, usize), place: &Place, (x, y): (f64, f64), depth: usize) {
    let fill = ["#f4f6f8", "#e9edf1", "#dfe5ea", "#d5dce3"][depth.min(3)];
    if turns > 1 {
        // A second box behind the first.
        sheet.append(
            rectangle(x + 5.0, y + 5.0, place.width, place.height, 7.0).set("fill", fill).set("stroke", "#b9c4cd"),
        );
        let times = label(&format!("× {turns}"), x + place.width - 8.0, y + 14.0, "#b3541e");
        sheet.append(rectangle(x, y, place.width, place.height, 7.0).set("fill", fill).set("stroke", "#b9c4cd"));
        sheet.append(times.set("text-anchor", "end").set("font-weight", "bold"));
    } else {
        sheet.append(rectangle(x, y, place.width, place.height, 7.0).set("fill", fill).set("stroke", "#b9c4cd"));
    }
    if !title.is_empty() {
        sheet.append(label(title, x + PADDING - 4.0, y + 14.0, FAINT).set("font-weight", "bold"));
    }
}

fn layers(sheet: &mut Group, rows: &[Row], place: &Place, (x, y): (f64, f64)) {
    sheet.append(rectangle(x, y, place.width, place.height, 5.0).set("fill", "white").set("stroke", "#93a1ad"));
    for (index, row) in rows.iter().enumerate() {
        let above = if place.upward { rows.len() - 1 - index } else { index };
        let top = y + 2.0 + above as f64 * ROW;
        let (fill, ink) = match row.work {
            Work::Multiplies => ("#cfe2f6", "#0b3d6b"),
            Work::Owns => ("#d8efdc", "#14532d"),
            Work::Plain => ("none", INK),
        };
        sheet.append(rectangle(x + 2.0, top, place.width - 4.0, ROW, 3.0).set("fill", fill));
        sheet.append(label(&row.text, x + 10.0, top + 12.8, ink));
        let changes = index == 0 || rows[index - 1].shape != row.shape;
        if changes && index + 1 < rows.len() && !row.shape.is_empty() {
            let shape = label(&row.shape, x + place.width - 8.0, top + 12.6, FAINT).set("font-size", 9.5);
            sheet.append(shape.set("text-anchor", "end"));
        }
    }
}

fn operator(sheet: &mut Group, symbol: &str, place: &Place, (x, y): (f64, f64)) {
    let middle = y + place.height / 2.0;
    let circle = Circle::new().set("cx", round(x)).set("cy", round(middle)).set("r", place.width / 2.0);
    sheet.append(circle.set("fill", "#fdebd3").set("stroke", "#c98a3a"));
    sheet.append(label(symbol, x, middle + 4.5, "#7a4a0c").set("text-anchor", "middle").set("font-size", 14));
}

fn port(sheet: &mut Group, text: &str, place: &Place, (x, y): (f64, f64)) {
    let pill = rectangle(x - place.width / 2.0, y, place.width, place.height, place.height / 2.0);
    sheet.append(pill.set("fill", "#33475b"));
    sheet.append(label(text, x, y + 15.0, "white").set("text-anchor", "middle"));
}

fn edge(sheet: &mut Group, graph: &Graph, route: &Route, (x, y): (f64, f64)) {
    let mut points: Vec<(f64, f64)> = route.points.iter().map(|point| (x + point.0, y + point.1)).collect();
    let last = points.len() - 1;
    // Inside a group the line continues to the frame, where the next one starts.
    let ends_inside = matches!(&graph.nodes[route.edge.to], Node::Port(text) if text.is_empty());
    if ends_inside && points[0].1 < points[last].1 {
        points[last].1 += PADDING;
    }
    let mut path = format!("M{},{}", round(points[0].0), round(points[0].1));
    if let Some(gutter) = route.gutter {
        path += &around(points[0], points[last], x + gutter);
    } else if let Some(below) = route.below {
        path += &across(points[0], points[last], y + below);
    } else {
        let pairs = points.windows(2).zip(&route.tracks).filter(|(pair, _)| pair[0] != pair[1]);
        path.extend(pairs.map(|(pair, track)| piece(pair[0], pair[1], *track)));
    }
    let line = Path::new().set("d", path).set("fill", "none").set("stroke", EDGE).set("stroke-width", 1.3);
    sheet.append(if ends_inside { line } else { line.set("marker-end", "url(#arrow)") });
}

/// A straight line, or one that turns sideways just before its end, clear of the shapes. Each track turns earlier than the last.
fn piece(from: (f64, f64), to: (f64, f64), track: usize) -> String {
    let (way, sign) = ((to.1 - from.1).abs(), (to.1 - from.1).signum());
    let level = to.1 - sign * (15.0 + 5.0 * track as f64).min(way * 0.75);
    across(from, to, level)
}

/// A line to the height `level`, sideways, and on.
fn across(from: (f64, f64), to: (f64, f64), level: f64) -> String {
    let aside = to.0 - from.0;
    if aside.abs() < 0.6 {
        return format!(" L{},{}", round(to.0), round(to.1));
    }
    let corner = (aside.abs() / 2.0).min(6.0);
    let turn = corner * aside.signum();
    let [before, after] = [from.1, to.1].map(|end| level + (end - level).clamp(-corner, corner));
    format!(
        " L{x},{} Q{x},{level} {},{level} L{},{level} Q{X},{level} {X},{} L{X},{}",
        round(before),
        round(from.0 + turn),
        round(to.0 - turn),
        round(after),
        round(to.1),
        x = round(from.0),
        X = round(to.0),
        level = round(level),
    )
}

/// A line from the foot of a column to the head of the next, between the two.
fn around(from: (f64, f64), to: (f64, f64), gutter: f64) -> String {
    let (below, above) = (from.1 + 16.0, to.1 - 16.0);
    let corner = 8.0;
    let (down, up) = (
        format!(
            "V{} Q{},{} {},{}",
            round(below - corner),
            round(from.0),
            round(below),
            round(from.0 + corner),
            round(below)
        ),
        above,
    );
    format!(
        " {down} H{} Q{g},{b} {g},{} V{} Q{g},{u} {},{u} H{} Q{},{u} {},{} V{}",
        round(gutter - corner),
        round(below - corner),
        round(up + corner),
        round(gutter + corner),
        round(to.0 - corner),
        round(to.0),
        round(to.0),
        round(up + corner),
        round(to.1),
        g = round(gutter),
        b = round(below),
        u = round(up),
    )
}

fn label(text: &str, x: f64, y: f64, colour: &str) -> Text {
    Text::new(text).set("x", round(x)).set("y", round(y)).set("fill", colour)
}

fn rectangle(x: f64, y: f64, width: f64, height: f64, radius: f64) -> Rectangle {
    let rectangle = Rectangle::new().set("x", round(x)).set("y", round(y)).set("rx", radius);
    rectangle.set("width", round(width)).set("height", round(height))
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
