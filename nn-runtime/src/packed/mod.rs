//! Layers for inference, whose weights are prepared once, and which compute what follows them before they store their
//! results.
//!
//! On the CPU, in `f32`, they call what `torch.compile` calls there (`torch/_inductor/mkldnn_lowerings.py`): oneDNN,
//! with weights in its preferred layout. They also have what neither offers: Winograd's convolution and one for few
//! channels. Where these are not faster, and for other types and devices, they call what the plain layers call. They
//! record no gradients, and later training of the original weight does not affect them.
//!
//! The networks that [`Network::optimize`](crate::Network::optimize) returns consist of them.

mod activation;
mod conv;
mod fold;
mod heads;
mod linear;
mod pool;

use tch::Tensor;

use crate::{Error, Misfit};

pub use activation::Activation;
pub use conv::{Conv2d, Window};
pub use fold::{Norm, fold};
pub use heads::Heads;
pub use linear::Linear;
pub use pool::max_pool2d;

/// Checks that a bias has one number for each output feature or channel.
fn expect_bias(of: &'static str, weight: &Tensor, bias: Option<&Tensor>) -> Result<(), Error> {
    let Some(bias) = bias else { return Ok(()) };
    let out = weight.size()[0];
    if bias.size() == [out] && bias.kind() == weight.kind() && bias.device() == weight.device() {
        Ok(())
    } else {
        let problem = format!("the bias must be [{out}], of the weight's type and on its device");
        Err(misfit(of, problem, &[("weight", weight), ("bias", bias)]))
    }
}

fn misfit(of: &'static str, problem: String, tensors: &[(&str, &Tensor)]) -> Error {
    Misfit::new(of, problem, tensors, "give what one layer was made of").into()
}
