//! Results of PyTorch, for tests.

#[path = "../../xtask/src/cache.rs"]
#[allow(dead_code)]
mod cache;

use crate::rows::Model;
use safetensors::SafeTensors;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The learning rate of the training.
pub const RATE: f64 = 1e-2;

pub struct Tensor {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// What `contender.py` wrote about a network.
pub struct Sample {
    folder: TempDir,
    pub input: Tensor,
    pub output: Tensor,
    /// The losses of the first training steps on the input, with all labels zero.
    pub losses: Tensor,
}

impl Sample {
    pub fn of(net: Model) -> Sample {
        let folder = tempfile::tempdir().unwrap();
        let python = cache::reference_python().expect("`cargo xtask python` installs the PyTorch to compare with");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tables/contender.py");
        let mut command = Command::new(python);
        command.arg("-B").arg(script).args(["eager", "sample", net.name(), &RATE.to_string()]).arg(folder.path());
        assert!(command.env("OMP_NUM_THREADS", "2").status().unwrap().success());
        let values = fs::read(folder.path().join("values.safetensors")).unwrap();
        let values = SafeTensors::deserialize(&values).unwrap();
        let tensor = |name| {
            let tensor = values.tensor(name).unwrap();
            let numbers = tensor.data().chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
            Tensor { shape: tensor.shape().to_vec(), values: numbers.collect() }
        };
        Sample { input: tensor("input"), output: tensor("output"), losses: tensor("losses"), folder }
    }

    /// The file with the trained weights, under PyTorch's names.
    pub fn weights(&self) -> PathBuf {
        self.folder.path().join("weights.safetensors")
    }
}

/// Asserts that they differ by at most 1e-4 of the largest value.
pub fn assert_near(ours: &[f32], pytorch: &[f32]) {
    assert_eq!(ours.len(), pytorch.len());
    let largest = pytorch.iter().fold(0f32, |largest, value| largest.max(value.abs()));
    for (ours, pytorch) in ours.iter().zip(pytorch) {
        assert!((ours - pytorch).abs() <= 1e-4 * largest, "{ours} and not {pytorch}, of at most {largest}");
    }
}
