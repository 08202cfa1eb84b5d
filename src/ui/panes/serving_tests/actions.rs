//! Next best actions in the window: shown with their cards, trained, asked, answered in the user's place.

use super::*;

/// Everybody is shown two actions four times, twenty days apart; users with an even number take the first and decline the
/// second each time, others the other way round. A third action is new.
fn window_with_actions() -> Window {
    let folder = tempfile::tempdir().unwrap();
    let studio = Studio::create(&folder.path().join("films.bespoke")).unwrap();
    fill(&studio, folder.path(), "");
    let mut log = "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\n".to_owned();
    for user in 0..USERS {
        for round in 0..4 {
            for (place, action) in ["enrol", "share"].into_iter().enumerate() {
                let event = if user % 2 == place { "Taken" } else { "Not Taken" };
                let time = 881_251_200 + (30 + 20 * round) * 86_400 + user;
                writeln!(log, "u{user:02},{action},{event},{time}").unwrap();
            }
        }
    }
    let actions =
        "ACTION_ID,TITLE,VALUE\nenrol,Enrol in a course,5\nshare,Share a film,2\nnew,Something new,9\n";
    import(&studio, folder.path(), DatasetType::Actions, "actions.csv", actions);
    import(&studio, folder.path(), DatasetType::ActionInteractions, "answers.csv", &log);
    drop(studio);
    open(folder, Vec::new())
}

/// Ids of actions and their probabilities.
type List = [(String, f64)];

#[test]
fn actions_are_trained_asked_and_answered() {
    let mut window = window_with_actions();
    window.go(PaneKind::Datasets);
    window.wait_for("Dataset Action_Interactions");
    window.wait_for("50 users, 2 actions");
    window.go(PaneKind::Recipes);
    // It stands below what the page shows at first.
    window.wait_for("Train next-best-action...");
    window.harness.get_by_role_and_label(Role::Button, "Train next-best-action...").click_accesskit();
    window.harness.run();
    window.press("Train");
    window.wait_until("the training", |window| {
        window.group().solution("next-best-action").is_some_and(|solution| solution.latest_active().is_some())
    });
    window.go(PaneKind::Evaluation);
    window.wait_for("Calibration error");
    window.create("next", "next-best-action/1");
    window.press("Try the campaign next");
    window.find("Find a user", "u08", "u08, 24 interactions", "u07, 24 interactions");
    window.wait_for("Next best actions");
    let asked = |window: &mut Window| {
        let answer: Value = serde_json::from_str(&window.copied("Copy as JSON")).unwrap();
        let list = answer["actionList"].as_array().unwrap().iter();
        list.map(|action| {
            (action["actionId"].as_str().unwrap().to_owned(), action["score"].as_f64().unwrap())
        })
        .collect::<Vec<_>>()
    };
    // The answer that stands is shown until the next one comes.
    let asked_until = |window: &mut Window, holds: &dyn Fn(&List) -> bool| {
        let began = Instant::now();
        loop {
            let list = asked(window);
            if holds(&list) {
                return list;
            }
            assert!(began.elapsed() < Duration::from_mins(1), "{list:?}\n{:?}", window.harness);
            std::thread::sleep(Duration::from_millis(5));
            window.harness.step();
        }
    };
    window.wait_for("Enrol in a course");
    let in_order = |list: &List| list.iter().map(|(id, _)| id.as_str()).eq(["enrol", "share", "new"]);
    let before = asked_until(&mut window, &in_order);
    assert!(before[0].1 > 0.7 && before[1].1 < 0.3 && before[2].1 == 0.0, "{before:?}");
    window.wait_for("too little is known");
    window.press("Why Enrol in a course");
    window.wait_for("showings were taken");
    window.wait_for("how they answered this action before");
    window.press("Not Taken: Enrol in a course");
    window.wait_for("Recorded:");
    let enrol = |list: &List| list.iter().find(|(id, _)| id == "enrol").unwrap().1;
    asked_until(&mut window, &|list| enrol(list) < enrol(&before));
    window.press("Forget answers recorded here");
    // The list read first may have been that of another user who answers as this one does: theirs differ far behind the point.
    let near =
        |(one, other): (&(String, f64), &(String, f64))| one.0 == other.0 && (one.1 - other.1).abs() < 1e-6;
    asked_until(&mut window, &|list| list.iter().zip(&before).all(near));
    assert!(!window.has("Recorded:"));
}
