//! Each insight, where it is raised and where it is not.

use super::{DatasetCount, DatasetType, InsightKind, Schema, Severity, Table, analyze};
use crate::domain::schema::{FieldRole, FieldType, SchemaField};
use polars::prelude::{DataFrame, DataType, IntoColumn, NamedFrom, Series, df};
use std::collections::BTreeSet;

fn field(name: &str, kind: FieldType, role: FieldRole) -> SchemaField {
    SchemaField { name: name.into(), kind, nullable: true, role }
}

fn schema(dataset: DatasetType, fields: &[(&str, FieldType, FieldRole)]) -> Schema {
    Schema { dataset, fields: fields.iter().map(|&(name, kind, role)| field(name, kind, role)).collect() }
}

/// Interactions that meet every expectation: 25 users, 40 interactions each, over 40 items.
fn interactions(users: usize, each: usize) -> DataFrame {
    let rows: Vec<(usize, usize)> =
        (0..users).flat_map(|user| (0..each).map(move |event| (user, event))).collect();
    df!(
        "USER_ID" => rows.iter().map(|row| format!("u{}", row.0)).collect::<Vec<_>>(),
        "ITEM_ID" => rows.iter().map(|row| format!("i{}", row.1)).collect::<Vec<_>>(),
        "TIMESTAMP" => rows.iter().map(|row| (row.0 * 1_000 + row.1) as i64).collect::<Vec<_>>(),
        "EVENT_TYPE" => rows.iter().map(|row| ["view", "buy"][row.1 % 2]).collect::<Vec<_>>(),
    )
    .unwrap()
}

fn interactions_schema(extra: &[(&str, FieldType, FieldRole)]) -> Schema {
    let mut fields = vec![
        ("USER_ID", FieldType::String, FieldRole::Plain),
        ("ITEM_ID", FieldType::String, FieldRole::Plain),
        ("TIMESTAMP", FieldType::Long, FieldRole::Plain),
        ("EVENT_TYPE", FieldType::String, FieldRole::Plain),
    ];
    fields.extend_from_slice(extra);
    schema(DatasetType::Interactions, &fields)
}

fn items(column: &str, series: Series, role: FieldRole) -> (Table, Schema) {
    let kind = if series.dtype() == &DataType::String { FieldType::String } else { FieldType::Double };
    let ids: Vec<String> = (0..series.len()).map(|item| format!("i{item}")).collect();
    let frame = df!("ITEM_ID" => ids, column => series).unwrap();
    let schema =
        schema(DatasetType::Items, &[("ITEM_ID", FieldType::String, FieldRole::Plain), (column, kind, role)]);
    (Table::new(frame), schema)
}

fn kinds(datasets: &[(&Table, &Schema)]) -> Vec<InsightKind> {
    let found: BTreeSet<InsightKind> =
        analyze(datasets).insights.into_iter().map(|insight| insight.kind).collect();
    found.into_iter().collect()
}

fn of_interactions(frame: DataFrame) -> Vec<InsightKind> {
    kinds(&[(&Table::new(frame), &interactions_schema(&[]))])
}

/// The insights that Items with this column add to good interactions.
fn of_items(column: &str, series: Series, role: FieldRole) -> Vec<InsightKind> {
    let (items, items_schema) = items(column, series, role);
    let (table, schema) = (Table::new(interactions(items.rows().max(25), 40)), interactions_schema(&[]));
    let mut found = kinds(&[(&table, &schema), (&items, &items_schema)]);
    found.retain(|kind| *kind != InsightKind::ItemsWithoutInteractions);
    found
}

#[test]
fn good_data_raises_nothing() {
    assert_eq!(of_interactions(interactions(25, 40)), []);
}

#[test]
fn too_few_interactions_and_users() {
    assert_eq!(of_interactions(interactions(27, 37)), [InsightKind::TooFewInteractions]);
    assert_eq!(of_interactions(interactions(24, 42)), [InsightKind::TooFewUsers]);
    let table = Table::new(interactions(27, 37));
    let found = analyze(&[(&table, &interactions_schema(&[]))]).insights;
    assert_eq!(found[0].statement, "There are 999 interactions; at least 1,000 are needed, 1 more.");
    assert_eq!(found[0].severity, Severity::Error);
}

#[test]
fn constant_timestamps() {
    let mut frame = interactions(25, 40);
    frame.with_column(Series::new("TIMESTAMP".into(), vec![7_i64; 1_000]).into_column()).unwrap();
    assert_eq!(of_interactions(frame.clone()), [InsightKind::ConstantTimestamp]);
    let mut times = vec![7_i64; 1_000];
    times[999] = 8;
    frame.with_column(Series::new("TIMESTAMP".into(), times).into_column()).unwrap();
    assert_eq!(of_interactions(frame), []);
}

/// Event types and metadata columns are counted together: 8 and 2 are ten, 8 and 3 eleven.
#[test]
fn too_many_event_types() {
    let mut frame = interactions(25, 40);
    let types: Vec<String> = (0..1_000).map(|row| format!("t{}", row % 8)).collect();
    frame.with_column(Series::new("EVENT_TYPE".into(), types).into_column()).unwrap();
    let extra = [("A1", FieldType::Int, FieldRole::Plain), ("B2", FieldType::Int, FieldRole::Plain)];
    let more = [extra[0], extra[1], ("C3", FieldType::Int, FieldRole::Plain)];
    for name in ["A1", "B2", "C3"] {
        frame.with_column(Series::new(name.into(), vec![1_i32; 1_000]).into_column()).unwrap();
    }
    let table = Table::new(frame);
    assert_eq!(kinds(&[(&table, &interactions_schema(&extra))]), []);
    assert_eq!(kinds(&[(&table, &interactions_schema(&more))]), [InsightKind::TooManyEventTypes]);
}

#[test]
fn rows_without_interactions() {
    let (table, schema) = (Table::new(interactions(25, 40)), interactions_schema(&[]));
    let prices = |count: usize| Series::new("PRICE".into(), vec![1.0_f64; count]);
    let (all, all_schema) = items("PRICE", prices(40), FieldRole::Plain);
    assert_eq!(kinds(&[(&table, &schema), (&all, &all_schema)]), []);
    let (more, more_schema) = items("PRICE", prices(50), FieldRole::Plain);
    let found = analyze(&[(&table, &schema), (&more, &more_schema)]).insights;
    assert_eq!(found.len(), 1);
    assert!(found[0].statement.starts_with("20 % of the items have no interaction (10 of 50)"), "{found:?}");

    let users = |count: usize| {
        let ids: Vec<String> = (0..count).map(|user| format!("u{user}")).collect();
        Table::new(df!("USER_ID" => ids, "AGE" => vec![30_i32; count]).unwrap())
    };
    let users_schema = self::schema(
        DatasetType::Users,
        &[("USER_ID", FieldType::String, FieldRole::Plain), ("AGE", FieldType::Int, FieldRole::Plain)],
    );
    assert_eq!(kinds(&[(&table, &schema), (&users(25), &users_schema)]), []);
    let found = kinds(&[(&table, &schema), (&users(26), &users_schema)]);
    assert_eq!(found, [InsightKind::UsersWithoutInteractions]);
}

#[test]
fn incomplete_rows_and_columns() {
    let filled = |filled: usize| {
        let cells: Vec<Option<&str>> = (0..100).map(|row| (row < filled).then_some("x")).collect();
        Series::new("KIND".into(), cells)
    };
    assert_eq!(of_items("KIND", filled(100), FieldRole::Categorical), []);
    assert_eq!(of_items("KIND", filled(70), FieldRole::Categorical), [InsightKind::IncompleteRows]);
    let both = [InsightKind::IncompleteRows, InsightKind::IncompleteColumn];
    assert_eq!(of_items("KIND", filled(69), FieldRole::Categorical), both);
    assert_eq!(of_items("KIND", filled(85), FieldRole::Textual), [InsightKind::IncompleteRows]);
    let sparse = [InsightKind::IncompleteRows, InsightKind::SparseText];
    assert_eq!(of_items("KIND", filled(84), FieldRole::Textual), sparse);
}

#[test]
fn too_many_categories() {
    let cells = |categories: usize| {
        let cells: Vec<String> = (0..categories).map(|row| format!("c{row}|shared")).collect();
        Series::new("TAGS".into(), cells)
    };
    assert_eq!(of_items("TAGS", cells(999), FieldRole::Categorical), []);
    assert_eq!(of_items("TAGS", cells(1_000), FieldRole::Categorical), [InsightKind::TooManyCategories]);
}

/// Of 0 … 100 the quartiles are 25 and 75, so the bounds are −50 and 150.
#[test]
fn outliers() {
    let values = |last: f64| {
        let mut values: Vec<f64> = (0..100).map(f64::from).collect();
        values.push(last);
        Series::new("PRICE".into(), values)
    };
    assert_eq!(of_items("PRICE", values(150.0), FieldRole::Plain), []);
    assert_eq!(of_items("PRICE", values(150.1), FieldRole::Plain), [InsightKind::Outliers]);
    let (table, schema) = items("PRICE", values(150.1), FieldRole::Plain);
    let statement = &analyze(&[(&table, &schema)]).insights[0].statement;
    assert_eq!(
        statement,
        "PRICE has 1 outlier (1 % of its values), outside -50 … 150: Q1 − 1.5·IQR and Q3 + 1.5·IQR."
    );
}

#[test]
fn series_are_counted() {
    let frame = df!(
        "USER_ID" => ["a", "a", "b", "c"],
        "ITEM_ID" => ["x", "y", "y", "y"],
        "TIMESTAMP" => [0_i64, 30, 150, 60],
        "EVENT_TYPE" => ["view", "buy", "view", "view"],
    );
    let found = analyze(&[(&Table::new(frame.unwrap()), &interactions_schema(&[]))]);
    assert_eq!(found.over_time, [(0, 2), (60, 1), (120, 1)]);
    assert_eq!(found.history_lengths, [(1, 2), (2, 1)]);
    assert_eq!(found.popularity, [3, 1]);
    assert_eq!(found.event_types, [("view".to_owned(), 3), ("buy".to_owned(), 1)]);
    let count = DatasetCount { dataset: DatasetType::Interactions, rows: 4, users: 3, items: 2 };
    assert_eq!(found.counts, [count]);
}

/// A span of any length makes at most 200 periods, and every interaction is in one.
#[test]
fn long_spans_have_few_periods() {
    for last in [59_i64, 100_000, 100_000_000, 4_000_000_000] {
        let times: Vec<i64> = (0..=10).map(|step| last / 10 * step).collect();
        let ids = vec!["a"; 11];
        let frame = df!("USER_ID" => ids.clone(), "ITEM_ID" => ids, "TIMESTAMP" => times).unwrap();
        let periods = analyze(&[(&Table::new(frame), &interactions_schema(&[]))]).over_time;
        assert!(periods.len() <= 200, "{}", periods.len());
        assert_eq!(periods.iter().map(|period| period.1).sum::<u64>(), 11);
    }
}
