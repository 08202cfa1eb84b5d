//! Rules of what is put, and what they say.

use super::*;
use crate::domain::schema::FieldRole;

fn schema(dataset: DatasetType, fields: &[(&str, FieldType, bool)]) -> Schema {
    let field = |&(name, kind, nullable): &(&str, FieldType, bool)| SchemaField {
        name: name.to_owned(),
        kind,
        nullable,
        role: FieldRole::Plain,
    };
    Schema { dataset, fields: fields.iter().map(field).collect() }
}

fn interactions() -> Schema {
    use FieldType::{Int, Long, String};
    schema(
        DatasetType::Interactions,
        &[
            ("USER_ID", String, false),
            ("ITEM_ID", String, false),
            ("TIMESTAMP", Long, false),
            ("NUMBER_OF_RATINGS", Int, true),
            ("DEVICE", String, true),
        ],
    )
}

fn event() -> PutEvent {
    PutEvent {
        event_type: "View".to_owned(),
        item_id: Some("a".to_owned()),
        sent_at: 1_700_000_000,
        ..PutEvent::default()
    }
}

fn put(event: PutEvent) -> PutEvents {
    PutEvents { user_id: Some("u".to_owned()), session_id: "s".to_owned(), event_list: vec![event] }
}

fn said(put: &PutEvents) -> String {
    put.check(&interactions()).unwrap_err().to_string()
}

#[test]
fn columns_are_written_in_camel_case() {
    let names = [
        ("NUMBER_OF_RATINGS", "numberOfRatings"),
        ("DEVICE", "device"),
        ("CATEGORY_L1", "categoryL1"),
        ("price_", "price"),
    ];
    for (column, key) in names {
        assert_eq!(camel_case(column), key);
    }
}

#[test]
fn properties_become_cells_of_the_schemas_columns() {
    let properties = Some(r#"{"numberOfRatings":12,"device":["phone","tv"]}"#.to_owned());
    let checked = put(PutEvent { properties, ..event() }).check(&interactions()).unwrap();
    let cells: Vec<(&str, &str)> =
        checked[0].cells.iter().map(|(name, cell)| (name.as_str(), cell.as_str())).collect();
    assert_eq!(cells, [("DEVICE", "phone|tv"), ("NUMBER_OF_RATINGS", "12")]);
    let old = Some(r#"{"itemId":"b","eventValue":2.5}"#.to_owned());
    let old = PutEvent { properties: old, item_id: None, ..event() };
    let checked = put(old).check(&interactions()).unwrap();
    assert_eq!((checked[0].event.item_id.as_deref(), checked[0].event.event_value), (Some("b"), Some(2.5)));
    for (properties, expected) in [
        (r#"{"userId":"x"}"#, "`properties` name `userId`; it is a field of the event itself"),
        (r#"{"impression":"x"}"#, "`properties` name `impression`;"),
        (r#"{"NUMBER_OF_RATINGS":1}"#, "Interactions has numberOfRatings, device"),
        (
            r#"{"numberOfRatings":1.5}"#,
            "`properties` have 1.5 for `numberOfRatings`; Interactions.NUMBER_OF_RATINGS is of type int",
        ),
        ("[1]", "`properties` are `[1]`; write a JSON object"),
    ] {
        let said = said(&put(PutEvent { properties: Some(properties.to_owned()), ..event() }));
        assert!(said.contains(expected), "{said}");
    }
}

type Make = Box<dyn Fn(usize) -> PutEvents>;

fn long(n: usize) -> String {
    "x".repeat(n)
}

#[test]
fn every_limit_is_kept_at_and_refused_over() {
    let device = |n: usize| Some(format!("{{\"device\":\"{}\"}}", long(n - 13)));
    let source = |n: usize| Some(PutAttribution { event_attribution_source: long(n) });
    let ids = |n: usize| Some(vec![long(3); n]);
    let of = |make: Box<dyn Fn(usize) -> PutEvent>| -> Make { Box::new(move |n| put(make(n))) };
    let cases: Vec<(&str, usize, Make)> = vec![
        ("userId", 256, Box::new(move |n| PutEvents { user_id: Some(long(n)), ..put(event()) })),
        ("sessionId", 256, Box::new(move |n| PutEvents { session_id: long(n), ..put(event()) })),
        ("eventList", 10, Box::new(|n| PutEvents { event_list: vec![event(); n], ..put(event()) })),
        ("eventType", 256, of(Box::new(move |n| PutEvent { event_type: long(n), ..event() }))),
        ("eventId", 256, of(Box::new(move |n| PutEvent { event_id: Some(long(n)), ..event() }))),
        ("itemId", 256, of(Box::new(move |n| PutEvent { item_id: Some(long(n)), ..event() }))),
        ("properties", 1_024, of(Box::new(move |n| PutEvent { properties: device(n), ..event() }))),
        (
            "recommendationId",
            40,
            of(Box::new(move |n| PutEvent { recommendation_id: Some(long(n)), ..event() })),
        ),
        ("impression", 25, of(Box::new(move |n| PutEvent { impression: ids(n), ..event() }))),
        (
            "eventAttributionSource",
            1_024,
            of(Box::new(move |n| PutEvent { metric_attribution: source(n), ..event() })),
        ),
    ];
    for (field, most, make) in cases {
        make(most).check(&interactions()).unwrap_or_else(|error| panic!("{field}: {error}"));
        assert!(said(&make(most + 1)).starts_with(&format!("`{field}` has ")), "{field}");
        if !matches!(field, "properties") {
            assert!(make(0).check(&interactions()).is_err(), "{field} may not be empty");
        }
    }
    // 25 ids of 256 characters are 6,400 bytes; with ids in an alphabet of three bytes they are over 10 KB.
    let wide = PutEvent { impression: Some(vec!["語".repeat(256); 25]), ..event() };
    assert!(said(&put(wide)).contains("an event has 10240 bytes at most"));
    let blank = PutAttribution { event_attribution_source: "  ".to_owned() };
    assert!(said(&put(PutEvent { metric_attribution: Some(blank), ..event() })).contains("printable ASCII"));
}

#[test]
fn records_bring_what_their_dataset_needs() {
    let items = schema(
        DatasetType::Items,
        &[
            ("ITEM_ID", FieldType::String, false),
            ("PRICE", FieldType::Float, false),
            ("GENRES", FieldType::String, true),
        ],
    );
    let put = |properties: &str| PutRecord { id: "a".to_owned(), properties: properties.to_owned() };
    let check = |records: &[PutRecord]| {
        check_records(DatasetType::Items, records, &items).map_err(|error| error.to_string())
    };
    let cells = check(&[put(r#"{"price":9.5,"genres":"Drama"}"#)]).unwrap().remove(0);
    assert_eq!(
        (cells["ITEM_ID"].as_str(), cells["PRICE"].as_str(), cells["GENRES"].as_str()),
        ("a", "9.5", "Drama")
    );
    assert_eq!(
        check(&[put(r#"{"genres":"Drama"}"#)]).unwrap_err(),
        "`properties` of `a` lack `price`; Items.PRICE is needed; give it"
    );
    let row = put(r#"{"price":1}"#);
    assert!(check(&vec![row.clone(); 10]).is_ok() && check(&vec![row; 11]).is_err() && check(&[]).is_err());
    let long = |n: usize| put(&format!("{{\"price\":1,\"genres\":\"{}\"}}", "x".repeat(n - 23)));
    assert_eq!(long(32_000).properties.len(), 32_000);
    assert!(check(&[long(32_000)]).is_ok() && check(&[long(32_001)]).is_err());
}
