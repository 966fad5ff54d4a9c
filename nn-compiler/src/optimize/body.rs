//! A function that is being rewritten.

use crate::shaped::{Content, Field, Function, LocalKind, Operand, Packed, PackedLayer, Step};
use proc_macro2::Ident;
use quote::format_ident;

/// The activations, each with the method that works in place. They take floats and return the same type.
pub const ACTIVATIONS: &[(&str, &str)] = &[
    ("relu", "relu_"),
    ("relu6", "relu6_"),
    ("selu", "selu_"),
    ("silu", "silu_"),
    ("mish", "mish_"),
    ("sigmoid", "sigmoid_"),
    ("tanh", "tanh_"),
    ("hardswish", "hardswish_"),
    ("hardsigmoid", "hardsigmoid_"),
    ("gelu", "gelu_"),
    ("leaky_relu", "leaky_relu_"),
    ("elu", "elu_"),
    ("celu", "celu_"),
    ("hardtanh", "hardtanh_"),
];

/// A function, and the fields it can use: those of the plain struct, followed by the packed layers.
pub struct Body<'a> {
    pub fields: Vec<Field>,
    pub function: &'a mut Function,
    /// The number of dimensions of each variable, where known.
    pub ranks: Vec<Option<usize>>,
}

impl Body<'_> {
    /// The index of the step that makes a value, if the value is used only once.
    pub fn only_maker(&self, value: &Operand) -> Option<usize> {
        let Operand::Local(value) = value else { return None };
        let step = self.function.steps.iter().position(|step| step.results == [*value])?;
        (self.uses(*value) == 1).then_some(step)
    }

    fn uses(&self, value: usize) -> usize {
        let mut uses = self.function.results.iter().filter(|result| **result == value).count();
        for step in &self.function.steps {
            step.for_each_local(&mut |local| uses += usize::from(local == value));
        }
        uses
    }

    /// The operand, if it is a tensor in a field of the struct, or none.
    pub fn owned(&self, operand: &Operand) -> Option<Operand> {
        match operand {
            Operand::Some(inner) => self.owned(inner).map(Operand::some),
            Operand::Local(local) => match &self.function.locals[*local].kind {
                LocalKind::Field { field, tensor } => Some(Operand::Field { field: *field, tensor: tensor.clone() }),
                _ => None,
            },
            Operand::Field { .. } | Operand::NoTensor => Some(operand.clone()),
            _ => None,
        }
    }

    /// Adds a packed layer, and returns its field as an operand. `named`: whether the plain layer has a field of its own.
    pub fn pack(&mut self, packed: Packed, named: bool) -> Operand {
        let (field, tensor) = packed.source();
        let Field { name, listing, content, .. } = &self.fields[field];
        let (name, listing) = match (tensor.map(stem), content) {
            (Some(""), Content::Layer { .. }) if named => (name.clone(), listing.clone()),
            (Some(part), Content::Layer { .. }) if named => {
                (format_ident!("{name}_{part}"), format!("{listing}: {part}"))
            }
            _ => (Ident::new(packed.layer.name(), name.span()), packed.layer.name().to_string()),
        };
        let content = Content::Packed(Box::new(packed));
        self.fields.push(Field { name, key: Vec::new(), listing, content, module: None });
        Operand::Field { field: self.fields.len() - 1, tensor: None }
    }

    /// The field of the packed layer that a step calls.
    pub fn packed(&self, step: &Step) -> Option<usize> {
        match step.operands.first()? {
            Operand::Field { field, tensor: None } if matches!(self.fields[*field].content, Content::Packed(_)) => {
                Some(*field)
            }
            _ => None,
        }
    }

    /// The packed layer that a step calls, with its listing, if no activation is fused with it yet.
    pub fn bare(&mut self, step: usize) -> Option<(&mut Packed, &mut String)> {
        let field = self.packed(&self.function.steps[step])?;
        match &mut self.fields[field] {
            Field { content: Content::Packed(packed), listing, .. } if packed.activation.is_none() => {
                Some((packed, listing))
            }
            _ => None,
        }
    }

    /// Removes the step `from`, and lets the step `to` produce its result.
    pub fn merge(&mut self, from: usize, to: usize) {
        let results = std::mem::take(&mut self.function.steps[from].results);
        self.function.steps[to].results = results;
        self.function.steps.remove(from);
    }
}

impl Function {
    /// Replaces all uses of the value `from` by `to`.
    pub fn rename(&mut self, from: usize, to: usize) {
        self.results.iter_mut().filter(|result| **result == from).for_each(|result| *result = to);
        let other = |local| if local == from { to } else { local };
        self.steps.iter_mut().flat_map(|step| &mut step.operands).for_each(|operand| operand.rename(&other));
    }
}

impl Packed {
    /// The field of the plain struct with its bias, or else its weight, and the tensor's name in it.
    pub fn source(&self) -> (usize, Option<&str>) {
        let tensor = if let Operand::Some(bias) = &self.bias { bias } else { &self.weight };
        match tensor {
            Operand::Field { field, tensor } => (*field, tensor.as_deref()),
            other => unreachable!("{other:?} is no tensor in a field"),
        }
    }
}

impl PackedLayer {
    /// The default name of its field.
    fn name(&self) -> &'static str {
        match self {
            PackedLayer::Conv2d { .. } | PackedLayer::Affine => "conv",
            PackedLayer::Linear => "linear",
            PackedLayer::Heads(_) => "heads",
        }
    }
}

/// `out_proj` for `out_proj.bias`, `in_proj` for `in_proj_weight`, and nothing for `weight`.
fn stem(tensor: &str) -> &str {
    tensor.trim_end_matches("weight").trim_end_matches("bias").trim_end_matches(['.', '_'])
}
