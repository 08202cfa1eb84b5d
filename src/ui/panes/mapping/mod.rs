//! Mapping: say which column is the user, the item and the time, and see at once what comes of it.

mod edit;
mod events;
mod fields;
mod sample;
mod schema;
mod times;
mod trial;

use super::drafts::{Draft, DraftState, Drafts, SharedDrafts};
use crate::domain::DatasetType;
use crate::domain::schema::Schema;
use crate::studio::{ImportMode, header_signature, propose_mapping};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::notify::Notice;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::{Icon, Tokens};
use crate::ui::widgets::empty_state::{Choice, EmptyState};
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{button, section};
use egui::{Button, ComboBox, RichText, ScrollArea, Ui, vec2};
use std::path::PathBuf;
use std::time::Duration;

/// How long a mapping rests before it is kept for files with the same header.
const REST: Duration = Duration::from_millis(1200);

/// What happens to rows that are there.
const REPLACES: &str = "replaces what is there";
const ADDS: &str = "is added to what is there";

/// What stands under the first rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Check,
    Schema,
}

pub(super) struct MappingPane {
    drafts: SharedDrafts,
    tab: Tab,
    trial: trial::TrialTab,
    schema: schema::SchemaTab,
}

impl MappingPane {
    pub(super) fn new(drafts: &SharedDrafts) -> Self {
        Self {
            drafts: SharedDrafts::clone(drafts),
            tab: Tab::default(),
            trial: trial::TrialTab::default(),
            schema: schema::SchemaTab::default(),
        }
    }

    fn draft_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, drafts: &mut Drafts, id: u64) {
        let tokens = context.tokens;
        ui.horizontal(|ui| {
            file_ui(ui, drafts, id);
            if drafts.get_mut(id).is_some_and(|draft| choices_ui(context, ui, draft)) {
                drafts.ask_for_group(context);
            }
        });
        ui.add_space(tokens.space.xs);
        let Some(draft) = drafts.get_mut(id) else { return };
        let before = draft.mapping.clone();
        let gap = tokens.space.lg;
        let height = ui.available_height();
        let left = ((ui.available_width() - gap) * 0.57).floor();
        let right = ui.available_width() - gap - left;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            ui.allocate_ui(vec2(left, height), |ui| {
                let area = ScrollArea::vertical().id_salt("fields").auto_shrink([false, false]);
                area.show(ui, |ui| ui.vertical(|ui| self.choose_ui(ui, tokens, draft)));
            });
            ui.allocate_ui(vec2(right, height), |ui| {
                ui.vertical(|ui| self.result_ui(context, ui, draft, height));
            });
        });
        if draft.mapping != before {
            draft.confident = draft.confident && edit::missing(&draft.mapping).is_empty();
        }
        keep(context, ui, draft);
    }

    /// Everything a person decides.
    fn choose_ui(&self, ui: &mut Ui, tokens: &Tokens, draft: &mut Draft) {
        fields::fields_ui(ui, tokens, &mut draft.mapping, &draft.preview);
        if draft.mapping.dataset == DatasetType::Interactions {
            times::times_ui(ui, tokens, &mut draft.mapping, &draft.preview);
            events::events_ui(ui, tokens, &mut draft.mapping, self.trial.readiness());
        }
    }

    /// The first rows with what their columns are, and what comes of it.
    fn result_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, draft: &mut Draft, height: f32) {
        let tokens = context.tokens;
        sample::sample_ui(ui, tokens, draft, (height * 0.48).max(180.0));
        ui.horizontal(|ui| {
            for (tab, name) in [(Tab::Check, "Check"), (Tab::Schema, "Avro schema")] {
                if ui.selectable_label(self.tab == tab, name).clicked() {
                    self.tab = tab;
                }
            }
        });
        self.trial.keep(context, draft);
        match self.tab {
            Tab::Check => self.trial.ui(ui, tokens),
            Tab::Schema => self.schema.ui(context, ui, draft),
        }
    }
}

impl Pane for MappingPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Mapping
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        let shared = SharedDrafts::clone(&self.drafts);
        let mut drafts = shared.borrow_mut();
        drafts.collect(context);
        let edited = drafts.edited();
        section::page_head(ui, tokens, PaneKind::Mapping.title(), PaneKind::Mapping.help(), |ui| {
            if let Some(draft) = edited.and_then(|id| drafts.get_mut(id)) {
                head_actions_ui(context, ui, draft);
            }
        });
        match edited {
            Some(id) => {
                self.draft_ui(context, ui, &mut drafts, id);
            }
            None => empty_ui(context, ui, &mut drafts),
        }
    }

    fn take_files(&mut self, context: &PaneContext<'_>, paths: &[PathBuf]) -> bool {
        let is_schema = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "avsc");
        match (paths, self.drafts.borrow().edited()) {
            ([path], Some(_)) if is_schema(path) => {
                self.tab = Tab::Schema;
                self.schema.read(path.clone());
                let _ = context;
                true
            }
            _ => false,
        }
    }
}

/// Which file is mapped, of several; its name where it is the only one.
fn file_ui(ui: &mut Ui, drafts: &mut Drafts, id: u64) {
    let Some(draft) = drafts.get(id) else { return };
    let path = draft.source.path.display().to_string();
    if drafts.list.len() < 2 {
        ui.add(egui::Label::new(draft.source.display_name()).truncate()).on_hover_text(path);
        return;
    }
    let mut chosen = id;
    let shown = ComboBox::from_id_salt("file").width(260.0).selected_text(&draft.title).truncate();
    let combo = shown.show_ui(ui, |ui| {
        for draft in &drafts.list {
            ui.selectable_value(&mut chosen, draft.id, &draft.title);
        }
    });
    name_field(&combo.response, "File to map");
    combo.response.on_hover_text(path);
    drafts.edited = Some(chosen);
}

fn head_actions_ui(context: &PaneContext<'_>, ui: &mut Ui, draft: &mut Draft) {
    let tokens = context.tokens;
    let blocked = why_not(context, draft);
    let enabled = blocked.as_deref().map_or(Ok(()), Err);
    let replaces = context.group.is_some_and(|group| group.dataset(draft.mapping.dataset).is_some());
    let word = match (replaces, draft.mode) {
        (false, _) => "Import",
        (true, ImportMode::Full) => "Import and replace",
        (true, ImportMode::Incremental) => "Import and add",
    };
    if button::primary_enabled(ui, tokens, word, enabled).clicked() {
        if let Some(group) = context.group {
            group.name.clone_into(&mut draft.group);
        }
        draft.import(context);
        context.send.send(Action::Show(PaneKind::Datasets));
    }
    let (can_undo, can_redo) = (draft.undo.has_undo(&draft.mapping), draft.undo.has_redo(&draft.mapping));
    let redo = ui.add_enabled_ui(can_redo, |ui| button::icon(ui, tokens, Icon::Redo, "Redo").clicked()).inner;
    let undo = ui.add_enabled_ui(can_undo, |ui| button::icon(ui, tokens, Icon::Undo, "Undo").clicked()).inner;
    if undo && let Some(mapping) = draft.undo.undo(&draft.mapping).cloned() {
        draft.mapping = mapping;
    }
    if redo && let Some(mapping) = draft.undo.redo(&draft.mapping).cloned() {
        draft.mapping = mapping;
    }
    if draft.mapping != draft.proposed && button::link(ui, tokens, "As proposed").clicked() {
        draft.mapping = draft.proposed.clone();
    }
}

/// Why the file can't be imported as it is mapped.
fn why_not(context: &PaneContext<'_>, draft: &Draft) -> Option<String> {
    if context.is_read_only() {
        return Some("The project is open for reading only".to_owned());
    }
    if matches!(draft.state, DraftState::Importing(_)) {
        return Some("It is being imported".to_owned());
    }
    let missing = edit::missing(&draft.mapping);
    if !missing.is_empty() {
        return Some(format!("Choose the column of {}", missing.join(" and ")));
    }
    Schema::from_mapping(&draft.mapping).err().map(|error| error.to_string())
}

/// Which dataset the file becomes, and what happens to the rows that are there. Whether it shall go into a new
/// group instead.
fn choices_ui(context: &PaneContext<'_>, ui: &mut Ui, draft: &mut Draft) -> bool {
    let tokens = context.tokens;
    ui.label(RichText::new(draft.rows_words()).color(tokens.color.text_muted));
    ui.label(RichText::new("becomes").color(tokens.color.text_muted));
    let mut kind = draft.mapping.dataset;
    for one in DatasetType::ALL {
        ui.selectable_value(&mut kind, one, one.title());
    }
    if kind != draft.mapping.dataset {
        draft.mapping = propose_mapping(&draft.preview, Some(kind));
    }
    if context.group.is_none_or(|group| group.dataset(kind).is_none()) {
        return false;
    }
    ui.label(RichText::new("and").color(tokens.color.text_muted));
    let shown = match draft.mode {
        ImportMode::Full => REPLACES,
        ImportMode::Incremental => ADDS,
    };
    let combo = ComboBox::from_id_salt("what is there").width(190.0).selected_text(shown);
    let combo = combo.show_ui(ui, |ui| {
        ui.selectable_value(&mut draft.mode, ImportMode::Full, REPLACES).on_hover_text("FULL");
        ui.selectable_value(&mut draft.mode, ImportMode::Incremental, ADDS)
            .on_hover_text("INCREMENTAL: Items and Users with a known id are replaced");
        ui.add_enabled(!context.is_read_only(), Button::selectable(false, "goes into a new group..."))
            .on_hover_text("The group that is there stays as it is")
            .clicked()
    });
    name_field(&combo.response, "What is there");
    combo.inner.unwrap_or(false)
}

/// Makes undo points, and keeps a mapping that rests for files with the same header.
fn keep(context: &PaneContext<'_>, ui: &Ui, draft: &mut Draft) {
    let now = ui.input(|input| input.time);
    draft.undo.feed_state(now, &draft.mapping);
    if draft.undo.is_in_flux() {
        ui.ctx().request_repaint_after(REST);
        return;
    }
    if draft.mapping == draft.kept || context.is_read_only() {
        return;
    }
    draft.kept = draft.mapping.clone();
    let (header, mapping) = (header_signature(&draft.preview.columns), draft.mapping.clone());
    context.send.change("Keeping the mapping", move |studio| {
        studio.remember_mapping(&header, &mapping)?;
        Ok(None::<Notice>)
    });
}

fn empty_ui(context: &PaneContext<'_>, ui: &mut Ui, drafts: &mut Drafts) {
    let group = context.group.filter(|group| !group.datasets.is_empty());
    let empty = EmptyState {
        icon: Icon::Mapping,
        title: "No file to map",
        text: "Files that are known by sight are mapped and imported at once. Choose one to map it by hand, or change the mapping of what is there.",
        action: Some("Choose files"),
        other: None,
    };
    if empty.show(ui, context.tokens) == Some(Choice::Action) {
        context.send.run(Command::ImportData);
    }
    let Some(group) = group else { return };
    ui.vertical_centered(|ui| {
        for dataset in &group.datasets {
            let text = format!("Change the mapping of {}", dataset.kind);
            if button::link(ui, context.tokens, &text).clicked() {
                drafts.reopen(&group.name, dataset.kind);
            }
        }
    });
}
