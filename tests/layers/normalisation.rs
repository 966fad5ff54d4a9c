//! Normalisation against means and variances.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Batch(x: [N, 3, H, W]) -> [N, 3, H, W] { bn eps=0.01 momentum=0.3 init=uniform(0.0, 1.0) bias_init=constant(0.5) }

    pub BatchBare(x: [N, 3]) -> [N, 3] { bn1d affine=false }

    pub BatchStateless(x: [N, C, L]) -> [N, C, L] { bn affine=false track_running_stats=false }

    pub BatchAffine(x: [N, 3, 2, 2, 2]) -> [N, 3, 2, 2, 2] { bn3d track_running_stats=false init=normal(0.0, 1.0) }

    pub Layers(x: [N, T, 6]) -> [N, T, 6] { layernorm init=normal(0.0, 1.0) bias_init=normal(0.0, 1.0) }

    pub LayersBare(x: [N, S, T]) -> [N, S, T] { layernorm dims=2 eps=0.1 affine=false }

    pub LayersScaled(x: [N, 4, 6]) -> [N, 4, 6] { layernorm dims=2 bias=false init=normal(0.0, 1.0) }

    pub Rms(x: [N, 4, 6]) -> (own: [N, 4, 6], given: [N, 4, 6], bare: [N, 4, 6]) {
        let own = rmsnorm init=normal(0.0, 1.0);
        let given = rmsnorm dims=2 eps=0.5;
        let bare = rmsnorm elementwise_affine=false eps=0;
        (own, given, bare)
    }

    pub Group(x: [N, 6, H, W]) -> [N, 6, H, W] { groupnorm 3 eps=0.1 init=normal(0.0, 1.0) bias_init=normal(0.0, 1.0) }

    pub GroupBare(x: [N, 6, L]) -> [N, 6, L] { groupnorm channels affine=false }

    pub Instance(x: [N, 3, H, W]) -> [N, 3, H, W] { instancenorm eps=0.1 affine=true init=normal(0.0, 1.0) }

    pub InstanceTracked(x: [N, 3, L]) -> [N, 3, L] { instancenorm1d track_running_stats=true }

    pub Local(x: [N, 7, H, W]) -> [N, 7, H, W] { local_response_norm 4 alpha=0.3 beta=0.5 k=2.0 }
}

network! {
    block body(out) { linear out -> bn -> relu }

    pub Mlp(x: [N, 4]) -> [N, 2] { layers: repeat 2 { body 8 } -> linear 2 }

    pub Around(image: [B, 3, H, W]) -> [B, 2] { conv 4 k=1 -> global_avgpool -> flatten -> head: Mlp -> [B, 2] }

    pub Pooled(image: [N, 3, H, W]) -> [N, 2] { conv 8 k=3 p=1 -> bn -> relu -> global_avgpool -> flatten -> bn -> linear 2 }

    pub Spot(x: [N, 3, H, W]) -> [N, 3, H, W] { instancenorm }
}

/// `(x - mean) / sqrt(variance + eps)` with mean and variance over `dims`.
fn normalised(x: &Tensor, dims: &[i64], eps: f64) -> Tensor {
    let centred = x - x.mean_dim(dims, true, None);
    let variance = centred.square().mean_dim(dims, true, None);
    centred / (variance + eps).sqrt()
}

#[test]
fn over_the_batch() {
    let net = made::<Batch>();
    let x = random(&[4, 3, 2, 5]) * 2.0 + 1.0;
    let affine = |x: Tensor| x * net.bn1.weight.view([3, 1, 1]) + net.bn1.bias.view([3, 1, 1]);
    assert_close(&net.forward(&x), &affine(&x / 1.01f64.sqrt()));
    assert_close(&net.forward_t(&x, true), &affine(normalised(&x, &[0, 2, 3], 0.01)));
    let mean = x.mean_dim([0, 2, 3].as_slice(), false, None) * 0.3;
    let variance = x.transpose(0, 1).flatten(1, -1).var_dim([1].as_slice(), true, false) * 0.3 + 0.7;
    assert_close(&net.bn1.running_mean, &mean);
    assert_close(&net.bn1.running_var, &variance);
    let statistics = |tensor: &Tensor| tensor.view([3, 1, 1]);
    let evaluated = (&x - statistics(&mean)) / (statistics(&variance) + 0.01).sqrt();
    assert_close(&net.forward(&x), &affine(evaluated));
}

#[test]
fn over_the_batch_with_fewer_tensors() {
    let x = random(&[4, 3]);
    let net = made::<BatchBare>();
    assert_close(&net.forward_t(&x, true), &normalised(&x, &[0], 1e-5));
    assert_close(&net.bn1.running_mean, &(x.mean_dim([0].as_slice(), false, None) * 0.1));
    let x = random(&[4, 2, 5]);
    assert_close(&made::<BatchStateless>().forward(&x), &normalised(&x, &[0, 2], 1e-5));
    let x = random(&[4, 3, 2, 2, 2]);
    let net = made::<BatchAffine>();
    let expected = normalised(&x, &[0, 2, 3, 4], 1e-5) * net.bn1.weight.view([3, 1, 1, 1]);
    assert_close(&net.forward(&x), &expected);
}

#[test]
fn over_the_last_dimensions() {
    let net = made::<Layers>();
    let x = random(&[2, 4, 6]);
    let expected = normalised(&x, &[2], 1e-5) * &net.layernorm1.weight + &net.layernorm1.bias;
    assert_close(&net.forward(&x), &expected);
    assert_close(&made::<LayersBare>().forward(&x), &normalised(&x, &[1, 2], 0.1));
    let net = made::<LayersScaled>();
    assert_close(&net.forward(&x), &(normalised(&x, &[1, 2], 1e-5) * &net.layernorm1.weight));
}

#[test]
fn by_the_mean_square() {
    let net = made::<Rms>();
    let x = random(&[2, 4, 6]);
    let (own, given, bare) = net.forward(&x);
    let scaled = |dims: &[i64], eps: f64| &x / (x.square().mean_dim(dims, true, None) + eps).sqrt();
    assert_close(&own, &(scaled(&[2], f64::from(f32::EPSILON)) * &net.rmsnorm1.weight));
    assert_close(&given, &(scaled(&[1, 2], 0.5) * &net.rmsnorm2.weight));
    assert_eq!(net.rmsnorm2.weight.size(), [4, 6]);
    assert_close(&bare, &scaled(&[2], 0.0));
}

#[test]
fn of_groups_and_channels() {
    let net = made::<Group>();
    let x = random(&[2, 6, 2, 5]);
    let groups = normalised(&x.view([2, 3, -1]), &[2], 0.1).view_as(&x);
    let (weight, bias) = (net.groupnorm1.weight.view([6, 1, 1]), net.groupnorm1.bias.view([6, 1, 1]));
    assert_close(&net.forward(&x), &(groups * weight + bias));
    let x = random(&[2, 6, 5]);
    assert_close(&made::<GroupBare>().forward(&x), &normalised(&x, &[2], 1e-5));

    let net = made::<Instance>();
    let x = random(&[2, 3, 4, 5]);
    let expected = normalised(&x, &[2, 3], 0.1) * net.instancenorm1.weight.view([3, 1, 1]);
    assert_close(&net.forward(&x), &expected);
    let net = made::<InstanceTracked>();
    let x = random(&[2, 3, 4]);
    assert_close(&net.forward(&x), &(&x / (1.0f64 + 1e-5).sqrt()));
    assert_close(&net.forward_t(&x, true), &normalised(&x, &[2], 1e-5));
    assert_close(&net.instancenorm1.running_mean, &(x.mean_dim([0, 2].as_slice(), false, None) * 0.1));
}

#[test]
fn by_neighbouring_channels() {
    let x = random(&[2, 7, 3, 2]);
    let squares = x.square().constant_pad_nd([0, 0, 0, 0, 2, 1]);
    let mean = squares.unfold(1, 4, 1).mean_dim([-1].as_slice(), false, None);
    assert_close(&made::<Local>().forward(&x), &(&x / (mean * 0.3 + 2.0).sqrt()));
}

#[test]
fn one_value_has_no_statistics() {
    let net = made::<Mlp>();
    let error = net.try_forward_t(&random(&[1, 4]), true).unwrap_err();
    let text = "`layers.0.bn1` of `Mlp` cannot normalise [1, 8]: it takes a mean and a variance of 1 value per channel, and needs \
                at least 2\nhelp: train on 2 samples or more at a time: `DataLoader::drop_last` leaves out a smaller last batch";
    assert_eq!(error.to_string(), text);
    assert!(net.trace_t(&random(&[1, 4]), true).is_err());
    let panic = std::panic::catch_unwind(|| net.forward_t(&random(&[1, 4]), true)).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), text);
    assert_eq!(net.layers[0].bn1.running_var, Tensor::ones([8], (Kind::Float, Device::Cpu)));
    assert!(net.try_forward_t(&random(&[2, 4]), true).is_ok());
    assert!(net.try_forward(&random(&[1, 4])).is_ok());
}

#[test]
fn one_value_has_no_statistics_wherever_the_layer_is() {
    let single = |error: nn_dsl::InputError| error.to_string().split(": ").next().unwrap().to_string();
    let error = made::<Around>().try_forward_t(&random(&[1, 3, 5, 5]), true).unwrap_err();
    assert_eq!(single(error), "`head.layers.0.bn1` of `Around` cannot normalise [1, 8]");

    // The first batch has 25 values for each channel.
    let error = made::<Pooled>().try_forward_t(&random(&[1, 3, 5, 5]), true).unwrap_err();
    assert_eq!(single(error), "`bn2` of `Pooled` cannot normalise [1, 8]");
    let error = made::<Pooled>().try_forward_t(&random(&[1, 3, 1, 1]), true).unwrap_err();
    assert_eq!(single(error), "`bn1` of `Pooled` cannot normalise [1, 8, 1, 1]");

    let error = made::<BatchStateless>().try_forward(&random(&[1, 3, 1])).unwrap_err();
    assert_eq!(single(error), "`bn` of `BatchStateless` cannot normalise [1, 3, 1]");

    // Instances are normalised one by one, so more samples do not help.
    let error = made::<Spot>().try_forward(&random(&[4, 3, 1, 1])).unwrap_err();
    assert!(error.to_string().ends_with("or `layernorm`"), "{error}");
    assert_eq!(single(error), "`instancenorm` of `Spot` cannot normalise [4, 3, 1, 1]");
    assert!(made::<InstanceTracked>().try_forward(&random(&[4, 3, 1])).is_ok());
    assert!(made::<InstanceTracked>().try_forward_t(&random(&[4, 3, 1]), true).is_err());
}
