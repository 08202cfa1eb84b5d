//! The text of an expression: coloured, with proposals under the caret and lines under what is wrong.

use super::super::id_field::DataKey;
use super::choices::{Choice, Choices};
use super::highlight::colored;
use crate::domain::filter::{Facts, Field, Filter, FilterError, check};
use crate::studio::FieldValue;
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::{cut_text::cut_galley, raised_frame, search_field::name_field};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::{TextEditOutput, TextEditState};
use egui::{
    Area, Event, EventFilter, FontId, Id, Key, Order, Pos2, Rect, Response, ScrollArea, Sense, Stroke,
    TextBuffer, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

/// Values that are proposed at most.
const VALUES: usize = 40;
const ROW: f32 = 24.0;
const WIDTH: f32 = 330.0;
/// Rows that are seen at once.
const SEEN: usize = 8;

#[derive(Default)]
pub(super) struct ExpressionEditor {
    popup: Popup,
    values: Loadable<(DataKey, Field, String), Vec<FieldValue>>,
}

/// The list of proposals.
#[derive(Default)]
struct Popup {
    is_open: bool,
    selected: usize,
    /// Whether the arrows were used since it opened.
    moved: bool,
    /// Where what is begun starts, and what it says: another text begins anew.
    begun: (usize, String),
    dismissed: bool,
    pointer_inside: bool,
}

/// Keys that the list takes from the text.
#[derive(Default)]
struct Keys {
    down: usize,
    up: usize,
    enter: bool,
    tab: bool,
    escape: bool,
}

/// What is wrong with a text.
pub(super) fn errors_of(text: &str, facts: &Facts) -> Vec<FilterError> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    match Filter::parse(text) {
        Ok(filter) => check(&filter, facts).errors,
        Err(error) => vec![error],
    }
}

impl ExpressionEditor {
    pub(super) fn id(ui: &Ui) -> Id {
        ui.make_persistent_id("expression")
    }

    /// Draws the field with `text`.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        data: &DataKey,
        facts: &Facts,
        text: &mut String,
    ) -> Response {
        let tokens = context.tokens;
        let id = Self::id(ui);
        let keys = if self.popup.is_open {
            Keys::take(ui, self.popup.moved || !self.popup.begun.1.is_empty())
        } else {
            Keys::default()
        };
        let mut layouter = |ui: &Ui, buffer: &dyn TextBuffer, width: f32| {
            let text = buffer.as_str();
            let job = colored(text, &errors_of(text, facts), tokens, width);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let is_open = self.popup.is_open;
        let output = TextEdit::multiline(text)
            .id(id)
            .font(FontId::monospace(tokens.size.mono))
            .desired_rows(4)
            .desired_width(f32::INFINITY)
            .hint_text("INCLUDE ItemID WHERE ...")
            .event_filter(EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                tab: is_open,
                escape: is_open,
            })
            .layouter(&mut layouter)
            .show(ui);
        let response = output.response.response.clone();
        name_field(&response, "Expression of the filter");
        mark_end(ui, tokens, text, &errors_of(text, facts), &output);
        let Some(range) = output.cursor_range else {
            self.popup.is_open = false;
            return response;
        };
        let caret = byte_of(text, range.primary.index.0);
        let choices = Choices::at(text, caret);
        self.load_values(context, data, &choices);
        let list = choices.list(facts, self.values.value().map(Vec::as_slice).unwrap_or_default());
        self.popup.follow(&choices, &list, &keys);
        let has_focus = response.has_focus() || self.popup.pointer_inside;
        let accepts = keys.tab || keys.enter;
        let mut accepted = accepts.then(|| list.get(self.popup.selected)).flatten().cloned();
        self.popup.is_open = has_focus && !list.is_empty() && !self.popup.dismissed && accepted.is_none();
        if self.popup.is_open {
            let at = output.galley.pos_from_cursor(range.primary).translate(output.galley_pos.to_vec2());
            accepted = self.popup.ui(ui, tokens, id, &list, at, &keys);
        } else {
            self.popup.pointer_inside = false;
        }
        if let Some(choice) = accepted {
            self.accept(ui, id, text, &choices, &choice);
        }
        response
    }

    fn load_values(&mut self, context: &PaneContext<'_>, data: &DataKey, choices: &Choices) {
        let Some(field) = choices.field() else { return };
        let (studio, group) = (context.studio.clone(), data.0.clone());
        let (field, prefix) = (field.clone(), choices.prefix.clone());
        let key = (data.clone(), field.clone(), prefix.clone());
        self.values.keep(context, key, "looking up values", move |_| {
            studio.field_values(&group, &field, &prefix, VALUES)
        });
    }

    fn accept(&mut self, ui: &Ui, id: Id, text: &mut String, choices: &Choices, choice: &Choice) {
        // No second blank where one follows.
        let insert = if text[choices.begun.end..].starts_with(' ') {
            choice.insert.trim_end()
        } else {
            &choice.insert
        };
        text.replace_range(choices.begun.clone(), insert);
        let caret = text[..choices.begun.start + insert.len()].chars().count();
        let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
        state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(caret))));
        state.store(ui.ctx(), id);
        ui.memory_mut(|memory| memory.request_focus(id));
        self.popup = Popup::default();
        ui.ctx().request_repaint();
    }
}

impl Popup {
    /// Begins anew where another word is begun; moves as the keys say.
    fn follow(&mut self, choices: &Choices, list: &[Choice], keys: &Keys) {
        let begun = (choices.begun.start, choices.prefix.clone());
        if self.begun != begun {
            *self =
                Self { begun, is_open: self.is_open, pointer_inside: self.pointer_inside, ..Self::default() };
        }
        self.dismissed |= keys.escape;
        if !list.is_empty() {
            self.selected = (self.selected + keys.down + list.len() - keys.up % list.len()) % list.len();
            self.moved |= keys.down != keys.up;
        }
    }

    /// Draws the list under the caret. What was clicked.
    fn ui(
        &mut self,
        ui: &Ui,
        tokens: &Tokens,
        id: Id,
        list: &[Choice],
        caret: Rect,
        keys: &Keys,
    ) -> Option<Choice> {
        let at: Pos2 = caret.left_bottom() + vec2(-8.0, 4.0);
        let area = Area::new(id.with("proposals")).order(Order::Foreground).fixed_pos(at).constrain(true);
        let shown = area.show(ui.ctx(), |ui| {
            raised_frame(tokens).inner_margin(4.0).show(ui, |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = 0.0;
                let height = ROW * list.len().min(SEEN) as f32;
                ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                    let mut clicked = None;
                    for (place, choice) in list.iter().enumerate() {
                        let row = row_ui(ui, tokens, choice, place == self.selected);
                        if place == self.selected && keys.up + keys.down > 0 {
                            row.scroll_to_me(None);
                        }
                        if row.clicked() {
                            clicked = Some(choice.clone());
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

fn row_ui(ui: &mut Ui, tokens: &Tokens, choice: &Choice, is_selected: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = if choice.detail.is_empty() {
        choice.label.clone()
    } else {
        format!("{}, {}", choice.label, choice.detail)
    };
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    if is_selected {
        ui.painter().rect_filled(rect, tokens.radius.sm, tokens.color.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, tokens.radius.sm, tokens.color.hover);
    }
    let detail =
        cut_galley(ui, &choice.detail, tokens.size.small, tokens.color.text_faint, rect.width() * 0.5);
    let room = rect.width() - detail.size().x - 3.0 * tokens.space.sm;
    let label = {
        let font = FontId::monospace(tokens.size.mono);
        let mut job = egui::text::LayoutJob::simple_singleline(choice.label.clone(), font, tokens.color.text);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        ui.painter().layout_job(job)
    };
    let middle = |height: f32| rect.center().y - height / 2.0;
    ui.painter().galley(
        pos2(rect.left() + tokens.space.sm, middle(label.size().y)),
        label,
        tokens.color.text,
    );
    let right = rect.right() - tokens.space.sm - detail.size().x;
    ui.painter().galley(pos2(right, middle(detail.size().y)), detail, tokens.color.text_faint);
    response
}

impl Keys {
    /// Takes the keys out of the input. Enter is the text's own where nothing is begun and nothing was chosen.
    fn take(ui: &Ui, with_enter: bool) -> Self {
        let mut keys = Self::default();
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
                if !modifiers.is_none() {
                    return true;
                }
                match key {
                    Key::ArrowDown => keys.down += 1,
                    Key::ArrowUp => keys.up += 1,
                    Key::Tab => keys.tab = true,
                    Key::Escape => keys.escape = true,
                    Key::Enter if with_enter => keys.enter = true,
                    _ => return true,
                }
                false
            });
        });
        keys
    }
}

/// A mark behind the text where something is missing there.
fn mark_end(ui: &Ui, tokens: &Tokens, text: &str, errors: &[FilterError], output: &TextEditOutput) {
    for error in errors.iter().filter(|error| error.span.start == error.span.end) {
        let place = CCursor::new(text[..error.span.start].chars().count());
        let at = output.galley.pos_from_cursor(place).translate(output.galley_pos.to_vec2());
        let stroke = Stroke::new(2.0, tokens.color.error);
        ui.painter().hline(at.left() + 1.0..=at.left() + 10.0, at.bottom() - 1.0, stroke);
    }
}

/// The byte at which a character begins.
fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}
