//! What the data say about themselves, what to do about it, and the plots to see it.

use super::plots::plots;
use super::readiness::ReadinessMeter;
use crate::domain::DatasetType;
use crate::studio::{GroupView, Insight, Insights, Severity};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::plot::{PlotSpec, plot_ui};
use crate::ui::widgets::{button, card_frame, section};
use egui::{Label, RichText, ScrollArea, Ui, vec2};

const PLOT_HEIGHT: f32 = 190.0;

/// The versions of all datasets: insights look at them together.
type GroupKey = (String, Vec<(DatasetType, u32, i64)>);

#[derive(Default)]
pub(super) struct InsightsTab {
    insights: Loadable<GroupKey, (Insights, Vec<PlotSpec>)>,
    meter: ReadinessMeter,
}

impl InsightsTab {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        let Some(interactions) = group.dataset(DatasetType::Interactions) else {
            let text = "Insights look at interactions: import them first.";
            ui.label(RichText::new(text).color(tokens.color.text_muted));
            return;
        };
        let versions =
            group.datasets.iter().map(|dataset| (dataset.kind, dataset.version, dataset.imported_at));
        let key = (group.name.clone(), versions.collect());
        let (studio, name) = (context.studio.clone(), group.name.clone());
        self.insights.keep(context, key, "analysing", move |job| {
            let insights = studio.analyze(&name, job)?;
            let plots = plots(&insights);
            Ok((insights, plots))
        });
        let data = (group.name.clone(), interactions.kind, interactions.version, interactions.imported_at);
        let has_values = interactions.schema.field("EVENT_VALUE").is_some();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let gap = tokens.space.md;
            let left = 400.0;
            let right = ui.available_width() - left - gap;
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = gap;
                ui.allocate_ui(vec2(left, 0.0), |ui| {
                    ui.vertical(|ui| {
                        section::card(ui, tokens, "Enough to train?", |ui| {
                            self.meter.ui(context, ui, data, has_values);
                        });
                        self.statements_ui(ui, tokens);
                    });
                });
                ui.allocate_ui(vec2(right, 0.0), |ui| {
                    ui.vertical(|ui| self.plots_ui(context, ui));
                });
            });
        });
    }

    fn statements_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let mut again = false;
        section::card_with(
            ui,
            tokens,
            "Insights",
            |ui| again = button::icon(ui, tokens, Icon::Refresh, "Analyse again").clicked(),
            |ui| {
                if let Some(failure) = self.insights.failure() {
                    ui.label(RichText::new(failure).color(tokens.color.error));
                }
                match self.insights.value() {
                    None => {
                        ui.label(RichText::new("Looking at the data...").color(tokens.color.text_muted));
                    }
                    Some((insights, _)) if insights.insights.is_empty() => {
                        ui.horizontal(|ui| {
                            ui.add(Icon::Success.image(16.0, tokens.color.success));
                            ui.label("The data meet every expectation.");
                        });
                    }
                    Some((insights, _)) => {
                        for insight in &insights.insights {
                            insight_ui(ui, tokens, insight);
                        }
                    }
                }
            },
        );
        if again {
            self.insights.stale();
        }
    }

    fn plots_ui(&self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        let Some((_, plots)) = self.insights.value() else { return };
        for plot in plots {
            card_frame(tokens).inner_margin(tokens.space.md).show(ui, |ui| {
                ui.set_width(ui.available_width());
                plot_ui(ui, tokens, context.send, &plot.title, plot, PLOT_HEIGHT);
            });
        }
    }
}

fn insight_ui(ui: &mut Ui, tokens: &Tokens, insight: &Insight) {
    let (icon, tint) = match insight.severity {
        Severity::Error => (Icon::Error, tokens.color.error),
        Severity::Warning => (Icon::Warning, tokens.color.warning),
        Severity::Note => (Icon::Info, tokens.color.accent_text),
    };
    ui.horizontal_top(|ui| {
        ui.add(icon.image(16.0, tint));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add(Label::new(semibold(&insight.statement, tokens.size.body)).wrap());
            ui.add(Label::new(RichText::new(&insight.action).color(tokens.color.text_muted)).wrap());
        });
    });
    ui.add_space(tokens.space.xs);
}
