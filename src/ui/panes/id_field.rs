//! A field for the id of a user or an item, which finds it by its name while it is typed.

use crate::domain::DatasetType;
use crate::studio::{FoundId, GroupView};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::{count_words, search_field::name_field};
use egui::{CompletionPopup, RectAlign, RichText, Suggestion, TextEdit, Ui};

/// Matches listed.
const LISTED: usize = 20;

/// A group and when each of its datasets was imported: what is read of them holds as long.
pub(super) type DataKey = (String, Vec<Option<(u32, i64)>>);

pub(super) fn data_key(group: &GroupView) -> DataKey {
    let moment = |kind| group.dataset(kind).map(|dataset| (dataset.version, dataset.imported_at));
    (group.name.clone(), DatasetType::ALL.map(moment).to_vec())
}

/// Whose id it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdOf {
    User,
    Item,
}

pub(super) struct IdField {
    of: IdOf,
    text: String,
    found: Loadable<(DataKey, String), Vec<FoundId>>,
}

impl IdField {
    pub(super) fn new(of: IdOf) -> Self {
        Self { of, text: String::new(), found: Loadable::default() }
    }

    /// The id as it stands; none where nothing is typed.
    pub(super) fn id(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// Makes it a field for another kind of id; what is typed of the kind before goes.
    pub(super) fn of(&mut self, of: IdOf) {
        if self.of != of {
            *self = Self::new(of);
        }
    }

    pub(super) fn set(&mut self, id: &str) {
        id.clone_into(&mut self.text);
    }

    /// Draws it; `name` is read aloud, `hint` stands in it while it is empty.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        data: &DataKey,
        name: &str,
        hint: &str,
        width: f32,
    ) {
        let tokens = context.tokens;
        let id = ui.make_persistent_id(("id field", name));
        if ui.memory(|memory| memory.has_focus(id)) {
            let (studio, group, of) = (context.studio.clone(), data.0.clone(), self.of);
            let text = self.text.trim().to_owned();
            self.found.keep(context, (data.clone(), text.clone()), "searching", move |_| match of {
                IdOf::User => studio.search_users(&group, &text, LISTED),
                IdOf::Item => studio.search_items(&group, &text, LISTED),
            });
        }
        let found = self.found.value().map(Vec::as_slice).unwrap_or_default();
        let field = TextEdit::singleline(&mut self.text)
            .hint_text(RichText::new(hint).color(tokens.color.text_faint))
            .desired_width(width)
            .min_size(egui::vec2(0.0, tokens.control_height))
            .align(egui::Align2::LEFT_CENTER);
        let popup = CompletionPopup::new(id).word_boundary(|_| false).align(RectAlign::BOTTOM_START);
        let output = popup.show(ui, field, |query| {
            let typed = query.text.trim();
            if found.iter().any(|found| found.id == typed) {
                return Vec::new();
            }
            found.iter().map(suggestion).collect()
        });
        name_field(&output.text_edit.response.response, name);
    }
}

fn suggestion(found: &FoundId) -> Suggestion {
    let name =
        if found.label == found.id { found.id.clone() } else { format!("{} ({})", found.label, found.id) };
    let count = format!("{} interactions", count_words(found.interactions));
    Suggestion::new(found.id.clone()).content(name).description(count)
}
