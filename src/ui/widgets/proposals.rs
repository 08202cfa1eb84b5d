//! A list of proposals that hangs below a caret: the arrows choose, Tab and Enter accept, Escape closes, and the
//! keyboard stays with the field all the while.

use super::{cut_text::cut_galley, raised_frame};
use crate::ui::theme::Tokens;
use egui::{Area, Event, Id, Key, Order, Pos2, Response, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

const ROW: f32 = 24.0;
const WIDTH: f32 = 360.0;
/// Rows that are seen at once.
const SEEN: usize = 8;

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub label: String,
    /// What is known of it; may be empty.
    pub detail: String,
}

/// What may take the place of what is begun.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// Where what is begun starts in the text, and what it says.
    pub begun: (usize, &'a str),
    pub list: &'a [Proposal],
    /// Where the list hangs.
    pub at: Pos2,
}

/// The list of one field.
#[derive(Debug, Default)]
pub struct Proposals {
    is_open: bool,
    selected: usize,
    /// Whether the arrows were used since it opened.
    moved: bool,
    /// Where the begun text starts, and what it says: another begins anew.
    begun: (usize, String),
    dismissed: bool,
    /// A click on the list takes the focus from the field before it ends.
    pointer_inside: bool,
}

/// Keys that the list took from the field.
#[derive(Debug, Default)]
pub struct Keys {
    down: usize,
    up: usize,
    accept: bool,
    escape: bool,
}

impl Proposals {
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Takes its keys out of the input; call it before the field is drawn. While nothing is begun and nothing was
    /// chosen, Enter is the field's own, and so is Tab unless `tab_accepts`.
    pub fn take_keys(&self, ui: &Ui, tab_accepts: bool) -> Keys {
        let mut keys = Keys::default();
        if !self.is_open {
            return keys;
        }
        let is_meant = self.moved || !self.begun.1.is_empty();
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
                if !modifiers.is_none() {
                    return true;
                }
                match key {
                    Key::ArrowDown => keys.down += 1,
                    Key::ArrowUp => keys.up += 1,
                    Key::Escape => keys.escape = true,
                    Key::Tab if is_meant || tab_accepts => keys.accept = true,
                    Key::Enter if is_meant => keys.accept = true,
                    _ => return true,
                }
                false
            });
        });
        keys
    }

    /// Shows an offer; call it after the field was drawn. The place in the list of what was accepted.
    pub fn show(
        &mut self,
        ui: &Ui,
        tokens: &Tokens,
        field: &Response,
        offer: Offer<'_>,
        keys: &Keys,
    ) -> Option<usize> {
        let Offer { begun, list, .. } = offer;
        if (self.begun.0, self.begun.1.as_str()) != begun {
            let begun = (begun.0, begun.1.to_owned());
            let Self { is_open, pointer_inside, .. } = *self;
            *self = Self { is_open, begun, pointer_inside, ..Self::default() };
        }
        self.dismissed |= keys.escape;
        if !list.is_empty() {
            let steps = keys.down + list.len() - keys.up % list.len();
            self.selected = (self.selected + steps) % list.len();
            self.moved |= keys.down != keys.up;
        }
        let has_focus = field.has_focus() || self.pointer_inside;
        self.is_open = has_focus && !list.is_empty() && !self.dismissed;
        if !self.is_open {
            self.pointer_inside = false;
            return None;
        }
        let accepted =
            if keys.accept { Some(self.selected) } else { self.list_ui(ui, tokens, field.id, offer, keys) };
        if accepted.is_some() {
            *self = Self::default();
        }
        accepted
    }

    /// The row that was clicked.
    fn list_ui(
        &mut self,
        ui: &Ui,
        tokens: &Tokens,
        field: Id,
        offer: Offer<'_>,
        keys: &Keys,
    ) -> Option<usize> {
        let Offer { list, at, .. } = offer;
        let area = Area::new(field.with("proposals")).order(Order::Foreground).fixed_pos(at).constrain(true);
        let shown = area.show(ui.ctx(), |ui| {
            raised_frame(tokens).inner_margin(4.0).show(ui, |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = 0.0;
                let height = ROW * list.len().min(SEEN) as f32;
                ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                    let mut clicked = None;
                    for (place, proposal) in list.iter().enumerate() {
                        let row = row_ui(ui, tokens, proposal, place == self.selected);
                        if place == self.selected && keys.up + keys.down > 0 {
                            row.scroll_to_me(None);
                        }
                        if row.clicked() {
                            clicked = Some(place);
                        }
                    }
                    clicked
                })
            })
        });
        self.pointer_inside = shown.response.contains_pointer();
        shown.inner.inner.inner
    }
}

fn row_ui(ui: &mut Ui, tokens: &Tokens, proposal: &Proposal, is_selected: bool) -> Response {
    let Proposal { label, detail } = proposal;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = if detail.is_empty() { label.clone() } else { format!("{label}, {detail}") };
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    if is_selected {
        ui.painter().rect_filled(rect, tokens.radius.sm, tokens.color.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, tokens.radius.sm, tokens.color.hover);
    }
    let half = rect.width() * 0.5;
    let detail = cut_galley(ui, detail, tokens.size.small, tokens.color.text_faint, half);
    let room = rect.width() - detail.size().x - 3.0 * tokens.space.sm;
    let label = cut_galley(ui, label, tokens.size.body, tokens.color.text, room);
    let middle = |height: f32| rect.center().y - height / 2.0;
    let left = pos2(rect.left() + tokens.space.sm, middle(label.size().y));
    ui.painter().galley(left, label, tokens.color.text);
    let right = pos2(rect.right() - tokens.space.sm - detail.size().x, middle(detail.size().y));
    ui.painter().galley(right, detail, tokens.color.text_faint);
    response
}
