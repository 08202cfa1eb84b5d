//! Versions by metrics: the best of each column marked, intervals and definitions on hover.

use crate::domain::metric::Better;
use crate::studio::{EvaluationRow, EvaluationView, MetricAt, headline};
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::count_words;
use egui::{Align, Button, Label, Layout, RichText, Ui, vec2};
use std::collections::BTreeSet;

const TICK: f32 = 24.0;
const NAME: f32 = 190.0;
const SECOND_READING: &str = " over hits";

/// The rows in the order of a metric, the best first; in their own order without one.
pub(super) fn sorted<'a>(view: &'a EvaluationView, metric: Option<&str>) -> Vec<&'a EvaluationRow> {
    let mut rows: Vec<&'a EvaluationRow> = view.results.iter().collect();
    if let Some(metric) = metric.and_then(MetricAt::parse) {
        let key = metric.key();
        let value = |row: &EvaluationRow| row.metrics.get(&key).copied().unwrap_or(f64::NEG_INFINITY);
        rows.sort_by(|a, b| {
            let order = value(b).total_cmp(&value(a));
            if metric.metric.spec.better == Better::Lower { order.reverse() } else { order }
        });
    }
    rows
}

/// The best value of a metric over the rows.
fn best(rows: &[&EvaluationRow], metric: MetricAt) -> Option<f64> {
    let key = metric.key();
    let values = rows.iter().filter_map(|row| row.metrics.get(&key).copied());
    values.reduce(|a, b| if (a > b) == (metric.metric.spec.better != Better::Lower) { a } else { b })
}

pub(super) fn table_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    rows: &[&EvaluationRow],
    hidden: &mut BTreeSet<String>,
    sort: &mut Option<String>,
) {
    let specs = headline();
    let best: Vec<Option<f64>> = specs.iter().map(|&spec| best(rows, spec)).collect();
    ui.spacing_mut().item_spacing = vec2(tokens.space.xs, 2.0);
    let gaps = (specs.len() + 2) as f32 * tokens.space.xs;
    let width = ((ui.available_width() - TICK - NAME - gaps) / specs.len() as f32).max(52.0);
    egui::ScrollArea::horizontal().auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.allocate_space(vec2(TICK + NAME + tokens.space.xs, tokens.row_height));
            for &spec in &specs {
                head_ui(ui, tokens, spec, width, sort);
            }
        });
        for row in rows {
            ui.separator();
            ui.horizontal(|ui| {
                name_ui(ui, tokens, row, hidden);
                for (&spec, best) in specs.iter().zip(&best) {
                    value_ui(ui, tokens, row, spec, *best, width);
                }
            });
        }
    });
}

/// A heading in two lines: the metric and how deep it looks.
fn head_ui(ui: &mut Ui, tokens: &Tokens, spec: MetricAt, width: f32, sort: &mut Option<String>) {
    let is_sorted = sort.as_deref() == Some(spec.key().as_str());
    let ink = if is_sorted { tokens.color.accent_text } else { tokens.color.text_muted };
    let text = RichText::new(short_title(spec)).size(tokens.size.small).color(ink);
    let button = Button::new(text).frame(false).min_size(vec2(width, 34.0)).wrap();
    let size = vec2(width, 36.0);
    let layout = Layout::centered_and_justified(egui::Direction::TopDown);
    let response = ui.allocate_ui_with_layout(size, layout, |ui| ui.add(button)).inner;
    response
        .ctx
        .accesskit_node_builder(response.id, |node| node.set_label(format!("Sort by {}", spec.title())));
    let definition = format!(
        "{} ({})\n{}\n{}",
        spec.title(),
        spec.key(),
        spec.metric.spec.definition,
        spec.metric.spec.formula
    );
    if response.on_hover_text(definition).clicked() {
        *sort = if is_sorted { None } else { Some(spec.key()) };
    }
}

/// `Precision@5` as two short lines; the second reading says so in its second.
fn short_title(spec: MetricAt) -> String {
    let title = spec.title();
    match title.strip_suffix(SECOND_READING) {
        Some(title) => format!("{title}\n{}", SECOND_READING.trim_start()),
        None => title.replace('@', "\n@"),
    }
}

fn name_ui(ui: &mut Ui, tokens: &Tokens, row: &EvaluationRow, hidden: &mut BTreeSet<String>) {
    let mut is_shown = !hidden.contains(&row.name);
    let size = vec2(TICK, tokens.row_height);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(TICK);
        let response = ui.checkbox(&mut is_shown, "");
        let name = format!("Show {} in the plot", row.name);
        response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
        if response.on_hover_text(&name).changed() && !hidden.remove(&row.name) {
            hidden.insert(row.name.clone());
        }
    });
    let size = vec2(NAME, tokens.row_height);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(NAME);
        let hover = format!("{}, of the recipe {}", row.name, row.recipe);
        ui.add(Label::new(&row.name).truncate()).on_hover_text(hover);
    });
}

fn value_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    row: &EvaluationRow,
    spec: MetricAt,
    best: Option<f64>,
    width: f32,
) {
    let size = vec2(width, tokens.row_height);
    ui.allocate_ui_with_layout(size, Layout::centered_and_justified(egui::Direction::LeftToRight), |ui| {
        let Some(&value) = row.metrics.get(&spec.key()) else {
            ui.label(RichText::new("none").color(tokens.color.text_faint));
            return;
        };
        let words = format!("{value:.4}");
        let is_best = best.is_some_and(|best| best.to_bits() == value.to_bits()) && value > 0.0;
        let text = if is_best {
            semibold(words, tokens.size.body).color(tokens.color.success)
        } else {
            RichText::new(words)
        };
        let response = ui.label(text);
        let mut lines = vec![format!("{} of {}: {value:.6}", spec.title(), row.name)];
        if let Some((low, high)) = row.intervals.get(&spec.key()) {
            lines.push(format!("95 % interval {low:.4} to {high:.4}, over {} users", count_words(row.users)));
        }
        if is_best {
            lines.push("The best of this column".to_owned());
        }
        response.on_hover_text(lines.join("\n"));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::split::SplitSpec;
    use crate::studio::TestSetView;
    use std::collections::BTreeMap;

    fn view(values: &[(&str, f64)]) -> EvaluationView {
        let row = |(name, value): &(&str, f64)| EvaluationRow {
            name: (*name).to_owned(),
            recipe: "ease".to_owned(),
            metrics: [("coverage".to_owned(), *value)].into(),
            intervals: BTreeMap::new(),
            users: 1,
        };
        EvaluationView {
            split: TestSetView {
                spec: SplitSpec::default(),
                users: 1,
                skipped_users: 0,
                training_rows: 1,
                truth_items: 1,
                created_at: 0,
                active: true,
                current: true,
            },
            exclude_seen: false,
            results: values.iter().map(row).collect(),
            notes: Vec::new(),
            lab: std::sync::Arc::default(),
            segmentations: std::sync::Arc::default(),
        }
    }

    #[test]
    fn the_best_comes_first_and_is_marked() {
        let view = view(&[("a/1", 0.2), ("b/1", 0.4), ("c/1", 0.3)]);
        let names = |metric| sorted(&view, metric).iter().map(|row| row.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(None), ["a/1", "b/1", "c/1"]);
        assert_eq!(names(Some("coverage")), ["b/1", "c/1", "a/1"]);
        let spec = MetricAt::parse("coverage").unwrap();
        assert_eq!(best(&sorted(&view, None), spec), Some(0.4));
    }
}
