//! Bars, and dots to compare them with.

use super::Picture;
use super::canvas::{Anchor, Canvas, FAINT, GRID, INK, colour, hex};
use super::scale::Scale;

const WIDTH: f64 = 570.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 48.0;
/// From one row to the next.
const ROW: f64 = 22.0;
const BAR: f64 = 16.0;
const DOT: f64 = 4.5;
const MARK: f64 = 11.0;
/// The width of a letter, estimated, since the viewer draws the text.
const LETTER: f64 = 6.2;

/// Draws one row per group: a bar for its first value, and a dot for each other value, to compare. `names` are the
/// names of the values, `value` is the label of the axis. Values that are not finite are left out, and a group without
/// values is a heading.
///
/// ```
/// use nn_runtime::picture::bars;
///
/// let groups = [("digits".to_owned(), vec![0.99, 0.98]), ("letters".to_owned(), vec![0.91, f64::NAN])];
/// let svg = bars("accuracy", &["LeNet", "linear"], &groups).to_string();
/// assert!(svg.contains("letters") && svg.contains("0.99"));
/// ```
pub fn bars(value: &str, names: &[&str], groups: &[(String, Vec<f64>)]) -> Picture {
    let longest = groups.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let left = 24.0 + LETTER * longest as f64;
    let mut canvas = Canvas::new(left + WIDTH + RIGHT, TOP + groups.len() as f64 * ROW + BOTTOM);
    let values = groups.iter().flat_map(|(_, values)| values.iter().copied());
    let across = Scale::around(values.chain([0.0]), left, left + WIDTH);
    draw_axis(&mut canvas, value, &across, left + WIDTH / 2.0);
    draw_names(&mut canvas, names);
    for (number, (name, values)) in groups.iter().enumerate() {
        draw_row(&mut canvas, &across, TOP + (number as f64 + 0.5) * ROW, name, values);
    }
    Picture::new(canvas)
}

fn draw_row(canvas: &mut Canvas, across: &Scale, middle: f64, name: &str, values: &[f64]) {
    let (left, baseline) = (across.at(0.0), middle + 4.0);
    let Some((&bar, dots)) = values.split_first() else {
        return canvas.coloured_text((left, baseline), Anchor::Start, 13.0, INK, name);
    };
    canvas.coloured_text((left - 8.0, baseline), Anchor::End, 12.0, INK, name);
    if bar.is_finite() {
        let end = across.at(bar);
        canvas.rectangle(left.min(end), middle - BAR / 2.0, (end - left).abs(), BAR, &paint(0));
        canvas.coloured_text((left + 4.0, baseline), Anchor::Start, 11.0, "white", &format!("{bar:.2}"));
    }
    // The first dots are drawn last, so that they are never hidden.
    for (number, &dot) in dots.iter().enumerate().rev().filter(|(_, dot)| dot.is_finite()) {
        canvas.circle(across.at(dot), middle, DOT, &paint(number + 1));
    }
}

fn draw_axis(canvas: &mut Canvas, value: &str, across: &Scale, middle: f64) {
    let bottom = canvas.height - BOTTOM;
    for (tick, text) in across.ticks(6, false) {
        let x = across.at(tick);
        canvas.line((x, TOP - 4.0), (x, bottom), GRID);
        canvas.coloured_text((x, bottom + 18.0), Anchor::Middle, 12.0, FAINT, &text);
    }
    canvas.coloured_text((middle, canvas.height - 10.0), Anchor::Middle, 13.0, INK, value);
}

/// Draws the legend: each name after its mark.
fn draw_names(canvas: &mut Canvas, names: &[&str]) {
    let (mut x, y) = (16.0, 20.0);
    for (number, name) in names.iter().enumerate() {
        match number {
            0 => canvas.rectangle(x, y - 9.0, MARK, MARK, &paint(0)),
            _ => canvas.circle(x + MARK / 2.0, y - 4.0, DOT, &paint(number)),
        }
        canvas.coloured_text((x + MARK + 5.0, y), Anchor::Start, 12.0, INK, name);
        x += MARK + 22.0 + LETTER * name.chars().count() as f64;
    }
}

/// The colour of a value: bright for the bar, dark for the first dot.
fn paint(number: usize) -> String {
    const ORDER: [usize; 7] = [1, 6, 4, 0, 2, 3, 5];
    hex(colour(ORDER[number % ORDER.len()]))
}
