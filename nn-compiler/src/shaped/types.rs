//! Types of tensors.

use crate::size::Size;
use std::fmt;

/// The element type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dtype {
    /// The network's own float type: that of its parameters.
    Own,
    F16,
    Bf16,
    F32,
    F64,
    U8,
    I8,
    I16,
    I32,
    I64,
    Bool,
}

/// The type of a tensor: its dtype and dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorType {
    pub dtype: Dtype,
    pub dims: Vec<Size>,
}

impl Dtype {
    /// The names in the language. The network's own float type has none.
    pub const NAMES: &[(&str, Dtype)] = &[
        ("f16", Dtype::F16),
        ("bf16", Dtype::Bf16),
        ("f32", Dtype::F32),
        ("f64", Dtype::F64),
        ("u8", Dtype::U8),
        ("i8", Dtype::I8),
        ("i16", Dtype::I16),
        ("i32", Dtype::I32),
        ("i64", Dtype::I64),
        ("bool", Dtype::Bool),
    ];

    /// The dtype with this name.
    pub fn find(name: &str) -> Option<Dtype> {
        Dtype::NAMES.iter().find(|(known, _)| *known == name).map(|(_, dtype)| *dtype)
    }

    /// Its name; empty for the network's own.
    pub fn name(self) -> &'static str {
        Dtype::NAMES.iter().find(|(_, dtype)| *dtype == self).map_or("", |(name, _)| name)
    }

    /// Whether it is a floating-point type, so that gradients flow.
    pub fn is_float(self) -> bool {
        matches!(self, Dtype::Own | Dtype::F16 | Dtype::Bf16 | Dtype::F32 | Dtype::F64)
    }
}

impl TensorType {
    /// A tensor of the network's own float type.
    pub fn own(dims: Vec<Size>) -> TensorType {
        TensorType { dtype: Dtype::Own, dims }
    }

    /// The same dtype with other sizes.
    pub fn with(&self, dims: Vec<Size>) -> TensorType {
        TensorType { dtype: self.dtype, dims }
    }

    /// How many dimensions it has.
    pub fn rank(&self) -> usize {
        self.dims.len()
    }
}

impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sizes: Vec<String> = self.dims.iter().map(Size::to_string).collect();
        write!(f, "{}[{}]", self.dtype.name(), sizes.join(", "))
    }
}
