//! A list that the person gives to be put in order.

use crate::domain::limits::MAX_INPUT_LIST;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::search_field::name_field;
use egui::{RichText, TextEdit, Ui};

/// The items to put in order, separated by commas, semicolons, tabs or lines.
pub(super) fn list_ui(context: &PaneContext<'_>, ui: &mut Ui, list: &mut String) {
    let tokens = context.tokens;
    let hint = RichText::new("Item ids, separated by commas or lines").color(tokens.color.text_faint);
    let field = TextEdit::multiline(list).hint_text(hint).desired_rows(2).desired_width(f32::INFINITY);
    let field = egui::ScrollArea::vertical().id_salt("list").max_height(64.0).show(ui, |ui| ui.add(field));
    name_field(&field.inner, "Items to rank");
    let count = ids_of(list).len();
    let ink = if count > MAX_INPUT_LIST { tokens.color.error } else { tokens.color.text_faint };
    let words = format!("{count} of {MAX_INPUT_LIST} items at most");
    ui.label(RichText::new(words).size(tokens.size.small).color(ink));
}

/// The ids of a typed list, each once, in its order.
pub(super) fn ids_of(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let parts = text.split([',', ';', '\n', '\t']);
    for id in parts.map(|id| id.trim().trim_matches('"')).filter(|id| !id.is_empty()) {
        if !ids.iter().any(|there| there == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_people_write_it() {
        assert_eq!(ids_of(" 27, \"886\"\n101,,27\n"), ["27", "886", "101"]);
        assert_eq!(ids_of("a b; c"), ["a b", "c"], "ids may hold blanks");
        assert!(ids_of(" \n,").is_empty());
    }
}
