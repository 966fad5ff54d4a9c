//! The fields of an optimised struct: those of the plain struct that its functions use, and the packed layers.

use crate::shaped::{Callee, Content, Field, Function, LocalKind, Network, Struct};
use proc_macro2::Ident;
use std::collections::BTreeSet;

/// For each struct, the fields that functions of others use: `self.lstm1.weight_ih_l0`.
pub fn used_from_outside(network: &Network) -> Vec<BTreeSet<String>> {
    let mut used = vec![BTreeSet::new(); network.structs.len()];
    for made in &network.structs {
        made.function.clone().for_each_field(&mut |field, tensor| {
            let mut within = made.fields[*field].content.structure();
            for level in tensor.iter().flat_map(|tensor| tensor.split('.')) {
                let Some(of) = within else { break };
                used[network.type_of(of)].insert(level.to_string());
                let inner = network.structs[of].fields.iter().find(|field| field.name == level);
                within = inner.and_then(|field| field.content.structure());
            }
        });
    }
    used
}

/// Keeps the fields that the functions of one type use, or that are used from `outside`. In the functions' operands the
/// fields of the plain struct come first, followed by `packed`.
pub fn settle(structs: &mut [Struct], functions: &[usize], mut packed: Vec<Field>, outside: &BTreeSet<String>) {
    let plain = structs[functions[0]].fields.len();
    let twin = |field: usize| {
        let layer = &packed[field.checked_sub(plain)?];
        packed.iter().position(|other| other.content == layer.content)
    };
    let mut used = BTreeSet::new();
    for of in functions {
        structs[*of].function.for_each_field(&mut |field, _| {
            *field = twin(*field).map_or(*field, |twin| plain + twin);
            used.insert(*field);
        });
    }
    let fields = &structs[functions[0]].fields;
    used.extend((0..plain).filter(|field| outside.contains(&fields[*field].name.to_string())));
    let mut taken: BTreeSet<String> = used.range(..plain).map(|field| fields[*field].name.to_string()).collect();
    for field in used.range(plain..) {
        let name = &mut packed[field - plain].name;
        *name = unused(&mut taken, name);
    }
    for of in functions {
        let own = std::mem::take(&mut structs[*of].fields);
        let all: Vec<Field> = own.into_iter().chain(packed.iter().cloned()).collect();
        // A packed layer takes the place of the plain one.
        let mut order: Vec<usize> = used.iter().copied().collect();
        order.sort_by_key(|field| all[*field].content.source().unwrap_or(*field));
        structs[*of].function.for_each_field(&mut |field, _| {
            *field = order.iter().position(|known| known == field).expect("it is used");
        });
        structs[*of].fields = order.iter().map(|field| all[*field].clone()).collect();
    }
}

fn unused(taken: &mut BTreeSet<String>, base: &Ident) -> Ident {
    let mut name = base.to_string();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}_{number}");
        number += 1;
    }
    Ident::new(&name, base.span())
}

impl Content {
    /// The struct in it.
    fn structure(&self) -> Option<usize> {
        match self {
            Content::Struct(hole) => Some(hole.of),
            Content::Array { turns, .. } => turns.first().map(|turn| turn.of),
            _ => None,
        }
    }

    /// The field of the plain struct that it is made from, if it is not that field itself.
    fn source(&self) -> Option<usize> {
        match self {
            Content::Packed(packed) => Some(packed.source().0),
            _ => None,
        }
    }
}

impl Function {
    /// Visits the fields that it uses, each with the name of the tensor in it.
    fn for_each_field(&mut self, visit: &mut dyn FnMut(&mut usize, Option<&str>)) {
        let mut locals: BTreeSet<usize> = self.results.iter().copied().collect();
        for step in &mut self.steps {
            step.for_each_local(&mut |local| _ = locals.insert(local));
            step.for_each_field(false, &mut |field, tensor| visit(field, tensor.as_deref()));
            if let Callee::Field(field) | Callee::Each(field) = &mut step.callee {
                visit(field, None);
            }
        }
        for local in locals {
            if let LocalKind::Field { field, tensor } = &mut self.locals[local].kind {
                visit(field, tensor.as_deref());
            }
        }
    }
}
