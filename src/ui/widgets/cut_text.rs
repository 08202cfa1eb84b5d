//! Painted text that is cut to the room there is.

use egui::{Color32, FontId, Galley, Ui};
use std::sync::Arc;

/// One line of text, cut to a width with an ellipsis where it is longer.
pub fn cut_galley(ui: &Ui, text: &str, size: f32, ink: Color32, width: f32) -> Arc<Galley> {
    let font = FontId::proportional(size);
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}
