//! The data pages driven as a person would, by accessible name: from a file to rows, problems and mends.

mod files;

use crate::domain::DatasetType;
use crate::studio::{AppSettings, GroupView, Studio};
use crate::ui::action::Action;
use crate::ui::app::App;
use crate::ui::file_picker::{Picked, ScriptedPicker};
use crate::ui::pane::PaneKind;
use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

struct Window {
    harness: Harness<'static, App>,
    folder: tempfile::TempDir,
}

/// A window on a fresh project, with the answers its file dialogs will give.
fn window(answers: impl FnOnce(&Path) -> Vec<Picked>) -> Window {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("films.bespoke");
    drop(Studio::create(&project).unwrap());
    let settings = AppSettings::load_from(&folder.path().join("settings.json"));
    let picker = Box::new(ScriptedPicker { answers: answers(folder.path()).into() });
    let mut harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_theme(Theme::Dark)
        .build_eframe(|creation| App::with(&creation.egui_ctx, Some(project), settings, picker).unwrap());
    harness.run();
    Window { harness, folder }
}

impl Window {
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Draws what was asked for. Undo points, toasts and jobs may ask for more frames later.
    fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    fn drop_files(&mut self, paths: Vec<PathBuf>) {
        self.harness.state().sender().send(Action::Files(paths));
        self.settle();
    }

    fn click(&mut self, label: &str) {
        self.wait_for(label);
        self.harness.get_by_label(label).click();
        self.settle();
    }

    fn click_role(&mut self, role: Role, label: &str) {
        self.wait_for(label);
        // What has just come may still push it elsewhere.
        self.settle();
        self.harness.get_by_role_and_label(role, label).click();
        self.settle();
    }

    /// Chooses an entry of a combo box.
    fn choose(&mut self, field: &str, entry: &str) {
        self.click_role(Role::ComboBox, field);
        self.harness.get_all_by_role_and_label(Role::Button, entry).last().unwrap().click();
        self.settle();
    }

    fn go(&mut self, pane: PaneKind) {
        self.harness.state().sender().send(Action::Show(pane));
        self.settle();
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

    /// Turns the wheel over the rows; how long this thread worked on the frame, triangles and all, and how long that
    /// took by the clock on the wall.
    fn scroll_frame(&mut self, rows: f32) -> (Duration, Duration) {
        self.harness.event(egui::Event::PointerMoved(egui::pos2(600.0, 600.0)));
        self.harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            source: egui::MouseWheelSource::Wheel,
            delta: egui::vec2(0.0, -26.0 * rows),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        });
        let (began, worked) = (Instant::now(), thread_time());
        self.harness.step();
        let shapes = self.harness.output().shapes.clone();
        std::hint::black_box(self.harness.ctx.tessellate(shapes, 1.0));
        let wall = began.elapsed();
        match (worked, thread_time()) {
            (Some(before), Some(after)) => (after.saturating_sub(before), wall),
            _ => (wall, wall),
        }
    }

    /// The current group as it is stored.
    fn group(&self) -> Option<GroupView> {
        let project = self.harness.state().project.as_ref()?;
        project.group_view().cloned()
    }

    fn rows(&self, kind: DatasetType) -> u64 {
        self.group().and_then(|group| Some(group.dataset(kind)?.rows)).unwrap_or(0)
    }

    fn shown(&self) -> Option<PaneKind> {
        self.harness.state().project.as_ref().map(|project| project.shown)
    }
}

/// How long this thread has worked, where the system says so: other work on the machine does not count.
fn thread_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// 40 users with 30 events each; a cell of row 3 is no time, row 5 has no user, one price has blanks around it.
fn log() -> String {
    let mut text = "user_id,item_id,timestamp,event_type,price\n".to_owned();
    for row in 0..1_200 {
        let (user, item) = (row / 30, (row * 7) % 90);
        let kind = ["view", "cart", "purchase"][row % 3];
        let time = if row == 2 { "yesterday".to_owned() } else { (1_600_000_000 + row * 60).to_string() };
        let user = if row == 4 { String::new() } else { format!("u{user}") };
        writeln!(text, "{user},i{item},{time},{kind},{}.50", row % 40).unwrap();
    }
    text
}

#[test]
fn a_dropped_log_is_mapped_imported_shown_mended_and_profiled() {
    let mut window = window(|_| Vec::new());
    let path = window.file("shop.csv", &log());
    window.drop_files(vec![path]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    assert_eq!(window.shown(), Some(PaneKind::Datasets), "no question was asked");
    assert_eq!(window.group().unwrap().name, "shop", "the group is named after the file");
    window.wait_for("1,198 rows");
    window.wait_for("Sort by EVENT_TYPE");
    window.wait_for("2020-09-13 12:26:40");

    window.click_role(Role::Button, "Problems (2)");
    window.wait_for("1 row, column timestamp");
    window.wait_for("Row 3: yesterday");
    let drops = window.harness.get_all_by_label("Drop these rows").collect::<Vec<_>>();
    assert_eq!(drops.len(), 2, "each rule has its mend");
    drops[0].click();
    window.settle();
    window.wait_until("the mend", |window| {
        window.group().unwrap().dataset(DatasetType::Interactions).is_some_and(|data| data.version == 2)
    });
    assert_eq!(window.group().unwrap().dataset(DatasetType::Interactions).unwrap().problems, 1);

    window.click_role(Role::Button, "Columns");
    window.wait_for("Histogram of PRICE");
    window.wait_for("view (");
    window.click_role(Role::Button, "Insights");
    window.wait_for("Plot: Event types");
    window.wait_for("1,198 of 1,000 needed");
    window.choose("Event type to train on", "cart");
    window.wait_for("Dataset has fewer than 1000 interactions after filtering by event type: cart");
}

#[test]
fn what_nobody_can_know_is_asked_and_mapped_by_hand() {
    let mut window = window(|_| Vec::new());
    let mut text = "a,b,c\n".to_owned();
    for row in 0..60 {
        writeln!(text, "x{},y{},{}", row % 7, row % 11, 1_600_000_000_000_u64 + row * 1_000).unwrap();
    }
    let path = window.file("odd.csv", &text);
    window.drop_files(vec![path]);
    window.wait_until("the page Mapping", |window| window.shown() == Some(PaneKind::Mapping));
    window.click_role(Role::Button, "Interactions");
    for (column, field) in [("a", "USER_ID"), ("b", "ITEM_ID"), ("c", "TIMESTAMP")] {
        let head = window.harness.get_all_by_role(Role::Button).find(|node| {
            node.accesskit_node().label().is_some_and(|label| label.starts_with(&format!("{column} is ")))
        });
        head.unwrap().click();
        window.settle();
        window.harness.get_all_by_label(field).last().unwrap().click();
        window.settle();
    }
    window
        .choose("Time rule", &crate::studio::rule_text(&crate::domain::mapping::TimestampRule::Milliseconds));
    window.wait_for("2020-09-13 12:26:40 UTC");
    window.wait_for("60 of the first 60 rows");
    window.wait_for("Dataset has fewer than 1000 interactions");
    // Going away and back loses nothing.
    window.go(PaneKind::Home);
    window.go(PaneKind::Mapping);
    window.wait_for("2020-09-13 12:26:40 UTC");
    window.click_role(Role::Button, "Import");
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 60);
    assert_eq!(window.shown(), Some(PaneKind::Datasets));
}

#[test]
fn a_schema_goes_out_to_a_file_and_comes_back() {
    let mut window = window(|folder| {
        let path = folder.join("schema.json");
        vec![Picked::Chosen(vec![path.clone()]), Picked::Chosen(vec![path])]
    });
    let path = window.file("shop.csv", &log().to_uppercase());
    window.drop_files(vec![path]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) > 0);
    window.go(PaneKind::Mapping);
    window.click("Change the mapping of Interactions");
    window.click_role(Role::Button, "Avro schema");
    window.click_role(Role::Button, "Export...");
    let saved = window.folder.path().join("schema.json");
    window.wait_until("the file", |_| saved.is_file());
    let text = std::fs::read_to_string(&saved).unwrap();
    assert!(text.contains("\"com.amazonaws.personalize.schema\""), "{text}");
    let without_price: serde_json::Value = {
        let mut schema: serde_json::Value = serde_json::from_str(&text).unwrap();
        schema["fields"].as_array_mut().unwrap().retain(|field| field["name"] != "PRICE");
        schema
    };
    std::fs::write(&saved, without_price.to_string()).unwrap();
    assert!(window.has("Leave out PRICE"));
    window.click_role(Role::Button, "Use a schema file...");
    window.wait_until("the schema", |window| !window.has("Leave out PRICE"));
    assert!(window.has("PRICE is left out"));
}

#[test]
fn an_import_is_undone_and_a_second_file_is_added() {
    let mut window = window(|_| Vec::new());
    let first = window.file("shop.csv", &log());
    window.drop_files(vec![first.clone()]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    window.click_role(Role::Button, "Undo");
    window.wait_until("the undoing", |window| window.rows(DatasetType::Interactions) == 0);
    window.click_role(Role::Button, "Import it");
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    // The same columns, other rows.
    let later = log().lines().next().unwrap().to_owned()
        + "\nu1,i1,1700000000,view,1.50\nu2,i2,1700000001,view,2.50\n";
    let second = window.file("later.csv", &later);
    window.drop_files(vec![second]);
    window.click_role(Role::Button, "Add to it");
    window.wait_until("the addition", |window| window.rows(DatasetType::Interactions) == 1_200);
}

#[test]
fn a_file_that_is_no_table_is_refused_with_a_reason() {
    let mut window = window(|_| Vec::new());
    let missing = window.folder.path().join("nowhere.csv");
    window.drop_files(vec![missing]);
    window.wait_for("The files could not be read");
    window.wait_for("nowhere.csv");
}

/// The budget of a frame is 16 ms; one in twenty may be slower.
#[test]
fn a_million_rows_leave_frames_short() {
    let mut window = window(|_| Vec::new());
    let mut text = "user_id,item_id,timestamp\n".to_owned();
    for row in 0..1_000_000_u64 {
        writeln!(text, "u{},i{},{}", row % 9_973, row % 997, 1_600_000_000 + row).unwrap();
    }
    let path = window.file("million.csv", &text);
    window.drop_files(vec![path]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_000_000);
    window.wait_for("1,000,000 rows");
    window.wait_for("2020-09-13 12:26:40");
    // Other work on the machine slows the caches down too: the best of three rounds is the window's own.
    let rounds = (0..3).map(|_| {
        let (mut work, mut wall): (Vec<_>, Vec<_>) = (0..100).map(|_| window.scroll_frame(100.0)).unzip();
        work.sort_unstable();
        wall.sort_unstable();
        (work[95], wall[95])
    });
    let (best, wall) = rounds.min().unwrap();
    println!("95 of 100 frames over a million rows took up to {best:?} of work, {wall:?} on the wall");
    assert!(!window.has("2020-09-13 12:26:40"), "the rows scrolled away");
    assert!(best < Duration::from_millis(16), "95 of 100 frames took up to {best:?}");
}

/// The folders as published, where they are at hand.
#[test]
fn movielens_folders_become_datasets_with_titles_without_a_question() {
    let Some(data) = std::env::var_os("BESPOKE_DATA").map(PathBuf::from) else { return };
    for (folder, interactions, items, users) in
        [("movielens-100k", 100_000, 1_682, 943), ("movielens-latest-small", 100_836, 9_742, 0)]
    {
        let mut window = window(|_| Vec::new());
        window.drop_files(vec![data.join(folder)]);
        window.wait_until(folder, |window| {
            window.rows(DatasetType::Interactions) == interactions
                && window.rows(DatasetType::Items) == items
                && window.rows(DatasetType::Users) == users
        });
        assert_eq!(window.shown(), Some(PaneKind::Datasets));
        window.click_role(Role::RadioButton, "Dataset Items");
        window.wait_for("Toy Story (1995)");
    }
}
