//! The types that listings become: one type for each `shared`, whatever its inputs, and one array for the turns of a loop.

use nn_dsl::prelude::*;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

network! {
    /// The head's code depends on the number of positions, its parameters do not.
    Pyramid(fine: [N, 4, 8, 8], coarse: [N, 4, 4, 4]) -> [N, 80, 3] {
        shared head = { conv 6 k=3 p=1 -> boxes 3 -> tower: repeat 2 { rows -> linear 3 } };
        (fine -> head, coarse -> head) -> cat
    }
    block boxes(d) { let [n, _, _, _] = id; conv d k=1 -> reshape [n, d, _] -> transpose 1 2 }
    block rows() { let [n, t, _] = id; reshape [n, t, 3] -> linear 3 -> relu }

    Turns(x: [N, 8]) -> [N, 8] {
        shared gate = linear 8;
        repeat 3 { linear 8 bias=false } -> norms: repeat 2 { layernorm } -> repeat 3 { linear 8 -> gate -> relu }
    }

    /// A weight that is spoken of by its name stays under it.
    Tied(x: [N, 8]) -> [N, 8] { repeat 2 { linear 8 } -> linear 8 weight=linear2.weight }
}

fn made<T: Network>() -> (nn::VarStore, T) {
    tch::manual_seed(1);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = T::new(&vs.root());
    (vs, net)
}

fn equal(a: &Tensor, b: &Tensor) {
    assert!(a.allclose(b, 1e-5, 1e-6, false), "{a} is not {b}");
}

#[test]
fn a_shared_stage_takes_several_shapes_with_the_same_parameters() {
    let (vs, net) = made::<Pyramid>();
    let names: Vec<String> = Pyramid::tensors().into_iter().map(|tensor| tensor.name).collect();
    assert_eq!(names.len(), vs.variables().len(), "{names:?}");
    let fine = Tensor::randn([2, 4, 8, 8], (Kind::Float, Device::Cpu));
    let coarse = Tensor::randn([2, 4, 4, 4], (Kind::Float, Device::Cpu));
    let by_hand = |x: &Tensor| {
        let head = &net.head;
        let x = x.conv2d(&head._0.weight, Some(&head._0.bias), 1, 1, 1, 1);
        let x = x.conv2d(&head._1.conv1.weight, Some(&head._1.conv1.bias), 1, 0, 1, 1);
        let mut x = x.flatten(2, 3).transpose(1, 2);
        for turn in &head.tower {
            let inner = x.linear(&turn._0.linear1.weight, Some(&turn._0.linear1.bias)).relu();
            x = inner.linear(&turn._1.weight, Some(&turn._1.bias));
        }
        x
    };
    equal(&net.forward(&fine, &coarse), &Tensor::cat(&[by_hand(&fine), by_hand(&coarse)], 1));
}

#[test]
fn turns_of_one_layer_are_an_array() {
    let (vs, net) = made::<Turns>();
    let mut names: Vec<String> = vs.variables().into_keys().filter(|name| name.ends_with("weight")).collect();
    names.sort();
    let groups = ["group1.0", "group2.0", "group3.0"].into_iter();
    let others = ["linear1", "linear2", "linear3", "norms.0", "norms.1", "gate"].into_iter();
    let mut expected: Vec<String> = groups.chain(others).map(|name| format!("{name}.weight")).collect();
    expected.sort();
    assert_eq!(names, expected);
    let x = Tensor::randn([3, 8], (Kind::Float, Device::Cpu));
    let mut y = x.shallow_clone();
    for turn in &net.linear {
        y = y.matmul(&turn.weight.tr());
    }
    for turn in &net.norms {
        y = y.layer_norm([8], Some(&turn.weight), Some(&turn.bias), 1e-5, true);
    }
    for turn in &net.group {
        y = y.linear(&turn._0.weight, Some(&turn._0.bias));
        y = y.linear(&net.gate.weight, Some(&net.gate.bias)).relu();
    }
    equal(&net.forward(&x), &y);
}

#[test]
fn a_turn_whose_weight_is_used_elsewhere_keeps_its_name() {
    let (vs, net) = made::<Tied>();
    assert_eq!(vs.variables().len(), 5);
    let x = Tensor::randn([3, 8], (Kind::Float, Device::Cpu));
    let y = x.linear(&net.linear1.weight, Some(&net.linear1.bias));
    let y = y.linear(&net.linear2.weight, Some(&net.linear2.bias));
    equal(&net.forward(&x), &y.linear(&net.linear2.weight, Some(&net.linear3.bias)));
}

#[test]
fn a_second_network_on_one_path_is_refused_where_it_is_made() {
    let told = |make: &dyn Fn(&nn::Path), line: u32| {
        let vs = nn::VarStore::new(Device::Cpu);
        make(&vs.root());
        let place = Arc::new(Mutex::new(0));
        let seen = place.clone();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| *seen.lock().unwrap() = panic.location().unwrap().line()));
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| make(&vs.root()))).unwrap_err();
        panic::set_hook(before);
        assert!(panicked.downcast_ref::<String>().unwrap().contains("`linear1.weight` exists already"));
        assert_eq!(*place.lock().unwrap(), line);
    };
    told(&|path| drop(Tied::new(path)), line!());
    told(&|path| drop(<Tied as Network>::new(path)), line!());
}
