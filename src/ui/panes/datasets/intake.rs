//! Files that were chosen: where each stands and what can be done with it.

use super::super::drafts::{Draft, DraftState, Drafts, PREVIEW_ROWS};
use super::clash::clash_ui;
use super::first_rows::LookedAt;
use crate::domain::DatasetType;
use crate::studio::{GroupView, ImportMode};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::file_picker::typed_path;
use crate::ui::notify::Notice;
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::{Icon, Tokens};
use crate::ui::widgets::badge::{Tone, badge};
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{button, bytes_words, card_frame, count_words, progress};
use egui::{Align, Key, Label, Layout, RichText, ScrollArea, TextEdit, Ui, vec2};
use std::path::PathBuf;

/// Files listed before the list scrolls.
const LISTED: f32 = 5.0;
pub(super) const LINE: f32 = 34.0;

/// A field to type a path in. The path, when Enter was pressed or the button clicked.
pub(super) fn path_field_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    path: &mut String,
    enabled: Result<(), &str>,
) -> Option<PathBuf> {
    let can_look =
        enabled.and_then(|()| if path.trim().is_empty() { Err("Type a path first") } else { Ok(()) });
    let clicked = button::plain_enabled(ui, tokens, "Import", can_look).clicked();
    let hint = RichText::new("or type the path of a file or folder").color(tokens.color.text_faint);
    let field = TextEdit::singleline(path).hint_text(hint).desired_width(300.0);
    let field = ui.add(field.min_size(vec2(0.0, tokens.control_height)).align(egui::Align2::LEFT_CENTER));
    name_field(&field, "Path of a file or folder");
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if can_look.is_err() || !(clicked || entered) {
        return None;
    }
    Some(typed_path(&std::mem::take(path)))
}

/// Draws the files that were chosen, while there are any.
pub(super) fn intake_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    drafts: &mut Drafts,
    looked_at: &mut Option<LookedAt>,
) {
    settle_looked_at(drafts, looked_at);
    let looking = drafts.looking_at();
    let listed: Vec<&Draft> = drafts.list.iter().filter(|draft| !draft.is_untouched()).collect();
    if looking.is_none() && listed.is_empty() {
        return;
    }
    let tokens = context.tokens;
    let is_over =
        looking.is_none() && listed.iter().all(|draft| matches!(draft.state, DraftState::Imported(_)));
    let unfolded = ui.scope_id().with(("imported files", drafts.chosen_count()));
    let is_folded =
        is_over && looked_at.is_none() && !ui.data(|data| data.get_temp(unfolded).unwrap_or(false));
    let mut wishes = Vec::new();
    let mut wants_group = false;
    card_frame(tokens).inner_margin(tokens.space.sm).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        if is_folded {
            match folded_ui(context, ui, &listed) {
                Some(Fold::Unfold) => {
                    ui.data_mut(|data| data.insert_temp(unfolded, true));
                }
                Some(Fold::All(wish)) => wishes = listed.iter().map(|draft| (draft.id, wish)).collect(),
                None => {}
            }
            return;
        }
        if let Some(names) = looking {
            let text = RichText::new(format!("Looking at {names}...")).color(tokens.color.text_muted);
            ui.add(Label::new(text).truncate());
        }
        wants_group = clash_ui(context, ui, &listed);
        let height = LISTED.min(listed.len() as f32) * LINE;
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            for draft in &listed {
                let shown = *looked_at == Some(LookedAt::Draft(draft.id));
                wishes.extend(draft_ui(context, ui, draft, shown).map(|wish| (draft.id, wish)));
            }
        });
    });
    ui.add_space(tokens.space.sm);
    if wants_group {
        drafts.ask_for_group(context);
    }
    for (id, wish) in wishes {
        grant(context, drafts, looked_at, id, wish);
    }
}

/// What is wanted of files that were all imported.
enum Fold {
    Unfold,
    /// The same for each of them.
    All(Wish),
}

/// One line for files that were all imported.
fn folded_ui(context: &PaneContext<'_>, ui: &mut Ui, listed: &[&Draft]) -> Option<Fold> {
    let tokens = context.tokens;
    let mut wish = None;
    ui.horizontal(|ui| {
        ui.set_min_height(LINE - 4.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button::icon(ui, tokens, Icon::Close, "Close the list of imported files").clicked() {
                wish = Some(Fold::All(Wish::Forget));
            }
            let has_log =
                context.group.is_some_and(|group| group.dataset(DatasetType::Interactions).is_some());
            if has_log && button::with_icon(ui, tokens, Icon::Training, "Train a solution...").clicked() {
                context.send.run(Command::NewSolution);
            }
            ui.add_space(tokens.space.sm);
            if button::link(ui, tokens, "Change mapping").clicked() {
                wish = Some(if listed.len() == 1 { Fold::All(Wish::Map) } else { Fold::Unfold });
            }
            ui.add_space(tokens.space.sm);
            let can_undo = listed.iter().all(|draft| can_undo(context.group, draft));
            if can_undo && button::link(ui, tokens, "Undo").clicked() {
                wish = Some(Fold::All(Wish::Undo));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(tokens.space.sm);
                ui.add(Icon::Success.image(17.0, tokens.color.success));
                ui.add(Label::new(imported_words(listed)).truncate());
            });
        });
    });
    wish
}

/// `Imported 100,000 interactions, 1,682 items, 943 users`, and how many rows were left out.
fn imported_words(list: &[&Draft]) -> String {
    let mut parts = Vec::new();
    let mut left_out = 0;
    for draft in list {
        let DraftState::Imported(report) = &draft.state else { continue };
        parts.push(format!(
            "{} {}",
            count_words(report.accepted),
            draft.mapping.dataset.as_str().to_lowercase()
        ));
        left_out += report.rejected;
    }
    let left_out =
        if left_out == 0 { String::new() } else { format!("; {} rows were left out", count_words(left_out)) };
    format!("Imported {}{left_out}", parts.join(", "))
}

/// Once the files are known, the first that waits is looked at; if none waits, the datasets are.
fn settle_looked_at(drafts: &Drafts, looked_at: &mut Option<LookedAt>) {
    match *looked_at {
        Some(LookedAt::First) if drafts.looking_at().is_none() => {
            let is_importing = |draft: &&Draft| matches!(draft.state, DraftState::Importing(_));
            let is_imported = |draft: &Draft| matches!(draft.state, DraftState::Imported(_));
            let waiting = if drafts.list.iter().any(is_imported) { None } else { drafts.newest().next() };
            let shown = drafts.newest().find(is_importing).or(waiting);
            *looked_at = shown.map(|draft| LookedAt::Draft(draft.id));
        }
        Some(LookedAt::Draft(id)) => match drafts.get(id) {
            None => *looked_at = None,
            Some(draft) if matches!(draft.state, DraftState::Imported(_)) => {
                let busy = |draft: &Draft| matches!(draft.state, DraftState::Importing(_));
                if !drafts.list.iter().any(busy) {
                    *looked_at = None;
                }
            }
            Some(_) => {}
        },
        _ => {}
    }
}

/// What the person wants done with a file.
#[derive(Clone, Copy)]
enum Wish {
    Look,
    Map,
    Import(ImportMode),
    Cancel,
    Undo,
    Forget,
}

fn draft_ui(context: &PaneContext<'_>, ui: &mut Ui, draft: &Draft, shown: bool) -> Option<Wish> {
    let tokens = context.tokens;
    let mut wish = None;
    let fill = if shown { tokens.color.accent_soft } else { tokens.color.surface };
    egui::Frame::new()
        .fill(fill)
        .corner_radius(tokens.radius.md)
        .inner_margin(egui::Margin::symmetric(8, 2))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(LINE - 4.0);
                ui.set_width(ui.available_width());
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    wish = state_ui(context, ui, draft);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.set_clip_rect(ui.clip_rect().intersect(ui.max_rect()));
                        if name_ui(ui, tokens, draft) {
                            wish = Some(Wish::Look);
                        }
                    });
                });
            });
        });
    wish
}

/// The file's name, what it becomes, how large it is. Whether it was clicked.
fn name_ui(ui: &mut Ui, tokens: &Tokens, draft: &Draft) -> bool {
    let (icon, tint) = match draft.state {
        DraftState::Open if draft.confident => (Icon::File, tokens.color.text_muted),
        DraftState::Open => (Icon::Help, tokens.color.warning),
        DraftState::Importing(_) => (Icon::Clock, tokens.color.accent_text),
        DraftState::Imported(_) => (Icon::Success, tokens.color.success),
        DraftState::Failed(_) => (Icon::Error, tokens.color.error),
    };
    ui.add(icon.image(17.0, tint));
    let title = RichText::new(&draft.title);
    let hover = format!("{}, {}", draft.source.path.display(), bytes_words(draft.source.bytes));
    let button = egui::Button::new(title).frame_when_inactive(false).truncate();
    let clicked = ui
        .add(button)
        .on_hover_text(format!("{hover}. Click to see the first {PREVIEW_ROWS} rows."))
        .clicked();
    badge(ui, tokens, Tone::Neutral, draft.mapping.dataset.title());
    let fields = draft.mapping.fields.len();
    let words = format!("{fields} fields, {}", draft.rows_words());
    ui.add(
        Label::new(RichText::new(words).size(tokens.size.small).color(tokens.color.text_faint)).truncate(),
    );
    clicked
}

fn state_ui(context: &PaneContext<'_>, ui: &mut Ui, draft: &Draft) -> Option<Wish> {
    let tokens = context.tokens;
    let mut wish = None;
    let name = draft.source.file_name();
    if !matches!(draft.state, DraftState::Importing(_))
        && button::icon(ui, tokens, Icon::Close, &format!("Put {name} aside")).clicked()
    {
        wish = Some(Wish::Forget);
    }
    let mut link = |ui: &mut Ui, text: &str, what: Wish| {
        if button::link(ui, tokens, text).clicked() {
            wish = Some(what);
        }
    };
    match &draft.state {
        DraftState::Open => {
            if map_ui(ui, tokens, draft) {
                wish = Some(Wish::Map);
            }
            if draft.confident {
                open_ui(context, ui, draft, &mut wish);
            }
        }
        DraftState::Importing(ticket) => {
            link(ui, "Cancel", Wish::Cancel);
            if let Some(row) = context.jobs.get(ticket.id) {
                ui.allocate_ui(vec2(120.0, 5.0), |ui| {
                    progress::bar(ui, tokens, row.progress.fraction(), &format!("Importing {name}"));
                });
                let words = format!("{}: {}", row.progress.stage, progress::words(&row.progress));
                ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
            }
        }
        DraftState::Imported(report) => {
            link(ui, "Change mapping", Wish::Map);
            if can_undo(context.group, draft) {
                link(ui, "Undo", Wish::Undo);
            }
            let words = format!("{} rows in", count_words(report.accepted));
            ui.label(RichText::new(words).color(tokens.color.success));
            if report.rejected > 0 {
                let words = format!("{} left out", count_words(report.rejected));
                ui.label(RichText::new(words).color(tokens.color.warning));
            }
        }
        DraftState::Failed(reason) => {
            if map_ui(ui, tokens, draft) {
                wish = Some(Wish::Map);
            }
            let text = RichText::new(reason).color(tokens.color.error);
            ui.scope(|ui| {
                ui.set_max_width(360.0);
                ui.add(Label::new(text).truncate()).on_hover_text(reason);
            });
        }
    }
    wish
}

/// The button that opens the mapping of a file that waits for it. Whether it was pressed.
fn map_ui(ui: &mut Ui, tokens: &Tokens, draft: &Draft) -> bool {
    let button = button::plain(ui, tokens, "Map...");
    let hint = if draft.confident {
        "Look at the mapping, and change it, before anything is imported"
    } else {
        "Say which column is the user, the item and the time; then it can be imported"
    };
    button.on_hover_text(hint).clicked()
}

/// The choice between replacing and adding, or the one button where there is nothing yet.
fn open_ui(context: &PaneContext<'_>, ui: &mut Ui, draft: &Draft, wish: &mut Option<Wish>) {
    let tokens = context.tokens;
    let enabled = if context.is_read_only() { Err("The project is open for reading only") } else { Ok(()) };
    let kind = draft.mapping.dataset;
    if context.group.is_none_or(|group| group.dataset(kind).is_none()) {
        if button::plain_enabled(ui, tokens, "Import it", enabled).clicked() {
            *wish = Some(Wish::Import(ImportMode::Full));
        }
        return;
    }
    let add = button::plain_enabled(ui, tokens, "Add to it", enabled);
    if add
        .on_hover_text("INCREMENTAL: keeps what is there; Items and Users with a known id are replaced")
        .clicked()
    {
        *wish = Some(Wish::Import(ImportMode::Incremental));
    }
    let replace = button::plain_enabled(ui, tokens, "Replace it", enabled);
    if replace.on_hover_text("FULL: what is there goes; this can't be undone").clicked() {
        *wish = Some(Wish::Import(ImportMode::Full));
    }
}

/// A first import can be taken back: there was nothing before it.
fn can_undo(group: Option<&GroupView>, draft: &Draft) -> bool {
    let group = group.filter(|group| group.name == draft.group);
    group.and_then(|group| group.dataset(draft.mapping.dataset)).is_some_and(|dataset| dataset.version == 1)
}

fn grant(
    context: &PaneContext<'_>,
    drafts: &mut Drafts,
    looked_at: &mut Option<LookedAt>,
    id: u64,
    wish: Wish,
) {
    match wish {
        Wish::Look if *looked_at == Some(LookedAt::Draft(id)) => *looked_at = None,
        Wish::Look => *looked_at = Some(LookedAt::Draft(id)),
        Wish::Forget => drafts.forget(id),
        Wish::Map => {
            if let Some(draft) = drafts.get_mut(id) {
                draft.state = DraftState::Open;
            }
            drafts.edited = Some(id);
            context.send.send(Action::Show(PaneKind::Mapping));
        }
        Wish::Import(mode) => {
            if let Some(draft) = drafts.get_mut(id) {
                draft.mode = mode;
                draft.import(context);
            }
        }
        Wish::Cancel => {
            if let Some(DraftState::Importing(ticket)) = drafts.get(id).map(|draft| &draft.state) {
                context.send.send(Action::CancelJob(ticket.id));
            }
        }
        Wish::Undo => {
            let Some(draft) = drafts.get_mut(id) else { return };
            draft.state = DraftState::Open;
            let (group, kind, title) = (draft.group.clone(), draft.mapping.dataset, draft.title.clone());
            context.send.change("Undoing the import", move |studio| {
                studio.delete_dataset(&group, kind)?;
                Ok(Some(Notice::info(format!("Import undone: {title}"))))
            });
        }
    }
}
