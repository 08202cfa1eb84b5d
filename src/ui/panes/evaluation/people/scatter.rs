//! The values of two contestants for every person, as points; people of the same values are one point.

use crate::studio::{Lab, MetricAt};
use crate::ui::widgets::count_words;
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series};
use std::collections::BTreeMap;

/// The plot, and who is behind its points.
#[derive(Debug, Clone)]
pub(super) struct Scatter {
    pub(super) plot: PlotSpec,
    /// Test cases by series and point.
    cases: [Vec<Vec<usize>>; 2],
    /// All test cases, those with the greatest difference first.
    pub(super) by_difference: Vec<usize>,
    /// Both values, by test case.
    pub(super) values: Vec<[f32; 2]>,
}

impl Scatter {
    /// Of a lab of two; none for a metric without a value per person.
    pub(super) fn of(lab: &Lab, metric: MetricAt) -> Option<Self> {
        let [first, second] = lab.contestants.as_slice() else { return None };
        let values = first.per_user(metric)?.into_iter().zip(second.per_user(metric)?);
        let values: Vec<[f32; 2]> = values.map(|(a, b)| [a, b]).collect();
        let mut groups: BTreeMap<[u32; 2], Vec<usize>> = BTreeMap::new();
        for (case, [a, b]) in values.iter().enumerate() {
            groups.entry([b.to_bits(), a.to_bits()]).or_default().push(case);
        }
        let (alone, together): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, cases)| cases.len() == 1);
        let places = |groups: &[([u32; 2], Vec<usize>)]| {
            groups.iter().map(|(at, _)| at.map(|bits| f64::from(f32::from_bits(bits)))).collect::<Vec<_>>()
        };
        let user = |case: usize| {
            let benchmark = &first.benchmark;
            benchmark.interactions.users.id(benchmark.test.cases[case].user).to_owned()
        };
        let plot = PlotSpec {
            title: format!("{}, person by person", metric.title()),
            x: Axis::number(&second.name),
            y: Axis::number(&first.name),
            series: vec![
                Series::new("One person", Marks::Points, places(&alone))
                    .named(alone.iter().map(|(_, cases)| user(cases[0]))),
                Series::new("Several people", Marks::Labelled, places(&together))
                    .named(together.iter().map(|(_, cases)| count_words(cases.len() as u64))),
                Series::diagonal("No difference"),
            ],
        };
        let cases = [alone, together].map(|groups| groups.into_iter().map(|(_, cases)| cases).collect());
        let gain = |case: usize| (values[case][0] - values[case][1]).abs();
        let mut by_difference: Vec<usize> = (0..values.len()).collect();
        by_difference.sort_by(|&a, &b| gain(b).total_cmp(&gain(a)).then(a.cmp(&b)));
        Some(Self { plot, cases, by_difference, values })
    }

    /// The test cases behind a point, given by its series and its place.
    pub(super) fn cases(&self, (series, point): (usize, usize)) -> &[usize] {
        self.cases.get(series).and_then(|points| points.get(point)).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::toy;

    #[test]
    fn everybody_is_behind_one_point_and_the_point_has_their_values() {
        let lab = toy::lab();
        let metric = MetricAt::parse("precision_at_5").unwrap();
        let scatter = Scatter::of(&lab, metric).unwrap();
        let columns = [0, 1].map(|place| lab.contestants[place].per_user(metric).unwrap());
        let mut met = vec![0; columns[0].len()];
        for (series, points) in scatter.plot.series.iter().take(2).map(|series| &series.points).enumerate() {
            for (point, [x, y]) in points.iter().enumerate() {
                let cases = scatter.cases((series, point));
                assert_eq!(cases.len() > 1, series == 1);
                for &case in cases {
                    met[case] += 1;
                    assert_eq!([f64::from(columns[1][case]), f64::from(columns[0][case])], [*x, *y]);
                }
            }
        }
        assert!(met.iter().all(|times| *times == 1));
        assert!(Scatter::of(&lab, MetricAt::parse("coverage").unwrap()).is_none());
    }
}
