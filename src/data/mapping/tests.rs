//! Which column is proposed for which field.

use super::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn preview_of(columns: &[&str], rows: &[&[&str]]) -> Preview {
    let cell = |cell: &&str| Some((*cell).to_owned()).filter(|cell| !cell.is_empty());
    Preview {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
        estimated_rows: rows.len() as u64,
    }
}

/// `FIELD<-column:kind:role` of each field.
fn short(mapping: &Mapping) -> Vec<String> {
    let role = |field: &MappedField| match field.role {
        FieldRole::Plain => "",
        FieldRole::Categorical => ":categorical",
        FieldRole::Textual => ":textual",
        FieldRole::ItemName => ":itemName",
    };
    let line = |field: &MappedField| {
        format!("{}<-{}:{:?}{}", field.field, field.columns.join("+"), field.kind, role(field))
    };
    mapping.fields.iter().map(line).collect()
}

fn put(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_log_is_mapped_by_its_names() {
    let rows: Vec<[String; 6]> = (0..40)
        .map(|row| {
            let mills = (1_436_064_000_000_i64 + row * 1_000).to_string();
            [
                mills,
                format!("{}", row % 7),
                ["view", "buy"][row as usize % 2].into(),
                format!("{}", 1000 + row % 9),
                "12.5".into(),
                "web".into(),
            ]
        })
        .collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let preview = preview_of(&["timestamp", "visitorid", "event", "itemid", "amount", "device-kind"], &rows);
    let mapping = propose_mapping(&preview, None);
    assert_eq!(mapping.dataset, DatasetType::Interactions);
    assert_eq!(mapping.timestamp, TimestampRule::Milliseconds);
    assert_eq!(mapping.timestamp_reason, "milliseconds since 1970 in 100% of 40 sampled cells");
    assert_eq!(
        short(&mapping),
        [
            "USER_ID<-visitorid:String",
            "ITEM_ID<-itemid:String",
            "TIMESTAMP<-timestamp:Long",
            "EVENT_TYPE<-event:String",
            "EVENT_VALUE<-amount:Float",
            "DEVICE_KIND<-device-kind:String:categorical",
        ]
    );
    assert!(mapping.fields.iter().all(|field| !field.reason.is_empty()));
    let required = ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"];
    assert!(mapping.fields.iter().all(|field| field.nullable != required.contains(&field.field.as_str())));
}

#[test]
fn a_log_without_header_is_mapped_by_its_contents() {
    let rows: Vec<[String; 4]> = (0..200_i64)
        .map(|row| {
            [
                (row * 7 % 50 + 1).to_string(),
                (row * 13 % 90 + 1).to_string(),
                (row % 5 + 1).to_string(),
                (881_250_949 + row * 60).to_string(),
            ]
        })
        .collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let preview = preview_of(&["column_1", "column_2", "column_3", "column_4"], &rows);
    let mapping = propose_mapping(&preview, None);
    assert_eq!(
        short(&mapping),
        [
            "USER_ID<-column_1:String",
            "ITEM_ID<-column_2:String",
            "TIMESTAMP<-column_4:Long",
            "EVENT_VALUE<-column_3:Float",
        ]
    );
}

#[test]
fn a_log_without_times_takes_the_order_of_its_rows() {
    let preview = preview_of(&["customer", "sku"], &[&["a", "x"], &["b", "y"], &["a", "y"]]);
    let mapping = propose_mapping(&preview, None);
    assert_eq!(mapping.timestamp, TimestampRule::RowOrder);
    assert!(mapping.timestamp_reason.contains("order of the rows"));
    assert_eq!(mapping.field("TIMESTAMP").unwrap().columns, Vec::<String>::new());
}

#[test]
fn a_catalogue_is_mapped_by_what_its_columns_hold() {
    let text = "A long and winding description of a thing that many people would like to own, or at least to look at.";
    let texts: Vec<String> = (0..30).map(|row| format!("{text} {row}")).collect();
    let cells: Vec<[String; 9]> = (0..30)
        .map(|row| {
            [
                format!("00{row:03}"),
                format!("Thing {row}"),
                format!("Home|Room {}", row % 3),
                format!("{}.99", row + 3),
                texts[row].clone(),
                format!("https://example.org/{row}.png"),
                format!("2024-01-{:02}T10:00:00Z", row % 28 + 1),
                ["Y", "N"][row % 2].to_owned(),
                format!("{}", row % 4),
            ]
        })
        .collect();
    let rows: Vec<Vec<&str>> = cells.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let names =
        ["id", "name", "categories", "price", "description", "image", "createdAt", "on sale", "zip code"];
    let mapping = propose_mapping(&preview_of(&names, &rows), None);
    assert_eq!(mapping.dataset, DatasetType::Items);
    assert_eq!(mapping.timestamp, TimestampRule::Iso);
    assert_eq!(
        short(&mapping),
        [
            "ITEM_ID<-id:String",
            "CREATION_TIMESTAMP<-createdAt:Long",
            "TITLE<-name:String",
            "CATEGORIES<-categories:String:categorical",
            "PRICE<-price:Float",
            "DESCRIPTION<-description:String:textual",
            "IMAGE<-image:String",
            "ON_SALE<-on sale:String:categorical",
            "ZIP_CODE<-zip code:String:categorical",
        ]
    );
}

#[test]
fn the_chosen_dataset_is_obeyed() {
    let preview = preview_of(&["user_id", "age"], &[&["1", "30"], &["2", "31"], &["3", "32"]]);
    assert_eq!(propose_mapping(&preview, None).dataset, DatasetType::Users);
    assert_eq!(propose_mapping(&preview, Some(DatasetType::Interactions)).dataset, DatasetType::Interactions);
}

#[test]
fn fields_that_differ_in_punctuation_only_get_names_of_their_own() {
    let preview = preview_of(
        &["user_id", "item_id", "genre_1", "genre1"],
        &[&["1", "2", "a", "b"], &["1", "2", "a", "b"]],
    );
    let mapping = propose_mapping(&preview, None);
    assert!(
        mapping.field("GENRE_1").is_some() && mapping.field("GENRE1_2").is_some(),
        "{:?}",
        short(&mapping)
    );
}

#[test]
fn a_signature_is_of_the_header_alone() {
    let signature =
        |names: &[&str]| header_signature(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    assert_eq!(signature(&["User", "Item"]), signature(&["user", " item "]));
    assert_ne!(signature(&["user", "item"]), signature(&["item", "user"]));
    assert_ne!(signature(&["a", "b,c"]), signature(&["a,b", "c"]));
}

#[test]
fn files_are_checked_against_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = "user_id,item_id,ts\n".to_owned();
    for row in 0..60 {
        writeln!(log, "u{},i{},{}", row % 9, row % 20, 1_600_000_000 + row).unwrap();
    }
    let table = |key: &str, letter: &str| {
        let mut text = format!("{key},title,colour\n");
        for row in 0..25 {
            writeln!(text, "{letter}{row},Thing {row},{}", ["red", "blue"][row % 2]).unwrap();
        }
        text
    };
    put(folder.path(), "log.csv", &log);
    put(folder.path(), "ours.csv", &table("item_id", "i"));
    put(folder.path(), "theirs.csv", &table("item_id", "other"));
    put(folder.path(), "short.csv", "user_id,item_id,ts\nu1,i1,1600000000\nu2,i2,1600000001\n");
    let found: Vec<(String, bool)> = propose(&[folder.path().to_owned()])
        .unwrap()
        .into_iter()
        .map(|proposal| (proposal.title, proposal.confident))
        .collect();
    let expected = [
        ("log.csv: interactions", true),
        ("ours.csv: items", true),
        ("short.csv: interactions", false),
        ("theirs.csv: items", false),
    ];
    assert_eq!(found, expected.map(|(title, sure)| (title.to_owned(), sure)));
}

/// One unreadable cell must not turn the service's own columns into something else, which its schema forbids.
#[test]
fn reserved_columns_keep_their_meaning_whatever_their_cells() {
    let rows = [["u1", "i1", "1600000000", "5", "abc"], ["u2", "i2", "1600000001", "6", "1.5"]];
    let rows: Vec<&[&str]> = rows.iter().map(<[_; 5]>::as_slice).collect();
    let preview = preview_of(&["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"], &rows);
    let mapping = propose_mapping(&preview, None);
    assert!(short(&mapping).contains(&"EVENT_VALUE<-EVENT_VALUE:Float".to_owned()), "{:?}", short(&mapping));
    assert!(short(&mapping).contains(&"EVENT_TYPE<-EVENT_TYPE:String".to_owned()), "{:?}", short(&mapping));
}

/// Numbers that repeat would be categories; a session's are neither that nor trained on.
#[test]
fn a_session_is_found_by_its_name() {
    let rows: Vec<[String; 4]> = (0..40)
        .map(|row: i64| {
            let time = (1_436_064_000 + row * 60).to_string();
            [time, format!("u{}", row % 7), format!("i{}", row % 9), (row / 3).to_string()]
        })
        .collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    for name in ["SESSION_ID", "sessionId", "user_session", "visit-id"] {
        let mapping = propose_mapping(&preview_of(&["timestamp", "user", "item", name], &rows), None);
        assert_eq!(short(&mapping)[3], format!("SESSION_ID<-{name}:String"));
        let session = mapping.field("SESSION_ID").unwrap();
        assert!(session.nullable && session.reason.contains("where sessions begin"), "{}", session.reason);
    }
}

/// From a file to boundaries: a at 1, 2, 3 in p, q and none, b in q.
#[test]
fn sessions_are_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = "USER_ID,ITEM_ID,TIMESTAMP,sessionId\na,x,1700000002,q\na,y,1700000001,p\nb,x,1700000001,q\na,z,1700000003,\na,z,1700000004,q\n";
    let path = put(folder.path(), "log.csv", text);
    let source = crate::data::discover(&path).unwrap().remove(0);
    let mapping = propose_mapping(&crate::data::preview(&source, 10).unwrap(), None);
    let job = crate::jobs::JobContext::default();
    let imported =
        crate::data::import(&source, &mapping, &crate::data::ImportOptions::default(), &job).unwrap();
    let data = crate::data::encode(&imported.table, &imported.schema, None);
    let history = data.history(0);
    assert_eq!([0, 1, 2, 3].map(|at| history.goes_on(at)), [None, Some(false), None, None]);
    assert_eq!(history.sessions[1], data.history(1).sessions[0]);
    assert!(!data.context.has_columns(), "a session is no context");
}

/// Actions are known by the service's name of their id alone; asked for, by other names, too. Reserved fields get the
/// service's types, and no more of the others are mapped than the service takes.
#[test]
fn actions_are_mapped_with_their_rules() {
    let columns = ["ACTION_ID", "VALUE", "TYPE", "validUntil", "REPEAT_FREQUENCY", "LEVEL"];
    let rows: Vec<[&str; 6]> = vec![
        ["a1", "3", "enrol", "1900000000", "7", "gold"],
        ["a2", "10", "buy", "1900000000", "30", "basic"],
        ["a3", "1", "enrol", "1900500000", "", "gold"],
    ];
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    let mapping = propose_mapping(&preview_of(&columns, &rows), None);
    assert_eq!(mapping.dataset, DatasetType::Actions);
    let expected = [
        "ACTION_ID<-ACTION_ID:String",
        "EXPIRATION_TIMESTAMP<-validUntil:Long",
        "VALUE<-VALUE:Long",
        "REPEAT_FREQUENCY<-REPEAT_FREQUENCY:Long",
        "TYPE<-TYPE:String",
        "LEVEL<-LEVEL:String:categorical",
    ];
    assert_eq!(short(&mapping), expected);
    assert!(crate::domain::schema::Schema::from_mapping(&mapping).is_ok());

    let log = [["u1", "offer-1", "Viewed", "1700000000"], ["u2", "offer-2", "TAKEN", "1700000100"]];
    let log: Vec<&[&str]> = log.iter().map(|row| &row[..]).collect();
    let named = propose_mapping(&preview_of(&["user", "ACTION_ID", "EVENT_TYPE", "ts"], &log), None);
    let fields = ["USER_ID<-user:String", "ACTION_ID<-ACTION_ID:String", "TIMESTAMP<-ts:Long"];
    assert_eq!(named.dataset, DatasetType::ActionInteractions);
    assert_eq!(short(&named)[..3], fields);
    let preview = preview_of(&["user", "offer", "outcome", "ts"], &log);
    assert_eq!(propose_mapping(&preview, None).dataset, DatasetType::Users);
    let asked = propose_mapping(&preview, Some(DatasetType::ActionInteractions));
    assert_eq!(short(&asked)[1], "ACTION_ID<-offer:String");

    let many: Vec<String> = (0..14).map(|at| format!("c{at}")).collect();
    let many: Vec<&str> = std::iter::once("ACTION_ID").chain(many.iter().map(String::as_str)).collect();
    let rows: Vec<Vec<&str>> =
        ["a", "b"].iter().map(|id| std::iter::once(*id).chain([*id; 14]).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let wide = propose_mapping(&preview_of(&many, &rows), Some(DatasetType::Actions));
    assert_eq!(wide.fields.len(), 11);
}
