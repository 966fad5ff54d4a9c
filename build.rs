//! Lets this package's examples, tests and benchmarks be started by hand, under a profiler say: cargo itself finds
//! libtorch for what it runs, as `nn-runtime/build.rs` tells.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Ok(libtorch) = std::env::var("DEP_NN_RUNTIME_LIBTORCH_LIB") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{libtorch}");
    }
}
