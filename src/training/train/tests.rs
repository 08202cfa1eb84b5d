//! Training with a recipe that remembers what it was given.

mod metadata;

use super::*;
use crate::data::Vocabulary;
use crate::domain::split::{SplitKind, SplitSpec};
use crate::domain::{Parameters, RecipeDescriptor, Task};
use crate::evaluation::{ask, cut};
use crate::jobs::Cancelled;
use crate::recipes::toy;
use crate::recipes::toy::{ToyModel, interactions, random_interactions};
use crate::recipes::{self, Artifact, ArtifactError, Query};
use parking_lot::Mutex;

static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "toy",
    title: "Toy",
    task: Task::UserPersonalization,
    question: "",
    about: "",
    reads: &DatasetType::ALL,
    parameters: &[],
    reads_order: false,
    takes_events: false,
    returns_scores: false,
    takes_objective: false,
    weighs_events: false,
    takes_updates: false,
    takes_promotions: false,
    second_generation: false,
    campaign_parameters: &[],
    open_baseline: true,
};

#[derive(Default)]
struct Remembers(Mutex<Vec<(TrainingData, u64)>>);

impl Recipe for Remembers {
    fn descriptor(&self) -> &'static RecipeDescriptor {
        &DESCRIPTOR
    }

    fn train(
        &self,
        data: &TrainingData,
        _: &Parameters,
        seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, recipes::TrainError> {
        job.check()?;
        self.0.lock().push((data.clone(), seed));
        Ok(Box::new(ToyModel {
            n_items: data.interactions.n_items(),
            score: |_: &Query<'_>, item| item as f32,
        }))
    }

    fn load(&self, _: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        Ok(Box::new(ToyModel { n_items: 0, score: |_: &Query<'_>, _| 0.0 }))
    }
}

fn config() -> SolutionConfig {
    SolutionConfig { seed: 42, ..SolutionConfig::of("toy", Parameters::default()) }
}

/// 300 users, 40 items; types `Click` (value 0.33), `cart` (0.66), `purchase` (1.0) and `view` (none) in turn.
fn shop() -> Interactions {
    let mut data = random_interactions(300, 120, 30, 8);
    data.event_types = Arc::new(Vocabulary::new(["Click", "cart", "purchase", "view"]));
    for row in 0..data.len() {
        data.event_type[row] = (row % 4) as u16;
        data.event_value[row] = [0.33, 0.66, 1.0, f32::NAN][row % 4];
    }
    data
}

#[test]
fn a_threshold_is_inclusive_and_drops_events_without_a_value() {
    let data = shop();
    let test = cut(&data, &SplitSpec::default());
    let count = |kind: usize| (0..data.len()).filter(|row| row % 4 == kind).count() as u64;

    let config = SolutionConfig { event_value_threshold: Some(0.66), ..config() };
    let filtered = filter_events(&data, &test, &config).unwrap();
    assert_eq!(filtered.interactions.len() as u64, count(1) + count(2));
    assert_eq!(
        filtered.dropped,
        [("no event value".to_owned(), count(3)), ("an event value below 0.66".to_owned(), count(0))]
    );

    // The case of a type does not count; the type and the threshold must both hold.
    let config = SolutionConfig { event_type: Some("CLICK".to_owned()), ..config };
    let filtered = filter_events(&data, &test, &config).unwrap();
    assert!(filtered.interactions.is_empty());
    assert_eq!(filtered.dropped[0].1, data.len() as u64 - count(0));
    let config = SolutionConfig { event_value_threshold: None, ..config };
    assert_eq!(filter_events(&data, &test, &config).unwrap().interactions.len() as u64, count(0));
}

/// Weights 0.3 and 0.1 are 1.5 and 0.5 of their mean, the service's own example; other types, and purchases below the
/// least value of their own, are left out.
#[test]
fn weighed_event_types_alone_are_trained_on() {
    let data = shop();
    let test = cut(&data, &SplitSpec::default());
    let entry = |name: &str, weight, least| EventWeight {
        event_type: name.to_owned(),
        weight,
        event_value_threshold: least,
    };
    let weights =
        vec![entry("PURCHASE", 0.3, Some(1.0)), entry("click", 0.1, None), entry("cart", 0.0, None)];
    let config = SolutionConfig { event_weights: weights, ..config() };
    let filtered = filter_events(&data, &test, &config).unwrap();
    let recipe = Remembers::default();
    let job = JobContext::default();
    train_filtered(&recipe, &filtered, &Metadata::none(&data), &config, Rows::TrainingPart, &job).unwrap();
    let (TrainingData { interactions, weights, .. }, _) = &recipe.0.lock()[0];
    let weights = weights.as_ref().unwrap();
    assert_eq!(weights.len(), interactions.len());
    // The mean is over the three entries.
    let of = |kind: u16| if interactions.event_types.id(kind.into()) == "purchase" { 2.25 } else { 0.75 };
    for (&kind, &weight) in interactions.event_type.iter().zip(weights.iter()) {
        assert!((weight - of(kind)).abs() < 1e-6, "{kind}: {weight}");
    }
    assert_eq!(filtered.dropped[0].0, "an event type without a weight");
    let too_high =
        SolutionConfig { event_weights: vec![entry("purchase", 1.0, Some(1.5))], ..config.clone() };
    assert!(filter_events(&data, &test, &too_high).unwrap().interactions.is_empty());

    let wrong =
        |event_weights| SolutionConfig { event_weights, ..config.clone() }.check_event_weights().unwrap_err();
    assert!(wrong(vec![entry("a", 1.5, None)]).contains("weight of a is 1.5; use a number from 0 to 1"));
    assert!(wrong(vec![entry("a", 0.5, None), entry("A", 0.5, None)]).contains("A has two weights"));
    assert!(wrong(vec![entry("a", 0.0, None)]).contains("weighs nothing"));
    assert!(wrong(vec![entry("a", 0.5, None); 11]).contains("11 event types"));
}

#[test]
fn what_is_used_and_dropped_adds_up_and_no_tested_row_is_seen() {
    let data = shop();
    let test = cut(&data, &SplitSpec::default());
    let config = SolutionConfig { event_value_threshold: Some(0.3), ..config() };
    let filtered = filter_events(&data, &test, &config).unwrap();
    let recipe = Remembers::default();
    let (_, report) = train_filtered(
        &recipe,
        &filtered,
        &Metadata::none(&data),
        &config,
        Rows::TrainingPart,
        &JobContext::default(),
    )
    .unwrap();

    let dropped: u64 = report.dropped.iter().map(|(_, rows)| rows).sum();
    assert_eq!(report.rows_used + dropped, data.len() as u64);
    let seen = recipe.0.lock();
    let (TrainingData { interactions: training, .. }, seed) = &seen[0];
    assert_eq!((training.len() as u64, *seed), (report.rows_used, 42));
    assert!(!test.cases.is_empty());
    assert!(test.cases.iter().all(|case| training.rows(case.user).is_empty()));
    assert_eq!(report.trained_on.to_string(), "training part of test set `personalize`");
}

#[test]
fn a_refit_sees_everything_and_says_so() {
    let data = shop();
    let test = cut(&data, &SplitSpec { kind: SplitKind::LeaveLastOut, ..SplitSpec::default() });
    let filtered = filter_events(&data, &test, &config()).unwrap();
    let recipe = Remembers::default();
    let tuned = Tuned { epochs: vec![7], mixture: None };
    let (_, report) = train_filtered(
        &recipe,
        &filtered,
        &Metadata::none(&data),
        &config(),
        Rows::All(Some(tuned.clone())),
        &JobContext::default(),
    )
    .unwrap();
    assert_eq!((report.rows_used, report.trained_on), (data.len() as u64, TrainedOn::AllData));
    assert!(report.dropped.is_empty());
    assert_eq!(recipe.0.lock()[0].0.tuned, Some(tuned), "what was found good before is taken over");
}

/// Users whose histories are too short by the recipe's percentiles count among what was dropped.
#[test]
fn users_left_out_by_percentiles_are_no_users_used() {
    let data = shop();
    let test = cut(&data, &SplitSpec::default());
    let parameters = [("min_user_history_length_percentile", "0.5")];
    let sims = recipes::registry::find("sims").unwrap().descriptor().parameters_from(parameters).unwrap();
    let config = SolutionConfig { parameters: sims, ..config() };
    let filtered = filter_events(&data, &test, &config).unwrap();
    let recipe = Remembers::default();
    let job = JobContext::default();
    let (_, report) =
        train_filtered(&recipe, &filtered, &Metadata::none(&data), &config, Rows::TrainingPart, &job)
            .unwrap();
    let (training, _) = &recipe.0.lock()[0];
    let mut lengths: Vec<u64> = (0..training.interactions.n_users() as u32)
        .map(|user| training.interactions.rows(user).len() as u64)
        .filter(|&length| length > 0)
        .collect();
    lengths.sort_unstable();
    let middle = (lengths[(lengths.len() - 1) / 2] + lengths[lengths.len() / 2]) as f64 / 2.0;
    let kept: Vec<u64> = lengths.into_iter().filter(|&length| length as f64 >= middle).collect();
    assert_eq!((report.users_used, report.rows_used), (kept.len() as u64, kept.iter().sum()));
    let dropped: u64 = report.dropped.iter().map(|(_, rows)| rows).sum();
    assert_eq!(report.rows_used + dropped, data.len() as u64);
}

/// `users` users, one row each, and `extra` further rows of the first of them.
fn rows(users: usize, each: usize) -> Interactions {
    let rows: Vec<(String, String, i64)> = (0..users)
        .flat_map(|user| {
            (0..each).map(move |row| (format!("u{user:04}"), format!("i{}", row % 7), row as i64))
        })
        .collect();
    let rows: Vec<(&str, &str, i64)> =
        rows.iter().map(|row| (row.0.as_str(), row.1.as_str(), row.2)).collect();
    interactions(&rows)
}

#[test]
fn minima_are_the_services_to_the_row() {
    assert!(check_minima(&rows(25, 40), None).is_ok(), "1,000 rows of 25 users");

    let few = check_minima(&rows(27, 37), Some("purchase")).unwrap_err();
    assert_eq!(
        few.to_string(),
        "Dataset has fewer than 1000 interactions after filtering by event type: purchase"
    );
    let hint = few.hint().unwrap();
    assert!(hint.contains("999 interactions") && hint.contains("1 interactions and 0 users more"), "{hint}");

    let few = check_minima(&rows(24, 50), None).unwrap_err();
    assert_eq!(
        few.to_string(),
        "Create failed. Dataset has fewer than 25 users with at least 2 interactions each."
    );
}

#[test]
fn one_user_in_a_hundred_must_return() {
    let with_singles = |singles: usize| {
        let mut rows: Vec<(String, i64)> =
            (0..25).flat_map(|user| (0..2).map(move |t| (format!("r{user}"), t))).collect();
        rows.extend((0..singles).map(|user| (format!("s{user}"), 0)));
        let rows: Vec<(&str, &str, i64)> = rows.iter().map(|row| (row.0.as_str(), "x", row.1)).collect();
        check_minima(&interactions(&rows), None)
    };
    assert!(with_singles(2_475).is_ok(), "25 of 2,500");
    let error = with_singles(2_476).unwrap_err();
    assert!(error.to_string().contains("2501 users, of whom only 25"), "{error}");
    assert!(error.hint().unwrap().contains("USER_ID"), "{:?}", error.hint());
}

#[test]
fn unknown_recipes_other_data_and_cancels_are_told_apart() {
    let data = shop();
    let test = cut(&data, &SplitSpec::default());
    let unknown = SolutionConfig { recipe: "no-such".to_owned(), ..config() };
    let error = train(&data, &Metadata::none(&data), &test, &unknown, &JobContext::default()).err().unwrap();
    assert!(error.to_string().contains("no-such"), "{error}");
    let error = filter_events(&rows(3, 3), &test, &config()).err().unwrap();
    assert!(matches!(error, TrainError::OtherData { found: 9, .. }), "{error}");

    let job = JobContext::default();
    job.cancel();
    let filtered = filter_events(&data, &test, &config()).unwrap();
    let error = train_filtered(
        &Remembers::default(),
        &filtered,
        &Metadata::none(&data),
        &config(),
        Rows::TrainingPart,
        &job,
    )
    .err()
    .unwrap();
    assert!(matches!(error, TrainError::Cancelled(Cancelled)), "{error}");
}

/// Every recipe there is, through the whole path: the same model and the same scores, bit for bit.
#[test]
fn every_recipe_is_the_same_on_one_and_two_threads() {
    let data = shop();
    let test = cut(&data, &SplitSpec::default());
    // Actions are asked for by other questions than a test set of items has.
    let of_items = registry::all().iter().filter(|recipe| !recipe.descriptor().recommends_actions());
    for recipe in of_items {
        let descriptor = recipe.descriptor();
        let config = SolutionConfig {
            recipe: descriptor.name.to_owned(),
            parameters: toy::parameters(*recipe),
            ..config()
        };
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let job = JobContext::default();
                let (model, report) = train(&data, &Metadata::none(&data), &test, &config, &job).unwrap();
                let lists = ask(&*model, &data, &test, true, &job).unwrap();
                (model.save().unwrap(), lists, report.notes)
            })
        };
        let (one, two) = (on(1), on(2));
        assert!(one == two, "{}", descriptor.name);
        assert_eq!(one.1.len(), test.cases.len());
    }
    assert!(!registry::all().is_empty());
}

/// SIMS leaves out the most frequent tenth of the items by default; the report says so.
#[test]
fn what_a_recipe_leaves_out_is_reported() {
    let data = shop();
    let test = cut(&data, &SplitSpec::default());
    let sims = registry::find("aws-sims").unwrap().descriptor();
    let config = SolutionConfig {
        recipe: "aws-sims".to_owned(),
        parameters: sims.parameters_from([]).unwrap(),
        ..config()
    };
    let (_, report) = train(&data, &Metadata::none(&data), &test, &config, &JobContext::default()).unwrap();
    assert!(report.notes.iter().any(|note| note.contains("items")), "{:?}", report.notes);
}
