//! What layers compute, against what they mean: formulas, loops and direct calls of libtorch. `tests/parity` compares many more
//! arguments, but with the Python that the compiler writes: of a layer that both misunderstand it sees nothing.

mod activation;
mod arithmetic;
mod attention;
mod choosing;
mod common;
mod convolution;
mod dense;
mod embedding;
mod normalisation;
mod pattern;
mod pooling;
mod recurrent;
mod regularisation;
mod shape;
mod source;
