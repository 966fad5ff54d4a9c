//! Drawings in pages of documentation.

use super::graph::Graph;
use super::svg::document;

/// The width of a page of rustdoc in pixels, and the height that a drawing may take before it is opened.
const WIDTH: f64 = 930.0;
const HEIGHT: f64 = 900.0;
/// The smallest scale at which a drawing is readable.
const LEGIBLE: f64 = 0.4;

/// The drawing is in the summary, so it is always shown; opening the details shows it in full size.
const STYLE: &str = "<style>
.nn-diagram summary { cursor: zoom-in; list-style: none; }
.nn-diagram[open] summary { cursor: zoom-out; }
.nn-diagram svg, .nn-diagram small { display: block; }
.nn-diagram summary div { max-height: var(--tallest); overflow: hidden; }
.nn-diagram[open] summary div { max-height: 95vh; overflow: auto; }
.nn-diagram:not([open]) svg { max-width: 100%; width: auto; height: auto; }
.nn-diagram:not([open], .cut) svg { max-height: var(--tallest); }
</style>";

pub fn html(name: &str, graph: &Graph) -> String {
    let (document, (width, height)) = document(name, graph);
    // The page around it may be dark.
    let svg = document.set("style", "border-radius: 8px");
    if width <= WIDTH && height <= HEIGHT {
        return format!("<div>\n{svg}\n</div>");
    }
    let as_wide = (WIDTH / width).min(1.0);
    let is_cut = height * as_wide > HEIGHT && height > HEIGHT / LEGIBLE;
    let (class, rest) = if is_cut { ("nn-diagram cut", "the rest of it") } else { ("nn-diagram", "it in full size") };
    format!(
        "{STYLE}\n<details class=\"{class}\" style=\"--tallest: {HEIGHT}px\">\n<summary><div>\n{svg}\n</div><small>Click to see {rest}.</small></summary>\n</details>"
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::layer;
    use crate::{Network, Source, testing};

    /// A network of `layers` layers in a row, with shapes of `shape` characters.
    fn network(layers: usize, shape: usize) -> Network {
        let from = |place: usize| if place == 0 { Source::Input(0) } else { Source::Stage(place - 1) };
        let shape = |place: usize| format!("[{}]", "N".repeat(shape + place % 2));
        testing::network(1, (0..layers).map(|place| layer("relu", &shape(place), vec![from(place)])).collect())
    }

    #[test]
    fn a_drawing_that_fits_the_page_is_shown_as_it_is() {
        let html = network(4, 1).to_html();
        assert!(html.starts_with("<div>\n<svg ") && html.ends_with("</svg>\n</div>"), "{html}");
    }

    #[test]
    fn a_drawing_that_does_not_fit_is_cut_or_scaled() {
        let (tall, wide) = (network(200, 1).to_html(), network(4, 150).to_html());
        assert!(tall.contains("see the rest of it"), "{tall}");
        assert!(wide.contains("see it in full size"), "{wide}");
        assert!([tall, wide].iter().all(|html| html.lines().all(|line| !line.is_empty())));
    }
}
