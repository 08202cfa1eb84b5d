//! Metadata reach a recipe in line with its rows, and without the columns that a solution leaves out.

use super::*;
use crate::data::{CategoricalFeature, Features, LeftOut, NumericFeature, Reason};

/// What the context of an event is planted to be: a whole number below 2²⁴ that no other event of the test has.
fn stamp(item: u32, time: i64) -> f32 {
    item as f32 * 1_000.0 + time as f32
}

/// The shop, whose events carry their [`stamp`] and an even or odd minute.
fn with_context() -> Interactions {
    let mut data = shop();
    let stamps = data.item.iter().zip(&data.timestamp).map(|(&item, &time)| stamp(item, time));
    let minute = CategoricalFeature {
        name: "MINUTE".to_owned(),
        values: Arc::new(Vocabulary::new(["even", "odd"])),
        offsets: (0..=data.len()).collect(),
        indices: data.timestamp.iter().map(|&time| u32::from(time % 2 == 1)).collect(),
    };
    data.context = Arc::new(Features {
        rows: data.len(),
        categorical: vec![minute],
        numeric: vec![NumericFeature { name: "STAMP".to_owned(), values: stamps.collect() }],
        left_out: vec![LeftOut { column: "SITE".to_owned(), reason: Reason::NoVariation }],
        ..Features::default()
    });
    data
}

/// Users with their age, items with their price and creation time, which is 7 for item 0 and unknown for others.
fn with_people(data: &Interactions) -> Metadata {
    let numbers = |name: &str, rows: usize| Features {
        rows,
        numeric: vec![NumericFeature { name: name.to_owned(), values: vec![1.0; rows] }],
        left_out: vec![LeftOut { column: format!("{name}_FLAT"), reason: Reason::NoVariation }],
        ..Features::default()
    };
    let mut created = vec![None; data.n_items()];
    created[0] = Some(7);
    Metadata {
        users: Arc::new(numbers("AGE", data.n_users())),
        items: Arc::new(numbers("PRICE", data.n_items())),
        item_created: Some(created.into()),
        actions: None,
    }
}

fn assert_in_line(interactions: &Interactions) {
    assert_eq!(interactions.context.rows, interactions.len());
    for row in 0..interactions.len() {
        let expected = stamp(interactions.item[row], interactions.timestamp[row]);
        assert_eq!(interactions.context.numeric[0].values[row], expected, "row {row}");
    }
}

#[test]
fn context_follows_its_rows_through_filter_split_and_history() {
    let data = with_context();
    assert_in_line(&data);
    let config = SolutionConfig { event_value_threshold: Some(0.5), ..config() };
    for kind in SplitKind::ALL {
        let test = cut(&data, &SplitSpec { kind, ..SplitSpec::default() });
        let filtered = filter_events(&data, &test, &config).unwrap();
        assert!(filtered.interactions.len() < data.len());
        assert_in_line(&filtered.interactions);
        let recipe = Remembers::default();
        let job = JobContext::default();
        train_filtered(&recipe, &filtered, &with_people(&data), &config, Rows::TrainingPart, &job).unwrap();
        train_filtered(&recipe, &filtered, &with_people(&data), &config, Rows::All(None), &job).unwrap();
        for (training, _) in recipe.0.lock().iter() {
            assert_in_line(&training.interactions);
            assert_eq!((training.users.rows, training.items.rows), (data.n_users(), data.n_items()));
        }
        // What a model is asked with: the input part of a history, each row with its own context.
        for case in &filtered.test.cases {
            let history = filtered.interactions.history(case.user).slice(0..case.input);
            for at in 0..history.len() {
                let number = history.context.unwrap().number(0, at);
                assert_eq!(number, stamp(history.items[at], history.timestamps[at]));
            }
        }
    }
}

#[test]
fn items_are_as_old_as_they_say_or_as_training_knows_them() {
    let data = shop();
    let test = cut(&data, &SplitSpec { kind: SplitKind::LeaveLastOut, ..SplitSpec::default() });
    let filtered = filter_events(&data, &test, &config()).unwrap();
    let recipe = Remembers::default();
    let metadata = with_people(&data);
    train_filtered(&recipe, &filtered, &metadata, &config(), Rows::TrainingPart, &JobContext::default())
        .unwrap();
    let (training, _) = &recipe.0.lock()[0];
    assert_eq!((training.item_created.len(), training.item_created[0]), (data.n_items(), 7));
    for item in 1..40 {
        let rows = (0..data.len()).filter(|&row| test.train[row] && data.item[row] == item);
        let oldest = rows.map(|row| data.timestamp[row]).min().unwrap();
        assert_eq!(training.item_created[item as usize], oldest);
    }
}

#[test]
fn columns_left_out_reach_neither_recipe_nor_request_nor_report() {
    let data = with_context();
    let test = cut(&data, &SplitSpec::default());
    let given = |excluded: &[&str]| {
        let excluded_columns = excluded.iter().map(|&column| column.to_owned()).collect();
        let config = SolutionConfig { excluded_columns, ..config() };
        let filtered = filter_events(&data, &test, &config).unwrap();
        let recipe = Remembers::default();
        let job = JobContext::default();
        let (_, report) =
            train_filtered(&recipe, &filtered, &with_people(&data), &config, Rows::TrainingPart, &job)
                .unwrap();
        let (training, _) = recipe.0.lock().remove(0);
        let names = |features: &Features| features.names().map(str::to_owned).collect::<Vec<_>>();
        let asked_with = names(&filtered.interactions.context);
        assert_eq!(names(&training.interactions.context), asked_with);
        ([names(&training.users), names(&training.items), asked_with], report.notes)
    };
    let (columns, notes) = given(&[]);
    assert_eq!(columns, [vec!["AGE"], vec!["PRICE"], vec!["MINUTE", "STAMP"]]);
    assert_eq!(
        notes,
        ["Users.AGE_FLAT", "Items.PRICE_FLAT", "Interactions.SITE"]
            .map(|column| format!("{column} is not trained on: it says the same in every row."))
    );
    let (columns, notes) =
        given(&["Users.AGE", "items.PRICE", "Interactions.MINUTE", "INTERACTIONS.SITE", "Items.AGE_FLAT"]);
    assert_eq!(columns, [vec![], vec![], vec!["STAMP"]]);
    assert_eq!(notes.len(), 2, "of SITE nothing is said: {notes:?}");
    // Unless a column of the context goes, nothing is copied.
    let config = SolutionConfig { excluded_columns: vec!["Users.AGE".to_owned()], ..config() };
    assert!(matches!(filter_events(&data, &test, &config).unwrap().interactions, Cow::Borrowed(_)));
}
