//! Filters of a project: their limits, their trial, their life beside batches.

use super::*;
use crate::data::sample::{self, SampleGroup};
use crate::domain::filter::{Field, Target};
use crate::jobs::JobContext;
use crate::studio::{PutEvent, PutEvents};

fn films(folder: &std::path::Path) -> Studio {
    sample::write(SampleGroup::Films, folder).unwrap();
    let studio = Studio::create(&folder.join("films.bespoke")).unwrap();
    studio.import_sample(SampleGroup::Films, folder, &JobContext::default()).unwrap();
    studio
}

#[test]
fn a_group_has_its_fill_of_filters_and_fields() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let make = |name: &str, text: &str| studio.create_filter("films", name, text).map(|(view, _)| view);
    for number in 0..MAX_FILTERS {
        let made = make(&format!("f{number}"), "INCLUDE ItemID WHERE Items.YEAR > 1980").unwrap();
        assert_eq!(made.status, Status::Active);
    }
    let error = make("one-more", "INCLUDE ItemID WHERE Items.YEAR > 1980").unwrap_err().to_string();
    assert!(error.contains("has 30 filters, and 30 are the most"), "{error}");
    // One that is there gives its place.
    let made = make("f7", "EXCLUDE ItemID WHERE Items.YEAR > 1980").unwrap();
    assert!(made.expression.starts_with("EXCLUDE"));
    studio.delete_filter("films", "f3").unwrap();
    make("one-more", "INCLUDE ItemID WHERE Items.YEAR > 1980").unwrap();
    let error = studio.delete_filter("films", "f3").unwrap_err().to_string();
    assert!(error.contains("no filter `f3`") && error.contains("f0"), "{error}");
    assert!(make("a b", "INCLUDE ItemID WHERE Items.YEAR > 1980").is_err());
    let error = make("x", "INCLUDE ItemID WHERE Items.YEER > 1980").unwrap_err().to_string();
    assert!(
        error.starts_with("Could not create filter. Invalid Expression at character 22 (`Items.YEER`)"),
        "{error}"
    );
    let error = make("x", "INCLUDE ItemID WHERE Items.GENRES NOT IN ($p)").unwrap_err().to_string();
    let words = "Could not create filter. Invalid input symbol: $p. Placeholders are not allowed with NOT_IN operator.";
    assert!(error.starts_with(words), "{error}");
}

#[test]
fn fields_of_all_filters_are_counted_together() {
    let folder = tempfile::tempdir().unwrap();
    let columns: Vec<String> = (0..21).map(|number| format!("C{number:02}")).collect();
    let row = |item: usize| format!("i{item},{}", vec![item.to_string(); 21].join(","));
    let items = format!("ITEM_ID,{}\n{}\n{}\n", columns.join(","), row(1), row(2));
    let path = folder.path().join("items.csv");
    std::fs::write(&path, items).unwrap();
    let studio = Studio::create(&folder.path().join("p.bespoke")).unwrap();
    let plan = crate::studio::ImportPlan {
        group: "g".to_owned(),
        dataset: DatasetType::Items,
        paths: vec![path],
        schema: None,
        changes: crate::studio::MappingChanges::default(),
        mode: crate::studio::ImportMode::Full,
        strict: true,
    };
    for request in studio.plan_import(&plan).unwrap() {
        studio.import(&request, &JobContext::default()).unwrap();
    }
    let make = |name: &str, fields: &[String]| {
        let all: Vec<String> = fields.iter().map(|field| format!("Items.{field} = 1")).collect();
        studio.create_filter("g", name, &format!("INCLUDE ItemID WHERE {}", all.join(" AND ")))
    };
    make("a", &columns[..10]).unwrap();
    make("b", &columns[10..20]).unwrap();
    make("c", &columns[5..15]).unwrap();
    let error = make("d", &columns[20..]).unwrap_err().to_string();
    assert!(error.contains("would read 21 different fields, and 20 are the most"), "{error}");
    // In the place of one that alone reads a field, it fits.
    studio.delete_filter("g", "c").unwrap();
    make("b", &columns[11..21]).unwrap();
}

/// The files say which films are comedies.
#[test]
fn a_trial_keeps_what_the_files_say() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let text = std::fs::read_to_string(folder.path().join("items.csv")).unwrap();
    let comedies = text.lines().skip(1).filter(|line| line.contains("Comedy")).count();
    let films = text.lines().count() - 1;
    let trial = FilterTrial {
        expression: "INCLUDE ItemID WHERE Items.GENRES IN ($G)".to_owned(),
        values: vec![("G".to_owned(), "\"Comedy\"".to_owned())],
        why: Some("film-0001".to_owned()),
        ..FilterTrial::default()
    };
    let answer = studio.try_filter("films", &trial).unwrap();
    assert_eq!((answer.target, answer.kept, answer.total), (Target::Items, comedies, films));
    assert!(answer.first[0].label != answer.first[0].id, "films have titles");
    assert!(answer.first.is_sorted_by_key(|film| std::cmp::Reverse(film.interactions)));
    assert!(answer.why.unwrap().is_kept, "film-0001 is a comedy");
    let users = FilterTrial {
        expression: "EXCLUDE UserID WHERE Users.AGE < 30".to_owned(),
        ..FilterTrial::default()
    };
    let answer = studio.try_filter("films", &users).unwrap();
    let text = std::fs::read_to_string(folder.path().join("users.csv")).unwrap();
    let young =
        text.lines().skip(1).filter(|line| line.split(',').nth(1).unwrap().parse::<u8>().unwrap() < 30);
    assert_eq!(answer.total - answer.kept, young.count());

    let field = |source, name: &str| Field { source, name: name.to_owned() };
    let values = studio.field_values("films", &field(Source::Items, "genres"), "com", 9).unwrap();
    assert_eq!((values[0].text.as_str(), values[0].rows), ("Comedy", Some(comedies)));
    let types = studio.field_values("films", &field(Source::Interactions, "EVENT_TYPE"), "", 9).unwrap();
    assert!(!types.is_empty() && types.iter().all(|one| one.rows.is_none()));
    assert!(studio.field_values("films", &field(Source::Items, "YEAR"), "", 9).unwrap().is_empty());
}

#[test]
fn a_filter_that_a_batch_uses_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let parameters = crate::studio::recipe("popularity-count").unwrap().parameters_from([]).unwrap();
    let config = crate::domain::solution::SolutionConfig::of("popularity-count", parameters);
    let request = crate::studio::TrainRequest { group: "films".to_owned(), solution: None, config };
    studio.train(&request, &JobContext::default()).unwrap();
    studio.create_filter("films", "new", "INCLUDE ItemID WHERE Items.YEAR > 2000").unwrap();
    let group = studio.group("films").unwrap();
    let version = studio.version_in(&group, "popularity-count").unwrap();
    let in_use = [(); 2].map(|()| studio.filter_in_use(&group, &version, "new").unwrap());
    let refused = |studio: &Studio| studio.delete_filter("films", "new").unwrap_err().to_string();
    assert!(refused(&studio).contains("a batch that runs uses the filter new; wait for its end"));
    let [first, second] = in_use;
    drop(first);
    assert!(refused(&studio).contains("a batch that runs"), "another still uses it");
    drop(second);
    studio.delete_filter("films", "new").unwrap();
}

#[test]
fn the_events_looked_at_are_the_groups_choice() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    assert_eq!(studio.filter_events("films").unwrap(), None);
    let kept = |studio: &Studio| {
        let trial = FilterTrial {
            expression: "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"*\")".to_owned(),
            user: Some("viewer-0001".to_owned()),
            ..FilterTrial::default()
        };
        studio.try_filter("films", &trial).unwrap().kept
    };
    let all = kept(&studio);
    let before = studio.revision();
    studio.set_filter_events("films", Some(1)).unwrap();
    assert!(studio.revision() > before, "answers change with it");
    let types = studio.filter_facts("films").unwrap().event_types.len();
    assert!(kept(&studio) <= types && kept(&studio) < all);
    assert!(studio.set_filter_events("films", Some(0)).is_err());
    studio.set_filter_events("films", None).unwrap();
    assert_eq!(kept(&studio), all);
}

/// Whoever clicks a film has it the next time the filter is tried for them.
#[test]
fn a_trial_knows_what_was_just_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let trial = FilterTrial {
        expression: "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"click\")".to_owned(),
        user: Some("somebody new".to_owned()),
        ..FilterTrial::default()
    };
    let kept = || studio.try_filter("films", &trial).unwrap();
    assert_eq!(kept().kept, 0);
    let event = PutEvent {
        event_type: "click".to_owned(),
        item_id: Some("film-0007".to_owned()),
        sent_at: 1_770_000_000,
        ..PutEvent::default()
    };
    let put = PutEvents {
        user_id: Some("somebody new".to_owned()),
        session_id: "s".to_owned(),
        event_list: vec![event],
    };
    studio.put_events("films", &put).unwrap();
    assert_eq!(kept().first[0].id, "film-0007");
}
