//! What the service's documents say of each form, on a catalogue small enough to read.

use super::*;

const ANN: FilterQuery<'static> = FilterQuery { user: Some("ann"), item: None, live: &[] };
const BOB: FilterQuery<'static> = FilterQuery { user: Some("bob"), item: None, live: &[] };
/// Known from Users alone.
const CAT: FilterQuery<'static> = FilterQuery { user: Some("cat"), item: None, live: &[] };
const NOBODY: FilterQuery<'static> = FilterQuery { user: None, item: None, live: &[] };

/// What is given for parameters.
type Given<'a> = &'a [(&'a str, &'a str)];

fn lines(text: &str) -> Vec<String> {
    text.trim().lines().map(|line| line.trim().to_owned()).collect()
}

/// Seven items, of which `g` is known from interactions alone and `f` has nothing but an id and a price.
pub(super) fn group() -> Group {
    use FieldRole::{Categorical, Plain};
    use FieldType::{Float, Int, Long, String};
    let items = dataset(
        DatasetType::Items,
        &[
            ("ITEM_ID", String, Plain),
            ("GENRE", String, Categorical),
            ("CATEGORY_L1", String, Categorical),
            ("CATEGORY_L2", String, Categorical),
            ("PROMOTED", String, Plain),
            ("YEAR", Int, Plain),
            ("PRICE", Float, Plain),
            ("CREATION_TIMESTAMP", Long, Plain),
        ],
        &lines(
            "a,Comedy|Drama,shoe,boot,Y,1969,9.99,100
             b,Drama,shoe,sandal,N,1970,20,200
             c,drama,watch,luxury,Y,1979,500.5,300
             d,Horror,watch,plain,N,1980,15,400
             e,Comedy,hot dispensed,tea,Y,2001,3,500
             f,,,,,,7,",
        ),
    );
    let users = dataset(
        DatasetType::Users,
        &[("USER_ID", String, Plain), ("AGE", Int, Plain), ("MEMBERSHIP", String, Categorical)],
        &lines("ann,34,gold|silver\nbob,17,\ncat,,gold"),
    );
    let row = |text: &str| {
        let mut parts = text.split(' ').map(str::to_owned);
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
    };
    let rows = lines(
        "ann a click
         ann b Purchase
         ann g click
         ann a stream
         bob c click
         bob c favorite
         dan e rating",
    );
    let ids = Arc::new(Vocabulary::new(["a", "b", "c", "d", "e", "f", "g"]));
    let rows: Vec<_> = rows.iter().map(|line| row(line)).collect();
    Group { items, users, events: events(&rows, &ids) }
}

/// One of each production of the language, with what it keeps.
#[test]
fn every_example_answers_as_it_is_written() {
    let data = group().data(Target::Items, None);
    let item = |item| FilterQuery { user: None, item: Some(item), live: &[] };
    let none: Given<'_> = &[];
    let cases: &[(&str, FilterQuery<'_>, Given<'_>, &str)] = &[
        (r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase")"#, ANN, none, "a c d e f g"),
        (r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream")"#, ANN, none, "b c d e f"),
        (r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")"#, ANN, none, "c d e f"),
        ("INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($TYPE)", ANN, &[("TYPE", "\"CLICK\"")], "a g"),
        ("INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($TYPE)", ANN, &[("TYPE", "\"*\"")], "a b g"),
        (
            "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)",
            NOBODY,
            &[("GENRE", "\"Comedy\",\"Horror\"")],
            "a d e",
        ),
        ("INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)", NOBODY, &[("GENRE", "\"Drama\"")], "a b"),
        (
            r#"EXCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("shoe") AND Items.CATEGORY_L2 NOT IN ("boot")"#,
            NOBODY,
            none,
            "a c d e f g",
        ),
        ("INCLUDE ItemID WHERE Items.YEAR >= 1970 AND Items.YEAR < 1980", NOBODY, none, "b c"),
        (
            r#"INCLUDE ItemID WHERE Items.GENRE IN ("Horror") OR Items.CREATION_TIMESTAMP > $DATE"#,
            NOBODY,
            &[("DATE", "\"400\"")],
            "d e",
        ),
        ("INCLUDE ItemID WHERE Items.PRICE <= $PRICE", NOBODY, &[("PRICE", "9.99")], "a e f"),
        ("INCLUDE ItemID WHERE Items.PRICE <= $PRICE", NOBODY, &[("PRICE", "\"7\"")], "e f"),
        (
            "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) IF CurrentUser.AGE = $AGE",
            ANN,
            &[("GENRE", "\"Comedy\""), ("AGE", "34")],
            "b c d f g",
        ),
        (
            "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) IF CurrentUser.AGE = $AGE",
            BOB,
            &[("GENRE", "\"Comedy\""), ("AGE", "34")],
            "a b c d e f g",
        ),
        (
            r#"INCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("watch") AND Items.CATEGORY_L2 IN ("luxury") IF CurrentUser.AGE > 18"#,
            ANN,
            none,
            "c",
        ),
        // Where no INCLUDE is meant, nothing is asked for: all stay.
        (
            r#"INCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("watch") AND Items.CATEGORY_L2 IN ("luxury") IF CurrentUser.AGE > 18"#,
            BOB,
            none,
            "a b c d e f g",
        ),
        (
            "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRE IN CurrentItem.GENRE",
            item("b"),
            none,
            "a",
        ),
        ("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE", item("a"), none, "e f"),
        (
            r#"INCLUDE ItemID WHERE Items.GENRE IN ($G) | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("favorite")"#,
            BOB,
            &[("G", "\"Horror\"")],
            "c d",
        ),
        (
            r#"INCLUDE ItemID WHERE Items.GENRE IN ($G) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click","stream")"#,
            ANN,
            &[("G", "\"Drama\"")],
            "b",
        ),
        (
            r#"EXCLUDE ItemID WHERE INTERACTIONS.event_type IN ("Purchase") | INCLUDE ItemID WHERE ITEMS.PROMOTED IN ("Y") AND ITEMS.CATEGORY_L1 NOT IN ("cold dispensed","hot dispensed")"#,
            ANN,
            none,
            "a c",
        ),
    ];
    for (text, query, given, expected) in cases {
        let given = values(given);
        assert_eq!(kept(&compiled(text, &data), *query, &given).as_deref(), Ok(*expected), "{text}");
    }
}

/// The set algebra of chained expressions, in any order.
#[test]
fn includes_unite_and_excludes_take_away() {
    let data = group().data(Target::Items, None);
    let (a, b) = ("ItemID WHERE Items.GENRE IN (\"Comedy\")", "ItemID WHERE Items.GENRE IN (\"Drama\")");
    let c = "ItemID WHERE Items.YEAR = 2001";
    let cases = [
        (format!("EXCLUDE {a} | EXCLUDE {b}"), "c d f g"),
        (format!("INCLUDE {a} | INCLUDE {b}"), "a b e"),
        (format!("INCLUDE {a} | EXCLUDE {b}"), "e"),
        (format!("EXCLUDE {b} | INCLUDE {a}"), "e"),
        (format!("INCLUDE {a} | INCLUDE {b} | EXCLUDE {c}"), "a b"),
        (format!("INCLUDE {a} | EXCLUDE {b} | EXCLUDE {c}"), ""),
    ];
    for (text, expected) in cases {
        assert_eq!(kept(&compiled(&text, &data), NOBODY, &[]).as_deref(), Ok(expected), "{text}");
    }
}

/// A comparison with something missing is false, so INCLUDE drops and EXCLUDE keeps, also where it is negative.
#[test]
fn what_is_missing_fails_every_condition() {
    let data = group().data(Target::Items, None);
    let cases: &[(&str, FilterQuery<'_>, &str)] = &[
        ("INCLUDE ItemID WHERE Items.GENRE NOT IN (\"Drama\")", NOBODY, "c d e"),
        ("EXCLUDE ItemID WHERE Items.GENRE NOT IN (\"Drama\")", NOBODY, "a b f g"),
        ("INCLUDE ItemID WHERE Items.YEAR != 1970", NOBODY, "a c d e"),
        ("INCLUDE ItemID WHERE Items.PRICE > 0", NOBODY, "a b c d e f"),
        ("INCLUDE ItemID WHERE Items.ITEM_ID IN (\"g\", \"a\")", NOBODY, "a g"),
        ("INCLUDE ItemID WHERE Items.GENRE NOT IN (\"no such genre\")", NOBODY, "a b c d e"),
        // Of an unknown current item, and of one without a year, nothing is known.
        (
            "INCLUDE ItemID WHERE Items.YEAR != CurrentItem.YEAR",
            FilterQuery { user: None, item: Some("f"), live: &[] },
            "",
        ),
        (
            "EXCLUDE ItemID WHERE Items.YEAR < CurrentItem.YEAR",
            FilterQuery { user: None, item: Some("z"), live: &[] },
            "a b c d e f g",
        ),
        // Of a user without an age too, and one of whom nothing is known.
        ("EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE != 3", CAT, "a b c d e f g"),
        ("EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.MEMBERSHIP = \"gold\"", CAT, "f g"),
        (
            "EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.MEMBERSHIP NOT IN (\"gold\")",
            ANN,
            "a b c d e f g",
        ),
        (
            "EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE > 1",
            FilterQuery { user: Some("z"), item: None, live: &[] },
            "a b c d e f g",
        ),
        // The event types of a user's events with an item are a set of values, empty for most.
        ("INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN (\"stream\")", ANN, "b g"),
        ("INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN (\"*\")", ANN, ""),
        (
            "INCLUDE ItemID WHERE Interactions.EVENT_TYPE = \"click\" AND Interactions.EVENT_TYPE = \"stream\"",
            ANN,
            "a",
        ),
        (
            "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"click\")",
            FilterQuery { user: Some("z"), item: None, live: &[] },
            "",
        ),
    ];
    for (text, query, expected) in cases {
        assert_eq!(kept(&compiled(text, &data), *query, &[]).as_deref(), Ok(*expected), "{text}");
    }
}

#[test]
fn an_include_needs_its_values_and_an_exclude_goes_without() {
    let data = group().data(Target::Items, None);
    let both = "INCLUDE ItemID WHERE Items.GENRE IN ($A) | EXCLUDE ItemID WHERE Items.YEAR >= $B";
    let filter = compiled(both, &data);
    let ask = |given: &[(&str, &str)]| kept(&filter, NOBODY, &values(given));
    assert_eq!(ask(&[("A", "\"Comedy\""), ("B", "2000")]).as_deref(), Ok("a"));
    assert_eq!(ask(&[("A", "\"Comedy\"")]).as_deref(), Ok("a e"));
    assert_eq!(
        ask(&[("B", "2000")]).unwrap_err(),
        "`filterValues` do not fit the filter f: the filter needs a value for `A`; give one, as in A=\"…\""
    );
    let wrong = |given: &[(&str, &str)]| ask(&[&[("A", "\"Comedy\"")], given].concat()).unwrap_err();
    assert!(wrong(&[("B", "\"new\"")]).contains("`B` is `new`, but Items.YEAR holds numbers; give a number"));
    assert!(
        wrong(&[("B", "1,2")]).contains("`B` has 2 values, but Items.YEAR is compared with one; give one")
    );
    assert!(wrong(&[("C", "1")]).contains("the filter has no parameter `C`; it has A, B"));
    let error = kept(&compiled("EXCLUDE ItemID WHERE Interactions.EVENT_TYPE = \"a\"", &data), NOBODY, &[]);
    assert!(error.unwrap_err().starts_with("`userId` is missing; the filter f looks at the user"));
    let error = kept(&compiled("EXCLUDE ItemID WHERE Items.YEAR < CurrentItem.YEAR", &data), NOBODY, &[]);
    assert!(error.unwrap_err().starts_with("`itemId` is missing; the filter f looks at the current item"));
}

/// Of a hundred events of a type the oldest is looked at, of a hundred and one it is not; each type counts for itself.
#[test]
fn the_newest_events_of_each_type_are_looked_at() {
    let ids = Arc::new(Vocabulary::new((0..103).map(|item| format!("i{item:03}"))));
    let event =
        |item: usize, event_type: &str| ("u".to_owned(), format!("i{item:03}"), event_type.to_owned());
    let mut rows = vec![event(102, "buy"), event(0, "click")];
    rows.extend((1..100).map(|item| event(item, if item % 2 == 0 { "Click" } else { "click" })));
    let mut group = Group { events: events(&rows, &ids), ..group() };
    let clicked = |group: &Group, newest| {
        let filter = compiled(
            "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"click\")",
            &group.data(Target::Items, newest),
        );
        let user = FilterQuery { user: Some("u"), item: None, live: &[] };
        kept(&filter, user, &[]).unwrap().split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(clicked(&group, Some(100)).len(), 100);
    rows.push(event(100, "click"));
    group.events = events(&rows, &ids);
    let window = clicked(&group, Some(100));
    assert_eq!((window.len(), window[0].as_str()), (100, "i001"));
    assert_eq!(clicked(&group, None).len(), 101);
    let bought = compiled(
        "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"BUY\")",
        &group.data(Target::Items, Some(100)),
    );
    assert_eq!(
        kept(&bought, FilterQuery { user: Some("u"), item: None, live: &[] }, &[]).as_deref(),
        Ok("i102")
    );
}

#[test]
fn users_are_chosen_by_what_they_are_and_did() {
    let data = group().data(Target::Users, None);
    let cases: &[(&str, Given<'_>, &str)] = &[
        ("INCLUDE UserID WHERE Users.MEMBERSHIP IN ($M)", &[("M", "\"gold\"")], "ann cat"),
        ("EXCLUDE UserID WHERE Users.AGE < $AGE", &[("AGE", "\"18\"")], "ann cat dan"),
        (r#"INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click","rating")"#, &[], "ann bob dan"),
        (r#"EXCLUDE UserID WHERE Interactions.EVENT_TYPE NOT IN ("favorite")"#, &[], "bob cat"),
        ("INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ($T)", &[("T", "stream")], "ann"),
    ];
    for (text, given, expected) in cases {
        assert_eq!(kept(&compiled(text, &data), NOBODY, &values(given)).as_deref(), Ok(*expected), "{text}");
    }
}

/// Actions stand in as items of a catalogue of their own; event types are alike in any case and with any separator.
#[test]
fn actions_are_chosen_by_what_became_of_them() {
    use FieldType::{Long, String};
    let (table, actions) = dataset(
        DatasetType::Items,
        &[("ITEM_ID", String, FieldRole::Plain), ("VALUE", Long, FieldRole::Plain)],
        &lines("join,9\nstay,3\nvisit,10"),
    );
    let ids = Arc::new(Vocabulary::new(["join", "stay", "visit"]));
    let done = [("ann", "join", "Not Taken"), ("ann", "stay", "Viewed")];
    let done = done.map(|(user, action, what)| (user.to_owned(), action.to_owned(), what.to_owned()));
    let users = group();
    let facts = Facts {
        schemas: vec![
            (Source::Actions, actions),
            (Source::ActionInteractions, events_schema()),
            (Source::Users, users.users.1.clone()),
        ],
        event_types: Vec::new(),
    };
    let happened = Events::new(events(&done, &ids), &ids, None, Source::ActionInteractions);
    let chosen = Arc::new(Population::new(ids, "ITEM_ID", Some(table)));
    let users = Arc::clone(&users.data(Target::Users, None).users);
    let data = Arc::new(FilterData::new(Target::Actions, facts, chosen, users, happened));
    let cases: &[(&str, FilterQuery<'_>, Given<'_>, &str)] = &[
        ("EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN (\"NOT_TAKEN\")", ANN, &[], "stay visit"),
        ("INCLUDE ActionID WHERE Actions.VALUE > ($VALUE)", NOBODY, &[("VALUE", "8")], "join visit"),
        (
            "INCLUDE ActionID WHERE Actions.VALUE > 9 IF CurrentUser.MEMBERSHIP = $P",
            ANN,
            &[("P", "gold")],
            "visit",
        ),
        (
            "INCLUDE ActionID WHERE Actions.VALUE > 9 IF CurrentUser.MEMBERSHIP = $P",
            BOB,
            &[("P", "gold")],
            "join stay visit",
        ),
    ];
    for (text, query, given, expected) in cases {
        assert_eq!(kept(&compiled(text, &data), *query, &values(given)).as_deref(), Ok(*expected), "{text}");
    }
}

#[test]
fn a_trace_says_what_each_condition_found() {
    let data = group().data(Target::Items, None);
    let filter = compiled(
        "INCLUDE ItemID WHERE Items.GENRE IN (\"Comedy\") AND Items.PRICE <= 10 IF CurrentUser.AGE > 18 | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"click\") | EXCLUDE ItemID WHERE Items.YEAR = $Y",
        &data,
    );
    let trace = filter.trace(ANN, &[], "a").unwrap();
    assert!(!trace.is_kept && trace.is_known);
    let said: Vec<_> = trace.expressions.iter().map(|one| (one.applies, one.holds)).collect();
    assert_eq!(said, [(Applies::Yes, true), (Applies::Yes, true), (Applies::NoValue, false)]);
    let conditions = &trace.expressions[0].alternatives[0];
    let condition = |place: usize| {
        (conditions[place].text.as_str(), conditions[place].holds, conditions[place].found.as_deref())
    };
    assert_eq!(condition(0), ("Items.GENRE IN (\"Comedy\")", true, Some("Comedy|Drama")));
    assert_eq!(condition(1), ("Items.PRICE <= 10", true, Some("9.99")));
    let user = &trace.expressions[0].only_if[0];
    assert_eq!(
        (user.text.as_str(), user.holds, user.found.as_deref()),
        ("CurrentUser.AGE > 18", true, Some("34"))
    );
    assert_eq!(trace.expressions[1].alternatives[0][0].found.as_deref(), Some("click, stream"));
    assert_eq!(trace.expressions[1].text, "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"click\")");
    let trace = filter.trace(BOB, &[], "e").unwrap();
    assert_eq!((trace.is_kept, trace.expressions[0].applies), (true, Applies::IfIsFalse));
    let trace = filter.trace(ANN, &[], "unheard of").unwrap();
    assert_eq!((trace.is_kept, trace.is_known), (false, false));
}
