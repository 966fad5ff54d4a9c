//! Lines over epochs or steps.

use super::Picture;
use super::canvas::{Anchor, Canvas, FAINT, GRID, INK, colour, hex};
use super::scale::Scale;
use crate::Error;
use crate::train::{History, TrainError};

/// A named line. If its name begins with `val_`, it is dashed and has the colour of the line without that prefix.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its name in the picture.
    pub name: String,
    /// Its points. Those that are not finite are left out.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// Takes the `value` of each epoch and gives it a custom name, so that you can compare several runs in one picture:
    /// `Curve::of("with momentum", &history, "loss")`.
    pub fn of(name: impl Into<String>, history: &History, value: &str) -> Self {
        let points = history.values(value).into_iter().map(|(epoch, value)| (epoch as f64, value)).collect();
        Self { name: name.into(), points }
    }
}

/// How a picture of lines is laid out.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 140.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 48.0;

/// Draws these values over the epochs in one picture: `history(&history, &["loss", "val_loss"])?`.
///
/// # Errors
/// If a value was not measured in any epoch.
pub fn history(history: &History, names: &[&str]) -> Result<Picture, Error> {
    let measured = history.names();
    if let Some(unknown) = names.iter().find(|name| !measured.contains(name)) {
        return Err(TrainError::NotDrawn { name: unknown.to_string(), measured: measured.join(", ") }.into());
    }
    let lines: Vec<Curve> = names.iter().map(|name| Curve::of(*name, history, name)).collect();
    Ok(curves("epoch", &lines))
}

/// Draws lines over `x`, which names whole numbers such as steps or epochs.
///
/// ```
/// use nn_runtime::picture::{Curve, curves};
///
/// let squares = Curve { name: "squares".into(), points: (0..10).map(|x| (x as f64, (x * x) as f64)).collect() };
/// let svg = curves("number", &[squares]).title("growth").to_string();
/// assert!(svg.contains("polyline"));
/// ```
pub fn curves(x: &str, lines: &[Curve]) -> Picture {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let points = || lines.iter().flat_map(finite);
    let across = Scale::around(points().map(|point| point.0), LEFT, WIDTH - RIGHT).padded(0.02);
    let up = Scale::around(points().map(|point| point.1), HEIGHT - BOTTOM, TOP).padded(0.05);
    draw_axes(&mut canvas, x, &across, &up);
    let mut ends = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let (colour, dashed) = style(lines, number);
        let places: Vec<(f64, f64)> = finite(line).map(|(x, y)| (across.at(x), up.at(y))).collect();
        canvas.curve(&places, &colour, dashed);
        if let [only] = places[..] {
            canvas.circle(only.0, only.1, 4.0, &colour);
        }
        ends.push(match places.last() {
            Some(place) => (place.1, line.name.clone(), colour),
            None => (TOP, format!("{}: no values", line.name), colour),
        });
    }
    draw_names(&mut canvas, ends);
    Picture::new(canvas)
}

fn finite(line: &Curve) -> impl Iterator<Item = (f64, f64)> {
    line.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite())
}

/// A line's colour, and whether it is dashed.
fn style(lines: &[Curve], number: usize) -> (String, bool) {
    let trained = lines[number].name.strip_prefix("val_");
    let partner = trained.and_then(|name| lines.iter().position(|line| line.name == name));
    (hex(colour(partner.unwrap_or(number))), trained.is_some())
}

fn draw_axes(canvas: &mut Canvas, x: &str, across: &Scale, up: &Scale) {
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    for (value, text) in up.ticks(5, false) {
        let y = up.at(value);
        canvas.line((LEFT, y), (right, y), GRID);
        canvas.coloured_text((LEFT - 8.0, y + 4.0), Anchor::End, 12.0, FAINT, &text);
    }
    for (value, text) in across.ticks(8, true) {
        let x = across.at(value);
        canvas.line((x, bottom), (x, bottom + 4.0), FAINT);
        canvas.coloured_text((x, bottom + 18.0), Anchor::Middle, 12.0, FAINT, &text);
    }
    canvas.line((LEFT, bottom), (right, bottom), FAINT);
    canvas.coloured_text(((LEFT + right) / 2.0, HEIGHT - 10.0), Anchor::Middle, 13.0, INK, x);
}

/// Draws each line's name where it ends. Names that would overlap are moved apart.
fn draw_names(canvas: &mut Canvas, mut ends: Vec<(f64, String, String)>) {
    const APART: f64 = 16.0;
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = TOP;
    let lowest = HEIGHT - BOTTOM;
    let count = ends.len();
    for (index, (y, name, colour)) in ends.into_iter().enumerate() {
        let below = (count - 1 - index) as f64 * APART;
        let y = y.min(lowest - below).max(free);
        free = y + APART;
        canvas.coloured_text((WIDTH - RIGHT + 8.0, y + 4.0), Anchor::Start, 13.0, &colour, &name);
    }
}
