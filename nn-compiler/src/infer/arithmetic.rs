//! Arithmetic over values: it broadcasts as PyTorch does.

use super::Inference;
use crate::layers::broadcast;
use crate::layers::scalar::{self, floating, numeric};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Callee, Code, Dtype, Operand, Outline, TensorType};
use crate::state::{Binding, Datum, Flow, Reference, Value};
use crate::tree::{Arithmetic, Node, Operator, Stage};
use proc_macro2::Ident;

/// An operand of an operator.
#[derive(Clone)]
enum Term {
    Value(Value),
    /// A number that the macro knows, or an `option`.
    Number(Code<Reference>),
    /// A size that the macro does not know: an integer.
    Size(Code<Reference>),
}

impl Inference<'_> {
    /// `(1.0 - z) * n + z * h`
    pub fn arithmetic(&mut self, arithmetic: &Arithmetic, flow: &Flow) -> Flow {
        match self.term(arithmetic, flow) {
            Ok(Some(Term::Value(value))) => value.into(),
            Ok(Some(Term::Number(_) | Term::Size(_))) => {
                self.broken(Mistake::new(arithmetic.place(), "this is a number, but a chain starts from a value"))
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
            Arithmetic::Value(name) => self.named(name),
            Arithmetic::Chain(chain, place) => match chain.stages.as_slice() {
                [Stage { node: Node::Arithmetic(inner), .. }] => self.term(inner, flow),
                _ => one(&self.chain(chain, flow), *place),
            },
            Arithmetic::Binary { operator, operator_place, left, right } => {
                let (left, right) = (self.term(left, flow)?, self.term(right, flow)?);
                let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
                self.operate(*operator, *operator_place, left, right).map(Some)
            }
        }
    }

    fn named(&self, name: &Ident) -> Result<Option<Term>, Mistake> {
        let datum = match self.scope.find(name) {
            Some(Binding::Datum(datum)) => datum,
            Some(Binding::Shared(_)) => {
                let mistake = Mistake::new(name, format!("`{name}` is a `shared` stage, not a value"));
                return Err(mistake.note(format!("to use it as an operand, put it in parentheses: `({name}) + y`")));
            }
            None => return Ok(None), // Reported when names were resolved.
        };
        Ok(Some(match datum {
            Datum::Value(value) => Term::Value(value.clone()),
            Datum::Number(code) => Term::Number(code.clone()),
            Datum::Size(size, code) => match size.as_constant() {
                Some(value) => Term::Number(Code::Float(value as f64)),
                None => Term::Size(code.clone()),
            },
            Datum::Float(value) => Term::Number(Code::Float(*value)),
            Datum::Broken => return Ok(None),
            Datum::Word(word) => return Err(self.unknown(word)),
            other => return Err(Mistake::new(name, format!("`{name}` is {}, not a value or a number", other.kind()))),
        }))
    }

    fn operate(&mut self, operator: Operator, place: Place, left: Term, right: Term) -> Result<Term, Mistake> {
        let ty = match (&left, &right) {
            (Term::Value(left), Term::Value(right)) => {
                let title = format!("`{}`", operator.symbol());
                broadcast::operate(&mut self.proofs, operator, &title, place, &[left.clone(), right.clone()])?
            }
            (Term::Value(value), number) | (number, Term::Value(value)) => {
                let keeps_integers = operator != Operator::Divide && number.is_integer();
                let dtype = if keeps_integers { numeric(value.ty.dtype) } else { floating(value.ty.dtype) };
                TensorType { dtype, ..value.ty.clone() }
            }
            (left, right) => return numbers(operator, place, left, right),
        };
        let operands = vec![self.operand(left, ty.dtype), self.operand(right, ty.dtype)];
        let start = self.frame().function.steps.len();
        let local = self.frame().call(Callee::Operator(operator), operands);
        let reads = self.frame().reads_since(start);
        self.frame().add_stage(Outline::operator(operator, &ty), &reads, &[local]);
        Ok(Term::Value(self.value(local, ty, format!("`{}`", operator.symbol()))))
    }

    /// The operand as libtorch gets it. A number next to integers becomes an integer, or libtorch would promote them to floats.
    fn operand(&mut self, term: Term, dtype: Dtype) -> Operand {
        match term {
            Term::Value(value) => Operand::Local(self.localise(value.reference)),
            Term::Number(code) | Term::Size(code) => match (&code, whole(&code)) {
                (_, Some(integer)) if !dtype.is_float() => Operand::integer(integer),
                (Code::Float(value), _) => Operand::Float(*value),
                _ => Operand::Number(code.map(&mut |reference| self.localise(*reference))),
            },
        }
    }
}

impl Term {
    fn is_integer(&self) -> bool {
        match self {
            Term::Value(_) => false,
            Term::Number(code) => whole(code).is_some(),
            Term::Size(_) => true,
        }
    }
}

/// Combines two numbers. Only integers can be combined with a size, since the generated code computes in one Rust type.
fn numbers(operator: Operator, place: Place, left: &Term, right: &Term) -> Result<Term, Mistake> {
    let binary = |left: Code<Reference>, right| Code::Binary(operator, Box::new(left), Box::new(right));
    let integer = |code: &Code<Reference>| whole(code).map(Code::Literal);
    let sizes = match (left, right) {
        (Term::Number(left), Term::Number(right)) => return Ok(Term::Number(binary(left.clone(), right.clone()))),
        (Term::Size(left), Term::Size(right)) => Some((left.clone(), right.clone())),
        (Term::Size(left), Term::Number(right)) => integer(right).map(|right| (left.clone(), right)),
        (Term::Number(left), Term::Size(right)) => integer(left).map(|left| (left, right.clone())),
        _ => None,
    };
    match sizes {
        Some(_) if operator == Operator::Divide => {
            let mistake = Mistake::new(place, "sizes cannot be divided in arithmetic on values");
            Err(mistake
                .note("a `const` divides and rounds down, `const half = (t / 2);`; a value can be divided: `x / t`"))
        }
        Some((left, right)) => Ok(Term::Size(binary(left, right))),
        None => {
            let what = format!("`{}` cannot join a size and a float", operator.symbol());
            Err(Mistake::new(place, what).note("each can be combined with a value: `x / t * 0.5`"))
        }
    }
}

/// The number as an integer, if it is whole.
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
                Err(Mistake::new(place, format!("an operator joins single values, but this gives {}", values.len())))
            }
        },
    }
}

impl Arithmetic {
    pub fn place(&self) -> Place {
        match self {
            Arithmetic::Number(_, place) | Arithmetic::Chain(_, place) => *place,
            Arithmetic::Value(name) => name.into(),
            Arithmetic::Binary { left, right, .. } => left.place().to(right.place()),
        }
    }
}
