//! How fast networks run with PyTorch, with what its users do to make it faster, with `tch::nn`, and as listings of
//! this crate. Each contender is a process of its own. They run in turns, with the same number of threads and the same
//! settings of malloc; in training, PyTorch with malloc's defaults runs too.
//!
//! `cargo xtask bench` runs all rows, and writes the tables of the book and the chart of the README. `cargo xtask bench
//! tables resnet18 --quick` prints some rows. `--with candle,burn` compares with other libraries.

mod answer;
#[path = "../speed/by_hand.rs"]
mod by_hand;
#[path = "../../xtask/src/cache.rs"]
#[allow(dead_code)]
mod cache;
mod contender;
mod listed;
mod measure;
mod peer;
mod report;
mod rows;
mod serve;

use anyhow::{Context, Result, bail};
use clap::Parser;
use contender::{Contender, Start, Way, ways};
use measure::Effort;
use peer::Peer;
use rows::{Model, Row};
use std::time::Duration;

/// The name of the rows that measure processes.
const PROCESSES: &str = "processes";

/// Compares networks with PyTorch, in turns.
#[derive(Parser)]
struct Arguments {
    /// Runs the rows whose names have all of these words, such as `resnet18` or `training`, or `processes` for start
    /// and memory. All rows if there are none
    words: Vec<String>,
    /// Runs fewer rounds, and leaves out torch.compile
    #[arg(long)]
    quick: bool,
    /// Seconds for the rounds of each row
    #[arg(long, default_value_t = 15.0)]
    seconds: f64,
    /// The number of threads of each contender. With one, CPU time is measured
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Other libraries in Rust to compare with instead, in the rows that they can run. Building one takes minutes, once
    #[arg(long = "with", value_name = "LIBRARY", value_delimiter = ',')]
    peers: Vec<Peer>,
    /// Added by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// A contender in Rust, as this program starts it: `serve nn-dsl once lenet 1`.
#[derive(Parser)]
struct Serve {
    way: serve::Way,
    #[arg(value_parser = ["once"])]
    once: Option<String>,
    net: Option<String>,
    batch: Option<i64>,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args();
    if arguments.nth(1).as_deref() != Some("serve") {
        return compare(&Arguments::parse());
    }
    match Serve::parse_from(std::env::args().skip(1)) {
        Serve { way, net: Some(net), batch: Some(batch), .. } => serve::once(way, Model::of(&net).context(net)?, batch),
        Serve { way, .. } => serve::serve(way),
    }
}

fn compare(arguments: &Arguments) -> Result<()> {
    let python = cache::reference_python().context("`cargo xtask bench` sets up the PyTorch to compare with")?;
    let start = Start { python, threads: arguments.threads };
    let rows: Vec<(Row, Vec<Way>)> = arguments.rows().collect();
    let processes = arguments.wants(PROCESSES) && arguments.peers.is_empty();
    if rows.is_empty() && !processes {
        let names: Vec<&str> = arguments.peers.iter().map(|peer| peer.name()).collect();
        let these = if names.is_empty() { String::new() } else { format!(" that {} can run", names.join(" or ")) };
        bail!("no row{these} has all of {:?} in its name", arguments.words);
    }
    arguments.peers.iter().try_for_each(|peer| peer.build())?;
    let effort = if arguments.quick {
        Effort { time: Duration::from_secs(3), fewest: 3, compilers: false }
    } else {
        Effort { time: Duration::from_secs_f64(arguments.seconds), fewest: 5, compilers: true }
    };
    let mut contenders: Vec<Contender> = Vec::new();
    let mut outcomes = Vec::new();
    for (index, (row, ways)) in rows.iter().enumerate() {
        eprintln!("{} of {}: {}", index + 1, rows.len(), row.title());
        outcomes.push(measure::compete(*row, ways, &mut contenders, &start, &effort)?);
    }
    drop(contenders);
    let needs = if processes { measure::needs(&start, effort.fewest)? } else { Vec::new() };
    let tables = report::markdown(&outcomes, &needs, arguments.threads);
    println!("{tables}");
    match arguments.peers.len() {
        _ if arguments.quick || !arguments.words.is_empty() => Ok(()),
        0 => report::publish(&tables, report::ALL).and_then(|()| report::save(&report::chart(&outcomes))),
        1 => Ok(()),
        _ => report::publish(&tables, report::PEERS),
    }
}

impl Arguments {
    fn wants(&self, name: &str) -> bool {
        self.words.iter().all(|word| name.split(' ').any(|part| part == word))
    }

    /// The rows, and the ways that compete in each.
    fn rows(&self) -> impl Iterator<Item = (Row, Vec<Way>)> {
        let wanted = rows::rows().into_iter().filter(|row| self.wants(&row.to_string()));
        wanted.map(|row| (row, ways(row, &self.peers))).filter(|(_, ways)| !ways.is_empty())
    }
}
