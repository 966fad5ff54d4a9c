//! Keeping freed memory.

use std::env;
use std::sync::OnceLock;

use crate::native;

/// How much more memory than needed malloc requests from the system: 64 MiB.
const STEP: i32 = 64 << 20;

/// The environment variables with the same settings of glibc's malloc (mallopt(3)).
const VARIABLES: [&str; 5] =
    ["MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_PERTURB_", "MALLOC_TOP_PAD_", "MALLOC_TRIM_THRESHOLD_"];

/// Whether keeping memory was requested, and works.
static KEPT: OnceLock<bool> = OnceLock::new();

/// Lets this process keep the memory that it frees, and returns whether it does.
///
/// glibc's malloc returns large blocks to the system as soon as they are freed. Each training step frees everything it
/// computed, so the next step gets all of that memory anew, page by page, zeroed: a third of the time of LeNet's step.
/// After this call the process keeps its largest size until it ends. It gets new memory in pages of 2 MB where the
/// system has them (`/sys/kernel/mm/transparent_hugepage/enabled` is not `never`), so the processor finds it faster:
/// AdamW's step takes seven eighths of the time. Large pages apply to the main thread only; from another thread it just
/// keeps memory. [`Trainer::fit`](crate::train::Trainer::fit) calls it unless told not to; you can call it in your own
/// loop.
///
/// It does nothing and returns false if malloc is not glibc's, or if the environment already configures malloc: with
/// `MALLOC_TRIM_THRESHOLD_`, `MALLOC_MMAP_THRESHOLD_`, `MALLOC_MMAP_MAX_`, `MALLOC_TOP_PAD_`, `MALLOC_PERTURB_`, or
/// `glibc.malloc` in `GLIBC_TUNABLES`. So `MALLOC_TOP_PAD_=131072`, which is the default value, turns it off for an
/// existing program.
///
/// ```
/// let kept = nn_runtime::keep_memory();
/// assert_eq!(nn_runtime::keep_memory(), kept);
/// ```
pub fn keep_memory() -> bool {
    *KEPT.get_or_init(|| !is_told(|name| env::var(name).ok()) && native::keep_memory(STEP))
}

/// Returns free memory to the system, unless malloc was told what to do with it.
pub(crate) fn trim() {
    if KEPT.get() != Some(&true) && !is_told(|name| env::var(name).ok()) {
        native::trim_memory();
    }
}

/// Whether the environment configures malloc.
fn is_told(variable: impl Fn(&str) -> Option<String>) -> bool {
    let tunables = variable("GLIBC_TUNABLES").unwrap_or_default();
    VARIABLES.iter().any(|name| variable(name).is_some()) || tunables.contains("glibc.malloc.")
}

#[cfg(test)]
mod tests {
    use super::is_told;

    fn told(name: &str, value: &str) -> bool {
        is_told(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn the_environment_comes_first() {
        assert!(told("MALLOC_TOP_PAD_", "131072"));
        assert!(told("MALLOC_TRIM_THRESHOLD_", "0"));
        assert!(told("GLIBC_TUNABLES", "glibc.rtld.nns=4:glibc.malloc.mmap_max=1"));
        assert!(!told("GLIBC_TUNABLES", "glibc.rtld.nns=4"));
        assert!(!told("MALLOC_ARENA_MAX", "1"));
    }
}
