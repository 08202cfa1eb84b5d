//! Two contestants, person by person: in a sentence, as a plot, and with the people behind each point.

mod person;
mod scatter;

use super::cast::{Cast, Role};
use crate::studio::{Contestant, Difference, EvaluationView, Lab, MetricAt};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::selection::Selection;
use crate::ui::widgets::{count_words, plot, section};
use egui::{ComboBox, RichText, Ui};
use person::Person;
use scatter::Scatter;
use std::sync::Arc;

const PLOT: f32 = 340.0;

/// The evaluation by where it lies in memory, the two, and the metric.
type PeopleKey = (usize, [String; 2], MetricAt);

/// Two contestants compared on one metric.
struct Compared {
    key: PeopleKey,
    /// The two, in their order.
    lab: Lab,
    difference: Option<Difference>,
    scatter: Option<Scatter>,
}

/// The card; it follows the selection of the page where two are chosen.
#[derive(Default)]
pub(super) struct People {
    first: Option<String>,
    second: Option<String>,
    /// The two that were chosen on the page when it was last looked at.
    followed: Vec<String>,
    compared: Loadable<PeopleKey, Arc<Compared>>,
    person: Person,
}

impl People {
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        view: &EvaluationView,
        cast: &Cast,
        metric: MetricAt,
        selection: &Selection,
    ) {
        section::card(ui, context.tokens, "Two contestants, person by person", |ui| {
            let tokens = context.tokens;
            if cast.roles().len() < 2 {
                let words = "Needs two contestants: train another recipe, or add lists of another tool.";
                ui.label(RichText::new(words).color(tokens.color.text_muted));
                return;
            }
            self.follow(cast, selection);
            let Some([first, second]) = self.pair(cast).map(|pair| pair.map(Role::clone)) else { return };
            ui.horizontal_wrapped(|ui| {
                contestant_ui(ui, "First contestant", cast, &first, &mut self.first);
                ui.label(RichText::new("against").color(tokens.color.text_muted));
                contestant_ui(ui, "Second contestant", cast, &second, &mut self.second);
                let words = format!("by {}", metric.title());
                ui.label(RichText::new(words).color(tokens.color.text_muted));
                if self.compared.is_loading() {
                    ui.spinner();
                }
            });
            if first.name == second.name {
                let words = "The same one twice; choose another to see a difference.";
                ui.label(RichText::new(words).color(tokens.color.text_muted));
                return;
            }
            let key = self.look(context, view, [&first, &second], metric);
            self.compared_ui(context, ui, &key, [&first, &second]);
        });
    }

    /// Takes over two that were chosen elsewhere on the page.
    fn follow(&mut self, cast: &Cast, selection: &Selection) {
        let chosen = selection.chosen();
        if self.followed == chosen {
            return;
        }
        self.followed = chosen.to_vec();
        if let [first, second] = chosen
            && cast.find(first).is_some()
            && cast.find(second).is_some()
        {
            (self.first, self.second) = (Some(first.clone()), Some(second.clone()));
        }
    }

    /// The two that are compared: those chosen, else the last and the one before it.
    fn pair<'a>(&mut self, cast: &'a Cast) -> Option<[&'a Role; 2]> {
        for chosen in [&mut self.first, &mut self.second] {
            chosen.take_if(|name| cast.find(name).is_none());
        }
        let [.., second, first] = cast.roles() else { return None };
        let of = |chosen: &Option<String>| chosen.as_ref().and_then(|name| cast.find(name));
        let first = of(&self.first).unwrap_or(first);
        let second = of(&self.second).unwrap_or(second);
        Some([first, second])
    }

    fn look(
        &mut self,
        context: &PaneContext<'_>,
        view: &EvaluationView,
        pair: [&Role; 2],
        metric: MetricAt,
    ) -> PeopleKey {
        let evaluation = Arc::as_ptr(&view.lab).addr();
        let key = (evaluation, pair.map(|role| role.name.clone()), metric);
        let contestant = |role: &Role| {
            let contestant = &view.lab.contestants[role.place];
            Contestant { name: role.title.clone(), ..contestant.clone() }
        };
        let lab = Lab { contestants: pair.map(contestant).to_vec() };
        let of = key.clone();
        self.compared.keep(context, key.clone(), "comparing two contestants", move |_| {
            let difference = lab.differences(0, 1, &[metric]).and_then(|found| found.into_iter().next());
            let scatter = difference.is_some().then(|| Scatter::of(&lab, metric)).flatten();
            Ok(Arc::new(Compared { key: of, lab, difference, scatter }))
        });
        key
    }

    fn compared_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        key: &PeopleKey,
        [first, second]: [&Role; 2],
    ) {
        let tokens = context.tokens;
        if let Some(failure) = self.compared.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
        }
        // Of another pair, the words would be wrong.
        let Some(compared) = self.compared.value().filter(|compared| compared.key == *key) else { return };
        let (Some(difference), Some(scatter)) = (&compared.difference, &compared.scatter) else {
            let words = if compared.lab.contestants[0].is_comparable(&compared.lab.contestants[1]) {
                "This metric is of all lists together: it has no value per person."
            } else {
                "The two were asked for other things to be found; train both with the same event filter."
            };
            ui.label(RichText::new(words).color(tokens.color.text_muted));
            return;
        };
        sentence_ui(ui, tokens, difference, &first.title, &second.title);
        ui.add_space(tokens.space.sm);
        let compared = Arc::clone(compared);
        ui.columns(2, |columns| {
            let ui = &mut columns[0];
            let response = plot::plot_ui(ui, tokens, context.send, "people", &scatter.plot, PLOT);
            if let Some(point) = response.clicked {
                self.person.choose_point(scatter.cases(point));
            }
            let words =
                "Each point is the people for whom the two have these values; click one to meet them.";
            ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
            self.person.people_ui(&mut columns[1], tokens, &compared.lab, scatter);
        });
        self.person.ui(context, ui, &compared.lab);
    }

    #[cfg(test)]
    pub(super) fn is_known(&self) -> bool {
        self.compared.value().is_some()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn contestant_ui(ui: &mut Ui, name: &str, cast: &Cast, shown: &Role, chosen: &mut Option<String>) {
    let combo = ComboBox::from_id_salt(name).width(200.0).truncate();
    let response = combo.selected_text(&shown.title).show_ui(ui, |ui| {
        for role in cast.roles() {
            if ui.selectable_label(role.name == shown.name, &role.title).clicked() {
                *chosen = Some(role.name.clone());
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
            metric: "precision_at_10".to_owned(),
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
