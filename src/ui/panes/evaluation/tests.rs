//! The page with as much on it as it must carry.

use super::*;
use crate::jobs::JobContext;
use crate::studio::{Contestant, SampleGroup, Studio, toy};
use crate::ui::action::CommandSender;
use crate::ui::jobs::Jobs;
use crate::ui::theme::{Themes, tokens};
use egui_kittest::Harness;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CONTESTANTS: usize = 20;
const USERS: usize = 100_000;
/// The longest a frame may take, in milliseconds.
const FRAME: u128 = 100;

/// Twenty contestants, of five kinds, whose lists of ten find what is sought more or less often.
fn view() -> EvaluationView {
    let (benchmark, outcomes) = toy::outcomes(USERS, 5);
    let contestant = |place: usize| Contestant {
        name: format!("a-recipe-with-a-name/{place}"),
        recipe: if place == 0 { "popularity-count" } else { "ease" }.to_owned(),
        benchmark: Arc::clone(&benchmark),
        runs: vec![Arc::clone(&outcomes[place % outcomes.len()])],
        missing_users: 0,
    };
    toy::view_of((0..CONTESTANTS).map(contestant).collect())
}

#[test]
fn twenty_contestants_of_a_hundred_thousand_users_are_drawn_and_scrolled_without_stutter() {
    let folder = tempfile::tempdir().unwrap();
    let studio = Studio::create(&folder.path().join("p.bespoke")).unwrap();
    let job = JobContext::default();
    let films = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/films");
    studio.import_sample(SampleGroup::Films, &films, &job).unwrap();
    let project = studio.overview().unwrap();
    let began = Instant::now();
    let view = view();
    let of_one = began.elapsed().as_secs_f64() / CONTESTANTS as f64;
    assert!(of_one < 2.0, "the metrics of one took {of_one} s");
    let pane = EvaluationPane { evaluation: Loadable::ready(view), ..EvaluationPane::default() };
    let (send, _actions) = CommandSender::line();
    let jobs = Jobs::new(Arc::new(|| {}));
    let mut installed = false;
    let mut harness = Harness::builder().with_size([1280.0, 800.0]).build_ui_state(
        move |ui, pane: &mut EvaluationPane| {
            if !installed {
                Themes::install(ui.ctx()).unwrap();
                installed = true;
            }
            let tokens = tokens(ui);
            let group = project.groups.first();
            let context = PaneContext {
                studio: &studio,
                project: &project,
                group,
                tokens: &tokens,
                jobs: &jobs,
                send: &send,
            };
            ScrollArea::vertical().show(ui, |ui| pane.view_ui(&context, ui, group.unwrap()));
        },
        pane,
    );
    // Everything that is taken in the background has come.
    let began = Instant::now();
    while !harness.state().is_settled() {
        assert!(began.elapsed() < Duration::from_mins(2), "the findings did not come");
        std::thread::sleep(Duration::from_millis(20));
        harness.step();
    }
    let mut slow = Vec::new();
    harness.hover_at(egui::pos2(600.0, 400.0));
    for frame in 0..120 {
        let down = if frame < 60 { -60.0 } else { 60.0 };
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            source: egui::MouseWheelSource::Wheel,
            delta: egui::vec2(0.0, down),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        });
        let began = Instant::now();
        harness.step();
        slow.push(began.elapsed().as_millis());
    }
    slow.sort_unstable();
    // One in twenty may have waited for the machine.
    let most = slow[slow.len() * 95 / 100];
    assert!(most < FRAME, "a frame took {most} ms; the slowest {:?}", &slow[110..]);
}
