//! The cases, family by family.

mod arithmetic;
mod attention;
mod convolution;
mod dense;
mod normalisation;
mod pooling;
mod recurrent;
mod shape;
mod structure;

use crate::suite::Suite;

pub fn add(suite: &mut Suite) {
    convolution::add(suite);
    pooling::add(suite);
    dense::add(suite);
    normalisation::add(suite);
    recurrent::add(suite);
    attention::add(suite);
    shape::add(suite);
    arithmetic::add(suite);
    structure::add(suite);
}
