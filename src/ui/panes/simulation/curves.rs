//! The curves of an experiment as plots.

use crate::studio::{ArmPoint, Measured, Point};
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series};

/// Points of a curve that are drawn at most, so that their intervals can be told apart.
const DRAWN: usize = 40;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Curve {
    #[default]
    Clicks,
    Conversions,
    Reward,
    Difference,
    Visits,
    Chances,
}

impl Curve {
    pub(super) const ALL: [Self; 6] =
        [Self::Clicks, Self::Conversions, Self::Reward, Self::Difference, Self::Visits, Self::Chances];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Clicks => "Clicks",
            Self::Conversions => "Conversions",
            Self::Reward => "Reward",
            Self::Difference => "Difference",
            Self::Visits => "Assignment",
            Self::Chances => "Best with",
        }
    }

    /// Whether an experiment has it.
    pub(super) fn is_there(self, last: &Point) -> bool {
        match self {
            Self::Difference => !last.looks.is_empty(),
            Self::Chances => !last.chances.is_empty(),
            _ => true,
        }
    }

    fn axis(self) -> &'static str {
        match self {
            Self::Clicks => "Clicks a visit",
            Self::Conversions => "Conversions a visit",
            Self::Reward => "Reward a visit",
            Self::Difference => "Clicks a visit more",
            Self::Visits => "Visits",
            Self::Chances => "Chance of being the best",
        }
    }

    /// A point's value for an arm with its interval, where it has one.
    fn value(self, point: &Point, arm: usize) -> Option<(f64, Option<(f64, f64)>)> {
        let of = |measure: fn(&ArmPoint) -> Measured| {
            let Measured { value, low, high } = measure(point.arms.get(arm)?);
            Some((value, Some((low, high))))
        };
        match self {
            Self::Clicks => of(|arm| arm.click_rate),
            Self::Conversions => of(|arm| arm.conversion_rate),
            Self::Reward => of(|arm| arm.reward),
            Self::Difference => {
                let look = point.looks.get(arm.checked_sub(1)?)?;
                Some((look.difference, Some((look.low, look.high))))
            }
            Self::Visits => Some((point.arms.get(arm)?.visits as f64, None)),
            Self::Chances => Some((*point.chances.get(arm)?, None)),
        }
    }
}

/// The plot of a curve, a line an arm.
pub(super) fn plot(curve: Curve, arms: &[String], points: &[Point]) -> PlotSpec {
    let stride = points.len().div_ceil(DRAWN).max(1);
    // The last step is always among them.
    let drawn: Vec<&Point> = points.iter().rev().step_by(stride).collect();
    let series = arms.iter().enumerate().filter_map(|(arm, name)| {
        let values: Vec<_> = drawn
            .iter()
            .rev()
            .filter_map(|point| Some((point.step as f64, curve.value(point, arm)?)))
            .collect();
        if values.is_empty() {
            return None;
        }
        let name = match curve {
            Curve::Difference => format!("{name} than {}", arms[0]),
            _ => name.clone(),
        };
        let intervals = values.iter().filter_map(|(_, (_, interval))| *interval).collect();
        let line = values.iter().map(|&(step, (value, _))| [step, value]).collect();
        Some(Series::new(name, Marks::Line, line).intervals(intervals).colored(arm))
    });
    PlotSpec {
        title: curve.axis().to_owned(),
        x: Axis::number("Step"),
        y: Axis::number(curve.axis()),
        series: series.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::Look;

    fn point(step: usize) -> Point {
        let rate = Measured { value: 0.1, low: 0.05, high: 0.15 };
        Point {
            step,
            arms: vec![ArmPoint { click_rate: rate, visits: 7, ..ArmPoint::default() }; 2],
            looks: vec![Look { difference: 0.01, low: -0.01, high: 0.03, ..Look::default() }],
            ..Point::default()
        }
    }

    #[test]
    fn long_curves_are_thinned_and_keep_their_end() {
        let points: Vec<Point> = (1..=100).map(point).collect();
        let arms = ["a".to_owned(), "b".to_owned()];
        let spec = plot(Curve::Clicks, &arms, &points);
        assert_eq!(spec.series.len(), 2);
        let line = &spec.series[0].points;
        assert!(line.len() <= DRAWN && line.last() == Some(&[100.0, 0.1]), "{line:?}");
        assert!(line.is_sorted_by(|a, b| a[0] < b[0]) && spec.series[0].intervals.len() == line.len());
        let difference = plot(Curve::Difference, &arms, &points);
        assert_eq!((difference.series.len(), difference.series[0].name.as_str()), (1, "b than a"));
        assert!(plot(Curve::Visits, &arms, &points).series[1].intervals.is_empty());
        assert!(!Curve::Chances.is_there(&points[0]) && Curve::Difference.is_there(&points[0]));
    }
}
