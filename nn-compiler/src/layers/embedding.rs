//! Embeddings of indices and of positions.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Parameters, Python};
use crate::shaped::{Callee, Dtype, Init, Memory, Operand, TensorType, Tokens};
use crate::size::{Comparison, Size};

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["embedding"],
        "Looks up a trained vector for each index, like `torch.nn.Embedding`: `i64[..]` becomes `[.., dim]`. \
            The weight, `[vocabulary, dim]`, starts normally distributed. Indices are checked against \
            `vocabulary` only when the program runs.",
        &[
            Argument::positional("vocabulary", "the number of vectors").required(),
            Argument::positional("dim", "the size of each vector").required(),
            Argument::key(
                "padding_idx",
                "an index whose vector is not trained, and zero unless `init=` is given; may count from the end",
            ),
        ],
        embedding,
    )
    .with_parameters(Parameters::Weight),
    Layer::new(
        &["positional"],
        "Adds sinusoidal position encodings (Vaswani et al., 2017) to `[.., T, d]`; the shape stays.",
        &[],
        positional,
    ),
];

/// The sines and cosines of "Attention is all you need", section 3.5.
const POSITIONS: &str = "\
def positions(x):
    length, features = x.shape[-2:]
    position = torch.arange(length, dtype=torch.float64, device=x.device).unsqueeze(1)
    column = torch.arange(features, dtype=torch.float64, device=x.device)
    angle = position / 10000 ** ((column - column % 2) / features)
    return torch.where(column % 2 == 0, angle.sin(), angle.cos()).to(x.dtype)
";

fn embedding(context: &mut Context) -> Result<Built, Failure> {
    let indices = context.input()?;
    if !matches!(indices.dtype, Dtype::I64 | Dtype::I32) {
        let what = format!("`embedding` takes indices, `i64` or `i32`, but gets {indices}");
        let mistake = context.mistake(context.keyword, what);
        return Err(match context.inputs[0].origin.strip_prefix("the input ") {
            Some(name) => mistake.help(format!("declare {name} as i64{indices}")),
            None => mistake.help("put `cast i64` before it"),
        }
        .into());
    }
    let (Some(vocabulary), Some(dim)) = (context.size("vocabulary")?, context.size("dim")?) else {
        return Err(Failure::Reported);
    };
    context.positive("vocabulary", &vocabulary)?;
    context.positive("dim", &dim)?;
    let padding = padding_index(context, &vocabulary)?;
    let weight = context.parameter("weight", &[vocabulary, dim.clone()], padding.start)?;
    let module = Python::call("nn.Embedding", [Python::size("weight", 0), Python::size("weight", 1)]);
    let function = Python::call("F.embedding", [context.operand(0), weight.clone()]);
    let written = |python: Python| python.key_unless(-1, "padding_idx", padding.row.clone());
    let (module, function) = (written(module), written(function));
    let operands = vec![weight, context.operand(0), padding.row];
    let result = context.call(Callee::Function("ops::embedding"), operands);
    let output = TensorType::own(indices.dims.into_iter().chain([dim]).collect());
    context.memory = Memory::INPUTS;
    Outputs::one(output, result).module(context, module, function)
}

/// The row that is not trained, and the initialisation of the weight.
struct Padding {
    row: Operand,
    start: Init,
}

fn padding_index(context: &mut Context, vocabulary: &Size) -> Result<Padding, Failure> {
    let Some(index) = context.integer("padding_idx")? else {
        // -1 means none to libtorch.
        return Ok(Padding { row: Operand::integer(-1), start: Init::Normal(0.0.into(), 1.0.into()) });
    };
    let index_size = Size::constant(index);
    let row = if index < 0 { vocabulary.add(&index_size)? } else { index_size };
    for (comparison, limit) in [(Comparison::GreaterEqual, &Size::constant(0)), (Comparison::Less, vocabulary)] {
        let what = format!("there is no index {index} in a vocabulary of {vocabulary}");
        let mistake = context.mistake(context.place("padding_idx"), what);
        context.proofs.hold(&row, comparison, limit, || mistake)?;
    }
    let start = format!("|shape| ::nn_dsl::ops::padded_embedding(shape, {index})");
    let start = Tokens(start.parse().expect("this is Rust"));
    Ok(Padding { row: Operand::size(&row), start: Init::Function(start) })
}

fn positional(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    if input.rank() < 2 {
        let what = format!("`positional` needs a dimension of positions and one of features, but the input is {input}");
        return Err(context.mistake(context.keyword, what).into());
    }
    let x = context.operand(0);
    let positions = Python::call("positions", [&x]).defining(POSITIONS);
    let python = Python::infix("+", [Python::from(&x), positions]);
    let result = context.call(Callee::Function("ops::positional"), vec![x]);
    Outputs::one(input, result).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn give_a_vector_for_each_index() {
        assert_shape("embedding 100 16", "i64[N, T]", "[N, T, 16]");
        assert_shape("embedding 100 dim=16 padding_idx=0", "i32[]", "[16]");
        assert_shape("embedding VOCABULARY dim=16 padding_idx=-1", "i64[N]", "[N, 16]");
        assert_shape("positional", "[N, T, 64]", "[N, T, 64]");
    }

    #[test]
    fn say_what_is_wrong() {
        assert_error("«embedding» 100 16", "[N, T]", "`embedding` takes indices, `i64` or `i32`, but gets [N, T]");
        assert_error("embedding 100 16 padding_idx=«100»", "i64[N]", "there is no index 100 in a vocabulary of 100");
        assert_error("embedding 100 16 padding_idx=«-101»", "i64[N]", "there is no index -101 in a vocabulary of 100");
        assert_error("embedding 100 «0»", "i64[N]", "`dim` of `embedding` must be at least 1, but is 0");
        assert_error(
            "«positional»",
            "[64]",
            "`positional` needs a dimension of positions and one of features, but the input is [64]",
        );
    }
}
