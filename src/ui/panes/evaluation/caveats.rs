//! What the numbers do not say, beside them.

use crate::studio::CAVEATS;
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::card_frame;
use egui::{Align, CollapsingHeader, Layout, RichText, Ui};

pub(super) fn caveats_ui(ui: &mut Ui, tokens: &Tokens) {
    card_frame(tokens).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical(|ui| {
            let title = semibold("What the numbers do not say", tokens.size.title);
            CollapsingHeader::new(title).default_open(true).show(ui, |ui| {
                ui.columns(2, |columns| {
                    for (index, caveat) in CAVEATS.iter().enumerate() {
                        let ui = &mut columns[index % 2];
                        ui.label(semibold(caveat.title, tokens.size.body));
                        let text = RichText::new(caveat.text).color(tokens.color.text_muted);
                        ui.with_layout(Layout::top_down(Align::Min), |ui| ui.label(text));
                        ui.add_space(tokens.space.xs);
                    }
                });
            });
        });
    });
}
