//! From a new project to a batch file, with every document as the contract has it.

use super::{RECIPES, Workplace, keys, lines, walks};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const GROUP: [&str; 2] = ["--group", "g"];

#[test]
fn from_a_new_project_to_a_batch_file() {
    let place = Workplace::new();
    place.write("log.csv", &walks("", 80, 25, 60));
    let mut films = "ITEM_ID,TITLE,YEAR
"
    .to_owned();
    for item in 0..60 {
        writeln!(films, "i{item:04},Film number {item},{}", 1950 + item).unwrap();
    }
    place.write("films.csv", &films);

    assert_eq!(keys(&place.json(&["new", "p.bespoke"])), ["project"]);
    let imported = place.import("g", "interactions", "log.csv");
    for (key, value) in [("rows", 2_000), ("accepted", 2_000), ("rejected", 0), ("users", 80), ("items", 60)]
    {
        assert_eq!(imported[key], json!(value), "{key}");
    }
    for field in ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"] {
        assert_eq!(imported["mapping"][field], json!(field));
    }
    assert_eq!(imported["problems"], json!([]));
    assert_eq!(place.import("g", "items", "films.csv")["mapping"]["TITLE"], json!("TITLE"));

    let schema = place.json(&["schema", "p.bespoke", "--group", "g", "--dataset", "interactions"]);
    assert_eq!((&schema["type"], &schema["name"]), (&json!("record"), &json!("Interactions")));
    let analysis = place.json(&["analyze", "p.bespoke", "--group", "g"]);
    assert_eq!(analysis["readiness"]["ready"], json!(true));

    for recipe in RECIPES {
        let trained = place.train("g", recipe);
        assert_eq!(trained["solutionVersion"], json!(format!("{recipe}/1")));
        assert_eq!(trained["recipe"], json!(recipe));
        // A tenth of 80 users is tested, and absent from training.
        assert_eq!(trained["usersUsed"], json!(72));
        assert_eq!(trained["rowsUsed"], json!(72 * 25));
        assert_eq!((&trained["seed"], &trained["device"]), (&json!(0), &json!("cpu")));
        assert!(trained["seconds"].is_number() && trained["metrics"]["coverage"].is_number());
    }
    let evaluation = place.json(&["evaluate", "p.bespoke", "--group", "g"]);
    check_evaluation(&evaluation);
    // Everyone walks on to the next item, so what follows an item is certain: rules find it first, counts can't.
    let ndcg = |name: &str| {
        let results = evaluation["results"].as_array().unwrap();
        let result = results.iter().find(|result| result["name"] == json!(name)).unwrap();
        result["metrics"]["mean_reciprocal_rank_at_25"].as_f64().unwrap()
    };
    assert!(ndcg("sequential-rules/1") > 0.9 && ndcg("popularity-count/1") < 0.5);

    let campaign = place.json(&[
        "campaign",
        "p.bespoke",
        "--group",
        "g",
        "--name",
        "c",
        "--version",
        "sequential-rules",
    ]);
    assert_eq!((&campaign["version"], &campaign["status"]), (&json!("sequential-rules/1"), &json!("ACTIVE")));
    let answer = place.json(&["recommend", "p.bespoke", "--campaign", "c", "--user", "u0000", "--num", "5"]);
    assert_eq!(keys(&answer), ["itemList", "recommendationId"]);
    assert_eq!(answer["itemList"].as_array().unwrap().len(), 5);
    // User 0 walked from item 0 to item 24.
    assert_eq!(answer["itemList"][0]["itemId"], json!("i0025"));
    let ranking = place.json(&[
        "recommend",
        "p.bespoke",
        "--campaign",
        "c",
        "--user",
        "u0000",
        "--rank",
        "i0050,i0025,i0040",
    ]);
    assert_eq!(ranking["personalizedRanking"][0]["itemId"], json!("i0025"));
    assert_eq!(ranking["personalizedRanking"].as_array().unwrap().len(), 3);
    let shown = place.run(&["recommend", "p.bespoke", "--campaign", "c", "--user", "u0000", "--explain"]);
    assert!(String::from_utf8(shown.stdout).unwrap().contains("Film number 25"));

    check_batch(&place);
    let tree = String::from_utf8(place.run(&["groups", "p.bespoke"]).stdout).unwrap();
    for part in ["group g", "Interactions: 2000 rows", "ease/1 ACTIVE", "campaign c → sequential-rules/1"] {
        assert!(tree.contains(part), "{tree}");
    }
    place.is_whole();
}

/// The document of `evaluate`, and popularity in it.
fn check_evaluation(evaluation: &Value) {
    assert_eq!(evaluation["split"]["spec"]["kind"], json!("personalize"));
    let results = evaluation["results"].as_array().unwrap();
    let names: Vec<&str> = results.iter().map(|result| result["name"].as_str().unwrap()).collect();
    assert_eq!(names, RECIPES.map(|recipe| format!("{recipe}/1")));
    for result in results {
        assert_eq!(result["users"], json!(8));
        let metrics: BTreeSet<&str> = keys(&result["metrics"]).into_iter().collect();
        let mut named = vec!["coverage".to_owned(), "mean_reciprocal_rank_at_25".to_owned()];
        for k in [5, 10, 25] {
            named.push(format!("normalized_discounted_cumulative_gain_at_{k}"));
            named.push(format!("precision_at_{k}"));
        }
        for name in &named {
            assert!(metrics.contains(name.as_str()), "{name} is missing: {metrics:?}");
            let value = result["metrics"][name].as_f64().unwrap();
            assert!((0.0..=1.0).contains(&value), "{name} {value}");
            if name != "coverage" {
                let (low, high) = (
                    result["intervals"][name][0].as_f64().unwrap(),
                    result["intervals"][name][1].as_f64().unwrap(),
                );
                assert!(low - 1e-6 <= value && value <= high + 1e-6, "{name}: {low} {value} {high}");
            }
        }
    }
}

/// Batch files for everyone and for a file of lines, a bad one among them.
fn check_batch(place: &Workplace) {
    let report = place.json(&[
        "batch",
        "p.bespoke",
        "--version",
        "ease",
        "--input",
        "all",
        "--output",
        "all.jsonl",
        "--num",
        "3",
    ]);
    assert_eq!((&report["lines"], &report["errors"]), (&json!(80), &json!(0)));
    let all = lines(&place.path("all.jsonl"));
    let users: Vec<String> = (0..80).map(|user| format!("u{user:04}")).collect();
    let answered: Vec<&str> = all.iter().map(|line| line["input"]["userId"].as_str().unwrap()).collect();
    assert_eq!(answered, users);
    for line in &all {
        assert_eq!(keys(line), ["input", "output", "error"]);
        assert_eq!(line["output"]["recommendedItems"].as_array().unwrap().len(), 3);
        assert_eq!(line["error"], Value::Null);
    }

    place.write("in.jsonl", "{\"userId\":\"u0003\"}\nnot json\n{\"userId\":\"nobody\"}\n");
    let report = place.json(&[
        "batch",
        "p.bespoke",
        "--version",
        "ease/1",
        "--input",
        "in.jsonl",
        "--output",
        "out.jsonl",
    ]);
    assert_eq!((&report["lines"], &report["errors"]), (&json!(3), &json!(1)));
    assert_eq!(report["firstErrors"][0][0], json!(2), "the line that is bad is named");
    std::fs::create_dir(place.path("lists")).unwrap();
    let into = ["--version", "ease/1", "--input", "in.jsonl", "--output", "lists"];
    let report = place.json(&[&["batch", "p.bespoke"][..], &into].concat());
    assert!(report["output"].as_str().unwrap().ends_with("in.jsonl.out"), "{report}");
    assert_eq!(lines(&place.path("lists/in.jsonl.out")).len(), 3);
    let out = lines(&place.path("out.jsonl"));
    assert_eq!(out[0]["input"]["userId"], json!("u0003"));
    assert_eq!(out[1]["output"], Value::Null);
    assert!(out[1]["error"].is_string() && out[2]["error"].is_null());

    for (format, begins) in [("csv", &b"userId,"[..]), ("parquet", &b"PAR1"[..])] {
        let file = format!("all.{format}");
        place.json(&[
            "batch",
            "p.bespoke",
            "--version",
            "sims",
            "--input",
            "all",
            "--output",
            &file,
            "--format",
            format,
        ]);
        let written = std::fs::read(place.path(&file)).unwrap();
        let expected = if format == "csv" { &b"itemId,"[..] } else { begins };
        assert!(written.starts_with(expected), "{:?}", &written[..20.min(written.len())]);
    }
}

/// What `--export` writes is enough to take every metric again: here by the definitions, in a few lines.
#[test]
fn exported_lists_give_the_metrics_again() {
    let place = Workplace::with_interactions(&walks("", 120, 20, 50));
    place.train("g", "sims");
    let evaluation = place.json(&["evaluate", "p.bespoke", "--group", "g", "sims/1", "--export", "lists"]);
    let results = evaluation["results"].as_array().unwrap();
    assert_eq!(results[1]["name"], json!("popularity"), "popularity is always measured");
    let metrics = &results[0]["metrics"];
    let lists = lines(&place.path("lists/lists.jsonl"));
    let truths = lines(&place.path("lists/truth.jsonl"));
    assert_eq!((lists.len(), truths.len()), (12, 12));

    let ids = |value: &Value| -> Vec<String> {
        value["items"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    let (mut precision, mut reciprocal, mut gain, mut shown) = (0.0, 0.0, 0.0, BTreeSet::new());
    for (list, truth) in lists.iter().zip(&truths) {
        assert_eq!(list["userId"], truth["userId"]);
        let (list, truth) = (ids(list), ids(truth));
        assert!(list.len() <= 25);
        let hits: Vec<usize> = (0..list.len()).filter(|&rank| truth.contains(&list[rank])).collect();
        precision += hits.iter().filter(|&&rank| rank < 10).count() as f64 / 10.0;
        reciprocal += hits.first().map_or(0.0, |&rank| 1.0 / (rank as f64 + 1.0));
        let discount = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
        let ideal: f64 = (0..truth.len().min(10)).map(discount).sum();
        gain += hits.iter().filter(|&&rank| rank < 10).map(|&rank| discount(rank)).sum::<f64>() / ideal;
        shown.extend(list);
    }
    let users = lists.len() as f64;
    for (name, value) in [
        ("precision_at_10", precision / users),
        ("mean_reciprocal_rank_at_25", reciprocal / users),
        ("normalized_discounted_cumulative_gain_at_10", gain / users),
        ("coverage", shown.len() as f64 / 50.0),
    ] {
        let printed = metrics[name].as_f64().unwrap();
        assert!((printed - value).abs() < 1e-6, "{name}: {printed} printed, {value} by its definition");
    }
}

#[test]
fn the_test_set_is_chosen_exported_and_the_same_for_all() {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    place.train("g", "sims");
    let split =
        place.json(&["split", "p.bespoke", GROUP[0], GROUP[1], "--kind", "leave-last-out", "--out", "parts"]);
    assert_eq!((&split["users"], &split["truthItems"]), (&json!(80), &json!(80)));
    let rows = |name: &str| place.read(name).lines().count() - 1;
    assert_eq!([rows("parts/train.csv"), rows("parts/truth.csv")], [80 * 24, 80]);
    assert!(place.read("parts/train.csv").starts_with("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n"));

    let left = place.json(&["evaluate", "p.bespoke", "--group", "g"]);
    assert_eq!(left["results"][0]["name"], json!("popularity"), "a version of another test set is left out");
    assert!(left["notes"][0].as_str().unwrap().contains("sims/1"));
    let said = place.fails(1, &["evaluate", "p.bespoke", "--group", "g", "sims/1"]);
    assert!(said.contains("trained for another split") && said.contains("hint: train it again"), "{said}");

    place.train("g", "sims");
    place.train("g", "ease");
    let both = place.json(&["evaluate", "p.bespoke", "--group", "g", "--compare", "sims", "ease"]);
    assert_eq!(both["results"][0]["name"], json!("sims/2"));
    let others = ["evaluate", "p.bespoke", "--group", "g", "--compare", "sims/1", "ease"];
    assert!(place.fails(1, &others).contains("sims/1 can't be compared on the current test set"));
    let compared = both["comparison"].as_array().unwrap();
    let mrr = compared.iter().find(|line| line["metric"] == json!("mean_reciprocal_rank_at_25")).unwrap();
    let of = |index: usize| both["results"][index]["metrics"]["mean_reciprocal_rank_at_25"].as_f64().unwrap();
    assert!((mrr["difference"].as_f64().unwrap() - (of(0) - of(1))).abs() < 1e-6);
}

#[test]
fn incremental_imports_add_and_full_ones_replace() {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    place.write("more.csv", &walks("new", 10, 10, 60));
    let more = ["import", "p.bespoke", "more.csv", "--group", "g", "--dataset", "interactions"];
    place.json(&[&more[..], &["--mode", "incremental"]].concat());
    let datasets =
        |place: &Workplace| place.json(&["groups", "p.bespoke"])["groups"][0]["datasets"][0].clone();
    assert_eq!((&datasets(&place)["rows"], &datasets(&place)["users"]), (&json!(2_100), &json!(90)));
    assert_eq!(datasets(&place)["version"], json!(2));
    place.json(&more);
    assert_eq!((&datasets(&place)["rows"], &datasets(&place)["users"]), (&json!(100), &json!(10)));
    place.is_whole();
}

#[test]
fn columns_are_mapped_by_hand_and_bad_rows_are_named() {
    let place = Workplace::new();
    place.json(&["new", "p.bespoke"]);
    let mut csv = "who;what;when;stars\n".to_owned();
    for row in 0..1_200 {
        writeln!(csv, "p{};f{};{}000;{}", row % 40, row % 30, 1_600_000_000 + row * 60, row % 5 + 1).unwrap();
    }
    csv.push_str("p1;f1;yesterday;3\n");
    place.write("odd.csv", &csv);
    let imported = place.json(&[
        "import",
        "p.bespoke",
        "odd.csv",
        "--group",
        "g",
        "--dataset",
        "interactions",
        "--map",
        "USER_ID=who",
        "--map",
        "ITEM_ID=what",
        "--map",
        "TIMESTAMP=when",
        "--map",
        "EVENT_VALUE=stars",
        "--timestamp-unit",
        "ms",
        "--event-type",
        "rate",
        "--rejects",
        "rejects.csv",
    ]);
    assert_eq!(imported["mapping"]["USER_ID"], json!("who"));
    assert_eq!((&imported["accepted"], &imported["rejected"]), (&json!(1_200), &json!(1)));
    assert_eq!(
        imported["problems"],
        json!([{ "row": 1_201, "column": "when", "value": "yesterday", "rule": "not_a_time" }])
    );
    assert!(place.read("rejects.csv").contains("yesterday"));
    let strict = [
        "import",
        "p.bespoke",
        "odd.csv",
        "--group",
        "other",
        "--dataset",
        "interactions",
        "--map",
        "USER_ID=who",
        "--map",
        "ITEM_ID=what",
        "--map",
        "TIMESTAMP=when",
        "--timestamp-unit",
        "ms",
        "--strict",
    ];
    let said = place.fails(1, &strict);
    assert!(said.contains("yesterday") && said.contains("row 1,201"), "{said}");
}

/// The same data, configuration and seed: the same file, whatever the project and the number of threads.
#[test]
fn training_twice_gives_the_same_batch_file() {
    let csv = walks("", 90, 22, 70);
    for recipe in RECIPES {
        let files: Vec<String> = ["1", "2"]
            .map(|threads| {
                let place = Workplace::with_interactions(&csv);
                for (command, rest) in [
                    ("train", vec!["--group", "g", "--recipe", recipe, "--seed", "5"]),
                    ("batch", vec!["--version", recipe, "--input", "all", "--output", "out.jsonl"]),
                ] {
                    let arguments = [&[command, "p.bespoke"], rest.as_slice()].concat();
                    let output =
                        place.command(&arguments).env("RAYON_NUM_THREADS", threads).output().unwrap();
                    assert!(output.status.success(), "{}", super::stderr(&output));
                }
                place.read("out.jsonl")
            })
            .into();
        assert!(!files[0].is_empty());
        assert!(files[0] == files[1], "{recipe} differs between runs");
    }
}
