//! Next best actions from the command line: from files to answers, what changes them, and what is refused.

use super::*;
use bespoke::data::sample::{SampleGroup, shop_actions, write};
use serde_json::json;

const GROUP: [&str; 2] = ["--group", "shop"];

/// A campaign `next` for the people and actions of the invented shop.
fn shop() -> Workplace {
    let place = Workplace::new();
    write(SampleGroup::Shop, place.folder.path()).unwrap();
    for (name, sheet) in shop_actions().files() {
        place.write(name, &sheet.to_csv());
    }
    place.json(&["new", "p.bespoke"]);
    for dataset in ["interactions", "items", "users"] {
        place.import("shop", dataset, &format!("{dataset}.csv"));
    }
    place
}

impl Workplace {
    fn next(&self, user: &str, rest: &[&str]) -> Vec<(String, f64)> {
        let ask = ["recommend", "p.bespoke", "--campaign", "next", "--user", user];
        let answer = self.json(&[&ask[..], rest].concat());
        assert_eq!(keys(&answer), ["actionList", "recommendationId"]);
        let actions = answer["actionList"].as_array().unwrap().iter();
        actions
            .map(|action| {
                assert_eq!(keys(action)[..2], ["actionId", "score"]);
                (action["actionId"].as_str().unwrap().to_owned(), action["score"].as_f64().unwrap())
            })
            .collect()
    }

    fn shop(&self, command: &str, rest: &[&str]) -> Value {
        self.json(&[&[command, "p.bespoke"], &GROUP[..], rest].concat())
    }
}

fn score(list: &[(String, f64)], action: &str) -> Option<f64> {
    list.iter().find(|(id, _)| id == action).map(|(_, score)| *score)
}

#[test]
fn from_files_to_next_best_actions() {
    let place = shop();
    let train = [&["train", "p.bespoke"], &GROUP[..], &["--recipe", "aws-next-best-action"]].concat();
    let said = place.fails(1, &train);
    assert!(said.contains("Actions") && said.contains("import"), "{said}");
    let imported = place.import("shop", "ACTIONS", "actions.csv");
    assert_eq!((&imported["accepted"], &imported["items"]), (&json!(12), &json!(12)));
    let imported = place.import("shop", "action-interactions", "action_interactions.csv");
    assert_eq!((&imported["rejected"], &imported["mapping"]["ACTION_ID"]), (&json!(0), &json!("ACTION_ID")));
    let schema = place.shop("schema", &["--dataset", "action-interactions"]);
    assert_eq!(schema["name"], json!("ActionInteractions"));
    let counts = place.shop("analyze", &[])["counts"].clone();
    assert_eq!((&counts[4]["dataset"], &counts[4]["items"]), (&json!("Action_Interactions"), &json!(11)));

    let trained = place.json(&train);
    assert_eq!(trained["solutionVersion"], json!("next-best-action/1"));
    let metric = |name: &str| trained["metrics"][name].as_f64().unwrap();
    for name in ["precision", "recall", "auc", "coverage"] {
        assert!(metric(name) > 0.0 && metric(name) <= 1.0, "{name} {}", metric(name));
    }
    assert!(metric("expected_calibration_error") < 0.05, "{}", metric("expected_calibration_error"));
    let evaluation = place.shop("evaluate", &[]);
    assert_eq!(evaluation["actions"][0]["name"], json!("next-best-action/1"));
    assert_eq!(evaluation["actions"][0]["metrics"]["auc"], trained["metrics"]["auc"]);
    place.shop("campaign", &["--name", "next", "--version", "next-best-action"]);

    let five = place.next("shopper-0001", &[]);
    assert_eq!(five.len(), 5, "five where no number is given");
    assert!(five.is_sorted_by(|a, b| a.1 >= b.1) && five.iter().all(|(_, score)| *score <= 1.0));
    let all = place.next("shopper-0001", &["--num", "100"]);
    assert!(score(&all, "winter-sale").is_none(), "it has ended");
    assert_eq!((score(&all, "repair-cafe"), score(&all, "gift-card")), (Some(0.0), Some(0.0)));
    assert_eq!(all[all.len() - 2].0, "gift-card", "of two with score 0 the more valuable comes first");
    assert_eq!((five[4].1, five[4].0.as_str()), (0.0, "gift-card"), "the last place explores");
    assert_eq!(all[0], five[0]);
    assert_ne!(place.next("shopper-0001", &[]), place.next("shopper-0002", &[]));
    assert_eq!(place.next("nobody", &[]).len(), 5, "somebody new is answered, too");
    let said =
        place.fails(1, &["recommend", "p.bespoke", "--campaign", "next", "--user", "u", "--num", "101"]);
    assert!(said.contains("`numResults` is 101") && said.contains("1 to 100"), "{said}");
    let said = place.fails(1, &["recommend", "p.bespoke", "--campaign", "next"]);
    assert!(said.contains("`userId` is missing"), "{said}");
    let ranks = ["recommend", "p.bespoke", "--campaign", "next", "--user", "u", "--rank", "a,b"];
    assert!(place.fails(1, &ranks).contains("`inputList` is given"));
    let batch =
        ["batch", "p.bespoke", "--version", "next-best-action", "--input", "all", "--output", "o.jsonl"];
    assert!(place.fails(1, &batch).contains("next-best-action has no batch"));
    let shown = place.run(&["recommend", "p.bespoke", "--campaign", "next", "--user", "u", "--explain"]);
    assert!(String::from_utf8(shown.stdout).unwrap().contains("showings were taken"));
    answers_change_the_list(&place);
    filters_choose_among_actions(&place);
    // The next training takes in what was recorded, once.
    let rows = || place.json(&["groups", "p.bespoke"])["groups"][0]["datasets"][4]["rows"].clone();
    let imported = imported["accepted"].as_u64().unwrap();
    assert_eq!(rows(), json!(imported));
    place.json(&train);
    assert_eq!(rows(), json!(imported + 6));
    place.json(&train);
    assert_eq!(rows(), json!(imported + 6));
    place.is_whole();
}

/// What a user does with actions changes their own list at once: a taken action rests, a declined one becomes less likely. An
/// action that is put is there at once, to be explored.
fn answers_change_the_list(place: &Workplace) {
    let all = |user: &str| place.next(user, &["--num", "100"]);
    let (before, other) = (all("shopper-0001"), all("shopper-0002"));
    place.shop("event", &["--user", "shopper-0001", "--action", "newsletter", "--type", "not_taken"]);
    let declined = all("shopper-0001");
    assert!(score(&declined, "newsletter") < score(&before, "newsletter"));
    place.shop("event", &["--user", "shopper-0001", "--action", "write-review", "--type", "Taken"]);
    let taken = all("shopper-0001");
    assert!(score(&declined, "write-review").is_some() && score(&taken, "write-review").is_none());
    assert_eq!(all("shopper-0002"), other, "what others do changes nothing");
    // It rests seven days, counted to the newest thing that is known of the user.
    let took = |user: &str, kind: &str, time: &str| {
        let action = if kind == "Taken" { "write-review" } else { "newsletter" };
        place.shop("event", &["--user", user, "--action", action, "--type", kind, "--time", time]);
    };
    for (user, later, rests) in
        [("shopper-0003", 1_780_604_799, true), ("shopper-0004", 1_780_604_800, false)]
    {
        took(user, "Taken", "1780000000");
        took(user, "Viewed", &later.to_string());
        assert_eq!(score(&all(user), "write-review").is_none(), rests, "{user}");
    }
    let said = place.fails(
        1,
        &[&["event", "p.bespoke"], &GROUP[..], &["--user", "u", "--action", "a", "--type", "clicked"]]
            .concat(),
    );
    assert!(
        said.contains("`eventType` is `clicked`") && said.contains("Viewed, Taken or Not Taken"),
        "{said}"
    );
    let put = |properties: &str| {
        let put = ["--dataset", "actions", "--id", "new-one", "--properties", properties];
        [&["put", "p.bespoke"], &GROUP[..], &put].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let words = put(r#"{"value":11}"#);
    let said = place.fails(1, &words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(said.contains("have 11 for `value`") && said.contains("give 1 to 10"), "{said}");
    let words = put(r#"{"value":10,"title":"Something new"}"#);
    place.json(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(score(&all("shopper-0002"), "new-one"), Some(0.0));
}

fn filters_choose_among_actions(place: &Workplace) {
    let filter = |name: &str, expression: &str| {
        place.shop("filter", &["--name", name, expression]);
    };
    filter("worthy", "INCLUDE ActionID WHERE Actions.VALUE > $VALUE");
    filter("fresh", "EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN (\"NOT_TAKEN\")");
    filter("items", "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"*\")");
    let worthy = ["--num", "100", "--filter", "worthy", "--filter-value", "VALUE=8"];
    let mut ids: Vec<String> = place.next("shopper-0005", &worthy).into_iter().map(|(id, _)| id).collect();
    ids.sort();
    assert_eq!(ids, ["gift-card", "join-plus", "new-one"]);
    let fresh = place.next("shopper-0001", &["--num", "100", "--filter", "fresh"]);
    assert!(score(&fresh, "newsletter").is_none(), "it was declined a moment ago");
    let said =
        place.fails(1, &["recommend", "p.bespoke", "--campaign", "next", "--user", "u", "--filter", "items"]);
    assert!(said.contains("next-best-action takes a filter of ActionID"), "{said}");
    let refused = [&["filter", "p.bespoke"], &GROUP[..], &["--name", "no"]].concat();
    let expression = ["INCLUDE ActionID WHERE Actions.REPEAT_FREQUENCY > 3"];
    assert!(place.fails(1, &[&refused[..], &expression].concat()).contains("can't be filtered by"));
}

/// Forty-nine of a kind are too few for a probability, fifty are enough.
#[test]
fn fifty_of_each_kind_make_a_probability() {
    let place = Workplace::with_interactions(&walks("", 120, 20, 40));
    place.write("actions.csv", "ACTION_ID,VALUE\nenough,1\nshort,9\n");
    let mut log = "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\n".to_owned();
    for (action, taken) in [("enough", 50), ("short", 49)] {
        for user in 0..120 {
            let event = if user < taken { "Taken" } else { "Not Taken" };
            writeln!(log, "u{user:04},{action},{event},{}", 1_700_000_000 + user).unwrap();
        }
    }
    writeln!(log, "u0000,enough,Clicked,1700000500").unwrap();
    place.write("log.csv", &log);
    place.import("g", "actions", "actions.csv");
    let imported = place.import("g", "Action_Interactions", "log.csv");
    assert_eq!(
        imported["problems"],
        json!([{"row": 241, "column": "EVENT_TYPE", "value": "Clicked", "rule": "not_an_action_event"}])
    );
    place.train("g", "next-best-action");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "next", "--version", "next-best-action"]);
    let list = place.next("u0119", &[]);
    assert!(score(&list, "enough") > Some(0.0));
    assert_eq!(score(&list, "short"), Some(0.0));
    let tree = String::from_utf8(place.run(&["groups", "p.bespoke"]).stdout).unwrap();
    assert!(tree.contains("Action_Interactions: 240 rows") && tree.contains("Actions: 2 rows"), "{tree}");
    place.write("bad.csv", "ACTION_ID,VALUE,REPEAT_FREQUENCY\na,0,1\nb,11,2\nc,5,31\nd,10,30\n");
    let bad = place.import("other", "actions", "bad.csv");
    let rules: Vec<&Value> =
        bad["problems"].as_array().unwrap().iter().map(|problem| &problem["rule"]).collect();
    assert_eq!((rules, &bad["accepted"]), (vec![&json!("beyond_bounds"); 3], &json!(1)));
}
