//! The rules of the house, read from the sources: which room may know which, which library stands where, and
//! what may not be left lying about.

use super::rust_source::{SourceFile, find_word, line_of, names_above, names_in_crate, read_all};
use std::path::Path;

/// Each room with the rooms it may import. No arrow points up.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("jobs", &[]),
    ("data", &["domain", "jobs"]),
    ("nn", &["domain", "jobs"]),
    ("recipes", &["domain", "data", "nn", "jobs"]),
    ("evaluation", &["domain", "data", "recipes", "jobs"]),
    ("training", &["domain", "data", "recipes", "evaluation", "jobs"]),
    ("serving", &["domain", "data", "nn", "recipes", "jobs"]),
    ("simulation", &["domain", "data", "serving", "evaluation", "jobs"]),
    ("store", &["domain"]),
    (
        "studio",
        &[
            "domain",
            "jobs",
            "data",
            "nn",
            "recipes",
            "evaluation",
            "training",
            "serving",
            "simulation",
            "store",
        ],
    ),
    ("ui", &["studio", "domain", "jobs"]),
    ("cli", &["studio", "domain", "jobs"]),
];

/// Each library with the rooms it may stand in; `main.rs` counts as a room.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("egui", &["ui"]),
    ("eframe", &["ui"]),
    ("egui_extras", &["ui"]),
    ("egui_plot", &["ui"]),
    ("egui_kittest", &["ui"]),
    ("rfd", &["ui"]),
    ("rusqlite", &["store"]),
    ("candle_core", &["nn", "recipes"]),
    ("candle_nn", &["nn", "recipes"]),
    ("clap", &["cli", "main.rs"]),
    ("polars", &["data"]),
    ("winnow", &["domain"]),
];

/// What stands at the top of the project beside hidden files; nothing that a tool left there may come in unseen.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "assets",
    "sample-data",
    "src",
    "target",
    "tests",
];

fn sources(folder: &str) -> Vec<SourceFile> {
    let files = read_all(Path::new(env!("CARGO_MANIFEST_DIR")), folder);
    assert!(!files.is_empty(), "no Rust file in {folder}/");
    files
}

fn all_sources() -> Vec<SourceFile> {
    let mut files = sources("src");
    files.extend(sources("tests"));
    files
}

/// `src/data/import.rs` stands in `data`, `src/main.rs` in `main.rs`.
fn room(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

/// Levels of a file's module below the crate: 1 for `src/data/mod.rs`, 2 for `src/data/import.rs`.
fn depth(path: &str) -> usize {
    let levels = path.matches('/').count();
    if path.ends_with("/mod.rs") { levels - 1 } else { levels }
}

/// Arrows that the table does not allow, each as `file:line: room → room`.
fn forbidden_arrows(path: &str, code: &str) -> Vec<String> {
    let from = room(path);
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == from) else { return Vec::new() };
    let is_room = |name: &str| ROOMS.iter().any(|(room, _)| *room == name);
    names_in_crate(code)
        .into_iter()
        .chain(names_above(code, depth(path)))
        .filter(|(_, name)| is_room(name) && name != from && !allowed.contains(&name.as_str()))
        .map(|(at, name)| format!("{path}:{}: {from} → {name}", line_of(code, at)))
        .collect()
}

/// Libraries named outside their rooms, each as `file:line: library in room`.
fn misplaced_libraries(path: &str, code: &str) -> Vec<String> {
    let from = room(path);
    LIBRARIES
        .iter()
        .filter(|(_, rooms)| !rooms.contains(&from))
        .flat_map(|(library, _)| find_word(code, library).map(move |at| (*library, at)))
        .filter(|(library, at)| {
            let follows = code[at + library.len()..].trim_start();
            let before = code[..*at].trim_end();
            let is_path = follows.starts_with("::") && !before.ends_with("::");
            is_path || (before.ends_with("use") && follows.starts_with(';'))
        })
        .map(|(library, at)| format!("{path}:{}: {library} in {from}", line_of(code, at)))
        .collect()
}

/// What may not be left lying about, each as `file:line: word`. The words are put together here so that this
/// file may be read too.
fn leftovers(file: &SourceFile) -> Vec<String> {
    let notes = [["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    let macros = [["to", "do!"].concat(), ["unimple", "mented!"].concat(), ["db", "g!"].concat()];
    let attributes =
        [["allow(dead", "_code"], ["allow(unu", "sed"], ["#[ign", "ore"]].map(|parts| parts.concat());
    let mut found = Vec::new();
    let mut note = |text: &str, at: usize, what: &str| {
        found.push(format!("{}:{}: {what}", file.path, line_of(text, at)));
    };
    for word in &notes {
        find_word(&file.text, word).for_each(|at| note(&file.text, at, word));
    }
    for word in &macros {
        let name = word.trim_end_matches('!');
        find_word(&file.code, name)
            .filter(|at| file.code[at + name.len()..].starts_with('!'))
            .for_each(|at| note(&file.code, at, word));
    }
    for attribute in &attributes {
        file.code.match_indices(attribute.as_str()).for_each(|(at, word)| note(&file.code, at, word));
    }
    for call in [".unwrap()", ".expect("] {
        for (at, _) in file.shipped.match_indices(call) {
            note(&file.shipped, at, &format!("{call} outside tests"));
        }
    }
    found
}

#[test]
fn every_folder_of_src_is_a_room_of_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<String> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let mut rooms: Vec<String> = ROOMS.iter().map(|(name, _)| (*name).to_owned()).collect();
    folders.sort();
    rooms.sort();
    assert_eq!(folders, rooms, "give a new room its line in ROOMS, with what it may import");
}

#[test]
fn nothing_else_stands_at_the_top() {
    let entries = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let strange: Vec<String> =
        names.filter(|name| !name.starts_with('.') && !TOP.contains(&name.as_str())).collect();
    assert!(strange.is_empty(), "give it its line in TOP or take it away: {}", strange.join(", "));
}

#[test]
fn rooms_are_listed_below_what_they_import() {
    for (place, (room, allowed)) in ROOMS.iter().enumerate() {
        for name in *allowed {
            let below = ROOMS.iter().position(|(other, _)| other == name);
            assert!(
                below.is_some_and(|below| below < place),
                "{room} may import {name}, which is not below it"
            );
        }
    }
}

#[test]
fn no_arrow_points_up() {
    let found: Vec<String> =
        sources("src").iter().flat_map(|file| forbidden_arrows(&file.path, &file.code)).collect();
    assert!(found.is_empty(), "imports that the table of rooms does not allow:\n{}", found.join("\n"));
}

#[test]
fn libraries_stand_in_their_rooms() {
    let found: Vec<String> =
        sources("src").iter().flat_map(|file| misplaced_libraries(&file.path, &file.code)).collect();
    assert!(found.is_empty(), "libraries outside their rooms:\n{}", found.join("\n"));
}

#[test]
fn nothing_is_left_lying_about() {
    let found: Vec<String> = all_sources().iter().flat_map(leftovers).collect();
    assert!(found.is_empty(), "left lying about:\n{}", found.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let files = all_sources();
    let silent: Vec<&str> = files
        .iter()
        .filter(|file| !file.text.trim_start().starts_with("//!"))
        .map(|file| file.path.as_str())
        .collect();
    assert!(silent.is_empty(), "files without a header (`//! …`):\n{}", silent.join("\n"));
}

/// The checks above must be able to fail: each finds what was planted, with its file and line.
#[test]
fn checks_find_what_they_look_for() {
    let arrows = forbidden_arrows(
        "src/data/import/read.rs",
        "use crate::domain::Schema;\nuse crate::{jobs, store::Store};\n",
    );
    assert_eq!(arrows, ["src/data/import/read.rs:2: data → store"]);
    let climbed = forbidden_arrows("src/nn/gru.rs", "use super::super::recipes::Recipe;");
    assert_eq!(climbed, ["src/nn/gru.rs:1: nn → recipes"]);
    assert_eq!(forbidden_arrows("src/ui/mod.rs", "use crate::studio::Studio;"), Vec::<String>::new());

    let libraries = misplaced_libraries("src/studio/mod.rs", "\nfn f(frame: &polars::prelude::DataFrame) {}");
    assert_eq!(libraries, ["src/studio/mod.rs:2: polars in studio"]);
    assert_eq!(misplaced_libraries("src/main.rs", "use clap::Parser;"), Vec::<String>::new());
    assert_eq!(misplaced_libraries("src/ui/mod.rs", "use clap;"), ["src/ui/mod.rs:1: clap in ui"]);

    let code = ["fn f() { to", "do!(); x.unwrap() }"].concat();
    let text = ["// TO", "DO later\n", &code].concat();
    let code = format!("\n{code}");
    let file = SourceFile { path: "src/a.rs".to_owned(), text, shipped: code.clone(), code };
    let found = leftovers(&file);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with("src/a.rs:1: ") && found[2] == "src/a.rs:2: .unwrap() outside tests",
        "{found:?}"
    );
}
