//! Pieces of a tensor along one dimension.

use super::list::Item;
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Callee, Code, Form, Memory, Operand, TensorType};
use crate::size::{Comparison, Predicate, Size, Verdict};
use crate::state::Datum;

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["narrow"],
        "Keeps `len` indices of a dimension from `start`, like `torch.narrow`: `narrow 1 0 16`.",
        &[
            Argument::positional("dim", "the dimension").required(),
            Argument::positional("start", "the first index; negative counts from the end").required(),
            Argument::positional("len", "how many indices").short("length").required(),
        ],
        narrow,
    ),
    Layer::new(
        &["select"],
        "Takes one index along a dimension and removes that dimension, like `torch.select`: `select 1 0`, \
            `select 1 index=-1`.",
        &[
            Argument::positional("dim", "the dimension").required(),
            Argument::positional("index", "the index; negative counts from the end").required(),
        ],
        select,
    ),
    Layer::new(
        &["chunk"],
        "Splits into `n` values of (nearly) equal size along `dim`, like `torch.chunk`: `let (a, b) = x -> \
            chunk 2 dim=1;`. A size that the macro does not know must be divisible by `n`.",
        &[
            Argument::positional("n", "how many values").short("chunks").required(),
            Argument::key("dim", "the dimension to split").required(),
        ],
        chunk,
    ),
    Layer::new(
        &["split"],
        "Splits into values of the given sizes along `dim`, like `torch.split`: `split [64, 32] dim=1`. One \
            number gives values of that size, and the rest: `split 64 dim=1`.",
        &[
            Argument::positional("sizes", "the size of each value, or one size for all").required(),
            Argument::key("dim", "the dimension to split").required(),
        ],
        split,
    ),
];

fn narrow(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dim = context.required_dimension("dim", input.rank())?;
    let size = &input.dims[dim];
    let start = required(context, "start")?;
    let len = required(context, "len")?;
    let what = format!("`len` of `narrow` cannot be negative, but is {}", len.0);
    let mistake = context.mistake(context.place("len"), what);
    context.proofs.at_least(&len.0, 0, || mistake)?;
    let end = match start.0.as_constant() {
        Some(start) if start < 0 => {
            within(
                context,
                "start",
                &Size::constant(-start),
                size,
                format!("dimension {dim} has size {size}, so there is no index {start}"),
            )?;
            size.add(&Size::constant(start))?.add(&len.0)?
        }
        Some(_) => start.0.add(&len.0)?,
        None => {
            let what = format!("`start` of `narrow` cannot be negative, but is {}", start.0);
            let mistake = context.mistake(context.place("start"), what);
            context.proofs.at_least(&start.0, 0, || mistake)?;
            start.0.add(&len.0)?
        }
    };
    let what = format!("{} indices from {} reach beyond the size {size} of dimension {dim}", len.0, start.0);
    within(context, "len", &end, size, what)?;
    let output = with_size(&input, dim, len.0);
    let operands = vec![context.operand(0), Operand::integer(dim as i64), Operand::Size(start.1), Operand::Size(len.1)];
    context.memory = Memory::VIEW;
    context.method("narrow", operands.clone(), output).python(Python::method("narrow", operands))
}

fn select(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dim = context.required_dimension("dim", input.rank())?;
    let size = &input.dims[dim];
    let (index, code) = required(context, "index")?;
    let what = format!("dimension {dim} has size {size}, so there is no index {index}");
    match index.as_constant() {
        Some(index) if index < 0 => within(context, "index", &Size::constant(index).neg()?, size, what)?,
        Some(_) => within(context, "index", &index.add(&Size::constant(1))?, size, what)?,
        None => {
            let mistake = context.mistake(context.place("index"), what.clone());
            context.proofs.at_least(&size.add(&index)?, 0, || mistake)?;
            within(context, "index", &index.add(&Size::constant(1))?, size, what)?;
        }
    }
    let mut dims = input.dims.clone();
    dims.remove(dim);
    let operands = vec![context.operand(0), Operand::integer(dim as i64), Operand::Size(code)];
    context.memory = Memory::VIEW;
    context.method("select", operands.clone(), input.with(dims)).python(Python::method("select", operands))
}

fn chunk(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let count = context.integer("n")?.unwrap_or(1);
    if count < 1 {
        let what = format!("`chunk` makes at least 1 value, not {count}");
        return Err(context.mistake(context.place("n"), what).into());
    }
    context.few("n", count, "values")?;
    let dim = context.required_dimension("dim", input.rank())?;
    let sizes = chunks(context, &input.dims[dim], count)?;
    let outputs = sizes.into_iter().map(|size| with_size(&input, dim, size)).collect();
    let (x, dim) = (context.operand(0), Operand::integer(dim as i64));
    let python = Python::method("chunk", [x.clone(), count.into(), dim.clone()]);
    context.memory = Memory::VIEW;
    context.calls(Callee::Function("ops::chunk"), vec![x, dim], outputs, Form::Array).python(python)
}

/// The sizes of `count` chunks. A size that does not divide evenly is cut as in PyTorch.
fn chunks(context: &mut Context, size: &Size, count: i64) -> Result<Vec<Size>, Failure> {
    let divisor = Size::constant(count);
    if let Some(size) = size.as_constant()
        && size % count != 0
    {
        let each = size / count + 1; // It does not divide evenly.
        let pieces = pieces(size, each);
        if pieces.len() as i64 == count {
            return Ok(pieces);
        }
        let what =
            format!("a size of {size} cannot be split into {count} values: PyTorch makes {} of them", pieces.len());
        return Err(context.mistake(context.place("n"), what).into());
    }
    let what = format!("a size of {size} is not divisible by {count}");
    let mistake = context.mistake(context.place("n"), what);
    context.same_count(&size.rem(&divisor)?, &Size::constant(0), mistake)?;
    Ok(vec![size.div_floor(&divisor)?; count as usize])
}

/// Pieces of equal size, and the rest.
fn pieces(size: i64, each: i64) -> Vec<Size> {
    (0..size).step_by(each as usize).map(|start| Size::constant(each.min(size - start))).collect()
}

fn split(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dim = context.required_dimension("dim", input.rank())?;
    let size = &input.dims[dim];
    let sizes = match context.argument("sizes").map(|given| &given.datum) {
        Some(Datum::Size(each, code)) => {
            let (each, code) = (each.clone(), code.map(&mut |reference| reference.local));
            equal_pieces(context, size, &each, code)?
        }
        _ => listed_pieces(context, size, dim)?,
    };
    let codes = sizes.iter().map(|(_, code)| code.clone()).collect();
    let operands = vec![context.operand(0), Operand::Sizes(codes), Operand::integer(dim as i64)];
    let outputs = sizes.into_iter().map(|(size, _)| with_size(&input, dim, size)).collect();
    let python = Python::method("split", operands.clone());
    context.memory = Memory::VIEW;
    context.calls(Callee::Function("ops::split"), operands, outputs, Form::Array).python(python)
}

/// Pieces of equal size, and the rest. The macro must know their number.
fn equal_pieces(context: &mut Context, size: &Size, each: &Size, code: Code) -> Result<Vec<(Size, Code)>, Failure> {
    context.positive("sizes", each)?;
    if let (Some(size), Some(each)) = (size.as_constant(), each.as_constant()) {
        context.few("sizes", size / each, "values")?;
        let pieces = if size == 0 { vec![Size::constant(0)] } else { pieces(size, each) };
        return Ok(pieces.into_iter().map(|size| (size.clone(), Code::from(&size))).collect());
    }
    let even = Predicate { left: size.rem(each)?, comparison: Comparison::Equal, right: Size::constant(0) };
    match size.div_floor(each)?.as_constant() {
        Some(count) if count > 0 && context.proofs.facts.decide(&even) == Verdict::True => {
            context.few("sizes", count, "values")?;
            Ok(vec![(each.clone(), code); count as usize])
        }
        _ => {
            let what = format!("it is unknown how many values of size {each} a size of {size} gives");
            Err(context
                .mistake(context.place("sizes"), what)
                .note("give a list of sizes: `split [64, 32] dim=1`")
                .into())
        }
    }
}

fn listed_pieces(context: &mut Context, size: &Size, dim: usize) -> Result<Vec<(Size, Code)>, Failure> {
    let items = context.list("sizes")?;
    let mut pieces = Vec::new();
    let mut sum = Size::constant(0);
    for item in &items {
        let Some(piece) = &item.size else {
            return Err(context.mistake(item.place, "`_` cannot stand for a size of `split`").into());
        };
        sum = sum.add(piece)?;
        pieces.push((piece.clone(), item.code.clone()));
    }
    let what = format!("the sizes {} add up to {sum}, but dimension {dim} has size {size}", Item::list(&items));
    let mistake = context.mistake(context.place("sizes"), what);
    if items.is_empty() {
        return Err(mistake.into());
    }
    context.proofs.same(size, &sum, || mistake)?;
    Ok(pieces)
}

/// A required argument.
fn required(context: &Context, name: &str) -> Result<(Size, Code), Failure> {
    context.code(name)?.ok_or(Failure::Reported)
}

/// Checks that the dimension has at least `end` elements. If that depends on a symbol, it becomes a check of the inputs.
fn within(context: &mut Context, argument: &str, end: &Size, size: &Size, what: String) -> Result<(), Failure> {
    let mistake = context.mistake(context.place(argument), what);
    match end.as_constant() {
        Some(end) => context.proofs.at_least(size, end, || mistake)?,
        None => context.proofs.hold(end, Comparison::LessEqual, size, || mistake)?,
    }
    Ok(())
}

fn with_size(input: &TensorType, dim: usize, size: Size) -> TensorType {
    let mut dims = input.dims.clone();
    dims[dim] = size;
    input.with(dims)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn narrow() {
        assert_shape("narrow 1 0 3", "[N, 4]", "[N, 3]");
        assert_shape("narrow dim=-1 start=-3 len=2", "[N, 4]", "[N, 2]");
        assert_shape("narrow 1 2 8", "[N, T]", "[N, 8]");
        assert_shape("let [n, t] = id; narrow 1 1 (t - 1)", "[N, T]", "[N, T - 1]");
        let what = "3 indices from 2 reach beyond the size 4 of dimension 1";
        assert_error("narrow 1 2 «3»", "[N, 4]", what);
        assert_error("narrow dim=1 start=«-5» len=1", "[N, 4]", "dimension 1 has size 4, so there is no index -5");
        assert_error("narrow dim=1 start=0 len=«-1»", "[N, 4]", "`len` of `narrow` cannot be negative, but is -1");
        let what = "T indices from 0 reach beyond the size 512 of dimension 0";
        assert_error("(b -> narrow 0 0 T, a) -> add -> flatten 0", "[T]; [512]", what);
    }

    #[test]
    fn select() {
        assert_shape("select 1 0", "[N, 4, 5]", "[N, 5]");
        assert_shape("select dim=1 index=-1", "[N, T, 5]", "[N, 5]");
        assert_shape("let [n, t] = id; select 1 (t - 1)", "[N, T]", "[N]");
        assert_error("select 1 «4»", "[N, 4]", "dimension 1 has size 4, so there is no index 4");
        assert_error("select dim=1 index=«-5»", "[N, 4]", "dimension 1 has size 4, so there is no index -5");
    }

    #[test]
    fn chunk() {
        assert_shape("chunk 2 dim=1", "[N, 6]", "[N, 3]; [N, 3]");
        assert_shape("chunk 3 dim=1", "[N, 7]", "[N, 3]; [N, 3]; [N, 1]");
        assert_shape("chunk 2 dim=-1", "[N, (2 * T)]", "[N, T]; [N, T]");
        let what = "a size of 6 cannot be split into 4 values: PyTorch makes 3 of them";
        assert_error("chunk «4» dim=1", "[N, 6]", what);
        assert_error("chunk «0» dim=1", "[N, 6]", "`chunk` makes at least 1 value, not 0");
        assert_error("chunk 2", "[N, 6]", "`chunk` needs `dim`");
        let what = "`chunk` makes 9223372036854775807 values, but at most 1000 are allowed";
        assert_error("chunk «9223372036854775807» dim=1", "[N, 6]", what);
    }

    #[test]
    fn split() {
        assert_shape("split 4 dim=1", "[N, 10]", "[N, 4]; [N, 4]; [N, 2]");
        assert_shape("split [1, T] dim=1", "[N, (T + 1)]", "[N, 1]; [N, T]");
        assert_shape("split (D) dim=1", "[N, (2 * D)]", "[N, (D)]; [N, (D)]");
        let what = "the sizes [4, 5] add up to 9, but dimension 1 has size 10";
        assert_error("split «[4, 5]» dim=1", "[N, 10]", what);
        let what = "it is unknown how many values of size 4 a size of T gives";
        assert_error("split «4» dim=1", "[N, T]", what);
        let what = "`split` makes 5000 values, but at most 1000 are allowed";
        assert_error("split «1» dim=1", "[N, 5000]", what);
    }
}
