//! Every layer is the same as PyTorch's: each case is written with `to_pytorch`, run in PyTorch with the same weights and
//! inputs, and compared.

mod layers;
#[allow(missing_docs, dead_code)]
mod programs;
#[path = "../reference/mod.rs"]
mod reference;
mod results;
mod suite;

use nn_compiler::layers::Layer;
use suite::{Count, Suite};

/// Adds a network with this signature and body.
macro_rules! case {
    ($suite:ident; $inputs:tt -> $outputs:tt $body:tt) => {{
        nn_dsl::network! { #[optimize] Net $inputs -> $outputs $body }
        $suite.add::<Net>(stringify!($body));
    }};
}

/// Adds a network for each combination of the choices: `{conv 6} [{k=1} {k=3}] [{} {s=2}]`.
macro_rules! cases {
    ($suite:ident; $inputs:tt -> $outputs:tt; [$($choice:tt)*] $($rest:tt)*) => {
        $crate::cases!($suite; $inputs -> $outputs; {} [$($choice)*] $($rest)*)
    };
    ($suite:ident; $inputs:tt -> $outputs:tt; { $($done:tt)* }) => {
        $crate::case!($suite; $inputs -> $outputs { $($done)* })
    };
    ($suite:ident; $inputs:tt -> $outputs:tt; $done:tt [$($choice:tt)*] $($rest:tt)*) => {
        $crate::cases!(@each $suite; $inputs -> $outputs; $done [$($choice)*] [$($rest)*])
    };
    (@each $suite:ident; $inputs:tt -> $outputs:tt; { $($done:tt)* } [{ $($choice:tt)* } $($more:tt)*] [$($rest:tt)*]) => {
        $crate::cases!($suite; $inputs -> $outputs; { $($done)* $($choice)* } $($rest)*);
        $crate::cases!(@each $suite; $inputs -> $outputs; { $($done)* } [$($more)*] [$($rest)*]);
    };
    (@each $suite:ident; $inputs:tt -> $outputs:tt; $done:tt [] $rest:tt) => {};
}

pub(crate) use {case, cases};

/// A single test, since all cases share libtorch's random generator.
#[test]
fn layers_and_programs_are_those_of_pytorch() {
    tch::set_num_threads(1);
    let mut suite = Suite::new();
    layers::add(&mut suite);
    programs::add(&mut suite);
    let counts = suite.compare(reference::interpreter());
    println!("{:>20} cases  starts", "layer");
    for layer in Layer::all() {
        let Count { cases, starts } = counts[layer.stem()];
        let starts = if layer.owns() { starts.to_string() } else { "-".to_string() };
        println!("{:>20} {cases:>5} {starts:>7}", layer.stem());
    }
    let uncovered = Layer::all().filter(|layer| counts[layer.stem()].cases == 0).map(Layer::stem);
    assert_eq!(uncovered.collect::<Vec<_>>(), [""; 0], "without a case");
    let starts = Layer::all().filter(|layer| layer.owns() && counts[layer.stem()].starts == 0).map(Layer::stem);
    assert_eq!(starts.collect::<Vec<_>>(), [""; 0], "without a case that starts as in PyTorch");
}
