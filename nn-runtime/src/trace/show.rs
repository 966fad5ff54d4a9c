//! A trace as text: for a terminal, as Markdown, as JSON.

use super::{Output, Row, Trace};
use crate::table::{self, SPACE};
use serde_json::json;
use std::fmt;
use std::time::Duration;

/// The first column of numbers; before it stand layer, name and output.
const NUMBERS: usize = 3;

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let width = f.width().unwrap_or(120);
        let indent = |row: &Row| format!("{SPACE}{SPACE}").repeat(row.depth);
        let lines = self.cells(indent).into_iter().map(|mut cells| {
            cells.iter_mut().skip(1).for_each(|cell| *cell = cell.replace(' ', SPACE));
            cells
        });
        writeln!(f, "{}", self.network.name)?;
        f.write_str(&table::aligned(&self.header(), lines, width, NUMBERS))?;
        f.write_str(&self.footer())
    }
}

impl Trace {
    /// Returns the table as Markdown.
    pub fn to_markdown(&self) -> String {
        let rows = self.cells(|row| "&emsp;".repeat(row.depth));
        table::markdown(self.network.name, &self.header(), rows, NUMBERS, &self.footer())
    }

    /// Returns the trace as JSON: the network's `name`, the `layers` as [`Row`]s, and the total `seconds`. NaN is
    /// `null`.
    pub fn to_json(&self) -> String {
        let trace = json!({ "name": self.network.name, "layers": self.rows, "seconds": self.time().as_secs_f64() });
        format!("{trace:#}")
    }

    /// The header. NaN and infinity have columns only if there are any.
    fn header(&self) -> Vec<&'static str> {
        let mut header = vec!["Layer", "Name", "Output", "Mean", "Std", "Min", "Max", "Zeros"];
        header.extend(self.first_nan().map(|_| "NaN"));
        header.extend(self.first_infinity().map(|_| "Infinite"));
        header.push("Time");
        header
    }

    /// A line for each row, and for each output after its first.
    fn cells(&self, indent: impl Fn(&Row) -> String) -> Vec<Vec<String>> {
        let mut lines = Vec::new();
        for row in &self.rows {
            let mut start = vec![format!("{}{}", indent(row), row.layer), row.own_name.clone()];
            let mut time = if row.time.is_zero() { String::new() } else { duration(row.time) };
            if row.outputs.is_empty() {
                let empty = self.header().len() - NUMBERS;
                lines.push([start, vec![String::new(); empty], vec![time]].concat());
                continue;
            }
            for output in &row.outputs {
                lines.push([start, self.measured(output), vec![time]].concat());
                (start, time) = (vec![String::new(); 2], String::new());
            }
        }
        lines
    }

    fn measured(&self, output: &Output) -> Vec<String> {
        let dtype = if output.dtype == "f32" { "" } else { output.dtype };
        let mut cells = vec![format!("{dtype}{:?}", output.shape)];
        cells.extend([output.mean, output.std, output.min, output.max].map(number));
        let count = |count: i64| if count == 0 { String::new() } else { share(count as f64 / elements(output)) };
        cells.push(if output.zeros > 0.0 { share(output.zeros) } else { String::new() });
        cells.extend(self.first_nan().map(|_| count(output.nan)));
        cells.extend(self.first_infinity().map(|_| count(output.infinite)));
        cells
    }

    fn footer(&self) -> String {
        let mut lines = vec![format!("{} in total", duration(self.time()))];
        let (nan, infinity) = (self.first_nan(), self.first_infinity());
        lines.extend(infinity.map(|row| self.origin("infinity", row, |output| output.infinite)));
        lines.extend(nan.map(|row| self.origin("NaN", row, |output| output.nan)));
        lines.join("\n")
    }

    /// The line that names the first layer with a NaN or infinite output.
    fn origin(&self, what: &str, row: &Row, count: fn(&Output) -> i64) -> String {
        let found: i64 = row.outputs.iter().map(count).sum();
        let all: f64 = row.outputs.iter().map(elements).sum();
        let spoilt: Vec<String> = row.spoilt.iter().map(|name| format!("`{name}`")).collect();
        let because =
            if spoilt.is_empty() { String::new() } else { format!("; not finite in it: {}", spoilt.join(", ")) };
        format!("the first {what}: {}, {found} of {all} values{because}", self.place(row))
    }

    /// Describes a row's position: a layer without a name by the last named one before it.
    fn place(&self, row: &Row) -> String {
        if !row.name.is_empty() {
            return format!("`{}` ({})", row.name, row.layer);
        }
        let before = self.rows.iter().take_while(|other| !std::ptr::eq(*other, row));
        let named = before.filter(|row| !row.name.is_empty() && !row.outputs.is_empty()).last();
        named.map_or_else(|| format!("`{}`", row.layer), |named| format!("`{}` after `{}`", row.layer, named.name))
    }
}

fn elements(output: &Output) -> f64 {
    output.shape.iter().product::<i64>() as f64
}

/// Four digits, or scientific notation for very small and large numbers.
fn number(value: f64) -> String {
    let size = value.abs();
    match value {
        _ if value.is_nan() => String::new(),
        _ if size == 0.0 => "0".to_string(),
        _ if (1e-3..1e5).contains(&size) => {
            let digits = 3 - size.log10().floor().max(0.0) as i32;
            format!("{value:.*}", digits.max(0) as usize)
        }
        _ => format!("{value:.2e}"),
    }
}

/// The percentage of something that does occur.
fn share(share: f64) -> String {
    if share < 0.001 { "<0.1%".to_string() } else { format!("{:.1}%", 100.0 * share) }
}

fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        _ if seconds >= 1.0 => format!("{seconds:.2} s"),
        _ if seconds >= 1e-3 => format!("{:.2} ms", 1e3 * seconds),
        _ => format!("{:.0} µs", 1e6 * seconds),
    }
}
