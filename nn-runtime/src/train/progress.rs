//! A progress bar.

use std::fmt;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::{BatchEnd, Callback, Epoch, History, Plan};
use crate::Error;

/// Shows the progress of an epoch on the terminal, with loss, metrics, speed and time left, and prints a line for each
/// epoch.
///
/// It writes to standard error; if that is not a terminal, only the line for each epoch.
#[derive(Debug, Default)]
pub struct Progress {
    epochs: usize,
    bar: Option<ProgressBar>,
    drawn: Option<Instant>,
}

/// The interval at which the scores are computed again.
const REDRAW: Duration = Duration::from_millis(100);

impl Progress {
    /// Creates a progress bar on the terminal.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a line above the bar.
    fn line(&mut self, text: &str) {
        let bar = self.bar(0);
        if bar.is_hidden() {
            // Failing to write it is no reason to stop.
            let _ = writeln!(io::stderr(), "{text}");
        } else {
            bar.println(text);
        }
    }

    fn bar(&mut self, batches: usize) -> &ProgressBar {
        self.bar.get_or_insert_with(|| {
            let template = "{prefix} {bar:24.cyan/dim} {pos}/{len}  {msg}  {speed} batches/s  {eta} left";
            let style = ProgressStyle::with_template(template).expect("the template is well-formed");
            let style = style.with_key("speed", |state: &ProgressState, text: &mut dyn fmt::Write| {
                // Failing to write it is no reason to stop.
                let _ = write!(text, "{:.1}", state.per_sec());
            });
            ProgressBar::new(batches as u64).with_style(style.progress_chars("━━╌"))
        })
    }
}

impl Callback for Progress {
    fn begin(&mut self, plan: &Plan) -> Result<(), Error> {
        *self = Self { epochs: plan.epochs, ..Self::default() };
        Ok(())
    }

    fn batch(&mut self, batch: &BatchEnd) -> Result<(), Error> {
        let epochs = self.epochs;
        let due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW) || batch.batch == batch.batches;
        let bar = self.bar(batch.batches);
        if !due || bar.is_hidden() {
            return Ok(());
        }
        bar.set_prefix(format!("epoch {}/{epochs}", batch.epoch));
        bar.set_message(batch.scores().to_string());
        bar.set_position(batch.batch as u64);
        self.drawn = Some(Instant::now());
        Ok(())
    }

    fn epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        self.line(&epoch.to_string());
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        Ok(ControlFlow::Continue(()))
    }

    fn notice(&mut self, text: &str) {
        self.line(text);
    }

    fn end(&mut self, _history: &History) -> Result<(), Error> {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        Ok(())
    }
}
