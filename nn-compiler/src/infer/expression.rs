//! Sizes, numbers and conditions.

use super::{Inference, Wrong};
use crate::nearest;
use crate::place::Place;
use crate::report::{Mistake, RUST_CONSTANT};
use crate::shaped::{Code, Dtype, TensorType, Tokens};
use crate::size::{ArithmeticError, Comparison, Predicate, Size, Verdict};
use crate::state::{Binding, Datum, Flow, Given, Reference};
use crate::tree::{Argument, Expr, Operator, Shape, Unary, rust_text};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

#[derive(Clone, Copy)]
pub struct Mode<'f> {
    /// The values whose sizes `channels` and `features` are.
    pub flow: &'f Flow,
    /// Whether numbers are computed in floats.
    pub float: bool,
}

/// The note for a listing that asks whether the network trains.
const TRAIN: &str = "a listing is the same in training and evaluation: layers such as `dropout` follow the mode, and a Rust function can be told: `apply noise train`";

impl Inference<'_> {
    /// Evaluates an argument. A mistake in it is reported, and the result is then [`Datum::Broken`].
    pub fn given(&mut self, argument: &Argument, mode: Mode) -> Given {
        let place = argument.place();
        let datum = self.argument(argument, mode).unwrap_or_else(|mistake| {
            self.say(mistake);
            Datum::Broken
        });
        Given { datum, place }
    }

    fn argument(&mut self, argument: &Argument, mode: Mode) -> Result<Datum, Mistake> {
        Ok(match argument {
            Argument::Expr(expr) => self.datum(expr, mode)?,
            Argument::Tuple(items, _) => Datum::Tuple(self.givens(items, mode)),
            Argument::List(items, _) => Datum::List(self.givens(items, mode)),
            Argument::Shape(shape) => {
                let dtype = self.dtype(shape)?;
                let sizes = shape.sizes.iter().map(|size| self.given(&Argument::Expr(size.clone()), mode));
                Datum::Shape(dtype, sizes.collect())
            }
            Argument::Text(text) => Datum::Text(text.clone()),
            Argument::Function { name, arguments, .. } => {
                Datum::Function(name.clone(), self.givens(arguments, Mode { float: true, ..mode }))
            }
        })
    }

    fn givens(&mut self, arguments: &[Argument], mode: Mode) -> Vec<Given> {
        arguments.iter().map(|argument| self.given(argument, mode)).collect()
    }

    /// The element type written before a shape.
    pub fn dtype(&self, shape: &Shape) -> Result<Dtype, Mistake> {
        let Some(name) = &shape.dtype else { return Ok(Dtype::Own) };
        Dtype::find(&name.to_string()).ok_or_else(|| {
            let mistake = Mistake::new(name, format!("`{name}` is not an element type"));
            nearest::help(mistake, &name.to_string(), Dtype::NAMES.iter().map(|(name, _)| *name))
        })
    }

    /// Evaluates a shape, with `None` for each `_`.
    pub fn shape(&mut self, shape: &Shape, mode: Mode) -> Result<(Dtype, Vec<Option<Size>>), Wrong> {
        let dtype = self.dtype(shape)?;
        let sizes = shape.sizes.iter().map(|expr| match expr {
            Expr::Any(_) => Ok(None),
            expr => self.size(expr, mode).map(|(size, _)| Some(size)),
        });
        Ok((dtype, sizes.collect::<Result<_, _>>()?))
    }

    /// Evaluates a shape that may not contain `_`.
    pub fn full_shape(&mut self, shape: &Shape, mode: Mode) -> Result<TensorType, Wrong> {
        let (dtype, sizes) = self.shape(shape, mode)?;
        let hole = shape.sizes.iter().find(|size| matches!(size, Expr::Any(_)));
        if let Some(hole) = hole {
            return Err(
                Mistake::new(hole.place(), "`_` stands for a size that can be inferred, but this one cannot").into()
            );
        }
        Ok(TensorType { dtype, dims: sizes.into_iter().flatten().collect() })
    }

    /// Evaluates an expression that must be a size.
    pub fn size(&mut self, expr: &Expr, mode: Mode) -> Result<(Size, Code<Reference>), Wrong> {
        match self.datum(expr, mode)? {
            Datum::Size(size, code) => Ok((size, code)),
            Datum::Broken => Err(None),
            Datum::Word(name) => Err(self.unknown(&name).into()),
            other => Err(Mistake::new(expr.place(), format!("this must be a size, not {}", other.kind())).into()),
        }
    }

    /// The mistake that a name is unknown here.
    pub fn unknown(&self, name: &Ident) -> Mistake {
        let mistake = Mistake::new(name, format!("there is no `{name}` here")).once();
        let known: Vec<&str> = self.scope.suggestions(name).into_iter().chain(["channels", "features"]).collect();
        match nearest::nearest(&name.to_string(), &known) {
            _ if name == "train" => mistake.note(TRAIN),
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake.note(RUST_CONSTANT),
        }
    }

    /// Evaluates an expression.
    pub fn datum(&mut self, expr: &Expr, mode: Mode) -> Result<Datum, Mistake> {
        Ok(match expr {
            Expr::Integer(value, _) if mode.float => Datum::Float(*value as f64),
            Expr::Integer(value, _) => Datum::constant(*value),
            Expr::Float(value, _) => Datum::Float(*value),
            Expr::Bool(value, _) => Datum::Bool(*value),
            Expr::Any(_) => Datum::Any,
            Expr::Name(name) if mode.float && name == "inf" && self.scope.find(name).is_none() => {
                Datum::Float(f64::INFINITY)
            }
            Expr::Name(name) => self.name(name, mode)?,
            Expr::Field { of, name } => self.field_value(of, name)?,
            Expr::Opaque(tokens, _) => self.constant(tokens, mode),
            Expr::Parenthesised(inner, _) => self.datum(inner, mode)?,
            Expr::Unary { operator, operand, place } => self.unary(*operator, operand, *place, mode)?,
            Expr::Binary { operator, left, right, .. } => self.binary(expr.place(), *operator, left, right, mode)?,
        })
    }

    fn name(&mut self, name: &Ident, mode: Mode) -> Result<Datum, Mistake> {
        if let Some(binding) = self.scope.find(name) {
            return match binding {
                Binding::Datum(datum) => Ok(to_float(datum.clone(), mode)),
                Binding::Shared(_) => Err(Mistake::new(name, format!("`{name}` is a `shared` stage, not a value"))),
            };
        }
        match name.to_string().as_str() {
            "channels" => Ok(to_float(self.at_hand(name, mode.flow, Some(1))?, mode)),
            "features" => Ok(to_float(self.at_hand(name, mode.flow, None)?, mode)),
            text if is_constant(text) => Ok(self.constant(&name.to_token_stream(), mode)),
            _ => Ok(Datum::Word(name.clone())),
        }
    }

    /// `channels` and `features`: the size of the incoming value along `axis`, or along its last axis.
    fn at_hand(&mut self, name: &Ident, flow: &Flow, axis: Option<usize>) -> Result<Datum, Mistake> {
        let Flow::Values(values) = flow else { return Ok(Datum::Broken) };
        let Some(value) = values.first() else {
            return Err(Mistake::new(name, format!("`{name}` is a size of the value at hand, but there is none here")));
        };
        let axis = axis.unwrap_or(value.ty.rank().saturating_sub(1));
        let Some(size) = value.ty.dims.get(axis).cloned() else {
            let what = format!("the value at hand, {}, has no `{name}`", value.ty);
            return Err(Mistake::new(name, what));
        };
        let value = value.clone();
        Ok(self.size_of(&value, axis, size, None))
    }

    /// The size of a value along an axis, as a datum.
    pub fn size_of(&mut self, value: &super::Value, axis: usize, size: Size, name: Option<Ident>) -> Datum {
        let code = match size.as_constant() {
            Some(constant) => Code::Literal(constant),
            None => {
                let local = self.localise(value.reference);
                let local = self.frame().size_of(local, axis, name);
                Code::Local(Reference { frame: self.frames.len() - 1, local })
            }
        };
        Datum::Size(size, code)
    }

    /// A Rust constant. Where floats are computed it may be of any numeric type.
    fn constant(&mut self, tokens: &TokenStream, mode: Mode) -> Datum {
        if mode.float {
            Datum::Number(Code::AsFloat(Box::new(Code::Rust(Tokens(tokens.clone())))))
        } else {
            self.opaque(tokens)
        }
    }

    /// A size whose value only rustc knows.
    pub fn opaque(&mut self, tokens: &TokenStream) -> Datum {
        let text = rust_text(tokens);
        self.opaques.entry(text.clone()).or_insert_with(|| tokens.clone());
        Datum::Size(Size::opaque(&text), Code::Rust(Tokens(tokens.clone())))
    }

    fn unary(&mut self, operator: Unary, operand: &Expr, place: Place, mode: Mode) -> Result<Datum, Mistake> {
        match (operator, self.datum(operand, mode)?) {
            (Unary::Negate, Datum::Float(value)) => Ok(Datum::Float(-value)),
            (Unary::Negate, Datum::Number(code)) => {
                let code = Code::Binary(Operator::Multiply, Box::new(Code::Float(-1.0)), Box::new(code));
                Ok(Datum::Number(code))
            }
            (Unary::Negate, Datum::Size(size, code)) => {
                let code = Code::Binary(Operator::Subtract, Box::new(Code::Literal(0)), Box::new(code));
                sized(size.neg().map_err(|error| arithmetic(place, error)), code)
            }
            (Unary::Not, Datum::Bool(value)) => Ok(Datum::Bool(!value)),
            (_, Datum::Broken) => Ok(Datum::Broken),
            (_, Datum::Word(name)) => Err(self.unknown(&name)),
            (Unary::Negate, other) => Err(not_joined("-", "is for numbers", operand, &other)),
            (Unary::Not, other) => Err(not_joined("!", "is for conditions", operand, &other)),
        }
    }

    fn binary(
        &mut self,
        place: Place,
        operator: Operator,
        left: &Expr,
        right: &Expr,
        mode: Mode,
    ) -> Result<Datum, Mistake> {
        let a = self.datum(left, mode)?;
        if let (Operator::And, Datum::Bool(false)) | (Operator::Or, Datum::Bool(true)) = (operator, &a) {
            return Ok(a);
        }
        let b = self.datum(right, mode)?;
        for datum in [&a, &b] {
            if let Datum::Word(name) = datum {
                return Err(self.unknown(name));
            }
        }
        match (&a, &b) {
            (Datum::Broken, _) | (_, Datum::Broken) => Ok(Datum::Broken),
            (Datum::Bool(_), Datum::Bool(b)) if matches!(operator, Operator::And | Operator::Or) => Ok(Datum::Bool(*b)),
            (Datum::Bool(a), Datum::Bool(b)) if operator == Operator::Equal => Ok(Datum::Bool(a == b)),
            (Datum::Bool(a), Datum::Bool(b)) if operator == Operator::NotEqual => Ok(Datum::Bool(a != b)),
            (Datum::Size(a, ca), Datum::Size(b, cb)) => self.sizes(place, operator, (a, ca), (b, cb)),
            (Datum::Number(_), _) | (_, Datum::Number(_)) => run_time(place, operator, &a, &b),
            _ => match (a.as_float(), b.as_float()) {
                (Some(a), Some(b)) => floats(place, operator, a, b),
                _ => Err(misjoined(operator, (left, &a), (right, &b))),
            },
        }
    }

    fn sizes(
        &mut self,
        place: Place,
        operator: Operator,
        (a, code_a): (&Size, &Code<Reference>),
        (b, code_b): (&Size, &Code<Reference>),
    ) -> Result<Datum, Mistake> {
        if let Some(comparison) = comparison(operator) {
            return self.decide(place, Predicate { left: a.clone(), comparison, right: b.clone() });
        }
        let size = match operator {
            Operator::Add => a.add(b),
            Operator::Subtract => a.sub(b),
            Operator::Multiply => a.mul(b),
            Operator::Divide => a.div_floor(b),
            Operator::Remainder => a.rem(b),
            Operator::ShiftLeft | Operator::ShiftRight => return shift(place, operator, a, b),
            _ => return Err(Mistake::new(place, format!("`{}` joins conditions, not numbers", operator.symbol()))),
        };
        let code = Code::Binary(operator, Box::new(code_a.clone()), Box::new(code_b.clone()));
        sized(size.map_err(|error| arithmetic(place, error)), code)
    }

    /// Decides a comparison that the structure of the network depends on, so that the macro must know its outcome.
    fn decide(&mut self, place: Place, predicate: Predicate) -> Result<Datum, Mistake> {
        match self.proofs.facts.decide(&predicate) {
            Verdict::True => Ok(Datum::Bool(true)),
            Verdict::False => Ok(Datum::Bool(false)),
            Verdict::Rustc(_) | Verdict::Unknown => {
                let what = format!("`{predicate}` cannot be decided here");
                Err(Mistake::new(place, what).note(
                    "conditions are decided by the macro, which knows neither Rust constants nor the sizes of inputs",
                ))
            }
        }
    }

    /// Evaluates a condition.
    pub fn condition(&mut self, expr: &Expr, flow: &Flow) -> Result<Option<bool>, Mistake> {
        match self.datum(expr, Mode { flow, float: false })? {
            Datum::Bool(value) => Ok(Some(value)),
            Datum::Broken => Ok(None),
            Datum::Word(name) => Err(self.unknown(&name)),
            other => Err(Mistake::new(expr.place(), format!("this must be a condition, not {}", other.kind()))),
        }
    }
}

/// The mistake that two operands do not go together, at the one that does not fit the operator.
fn misjoined(operator: Operator, left: (&Expr, &Datum), right: (&Expr, &Datum)) -> Mistake {
    let symbol = operator.symbol();
    let (joins, belongs): (_, fn(&Datum) -> bool) = match operator {
        Operator::And | Operator::Or => ("joins conditions", |datum| matches!(datum, Datum::Bool(_))),
        _ => ("joins numbers", |datum| matches!(datum, Datum::Size(..) | Datum::Float(_) | Datum::Number(_))),
    };
    let (expr, datum) = if belongs(left.1) { right } else { left };
    not_joined(symbol, joins, expr, datum)
}

fn not_joined(symbol: &str, joins: &str, expr: &Expr, datum: &Datum) -> Mistake {
    Mistake::new(expr.place(), format!("`{symbol}` {joins}, but `{expr}` is {}", datum.kind()))
}

/// The comparison that an operator is, if it is one.
pub fn comparison(operator: Operator) -> Option<Comparison> {
    Some(match operator {
        Operator::Equal => Comparison::Equal,
        Operator::NotEqual => Comparison::NotEqual,
        Operator::Less => Comparison::Less,
        Operator::LessEqual => Comparison::LessEqual,
        Operator::Greater => Comparison::Greater,
        Operator::GreaterEqual => Comparison::GreaterEqual,
        _ => return None,
    })
}

/// Whether a name is written in capitals, as Rust constants are.
fn is_constant(name: &str) -> bool {
    name.starts_with(|c: char| c.is_uppercase()) && !name.contains(|c: char| c.is_lowercase())
}

fn sized(size: Result<Size, Mistake>, code: Code<Reference>) -> Result<Datum, Mistake> {
    let size = size?;
    let code = size.as_constant().map_or(code, Code::Literal);
    Ok(Datum::Size(size, code))
}

fn arithmetic(place: Place, error: ArithmeticError) -> Mistake {
    Mistake::new(place, error.to_string())
}

fn shift(place: Place, operator: Operator, a: &Size, b: &Size) -> Result<Datum, Mistake> {
    let (Some(a), Some(b)) = (a.as_constant(), b.as_constant()) else {
        return Err(Mistake::new(place, "only numbers that the macro knows can be shifted"));
    };
    let by = u32::try_from(b).ok().filter(|by| *by < 63);
    let shifted = by.and_then(|by| match operator {
        Operator::ShiftLeft => a.checked_mul(1 << by),
        _ => Some(a >> by),
    });
    shifted.map(Datum::constant).ok_or_else(|| arithmetic(place, ArithmeticError::Overflow))
}

fn floats(place: Place, operator: Operator, a: f64, b: f64) -> Result<Datum, Mistake> {
    Ok(match operator {
        Operator::Add => Datum::Float(a + b),
        Operator::Subtract => Datum::Float(a - b),
        Operator::Multiply => Datum::Float(a * b),
        Operator::Divide => Datum::Float(a / b),
        Operator::Remainder => Datum::Float(a.rem_euclid(b)),
        Operator::Equal => Datum::Bool(a == b),
        Operator::NotEqual => Datum::Bool(a != b),
        Operator::Less => Datum::Bool(a < b),
        Operator::LessEqual => Datum::Bool(a <= b),
        Operator::Greater => Datum::Bool(a > b),
        Operator::GreaterEqual => Datum::Bool(a >= b),
        _ => return Err(Mistake::new(place, format!("`{}` does not work with floats", operator.symbol()))),
    })
}

/// Arithmetic on an `option`, which the generated code computes at run time.
fn run_time(place: Place, operator: Operator, a: &Datum, b: &Datum) -> Result<Datum, Mistake> {
    let code = |datum: &Datum| match datum {
        Datum::Number(code) => Some(code.clone()),
        other => other.as_float().map(Code::Float),
    };
    let known = matches!(operator, Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide);
    match (code(a), code(b)) {
        (Some(a), Some(b)) if known => Ok(Datum::Number(Code::Binary(operator, Box::new(a), Box::new(b)))),
        _ => Err(Mistake::new(
            place,
            format!("`{}` does not work with a number that is set at run time", operator.symbol()),
        )),
    }
}

/// Converts a size to a float if `mode` asks for floats.
fn to_float(datum: Datum, mode: Mode) -> Datum {
    match datum {
        Datum::Size(size, code) if mode.float => match size.as_constant() {
            Some(value) => Datum::Float(value as f64),
            None => Datum::Number(Code::AsFloat(Box::new(code))),
        },
        datum => datum,
    }
}
