//! Random numbers that depend on what they are used for, not on which thread uses them or when.

pub use fastrand::Rng;

/// What random numbers are drawn for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// The order of an epoch.
    Order,
    /// The transform of a sample.
    Sample(usize),
    /// The transform of a batch.
    Batch(usize),
}

/// A generator for one purpose in one epoch.
pub(super) fn generator(seed: u64, epoch: u64, purpose: Purpose) -> Rng {
    let (stream, number) = match purpose {
        Purpose::Order => (0, 0),
        Purpose::Sample(index) => (1, index as u64),
        Purpose::Batch(number) => (2, number as u64),
    };
    Rng::with_seed([seed, epoch, stream, number].into_iter().fold(0, |state, word| mixed(state ^ word)))
}

/// SplitMix64's step (Steele, Lea and Flood, 2014): seeds that differ in one bit give unrelated generators.
fn mixed(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
