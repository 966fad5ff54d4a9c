//! The networks as its users write them with candle for speed: batch norms are folded into convolutions, and networks
//! for inference have no variables.

#[path = "../tables/answer.rs"]
mod answer;
#[path = "../tables/rows.rs"]
#[allow(dead_code)]
mod rows;
#[cfg(test)]
mod sample;

use answer::Call;
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{
    Activation::Relu, AdamW, Conv2d, Conv2dConfig, Func, Module, Optimizer, ParamsAdamW, Sequential, VarBuilder,
    VarMap, batch_norm, conv2d, conv2d_no_bias, func, linear, loss, seq,
};
use rows::{Model, Row, Task};

fn main() -> anyhow::Result<()> {
    answer::serve(load)
}

fn load(row: Row) -> anyhow::Result<(Call, i64)> {
    let vars = VarMap::new();
    let net = build(row.net, variables(&vars))?;
    let parameters = parameters(&vars);
    let shape: Vec<usize> = row.net.input(row.batch).into_iter().map(|size| size as usize).collect();
    let input = Tensor::randn(0f32, 1., shape, &Device::Cpu)?;
    let call: Call = match (row.task, row.net) {
        (Task::Inference, _) => {
            let net = build(row.net, constants(&vars))?;
            Box::new(move || net.forward(&input).map(drop).map_err(Into::into))
        }
        (Task::Training, Model::Mlp) => {
            let mut step = training(net, &vars, input, 1e-6)?;
            Box::new(move || step().map(drop).map_err(Into::into))
        }
        _ => anyhow::bail!("candle lacks what `{row}` takes"),
    };
    Ok((call, parameters))
}

/// The number of trained parameters, without the running statistics of batch norms.
fn parameters(vars: &VarMap) -> i64 {
    let vars = vars.data().lock().unwrap();
    vars.iter().filter(|(name, _)| !name.contains("running_")).map(|(_, var)| var.elem_count() as i64).sum()
}

fn variables(vars: &VarMap) -> VarBuilder<'static> {
    VarBuilder::from_varmap(vars, DType::F32, &Device::Cpu)
}

/// The values of the variables as constants. candle keeps everything that a gradient needs of whatever is computed from
/// variables.
fn constants(vars: &VarMap) -> VarBuilder<'static> {
    let vars = vars.data().lock().unwrap();
    let constants = vars.iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect();
    VarBuilder::from_tensors(constants, DType::F32, &Device::Cpu)
}

/// A step of AdamW, which returns the loss. (candle's SGD has no momentum.)
fn training(
    net: Sequential,
    vars: &VarMap,
    input: Tensor,
    rate: f64,
) -> Result<impl FnMut() -> Result<Tensor> + use<>> {
    let mut optimizer = AdamW::new(vars.all_vars(), ParamsAdamW { lr: rate, ..Default::default() })?;
    let labels = Tensor::zeros(input.dim(0)?, DType::U32, &Device::Cpu)?;
    Ok(move || {
        let loss = loss::cross_entropy(&net.forward(&input)?, &labels)?;
        optimizer.backward_step(&loss)?;
        Ok(loss)
    })
}

fn build(net: Model, vb: VarBuilder) -> Result<Sequential> {
    match net {
        Model::Mlp => mlp(vb),
        Model::LeNet => lenet(vb),
        Model::ResNet18 => resnet18(vb),
        _ => candle_core::bail!("{net:?} is not compared"),
    }
}

fn mlp(vb: VarBuilder) -> Result<Sequential> {
    let first = seq().add(linear(784, 512, vb.pp("0"))?).add(Relu);
    Ok(first.add(linear(512, 512, vb.pp("2"))?).add(Relu).add(linear(512, 10, vb.pp("4"))?))
}

fn lenet(vb: VarBuilder) -> Result<Sequential> {
    let padded = Conv2dConfig { padding: 2, ..Default::default() };
    Ok(seq()
        .add(conv2d(1, 6, 5, padded, vb.pp("conv1"))?)
        .add(Relu)
        .add_fn(|x| x.max_pool2d(2))
        .add(conv2d(6, 16, 5, Default::default(), vb.pp("conv2"))?)
        .add(Relu)
        .add_fn(|x| x.max_pool2d(2))
        .add_fn(|x| x.flatten_from(1))
        .add(linear(400, 120, vb.pp("linear1"))?)
        .add(Relu)
        .add(linear(120, 84, vb.pp("linear2"))?)
        .add(Relu)
        .add(linear(84, 10, vb.pp("linear3"))?))
}

/// Only for inference: candle has no gradient for max pooling with overlapping windows.
fn resnet18(vb: VarBuilder) -> Result<Sequential> {
    let mut net = seq().add(conv_bn([3, 64], 7, 2, vb.pp("conv1"), vb.pp("bn1"))?).add(Relu).add_fn(|x| {
        // Repeating the edge does not change a window's maximum.
        x.pad_with_same(2, 1, 1)?.pad_with_same(3, 1, 1)?.max_pool2d_with_stride(3, 2)
    });
    for (index, [into, out]) in [[64, 64], [64, 128], [128, 256], [256, 512]].into_iter().enumerate() {
        let layer = vb.pp(format!("layer{}", index + 1));
        net = net.add(basic([into, out], layer.pp("0"))?).add(basic([out, out], layer.pp("1"))?);
    }
    Ok(net.add_fn(|x| x.mean((2, 3))).add(linear(512, 1000, vb.pp("fc"))?))
}

/// The basic block of ResNet. A block with more channels halves the height and width.
fn basic([into, out]: [usize; 2], vb: VarBuilder) -> Result<Func<'static>> {
    let stride = if into == out { 1 } else { 2 };
    let first = conv_bn([into, out], 3, stride, vb.pp("conv1"), vb.pp("bn1"))?;
    let second = conv_bn([out, out], 3, 1, vb.pp("conv2"), vb.pp("bn2"))?;
    let shortcut = vb.pp("downsample");
    let shortcut =
        (into != out).then(|| conv_bn([into, out], 1, stride, shortcut.pp("0"), shortcut.pp("1"))).transpose()?;
    Ok(func(move |x| {
        let ys = second.forward(&first.forward(x)?.relu()?)?;
        match &shortcut {
            Some(shortcut) => ys + shortcut.forward(x)?,
            None => ys + x,
        }?
        .relu()
    }))
}

fn conv_bn(channels: [usize; 2], kernel: usize, stride: usize, conv: VarBuilder, bn: VarBuilder) -> Result<Conv2d> {
    let [into, out] = channels;
    let config = Conv2dConfig { padding: kernel / 2, stride, ..Default::default() };
    let folded = conv2d_no_bias(into, out, kernel, config, conv)?.absorb_bn(&batch_norm(out, 1e-5, bn)?)?;
    Ok(Conv2d::new(folded.weight().detach(), folded.bias().map(Tensor::detach), config))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sample::Sample;

    fn tensor(sample: &sample::Tensor) -> Tensor {
        Tensor::from_slice(&sample.values, sample.shape.clone(), &Device::Cpu).unwrap()
    }

    #[test]
    fn networks_infer_what_pytorch_infers() {
        for net in [Model::Mlp, Model::LeNet, Model::ResNet18] {
            let sample = Sample::of(net);
            let weights = std::fs::read(sample.weights()).unwrap();
            let weights = VarBuilder::from_buffered_safetensors(weights, DType::F32, &Device::Cpu).unwrap();
            let output = build(net, weights).unwrap().forward(&tensor(&sample.input)).unwrap();
            assert_eq!(output.dims(), sample.output.shape);
            sample::assert_near(&output.flatten_all().unwrap().to_vec1().unwrap(), &sample.output.values);
        }
    }

    #[test]
    fn training_gives_the_losses_of_pytorch() {
        let sample = Sample::of(Model::Mlp);
        let mut vars = VarMap::new();
        let net = build(Model::Mlp, variables(&vars)).unwrap();
        vars.load(sample.weights()).unwrap();
        let mut step = training(net, &vars, tensor(&sample.input), sample::RATE).unwrap();
        let losses: Vec<f32> = (0..sample.losses.values.len()).map(|_| step().unwrap().to_scalar().unwrap()).collect();
        sample::assert_near(&losses, &sample.losses.values);
    }
}
