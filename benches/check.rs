//! Measures how long `cargo check` takes for ResNet-152, as a listing and written by hand on tch. The dependencies of
//! both are checked before.

use std::error::Error;
use std::fs::File;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

const RUNS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let (listing, by_hand) = (fastest("listing")?, fastest("by_hand")?);
    println!("cargo check of ResNet-152, the fastest of {RUNS}");
    println!("as a listing {listing:.2?}");
    println!("by hand      {by_hand:.2?}");
    println!("ratio        {:.2}", listing.as_secs_f64() / by_hand.as_secs_f64());
    Ok(())
}

fn fastest(name: &str) -> Result<Duration, Box<dyn Error>> {
    check(name)?;
    let runs = (0..RUNS).map(|_| {
        File::options().append(true).open(format!("benches/check/{name}.rs"))?.set_modified(SystemTime::now())?;
        check(name)
    });
    let runs: Vec<Duration> = runs.collect::<Result<_, _>>()?;
    Ok(runs.into_iter().min().unwrap_or_default())
}

/// How long one `cargo check` takes.
fn check(name: &str) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let status =
        Command::new(env!("CARGO")).args(["check", "--quiet", "--example", &format!("check_{name}")]).status()?;
    if status.success() { Ok(start.elapsed()) } else { Err(format!("`cargo check` of {name}: {status}").into()) }
}
