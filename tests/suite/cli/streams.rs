//! Standard input and output, and a project that somebody else holds.

use super::{Workplace, walks};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

/// A batch that reads standard input answers each line as it comes; while it runs, it holds the project.
#[test]
fn lines_are_answered_as_they_come_and_a_second_writer_is_refused() {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    place.train("g", "sequential-rules");
    let mut child = place
        .command(&[
            "batch",
            "p.bespoke",
            "--version",
            "sequential-rules",
            "--input",
            "-",
            "--output",
            "-",
            "--num",
            "1",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for (user, item) in [("u0000", "i0025"), ("u0001", "i0032")] {
        writeln!(input, "{{\"userId\":\"{user}\"}}").unwrap();
        input.flush().unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["output"]["recommendedItems"], json!([item]), "the next on the walk of {user}");
    }

    let said = place.fails(1, &["train", "p.bespoke", "--group", "g", "--recipe", "sims"]);
    assert!(said.contains(&format!("is held by process {}", child.id())), "{said}");
    assert!(said.contains("hint: close it there, or open the project read-only"), "{said}");
    // Reading goes on beside it.
    assert_eq!(place.json(&["groups", "p.bespoke"])["groups"][0]["name"], json!("g"));
    place.is_whole();

    drop(input);
    assert!(child.wait().unwrap().success());
    place.train("g", "sims");
    let jobs = place.json(&["groups", "p.bespoke"])["groups"][0]["batchJobs"].clone();
    assert_eq!((&jobs[0]["lines"], &jobs[0]["status"]), (&json!(2), &json!("ACTIVE")));
}

/// Nothing but the document on standard output, and no progress bar where nobody watches.
#[test]
fn standard_output_holds_the_document_alone() {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    let output = place.run(&["train", "p.bespoke", "--group", "g", "--recipe", "sims", "--json"]);
    let mut documents = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    assert!(documents.next().unwrap().is_ok());
    assert!(documents.next().is_none());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
