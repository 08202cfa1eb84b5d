//! The plots of the insights: when, how long, how popular, of which type.

use crate::studio::Insights;
use crate::ui::widgets::count_words;
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series};

/// Event types shown at most; the rest is one bar.
const TYPES: usize = 12;
/// Ranks drawn at most, about.
const RANKS: usize = 2_000;

/// The four plots that have something to show.
pub(super) fn plots(insights: &Insights) -> Vec<PlotSpec> {
    let mut plots = Vec::new();
    if insights.over_time.len() > 1 {
        plots.push(over_time(insights));
    }
    if !insights.history_lengths.is_empty() {
        plots.push(history_lengths(insights));
    }
    if !insights.popularity.is_empty() {
        plots.push(popularity(insights));
    }
    if !insights.event_types.is_empty() {
        plots.push(event_types(insights));
    }
    plots
}

fn over_time(insights: &Insights) -> PlotSpec {
    let points = insights.over_time.iter().map(|(at, count)| [*at as f64, *count as f64]).collect();
    PlotSpec {
        title: "Interactions over time".to_owned(),
        x: Axis::time("Time (UTC)"),
        y: Axis::number("Interactions"),
        series: vec![Series::new("Interactions", Marks::Histogram, points)],
    }
}

/// Users by the length of their history, in bins that double: most histories are short, a few very long.
fn history_lengths(insights: &Insights) -> PlotSpec {
    let longest = insights.history_lengths.iter().map(|(length, _)| *length).max().unwrap_or(1).max(1);
    let bins = longest.ilog2() as usize + 1;
    let mut users = vec![0_u64; bins];
    for (length, count) in &insights.history_lengths {
        users[(*length).max(1).ilog2() as usize] += count;
    }
    let name = |bin: usize| match bin {
        0 => "1".to_owned(),
        _ => format!("{}+", count_words(1_u64 << bin)),
    };
    PlotSpec {
        title: "History lengths".to_owned(),
        x: Axis::categories("Interactions of a user, at least", (0..bins).map(name)),
        y: Axis::number("Users").can_log(),
        series: vec![Series::of_values("Users", Marks::Bars, users.into_iter().map(|count| count as f64))],
    }
}

/// Interactions by rank; ranks far down are thinned so that a long tail stays light to draw and to export.
fn popularity(insights: &Insights) -> PlotSpec {
    let step = insights.popularity.len().div_ceil(RANKS);
    let ranked = insights.popularity.iter().enumerate().filter(|(rank, _)| *rank < 100 || rank % step == 0);
    PlotSpec {
        title: "Popularity of items".to_owned(),
        x: Axis::number("Rank of the item").can_log(),
        y: Axis::number("Interactions").can_log(),
        series: vec![Series::new(
            "Items",
            Marks::Line,
            ranked.map(|(rank, count)| [rank as f64 + 1.0, *count as f64]).collect(),
        )],
    }
}

fn event_types(insights: &Insights) -> PlotSpec {
    let (shown, rest) = insights.event_types.split_at(insights.event_types.len().min(TYPES));
    let mut names: Vec<String> = shown.iter().map(|(name, _)| name.clone()).collect();
    let mut counts: Vec<f64> = shown.iter().map(|(_, count)| *count as f64).collect();
    if !rest.is_empty() {
        names.push(format!("{} more", rest.len()));
        counts.push(rest.iter().map(|(_, count)| *count).sum::<u64>() as f64);
    }
    PlotSpec {
        title: "Event types".to_owned(),
        x: Axis::categories("Event type", names),
        y: Axis::number("Interactions").can_log(),
        series: vec![Series::of_values("Interactions", Marks::Bars, counts)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interaction_of_many_event_types_is_drawn() {
        let insights = Insights {
            counts: Vec::new(),
            insights: Vec::new(),
            over_time: Vec::new(),
            history_lengths: Vec::new(),
            popularity: (0..50_000).rev().collect(),
            event_types: (0..20).map(|n| (format!("type {n}"), 10)).collect(),
        };
        let plots = plots(&insights);
        let [popularity, types] = plots.as_slice() else { panic!("two plots have something to show") };
        assert!(popularity.series[0].points.len() < 3_000);
        assert_eq!(popularity.series[0].points[0], [1.0, 49_999.0]);
        assert_eq!(types.series[0].points.iter().map(|[_, count]| count).sum::<f64>(), 200.0);
    }

    #[test]
    fn every_user_stands_in_the_bin_of_their_history() {
        let insights = Insights {
            counts: Vec::new(),
            insights: Vec::new(),
            over_time: Vec::new(),
            history_lengths: vec![(1, 5), (2, 3), (3, 4), (4, 1), (9, 2)],
            popularity: Vec::new(),
            event_types: Vec::new(),
        };
        let plot = history_lengths(&insights);
        let counts: Vec<f64> = plot.series[0].points.iter().map(|[_, users]| *users).collect();
        assert_eq!(counts, [5.0, 7.0, 1.0, 2.0]);
        assert_eq!(plot.x.short(3.0, 1.0), "8+");
    }
}
