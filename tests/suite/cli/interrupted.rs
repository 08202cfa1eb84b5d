//! A kill at any moment leaves the old state or the new one.

use super::{Workplace, keys, walks};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;

/// Starts a command and kills it after a while, without a word.
fn killed(place: &Workplace, arguments: &[&str], after: Duration) {
    let mut child = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Moments spread from the start of the program past its end.
fn moments() -> impl Iterator<Item = Duration> {
    (0..16).map(|step| Duration::from_millis(4 * step * step))
}

fn group(place: &Workplace) -> Value {
    place.json(&["groups", "p.bespoke"])["groups"][0].clone()
}

/// Ctrl-C ends a job in order: it is listed as stopped, and no half file is left.
#[cfg(unix)]
#[test]
fn an_interrupted_batch_is_stopped_and_leaves_no_file() {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    place.train("g", "ease");
    // An endless file of requests.
    let made = std::process::Command::new("mkfifo").arg(place.path("in.pipe")).status().unwrap();
    assert!(made.success());
    let child = place
        .command(&["batch", "p.bespoke", "--version", "ease", "--input", "in.pipe", "--output", "out.jsonl"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = std::fs::OpenOptions::new().write(true).open(place.path("in.pipe")).unwrap();
    let pid = child.id().to_string();
    let feeder = std::thread::Builder::new()
        .name("feeder".to_owned())
        .spawn(move || while std::io::Write::write_all(&mut pipe, b"{\"userId\":\"u0001\"}\n").is_ok() {})
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(super::stderr(&output).starts_with("error: cancelled\nhint: run it again"));
    let mut left: Vec<String> = std::fs::read_dir(place.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["in.pipe", "interactions.csv", "p.bespoke"]);
    assert_eq!(group(&place)["batchJobs"][0]["status"], json!("CREATE STOPPED"));
    place.is_whole();
}

#[test]
fn an_import_killed_anywhere_is_whole_or_absent() {
    let place = Workplace::new();
    place.json(&["new", "p.bespoke"]);
    place.write("old.csv", &walks("", 50, 30, 60));
    place.write("new.csv", &walks("n", 2_000, 60, 500));
    let mut seen = [false; 2];
    for after in moments() {
        place.import("g", "interactions", "old.csv");
        killed(
            &place,
            &["import", "p.bespoke", "new.csv", "--group", "g", "--dataset", "interactions"],
            after,
        );
        place.is_whole();
        let dataset = group(&place)["datasets"][0].clone();
        let state = (dataset["rows"].as_u64().unwrap(), dataset["users"].as_u64().unwrap());
        assert!(state == (1_500, 50) || state == (120_000, 2_000), "{state:?} after {after:?}");
        seen[usize::from(state.0 == 120_000)] = true;
        // The next command that writes finds what was cut short.
        place.json(&["split", "p.bespoke", "--group", "g"]);
        let newest = group(&place)["importJobs"][0].clone();
        match newest["status"].as_str().unwrap() {
            "ACTIVE" => {}
            "CREATE FAILED" => assert_eq!(newest["failureReason"], json!("interrupted")),
            status => panic!("an import is {status} after {after:?}"),
        }
    }
    assert!(seen[0], "no kill came before the end");
}

#[test]
fn a_training_killed_anywhere_leaves_a_whole_version_or_a_failed_one() {
    let place = Workplace::with_interactions(&walks("", 2_000, 40, 800));
    place.train("g", "popularity-count");
    for after in moments() {
        killed(&place, &["train", "p.bespoke", "--group", "g", "--recipe", "ease"], after);
        place.is_whole();
    }
    let trained = place.train("g", "ease");
    let version = trained["solutionVersion"].as_str().unwrap().to_owned();
    let solutions = group(&place)["solutions"].clone();
    let versions = solutions[1]["versions"].as_array().unwrap().clone();
    assert_eq!(versions.last().unwrap()["name"], json!(version));
    for version in &versions {
        match version["status"].as_str().unwrap() {
            "ACTIVE" => assert_eq!(version["metrics"], trained["metrics"], "{}", version["name"]),
            "CREATE FAILED" => {
                assert_eq!(version["failureReason"], json!("interrupted"));
                assert!(keys(&version["metrics"]).is_empty());
                assert_eq!(version["modelBytes"], json!(0));
            }
            status => panic!("{} is {status}", version["name"]),
        }
    }
    assert!(
        versions.iter().any(|version| version["status"] == json!("CREATE FAILED")),
        "no kill came during a training"
    );
}
