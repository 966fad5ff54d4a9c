//! The tables as Markdown, and a chart.

use crate::contender::{EAGER, NN_DSL, OUT_OF_THE_BOX, Way};
use crate::measure::{Needs, Outcome, quantile};
use crate::rows::{SIDE_BY_SIDE, Task};
use anyhow::{Context, Result};
use nn_dsl::picture::{self, Picture};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The tables of the book follow such a line, up to the next [`END`].
pub const ALL: &str = "<!-- written by `cargo xtask bench` -->\n";
pub const PEERS: &str = "<!-- written by `cargo xtask bench tables --with candle,burn` -->\n";
const END: &str = "<!-- until here -->\n";

/// The tables, and what they were measured on.
pub fn markdown(outcomes: &[Outcome], needs: &[Needs], threads: usize) -> String {
    let mut text = format!("Threads: {threads}. Processor: {}.\n\n", processor().unwrap_or_default());
    for name in SIDE_BY_SIDE {
        let part = part(outcomes, name);
        if !part.is_empty() {
            table(&mut text, name, &part);
        }
    }
    for outcome in outcomes.iter().filter(|outcome| outcome.row.task == Task::Steps) {
        steps(&mut text, outcome);
    }
    if !needs.is_empty() {
        needed(&mut text, needs);
    }
    text
}

/// The processor's name, from the kernel.
fn processor() -> Option<String> {
    let told = fs::read_to_string("/proc/cpuinfo").ok()?;
    let name = told.lines().find_map(|line| line.strip_prefix("model name"))?.split_once(": ")?.1;
    Some(name.to_owned())
}

/// The outcomes in a table.
fn part<'a>(outcomes: &'a [Outcome], table: &str) -> Vec<&'a Outcome> {
    outcomes.iter().filter(|outcome| outcome.row.task.table() == table).collect()
}

/// The ways that are compared with the first in any of these outcomes.
fn ways(outcomes: &[&Outcome]) -> Vec<Way> {
    let mut ways = Vec::new();
    for times in outcomes.iter().flat_map(|outcome| &outcome.times[1..]) {
        if !ways.contains(&times.way) {
            ways.push(times.way);
        }
    }
    ways
}

/// Writes a table of what each further measure gains.
fn steps(text: &mut String, outcome: &Outcome) {
    let _ = writeln!(text, "| {} | time | of the first |\n|---|---|---|", outcome.row.title());
    for times in &outcome.times {
        let time = quantile(&times.seconds, 0.5) * 1e3;
        let _ = writeln!(text, "| {} | {time:.1} ms | {} |", times.way.title, cell(outcome.ratios(times.way)));
    }
    text.push('\n');
}

fn table(text: &mut String, name: &str, outcomes: &[&Outcome]) {
    let ways = ways(outcomes);
    let mut titles: Vec<String> = ways.iter().map(|way| way.title.to_owned()).collect();
    let out_of_the_box = ways.contains(&OUT_OF_THE_BOX);
    if out_of_the_box {
        titles.push(format!("{} / {}", NN_DSL.title, OUT_OF_THE_BOX.title));
    }
    let _ = writeln!(text, "| {name} | {} | {} |", EAGER.title, titles.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(titles.len() + 1));
    for outcome in outcomes {
        let eager = quantile(&outcome.times[0].seconds, 0.5) * 1e3;
        let mut cells: Vec<String> = ways.iter().map(|&way| cell(outcome.ratios(way))).collect();
        if out_of_the_box {
            cells.push(cell(outcome.ratios_to(OUT_OF_THE_BOX, NN_DSL)));
        }
        let _ = writeln!(text, "| {} | {eager:.3} ms | {} |", outcome.row.title(), cells.join(" | "));
    }
    text.push('\n');
}

/// The median of the ratios and their quartiles.
fn cell(ratios: Option<Vec<f64>>) -> String {
    let Some(ratios) = ratios else { return "-".to_owned() };
    let [low, median, high] = [0.25, 0.5, 0.75].map(|share| quantile(&ratios, share));
    format!("**{median:.2}** ({low:.2} to {high:.2})")
}

fn needed(text: &mut String, needs: &[Needs]) {
    let _ = writeln!(
        text,
        "| a process that infers | start to LeNet's first result | memory while ResNet-34 infers, batch 8 |"
    );
    let _ = writeln!(text, "|---|---|---|");
    for Needs { way, first, memory } in needs {
        let (first, memory) = (quantile(first, 0.5), quantile(memory, 0.5));
        let _ = writeln!(text, "| {} | {first:.2} s | {memory:.0} MB |", way.title);
    }
    text.push('\n');
}

/// A chart of the medians. Each contender has the same colour everywhere.
pub fn chart(outcomes: &[Outcome]) -> Picture {
    let parts = SIDE_BY_SIDE.map(|name| (name, part(outcomes, name)));
    let mut shown = vec![NN_DSL, EAGER];
    let all: Vec<&Outcome> = parts.iter().flat_map(|(_, part)| part).copied().collect();
    shown.extend(ways(&all).into_iter().filter(|way| ![NN_DSL, OUT_OF_THE_BOX].contains(way)));
    let median = |outcome: &Outcome, way| outcome.ratios(way).map_or(f64::NAN, |ratios| quantile(&ratios, 0.5));
    let mut groups: Vec<(String, Vec<f64>)> = Vec::new();
    for (name, part) in &parts {
        groups.push(((*name).to_owned(), Vec::new()));
        let row = |outcome: &&Outcome| (outcome.row.short(), shown.iter().map(|&way| median(outcome, way)).collect());
        groups.extend(part.iter().map(row));
    }
    let titles: Vec<&str> = shown.iter().map(|way| way.title).collect();
    picture::bars("time, where PyTorch takes 1: less is better", &titles, &groups)
}

/// Saves the chart that the README shows.
pub fn save(chart: &Picture) -> Result<()> {
    Ok(chart.save(book().join("speed.svg"))?)
}

/// Writes the tables to their place in the book, after the line `begin`.
pub fn publish(tables: &str, begin: &str) -> Result<()> {
    let path = book().join("fast.md");
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let parts = page.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.with_context(|| format!("{} has no place for the tables", path.display()))?;
    fs::write(&path, format!("{before}{begin}\n{tables}{END}{after}"))?;
    Ok(())
}

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src")
}
