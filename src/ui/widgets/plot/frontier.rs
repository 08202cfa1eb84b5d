//! The points no other point beats.

use super::spec::{Marks, Series};

/// Which way is better on an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Higher,
    Lower,
}

impl Better {
    /// A value that grows as things get better.
    fn good(self, value: f64) -> f64 {
        match self {
            Self::Higher => value,
            Self::Lower => -value,
        }
    }
}

/// The places of the points that no other is at least as good as on both axes and better on one, from the worst x to the
/// best. Of points that are the same, the first.
pub fn frontier(points: &[[f64; 2]], x: Better, y: Better) -> Vec<usize> {
    let good = |index: usize| [x.good(points[index][0]), y.good(points[index][1])];
    let whole = |index: &usize| points[*index].iter().all(|value| value.is_finite());
    let mut order: Vec<usize> = (0..points.len()).filter(whole).collect();
    order.sort_by(|a, b| {
        let (a, b, place) = (good(*a), good(*b), a.cmp(b));
        b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])).then(place)
    });
    // From the best x down, only a better y is worth a worse x.
    let mut best = f64::NEG_INFINITY;
    order.retain(|index| {
        let is_kept = good(*index)[1] > best;
        best = best.max(good(*index)[1]);
        is_kept
    });
    order.reverse();
    order
}

impl Series {
    /// The frontier of points, which keep their names.
    pub fn frontier(
        name: impl Into<String>,
        points: &[[f64; 2]],
        names: &[String],
        x: Better,
        y: Better,
    ) -> Self {
        let places = frontier(points, x, y);
        let kept = places.iter().map(|place| points[*place]).collect();
        let names = places.iter().filter_map(|place| names.get(*place).cloned());
        Self::new(name, Marks::Frontier, kept).named(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_fast_and_good_runs_only_those_worth_their_time_are_kept() {
        // Seconds and a metric: c is slower and worse than b, d is the same as b.
        let runs = [[1.0, 0.1], [5.0, 0.4], [6.0, 0.3], [5.0, 0.4], [60.0, 0.5], [60.0, 0.45]];
        assert_eq!(frontier(&runs, Better::Lower, Better::Higher), [4, 1, 0]);
        assert_eq!(frontier(&[[f64::NAN, 1.0]], Better::Higher, Better::Higher), [0_usize; 0]);
    }

    proptest! {
        #[test]
        fn the_frontier_is_what_nothing_beats(points in prop::collection::vec([0_u8..8, 0_u8..8], 0..40)) {
            let points: Vec<[f64; 2]> = points.iter().map(|p| p.map(f64::from)).collect();
            let found = frontier(&points, Better::Higher, Better::Lower);
            for (index, a) in points.iter().enumerate() {
                let is_beaten = points.iter().any(|b| b[0] >= a[0] && b[1] <= a[1] && b != a);
                let is_second = points[..index].contains(a);
                prop_assert_eq!(found.contains(&index), !is_beaten && !is_second, "{:?}", a);
            }
            prop_assert!(found.windows(2).all(|pair| points[pair[0]][0] < points[pair[1]][0]));
        }
    }
}
