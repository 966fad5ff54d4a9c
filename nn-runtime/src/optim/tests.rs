use super::*;
use crate::init::{Init, parameter};
use tch::nn::VarStore;
use tch::{Device, Kind};

fn vs() -> VarStore {
    let vs = VarStore::new(Device::Cpu);
    for layer in ["conv", "fc"] {
        let _ = parameter(&(vs.root() / layer), "weight", &[3, 2], Init::Constant(1.0));
        let _ = parameter(&(vs.root() / layer), "bias", &[3], Init::Constant(1.0));
    }
    vs
}

/// Half the sum of squares, whose gradient is the parameters themselves.
fn loss(vs: &VarStore) -> Tensor {
    vs.trainable_variables().iter().map(|tensor| tensor.square().sum(Kind::Float) * 0.5).sum()
}

fn value(vs: &VarStore, name: &str) -> f64 {
    vs.variables()[name].mean(Kind::Double).double_value(&[])
}

#[test]
fn what_no_pattern_matches_keeps_the_common_options() {
    let vs = vs();
    let mut optimizer = Sgd::new(0.1)
        .group("fc.*", |group| group.learning_rate *= 10.0)
        .group("fc.bias", |group| group.learning_rate /= 2.0)
        .exclude("*.bias")
        .weight_decay(1.0)
        .build(&vs)
        .unwrap();
    optimizer.backward_step(&loss(&vs)).unwrap();
    let moved = ["conv.weight", "conv.bias", "fc.weight", "fc.bias"].map(|name| 1.0 - value(&vs, name));
    for (moved, expected) in moved.into_iter().zip([0.2, 0.1, 2.0, 0.5]) {
        assert!((moved - expected).abs() < 1e-6, "{moved} {expected}");
    }
}

#[test]
fn mistakes_in_settings_are_told() {
    let vs = vs();
    let told = |settings: Builder<Sgd>| settings.build(&vs).unwrap_err().to_string();
    assert_eq!(told(Sgd::new(-0.1)), "Sgd: `learning_rate` must be a number of at least 0, not -0.1");
    assert_eq!(told(Sgd::new(0.1).momentum(1.5)), "Sgd: `momentum` must be at least 0 and less than 1, not 1.5");
    assert_eq!(told(Sgd::new(0.1).nesterov()), "Sgd: `momentum` must be more than 0 with `nesterov`, not 0");
    assert!(told(Sgd::new(0.1).exclude("*.bais")).starts_with("no parameter's name matches `*.bais`\nnote: "));
    let error = AdamW::new(0.1).betas(0.9, f64::NAN).build(&vs).unwrap_err().to_string();
    assert_eq!(error, "AdamW: `betas.1` must be at least 0 and less than 1, not NaN");
    let error = Sgd::new(0.1).build(&VarStore::new(Device::Cpu)).unwrap_err().to_string();
    assert!(error.starts_with("the `VarStore` has no trainable parameters\nhelp:"), "{error}");
}

#[test]
fn a_parameter_without_gradient_stays() {
    let mut vs = vs();
    let mut optimizer = AdamW::new(0.1).build(&vs).unwrap();
    optimizer.backward_step(&loss(&vs)).unwrap();
    let before = value(&vs, "conv.weight");
    optimizer.backward_step(&vs.variables()["fc.weight"].sum(Kind::Float)).unwrap();
    assert_eq!(value(&vs, "conv.weight"), before);
    vs.freeze();
    optimizer.zero_grad().unwrap();
    assert!(optimizer.step().is_err());
    assert_eq!(value(&vs, "conv.weight"), before);
}

#[test]
fn a_frozen_parameter_is_kept_and_costs_no_memory() {
    let mut vs = vs();
    vs.freeze();
    let mut optimizer = AdamW::new(0.1).build(&vs).unwrap();
    assert_eq!(optimizer.parameters().len(), 4);
    assert!(optimizer.step().is_err());
    assert_eq!(optimizer.state().len(), 4 + 1);
    vs.unfreeze();
    optimizer.backward_step(&loss(&vs)).unwrap();
    assert_eq!(optimizer.state().len(), 4 * 3 + 1);
}

#[test]
fn what_is_kept_follows_the_parameters() {
    let mut vs = vs();
    let mut optimizer = AdamW::new(0.1).build(&vs).unwrap();
    optimizer.backward_step(&loss(&vs)).unwrap();
    vs.double();
    optimizer.zero_grad().unwrap();
    let loss: Tensor = vs.trainable_variables().iter().map(|tensor| tensor.sum(Kind::Double)).sum();
    optimizer.backward_step(&loss).unwrap();
    assert_eq!(optimizer.state()["fc.weight.exp_avg"].kind(), Kind::Double);
}

/// The steps that a network makes with and without interruption.
fn two_steps(interrupted: bool) -> State {
    let vs = vs();
    let build = || AdamW::new(0.1).amsgrad().group("fc.*", |group| group.learning_rate = 0.2).build(&vs).unwrap();
    let mut optimizer = build();
    optimizer.backward_step(&loss(&vs)).unwrap();
    optimizer.set_learning_rates(&|initial| initial / 2.0);
    if interrupted {
        let state = optimizer.state();
        optimizer = build();
        optimizer.load_state(&state).unwrap();
    }
    optimizer.backward_step(&loss(&vs)).unwrap();
    optimizer.state().into_iter().chain(vs.variables()).collect()
}

#[test]
fn a_loaded_state_goes_on_to_the_same_bits() {
    assert_eq!(two_steps(true), two_steps(false));
}

#[test]
fn a_state_of_another_optimizer_is_refused_with_the_differences() {
    let vs = vs();
    let mut sgd = Sgd::new(0.1).momentum(0.9).build(&vs).unwrap();
    sgd.backward_step(&loss(&vs)).unwrap();
    let mut adamw = AdamW::new(0.1).exclude("*.bias").build(&vs).unwrap();
    let before = adamw.state();
    let error = adamw.load_state(&sgd.state()).unwrap_err().to_string();
    let first = error.lines().take(2).collect::<Vec<_>>();
    assert_eq!(
        first,
        [
            "the state does not fit the AdamW: 8 missing, 4 unexpected, 1 different",
            "note: `conv.bias.exp_avg` is missing from the state"
        ]
    );
    assert!(error.contains("`learning_rates` is f64 [2] in the AdamW and f64 [1] in the state"), "{error}");
    assert_eq!(adamw.state(), before);
}

#[test]
fn a_step_without_gradients_is_refused() {
    let (trained, other) = (vs(), vs());
    let mut optimizer = Sgd::new(0.1).build(&other).unwrap();
    loss(&trained).backward();
    let error = optimizer.step().unwrap_err().to_string();
    assert!(error.starts_with("no parameter of the optimizer has a gradient\nnote: the optimizer has `"), "{error}");
    loss(&other).backward();
    optimizer.step().unwrap();
    optimizer.zero_grad().unwrap();
    assert!(optimizer.step().is_err());
}

#[test]
fn a_loss_that_is_no_number_is_one_line() {
    let vs = vs();
    let mut optimizer = Sgd::new(0.1).build(&vs).unwrap();
    let error = optimizer.backward_step(&vs.variables()["fc.bias"].square()).unwrap_err().to_string();
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn a_parameter_with_gaps_is_refused() {
    let vs = vs();
    let _ = vs.root().add("half", Tensor::zeros([4, 4], (Kind::Float, Device::Cpu)).slice(1, 0, 4, 2), true);
    let error = Sgd::new(0.1).build(&vs).unwrap_err().to_string();
    assert!(error.starts_with("the parameter `half` is a view with gaps"), "{error}");
}

/// The kernels walk over memory, so parameter and gradient must have the same order there.
#[test]
fn strides_do_not_matter() {
    let values = Tensor::arange(6, (Kind::Float, Device::Cpu)).reshape([2, 3]);
    let vs = VarStore::new(Device::Cpu);
    let plain = vs.root().add("plain", values.copy(), true);
    let transposed = vs.root().add("transposed", values.tr().contiguous().tr(), true);
    assert_ne!(plain.stride(), transposed.stride());
    let mut optimizer = AdamW::new(0.1).build(&vs).unwrap();
    for _ in 0..2 {
        optimizer.backward_step(&((&plain + &transposed) * &values).square().sum(Kind::Float)).unwrap();
        let state = optimizer.state().into_iter().map(|(name, tensor)| (name, tensor.contiguous())).collect();
        optimizer.load_state(&state).unwrap();
    }
    assert_eq!(plain, transposed.contiguous());
}

#[test]
fn gradients_are_clipped() {
    let vs = vs();
    let mut optimizer = Sgd::new(0.1).build(&vs).unwrap();
    assert_eq!(optimizer.clip_grad_norm(1.0).unwrap().double_value(&[]), 0.0);
    let norm = |optimizer: &mut dyn Optimizer| optimizer.clip_grad_norm(1.0).unwrap().double_value(&[]);
    loss(&vs).backward();
    assert!((norm(&mut optimizer) - 18f64.sqrt()).abs() < 1e-6);
    assert!((norm(&mut optimizer) - 1.0).abs() < 1e-6);
    optimizer.clip_grad_value(0.1).unwrap();
    assert_eq!(vs.variables()["fc.bias"].grad(), Tensor::from_slice(&[0.1f32; 3]));
}
