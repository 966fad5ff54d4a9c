//! `einsum`: sums of products by a pattern of indices.

use super::{text, wrong};
use crate::layers::broadcast::broadcast_dims;
use crate::layers::dimension::counted;
use crate::layers::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Operand, TensorType, Tokens};
use crate::size::Size;
use crate::state::Value;
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

pub static LAYERS: &[Layer] = &[Layer::new(
    &["einsum"],
    "Einstein summation over the incoming values, like `torch.einsum`: `(a, b) -> einsum \"bij,bjk->bik\"`. \
        `...` stands for dimensions that broadcast; without `->` the output has the indices that appear once, \
        in alphabetical order.",
    &[Argument::positional("pattern", "the indices of each value, `->`, and the output's indices").required()],
    infer,
)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let text = text(context)?;
    let equation = Equation::parse(&text).map_err(|what| wrong(context, what))?;
    let (named, given) = (equation.operands.len(), context.inputs.len());
    if named != given {
        return Err(wrong(context, format!("the pattern is for {}, but `einsum` gets {given}", values(named))));
    }
    let dtype = dtype(context)?;
    let mut sizes = Sizes::default();
    let inputs = context.inputs.clone();
    for (indices, value) in equation.operands.iter().zip(&inputs) {
        sizes.add(context, indices, value)?;
    }
    let output = equation.output.unwrap_or_else(|| implicit(&equation.operands));
    let dims = sizes
        .of(&output)
        .map_err(|index| wrong(context, format!("the index `{index}` of the output appears in no value")))?;
    for product in sizes.products(&equation.operands, &output) {
        context.multiply_adds(&product, &Size::constant(1))?;
    }
    let tensors: Vec<Operand> = (0..given).map(|index| context.operand(index)).collect();
    let python = [vec![text.as_str().into()], tensors.clone()].concat();
    let path = Operand::Tokens(Tokens(quote!(None::<i64>)));
    let operands = vec![Operand::Text(text), Operand::Tensors(tensors), path];
    let result = context.call(Callee::Function("Tensor::einsum"), operands);
    Outputs::one(TensorType { dtype, dims }, result).python(Python::call("torch.einsum", python))
}

fn values(count: usize) -> String {
    if count == 1 { "one value".to_string() } else { format!("{count} values") }
}

/// Checks that all values are floats of one type, as matrix products need on every device.
fn dtype(context: &Context) -> Result<crate::shaped::Dtype, Failure> {
    for value in &context.inputs {
        context.expect_floats(&value.ty)?;
    }
    let dtype = context.inputs[0].ty.dtype;
    match context.inputs.iter().find(|value| value.ty.dtype != dtype) {
        None => Ok(dtype),
        Some(other) => {
            let what = format!(
                "`einsum` takes values of one element type, but gets {} and {}",
                context.inputs[0].ty, other.ty
            );
            Err(context.mistake(context.keyword, what).into())
        }
    }
}

/// The indices of a value, or of the output.
#[derive(Clone, Debug, Default)]
struct Indices {
    /// Those before `...`, or all.
    first: Vec<char>,
    /// Those after `...`.
    last: Vec<char>,
    rest: bool,
}

/// `bij,bjk->bik`
struct Equation {
    operands: Vec<Indices>,
    output: Option<Indices>,
}

impl Equation {
    fn parse(text: &str) -> Result<Equation, String> {
        let (left, right) = match text.split_once("->") {
            Some((left, right)) => (left, Some(right)),
            None => (text, None),
        };
        let output = right.map(Indices::parse).transpose()?;
        if let Some(output) = &output
            && let Some(index) = output.repeated()
        {
            return Err(format!("the index `{index}` appears twice in the output"));
        }
        Ok(Equation { operands: left.split(',').map(Indices::parse).collect::<Result<_, _>>()?, output })
    }
}

impl Indices {
    fn parse(text: &str) -> Result<Indices, String> {
        let letters = |text: &str| -> Result<Vec<char>, String> {
            match text.chars().find(|c| !c.is_ascii_alphabetic() && *c != ' ') {
                Some(other) => Err(format!("`{other}` is not an index: indices are letters")),
                None => Ok(text.chars().filter(|c| *c != ' ').collect()),
            }
        };
        match text.split_once("...") {
            Some((first, last)) => Ok(Indices { first: letters(first)?, last: letters(last)?, rest: true }),
            None => Ok(Indices { first: letters(text)?, last: Vec::new(), rest: false }),
        }
    }

    fn letters(&self) -> impl Iterator<Item = char> {
        self.first.iter().chain(&self.last).copied()
    }

    fn count(&self) -> usize {
        self.first.len() + self.last.len()
    }

    fn repeated(&self) -> Option<char> {
        self.letters()
            .enumerate()
            .find(|(at, index)| self.letters().take(*at).any(|other| other == *index))
            .map(|(_, index)| index)
    }
}

/// The default output: the dimensions of `...`, and the indices that occur once, in alphabetical order.
fn implicit(operands: &[Indices]) -> Indices {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for index in operands.iter().flat_map(Indices::letters) {
        *counts.entry(index).or_default() += 1;
    }
    let single = counts.into_iter().filter(|(_, count)| *count == 1).map(|(index, _)| index);
    Indices { first: Vec::new(), last: single.collect(), rest: true }
}

/// The sizes of the indices.
#[derive(Default)]
struct Sizes {
    of_index: BTreeMap<char, Size>,
    of_rest: Vec<Size>,
}

impl Sizes {
    /// Adds the sizes of a value.
    fn add(&mut self, context: &mut Context, indices: &Indices, value: &Value) -> Result<(), Failure> {
        let dims = &value.ty.dims;
        let rest = dims.len().checked_sub(indices.count()).filter(|rest| indices.rest || *rest == 0);
        let Some(rest) = rest else {
            let least = if indices.rest { "at least " } else { "" };
            let what = format!(
                "the pattern gives {} {least}{}, but it has {}",
                value.origin,
                counted(indices.count()),
                dims.len()
            );
            return Err(wrong(context, what));
        };
        let (first, others) = dims.split_at(indices.first.len());
        let (middle, last) = others.split_at(rest);
        let mut own: BTreeMap<char, Size> = BTreeMap::new();
        for (index, size) in indices.letters().zip(first.iter().chain(last)) {
            self.add_index(context, index, size, own.insert(index, size.clone()))?;
        }
        let mistake = |context: &Context| {
            context.mistake(context.place("pattern"), "the dimensions that `...` stands for do not broadcast")
        };
        let wrong = mistake(context);
        self.of_rest = broadcast_dims(context.proofs, &self.of_rest, middle, || wrong.clone())?;
        Ok(())
    }

    /// `own`: the size of the same index earlier in this value, which must be equal. Between values a size of 1 broadcasts.
    fn add_index(&mut self, context: &mut Context, index: char, size: &Size, own: Option<Size>) -> Result<(), Failure> {
        let known = self.of_index.entry(index).or_insert_with(|| size.clone());
        let mistake = |other: &Size| {
            let what = format!("the index `{index}` cannot be both {other} and {size}");
            context.mistake(context.place("pattern"), what)
        };
        if let Some(own) = own {
            let mistake = mistake(&own);
            return Ok(context.proofs.same(&own, size, || mistake)?);
        }
        let mistake = mistake(known);
        let joined = broadcast_dims(context.proofs, std::slice::from_ref(known), std::slice::from_ref(size), || {
            mistake.clone()
        })?;
        *known = joined[0].clone();
        Ok(())
    }

    /// The sizes of the output, or an index without a size.
    fn of(&self, output: &Indices) -> Result<Vec<Size>, char> {
        let sizes = |letters: &[char]| -> Result<Vec<Size>, char> {
            letters.iter().map(|index| self.of_index.get(index).cloned().ok_or(*index)).collect()
        };
        let rest = if output.rest { self.of_rest.clone() } else { Vec::new() };
        Ok([sizes(&output.first)?, rest, sizes(&output.last)?].concat())
    }

    /// The sizes that each product runs over, when the values are multiplied from left to right.
    fn products(&self, operands: &[Indices], output: &Indices) -> Vec<Vec<Size>> {
        let mut current: BTreeSet<char> = operands[0].letters().collect();
        let mut products = Vec::new();
        for (index, operand) in operands.iter().enumerate().skip(1) {
            current.extend(operand.letters());
            let sizes = current.iter().map(|letter| &self.of_index[letter]).chain(&self.of_rest);
            products.push(sizes.cloned().collect());
            let wanted =
                |letter| operands[index + 1..].iter().chain([output]).any(|o| o.letters().any(|l| l == letter));
            current.retain(|letter| wanted(*letter));
        }
        products
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn shapes() {
        assert_shape("einsum \"bij,bjk->bik\"", "[N, T, 4]; [N, 4, S]", "[N, T, S]");
        assert_shape("einsum \"ij, jk\"", "[N, 4]; [4, S]", "[N, S]");
        assert_shape("einsum \"bi,Ba\"", "[2, 3]; [4, 5]", "[4, 5, 2, 3]");
        assert_shape("einsum \"...ij,...jk\"", "[5, 1, 2, 3]; [7, 3, 4]", "[5, 7, 2, 4]");
        assert_shape("einsum \"ii->i\"", "[T, T]", "[T]");
        assert_shape("einsum \"ii\"", "[3, 3]", "[]");
        assert_shape("einsum \"i...->...i\"", "[2, H, W]", "[H, W, 2]");
        assert_shape("einsum \"...i->i\"", "[2, H, W]", "[W]");
        assert_shape("einsum \"ij,ij->ij\"", "[N, 1]; [1, T]", "[N, T]");
    }

    #[test]
    fn errors() {
        assert_error("einsum «\"ij\"»", "[2, 3]; [3, 4]", "the pattern is for one value, but `einsum` gets 2");
        assert_error("einsum «\"ij,jk\"»", "[2, 3]; [4, 4]", "the index `j` cannot be both 3 and 4");
        assert_error("einsum «\"ii\"»", "[2, 3]", "the index `i` cannot be both 2 and 3");
        assert_error("einsum «\"ij->iz\"»", "[2, 3]", "the index `z` of the output appears in no value");
        assert_error("einsum «\"ij->ii\"»", "[2, 3]", "the index `i` appears twice in the output");
        assert_error("einsum «\"ijk\"»", "[2, 3]", "the pattern gives the input `a` 3 dimensions, but it has 2");
        assert_error(
            "einsum «\"...ijk\"»",
            "[2, 3]",
            "the pattern gives the input `a` at least 3 dimensions, but it has 2",
        );
        assert_error("einsum «\"i1\"»", "[2, 3]", "`1` is not an index: indices are letters");
        assert_error("einsum «\"i.j\"»", "[2, 3]", "`.` is not an index: indices are letters");
        assert_error(
            "einsum «\"...i,...i\"»",
            "[2, 3]; [4, 3]",
            "the dimensions that `...` stands for do not broadcast",
        );
        assert_error("«einsum» \"i,i\"", "[2]; i64[2]", "`einsum` takes floats, but gets i64[2]");
        assert_error(
            "«einsum» \"i,i\"",
            "[2]; f64[2]",
            "`einsum` takes values of one element type, but gets [2] and f64[2]",
        );
    }
}
