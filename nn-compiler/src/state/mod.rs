//! The state of the walk through a listing: values and their shapes, names in scope, facts about sizes, and the structs
//! being built. `infer` does the walk, and `layers` says what each layer does to the state.

mod frame;
mod proofs;
mod scope;
mod value;

pub use frame::{Frame, Naming, rust_name};
pub use proofs::Proofs;
pub use scope::{Binding, Made, Scope, Shared};
pub use value::{Datum, Flow, Given, ParameterName, Reference, Value};
