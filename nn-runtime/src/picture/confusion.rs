//! Confusion matrices.

use tch::{Device, Kind, Tensor};

use super::Picture;
use super::canvas::{Anchor, Canvas, FAINT, INK, hex};
use crate::Error;
use crate::misfit::Misfit;

const CELL: f64 = 44.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 52.0;

/// Draws a confusion matrix, `[classes, classes]`: row `i`, column `j` counts the samples of class `i` predicted as
/// `j`.
///
/// The larger a cell's share of its row, the darker it is. `names` are the names of the classes; if empty, their
/// numbers are shown.
///
/// # Errors
/// If the matrix is not square, or the number of names differs.
pub fn confusion(matrix: &Tensor, names: &[&str]) -> Result<Picture, Error> {
    let classes = match matrix.size()[..] {
        [rows, columns] if rows == columns => rows as usize,
        _ => return Err(misfit("a confusion matrix is square", matrix, "give as many columns as rows")),
    };
    if !names.is_empty() && names.len() != classes {
        let problem = format!("{} names do not fit {classes} classes", names.len());
        return Err(misfit(&problem, matrix, "give a name for each class, or none"));
    }
    let names: Vec<String> = match names {
        [] => (0..classes).map(|class| class.to_string()).collect(),
        names => names.iter().map(|name| name.to_string()).collect(),
    };
    let counts: Vec<f64> = matrix.to_device(Device::Cpu).to_kind(Kind::Double).contiguous().view([-1]).try_into()?;
    Ok(Picture::new(draw(&counts, &names)))
}

fn misfit(problem: &str, matrix: &Tensor, help: &str) -> Error {
    Misfit::new("picture::confusion", problem, &[("matrix", matrix)], help).into()
}

fn draw(counts: &[f64], names: &[String]) -> Canvas {
    let side = CELL * names.len() as f64;
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) as f64;
    // Helvetica's letters are about half as wide as they are high.
    let left = 44.0 + 7.0 * longest;
    let slanted = longest > 5.0;
    let bottom = BOTTOM + if slanted { 4.0 * longest } else { 0.0 };
    let mut canvas = Canvas::new(left + side + 16.0, TOP + side + bottom);
    for (row, name) in names.iter().enumerate() {
        let y = TOP + CELL * row as f64;
        let counts = &counts[row * names.len()..][..names.len()];
        let total = counts.iter().sum::<f64>();
        canvas.text(left - 8.0, y + CELL / 2.0 + 4.0, Anchor::End, 13.0, name);
        for (column, count) in counts.iter().enumerate() {
            draw_cell(
                &mut canvas,
                left + CELL * column as f64,
                y,
                *count,
                if total > 0.0 { count / total } else { 0.0 },
            );
        }
    }
    for (column, name) in names.iter().enumerate() {
        let x = left + CELL * (column as f64 + 0.5);
        if slanted {
            canvas.slanted_text(x + 4.0, TOP + side + 14.0, 13.0, name)
        } else {
            canvas.text(x, TOP + side + 18.0, Anchor::Middle, 13.0, name)
        }
    }
    canvas.coloured_text((left + side / 2.0, canvas.height - 12.0), Anchor::Middle, 13.0, FAINT, "predicted");
    canvas.upright_text(18.0, TOP + side / 2.0, 13.0, FAINT, "true");
    canvas
}

fn draw_cell(canvas: &mut Canvas, x: f64, y: f64, count: f64, part: f64) {
    // The root makes the few mistakes visible beside the many hits.
    let shade = part.sqrt();
    let mix = |light: f64, dark: f64| (light + (dark - light) * shade).round() as u8;
    canvas.rectangle(
        x + 0.5,
        y + 0.5,
        CELL - 1.0,
        CELL - 1.0,
        &hex([mix(245.0, 0.0), mix(247.0, 90.0), mix(250.0, 150.0)]),
    );
    if count != 0.0 {
        let colour = if shade > 0.5 { "white" } else { INK };
        canvas.coloured_text((x + CELL / 2.0, y + CELL / 2.0 + 4.0), Anchor::Middle, 12.0, colour, &count.to_string());
    }
}
