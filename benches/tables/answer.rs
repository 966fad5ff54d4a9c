//! The protocol of contenders in Rust: each line of standard input is a request, which is answered on standard output.
//!
//! | request | answer |
//! |---|---|
//! | `load inference resnet18 8` | the number of parameters, once the network has run a few times |
//! | `run 10` | how many seconds ten calls of the loaded row took |

use crate::rows::Row;
use anyhow::{Context, Result, bail};
use rustix::time::{ClockId, clock_gettime};
use std::env;
use std::io::{self, Write};

/// The call that a row measures.
pub type Call = Box<dyn FnMut() -> Result<()>>;

/// Answers requests until the input ends. `load` returns the call that a row measures, and the number of parameters.
pub fn serve(load: impl Fn(Row) -> Result<(Call, i64)>) -> Result<()> {
    let mut call: Option<Call> = None;
    for line in io::stdin().lines() {
        let line = line?;
        let answer = match line.split_once(' ') {
            Some(("load", row)) => {
                // First, so that there are never two networks in memory.
                drop(call.take());
                let row = Row::of(row).with_context(|| format!("there is no row `{row}`"))?;
                let (mut loaded, parameters) = load(row)?;
                (0..3).try_for_each(|_| loaded())?;
                call = Some(loaded);
                parameters.to_string()
            }
            Some(("run", count)) => {
                let (count, call) = (count.parse::<usize>()?, call.as_mut().context("nothing is loaded")?);
                let start = seconds();
                (0..count).try_for_each(|_| call())?;
                (seconds() - start).to_string()
            }
            _ => bail!("`{line}` is neither `load` nor `run`"),
        };
        say(&answer)?;
    }
    Ok(())
}

/// The time in seconds. With one thread it is the CPU time of this process, which other processes do not lengthen.
fn seconds() -> f64 {
    let alone = env::var("OMP_NUM_THREADS").is_ok_and(|threads| threads == "1");
    let time = clock_gettime(if alone { ClockId::ProcessCPUTime } else { ClockId::Monotonic });
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

pub fn say(answer: &str) -> Result<()> {
    println!("{answer}");
    Ok(io::stdout().flush()?)
}
