//! The functions that generated code calls where one call of libtorch is not enough. Shapes were checked when the
//! network was compiled.

mod activation;
mod attention;
mod conv;
mod cut;
mod embedding;
mod indexing;
mod linear;
mod norm;
mod pixel;
mod pool;
mod random;
mod recurrent;
mod source;

pub use activation::{celu, elu, leaky_relu, leaky_relu_, softplus, softsign};
pub(crate) use attention::thirds;
pub use attention::{causal_mask, merge_heads, project_heads, scaled_dot_product_attention, split_heads};
pub use conv::conv2d;
pub use cut::{chunk, split};
pub use embedding::{padded_embedding, positional};
pub use indexing::{embedding, gather, index_select, one_hot};
pub use linear::linear;
pub use norm::local_response_norm;
pub use pixel::pixel_unshuffle;
pub use pool::{adaptive_max_pool, max_pool2d};
pub use random::drop_path;
pub use recurrent::{gru, gru_from, lstm, lstm_from, rnn_relu, rnn_relu_from, rnn_tanh, rnn_tanh_from};
pub use source::{arange, eye, full, ones, zeros};
