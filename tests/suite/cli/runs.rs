//! `runs`: what there is, how two differ, and a command line that a shell runs.

use super::{Workplace, stderr, walks};
use std::process::Command;

#[test]
#[cfg(unix)]
fn a_run_is_listed_told_apart_and_trained_again_by_its_own_command_line() {
    let place = Workplace::with_interactions(&walks("u", 60, 20, 40));
    let train = ["train", "p.bespoke", "--group", "g", "--recipe", "sims"];
    let set = ["--set", "popularity_discount_factor=0.25", "--seed", "7", "--solution", "tuned"];
    place.json(&train);
    let second = place.json(&[&train[..], &set[..]].concat());
    let runs = place.json(&["runs", "p.bespoke", "--group", "g"]);
    let runs = runs["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[1]["name"], "tuned/1");
    assert_eq!(runs[0]["data"], runs[1]["data"], "the data are the same");
    assert_eq!(runs[1]["seed"], 7);
    let text = place.run(&["runs", "p.bespoke", "--group", "g"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.lines().any(|line| line.starts_with("tuned/1") && line.contains("factor=0.25")), "{text}");

    let differences = place.json(&["runs", "p.bespoke", "--group", "g", "--diff", "sims/1", "tuned"]);
    let fields = differences["differences"].as_array().unwrap();
    let differing = fields.iter().filter(|field| field["a"] != field["b"]);
    let differing: Vec<&str> = differing.filter_map(|field| field["field"].as_str()).collect();
    assert_eq!(differing, ["popularity_discount_factor", "seed"]);

    // A name that a shell would take apart.
    std::fs::rename(place.path("p.bespoke"), place.path("it's $p.bespoke")).unwrap();
    let line = place.run(&["runs", "it's $p.bespoke", "--group", "g", "--command", "tuned"]);
    let line = String::from_utf8(line.stdout).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_bespoke")).parent().unwrap();
    let again = Command::new("sh")
        .args(["-c", &format!("{} --json", line.trim())])
        .current_dir(place.folder.path())
        .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
        .output()
        .unwrap();
    assert!(again.status.success(), "{line}: {}", stderr(&again));
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["solutionVersion"], "tuned/2");
    assert_eq!(again["metrics"], second["metrics"]);
    let said = place.fails(1, &["runs", "it's $p.bespoke", "--group", "g", "--command", "ease"]);
    assert!(said.contains("`ease`") && said.contains("sims/1"), "{said}");
    place.fails(2, &["runs", "it's $p.bespoke", "--group", "g", "--diff", "sims/1"]);
}
