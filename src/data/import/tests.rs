//! What an import accepts, refuses and mends, row by row.

use super::*;
use crate::data::encode;
use crate::data::source::RowNumbers;
use crate::domain::mapping::{MappedField, Reading, TimestampRule};
use crate::domain::schema::{FieldRole, FieldType, SchemaError};
use std::collections::BTreeSet;

const NOW: i64 = 1_700_000_000;

fn mapped(field: &str, column: &str, kind: FieldType, role: FieldRole, nullable: bool) -> MappedField {
    MappedField {
        field: field.into(),
        columns: vec![column.into()],
        reading: Reading::Whole,
        kind,
        role,
        nullable,
        reason: String::new(),
    }
}

fn plain(field: &str, column: &str, kind: FieldType) -> MappedField {
    mapped(field, column, kind, FieldRole::Plain, false)
}

fn mapping(dataset: DatasetType, fields: Vec<MappedField>) -> Mapping {
    Mapping {
        dataset,
        fields,
        timestamp: TimestampRule::Seconds,
        timestamp_reason: String::new(),
        event_type: None,
        event_values: Vec::new(),
    }
}

fn interactions() -> Mapping {
    mapping(
        DatasetType::Interactions,
        vec![
            plain("USER_ID", "user", FieldType::String),
            plain("ITEM_ID", "item", FieldType::String),
            plain("TIMESTAMP", "time", FieldType::Long),
        ],
    )
}

fn items() -> Mapping {
    mapping(
        DatasetType::Items,
        vec![
            plain("ITEM_ID", "item", FieldType::String),
            mapped("GENRES", "genres", FieldType::String, FieldRole::Categorical, true),
            mapped("PLOT", "plot", FieldType::String, FieldRole::Textual, true),
            mapped("YEAR", "year", FieldType::Int, FieldRole::Plain, false),
            mapped("ADULT", "adult", FieldType::Boolean, FieldRole::Plain, true),
        ],
    )
}

/// Rows of text, an empty cell being a missing one.
fn raw(columns: &[&str], rows: &[&[&str]]) -> RawTable {
    let series = columns.iter().enumerate().map(|(place, name)| {
        let cells: Vec<Option<&str>> =
            rows.iter().map(|row| Some(row[place]).filter(|cell| !cell.is_empty())).collect();
        Series::new((*name).into(), cells).into_column()
    });
    RawTable {
        frame: DataFrame::new(rows.len(), series.collect()).unwrap(),
        coded: BTreeMap::new(),
        row_numbers: RowNumbers::default(),
        problems: Vec::new(),
        total_rows: rows.len() as u64,
    }
}

fn run(raw: RawTable, mapping: &Mapping, options: &ImportOptions) -> Result<Imported, DataError> {
    check(raw, "toy.csv", mapping, options, NOW, &JobContext::default())
}

fn with_mends(mends: &[Mend]) -> ImportOptions {
    ImportOptions { mends: mends.to_vec(), ..ImportOptions::default() }
}

fn rules(imported: &Imported) -> Vec<(u64, &str, Rule)> {
    imported.problems.iter().map(|problem| (problem.row, problem.column.as_str(), problem.rule)).collect()
}

fn rows_of(table: &Table) -> Vec<Vec<String>> {
    let width = table.columns().len();
    (0..table.rows()).map(|row| (0..width).map(|column| table.cell(row, column)).collect()).collect()
}

#[test]
fn good_rows_become_typed_rows() {
    let file = raw(&["time", "user", "item"], &[&["10", "u1", "a"], &["20", "u2", "b"]]);
    let imported = run(file, &interactions(), &ImportOptions::default()).unwrap();
    assert_eq!(imported.table.columns(), ["USER_ID", "ITEM_ID", "TIMESTAMP"]);
    assert_eq!(rows_of(&imported.table), [["u1", "a", "10"], ["u2", "b", "20"]]);
    assert_eq!((imported.rows, imported.accepted, imported.rejected), (2, 2, 0));
    assert_eq!((imported.users, imported.items), (2, 2));
    assert!(imported.problems.is_empty() && imported.warnings.is_empty());
}

/// Ten rows, each broken in its own way: each is named with its row, column, value and rule; the good row stays.
#[test]
fn ten_broken_rows_of_ten_kinds() {
    let mut mapping = interactions();
    mapping.fields.push(plain("EVENT_TYPE", "event", FieldType::String));
    mapping.fields.push(mapped("DEPTH", "depth", FieldType::Int, FieldRole::Plain, true));
    mapping.fields.push(mapped("VIP", "vip", FieldType::Boolean, FieldRole::Plain, true));
    mapping.fields.push(mapped("PLACE", "place", FieldType::String, FieldRole::Categorical, true));
    let (long_id, long_place) = ("x".repeat(257), "p".repeat(1_001));
    let file = raw(
        &["user", "item", "time", "event", "depth", "vip", "place"],
        &[
            &["u1", "a", "10", "view", "1", "true", "home"],
            &["", "a", "10", "view", "1", "true", "home"],
            &["u1", &long_id, "10", "view", "1", "true", "home"],
            &["u1", "a", "soon", "view", "1", "true", "home"],
            &["u1", "a", "1600000000000", "view", "1", "true", "home"],
            &["u1", "a", "10", "EVENT_TYPE", "1", "true", "home"],
            &["u1", "a", "10", "view", "deep", "true", "home"],
            &["u1", "a", "10", "view", "9999999999", "true", "home"],
            &["u1", "a", "10", "view", "1", "perhaps", "home"],
            &["u1", "a", "10", "view", "1", "true", &long_place],
            &["u1", "a", "10", "view", "1", "true", "home"],
        ],
    );
    let imported = run(file, &mapping, &ImportOptions::default()).unwrap();
    let expected = [
        (2, "user", Rule::MissingValue),
        (3, "item", Rule::IdTooLong),
        (4, "time", Rule::NotATime),
        (5, "time", Rule::ImplausibleTime),
        (6, "event", Rule::ReservedKeyword),
        (7, "depth", Rule::NotANumber),
        (8, "depth", Rule::OutOfRange),
        (9, "vip", Rule::NotABoolean),
        (10, "place", Rule::TooLong),
        (11, "", Rule::DuplicateRow),
    ];
    assert_eq!(rules(&imported), expected);
    let messages: BTreeSet<String> = imported.problems.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 10);
    assert_eq!(imported.problems[5].value, "deep");
    assert_eq!(imported.problems[9].value, "row 1");
    assert_eq!((imported.accepted, imported.rejected), (1, 10));
    assert_eq!(rows_of(&imported.table), [["u1", "a", "10", "view", "1", "true", "home"]]);
}

#[test]
fn a_row_may_break_several_rules_and_is_left_out_once() {
    let file = raw(&["user", "item", "time"], &[&["", "", "x"], &["u", "a", "1"]]);
    let imported = run(file, &interactions(), &ImportOptions::default()).unwrap();
    assert_eq!(imported.problems.len(), 3);
    assert_eq!((imported.accepted, imported.rejected), (1, 1));
}

/// Rows that could not be read are counted with those that were checked, under their own numbers.
#[test]
fn row_numbers_are_the_file_s() {
    let mut file = raw(&["user", "item", "time"], &[&["u", "a", "1"], &["u", "b", "x"], &["u", "a", "1"]]);
    file.row_numbers = RowNumbers::without(vec![2]);
    file.total_rows = 4;
    file.problems =
        vec![Problem { row: 2, column: String::new(), value: "u;".into(), rule: Rule::WrongCellCount }];
    let imported = run(file, &interactions(), &ImportOptions::default()).unwrap();
    let expected = [(2, "", Rule::WrongCellCount), (3, "time", Rule::NotATime), (4, "", Rule::DuplicateRow)];
    assert_eq!(rules(&imported), expected);
    assert_eq!((imported.rows, imported.accepted, imported.rejected), (4, 1, 3));
}

#[test]
fn strict_stops_at_broken_rows_but_not_at_repeats() {
    let strict = ImportOptions { strict: true, ..ImportOptions::default() };
    let repeats = raw(&["user", "item", "time"], &[&["u", "a", "1"], &["u", "a", "1"]]);
    assert_eq!(run(repeats, &interactions(), &strict).unwrap().accepted, 1);
    let broken = raw(&["user", "item", "time"], &[&["u", "a", "1"], &["u", "", "x"]]);
    let message = run(broken, &interactions(), &strict).unwrap_err().to_string();
    assert!(message.contains("toy.csv") && message.contains("row 2, column item"), "{message}");
}

/// Interactions differ by any property; Items rows are replaced by the last of their key.
#[test]
fn repeats() {
    let mut mapping = interactions();
    mapping.fields.push(mapped("PLACE", "place", FieldType::String, FieldRole::Categorical, true));
    let file = raw(
        &["user", "item", "time", "place"],
        &[&["u", "a", "1", "x"], &["u", "a", "1", "y"], &["u", "a", "1", "x"], &["u", "a", "2", "x"]],
    );
    let imported = run(file, &mapping, &ImportOptions::default()).unwrap();
    assert_eq!(rules(&imported), [(3, "", Rule::DuplicateRow)]);

    let file = raw(
        &["item", "genres", "plot", "year", "adult"],
        &[&["a", "X", "", "1990", ""], &["b", "", "", "1991", ""], &["a", "Y", "", "1992", "false"]],
    );
    let imported = run(file, &items(), &ImportOptions::default()).unwrap();
    assert_eq!(rules(&imported), [(1, "", Rule::ReplacedByLaterRow)]);
    assert_eq!(imported.problems[0].value, "row 3");
    assert_eq!(rows_of(&imported.table), [["b", "", "", "1991", ""], ["a", "Y", "", "1992", "false"]]);
    assert_eq!((imported.users, imported.items), (0, 2));
}

#[test]
fn event_types_and_values_without_columns() {
    let mut constant = interactions();
    constant.event_type = Some("purchase".into());
    constant.event_values = vec![("Purchase".into(), 1.0)];
    let file = raw(&["user", "item", "time"], &[&["u", "a", "1"]]);
    let imported = run(file, &constant, &ImportOptions::default()).unwrap();
    assert_eq!(rows_of(&imported.table), [["u", "a", "1", "purchase", "1"]]);

    let mut by_table = interactions();
    by_table.fields.push(plain("EVENT_TYPE", "event", FieldType::String));
    by_table.event_values = vec![("click".into(), 0.33), ("cart".into(), 0.66)];
    let file = raw(
        &["user", "item", "time", "event"],
        &[&["u", "a", "1", "Cart"], &["u", "a", "2", "click"], &["u", "a", "3", "look"]],
    );
    let imported = run(file, &by_table, &ImportOptions::default()).unwrap();
    let values: Vec<String> = rows_of(&imported.table).into_iter().map(|row| row[4].clone()).collect();
    assert_eq!(values, ["0.66", "0.33", ""]);
    assert_eq!(imported.warnings, ["event types without an event value: look"]);
}

#[test]
fn row_order_stands_in_for_time() {
    let mut mapping = interactions();
    mapping.fields.pop();
    mapping.timestamp = TimestampRule::RowOrder;
    let file = raw(&["user", "item"], &[&["u", "a"], &["u", "a"], &["v", "b"]]);
    let imported = run(file, &mapping, &ImportOptions::default()).unwrap();
    assert_eq!(rows_of(&imported.table), [["u", "a", "1"], ["u", "a", "2"], ["v", "b", "3"]]);
}

#[test]
fn joined_genres_and_cleaned_text() {
    let mut mapping = items();
    mapping.fields[1].columns = vec!["Action".into(), "Drama".into()];
    let file = raw(
        &["item", "Action", "Drama", "plot", "year", "adult"],
        &[&["a", "1", "1", "<b>a</b>\t b", "1990", "TRUE"], &["b", "0", "2", "", "1991", ""]],
    );
    let imported = run(file, &mapping, &ImportOptions::default()).unwrap();
    assert_eq!(rows_of(&imported.table), [["a", "Action|Drama", "a b", "1990", "true"]]);
    assert_eq!(rules(&imported), [(2, "Drama", Rule::NotABoolean)]);

    let file = raw(
        &["item", "Action", "Drama", "plot", "year", "adult"],
        &[&["a", "1", "1", &"w".repeat(20_001), "1990", ""]],
    );
    let imported = run(file, &mapping, &ImportOptions::default()).unwrap();
    assert_eq!(imported.table.text(0, "PLOT").map(str::len), Some(20_000));
    assert_eq!(imported.warnings, ["1 cells of PLOT were longer than the service takes and were cut"]);
}

#[test]
fn mends_change_their_rows_and_are_counted() {
    let rows: &[&[&str]] = &[
        &["a", "X", "", "1990", "true"],
        &["b", "X", "", "c. 1991", "yes"],
        &["c", "X", "", "", "true"],
        &["d", "X", "", "long ago", "true"],
        &["", "X", "", "1995", "true"],
    ];
    let columns = ["item", "genres", "plot", "year", "adult"];
    let untouched = run(raw(&columns, rows), &items(), &ImportOptions::default()).unwrap();
    assert_eq!((untouched.accepted, untouched.problems.len()), (1, 5));

    let mends = [
        Mend::Cast("YEAR".into()),
        Mend::Cast("ADULT".into()),
        Mend::NullCell("YEAR".into(), Rule::NotANumber),
        Mend::DropRows(Rule::MissingValue),
    ];
    let imported = run(raw(&columns, rows), &items(), &with_mends(&mends)).unwrap();
    assert_eq!(imported.problems, []);
    assert!(imported.schema.field("YEAR").is_some_and(|field| field.nullable));
    let expected = [
        ["a", "X", "", "1990", "true"],
        ["b", "X", "", "1991", "true"],
        // The year may be empty now, so the row is whole.
        ["c", "X", "", "", "true"],
        ["d", "X", "", "", "true"],
    ];
    assert_eq!(rows_of(&imported.table), expected);
    let counts: Vec<u64> = imported.mended.iter().map(|(_, count)| *count).collect();
    assert_eq!(counts, [1, 1, 1, 1]);
    assert_eq!((imported.accepted, imported.rejected), (4, 1));
}

#[test]
fn milliseconds_mistaken_for_seconds() {
    let file = || raw(&["user", "item", "time"], &[&["u", "a", "1600000000000"], &["u", "b", "1600000001"]]);
    let imported = run(file(), &interactions(), &ImportOptions::default()).unwrap();
    assert_eq!(rules(&imported), [(1, "time", Rule::ImplausibleTime)]);
    let offered = crate::data::mends_for(Rule::ImplausibleTime, "time", &interactions());
    assert_eq!(offered[0], Mend::MillisecondsToSeconds);
    let imported = run(file(), &interactions(), &with_mends(&offered[..1])).unwrap();
    assert_eq!(imported.problems, []);
    assert_eq!(imported.mended, [(Mend::MillisecondsToSeconds, 1)]);
    assert_eq!(imported.table.cell(0, 2), "1600000000");
}

#[test]
fn a_given_schema_is_followed() {
    let schema = Schema::parse(
        r#"{"type":"record","name":"Users","fields":[{"name":"USER_ID","type":"string"},
        {"name":"GENDER","type":["null","string"],"categorical":true},{"name":"AGE","type":"int"}]}"#,
    )
    .unwrap();
    let options = ImportOptions { schema: Some(schema.clone()), ..ImportOptions::default() };
    let mapping = mapping(DatasetType::Users, Vec::new());
    let file = raw(&["USER_ID", "AGE", "GENDER", "ZIP"], &[&["u", "30", "", "12345"]]);
    let imported = run(file, &mapping, &options).unwrap();
    assert_eq!(imported.schema, schema);
    assert_eq!(imported.table.columns(), ["USER_ID", "GENDER", "AGE"]);
    assert_eq!(imported.warnings.len(), 2, "{:?}", imported.warnings);
    assert!(imported.warnings[0].ends_with("were ignored: ZIP"));

    let file = raw(&["USER_ID", "ZIP"], &[&["u", "12345"]]);
    let message = run(file, &mapping, &options).unwrap_err().to_string();
    assert!(message.contains("Input CSV is missing the following columns:[GENDER, AGE]"), "{message}");
    let file = raw(&["USER_ID"], &[&["u"]]);
    let other = interactions();
    assert!(matches!(run(file, &other, &options), Err(DataError::Schema(SchemaError::OtherDataset { .. }))));
}

#[test]
fn mappings_that_cannot_be_are_refused() {
    let file = || raw(&["user", "item", "time"], &[&["u", "a", "1"]]);
    let mut absent = interactions();
    absent.fields[1].columns = vec!["product".into()];
    let message = run(file(), &absent, &ImportOptions::default()).unwrap_err().to_string();
    assert!(message.contains("product") && message.contains("ITEM_ID"), "{message}");
    let mut incomplete = interactions();
    incomplete.fields.remove(0);
    assert!(matches!(
        run(file(), &incomplete, &ImportOptions::default()),
        Err(DataError::Schema(SchemaError::MissingField { .. }))
    ));
}

#[test]
fn a_cancelled_import_leaves_nothing() {
    let job = JobContext::default();
    job.cancel();
    let file = raw(&["user", "item", "time"], &[&["u", "a", "1"]]);
    let result = check(file, "toy.csv", &interactions(), &ImportOptions::default(), NOW, &job);
    assert!(matches!(result, Err(DataError::Cancelled(_))));
}

/// By hand: users a < b; items in byte order with the one that only Items has; rows by user and time.
#[test]
fn encoding_by_hand() {
    let mut mapping = interactions();
    mapping.fields.push(plain("EVENT_TYPE", "event", FieldType::String));
    mapping.fields.push(mapped("EVENT_VALUE", "value", FieldType::Float, FieldRole::Plain, true));
    let file = raw(
        &["user", "item", "time", "event", "value"],
        &[
            &["b", "10", "5", "view", ""],
            &["a", "9", "7", "view", "0.5"],
            &["a", "x", "3", "buy", ""],
            &["a", "10", "3", "view", ""],
        ],
    );
    let Imported { table, schema, .. } = run(file, &mapping, &ImportOptions::default()).unwrap();
    let catalogue = raw(&["item", "genres", "plot", "year", "adult"], &[&["100", "X", "", "1990", ""]]);
    let catalogue = run(catalogue, &items(), &ImportOptions::default()).unwrap().table;
    let encoded = encode(&table, &schema, Some(&catalogue));
    assert_eq!(encoded.users.iter().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(encoded.items.iter().collect::<Vec<_>>(), ["10", "100", "9", "x"]);
    assert_eq!(encoded.event_types.iter().collect::<Vec<_>>(), ["buy", "view"]);
    assert_eq!(encoded.offsets, [0, 3, 4]);
    assert_eq!(encoded.item, [3, 0, 2, 0]);
    assert_eq!(encoded.timestamp, [3, 3, 7, 5]);
    assert_eq!(encoded.event_type, [0, 1, 1, 1]);
    assert_eq!(encoded.event_value[2], 0.5);
    assert!(encoded.event_value[0].is_nan());
    assert_eq!(encode(&table, &schema, None).n_items(), 3);
}
