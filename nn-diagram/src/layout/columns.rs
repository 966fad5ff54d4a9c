//! The last step, which puts ranks below one another, in one column or several.

use super::super::graph::{Edge, Graph};
use super::{ENTRY, EXIT, GAP, Layout, Place, Route, SIDE, Sheet, out, port};
use std::ops::Range;

/// The desired ratio of width to height.
const ASPECT: f64 = 1.45;

impl Sheet {
    pub(super) fn finish(mut self, graph: &Graph, insides: Vec<Option<Layout>>, columns: bool) -> Layout {
        let heights: Vec<f64> = self.ranks.iter().map(|rank| self.height(rank)).collect();
        let gaps: Vec<f64> = (0..heights.len()).map(|rank| self.gap(graph, rank, columns)).collect();
        let starts = if columns { self.columns(&heights) } else { vec![0] };
        let (mut left, mut tallest, mut gutters) = (0.0, 0.0f64, Vec::new());
        for (column, start) in starts.iter().enumerate() {
            let end = starts.get(column + 1).copied().unwrap_or(heights.len());
            let (width, height) = self.place(*start..end, left, (&heights, &gaps));
            left += width + 2.0 * SIDE;
            tallest = tallest.max(height);
            gutters.push(left - SIDE);
        }
        let column = |item: usize| starts.partition_point(|start| *start <= self.items[item].rank) - 1;
        let routes = graph.edges.iter().zip(&self.paths).map(|(edge, path)| {
            let (first, last) = (column(edge.from), column(edge.to));
            let gutter = (first != last).then(|| gutters[first]);
            Route { edge: *edge, points: self.points(edge, path, &insides), gutter, below: None, tracks: Vec::new() }
        });
        let routes = super::apart(routes.collect());
        let places = self.items.iter().zip(insides).map(|(item, inside)| Place {
            x: item.x,
            y: item.y,
            width: item.width,
            height: item.height,
            inside: inside.map(Box::new),
            ..Place::default()
        });
        Layout { width: left - 2.0 * SIDE, height: tallest, places: places.collect(), routes }
    }

    /// The gap between a rank and the next one.
    fn gap(&self, graph: &Graph, rank: usize, is_whole: bool) -> f64 {
        match rank {
            _ if is_whole => GAP,
            _ if graph.is_only_layers() => 0.0,
            0 => ENTRY,
            rank if rank + 2 == self.ranks.len() => EXIT,
            _ => GAP,
        }
    }

    /// Puts ranks below one another, right of `left`, and returns their total width and height.
    fn place(&mut self, ranks: Range<usize>, left: f64, (heights, gaps): (&[f64], &[f64])) -> (f64, f64) {
        let all = || self.ranks[ranks.clone()].iter().flatten().map(|item| &self.items[*item]);
        let low = all().map(|item| item.x - item.width / 2.0).fold(f64::INFINITY, f64::min);
        let high = all().map(|item| item.x + item.right).fold(f64::NEG_INFINITY, f64::max);
        let (mut y, mut foot) = (0.0, 0.0);
        for rank in ranks {
            for item in &self.ranks[rank] {
                let item = &mut self.items[*item];
                (item.x, item.y) = (item.x - low + left, y + (heights[rank] - item.height) / 2.0);
                if item.node.is_none() {
                    (item.y, item.height) = (y, heights[rank]);
                }
            }
            foot = y + heights[rank];
            y = foot + gaps[rank];
        }
        (high - low, foot)
    }

    fn height(&self, rank: &[usize]) -> f64 {
        rank.iter().map(|item| self.items[*item].height).fold(0.0, f64::max)
    }

    /// The points of an edge.
    fn points(&self, edge: &Edge, path: &[usize], insides: &[Option<Layout>]) -> Vec<(f64, f64)> {
        let (first, last) = (&self.items[edge.from], &self.items[edge.to]);
        let start = first.x + insides[edge.from].as_ref().map_or(0.0, out);
        let mut points = vec![(start, first.y + first.height), (start, self.foot(first.rank))];
        for lane in &path[1..path.len() - 1] {
            let lane = &self.items[*lane];
            points.extend([(lane.x, lane.y), (lane.x, lane.y + lane.height)]);
        }
        let offset = insides[edge.to].as_ref().map_or(0.0, |inside| port(inside, edge.input));
        points.extend([(last.x + offset, self.head(last.rank)), (last.x + offset, last.y)]);
        points
    }

    /// Where the highest item of a rank begins.
    fn head(&self, rank: usize) -> f64 {
        self.ranks[rank].iter().map(|item| self.items[*item].y).fold(f64::INFINITY, f64::min)
    }

    /// Where the lowest item of a rank ends.
    fn foot(&self, rank: usize) -> f64 {
        self.ranks[rank].iter().map(|item| self.items[*item].y + self.items[*item].height).fold(0.0, f64::max)
    }

    /// The first rank of each column. Columns break only where a single edge passes.
    fn columns(&self, heights: &[f64]) -> Vec<usize> {
        let crossing = |rank: usize| self.links.iter().filter(|link| self.items[link.lower].rank == rank).count();
        let may_start: Vec<usize> = (1..self.ranks.len())
            .filter(|rank| crossing(*rank) == 1 && self.ranks[*rank].len() == 1 && self.ranks[*rank - 1].len() == 1)
            .collect();
        let total: f64 = heights.iter().map(|height| height + GAP).sum();
        let width =
            self.ranks.iter().map(|rank| rank.iter().map(|i| self.items[*i].width + SIDE).sum()).fold(0.0, f64::max);
        let plans = (1..=6).map(|count| split(&may_start, heights, total / f64::from(count)));
        let cost = |plan: &Vec<usize>| {
            let ends = plan.iter().skip(1).copied().chain([heights.len()]);
            let tall =
                plan.iter().zip(ends).map(|(start, end)| heights[*start..end].iter().map(|h| h + GAP).sum::<f64>());
            let (count, tallest) = (plan.len() as f64, tall.fold(1.0, f64::max));
            let aspect = count * (width + 2.0 * SIDE) / tallest;
            // Columns of equal height leave no empty space.
            (aspect / ASPECT).ln().abs() + 2.0 * (count * tallest / total).ln()
        };
        plans.min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap_or_else(|| vec![0])
    }
}

/// Splits ranks into columns of about equal height.
fn split(may_start: &[usize], heights: &[f64], wanted: f64) -> Vec<usize> {
    let mut starts = vec![0];
    let (mut y, mut target) = (0.0, wanted);
    for (rank, height) in heights.iter().enumerate() {
        if rank > 0 && may_start.contains(&rank) && y + (height + GAP) / 2.0 > target {
            starts.push(rank);
            target += wanted;
        }
        y += height + GAP;
    }
    starts
}
