//! The sizes of a pattern's axes.

use super::parse::{Axis, Side};
use super::wrong;
use crate::layers::dimension::counted;
use crate::layers::list::product;
use crate::layers::{Context, Failure};
use crate::shaped::{Code, TensorType};
use crate::size::Size;
use crate::tree::Operator;

/// An axis of the input, with its size.
#[derive(Clone, Debug)]
pub struct Solved {
    pub axis: Axis,
    pub size: Size,
    pub source: Source,
}

/// How the generated code computes a size.
#[derive(Clone, Debug)]
pub enum Source {
    Code(Code),
    /// A dimension of the input.
    Dimension(usize),
    /// A dimension of the input, divided by the other axes in it.
    Quotient(usize, Code),
}

/// Axes are compared by name.
impl PartialEq for Solved {
    fn eq(&self, other: &Solved) -> bool {
        self.axis == other.axis
    }
}

/// The axes of each dimension of the input, with their sizes from its shape and the arguments.
pub fn solve(context: &mut Context, input: &TensorType, side: &Side) -> Result<Vec<Vec<Solved>>, Failure> {
    check_given(context, side)?;
    side.dims.iter().enumerate().map(|(dim, axes)| solve_dimension(context, dim, &input.dims[dim], axes)).collect()
}

/// Checks that every argument is the size of an axis.
fn check_given(context: &Context, side: &Side) -> Result<(), Failure> {
    for (name, given) in &context.given {
        if !is_argument(context, name) && !side.has(&Axis::Name(name.clone())) {
            let what = format!("there is no axis `{name}` on the left side of the pattern");
            return Err(context.mistake(given.place, what).into());
        }
    }
    Ok(())
}

/// Whether it is the name of an argument, and so cannot be an axis.
fn is_argument(context: &Context, name: &str) -> bool {
    context.layer.arguments.iter().any(|argument| !argument.any && argument.name == name)
}

fn solve_dimension(context: &mut Context, dim: usize, size: &Size, axes: &[Axis]) -> Result<Vec<Solved>, Failure> {
    let mut known = Vec::new();
    for axis in axes {
        known.push(given(context, axis)?);
    }
    let sizes = product(known.iter().flatten().map(|(size, _)| size))?;
    let open: Vec<&Axis> = axes.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(axis, _)| axis).collect();
    let shown = shown(axes);
    match open[..] {
        [] => {
            let what = format!("`{shown}` in the pattern is {sizes}, but dimension {dim} has size {size}");
            let mistake = context.mistake(context.place(if axes.len() == 1 { &shown } else { "pattern" }), what);
            context.same_count(size, &sizes, mistake)?;
        }
        [axis] if axes.len() > 1 => {
            let what = format!("the axis `{axis}` of `{shown}` cannot be inferred: {size} is not divisible by {sizes}");
            let mistake = context.mistake(context.place("pattern"), what);
            context.same_count(&size.rem(&sizes)?, &Size::constant(0), mistake)?;
        }
        [_] => {}
        [first, second, ..] => {
            let what = format!("the sizes of `{first}` and `{second}` cannot both be inferred from `{shown}`");
            let mistake = context.mistake(context.place("pattern"), what);
            return Err(mistake.note(format!("give all but one of them by name: `{first}=2`")).into());
        }
    }
    let times = |left, right| Code::Binary(Operator::Multiply, Box::new(left), Box::new(right));
    let others = known.iter().flatten().map(|(_, code)| code.clone()).reduce(times).unwrap_or(Code::Literal(1));
    let whole = if sizes == Size::constant(1) { Source::Dimension(dim) } else { Source::Quotient(dim, others) };
    let solved = axes.iter().zip(known).map(|(axis, known)| {
        Ok(match known {
            Some((size, code)) => Solved { axis: axis.clone(), size, source: Source::Code(code) },
            None => Solved { axis: axis.clone(), size: size.div_floor(&sizes)?, source: whole.clone() },
        })
    });
    solved.collect()
}

/// The size of an axis that is a number, or that was given by name.
fn given(context: &mut Context, axis: &Axis) -> Result<Option<(Size, Code)>, Failure> {
    match axis {
        Axis::Number(size) => Ok(Some((Size::constant(*size), Code::Literal(*size)))),
        Axis::Rest => Ok(None),
        Axis::Name(name) if is_argument(context, name) => Ok(None),
        Axis::Name(name) => {
            let given = context.code(name)?;
            if let Some((size, _)) = &given {
                let what = format!("the axis `{name}` must have a size of at least 1, but this is {size}");
                let mistake = context.mistake(context.place(name), what);
                context.proofs.at_least(size, 1, || mistake)?;
            }
            Ok(given)
        }
    }
}

/// The axes of a dimension as in a pattern.
fn shown(axes: &[Axis]) -> String {
    match axes {
        [] => "1".to_string(),
        [one] => one.to_string(),
        many => format!("({})", many.iter().map(Axis::to_string).collect::<Vec<_>>().join(" ")),
    }
}

/// Replaces `...` on both sides by the dimensions of the input that the other axes leave.
pub fn spread(context: &Context, input: &TensorType, side: &Side, other: &Side) -> Result<(Side, Side), Failure> {
    let rest = side.rest.is_some();
    if side.has(&Axis::Rest) && !rest {
        return Err(wrong(context, "`...` cannot stand in parentheses on the left side"));
    }
    let named = side.dims.len() - usize::from(rest);
    let left_over = input.rank().checked_sub(named).filter(|left_over| rest || *left_over == 0);
    match left_over {
        Some(count) => Ok((side.with_rest(count), other.with_rest(count))),
        None => {
            let least = if rest { "at least " } else { "" };
            let what = format!("the pattern is for {least}{}, but the input has {}", counted(named), input.rank());
            Err(wrong(context, what))
        }
    }
}
