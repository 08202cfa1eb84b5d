//! A question in the middle of the window: a name to type, or something to confirm.

use crate::ui::action::{CommandSender, Question};
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::{button, raised_frame, search_field::name_field};
use egui::{Align, Context, Id, Key, Layout, Modal, RichText};

/// A question that waits for its answer.
pub(in crate::ui) struct OpenQuestion {
    question: Question,
    text: String,
    focused: bool,
}

impl OpenQuestion {
    pub(in crate::ui) fn new(question: Question) -> Self {
        let text = question.field.as_ref().map(|field| field.value.clone()).unwrap_or_default();
        Self { question, text, focused: false }
    }

    /// Draws it; sends the action when it was answered. `None` when it is gone.
    pub(in crate::ui) fn ui(
        mut self,
        context: &Context,
        tokens: &Tokens,
        send: &CommandSender,
    ) -> Option<Self> {
        let modal =
            Modal::new(Id::unique("question")).frame(raised_frame(tokens).inner_margin(tokens.space.xl));
        let mut answered = None;
        let response = modal.backdrop_color(tokens.color.veil).show(context, |ui| {
            ui.set_width(420.0);
            ui.label(semibold(&self.question.title, tokens.size.title));
            ui.label(RichText::new(&self.question.text).color(tokens.color.text_muted));
            let mut check = Ok(());
            if let Some(field) = &self.question.field {
                ui.add_space(tokens.space.xs);
                let edit = egui::TextEdit::singleline(&mut self.text).desired_width(f32::INFINITY);
                let edit = ui.add(
                    edit.min_size(egui::vec2(0.0, tokens.control_height)).align(egui::Align2::LEFT_CENTER),
                );
                name_field(&edit, &field.label);
                if !self.focused {
                    edit.request_focus();
                    self.focused = true;
                }
                check = (field.check)(self.text.trim());
                match &check {
                    Err(wrong) if !self.text.is_empty() => {
                        ui.label(RichText::new(wrong).color(tokens.color.error));
                    }
                    _ => {}
                }
            }
            ui.add_space(tokens.space.sm);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let reason = check.as_ref().copied().map_err(String::as_str);
                let enter = reason.is_ok() && ui.input(|input| input.key_pressed(Key::Enter));
                let go = if self.question.danger {
                    danger_ui(ui, tokens, &self.question.confirm)
                } else {
                    button::primary_enabled(ui, tokens, &self.question.confirm, reason)
                };
                if go.clicked() || (enter && !self.question.danger) {
                    answered = Some(true);
                }
                if button::plain(ui, tokens, "Cancel").clicked() {
                    answered = Some(false);
                }
            });
        });
        match answered {
            Some(true) => {
                let text = self.text.trim().to_owned();
                send.send((self.question.then)(text));
                None
            }
            Some(false) => None,
            None => (!response.should_close()).then_some(self),
        }
    }
}

fn danger_ui(ui: &mut egui::Ui, tokens: &Tokens, text: &str) -> egui::Response {
    let label = semibold(text, tokens.size.body).color(tokens.color.error);
    let stroke = egui::Stroke::new(1.0, tokens.color.error);
    ui.add(
        egui::Button::new(label)
            .fill(tokens.color.error_soft)
            .stroke(stroke)
            .min_size(egui::vec2(0.0, tokens.control_height)),
    )
}
