//! Campaigns, Preview and Batch driven as a person would, by accessible name: from a trained version to a file.

mod actions;
mod filters;
mod related;
mod simulation;

use crate::domain::DatasetType;
use crate::domain::solution::{Device, SolutionConfig};
use crate::jobs::JobContext;
use crate::studio::{
    AppSettings, GroupView, ImportMode, ImportPlan, MappingChanges, Studio, TrainRequest, recipe,
};
use crate::ui::action::Action;
use crate::ui::app::App;
use crate::ui::file_picker::{Picked, ScriptedPicker};
use crate::ui::pane::PaneKind;
use egui::accesskit::Role;
use egui::{OutputCommand, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const USERS: usize = 50;
const EVENTS: usize = 24;
/// Items of each of the two circles.
const CIRCLE: usize = 25;

/// The item of a user's event: users with an even number walk round the first circle of items, the others round
/// the second, one item after the other. So what comes next is known, and no item goes with one of the other
/// circle.
fn item(user: usize, event: usize) -> usize {
    (user % 2) * CIRCLE + (user / 2 + event) % CIRCLE
}

struct Window {
    harness: Harness<'static, App>,
    folder: tempfile::TempDir,
}

/// A window on a project with data, titles, and a version of each recipe named.
fn window(recipes: &[&str], answers: impl FnOnce(&Path) -> Vec<Picked>) -> Window {
    window_with("", recipes, answers)
}

/// The same with more rows of interactions.
fn window_with(rows: &str, recipes: &[&str], answers: impl FnOnce(&Path) -> Vec<Picked>) -> Window {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("films.bespoke");
    let studio = Studio::create(&project).unwrap();
    fill(&studio, folder.path(), rows);
    for name in recipes {
        let config = SolutionConfig {
            device: Device::Cpu,
            ..SolutionConfig::of(name, recipe(name).unwrap().parameters_from([]).unwrap())
        };
        let request = TrainRequest { group: "films".to_owned(), solution: None, config };
        studio.train(&request, &JobContext::default()).unwrap();
    }
    drop(studio);
    let answers = answers(folder.path());
    open(folder, answers)
}

/// A window on the project in a folder.
fn open(folder: tempfile::TempDir, answers: Vec<Picked>) -> Window {
    let project = folder.path().join("films.bespoke");
    let settings = AppSettings::load_from(&folder.path().join("settings.json"));
    let picker = Box::new(ScriptedPicker { answers: answers.into() });
    let mut harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_max_steps(64)
        .with_theme(Theme::Dark)
        .build_eframe(|creation| App::with(&creation.egui_ctx, Some(project), settings, picker).unwrap());
    harness.run();
    Window { harness, folder }
}

fn fill(studio: &Studio, folder: &Path, more: &str) {
    let mut log = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n".to_owned();
    for user in 0..USERS {
        for event in 0..EVENTS {
            let time = 881_251_200 + event * 86_400 + user;
            writeln!(log, "u{user:02},i{:02},{time},watch", item(user, event)).unwrap();
        }
    }
    log.push_str(more);
    let mut items = "ITEM_ID,TITLE,GENRES\n".to_owned();
    for item in 0..2 * CIRCLE {
        writeln!(items, "i{item:02},Film {item:02},{}", if item < CIRCLE { "Drama" } else { "Comedy" })
            .unwrap();
    }
    for (dataset, name, text) in
        [(DatasetType::Interactions, "log.csv", log), (DatasetType::Items, "items.csv", items)]
    {
        import(studio, folder, dataset, name, &text);
    }
}

/// Imports a text as a file of that name.
fn import(studio: &Studio, folder: &Path, dataset: DatasetType, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    let plan = ImportPlan {
        group: "films".to_owned(),
        dataset,
        paths: vec![path],
        schema: None,
        changes: MappingChanges::default(),
        mode: ImportMode::Full,
        strict: true,
    };
    for request in studio.plan_import(&plan).unwrap() {
        studio.import(&request, &JobContext::default()).unwrap();
    }
}

impl Window {
    fn click(&mut self, role: Role, label: &str) {
        self.wait_for(label);
        self.harness.get_by_role_and_label(role, label).click();
        self.harness.run();
    }

    fn press(&mut self, label: &str) {
        self.click(Role::Button, label);
    }

    /// Chooses the entry of a combo box that begins with a text.
    fn choose(&mut self, field: &str, entry: &str) {
        self.click(Role::ComboBox, field);
        self.harness.get_all_by_label_contains(entry).last().unwrap().click();
        self.harness.run();
    }

    fn type_into(&mut self, label: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, label).focus();
        self.harness.run();
        self.harness.get_by_role_and_label(Role::TextInput, label).type_text(text);
        self.harness.run();
    }

    fn set_text(&mut self, label: &str, text: &str) {
        let fields = self.harness.get_all_by_label(label);
        let is_field = |role| matches!(role, Role::TextInput | Role::MultilineTextInput);
        let field = fields.into_iter().find(|node| is_field(node.accesskit_node().role()));
        field.unwrap().set_text_value_accesskit(text);
        self.harness.run();
    }

    /// Sets a number as an assistive tool does.
    fn set_value(&mut self, label: &str, value: f64) {
        let node = self.harness.get_by_role_and_label(Role::SpinButton, label);
        node.set_value_accesskit(value);
        self.harness.run();
    }

    /// Shows a page, which may not settle at once: what it measures is waited for by those who look at it.
    fn go(&mut self, pane: PaneKind) {
        self.harness.state().sender().send(Action::Show(pane));
        self.harness.run_ok();
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }

    fn wait_for(&mut self, label: &str) {
        self.wait_until(label, |window| window.has(label));
    }

    fn wait_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < Duration::from_mins(1), "{what} did not come:\n{:?}", self.harness);
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
    }

    fn group(&self) -> GroupView {
        self.harness.state().project.as_ref().unwrap().group_view().unwrap().clone()
    }

    fn shown(&self) -> PaneKind {
        self.harness.state().project.as_ref().unwrap().shown
    }

    /// Searches, waits until only what fits is listed, and picks it.
    fn find(&mut self, field: &str, text: &str, entry: &str, other: &str) {
        self.type_into(field, text);
        self.wait_until(entry, |window| window.has(entry) && !window.has(other));
        self.press(entry);
    }

    /// Makes a campaign on the page Campaigns.
    fn create(&mut self, name: &str, version: &str) {
        self.go(PaneKind::Campaigns);
        self.choose("Version of the campaign", version);
        self.set_text("Name of the campaign", name);
        self.press("Create");
        self.wait_until(name, |window| window.group().campaigns.iter().any(|there| there.name == name));
    }

    /// Presses a button and gives the text it put on the clipboard.
    fn copied(&mut self, button: &str) -> String {
        self.wait_for(button);
        self.harness.get_by_label(button).click();
        for _ in 0..10 {
            self.harness.step();
            for command in &self.harness.output().platform_output.commands {
                if let OutputCommand::CopyText(text) = command {
                    return text.clone();
                }
            }
        }
        panic!("{button} copied nothing")
    }
}

#[test]
fn a_campaign_is_named_made_tried_and_deleted() {
    let mut window = window(&["sequential-rules", "popularity-count"], |_| Vec::new());
    window.go(PaneKind::Campaigns);
    window.wait_for("No campaign yet");
    // What comes next is known from the last item and not from counts: the rules are proposed.
    let proposed = window.harness.get_by_role_and_label(Role::ComboBox, "Version of the campaign");
    assert!(proposed.value().is_some_and(|text| text.starts_with("sequential-rules/1, NDCG@10")));
    window.set_text("Name of the campaign", "next film");
    window.wait_for("at position 5");
    assert!(window.harness.get_by_label("Create").accesskit_node().is_disabled());
    window.create("next-film", "sequential-rules/1");
    window.wait_for("Campaign next-film answers");
    window.set_text("Name of the campaign", "next-film");
    window.wait_for("next-film answers with sequential-rules/1 now");
    window.press("Try the campaign next-film");
    assert_eq!(window.shown(), PaneKind::Preview);
    window.go(PaneKind::Campaigns);
    window.press("Delete the campaign next-film");
    window.press("Delete");
    window.wait_until("the deletion", |window| window.group().campaigns.is_empty());
    window.go(PaneKind::Preview);
    window.wait_for("Create a campaign");
}

#[test]
fn a_known_and_an_unknown_user_and_a_list_are_previewed_with_reasons() {
    let mut window = window(&["sequential-rules"], |_| Vec::new());
    window.create("next", "sequential-rules/1");
    window.press("Try the campaign next");
    window.wait_for("answered in");
    window.wait_for("History, 24 events"); // of someone at random
    window.find("Find a user", "u07", "u07, 24 interactions", "u08, 24 interactions");
    let (last, next) = (item(7, EVENTS - 1), item(7, EVENTS));
    window.wait_for(&format!("Event 1: Film {last:02}"));
    window.wait_for("27 Dec 1997, 16:00, ");
    window.wait_for(&format!("Rank 1: Film {next:02}"));
    assert!(window.has("Comes after Film") && window.has("in the history"));
    window.press(&format!("Why Film {next:02}"));
    window.wait_for("of what speaks for it");
    window.press(&format!("Rank 1: Film {next:02}"));
    window.wait_for("GENRES");
    window.wait_for("Comedy");
    window.press("Close");

    let answer: Value = serde_json::from_str(&window.copied("Copy as JSON")).unwrap();
    let list = answer["itemList"].as_array().unwrap();
    assert_eq!(list[0]["itemId"], format!("i{next:02}"));
    assert_eq!(list.len(), 25);
    assert!(list[0].get("explanation").is_none() && answer["recommendationId"].is_string());

    window.type_into("Find a user", "nobody");
    window.press("Ask as a new user: nobody");
    window.wait_for("fallback: popular items");
    window.wait_for("Popular with everyone: ");
    window.wait_for("This user has no history");

    window.find("Find a user", "u07", "u07, 24 interactions", "u08, 24 interactions");
    window.click(Role::CheckBox, "Rank a given list");
    window.wait_for("Write the ids of the items to put in order");
    let far = item(7, EVENTS + 7);
    window.set_text("Items to rank", &format!("i{far:02}, no-such, i{next:02}"));
    window.wait_for("3 items, answered in");
    window.wait_for(&format!("Rank 1: Film {next:02}"));
    window.wait_for(&format!("Rank 2: Film {far:02}"));
    assert!(window.has("Rank 3: no-such") && window.has("This version does not know the item"));
}

#[test]
fn a_use_case_is_trained_and_served_in_one_step() {
    let mut window = window(&["popularity-count"], |_| Vec::new());
    window.go(PaneKind::Campaigns);
    window.wait_for("Ready-made");
    assert!(window.harness.get_by_label("Train and serve").accesskit_node().is_disabled());
    window.choose("Use case", "Video on demand: Most popular");
    window.wait_for("trained on Watch events");
    window.press("Train and serve");
    window.wait_until("the campaign", |window| !window.group().campaigns.is_empty());
    let made = window.group().campaigns[0].clone();
    assert_eq!(
        (made.name.as_str(), made.use_case.as_deref()),
        ("vod-most-popular", Some("vod-most-popular"))
    );
    window.wait_for("Most popular: vod-most-popular/1");
}

/// Who had a film has the next one of the circle next: two clicks, and the list leads with what follows each.
#[test]
fn two_clicks_move_the_list_and_say_why() {
    let mut window = window(&["sequential-rules"], |_| Vec::new());
    window.create("next", "sequential-rules/1");
    window.press("Try the campaign next");
    window.wait_for("answered in");
    window.find("Find a user", "u07", "u07, 24 interactions", "u08, 24 interactions");
    let first = item(7, EVENTS);
    window.wait_for(&format!("Rank 1: Film {first:02}"));
    for clicked in [item(7, EVENTS + 5), item(7, EVENTS + 9)] {
        let title = format!("View Film {clicked:02}");
        window.press(&title);
        let next = (clicked - CIRCLE + 1) % CIRCLE + CIRCLE;
        window.wait_for(&format!("Rank 1: Film {next:02}"));
        window.wait_for("Recorded in ");
        window.wait_for(&format!("Event 1: Film {clicked:02}"));
        assert!(window.has("moved") && window.has("Rank 1 "), "what moved is told");
        assert!(window.has(&format!("Comes after Film {clicked:02}")), "and why");
    }
    assert!(window.has("2 of them recorded here") && window.has("History, 26 events"));
    window.press("Forget them");
    window.wait_for(&format!("Rank 1: Film {first:02}"));
    window.wait_until("the old history", |window| !window.has("recorded here"));
}

#[test]
fn batches_are_written_from_all_users_and_from_a_file_with_a_bad_line() {
    let mut window =
        window(&["sequential-rules"], |folder| vec![Picked::Chosen(vec![folder.join("all.jsonl")])]);
    window.go(PaneKind::Batch);
    window.wait_for(r#"{"userId":"4638"}"#);
    let output = window.harness.get_by_role_and_label(Role::TextInput, "Output file").value();
    assert!(
        output.is_some_and(|path| path.ends_with("films-sequential-rules-1.jsonl")),
        "a file is proposed"
    );
    window.set_text("Output file", "");
    assert!(window.has("Output: Type a path"), "what is missing is said");
    window.press("Save as...");
    window.wait_until("the path", |window| !window.has("Output: Type a path"));
    window.press("Write the batch");
    window.wait_for("The first lines");
    let text = std::fs::read_to_string(window.folder.path().join("all.jsonl")).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), USERS);
    for (user, line) in lines.iter().enumerate() {
        assert_eq!(line["input"]["userId"], format!("u{user:02}"), "in the order of the users");
        let items = line["output"]["recommendedItems"].as_array().unwrap();
        assert_eq!(items[0], format!("i{:02}", item(user, EVENTS)), "{line}");
        assert_eq!(items.len(), 25);
        assert!(line["error"].is_null());
    }
    let job = window.group().batch_jobs[0].clone();
    assert_eq!((job.lines, job.errors), (USERS as u64, 0));
    window.wait_for("Batches so far");

    let input = window.folder.path().join("in.jsonl");
    std::fs::write(&input, "{\"userId\":\"u07\"}\nnot json\n{\"userId\":\"nobody\"}\n").unwrap();
    let output: PathBuf = window.folder.path().join("some.jsonl");
    window.click(Role::RadioButton, "A JSON Lines file");
    window.set_text("Input file", &input.display().to_string());
    window.set_text("Output file", &output.display().to_string());
    window.press("Write the batch");
    window.wait_for("3 lines written, 1 with an error");
    let text = std::fs::read_to_string(&output).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["output"]["recommendedItems"][0], format!("i{:02}", item(7, EVENTS)));
    assert!(lines[1]["output"].is_null() && lines[1]["error"].is_string());
    assert_eq!(lines[2]["output"]["recommendedItems"].as_array().unwrap().len(), 25);
    assert_eq!(lines.len(), 3);
    assert_eq!(window.group().batch_jobs[0].errors, 1);

    window.click(Role::RadioButton, "CSV");
    window.press("Write the batch");
    let table = window.folder.path().join("some.csv");
    window.wait_until("the table", |_| table.is_file());
    let text = std::fs::read_to_string(&table).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows[0], "userId,rank,itemId,score");
    assert!(rows[1].starts_with(&format!("u07,1,i{:02},", item(7, EVENTS))), "{}", rows[1]);
    assert_eq!(rows.len(), 1 + 2 * 25, "the bad line has no rows");
}
