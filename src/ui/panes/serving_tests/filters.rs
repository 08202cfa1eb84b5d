//! The page Filters, and filters on Preview and Batch: written with the keyboard, corrected, tried, used.

use super::*;
use egui::{Key, Modifiers};

const EXPRESSION: &str = "Expression of the filter";

impl Window {
    /// Types at the caret of the expression.
    fn write(&mut self, text: &str) {
        self.harness.get_by_role_and_label(Role::MultilineTextInput, EXPRESSION).type_text(text);
        self.harness.run();
    }

    fn key(&mut self, key: Key) {
        self.harness.key_press_modifiers(Modifiers::NONE, key);
        self.harness.run();
    }

    fn expression(&self) -> String {
        self.harness.get_by_role_and_label(Role::MultilineTextInput, EXPRESSION).value().unwrap_or_default()
    }
}

#[test]
fn a_filter_is_written_by_what_is_proposed_and_used() {
    let mut window =
        window(&["sequential-rules"], |folder| vec![Picked::Chosen(vec![folder.join("filtered.jsonl")])]);
    window.go(PaneKind::Filters);
    window.wait_for(EXPRESSION);
    window.press("New filter");
    window.wait_for("Begin with");
    window.write("in");
    window.wait_for("INCLUDE, keep only what follows");
    window.key(Key::Tab);
    window.wait_for("ItemID, choose items");
    window.key(Key::Tab);
    window.key(Key::Tab);
    assert_eq!(window.expression(), "INCLUDE ItemID WHERE ");
    window.write("it");
    window.key(Key::Enter);
    window.wait_for("GENRES, categories");
    window.write("ge");
    window.key(Key::Enter);
    window.wait_for("NOT IN, has none of these");
    // Down to the second, and back up.
    window.key(Key::ArrowDown);
    window.key(Key::ArrowUp);
    window.key(Key::Enter);
    window.key(Key::Tab);
    assert_eq!(window.expression(), "INCLUDE ItemID WHERE Items.GENRES IN (");
    window.wait_for("Comedy, 25 rows");
    window.write("\"dr");
    window.wait_until("only what fits", |window| {
        window.has("Drama, 25 rows") && !window.has("Comedy, 25 rows")
    });
    window.key(Key::Enter);
    window.write(")");
    assert_eq!(window.expression(), "INCLUDE ItemID WHERE Items.GENRES IN (\"Drama\")");
    window.wait_for("25 of 50 items");
    window.wait_for("Kept: Film 00 (i00)");

    // Why: one that is kept, by a click; one that is not, by its id.
    window.press("Kept: Film 00 (i00)");
    window.wait_for("INCLUDE holds, which keeps it");
    window.wait_for("true: here it is Drama");
    window.set_text("Why an item is in or out", "i30");
    window.wait_for("false: here it is Comedy");
    window.wait_for("INCLUDE does not hold");

    window.set_text("Name of the filter", "dramas");
    window.press("Create");
    window.wait_for("Filter dramas can be used");
    assert_eq!(window.group().filters[0].expression, "INCLUDE ItemID WHERE Items.GENRES IN (\"Drama\")");

    // A user of the second circle is shown films of the first.
    window.create("next", "sequential-rules/1");
    window.press("Try the campaign next");
    window.find("Find a user", "u07", "u07, 24 interactions", "u08, 24 interactions");
    window.choose("Filter", "dramas");
    window.wait_until("the filtered answer", |window| {
        window.has("answered in") && !window.has(&format!("Rank 1: Film {:02}", item(7, EVENTS)))
    });
    let answer: Value = serde_json::from_str(&window.copied("Copy as JSON")).unwrap();
    let ids = answer["itemList"].as_array().unwrap();
    assert!(!ids.is_empty() && ids.iter().all(|one| one["itemId"].as_str().unwrap() < "i25"), "{answer}");

    window.go(PaneKind::Batch);
    window.choose("Filter of the batch", "dramas");
    window.press("Save as...");
    window.press("Write the batch");
    window.wait_for("The first lines");
    let text = std::fs::read_to_string(window.folder.path().join("filtered.jsonl")).unwrap();
    assert_eq!(text.lines().count(), USERS);
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let items = line["output"]["recommendedItems"].as_array().unwrap();
        assert!(items.iter().all(|id| id.as_str().unwrap() < "i25"), "{line}");
    }
}

#[test]
fn slips_are_shown_and_parameters_asked_for() {
    let mut window = window(&["sequential-rules"], |_| Vec::new());
    window.go(PaneKind::Filters);
    window.wait_for(EXPRESSION);
    assert!(window.has("None yet"));
    window.set_text(EXPRESSION, "INCLUDE ItemID WHERE Items.GENRE IN (\"Drama\")");
    window.wait_for("Character 22: Items has no field GENRE; write GENRES");
    assert!(window.harness.get_by_label("Create").accesskit_node().is_disabled());
    window.set_text(EXPRESSION, "INCLUDE ItemID WHERE Items.GENRES IN ");
    window.wait_for("At the end: after IN and NOT IN an opening parenthesis is expected");
    window.set_text(
        EXPRESSION,
        "INCLUDE ItemID WHERE Items.GENRES IN ($KIND) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"WATCH\")",
    );
    window.wait_for("Give a value for $KIND above.");
    window.set_text("Value of $KIND", "\"Comedy\"");
    window.wait_for("Name a user above");
    window.set_text("User the filter is tried with", "u07");
    // Of 25 comedies the user had 24.
    window.wait_for("1 of 50 items");
    window.set_text("Value of $KIND", "Comedy,Drama");
    window.wait_for("a text stands without quotes");
    window.set_text("Value of $KIND", "\"Comedy\", \"Drama\"");
    window.wait_for("26 of 50 items");
    window.set_text("Name of the filter", "fresh");
    window.press("Create");
    window.wait_until("the filter", |window| window.group().filters.len() == 1);

    window.create("next", "sequential-rules/1");
    window.press("Try the campaign next");
    window.find("Find a user", "u07", "u07, 24 interactions", "u08, 24 interactions");
    window.choose("Filter", "fresh");
    window.wait_for("Give a value for $KIND: the filter needs it.");
    window.set_text("Value of $KIND", "\"Comedy\"");
    window.wait_for("1 items, answered in");
    window.wait_for(&format!("Rank 1: Film {:02}", item(7, EVENTS)));

    window.go(PaneKind::Filters);
    window.press("Delete the filter fresh");
    window.press("Delete");
    window.wait_until("the deletion", |window| window.group().filters.is_empty());
}
