//! Scaled dot-product attention, and its parts that `attention` shares: the mask, `causal`, `dropout`.

mod mask;

pub use mask::{CAUSAL, MASK};

use super::dropout::probability;
use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Dtype, Memory, Operand, TensorType};
use crate::size::{Comparison, Size, Verdict};

pub const DROPOUT: Argument = Argument::key("dropout", "dropout probability of the attention weights (0)").float();
pub static LAYERS: &[Layer] = &[Layer::new(
    &["sdpa"],
    "Scaled dot-product attention on `(q, k, v)` (Vaswani et al., 2017), like \
        `torch.nn.functional.scaled_dot_product_attention`: `softmax(q k^T * scale) v`. With `heads`, it splits \
        `[N, T, d]` and `[N, S, d]` into heads and gives `[N, T, d]`; without, `[N, heads, T, e]` and `[N, \
        heads, S, e]` give `[N, heads, T, e]`. If keys and values have fewer heads, several query heads share \
        one of theirs.",
    &[
        Argument::key("heads", "the number of heads that the queries' features are split into"),
        CAUSAL,
        DROPOUT,
        MASK,
        Argument::key("scale", "factor for the scores (1 / sqrt(e))").float(),
    ],
    infer,
)];

/// The sizes of queries, keys and values, by heads.
pub struct Heads {
    pub batch: Size,
    /// The heads of the queries, and of the keys and values.
    pub count: [Size; 2],
    /// The number of queries, and of keys.
    pub length: [Size; 2],
    /// The features of all heads: those of queries and keys, and those of values.
    pub width: [Size; 2],
    pub dtype: Dtype,
}

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let [q, k, v] = context.incoming()?;
    for ty in [&q, &k, &v] {
        context.expect_floats(ty)?;
    }
    if k.dtype != q.dtype || v.dtype != q.dtype {
        let what = format!("`sdpa` takes values of one element type, but gets {q}, {k} and {v}");
        return Err(context.mistake(context.keyword, what).into());
    }
    match context.size("heads")? {
        Some(heads) => split(context, [q, k, v], heads),
        None => whole(context, [q, k, v]),
    }
}

/// `[N, heads, T, e]`
fn whole(context: &mut Context, [q, k, v]: [TensorType; 3]) -> Result<Built, Failure> {
    for ty in [&q, &k, &v] {
        if ty.rank() != 4 {
            let mistake = context.mistake(
                context.keyword,
                format!("without `heads`, `sdpa` takes [N, heads, T, features], but gets {ty}"),
            );
            let three = [&q, &k, &v].iter().all(|ty| ty.rank() == 3);
            return Err(
                if three { mistake.help("to split features into heads, write `heads=..`") } else { mistake }.into()
            );
        }
    }
    same(context, "features of queries and keys", &q.dims[3], &k.dims[3])?;
    same(context, "heads of keys and values", &k.dims[1], &v.dims[1])?;
    let heads = Heads {
        batch: q.dims[0].clone(),
        count: [q.dims[1].clone(), k.dims[1].clone()],
        length: [q.dims[2].clone(), k.dims[2].clone()],
        width: [q.dims[1].mul(&q.dims[3])?, q.dims[1].mul(&v.dims[3])?],
        dtype: q.dtype,
    };
    expect_sequences(context, [&q.dims[0], &k.dims[0], &v.dims[0]], &k.dims[2], &v.dims[2])?;
    expect_groups(context, &heads)?;
    let operands = [context.operand(0), context.operand(1), context.operand(2)];
    let result = attend(context, &heads, operands)?;
    let dims = vec![q.dims[0].clone(), q.dims[1].clone(), q.dims[2].clone(), v.dims[3].clone()];
    let python = written(context, &heads, false)?;
    Outputs::one(q.with(dims), result).python(python)
}

/// `[N, T, d]`
fn split(context: &mut Context, [q, k, v]: [TensorType; 3], count: Size) -> Result<Built, Failure> {
    for ty in [&q, &k, &v] {
        if ty.rank() != 3 {
            let what = format!("with `heads`, `sdpa` takes [N, T, features], but gets {ty}");
            return Err(context.mistake(context.keyword, what).into());
        }
    }
    expect_divisible(context, &q.dims[2], &count)?;
    let fewer = heads_of_keys(context, &q.dims[2], &k.dims[2], &count)?;
    let features = features_of_values(context, (&q.dims[2], &k.dims[2], &v.dims[2]), &count, &fewer)?;
    let heads = Heads {
        batch: q.dims[0].clone(),
        count: [count, fewer],
        length: [q.dims[1].clone(), k.dims[1].clone()],
        width: [q.dims[2].clone(), features.clone()],
        dtype: q.dtype,
    };
    expect_sequences(context, [&q.dims[0], &k.dims[0], &v.dims[0]], &k.dims[1], &v.dims[1])?;
    expect_groups(context, &heads)?;
    let [queries, keys] = heads.count.each_ref();
    let operands = [(0, queries), (1, keys), (2, keys)].map(|(index, count)| {
        let operands = vec![context.operand(index), Operand::size(count)];
        Operand::Local(context.call(Callee::Function("ops::split_heads"), operands))
    });
    let result = attend(context, &heads, operands)?;
    let result = merge(context, result);
    let python = Python::method("transpose", [written(context, &heads, true)?, 1.into(), 2.into()]);
    let python = Python::method("flatten", [python, 2.into()]);
    Outputs::one(q.with(vec![q.dims[0].clone(), q.dims[1].clone(), features]), result).python(python)
}

/// Joins the heads again.
pub fn merge(context: &mut Context, heads: usize) -> usize {
    context.call(Callee::Function("ops::merge_heads"), vec![Operand::Local(heads)])
}

/// Checks that the heads divide the features.
pub fn expect_divisible(context: &mut Context, features: &Size, heads: &Size) -> Result<(), Failure> {
    context.fixed("the number of heads", heads, context.place("heads"))?;
    context.positive("heads", heads)?;
    let mistake = context.mistake(context.keyword, format!("`{}` needs at least one feature", context.keyword));
    context.proofs.at_least(features, 1, || mistake)?;
    let mistake =
        context.mistake(context.place("heads"), format!("{features} features do not divide into {heads} heads"));
    let rest = features.rem(heads)?;
    Ok(context.proofs.same(&rest, &Size::constant(0), || mistake)?)
}

/// The number of heads of the keys, each as large as one of the queries.
fn heads_of_keys(context: &mut Context, q: &Size, k: &Size, heads: &Size) -> Result<Size, Failure> {
    if context.proofs.are_equal(q, k) == Verdict::True {
        return Ok(heads.clone());
    }
    let size = q.div_floor(heads)?;
    let what =
        format!("the {k} features of the keys do not divide into heads of size {size}, like those of the queries");
    let mistake = context.mistake(context.keyword, what);
    let rest = k.rem(&size)?;
    context.proofs.same(&rest, &Size::constant(0), || mistake)?;
    let fewer = k.div_floor(&size)?;
    context.fixed("the number of heads", &fewer, context.keyword)?;
    Ok(fewer)
}

/// The features of the output: those of a head of the values, times the heads of the queries.
fn features_of_values(
    context: &mut Context,
    (q, k, v): (&Size, &Size, &Size),
    heads: &Size,
    fewer: &Size,
) -> Result<Size, Failure> {
    if context.proofs.are_equal(k, v) == Verdict::True {
        return Ok(q.clone());
    }
    let mistake = context.mistake(
        context.keyword,
        format!("the {v} features of the values do not divide into the {fewer} heads of the keys"),
    );
    let rest = v.rem(fewer)?;
    context.proofs.same(&rest, &Size::constant(0), || mistake)?;
    Ok(heads.mul(&v.div_floor(fewer)?)?)
}

fn same(context: &mut Context, what: &str, a: &Size, b: &Size) -> Result<(), Failure> {
    let mistake = context.mistake(context.keyword, format!("the {what} differ: {a} and {b}"));
    Ok(context.proofs.same(a, b, || mistake)?)
}

/// Checks that the batches are equal, and that there is a value for each key.
pub fn expect_sequences(
    context: &mut Context,
    [q, k, v]: [&Size; 3],
    keys: &Size,
    values: &Size,
) -> Result<(), Failure> {
    same(context, "batches of queries and keys", q, k)?;
    same(context, "batches of keys and values", k, v)?;
    same(context, "lengths of keys and values", keys, values)
}

/// Checks that each head of the keys serves the same number of heads of the queries.
fn expect_groups(context: &mut Context, heads: &Heads) -> Result<(), Failure> {
    let [queries, keys] = &heads.count;
    let what = format!("the {queries} heads of the queries do not divide among the {keys} heads of the keys");
    let mistake = context.mistake(context.keyword, what);
    context.proofs.hold(keys, Comparison::GreaterEqual, &Size::constant(1), || mistake.clone())?;
    let rest = queries.rem(keys)?;
    Ok(context.proofs.same(&rest, &Size::constant(0), || mistake)?)
}

/// The attention itself, on `[N, heads, T, e]`.
pub fn attend(context: &mut Context, heads: &Heads, [q, k, v]: [Operand; 3]) -> Result<usize, Failure> {
    let [queries, keys] = heads.length.clone();
    context.multiply_adds(&[heads.batch.clone(), queries, keys], &heads.width[0].add(&heads.width[1])?)?;
    // Queries, keys, values and the result are kept, and for each row of scores its log-sum-exp.
    let rows = heads.batch.mul(&heads.count[0])?.mul(&heads.length[0])?;
    context.memory = Memory { besides: rows.mul(&Size::constant(4))?, ..Memory::default() };
    let [mask, causal] = mask::seen(context, heads, [&q, &k])?;
    let dropout = probability(context, "dropout", 0.0)?;
    let scale = match context.argument("scale") {
        Some(_) => context.number("scale", 1.0)?.some(),
        None => Operand::None,
    };
    let grouped = context.proofs.are_equal(&heads.count[0], &heads.count[1]) != Verdict::True;
    let rest = [causal, scale, Operand::Bool(grouped)];
    let train = if dropout == Operand::Float(0.0) { false.into() } else { Operand::Train };
    let operands = [q, k, v, mask, dropout, train].into_iter().chain(rest).collect();
    Ok(context.call(Callee::Function("ops::scaled_dot_product_attention"), operands))
}

/// PyTorch's function. `split`: whether the features must first be split into heads.
fn written(context: &Context, heads: &Heads, split: bool) -> Result<Python, Failure> {
    let [queries, keys] = heads.count.each_ref().map(Operand::size);
    let inputs = [(0, queries), (1, keys.clone()), (2, keys)].map(|(index, count)| {
        let x = context.operand(index);
        if !split {
            return x.into();
        }
        let heads = Python::method("unflatten", [x, (-1).into(), Operand::List(vec![count, (-1).into()])]);
        Python::method("transpose", [heads, 1.into(), 2.into()])
    });
    let python = Python::call("F.scaled_dot_product_attention", inputs);
    let mut python = mask::written(context, python)?;
    let dropout = probability(context, "dropout", 0.0)?;
    if dropout != Operand::Float(0.0) {
        let in_training = Python::infix("if", [dropout, Operand::Train]);
        python = python.key("dropout_p", Python::infix("else", [in_training, 0.0.into()]));
    }
    if context.argument("scale").is_some() {
        python = python.key("scale", context.number("scale", 1.0)?);
    }
    let grouped = context.proofs.are_equal(&heads.count[0], &heads.count[1]) != Verdict::True;
    Ok(python.key_unless(false, "enable_gqa", grouped))
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    pub const THREE: &str = "[N, T, 64]; [N, S, 64]; [N, S, 64]";
    pub const FOUR: &str = "[N, 8, T, 16]; [N, 8, S, 16]; [N, 8, S, 16]";

    #[test]
    fn splits_features_into_heads() {
        assert_shape("sdpa heads=8", THREE, "[N, T, 64]");
        assert_shape("sdpa heads=8 causal=true dropout=0.1 scale=0.5", THREE, "[N, T, 64]");
        assert_shape("sdpa heads=8", "[N, T, 64]; [N, S, 16]; [N, S, 16]", "[N, T, 64]");
        assert_shape("sdpa heads=8", "[N, T, 64]; [N, S, 16]; [N, S, 6]", "[N, T, 24]");
        assert_error("sdpa heads=«7»", THREE, "64 features do not divide into 7 heads");
        let symbolic = "the number of heads of `sdpa` cannot depend on `T`, which can differ from input to input";
        assert_error("let [_, t, _] = a; (a, a, a) -> sdpa heads=«t»", "[N, T, 64]", symbolic);
        assert_error("sdpa heads=«0»", THREE, "`heads` of `sdpa` must be at least 1, but is 0");
        assert_error("«sdpa» heads=8", FOUR, "with `heads`, `sdpa` takes [N, T, features], but gets [N, 8, T, 16]");
        let uneven = "the 20 features of the keys do not divide into heads of size 8, like those of the queries";
        assert_error("«sdpa» heads=8", "[N, T, 64]; [N, S, 20]; [N, S, 64]", uneven);
        let uneven = "the 8 heads of the queries do not divide among the 3 heads of the keys";
        assert_error("«sdpa» heads=8", "[N, T, 64]; [N, S, 24]; [N, S, 24]", uneven);
        let uneven = "the 63 features of the values do not divide into the 8 heads of the keys";
        assert_error("«sdpa» heads=8", "[N, T, 64]; [N, S, 64]; [N, S, 63]", uneven);
    }

    #[test]
    fn takes_heads() {
        assert_shape("sdpa", FOUR, "[N, 8, T, 16]");
        assert_shape("sdpa causal=true", "[N, 8, T, 16]; [N, 2, S, 16]; [N, 2, S, 5]", "[N, 8, T, 5]");
        assert_error("«sdpa»", THREE, "without `heads`, `sdpa` takes [N, heads, T, features], but gets [N, T, 64]");
        assert_error(
            "«sdpa»",
            "[N, 8, T, 4]; [N, 8, S, 5]; [N, 8, S, 4]",
            "the features of queries and keys differ: 4 and 5",
        );
        assert_error(
            "«sdpa»",
            "[N, 8, T, 4]; [N, 8, S, 4]; [N, 4, S, 4]",
            "the heads of keys and values differ: 8 and 4",
        );
        assert_error(
            "«sdpa»",
            "[N, 8, T, 4]; [N, 8, 6, 4]; [N, 8, 7, 4]",
            "the lengths of keys and values differ: 6 and 7",
        );
        assert_error(
            "«sdpa»",
            "[2, 8, T, 4]; [3, 8, S, 4]; [3, 8, S, 4]",
            "the batches of queries and keys differ: 2 and 3",
        );
        assert_error(
            "«sdpa»",
            "[N, 8, T, 4]; [N, 0, S, 4]; [N, 0, S, 4]",
            "the 8 heads of the queries do not divide among the 0 heads of the keys",
        );
        assert_error("«sdpa»", "[N, T, 8]", "`sdpa` takes 3 values, but gets 1");
        assert_error(
            "«sdpa»",
            "i64[N, 8, T, 4]; [N, 8, S, 4]; [N, 8, S, 4]",
            "`sdpa` takes floats, but gets i64[N, 8, T, 4]",
        );
        assert_error(
            "«sdpa»",
            "f64[N, 8, T, 4]; [N, 8, S, 4]; [N, 8, S, 4]",
            "`sdpa` takes values of one element type, but gets f64[N, 8, T, 4], [N, 8, S, 4] and [N, 8, S, 4]",
        );
    }
}
