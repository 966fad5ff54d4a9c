//! From one seed, `Init` draws what `torch.nn.init` draws. Alone in its program, because the generator is the program's.

use nn_runtime::init::Init;
use tch::{Device, Kind};

/// The first three values, and the sum of all 60, of a `[5, 3, 2, 2]` that torch 2.11.0 fills after `manual_seed(7)`.
const DRAWN: [(Init, [f64; 3], f64); 9] = [
    // uniform_(t, -0.5, 2.0)
    (Init::Uniform { lo: -0.5, hi: 2.0 }, [0.83730638, -0.00299203, 1.14802921], 49.471585),
    // normal_(t, 3.0, 0.2)
    (Init::Normal { mean: 3.0, std: 0.2 }, [2.83597302, 3.07912612, 3.17978168], 178.629675),
    // xavier_uniform_(t)
    (Init::XavierUniform, [0.03024381, -0.26084408, 0.13788137], 1.549002),
    // xavier_normal_(t)
    (Init::XavierNormal, [-0.20503363, 0.09890779, 0.22472712], -1.712906),
    // kaiming_uniform_(t, nonlinearity="relu")
    (Init::KaimingUniform, [0.04938793, -0.42595661, 0.22515933], 2.529510),
    // kaiming_normal_(t, nonlinearity="relu")
    (Init::KaimingNormal, [-0.33481854, 0.16151576, 0.36697787], -2.797164),
    // kaiming_uniform_(t, nonlinearity="linear")
    (Init::LecunUniform, [0.03492254, -0.30119681, 0.15921170], 1.788634),
    // kaiming_normal_(t, nonlinearity="linear")
    (Init::LecunNormal, [-0.23675244, 0.11420888, 0.25949252], -1.977893),
    // orthogonal_(t)
    (Init::Orthogonal, [-0.29777610, 0.14364652, 0.32637745], -3.835010),
];

#[test]
fn every_init_draws_the_values_of_torch() {
    for (init, first, sum) in DRAWN {
        tch::manual_seed(7);
        let values = init.tensor(&[5, 3, 2, 2], Kind::Float, Device::Cpu).flatten(0, -1);
        let close = |found: f64, expected: f64| (found - expected).abs() < 1e-5;
        for (index, expected) in first.into_iter().enumerate() {
            let found = values.double_value(&[index as i64]);
            assert!(close(found, expected), "{init:?}: value {index} is {found}, not {expected}");
        }
        let found = values.sum(Kind::Double).double_value(&[]);
        assert!(close(found, sum), "{init:?}: the sum is {found}, not {sum}");
    }
}
