//! The generated code works whatever names are around it, and triggers no lints.
#![deny(warnings, missing_docs, clippy::pedantic, clippy::nursery, unused)]

/// Every name that the expansion might have meant something else by.
pub mod shadowed {
    #![allow(missing_docs, dead_code, non_upper_case_globals, clippy::pedantic)]
    use nn_dsl::network;

    pub type Result = ();
    pub type Option = ();
    pub type Vec = ();
    pub type String = ();
    pub struct Tensor;
    pub struct Path;
    pub struct Kind;
    pub struct Network;
    pub struct Module;
    pub struct ModuleT;
    pub struct Debug;
    pub struct Default;
    pub mod tch {}
    pub mod std {}
    pub mod core {}
    pub mod nn {}
    pub mod init {}
    pub mod params {}
    pub mod layers {}
    pub mod outline {}
    pub const N: i64 = 7;
    pub const T: &str = "a constant named like a symbol";
    pub const WIDTH: usize = 8;

    network! {
        block part(d) { residual { linear d -> bn -> relu -> dropout 0.1 -> linear d } }

        /// Takes its sizes from constants.
        pub Shadowed<const CLASSES: i64>(x: [N, (WIDTH)]) -> [N, CLASSES] where N >= 1 {
            option rate = 0.1;
            param scale: [WIDTH] init=ones;
            let T = id * scale;
            T -> repeat 2 { part WIDTH } -> dropout rate -> linear CLASSES
        }
    }
}

/// Documented, and otherwise as a user would write it under strict lints.
pub mod strict {
    use nn_dsl::network;

    network! {
        block cell(d) { linear d -> relu }

        /// A network with a block, a group and a loop.
        pub Strict(x: [N, 4]) -> [N, 2] { body: { cell 8 -> cell 8 } -> turns: repeat 2 { cell 8 } -> head: linear 2 }
    }
}

mod tests {
    use nn_dsl::prelude::*;

    fn input(features: i64) -> Tensor {
        Tensor::ones([2, features], (Kind::Float, Device::Cpu))
    }

    #[test]
    fn runs_where_names_are_shadowed() {
        let vs = nn::VarStore::new(Device::Cpu);
        let mut net = super::shadowed::Shadowed::<3>::new(&vs.root());
        net.rate = 0.0;
        assert_eq!(net.forward_t(&input(8), true).size(), [2, 3]);
    }

    #[test]
    fn runs_under_strict_lints() {
        let vs = nn::VarStore::new(Device::Cpu);
        assert_eq!(super::strict::Strict::new(&vs.root()).forward(&input(4)).size(), [2, 2]);
    }

    #[test]
    fn works_inside_a_function() {
        const CLASSES: i64 = 5;
        network! { Inner(x: [N, 4]) -> [N, CLASSES] { linear (CLASSES) } }
        let vs = nn::VarStore::new(Device::Cpu);
        assert_eq!(Inner::new(&vs.root()).forward(&input(4)).size(), [2, CLASSES]);
    }
}
