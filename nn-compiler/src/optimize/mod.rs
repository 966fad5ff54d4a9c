//! The optimised form of a network, for inference only: a second shaped network, expanded to Rust like the first.
//!
//! The rules look at calls, never at kinds of layers: at a `batch_norm` of a `conv2d`, whichever layers these come
//! from. What a rule cannot analyse it leaves alone: a value that is used twice, a weight from outside the struct.

mod body;
mod drop;
mod fields;
mod fold;
mod fuse;
mod in_place;
mod pack;
mod pool;
mod rank;

use crate::shaped::{Field, Input, Network, Struct};
use body::Body;

/// The structs of the optimised form, in the places of the plain ones.
pub fn optimize(plain: &Network) -> Network {
    let mut structs = plain.structs.clone();
    let outside = fields::used_from_outside(plain);
    for (of, outside) in outside.iter().enumerate() {
        // All functions of one type share its fields.
        let functions: Vec<usize> = (of..structs.len()).filter(|other| plain.type_of(*other) == of).collect();
        if functions.first() != Some(&of) {
            continue;
        }
        let mut packed = Vec::new();
        for function in &functions {
            let inputs: &[Input] = if *function == plain.root.of { &plain.inputs } else { &[] };
            packed = rewrite(&mut structs[*function], packed, inputs);
        }
        fields::settle(&mut structs, &functions, packed, outside);
    }
    Network {
        attributes: plain.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect(),
        visibility: plain.visibility.clone(),
        name: plain.name.clone(),
        optimize: false,
        listing: None,
        generics: plain.generics.clone(),
        inputs: plain.inputs.clone(),
        outputs: plain.outputs.clone(),
        entrance: Vec::new(),
        deferred: Vec::new(),
        root: plain.root.clone(),
        structs,
        variants: plain.variants.clone(),
        outline: Vec::new(),
        results: Vec::new(),
        opaques: plain.opaques.clone(),
    }
}

/// Applies the rules to a function, in order. `packed`: the struct's packed layers so far. `inputs`: the network's
/// inputs, if it is the network's own function.
fn rewrite(made: &mut Struct, packed: Vec<Field>, inputs: &[Input]) -> Vec<Field> {
    let plain = made.fields.len();
    let ranks = rank::ranks(&made.function, inputs);
    let fields = [std::mem::take(&mut made.fields), packed].concat();
    let mut body = Body { fields, function: &mut made.function, ranks };
    drop::apply(&mut body);
    pack::apply(&mut body);
    fold::apply(&mut body);
    fuse::apply(&mut body);
    in_place::apply(&mut body);
    pool::apply(&mut body);
    let packed = body.fields.split_off(plain);
    made.fields = body.fields;
    packed
}
