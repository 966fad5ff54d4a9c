//! The table as text: for a terminal, as Markdown, as JSON.

use super::{Row, Summary};
use crate::table::{self, SPACE};
use serde_json::json;
use std::fmt;

const HEADER: [&str; 5] = ["Layer", "Name", "Output", "Parameters", "Multiply-adds"];

/// The first column of numbers.
const NUMBERS: usize = 3;

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let width = f.width().unwrap_or(100);
        let rows = self.rows().into_iter().map(|row| {
            let [layer, name, output, parameters, multiply_adds] =
                self.cells(&row, &format!("{SPACE}{SPACE}").repeat(row.depth));
            // Wrap only between two sizes.
            let output = output.replace(' ', SPACE).replace(&format!(",{SPACE}"), ", ");
            vec![layer, name.replace(' ', SPACE), output, parameters, multiply_adds.replace(' ', SPACE)]
        });
        writeln!(f, "{}", self.signature())?;
        f.write_str(&table::aligned(&HEADER, rows, width, NUMBERS))?;
        f.write_str(&self.footer())
    }
}

impl Summary {
    /// Returns the table as Markdown.
    pub fn to_markdown(&self) -> String {
        let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
        let rows = self.rows().into_iter().map(|row| {
            let [layer, name, output, parameters, multiply_adds] = self.cells(&row, &"&emsp;".repeat(row.depth));
            vec![layer, code(&name), code(&output), parameters, multiply_adds]
        });
        table::markdown(&self.signature(), &HEADER, rows, NUMBERS, &self.footer())
    }

    /// Returns the table as JSON: the network's `name`, its `signature`, the `layers` as [`Row`]s, and the `totals`.
    pub fn to_json(&self) -> String {
        let summary = json!({
            "name": self.network.name,
            "signature": self.signature(),
            "layers": self.rows(),
            "totals": self.totals(),
        });
        format!("{summary:#}")
    }

    fn cells(&self, row: &Row, indent: &str) -> [String; 5] {
        let own = row.own_name;
        let layer = if row.turns == 1 { row.layer.clone() } else { format!("{} × {}", row.turns, row.layer) };
        let name = crate::network::turns_name(own, row.turns);
        let parameters = if row.parameters == 0 { String::new() } else { grouped(row.parameters) };
        let multiply_adds = match row.multiply_adds {
            Some(0) => String::new(),
            multiply_adds => self.count(multiply_adds),
        };
        [format!("{indent}{layer}"), name, row.outputs.join(", "), parameters, multiply_adds]
    }

    fn footer(&self) -> String {
        let totals = self.totals();
        let memory_of = |bytes: Option<i64>| bytes.map_or(self.count(None), memory);
        let buffers = match totals.parameter_bytes / 4 - totals.parameters {
            0 => String::new(),
            elements => format!(" and {} in buffers", grouped(elements)),
        };
        format!(
            "{} parameters{buffers}, {} in f32\n{} multiply-adds per {}\n{} kept for the backward pass, {} at once in evaluation",
            grouped(totals.parameters),
            memory(totals.parameter_bytes),
            self.count(totals.multiply_adds),
            self.batch(),
            memory_of(totals.training_bytes),
            memory_of(totals.evaluation_bytes),
        )
    }

    /// The batch that the counts are for.
    fn batch(&self) -> String {
        let batch = crate::cost::batch(self.network.inputs);
        let size = self.sizes.iter().find(|(size, _)| Some(*size) == batch);
        size.map_or("sample".to_string(), |(_, size)| format!("batch of {size}"))
    }

    /// A count, or the symbols whose values it needs.
    fn count(&self, count: Option<i64>) -> String {
        let batch = crate::cost::batch(self.network.inputs);
        let is_open = |symbol: &&str| Some(*symbol) != batch && self.sizes.iter().all(|(size, _)| size != symbol);
        let open = || self.network.symbols().into_iter().filter(is_open).collect::<Vec<_>>().join(", ");
        count.map_or_else(|| format!("f({})", open()), grouped)
    }
}

/// `1,234,567`
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `44.6 MiB`
fn memory(bytes: i64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{size:.1} {}", UNITS[unit]) }
}
