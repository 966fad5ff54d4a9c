//! The Python that tests compare with: PyTorch and scikit-learn themselves.

#[path = "../../../tests/reference/mod.rs"]
mod shared;

use std::collections::BTreeMap;

/// Numbers by the name of the case.
pub type Numbers = BTreeMap<String, Vec<f64>>;

/// What a Python program shows by calling `show(case, tensor)`.
pub fn python(program: &str) -> Numbers {
    shared::python(&["-c", &[PRELUDE, program].concat()]).lines().map(case).collect()
}

const PRELUDE: &str = "
import torch
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

def show(case, values):
    values = torch.as_tensor(values, dtype=torch.float64).detach().flatten().tolist()
    print(case, *map(repr, values), sep='\\t')
";

fn case(line: &str) -> (String, Vec<f64>) {
    let mut words = line.split('\t');
    let name = words.next().expect("a line has a case").to_owned();
    (name, words.map(|word| word.parse().expect("a number")).collect())
}

/// Asserts that two lists of numbers agree up to `tolerance`, relative to the larger of theirs and 1.
#[track_caller]
pub fn assert_close(case: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{case}");
    for (index, (&a, &b)) in ours.iter().zip(theirs).enumerate() {
        let close = a == b || (a - b).abs() <= tolerance * b.abs().max(1.0) || (a.is_nan() && b.is_nan());
        assert!(close, "{case}: number {index} is {a}, and theirs is {b}");
    }
}
