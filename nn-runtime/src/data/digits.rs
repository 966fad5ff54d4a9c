//! The handwritten digits in the library.

use std::path::Path;

use tch::Kind;

use super::{Images, TensorDataset, idx};

/// Returns 1,797 handwritten digits of 8x8 pixels, `[1797, 1, 8, 8]` from 0 to 1, which are embedded in the library.
///
/// The test part of *Optical Recognition of Handwritten Digits* (E. Alpaydin and C. Kaynak, 1998, CC BY 4.0).
pub fn digits() -> Images {
    let parse =
        |bytes: &[u8], rank, name| idx::parse(bytes, rank, Path::new(name)).expect("the embedded digits are whole");
    let images = parse(nn_digits::IMAGES, 3, "images");
    let labels = parse(nn_digits::LABELS, 1, "labels");
    let images = images.unsqueeze(1).to_kind(Kind::Float) / 16.0;
    TensorDataset::new((images, labels.to_kind(Kind::Int64))).expect("each of the embedded digits has a label")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Tensor;

    #[test]
    fn they_are_those_of_scikit_learn() {
        let (images, labels) = digits().tensors();
        assert_eq!((images.size(), images.kind()), (vec![1797, 1, 8, 8], Kind::Float));
        assert_eq!((labels.size(), labels.kind()), (vec![1797], Kind::Int64));
        assert_eq!((images * 16.0).sum(Kind::Double).double_value(&[]), 561_718.0);
        let counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];
        assert_eq!(labels.bincount(None::<&Tensor>, 10), Tensor::from_slice(&counts));
    }
}
