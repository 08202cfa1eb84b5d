//! Experiments on simulated users from the command line.

use super::{Workplace, walks};
use serde_json::{Value, json};

/// People who walk along a circle of items, and a campaign that knows which item is the next.
fn place() -> Workplace {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    place.train("g", "sequential-rules");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "next", "--version", "sequential-rules"]);
    place
}

const ASK: [&str; 12] = [
    "simulate",
    "p.bespoke",
    "--group",
    "g",
    "--campaign",
    "popular",
    "--campaign",
    "next",
    "--users",
    "300",
    "--steps",
    "6",
];

fn simulate(place: &Workplace, rest: &[&str]) -> Value {
    place.json(&[&ASK, rest].concat())
}

#[test]
fn the_campaign_that_knows_what_comes_next_wins() {
    let place = place();
    let first = simulate(&place, &["--seed", "3"]);
    assert_eq!(first["arms"], json!(["popular", "next"]));
    assert_eq!((&first["id"], &first["spec"]["seed"]), (&json!(1), &json!(3)));
    assert_eq!(first["verdict"]["winner"], json!(1), "{}", first["verdict"]);
    assert_eq!(first["verdict"]["safeWinner"], json!(1));
    let points = first["points"].as_array().unwrap();
    assert_eq!(points.len(), 6);
    let visits = points[5]["arms"].as_array().unwrap().iter().map(|arm| arm["visits"].as_u64().unwrap());
    assert_eq!(visits.sum::<u64>(), 1_800);
    // One seed, one result; another, another.
    assert_eq!(simulate(&place, &["--seed", "3"])["points"], first["points"]);
    assert_ne!(simulate(&place, &["--seed", "4"])["points"], first["points"]);
    for design in ["interleaved", "balanced"] {
        assert_eq!(simulate(&place, &["--design", design])["verdict"]["winner"], json!(1), "{design}");
    }
    let bandit = simulate(&place, &["--design", "bandit"]);
    let last = &bandit["points"][5]["arms"];
    assert!(last[1]["visits"].as_u64() > last[0]["visits"].as_u64().map(|visits| 4 * visits), "{last}");

    let groups = place.json(&["groups", "p.bespoke"]);
    let kept = groups["groups"][0]["simulations"].as_array().unwrap();
    assert_eq!(kept.iter().map(|kept| kept["id"].as_u64().unwrap()).collect::<Vec<_>>(), [6, 5, 4, 3, 2, 1]);
    place.is_whole();
}

#[test]
fn a_plan_says_how_many_are_needed_and_keeps_nothing() {
    let place = place();
    let plan = simulate(&place, &["--plan", "--effect", "0.5"]);
    assert!((plan["clickRate"].as_f64().unwrap() - 0.1).abs() < 1e-6, "{plan}");
    assert!(plan["usersNeeded"].as_f64().unwrap() > 1.0 && plan["power"].as_f64().unwrap() < 1.0, "{plan}");
    let groups = place.json(&["groups", "p.bespoke"]);
    assert_eq!(groups["groups"][0]["simulations"], json!([]));
    let said = place.fails(1, &["simulate", "p.bespoke", "--group", "g", "--campaign", "next"]);
    assert!(
        said.contains("error: the number of campaigns is 1\nhint: give a whole number from 2 to 8"),
        "{said}"
    );
    let said = place.fails(2, &[&ASK[..], &["--design", "abc"]].concat());
    assert!(said.contains("use one of ab, interleaved, balanced, bandit"), "{said}");
}

/// A log of two ads shown evenly, a clicked always and b never; the other policy shows a alone.
#[test]
fn a_log_tells_of_another_policy() {
    let place = Workplace::new();
    let mut log = "item_id,position,click,propensity_score\n".to_owned();
    for row in 0..1_000 {
        log.push_str(if row % 2 == 0 { "a,1,1,0.5\n" } else { "b,1,0,0.5\n" });
    }
    place.write("log.csv", &log);
    place.write("other.csv", "item_id,position,click\na,1,0\n");
    let even = place.json(&["off-policy", "log.csv"]);
    assert_eq!((&even["estimates"][0]["value"], &even["effectiveRows"]), (&json!(0.5), &json!(1_000.0)));
    let other = place.json(&["off-policy", "log.csv", "--target", "other.csv"]);
    assert_eq!((&other["estimates"][1]["value"], &other["effectiveRows"]), (&json!(1.0), &json!(500.0)));
    assert_eq!((&other["target"], &other["warnings"]), (&json!("other.csv"), &json!([])));
    let said = place.fails(1, &["off-policy", "other.csv"]);
    assert!(said.contains("other.csv: the log has no column propensity_score"), "{said}");
    let said = place.fails(2, &["off-policy", "p.bespoke"]);
    assert!(said.contains("add --group and --campaign"), "{said}");
}
