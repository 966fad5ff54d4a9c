//! Ctrl-C, which ends a run after the current step. The second one ends the program, as it does outside of a run.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{SigId, flag, low_level};

/// The signals of a terminal, and of a cluster that stops a job.
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// How many runs are listening.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// Listens for signals until it is dropped.
#[derive(Debug)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    registered: Vec<SigId>,
}

impl Interrupt {
    pub fn listen() -> io::Result<Self> {
        let deadly = deadly()?;
        RUNS.fetch_add(1, Ordering::SeqCst);
        deadly.store(false, Ordering::SeqCst);
        let mut interrupt = Self { asked: Arc::default(), registered: Vec::new() };
        for signal in SIGNALS {
            interrupt.registered.push(flag::register(signal, interrupt.asked.clone())?);
        }
        Ok(interrupt)
    }

    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.registered.drain(..).for_each(|id| {
            low_level::unregister(id);
        });
        if RUNS.fetch_sub(1, Ordering::SeqCst) == 1 {
            let _ = deadly().map(|deadly| deadly.store(true, Ordering::SeqCst));
        }
    }
}

/// Whether the next signal ends the program. signal-hook's handler cannot be removed, and would ignore the signal.
fn deadly() -> io::Result<&'static Arc<AtomicBool>> {
    static DEADLY: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(deadly) = DEADLY.get() {
        return Ok(deadly);
    }
    let deadly = Arc::new(AtomicBool::new(false));
    for signal in SIGNALS {
        flag::register_conditional_default(signal, deadly.clone())?;
        // The first signal stops a run, the second the program.
        flag::register(signal, deadly.clone())?;
    }
    Ok(DEADLY.get_or_init(|| deadly))
}
