//! What the metadata are worth to a version, column by column, and the same version without what is worth nothing.

use super::cast::Cast;
use crate::domain::{DatasetType, Status};
use crate::studio::{GroupView, MetricAt, VersionView, Worth, recipe};
use crate::ui::jobs::{Ended, Lane, Summary, Ticket};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::widgets::plot::{self, Axis, Marks, PlotSpec, Series};
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{button, section};
use egui::{ComboBox, Label, RichText, Ui};

const PLOT: f32 = 260.0;

/// What was measured, and of what.
struct Measured {
    version: String,
    metric: MetricAt,
    exclude_seen: bool,
    worths: Vec<Worth>,
}

/// The card.
#[derive(Default)]
pub(super) struct WorthForm {
    chosen: Option<String>,
    asked: Option<(Ticket<Vec<Worth>>, String, MetricAt, bool)>,
    measured: Option<Measured>,
}

/// Whether a version reads metadata, as far as its recipe says.
fn reads_metadata(version: &VersionView) -> bool {
    let reads = |dataset| recipe(&version.recipe).is_ok_and(|recipe| recipe.reads_metadata_of(dataset));
    version.status == Status::Active
        && version.comparable
        && version.updates.is_none()
        && DatasetType::ALL.into_iter().any(reads)
}

impl WorthForm {
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        cast: &Cast,
        metric: MetricAt,
        exclude_seen: bool,
    ) {
        let tokens = context.tokens;
        self.collect();
        let versions = group.solutions.iter().flat_map(|solution| &solution.versions);
        let versions: Vec<&str> =
            versions.filter(|version| reads_metadata(version)).map(|version| version.name.as_str()).collect();
        section::card(ui, tokens, "What are the metadata worth?", |ui| {
            if versions.is_empty() {
                let words = "Needs a version of a recipe that reads metadata, such as HRNN-Metadata or \
                             User-Personalization, trained for the group's test set.";
                ui.add(Label::new(RichText::new(words).color(tokens.color.text_muted)).wrap());
                return;
            }
            self.chosen.take_if(|name| !versions.contains(&name.as_str()));
            let chosen = self.chosen.get_or_insert_with(|| versions[versions.len() - 1].to_owned());
            let title =
                |name: &str| cast.find(name).map_or_else(|| name.to_owned(), |role| role.title.clone());
            ui.horizontal_wrapped(|ui| {
                let combo = ComboBox::from_id_salt("worth of").width(220.0).truncate();
                let response = combo.selected_text(title(chosen)).show_ui(ui, |ui| {
                    for name in &versions {
                        if ui.selectable_label(chosen == name, title(name)).clicked() {
                            (*name).clone_into(chosen);
                        }
                    }
                });
                name_field(&response.response, "Version whose metadata are weighed");
                let allowed = match (&self.asked, metric.is_per_user()) {
                    (Some(_), _) => Err("It is being measured"),
                    (None, false) => Err("This metric has no value per user; choose another above"),
                    (None, true) => Ok(()),
                };
                if button::plain_enabled(ui, tokens, "Measure", allowed).clicked() {
                    let (studio, group, version) =
                        (context.studio.clone(), group.name.clone(), chosen.clone());
                    let title = format!("Weighing the metadata of {version}");
                    let work = move |job: &crate::jobs::JobContext| {
                        studio.worth(&group, &version, metric, exclude_seen, job)
                    };
                    let ticket = context.send.job(title, Lane::Free, work, |worths| {
                        let useful = worths.iter().filter(|worth| worth.is_useful()).count();
                        Summary::new(format!("{useful} of {} columns are useful", worths.len()))
                            .open(PaneKind::Evaluation)
                    });
                    self.asked = Some((ticket, chosen.clone(), metric, exclude_seen));
                }
                if self.asked.is_some() {
                    ui.spinner();
                }
            });
            let words = "The values of one column after the other are dealt out anew, five times; what the metric then loses \
                         is what the column is worth to this version.";
            ui.add(
                Label::new(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted))
                    .wrap(),
            );
            if let Some(measured) = &self.measured {
                measured_ui(context, ui, group, measured);
            }
        });
    }

    fn collect(&mut self) {
        let Some((ticket, version, metric, exclude_seen)) = self.asked.take() else { return };
        match ticket.take() {
            None => self.asked = Some((ticket, version, metric, exclude_seen)),
            Some(Ended::Done(worths)) => {
                self.measured = Some(Measured { version, metric, exclude_seen, worths });
            }
            // The shell tells of failures.
            Some(Ended::Failed(_) | Ended::Cancelled) => {}
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn measured_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, measured: &Measured) {
    let tokens = context.tokens;
    let spec = plot(measured);
    plot::plot_ui(ui, tokens, context.send, "worth", &spec, PLOT);
    let useless: Vec<String> =
        measured.worths.iter().filter(|worth| !worth.is_useful()).map(|worth| worth.column.clone()).collect();
    ui.add(Label::new(sentence(measured)).wrap());
    if useless.is_empty() {
        return;
    }
    let allowed = if context.is_read_only() { Err("The project is open for reading only") } else { Ok(()) };
    let response = button::plain_enabled(ui, tokens, "Keep the useful ones", allowed);
    let hint = format!("Trains another version without {}", useless.join(", "));
    if response.on_hover_text(hint).clicked() {
        let (studio, group, version) = (context.studio.clone(), group.name.clone(), measured.version.clone());
        let title = format!("Training {version} without {} columns", useless.len());
        let work = move |job: &crate::jobs::JobContext| studio.train_without(&group, &version, &useless, job);
        // The new version is the result; the shell tells of it.
        drop(context.send.job(title, Lane::Training, work, |version| {
            Summary::new(format!("{} is trained", version.name)).open(PaneKind::Evaluation)
        }));
    }
}

/// What each column is worth, with its interval.
fn plot(measured: &Measured) -> PlotSpec {
    let Measured { version, metric, exclude_seen, worths } = measured;
    let values = worths.iter().map(|worth| worth.loss);
    let intervals = worths.iter().map(|worth| worth.interval).collect();
    let reading = if *exclude_seen { ", without seen items" } else { "" };
    PlotSpec {
        title: format!("Worth to {version}: loss of {}{reading}", metric.title()),
        x: Axis::categories("Column", worths.iter().map(|worth| worth.column.as_str())),
        y: Axis::number(format!("Loss of {}", metric.title())),
        series: vec![Series::of_values("Loss", Marks::Bars, values).intervals(intervals)],
    }
}

/// Which columns are worth anything.
fn sentence(measured: &Measured) -> String {
    let names = |is_useful: bool| {
        let of = measured.worths.iter().filter(|worth| worth.is_useful() == is_useful);
        of.map(|worth| worth.column.as_str()).collect::<Vec<_>>().join(", ")
    };
    match (names(true), names(false)) {
        (useful, useless) if useful.is_empty() => {
            format!("None is worth more than luck would make it: {useless}.")
        }
        (useful, useless) if useless.is_empty() => format!("All are worth something: {useful}."),
        (useful, useless) => {
            format!("Worth something: {useful}. Worth no more than luck would make it: {useless}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_says_which_are_worth_keeping() {
        let worth = |column: &str, loss: f64, low: f64| Worth {
            column: column.to_owned(),
            loss,
            interval: (low, 2.0 * loss - low),
        };
        let measured = |worths| Measured {
            version: "a/1".to_owned(),
            metric: MetricAt::parse("precision_at_5").unwrap(),
            exclude_seen: false,
            worths,
        };
        let both = measured(vec![worth("Items.GENRES", 0.02, 0.01), worth("Users.AGE", 0.001, -0.004)]);
        assert_eq!(
            sentence(&both),
            "Worth something: Items.GENRES. Worth no more than luck would make it: Users.AGE."
        );
        let plot = plot(&both);
        assert_eq!(plot.series[0].points, [[0.0, 0.02], [1.0, 0.001]]);
        assert_eq!(plot.series[0].intervals[0], (0.01, 0.03));
        let none = measured(vec![worth("Users.AGE", 0.001, -0.004)]);
        assert_eq!(sentence(&none), "None is worth more than luck would make it: Users.AGE.");
    }
}
