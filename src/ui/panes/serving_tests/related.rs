//! Related items, why an item has none, and what Home makes of a preview.

use super::*;

#[test]
fn related_items_stay_in_their_circle() {
    let mut window = window(&["sims"], |_| Vec::new());
    window.create("related", "sims/1");
    window.press("Try the campaign related");
    let entry = "Film 03 (i03), 24 interactions";
    window.find("Find an item by title or id", "film 03", entry, "Film 04 (i04), 24 interactions");
    window.wait_for("Drama");
    window.wait_for("had both this and Film 03");
    let answer: Value = serde_json::from_str(&window.copied("Copy as JSON")).unwrap();
    let ids: Vec<&str> =
        answer["itemList"].as_array().unwrap().iter().map(|item| item["itemId"].as_str().unwrap()).collect();
    let (inside, outside) = ids.split_at(CIRCLE - 1);
    assert!(inside.iter().all(|id| *id < "i25" && *id != "i03"), "{ids:?}");
    assert!(outside.iter().all(|id| *id >= "i25" || *id == "i03"), "{ids:?}");
}

/// Everybody watches one film more: it is more popular than any other.
fn hit() -> String {
    let mut rows = String::new();
    for user in 0..USERS {
        writeln!(rows, "u{user:02},hit,{},watch", 881_251_100 + user).unwrap();
    }
    rows
}

#[test]
fn an_item_too_popular_for_sims_says_so_and_names_the_parameter() {
    let mut window = window_with(&hit(), &["sims"], |_| Vec::new());
    window.create("related", "sims/1");
    window.press("Try the campaign related");
    window.find(
        "Find an item by title or id",
        "hit",
        "hit, 50 interactions",
        "Film 04 (i04), 24 interactions",
    );
    window.wait_for("fallback: popular items");
    window.wait_for("This item is too popular for this version");
    window.wait_for("interactions are more than any other item has");
    window.wait_for("max_item_interaction_count_percentile is 0.9");
    window.wait_for("train a version with max_item_interaction_count_percentile set to 1");
    window.find("Find an item by title or id", "film 03", "Film 03 (i03), 24 interactions", "hit, 50");
    window.wait_for("had both this and Film 03");
    assert!(!window.has("too popular"), "it is said only where it holds");
    window.type_into("Find an item by title or id", "film 04");
    window.harness.key_press(egui::Key::Enter);
    window.harness.run_steps(2);
    window.wait_for("had both this and Film 04");
    window.type_into("Find an item by title or id", "no-such");
    window.press("Ask for the unknown item: no-such");
    window.wait_for("Nobody had this item in the data the version was trained on");
}

#[test]
fn home_knows_that_a_preview_was_answered_also_another_day() {
    let mut window = window(&["sequential-rules"], |_| Vec::new());
    window.create("next", "sequential-rules/1");
    window.go(PaneKind::Home);
    window.wait_for("Try: next");
    window.press("Preview a user");
    window.wait_for("answered in");
    window.go(PaneKind::Home);
    window.wait_for("Try: done");
    window.wait_for("next was asked, and answered");
    let Window { harness, folder } = window;
    drop(harness);
    let mut window = open(folder, Vec::new());
    window.go(PaneKind::Home);
    window.wait_for("Try: done");
}
