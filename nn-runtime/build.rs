//! Compiles the C++ of `src/native`, and lets every program find libtorch when cargo starts it, with no flag or variable
//! of the user's.
//!
//! torch-sys gives a program no rpath, and a library cannot give one to its users' programs. But cargo puts the link
//! search paths of all dependencies that lie inside the target folder on the library path of whatever it runs: programs,
//! examples, tests and doc tests, of crates that depend on this one too. So libtorch's folder gets a link in there.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // torch-sys names no folder where it links nothing (its feature `doc-only`) and on Windows, which has no rpath either.
    let Some(libtorch) = env::var_os("DEP_TCH_LIBTORCH_LIB").map(PathBuf::from) else {
        return;
    };
    let link = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("libtorch");
    if let Err(error) = relink(&libtorch, &link) {
        panic!("cannot make the link {}: {error}", link.display());
    }
    println!("cargo:rustc-link-search=native={}", link.display());
    println!("cargo:libtorch_lib={}", libtorch.display());
    compile_native(&libtorch);
}

/// Compiles `src/native` against the headers that torch-sys found, with its flags.
fn compile_native(libtorch: &Path) {
    let mut sources = Vec::new();
    for entry in fs::read_dir("src/native").expect("the package has its sources") {
        let file = entry.expect("a folder can be read").path();
        let kind = file.extension().and_then(|kind| kind.to_str());
        // `mod.rs` names whatever is added.
        if matches!(kind, Some("cpp" | "h")) || file.ends_with("mod.rs") {
            println!("cargo:rerun-if-changed={}", file.display());
        }
        if kind == Some("cpp") {
            sources.push(file);
        }
    }
    sources.sort();
    for variable in ["LIBTORCH_INCLUDE", "LIBTORCH_CXX11_ABI"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let root = env::var_os("LIBTORCH_INCLUDE").map_or_else(|| libtorch.join(".."), PathBuf::from);
    let abi = env::var("LIBTORCH_CXX11_ABI").unwrap_or_else(|_| "1".to_owned());
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .include(root.join("include"))
        // libtorch's headers have unused parameters, and what GCC takes for unset.
        .flag("-Wno-unused-parameter")
        .flag_if_supported("-Wno-maybe-uninitialized")
        .define("_GLIBCXX_USE_CXX11_ABI", abi.as_str())
        // In builds for debugging too: whole convolutions and poolings are computed here.
        .opt_level(3)
        .files(sources)
        .compile("nn_native");
}

/// Makes `link` point at `folder`, wherever it pointed before.
fn relink(folder: &Path, link: &Path) -> io::Result<()> {
    if link.is_symlink() {
        fs::remove_file(link)?;
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder, link)?;
    Ok(())
}
