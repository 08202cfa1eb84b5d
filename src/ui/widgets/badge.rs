//! A short word on a tinted pill: a status, a kind, a count.

use crate::domain::Status;
use crate::ui::theme::Tokens;
use egui::{Color32, FontId, Response, Role, Sense, Ui, WidgetInfo, vec2};

/// What a badge means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Accent,
    Success,
    Warning,
    Error,
}

impl Tone {
    /// Text and background.
    fn colors(self, tokens: &Tokens) -> (Color32, Color32) {
        let c = &tokens.color;
        match self {
            Self::Neutral => (c.text_muted, c.sunken),
            Self::Accent => (c.accent_text, c.accent_soft),
            Self::Success => (c.success, c.success_soft),
            Self::Warning => (c.warning, c.warning_soft),
            Self::Error => (c.error, c.error_soft),
        }
    }
}

pub fn badge(ui: &mut Ui, tokens: &Tokens, tone: Tone, text: &str) -> Response {
    let (ink, fill) = tone.colors(tokens);
    let font = FontId::proportional(tokens.size.small);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, ink);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(16.0, 4.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().rect_filled(rect, rect.height() / 2.0, fill);
    ui.painter().galley(rect.min + vec2(8.0, 2.0), galley, ink);
    response
}

/// The status of a resource, in the service's words.
pub fn status(ui: &mut Ui, tokens: &Tokens, status: Status) -> Response {
    let tone = match status {
        Status::Active => Tone::Success,
        Status::CreateFailed => Tone::Error,
        Status::CreateStopped | Status::CreateStopping => Tone::Warning,
        Status::CreatePending | Status::CreateInProgress => Tone::Accent,
    };
    badge(ui, tokens, tone, status.as_str())
}
