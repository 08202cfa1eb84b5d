//! The model pages driven as a person would, by accessible name: from recipes over training to metrics.

use crate::domain::Status;
use crate::jobs::JobContext;
use crate::studio::{AppSettings, GroupView, SampleGroup, Studio, devices, recipes};
use crate::ui::action::Action;
use crate::ui::app::App;
use crate::ui::file_picker::{Picked, ScriptedPicker};
use crate::ui::pane::PaneKind;
use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::Path;
use std::time::{Duration, Instant};

struct Window {
    harness: Harness<'static, App>,
    folder: tempfile::TempDir,
}

/// A window on a project with the group `shop` of the sample data, where asked for.
fn window(with_data: bool, answers: impl FnOnce(&Path) -> Vec<Picked>) -> Window {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("models.bespoke");
    let studio = Studio::create(&project).unwrap();
    studio.create_group("shop").unwrap();
    if with_data {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/shop");
        studio.import_sample(SampleGroup::Shop, &sample, &JobContext::default()).unwrap();
    }
    drop(studio);
    let settings = AppSettings::load_from(&folder.path().join("settings.json"));
    let picker = Box::new(ScriptedPicker { answers: answers(folder.path()).into() });
    let mut harness = Harness::builder()
        .with_size([1280.0, 1600.0])
        .with_theme(Theme::Light)
        .build_eframe(|creation| App::with(&creation.egui_ctx, Some(project), settings, picker).unwrap());
    harness.run();
    Window { harness, folder }
}

impl Window {
    /// Draws what was asked for. Jobs and toasts ask for more frames later.
    fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    fn go(&mut self, pane: PaneKind) {
        self.harness.state().sender().send(Action::Show(pane));
        self.settle();
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }

    fn click(&mut self, role: Role, label: &str) {
        self.wait_for(label);
        self.harness.get_by_role_and_label(role, label).scroll_to_me();
        self.settle();
        self.harness.get_by_role_and_label(role, label).click();
        self.settle();
    }

    /// Chooses an entry of a combo box.
    fn choose(&mut self, field: &str, entry: &str) {
        self.click(Role::ComboBox, field);
        let entries =
            |window: &Self| window.harness.query_all_by_role_and_label(Role::Button, entry).next().is_some();
        self.wait_until(entry, entries);
        self.harness.get_all_by_role_and_label(Role::Button, entry).last().unwrap().click();
        self.settle();
    }

    fn write(&mut self, field: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, field).set_text_value_accesskit(text);
        self.settle();
    }

    fn wait_for(&mut self, label: &str) {
        self.wait_until(label, |window| window.has(label));
    }

    fn wait_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < Duration::from_mins(2), "{what} did not come:\n{:?}", self.harness);
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
    }

    fn shown(&self) -> Option<PaneKind> {
        self.harness.state().project.as_ref().map(|project| project.shown)
    }

    fn group(&self) -> GroupView {
        self.harness.state().project.as_ref().unwrap().group_view().unwrap().clone()
    }

    fn is_active(&self, version: &str) -> bool {
        self.group().version(version).is_some_and(|version| version.status == Status::Active)
    }

    fn is_disabled(&self, label: &str) -> bool {
        self.harness.get_by_role_and_label(Role::Button, label).accesskit_node().is_disabled()
    }
}

#[test]
fn without_data_every_page_says_what_to_do_next() {
    let mut window = window(false, |_| Vec::new());
    window.go(PaneKind::Recipes);
    for recipe in recipes() {
        assert!(window.has(&format!("Train {}...", recipe.name)), "{}", recipe.name);
    }
    window.go(PaneKind::Training);
    assert!(window.has("Nothing to train on yet") && window.has("Choose data files"));
    window.go(PaneKind::Evaluation);
    window.click(Role::Button, "Train a solution");
    assert_eq!(window.shown(), Some(PaneKind::Training));
}

#[test]
fn from_a_recipe_over_two_trainings_to_metrics_and_a_campaign() {
    let mut window = window(true, |folder| vec![Picked::Chosen(vec![folder.join("test set")])]);
    window.go(PaneKind::Recipes);
    window.wait_for("this group has enough");
    window.click(Role::Button, "Train sims...");
    assert_eq!(window.shown(), Some(PaneKind::Training));

    window.write("Solution name", "two words");
    assert!(window.has("`two words` has ` ` at position"), "a name is checked while it is typed");
    assert!(window.is_disabled("Train"));
    window.write("Solution name", "also-had");
    window.write("Least event value", "much");
    assert!(window.has("`much` is no number") && window.is_disabled("Train"));
    window.write("Least event value", "");
    window.click(Role::Button, "Train");
    window.wait_until("the first version", |window| window.is_active("also-had/1"));
    window.wait_for("One more version, beside the one there is");

    window.choose("Recipe", "Sequential rules");
    window.click(Role::Button, "Train");
    window.wait_until("the second version", |window| window.is_active("sequential-rules/1"));
    window.click(Role::Button, "Show what also-had/1 used");
    assert!(window.has("min_cointeraction_count 3"), "what it was trained with is shown");

    window.go(PaneKind::Evaluation);
    window.wait_for("Plot: NDCG, with seen items");
    for name in ["also-had/1", "sequential-rules/1", "popularity"] {
        window.wait_until(name, |window| window.harness.query_by_role_and_label(Role::Row, name).is_some());
    }
    let group = window.group();
    let rules = group.version("sequential-rules/1").unwrap();
    let ndcg = |metrics: &std::collections::BTreeMap<String, f64>| {
        format!("{:.4}", metrics["normalized_discounted_cumulative_gain_at_10"])
    };
    assert_ne!(ndcg(&rules.metrics), ndcg(&rules.metrics_exclude_seen));
    assert!(window.has(&ndcg(&rules.metrics)));
    window.wait_for("users, worse for");
    window.click(Role::CheckBox, "Without seen items");
    window.wait_for("Plot: NDCG, without seen items");
    assert!(window.has(&ndcg(&rules.metrics_exclude_seen)));
    window.click(Role::Button, "Sort runs by Coverage");
    window.click(Role::Button, "Plot Precision");
    assert!(window.has("Plot: Precision, without seen items"));
    assert!(window.has("What can be compared"), "the caveats stand beside the numbers");
    window.click(Role::Button, "Export");
    window.click(Role::Button, "Test set to a folder...");
    window.wait_for("Wrote 3 files");
    assert!(window.folder.path().join("test set").join("truth.csv").is_file());

    window.go(PaneKind::Training);
    window.click(Role::Button, "Deploy also-had/1...");
    window.click(Role::Button, "Deploy");
    window.wait_for("also-had answers with also-had/1");
    assert_eq!(window.group().campaigns[0].version, "also-had/1");
    window.click(Role::Button, "Delete sequential-rules/1");
    window.click(Role::Button, "Delete");
    assert!(window.group().version("sequential-rules/1").is_none());
}

#[test]
fn a_network_says_what_it_takes_and_where_it_can_be_trained() {
    let mut window = window(true, |_| Vec::new());
    window.go(PaneKind::Training);
    window.choose("Recipe", "Popularity count");
    window.wait_for("This recipe has no network to train");
    window.choose("Recipe", "HRNN");
    window.wait_for("Takes about");
    window.wait_for("An NVIDIA card, then an Apple one, then the processor");
    window.choose("Device", "Processor");
    assert!(!window.has("An NVIDIA card, then an Apple one"));
    window.click(Role::ComboBox, "Device");
    for view in devices() {
        assert_eq!(window.is_disabled(view.device.title()), view.missing.is_some(), "{view:?}");
    }
}

#[test]
fn another_test_set_stops_versions_from_comparing() {
    let mut window = window(true, |_| Vec::new());
    window.go(PaneKind::Training);
    window.choose("Recipe", "Popularity count");
    window.click(Role::Button, "Train");
    window.wait_until("a version", |window| window.is_active("popularity-count/1"));
    window.choose("Test set kind", "Last item out");
    assert!(window.has("Stops comparing: popularity-count/1"));
    window.click(Role::Button, "Use this test set");
    window.wait_until("the test set", |window| {
        window.group().active_test_set().is_some_and(|test_set| test_set.spec.name == "leave-last-out")
    });
    window.go(PaneKind::Evaluation);
    window.wait_for("popularity-count/1 is left out");
}

#[test]
fn the_recommended_set_is_queued_and_can_be_cancelled() {
    let mut window = window(true, |_| Vec::new());
    window.go(PaneKind::Training);
    window.click(Role::Button, "Train the recommended set");
    window.wait_for("Cancel: Training trending-now");
    window.click(Role::Button, "Cancel: Training trending-now");
    window.wait_until("the others", |window| {
        ["popularity-count/1", "sims/1", "sequential-rules/1", "ease/1", "slit/1"]
            .iter()
            .all(|name| window.is_active(name))
    });
    assert!(window.group().solution("trending-now").is_none(), "what waited and was cancelled left nothing");
}

/// Which recipe is best, for whom, who they are; another tool beside it; and all of it as a file for others.
#[test]
fn another_tools_lists_are_compared_person_by_person_and_reported() {
    let lists = |folder: &Path| folder.join("their lists.csv");
    let mut window = window(true, |folder| {
        vec![
            Picked::Chosen(vec![lists(folder)]),
            Picked::Chosen(vec![folder.join("report.html")]),
            Picked::Chosen(vec![folder.join("truth.csv")]),
        ]
    });
    window.go(PaneKind::Training);
    window.choose("Recipe", "Sequential rules");
    window.click(Role::Button, "Train");
    window.wait_until("a version", |window| window.is_active("sequential-rules/1"));
    // Their lists are one item, the same for all: somebody had it.
    let data = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/shop/interactions.csv"),
    )
    .unwrap();
    let rows = data.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let (mut users, mut item) = (std::collections::BTreeSet::new(), String::new());
    for row in rows {
        users.insert(row[0].to_owned());
        row[1].clone_into(&mut item);
    }
    let text: Vec<String> = users.iter().map(|user| format!("{user},{item},1")).collect();
    let text = format!("userId,itemId,rank\n{}\n", text.join("\n"));
    std::fs::write(lists(window.folder.path()), text).unwrap();
    window.go(PaneKind::Evaluation);
    window.wait_for("sequential-rules/1 is better than popularity on NDCG@10 by");
    window.click(Role::Button, "Other tools' lists");
    window.click(Role::Button, "Add from a file...");
    window.wait_for("What are these lists called?");
    window.click(Role::Button, "Add");
    window.wait_until("their lists", |window| {
        window.harness.query_by_role_and_label(Role::Row, "their-lists").is_some()
    });
    assert_eq!(window.group().foreign_lists[0].source, "their lists.csv");
    // Until the page is of all three, what comes moves what is to be clicked.
    window.wait_for("of its users are not tested.");
    window.wait_for("all 3 differences are more than noise.");
    window.choose("First contestant", "sequential-rules/1");
    window.choose("Second contestant", "their-lists");
    window.wait_for("where their-lists has");
    assert!(window.has("sequential-rules/1 is clearly better."));
    let person = window.harness.get_all_by_label_contains("Person ").next().unwrap();
    let name = person.accesskit_node().label().unwrap();
    window.click(Role::Button, &name);
    window.wait_for(&name.replace("Person", "User"));
    window.wait_for("their-lists: ");
    window.click(Role::Button, "Export");
    window.click(Role::Button, "Comparison as a report...");
    let report = window.folder.path().join("report.html");
    window.wait_until("the report", |_| report.is_file());
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("their-lists") && report.contains("Lift over popularity"));
    window.click(Role::Button, "Other tools' lists");
    window.click(Role::Button, "Remove their-lists");
    window.wait_until("an end", |window| window.group().foreign_lists.is_empty());

    // A file of one's own is the test set from now on.
    let truth: Vec<String> = users.iter().take(30).map(|user| format!("{user},{item},4000000000")).collect();
    let truth = format!("USER_ID,ITEM_ID,TIMESTAMP\n{}\n", truth.join("\n"));
    std::fs::write(window.folder.path().join("truth.csv"), truth).unwrap();
    window.go(PaneKind::Training);
    window.choose("Test set kind", "A file of your own");
    window.click(Role::Button, "Choose a file...");
    window.wait_until("the test set", |window| {
        window.group().active_test_set().is_some_and(|test_set| test_set.users == 30)
    });
}
