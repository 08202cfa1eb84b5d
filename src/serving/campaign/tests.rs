//! Requests against the service's shapes and limits.

mod explanations;
mod exploration;
mod limits;

use super::*;
use crate::data::{
    Features, ImportOptions, Imported, NumericFeature, discover, import, number, preview, propose_mapping,
};
use crate::domain::exploration::Exploration;
use crate::recipes::toy::{self, ToyModel};
use crate::recipes::{Likelihood, TrainingData, registry};
use crate::serving::toy::{descriptor, histories, model};
use std::sync::Arc;

fn ask(
    task: Task,
    returns_scores: bool,
    request: &RecommendRequest,
) -> Result<RecommendResponse, RequestError> {
    let data = histories();
    let model = model(&data);
    let descriptor = descriptor(task, returns_scores);
    Campaign::new(&model, &descriptor, &data).recommend(request)
}

fn for_user(user: &str) -> RecommendRequest {
    RecommendRequest { user_id: Some(user.to_owned()), ..RecommendRequest::default() }
}

fn json(response: &RecommendResponse) -> serde_json::Value {
    let mut json = serde_json::to_value(response).unwrap();
    assert!(json["recommendationId"].as_str().unwrap().starts_with("RID-"));
    json.as_object_mut().unwrap().remove("recommendationId");
    json
}

#[test]
fn a_known_user_is_answered_in_the_services_shape() {
    let response = ask(Task::UserPersonalization, true, &for_user("891")).unwrap();
    // 27 and 886 score the same, so the id decides.
    let expected = serde_json::json!({"itemList": [
        {"itemId": "27", "score": 0.5}, {"itemId": "886", "score": 0.5}, {"itemId": "101", "score": 0.0},
    ]});
    assert_eq!(json(&response), expected);
    assert_eq!(response.origin, Origin::Model);
    assert!(response.latency.as_nanos() > 0);

    let request = RecommendRequest { num_results: Some(1), ..for_user("891") };
    let one = ask(Task::UserPersonalization, false, &request).unwrap();
    assert_eq!(json(&one), serde_json::json!({"itemList": [{"itemId": "27"}]}));
    assert_eq!(one.items()[0].strength, Some(0.5), "bars are drawn also where no score is returned");
}

#[test]
fn an_unknown_user_gets_popular_items_and_is_told_so() {
    let response = ask(Task::UserPersonalization, false, &for_user("nobody")).unwrap();
    assert_eq!(response.origin, Origin::Popular);
    assert_eq!(json(&response)["itemList"][0]["reason"], serde_json::json!(["Popular item"]));
    assert_eq!(response.items().len(), 3);
}

#[test]
fn related_items_ask_about_the_item_alone() {
    let request = RecommendRequest { item_id: Some("886".to_owned()), ..for_user("891") };
    let response = ask(Task::RelatedItems, false, &request).unwrap();
    let items: Vec<&str> = response.items().iter().map(|item| item.item_id.as_str()).collect();
    assert_eq!(items, ["886", "27", "101"], "the user's history plays no part");

    let unknown = RecommendRequest { item_id: Some("no such".to_owned()), ..RecommendRequest::default() };
    assert_eq!(ask(Task::RelatedItems, false, &unknown).unwrap().origin, Origin::Popular);
}

#[test]
fn a_ranking_returns_the_list_alone_with_unknown_items_last() {
    let list = ["x1", "101", "886", "4", "27"].map(str::to_owned).to_vec();
    let request = RecommendRequest { input_list: Some(list), num_results: Some(1), ..for_user("891") };
    let response = ask(Task::PersonalizedRanking, true, &request).unwrap();
    let expected = serde_json::json!({"personalizedRanking": [
        {"itemId": "27", "score": 0.5}, {"itemId": "886", "score": 0.5}, {"itemId": "101", "score": 0.0},
        {"itemId": "x1"}, {"itemId": "4"},
    ]});
    assert_eq!(json(&response), expected);
}

#[test]
fn explanations_come_only_when_asked_for_and_name_items() {
    let request = RecommendRequest { explain: true, num_results: Some(1), ..for_user("891") };
    let response = ask(Task::UserPersonalization, false, &request).unwrap();
    let expected = serde_json::json!({"origin": "model", "evidence": [
        {"itemId": "886", "weight": 1.0}, {"itemId": "27", "weight": 1.0},
    ]});
    assert_eq!(json(&response)["itemList"][0]["explanation"], expected);
    assert!(
        ask(Task::UserPersonalization, false, &for_user("891")).unwrap().items()[0].explanation.is_none()
    );
}

#[test]
fn a_broken_rule_names_field_value_and_rule() {
    let long = "é".repeat(257);
    let list = |length: usize| Some(vec!["27".to_owned(); length]);
    let user = Task::UserPersonalization;
    let cases = [
        (
            user,
            RecommendRequest { num_results: Some(501), ..for_user("891") },
            "`numResults` is 501; use a whole number from 1 to 500",
        ),
        (user, RecommendRequest { num_results: Some(0), ..for_user("891") }, "`numResults` is 0;"),
        (user, RecommendRequest::default(), "`userId` is missing; toy needs it"),
        (user, for_user(""), "`userId` is empty; ids have 1 to 256 characters"),
        (user, for_user(&long), "257 characters; ids have"),
        (Task::RelatedItems, for_user("891"), "`itemId` is missing; toy needs it"),
        (Task::PersonalizedRanking, for_user("891"), "`inputList` is missing;"),
        (
            Task::PersonalizedRanking,
            RecommendRequest { input_list: list(501), ..for_user("891") },
            "`inputList` has 501 items; give 1 to 500",
        ),
        (
            Task::PersonalizedRanking,
            RecommendRequest { input_list: list(0), ..for_user("891") },
            "`inputList` has 0 items;",
        ),
    ];
    for (task, request, expected) in cases {
        let error = ask(task, false, &request).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let at_the_limit = RecommendRequest { num_results: Some(500), ..for_user(&"é".repeat(256)) };
    assert!(ask(user, false, &at_the_limit).is_ok());
    let at_the_limit = RecommendRequest { input_list: list(500), ..for_user("891") };
    assert_eq!(ask(Task::PersonalizedRanking, false, &at_the_limit).unwrap().items().len(), 500);
}

#[test]
fn requests_are_read_in_the_services_field_names() {
    let text = r#"{"userId":"891","numResults":3,"inputList":["27"]}"#;
    let request: RecommendRequest = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&request).unwrap(), text);
}

/// Scores hold the context of the history and of the request.
#[test]
fn a_request_carries_its_context_to_a_recipe_that_reads_it() {
    let mut data = histories();
    let minute = NumericFeature { name: "MINUTE".to_owned(), values: vec![1.0; data.len()] };
    data.context = Arc::new(Features { rows: data.len(), numeric: vec![minute], ..Features::default() });
    let model = ToyModel {
        n_items: data.n_items(),
        score: |query: &Query<'_>, item: u32| {
            let context = query.history.context.map_or(0.0, |rows| rows.number(0, 0));
            let minute = query.context_of("MINUTE").and_then(number).unwrap_or(0.0);
            assert_eq!(query.context_of("HOUR"), None);
            context * 100.0 + if item == 0 { minute } else { 0.0 }
        },
    };
    let ask = |reads: &'static [DatasetType], context: &[(&str, &str)]| -> Result<Option<f32>, String> {
        let descriptor = RecipeDescriptor { reads, ..descriptor(Task::UserPersonalization, false) };
        let context = context.iter().map(|&(column, value)| (column.to_owned(), value.to_owned())).collect();
        let request = RecommendRequest { context, ..for_user("891") };
        let campaign = Campaign::new(&model, &descriptor, &data);
        let response = campaign.recommend(&request).map_err(|error| error.to_string())?;
        Ok(response.items()[0].strength)
    };
    assert_eq!(ask(&DatasetType::ALL, &[]), Ok(Some(100.0)));
    assert_eq!(ask(&DatasetType::ALL, &[("MINUTE", "7")]), Ok(Some(107.0)));
    let error = ask(&DatasetType::ALL, &[("HOUR", "7")]).unwrap_err();
    assert_eq!(error, "`context` names the column `HOUR`; this version reads MINUTE");
    let error = ask(&[DatasetType::Interactions], &[("MINUTE", "7")]).unwrap_err();
    assert!(error.ends_with("this version was not trained on context; leave it out"), "{error}");
}

#[test]
fn context_is_an_object_in_json() {
    let text = r#"{"userId":"891","context":{"DEVICE":"phone","A":"1"}}"#;
    let request: RecommendRequest = serde_json::from_str(text).unwrap();
    assert_eq!(request.context[0], ("DEVICE".to_owned(), "phone".to_owned()));
    assert_eq!(serde_json::to_string(&request).unwrap(), text);
    assert!(serde_json::from_str::<RecommendRequest>(r#"{"context":{"A":1}}"#).is_err());
}

/// The age of a user known only from the Users dataset speaks for an item; a known user is no newcomer.
#[test]
fn a_newcomer_is_asked_for_with_what_users_says_of_them() {
    let data = histories();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    std::fs::write(&path, "USER_ID,AGE\n891,20\nfresh,44\nold,71\n").unwrap();
    let source = discover(&path).unwrap().remove(0);
    let mapping = propose_mapping(&preview(&source, 200).unwrap(), Some(DatasetType::Users));
    let job = JobContext::default();
    let Imported { table, schema, .. } = import(&source, &mapping, &ImportOptions::default(), &job).unwrap();
    let newcomers = Newcomers::encode(&table, &schema, &data.users);
    let model = ToyModel {
        n_items: data.n_items(),
        score: |query: &Query<'_>, _| {
            assert!(query.user.is_none() || query.newcomer.is_none());
            query.newcomer.and_then(|row| row.number("AGE")).unwrap_or(0.0)
        },
    };
    let descriptor = descriptor(Task::UserPersonalization, false);
    let campaign = Campaign { newcomers: Some(&newcomers), ..Campaign::new(&model, &descriptor, &data) };
    let score = |user: &str| campaign.recommend(&for_user(user)).unwrap().items()[0].strength;
    assert_eq!([score("fresh"), score("891"), score("nobody")], [Some(44.0), Some(0.0), Some(0.0)]);
}

/// Every recipe that returns scores, asked for its whole catalogue and for a list with an unknown item in it.
#[test]
fn scores_are_probabilities_over_the_catalogue_and_over_a_list() {
    let data = toy::random_interactions(60, 120, 16, 6);
    let training = TrainingData::of(data.clone());
    // Probabilities of actions do not add up: somebody may take several.
    let of_items = registry::all().iter().filter(|recipe| !recipe.descriptor().recommends_actions());
    for recipe in of_items {
        let model = recipe.train(&training, &toy::parameters(*recipe), 1, &JobContext::default()).unwrap();
        let descriptor = recipe.descriptor();
        let campaign = Campaign::new(&*model, descriptor, &data);
        for user in ["u00007", "u00023", "nobody"] {
            let mut had = data.item.clone();
            had.sort_unstable();
            had.dedup();
            let had = had.iter().step_by(4).map(|&item| data.items.id(item).to_owned());
            let list: Vec<String> = had.chain(["no".to_owned()]).collect();
            let request = RecommendRequest {
                num_results: Some(500),
                item_id: Some("i0007".to_owned()),
                ..for_user(user)
            };
            let mut requests = vec![RecommendRequest { input_list: Some(list), ..request.clone() }];
            if descriptor.task != Task::PersonalizedRanking {
                requests.push(request);
            }
            for request in &requests {
                let response = campaign.recommend(request).unwrap();
                let scores: Vec<f32> = response.items().iter().filter_map(|item| item.score).collect();
                let told = response.items().len() - usize::from(request.input_list.is_some());
                let name = descriptor.name;
                assert_eq!(scores.len(), if descriptor.returns_scores { told } else { 0 }, "{name}");
                if descriptor.returns_scores {
                    let sum: f32 = scores.iter().sum();
                    assert!((sum - 1.0).abs() < 1e-4, "{name} {user} {sum}");
                    assert!(scores.is_sorted_by(|a, b| a >= b), "{name} {user} {scores:?}");
                }
            }
        }
    }
}

/// Three items of logits 2, 1 and 0, and one that nothing is known of, which is new: it comes into the list and has no
/// chance by the model; the others keep what they have without exploration.
#[test]
fn exploration_orders_by_its_bonus_and_tells_the_probability() {
    struct Logits<M>(M);
    impl<M: Model> Model for Logits<M> {
        fn n_items(&self) -> usize {
            self.0.n_items()
        }
        fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
            self.0.score(queries, scores)
        }
        fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<crate::recipes::Explanation> {
            self.0.explain(query, items)
        }
        fn likelihood(&self) -> Likelihood {
            Likelihood::Softmax { temperature: 1.0 }
        }
        fn save(&self) -> Result<crate::recipes::Artifact, crate::recipes::ArtifactError> {
            self.0.save()
        }
    }
    let data = histories();
    let score = |_: &Query<'_>, item: u32| [2.0, 1.0, f32::NEG_INFINITY, 0.0][item as usize];
    let model = Logits(ToyModel { n_items: 4, score });
    let descriptor = descriptor(Task::UserPersonalization, true);
    let novelty = Novelty::new(&[-200 * 86_400, -200 * 86_400, 0, -200 * 86_400], 0, &[9; 4], &[0; 4]);
    let ask = |exploration| {
        let campaign = Campaign { exploration, ..Campaign::new(&model, &descriptor, &data) };
        let response = campaign.recommend(&for_user("891")).unwrap();
        response.items().iter().map(|item| (item.item_id.clone(), item.score.unwrap())).collect::<Vec<_>>()
    };
    let plain = ask(None);
    let total = 2.0_f32.exp() + 1.0_f32.exp() + 1.0;
    for ((_, score), logit) in plain.iter().zip([2.0_f32, 1.0, 0.0]) {
        assert!((score - logit.exp() / total).abs() < 1e-6);
    }
    let mut explored = ask(Some((&novelty, Exploration::Bonus { weight: 1.0, item_age_cut_off: 30.0 })));
    let place = explored.iter().position(|(id, _)| id == "4").unwrap();
    assert_eq!(explored.remove(place).1, 0.0);
    assert_eq!(explored, plain);
}

/// Four items, of which the model scores one; 886 was had by most, then 4, and 101 by nobody.
#[test]
fn lists_of_the_second_generation_are_filled_up_with_popular_items() {
    let data = histories();
    let n = data.n_items();
    let own = data.items.index("27").unwrap();
    let score = move |_: &Query<'_>, item: u32| if item == own { 1.0 } else { f32::NEG_INFINITY };
    let model = ToyModel { n_items: n, score };
    let mut had = vec![0; n];
    for (id, count) in [("27", 1), ("886", 9), ("4", 3)] {
        had[data.items.index(id).unwrap() as usize] = count;
    }
    let ask = |second_generation: bool, results: usize| {
        let descriptor =
            RecipeDescriptor { second_generation, ..descriptor(Task::UserPersonalization, true) };
        let campaign = Campaign { had: &had, ..Campaign::new(&model, &descriptor, &data) };
        let request = RecommendRequest { num_results: Some(results), ..for_user("891") };
        json(&campaign.recommend(&request).unwrap())["itemList"].clone()
    };
    let popular = |id: &str| serde_json::json!({"itemId": id, "reason": ["Popular item"]});
    let first = serde_json::json!({"itemId": "27", "score": 1.0});
    assert_eq!(ask(true, 5), serde_json::json!([first, popular("886"), popular("4")]));
    assert_eq!(ask(true, 2), serde_json::json!([first, popular("886")]));
    assert_eq!(ask(false, 5), serde_json::json!([first]), "others return fewer");
}
