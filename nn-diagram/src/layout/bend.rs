//! Networks like U-Net, which halve an image and double it again: down one side and up the other, so that what goes across, goes
//! straight.

use super::super::graph::{Edge, Graph};
use super::{GAP, Layout, Place, Route, SIDE, label_width, port, size};
use std::ops::Range;

/// The gap between the ways down and up.
const BETWEEN: f64 = 3.0 * SIDE;
/// How far below its start an edge goes across, so that it is below the shape.
const BELOW: f64 = 21.0;

/// The edges that go across, from the outermost to the innermost, if the nodes are a chain and these edges nested.
pub fn across(graph: &Graph) -> Option<Vec<Edge>> {
    let (chain, mut across): (Vec<Edge>, Vec<Edge>) = graph.edges.iter().partition(|edge| edge.to == edge.from + 1);
    across.sort_by_key(|edge| edge.from);
    let is_chain = chain.iter().map(|edge| edge.from).eq(0..graph.nodes.len() - 1);
    let is_nested = across.windows(2).all(|pair| pair[0].from < pair[1].from && pair[1].to < pair[0].to);
    (across.len() > 1 && is_chain && is_nested).then_some(across)
}

/// Lays out such a graph.
pub fn bend(graph: &Graph, mut insides: Vec<Option<Layout>>, across: &[Edge]) -> Layout {
    let top = across[across.len() - 1].to;
    for (node, inside) in insides.iter_mut().enumerate().skip(top) {
        let Some(inside) = inside else { continue };
        let crossing = across.iter().find(|edge| edge.to == node);
        // The value that comes across enters from the left.
        turn(inside, crossing.is_some_and(|edge| port(inside, edge.input) > port(inside, chained(graph, node))));
    }
    let mut places: Vec<Place> = Vec::new();
    for (index, inside) in insides.into_iter().enumerate() {
        let (width, height) = size(&graph.nodes[index], &inside);
        places.push(Place { width, height, inside: inside.map(Box::new), upward: index >= top, ..Place::default() });
    }
    let left = line_up(graph, &mut places, 0..top, 0.0);
    let right = line_up(graph, &mut places, top..graph.nodes.len(), left + BETWEEN);
    let height = stand(&mut places, across, top);
    let routes = graph.edges.iter().map(|edge| route(&places, *edge)).collect();
    Layout { width: right, height: height + BELOW, places, routes }
}

/// Turns a layout upside down, and also mirrors it if `mirrored`.
fn turn(layout: &mut Layout, mirrored: bool) {
    let (width, height) = (layout.width, layout.height);
    let x = |x: f64| if mirrored { width - x } else { x };
    for place in &mut layout.places {
        (place.x, place.y) = (x(place.x), height - place.y - place.height);
        (place.upward, place.mirrored) = (true, mirrored);
        place.inside.iter_mut().for_each(|inside| turn(inside, mirrored));
    }
    for point in layout.routes.iter_mut().flat_map(|route| &mut route.points) {
        *point = (x(point.0), height - point.1);
    }
}

/// The input at which a node takes the output of the one before.
fn chained(graph: &Graph, node: usize) -> usize {
    graph.edges.iter().find(|edge| (edge.from + 1, edge.to) == (node, node)).map_or(0, |edge| edge.input)
}

/// Puts nodes of the chain straight above one another, right of `left`, and returns where they end.
fn line_up(graph: &Graph, places: &mut [Place], nodes: Range<usize>, left: f64) -> f64 {
    for node in nodes.clone().skip(1) {
        places[node].x = places[node - 1].x_out() - (places[node].x_in(chained(graph, node)) - places[node].x);
    }
    let low = places[nodes.clone()].iter().map(|place| place.x - place.width / 2.0).fold(f64::INFINITY, f64::min);
    let ends = nodes.map(|node| {
        let place = &mut places[node];
        place.x += left - low;
        (place.x + place.width / 2.0).max(place.x_out() + label_width(graph, node))
    });
    ends.fold(left, f64::max)
}

/// Puts both ends of each edge across at the same height, and returns the total height.
fn stand(places: &mut [Place], across: &[Edge], top: usize) -> f64 {
    let (mut foot, mut down, mut up) = (-GAP, 0, places.len());
    for (from, to) in across.iter().map(|edge| (edge.from, edge.to)).chain([(top - 1, top)]) {
        let sides: [Vec<usize>; 2] = [(down..=from).collect(), (to..up).rev().collect()];
        let height = |side: &Vec<usize>| side.iter().map(|node| places[*node].height + GAP).sum::<f64>();
        foot += sides.iter().map(height).fold(0.0, f64::max);
        for side in sides {
            let mut y = foot;
            for node in side.into_iter().rev() {
                y -= places[node].height;
                places[node].y = y;
                y -= GAP;
            }
        }
        (down, up) = (from + 1, to);
    }
    foot
}

fn route(places: &[Place], edge: Edge) -> Route {
    let (from, to) = (&places[edge.from], &places[edge.to]);
    let end = |place: &Place, lower: bool| if lower { place.y + place.height } else { place.y };
    let start = (from.x_out(), end(from, !from.upward));
    let end = (to.x_in(edge.input), end(to, to.upward));
    let below = (from.upward != to.upward).then(|| start.1.max(end.1) + BELOW);
    Route { edge, points: vec![start, end], gutter: None, below, tracks: vec![0] }
}

#[cfg(test)]
mod tests {
    use super::super::layout;
    use super::*;
    use crate::Source::{Input, Stage};
    use crate::build;
    use crate::testing::{block, layer, network};

    /// Stages in a chain, of which some also take the outputs of earlier ones.
    fn graph(across: [(usize, usize); 2]) -> Graph {
        let stage = |place: usize| {
            let chain = if place == 0 { Input(0) } else { Stage(place - 1) };
            let besides = across.iter().filter(|(_, to)| *to == place).map(|(from, _)| Stage(*from));
            let from = [chain].into_iter().chain(besides).collect::<Vec<_>>();
            let inputs = (0..from.len()).map(Input).collect();
            block("body", from, vec![layer("cat dim=1", "[N, 4]", inputs), layer("relu", "[N, 4]", vec![Stage(0)])])
        };
        build::graph(&network(1, (0..5).map(stage).collect()))
    }

    #[test]
    fn what_goes_across_goes_straight() {
        let graph = graph([(0, 4), (1, 3)]);
        let plan = layout(&graph, true);
        let foot = |node: usize| plan.places[node].y + plan.places[node].height;
        // The input is first.
        assert_eq!((foot(1), foot(2)), (foot(5), foot(4)), "{plan:?}");
        assert!(plan.places[4].x - plan.places[2].x > plan.places[2].width, "{plan:?}");
        let upward: Vec<bool> = plan.places.iter().map(|place| place.upward).collect();
        assert_eq!(upward, [false, false, false, false, true, true, true]);
        assert!(plan.routes.iter().all(|route| route.below.is_some() == (route.edge.from < 4 && route.edge.to >= 4)));
        // Edges from across and from below do not cross.
        let end_of = |from: usize| {
            plan.routes
                .iter()
                .find(|route| (route.edge.from, route.edge.to) == (from, 5))
                .map(|route| route.points[1].0)
        };
        assert!(end_of(1) < end_of(4), "{plan:?}");
    }

    #[test]
    fn only_nested_edges_go_across() {
        assert!(across(&graph([(0, 4), (1, 3)])).is_some());
        assert!(across(&graph([(0, 2), (2, 4)])).is_none());
        assert!(across(&graph([(0, 3), (1, 4)])).is_none());
    }
}
