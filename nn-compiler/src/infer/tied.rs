//! A layer's own parameter as a value: `embed.weight`.

use super::Inference;
use crate::nearest;
use crate::report::Mistake;
use crate::shaped::{Content, LocalKind, Tensor, TensorType};
use crate::size::Size;
use crate::state::{Binding, Datum, Flow, ParameterName, Reference, Value};
use proc_macro2::Ident;

impl Inference<'_> {
    /// `embed.weight` at the start of a chain.
    pub fn tensor_of(&mut self, of: &Ident, name: &Ident) -> Flow {
        match self.field_value(of, name) {
            Ok(Datum::Value(value)) => value.into(),
            Ok(_) => Flow::Broken,
            Err(mistake) => self.broken(mistake),
        }
    }

    /// `embed.weight` as an argument.
    pub fn field_value(&mut self, of: &Ident, name: &Ident) -> Result<Datum, Mistake> {
        let found = self.frames.iter().enumerate().skip(self.floor).rev().find_map(|(depth, frame)| {
            frame.fields.iter().position(|field| field.name == *of).map(|field| (depth, field))
        });
        let Some((frame, field)) = found else {
            let known: Vec<String> = self.frames[self.floor..]
                .iter()
                .flat_map(|frame| &frame.fields)
                .map(|field| field.name.to_string())
                .collect();
            let mistake = Mistake::new(of, format!("no earlier stage with parameters is called `{of}`"));
            if let Some(Binding::Shared(_)) = self.scope.find(of) {
                return Err(mistake.note(format!("`{of}` gets its parameters where it is first used")));
            }
            return Err(nearest::help(mistake, &of.to_string(), known.iter().map(String::as_str)));
        };
        let tensors = self.tensors_of(frame, field);
        let Some((tensor, sizes)) = tensors.iter().find(|(tensor, _)| *name == tensor.name) else {
            let known: Vec<&str> = tensors.iter().map(|(tensor, _)| tensor.name.as_str()).collect();
            let mistake = Mistake::new(name, format!("`{of}` has no parameter `{name}`"));
            return Err(nearest::help(mistake, &name.to_string(), known));
        };
        let kind = LocalKind::Field { field, tensor: Some(tensor.name.clone()) };
        let ty = TensorType { dtype: tensor.dtype, dims: sizes[..tensor.rank].to_vec() };
        let local = self.frames[frame].local(kind, Some(Ident::new(&format!("{of}_{name}"), name.span())));
        let key = self.frames[frame].fields[field].key.join(".");
        let parameter = Some(ParameterName { frame, name: format!("{key}.{name}") });
        let origin = format!("`{of}.{name}`");
        Ok(Datum::Value(Value { ty, reference: Reference { frame, local }, origin, parameter }))
    }

    /// The tensors of a layer's field, with their sizes.
    fn tensors_of(&self, frame: usize, field: usize) -> Vec<(Tensor, Vec<Size>)> {
        let frame = &self.frames[frame];
        let before: usize = frame.fields[..field].iter().map(|field| field.content.holes()).sum();
        let tensors = match &frame.fields[field].content {
            Content::Layer { tensors, .. } => tensors.clone(),
            Content::Struct(hole) => self.structs[hole.of].parameters(),
            _ => return Vec::new(),
        };
        let mut sizes = &frame.sizes[before..];
        let mut result = Vec::new();
        for tensor in tensors {
            let (own, rest) = sizes.split_at(tensor.holes());
            sizes = rest;
            result.push((tensor, own.to_vec()));
        }
        result
    }
}
