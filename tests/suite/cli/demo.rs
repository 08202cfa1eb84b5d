//! The demonstration, and the checking of a project.

use super::{Workplace, lines};
use serde_json::json;
use std::time::Instant;

#[test]
fn the_demonstration_ends_with_metrics_and_batch_files_and_can_be_made_again() {
    let place = Workplace::new();
    for _ in 0..2 {
        let began = Instant::now();
        let report = place.json(&["demo", "--no-window", "--out", "out"]);
        assert!(began.elapsed().as_secs() < 30, "the demonstration took {:?}", began.elapsed());
        for part in report["evaluations"].as_array().unwrap() {
            let results = part["evaluation"]["results"].as_array().unwrap();
            assert!(results.len() >= 4);
            let ndcg = |name: &str| {
                let found = results.iter().find(|result| result["recipe"] == json!(name)).unwrap();
                found["metrics"]["normalized_discounted_cumulative_gain_at_10"].as_f64().unwrap()
            };
            // The data are drawn with series and tastes in them, which counting can't see.
            assert!(ndcg("sequential-rules") > 1.5 * ndcg("popularity-count"), "{}", part["group"]);
        }
        let files = report["batchFiles"].as_array().unwrap();
        assert_eq!(files.len(), 2);
        for file in files {
            let answers = lines(&place.path(file.as_str().unwrap()));
            assert!(answers.len() >= 2_000);
            assert!(answers.iter().all(|line| line["error"].is_null()));
        }
    }
    let table = place.run(&["demo", "--no-window", "--out", "out"]);
    assert!(String::from_utf8(table.stdout).unwrap().contains("NDCG@10"));
    // A project of one's own is left alone.
    place.json(&["new", "mine.bespoke"]);
    let said = place.fails(1, &["demo", "--no-window", "--project", "mine.bespoke"]);
    assert!(said.contains("a project of your own"), "{said}");
}

/// One changed byte inside a stored table is found and named.
#[test]
fn a_damaged_blob_is_found() {
    let place = Workplace::with_interactions(&super::walks("", 80, 25, 60));
    place.is_whole();
    let mut bytes = std::fs::read(place.path("p.bespoke")).unwrap();
    let parquet = bytes.windows(4).position(|window| window == b"PAR1").unwrap();
    bytes[parquet + 40] ^= 0x55;
    std::fs::write(place.path("p.bespoke"), bytes).unwrap();
    let output = place.run(&["check", "p.bespoke", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["ok"], json!(false));
    assert!(document["problems"].to_string().contains("checksum differs"), "{document}");
}
