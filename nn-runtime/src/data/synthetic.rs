//! Generated data, for learning tasks that you can check by eye. The same seed gives the same data.

mod reviews;
mod shapes;

use std::f64::consts::PI;

use tch::Tensor;

use super::{Rng, TensorDataset};

pub use reviews::{Review, reviews};
pub use shapes::{SHAPE_CLASSES, shapes};

/// Points `f32[N, 2]` in a plane, and their classes `i64[N]`.
pub type Points = TensorDataset<(Tensor, Tensor)>;

/// Generates two interleaving half circles, like scikit-learn's `make_moons`; `noise` is the standard deviation of the
/// noise added to each coordinate.
///
/// ```
/// use nn_runtime::data::{Dataset, synthetic};
///
/// let (points, classes) = synthetic::two_moons(200, 0.1, 1).tensors();
/// assert_eq!((points.size(), classes.size()), (vec![200, 2], vec![200]));
/// ```
pub fn two_moons(samples: usize, noise: f64, seed: u64) -> Points {
    points(samples, 2, noise, seed, |class, along, _| {
        let (sine, cosine) = (PI * along).sin_cos();
        if class == 0 { [cosine, sine] } else { [1.0 - cosine, 0.5 - sine] }
    })
}

/// Generates as many spirals as `classes`, each of one turn from the centre to the unit circle; `noise` as in
/// [`two_moons`].
pub fn spirals(samples: usize, classes: usize, noise: f64, seed: u64) -> Points {
    points(samples, classes, noise, seed, |class, along, _| {
        let angle = 2.0 * PI * (along + class as f64 / classes as f64);
        [along * angle.cos(), along * angle.sin()]
    })
}

/// Generates points in the square from -1 to 1, with class 1 where one coordinate is positive and the other negative;
/// `noise` as in [`two_moons`]. No straight line separates the classes.
pub fn xor(samples: usize, noise: f64, seed: u64) -> Points {
    points(samples, 2, noise, seed, |class, along, rng| {
        let (side, other) = (if rng.bool() { 1.0 } else { -1.0 }, rng.f64());
        [side * along, if class == 1 { -side * other } else { side * other }]
    })
}

/// Points of `classes` in turn, each at `place` (of the class and of a number from 0 to 1) and moved by noise.
fn points(
    samples: usize,
    classes: usize,
    noise: f64,
    seed: u64,
    place: impl Fn(usize, f64, &mut Rng) -> [f64; 2],
) -> Points {
    let mut rng = Rng::with_seed(seed);
    let mut coordinates = Vec::with_capacity(2 * samples);
    for index in 0..samples {
        let along = rng.f64();
        for coordinate in place(index % classes, along, &mut rng) {
            coordinates.push((coordinate + noise * normal(&mut rng)) as f32);
        }
    }
    let labels: Vec<i64> = (0..samples).map(|index| (index % classes) as i64).collect();
    let points = Tensor::from_slice(&coordinates).view([samples as i64, 2]);
    TensorDataset::new((points, Tensor::from_slice(&labels))).expect("each point has a class")
}

/// A normally distributed number, by Box and Muller's method.
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (2.0 * PI * rng.f64()).cos()
}

#[cfg(test)]
mod tests;
