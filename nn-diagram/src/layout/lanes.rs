//! Edges that pass nodes: straight where possible, and not on top of one another.

use super::super::graph::Edge;
use super::{Item, LANE, Route, SIDE, Sheet};

impl Sheet {
    /// Puts the lanes of an edge below one another as far as nodes and other lanes leave room; short edges stand inside of
    /// long ones.
    pub(super) fn straighten(&mut self) {
        let mut placed: Vec<bool> = self.items.iter().map(|item| item.node.is_some()).collect();
        let mut paths = self.paths.clone();
        paths.sort_by_key(Vec::len);
        for path in paths {
            let mut lanes = &path[1..path.len() - 1];
            while !lanes.is_empty() {
                let (together, x) = self.column(lanes, self.items[path[0]].x, &placed);
                for lane in &lanes[..together] {
                    self.items[*lane].x = x;
                    placed[*lane] = true;
                }
                lanes = &lanes[together..];
            }
        }
    }

    /// How many of the first lanes can be below one another, and where, nearest to the start of the edge.
    fn column(&self, lanes: &[usize], from: f64, placed: &[bool]) -> (usize, f64) {
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        for (index, lane) in lanes.iter().enumerate() {
            let (left, right) = self.room(*lane, placed);
            if index > 0 && low.max(left) > high.min(right) {
                return (index, from.clamp(low, high));
            }
            (low, high) = (low.max(left), high.min(right).max(low.max(left)));
        }
        (lanes.len(), from.clamp(low, high))
    }

    /// The range in which a lane can be, with room for the lanes beside it that have no position yet.
    fn room(&self, lane: usize, placed: &[bool]) -> (f64, f64) {
        let (rank, half) = (&self.ranks[self.items[lane].rank], self.items[lane].width / 2.0);
        let place = rank.iter().position(|other| *other == lane).unwrap_or_default();
        let reach = |beside: &mut dyn Iterator<Item = &usize>, end: fn(&Item) -> f64| {
            let mut room = SIDE + half;
            for other in beside {
                if placed[*other] {
                    return Some((self.items[*other].x, room + end(&self.items[*other])));
                }
                room += SIDE + LANE;
            }
            None
        };
        let left =
            reach(&mut rank[..place].iter().rev(), |item| item.right).map_or(f64::NEG_INFINITY, |(x, room)| x + room);
        let right =
            reach(&mut rank[place + 1..].iter(), |item| item.width / 2.0).map_or(f64::INFINITY, |(x, room)| x - room);
        (left, right)
    }
}

/// Gives each of several lines that would run sideways on top of one another its own track. Lines with a common end may
/// share one.
pub(super) fn apart(mut routes: Vec<Route>) -> Vec<Route> {
    let mut taken: Vec<(f64, usize, (f64, f64), Edge)> = Vec::new();
    for Route { edge, points, tracks, .. } in &mut routes {
        for pair in points.windows(2) {
            let (level, span) = (pair[1].1, (pair[0].0.min(pair[1].0), pair[0].0.max(pair[1].0)));
            let meets = |track: usize| {
                taken.iter().any(|(other_level, other_track, other, other_edge)| {
                    (*other_level, *other_track) == (level, track)
                        && (other.0 < span.1 && span.0 < other.1)
                        && other_edge.from != edge.from
                        && (other_edge.to, other_edge.input) != (edge.to, edge.input)
                })
            };
            let straight = span.1 - span.0 < 0.6;
            let track = if straight { 0 } else { (0..).find(|track| !meets(*track)).unwrap_or(0) };
            if !straight {
                taken.push((level, track, span, *edge));
            }
            tracks.push(track);
        }
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_into_one_input_share_a_track() {
        let route = |from: usize, input: usize, points: [(f64, f64); 2]| Route {
            edge: Edge { from, to: 9, input },
            points: points.to_vec(),
            gutter: None,
            below: None,
            tracks: Vec::new(),
        };
        let tracks = |input: usize| {
            let routes = vec![route(0, 0, [(0.0, 0.0), (30.0, 20.0)]), route(1, input, [(40.0, 0.0), (10.0, 20.0)])];
            apart(routes).iter().flat_map(|route| route.tracks.clone()).collect::<Vec<_>>()
        };
        assert_eq!((tracks(0), tracks(1)), (vec![0, 0], vec![0, 1]));
    }
}
