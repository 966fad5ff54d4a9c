//! Networks as `nn-diagram` draws them.

use super::runs::{numbered, run_of};
use crate::shaped::{Network, Outline, Part, Source};
use crate::size::Size;
use nn_diagram::{Body, Stage, Work};

/// What the run time's `Network::diagram` draws, except for the layers of other networks inside, which are unknown here.
pub fn drawn(network: &Network) -> nn_diagram::Network {
    let inputs = network.inputs.iter().map(|input| format!("{} {}", input.name, input.ty));
    let outputs = network.outputs.iter().map(|output| match &output.name {
        Some(name) => format!("{name} {}", output.ty),
        None => output.ty.to_string(),
    });
    nn_diagram::Network {
        name: network.name.to_string(),
        inputs: inputs.collect(),
        outputs: outputs.collect(),
        body: body(&network.outline, &network.results),
    }
}

fn body(outlines: &[Outline], results: &[Source]) -> Body {
    let runs = Outline::runs(outlines, results);
    Body {
        stages: runs.iter().map(|(outline, turns)| stage(&runs, outline, *turns)).collect(),
        results: sources(&runs, results),
    }
}

fn stage(runs: &[(&Outline, usize)], outline: &Outline, turns: usize) -> Stage {
    let first = outline.key.join(".");
    Stage {
        name: match numbered(&first) {
            Some((stem, number)) if turns > 1 => format!("{first} .. {stem}{}", number + turns - 1),
            _ => first,
        },
        kind: outline.kind.clone(),
        listing: outline.listing.clone(),
        turns,
        shape: outline.outputs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        from: sources(runs, &outline.from),
        work: if outline.multiply_adds != Size::ZERO {
            Work::Multiplies
        } else if outline.tensors.is_empty() && outline.network.is_none() {
            Work::Plain
        } else {
            Work::Owns
        },
        body: body(&outline.children, &outline.results),
        declared: outline.part == Part::Declared,
    }
}

fn sources(runs: &[(&Outline, usize)], sources: &[Source]) -> Vec<nn_diagram::Source> {
    let source = |source: &Source| match source {
        Source::Stage(stage) => nn_diagram::Source::Stage(run_of(runs, *stage)),
        Source::Input(input) => nn_diagram::Source::Input(*input),
        Source::Parameter => nn_diagram::Source::Parameter,
    };
    sources.iter().map(source).collect()
}
