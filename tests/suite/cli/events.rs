//! Events recorded from the command line: what changes at once, for whom, and what the next training has of them.

use super::*;
use serde_json::json;

/// Eighty users who walk along a circle of forty items, asked through rules of what comes next.
fn place() -> Workplace {
    let place = Workplace::with_interactions(&walks("", 80, 20, 40));
    place.train("g", "sequential-rules");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "sequential-rules"]);
    place
}

impl Workplace {
    fn list(&self, user: &str, rest: &[&str]) -> (Vec<String>, String) {
        let ask = ["recommend", "p.bespoke", "--campaign", "c", "--num", "5", "--user", user];
        let answer = self.json(&[&ask[..], rest].concat());
        let items = answer["itemList"].as_array().unwrap();
        let ids = items.iter().map(|item| item["itemId"].as_str().unwrap().to_owned()).collect();
        (ids, answer["recommendationId"].as_str().unwrap().to_owned())
    }

    fn event(&self, rest: &[&str]) -> Value {
        self.json(&[&["event", "p.bespoke", "--group", "g"], rest].concat())
    }
}

/// Who had i0007 has i0008 next: so after an event on i0007 it leads. Nobody else's list changes, a repeated event changes
/// nothing, and a visitor becomes a user with the first event that carries both.
#[test]
fn an_event_changes_the_list_of_its_user_at_once() {
    let place = place();
    let (before, _) = place.list("u0000", &[]);
    let (other, _) = place.list("u0001", &[]);
    assert_ne!(before[0], "i0008");
    let event = ["--user", "u0000", "--item", "i0007", "--type", "watch", "--time", "1769400000"];
    assert_eq!(place.event(&event)["recorded"], json!(1));
    let (after, _) = place.list("u0000", &[]);
    assert_eq!(after[0], "i0008");
    assert_eq!(place.list("u0001", &[]).0, other);
    assert_eq!(place.event(&event), json!({"recorded": 0, "repeated": 1, "unknownRecommendations": []}));

    // A batch answers with it, too.
    place.write("in.jsonl", "{\"userId\":\"u0000\"}\n");
    let batch = ["batch", "p.bespoke", "--version", "sequential-rules", "--num", "5", "--input", "in.jsonl"];
    place.json(&[&batch[..], &["--output", "out.jsonl"]].concat());
    assert_eq!(lines(&place.path("out.jsonl"))[0]["output"]["recommendedItems"], json!(after));

    // A visitor is asked for by the session, and a new user has the session's history.
    let visit = ["--session", "s-1", "--item", "i0020", "--type", "watch"];
    place.event(&visit);
    assert_eq!(place.list("s-1", &[]).0[0], "i0021");
    place.event(&["--session", "s-1", "--user", "new", "--item", "i0030", "--type", "watch"]);
    let (new, _) = place.list("new", &[]);
    assert_eq!(new[0], "i0031");
    assert!(new.contains(&"i0021".to_owned()), "{new:?}");
    place.is_whole();
}

#[test]
fn filters_see_events_and_what_was_passed_over() {
    let place = place();
    let seen = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"watch\", \"skip\")";
    place.json(&["filter", "p.bespoke", "--group", "g", "--name", "fresh", seen]);
    let (before, _) = place.list("u0000", &["--filter", "fresh"]);
    place.event(&["--user", "u0000", "--item", &before[0], "--type", "skip"]);
    let (after, _) = place.list("u0000", &["--filter", "fresh"]);
    assert_eq!(after[..4], before[1..], "what was passed over is gone, and nothing else changed");
    place.event(&["--user", "u0000", "--item", &after[0], "--type", "watch"]);
    assert!(!place.list("u0000", &["--filter", "fresh"]).0.contains(&after[0]));
}

/// Twenty rows of eighty users, then three events, of which one is a skip and one of a visitor nobody knows.
#[test]
fn the_next_training_learns_from_events_as_if_imported() {
    let place = place();
    place.event(&["--user", "fresh", "--item", "i0003", "--type", "watch"]);
    place.event(&["--user", "fresh", "--item", "i0003", "--type", "skip"]);
    place.event(&["--session", "nobody", "--item", "i0003", "--type", "watch"]);
    let rows = |place: &Workplace| place.json(&["groups", "p.bespoke"])["groups"][0]["datasets"][0].clone();
    assert_eq!(rows(&place)["rows"], json!(1_600), "nothing is taken in before a training");
    place.train("g", "popularity-count");
    let dataset = rows(&place);
    assert_eq!((&dataset["rows"], &dataset["users"]), (&json!(1_601), &json!(81)));
    let (list, _) = place.list("fresh", &[]);
    assert_eq!(list[0], "i0004", "the older version goes on answering with it");
    place.train("g", "popularity-count");
    assert_eq!(rows(&place)["rows"], json!(1_601), "each is taken in once");

    // A full import replaces what was imported, not what was recorded.
    place.import("g", "interactions", "interactions.csv");
    assert_eq!(rows(&place)["rows"], json!(1_600));
    place.train("g", "popularity-count");
    assert_eq!(rows(&place)["rows"], json!(1_601));
    place.is_whole();
}

#[test]
fn events_refer_to_answers_and_rules_are_told() {
    let place = place();
    let (_, id) = place.list("u0000", &[]);
    let base = ["--user", "u0000", "--item", "i0007", "--type", "watch"];
    let known = place.event(&[&base[..], &["--recommendation", &id]].concat());
    assert_eq!(known["unknownRecommendations"], json!([]));
    let unknown = [&base[..], &["--recommendation", "RID-no", "--time", "1769400001"]].concat();
    assert_eq!(place.event(&unknown)["unknownRecommendations"], json!(["RID-no"]));
    let fails = |status: i32, rest: &[&str]| {
        place.fails(status, &[&["event", "p.bespoke", "--group", "g"], rest].concat())
    };
    assert!(fails(2, &["--item", "a", "--type", "watch"]).contains("give --user, --session or both"));
    let wide = vec!["x"; 26].join(",");
    let said = fails(1, &[&base[..], &["--impression", &wide]].concat());
    assert!(said.contains("`impression` has 26 items") && said.contains("hint: give 1 to 25"), "{said}");
    let said = fails(1, &[&base[..], &["--property", "device=tv"]].concat());
    assert!(said.contains("`properties` name `device`"), "{said}");
    let said = fails(2, &[&base[..], &["--time", "yesterday"]].concat());
    assert!(said.contains("--time is `yesterday`"), "{said}");
}

/// Filters and metadata have an item's new row at once.
#[test]
fn an_item_that_is_put_takes_the_place_of_the_one_there() {
    let place = place();
    let items: Vec<String> = (0..40).map(|item| format!("i{item:04},old,{item}")).collect();
    place.write("items.csv", &format!("ITEM_ID,STATE,PRICE\n{}\n", items.join("\n")));
    place.import("g", "items", "items.csv");
    place.train("g", "sequential-rules");
    let campaign = ["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "sequential-rules"];
    place.json(&[&campaign[..], &["--set", "enableMetadataWithRecommendations=true"]].concat());
    let new = "INCLUDE ItemID WHERE Items.STATE IN (\"new\")";
    place.json(&["filter", "p.bespoke", "--group", "g", "--name", "new", new]);
    assert!(place.list("u0000", &["--filter", "new"]).0.is_empty());
    let put = ["put", "p.bespoke", "--group", "g", "--dataset", "items", "--id", "i0005"];
    place.json(&[&put[..], &["--properties", r#"{"state":"new","price":7}"#]].concat());
    assert_eq!(place.list("u0000", &["--filter", "new"]).0, ["i0005"]);
    let ask = ["recommend", "p.bespoke", "--campaign", "c", "--user", "u0000", "--filter", "new"];
    let answer = place.json(&[&ask[..], &["--metadata", "STATE,PRICE"]].concat());
    assert_eq!(answer["itemList"][0]["metadata"], json!({"STATE": "new", "PRICE": "7"}));
    let said = place.fails(1, &[&put[..], &["--properties", r#"{"colour":"red"}"#]].concat());
    assert!(said.contains("`properties` name `colour`") && said.contains("hint: Items has "), "{said}");
}
