//! The comparison as a file for others: one HTML page that holds everything, plots too, or a table in Markdown.

mod html;
mod markdown;

use super::cast::Cast;
use super::family::Family;
use super::findings::Found;
use super::{how_words, learning, segments, test_set_words};
use crate::jobs::JobContext;
use crate::studio::{
    CAVEATS, EvaluateRequest, EvaluationView, GroupView, Lab, MetricAt, Pair, RunView, Studio, headline,
};
use crate::ui::theme::Tokens;
use crate::ui::widgets::count_words;
use crate::ui::widgets::plot::{Logs, PlotSpec, to_svg};
use anyhow::Result;
use html::{Page, bold_if};
pub(super) use markdown::markdown;

/// What a report is made of.
pub(super) struct Report<'a> {
    pub(super) view: &'a EvaluationView,
    pub(super) runs: &'a [RunView],
    pub(super) group: &'a GroupView,
    /// The metric that plots and verdict are of.
    pub(super) metric: MetricAt,
}

/// Takes the comparison anew and writes it as a page.
pub(super) fn make(
    studio: &Studio,
    group: &GroupView,
    exclude_seen: bool,
    metric: MetricAt,
) -> Result<String> {
    let request = EvaluateRequest {
        group: group.name.clone(),
        exclude_seen,
        metrics: Family::all_metrics().into_iter().chain([metric]).collect(),
        ..EvaluateRequest::default()
    };
    let view = studio.evaluate(&request, &JobContext::default())?;
    let runs = studio.runs(&group.name)?;
    Ok(Report { view: &view, runs: &runs, group, metric }.page(&Tokens::light()?))
}

impl Report<'_> {
    fn page(&self, tokens: &Tokens) -> String {
        let cast = Cast::of(self.view, self.runs);
        let lab = cast.lab(&self.view.lab);
        let found = Found::of(&lab, cast.clone(), self.metric);
        let reading = if self.view.exclude_seen { "without seen items" } else { "with seen items" };
        let mut page = Page::new(&format!("{}: which recipe is best?", self.group.name));
        page.text(&test_set_words(self.view));
        page.text(&format!("Metrics are read {reading}."));
        if let Some(verdict) = &found.verdict {
            page.strong(&verdict.sentence);
        }
        self.metrics(&mut page, &cast);
        let draw = |page: &mut Page, spec: &PlotSpec| {
            page.figure(&spec.title, &to_svg(spec, Logs::default(), tokens));
        };
        draw(&mut page, &Family::of(self.metric).plot(self.view, cast.roles()));
        draw(&mut page, &found.curves());
        draw(&mut page, &found.price());
        if let Some(lifts) = found.lifts() {
            draw(&mut page, &lifts);
        }
        page.heading("For whom");
        for chosen in 0..self.view.segmentations.len() {
            let rows = segments::rows(&lab, &self.view.segmentations[chosen], self.metric);
            let heat = segments::heat(self.view, &cast, self.metric, chosen, &rows);
            if let Some(heat) = heat {
                draw(&mut page, &heat);
            }
        }
        if let Some(verdict) = &found.verdict {
            differences(&mut page, &lab, self.metric, &verdict.pairs);
        }
        let learned = learning::plots(self.group, &cast);
        if !learned.is_empty() {
            page.heading("How they learned");
            for spec in &learned {
                draw(&mut page, spec);
            }
        }
        self.provenance(&mut page, &cast);
        definitions(&mut page);
        page.finish()
    }

    /// Every headline metric of every contestant, with its interval.
    fn metrics(&self, page: &mut Page, cast: &Cast) {
        page.heading("Metrics");
        let metrics = headline();
        let titles = metrics.iter().map(|metric| metric.title());
        let head: Vec<String> =
            ["Contestant".to_owned(), "Recipe".to_owned()].into_iter().chain(titles).collect();
        let best = markdown::best(self.view, cast, &metrics);
        let rows = cast.roles().iter().map(|role| {
            let row = &self.view.results[role.place];
            let cells = metrics.iter().zip(&best).map(|(metric, best)| {
                let key = metric.key();
                let Some(&value) = row.metrics.get(&key) else { return "–".to_owned() };
                let words = bold_if(*best == Some(value), &format!("{value:.4}"));
                match row.intervals.get(&key) {
                    Some((low, high)) => format!("{words}<br><small>{low:.4} to {high:.4}</small>"),
                    None => words,
                }
            });
            let names = [html::escaped(&role.title), html::escaped(&row.recipe)];
            names.into_iter().chain(cells).collect::<Vec<_>>()
        });
        page.table(&head, rows);
        page.text("Small: 95 % intervals over users. Bold: the best of a column.");
        for note in &self.view.notes {
            page.text(note);
        }
    }

    /// What each run is: so that anyone can train it again.
    fn provenance(&self, page: &mut Page, cast: &Cast) {
        page.heading("Why each is what it is");
        let head = ["Contestant", "Test set", "Data", "Program", "Seed", "Parameters set", "Seconds"];
        let rows = cast.roles().iter().filter_map(|role| {
            let run = self.runs.iter().find(|run| run.name == role.name)?;
            let set = run.parameters.iter().filter(|parameter| parameter.is_set());
            let set: Vec<String> =
                set.map(|parameter| format!("{} = {}", parameter.name, parameter.value)).collect();
            let unknown = || "not recorded".to_owned();
            let cells = [
                role.title.clone(),
                run.test_set.clone(),
                run.data.clone().unwrap_or_else(unknown),
                run.program.clone().unwrap_or_else(unknown),
                run.seed.to_string(),
                if set.is_empty() { "defaults".to_owned() } else { set.join(", ") },
                format!("{:.2}", run.seconds),
            ];
            Some(cells.iter().map(|cell| html::escaped(cell)).collect())
        });
        page.table(&head.map(str::to_owned), rows);
        page.text(&format!("Test set: {}.", how_words(&self.view.split.spec)));
    }
}

fn definitions(page: &mut Page) {
    page.heading("What the metrics mean");
    let rows = Family::all().map(|family| {
        let spec = family.metric().spec;
        [spec.title, spec.definition, spec.formula].map(html::escaped).to_vec()
    });
    page.table(&["Metric", "Definition", "Formula"].map(str::to_owned), rows);
    page.heading("What the numbers do not say");
    for caveat in CAVEATS {
        page.text(&format!("{}. {}", caveat.title, caveat.text));
    }
}

/// All pairs, the clear ones first.
fn differences(page: &mut Page, lab: &Lab, metric: MetricAt, pairs: &[Pair]) {
    if pairs.is_empty() {
        return;
    }
    page.heading(&format!("Differences in {}", metric.title()));
    let mut pairs: Vec<&Pair> = pairs.iter().collect();
    pairs.sort_by(|a, b| a.adjusted.total_cmp(&b.adjusted));
    let name = |place: usize| html::escaped(&lab.contestants[place].name);
    let rows = pairs.iter().map(|pair| {
        vec![
            name(pair.first),
            name(pair.second),
            bold_if(pair.is_clear(), &format!("{:+.4}", pair.difference)),
            format!("{:+.4} to {:+.4}", pair.interval.0, pair.interval.1),
            format!("{:.4}", pair.p_value),
            format!("{:.4}", pair.adjusted),
        ]
    });
    let head = ["First", "Second", "Difference", "95 % interval", "p", "p after Holm"];
    page.table(&head.map(str::to_owned), rows);
    let words = format!(
        "Paired over users; bold where {} differences taken together leave less than 5 % for luck.",
        count_words(pairs.len() as u64)
    );
    page.text(&words);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::toy;

    #[test]
    fn a_report_is_one_file_that_asks_for_nothing_else() {
        let mut view = toy::view();
        view.results[1].name = "a <b> & \"c\"".to_owned();
        let group = toy::group();
        let metric = MetricAt::parse("normalized_discounted_cumulative_gain_at_10").unwrap();
        let report = Report { view: &view, runs: &[], group: &group, metric };
        let page = report.page(&Tokens::light().unwrap());
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        assert!(page.contains("a &lt;b&gt; &amp; &quot;c&quot;") && !page.contains("a <b>"));
        // Bars, curves, price, lift, and the one way to group.
        assert_eq!(page.matches("<svg").count(), 5);
        for outside in ["src=", "href=", "url(http", "<script", "@import"] {
            assert!(!page.contains(outside), "{outside}");
        }
        let value = view.results[0].metrics[&metric.key()];
        assert!(page.contains(&format!("{value:.4}")));
    }
}
