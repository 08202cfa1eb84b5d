//! Finding a user or an item: by search, at random, or by typing an id that nobody knows.

use super::DataKey;
use crate::studio::FoundId;
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::{button, count_words, cut_text::cut_galley, search_field::search_field};
use egui::{Key, RichText, ScrollArea, Sense, Ui, vec2};
use std::hash::{BuildHasher, RandomState};

/// Matches listed.
const LISTED: usize = 50;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Item,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Item => "item",
        }
    }

    /// The search field's name.
    fn field(self) -> &'static str {
        match self {
            Self::User => "Find a user",
            Self::Item => "Find an item by title or id",
        }
    }
}

pub(super) struct Picker {
    kind: Kind,
    text: String,
    searching: bool,
    picked: Option<FoundId>,
    found: Loadable<(DataKey, String), Vec<FoundId>>,
    drawn: Loadable<(DataKey, u64), Option<FoundId>>,
    /// Whether Enter was pressed on a text whose matches are awaited.
    entered: bool,
    /// The number drawn whose user or item is awaited.
    draw: Option<u64>,
}

impl Picker {
    /// Begins with someone at random.
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            text: String::new(),
            searching: false,
            picked: None,
            found: Loadable::default(),
            drawn: Loadable::default(),
            entered: false,
            draw: Some(random_number()),
        }
    }

    pub(super) fn picked(&self) -> Option<&FoundId> {
        self.picked.as_ref()
    }

    /// Whether the list of matches is open.
    pub(super) fn is_searching(&self) -> bool {
        self.searching
    }

    pub(super) fn pick(&mut self, found: FoundId) {
        self.picked = Some(found);
        self.text.clear();
        self.searching = false;
        self.entered = false;
        self.draw = None;
    }

    /// Takes up what has come; call it each frame.
    pub(super) fn load(&mut self, context: &PaneContext<'_>, data: &DataKey) {
        if let Some(draw) = self.draw {
            let (studio, group, kind) = (context.studio.clone(), data.0.clone(), self.kind);
            self.drawn.keep(context, (data.clone(), draw), "drawing at random", move |_| match kind {
                Kind::User => studio.random_user(&group, draw),
                Kind::Item => studio.random_item(&group, draw),
            });
            if !self.drawn.is_loading() {
                self.draw = None;
                if let Some(found) = self.drawn.value().cloned().flatten() {
                    self.pick(found);
                }
            }
        }
        if self.searching {
            let (studio, group, kind) = (context.studio.clone(), data.0.clone(), self.kind);
            let text = self.text.trim().to_owned();
            self.found.keep(context, (data.clone(), text.clone()), "searching", move |_| match kind {
                Kind::User => studio.search_users(&group, &text, LISTED),
                Kind::Item => studio.search_items(&group, &text, LISTED),
            });
            if self.entered && !self.found.is_loading() {
                self.pick_typed();
            }
        }
    }

    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        ui.horizontal(|ui| {
            let width = ui.available_width() - 34.0;
            let field = search_field(ui, tokens, self.kind.field(), &mut self.text, width);
            if field.changed() || field.gained_focus() {
                self.searching = true;
                self.entered = false;
                self.draw = None;
            }
            if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                self.entered = !self.text.trim().is_empty();
            }
            if self.searching && ui.input(|input| input.key_pressed(Key::Escape)) {
                self.searching = false;
            }
            let name = format!("Random {}", self.kind.noun());
            if button::icon(ui, tokens, Icon::Shuffle, &name).clicked() {
                self.draw = Some(random_number());
                self.searching = false;
            }
        });
        if self.searching {
            self.matches_ui(ui, tokens);
        } else if let Some(picked) = &self.picked {
            picked_ui(ui, tokens, self.kind, picked);
        }
    }

    /// Enter: the match with this very id or label, or the best match, or the id as it was typed where nothing fits.
    fn pick_typed(&mut self) {
        let typed = self.text.trim().to_owned();
        let same = |found: &&FoundId| found.id == typed || found.label.eq_ignore_ascii_case(&typed);
        let found = self.found.value().map(Vec::as_slice).unwrap_or_default();
        let known = found.iter().find(same).or_else(|| found.first()).cloned();
        self.pick(known.unwrap_or_else(|| unknown(typed)));
    }

    fn matches_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let typed = self.text.trim().to_owned();
        let mut picked = None;
        if let Some(failure) = self.found.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
        }
        let found = self.found.value().map(Vec::as_slice).unwrap_or_default();
        let exact = found.iter().any(|found| found.id == typed);
        let is_new = !typed.is_empty() && !exact && !self.found.is_loading();
        ScrollArea::vertical().id_salt("matches").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for one in found {
                if match_ui(ui, tokens, one) {
                    picked = Some(one.clone());
                }
            }
            if is_new {
                let text = match self.kind {
                    Kind::User => format!("Ask as a new user: {typed}"),
                    Kind::Item => format!("Ask for the unknown item: {typed}"),
                };
                if button::link(ui, tokens, &text).clicked() {
                    picked = Some(unknown(typed));
                }
            }
        });
        if let Some(found) = picked {
            self.pick(found);
        }
    }
}

/// An id that the data does not have.
fn unknown(id: String) -> FoundId {
    FoundId { label: id.clone(), id, interactions: 0 }
}

/// One match. Whether it was clicked.
fn match_ui(ui: &mut Ui, tokens: &Tokens, found: &FoundId) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
    let count = format!("{} interactions", count_words(found.interactions));
    let name =
        if found.label == found.id { found.id.clone() } else { format!("{} ({})", found.label, found.id) };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{name}, {count}")));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, tokens.radius.md, tokens.color.hover);
    }
    let c = &tokens.color;
    let small = egui::FontId::proportional(tokens.size.small);
    let count = ui.painter().layout_no_wrap(count, small, c.text_faint);
    let width = rect.width() - count.size().x - 3.0 * tokens.space.sm;
    let at = rect.right_center() - vec2(count.size().x + tokens.space.sm, count.size().y / 2.0);
    ui.painter().galley(at, count, c.text_faint);
    let name_text = cut_galley(ui, &name, tokens.size.body, c.text, width);
    let at = rect.left_center() + vec2(tokens.space.sm, -name_text.size().y / 2.0);
    ui.painter().galley(at, name_text, c.text);
    response.on_hover_text(name).clicked()
}

/// Who or what was picked.
fn picked_ui(ui: &mut Ui, tokens: &Tokens, kind: Kind, picked: &FoundId) {
    ui.horizontal(|ui| {
        let icon = if kind == Kind::User { Icon::User } else { Icon::Item };
        ui.add(icon.image(18.0, tokens.color.accent_text));
        let words = match (kind, picked.interactions) {
            (Kind::User, 0) => "new user, no history".to_owned(),
            (Kind::Item, 0) => "nobody had it".to_owned(),
            (_, count) => format!("{} interactions", count_words(count)),
        };
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(semibold(&picked.label, tokens.size.title)).truncate());
            });
        });
    });
}

/// A number from the system's own randomness; it chooses who is shown and nothing that is kept.
fn random_number() -> u64 {
    RandomState::new().hash_one(0)
}
