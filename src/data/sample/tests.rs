//! The files in `sample-data/` are the generator's, and the structure planted in them can be found again.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// A row of a log, with indices instead of columns.
struct Row {
    user: String,
    item: String,
    kind: String,
    time: i64,
}

fn log(tables: &SampleTables) -> Vec<Row> {
    let sheet = &tables.interactions;
    let [user, item, kind, time] =
        ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"].map(|name| sheet.column(name).unwrap());
    sheet
        .rows
        .iter()
        .map(|row| Row {
            user: row[user].clone(),
            item: row[item].clone(),
            kind: row[kind].clone(),
            time: row[time].parse().unwrap(),
        })
        .collect()
}

/// A column of the items by id.
fn by_item(tables: &SampleTables, column: &str) -> BTreeMap<String, String> {
    let place = tables.items.column(column).unwrap();
    tables.items.rows.iter().map(|row| (row[0].clone(), row[place].clone())).collect()
}

fn histories(rows: &[Row]) -> BTreeMap<&str, Vec<&Row>> {
    let mut histories: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        histories.entry(&row.user).or_default().push(row);
    }
    histories
}

/// Histories of people: a robot has more events than anybody could leave.
fn people<'a>(histories: &BTreeMap<&'a str, Vec<&'a Row>>) -> Vec<Vec<&'a Row>> {
    histories.values().filter(|history| history.len() < 1_000).cloned().collect()
}

fn share(count: usize, of: usize) -> f64 {
    count as f64 / of as f64
}

/// `BESPOKE_WRITE_SAMPLE=1 cargo test --release sample` writes the files anew.
#[test]
fn files_are_what_the_generator_gives() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    for group in SampleGroup::ALL {
        let folder = folder.join(group.name());
        if std::env::var_os("BESPOKE_WRITE_SAMPLE").is_some() {
            write(group, &folder).unwrap();
        }
        for (name, sheet) in tables(group).files() {
            let path = folder.join(name);
            let found = fs::read_to_string(&path).unwrap();
            assert!(
                found == sheet.to_csv(),
                "{} is not what the generator gives: edit the generator, not the file, and run \
                 `BESPOKE_WRITE_SAMPLE=1 cargo test --release sample`",
                path.display()
            );
        }
    }
}

/// The actions of the shop lie in a folder of their own, so that the shop's is its three tables.
#[test]
fn action_files_are_what_the_generator_gives() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/shop-actions");
    let drawn = shop_actions();
    for (name, sheet) in drawn.files() {
        let path = folder.join(name);
        if std::env::var_os("BESPOKE_WRITE_SAMPLE").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, sheet.to_csv()).unwrap();
        }
        assert!(fs::read_to_string(&path).unwrap() == sheet.to_csv(), "{}", path.display());
    }
    assert_eq!(drawn.actions.rows.len(), 12);
    assert!(
        drawn.planted.len() > 20_000 && drawn.planted.iter().all(|(.., chance)| (0.03..0.9).contains(chance))
    );
}

#[test]
fn written_files_are_the_tables_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new").join("shop");
    write(SampleGroup::Shop, &path).unwrap();
    let mut names: Vec<String> =
        fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["interactions.csv", "items.csv", "users.csv"]);
    assert_eq!(fs::read_to_string(path.join("users.csv")).unwrap(), tables(SampleGroup::Shop).users.to_csv());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = write(SampleGroup::Films, &file.path().join("inside")).unwrap_err().to_string();
    assert!(
        error.contains(&file.path().display().to_string()) && error.contains("choose a folder"),
        "{error}"
    );
}

#[test]
fn sizes_are_as_announced() {
    for (group, users, items, events) in
        [(SampleGroup::Films, 2_000, 1_500, 60_000.0), (SampleGroup::Shop, 3_000, 900, 50_000.0)]
    {
        let tables = tables(group);
        assert_eq!(tables.users.rows.len(), users);
        assert_eq!(tables.items.rows.len(), items);
        let events = tables.interactions.rows.len() as f64 / events;
        assert!((0.9..1.1).contains(&events), "{group:?}: {events}");
        assert!(group.description().starts_with("Invented data"));
    }
}

#[test]
fn logs_are_clean() {
    for group in SampleGroup::ALL {
        let tables = tables(group);
        let rows = log(&tables);
        assert!(rows.is_sorted_by_key(|row| row.time), "{group:?}");
        let created = by_item(&tables, "CREATION_TIMESTAMP");
        let users: BTreeSet<&str> = tables.users.rows.iter().map(|row| row[0].as_str()).collect();
        let mut seen = BTreeSet::new();
        for row in &rows {
            assert!(users.contains(row.user.as_str()), "{group:?}: {} is no user", row.user);
            assert!(
                created[&row.item].parse::<i64>().unwrap() <= row.time,
                "{group:?}: {} was used before it arrived",
                row.item
            );
            assert!(
                seen.insert((&row.user, &row.item, &row.kind, row.time)),
                "{group:?}: {} twice",
                row.item
            );
        }
        for (name, sheet) in tables.files() {
            for row in &sheet.rows {
                assert_eq!(row.len(), sheet.columns.len());
                assert!(
                    row.iter().all(|cell| !cell.is_empty() && cell.trim() == cell),
                    "{group:?} {name}: {row:?}"
                );
            }
            assert!(
                sheet
                    .rows
                    .iter()
                    .all(|row| !row.iter().any(|cell| cell.contains("  ") || cell.contains('{')))
            );
        }
    }
}

#[test]
fn titles_and_names_are_unique() {
    for (group, column) in [(SampleGroup::Films, "TITLE"), (SampleGroup::Shop, "NAME")] {
        let names = by_item(&tables(group), column);
        let distinct: BTreeSet<&String> = names.values().collect();
        assert_eq!(distinct.len(), names.len(), "{group:?}");
    }
}

#[test]
fn the_head_is_heavy_and_the_tail_is_long() {
    for group in SampleGroup::ALL {
        let tables = tables(group);
        let rows = log(&tables);
        let mut counts: BTreeMap<&str, usize> =
            tables.items.rows.iter().map(|row| (row[0].as_str(), 0)).collect();
        for row in &rows {
            *counts.get_mut(row.item.as_str()).unwrap() += 1;
        }
        let mut counts: Vec<usize> = counts.into_values().collect();
        counts.sort_unstable_by(|one, other| other.cmp(one));
        let head = share(counts[..counts.len() / 100].iter().sum(), rows.len());
        let tail = share(counts[counts.len() / 2..].iter().sum(), rows.len());
        // With equal shares they would hold 0.01 and 0.50.
        assert!(head > 0.06, "{group:?}: the first hundredth holds {head}");
        assert!((0.05..0.25).contains(&tail), "{group:?}: the second half holds {tail}");
        assert!(counts.contains(&0), "{group:?}: some items are not found by anybody");
    }
}

#[test]
fn a_few_robots_leave_thousands_of_events() {
    for group in SampleGroup::ALL {
        let tables = tables(group);
        let rows = log(&tables);
        let histories = histories(&rows);
        let robots: Vec<_> = histories.values().filter(|history| history.len() >= 2_000).collect();
        assert!((1..=5).contains(&robots.len()), "{group:?}: {}", robots.len());
        assert!(people(&histories).iter().all(|history| history.len() <= 360));
        for robot in robots {
            let fast = robot.windows(2).filter(|pair| pair[1].time - pair[0].time < 20).count();
            assert!(share(fast, robot.len()) > 0.9, "{group:?}: a robot that takes its time");
        }
    }
}

#[test]
fn events_come_in_visits() {
    for group in SampleGroup::ALL {
        let tables = tables(group);
        let rows = log(&tables);
        let gaps: Vec<i64> = people(&histories(&rows))
            .iter()
            .flat_map(|history| {
                history.windows(2).map(|pair| pair[1].time - pair[0].time).collect::<Vec<_>>()
            })
            .collect();
        let within = share(gaps.iter().filter(|&&gap| gap < 3 * 3_600).count(), gaps.len());
        let days_apart = share(gaps.iter().filter(|&&gap| gap > 86_400).count(), gaps.len());
        assert!(
            within > 0.5 && days_apart > 0.1,
            "{group:?}: {within} within a visit, {days_apart} days apart"
        );
    }
}

#[test]
fn tastes_last_for_weeks_and_drift_over_months() {
    for (group, column) in [(SampleGroup::Films, "GENRES"), (SampleGroup::Shop, "CATEGORY_L1")] {
        let tables = tables(group);
        let rows = log(&tables);
        let kinds = by_item(&tables, column);
        // Pairs of events of one person: soon after one another, and half a year apart.
        let (mut soon, mut late) = ([0_usize; 2], [0_usize; 2]);
        for history in people(&histories(&rows)) {
            for (place, first) in history.iter().enumerate() {
                for second in &history[place + 1..] {
                    let days = (second.time - first.time) / 86_400;
                    let same = usize::from(kinds[&first.item] == kinds[&second.item]);
                    match days {
                        2..=14 => soon = [soon[0] + same, soon[1] + 1],
                        180.. => late = [late[0] + same, late[1] + 1],
                        _ => {}
                    }
                }
            }
        }
        let (soon, late) = (share(soon[0], soon[1]), share(late[0], late[1]));
        assert!(
            soon > 1.3 * late,
            "{group:?}: the same kind {soon} within two weeks, {late} after half a year"
        );
    }
}

#[test]
fn the_next_part_of_a_series_is_watched_next() {
    let tables = tables(SampleGroup::Films);
    let rows = log(&tables);
    let titles = by_item(&tables, "TITLE");
    let by_title: BTreeMap<&str, &str> =
        titles.iter().map(|(id, title)| (title.as_str(), id.as_str())).collect();
    let second_part = |id: &str| by_title.get(format!("{} II", titles[id]).as_str()).copied();
    let (mut firsts, mut followed, mut backwards) = (0, 0, 0);
    for history in people(&histories(&rows)) {
        let watched: Vec<&str> =
            history.iter().filter(|row| row.kind == "watch").map(|row| row.item.as_str()).collect();
        for (place, first) in watched.iter().enumerate() {
            let Some(second) = second_part(first) else { continue };
            let Some(end) = watched.get(place + 1..).map(|rest| rest.len().min(3)) else { continue };
            if end == 0 {
                continue;
            }
            firsts += 1;
            followed += usize::from(watched[place + 1..=place + end].contains(&second));
            backwards += usize::from(watched[..place].contains(&second));
        }
    }
    let (followed, backwards) = (share(followed, firsts), share(backwards, firsts));
    assert!(firsts > 500, "{firsts}");
    assert!(followed > 0.4, "part II within three films of part I: {followed}");
    assert!(backwards < followed / 4.0, "part II before part I: {backwards}");
}

#[test]
fn accessories_are_bought_after_the_thing_itself() {
    let tables = tables(SampleGroup::Shop);
    let rows = log(&tables);
    let kinds = by_item(&tables, "CATEGORY_L2");
    for (thing, accessory) in
        [("Cameras", "Memory Cards"), ("Tents", "Sleeping Bags"), ("Espresso Machines", "Coffee Grinders")]
    {
        let (mut after, mut before) = (0, 0);
        for history in people(&histories(&rows)) {
            let first = |kind: &str| {
                history.iter().position(|row| row.kind == "Purchase" && kinds[&row.item] == kind)
            };
            if let (Some(thing), Some(accessory)) = (first(thing), first(accessory)) {
                after += usize::from(accessory > thing);
                before += usize::from(accessory < thing);
            }
        }
        assert!(after > 3 * before && after >= 10, "{accessory} {after} after and {before} before {thing}");
    }
}

#[test]
fn purchases_were_in_the_cart_and_carts_were_viewed() {
    let tables = tables(SampleGroup::Shop);
    let rows = log(&tables);
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let mut done = BTreeSet::new();
    for row in &rows {
        let before = match row.kind.as_str() {
            "Purchase" => Some("AddToCart"),
            "AddToCart" => Some("View"),
            _ => None,
        };
        if let Some(before) = before {
            assert!(
                done.contains(&(&*row.user, &*row.item, before)),
                "{} {} {}",
                row.user,
                row.kind,
                row.item
            );
        }
        done.insert((&*row.user, &*row.item, &*row.kind));
        *count.entry(row.kind.as_str()).or_default() += 1;
    }
    assert!(count["View"] > 3 * count["AddToCart"] && count["AddToCart"] > count["Purchase"], "{count:?}");
}

#[test]
fn new_items_arrive_all_the_time_and_are_found() {
    for group in SampleGroup::ALL {
        let tables = tables(group);
        let rows = log(&tables);
        let (begin, end) = (rows[0].time, rows[rows.len() - 1].time);
        let used: BTreeSet<&str> = rows.iter().map(|row| row.item.as_str()).collect();
        let arrivals: Vec<(String, i64)> = by_item(&tables, "CREATION_TIMESTAMP")
            .into_iter()
            .map(|(id, time)| (id, time.parse().unwrap()))
            .filter(|(_, time)| *time > begin)
            .collect();
        for tenth in 0..9 {
            let span = begin + (end - begin) / 10 * tenth..begin + (end - begin) / 10 * (tenth + 1);
            assert!(arrivals.iter().any(|(_, time)| span.contains(time)), "{group:?}: none in tenth {tenth}");
        }
        let found = arrivals.iter().filter(|(id, _)| used.contains(id.as_str())).count();
        assert!(share(found, arrivals.len()) > 0.9, "{group:?}: {found} of {}", arrivals.len());
    }
}

#[test]
fn weeks_have_their_talk() {
    let tables = tables(SampleGroup::Films);
    let rows = log(&tables);
    let mut weeks: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    let histories = histories(&rows);
    for row in people(&histories).into_iter().flatten() {
        *weeks.entry((&row.item, (row.time - rows[0].time) / (7 * 86_400))).or_default() += 1;
        *totals.entry(&row.item).or_default() += 1;
    }
    // A film spread evenly would have a hundredth of its events in each of the 105 weeks.
    let surges = weeks
        .iter()
        .filter(|((item, _), count)| **count >= 12 && share(**count, totals[item]) > 0.2)
        .map(|((_, week), _)| week)
        .collect::<BTreeSet<_>>();
    assert!(surges.len() > 50, "{} weeks with a film that surges", surges.len());
}

/// The least a recipe must find: what came next after the last item beats what is popular.
#[test]
fn the_last_item_tells_more_than_popularity() {
    for group in SampleGroup::ALL {
        let tables = tables(group);
        let rows = log(&tables);
        let histories = people(&histories(&rows));
        let mut popular: BTreeMap<&str, usize> = BTreeMap::new();
        let mut follows: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for history in &histories {
            let past = &history[..history.len() - 1];
            for row in past {
                *popular.entry(&row.item).or_default() += 1;
            }
            for pair in past.windows(2).filter(|pair| pair[0].item != pair[1].item) {
                *follows.entry(&pair[0].item).or_default().entry(&pair[1].item).or_default() += 1;
            }
        }
        let ten_best = |counts: &BTreeMap<&str, usize>, but: &BTreeSet<&str>| -> Vec<String> {
            let mut items: Vec<_> = counts.iter().filter(|(item, _)| !but.contains(*item)).collect();
            items.sort_by_key(|(item, count)| (usize::MAX - **count, **item));
            items.iter().take(10).map(|(item, _)| (**item).to_owned()).collect()
        };
        let (mut by_rule, mut by_popularity, mut tested) = (0, 0, 0);
        for history in &histories {
            let Some((truth, past)) = history.split_last().filter(|(_, past)| !past.is_empty()) else {
                continue;
            };
            let seen: BTreeSet<&str> = past.iter().map(|row| row.item.as_str()).collect();
            if seen.contains(truth.item.as_str()) {
                continue;
            }
            tested += 1;
            let last = past[past.len() - 1].item.as_str();
            by_rule += usize::from(
                follows.get(last).is_some_and(|next| ten_best(next, &seen).contains(&truth.item)),
            );
            by_popularity += usize::from(ten_best(&popular, &seen).contains(&truth.item));
        }
        assert!(
            by_rule > 2 * by_popularity,
            "{group:?}: {by_rule} of {tested} found by rule, {by_popularity} by popularity"
        );
    }
}
