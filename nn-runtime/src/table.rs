//! Tables as text: aligned for a terminal, and as Markdown.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

/// A space at which no line is wrapped.
pub(crate) const SPACE: &str = "\u{a0}";

/// A table with a rule above and below the rows; its columns from `numbers` on are aligned to the right. `width` is not
/// exceeded where words can be wrapped.
pub(crate) fn aligned(
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    width: usize,
    numbers: usize,
) -> String {
    let mut table = Table::new();
    let width: u16 = width.try_into().unwrap_or(u16::MAX);
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width).set_header(header.iter().map(Cell::new));
    let mut words: Vec<usize> = header.iter().map(|title| title.chars().count()).collect();
    for row in rows {
        let longest = |cell: &String| cell.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        words.iter_mut().zip(&row).for_each(|(word, cell)| *word = longest(cell).max(*word));
        table.add_row(row);
    }
    keep_words(&mut table, &words, width);
    for column in table.column_iter_mut().skip(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().collect();
    let is_rule = |line: &str| line.chars().all(|character| character == '─' || character == ' ');
    let last = lines.len().saturating_sub(1);
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        // Only the outer rules; one below every row would be too many.
        if index == 0 || index == last || !is_rule(line) {
            text.push_str(line.replace(SPACE, " ").trim_end());
            text.push('\n');
        }
    }
    text
}

/// Keeps words whole, if the longest words of all columns fit beside one another.
fn keep_words(table: &mut Table, words: &[usize], width: u16) {
    let least: Vec<u16> = words.iter().map(|word| u16::try_from(word + 2).unwrap_or(u16::MAX)).collect();
    if least.iter().fold(0, |sum: u16, least| sum.saturating_add(*least)) > width {
        return;
    }
    for (column, least) in table.column_iter_mut().zip(least) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
    }
}

/// A table in Markdown, with a title above and lines below it; its columns from `numbers` on are aligned to the right.
pub(crate) fn markdown(
    title: &str,
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    numbers: usize,
    footer: &str,
) -> String {
    let rule: Vec<&str> = (0..header.len()).map(|column| if column < numbers { "---" } else { "---:" }).collect();
    let rows: String = rows.into_iter().map(|cells| format!("| {} |\n", cells.join(" | "))).collect();
    let (header, rule, footer) = (header.join(" | "), rule.join("|"), footer.replace('\n', "  \n"));
    format!("`{title}`\n\n| {header} |\n|{rule}|\n{rows}\n{footer}")
}
