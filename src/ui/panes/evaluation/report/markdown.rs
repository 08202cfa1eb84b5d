//! The metrics as a table in Markdown.

use super::super::cast::Cast;
use crate::domain::metric::Better;
use crate::studio::{EvaluationView, MetricAt};

/// The best value of each metric over those on the page; none where neither way is better, or there are no two.
pub(super) fn best(view: &EvaluationView, cast: &Cast, metrics: &[MetricAt]) -> Vec<Option<f64>> {
    let of = |metric: &MetricAt| {
        let key = metric.key();
        let values =
            cast.roles().iter().filter_map(|role| view.results[role.place].metrics.get(&key).copied());
        match metric.metric.spec.better {
            _ if cast.roles().len() < 2 => None,
            Better::Higher => values.max_by(f64::total_cmp),
            Better::Lower => values.min_by(f64::total_cmp),
            Better::Neither => None,
        }
    };
    metrics.iter().map(of).collect()
}

/// A row a contestant, a column a metric, the best of each in bold.
pub(in super::super) fn markdown(view: &EvaluationView, cast: &Cast, metrics: &[MetricAt]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let titles = metrics.iter().map(|metric| metric.title());
    let mut table = line(["Contestant".to_owned()].into_iter().chain(titles).collect());
    table += &line([":--".to_owned()].into_iter().chain(metrics.iter().map(|_| "--:".to_owned())).collect());
    let best = best(view, cast, metrics);
    for role in cast.roles() {
        let row = &view.results[role.place];
        let cells = metrics.iter().zip(&best).map(|(metric, best)| match row.metrics.get(&metric.key()) {
            Some(value) if *best == Some(*value) => format!("**{value:.4}**"),
            Some(value) => format!("{value:.4}"),
            None => "–".to_owned(),
        });
        table += &line([role.title.replace('|', "\\|")].into_iter().chain(cells).collect());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::toy;

    #[test]
    fn a_row_a_contestant_with_the_best_in_bold() {
        let mut view = toy::view();
        let metrics = [MetricAt::parse("coverage").unwrap(), MetricAt::parse("novelty_at_10").unwrap()];
        for (row, value) in view.results.iter_mut().zip([0.25, 0.5]) {
            row.metrics.insert("coverage".to_owned(), value);
            row.metrics.remove("novelty_at_10");
        }
        let table = markdown(&view, &Cast::of(&view, &[]), &metrics);
        let expected = "| Contestant | Coverage | Novelty@10 |\n| :-- | --: | --: |\n| forwards | 0.2500 | – |\n| backwards | \
                        **0.5000** | – |\n";
        assert_eq!(table, expected);
    }
}
