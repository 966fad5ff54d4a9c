//! Makes the GPU usable in a program that is only linked against libtorch.
//!
//! Nothing in a tch program refers to a symbol of `libtorch_cuda.so`, so linkers leave it out, and libtorch then
//! reports that there is no CUDA. The library must be loaded before the first question about CUDA, because libtorch
//! remembers the answer; hence before `main`. Loading it takes 0.2 s and 350 MB of memory, but only on machines with an
//! NVIDIA driver.

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use std::fs;
use std::path::PathBuf;

/// The program's loader calls what stands in this section before `main`.
#[used]
#[unsafe(link_section = ".init_array")]
static LOAD: extern "C" fn() = load;

/// Loads CUDA's half of libtorch. Without a driver, or with a libtorch for the CPU alone, the program stays on the CPU.
extern "C" fn load() {
    if !open("libcuda.so.1".into()) {
        return;
    }
    if let Some(library) = beside_libtorch_cpu() {
        open(library);
    }
}

/// Loads a library for good, or says that it cannot be.
fn open(library: PathBuf) -> bool {
    // SAFETY: what runs are the initialisers of the CUDA driver and of libtorch, which any program may load; neither is
    // ever unloaded.
    match unsafe { Library::open(Some(library), RTLD_NOW | RTLD_GLOBAL) } {
        Ok(library) => {
            std::mem::forget(library);
            true
        }
        Err(_) => false,
    }
}

/// The `libtorch_cuda.so` of the same libtorch that this program runs on, whatever else the library path holds.
fn beside_libtorch_cpu() -> Option<PathBuf> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let library = maps.lines().find_map(|line| {
        let path = &line[line.find('/')?..];
        path.ends_with("/libtorch_cpu.so").then(|| PathBuf::from(path))
    })?;
    Some(library.with_file_name("libtorch_cuda.so"))
}

#[cfg(test)]
mod tests {
    use super::beside_libtorch_cpu;

    #[test]
    fn the_library_is_sought_where_libtorch_was_loaded_from() {
        assert!(!tch::Tensor::zeros([1], tch::kind::FLOAT_CPU).requires_grad());
        let library = beside_libtorch_cpu().unwrap();
        assert!(library.ends_with("libtorch_cuda.so"));
        assert!(library.with_file_name("libtorch_cpu.so").exists());
    }
}
