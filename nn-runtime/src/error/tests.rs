use super::*;
use tch::{Device, Tensor};

#[test]
fn main_prints_the_text() {
    let pattern = PatternError {
        pattern: "fc.*".into(),
        reason: None,
        nearest: Some("head.weight".into()),
        beginnings: Vec::new(),
    };
    let text = pattern.to_string();
    assert_eq!(format!("{pattern:?}"), text);
    assert_eq!(format!("{:?}", Error::from(pattern)), text);
    let cost = CostError::Overflow { network: "Net" };
    assert_eq!(format!("{:?}", Error::from(cost)), "the cost of `Net` does not fit an i64");
}

#[test]
fn a_libtorch_error_is_one_line() {
    let a = Tensor::zeros([2, 3], (Kind::Float, Device::Cpu));
    let error = Error::from(a.f_matmul(&a).unwrap_err());
    assert_eq!(error.to_string(), "libtorch: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
}
