//! Patterns of named axes, `b (h p) c -> b h (p c)`, in the notation of einops.

mod einsum;
mod parse;
mod rearrange;
mod solve;
mod walk;

use super::{Context, Failure};
use crate::state::Datum;

pub use einsum::LAYERS as EINSUM;
pub use rearrange::LAYERS as REARRANGE;

/// The pattern that was given.
fn text(context: &Context) -> Result<String, Failure> {
    let given = context.argument("pattern").ok_or(Failure::Reported)?;
    match &given.datum {
        Datum::Text(text) => Ok(text.value()),
        _ => Err(context.unfit("pattern", given, "a string")),
    }
}

/// A mistake in the pattern.
fn wrong(context: &Context, what: impl Into<String>) -> Failure {
    context.mistake(context.place("pattern"), what).into()
}
