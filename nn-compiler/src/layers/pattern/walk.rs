//! The calls that lead from one side of a pattern to the other.

use super::parse::{Axis, Side};
use super::solve::{Solved, Source};
use crate::layers::list::product;
use crate::layers::{Context, Failure, Outputs};
use crate::shaped::{Callee, Code, Dtype, Operand, TensorType};
use crate::tree::Operator;
use proc_macro2::{Ident, Span};

/// Dimensions, and the axes that each is made of.
type Dims = Vec<Vec<Solved>>;

/// A tensor between the two sides.
pub struct Walk<'c, 'n> {
    context: &'c mut Context<'n>,
    /// Its current dimensions.
    dims: Dims,
    /// The variable that holds it.
    current: usize,
    /// The code for the sizes of axes that were needed so far.
    codes: Vec<(Axis, Code)>,
    /// The names of variables with sizes of the input.
    names: Vec<Option<Ident>>,
}

impl<'c, 'n> Walk<'c, 'n> {
    /// Starts with the only input.
    pub fn new(context: &'c mut Context<'n>, dims: Dims) -> Self {
        let current = context.inputs[0].reference.local;
        let names = dims.iter().map(|dim| name(dim, context.keyword.span())).collect();
        Walk { context, dims, current, codes: Vec::new(), names }
    }

    /// Ends with the only output.
    pub fn end(self, dtype: Dtype) -> Result<Outputs, Failure> {
        let sizes = self.dims.iter().map(|axes| product(axes.iter().map(|axis| &axis.size)));
        let ty = TensorType { dtype, dims: sizes.collect::<Result<_, _>>()? };
        Ok(Outputs::one(ty, self.current))
    }

    /// Splits, reorders and joins, with as few calls as possible.
    pub fn rearrange(&mut self, right: &Side) {
        let target = self.target(right);
        let in_order = self.dims.iter().flatten().eq(target.iter().flatten());
        if in_order && !composite(&self.dims).is_empty() && !composite(&target).is_empty() {
            if self.dims != target {
                self.reshape(target);
            }
            return;
        }
        self.split();
        self.reorder(&target);
        self.join(target);
    }

    /// Reduces over the axes that are not on the right side.
    pub fn reduce(&mut self, right: &Side, operation: &str) -> Result<(), Failure> {
        let gone = |solved: &Solved| !right.has(&solved.axis);
        if !self.dims.iter().flatten().any(gone) {
            return Ok(());
        }
        self.split();
        let dims: Vec<usize> = (0..self.dims.len()).filter(|dim| gone(&self.dims[*dim][0])).collect();
        if matches!(operation, "max" | "min") {
            for dim in &dims {
                self.occupied(&self.dims[*dim][0].clone(), operation)?;
            }
        }
        self.call_reduction(operation, &dims);
        self.dims.retain(|dim| !gone(&dim[0]));
        Ok(())
    }

    /// Checks that an axis whose largest or smallest element is taken is not empty.
    fn occupied(&mut self, Solved { axis, size, .. }: &Solved, operation: &str) -> Result<(), Failure> {
        let what = format!("the `{operation}` of the axis `{axis}` needs a size of at least 1, but this is {size}");
        let mistake = self.context.mistake(self.context.place("pattern"), what);
        Ok(self.context.proofs.at_least(size, 1, || mistake)?)
    }

    fn call_reduction(&mut self, operation: &str, dims: &[usize]) {
        let keep = Operand::Bool(false);
        match operation {
            "mean" => self.call("mean_dim", vec![slice(dims), keep, Operand::None]),
            "sum" => self.call("sum_dim_intlist", vec![slice(dims), keep, Operand::None]),
            "max" => self.call("amax", vec![indices(dims), keep]),
            "min" => self.call("amin", vec![indices(dims), keep]),
            // One by one from the last, so that the others keep their places.
            _ => dims.iter().rev().for_each(|dim| {
                self.call("prod_dim_int", vec![Operand::integer(*dim as i64), Operand::Bool(false), Operand::None]);
            }),
        }
    }

    fn call(&mut self, method: &'static str, operands: Vec<Operand>) {
        let operands = std::iter::once(Operand::Local(self.current)).chain(operands).collect();
        self.current = self.context.call(Callee::Method(method), operands);
    }

    /// The dimensions of the output.
    fn target(&self, right: &Side) -> Dims {
        let solved = |axis: &Axis| self.dims.iter().flatten().find(|solved| solved.axis == *axis).cloned();
        right.dims.iter().map(|dim| dim.iter().filter_map(solved).collect()).collect()
    }

    /// Makes a dimension of each axis.
    fn split(&mut self) {
        let target = singles(self.dims.iter().flatten());
        match composite(&self.dims)[..] {
            [] => {}
            [dim] if self.dims[dim].is_empty() => self.call("squeeze_dim", vec![Operand::integer(dim as i64)]),
            [dim] => {
                let sizes = self.sizes(&singles(&self.dims[dim]));
                self.call("unflatten", vec![Operand::integer(dim as i64), sizes]);
            }
            _ => self.reshape(target.clone()),
        }
        self.dims = target;
    }

    /// Puts the axes in the order of the output.
    fn reorder(&mut self, target: &Dims) {
        let place = |axis: &Solved| self.dims.iter().position(|dim| dim[0] == *axis);
        let order: Vec<usize> = target.iter().flatten().filter_map(place).collect();
        let moved: Vec<usize> = (0..order.len()).filter(|dim| order[*dim] != *dim).collect();
        match moved[..] {
            [] => {}
            [a, b] => self.call("transpose", vec![Operand::integer(a as i64), Operand::integer(b as i64)]),
            _ => self.call("permute", vec![indices(&order)]),
        }
        self.dims = singles(target.iter().flatten());
    }

    /// Joins adjacent axes to the dimensions of the output.
    fn join(&mut self, target: Dims) {
        match composite(&target)[..] {
            [] => {}
            [dim] if target[dim].is_empty() => self.call("unsqueeze", vec![Operand::integer(dim as i64)]),
            [dim] => {
                let last = dim + target[dim].len() - 1;
                self.call("flatten", vec![Operand::integer(dim as i64), Operand::integer(last as i64)]);
            }
            _ => self.reshape(target.clone()),
        }
        self.dims = target;
    }

    fn reshape(&mut self, target: Dims) {
        let sizes = self.sizes(&target);
        self.call("reshape", vec![sizes]);
        self.dims = target;
    }

    /// The sizes of dimensions. If the run time decides just one of them, it is left to libtorch, which could not infer it
    /// next to a size of 0.
    fn sizes(&mut self, dims: &Dims) -> Operand {
        let at_run_time = |dim: &[Solved]| dim.iter().any(|axis| !axis.size.symbols().is_empty());
        let only = dims.iter().filter(|dim| at_run_time(dim)).count() == 1;
        let mut codes = Vec::new();
        for dim in dims {
            codes.push(if only && at_run_time(dim) { Code::Literal(-1) } else { self.product(dim) });
        }
        Operand::Sizes(codes)
    }

    /// The size of a dimension in the generated code.
    fn product(&mut self, dim: &[Solved]) -> Code {
        let times = |left, right| Code::Binary(Operator::Multiply, Box::new(left), Box::new(right));
        match product(dim.iter().map(|axis| &axis.size)) {
            Ok(known) if known.symbols().is_empty() => Code::from(&known),
            _ => dim.iter().map(|axis| self.code(axis)).reduce(times).unwrap_or(Code::Literal(1)),
        }
    }

    /// The size of an axis in the generated code.
    fn code(&mut self, solved: &Solved) -> Code {
        if solved.size.symbols().is_empty() {
            return Code::from(&solved.size);
        }
        if let Some((_, code)) = self.codes.iter().find(|(axis, _)| *axis == solved.axis) {
            return code.clone();
        }
        let code = match &solved.source {
            Source::Code(code) => code.clone(),
            Source::Dimension(dim) => self.dimension(*dim),
            Source::Quotient(dim, others) => {
                Code::Binary(Operator::Divide, Box::new(self.dimension(*dim)), Box::new(others.clone()))
            }
        };
        self.codes.push((solved.axis.clone(), code.clone()));
        code
    }

    /// The variable with a size of the input.
    fn dimension(&mut self, dim: usize) -> Code {
        let tensor = self.context.inputs[0].reference.local;
        Code::Local(self.context.frame.size_of(tensor, dim, self.names[dim].clone()))
    }
}

/// `h_p` for the dimension `(h p)`.
fn name(dim: &[Solved], span: Span) -> Option<Ident> {
    let names = dim.iter().filter_map(|solved| match &solved.axis {
        Axis::Name(name) if !name.starts_with('.') => Some(name.as_str()),
        _ => None,
    });
    let name = names.collect::<Vec<_>>().join("_");
    (!name.is_empty()).then(|| Ident::new(&name, span))
}

/// A dimension for each axis.
fn singles<'s>(axes: impl IntoIterator<Item = &'s Solved>) -> Dims {
    axes.into_iter().map(|axis| vec![axis.clone()]).collect()
}

/// The dimensions that are made of several axes, or of none.
fn composite(dims: &Dims) -> Vec<usize> {
    (0..dims.len()).filter(|dim| dims[*dim].len() != 1).collect()
}

fn indices(dims: &[usize]) -> Operand {
    Operand::Sizes(dims.iter().map(|dim| Code::Literal(*dim as i64)).collect())
}

/// As [`indices`], for functions of tch that do not take an array.
fn slice(dims: &[usize]) -> Operand {
    Operand::Slice(dims.iter().map(|dim| *dim as i64).collect())
}
