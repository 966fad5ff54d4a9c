//! The effect of [`nn_runtime::keep_memory`] on a process, which is why this is its own process, without a harness: freed
//! memory is reused instead of being requested from the system again, page by page, and new memory is in large pages.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn main() {
    let before = pages_of_a_step();
    assert!(nn_runtime::keep_memory(), "malloc is glibc's, and the environment says nothing");
    pages_of_a_step();
    let after = pages_of_a_step();
    assert!(10 * after < before, "a step fetched {before} pages before, and {after} after");
    let tensor = tch::Tensor::ones([10_000_000], (tch::Kind::Float, tch::Device::Cpu));
    assert!(is_for_large_pages(tensor.data_ptr() as usize + 20_000_000));
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() {
    assert!(!nn_runtime::keep_memory(), "only glibc's malloc can be told");
}

/// How many pages the system hands out while tensors of 40 MB and many small ones are made and dropped.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn pages_of_a_step() -> u64 {
    let float = (tch::Kind::Float, tch::Device::Cpu);
    let since = pages();
    drop(tch::Tensor::ones([10_000_000], float));
    drop((0..100).map(|_| tch::Tensor::ones([100_000], float)).collect::<Vec<_>>());
    pages() - since
}

/// Whether large pages were asked for at an address: proc(5), the flag `hg` in `smaps`. Where the kernel knows none, nobody can.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn is_for_large_pages(address: usize) -> bool {
    let smaps = std::fs::read_to_string("/proc/self/smaps").expect("proc is mounted");
    let mut is_there = false;
    for line in smaps.lines() {
        let range = line.split(' ').next().and_then(|range| range.split_once('-'));
        let ends = range.map(|(start, end)| [start, end].map(|end| usize::from_str_radix(end, 16)));
        match ends {
            Some([Ok(start), Ok(end)]) => is_there = (start..end).contains(&address),
            _ if is_there && line.starts_with("VmFlags:") => return line.split(' ').any(|flag| flag == "hg"),
            _ => {}
        }
    }
    !std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists()
}

/// The minor faults of this thread so far: proc(5), the tenth field of `stat`, the eighth after the name.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn pages() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("proc is mounted");
    let (_, fields) = stat.rsplit_once(") ").expect("the name is in parentheses");
    fields.split(' ').nth(7).and_then(|pages| pages.parse().ok()).expect("a number")
}
