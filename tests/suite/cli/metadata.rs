//! Columns beside the required ones: left out of training, given with a request, refused where they mean nothing.

use super::{Workplace, walks};
use serde_json::json;
use std::fmt::Write as _;

/// A project whose interactions say on which device they were, and a version that reads nothing of it.
fn with_devices() -> Workplace {
    let place = Workplace::new();
    place.json(&["new", "p.bespoke"]);
    let mut csv = String::new();
    for (row, line) in walks("", 80, 25, 60).lines().enumerate() {
        let device = match row {
            0 => "DEVICE",
            row if row % 3 == 0 => "phone",
            _ => "desk",
        };
        writeln!(csv, "{line},{device}").unwrap();
    }
    place.write("interactions.csv", &csv);
    place.import("g", "interactions", "interactions.csv");
    place
}

#[test]
fn columns_to_leave_out_must_be_metadata() {
    let place = with_devices();
    let train = |column: &str| {
        let arguments =
            ["train", "p.bespoke", "--group", "g", "--recipe", "ease", "--exclude-column", column];
        place.run(&arguments)
    };
    assert!(train("interactions.DEVICE").status.success());
    for (column, said) in [
        ("DEVICE", "write it as DATASET.COLUMN"),
        ("Things.DEVICE", "no dataset type `Things`"),
        (
            "Interactions.PLACE",
            "has no column `PLACE`\nhint: it has USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE, DEVICE",
        ),
        ("Interactions.USER_ID", "a field of the service's own"),
        ("Interactions.EVENT_TYPE", "a field of the service's own"),
    ] {
        let output = train(column);
        assert_eq!(output.status.code(), Some(1), "{column}");
        assert!(super::stderr(&output).contains(said), "{column}: {}", super::stderr(&output));
    }
}

#[test]
fn context_is_refused_where_no_recipe_reads_it() {
    let place = with_devices();
    place.train("g", "ease");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "ease"]);
    let ask = ["recommend", "p.bespoke", "--campaign", "c", "--user", "u0001"];
    assert!(place.json(&ask)["itemList"].is_array());
    let said = place.fails(1, &[&ask[..], &["--context", "DEVICE=phone"]].concat());
    assert!(said.contains("`context` names the column `DEVICE`"), "{said}");
    assert!(said.contains("not trained on context\nhint: leave it out"), "{said}");
    let said = place.fails(2, &[&ask[..], &["--context", "phone"]].concat());
    assert!(said.contains("KEY=VALUE"), "{said}");

    place.write("in.jsonl", "{\"userId\":\"u0001\",\"context\":{\"DEVICE\":\"phone\"}}\n");
    let batch = ["batch", "p.bespoke", "--version", "ease", "--input", "in.jsonl", "--output", "out.jsonl"];
    assert_eq!(place.json(&batch)["errors"], json!(1));
}
