//! Batch files byte by byte, and against single requests.

use super::*;
use crate::domain::exploration::Exploration;
use crate::recipes::toy::{self, ToyModel, random_interactions};
use crate::recipes::{Query, TrainingData, registry};
use crate::serving::toy::{descriptor, histories, model};
use crate::serving::{Novelty, RecommendRequest};

fn run(task: Task, returns_scores: bool, input: &str, options: BatchOptions) -> (String, BatchCounts) {
    let data = histories();
    let model = model(&data);
    let descriptor = descriptor(task, returns_scores);
    let campaign = Campaign::new(&model, &descriptor, &data);
    let input = if input == "all" { BatchInput::All } else { BatchInput::Lines(Box::new(input.as_bytes())) };
    let mut output = Vec::new();
    let counts = batch(campaign, input, &mut output, options, &JobContext::default()).unwrap();
    (String::from_utf8(output).unwrap(), counts)
}

fn lines(task: Task, returns_scores: bool, input: &str) -> String {
    run(task, returns_scores, input, BatchOptions::default()).0
}

#[test]
fn lines_are_the_services_for_every_task() {
    assert_eq!(
        lines(Task::UserPersonalization, true, "{\"userId\":\"891\"}\n"),
        "{\"input\":{\"userId\":\"891\"},\"output\":{\"recommendedItems\":[\"27\",\"886\",\"101\"],\"scores\":[0.5,0.5,0.0]},\"error\":null}\n"
    );
    assert_eq!(
        lines(Task::PopularItems, false, "{\"userId\":\"4638\"}"),
        "{\"input\":{\"userId\":\"4638\"},\"output\":{\"recommendedItems\":[\"101\",\"27\",\"886\"]},\"error\":null}\n"
    );
    assert_eq!(
        lines(Task::RelatedItems, false, "{\"itemId\":\"886\"}\n"),
        "{\"input\":{\"itemId\":\"886\"},\"output\":{\"recommendedItems\":[\"886\",\"27\",\"101\"]}}\n"
    );
    assert_eq!(
        lines(
            Task::PersonalizedRanking,
            true,
            "{\"userId\":\"891\",\"itemList\":[\"101\",\"no\",\"886\"]}\n"
        ),
        "{\"input\":{\"userId\":\"891\",\"itemList\":[\"101\",\"no\",\"886\"]},\"output\":{\"recommendedItems\":[\"886\",\"101\",\"no\"],\"scores\":[1.0,0.0,null]}}\n"
    );
}

#[test]
fn a_bad_line_keeps_its_place_and_says_what_is_wrong() {
    let input = "{\"userId\":\"891\"}\nnot json\n{\"userId\":7}\n\n[1]\n{\"userId\":\"z\",\"filterValues\":{}}\n{\"userId\":\"z\"}\n";
    let (output, counts) = run(Task::UserPersonalization, false, input, BatchOptions::default());
    let lines: Vec<serde_json::Value> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), counts.lines, counts.errors), (7, 7, 5));
    assert_eq!(counts.first_errors.iter().map(|error| error.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);

    let errors =
        ["is not JSON", "`userId` is 7; give a string", "is empty", "not a JSON object", "`filterValues`"];
    for (line, expected) in lines[1..6].iter().zip(errors) {
        assert!(line["error"].as_str().unwrap().contains(expected), "{line}");
        assert!(line["output"].is_null());
        assert_eq!(line.as_object().unwrap().keys().collect::<Vec<_>>(), ["input", "output", "error"]);
    }
    assert_eq!(lines[1]["input"], "not json");
    assert_eq!(lines[2]["input"], serde_json::json!({"userId": 7}));
    assert_eq!(lines[6]["input"], serde_json::json!({"userId": "z"}));
}

/// Context is read as in a request: here by no recipe.
#[test]
fn context_of_a_line_is_checked_as_that_of_a_request() {
    let input = "{\"userId\":\"z\",\"context\":{}}\n{\"userId\":\"z\",\"context\":{\"A\":\"1\"}}\n{\"userId\":\"z\",\"context\":[1]}\n";
    let (_, counts) = run(Task::UserPersonalization, false, input, BatchOptions::default());
    let said: Vec<&str> = counts.first_errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(counts.errors, 2, "{said:?}");
    assert!(said[0].contains("names the column `A`; this version was not trained on context"), "{said:?}");
    assert!(said[1].starts_with("`context` is [1]; give an object of strings by column"), "{said:?}");
}

#[test]
fn tables_have_a_row_per_item() {
    let csv = BatchOptions { num_results: 2, format: BatchFormat::Csv };
    let input = "{\"userId\":\"new,one\"}\nbad\n{\"userId\":\"891\"}\n";
    let (output, counts) = run(Task::UserPersonalization, true, input, csv);
    assert_eq!(
        output,
        "userId,rank,itemId,score\n\"new,one\",1,101,1\n\"new,one\",2,27,0\n891,1,27,0.5\n891,2,886,0.5\n"
    );
    assert_eq!(counts.errors, 1);
    let (output, _) = run(Task::RelatedItems, false, "{\"itemId\":\"27\"}", csv);
    assert_eq!(output, "itemId,rank,relatedItemId,score\n27,1,27,\n27,2,101,\n");
}

#[test]
fn all_asks_for_every_user_or_item_in_order() {
    let (output, counts) = run(Task::UserPersonalization, false, "all", BatchOptions::default());
    assert_eq!(counts.lines, 3);
    let users: Vec<&str> = output.lines().map(|line| line.split('"').nth(5).unwrap()).collect();
    assert_eq!(users, ["891", "new,one", "z"]);
    assert_eq!(run(Task::RelatedItems, false, "all", BatchOptions::default()).1.lines, 4);
}

/// A larger campaign, whose answers depend on whole histories.
fn with_campaign<T>(task: Task, then: impl FnOnce(Campaign<'_>) -> T) -> T {
    let data = random_interactions(3_000, 80, 25, 6);
    let model = ToyModel {
        n_items: 80,
        score: |query: &Query<'_>, item: u32| {
            let seen = query.history.items.iter().chain(query.item.as_ref());
            seen.map(|&seen| 1.0 / (1.0 + (seen as f32 - item as f32).abs())).sum()
        },
    };
    then(Campaign::new(&model, &descriptor(task, true), &data))
}

fn to_bytes(campaign: Campaign<'_>, input: BatchInput<'_>, options: BatchOptions) -> Vec<u8> {
    let mut output = Vec::new();
    batch(campaign, input, &mut output, options, &JobContext::default()).unwrap();
    output
}

/// Every line of a batch over all users or items is what a single request is answered with.
fn assert_batch_answers_as_requests(campaign: Campaign<'_>) {
    let name = campaign.descriptor.name;
    let options = BatchOptions { num_results: 7, ..BatchOptions::default() };
    let output = String::from_utf8(to_bytes(campaign, BatchInput::All, options)).unwrap();
    assert!(output.lines().count() > 1);
    for line in output.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut request: RecommendRequest = serde_json::from_value(line["input"].clone()).unwrap();
        request.num_results = Some(7);
        let response = serde_json::to_value(campaign.recommend(&request).unwrap()).unwrap();
        let items = response["itemList"].as_array().unwrap();
        let column = |name: &str| items.iter().map(|item| item[name].clone()).collect::<Vec<_>>();
        assert_eq!(line["output"]["recommendedItems"], serde_json::Value::Array(column("itemId")), "{name}");
        if campaign.descriptor.returns_scores {
            assert_eq!(line["output"]["scores"], serde_json::Value::Array(column("score")), "{name}");
        } else {
            assert_eq!(line["output"].get("scores"), None, "{name}");
        }
    }
}

#[test]
fn a_batch_answers_as_the_campaign_does() {
    with_campaign(Task::UserPersonalization, assert_batch_answers_as_requests);
    with_campaign(Task::RelatedItems, assert_batch_answers_as_requests);
    let data = random_interactions(300, 120, 25, 6);
    let ages = vec![0; data.n_items()];
    let novelty = Novelty::new(&ages, 0, &vec![0; data.n_items()], &vec![3; data.n_items()]);
    let training = TrainingData::of(data.clone());
    for recipe in registry::all() {
        let descriptor = recipe.descriptor();
        if descriptor.task == Task::PersonalizedRanking {
            continue; // has no batch of everybody: each line brings its list
        }
        if descriptor.recommends_actions() {
            continue; // has no batch at all
        }
        let model = recipe.train(&training, &toy::parameters(*recipe), 1, &JobContext::default()).unwrap();
        assert_batch_answers_as_requests(Campaign {
            exploration: Exploration::of(descriptor, &descriptor.campaign_parameters_from([]).unwrap())
                .map(|exploration| (&novelty, exploration)),
            ..Campaign::new(&*model, descriptor, &data)
        });
    }
}

/// As in the service, whatever the lines.
#[test]
fn actions_have_no_batch() {
    with_campaign(Task::PersonalizedActions, |campaign| {
        let lines: &[u8] = b"{\"userId\":\"891\"}\n";
        let input = BatchInput::Lines(Box::new(lines));
        let error = batch(campaign, input, Vec::new(), BatchOptions::default(), &JobContext::default());
        assert!(error.unwrap_err().to_string().starts_with("toy has no batch, as in the service"));
    });
}

#[test]
fn one_and_two_threads_write_the_same_bytes() {
    with_campaign(Task::UserPersonalization, |campaign| {
        for format in BatchFormat::ALL {
            let options = BatchOptions { num_results: 5, format };
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| to_bytes(campaign, BatchInput::All, options))
            };
            assert!(on(1) == on(2), "{format:?}");
        }
    });
}

#[test]
fn parquet_holds_what_csv_holds() {
    with_campaign(Task::UserPersonalization, |campaign| {
        let options = |format| BatchOptions { num_results: 3, format };
        let csv = String::from_utf8(to_bytes(campaign, BatchInput::All, options(BatchFormat::Csv))).unwrap();
        let parquet = to_bytes(campaign, BatchInput::All, options(BatchFormat::Parquet));
        let (names, rows) = ListRows::read(parquet).unwrap();
        let mut lines = vec![names.join(",")];
        for row in 0..rows.query.len() {
            let score = rows.score[row].unwrap();
            lines.push(format!("{},{},{},{score}", rows.query[row], rows.rank[row], rows.item[row]));
        }
        assert_eq!(lines, csv.lines().collect::<Vec<_>>());
    });
}

#[test]
fn a_cancelled_or_refused_batch_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    with_campaign(Task::UserPersonalization, |campaign| {
        let job = JobContext::default();
        let counts = batch_to_file(campaign, BatchInput::All, &path, BatchOptions::default(), &job).unwrap();
        assert_eq!((counts.lines, job.progress().done, job.progress().total), (3_000, 3_000, 3_000));
        std::fs::remove_file(&path).unwrap();

        job.cancel();
        let error =
            batch_to_file(campaign, BatchInput::All, &path, BatchOptions::default(), &job).unwrap_err();
        assert!(matches!(error, BatchError::Cancelled(_)), "{error}");
        let options = BatchOptions { num_results: 501, ..BatchOptions::default() };
        let error =
            batch_to_file(campaign, BatchInput::All, &path, options, &JobContext::default()).unwrap_err();
        assert!(error.to_string().contains("501"), "{error}");
    });
    with_campaign(Task::PersonalizedRanking, |campaign| {
        let job = JobContext::default();
        let error =
            batch_to_file(campaign, BatchInput::All, &path, BatchOptions::default(), &job).unwrap_err();
        assert!(matches!(error, BatchError::NeedsLists("toy")), "{error}");
    });
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
