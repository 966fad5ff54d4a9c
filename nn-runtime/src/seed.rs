//! The seed of libtorch's random numbers.

/// Seeds libtorch's random numbers on all devices, like `torch.manual_seed`: initialisation, dropout and layers such as
/// `randn`. From the same seed, a network starts with the same parameters as in PyTorch.
///
/// A shuffled loader has [its own seed](crate::data::DataLoader::seed).
pub fn manual_seed(seed: u64) {
    tch::manual_seed(seed.cast_signed());
}
