//! Two versions over the same users: what one does better, in a sentence.

use super::active_versions;
use crate::studio::{Difference, GroupView, MetricAt, headline};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{count_words, section};
use egui::{ComboBox, RichText, Ui};

/// The metric shown at first.
const FIRST: &str = "normalized_discounted_cumulative_gain_at_10";

/// Group, first version, second version, without seen items, and when the versions were made.
type CompareKey = (String, String, String, bool, Vec<i64>);

pub(super) struct DifferenceForm {
    first: Option<String>,
    second: Option<String>,
    metric: String,
    found: Loadable<CompareKey, Vec<Difference>>,
}

impl Default for DifferenceForm {
    fn default() -> Self {
        Self { first: None, second: None, metric: FIRST.to_owned(), found: Loadable::default() }
    }
}

impl DifferenceForm {
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        exclude_seen: bool,
    ) {
        let tokens = context.tokens;
        let names: Vec<&str> =
            active_versions(group).filter(|(_, comparable)| *comparable).map(|(name, _)| name).collect();
        section::card(ui, tokens, "Two versions, user by user", |ui| {
            if names.len() < 2 {
                let words = "Needs two versions trained for the group's test set.";
                ui.label(RichText::new(words).color(tokens.color.text_muted));
                return;
            }
            // One that was deleted, or stopped comparing, is chosen no more.
            for chosen in [&mut self.first, &mut self.second] {
                chosen.take_if(|name| !names.contains(&name.as_str()));
            }
            let first = self.first.get_or_insert_with(|| names[names.len() - 1].to_owned()).clone();
            let other = names.iter().find(|name| **name != first).unwrap_or(&names[0]);
            let second = self.second.get_or_insert_with(|| (*other).to_owned()).clone();
            ui.horizontal_wrapped(|ui| {
                version_ui(ui, "First version", &names, &mut self.first);
                ui.label(RichText::new("against").color(tokens.color.text_muted));
                version_ui(ui, "Second version", &names, &mut self.second);
                ui.label(RichText::new("by").color(tokens.color.text_muted));
                self.metric_ui(ui);
            });
            if first == second {
                let words = "The same version twice; choose another one to see a difference.";
                ui.label(RichText::new(words).color(tokens.color.text_muted));
                return;
            }
            self.look(context, group, (first.clone(), second.clone()), exclude_seen);
            if let Some(failure) = self.found.failure() {
                ui.label(RichText::new(failure).color(tokens.color.error));
            } else if let Some(found) =
                self.found.value().and_then(|found| found.iter().find(|found| found.metric == self.metric))
            {
                sentence_ui(ui, tokens, found, &first, &second);
            }
        });
    }

    fn look(
        &mut self,
        context: &PaneContext<'_>,
        group: &GroupView,
        (first, second): (String, String),
        exclude_seen: bool,
    ) {
        let made = [&first, &second].map(|name| group.version(name).map_or(0, |version| version.created_at));
        let name = group.name.clone();
        let key = (name.clone(), first.clone(), second.clone(), exclude_seen, made.to_vec());
        let studio = context.studio.clone();
        self.found.keep(context, key, "comparing two versions", move |_| {
            studio.compare(&name, &first, &second, exclude_seen)
        });
    }

    fn metric_ui(&mut self, ui: &mut Ui) {
        let title = MetricAt::parse(&self.metric).map_or_else(String::new, MetricAt::title);
        let combo = ComboBox::from_id_salt("metric").width(150.0).selected_text(title);
        let response = combo.show_ui(ui, |ui| {
            // Coverage is one number of all lists: it has no user to pair.
            for metric in headline().into_iter().filter(|metric| metric.is_per_user()) {
                if ui.selectable_label(self.metric == metric.key(), metric.title()).clicked() {
                    self.metric = metric.key();
                }
            }
        });
        name_field(&response.response, "Compared metric");
    }
}

fn version_ui(ui: &mut Ui, name: &str, versions: &[&str], chosen: &mut Option<String>) {
    let combo = ComboBox::from_id_salt(name).width(200.0).truncate();
    let response = combo.selected_text(chosen.as_deref().unwrap_or("")).show_ui(ui, |ui| {
        for version in versions {
            if ui.selectable_label(chosen.as_deref() == Some(*version), *version).clicked() {
                *chosen = Some((*version).to_owned());
            }
        }
    });
    name_field(&response.response, name);
}

fn sentence_ui(ui: &mut Ui, tokens: &Tokens, found: &Difference, first: &str, second: &str) {
    let ink = match (found.is_clear(), found.difference > 0.0) {
        (false, _) => tokens.color.text_muted,
        (true, true) => tokens.color.success,
        (true, false) => tokens.color.warning,
    };
    ui.label(RichText::new(sentence(found, first, second)).color(ink));
}

/// `ease/1 has 0.0510 where sims/1 has 0.0400: higher by 0.0110 (95 % interval 0.0050 to 0.0170). ...`
fn sentence(found: &Difference, first: &str, second: &str) -> String {
    let (low, high) = found.interval;
    let verdict = match (found.is_clear(), found.difference > 0.0) {
        (false, _) => "The interval holds zero: it may be luck.".to_owned(),
        (true, true) => format!("{first} is clearly better."),
        (true, false) => format!("{second} is clearly better."),
    };
    let way = if found.difference < 0.0 { "lower" } else { "higher" };
    let better = count_words(found.first_better as u64);
    let worse = count_words(found.second_better as u64);
    format!(
        "{first} has {:.4} where {second} has {:.4}: {way} by {:.4} (95 % interval of the difference {low:.4} to \
         {high:.4}). Better for {better} users, worse for {worse}, the same for the rest. {verdict}",
        found.first,
        found.second,
        found.difference.abs(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_reads_as_a_sentence() {
        let found = Difference {
            metric: FIRST.to_owned(),
            first: 0.04,
            second: 0.05,
            difference: -0.01,
            interval: (-0.02, -0.005),
            p_value: 0.01,
            first_better: 12,
            second_better: 3_000,
        };
        let words = sentence(&found, "sims/1", "ease/1");
        assert!(words.starts_with("sims/1 has 0.0400 where ease/1 has 0.0500: lower by 0.0100"), "{words}");
        assert!(words.contains("worse for 3,000") && words.ends_with("ease/1 is clearly better."), "{words}");
        let unclear = Difference { interval: (-0.02, 0.01), ..found };
        assert!(sentence(&unclear, "a/1", "b/1").ends_with("it may be luck."));
    }
}
