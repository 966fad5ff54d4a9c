//! Edges that pass nodes by: straight where they can be, and not on one another.

use super::super::graph::Edge;
use super::{LANE, Route, SIDE, Sheet};

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

    /// How many lanes, the first of some, can stand below one another, and where: nearest to where the edge comes from.
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

    /// From where to where a lane can stand, with room for the lanes beside it that have no place yet.
    fn room(&self, lane: usize, placed: &[bool]) -> (f64, f64) {
        let (rank, half) = (&self.ranks[self.items[lane].rank], self.items[lane].width / 2.0);
        let place = rank.iter().position(|other| *other == lane).unwrap_or_default();
        let reach = |beside: &mut dyn Iterator<Item = &usize>| {
            let mut room = SIDE + half;
            for other in beside {
                if placed[*other] {
                    return Some((self.items[*other].x, room + self.items[*other].width / 2.0));
                }
                room += SIDE + LANE;
            }
            None
        };
        let left = reach(&mut rank[..place].iter().rev()).map_or(f64::NEG_INFINITY, |(x, room)| x + room);
        let right = reach(&mut rank[place + 1..].iter()).map_or(f64::INFINITY, |(x, room)| x - room);
        (left, right)
    }
}

/// Gives lines that would run aside on one another a track each. Those that share an end may share a line.
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
                        && other_edge.to != edge.to
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
