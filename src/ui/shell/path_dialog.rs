//! A path typed in the window: for desktops without a file dialog, and while one does not answer.

use crate::ui::file_picker::{PickKind, PickRequest, check_path, complete_path};
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::{button, raised_frame, search_field::name_field};
use egui::text_edit::{CompletionPopup, Suggestion};
use egui::{Align, Context, Id, Key, Layout, Modal, RectAlign, RichText, TextEdit};
use std::path::PathBuf;

/// What came of the dialog this frame.
pub(in crate::ui) enum Reply {
    Open,
    Closed,
    Chosen(Vec<PathBuf>),
    /// The person wants the system's dialog after all.
    Browse,
}

/// The dialog for one request.
pub(in crate::ui) struct PathDialog {
    pub request: PickRequest,
    text: String,
    /// Why the person sees this and not the system's dialog.
    note: Option<String>,
    /// Whether the system's dialog is open beside it.
    pub waiting: bool,
    focused: bool,
}

impl PathDialog {
    pub(in crate::ui) fn new(request: PickRequest, waiting: bool) -> Self {
        let mut text = match (&request.folder, directories::UserDirs::new()) {
            (Some(folder), _) => folder.display().to_string(),
            (None, Some(dirs)) => {
                dirs.document_dir().unwrap_or_else(|| dirs.home_dir()).display().to_string()
            }
            (None, None) => String::new(),
        };
        if !text.ends_with(std::path::MAIN_SEPARATOR) {
            text.push(std::path::MAIN_SEPARATOR);
        }
        if let PickKind::SaveFile { suggested } = &request.kind {
            text.push_str(suggested);
        }
        Self { request, text, note: None, waiting, focused: false }
    }

    /// The system's dialog can't be shown: only the typed path is left.
    pub(in crate::ui) fn unavailable(&mut self, reason: String) {
        self.waiting = false;
        self.note = Some(reason);
    }

    pub(in crate::ui) fn ui(&mut self, context: &Context, tokens: &Tokens) -> Reply {
        let mut reply = Reply::Open;
        let modal =
            Modal::new(Id::unique("path dialog")).frame(raised_frame(tokens).inner_margin(tokens.space.xl));
        let response = modal.backdrop_color(tokens.color.veil).show(context, |ui| {
            ui.set_width(560.0);
            ui.label(semibold(&self.request.title, tokens.size.title));
            let muted = |text: &str| RichText::new(text.to_owned()).color(tokens.color.text_muted);
            if self.waiting {
                ui.label(muted("The file dialog is open in a window of its own. Or type the path here:"));
            } else if let Some(note) = &self.note {
                ui.label(muted(&format!("{note}. Type the path:")));
            } else {
                ui.label(muted("Type the path:"));
            }
            ui.add_space(tokens.space.xs);
            let entered = self.field_ui(ui, tokens);
            let checked = check_path(&self.text, &self.request.kind);
            match &checked {
                Err(wrong) => {
                    ui.label(RichText::new(wrong).size(tokens.size.small).color(tokens.color.warning))
                }
                Ok(path) if self.request.kind.saves() && path.exists() => {
                    let text = "This file is there already and will be replaced.";
                    ui.label(RichText::new(text).size(tokens.size.small).color(tokens.color.warning))
                }
                Ok(_) => ui
                    .label(RichText::new(self.hint()).size(tokens.size.small).color(tokens.color.text_faint)),
            };
            ui.add_space(tokens.space.sm);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let verb = if self.request.kind.saves() { "Save" } else { "Open" };
                let reason = checked.as_ref().map(|_| ()).map_err(String::as_str);
                let go = button::primary_enabled(ui, tokens, verb, reason).clicked() || entered;
                if go && let Ok(path) = checked {
                    reply = Reply::Chosen(vec![path]);
                }
                if button::plain(ui, tokens, "Cancel").clicked() {
                    reply = Reply::Closed;
                }
                if self.note.is_none() && !self.waiting && button::link(ui, tokens, "Browse...").clicked() {
                    reply = Reply::Browse;
                }
            });
        });
        if matches!(reply, Reply::Open) && response.should_close() {
            reply = Reply::Closed;
        }
        reply
    }

    /// Draws the field with its completions. Whether Enter was pressed on a whole path.
    fn field_ui(&mut self, ui: &mut egui::Ui, tokens: &Tokens) -> bool {
        let id = ui.make_persistent_id("path");
        let edit = TextEdit::singleline(&mut self.text)
            .desired_width(f32::INFINITY)
            .min_size(egui::vec2(0.0, tokens.control_height))
            .align(egui::Align2::LEFT_CENTER)
            .cursor_at_end(true);
        let output = CompletionPopup::new(id)
            .word_boundary(|_| false)
            .align(RectAlign::BOTTOM_START)
            .accept_keys(vec![Key::Tab])
            .show(ui, edit, |query| complete_path(query.text, 8).into_iter().map(Suggestion::new).collect());
        let response = output.text_edit.response.response;
        name_field(&response, "Path");
        if !self.focused {
            response.request_focus();
            self.focused = true;
        }
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }

    fn hint(&self) -> String {
        let kinds: Vec<_> = self.request.files.iter().map(|kind| kind.name.as_str()).collect();
        if kinds.is_empty() {
            "Tab completes".to_owned()
        } else {
            format!("Tab completes; {}", kinds.join(", "))
        }
    }
}
