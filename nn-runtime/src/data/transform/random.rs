//! Random changes of images, so that a network never sees the same image twice.

use tch::Tensor;

use super::{Transform, cut, extent};
use crate::Error;
use crate::data::Rng;

/// Flips an image horizontally, with a given probability.
#[derive(Clone, Copy, Debug)]
pub struct RandomHorizontalFlip(f64);

impl RandomHorizontalFlip {
    /// Flips with this probability.
    ///
    /// # Panics
    /// If it is not between 0 and 1.
    #[track_caller]
    pub fn new(probability: f64) -> Self {
        Self(checked(probability))
    }
}

impl Transform for RandomHorizontalFlip {
    fn apply(&self, image: Tensor, rng: &mut Rng) -> Result<Tensor, Error> {
        extent("RandomHorizontalFlip", &image)?;
        Ok(if rng.f64() < self.0 { image.f_flip([-1])? } else { image })
    }
}

/// Blackens a rectangle of 2 to 33 % of the image, with an aspect ratio of 0.3 to 3.3, with a given probability (Zhong
/// et al., *Random Erasing Data Augmentation*, 2017).
#[derive(Clone, Copy, Debug)]
pub struct RandomErasing(f64);

impl RandomErasing {
    /// Erases with this probability.
    ///
    /// # Panics
    /// If it is not between 0 and 1.
    #[track_caller]
    pub fn new(probability: f64) -> Self {
        Self(checked(probability))
    }
}

impl Transform for RandomErasing {
    fn apply(&self, image: Tensor, rng: &mut Rng) -> Result<Tensor, Error> {
        let (height, width) = extent("RandomErasing", &image)?;
        if rng.f64() >= self.0 {
            return Ok(image);
        }
        // As in torchvision, a rectangle that does not fit is drawn again, at most ten times.
        for _ in 0..10 {
            let area = (height * width) as f64 * between(rng, 0.02, 0.33);
            let ratio = between(rng, 0.3_f64.ln(), 3.3_f64.ln()).exp();
            let (tall, wide) = ((area * ratio).sqrt().round() as i64, (area / ratio).sqrt().round() as i64);
            if tall < height && wide < width {
                let image = image.f_detach_copy()?;
                let corner = (rng.i64(0..=height - tall), rng.i64(0..=width - wide));
                let _ = cut(&image, corner, (tall, wide))?.f_zero_()?;
                return Ok(image);
            }
        }
        Ok(image)
    }
}

fn between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + rng.f64() * (high - low)
}

#[track_caller]
fn checked(probability: f64) -> f64 {
    assert!((0.0..=1.0).contains(&probability), "a probability is from 0 to 1, not {probability}");
    probability
}
