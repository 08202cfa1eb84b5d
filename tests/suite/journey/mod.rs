//! The whole way of a person through the window, from files to a batch of recommendations, by accessible name: once
//! in this process and once in the built program's own window.

mod driver;
mod in_process;
mod window;

use bespoke::data::sample::{SampleGroup, SampleTables, Sheet, tables};
use bespoke::studio::{OpenMode, Studio};
use driver::UiDriver;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

/// For how long an idle window is watched.
const IDLE: Duration = Duration::from_secs(5);

#[test]
fn files_become_a_batch_in_process() {
    let place = Place::new();
    let mut window = in_process::start(place.folder.path());
    let shown = go(&mut window, &place);
    close(window);
    check_project(&place, &shown);
}

#[test]
fn files_become_a_batch_in_the_programs_own_window() {
    let place = Place::new();
    let mut window = match window::start(place.folder.path()) {
        Ok(window) => window,
        Err(reason) => {
            println!("left out: {reason}");
            return;
        }
    };
    let shown = go(&mut window, &place);
    // A window is idle once its last message is gone and its last frame is painted.
    window.wait_until("the end of the messages", |window| {
        let mut names = window.seen().into_iter().map(|seen| seen.name);
        (!names.any(|name| name.starts_with("Dismiss: "))).then_some(())
    });
    std::thread::sleep(IDLE / 2);
    let before = window.processor_time();
    std::thread::sleep(IDLE);
    let used = window.processor_time().saturating_sub(before).as_secs_f64() / IDLE.as_secs_f64();
    println!("first frame after {:.2} s; it is to be less than 1 s", window.first_frame.as_secs_f64());
    println!("{:.1} % of a core used while idle; it is to be less than 1 %", used * 100.0);
    close(window);
    check_project(&place, &shown);
}

/// A folder with the invented films as files; their log has a header of its own.
struct Place {
    folder: tempfile::TempDir,
    sample: SampleTables,
}

impl Place {
    fn new() -> Self {
        let mut sample = tables(SampleGroup::Films);
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("films");
        std::fs::create_dir(&files).unwrap();
        for column in &mut sample.interactions.columns {
            *column = match *column {
                "USER_ID" => "who",
                "ITEM_ID" => "what",
                "EVENT_TYPE" => "kind",
                "TIMESTAMP" => "when",
                other => panic!("the films have a column {other}"),
            };
        }
        let named =
            [("log.csv", &sample.interactions), ("items.csv", &sample.items), ("users.csv", &sample.users)];
        for (name, sheet) in named {
            std::fs::write(files.join(name), sheet.to_csv()).unwrap();
        }
        Self { folder, sample }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The events of each user as items, oldest first.
    fn histories(&self) -> BTreeMap<&str, Vec<&str>> {
        let log = &self.sample.interactions;
        let mut histories: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (user, item) in column(log, "who").zip(column(log, "what")) {
            histories.entry(user).or_default().push(item);
        }
        histories
    }

    fn titles(&self) -> BTreeMap<&str, &str> {
        column(&self.sample.items, "ITEM_ID").zip(column(&self.sample.items, "TITLE")).collect()
    }
}

fn column<'a>(sheet: &'a Sheet, name: &str) -> impl Iterator<Item = &'a str> {
    let place = sheet.column(name).unwrap();
    sheet.rows.iter().map(move |row| row[place].as_str())
}

/// From the start page to a batch file. What the page Evaluation showed.
fn go(window: &mut impl UiDriver, place: &Place) -> Vec<String> {
    import(window, place);
    let shown = train_and_evaluate(window);
    let previewed = deploy_and_preview(window, place);
    write_batch(window, place);
    check_batch(place, &previewed);
    shown
}

/// Files to datasets: what is known by sight goes in without a question, the log is mapped by hand.
fn import(window: &mut impl UiDriver, place: &Place) {
    window.bring(&place.path("films"));
    window.wait_for("New project");
    window.answer_path(&place.path("films.bespoke"));
    window.wait_for("1,500 rows in");
    window.wait_for("2,000 rows in");
    window.press("Map...");
    for guessed in ["who is USER_ID", "what is ITEM_ID", "when is TIMESTAMP"] {
        window.find(Role::Button, guessed);
    }
    window.choose(Role::Button, "kind is KIND", "EVENT_TYPE");
    window.find(Role::Button, "kind is EVENT_TYPE");
    window.wait_for("20,000 of the first 20,000 rows");
    window.press("Import");
    window.press("Close the list of imported files");
    window.click(Role::RadioButton, "Dataset Interactions");
    let rows = place.sample.interactions.rows.len();
    window.wait_for(&format!("{},{:03} rows", rows / 1000, rows % 1000));
    window.click(Role::RadioButton, "Dataset Items");
    let first_title = column(&place.sample.items, "TITLE").next().unwrap();
    window.wait_for(first_title);
}

/// Datasets to two versions with metrics. The metrics as the page shows them.
fn train_and_evaluate(window: &mut impl UiDriver) -> Vec<String> {
    window.press("Training");
    for (title, version) in
        [("Sequential rules", "sequential-rules/1"), ("Popularity count", "popularity-count/1")]
    {
        window.choose(Role::ComboBox, "Recipe", title);
        window.press("Train");
        window.find(Role::Button, &format!("Deploy {version}..."));
    }
    window.press("Evaluation");
    for version in ["sequential-rules/1", "popularity-count/1"] {
        window.find(Role::Row, version);
    }
    window.texts()
}

/// A version to a campaign, and what it would show one person: the titles in their order.
fn deploy_and_preview(window: &mut impl UiDriver, place: &Place) -> Previewed {
    window.press("Campaigns");
    window.choose(Role::ComboBox, "Version of the campaign", "sequential-rules/1");
    window.type_into("Name of the campaign", "next-film");
    window.press("Create");
    window.press("Try the campaign next-film");
    let histories = place.histories();
    let (user, history) = histories.iter().find(|(_, history)| (20..100).contains(&history.len())).unwrap();
    window.type_into("Find a user", user);
    window.press(&format!("{user}, {} interactions", history.len()));
    let titles = place.titles();
    window.wait_for(&format!("Event 1: {}", titles[history[history.len() - 1]]));
    let ranked = window.wait_until("the recommendations", |window| {
        let names = window.seen().into_iter().map(|seen| seen.name);
        let ranked: Vec<String> = names.filter(|name| is_ranked(name)).collect();
        (!ranked.is_empty()).then_some(ranked)
    });
    Previewed { user: (*user).to_owned(), ranked }
}

/// `Rank 1: Title`
fn is_ranked(name: &str) -> bool {
    name.strip_prefix("Rank ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// What a campaign showed for a user: `Rank 1: Title` and so on, as far as it is in view.
struct Previewed {
    user: String,
    ranked: Vec<String>,
}

fn write_batch(window: &mut impl UiDriver, place: &Place) {
    window.press("Batch");
    window.choose(Role::ComboBox, "Version of the batch", "sequential-rules/1");
    window.type_into("Output file", &place.path("films.jsonl").display().to_string());
    window.press("Write the batch");
    window.wait_for("The first lines");
}

/// The file, line by line: every user once and in order, 25 different films each, the best first, and for the
/// previewed user the films that the page showed.
fn check_batch(place: &Place, previewed: &Previewed) {
    let text = std::fs::read_to_string(place.path("films.jsonl")).unwrap();
    let (histories, titles) = (place.histories(), place.titles());
    let mut users = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["error"].is_null(), "{line}");
        let user = line["input"]["userId"].as_str().unwrap().to_owned();
        let items: Vec<&str> = line["output"]["recommendedItems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_str().unwrap())
            .collect();
        assert_eq!(items.iter().collect::<BTreeSet<_>>().len(), 25, "{line}");
        assert!(items.iter().all(|item| titles.contains_key(item)), "{line}");
        let scores = line["output"]["scores"].as_array().unwrap().iter().map(|score| score.as_f64().unwrap());
        assert!(scores.is_sorted_by(|a, b| a >= b), "{line}");
        if user == previewed.user {
            let ranked =
                items.iter().enumerate().map(|(at, item)| format!("Rank {}: {}", at + 1, titles[item]));
            let ranked: BTreeSet<String> = ranked.collect();
            assert!(
                previewed.ranked.iter().all(|shown| ranked.contains(shown)),
                "{:?}, {ranked:?}",
                previewed.ranked
            );
        }
        users.push(user);
    }
    assert_eq!(
        users,
        histories.into_keys().collect::<Vec<_>>(),
        "every user once, in the order of their ids"
    );
}

/// Closes the window by its shortcut.
fn close(mut window: impl UiDriver) {
    window.key(Modifiers::COMMAND, Key::Q);
    window.wait_until("the end", |window| window.is_closed().then_some(()));
}

/// What is left is free and whole, and holds what the page Evaluation showed, to the digits it shows.
fn check_project(place: &Place, shown: &[String]) {
    let studio = Studio::open(&place.path("films.bespoke"), OpenMode::ReadWrite).unwrap();
    assert_eq!(studio.check().unwrap(), Vec::<String>::new());
    let overview = studio.overview().unwrap();
    let versions = overview.groups[0].solutions.iter().flat_map(|solution| &solution.versions);
    let ndcg = "normalized_discounted_cumulative_gain_at_10";
    let metrics: BTreeMap<&str, f64> =
        versions.map(|version| (version.name.as_str(), version.metrics[ndcg])).collect();
    for value in metrics.values() {
        assert!(shown.contains(&format!("{value:.4}")), "{metrics:?}, {shown:?}");
    }
    // The films have series that are watched in their order, which counts can't know.
    assert!(metrics["sequential-rules/1"] > metrics["popularity-count/1"], "{metrics:?}");
}
