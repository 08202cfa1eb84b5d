//! Groups don't see each other.

use super::{Workplace, walks};
use serde_json::{Value, json};

fn items(answer: &Value) -> Vec<&str> {
    let items = answer["itemList"].as_array().unwrap();
    items.iter().map(|item| item["itemId"].as_str().unwrap()).collect()
}

#[test]
fn two_groups_share_nothing() {
    let place = Workplace::with_interactions(&walks("g-", 80, 25, 60));
    place.write("shop.csv", &walks("s-", 90, 20, 40));
    place.import("shop", "interactions", "shop.csv");
    for group in ["g", "shop"] {
        place.train(group, "ease");
        place.json(&["campaign", "p.bespoke", "--group", group, "--name", "c", "--version", "ease"]);
    }
    // One name in two groups is told apart by the group's.
    let said = place.fails(1, &["recommend", "p.bespoke", "--campaign", "c", "--user", "g-u0001"]);
    assert!(said.contains("several groups") && said.contains("g/c, shop/c"), "{said}");
    let said =
        place.fails(1, &["batch", "p.bespoke", "--version", "ease", "--input", "all", "--output", "x"]);
    assert!(said.contains("g/ease/1, shop/ease/1"), "{said}");

    for (campaign, user, prefix) in
        [("g/c", "g-u0001", "g-"), ("shop/c", "g-u0001", "s-"), ("shop/c", "s-u0001", "s-")]
    {
        let answer = place.json(&["recommend", "p.bespoke", "--campaign", campaign, "--user", user]);
        assert_eq!(items(&answer).len(), 25);
        assert!(items(&answer).iter().all(|item| item.starts_with(prefix)), "{campaign} {user}");
    }
    let report = place.json(&[
        "batch",
        "p.bespoke",
        "--version",
        "shop/ease",
        "--input",
        "all",
        "--output",
        "shop.jsonl",
    ]);
    assert_eq!(report["lines"], json!(90));
    assert!(!place.read("shop.jsonl").contains("g-"));
}

/// A version keeps answering from the data it was trained on when they are replaced.
#[test]
fn a_version_outlives_its_data() {
    let place = Workplace::with_interactions(&walks("a-", 80, 25, 60));
    place.train("g", "ease");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "ease"]);
    let before = place.json(&["recommend", "p.bespoke", "--campaign", "c", "--user", "a-u0001"]);
    place.write("interactions.csv", &walks("b-", 70, 30, 50));
    place.import("g", "interactions", "interactions.csv");
    let after = place.json(&["recommend", "p.bespoke", "--campaign", "c", "--user", "a-u0001"]);
    assert_eq!(before["itemList"], after["itemList"]);
    place.train("g", "ease");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "ease"]);
    let anew = place.json(&["recommend", "p.bespoke", "--campaign", "c", "--user", "b-u0001"]);
    assert!(items(&anew).iter().all(|item| item.starts_with("b-")));
    place.is_whole();
}
