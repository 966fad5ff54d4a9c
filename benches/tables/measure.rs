//! Measures in rounds, in which each contender runs the loaded row, one after the other.

use crate::contender::{Contender, EAGER, NN_DSL, Start, TCH, Way};
use crate::rows::{Model, Row};
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

/// How long a contender runs in a round, at least. This is enough for the others' threads to stop spinning, and for the
/// clock's resolution not to matter.
const TURN: f64 = 0.1;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// The time for the rounds of a row.
    pub time: Duration,
    /// The least number of rounds of a row.
    pub fewest: usize,
    /// Whether contenders that compile for long take part.
    pub compilers: bool,
}

/// The seconds of a contender in each round.
#[derive(Clone, Debug)]
pub struct Times {
    pub way: Way,
    pub seconds: Vec<f64>,
}

/// The results of a row. The first times are those that the others are compared with.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub row: Row,
    pub times: Vec<Times>,
}

/// Lets these contenders load a row at the same time, and then run it in turns.
pub fn compete(row: Row, ways: &[Way], all: &mut Vec<Contender>, start: &Start, effort: &Effort) -> Result<Outcome> {
    let ways: Vec<Way> = ways.iter().copied().filter(|way| effort.compilers || !way.compiles).collect();
    // What earlier rows freed would serve this one: a process that runs one network has no such memory.
    all.retain(|contender| contender.way.keeps_memory);
    for &way in &ways {
        if all.iter().all(|contender| contender.way != way) {
            all.push(way.serve(start)?);
        }
    }
    let mut contenders: Vec<&mut Contender> = all.iter_mut().filter(|one| ways.contains(&one.way)).collect();
    contenders.sort_by_key(|contender| ways.iter().position(|way| *way == contender.way));
    load(row, &mut contenders)?;
    let mut calls = Vec::new();
    for contender in &mut contenders {
        let seconds = contender.run(1)?.min(contender.run(1)?);
        calls.push((TURN / seconds).ceil() as usize);
    }
    let mut times: Vec<Times> = ways.iter().map(|&way| Times { way, seconds: Vec::new() }).collect();
    let since = Instant::now();
    for round in 0.. {
        if since.elapsed() > effort.time && round >= effort.fewest {
            break;
        }
        // Reverses the order in every other round, so that no contender always runs after the same one.
        let mut order: Vec<usize> = (0..contenders.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            times[index].seconds.push(contenders[index].run(calls[index])?);
        }
    }
    Ok(Outcome { row, times })
}

/// Lets all contenders load at the same time, because two of them compile. They must have loaded the same network.
fn load(row: Row, contenders: &mut [&mut Contender]) -> Result<()> {
    contenders.iter_mut().try_for_each(|contender| contender.load(row))?;
    let mut parameters = Vec::new();
    for contender in contenders.iter_mut() {
        parameters.push((contender.answer()?, contender.way.title));
    }
    let (first, _) = &parameters[0];
    let other = parameters.iter().find(|(count, _)| count != first);
    ensure!(other.is_none(), "{row}: other networks: {parameters:?}");
    Ok(())
}

/// The start-up time and memory of a process that only infers.
#[derive(Clone, Debug)]
pub struct Needs {
    pub way: Way,
    /// Seconds from its start to LeNet's first result.
    pub first: Vec<f64>,
    /// The peak memory in megabytes while ResNet-34 infers, with 8 images at a time.
    pub memory: Vec<f64>,
}

/// Starts each contender this many times, in turns.
pub fn needs(start: &Start, times: usize) -> Result<Vec<Needs>> {
    let mut needs = [EAGER, TCH, NN_DSL].map(|way| Needs { way, first: Vec::new(), memory: Vec::new() });
    for _ in 0..times {
        for Needs { way, first, memory } in &mut needs {
            let since = Instant::now();
            let mut lenet = way.once(start, Model::LeNet.name(), 1)?;
            lenet.answer()?;
            first.push(since.elapsed().as_secs_f64());
            lenet.answer()?;
            let mut resnet = way.once(start, Model::ResNet34.name(), 8)?;
            resnet.answer()?;
            memory.push(resnet.answer()?.parse::<f64>()? / 1024.0);
        }
    }
    Ok(needs.into())
}

/// The quantile: the value below which this share of the values lies.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

impl Outcome {
    /// The ratios of a contender's times to those of the first, round by round.
    pub fn ratios(&self, way: Way) -> Option<Vec<f64>> {
        self.ratios_to(self.times[0].way, way)
    }

    /// The ratios of a contender's times to those of another.
    pub fn ratios_to(&self, other: Way, way: Way) -> Option<Vec<f64>> {
        let seconds = |way| self.times.iter().find(|times| times.way == way).map(|times| &times.seconds);
        Some(seconds(way)?.iter().zip(seconds(other)?).map(|(own, other)| own / other).collect())
    }
}
