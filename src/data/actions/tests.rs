//! Rules of actions by hand.

use super::*;
use crate::domain::DatasetType;
use crate::domain::schema::{FieldRole, FieldType, SchemaField};
use polars::df;

const NOW: i64 = 1_700_000_000;

fn schema(dataset: DatasetType, fields: &[(&str, FieldType)]) -> Schema {
    let field = |&(name, kind): &(&str, FieldType)| SchemaField {
        name: name.to_owned(),
        kind,
        nullable: true,
        role: FieldRole::Plain,
    };
    Schema { dataset, fields: fields.iter().map(field).collect() }
}

/// Actions a (worth 3), b (worth 9, ended), c (rests ten days), d.
fn actions(log: &[(&str, &str, &str, i64)]) -> Actions {
    use FieldType::{Long, String};
    let table = Table::new(
        df!(
            "ACTION_ID" => ["a", "b", "c", "d"],
            "VALUE" => [Some(3_i64), Some(9), None, None],
            "EXPIRATION_TIMESTAMP" => [None, Some(NOW - 1), Some(NOW + 1), None],
            "REPEAT_FREQUENCY" => [None, None, Some(10_i64), None],
        )
        .unwrap(),
    );
    let fields = [("ACTION_ID", String), ("VALUE", Long)];
    let own = schema(DatasetType::Actions, &fields);
    let rows = Table::new(
        df!(
            "USER_ID" => log.iter().map(|row| row.0).collect::<Vec<_>>(),
            "ACTION_ID" => log.iter().map(|row| row.1).collect::<Vec<_>>(),
            "EVENT_TYPE" => log.iter().map(|row| row.2).collect::<Vec<_>>(),
            "TIMESTAMP" => log.iter().map(|row| row.3).collect::<Vec<_>>(),
        )
        .unwrap(),
    );
    let log_schema = schema(DatasetType::ActionInteractions, &[("USER_ID", String)]);
    Actions::encode(&table, &own, (!log.is_empty()).then_some((&rows, &log_schema)))
}

#[test]
fn any_spelling_of_an_event_is_the_services() {
    let actions = actions(&[("u", "a", "TAKEN", 1), ("u", "a", "not_taken", 2), ("u", "z", "Viewed", 3)]);
    assert_eq!(actions.log.event_types.iter().collect::<Vec<_>>(), ["Not Taken", "Taken", "Viewed"]);
    assert_eq!(actions.log.event_type, [1, 0, 2]);
    // z is not in the catalogue, so nobody is asked it.
    assert_eq!(actions.ids().iter().collect::<Vec<_>>(), ["a", "b", "c", "d", "z"]);
    assert!(!actions.rules[4].is_listed && actions.rules[0].is_listed);
}

#[test]
fn ended_and_resting_actions_are_closed_and_ties_go_by_worth() {
    let none = actions(&[]);
    let nobody = History::default();
    assert_eq!(none.open(&nobody, NOW).iter().collect::<Vec<_>>(), [0, 2, 3], "b has ended");
    assert_eq!(none.open(&nobody, NOW + 1).iter().collect::<Vec<_>>(), [0, 3], "c ends at that second");
    let taken = actions(&[("u", "c", "Taken", NOW - 10 * DAY), ("v", "c", "Viewed", NOW - DAY)]);
    let history = |user: &str| taken.log.history(taken.log.users.index(user).unwrap());
    assert!(taken.open(&history("u"), NOW).contains(2), "ten days are over");
    assert!(!taken.open(&history("u"), NOW - 1).contains(2), "one second is left");
    assert!(taken.open(&history("v"), NOW).contains(2), "looking at it starts no rest");
    let open = none.open(&nobody, NOW);
    assert_eq!(none.best(&[0.5, 0.9, 0.5, 0.5], &open, 9), [0, 2, 3], "equal: the more valuable, then by id");
    assert_eq!(none.best(&[0.1, 0.9, 0.5, 0.2], &open, 2), [2, 3]);
}

/// 49 are too few and 50 enough, of both kinds, in the 42 days up to the newest.
#[test]
fn fifty_of_each_kind_in_six_weeks_are_enough() {
    let log = |taken: usize, other: usize, old: usize| {
        let mut rows = vec![("clock", "d", "Viewed", NOW)];
        rows.extend((0..taken).map(|_| ("u", "a", "Taken", NOW - 42 * DAY)));
        rows.extend((0..other).map(|at| ("u", "a", ["Viewed", "Not Taken"][at % 2], NOW - 5)));
        rows.extend((0..old).map(|_| ("u", "a", "Taken", NOW - 42 * DAY - 1)));
        actions(&rows).has_enough[0]
    };
    assert!(log(50, 50, 0));
    assert!(!log(49, 50, 0) && !log(50, 49, 0) && !log(49, 50, 9));
}

#[test]
fn a_showing_is_taken_within_its_days_or_not() {
    let at = |day: i64, kind: &'static str| ("u", "a", kind, NOW + day * DAY);
    let of = |rows: &[(&'static str, &'static str, &'static str, i64)], newest: i64| {
        // Somebody else's answer ends the log.
        let clock = ("z", "d", "Viewed", NOW + newest * DAY);
        let actions = actions(&[rows, &[clock]].concat());
        let found = showings(&actions.log, 14);
        let own = found.iter().filter(|(user, _)| *user == 0);
        own.map(|(_, showing)| ((showing.at - NOW) / DAY, showing.was_taken)).collect::<Vec<_>>()
    };
    // Declined first, taken within the fortnight; then shown once more.
    assert_eq!(
        of(&[at(0, "Viewed"), at(1, "Not Taken"), at(14, "Taken"), at(15, "Viewed")], 40),
        [(0, true), (15, false)]
    );
    assert_eq!(of(&[at(0, "Viewed"), at(15, "Taken")], 40), [(0, false), (15, true)]);
    // Not over yet; of a log that is short those count that were answered.
    assert_eq!(of(&[at(0, "Viewed"), at(16, "Viewed"), at(32, "Taken")], 33), [(0, false), (16, false)]);
    assert_eq!(of(&[at(0, "Viewed")], 14), [(0, false)]);
    assert_eq!(of(&[at(0, "Viewed")], 13), []);
    assert_eq!(of(&[at(0, "Not Taken")], 1), [(0, false)]);
}

#[test]
fn too_many_actions_leave_out_those_long_unseen() {
    let mut four = actions(&[("u", "a", "Viewed", 5), ("u", "b", "Viewed", 9), ("u", "c", "Viewed", 7)]);
    four.cap(2);
    let listed: Vec<bool> = four.rules.iter().map(|rules| rules.is_listed).collect();
    assert_eq!((listed, four.left_out), (vec![false, true, false, true], 2), "d is new, b the newest");
}
