//! Decision boundaries.

use tch::{Device, Kind, Tensor};

use super::Picture;
use super::canvas::{Anchor, Canvas, FAINT, colour, hex};
use super::pixels::Pixels;
use super::scale::Scale;
use crate::Error;
use crate::misfit::Misfit;

const SIDE: f64 = 420.0;
const LEFT: f64 = 44.0;
const BOTTOM: f64 = 32.0;
const MARGIN: f64 = 12.0;
/// The number of points on a side at which the network is evaluated.
const CELLS: usize = 140;

/// Draws points of a plane, `[N, 2]`, coloured by their classes, `[N]`, over the classes that `scores` predicts for the
/// plane around them.
///
/// `scores` is called once, with points `[P, 2]` that have the type and device of `points`. It returns either
/// `[P, classes]`, where the largest score decides the class, or the probability of class 1 as `[P]` or `[P, 1]`. If a
/// point's scores sum to 1, the colour is stronger the more certain the prediction is; so return probabilities (after
/// `softmax` or `sigmoid`), not logits.
///
/// # Errors
/// If a tensor has another shape.
pub fn decision_boundary(
    points: &Tensor,
    classes: &Tensor,
    scores: impl FnOnce(&Tensor) -> Tensor,
) -> Result<Picture, Error> {
    let count = match points.size()[..] {
        [count, 2] if classes.size() == [count] => count as usize,
        _ => {
            let tensors = [("points", points), ("classes", classes)];
            let help = "points are [N, 2], and classes [N]";
            return Err(
                Misfit::new("picture::decision_boundary", "these are not points in a plane", &tensors, help).into()
            );
        }
    };
    let places: Vec<f64> = points.to_device(Device::Cpu).to_kind(Kind::Double).contiguous().view([-1]).try_into()?;
    let classes: Vec<i64> = classes.to_device(Device::Cpu).to_kind(Kind::Int64).try_into()?;
    let coordinate = |axis: usize| places.iter().skip(axis).step_by(2).copied();
    let across = Scale::around(coordinate(0), LEFT, LEFT + SIDE).padded(0.08);
    let up = Scale::around(coordinate(1), MARGIN + SIDE, MARGIN).padded(0.08);

    let mut canvas = Canvas::new(LEFT + SIDE + MARGIN, MARGIN + SIDE + BOTTOM);
    let plane = plane(&across, &up).to_kind(points.kind()).to_device(points.device());
    let found = tch::no_grad(|| found(&scores(&plane)))?;
    // Row 0 of the image is at the top, but that of the plane at the bottom.
    let pixels = Pixels::from_fn(CELLS, CELLS, |x, y| shade(found[(CELLS - 1 - y) * CELLS + x]));
    canvas.image(LEFT, MARGIN, SIDE, SIDE, &pixels);
    draw_axes(&mut canvas, &across, &up);
    for (index, class) in classes.iter().enumerate().take(count) {
        let (x, y) = (across.at(places[2 * index]), up.at(places[2 * index + 1]));
        canvas.circle(x, y, 3.5, &hex(colour(*class as usize)));
    }
    Ok(Picture::new(canvas))
}

/// The points at which the network is evaluated, `[CELLS * CELLS, 2]`, row by row from below.
fn plane(across: &Scale, up: &Scale) -> Tensor {
    let points: Vec<f64> = (0..CELLS)
        .flat_map(|row| (0..CELLS).flat_map(move |column| [across.middle(column, CELLS), up.middle(row, CELLS)]))
        .collect();
    Tensor::from_slice(&points).view([-1, 2])
}

/// For each point the class, and the confidence from 0 to 1.
fn found(scores: &Tensor) -> Result<Vec<(usize, f64)>, Error> {
    let points = (CELLS * CELLS) as i64;
    let scores = match scores.size()[..] {
        [count] | [count, 1] if count == points => {
            let one = scores.view([-1, 1]);
            Tensor::cat(&[1.0 - &one, one], 1)
        }
        [count, classes] if count == points && classes > 0 => scores.shallow_clone(),
        _ => {
            let help = format!("for [{points}, 2] points, give [{points}, classes] or [{points}] scores");
            return Err(Misfit::new("picture::decision_boundary", "no scores", &[("scores", scores)], help).into());
        }
    };
    let even = 1.0 / scores.size()[1] as f64;
    let (best, class) = scores.to_device(Device::Cpu).to_kind(Kind::Double).max_dim(1, false);
    let sure = Vec::<f64>::try_from(best)?.into_iter().map(|best| ((best - even) / (1.0 - even)).clamp(0.0, 1.0));
    Ok(Vec::<i64>::try_from(class)?.into_iter().map(|class| class as usize).zip(sure).collect())
}

/// The class's colour, paler with less confidence, and always pale enough for points to stand out.
fn shade((class, sure): (usize, f64)) -> [u8; 3] {
    let strength = 0.08 + 0.37 * sure;
    colour(class).map(|part| (255.0 - strength * (255.0 - f64::from(part))).round() as u8)
}

fn draw_axes(canvas: &mut Canvas, across: &Scale, up: &Scale) {
    for (value, text) in across.ticks(6, false) {
        canvas.coloured_text((across.at(value), MARGIN + SIDE + 18.0), Anchor::Middle, 12.0, FAINT, &text);
    }
    for (value, text) in up.ticks(6, false) {
        canvas.coloured_text((LEFT - 8.0, up.at(value) + 4.0), Anchor::End, 12.0, FAINT, &text);
    }
}
