//! Runs that may fail because of the values in a tensor, such as an index that is too large.

use crate::Error;
use crate::check::InputError;
use crate::network::Network;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

thread_local! {
    /// Whether an [`attempt`] catches failures, so that nothing is printed.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs a network, and gives as an error what libtorch or [`fail`] says. Other panics, those of the user's code, go on.
///
/// libtorch's own errors come as panics of tch, of which Rust's panic hook has printed the text by then.
#[doc(hidden)]
pub fn attempt<N: Network, T>(run: impl FnOnce() -> T) -> Result<T, InputError> {
    let outer = CAUGHT.replace(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    CAUGHT.set(outer);
    result.map_err(|panic| match panic.downcast::<Failure>() {
        Ok(failure) => InputError::Run { network: N::NAME, reason: failure.0 },
        Err(panic) => match panic.downcast_ref::<String>().and_then(|text| of_libtorch(text)) {
            Some(reason) => InputError::Run { network: N::NAME, reason },
            None => resume_unwind(panic),
        },
    })
}

/// The payload of a panic inside an [`attempt`].
struct Failure(String);

/// Ends a run with an error of the attempt around it, or else with a panic.
#[track_caller]
pub(crate) fn fail(reason: String) -> ! {
    if CAUGHT.get() {
        resume_unwind(Box::new(Failure(reason)));
    }
    panic!("{reason}")
}

/// The result of a call of libtorch. A failure panics as in tch's methods, or becomes an error of the attempt around it.
#[track_caller]
pub(crate) fn computed<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| fail(error.to_string()))
}

/// The first line of tch's panic message when libtorch fails. The others are a C++ backtrace.
fn of_libtorch(panic: &str) -> Option<String> {
    let (_, text) = panic.split_once("called `Result::unwrap()` on an `Err` value: Torch(\"")?;
    let line = text.split("\\n").next().unwrap_or(text);
    Some(format!("libtorch: {}", line.trim_end_matches("\")")))
}
