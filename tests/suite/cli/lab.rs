//! Test sets that leave the program and come back, and lists of other tools among the versions.

use super::{Workplace, walks};
use serde_json::{Value, json};

const GROUP: [&str; 3] = ["p.bespoke", "--group", "g"];

fn with_group(command: &'static str, more: &[&'static str]) -> Vec<&'static str> {
    [&[command][..], &GROUP, more].concat()
}

fn trained() -> Workplace {
    let place = Workplace::new();
    place.write("log.csv", &walks("", 80, 25, 60));
    place.json(&["new", "p.bespoke"]);
    place.import("g", "interactions", "log.csv");
    place.train("g", "sequential-rules");
    place
}

fn metrics<'a>(evaluation: &'a Value, name: &str) -> &'a Value {
    let results = evaluation["results"].as_array().unwrap();
    &results.iter().find(|result| result["name"] == json!(name)).unwrap()["metrics"]
}

#[test]
fn lists_that_left_the_program_have_the_same_figures_when_they_come_back() {
    let place = trained();
    place.json(&with_group("evaluate", &["sequential-rules", "--export", "out"]));
    let predictions = ["--predictions", "mine=out/lists.jsonl"];
    let service = place.json(&with_group("evaluate", &predictions));
    assert_eq!(metrics(&service, "mine"), metrics(&service, "sequential-rules/1"));
    let asked =
        ["--predictions", "mine=out/lists.jsonl", "--metric", "recall_at_7", "--metric", "gini_at_10"];
    let any = place.json(&with_group("evaluate", &asked));
    assert_eq!(metrics(&any, "mine"), metrics(&any, "sequential-rules/1"));
    assert!(metrics(&any, "mine")["recall_at_7"].is_number());
    assert!(any["verdicts"]["recall_at_7"].as_str().unwrap().contains("Recall@7"));

    // One user's list lost: counted, and nothing found for them.
    let lists = place.read("out/lists.jsonl");
    let (_, fewer) = lists.split_once('\n').unwrap();
    place.write("fewer.jsonl", fewer);
    let fewer = place.json(&with_group("evaluate", &["--predictions", "fewer=fewer.jsonl"]));
    let noted = |note: &Value| note.as_str().unwrap().contains("1 tested users have no list");
    assert!(fewer["notes"].as_array().unwrap().iter().any(noted), "{}", fewer["notes"]);
}

#[test]
fn a_test_set_that_left_the_program_is_the_same_when_it_comes_back() {
    let place = trained();
    let before = place.json(&with_group("evaluate", &["sequential-rules"]));
    place.json(&with_group("split", &["--out", "test"]));
    let again = place.json(&with_group("split", &["--kind", "file", "--truth", "test"]));
    assert_eq!((&again["users"], &again["spec"]["kind"]), (&before["split"]["users"], &json!("file")));
    assert_eq!(again["trainingRows"], before["split"]["trainingRows"]);
    place.train("g", "sequential-rules");
    let after = place.json(&with_group("evaluate", &["sequential-rules"]));
    assert_eq!(metrics(&after, "sequential-rules/2"), metrics(&before, "sequential-rules/1"));
}

#[test]
fn every_kind_of_test_set_is_cut_trained_for_and_measured() {
    let place = trained();
    for (kind, more) in [
        ("temporal", &[][..]),
        ("temporal", &["--last"]),
        ("cold-items", &[]),
        ("per-user", &[]),
        ("leave-last-out", &[]),
        ("personalize", &["--folds", "4"]),
    ] {
        let view = place.json(&with_group("split", &[&["--kind", kind], more].concat()));
        assert!(view["users"].as_u64().unwrap() > 0, "{kind} {more:?}: {view}");
        place.train("g", "sequential-rules");
        let evaluation = place.json(&with_group("evaluate", &["sequential-rules"]));
        let result = &evaluation["results"][0];
        assert_eq!(result["users"], view["users"], "{kind} {more:?}");
        assert!(result["metrics"]["precision_at_10"].is_number());
    }
    // Every user was tested in one of the four folds.
    let evaluation = place.json(&with_group("evaluate", &["sequential-rules"]));
    assert_eq!(evaluation["results"][0]["users"], json!(80));
}

/// The catalogue has 60 items, so lists of 60 find everything; the stored ones have 25.
#[test]
fn a_deeper_look_asks_the_models_again() {
    let place = trained();
    let deep = ["--metric", "recall_at_25", "--metric", "recall_at_60"];
    let found = place.json(&with_group("evaluate", &deep));
    let recall = |name: &str, k: usize| metrics(&found, name)[format!("recall_at_{k}")].as_f64().unwrap();
    for name in ["sequential-rules/1", "popularity"] {
        assert!((recall(name, 60) - 1.0).abs() < 1e-9, "{name}: {found}");
    }
    assert!(recall("popularity", 25) < 1.0, "25 popular items are not what everybody had: {found}");
    let shallow = place.json(&with_group("evaluate", &["--metric", "recall_at_25"]));
    let of = |found: &Value| metrics(found, "popularity")["recall_at_25"].clone();
    assert_eq!(of(&found), of(&shallow), "a longer list begins as the shorter one");
    let refused = place.fails(1, &with_group("evaluate", &["--metric", "recall_at_501"]));
    assert!(refused.contains("a K from 1 to 500"), "{refused}");
}

#[test]
fn kept_lists_take_part_from_then_on_and_values_are_written_user_by_user() {
    let place = trained();
    place.json(&with_group("evaluate", &["sequential-rules", "--export", "out"]));
    place.json(&with_group("evaluate", &["--predictions", "mine=out/lists.jsonl", "--keep"]));
    let asked = ["--metric", "recall_at_10", "--values", "values.csv"];
    let later = place.json(&with_group("evaluate", &asked));
    let mean = metrics(&later, "mine")["recall_at_10"].as_f64().unwrap();
    let values = place.read("values.csv");
    let mut lines = values.lines();
    assert_eq!(lines.next(), Some("contestant,userId,metric,value"));
    let own = lines.filter_map(|line| line.strip_prefix("mine,"));
    let own: Vec<f64> = own.map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(own.len() as u64, later["split"]["users"].as_u64().unwrap());
    assert!((own.iter().sum::<f64>() / own.len() as f64 - mean).abs() < 1e-9);
}
