//! Scales, which map values to positions on an axis.

/// An axis from `low` to `high` over pixels from `start` to `end`.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// Contains all finite values. An empty span is widened.
    pub fn around(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Self {
        let finite = values.filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = match (low <= high, high - low > 1e-12 * high.abs()) {
            (false, _) => (0.0, 1.0),
            (true, false) => (low - 0.5, high + 0.5),
            (true, true) => (low, high),
        };
        Self { low, high, start, end }
    }

    /// Adds room around the values, as a fraction of their span.
    pub fn padded(self, part: f64) -> Self {
        let room = part * (self.high - self.low);
        Self { low: self.low - room, high: self.high + room, ..self }
    }

    /// The position of a value.
    pub fn at(&self, value: f64) -> f64 {
        self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)
    }

    /// The value in the middle of part `index` of `count` equal parts.
    pub fn middle(&self, index: usize, count: usize) -> f64 {
        self.low + (index as f64 + 0.5) / count as f64 * (self.high - self.low)
    }

    /// Round values along the axis, about `count`, with their texts; whole numbers if `whole`.
    pub fn ticks(&self, count: usize, whole: bool) -> Vec<(f64, String)> {
        let rough = (self.high - self.low) / count as f64;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power).into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * power).max(if whole { 1.0 } else { 0.0 });
        let digits = (-step.log10().floor()).max(0.0) as usize;
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|index| index as f64 * step).map(|value| (value, format!("{value:.digits$}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64, whole: bool) -> Vec<String> {
        let scale = Scale::around([low, high].into_iter(), 0.0, 100.0);
        scale.ticks(5, whole).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(texts(0.0, 1.0, false), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(texts(0.93, 0.987, false), ["0.94", "0.96", "0.98"]);
        assert_eq!(texts(1.0, 4.0, true), ["1", "2", "3", "4"]);
        assert_eq!(texts(1.0, 300.0, true), ["100", "200", "300"]);
        assert_eq!(texts(-0.0002, 0.0003, false), ["-0.0002", "-0.0001", "0.0000", "0.0001", "0.0002", "0.0003"]);
    }

    #[test]
    fn any_values_have_a_scale() {
        for values in [vec![], vec![f64::NAN], vec![3.0], vec![0.0, 0.0], vec![f64::INFINITY, 1.0]] {
            let scale = Scale::around(values.iter().copied(), 10.0, 20.0);
            assert!(scale.at(scale.middle(0, 1)) == 15.0, "{values:?}");
            assert!(!scale.ticks(5, false).is_empty(), "{values:?}");
        }
    }
}
