//! The text of an expression: coloured, with proposals under the caret and lines under what is wrong.

use super::super::id_field::DataKey;
use super::choices::{Choice, Choices};
use super::highlight::colored;
use crate::domain::filter::{Facts, Field, Filter, FilterError, check};
use crate::studio::FieldValue;
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::proposals::{Offer, Proposal, Proposals};
use crate::ui::widgets::search_field::name_field;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::{TextEditOutput, TextEditState};
use egui::{EventFilter, FontId, Id, Response, RichText, Stroke, TextBuffer, TextEdit, Ui, vec2};

/// Values that are proposed at most.
const VALUES: usize = 40;

#[derive(Default)]
pub(super) struct ExpressionEditor {
    proposals: Proposals,
    values: Loadable<(DataKey, Field, String), Vec<FieldValue>>,
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
        let keys = self.proposals.take_keys(ui, true);
        let mut layouter = |ui: &Ui, buffer: &dyn TextBuffer, width: f32| {
            let text = buffer.as_str();
            let job = colored(text, &errors_of(text, facts), tokens, width);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let is_open = self.proposals.is_open();
        let output = TextEdit::multiline(text)
            .id(id)
            .font(FontId::monospace(tokens.size.mono))
            .desired_rows(4)
            .desired_width(f32::INFINITY)
            .hint_text(RichText::new("INCLUDE ItemID WHERE ...").monospace().color(tokens.color.text_faint))
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
        let Some(range) = output.cursor_range else { return response };
        let caret = byte_of(text, range.primary.index.0);
        let choices = Choices::at(text, caret);
        self.load_values(context, data, &choices);
        let list = choices.list(facts, self.values.value().map(Vec::as_slice).unwrap_or_default());
        let rows: Vec<Proposal> = list.iter().map(|choice| choice.proposal.clone()).collect();
        let at = output.galley.pos_from_cursor(range.primary).translate(output.galley_pos.to_vec2());
        let at = at.left_bottom() + vec2(-8.0, 4.0);
        let begun = (choices.begun.start, choices.prefix.as_str());
        let accepted = self.proposals.show(ui, tokens, &response, Offer { begun, list: &rows, at }, &keys);
        if let Some(choice) = accepted.and_then(|place| list.get(place)) {
            accept(ui, id, text, &choices, choice);
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
}

/// Writes a choice in the place of what is begun.
fn accept(ui: &Ui, id: Id, text: &mut String, choices: &Choices, choice: &Choice) {
    // No second blank where one follows.
    let is_followed = text[choices.begun.end..].starts_with(' ');
    let insert = if is_followed { choice.insert.trim_end() } else { &choice.insert };
    text.replace_range(choices.begun.clone(), insert);
    let caret = text[..choices.begun.start + insert.len()].chars().count();
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(caret))));
    state.store(ui.ctx(), id);
    ui.memory_mut(|memory| memory.request_focus(id));
    ui.ctx().request_repaint();
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
