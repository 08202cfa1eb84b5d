//! A field for the id of a user or an item, which finds it by its name while it is typed.

use crate::domain::DatasetType;
use crate::studio::{FoundId, GroupView};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::proposals::{Offer, Proposal, Proposals};
use crate::ui::widgets::{count_words, search_field::name_field};
use egui::{EventFilter, RichText, TextEdit, Ui};

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
    Action,
}

pub(super) struct IdField {
    of: IdOf,
    text: String,
    found: Loadable<(DataKey, String), Vec<FoundId>>,
    proposals: Proposals,
}

impl IdField {
    pub(super) fn new(of: IdOf) -> Self {
        Self { of, text: String::new(), found: Loadable::default(), proposals: Proposals::default() }
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
                IdOf::Action => studio.search_actions(&group, &text, LISTED),
            });
        }
        let keys = self.proposals.take_keys(ui, false);
        let (is_open, is_begun) = (self.proposals.is_open(), !self.text.is_empty());
        let field = TextEdit::singleline(&mut self.text)
            .id(id)
            .hint_text(RichText::new(hint).color(tokens.color.text_faint))
            .desired_width(width)
            .min_size(egui::vec2(0.0, tokens.control_height))
            .align(egui::Align2::LEFT_CENTER)
            .event_filter(EventFilter {
                horizontal_arrows: true,
                vertical_arrows: is_open,
                tab: is_open && is_begun,
                escape: is_open,
            });
        let response = ui.add(field);
        name_field(&response, name);
        let typed = self.text.trim();
        let found = self.found.value().map(Vec::as_slice).unwrap_or_default();
        let is_whole = found.iter().any(|found| found.id == typed);
        let rows: Vec<Proposal> = if is_whole { Vec::new() } else { found.iter().map(proposal).collect() };
        let at = response.rect.left_bottom() + egui::vec2(0.0, 4.0);
        let offer = Offer { begun: (0, typed), list: &rows, at };
        let accepted = self.proposals.show(ui, tokens, &response, offer, &keys);
        if let Some(found) = accepted.and_then(|place| found.get(place)) {
            self.text.clone_from(&found.id);
        }
    }
}

fn proposal(found: &FoundId) -> Proposal {
    let name =
        if found.label == found.id { found.id.clone() } else { format!("{} ({})", found.label, found.id) };
    let count = format!("{} interactions", count_words(found.interactions));
    Proposal { label: name, detail: count }
}
