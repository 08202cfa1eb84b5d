//! What recorded events come to, by what they are put down to: metrics, a table, a plot, and the service's file.

use super::super::moments::utc_words;
use crate::domain::attribution::{MAX_METRICS, WINDOW_SECS};
use crate::studio::{Attribution, AttributionMetric, GroupView};
use crate::ui::action::Action;
use crate::ui::file_picker::{FileKind, PickKind, PickRequest};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Icon;
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series, plot_ui};
use crate::ui::widgets::{button, grouped, search_field::name_field, section};
use egui::{Grid, RichText, TextEdit, Ui};
use std::collections::BTreeMap;

const HEIGHT: f32 = 180.0;

#[derive(Default)]
pub(super) struct AttributionCard {
    found: Loadable<(String, u64), Attribution>,
    name: String,
    event_type: String,
    expression: String,
}

impl AttributionCard {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let (studio, name) = (context.studio.clone(), group.name.clone());
        let key = (group.name.clone(), context.studio.revision());
        self.found.keep(context, key, "adding events up", move |_| studio.attribution(&name));
        section::card(ui, context.tokens, "Attribution", |ui| self.card_ui(context, ui, group));
    }

    fn card_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        let muted = |text: &str| RichText::new(text.to_owned()).color(tokens.color.text_muted);
        if let Some(failure) = self.found.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
        }
        let found = self.found.value();
        let count = found.map_or(0, |found| found.metrics.len());
        if count == 0 {
            ui.label(muted(
                "What recorded events come to, for each campaign that led to them. Add a metric to see it.",
            ));
        }
        if let Some(found) = found.filter(|found| !found.metrics.is_empty()) {
            metrics_ui(context, ui, group, found);
        }
        if context.is_read_only() || count >= MAX_METRICS {
            return;
        }
        ui.add_space(tokens.space.xs);
        ui.horizontal(|ui| {
            let field = |ui: &mut Ui, name: &str, hint: &str, width: f32, text: &mut String| {
                let field = TextEdit::singleline(text)
                    .hint_text(RichText::new(hint).color(tokens.color.text_faint))
                    .desired_width(width)
                    .min_size(egui::vec2(0.0, tokens.control_height))
                    .align(egui::Align2::LEFT_CENTER);
                name_field(&ui.add(field), name);
            };
            field(ui, "Name of the metric", "Name", 130.0, &mut self.name);
            field(ui, "Event type of the metric", "Event type", 130.0, &mut self.event_type);
            field(
                ui,
                "Expression of the metric",
                "SUM(Items.PRICE) or SAMPLECOUNT()",
                320.0,
                &mut self.expression,
            );
            let metric = AttributionMetric {
                metric_name: self.name.trim().to_owned(),
                event_type: self.event_type.trim().to_owned(),
                expression: self.expression.trim().to_owned(),
            };
            let is_whole = [&metric.metric_name, &metric.event_type, &metric.expression]
                .into_iter()
                .all(|text| !text.is_empty());
            let enabled = if is_whole { Ok(()) } else { Err("Fill in all three fields") };
            if button::plain_enabled(ui, tokens, "Add the metric", enabled).clicked() {
                let group = group.name.clone();
                context.send.change("Adding the metric", move |studio| {
                    studio.put_metric(&group, &metric)?;
                    Ok(None)
                });
            }
        });
    }
}

/// The metrics with their totals, the plot, and the way to the file.
fn metrics_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, found: &Attribution) {
    let tokens = context.tokens;
    let muted = |text: &str| RichText::new(text.to_owned()).color(tokens.color.text_muted);
    Grid::new("attribution").num_columns(5).spacing([tokens.space.xl, tokens.space.xs]).show(ui, |ui| {
        for head in ["Metric", "Of events", "Source", "Value", ""] {
            ui.label(muted(head));
        }
        ui.end_row();
        for metric in &found.metrics {
            let name = &metric.metric_name;
            let totals = found.totals(name);
            let rows = totals.len().max(1);
            for at in 0..rows {
                if at == 0 {
                    ui.label(name).on_hover_text(&metric.expression);
                    ui.label(&metric.event_type);
                } else {
                    ui.label("");
                    ui.label("");
                }
                if let Some((source, value)) = totals.get(at) {
                    ui.label(source);
                    ui.label(grouped(&format!("{value:.2}")));
                } else {
                    ui.label(muted("no event yet"));
                    ui.label("");
                }
                let can_remove = at == 0 && !context.is_read_only();
                if can_remove
                    && button::icon(ui, tokens, Icon::Trash, &format!("Remove the metric {name}")).clicked()
                {
                    let (group, name) = (group.name.clone(), name.clone());
                    context.send.change("Removing the metric", move |studio| {
                        studio.delete_metric(&group, &name)?;
                        Ok(None)
                    });
                }
                ui.end_row();
            }
        }
    });
    if found.rows.is_empty() {
        return;
    }
    let spec = PlotSpec {
        title: "Attribution".to_owned(),
        x: Axis::time("Quarter of an hour"),
        y: Axis::number("Value so far"),
        series: series_of(found),
    };
    plot_ui(ui, tokens, context.send, "attribution", &spec, HEIGHT);
    if button::plain(ui, tokens, "Save as CSV...").clicked() {
        let newest = found.rows.iter().map(|row| row.time).max().unwrap_or_default();
        let moment = utc_words(newest).replace([':', ','], "");
        let suggested = format!("AggregatedAttributionMetrics - PutEvents - {moment}.csv");
        let csv = found.csv();
        context.send.send(Action::Pick(PickRequest {
            then: Box::new(move |paths| {
                let path = paths.into_iter().next()?;
                Some(Action::Write { path, make: Box::new(move || Ok(csv.into_bytes())) })
            }),
            ..PickRequest::new(
                "Save the attribution",
                PickKind::SaveFile { suggested },
                vec![FileKind::new("CSV", &["csv"])],
            )
        }));
    }
}

/// A line for each metric and source: what it has come to by the end of each quarter, from nothing before the first.
fn series_of(found: &Attribution) -> Vec<Series> {
    let mut lines: BTreeMap<(&str, &str), Vec<[f64; 2]>> = BTreeMap::new();
    for row in &found.rows {
        let line = lines.entry((&row.metric, &row.source)).or_insert_with(|| vec![[row.time as f64, 0.0]]);
        let before = line.last().map_or(0.0, |point| point[1]);
        line.push([(row.time + WINDOW_SECS) as f64, before + row.value]);
    }
    let name = |metric: &str, source: &str| format!("{metric}, {source}");
    lines
        .into_iter()
        .map(|((metric, source), points)| Series::new(name(metric, source), Marks::Line, points))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::AttributionRow;

    #[test]
    fn a_line_rises_from_nothing_quarter_by_quarter() {
        let row = |time, value| AttributionRow {
            metric: "revenue".to_owned(),
            source: "c".to_owned(),
            time,
            value,
        };
        let rows = vec![row(0, 2.0), row(1_800, 3.0)];
        let series = series_of(&Attribution { rows, ..Attribution::default() });
        assert_eq!(series.len(), 1);
        assert_eq!(series[0].points, [[0.0, 0.0], [900.0, 2.0], [2_700.0, 5.0]]);
    }
}
