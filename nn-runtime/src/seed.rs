//! Where libtorch's random numbers start.

/// Seeds libtorch's random numbers on all devices: initial values, dropout and layers such as `randn`. Like
/// `torch.manual_seed`: from one seed, networks start with PyTorch's numbers.
///
/// A shuffled loader has [a seed of its own](crate::data::DataLoader::seed).
pub fn manual_seed(seed: u64) {
    tch::manual_seed(seed.cast_signed());
}
