//! Propensities that were planted in the sample are found, for people who were never seen.

use super::*;
use crate::data::sample::{SampleActions, SampleGroup, Sheet, shop_actions, tables};
use crate::data::{Metadata, Table, encode};
use crate::domain::DatasetType;
use crate::domain::schema::{FieldRole, FieldType, Schema, SchemaField};
use crate::recipes::{TrainingData, registry};
use std::collections::HashMap;
use std::sync::Arc;

/// A sheet as a dataset; columns in `numbers` are whole numbers, those in `categories` categories.
fn dataset(sheet: &Sheet, dataset: DatasetType, numbers: &[&str], categories: &[&str]) -> (Table, Schema) {
    let field = |name: &&'static str| SchemaField {
        name: (*name).to_owned(),
        kind: if numbers.contains(name) { FieldType::Long } else { FieldType::String },
        nullable: true,
        role: if categories.contains(name) { FieldRole::Categorical } else { FieldRole::Plain },
    };
    let schema = Schema { dataset, fields: sheet.columns.iter().map(field).collect() };
    let rows: Vec<BTreeMap<String, String>> = sheet
        .rows
        .iter()
        .map(|row| {
            let filled = sheet.columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            filled.map(|(name, cell)| ((*name).to_owned(), cell.clone())).collect()
        })
        .collect();
    (Table::of_cells(&schema, &rows).unwrap(), schema)
}

fn shop() -> (Arc<Interactions>, Metadata, Actions, SampleActions) {
    let shop = tables(SampleGroup::Shop);
    let sample = shop_actions();
    let (log, log_schema) = dataset(&shop.interactions, DatasetType::Interactions, &["TIMESTAMP"], &[]);
    let (items, item_schema) = dataset(&shop.items, DatasetType::Items, &[], &["CATEGORY_L1"]);
    let (users, user_schema) = dataset(&shop.users, DatasetType::Users, &["AGE"], &["COUNTRY", "MEMBERSHIP"]);
    let numbers = ["VALUE", "CREATION_TIMESTAMP", "EXPIRATION_TIMESTAMP", "REPEAT_FREQUENCY"];
    let (table, schema) = dataset(&sample.actions, DatasetType::Actions, &numbers, &["DEPARTMENT"]);
    let kind = DatasetType::ActionInteractions;
    let (answers, answer_schema) = dataset(&sample.interactions, kind, &["TIMESTAMP"], &[]);
    let interactions = Arc::new(encode(&log, &log_schema, Some(&items)));
    let metadata =
        Metadata::encode(&interactions, Some((&users, &user_schema)), Some((&items, &item_schema)));
    let actions = Actions::encode(&table, &schema, Some((&answers, &answer_schema)));
    (interactions, metadata, actions, sample)
}

/// The probabilities are right within two hundredths, tell people apart nearly as well as the truth does, and rank what
/// people take above what popularity says by more than luck. Two actions lack what a probability needs.
#[test]
fn planted_propensities_are_found_and_right() {
    let (interactions, metadata, actions, sample) = shop();
    let short: Vec<&str> = (0..actions.n_actions())
        .filter(|&action| !actions.has_enough[action])
        .map(|action| actions.ids().id(action as u32))
        .collect();
    assert_eq!(short, ["gift-card", "repair-cafe"]);
    let test = cut_actions(&interactions, &actions.log, 0, 0.4);
    let others: Vec<bool> = test.people.iter().map(|tested| !tested).collect();
    let learnt_from = Arc::new(actions.of_users(&others));
    let shares = taken_shares(&learnt_from, 14);
    let training = test.set.training(&interactions);
    let metadata = Metadata { actions: Some(learnt_from), ..metadata };
    let data = TrainingData::new(Arc::new(training), &metadata);
    let recipe = registry::find("aws-next-best-action").unwrap();
    let parameters = recipe.descriptor().parameters_from([]).unwrap();
    let job = JobContext::default();
    let model = recipe.train(&data, &parameters, 0, &job).unwrap();
    let both = (&*interactions, &actions);
    let own = ask_actions(scores_of(&*model), both, &test.people, 14, &job).unwrap();
    let popular = |_: &Query<'_>, scores: &mut [f32]| scores.copy_from_slice(&shares);
    let popular = ask_actions(popular, both, &test.people, 14, &job).unwrap();
    let planted: HashMap<(&str, &str, i64), f64> =
        sample.planted.iter().map(|(user, action, at, p)| ((user.as_str(), *action, *at), *p)).collect();
    let oracle = |query: &Query<'_>, scores: &mut [f32]| {
        let user = query.user.map(|user| interactions.users.id(user)).unwrap_or_default();
        for (action, score) in (0..).zip(scores) {
            let key = (user, actions.ids().id(action), query.now.unwrap_or(0));
            *score = planted.get(&key).copied().unwrap_or(0.0) as f32;
        }
    };
    let oracle = ask_actions(oracle, both, &test.people, 14, &job).unwrap();
    let of = |outcome: &ActionOutcome, key: &str| outcome.scores().metrics[key];
    println!(
        "{} showings: ECE {:.4}, of the truth {:.4}; AUC {:.4}, of the truth {:.4}, of popularity {:.4}; {}",
        own.showings.len(),
        of(&own, CALIBRATION_ERROR),
        of(&oracle, CALIBRATION_ERROR),
        of(&own, AUC),
        of(&oracle, AUC),
        of(&popular, AUC),
        own.against(&popular, "popularity", 0).unwrap()
    );
    assert!(own.showings.len() > 4_000, "{}", own.showings.len());
    assert!(of(&own, CALIBRATION_ERROR) < 0.02);
    assert!(of(&own, AUC) > of(&popular, AUC) + 0.03);
    assert!(of(&own, AUC) > of(&oracle, AUC) - 0.02, "far from the truth");
    let (better, worse) = (own.gains(), popular.gains());
    let difference: Vec<f32> = better.iter().zip(&worse).map(|(a, b)| a - b).collect();
    let mean = difference.iter().sum::<f32>() / difference.len() as f32;
    assert!(mean > 0.0 && p_value(&difference, 0) < 0.05);
}
