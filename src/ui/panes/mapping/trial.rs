//! What the mapping makes of the first rows, checked anew whenever it changes.

use super::super::datasets::readiness_ui;
use super::super::drafts::{Draft, about};
use super::edit;
use crate::domain::mapping::Mapping;
use crate::studio::{MappingTrial, ProblemCount, Readiness};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::count_words;
use egui::{Label, RichText, ScrollArea, Ui};
use std::sync::Arc;

#[derive(Default)]
pub(super) struct TrialTab {
    /// `None` where a required field is missing, so that there is nothing to try.
    trial: Loadable<(u64, Mapping), Option<MappingTrial>>,
}

impl TrialTab {
    /// Tries the mapping as it is now, in the background.
    pub(super) fn keep(&mut self, context: &PaneContext<'_>, draft: &Draft) {
        let (studio, source, mapping) = (context.studio.clone(), draft.source.clone(), draft.mapping.clone());
        let sample = Arc::clone(&draft.sample);
        self.trial.keep(context, (draft.id, draft.mapping.clone()), "trying a mapping", move |job| {
            if !edit::missing(&mapping).is_empty() {
                return Ok(None);
            }
            if sample.get().is_none() {
                // Two trials may both read the sample: it is the same.
                let read = studio.sample(&source)?;
                sample.get_or_init(|| read);
            }
            job.check()?;
            let sample = sample.get();
            sample.map(|sample| studio.try_mapping(sample, &source.display_name(), &mapping, job)).transpose()
        });
    }

    /// What the sampled rows give to train on.
    pub(super) fn readiness(&self) -> Option<&Readiness> {
        self.trial.value().and_then(|trial| trial.as_ref()?.readiness.as_ref())
    }

    pub(super) fn ui(&self, ui: &mut Ui, tokens: &Tokens) {
        ScrollArea::vertical().id_salt("check").auto_shrink([false, false]).show(ui, |ui| {
            if let Some(failure) = self.trial.failure() {
                ui.add(Label::new(RichText::new(failure).color(tokens.color.error)).wrap());
                return;
            }
            match self.trial.value() {
                None => {
                    ui.label(RichText::new("Trying it on the first rows...").color(tokens.color.text_muted));
                }
                Some(None) => {
                    let text = "Choose the columns of the required fields: they are marked red.";
                    ui.add(Label::new(RichText::new(text).color(tokens.color.text_muted)).wrap());
                }
                Some(Some(trial)) => trial_ui(ui, tokens, trial),
            }
        });
    }
}

fn trial_ui(ui: &mut Ui, tokens: &Tokens, trial: &MappingTrial) {
    let (rows, accepted) = (count_words(trial.rows), count_words(trial.accepted));
    let whole = if trial.estimated_rows > trial.rows {
        format!(" (of {} in the file)", about(trial.estimated_rows))
    } else {
        String::new()
    };
    let is_whole = trial.rows == trial.accepted;
    ui.horizontal(|ui| {
        let (icon, tint) = if is_whole {
            (Icon::Success, tokens.color.success)
        } else {
            (Icon::Warning, tokens.color.warning)
        };
        ui.add(icon.image(16.0, tint));
        ui.add(Label::new(format!("{accepted} of the first {rows} rows{whole} would be taken over")).wrap());
    });
    for problem in &trial.problems {
        problem_ui(ui, tokens, problem);
    }
    for warning in &trial.warnings {
        ui.add(Label::new(RichText::new(warning).color(tokens.color.warning)).wrap());
    }
    if let Some(readiness) = &trial.readiness {
        ui.add_space(tokens.space.xs);
        ui.label(semibold("Enough to train, from these rows alone?", tokens.size.body));
        readiness_ui(ui, tokens, readiness);
    }
}

fn problem_ui(ui: &mut Ui, tokens: &Tokens, problem: &ProblemCount) {
    let place =
        if problem.column.is_empty() { String::new() } else { format!(", column {}", problem.column) };
    let rows =
        if problem.rows == 1 { "1 row".to_owned() } else { format!("{} rows", count_words(problem.rows)) };
    let text = format!("{rows}{place}: {}", problem.rule.message());
    ui.add(Label::new(RichText::new(text).color(tokens.color.warning)).wrap())
        .on_hover_text(problem.example.to_string());
}
