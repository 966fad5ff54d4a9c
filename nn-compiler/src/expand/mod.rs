//! From a shaped network to Rust: structs, constructors and forward functions that call tch. Nothing here can fail.

mod call;
mod checks;
mod documentation;
mod drawing;
mod entrance;
mod facts;
mod float;
mod forward;
mod holes;
mod item;
mod names;
mod operand;
mod optimized;
mod python;
mod reference;
mod runs;
mod size;
mod structs;
mod stub;
mod trace;

pub use documentation::drawing;
pub use reference::{documentation, reference, uses};
pub use stub::stub;

use crate::shaped::Network;
use float::Float;
use holes::Holes;
use names::Names;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;

/// The Rust of a network, and of its optimised form if it has one. `taken`: the names of types already used in the
/// same `listing`; those of its structs are added.
pub fn expand(
    network: &Network,
    optimized: Option<&Network>,
    listing: &TokenStream,
    taken: &mut BTreeSet<String>,
) -> TokenStream {
    let names = Names::of(network, &network.name, taken);
    let holes = Holes::of(network, &names);
    let floats = float::floats(network, true);
    let context = Context { network, listing, names: &names, holes: &holes, floats: &floats, mode: Mode::Plain };
    let optimized = optimized.map(|optimized| optimized::expand(context, optimized, taken));
    let structs = (0..network.structs.len()).map(|of| structs::expand(context, of));
    let entrance = entrance::modules(context);
    let facts = facts::expand(context);
    let checks = checks::checks(context);
    quote! {
        #(#structs)*
        #entrance
        #facts
        #checks
        #optimized
    }
}

/// What every part of the expansion needs.
#[derive(Clone, Copy)]
struct Context<'a> {
    network: &'a Network,
    /// The whole text of the `network!`.
    listing: &'a TokenStream,
    names: &'a Names,
    holes: &'a Holes,
    floats: &'a [Float],
    mode: Mode,
}

/// Which forward functions are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Plain,
    /// Those of the optimised form, which is for inference only.
    Optimized,
    /// Those that record what each stage returns.
    Traced,
}

impl Context<'_> {
    /// The name of a struct's forward function: `forward_t`, or for variants of one type, `forward_t2`. In the optimised
    /// form it is `forward`.
    fn forward_name(&self, of: usize) -> Ident {
        let name = match self.mode {
            Mode::Plain => "forward_t",
            Mode::Optimized => "forward",
            Mode::Traced => "traced",
        };
        let first = self.network.type_of(of);
        let earlier = self.network.variants.range(..of).filter(|(_, known)| **known == first).count();
        if of == first { format_ident!("{}", name) } else { format_ident!("{}{}", name, earlier + 2) }
    }
}

/// Turns off lints in generated code.
fn allow() -> TokenStream {
    quote!(#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)])
}
