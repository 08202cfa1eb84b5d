//! What the invented shop asks its people to do, and what became of it: each action has a propensity that is planted, so
//! that a model of propensities can be measured against the truth.
//!
//! Whom an action is shown is drawn at random, by nothing that is known of them. Whether they take it depends on their age
//! and membership, on how much of what they had is of the action's department, and on whether they declined it before.

use super::people::DAY;
use super::random::Random;
use super::sheet::Sheet;
use super::shop::{DAYS, START};
use super::{SampleTables, shop_log};
use std::collections::{BTreeMap, HashMap};

const SEED: u64 = 0x4143_5449; // "ACTI"
/// Showings drawn.
const SHOWINGS: usize = 36_000;
/// They begin so many days before the end of the log.
const SPAN: i64 = 180;
/// The days within which somebody takes what they were shown.
const DAYS_TO_TAKE: i64 = 10;
/// The least and the most probable that any action is taken.
const LEAST: f64 = 0.03;
const MOST: f64 = 0.9;

/// One action.
struct Asked {
    id: &'static str,
    title: &'static str,
    kind: &'static str,
    /// The department of the shop that it belongs to, where it does.
    department: Option<&'static str>,
    value: i64,
    /// Days that it rests once taken; 0 for none.
    rests: i64,
    /// Whether it ended the day before the log does.
    has_ended: bool,
    /// How often it is shown, against others.
    weight: f64,
    /// What it has for everybody, what 15 years above 40 add, what membership adds, what a history of nothing but its
    /// department adds.
    effects: [f64; 4],
}

#[rustfmt::skip]
const ACTIONS: [Asked; 12] = [
    Asked { id: "join-plus", title: "Join Plus", kind: "enrol", department: None, value: 10, rests: 30, has_ended: false, weight: 10.0, effects: [-0.9, 0.6, -3.0, 0.0] },
    Asked { id: "newsletter", title: "Subscribe to the newsletter", kind: "subscribe", department: None, value: 2, rests: 0, has_ended: false, weight: 10.0, effects: [0.0, 1.2, 0.3, 0.0] },
    Asked { id: "install-app", title: "Install the app", kind: "download", department: None, value: 5, rests: 0, has_ended: false, weight: 10.0, effects: [-0.3, -1.6, 0.2, 0.0] },
    Asked { id: "write-review", title: "Write a review", kind: "contribute", department: None, value: 3, rests: 7, has_ended: false, weight: 10.0, effects: [-0.8, 0.3, 0.9, 0.0] },
    Asked { id: "running-club", title: "Come to the running club", kind: "enrol", department: Some("Running"), value: 4, rests: 0, has_ended: false, weight: 9.0, effects: [-1.6, -0.7, 0.2, 5.0] },
    Asked { id: "garden-advice", title: "Book an hour of garden advice", kind: "book", department: Some("Garden"), value: 6, rests: 14, has_ended: false, weight: 9.0, effects: [-1.8, 0.9, 0.4, 5.0] },
    Asked { id: "guitar-lesson", title: "Book a guitar lesson", kind: "book", department: Some("Guitars"), value: 6, rests: 14, has_ended: false, weight: 9.0, effects: [-1.7, -0.9, 0.2, 5.0] },
    Asked { id: "coffee-tasting", title: "Come to a coffee tasting", kind: "book", department: Some("Coffee"), value: 4, rests: 0, has_ended: false, weight: 9.0, effects: [-1.2, 0.1, 0.5, 4.0] },
    Asked { id: "camping-rental", title: "Try a tent for a weekend", kind: "rent", department: Some("Camping"), value: 7, rests: 21, has_ended: false, weight: 9.0, effects: [-1.6, -0.5, 0.6, 5.0] },
    Asked { id: "winter-sale", title: "Look at the winter sale", kind: "visit", department: None, value: 8, rests: 0, has_ended: true, weight: 9.0, effects: [0.4, 0.0, 0.4, 0.0] },
    Asked { id: "repair-cafe", title: "Bring something to the repair cafe", kind: "visit", department: None, value: 1, rests: 0, has_ended: false, weight: 0.15, effects: [-0.6, 0.6, 0.0, 0.0] },
    Asked { id: "gift-card", title: "Give a gift card", kind: "buy", department: None, value: 9, rests: 0, has_ended: false, weight: 0.0, effects: [-1.0, 0.0, 0.0, 0.0] },
];

/// The actions of the shop and what became of them.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleActions {
    /// By `ACTION_ID`.
    pub actions: Sheet,
    /// `USER_ID`, `ACTION_ID`, `EVENT_TYPE`, `TIMESTAMP`; oldest first.
    pub interactions: Sheet,
    /// The showings: user, action, when it began in epoch seconds, and the probability that was planted.
    pub planted: Vec<(String, &'static str, i64, f64)>,
}

impl SampleActions {
    /// The files, with their names.
    pub fn files(&self) -> [(&'static str, &Sheet); 2] {
        [("actions.csv", &self.actions), ("action_interactions.csv", &self.interactions)]
    }
}

/// Somebody who is asked.
struct Shopper<'a> {
    id: &'a str,
    age: f64,
    is_member: bool,
    /// The moments and departments of what they had, oldest first.
    had: Vec<(i64, &'a str)>,
}

/// Draws the actions for the people of the shop.
pub fn shop_actions() -> SampleActions {
    let tables = shop_log::tables();
    let shoppers = shoppers(&tables);
    let weights = ACTIONS.map(|action| action.weight);
    let mut random = Random::new(SEED, 0);
    let end = START + DAYS * DAY;
    let mut times: Vec<i64> = (0..SHOWINGS).map(|_| end - 1 - random.between(0, SPAN * DAY - 1)).collect();
    times.sort_unstable();
    let mut declined: HashMap<(usize, usize), u32> = HashMap::new();
    // Until when an action is not shown to somebody again.
    let mut rests: HashMap<(usize, usize), i64> = HashMap::new();
    let (mut rows, mut planted) = (Vec::new(), Vec::new());
    for time in times {
        let (shopper, action) = (random.below(shoppers.len()), random.weighted(&weights).unwrap_or(0));
        let rest = rests.entry((shopper, action)).or_insert(i64::MIN);
        let known = shoppers[shopper].had.first().is_some_and(|(first, _)| *first < time);
        if *rest > time || !known {
            continue;
        }
        let before = declined.entry((shopper, action)).or_default();
        let chance = propensity(&ACTIONS[action], &shoppers[shopper], *before, time);
        planted.push((shoppers[shopper].id.to_owned(), ACTIONS[action].id, time, chance));
        let mut row = |event: &'static str, time: i64| {
            if time < end {
                rows.push((time, shopper, action, event));
            }
        };
        row("Viewed", time);
        if random.chance(chance) {
            // Most at once, some later.
            let after = if random.chance(0.6) {
                random.between(5, 600)
            } else {
                random.between(600, DAYS_TO_TAKE * DAY)
            };
            row("Taken", time + after);
            *rest = time + after + ACTIONS[action].rests.max(15) * DAY;
        } else {
            if random.chance(0.5) {
                row("Not Taken", time + random.between(5, 300));
            }
            *before += 1;
            *rest = time + 15 * DAY;
        }
    }
    rows.sort_unstable();
    let mut interactions = Sheet::new(&["USER_ID", "ACTION_ID", "EVENT_TYPE", "TIMESTAMP"]);
    interactions.rows.extend(rows.into_iter().map(|(time, shopper, action, event)| {
        vec![
            shoppers[shopper].id.to_owned(),
            ACTIONS[action].id.to_owned(),
            event.to_owned(),
            time.to_string(),
        ]
    }));
    SampleActions { actions: sheet(end), interactions, planted }
}

fn sheet(end: i64) -> Sheet {
    let mut sheet = Sheet::new(&[
        "ACTION_ID",
        "TITLE",
        "TYPE",
        "DEPARTMENT",
        "VALUE",
        "CREATION_TIMESTAMP",
        "EXPIRATION_TIMESTAMP",
        "REPEAT_FREQUENCY",
    ]);
    sheet.rows.extend(ACTIONS.iter().map(|action| {
        let filled = |is: bool, cell: String| if is { cell } else { String::new() };
        vec![
            action.id.to_owned(),
            action.title.to_owned(),
            action.kind.to_owned(),
            action.department.unwrap_or_default().to_owned(),
            action.value.to_string(),
            (end - SPAN * DAY).to_string(),
            filled(action.has_ended, (end - DAY).to_string()),
            filled(action.rests > 0, action.rests.to_string()),
        ]
    }));
    sheet.rows.sort_unstable();
    sheet
}

fn shoppers(tables: &SampleTables) -> Vec<Shopper<'_>> {
    let column = |sheet: &Sheet, name: &str| sheet.column(name).unwrap_or_default();
    let (item, category) = (column(&tables.items, "ITEM_ID"), column(&tables.items, "CATEGORY_L1"));
    let department: HashMap<&str, &str> =
        tables.items.rows.iter().map(|row| (row[item].as_str(), row[category].as_str())).collect();
    let log = &tables.interactions;
    let (user, of, time) = (column(log, "USER_ID"), column(log, "ITEM_ID"), column(log, "TIMESTAMP"));
    let mut had: BTreeMap<&str, Vec<(i64, &str)>> = BTreeMap::new();
    for row in &log.rows {
        let when = row[time].parse().unwrap_or_default();
        let department = department.get(row[of].as_str()).copied().unwrap_or_default();
        had.entry(&row[user]).or_default().push((when, department));
    }
    let users = &tables.users;
    let (id, age, membership) = (column(users, "USER_ID"), column(users, "AGE"), column(users, "MEMBERSHIP"));
    users
        .rows
        .iter()
        .map(|row| Shopper {
            id: &row[id],
            age: row[age].parse().unwrap_or(40.0),
            is_member: row[membership] == "plus",
            had: had.remove(row[id].as_str()).unwrap_or_default(),
        })
        .collect()
}

/// How probable it is that a shopper takes an action who declined it so often.
fn propensity(action: &Asked, shopper: &Shopper<'_>, declined: u32, time: i64) -> f64 {
    let before = shopper.had.partition_point(|(when, _)| *when < time);
    let newest = &shopper.had[before.saturating_sub(100)..before];
    let own = newest.iter().filter(|(_, department)| Some(*department) == action.department).count();
    let share = own as f64 / newest.len().max(1) as f64;
    let [everybody, age, member, department] = action.effects;
    let pull = everybody
        + age * (shopper.age - 40.0) / 15.0
        + if shopper.is_member { member } else { 0.0 }
        + department * share
        - 0.5 * f64::from(declined.min(4));
    // A curve from 0 to 1 that needs no exponential, so that it is the same on every machine.
    let curve = 0.5 + 0.5 * pull / (1.0 + pull.abs());
    LEAST + (MOST - LEAST) * curve
}
