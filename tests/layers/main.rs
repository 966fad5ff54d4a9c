//! Layers against their definitions: formulas, loops and direct calls of libtorch. `tests/parity` compares many more
//! arguments, but with the Python that the compiler writes, so it misses an error that is in both.

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
