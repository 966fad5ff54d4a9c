//! Convolutions against their definition: sums over windows.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Plain(x: [N, 4, 11, 9]) -> [N, 6, 4, 9] { conv 6 k=(4, 3) s=(3, 1) p=(1, 2) d=(1, 2) g=2 }

    pub Bare(x: [N, 4, L]) -> [N, 4, L - 2] where L >= 3 { conv1d k=3 bias=false in=4 }

    pub Volume(x: [N, 2, 4, 5, 6]) -> [N, 3, 2, 2, 2] { conv 3 k=(3, 4, 5) }

    pub Same(x: [N, 2, H, W]) -> [N, 3, H, W] { conv 3 k=(4, 3) p=same d=(1, 2) }

    pub Reflected(x: [N, 2, 5, 6]) -> [N, 3, 5, 6] { conv 3 k=3 p=1 padding_mode=reflect }

    pub Replicated(x: [N, 2, 5]) -> [N, 3, 8] { conv 3 k=2 p=2 padding_mode=replicate }

    pub Circular(x: [N, 2, 5]) -> [N, 3, 5] { conv 3 k=4 p=same padding_mode=circular }

    pub Transposed(x: [N, 4, 3, 5]) -> [N, 6, 6, 12] { conv_transpose 6 k=(4, 3) s=2 p=1 output_padding=(0, 1) d=(1, 2) g=2 }

    pub TransposedLine(x: [N, 4, L]) -> [N, 2, 2 * L] { conv_transpose1d 2 k=2 s=2 bias=false in=4 }

    pub TransposedVolume(x: [N, 2, 2, 3, 4]) -> [N, 3, 4, 5, 6] { conv_transpose 3 k=3 }

    #[init(xavier_uniform)]
    pub Initialised(x: [N, 3, 8]) -> [N, 100, 8] { conv 100 k=3 p=1 -> conv 100 k=3 p=1 init=ones bias_init=constant(2.0) }
}

/// The convolution of a window, step by step: `[N, C, H, W]` with a weight `[out, C, h, w]`, neither padded nor grouped.
fn sums_over_windows(x: &Tensor, weight: &Tensor, stride: [i64; 2], dilation: [i64; 2]) -> Tensor {
    let [.., height, width] = weight.size()[..] else { panic!("a weight has four dimensions") };
    let columns = x.im2col([height, width], dilation, [0, 0], stride);
    let reach =
        |axis: usize| (x.size()[2 + axis] - dilation[axis] * (weight.size()[2 + axis] - 1) - 1) / stride[axis] + 1;
    weight.flatten(1, -1).matmul(&columns).reshape([x.size()[0], weight.size()[0], reach(0), reach(1)])
}

#[test]
fn groups_strides_and_dilations() {
    let net = made::<Plain>();
    let x = random(&[2, 4, 11, 9]);
    let padded = x.constant_pad_nd([2, 2, 1, 1]);
    let halves = |tensor: &Tensor, dim: i64| tensor.chunk(2, dim);
    let outputs: Vec<Tensor> = halves(&padded, 1)
        .iter()
        .zip(&halves(&net.conv1.weight, 0))
        .map(|(x, weight)| sums_over_windows(x, weight, [3, 1], [1, 2]))
        .collect();
    assert_close(&net.forward(&x), &(Tensor::cat(&outputs, 1) + net.conv1.bias.view([6, 1, 1])));
}

#[test]
fn lines_and_volumes() {
    let (bare, volume) = (made::<Bare>(), made::<Volume>());
    let x = random(&[2, 4, 7]);
    let expected = sums_over_windows(&x.unsqueeze(2), &bare.conv1.weight.unsqueeze(2), [1, 1], [1, 1]).squeeze_dim(2);
    assert_close(&bare.forward(&x), &expected);
    let x = random(&[2, 2, 4, 5, 6]);
    let windows = x.unfold(2, 3, 1).unfold(3, 4, 1).unfold(4, 5, 1);
    let expected = Tensor::einsum("ncxyzijk,ocijk->noxyz", &[&windows, &volume.conv1.weight], None::<i64>);
    assert_close(&volume.forward(&x), &(expected + volume.conv1.bias.view([3, 1, 1, 1])));
}

#[test]
fn paddings() {
    let net = made::<Same>();
    let x = random(&[2, 2, 7, 6]);
    let padded = x.constant_pad_nd([2, 2, 1, 2]);
    let expected = sums_over_windows(&padded, &net.conv1.weight, [1, 1], [1, 2]) + net.conv1.bias.view([3, 1, 1]);
    assert_close(&net.forward(&x), &expected);

    let net = made::<Reflected>();
    let x = random(&[2, 2, 5, 6]);
    let index = |indices: &[i64]| Tensor::from_slice(indices);
    let padded = x.index_select(2, &index(&[1, 0, 1, 2, 3, 4, 3])).index_select(3, &index(&[1, 0, 1, 2, 3, 4, 5, 4]));
    let expected = sums_over_windows(&padded, &net.conv1.weight, [1, 1], [1, 1]) + net.conv1.bias.view([3, 1, 1]);
    assert_close(&net.forward(&x), &expected);

    let x = random(&[2, 2, 5]);
    let net = made::<Replicated>();
    let padded = x.index_select(2, &index(&[0, 0, 0, 1, 2, 3, 4, 4, 4]));
    assert_close(&net.forward(&x), &padded.conv1d(&net.conv1.weight, Some(&net.conv1.bias), [1], [0], [1], 1));

    let net = made::<Circular>();
    let padded = x.index_select(2, &index(&[4, 0, 1, 2, 3, 4, 0, 1]));
    assert_close(&net.forward(&x), &padded.conv1d(&net.conv1.weight, Some(&net.conv1.bias), [1], [0], [1], 1));
}

#[test]
fn transposed_convolution_is_the_gradient_of_convolution() {
    let net = made::<Transposed>();
    let x = random(&[2, 4, 3, 5]);
    let image = Tensor::zeros([2, 6, 6, 12], (Kind::Float, Device::Cpu)).set_requires_grad(true);
    let convolved = image.conv2d(&net.conv_transpose1.weight, None::<&Tensor>, [2, 2], [1, 1], [1, 2], 2);
    (convolved * &x).sum(Kind::Float).backward();
    assert_close(&net.forward(&x), &(image.grad() + net.conv_transpose1.bias.view([6, 1, 1])));

    let net = made::<TransposedLine>();
    let x = random(&[2, 4, 5]);
    let expected = Tensor::einsum("nct,cok->notk", &[&x, &net.conv_transpose1.weight], None::<i64>).flatten(2, 3);
    assert_close(&net.forward(&x), &expected);

    let net = made::<TransposedVolume>();
    let x = random(&[2, 2, 2, 3, 4]);
    let flipped = net.conv_transpose1.weight.transpose(0, 1).flip([2, 3, 4]);
    let expected = x.conv3d(&flipped, Some(&net.conv_transpose1.bias), [1; 3], [2; 3], [1; 3], 1);
    assert_close(&net.forward(&x), &expected);
}

#[test]
fn start_as_in_pytorch() {
    let largest = |tensor: &Tensor| tensor.abs().max().double_value(&[]);
    let net = made::<Plain>();
    let bound = 1.0 / f64::from(2 * 4 * 3).sqrt();
    assert!((0.9 * bound..bound).contains(&largest(&net.conv1.weight)) && largest(&net.conv1.bias) <= bound);
    let net = made::<Transposed>();
    let bound = 1.0 / f64::from(3 * 4 * 3).sqrt();
    assert!((0.9 * bound..bound).contains(&largest(&net.conv_transpose1.weight)));

    let net = made::<Initialised>();
    let xavier = (6.0 / f64::from(3 * 3 + 100 * 3)).sqrt();
    assert!((0.99 * xavier..xavier).contains(&largest(&net.conv1.weight)));
    assert_close(&net.conv2.weight, &net.conv2.weight.ones_like());
    assert_close(&net.conv2.bias, &net.conv2.bias.full_like(2.0));
}
