//! The pieces panes are made of. Each knows the theme, names itself for screen readers, and nothing else.

pub mod badge;
pub mod button;
pub mod cut_text;
pub mod data_table;
pub mod empty_state;
pub mod form;
pub mod key_value;
pub mod plot;
pub mod progress;
pub mod proposals;
pub mod search_field;
pub mod section;
pub mod selection;
mod words;

pub use crate::domain::number::{bytes_words, count_words, grouped};
pub use words::{duration_words, short_path};

use super::theme::Tokens;
use egui::{CornerRadius, Frame, Margin, Stroke};

/// A card on the page.
pub fn card_frame(tokens: &Tokens) -> Frame {
    Frame::new()
        .fill(tokens.color.surface)
        .stroke(Stroke::new(1.0, tokens.color.border))
        .corner_radius(CornerRadius::same(tokens.radius.lg as u8))
        .inner_margin(Margin::same(tokens.space.lg as i8))
}

/// What floats above the page: dialogs, the palette.
pub fn raised_frame(tokens: &Tokens) -> Frame {
    card_frame(tokens).fill(tokens.color.raised).shadow(egui::Shadow {
        offset: [0, 6],
        blur: 20,
        spread: 0,
        color: tokens.color.shadow,
    })
}
