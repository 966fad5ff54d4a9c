//! The Python with PyTorch that tests compare with.

#![allow(dead_code)] // Each test that includes this module uses a part of it.

#[path = "../../xtask/src/cache.rs"]
pub mod cache;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tch::Tensor;

/// The interpreter, without arguments.
pub fn interpreter() -> Command {
    let path = cache::reference_python().expect("`cargo xtask python` sets up the PyTorch that this compares with");
    let mut command = Command::new(path);
    command.arg("-B");
    command
}

/// What Python prints with these arguments.
pub fn python(arguments: &[&str]) -> String {
    printed(interpreter().args(arguments))
}

/// What a run of the interpreter prints.
pub fn printed(command: &mut Command) -> String {
    let output = command.output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("Python prints UTF-8")
}

/// The tensors that a program leaves in its dictionary `tensors`.
pub fn tensors(program: &str) -> BTreeMap<String, Tensor> {
    let file = std::env::temp_dir().join(format!("nn-dsl-reference-{}.safetensors", std::process::id()));
    let save = "import safetensors.torch, sys; safetensors.torch.save_file(tensors, sys.argv[1])";
    python(&["-c", &format!("{program}\n{save}"), file.to_str().expect("a folder for temporary files in UTF-8")]);
    let tensors = read(&file);
    std::fs::remove_file(&file).expect("a file of our own");
    tensors
}

fn read(file: &Path) -> BTreeMap<String, Tensor> {
    Tensor::read_safetensors(file).expect("a file that PyTorch wrote").into_iter().collect()
}
