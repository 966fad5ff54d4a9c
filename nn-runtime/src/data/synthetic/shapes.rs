//! Images of circles, squares and triangles, for segmentation.

use tch::Tensor;

use crate::data::{Rng, TensorDataset};

/// The names of the classes of [`shapes`], in order.
pub const SHAPE_CLASSES: [&str; 4] = ["background", "circle", "square", "triangle"];

/// Generates images, `f32[N, 3, size, size]`, of one to three circles, squares and triangles of any colour on a dark,
/// noisy background, and the class of each pixel, `i64[N, size, size]`, as [`SHAPE_CLASSES`] lists them. Later shapes
/// cover earlier ones.
///
/// ```
/// use nn_runtime::data::{Dataset, synthetic};
///
/// let (image, mask) = synthetic::shapes(10, 64, 1).get(3)?;
/// assert_eq!((image.size(), mask.size()), (vec![3, 64, 64], vec![64, 64]));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
pub fn shapes(samples: usize, size: usize, seed: u64) -> TensorDataset<(Tensor, Tensor)> {
    let mut rng = Rng::with_seed(seed);
    let (mut pixels, mut classes) = (Vec::new(), Vec::new());
    for _ in 0..samples {
        let picture: Vec<Shape> = (0..rng.usize(1..=3)).map(|_| Shape::drawn(size as f32, &mut rng)).collect();
        let owner = |index: usize| {
            let (x, y) = ((index % size) as f32 + 0.5, (index / size) as f32 + 0.5);
            picture.iter().rev().find(|shape| shape.holds(x, y))
        };
        let owners: Vec<Option<&Shape>> = (0..size * size).map(owner).collect();
        classes.extend(owners.iter().map(|shape| shape.map_or(0, |shape| shape.class)));
        for channel in 0..3 {
            pixels.extend(owners.iter().map(|shape| {
                (shape.map_or(0.1, |shape| shape.color[channel]) + 0.1 * (rng.f32() - 0.5)).clamp(0.0, 1.0)
            }));
        }
    }
    let (samples, size) = (samples as i64, size as i64);
    let images = Tensor::from_slice(&pixels).view([samples, 3, size, size]);
    TensorDataset::new((images, Tensor::from_slice(&classes).view([samples, size, size])))
        .expect("each picture has a mask")
}

struct Shape {
    class: i64,
    center: (f32, f32),
    radius: f32,
    color: [f32; 3],
}

impl Shape {
    /// Draws a shape that is entirely within an image of `size`.
    fn drawn(size: f32, rng: &mut Rng) -> Self {
        let radius = size * (0.1 + 0.15 * rng.f32());
        let mut place = || radius + (size - 2.0 * radius) * rng.f32();
        let center = (place(), place());
        Self { class: rng.i64(1..=3), center, radius, color: [(); 3].map(|()| 0.3 + 0.7 * rng.f32()) }
    }

    fn holds(&self, x: f32, y: f32) -> bool {
        let (dx, dy) = (x - self.center.0, y - self.center.1);
        match self.class {
            1 => dx.hypot(dy) <= self.radius,
            2 => dx.abs().max(dy.abs()) <= 0.85 * self.radius,
            // Its tip is above, its foot as wide as it is high.
            _ => dy.abs() <= self.radius && 2.0 * dx.abs() <= dy + self.radius,
        }
    }
}
