//! Files that meet data which is there: what can be done with them, and a group of their own.

use super::super::drafts::{Draft, DraftState};
use super::intake::LINE;
use crate::domain::DatasetType;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::button;
use egui::{Align, Label, Layout, RichText, Ui};

/// Says that the group has data already where files wait to go into it, and offers a group of their own. Whether
/// that is wanted.
pub(super) fn clash_ui(context: &PaneContext<'_>, ui: &mut Ui, listed: &[&Draft]) -> bool {
    let Some(group) = context.group else { return false };
    let waits = |draft: &&&Draft| matches!(draft.state, DraftState::Open) && draft.confident;
    let kinds: Vec<DatasetType> = listed.iter().filter(waits).map(|draft| draft.mapping.dataset).collect();
    let there: Vec<&str> = DatasetType::ALL
        .into_iter()
        .filter(|kind| kinds.contains(kind) && group.dataset(*kind).is_some())
        .map(DatasetType::as_str)
        .collect();
    if there.is_empty() {
        return false;
    }
    let tokens = context.tokens;
    let mut wanted = false;
    ui.horizontal(|ui| {
        ui.set_min_height(LINE);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let enabled =
                if context.is_read_only() { Err("The project is open for reading only") } else { Ok(()) };
            let button = button::plain_enabled(ui, tokens, "Put them into a new group...", enabled);
            wanted = button.on_hover_text("The group that is there stays as it is").clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(tokens.space.sm);
                let words = format!(
                    "{} has {} already. Replace it or add to it, file by file, or keep both apart.",
                    group.name,
                    listed_words(&there)
                );
                ui.add(Label::new(RichText::new(words).color(tokens.color.warning)).truncate());
            });
        });
    });
    wanted
}

/// `Interactions, Items and Users`
fn listed_words(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::listed_words;

    #[test]
    fn names_are_listed_as_people_say_them() {
        assert_eq!(listed_words(&["Interactions"]), "Interactions");
        assert_eq!(listed_words(&["Interactions", "Items", "Users"]), "Interactions, Items and Users");
    }
}
