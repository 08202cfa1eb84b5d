//! What is known of one item: its row of Items, in a window of its own or in place.

use super::DataKey;
use crate::studio::{FoundId, ItemView};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::{button, count_words, raised_frame};
use egui::{Context, Grid, Id, Label, Layout, Modal, RichText, ScrollArea, Ui};

#[derive(Default)]
pub(super) struct ItemWindow {
    open: Option<String>,
    shown: Loadable<(DataKey, String), ItemView>,
    /// The item whose facts stand in the page.
    in_place: Loadable<(DataKey, String), ItemView>,
}

impl ItemWindow {
    pub(super) fn open(&mut self, id: String) {
        self.open = Some(id);
    }

    /// Draws the window where one is open. The item, where its related items were asked for.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ctx: &Context,
        data: &DataKey,
        can_relate: bool,
    ) -> Option<FoundId> {
        let tokens = context.tokens;
        let id = self.open.clone()?;
        keep(&mut self.shown, context, data, &id);
        let mut asked = None;
        let mut close = false;
        let frame = raised_frame(tokens).inner_margin(tokens.space.xl);
        let modal = Modal::new(Id::unique("item")).frame(frame).backdrop_color(tokens.color.veil);
        let response = modal.show(ctx, |ui| {
            ui.set_width(520.0);
            let item = self.shown.value().filter(|item| item.id == id);
            let title = item.map_or(id.as_str(), |item| item.title.as_str());
            ui.add(Label::new(semibold(title, tokens.size.heading)).wrap());
            match item {
                Some(item) => facts_of(ui, tokens, item, 420.0),
                None => waiting_ui(ui, tokens, self.shown.failure()),
            }
            ui.add_space(tokens.space.sm);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                close = button::plain(ui, tokens, "Close").clicked();
                if let Some(item) = item.filter(|_| can_relate)
                    && button::plain(ui, tokens, "Find related items").clicked()
                {
                    let (id, label) = (item.id.clone(), item.title.clone());
                    asked = Some(FoundId { id, label, interactions: item.interactions });
                }
            });
        });
        if close || asked.is_some() || response.should_close() {
            self.open = None;
        }
        asked
    }

    /// The facts of an item in the page.
    pub(super) fn facts_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, data: &DataKey, id: &str) {
        keep(&mut self.in_place, context, data, id);
        match self.in_place.value().filter(|item| item.id == id) {
            Some(item) => facts_of(ui, context.tokens, item, f32::INFINITY),
            None => waiting_ui(ui, context.tokens, self.in_place.failure()),
        }
    }
}

fn keep(
    loadable: &mut Loadable<(DataKey, String), ItemView>,
    context: &PaneContext<'_>,
    data: &DataKey,
    id: &str,
) {
    let (studio, group, wanted) = (context.studio.clone(), data.0.clone(), id.to_owned());
    loadable.keep(context, (data.clone(), id.to_owned()), "looking up an item", move |_| {
        studio.item(&group, &wanted)
    });
}

fn waiting_ui(ui: &mut Ui, tokens: &Tokens, failure: Option<&str>) {
    match failure {
        Some(failure) => ui.add(Label::new(RichText::new(failure).color(tokens.color.error)).wrap()),
        None => ui.label(RichText::new("Looking it up...").color(tokens.color.text_muted)),
    };
}

fn facts_of(ui: &mut Ui, tokens: &Tokens, item: &ItemView, height: f32) {
    let muted = |text: &str| RichText::new(text.to_owned()).color(tokens.color.text_muted);
    let area = ScrollArea::vertical().id_salt("facts").max_height(height).auto_shrink([false, true]);
    area.show(ui, |ui| {
        let width = ui.available_width();
        ui.spacing_mut().interact_size.y = 18.0;
        Grid::new("facts")
            .min_row_height(18.0)
            .num_columns(2)
            .spacing([tokens.space.lg, tokens.space.xs])
            .show(ui, |ui| {
                let mut fact = |name: &str, value: &str| {
                    ui.add(Label::new(muted(name)));
                    ui.vertical(|ui| {
                        ui.set_max_width((width - 170.0).max(120.0));
                        ui.add(Label::new(value).wrap());
                    });
                    ui.end_row();
                };
                if item.fields.is_empty() {
                    fact("ITEM_ID", &item.id);
                }
                for (name, value) in &item.fields {
                    fact(name, value);
                }
                fact("Interactions", &count_words(item.interactions));
            });
        if item.fields.is_empty() {
            ui.label(muted("The Items dataset has no row for it."));
        }
    });
}
