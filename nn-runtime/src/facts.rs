//! What is known of a network at compile time, without its type.

use crate::cost::{self, CostError};
use crate::network::{LayerInfo, Network, Signature, Source};
use crate::size::{Bindings, Predicate};

/// The constants of a [`Network`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub name: &'static str,
    pub inputs: &'static [Signature],
    pub outputs: &'static [Signature],
    pub predicates: &'static [Predicate],
    pub layers: &'static [LayerInfo],
    pub results: &'static [Source],
}

/// Symbols with their values.
pub(crate) type Sizes = Vec<(&'static str, i64)>;

impl Facts {
    pub fn of<N: Network>() -> Self {
        Facts {
            name: N::NAME,
            inputs: N::INPUTS,
            outputs: N::OUTPUTS,
            predicates: N::PREDICATES,
            layers: N::LAYERS,
            results: N::RESULTS,
        }
    }

    /// The symbols of the inputs, in order.
    pub fn symbols(&self) -> Vec<&'static str> {
        let mut symbols = Vec::new();
        for size in self.inputs.iter().flat_map(|input| input.ty.dims) {
            if let Some((name, _)) = size.binds()
                && !symbols.contains(&name)
            {
                symbols.push(name);
            }
        }
        symbols
    }

    /// Values for some of the symbols, if the network takes inputs of these sizes.
    pub fn checked(&self, sizes: &Bindings) -> Result<Sizes, CostError> {
        let (network, known) = (self.name, self.symbols());
        let find = |(size, value): &(&str, i64)| match known.iter().find(|symbol| *symbol == size) {
            Some(symbol) => Ok((*symbol, *value)),
            None => Err(CostError::Unknown { network, size: (*size).to_string(), known: known.clone() }),
        };
        let sizes: Sizes = sizes.iter().map(find).collect::<Result<_, _>>()?;
        let bindings = self.with_batch(&sizes);
        let decided = |predicate: &Predicate| {
            predicate.left.evaluate(&bindings).is_some() && predicate.right.evaluate(&bindings).is_some()
        };
        let negative = sizes.iter().find(|(_, value)| *value < 0).map(|(size, _)| format!("{size} >= 0"));
        let broken = || self.predicates.iter().find(|p| decided(p) && !p.holds(&bindings)).map(Predicate::to_string);
        match negative.or_else(broken) {
            Some(predicate) => Err(CostError::Predicate { network, predicate }),
            None => Ok(sizes),
        }
    }

    /// A batch of 1, unless its size is among the given ones.
    pub fn with_batch<'a>(&self, sizes: &[(&'a str, i64)]) -> Vec<(&'a str, i64)> {
        let batch = cost::batch(self.inputs).map(|batch| (batch, 1));
        sizes.iter().copied().chain(batch).collect()
    }
}
