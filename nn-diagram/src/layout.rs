//! Positions of nodes and edges: each node is below all that feed it, as Sugiyama et al. (1981) lay out graphs.
//!
//! An edge that passes other nodes runs through invisible ones, which keep its way clear.

mod bend;
mod columns;
mod lanes;

use super::graph::{Edge, Graph, Node};
use bend::{across, bend};
use lanes::apart;

/// The width of a character and the height of a row, in pixels.
pub const CHARACTER: f64 = 6.65;
pub const ROW: f64 = 18.0;
/// The width of a character of a shape beside an arrow.
const LABEL_CHARACTER: f64 = 5.7;
/// The gap between two ranks, for the shape beside the edge.
const GAP: f64 = 36.0;
const SIDE: f64 = 22.0;
/// The gap between the inside of a group and where values enter or leave.
const ENTRY: f64 = 20.0;
const EXIT: f64 = 4.0;
/// The padding inside a group, and above for its title.
pub const PADDING: f64 = 12.0;
const TITLE: f64 = 20.0;
const OPERATOR: f64 = 20.0;
const LANE: f64 = 12.0;

/// A graph with positions. A node's `x` is its middle.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub width: f64,
    pub height: f64,
    pub places: Vec<Place>,
    pub routes: Vec<Route>,
}

#[derive(Clone, Debug, Default)]
pub struct Place {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// The layout inside a group.
    pub inside: Option<Box<Layout>>,
    /// Whether its inputs are below it.
    pub upward: bool,
    /// Whether the shape of its output is left of the line.
    pub mirrored: bool,
}

impl Place {
    /// Where the line to one of its inputs ends.
    fn x_in(&self, input: usize) -> f64 {
        self.x + self.inside.as_ref().map_or(0.0, |inside| port(inside, input))
    }

    /// Where the line of its output begins.
    fn x_out(&self) -> f64 {
        self.x + self.inside.as_ref().map_or(0.0, |inside| out(inside))
    }
}

/// An edge: points, between which it runs by turns straight down beside the nodes of a rank, and to another place below.
#[derive(Clone, Debug)]
pub struct Route {
    pub edge: Edge,
    pub points: Vec<(f64, f64)>,
    /// Where it goes up to the top of the next column, if it does so.
    pub gutter: Option<f64>,
    /// Where it runs sideways below both of its ends, if it does so.
    pub below: Option<f64>,
    /// For each pair of points, how many lines run sideways between this line and the node below.
    pub tracks: Vec<usize>,
}

/// A node, or a lane for a passing edge.
struct Item {
    node: Option<usize>,
    rank: usize,
    width: f64,
    height: f64,
    /// How far it, or the shape below it, extends right of its middle.
    right: f64,
    x: f64,
    y: f64,
}

/// Lays out a graph, which with `columns` may also be bent or broken into columns.
pub fn layout(graph: &Graph, columns: bool) -> Layout {
    let insides: Vec<Option<Layout>> = graph.nodes.iter().map(inside).collect();
    if let Some(across) = across(graph).filter(|_| columns) {
        return bend(graph, insides, &across);
    }
    let mut sheet = Sheet::new(graph, &insides);
    sheet.order();
    sheet.spread();
    sheet.straighten();
    sheet.finish(graph, insides, columns)
}

fn inside(node: &Node) -> Option<Layout> {
    match node {
        Node::Group { graph, .. } => Some(layout(graph, false)),
        _ => None,
    }
}

/// The width and height of a node.
fn size(node: &Node, inside: &Option<Layout>) -> (f64, f64) {
    match (node, inside) {
        (Node::Port(text), _) if text.is_empty() => (LANE, 0.0),
        (Node::Port(text), _) => (text.chars().count() as f64 * CHARACTER + 24.0, ROW + 4.0),
        (Node::Operator(_), _) => (OPERATOR, OPERATOR),
        (Node::Layers(rows), _) => {
            let shown = |index: usize| if index + 1 < rows.len() { rows[index].shape.chars().count() + 2 } else { 0 };
            let widest = rows.iter().enumerate().map(|(index, row)| {
                let changes = index + 1 < rows.len() && (index == 0 || rows[index - 1].shape != row.shape);
                row.text.chars().count() + if changes { shown(index) } else { 0 }
            });
            (widest.max().unwrap_or(0) as f64 * CHARACTER + 20.0, rows.len() as f64 * ROW + 4.0)
        }
        (Node::Group { title, .. }, Some(inside)) => {
            let words = (title.chars().count() + 6) as f64 * CHARACTER;
            (inside.width.max(words) + 2.0 * PADDING, inside.height + head(title) + PADDING)
        }
        (Node::Group { .. }, None) => (0.0, 0.0),
    }
}

/// A piece of an edge, from one rank to the next.
struct Link {
    upper: usize,
    lower: usize,
    /// How far right of the middle it leaves the upper item, and enters the lower one.
    leaves: f64,
    enters: f64,
}

struct Sheet {
    items: Vec<Item>,
    /// The items of each rank, from left to right.
    ranks: Vec<Vec<usize>>,
    links: Vec<Link>,
    /// The items that each edge of the graph runs through.
    paths: Vec<Vec<usize>>,
}

impl Sheet {
    fn new(graph: &Graph, insides: &[Option<Layout>]) -> Sheet {
        let ranks = ranks(graph);
        let item = |index: usize| {
            let (width, height) = size(&graph.nodes[index], &insides[index]);
            let right = (width / 2.0).max(insides[index].as_ref().map_or(0.0, out) + label_width(graph, index));
            Item { node: Some(index), rank: ranks[index], width, height, right, x: 0.0, y: 0.0 }
        };
        let mut items: Vec<Item> = (0..graph.nodes.len()).map(item).collect();
        let (mut links, mut paths) = (Vec::new(), Vec::new());
        for edge in &graph.edges {
            let mut path = vec![edge.from];
            for rank in ranks[edge.from] + 1..ranks[edge.to] {
                path.push(items.len());
                items.push(Item { node: None, rank, width: LANE, height: 0.0, right: LANE / 2.0, x: 0.0, y: 0.0 });
            }
            path.push(edge.to);
            let start = insides[edge.from].as_ref().map_or(0.0, out);
            let end = insides[edge.to].as_ref().map_or(0.0, |inside| port(inside, edge.input));
            links.extend(path.windows(2).map(|pair| Link {
                upper: pair[0],
                lower: pair[1],
                leaves: if pair[0] == edge.from { start } else { 0.0 },
                enters: if pair[1] == edge.to { end } else { 0.0 },
            }));
            paths.push(path);
        }
        let count = ranks.iter().max().map_or(0, |last| last + 1);
        let rank = |rank: usize| (0..items.len()).filter(|item| items[*item].rank == rank).collect();
        Sheet { ranks: (0..count).map(rank).collect(), items, links, paths }
    }

    /// Sorts each rank by the positions of its neighbours, which leaves few crossings.
    fn order(&mut self) {
        for sweep in 0..6 {
            let mut position = vec![0.0; self.items.len()];
            for rank in &self.ranks {
                let middle = (rank.len() as f64 - 1.0) / 2.0;
                rank.iter().enumerate().for_each(|(index, item)| position[*item] = index as f64 - middle);
            }
            let downward = sweep % 2 == 0;
            let ranks: Vec<usize> =
                if downward { (1..self.ranks.len()).collect() } else { (0..self.ranks.len()).rev().collect() };
            for rank in ranks {
                let key = |item: usize| {
                    let mean = if downward {
                        mean(self.above(item).map(|link| position[link.upper]))
                    } else {
                        // An input further left of a group should come from further left.
                        mean(self.below(item).map(|link| position[link.lower] + link.enters * 1e-4))
                    };
                    mean.unwrap_or(position[item])
                };
                let mut keyed: Vec<(f64, usize)> = self.ranks[rank].iter().map(|item| (key(*item), *item)).collect();
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                let middle = (keyed.len() as f64 - 1.0) / 2.0;
                keyed.iter().enumerate().for_each(|(index, (_, item))| position[*item] = index as f64 - middle);
                self.ranks[rank] = keyed.into_iter().map(|(_, item)| item).collect();
            }
        }
    }

    fn above(&self, item: usize) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(move |link| link.lower == item)
    }

    fn below(&self, item: usize) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(move |link| link.upper == item)
    }

    /// Moves connected items below one another.
    fn spread(&mut self) {
        for rank in &self.ranks {
            let mut x = 0.0;
            for item in rank {
                self.items[*item].x = x + self.items[*item].width / 2.0;
                x += self.items[*item].width / 2.0 + self.items[*item].right + SIDE;
            }
            rank.iter().for_each(|item| self.items[*item].x -= (x - SIDE) / 2.0);
        }
        for sweep in 0..120 {
            let ranks: Vec<usize> =
                if sweep % 2 == 0 { (0..self.ranks.len()).collect() } else { (0..self.ranks.len()).rev().collect() };
            for rank in ranks {
                self.place_rank(rank, false);
            }
        }
        // The last pass is from above, so that chains are straight.
        for rank in 1..self.ranks.len() {
            self.place_rank(rank, true);
        }
    }

    /// Puts the items of a rank as near as possible to where their neighbours draw them, in order and without overlap.
    fn place_rank(&mut self, rank: usize, from_above: bool) {
        let items = self.ranks[rank].clone();
        let mut offset = 0.0;
        let mut wanted = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                offset += self.items[items[index - 1]].right + SIDE + self.items[*item].width / 2.0;
            }
            let (x, weight) = self.drawn(*item, from_above);
            wanted.push((x - offset, weight, offset));
        }
        let settled = settle(&wanted.iter().map(|(x, weight, _)| (*x, *weight)).collect::<Vec<_>>());
        for ((item, x), (_, _, offset)) in items.iter().zip(settled).zip(wanted) {
            self.items[*item].x = x + offset;
        }
    }

    /// Where its neighbours draw an item, and how strongly; a node `from_above` only those above, if there are any. A lane
    /// follows the nodes, not they it.
    fn drawn(&self, item: usize, from_above: bool) -> (f64, f64) {
        let is_lane = |item: usize| self.items[item].node.is_none();
        // Each neighbour, with this item's offset from it for a straight link.
        let mut near: Vec<(usize, f64)> =
            self.above(item).map(|link| (link.upper, link.leaves - link.enters)).collect();
        if !from_above || is_lane(item) || near.iter().all(|(other, _)| is_lane(*other)) {
            near.extend(self.below(item).map(|link| (link.lower, link.enters - link.leaves)));
        }
        let has_nodes = near.iter().any(|(other, _)| !is_lane(*other));
        let (mut sum, mut weight) = (self.items[item].x * 1e-3, 1e-3);
        for (other, offset) in near {
            let strength = match (is_lane(item), is_lane(other)) {
                (true, true) => 8.0,
                (false, true) if has_nodes => 0.0,
                (false, _) => 4.0,
                (true, false) => 0.5,
            };
            sum += strength * (self.items[other].x + offset);
            weight += strength;
        }
        (sum / weight, if is_lane(item) { 1e-3 } else { 4.0 })
    }
}

/// How far the shape beside a line extends to its right.
fn label_width(graph: &Graph, node: usize) -> f64 {
    graph.label(node).chars().count() as f64 * LABEL_CHARACTER + 8.0
}

/// The height of a group above its content.
pub fn head(title: &str) -> f64 {
    if title.is_empty() { 0.0 } else { TITLE }
}

/// The offset from a group's middle at which an input enters.
fn port(inside: &Layout, input: usize) -> f64 {
    inside.places.get(input).map_or(0.0, |port| port.x - inside.width / 2.0)
}

/// The offset from a group's middle at which its output leaves.
fn out(inside: &Layout) -> f64 {
    inside.places.last().map_or(0.0, |port| port.x - inside.width / 2.0)
}

/// The length of the longest path from an input. A node that nothing feeds is right above what it feeds.
fn ranks(graph: &Graph) -> Vec<usize> {
    let mut ranks = vec![0; graph.nodes.len()];
    for index in 0..graph.nodes.len() {
        let above = graph.edges.iter().filter(|edge| edge.to == index).map(|edge| ranks[edge.from] + 1);
        ranks[index] = above.max().unwrap_or(0);
    }
    let fed = |index: usize| graph.edges.iter().any(|edge| edge.to == index);
    for index in (0..graph.nodes.len()).filter(|index| !fed(*index) && !matches!(graph.nodes[*index], Node::Port(_))) {
        let below = graph.edges.iter().filter(|edge| edge.from == index).map(|edge| ranks[edge.to]);
        ranks[index] = below.min().map_or(0, |rank| rank.max(1) - 1);
    }
    ranks
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then_some(sum / count)
}

/// The non-decreasing numbers nearest to some weighted ones, where those out of order share their mean.
fn settle(wanted: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (x, weight) in wanted {
        let mut pool = (*x, *weight, 1);
        while let Some((x, weight, count)) = pools.last().copied().filter(|last| last.0 > pool.0) {
            pools.pop();
            let sum = weight + pool.1;
            pool = ((x * weight + pool.0 * pool.1) / sum, sum, count + pool.2);
        }
        pools.push(pool);
    }
    pools.iter().flat_map(|(x, _, count)| vec![*x; *count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source::{Input, Stage};
    use crate::build;
    use crate::testing::{block, layer, network};

    fn laid_out(inputs: usize, stages: Vec<crate::Stage>) -> Layout {
        layout(&build::graph(&network(inputs, stages)), true)
    }

    #[test]
    fn an_edge_that_passes_keeps_clear_of_a_shape() {
        let wide = "[N, 512, 2 * (H / 16), 2 * (W / 16)]";
        let stages = vec![
            layer("conv 8", "[N, 8]", vec![Input(0)]),
            layer("up", wide, vec![Stage(0)]),
            layer("cat", "[N, 16]", vec![Stage(1), Stage(0)]),
        ];
        let layout = laid_out(1, stages);
        let (up, passing) =
            (&layout.places[2], layout.routes.iter().find(|route| route.edge.to == route.edge.from + 2).unwrap());
        let lane = passing.points.iter().map(|point| point.0).fold(0.0, f64::max);
        assert!(lane > up.x + wide.chars().count() as f64 * LABEL_CHARACTER, "{layout:?}");
    }

    /// Whatever is in them, and wherever their outputs leave.
    #[test]
    fn branches_stand_in_the_order_of_the_listing() {
        let branch = |width: usize| {
            let inside = layer("relu", &format!("[{}]", "N".repeat(width)), vec![Input(0)]);
            block("branch", vec![Stage(0)], vec![inside, layer("cat", "[N]", vec![Stage(0), Input(0)])])
        };
        let mut stages = vec![layer("conv 8", "[N, 8]", vec![Input(0)])];
        stages.extend([4, 40, 2, 20].map(branch));
        stages.push(layer("cat", "[N, 8]", (1..5).map(Stage).collect()));
        let layout = laid_out(1, stages);
        let middles: Vec<f64> = layout.places[2..6].iter().map(|place| place.x).collect();
        assert!(middles.is_sorted(), "{middles:?}");
    }

    #[test]
    fn a_line_to_the_next_column_goes_up_between_the_columns() {
        let stage = |place: usize| {
            let from = if place == 0 { Input(0) } else { Stage(place - 1) };
            block("body", vec![from], vec![layer("relu", "[N, 4]", vec![Input(0)])])
        };
        let layout = laid_out(1, (0..24).map(stage).collect());
        let wrapping: Vec<&Route> = layout.routes.iter().filter(|route| route.gutter.is_some()).collect();
        assert!(!wrapping.is_empty());
        for gutter in wrapping.iter().filter_map(|route| route.gutter) {
            assert!(layout.places.iter().all(|place| (place.x - gutter).abs() > place.width / 2.0), "{layout:?}");
        }
    }
}
