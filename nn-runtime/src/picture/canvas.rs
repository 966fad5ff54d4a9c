//! Shapes on a sheet. All lengths are in pixels, `y` counts downwards.

use base64::Engine;
use svg::Document;
use svg::node::element::{Circle, Group, Image, Line, Polyline, Rectangle, Text};

use super::pixels::Pixels;

/// Dark grey: text.
pub const INK: &str = "#333333";
/// Grey: the background.
pub const FAINT: &str = "#8a8a8a";
/// Light grey: the lines of a grid.
pub const GRID: &str = "#e4e4e4";

/// Okabe and Ito's colours (2008), which colour-blind readers can distinguish, without the palest, yellow.
const COLOURS: [[u8; 3]; 7] =
    [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [230, 159, 0], [60, 60, 60]];

/// The colour of the class or curve with this number. There are seven, which repeat.
pub fn colour(number: usize) -> [u8; 3] {
    COLOURS[number % COLOURS.len()]
}

/// A colour in SVG's notation.
pub fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The position of a text relative to its point.
#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A sheet.
#[derive(Clone, Debug)]
pub struct Canvas {
    pub width: f64,
    pub height: f64,
    content: Group,
}

impl Canvas {
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, content: Group::new() }
    }

    /// The whole sheet, on white, since many viewers are dark.
    pub fn document(&self) -> Document {
        Document::new()
            .set("width", self.width)
            .set("height", self.height)
            .set("viewBox", (0.0, 0.0, self.width, self.height))
            .set("font-family", "Helvetica, Arial, sans-serif")
            .add(rectangle(0.0, 0.0, self.width, self.height).set("fill", "white"))
            .add(self.content.clone())
    }

    /// Draws another sheet on this one.
    pub fn place(&mut self, x: f64, y: f64, other: &Canvas) {
        self.add(other.content.clone().set("transform", format!("translate({x} {y})")));
    }

    pub fn text(&mut self, x: f64, y: f64, anchor: Anchor, size: f64, text: &str) {
        self.coloured_text((x, y), anchor, size, INK, text);
    }

    pub fn coloured_text(&mut self, (x, y): (f64, f64), anchor: Anchor, size: f64, colour: &str, text: &str) {
        self.add(plain_text(anchor, size, colour, text).set("x", round(x)).set("y", round(y)));
    }

    /// A text that runs upwards around its point.
    pub fn upright_text(&mut self, x: f64, y: f64, size: f64, colour: &str, text: &str) {
        self.turned_text((x, y), -90, Anchor::Middle, size, colour, text);
    }

    /// A text that rises to end at its point.
    pub fn slanted_text(&mut self, x: f64, y: f64, size: f64, text: &str) {
        self.turned_text((x, y), -40, Anchor::End, size, INK, text);
    }

    fn turned_text(&mut self, (x, y): (f64, f64), angle: i32, anchor: Anchor, size: f64, colour: &str, text: &str) {
        let turn = format!("translate({} {}) rotate({angle})", round(x), round(y));
        self.add(plain_text(anchor, size, colour, text).set("transform", turn));
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        let line = Line::new().set("x1", round(from.0)).set("y1", round(from.1)).set("x2", round(to.0));
        self.add(line.set("y2", round(to.1)).set("stroke", colour));
    }

    pub fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        self.add(rectangle(x, y, width, height).set("fill", colour));
    }

    pub fn circle(&mut self, x: f64, y: f64, radius: f64, colour: &str) {
        let circle = Circle::new().set("cx", round(x)).set("cy", round(y)).set("r", radius).set("fill", colour);
        self.add(circle.set("stroke", "white").set("stroke-width", 0.8));
    }

    pub fn curve(&mut self, points: &[(f64, f64)], colour: &str, dashed: bool) {
        let points: Vec<String> = points.iter().map(|&(x, y)| format!("{},{}", round(x), round(y))).collect();
        let curve = Polyline::new().set("points", points.join(" ")).set("fill", "none").set("stroke", colour);
        let curve = curve.set("stroke-width", 2).set("stroke-linejoin", "round");
        self.add(if dashed { curve.set("stroke-dasharray", "6 4") } else { curve });
    }

    /// Pixels, stretched over a rectangle with soft transitions.
    pub fn image(&mut self, x: f64, y: f64, width: f64, height: f64, pixels: &Pixels) {
        let data = base64::engine::general_purpose::STANDARD.encode(pixels.png());
        let image = Image::new().set("x", round(x)).set("y", round(y)).set("width", width).set("height", height);
        self.add(image.set("href", format!("data:image/png;base64,{data}")).set("preserveAspectRatio", "none"));
    }

    fn add(&mut self, node: impl Into<Box<dyn svg::Node>>) {
        svg::Node::append(&mut self.content, node);
    }
}

fn plain_text(anchor: Anchor, size: f64, colour: &str, text: &str) -> Text {
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    Text::new(text).set("font-size", size).set("fill", colour).set("text-anchor", anchor)
}

fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Rectangle {
    Rectangle::new().set("x", round(x)).set("y", round(y)).set("width", round(width)).set("height", round(height))
}

/// Hundredths of a pixel are enough, and files stay small.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
