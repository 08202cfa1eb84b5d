//! The command line, driven as a person or a script drives it: the built program, its files, its exit codes.

mod actions;
mod attribution;
mod demo;
mod device;
mod errors;
mod events;
mod filter;
mod interrupted;
mod isolation;
mod journey;
mod lab;
mod metadata;
mod promotions;
mod runs;
mod simulate;
mod streams;
mod use_cases;

use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The recipes that every journey trains.
const RECIPES: [&str; 5] = ["popularity-count", "trending-now", "sims", "sequential-rules", "ease"];

/// A folder of its own for one test, with a project in it.
struct Workplace {
    folder: tempfile::TempDir,
}

impl Workplace {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        name.to_owned()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program with these arguments, in this folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bespoke"));
        command.current_dir(self.folder.path()).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, with `--json`, and reads its document.
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs a command that must fail with this status, and gives what it said.
    fn fails(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?} printed on standard output");
        said
    }

    /// A project `p.bespoke` with interactions in the group `g`.
    fn with_interactions(interactions: &str) -> Self {
        let place = Self::new();
        place.write("interactions.csv", interactions);
        place.json(&["new", "p.bespoke"]);
        place.import("g", "interactions", "interactions.csv");
        place
    }

    fn import(&self, group: &str, dataset: &str, file: &str) -> Value {
        self.json(&["import", "p.bespoke", file, "--group", group, "--dataset", dataset])
    }

    fn train(&self, group: &str, recipe: &str) -> Value {
        self.json(&["train", "p.bespoke", "--group", group, "--recipe", recipe])
    }

    fn is_whole(&self) {
        assert_eq!(self.json(&["check", "p.bespoke"]), serde_json::json!({ "ok": true, "problems": [] }));
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Interactions of `users` users who each walk along a circle of `items` items from a place of their own, one item
/// an hour: whoever had item 7 has item 8 next. Ids begin with `prefix`.
fn walks(prefix: &str, users: usize, length: usize, items: usize) -> String {
    let mut csv = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n".to_owned();
    for step in 0..length {
        for user in 0..users {
            let item = (user * 7 + step) % items;
            let time = 1_700_000_000 + 3_600 * step + user;
            writeln!(csv, "{prefix}u{user:04},{prefix}i{item:04},{time},watch").unwrap();
        }
    }
    csv
}

/// The names of an object's members, in their order.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A file of JSON Lines.
fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
