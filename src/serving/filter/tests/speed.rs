//! What a request costs on a catalogue of a hundred thousand items. Prints; run it optimised and alone:
//! `cargo test --release --lib -- serving::filter::tests::speed --nocapture`.

use super::*;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const ITEMS: usize = 100_000;
const EVENTS: usize = 500;
const ROUNDS: u32 = 2_000;

#[test]
fn a_request_costs_microseconds_at_a_hundred_thousand_items() {
    use FieldRole::{Categorical, Plain};
    use FieldType::{Float, Int, String as Text};
    let id = |item: usize| format!("i{item:06}");
    let rows: Vec<String> = (0..ITEMS)
        .map(|item| {
            let mixed = item * 7_919 % 100_003;
            let mut row = id(item);
            write!(row, ",g{}|g{},{},{}.5", mixed % 20, mixed % 31, 1_950 + mixed % 75, mixed % 900).unwrap();
            row
        })
        .collect();
    let items = dataset(
        DatasetType::Items,
        &[
            ("ITEM_ID", Text, Plain),
            ("GENRES", Text, Categorical),
            ("YEAR", Int, Plain),
            ("PRICE", Float, Plain),
        ],
        &rows,
    );
    let users = dataset(
        DatasetType::Users,
        &[("USER_ID", Text, Plain), ("AGE", Int, Plain)],
        &["u,30".to_owned(), "v,10".to_owned()],
    );
    let ids = Arc::new(Vocabulary::new((0..ITEMS).map(id)));
    let done: Vec<_> = (0..EVENTS)
        .map(|event| ("u".to_owned(), id(event * 131 % ITEMS), ["click", "buy"][event % 2].to_owned()))
        .collect();
    let data = Group { items, users, events: events(&done, &ids) }.data(Target::Items, None);
    let user = FilterQuery { user: Some("u"), item: Some("i000007"), live: &[] };
    let cases: [(&str, &[(&str, &str)]); 6] = [
        ("EXCLUDE ItemID WHERE Items.GENRES IN (\"g1\", \"g2\") AND Items.YEAR < 1990", &[]),
        ("EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"buy\")", &[]),
        ("INCLUDE ItemID WHERE Items.GENRES IN ($G)", &[("G", "\"g1\",\"g7\",\"g11\"")]),
        ("INCLUDE ItemID WHERE Items.PRICE <= $P AND Items.YEAR > $Y", &[("P", "450"), ("Y", "1987")]),
        ("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRES IN CurrentItem.GENRES", &[]),
        (
            "INCLUDE ItemID WHERE Items.GENRES IN ($G) IF CurrentUser.AGE > 18 | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"click\", \"buy\")",
            &[("G", "\"g1\",\"g7\"")],
        ),
    ];
    for (text, given) in cases {
        let given = values(given);
        let began = Instant::now();
        let filter = compiled(text, &data);
        let mut rows = Bits::default();
        filter.bind(user, &given).unwrap().allowed(&mut rows);
        let first = began.elapsed();
        let began = Instant::now();
        for _ in 0..ROUNDS {
            filter.bind(user, &given).unwrap().allowed(&mut rows);
        }
        let each = began.elapsed() / ROUNDS;
        println!("{each:>10.1?} a request, {first:.1?} at first, {} kept: {text}", rows.count());
        // Unoptimised and on a busy machine too it is far from a millisecond per ten thousand items.
        assert!(each < Duration::from_millis(10), "{each:?} for {text}");
    }
}
