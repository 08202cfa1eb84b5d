//! The table of runs, arranged and driven as a person would.

use super::lines::{Column, GroupBy, Line, lines};
use super::*;
use crate::domain::solution::{Device, SolutionConfig};
use crate::jobs::JobContext;
use crate::studio::{OpenMode, ProjectView, SampleGroup, Studio, TrainRequest, recipe};
use crate::ui::action::{Action, CommandSender, Sent};
use crate::ui::jobs::Jobs;
use crate::ui::theme::{Themes, tokens};
use crossbeam_channel::Receiver;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A project with three runs, of which the last is of another solution.
fn project(folder: &std::path::Path) -> Studio {
    let job = JobContext::default();
    let studio = Studio::create(&folder.join("films.bespoke")).unwrap();
    let films = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/films");
    studio.import_sample(SampleGroup::Films, &films, &job).unwrap();
    for (name, set) in [("sims", "0.5"), ("sims", "0.3"), ("popularity-count", "")] {
        let set = [("popularity_discount_factor", set)].into_iter().filter(|(_, set)| !set.is_empty());
        let config = SolutionConfig {
            device: Device::Cpu,
            ..SolutionConfig::of(name, recipe(name).unwrap().parameters_from(set).unwrap())
        };
        let request = TrainRequest { group: "films".to_owned(), solution: None, config };
        studio.train(&request, &job).unwrap();
    }
    studio
}

fn metric(values: &[(&str, f64)]) -> RunMetric {
    let value = |value: f64| RunValue { value, interval: Some((value - 0.01, value + 0.01)) };
    RunMetric {
        title: "NDCG@10".to_owned(),
        definition: "How early what was wanted stands".to_owned(),
        better: crate::domain::metric::Better::Higher,
        values: values.iter().map(|(name, of)| ((*name).to_owned(), value(*of))).collect(),
    }
}

fn names(contestants: &[Contestant<'_>], lines: &[Line]) -> Vec<String> {
    lines
        .iter()
        .map(|line| match line {
            Line::Group { name, runs, is_folded } => {
                format!("{name} ({runs}){}", if *is_folded { " folded" } else { "" })
            }
            Line::Contestant(place) => contestants[*place].name().to_owned(),
        })
        .collect()
}

#[test]
fn runs_are_filtered_sorted_grouped_and_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path());
    let mark = |name: &str, change: fn(&mut crate::studio::RunMark)| {
        let runs = studio.runs("films").unwrap();
        let mut mark = runs.iter().find(|run| run.name == name).unwrap().mark();
        change(&mut mark);
        studio.mark_run("films", name, &mark).unwrap();
    };
    let metrics = [metric(&[("sims/1", 0.1), ("sims/2", 0.3), ("other tool", 0.2)])];
    let seen = |arrange: &dyn Fn(&mut Arrangement)| {
        let runs = studio.runs("films").unwrap();
        let contestants = contestants(&runs, &metrics);
        let mut arrangement = Arrangement { sort: None, ..Arrangement::default() };
        arrange(&mut arrangement);
        names(&contestants, &lines(&contestants, &metrics, &arrangement))
    };
    let filtered = |text: &str| seen(&|arrangement| text.clone_into(&mut arrangement.filter));
    assert_eq!(filtered(""), ["sims/1", "sims/2", "popularity-count/1", "other tool"]);
    assert_eq!(filtered("recipe:SIMS"), ["sims/1", "sims/2"]);
    assert_eq!(filtered("discount:0.3"), ["sims/2"], "any parameter, by a part of its name");
    assert_eq!(filtered("sims 0.3"), ["sims/2"], "set parameters are looked into");
    assert_eq!(filtered("seed:0 recipe:popularity"), ["popularity-count/1"]);
    assert_eq!(filtered("tool"), ["other tool"]);
    let by_metric = seen(&|arrangement| arrangement.sort_by(Column::Metric(0)));
    assert_eq!(
        by_metric,
        ["sims/2", "other tool", "sims/1", "popularity-count/1"],
        "the best first, none last"
    );
    let turned = seen(&|arrangement| (0..2).for_each(|_| arrangement.sort_by(Column::Metric(0))));
    assert_eq!(turned, ["sims/1", "other tool", "sims/2", "popularity-count/1"]);
    mark("popularity-count/1", |mark| mark.pinned = true);
    mark("sims/1", |mark| mark.hidden = true);
    assert_eq!(filtered(""), ["popularity-count/1", "sims/2", "other tool"]);
    let grouped = seen(&|arrangement| {
        arrangement.group_by = GroupBy::Recipe;
        arrangement.show_hidden = true;
        arrangement.folded.insert("Others".to_owned());
    });
    let expected = ["Pinned (1)", "popularity-count/1", "sims (2)", "sims/1", "sims/2", "Others (1) folded"];
    assert_eq!(grouped, expected);
}

struct Table {
    studio: Studio,
    project: ProjectView,
    runs: Vec<RunView>,
    metrics: Vec<RunMetric>,
    arrangement: Arrangement,
    rename: Option<Rename>,
    selection: Selection,
    actions: Receiver<Sent>,
    copied: Vec<String>,
    jobs_started: Vec<String>,
}

impl Table {
    /// Does what was asked for, as the shell would.
    fn perform(&mut self) {
        while let Ok(sent) = self.actions.try_recv() {
            match sent.action {
                Action::Change { work, .. } => {
                    work(&self.studio).unwrap();
                    self.runs = self.studio.runs("films").unwrap();
                }
                Action::CopyText(text) => self.copied.push(text),
                Action::StartJob(request) => self.jobs_started.push(request.title),
                _ => {}
            }
        }
    }
}

fn table(studio: Studio, runs: Vec<RunView>, metrics: Vec<RunMetric>) -> Harness<'static, Table> {
    let (send, actions) = CommandSender::line();
    let jobs = Jobs::new(Arc::new(|| {}));
    let project = studio.overview().unwrap();
    let state = Table {
        studio,
        project,
        runs,
        metrics,
        arrangement: Arrangement::default(),
        rename: None,
        selection: Selection::default(),
        actions,
        copied: Vec::new(),
        jobs_started: Vec::new(),
    };
    let mut installed = false;
    let mut harness = Harness::builder().with_size([1100.0, 800.0]).build_ui_state(
        move |ui, table: &mut Table| {
            if !installed {
                Themes::install(ui.ctx()).unwrap();
                installed = true;
            }
            let tokens = tokens(ui);
            table.perform();
            let context = PaneContext {
                studio: &table.studio,
                project: &table.project,
                group: table.project.groups.first(),
                tokens: &tokens,
                jobs: &jobs,
                send: &send,
            };
            runs_ui(
                &context,
                ui,
                "films",
                &table.runs,
                &table.metrics,
                &mut table.arrangement,
                &mut table.rename,
                &mut table.selection,
            );
        },
        state,
    );
    harness.run();
    harness
}

fn of_project(folder: &std::path::Path) -> Harness<'static, Table> {
    let studio = project(folder);
    let runs = studio.runs("films").unwrap();
    table(studio, runs, vec![metric(&[("sims/1", 0.1), ("sims/2", 0.3), ("popularity-count/1", 0.2)])])
}

fn click(harness: &mut Harness<'_, Table>, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
    harness.run();
}

#[test]
fn a_run_is_chosen_renamed_pinned_and_copied() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = of_project(folder.path());
    click(&mut harness, "sims/2");
    assert_eq!(harness.state().selection.chosen(), ["sims/2"]);
    assert!(harness.query_by_label("Why sims/2 is what it is").is_some());
    click(&mut harness, "Copy as command line");
    let line = &harness.state().copied[0];
    assert!(line.ends_with("--solution sims --set popularity_discount_factor=0.3 --device cpu"), "{line}");
    click(&mut harness, "Train again exactly");
    assert_eq!(harness.state().jobs_started, ["Training sims/2 again"]);
    click(&mut harness, "Rename");
    let field = harness.get_by_role_and_label(Role::TextInput, "New name of the run");
    field.type_text(" tuned");
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    harness.run();
    assert_eq!(harness.state().runs[1].title(), "sims/2 tuned");
    click(&mut harness, "Menu of sims/2 tuned");
    click(&mut harness, "Pin to the top");
    assert!(harness.state().runs[1].pinned);
    let top = |label: &str| harness.get_by_role_and_label(Role::Row, label).rect().top();
    assert!(top("sims/2 tuned") < top("sims/1"));
    click(&mut harness, "Colour of sims/1");
    click(&mut harness, "Colour 5");
    assert_eq!(harness.state().runs[0].color, 4);
}

#[test]
fn two_chosen_runs_show_what_differs_and_fold_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = of_project(folder.path());
    click(&mut harness, "sims/1");
    harness.state_mut().selection.toggle("sims/2");
    harness.run();
    assert!(harness.query_by_label("sims/1 and sims/2").is_some());
    for text in ["popularity_discount_factor", "0.5", "0.3"] {
        assert!(harness.query_by_label(text).is_some(), "{text}");
    }
    assert!(harness.query_by_label("seed").is_none(), "what is the same is folded away");
}

#[test]
fn a_project_that_is_only_read_is_marked_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = project(folder.path()).path().to_owned();
    let studio = Studio::open(&path, OpenMode::ReadOnly).unwrap();
    let runs = studio.runs("films").unwrap();
    let mut harness = table(studio, runs, Vec::new());
    click(&mut harness, "sims/1");
    click(&mut harness, "Train again exactly");
    assert!(harness.state().jobs_started.is_empty());
}

#[test]
fn a_thousand_runs_are_walked_without_stutter() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path());
    let one = studio.runs("films").unwrap().remove(0);
    let runs: Vec<RunView> = (0..1_000)
        .map(|number| RunView {
            name: format!("sims/{number}"),
            note: format!("a note on the run of number {number}"),
            seconds: f64::from(number * 37 % 1_000),
            ..one.clone()
        })
        .collect();
    let values: Vec<(String, f64)> =
        runs.iter().enumerate().map(|(at, run)| (run.name.clone(), (at * 7 % 1_000) as f64)).collect();
    let values: Vec<(&str, f64)> = values.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let metrics = (0..5).map(|_| metric(&values)).collect();
    let mut harness = table(studio, runs, metrics);
    harness.state_mut().arrangement.sort_by(Column::Metric(3));
    harness.state_mut().arrangement.group_by = GroupBy::TestSet;
    harness.state_mut().arrangement.filter = "note run sims".to_owned();
    harness.run();
    let mut frames: Vec<Duration> = (0..15)
        .map(|_| {
            let began = Instant::now();
            harness.step();
            began.elapsed()
        })
        .collect();
    frames.sort();
    // The budget is 8 ms; this build is not optimised, and the machine not idle.
    assert!(frames[7] < Duration::from_millis(100), "{:?}", frames[7]);
    let drawn = harness.query_all_by_role(Role::Row).count();
    assert!((10..20).contains(&drawn), "{drawn} of a thousand lines are in sight");
}
