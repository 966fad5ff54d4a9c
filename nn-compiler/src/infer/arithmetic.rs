//! Arithmetic over values: it broadcasts as PyTorch does.

use super::Inference;
use super::Reference;
use super::value::{Datum, Flow, Value};
use crate::layers::broadcast;
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Callee, Code, Operand};
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
            Arithmetic::Value(name) if name == "id" => one(flow, name.into()),
            Arithmetic::Value(name) => match self.scope.find(name) {
                Some(super::scope::Binding::Datum(Datum::Value(value))) => Ok(Some(Term::Value(value.clone()))),
                Some(super::scope::Binding::Datum(Datum::Number(code))) => Ok(Some(Term::Number(code.clone()))),
                Some(super::scope::Binding::Datum(Datum::Size(size, code))) => Ok(Some(Term::Number(
                    size.as_constant().map_or_else(|| code.clone(), |value| Code::Float(value as f64)),
                ))),
                Some(super::scope::Binding::Datum(Datum::Float(value))) => Ok(Some(Term::Number(Code::Float(*value)))),
                Some(super::scope::Binding::Datum(Datum::Broken)) | None => Ok(None),
                Some(_) => Err(Mistake::new(name, format!("`{name}` is no value"))),
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
                broadcast::broadcast(&mut self.proofs, &title, place, &[left.clone(), right.clone()])?
            }
            (Term::Value(value), Term::Number(_)) | (Term::Number(_), Term::Value(value)) => value.ty.clone(),
            (Term::Number(left), Term::Number(right)) => {
                return Ok(Term::Number(Code::Binary(operator, Box::new(left.clone()), Box::new(right.clone()))));
            }
        };
        let operands = vec![self.operand(left), self.operand(right)];
        let local = self.frame().call(Callee::Operator(operator), operands);
        Ok(Term::Value(self.value(local, ty, format!("`{}`", operator.symbol()))))
    }

    fn operand(&mut self, term: Term) -> Operand {
        match term {
            Term::Value(value) => Operand::Local(self.localise(value.reference)),
            Term::Number(Code::Float(value)) => Operand::Float(value),
            Term::Number(code) => Operand::Number(code.map(&mut |reference| self.localise(*reference))),
        }
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
