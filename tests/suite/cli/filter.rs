//! Filters from the command line: made, asked with, refused.

use super::{Workplace, lines, stderr, walks};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Films whose genre goes by their number: 0 Comedy, 1 Drama, 2 Comedy|War, 3 nothing.
fn place() -> Workplace {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    let mut films = "ITEM_ID,TITLE,YEAR,GENRES\n".to_owned();
    for item in 0..60 {
        let genres = ["Comedy", "Drama", "Comedy|War", ""][item % 4];
        writeln!(films, "i{item:04},Film number {item},{},{genres}", 1950 + item).unwrap();
    }
    place.write("films.csv", &films);
    place.import("g", "items", "films.csv");
    place
}

fn ids(answer: &Value) -> Vec<usize> {
    let items = answer["itemList"].as_array().or_else(|| answer["personalizedRanking"].as_array()).unwrap();
    items.iter().map(|item| item["itemId"].as_str().unwrap()[1..].parse().unwrap()).collect()
}

fn filter(place: &Workplace, name: &str, expression: &str) -> Value {
    place.json(&["filter", "p.bespoke", "--group", "g", "--name", name, expression])
}

#[test]
fn a_filter_is_made_and_asked_with() {
    let place = place();
    place.train("g", "sequential-rules");
    let make = ["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "sequential-rules"];
    place.json(&make);
    let expression = "INCLUDE ItemID WHERE Items.GENRES IN ($GENRE) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Watch\")";
    let made = filter(&place, "new", expression);
    assert_eq!((&made["name"], &made["status"]), (&json!("new"), &json!("ACTIVE")));
    assert_eq!(made["expression"], json!(expression));
    // Made again it is the same, and the tree shows it.
    filter(&place, "new", expression);
    let groups = place.json(&["groups", "p.bespoke"]);
    assert_eq!(groups["groups"][0]["filters"].as_array().unwrap().len(), 1);

    let ask = |rest: &[&str]| {
        let asked = ["recommend", "p.bespoke", "--campaign", "c", "--user", "u0000", "--num", "500"];
        place.json(&[&asked, rest].concat())
    };
    // User 0 had the films 0 to 24.
    let comedies: Vec<usize> = (25..60).filter(|item| item % 2 == 0).collect();
    let mut kept = ids(&ask(&["--filter", "new", "--filter-value", "GENRE=\"Comedy\""]));
    let unfiltered = ids(&ask(&[]));
    let expected: Vec<usize> = unfiltered.iter().copied().filter(|item| comedies.contains(item)).collect();
    assert_eq!(kept, expected, "the order is that of the campaign");
    kept.sort_unstable();
    assert_eq!(kept, comedies);
    let both = ids(&ask(&["--filter", "new", "--filter-value", "GENRE=\"War\", \"Drama\""]));
    assert!(both.iter().all(|item| *item > 24 && matches!(item % 4, 1 | 2)) && !both.is_empty());
    let ranked =
        ask(&["--rank", "i0026,i0001,i0030,i0027", "--filter", "new", "--filter-value", "GENRE=Comedy"]);
    let mut ranked = ids(&ranked);
    ranked.sort_unstable();
    assert_eq!(ranked, [26, 30]);

    place.write(
        "in.jsonl",
        "{\"userId\":\"u0000\",\"filterValues\":{\"GENRE\":\"\\\"Comedy\\\"\"}}\n{\"userId\":\"u0000\"}\n",
    );
    let batch =
        ["batch", "p.bespoke", "--version", "sequential-rules", "--num", "500", "--output", "out.jsonl"];
    let report = place.json(&[&batch[..], &["--input", "in.jsonl", "--filter", "new"]].concat());
    assert_eq!((&report["lines"], &report["errors"]), (&json!(2), &json!(1)));
    let out = lines(&place.path("out.jsonl"));
    let listed: Vec<Value> = expected.iter().map(|item| json!(format!("i{item:04}"))).collect();
    assert_eq!(out[0]["output"]["recommendedItems"], Value::Array(listed), "a batch answers as a campaign");
    assert!(out[1]["error"].as_str().unwrap().contains("needs a value for `GENRE`"));
    let all = [&batch[..], &["--input", "all", "--filter", "new", "--filter-value", "GENRE=Drama"]].concat();
    assert_eq!(place.json(&all)["errors"], json!(0));
    assert_eq!(lines(&place.path("out.jsonl")).len(), 80);
    place.is_whole();
}

#[test]
fn what_is_wrong_with_a_filter_is_said_where_it_is() {
    let place = place();
    place.train("g", "popularity-count");
    let refused = |expression: &str| {
        place.fails(1, &["filter", "p.bespoke", "--group", "g", "--name", "f", expression])
    };
    let said = refused("INCLUDE ItemID WHERE Items.GENRES NOT IN ($p)");
    assert!(
        said.starts_with("error: Could not create filter. Invalid input symbol: $p. Placeholders are not allowed with NOT_IN operator."),
        "{said}"
    );
    assert!(said.contains("\nhint: use IN with the opposite action"), "{said}");
    let said = refused("INCLUDE ItemID WHERE Items.GENRE IN (\"Comedy\")");
    assert!(
        said.contains("Could not create filter. Invalid Expression at character 22 (`Items.GENRE`)"),
        "{said}"
    );
    assert!(said.contains("\nhint: write GENRES"), "{said}");
    let said = refused("INCLUDE UserID WHERE Users.AGE > 3");
    assert!(said.contains("the group has no Users dataset") && said.contains("hint: import Users"), "{said}");
    assert_eq!(place.json(&["groups", "p.bespoke"])["groups"][0]["filters"], json!([]));

    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "popularity-count"]);
    let ask = |rest: &[&str]| {
        place.fails(1, &[&["recommend", "p.bespoke", "--campaign", "c", "--user", "u0000"], rest].concat())
    };
    assert!(ask(&["--filter", "f"]).contains("there is no filter `f` in the group `g`"));
    let mixed = "INCLUDE ItemID WHERE Items.YEAR = $YEAR OR Items.YEAR > 3 AND Items.YEAR < 5";
    let output = place.run(&["filter", "p.bespoke", "--group", "g", "--name", "f", mixed]);
    assert!(output.status.success());
    assert!(stderr(&output).contains("warning: AND and OR are mixed"));
    let said = ask(&["--filter", "f"]);
    assert!(
        said.contains("the filter needs a value for `YEAR`") && said.contains("hint: give one"),
        "{said}"
    );
    let said = ask(&["--filter", "f", "--filter-value", "YEAR=new"]);
    assert!(said.contains("`YEAR` is `new`, but Items.YEAR holds numbers"), "{said}");
    let said = place.fails(2, &["recommend", "p.bespoke", "--campaign", "c", "--filter-value", "YEAR=1"]);
    assert!(said.contains("--filter"), "{said}");
}

/// The service looks at the newest hundred events of each type; here at all, or at as many as is said.
#[test]
fn events_looked_at_are_counted_back_from_the_newest() {
    let place = place();
    place.train("g", "popularity-count");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "popularity-count"]);
    let seen = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"watch\")";
    let left_out = |rest: &[&str]| {
        place.json(&[&["filter", "p.bespoke", "--group", "g", "--name", "seen", seen], rest].concat());
        let ask = [
            "recommend",
            "p.bespoke",
            "--campaign",
            "c",
            "--user",
            "u0000",
            "--num",
            "500",
            "--filter",
            "seen",
        ];
        let kept = ids(&place.json(&ask));
        (0..60).filter(|item| !kept.contains(item)).collect::<Vec<_>>()
    };
    assert_eq!(left_out(&[]), (0..25).collect::<Vec<_>>());
    assert_eq!(left_out(&["--events", "10"]), (15..25).collect::<Vec<_>>());
    assert_eq!(left_out(&["--events", "all"]), (0..25).collect::<Vec<_>>());
}

/// A filter reads what is known when it is asked: newer rows of Items and newer events than the campaign's own.
#[test]
fn what_is_known_now_counts() {
    let place = place();
    place.train("g", "popularity-count");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "popularity-count"]);
    filter(&place, "war", "INCLUDE ItemID WHERE Items.GENRES IN (\"War\") AND Items.YEAR > 2100");
    filter(&place, "seen", "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"buy\")");
    let asked = |name: &str, user: &str| {
        let ask =
            ["recommend", "p.bespoke", "--campaign", "c", "--user", user, "--num", "500", "--filter", name];
        ids(&place.json(&ask))
    };
    assert!(asked("war", "u0000").is_empty() && asked("seen", "u0000").is_empty());
    // An item moves into the genre and the year; another is new to the campaign and stays unknown to it.
    place.write("newer.csv", "ITEM_ID,TITLE,YEAR,GENRES\ni0007,Film number 7,2101,War\na0001,New,2102,War\n");
    let import = ["import", "p.bespoke", "--group", "g", "--mode", "incremental"];
    place.json(&[&import[..], &["newer.csv", "--dataset", "items"]].concat());
    assert_eq!(asked("war", "u0000"), [7]);
    place.write(
        "events.csv",
        "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\nu0000,i0033,1750000000,buy\na-new-user,i0044,1750000001,buy\nu0000,a0001,1750000002,buy\n",
    );
    place.json(&[&import[..], &["events.csv", "--dataset", "interactions"]].concat());
    assert_eq!((asked("seen", "u0000"), asked("seen", "a-new-user")), (vec![33], vec![44]));
    assert!(asked("seen", "u0001").is_empty());
}
