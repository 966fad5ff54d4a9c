//! Bars in groups.

use super::Picture;
use super::canvas::{Anchor, Canvas, FAINT, GRID, INK, colour, hex};
use super::scale::Scale;

/// Of the bars themselves.
const WIDTH: f64 = 400.0;
const RIGHT: f64 = 44.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;
const BAR: f64 = 10.0;
/// The width of a letter: a guess, for the viewer draws the text.
const LETTER: f64 = 6.0;
/// Between two groups.
const GAP: f64 = 12.0;

/// A bar for each value of each group, `names` in the order of the values. `value` says what they are. A value that is not
/// finite has no bar.
///
/// ```
/// use nn_runtime::picture::bars;
///
/// let groups = [("digits".to_owned(), vec![0.98, 0.99]), ("letters".to_owned(), vec![0.91, f64::NAN])];
/// let svg = bars("accuracy", &["linear", "LeNet"], &groups).to_string();
/// assert!(svg.contains("letters") && svg.contains("0.98"));
/// ```
pub fn bars(value: &str, names: &[&str], groups: &[(String, Vec<f64>)]) -> Picture {
    let heights: Vec<f64> = groups.iter().map(|(_, values)| values.len() as f64 * BAR + GAP).collect();
    let longest = groups.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let left = 24.0 + LETTER * longest as f64;
    let mut canvas = Canvas::new(left + WIDTH + RIGHT, TOP + heights.iter().sum::<f64>() + BOTTOM);
    let values = groups.iter().flat_map(|(_, values)| values.iter().copied());
    let across = Scale::around(values.chain([0.0]), left, left + WIDTH);
    draw_axis(&mut canvas, value, &across, left + WIDTH / 2.0);
    draw_names(&mut canvas, names);
    let mut top = TOP;
    for ((name, values), height) in groups.iter().zip(heights) {
        let middle = top + (height - GAP) / 2.0;
        canvas.coloured_text((left - 8.0, middle + 4.0), Anchor::End, 11.0, INK, name);
        for (number, &value) in values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            draw_bar(&mut canvas, top + number as f64 * BAR, &across, number, value);
        }
        top += height;
    }
    Picture::new(canvas)
}

fn draw_bar(canvas: &mut Canvas, top: f64, across: &Scale, number: usize, value: f64) {
    let (zero, end) = (across.at(0.0), across.at(value));
    canvas.rectangle(zero.min(end), top, (end - zero).abs(), BAR - 1.0, &hex(colour(number)));
    canvas.coloured_text((zero.max(end) + 4.0, top + BAR - 2.0), Anchor::Start, 9.0, FAINT, &format!("{value:.2}"));
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

/// The names in their colours, over the bars.
fn draw_names(canvas: &mut Canvas, names: &[&str]) {
    let mut left = 16.0;
    for (number, name) in names.iter().enumerate() {
        canvas.rectangle(left, 10.0, BAR, BAR, &hex(colour(number)));
        canvas.coloured_text((left + BAR + 4.0, 19.0), Anchor::Start, 11.0, INK, name);
        left += BAR + 20.0 + LETTER * name.chars().count() as f64;
    }
}
