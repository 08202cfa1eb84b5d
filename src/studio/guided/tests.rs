//! Guided comparisons, and what they rest on: an objective, metadata left out, lists kept.

use super::*;
use crate::data::sample::{self, SampleGroup};
use crate::domain::solution::Device;
use crate::evaluation::metrics::MetricAt;
use crate::studio::{EvaluateRequest, recipe};
use std::path::Path;

fn films(folder: &Path) -> Studio {
    sample::write(SampleGroup::Films, folder).unwrap();
    let studio = Studio::create(&folder.join("films.bespoke")).unwrap();
    studio.import_sample(SampleGroup::Films, folder, &JobContext::default()).unwrap();
    studio
}

/// A training with some parameters set.
fn with(name: &str, set: &[(&str, &str)]) -> TrainRequest {
    let parameters = recipe(name).unwrap().parameters_from(set.iter().copied()).unwrap();
    let config = SolutionConfig { device: Device::Cpu, ..SolutionConfig::of(name, parameters) };
    TrainRequest { group: "films".to_owned(), solution: None, config }
}

/// Networks as small as they may be.
const SMALL: [(&str, &str); 2] = [("hidden_dimension", "32"), ("bptt", "16")];

#[test]
fn each_comparison_differs_in_what_it_is_about() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let group = studio.group("films").unwrap();
    let of = |guided| studio.guided_trainings(&group, guided).unwrap();
    let by_time = of(Guided::TemporalHoldOut);
    assert!(
        by_time.iter().any(|(_, config)| config.recipe == "popularity-count"),
        "a baseline is among them"
    );
    let metadata = of(Guided::Metadata);
    let excluded: Vec<usize> = metadata.iter().map(|(_, config)| config.excluded_columns.len()).collect();
    assert_eq!((excluded[0], metadata[0].0.as_str()), (0, "all metadata"));
    assert_eq!(*excluded.last().unwrap(), studio.metadata_columns(&group).unwrap().len());
    assert!(metadata.iter().all(|(_, config)| studio.check_config(&group, config).is_ok()));
    let objective = of(Guided::Objective);
    let sensitivities = objective.iter().map(|(_, config)| {
        studio.check_config(&group, config).unwrap();
        config.objective.as_ref().unwrap().objective_sensitivity
    });
    assert_eq!(sensitivities.collect::<Vec<_>>(), [Sensitivity::Off, Sensitivity::Low, Sensitivity::High]);
}

#[test]
fn an_objective_brings_more_of_its_attribute_and_is_refused_where_it_means_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let job = JobContext::default();
    let asking = |sensitivity| {
        let mut request = with("user-personalization", &SMALL);
        request.config.objective =
            Some(ItemObjective { item_attribute: "YEAR".to_owned(), objective_sensitivity: sensitivity });
        request
    };
    for sensitivity in [Sensitivity::Off, Sensitivity::High] {
        studio.train(&asking(sensitivity), &job).unwrap();
    }
    let keys = ["average_attribute_at_10", "average_rewards_at_10", "precision_at_10"];
    let metrics = keys.map(|key| MetricAt::parse(key).unwrap()).to_vec();
    let request = EvaluateRequest { group: "films".to_owned(), metrics, ..EvaluateRequest::default() };
    let view = studio.evaluate(&request, &job).unwrap();
    let year = |name: &str| {
        let row = view.results.iter().find(|row| row.name == name).unwrap();
        assert!((0.0..=1.0).contains(&row.metrics["average_rewards_at_10"]), "{row:?}");
        row.metrics["average_attribute_at_10"]
    };
    let (off, high) = (year("user-personalization/1"), year("user-personalization/2"));
    assert!(high > off + 1.0, "{off} and {high}: three quarters of the score ask for new films");
    // What was stored answers as what was trained.
    let reopened = {
        drop(studio);
        Studio::open(&folder.path().join("films.bespoke"), crate::store::OpenMode::ReadWrite).unwrap()
    };
    let again = reopened.evaluate(&request, &job).unwrap();
    assert_eq!(again.results, view.results);
    let refused = |request: &TrainRequest| format!("{:#}", reopened.train(request, &job).unwrap_err());
    let mut text = asking(Sensitivity::Low);
    text.config.objective.as_mut().unwrap().item_attribute = "GENRES".to_owned();
    assert!(refused(&text).contains("`GENRES` is no column of Items that holds numbers"));
    let mut ease = with("ease", &[]);
    ease.config.objective = asking(Sensitivity::Low).config.objective;
    assert!(refused(&ease).contains("ease weighs relevance alone"));
}

/// The more is explored, the more of the lists is new; not exploring is the model's own lists.
#[test]
fn exploring_brings_new_items_into_lists() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let job = JobContext::default();
    studio.train(&with("user-personalization", &SMALL), &job).unwrap();
    let group = studio.group("films").unwrap();
    let names = studio.explored(&group, "user-personalization/1", &job).unwrap();
    assert_eq!(names, ["exploring-0", "exploring-0-3", "exploring-1"]);
    let metrics = ["new_items_share_at_25", "precision_at_10"].map(|key| MetricAt::parse(key).unwrap());
    let request = EvaluateRequest {
        group: "films".to_owned(),
        metrics: metrics.to_vec(),
        ..EvaluateRequest::default()
    };
    let view = studio.evaluate(&request, &job).unwrap();
    let row = |name: &str| &view.results.iter().find(|row| row.name == name).unwrap().metrics;
    let new = names.iter().map(|name| row(name)["new_items_share_at_25"]).collect::<Vec<_>>();
    assert!(new.is_sorted() && new[2] > new[0], "{new:?}");
    assert_eq!(row("exploring-0"), row("user-personalization/1"));
}

/// Lists that a version would give, kept as another tool's, have its figures; they stay when the project is opened again.
#[test]
fn kept_lists_of_a_version_have_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let job = JobContext::default();
    studio.train(&with("sequential-rules", &[]), &job).unwrap();
    let request = EvaluateRequest { group: "films".to_owned(), ..EvaluateRequest::default() };
    studio.export_lists(&request, folder.path(), &job).unwrap();
    let lists = folder.path().join("sequential-rules-1").join("lists.jsonl");
    let kept = studio.keep_lists("films", "their-rules", &lists, &job).unwrap();
    assert_eq!((kept.name.as_str(), kept.source.as_str()), ("their-rules", "lists.jsonl"));
    let nobody = folder.path().join("nobody.csv");
    std::fs::write(&nobody, "userId,itemId\nno-such-user,film-1\n").unwrap();
    let error = studio.keep_lists("films", "nobody", &nobody, &job).unwrap_err().to_string();
    assert!(error.contains("none of its 1 users is tested"), "{error}");
    drop(studio);
    let path = folder.path().join("films.bespoke");
    let studio = Studio::open(&path, crate::store::OpenMode::ReadWrite).unwrap();
    let view = studio.evaluate(&request, &job).unwrap();
    let row = |name: &str| view.results.iter().find(|row| row.name == name).unwrap();
    assert_eq!(row("their-rules").metrics, row("sequential-rules/1").metrics);
    assert_eq!(row("their-rules").recipe, "imported lists");
    studio.delete_lists("films", "their-rules").unwrap();
    assert!(studio.evaluate(&request, &job).unwrap().results.iter().all(|row| row.name != "their-rules"));
    assert_eq!(studio.check().unwrap(), Vec::<String>::new());
}

/// The sample's films have series of their own, so what is said of a film tells what comes next; that of people less.
#[test]
fn the_worth_of_metadata_is_told_and_useless_ones_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let job = JobContext::default();
    studio.train(&with("hrnn-metadata", &SMALL), &job).unwrap();
    let metric = MetricAt::parse("normalized_discounted_cumulative_gain_at_10").unwrap();
    let found = studio.worth("films", "hrnn-metadata/1", metric, false, &job).unwrap();
    let read: Vec<&str> = found.iter().map(|worth| worth.column.as_str()).collect();
    assert!(read.iter().any(|column| column.starts_with("Items.")), "{read:?}");
    assert!(found.is_sorted_by(|a, b| a.loss >= b.loss));
    assert!(found.iter().all(|worth| worth.interval.0 <= worth.loss && worth.loss <= worth.interval.1));
    assert_eq!(found, studio.worth("films", "hrnn-metadata/1", metric, false, &job).unwrap());
    let left_out = vec![found[0].column.clone()];
    let version = studio.train_without("films", "hrnn-metadata/1", &left_out, &job).unwrap();
    assert_eq!((version.name.as_str(), &version.config.excluded_columns), ("hrnn-metadata/2", &left_out));
    let without = studio.worth("films", "hrnn-metadata/2", metric, false, &job).unwrap();
    assert!(without.iter().all(|worth| worth.column != left_out[0]), "{without:?}");
    let coverage = MetricAt::parse("coverage").unwrap();
    let error = studio.worth("films", "hrnn-metadata/1", coverage, false, &job).unwrap_err().to_string();
    assert!(error.contains("no value per user"), "{error}");
}

/// What stands behind a point: everything that is said of a person is what the data and the lists say.
#[test]
fn a_tested_person_is_told_by_what_they_had_and_what_they_were_shown() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let job = JobContext::default();
    studio.train(&with("sequential-rules", &[]), &job).unwrap();
    let request = EvaluateRequest { group: "films".to_owned(), ..EvaluateRequest::default() };
    let lab = studio.evaluate(&request, &job).unwrap().lab;
    let benchmark = &lab.contestants[0].benchmark;
    for case in [0, 7] {
        let told = studio.tested_user("films", &lab, case).unwrap();
        let asked = &benchmark.test.cases[case];
        assert_eq!(told.user, benchmark.interactions.users.id(asked.user));
        assert_eq!((told.truth.len(), told.lists.len()), (asked.truth.len(), lab.contestants.len()));
        assert_eq!(told.history.len(), asked.input.min(100));
        let newest = studio.user_history("films", &told.user, 1_000).unwrap();
        let held_back = newest.len() - asked.input;
        assert_eq!(
            told.history[..5],
            newest[held_back..held_back + 5],
            "what came after is not told as had before"
        );
        for list in &told.lists {
            for item in list {
                assert_eq!(item.is_hit, told.truth.iter().any(|truth| truth.id == item.id));
                assert_eq!(item.was_seen, newest[held_back..].iter().any(|event| event.item == item.id));
                assert_ne!(item.title, item.id, "films have titles");
            }
        }
    }
    assert!(studio.tested_user("films", &lab, 1_000_000).is_err());
}
