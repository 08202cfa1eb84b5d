//! Filters in requests and in batches: one way for both.

use super::examples::group;
use super::*;
use crate::domain::{RecipeDescriptor, Task};
use crate::recipes::Query;
use crate::recipes::toy::ToyModel;
use crate::serving::toy::descriptor;
use crate::serving::{BatchError, BatchInput, BatchOptions, Campaign, RecommendRequest, batch};
use serde_json::{Value, json};

/// Items in order of id, whoever asks.
fn model() -> ToyModel<impl Fn(&Query<'_>, u32) -> f32 + Send + Sync> {
    ToyModel { n_items: 7, score: |_: &Query<'_>, item: u32| -(item as f32) }
}

struct Place {
    data: Arc<FilterData>,
    events: Arc<Interactions>,
    descriptor: RecipeDescriptor,
}

impl Place {
    fn new(task: Task) -> Self {
        let group = group();
        let data = group.data(Target::Items, None);
        Self { data, events: group.events, descriptor: descriptor(task, false) }
    }

    fn with<T>(&self, text: &str, given: &[(&str, &str)], then: impl FnOnce(Campaign<'_>) -> T) -> T {
        let (model, filter, given) = (model(), compiled(text, &self.data), values(given));
        then(Campaign {
            filter: Some(Filtering { filter: &filter, values: &given }),
            ..Campaign::new(&model, &self.descriptor, &self.events)
        })
    }

    fn ask(&self, text: &str, request: &Value) -> Result<Vec<String>, String> {
        let request: RecommendRequest = serde_json::from_value(request.clone()).unwrap();
        self.with(text, &[], |campaign| {
            let response = campaign.recommend(&request).map_err(|error| error.to_string())?;
            Ok(response.items().iter().map(|item| item.item_id.clone()).collect())
        })
    }

    fn batch(
        &self,
        text: &str,
        given: &[(&str, &str)],
        input: BatchInput<'_>,
    ) -> Result<Vec<Value>, BatchError> {
        self.with(text, given, |campaign| {
            let mut output = Vec::new();
            batch(campaign, input, &mut output, BatchOptions::default(), &JobContext::default())?;
            let text = String::from_utf8(output).unwrap();
            Ok(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
        })
    }
}

const SEEN: &str = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"*\")";
const OF_GENRE: &str = "INCLUDE ItemID WHERE Items.GENRE IN ($G)";

#[test]
fn a_list_holds_what_is_kept_and_nothing_else() {
    let users = Place::new(Task::UserPersonalization);
    assert_eq!(users.ask(SEEN, &json!({"userId": "ann"})).unwrap(), ["c", "d", "e", "f"]);
    let request = json!({"userId": "ann", "numResults": 2, "filterValues": {"G": "\"Comedy\",\"Horror\""}});
    assert_eq!(users.ask(OF_GENRE, &request).unwrap(), ["a", "d"]);
    let error = users.ask(OF_GENRE, &json!({"userId": "ann"})).unwrap_err();
    assert!(error.contains("needs a value for `G`"), "{error}");
    let error = users.ask("INCLUDE UserID WHERE Users.AGE > 3", &json!({"userId": "ann"}));
    assert!(error.is_err(), "a filter of users is not one of items");

    let current = "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE";
    let error = users.ask(current, &json!({"userId": "ann"})).unwrap_err();
    assert!(error.contains("looks at CurrentItem, and toy is asked for users"), "{error}");
    let items = Place::new(Task::RelatedItems);
    assert_eq!(items.ask(current, &json!({"itemId": "a"})).unwrap(), ["e", "f"]);
    // The recipe reads no user; the filter may.
    assert_eq!(
        items.ask(SEEN, &json!({"itemId": "a", "userId": "bob"})).unwrap(),
        ["a", "b", "d", "e", "f", "g"]
    );
    let error = items.ask(SEEN, &json!({"itemId": "a"})).unwrap_err();
    assert!(error.starts_with("`userId` is missing;"), "{error}");
}

#[test]
fn a_ranking_loses_what_is_left_out() {
    let place = Place::new(Task::PersonalizedRanking);
    let list = json!({"userId": "ann", "inputList": ["e", "no", "a", "d"], "filterValues": {"G": "Comedy"}});
    assert_eq!(place.ask(OF_GENRE, &list).unwrap(), ["a", "e"], "nothing speaks for an unknown item");
    let list = json!({"userId": "ann", "inputList": ["e", "no", "a", "d"]});
    assert_eq!(place.ask(SEEN, &list).unwrap(), ["d", "e", "no"], "nor against it");
}

#[test]
fn lines_bring_their_values_and_the_job_those_they_lack() {
    let place = Place::new(Task::UserPersonalization);
    let lines = concat!(
        "{\"userId\":\"ann\",\"filterValues\":{\"G\":\"\\\"Horror\\\"\"}}\n",
        "{\"userId\":\"ann\"}\n",
        "{\"userId\":\"ann\",\"filterValues\":[1]}\n",
        "{\"userId\":\"ann\",\"filterValues\":{\"H\":\"1\"}}\n"
    );
    let read = || BatchInput::Lines(Box::new(lines.as_bytes()));
    let items = |line: &Value| line["output"]["recommendedItems"].clone();
    let answers = place.batch(OF_GENRE, &[("G", "Drama")], read()).unwrap();
    assert_eq!((items(&answers[0]), items(&answers[1])), (json!(["d"]), json!(["a", "b"])));
    assert_eq!(answers[0]["input"]["filterValues"]["G"], json!("\"Horror\""));
    assert!(
        answers[2]["error"].as_str().unwrap().starts_with("`filterValues` is [1]; give an object of strings")
    );
    assert!(answers[3]["error"].as_str().unwrap().contains("the filter has no parameter `H`; it has G"));
    let answers = place.batch(OF_GENRE, &[], read()).unwrap();
    assert!(answers[1]["error"].as_str().unwrap().contains("needs a value for `G`"));
    assert!(answers[0]["error"].is_null());

    // Everyone: what would fail on each line fails once.
    let error = place.batch(OF_GENRE, &[], BatchInput::All).unwrap_err().to_string();
    assert!(error.contains("needs a value for `G`"), "{error}");
    let all = place.batch(OF_GENRE, &[("G", "Drama")], BatchInput::All).unwrap();
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|line| items(line) == json!(["a", "b"])));
    let error = Place::new(Task::RelatedItems).batch(SEEN, &[], BatchInput::All).unwrap_err().to_string();
    assert!(error.contains("looks at the user who asks; give a file of lines"), "{error}");
    let line = "{\"itemId\":\"a\",\"userId\":\"bob\"}";
    let answers =
        Place::new(Task::RelatedItems).batch(SEEN, &[], BatchInput::Lines(Box::new(line.as_bytes())));
    assert_eq!(items(&answers.unwrap()[0]), json!(["a", "b", "d", "e", "f", "g"]));
}

/// Items score in order of id: what ann had, a and b, stands above all that is kept.
#[test]
fn an_explanation_names_what_was_left_out_above() {
    let place = Place::new(Task::UserPersonalization);
    let request = RecommendRequest {
        user_id: Some("ann".to_owned()),
        explain: true,
        num_results: Some(3),
        ..RecommendRequest::default()
    };
    let above = |text: &str| -> Vec<(String, Vec<String>)> {
        place.with(text, &[], |campaign| {
            let response = campaign.recommend(&request).unwrap();
            let told = response.items().iter().map(|item| {
                let parts = &item.explanation.as_ref().unwrap().parts;
                let removed = parts.removed_above.as_ref();
                (item.item_id.clone(), removed.map(|removed| removed.first.clone()).unwrap_or_default())
            });
            told.collect()
        })
    };
    let told = above("EXCLUDE ItemID WHERE Items.GENRE IN (\"drama\", \"Horror\")");
    let expected = [("a", vec![]), ("b", vec![]), ("e", vec!["c", "d"])];
    let expected =
        expected.map(|(id, above)| (id.to_owned(), above.into_iter().map(str::to_owned).collect()));
    assert_eq!(told, expected);
}
