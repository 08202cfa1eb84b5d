//! What goes wrong, with its exit status, message and remedy.

use super::{Workplace, walks};
use serde_json::json;

/// `error:` on the first line, `hint:` on the last, and both say what they must.
fn says(said: &str, error: &str, hint: &str) {
    assert!(said.starts_with("error: "), "{said}");
    let (what, remedy) = said.split_once("\nhint: ").unwrap_or_else(|| panic!("no hint: {said}"));
    assert!(what.contains(error), "no `{error}` in: {said}");
    assert!(remedy.contains(hint), "no `{hint}` in the hint of: {said}");
}

#[test]
fn what_is_not_there_is_named_with_what_there_is() {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    says(&place.fails(1, &["groups", "missing.bespoke"]), "missing.bespoke does not exist", "bespoke new");
    says(&place.fails(1, &["new", "p.bespoke"]), "p.bespoke exists already", "choose another name");
    says(
        &place.fails(1, &["train", "p.bespoke", "--group", "films", "--recipe", "sims"]),
        "no dataset group `films`",
        "it has g",
    );
    says(
        &place.fails(1, &["import", "p.bespoke", "none.csv", "--group", "g", "--dataset", "items"]),
        "none.csv",
        "check that it is there",
    );
    says(
        &place.fails(1, &["batch", "p.bespoke", "--version", "ease", "--input", "all", "--output", "x"]),
        "no solution version `ease`",
        "train one",
    );
    says(
        &place.fails(1, &["recommend", "p.bespoke", "--campaign", "c", "--user", "u"]),
        "no campaign `c`",
        "",
    );
    says(
        &place.fails(1, &["schema", "p.bespoke", "--group", "g", "--dataset", "users"]),
        "has no Users dataset",
        "import",
    );
    place.write("notes.txt.bespoke", "hello");
    says(&place.fails(1, &["check", "notes.txt.bespoke"]), "is not a Bespoke project", "bespoke new");
    says(
        &place.fails(
            1,
            &["import", "p.bespoke", "interactions.csv", "--group", "a b", "--dataset", "interactions"],
        ),
        "`a b` has ` ` at position 2",
        "letters, digits",
    );
}

#[test]
fn wrong_usage_is_two() {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    for arguments in [
        &["train", "p.bespoke"][..],
        &["fly", "p.bespoke"],
        &["train", "p.bespoke", "--group", "g", "--recipe", "hrnn-plus"],
        &["train", "p.bespoke", "--group", "g", "--recipe", "sims", "--set", "popularity_discount_factor"],
        &["train", "p.bespoke", "--group", "g", "--recipe", "sims", "--event-value-threshold", "nan"],
        &["import", "p.bespoke", "interactions.csv", "--group", "g", "--dataset", "things"],
        &["split", "p.bespoke", "--group", "g", "--kind", "temporary"],
        &["batch", "p.bespoke", "--version", "v", "--input", "all", "--output", "-", "--json"],
    ] {
        let said = place.fails(2, arguments);
        assert!(said.starts_with("error: "), "{arguments:?}: {said}");
    }
    let said = place.fails(2, &["train", "p.bespoke", "--group", "g", "--recipe", "sims", "--set", "bptt=3"]);
    assert!(said.contains("bptt") && said.contains("popularity_discount_factor"), "{said}");
}

/// Too little data to train on: the service's words, how much is missing, and a version that says it failed.
#[test]
fn too_little_data_is_refused_in_the_services_words() {
    let place = Workplace::with_interactions(&walks("", 40, 20, 30));
    let said = place.fails(1, &["train", "p.bespoke", "--group", "g", "--recipe", "sims"]);
    says(&said, "Dataset has fewer than 1000 interactions", "200 interactions");
    let said =
        place.fails(1, &["train", "p.bespoke", "--group", "g", "--recipe", "sims", "--event-type", "buy"]);
    says(
        &said,
        "Dataset has fewer than 1000 interactions after filtering by event type: buy",
        "1000 interactions",
    );
    let analysis = place.json(&["analyze", "p.bespoke", "--group", "g"]);
    assert_eq!(analysis["readiness"]["missingInteractions"], json!(200));
    assert_eq!(analysis["readiness"]["ready"], json!(false));
    let versions = place.json(&["groups", "p.bespoke"])["groups"][0]["solutions"][0]["versions"].clone();
    assert_eq!(versions[0]["status"], json!("CREATE FAILED"));
    assert!(versions[0]["failureReason"].as_str().unwrap().contains("fewer than 1000"));
    place.is_whole();
}
