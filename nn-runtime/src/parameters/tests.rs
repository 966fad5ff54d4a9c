use super::*;
use crate::init::{Init, buffer, parameter};
use crate::optim::{Optimizer, Sgd};
use tch::nn;

/// A body with a buffer, and a head.
fn network() -> (VarStore, Tensor, Tensor) {
    let vs = nn::VarStore::new(Device::Cpu);
    let body = parameter(&(vs.root() / "body"), "weight", &[3, 3], Init::Constant(0.5));
    let _ = buffer(&(vs.root() / "body"), "running_mean", &[3], Init::Constant(0.0));
    let head = parameter(&(vs.root() / "head"), "weight", &[3], Init::Constant(1.0));
    (vs, body, head)
}

#[test]
fn frozen_parameters_stay_and_buffers_are_none() {
    let (vs, body, head) = network();
    let mut optimizer = Sgd::new(0.1).momentum(0.9).build(&vs).unwrap();
    let loss = || body.matmul(&head).square().sum(Kind::Float);
    optimizer.backward_step(&loss()).unwrap();

    let before = body.copy();
    loss().backward();
    assert_eq!(freeze(&vs, "body.*").unwrap(), ["body.weight"]);
    optimizer.step().unwrap();
    optimizer.backward_step(&loss()).unwrap();
    assert_eq!(body, before);
    assert!(gradients(&vs)[0].norm.is_none() && gradients(&vs)[1].norm.is_some());

    assert_eq!(unfreeze(&vs, "*").unwrap(), ["body.weight", "head.weight"]);
    optimizer.backward_step(&loss()).unwrap();
    assert_ne!(body, before);
    let error = freeze(&vs, "boddy.*").unwrap_err().to_string();
    assert!(error.starts_with("no parameter's name matches `boddy.*`"), "{error}");
}

#[test]
fn a_network_is_converted_with_what_was_made_of_it() {
    let (mut vs, body, head) = network();
    let mut optimizer = Sgd::new(0.1).momentum(0.9).build(&vs).unwrap();
    let loss = || body.matmul(&head).square().sum(None::<Kind>);
    optimizer.backward_step(&loss()).unwrap();
    to_kind(&mut vs, Kind::Double).unwrap();
    assert_eq!((body.kind(), head.kind()), (Kind::Double, Kind::Double));
    assert_eq!(vs.variables()["body.running_mean"].kind(), Kind::Double);
    optimizer.backward_step(&loss()).unwrap();
    assert_eq!(body.grad().kind(), Kind::Double);
    to_device(&mut vs, Device::Cpu).unwrap();
    assert!(to_kind(&mut vs, Kind::Int64).is_err());
    let error = to_device(&mut vs, Device::Cuda(99)).unwrap_err().to_string();
    assert!(error.starts_with("the parameters cannot be on Cuda(99): "), "{error}");
    assert_eq!(body.device(), Device::Cpu);
}
