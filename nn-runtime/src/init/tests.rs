use super::*;
use tch::nn::VarStore;

const SHAPE: [i64; 4] = [64, 32, 3, 5];
const FAN_IN: f64 = 480.0;
const FAN_OUT: f64 = 960.0;

fn draw(init: Init) -> Tensor {
    init.tensor(&SHAPE, Kind::Double, Device::Cpu)
}

/// 30,720 numbers estimate a variance to about 1 %.
fn check_moments(values: &Tensor, mean: f64, variance: f64) {
    let found_mean = values.mean(Kind::Double).double_value(&[]);
    let found_variance = values.var(true).double_value(&[]);
    assert!((found_mean - mean).abs() < 0.05 * variance.sqrt(), "mean {found_mean} is not {mean}");
    assert!((found_variance / variance - 1.0).abs() < 0.05, "variance {found_variance} is not {variance}");
}

fn check_uniform(init: Init, lo: f64, hi: f64) {
    let values = draw(init);
    let (least, most) = (values.min().double_value(&[]), values.max().double_value(&[]));
    assert!(least >= lo && most < hi, "{least}..{most} leaves {lo}..{hi}");
    check_moments(&values, (lo + hi) / 2.0, (hi - lo).powi(2) / 12.0);
}

fn check_normal(init: Init, mean: f64, variance: f64) {
    let values = draw(init);
    check_moments(&values, mean, variance);
    let within_one = (values - mean).abs().le(variance.sqrt()).to_kind(Kind::Double).mean(Kind::Double);
    assert!((within_one.double_value(&[]) - 0.6827).abs() < 0.02);
}

#[test]
fn uniform_distributions_have_the_bounds_of_pytorch() {
    tch::manual_seed(1);
    check_uniform(Init::Uniform { lo: -0.5, hi: 2.0 }, -0.5, 2.0);
    for (init, bound) in [
        (Init::XavierUniform, (6.0 / (FAN_IN + FAN_OUT)).sqrt()),
        (Init::KaimingUniform, (6.0 / FAN_IN).sqrt()),
        (Init::LecunUniform, (3.0 / FAN_IN).sqrt()),
    ] {
        check_uniform(init, -bound, bound);
    }
}

#[test]
fn normal_distributions_have_the_variances_of_pytorch() {
    tch::manual_seed(2);
    check_normal(Init::Normal { mean: 3.0, std: 0.2 }, 3.0, 0.04);
    check_normal(Init::XavierNormal, 0.0, 2.0 / (FAN_IN + FAN_OUT));
    check_normal(Init::KaimingNormal, 0.0, 2.0 / FAN_IN);
    check_normal(Init::LecunNormal, 0.0, 1.0 / FAN_IN);
}

#[test]
fn constants_fill() {
    let ones = Init::Constant(1.0).tensor(&[2, 3], Kind::Half, Device::Cpu);
    assert_eq!(ones, Tensor::ones([2, 3], (Kind::Half, Device::Cpu)));
}

#[test]
fn orthogonal_matrices_are_orthonormal_on_their_shorter_side() {
    tch::manual_seed(3);
    for shape in [&[8, 8][..], &[4, 9], &[9, 4], &[6, 2, 3, 3], &[20, 2, 3]] {
        let q = Init::Orthogonal.tensor(shape, Kind::Double, Device::Cpu);
        assert_eq!((q.size(), q.is_contiguous()), (shape.to_vec(), true));
        let q = q.reshape([shape[0], -1]);
        let gram = if q.size()[0] <= q.size()[1] { q.matmul(&q.tr()) } else { q.tr().matmul(&q) };
        assert!(gram.allclose(&Tensor::eye(gram.size()[0], (Kind::Double, Device::Cpu)), 0.0, 1e-10, false));
    }
}

#[test]
fn every_float_type_is_drawn() {
    for kind in [Kind::Half, Kind::BFloat16, Kind::Float, Kind::Double] {
        for init in [Init::XavierUniform, Init::KaimingNormal, Init::Orthogonal, Init::Constant(2.0)] {
            assert_eq!(init.tensor(&[3, 4], kind, Device::Cpu).kind(), kind);
        }
    }
}

fn counting(shape: &[i64]) -> Tensor {
    let count = shape.iter().product::<i64>();
    Tensor::arange(count, (Kind::Double, Device::Cpu)).view(shape).set_requires_grad(true)
}

#[test]
fn a_function_makes_the_values() {
    let vs = VarStore::new(Device::Cpu);
    let weight = parameter(&vs.root(), "w", &[2, 3], Init::Function(counting));
    assert_eq!((weight.kind(), weight.is_leaf()), (Kind::Float, true));
    assert_eq!(Vec::<f32>::try_from(weight.flatten(0, -1)).unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[test]
#[should_panic(expected = "a function for `init=` returned a tensor of another shape")]
fn a_function_keeps_to_the_shape() {
    let flat = Init::Function(|shape| counting(shape).flatten(0, -1));
    let _ = flat.tensor(&[2, 3], Kind::Float, Device::Cpu);
}

#[test]
fn fan_in_is_the_bound_of_pytorch() {
    assert!(matches!(Init::fan_in(25), Init::Uniform { lo: -0.2, hi: 0.2 }));
}

#[test]
fn nothing_is_drawn_for_an_empty_shape() {
    assert_eq!(Init::KaimingUniform.tensor(&[4, 0], Kind::Float, Device::Cpu).size(), [4, 0]);
}

#[test]
#[should_panic(expected = "a fan needs a shape of at least 2 dimensions, this one is [7]")]
fn a_vector_has_no_fan() {
    let _ = Init::KaimingNormal.tensor(&[7], Kind::Float, Device::Cpu);
}

#[test]
#[should_panic(expected = "orthogonality needs a shape of at least 2 dimensions, this one is [7]")]
fn a_vector_is_not_orthogonal() {
    let _ = Init::Orthogonal.tensor(&[7], Kind::Float, Device::Cpu);
}

#[test]
fn parameters_train_and_buffers_do_not() {
    let vs = VarStore::new(Device::Cpu);
    let path = vs.root() / "bn1";
    let weight = parameter(&path, "weight", &[3], Init::Constant(1.0));
    let mean = buffer(&path, "running_mean", &[3], Init::Constant(0.0));
    assert!(weight.requires_grad() && !mean.requires_grad());
    let mut names: Vec<_> = vs.variables().into_keys().collect();
    names.sort();
    assert_eq!(names, ["bn1.running_mean", "bn1.weight"]);
    assert_eq!(vs.trainable_variables().len(), 1);
}

#[test]
fn parameters_have_the_type_of_their_store() {
    let mut vs = VarStore::new(Device::Cpu);
    vs.set_kind(Kind::Double);
    assert_eq!(parameter(&vs.root(), "w", &[2, 2], Init::Orthogonal).kind(), Kind::Double);
}

#[test]
#[should_panic(expected = "`fc.weight` exists already: two networks were created on one path")]
fn one_path_holds_one_network() {
    let vs = VarStore::new(Device::Cpu);
    for _ in 0..2 {
        let _ = parameter(&(vs.root() / "fc"), "weight", &[2, 2], Init::XavierNormal);
    }
}

#[test]
fn a_device_that_is_not_there_is_named() {
    let absent = VarStore::new(Device::Cuda(Cuda::device_count() as usize));
    let make = || parameter(&absent.root(), "weight", &[2, 2], Init::KaimingUniform);
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(make)).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("the `VarStore` is on Cuda("), "{text}");
}
