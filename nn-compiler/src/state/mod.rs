//! What is known at a point of the walk through a listing: values and their shapes, names, what is proved of sizes, and the structs
//! that are being built. `infer` walks, and the layers say what becomes of it.

mod frame;
mod proofs;
mod scope;
mod value;

pub use frame::{Frame, Naming, rust_name};
pub use proofs::Proofs;
pub use scope::{Binding, Made, Scope, Shared};
pub use value::{Datum, Flow, Given, ParameterName, Reference, Value};
