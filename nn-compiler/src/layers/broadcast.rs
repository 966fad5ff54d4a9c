//! Broadcasting and dtype promotion, as PyTorch does them.

use super::scalar::floating;
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Dtype, TensorType};
use crate::size::Size;
use crate::state::{Proofs, Value};
use crate::tree::Operator;

/// The type of `a + b`, `a - b`, .. of several values.
pub fn operate(
    proofs: &mut Proofs,
    operator: Operator,
    title: &str,
    place: Place,
    values: &[Value],
) -> Result<TensorType, Mistake> {
    let ty = broadcast(proofs, title, place, values)?;
    match operator {
        // PyTorch adds booleans as `or` and multiplies them as `and`, but does not subtract them.
        Operator::Subtract if values.iter().any(|value| value.ty.dtype == Dtype::Bool) => {
            let types: Vec<String> = values.iter().map(|value| value.ty.to_string()).collect();
            Err(Mistake::new(place, format!("{title} cannot subtract booleans"))
                .note(format!("it gets {}", types.join(" and "))))
        }
        Operator::Divide => Ok(TensorType { dtype: floating(ty.dtype), ..ty }),
        _ => Ok(ty),
    }
}

/// The type of an elementwise operation on several values.
pub fn broadcast(proofs: &mut Proofs, title: &str, place: Place, values: &[Value]) -> Result<TensorType, Mistake> {
    let Some((first, others)) = values.split_first() else {
        return Err(Mistake::new(place, format!("{title} needs a value")));
    };
    let mut ty = first.ty.clone();
    for other in others {
        let mistake = || {
            let shapes: Vec<String> =
                values.iter().map(|value| format!("{} from {}", value.ty, value.origin)).collect();
            let what = format!("{title} cannot broadcast the shapes {} and {}", ty, other.ty);
            about_padding(Mistake::new(place, what).note(format!("it gets {}", shapes.join(", "))), &ty, &other.ty)
        };
        let dtype = result_dtype([&ty, &other.ty]);
        ty = TensorType { dtype, dims: broadcast_dims(proofs, &ty.dims, &other.ty.dims, mistake)? };
    }
    Ok(ty)
}

/// Notes how a convolution keeps the size, if two shapes differ only in spatial sizes, and there by constants.
pub fn about_padding(mistake: Mistake, a: &TensorType, b: &TensorType) -> Mistake {
    let by_places = |(a, b): (&Size, &Size)| a.sub(b).is_ok_and(|places| places.as_constant().is_some());
    let spatial = (4..=5).contains(&a.rank()) && a.rank() == b.rank() && a.dims[..2] == b.dims[..2];
    if spatial && a.dims.iter().zip(&b.dims).all(by_places) {
        mistake.note("with a stride of 1, a convolution with `p=same` keeps the size")
    } else {
        mistake
    }
}

/// The sizes of two shapes that are broadcast together, aligned at the last.
pub fn broadcast_dims(
    proofs: &mut Proofs,
    a: &[Size],
    b: &[Size],
    mistake: impl Fn() -> Mistake,
) -> Result<Vec<Size>, Mistake> {
    let rank = a.len().max(b.len());
    let one = Size::constant(1);
    let at = |dims: &[Size], axis: usize| {
        (axis + dims.len()).checked_sub(rank).map_or_else(|| one.clone(), |i| dims[i].clone())
    };
    let mut dims = Vec::with_capacity(rank);
    for axis in 0..rank {
        let (a, b) = (at(a, axis), at(b, axis));
        dims.push(match (a == one, b == one) {
            (true, _) => b,
            (_, true) => a,
            _ => {
                proofs.same(&a, &b, &mistake)?;
                if b.as_constant().is_some() { b } else { a }
            }
        });
    }
    Ok(dims)
}

/// The dtype of the result of several values. A value without dimensions counts only if it is of a higher kind.
pub fn result_dtype<'t>(types: impl IntoIterator<Item = &'t TensorType> + Clone) -> Dtype {
    let joined = |scalar: bool| {
        types.clone().into_iter().filter(|ty| (ty.rank() == 0) == scalar).map(|ty| ty.dtype).reduce(promote)
    };
    match (joined(false), joined(true)) {
        (Some(dtype), Some(scalar)) if kind(scalar) > kind(dtype) => promote(dtype, scalar),
        (Some(dtype), _) | (None, Some(dtype)) => dtype,
        (None, None) => Dtype::Own,
    }
}

/// The kind of a dtype, in ascending order: booleans, integers, floats.
fn kind(dtype: Dtype) -> u8 {
    match dtype {
        Dtype::Bool => 0,
        dtype if dtype.is_float() => 2,
        _ => 1,
    }
}

/// The dtype of the result of two values. The network's own float type, unknown to the macro, wins over all but `f64`.
pub fn promote(a: Dtype, b: Dtype) -> Dtype {
    use Dtype::{Bf16, Bool, F16, F32, F64, I8, I16, I32, I64, Own, U8};
    let order = [Bool, U8, I8, I16, I32, I64, F16, Bf16, F32, Own, F64];
    match (a, b) {
        (U8, I8) | (I8, U8) => I16,
        (F16, Bf16) | (Bf16, F16) => F32,
        _ => {
            let rank = |dtype: Dtype| order.iter().position(|known| *known == dtype);
            if rank(a) >= rank(b) { a } else { b }
        }
    }
}
