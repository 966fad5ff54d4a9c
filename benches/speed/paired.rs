//! Times two functions in turns. The time is this thread's CPU time, which other programs do not lengthen.

use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// Shorter times would mostly measure the clock.
const SAMPLE: Duration = Duration::from_millis(2);
const TOTAL: Duration = Duration::from_secs(4);
const FEWEST: usize = 30;

/// The times of both functions in each turn, in seconds.
pub struct Comparison {
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

impl Comparison {
    /// Times both functions. Which is first alternates.
    pub fn of(mut ours: impl FnMut(), mut theirs: impl FnMut()) -> Comparison {
        let calls = calls_in_a_sample(&mut ours).max(calls_in_a_sample(&mut theirs));
        let mut comparison = Comparison { ours: Vec::new(), theirs: Vec::new() };
        let start = Instant::now();
        while start.elapsed() < TOTAL || comparison.ours.len() < FEWEST {
            let ours_first = comparison.ours.len().is_multiple_of(2);
            if ours_first {
                comparison.ours.push(time(&mut ours, calls));
            }
            comparison.theirs.push(time(&mut theirs, calls));
            if !ours_first {
                comparison.ours.push(time(&mut ours, calls));
            }
        }
        comparison
    }

    /// Prints a line of the table.
    pub fn print(&self, name: &str) {
        let [ours, theirs] = [&self.ours, &self.theirs].map(|times| quantile(times, 0.5));
        let ratios: Vec<f64> = self.ours.iter().zip(&self.theirs).map(|(ours, theirs)| ours / theirs).collect();
        let (low, high) = (quantile(&ratios, 0.25), quantile(&ratios, 0.75));
        println!(
            "{name:<40}{:>9.3} ms{:>9.3} ms{:>8.3}{low:>10.3} - {high:.3}",
            ours * 1e3,
            theirs * 1e3,
            ours / theirs
        );
    }
}

/// How many calls fill a sample, after some to warm up.
fn calls_in_a_sample(call: &mut impl FnMut()) -> u32 {
    time(call, 3);
    (SAMPLE.as_secs_f64() / time(call, 3)).ceil() as u32
}

/// The seconds that one call takes, measured over `calls`.
fn time(call: &mut impl FnMut(), calls: u32) -> f64 {
    let start = computed();
    (0..calls).for_each(|_| call());
    (computed() - start) / f64::from(calls)
}

/// This thread's CPU time in seconds.
fn computed() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}
