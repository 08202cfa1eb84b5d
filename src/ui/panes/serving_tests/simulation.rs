//! Simulation: an experiment set up, paused, stepped, stopped, opened again and deleted.

use super::*;

#[test]
fn an_experiment_is_run_step_by_step_and_kept() {
    let mut window = window(&["sequential-rules"], |_| Vec::new());
    window.go(PaneKind::Simulation);
    window.wait_for("No campaign to try yet");
    window.create("next", "sequential-rules/1");
    window.go(PaneKind::Simulation);
    window.wait_for("in four of five experiments takes");
    window.press("Start");
    window.wait_for("Result of experiment");
    // Who walks round a circle is shown the next item by one and popular items by the other.
    window.wait_for("next beats popular");
    window.wait_for("People choose by what came before");
    window.wait_until("one kept", |window| window.group().simulations.len() == 1);

    reach(&mut window, "Delete experiment 1");
    window.wait_for("Its curves go");
    window.press("Delete");
    window.wait_until("none left", |window| window.group().simulations.is_empty());
}

#[test]
fn a_paused_experiment_goes_on_by_steps_and_is_kept_where_it_was_stopped() {
    let mut window = window(&["sequential-rules"], |_| Vec::new());
    window.create("next", "sequential-rules/1");
    window.go(PaneKind::Simulation);
    window.click(Role::CheckBox, "random");
    window.set_value("Steps", 1_000.0);
    window.set_value("Users", 20_000.0);
    window.press("Start");
    window.press("Pause");
    window.wait_for("Go on");
    window.press("Step");
    window.wait_for("of 1,000 steps");
    window.press("Stop");
    window.wait_for("Result of experiment");
    window.wait_until("one kept", |window| window.group().simulations.len() == 1);
    let kept = window.group().simulations;
    assert!(kept[0].summary.contains("popular"), "{kept:?}");
    window.go(PaneKind::Home);
    window.go(PaneKind::Simulation);
    reach(&mut window, "Open experiment 1");
    window.wait_for("Looked at after every step");
    window.wait_for("random");
}

/// Presses a button that may lie below what is in sight.
fn reach(window: &mut Window, label: &str) {
    window.wait_for(label);
    window.harness.get_by_role_and_label(Role::Button, label).click_accesskit();
    window.harness.run();
}

#[test]
fn a_log_is_asked_about_another_policy() {
    let mut window = window(&["sequential-rules"], |folder| {
        let mut log = "item_id,click,propensity_score\n".to_owned();
        for row in 0..400 {
            log.push_str(if row % 2 == 0 { "a,1,0.5\n" } else { "b,0,0.5\n" });
        }
        let path = folder.join("log.csv");
        std::fs::write(&path, log).unwrap();
        vec![Picked::Chosen(vec![path])]
    });
    window.go(PaneKind::Simulation);
    window.harness.get_by_label("Off-policy").click();
    window.harness.run();
    window.press("Choose...");
    window.press("Estimate");
    window.wait_for("effective rows");
    window.wait_for("The estimates rest on 400 rows, which are few");
    window.harness.get_by_label("Impressions in the interactions of this group").click();
    window.harness.run();
    window.wait_for("There is no campaign yet");
    window.create("next", "sequential-rules/1");
    window.go(PaneKind::Simulation);
    window.press("Estimate");
    window.wait_for("say nothing of what was shown");
}

#[test]
fn a_feedback_loop_is_run_and_kept() {
    let mut window = window(&["sims"], |_| Vec::new());
    window.create("near", "sims/1");
    window.go(PaneKind::Simulation);
    window.harness.get_by_label("Feedback loop").click();
    window.harness.run();
    window.wait_for("may come to show ever fewer items");
    window.set_value("Weeks", 2.0);
    window.press("Start");
    window.wait_for("Trained on its own clicks each week, near shows");
    window.wait_until("kept", |window| window.group().simulations.len() == 1);
    reach(&mut window, "Open experiment 1");
    window.wait_for("Its lists fall to items with a Gini of");
}
