//! Filters: what there is, and an editor that shows at once what an expression keeps.

mod choices;
mod editor;
mod highlight;
mod list;
mod trial;

use super::id_field::{DataKey, data_key};
use crate::domain::check_name;
use crate::domain::filter::{Checked, Facts, Filter, FilterError, Kind, Source, check};
use crate::domain::limits::MAX_FILTER_CHARS;
use crate::studio::{FilterView, GroupView};
use crate::ui::command::Command;
use crate::ui::jobs::{Ended, Lane, Summary, Ticket};
use crate::ui::loadable::Loadable;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::{Icon, Tokens};
use crate::ui::widgets::empty_state::EmptyState;
use crate::ui::widgets::{button, card_frame, search_field::name_field, section};
use editor::ExpressionEditor;
use egui::{Label, Layout, RichText, TextEdit, Ui, vec2};
use list::{Asked, list_ui};
use trial::Trial;

/// The width of the list.
const SIDE: f32 = 250.0;

/// Schemas, event types, and how many events are looked at.
type Known = (Facts, Option<usize>);

#[derive(Default)]
pub(super) struct FiltersPane {
    known: Loadable<(DataKey, u64), Known>,
    /// The name of the filter being edited, where it was made before.
    edited: Option<String>,
    name: String,
    text: String,
    editor: ExpressionEditor,
    /// The expression as it last held: what it keeps stays in sight while it is written on.
    standing: Option<Filter>,
    trial: Trial,
    saving: Option<Ticket<FilterView>>,
    wants_focus: bool,
}

impl FiltersPane {
    fn begin(&mut self, name: Option<String>, text: String) {
        self.name = name.clone().unwrap_or_default();
        self.edited = name;
        self.text = text;
        self.editor = ExpressionEditor::default();
        self.standing = None;
        self.trial = Trial::default();
    }

    fn page_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        let data = data_key(group);
        let (studio, name) = (context.studio.clone(), group.name.clone());
        let key = (data.clone(), context.studio.revision());
        self.known.keep(context, key, "looking at the schemas", move |_| {
            Ok((studio.filter_facts(&name)?, studio.filter_events(&name)?))
        });
        let height = ui.available_height();
        let newest = self.known.value().and_then(|(_, newest)| *newest);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = tokens.space.md;
            let inner = 2.0 * tokens.space.lg + 2.0;
            let side = vec2(SIDE, height);
            let mut asked = None;
            column_ui(ui, side, |ui| {
                card_frame(tokens).show(ui, |ui| {
                    ui.set_min_size(side - vec2(inner, inner));
                    ui.set_max_size(side - vec2(inner, inner));
                    asked = list_ui(context, ui, group, self.edited.as_deref(), newest);
                });
            });
            match asked {
                Some(Asked::Edit(filter)) => self.begin(Some(filter.name), filter.expression),
                Some(Asked::New) => {
                    self.begin(None, String::new());
                    self.wants_focus = true;
                }
                None => {}
            }
            column_ui(ui, vec2(ui.available_width(), height), |ui| self.work_ui(context, ui, group, &data));
        });
    }

    fn work_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, data: &DataKey) {
        let tokens = context.tokens;
        let Some((facts, newest)) = self.known.value().cloned() else {
            let words = self.known.failure().map_or("Looking at the schemas...", |failure| failure);
            ui.add(Label::new(RichText::new(words).color(tokens.color.text_muted)).wrap());
            return;
        };
        let mut holds = false;
        section::card(ui, tokens, self.heading(), |ui| {
            let response = self.editor.ui(context, ui, data, &facts, &mut self.text);
            if std::mem::take(&mut self.wants_focus) {
                response.request_focus();
            }
            let checked = checked(&self.text, &facts);
            self.problems_ui(ui, tokens, &checked, &facts);
            if let Ok(checked) = checked
                && checked.errors.is_empty()
            {
                holds = true;
                self.standing = Some(checked.filter);
            } else if self.text.trim().is_empty() {
                self.standing = None;
            }
            if let Some(filter) = &self.standing {
                self.trial.fields_ui(context, ui, data, filter);
            }
            self.save_ui(context, ui, group, holds);
        });
        ui.add_space(tokens.space.md);
        let Some(filter) = self.standing.clone() else { return };
        if facts.schema(Source::Interactions).is_none() {
            let text = "There are no interactions yet, so there is no catalogue to try it on.";
            ui.label(RichText::new(text).color(tokens.color.text_muted));
            return;
        }
        self.trial.load(context, data, newest, &filter);
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            self.trial.kept_ui(context, left, holds);
            self.trial.why_ui(context, right, data, filter.target);
        });
    }

    fn heading(&self) -> &'static str {
        if self.edited.is_some() { "Filter" } else { "New filter" }
    }

    /// What is wrong, each with its place, or what to know.
    fn problems_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        checked: &Result<Checked, FilterError>,
        facts: &Facts,
    ) {
        let wrong = |ui: &mut Ui, error: &FilterError| {
            let at = if error.excerpt.is_empty() {
                "At the end".to_owned()
            } else {
                format!("Character {}", error.position)
            };
            let text = RichText::new(format!("{at}: {}", error.short())).color(tokens.color.error);
            ui.add(Label::new(text.size(tokens.size.small)).wrap());
        };
        match checked {
            Err(_) if self.text.trim().is_empty() => self.examples_ui(ui, tokens, facts),
            Err(error) => wrong(ui, error),
            Ok(checked) => {
                checked.errors.iter().for_each(|error| wrong(ui, error));
                for warning in &checked.warnings {
                    let text = RichText::new(&warning.text).color(tokens.color.warning);
                    ui.add(Label::new(text.size(tokens.size.small)).wrap());
                }
            }
        }
    }

    /// Expressions to begin with, of fields that there are.
    fn examples_ui(&mut self, ui: &mut Ui, tokens: &Tokens, facts: &Facts) {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Begin with").size(tokens.size.small).color(tokens.color.text_muted));
            for (words, text) in examples(facts) {
                if button::link(ui, tokens, words).on_hover_text(&text).clicked() {
                    self.text = text;
                    self.wants_focus = true;
                }
            }
        });
    }

    fn save_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, holds: bool) {
        let tokens = context.tokens;
        if context.is_read_only() {
            let text = "The project is open for reading only: filters can be tried, not made.";
            ui.label(RichText::new(text).color(tokens.color.text_muted));
            return;
        }
        ui.add_space(tokens.space.xs);
        ui.horizontal(|ui| {
            ui.label(RichText::new("Name").color(tokens.color.text_muted));
            let field = TextEdit::singleline(&mut self.name)
                .desired_width(240.0)
                .min_size(vec2(0.0, tokens.control_height))
                .align(egui::Align2::LEFT_CENTER);
            let field = ui.add(field);
            name_field(&field, "Name of the filter");
            let name = self.name.trim();
            let there = group.filters.iter().find(|filter| filter.name == name);
            let check = check_name(name).map_err(|error| error.to_string());
            let enabled = match &check {
                _ if self.text.trim().is_empty() => Err("Write an expression first"),
                _ if !holds => Err("Mend what is underlined first"),
                _ if name.is_empty() => Err("Give it a name"),
                Err(wrong) => Err(wrong.as_str()),
                Ok(()) if there.is_some_and(|there| there.expression == self.text) => {
                    Err("It is kept as it stands")
                }
                Ok(()) if self.saving.is_some() => Err("The filter is being made"),
                Ok(()) => Ok(()),
            };
            let word = if there.is_some() { "Replace" } else { "Create" };
            if button::primary_enabled(ui, tokens, word, enabled).clicked() {
                self.save(context, group);
            }
            if self.text.chars().count() * 10 > MAX_FILTER_CHARS * 9 {
                let words = format!("{} of {MAX_FILTER_CHARS} characters", self.text.chars().count());
                ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.warning));
            }
            if let (Err(reason), false) = (enabled, self.text.trim().is_empty()) {
                let reason = RichText::new(reason).size(tokens.size.small).color(tokens.color.text_faint);
                ui.add(Label::new(reason).truncate());
            }
        });
    }

    fn save(&mut self, context: &PaneContext<'_>, group: &GroupView) {
        let studio = context.studio.clone();
        let (group, name, text) = (group.name.clone(), self.name.trim().to_owned(), self.text.clone());
        self.saving = Some(context.send.job(
            format!("Making the filter {name}"),
            Lane::Free,
            move |_| Ok(studio.create_filter(&group, &name, &text)?.0),
            |made: &FilterView| {
                Summary::new(format!("Filter {} can be used", made.name))
                    .detail("Choose it on the page Preview or Batch.")
                    .open(PaneKind::Preview)
            },
        ));
    }

    fn collect(&mut self) {
        let Some(ended) = self.saving.as_ref().and_then(Ticket::take) else { return };
        self.saving = None;
        if let Ended::Done(made) = ended {
            self.edited = Some(made.name);
        }
    }
}

impl Pane for FiltersPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Filters
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        self.collect();
        section::page_head(ui, context.tokens, "Filters", PaneKind::Filters.help(), |_| {});
        match context.group.filter(|group| !group.datasets.is_empty()) {
            Some(group) => self.page_ui(context, ui, group),
            None => no_data_ui(context, ui),
        }
    }

    fn command(&mut self, _context: &PaneContext<'_>, command: Command) {
        if command == Command::NewFilter {
            self.begin(None, String::new());
            self.wants_focus = true;
        }
    }

    fn group_changed(&mut self) {
        *self = Self::default();
    }
}

fn checked(text: &str, facts: &Facts) -> Result<Checked, FilterError> {
    Ok(check(&Filter::parse(text)?, facts))
}

/// What it is for, and the expression.
fn examples(facts: &Facts) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let items = facts.fields(Source::Items);
    let of =
        |several: bool| items.iter().find(|(_, kind)| *kind == Kind::Text { several }).map(|(name, _)| *name);
    if let Some(name) = of(true) {
        found.push(("one category", format!("INCLUDE ItemID WHERE Items.{name} IN (${name})")));
    }
    if let Some((name, _)) = items.iter().find(|(_, kind)| matches!(kind, Kind::Number(_))) {
        found.push(("a range", format!("INCLUDE ItemID WHERE Items.{name} >= $FROM AND Items.{name} < $TO")));
    }
    if !facts.fields(Source::Interactions).is_empty() {
        let text = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"*\")";
        found.push(("nothing they had", text.to_owned()));
    }
    found
}

/// Room of exactly this size for `add`.
fn column_ui(ui: &mut Ui, size: egui::Vec2, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(size, Layout::top_down(egui::Align::Min), add);
}

fn no_data_ui(context: &PaneContext<'_>, ui: &mut Ui) {
    let empty = EmptyState {
        icon: Icon::Filter,
        title: "No data yet",
        text: "A filter speaks of the fields of items and of what users did. Import some first.",
        action: Some("Import data"),
        other: None,
    };
    if empty.show(ui, context.tokens).is_some() {
        context.send.run(Command::ImportData);
    }
}
