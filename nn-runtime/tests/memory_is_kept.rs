//! What [`nn_runtime::keep_memory`] does to a process, which is why this is one of its own, without a harness: what is freed is
//! used again, and not fetched anew from the system, page by page.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn main() {
    let before = pages_of_a_step();
    assert!(nn_runtime::keep_memory(), "malloc is glibc's, and the environment says nothing");
    pages_of_a_step();
    let after = pages_of_a_step();
    assert!(10 * after < before, "a step fetched {before} pages before, and {after} after");
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() {
    assert!(!nn_runtime::keep_memory(), "only glibc's malloc can be told");
}

/// How many pages the system hands out where tensors of 40 MB and many small ones are made and dropped.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn pages_of_a_step() -> u64 {
    let float = (tch::Kind::Float, tch::Device::Cpu);
    let since = pages();
    drop(tch::Tensor::ones([10_000_000], float));
    drop((0..100).map(|_| tch::Tensor::ones([100_000], float)).collect::<Vec<_>>());
    pages() - since
}

/// The minor faults of this thread so far: proc(5), the tenth field of `stat`, the eighth after the name.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn pages() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("proc is mounted");
    let (_, fields) = stat.rsplit_once(") ").expect("the name is in parentheses");
    fields.split(' ').nth(7).and_then(|pages| pages.parse().ok()).expect("a number")
}
