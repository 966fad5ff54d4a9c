//! Recurrent layers, which carry a state from step to step of a sequence.

use super::dropout::{dropping, probability};
use super::{Argument, Built, Context, Failure, Layer, Outputs, Parameters, Python};
use crate::shaped::{Callee, Form, Operand, TensorType};
use crate::size::Size;

const HIDDEN: Argument = Argument::positional("hidden", "features of the state").required();
const STACKED: Argument =
    Argument::key("layers", "how many layers to stack, each fed with the output of the one below (1)");
const BIDIRECTIONAL: Argument =
    Argument::key("bidirectional", "whether a second state runs from the last step to the first (false)");
const DROPOUT: Argument = Argument::key("dropout", "dropout probability between the layers (0)").float();
const BIAS: Argument = Argument::key("bias", "whether to add biases (true)");
const NONLINEARITY: Argument = Argument::key("nonlinearity", "`tanh` or `relu` (tanh)");
const IN: Argument = Argument::key("in", "features of the input, checked if given");

const RNN_RELU: &str = "ops::rnn_relu";

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["lstm"],
        "Long short-term memory (Hochreiter and Schmidhuber, 1997), like `torch.nn.LSTM` with `batch_first`: \
            `[N, T, in]` gives `[N, T, directions * hidden]`. `x -> lstm 256` starts from zeros and gives `y`; \
            `(x, h0, c0) -> lstm 256` gives `(y, h, c)`, where a state is `[layers * directions, N, hidden]`. \
            The parameters are `weight_ih_l0` `[4 * hidden, in]`, `weight_hh_l0` `[4 * hidden, hidden]`, \
            `bias_ih_l0`, `bias_hh_l0`, and so on for each layer; the second direction's end in `_reverse`.",
        &[HIDDEN, STACKED, BIDIRECTIONAL, DROPOUT, BIAS, IN],
        lstm,
    )
    .with_parameters(Parameters::Several),
    Layer::new(
        &["gru"],
        "A gated recurrent unit (Cho et al., 2014), like `torch.nn.GRU` with `batch_first`: `[N, T, in]` gives \
            `[N, T, directions * hidden]`. `x -> gru 256` starts from zeros and gives `y`; `(x, h0) -> gru 256` \
            gives `(y, h)`, where a state is `[layers * directions, N, hidden]`. The parameters are named like \
            `lstm`'s and have `3 * hidden` rows.",
        &[HIDDEN, STACKED, BIDIRECTIONAL, DROPOUT, BIAS, IN],
        gru,
    )
    .with_parameters(Parameters::Several),
    Layer::new(
        &["rnn"],
        "A recurrent layer without gates (Elman, 1990), like `torch.nn.RNN` with `batch_first`: `[N, T, in]` \
            gives `[N, T, directions * hidden]`. `x -> rnn 256` starts from zeros and gives `y`; `(x, h0) -> \
            rnn 256` gives `(y, h)`, where a state is `[layers * directions, N, hidden]`. The parameters are \
            named like `lstm`'s and have `hidden` rows.",
        &[HIDDEN, STACKED, NONLINEARITY, BIDIRECTIONAL, DROPOUT, BIAS, IN],
        rnn,
    )
    .with_parameters(Parameters::Several),
];

/// What distinguishes the three layers.
struct Cell {
    /// How many vectors a step computes from the input and the state.
    gates: i64,
    states: usize,
    /// The run time's functions: one starts from zeros, the other from given states.
    from_zeros: &'static str,
    from_states: &'static str,
    /// PyTorch's module.
    module: &'static str,
}

fn lstm(context: &mut Context) -> Result<Built, Failure> {
    infer(context, Cell { gates: 4, states: 2, from_zeros: "ops::lstm", from_states: "ops::lstm_from", module: "LSTM" })
}

fn gru(context: &mut Context) -> Result<Built, Failure> {
    infer(context, Cell { gates: 3, states: 1, from_zeros: "ops::gru", from_states: "ops::gru_from", module: "GRU" })
}

fn rnn(context: &mut Context) -> Result<Built, Failure> {
    let (from_zeros, from_states) = match context.word("nonlinearity", &["tanh", "relu"], "tanh")? {
        "relu" => (RNN_RELU, "ops::rnn_relu_from"),
        _ => ("ops::rnn_tanh", "ops::rnn_tanh_from"),
    };
    infer(context, Cell { gates: 1, states: 1, from_zeros, from_states, module: "RNN" })
}

fn infer(context: &mut Context, cell: Cell) -> Result<Built, Failure> {
    let input = sequence(context, &cell)?;
    let stack = Stack::read(context)?;
    let (output, state) = stack.types(&input)?;
    expect_states(context, &state)?;
    let weights = stack.weights(context, &cell, &input.dims)?;
    let dropout = probability(context, "dropout", 0.0)?;
    let options = vec![
        weights,
        Operand::Bool(stack.bias),
        Operand::integer(stack.layers),
        dropout.clone(),
        Operand::Train,
        Operand::Bool(stack.bidirectional),
    ];
    if context.inputs.len() == 1 {
        let operands = [context.operand(0)].into_iter().chain(options).collect();
        let result = context.call(Callee::Function(cell.from_zeros), operands);
        let (module, call) = dropping(context, stack.module(&cell), dropout);
        let call = call.called([context.operand(0)]).gives("{}, _");
        return Outputs::one(output, result).called(module, call);
    }
    let operands = [context.operand(0), states(context)].into_iter().chain(options).collect();
    let outputs = [output].into_iter().chain(vec![state; cell.states]).collect();
    let (module, call) = dropping(context, stack.module(&cell), dropout);
    let values: Vec<Operand> = (0..context.inputs.len()).map(|index| context.operand(index)).collect();
    let call = match values.as_slice() {
        [input, hidden, cell] => {
            let states = Operand::List(vec![hidden.clone(), cell.clone()]);
            call.called([input.clone(), states]).gives("{}, ({}, {})")
        }
        _ => call.called(values),
    };
    context.calls(Callee::Function(cell.from_states), operands, outputs, Form::Tuple).called(module, call)
}

/// The arrangement of cells in a layer.
struct Stack {
    hidden: Size,
    layers: i64,
    bidirectional: bool,
    bias: bool,
}

impl Stack {
    fn read(context: &mut Context) -> Result<Stack, Failure> {
        let hidden = context.size("hidden")?.ok_or(Failure::Reported)?;
        context.positive("hidden", &hidden)?;
        let layers = context.integer("layers")?.unwrap_or(1);
        context.positive("layers", &Size::constant(layers))?;
        context.few("layers", layers, "layers")?;
        let (bidirectional, bias) = (context.boolean("bidirectional", false)?, context.boolean("bias", true)?);
        Ok(Stack { hidden, layers, bidirectional, bias })
    }

    /// PyTorch's module with the same parameters.
    fn module(&self, cell: &Cell) -> Python {
        let nonlinearity = if cell.from_zeros == RNN_RELU { "relu" } else { "tanh" };
        let features = ["weight_ih_l0", "weight_hh_l0"].map(|weight| Python::size(weight, 1));
        Python::call(&format!("nn.{}", cell.module), features)
            .key_unless(1, "num_layers", self.layers)
            .key_unless("tanh", "nonlinearity", nonlinearity)
            .key_unless(true, "bias", self.bias)
            .key("batch_first", true)
            .key_unless(false, "bidirectional", self.bidirectional)
    }

    fn directions(&self) -> &'static [&'static str] {
        if self.bidirectional { &["", "_reverse"] } else { &[""] }
    }

    /// The features of the output.
    fn width(&self) -> Result<Size, Failure> {
        Ok(self.hidden.mul(&Size::constant(self.directions().len() as i64))?)
    }

    /// The types of the output and of a state.
    fn types(&self, input: &TensorType) -> Result<(TensorType, TensorType), Failure> {
        let (batch, steps) = (&input.dims[0], &input.dims[1]);
        let states = Size::constant(self.layers).mul(&Size::constant(self.directions().len() as i64))?;
        let output = input.with(vec![batch.clone(), steps.clone(), self.width()?]);
        Ok((output, input.with(vec![states, batch.clone(), self.hidden.clone()])))
    }

    /// The parameters in libtorch's order: layer by layer, each in both directions.
    fn weights(&self, context: &mut Context, cell: &Cell, input: &[Size]) -> Result<Operand, Failure> {
        let mut weights = Vec::new();
        let width = self.width()?;
        let rows = self.hidden.mul(&Size::constant(cell.gates))?;
        let computed = [input[0].clone(), input[1].clone(), rows.clone()];
        for layer in 0..self.layers {
            let below = if layer == 0 { &input[2] } else { &width };
            for direction in self.directions() {
                context.multiply_adds(&computed, &below.add(&self.hidden)?)?;
                weights.extend(self.parameters(context, &rows, &format!("l{layer}{direction}"), below)?);
            }
        }
        Ok(Operand::Tensors(weights))
    }

    fn parameters(
        &self,
        context: &mut Context,
        rows: &Size,
        suffix: &str,
        below: &Size,
    ) -> Result<Vec<Operand>, Failure> {
        let weights = [("weight_ih", below), ("weight_hh", &self.hidden)];
        let weights = weights.map(|(name, columns)| (name, vec![rows.clone(), columns.clone()]));
        let biases = ["bias_ih", "bias_hh"].map(|name| (name, vec![rows.clone()]));
        let biases = biases.into_iter().filter(|_| self.bias);
        let declare =
            |(name, shape): (&str, Vec<Size>)| context.fan_in(&format!("{name}_{suffix}"), &shape, &self.hidden);
        weights.into_iter().chain(biases).map(declare).collect()
    }
}

/// The first value, `[N, T, in]`; the others are states.
fn sequence(context: &mut Context, cell: &Cell) -> Result<TensorType, Failure> {
    let (keyword, count) = (context.keyword, context.inputs.len());
    if count != 1 && count != 1 + cell.states {
        let values = if cell.states == 2 { "(x, h0, c0)" } else { "(x, h0)" };
        let what = format!("`{keyword}` takes `x` or `{values}`, but gets {count} values");
        return Err(context.mistake(keyword, what).into());
    }
    let input = context.inputs[0].ty.clone();
    context.expect_floats(&input)?;
    let [_, steps, features] = &input.dims[..] else {
        let what = format!("`{keyword}` takes [N, T, features], but gets {input}");
        return Err(context.mistake(keyword, what).into());
    };
    context.expect_size("in", features, "features")?;
    let mistake = context.mistake(keyword, format!("`{keyword}` needs at least one feature, but there are {features}"));
    context.proofs.at_least(features, 1, || mistake)?;
    let mistake = context.mistake(keyword, format!("`{keyword}` needs at least one step, but there are {steps}"));
    context.proofs.at_least(steps, 1, || mistake)?;
    Ok(input)
}

fn expect_states(context: &mut Context, state: &TensorType) -> Result<(), Failure> {
    let given: Vec<TensorType> = context.inputs[1..].iter().map(|value| value.ty.clone()).collect();
    for ty in given {
        let mistake =
            context.mistake(context.keyword, format!("a state of `{}` must be {state}, but is {ty}", context.keyword));
        if ty.dtype != state.dtype || ty.rank() != state.rank() {
            return Err(mistake.into());
        }
        for (have, want) in ty.dims.iter().zip(&state.dims) {
            context.proofs.same(have, want, || mistake.clone())?;
        }
    }
    Ok(())
}

/// The states as libtorch takes them, contiguous for cuDNN.
fn states(context: &mut Context) -> Operand {
    let count = context.inputs.len();
    let one = |index| Operand::Local(context.call(Callee::Method("contiguous"), vec![context.operand(index)]));
    let mut states: Vec<Operand> = (1..count).map(one).collect();
    if states.len() == 1 { states.remove(0) } else { Operand::Tensors(states) }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn a_sequence_gives_a_sequence() {
        for layer in ["lstm", "gru", "rnn"] {
            assert_shape(&format!("{layer} 256"), "[N, T, 24]", "[N, T, 256]");
            assert_shape(
                &format!("{layer} 16 layers=2 bidirectional=true dropout=0.3 bias=false in=24"),
                "[N, T, 24]",
                "[N, T, 32]",
            );
            assert_error(
                &format!("«{layer}» 4"),
                "[N, 24]",
                &format!("`{layer}` takes [N, T, features], but gets [N, 24]"),
            );
            assert_error(
                &format!("«{layer}» 4"),
                "i64[N, T, 8]",
                &format!("`{layer}` takes floats, but gets i64[N, T, 8]"),
            );
            assert_error(
                &format!("«{layer}» 4"),
                "[N, 0, 8]",
                &format!("`{layer}` needs at least one step, but there are 0"),
            );
        }
        assert_shape("rnn 4 nonlinearity=relu", "[N, T, 24]", "[N, T, 4]");
        assert_error("rnn 4 nonlinearity=«gelu»", "[N, T, 24]", "there is no `gelu` here");
    }

    #[test]
    fn states_go_in_and_come_out() {
        assert_shape("lstm 8", "[N, T, 4]; [1, N, 8]; [1, N, 8]", "[N, T, 8]; [1, N, 8]; [1, N, 8]");
        assert_shape("gru 8 layers=2 bidirectional=true", "[N, T, 4]; [4, N, 8]", "[N, T, 16]; [4, N, 8]");
        assert_shape("rnn 8", "[N, T, 4]; [1, N, 8]", "[N, T, 8]; [1, N, 8]");
        assert_error("«lstm» 8", "[N, T, 4]; [1, N, 8]", "`lstm` takes `x` or `(x, h0, c0)`, but gets 2 values");
        assert_error("«gru» 8", "[N, T, 4]; [1, N, 7]", "a state of `gru` must be [1, N, 8], but is [1, N, 7]");
        assert_error(
            "«gru» 8 layers=2",
            "[N, T, 4]; [1, N, 8]",
            "a state of `gru` must be [2, N, 8], but is [1, N, 8]",
        );
        assert_error("«gru» 8", "[N, T, 4]; [N, 8]", "a state of `gru` must be [1, N, 8], but is [N, 8]");
    }

    #[test]
    fn arguments_are_checked() {
        assert_error("«lstm»", "[N, T, 4]", "`lstm` needs `hidden`");
        assert_error("lstm «0»", "[N, T, 4]", "`hidden` of `lstm` must be at least 1, but is 0");
        assert_error("«lstm» 8", "[N, T, 0]", "`lstm` needs at least one feature, but there are 0");
        assert_error("lstm 8 layers=«5000»", "[N, T, 4]", "`lstm` makes 5000 layers, but at most 1000 are allowed");
        assert_error("lstm 8 layers=«0»", "[N, T, 4]", "`layers` of `lstm` must be at least 1, but is 0");
        assert_error(
            "lstm 8 layers=2 dropout=«1.5»",
            "[N, T, 4]",
            "the probability of `lstm` must be between 0 and 1, but is 1.5",
        );
        assert_error("lstm 8 in=«5»", "[N, T, 4]", "the input has 4 features, not 5");
        assert_error(
            "«lstm» 8",
            "[N, T, W]",
            "the `weight_ih_l0` of `lstm` cannot depend on `W`, which can differ from input to input",
        );
        assert_error("lstm 8 «weight»=4", "[N, T, 4]", "`lstm` has no argument `weight`");
    }
}
