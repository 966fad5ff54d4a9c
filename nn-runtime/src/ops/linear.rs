//! Linear layers. Our own kernels compute them if they are faster than libtorch's.

use tch::Tensor;

use crate::attempt::computed;
use crate::native::linear;

/// `torch.nn.functional.linear`.
///
/// On the CPU in `f32`, oneDNN's products of small matrices compute it and its gradients if they are faster than MKL's.
/// They are as exact, but add numbers in another order.
pub fn linear<T: std::borrow::Borrow<Tensor>>(x: &Tensor, weight: &Tensor, bias: Option<T>) -> Tensor {
    computed(linear::trained(x, weight, bias.as_ref().map(T::borrow)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FLOAT, assert_all_close, leaf, randn, with_gradients};
    use tch::Kind;

    fn own(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        linear(x, weight, bias)
    }

    fn plain(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        x.linear(weight, bias)
    }

    fn check(rows: &[i64], [out, into]: [i64; 2], kind: Kind) {
        let [x, weight, bias] = [&[rows, &[into]].concat()[..], &[out, into], &[out]]
            .map(|size| randn(size).to_kind(kind).set_requires_grad(true));
        for bias in [Some(&bias), None] {
            let expected = plain(&x, &weight, bias);
            let outer = expected.randn_like();
            let of: Vec<&Tensor> = [Some(&x), Some(&weight), bias].into_iter().flatten().collect();
            let expected = with_gradients(expected, &of, &outer);
            let found = with_gradients(own(&x, &weight, bias), &of, &outer);
            assert_all_close(&found, &expected, if kind == Kind::Float { 3e-6 } else { 0.0 });
        }
    }

    #[test]
    fn it_is_libtorchs_own_and_so_are_its_gradients() {
        tch::manual_seed(1);
        // Sizes around tiles of 16, tasks of 64 x 128, parts of 256, and those for which a weight or an input is transposed.
        let rows: [&[i64]; 10] = [&[], &[0], &[1], &[2], &[16], &[5, 13], &[128], &[2, 128], &[288], &[513]];
        for rows in rows {
            for size in [[1, 1], [10, 7], [127, 257], [192, 256]] {
                check(rows, size, Kind::Float);
            }
        }
        check(&[64], [192, 256], Kind::Double);
        check(&[64], [192, 256], Kind::Half);
    }

    #[test]
    fn threads_change_nothing() {
        let threads = tch::get_num_threads();
        let (x, weight, bias) = (leaf(&[96, 300]), leaf(&[200, 300]), leaf(&[200]));
        let compute = |count| {
            tch::set_num_threads(count);
            with_gradients(own(&x, &weight, Some(&bias)), &[&x, &weight, &bias], &Tensor::ones([1], FLOAT))
        };
        let [one, three] = [1, 3].map(compute);
        tch::set_num_threads(threads);
        assert_eq!(one, three);
    }

    #[test]
    fn it_takes_what_does_not_lie_in_order() {
        let (x, weight, outer) = (leaf(&[64, 96]), leaf(&[64, 50]), leaf(&[1]).expand([96, 50], false));
        let (x, weight) = (x.tr(), weight.tr());
        for weight in [&weight, &weight.contiguous()] {
            let [found, expected] = [own(&x, weight, None), plain(&x, weight, None)]
                .map(|result| with_gradients(result, &[&x, weight], &outer));
            assert_all_close(&found, &expected, 3e-6);
        }
    }

    #[test]
    fn what_is_frozen_gets_no_gradient() {
        let (x, weight, bias) = (randn(&[64, 80]), leaf(&[50, 80]), leaf(&[50]));
        own(&x, &weight, Some(&bias)).sum(None).backward();
        assert!(weight.grad().defined() && bias.grad().defined() && !x.grad().defined());
        let (x, weight, bias) = (x.set_requires_grad(true), weight.detach(), bias.detach());
        own(&x, &weight, Some(&bias)).sum(None).backward();
        assert!(x.grad().defined());
        let bias = bias.set_requires_grad(true);
        own(&x.detach(), &weight, Some(&bias)).sum(None).backward();
        assert_eq!(bias.grad(), Tensor::full([50], 64, FLOAT));
        assert!(!own(&x.detach(), &weight, Some(&bias.detach())).requires_grad());
    }

    #[test]
    fn the_result_may_be_overwritten_and_so_may_what_no_gradient_needs() {
        let (x, weight) = (randn(&[64, 80]), leaf(&[50, 80]));
        let [found, expected] = [linear(&x, &weight, None::<Tensor>), plain(&x, &weight, None)].map(|mut result| {
            let _ = tch::no_grad(|| weight.detach().zero_());
            with_gradients(result.relu_(), &[&weight], &Tensor::ones([1], FLOAT))
        });
        assert_all_close(&found, &expected, 3e-6);
    }

    #[test]
    fn gradients_have_gradients() {
        tch::manual_seed(2);
        let (x, weight, bias) = (leaf(&[64, 80]), leaf(&[50, 80]), leaf(&[50]));
        let twice = |linear: fn(&Tensor, &Tensor, Option<&Tensor>) -> Tensor| {
            let loss = linear(&x, &weight, Some(&bias)).square().sum(None);
            let gradient = &Tensor::run_backward(&[loss], &[&weight], true, true)[0];
            Tensor::run_backward(&[gradient.square().sum(None)], &[&x, &weight, &bias], false, false)
        };
        assert_all_close(&twice(own), &twice(plain), 1e-5);
    }

    #[test]
    fn a_trace_records_libtorchs() {
        let (x, weight) = (randn(&[64, 80]), randn(&[50, 80]));
        let mut closure = |inputs: &[Tensor]| vec![own(&inputs[0], &weight, None)];
        let traced =
            tch::CModule::create_by_tracing("Linear", "forward", std::slice::from_ref(&x), &mut closure).unwrap();
        let other = x.randn_like();
        assert_eq!(traced.method_ts("forward", &[&other]).unwrap(), plain(&other, &weight, None));
    }

    #[test]
    #[should_panic(expected = "mat1 and mat2 shapes cannot be multiplied (64x80 and 81x50)")]
    fn what_does_not_fit_is_a_panic() {
        let _result = own(&leaf(&[64, 80]), &leaf(&[50, 81]), None);
    }
}
