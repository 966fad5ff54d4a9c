//! Numbers combined with tensors, and the resulting dtype: with whole numbers integers stay integers, as in PyTorch.

use super::{Context, Failure};
use crate::shaped::{Dtype, Operand};

/// All integers up to this are exact as floats.
const EXACT: f64 = (1u64 << f64::MANTISSA_DIGITS) as f64;

impl Context<'_> {
    /// The required number `name`, combined with a tensor of this dtype.
    pub fn scalar(&self, name: &str, dtype: Dtype) -> Result<(Operand, Dtype), Failure> {
        let number = self.number(name, 0.0)?;
        Ok(match whole(&number) {
            Some(value) if !dtype.is_float() => (Operand::integer(value), numeric(dtype)),
            _ => (number, floating(dtype)),
        })
    }

    /// The given numbers among `names`, combined with a tensor of this dtype: all integers, or all floats.
    pub fn scalars<const N: usize>(
        &self,
        names: [&str; N],
        dtype: Dtype,
    ) -> Result<([Option<Operand>; N], Dtype), Failure> {
        let mut scalars = [const { None }; N];
        let given = names.iter().zip(&mut scalars).filter(|(name, _)| self.argument(name).is_some());
        let mut exact = !dtype.is_float();
        for (name, scalar) in given {
            let number = self.number(name, 0.0)?;
            exact &= whole(&number).is_some();
            *scalar = Some(number);
        }
        if !exact {
            return Ok((scalars, floating(dtype)));
        }
        let integer = |number: Operand| whole(&number).map(Operand::integer);
        Ok((scalars.map(|scalar| scalar.and_then(integer)), numeric(dtype)))
    }
}

/// The number as an integer, if it is whole.
pub fn whole(number: &Operand) -> Option<i64> {
    match number {
        Operand::Float(value) if value.fract() == 0.0 && value.abs() < EXACT => Some(*value as i64),
        _ => None,
    }
}

/// The dtype of the result of a function that computes in floats.
pub fn floating(dtype: Dtype) -> Dtype {
    if dtype.is_float() { dtype } else { Dtype::F32 }
}

/// The dtype of the result of a function on numbers, which treats booleans as integers.
pub fn numeric(dtype: Dtype) -> Dtype {
    if dtype == Dtype::Bool { Dtype::I64 } else { dtype }
}
