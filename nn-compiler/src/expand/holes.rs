//! Which sizes of a struct are the same in all of its instances, and which are arguments of its constructor.

use super::names::Names;
use crate::shaped::{Content, Init, Instance, Network, Struct, Tensor};
use crate::size::Size;
use proc_macro2::Ident;
use quote::format_ident;

/// The size that each hole of each struct is filled with.
#[derive(Debug)]
pub struct Holes {
    of: Vec<Vec<Hole>>,
}

/// A size in a constructor.
#[derive(Clone, Debug)]
pub enum Hole {
    /// The same in all instances.
    Same(Size),
    /// An argument of the constructor.
    Argument(Ident),
}

impl Holes {
    /// Compares all instances of all structs.
    pub fn of(network: &Network, names: &Names) -> Holes {
        let mut instances: Vec<Vec<Vec<Size>>> = vec![Vec::new(); network.structs.len()];
        collect(network, &network.root, &mut instances);
        let of = network.structs.iter().enumerate().map(|(index, made)| {
            let generic = !names.arguments(index).is_empty();
            fill(network, made, &instances[network.type_of(index)], generic)
        });
        Holes { of: of.collect() }
    }

    /// The holes of a struct, in order.
    pub fn holes(&self, of: usize) -> &[Hole] {
        &self.of[of]
    }

    /// The arguments of a struct's constructor.
    pub fn arguments(&self, of: usize) -> Vec<&Ident> {
        let mut arguments: Vec<&Ident> = Vec::new();
        for hole in &self.of[of] {
            if let Hole::Argument(name) = hole
                && !arguments.contains(&name)
            {
                arguments.push(name);
            }
        }
        arguments
    }

    /// What an instance of struct `of` passes to its constructor, given its part of the outer struct's holes.
    pub fn handed<'h>(&self, of: usize, outer: &'h [Hole]) -> Vec<&'h Hole> {
        let position =
            |name: &Ident| self.of[of].iter().position(|hole| matches!(hole, Hole::Argument(known) if known == name));
        self.arguments(of).into_iter().filter_map(|name| position(name).map(|index| &outer[index])).collect()
    }
}

fn collect(network: &Network, instance: &Instance, instances: &mut Vec<Vec<Vec<Size>>>) {
    let known = &mut instances[network.type_of(instance.of)];
    if known.contains(&instance.sizes) {
        return;
    }
    known.push(instance.sizes.clone());
    let mut rest = instance.sizes.as_slice();
    for field in &network.structs[instance.of].fields {
        let (own, after) = rest.split_at(field.content.holes());
        rest = after;
        for inner in field.content.instances(own) {
            collect(network, &inner, instances);
        }
    }
}

fn fill(network: &Network, made: &Struct, instances: &[Vec<Size>], generic: bool) -> Vec<Hole> {
    let Some(first) = instances.first() else { return Vec::new() };
    let column = |index: usize| instances.iter().map(|sizes| &sizes[index]).collect::<Vec<&Size>>();
    let root = std::ptr::eq(made, &network.structs[network.root.of]);
    let speaks =
        |size: &Size| network.generics.iter().any(|generic| size.opaques().contains(generic.name.to_string().as_str()));
    let names = hole_names(made, network);
    let mut holes: Vec<Hole> = Vec::new();
    for (index, name) in names.iter().enumerate().take(first.len()) {
        let values = column(index);
        let same = values.iter().all(|size| *size == values[0]) && (root || generic || !speaks(values[0]));
        let is_twin = |earlier: &usize| matches!(holes[*earlier], Hole::Argument(_)) && column(*earlier) == values;
        let hole = if same {
            Hole::Same(values[0].clone())
        } else {
            match (0..index).find(is_twin) {
                Some(twin) => holes[twin].clone(),
                None => Hole::Argument(unused(&holes, name)),
            }
        };
        holes.push(hole);
    }
    holes
}

fn unused(holes: &[Hole], name: &str) -> Ident {
    let taken = |name: &str| holes.iter().any(|hole| matches!(hole, Hole::Argument(known) if known == name));
    let mut number = 1;
    let mut unique = name.to_string();
    while taken(&unique) {
        number += 1;
        unique = format!("{name}{number}");
    }
    format_ident!("{}", unique)
}

/// A name for each hole, in case it becomes an argument.
fn hole_names(made: &Struct, network: &Network) -> Vec<String> {
    let mut names = Vec::new();
    for field in &made.fields {
        let field_name = field.name.to_string();
        let stem = field_name.trim_start_matches('_');
        let stem = if stem.is_empty() || stem.starts_with(|c: char| c.is_ascii_digit()) {
            format!("stage{stem}")
        } else {
            stem.to_string()
        };
        match &field.content {
            Content::Layer { tensors, .. } => {
                tensors.iter().for_each(|tensor| names.extend(tensor_names(&stem, tensor)))
            }
            Content::Tensor(tensor) => names.extend(tensor_names(&stem, tensor)),
            content => {
                let inner = content.hole_of_each().into_iter().flat_map(|of| hole_names(&network.structs[of], network));
                names.extend(inner.map(|name| format!("{stem}_{name}")));
            }
        }
    }
    names
}

/// `conv1_out`, `conv1_in` for a weight; `norm_size` and the like for others.
fn tensor_names(stem: &str, tensor: &Tensor) -> Vec<String> {
    let axis = |axis: usize| match (tensor.name.as_str(), axis) {
        ("weight", 0) if tensor.rank > 1 => format!("{stem}_out"),
        ("weight", 1) => format!("{stem}_in"),
        (_, 0) if tensor.rank == 1 => format!("{stem}_size"),
        (name, axis) => format!("{stem}_{}_{axis}", name.replace('.', "_")),
    };
    let fan = (tensor.init == Init::FanIn).then(|| format!("{stem}_fan"));
    (0..tensor.rank).map(axis).chain(fan).collect()
}

impl Content {
    /// The structs inside, repeated for each instance.
    fn hole_of_each(&self) -> Vec<usize> {
        match self {
            Content::Struct(hole) => vec![hole.of],
            Content::Array { turns, .. } => turns.iter().map(|turn| turn.of).collect(),
            _ => Vec::new(),
        }
    }

    /// The instances inside, with their part of the sizes.
    pub fn instances(&self, sizes: &[Size]) -> Vec<Instance> {
        match self {
            Content::Struct(hole) => vec![Instance { of: hole.of, sizes: sizes.to_vec() }],
            Content::Array { turns, .. } => {
                let mut rest = sizes;
                let mut take = |count: usize| {
                    let (own, after) = rest.split_at(count);
                    rest = after;
                    own.to_vec()
                };
                turns.iter().map(|turn| Instance { of: turn.of, sizes: take(turn.count) }).collect()
            }
            _ => Vec::new(),
        }
    }
}
