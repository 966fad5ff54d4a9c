//! Arithmetic over values: it broadcasts as PyTorch does.

use super::Inference;
use super::Reference;
use super::scope::Binding;
use super::value::{Datum, Flow, Value};
use crate::layers::broadcast;
use crate::layers::scalar::{self, floating, numeric};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Callee, Code, Dtype, Operand, TensorType};
use crate::tree::{Arithmetic, Operator};

/// What an operator joins.
enum Term {
    Value(Value),
    Number(Code<Reference>),
}

impl Inference<'_> {
    /// `(1.0 - z) * n + z * h`
    pub fn arithmetic(&mut self, arithmetic: &Arithmetic, flow: &Flow) -> Flow {
        match self.term(arithmetic, flow) {
            Ok(Some(Term::Value(value))) => value.into(),
            Ok(Some(Term::Number(_))) => {
                self.broken(Mistake::new(arithmetic.place(), "this is a number, and a chain starts from a value"))
            }
            Ok(None) => Flow::Broken,
            Err(mistake) => self.broken(mistake),
        }
    }

    fn term(&mut self, arithmetic: &Arithmetic, flow: &Flow) -> Result<Option<Term>, Mistake> {
        match arithmetic {
            Arithmetic::Number(value, _) => Ok(Some(Term::Number(Code::Float(*value)))),
            Arithmetic::Value(name) if self.program.is_wrong(name) => Ok(None),
            Arithmetic::Value(name) if name == "id" => one(flow, name.into()),
            Arithmetic::Value(name) => match self.scope.find(name) {
                Some(Binding::Datum(Datum::Value(value))) => Ok(Some(Term::Value(value.clone()))),
                Some(Binding::Datum(Datum::Number(code))) => Ok(Some(Term::Number(code.clone()))),
                Some(Binding::Datum(Datum::Size(size, code))) => Ok(Some(Term::Number(
                    size.as_constant().map_or_else(|| code.clone(), |value| Code::Float(value as f64)),
                ))),
                Some(Binding::Datum(Datum::Float(value))) => Ok(Some(Term::Number(Code::Float(*value)))),
                Some(Binding::Datum(Datum::Broken)) | None => Ok(None),
                Some(Binding::Datum(Datum::Word(word))) => Err(self.unknown(&word.clone())),
                Some(Binding::Datum(other)) => {
                    Err(Mistake::new(name, format!("`{name}` is {}, not a value or a number", other.kind())))
                }
                Some(Binding::Shared(_)) => {
                    let mistake = Mistake::new(name, format!("`{name}` is a `shared` stage, not a value"));
                    Err(mistake.note(format!("as an operand it stands in parentheses: `({name}) + y`")))
                }
            },
            Arithmetic::Chain(chain, place) => one(&self.chain(chain, flow), *place),
            Arithmetic::Binary { operator, operator_place, left, right } => {
                let (left, right) = (self.term(left, flow)?, self.term(right, flow)?);
                let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
                self.operate(*operator, *operator_place, left, right).map(Some)
            }
        }
    }

    fn operate(&mut self, operator: Operator, place: Place, left: Term, right: Term) -> Result<Term, Mistake> {
        let ty = match (&left, &right) {
            (Term::Value(left), Term::Value(right)) => {
                let title = format!("`{}`", operator.symbol());
                broadcast::operate(&mut self.proofs, operator, &title, place, &[left.clone(), right.clone()])?
            }
            (Term::Value(value), Term::Number(number)) | (Term::Number(number), Term::Value(value)) => {
                let dtype = match operator {
                    Operator::Divide => floating(value.ty.dtype),
                    _ if whole(number).is_some() => numeric(value.ty.dtype),
                    _ => floating(value.ty.dtype),
                };
                TensorType { dtype, ..value.ty.clone() }
            }
            (Term::Number(left), Term::Number(right)) => {
                return Ok(Term::Number(Code::Binary(operator, Box::new(left.clone()), Box::new(right.clone()))));
            }
        };
        let operands = vec![self.operand(left, ty.dtype), self.operand(right, ty.dtype)];
        let local = self.frame().call(Callee::Operator(operator), operands);
        Ok(Term::Value(self.value(local, ty, format!("`{}`", operator.symbol()))))
    }

    /// Numbers next to integers are integers, lest libtorch makes floats of all.
    fn operand(&mut self, term: Term, dtype: Dtype) -> Operand {
        match term {
            Term::Value(value) => Operand::Local(self.localise(value.reference)),
            Term::Number(code) => match (&code, whole(&code)) {
                (_, Some(integer)) if !dtype.is_float() => Operand::integer(integer),
                (Code::Float(value), _) => Operand::Float(*value),
                _ => Operand::Number(code.map(&mut |reference| self.localise(*reference))),
            },
        }
    }
}

/// The integer that a number is.
fn whole(number: &Code<Reference>) -> Option<i64> {
    match number {
        Code::Float(value) => scalar::whole(&Operand::Float(*value)),
        _ => None,
    }
}

fn one(flow: &Flow, place: Place) -> Result<Option<Term>, Mistake> {
    match flow {
        Flow::Broken => Ok(None),
        Flow::Values(values) => match values.as_slice() {
            [value] => Ok(Some(Term::Value(value.clone()))),
            values => {
                Err(Mistake::new(place, format!("an operator joins single values, and this gives {}", values.len())))
            }
        },
    }
}

impl Arithmetic {
    /// Where it was written.
    pub fn place(&self) -> Place {
        match self {
            Arithmetic::Number(_, place) | Arithmetic::Chain(_, place) => *place,
            Arithmetic::Value(name) => name.into(),
            Arithmetic::Binary { left, right, .. } => left.place().to(right.place()),
        }
    }
}
