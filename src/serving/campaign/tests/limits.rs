//! Every limit of a request, at it and over it.

use super::*;
use crate::data::{RowsById, Source, Table};
use crate::serving::MetadataColumns;

/// Interactions with 150 columns of context and one more, and Items with eleven columns.
struct Place {
    data: Interactions,
    rows: RowsById,
}

fn items(folder: &std::path::Path) -> Table {
    let path = folder.join("items.csv");
    let names: Vec<String> = (0..10).map(|column| format!("C{column}")).collect();
    let row = |id: &str| format!("{id},{}\n", ["x"; 10].map(|cell| format!("{cell}{id}")).join(","));
    let text = format!("ITEM_ID,{}\n{}{}", names.join(","), row("27"), row("886"));
    std::fs::write(&path, text).unwrap();
    let source: Source = discover(&path).unwrap().remove(0);
    let mapping = propose_mapping(&preview(&source, 200).unwrap(), Some(DatasetType::Items));
    import(&source, &mapping, &ImportOptions::default(), &JobContext::default()).unwrap().table
}

impl Place {
    fn new() -> Self {
        let mut data = histories();
        let column = |name: String| NumericFeature { name, values: vec![1.0; data.len()] };
        let long = "k".repeat(150);
        let numeric = (0..150).map(|at| column(format!("K{at}"))).chain([column(long)]).collect();
        data.context = Arc::new(Features { rows: data.len(), numeric, ..Features::default() });
        let folder = tempfile::tempdir().unwrap();
        let rows = RowsById::new(&Arc::new(items(folder.path())), "ITEM_ID", &data.items);
        Self { data, rows }
    }

    fn ask(&self, task: Task, request: &RecommendRequest) -> Result<RecommendResponse, String> {
        let model = model(&self.data);
        let descriptor = RecipeDescriptor { reads: &DatasetType::ALL, ..descriptor(task, true) };
        let campaign = Campaign {
            facts: ItemFacts::Given(&self.rows),
            ..Campaign::new(&model, &descriptor, &self.data)
        };
        campaign.recommend(request).map_err(|error| error.to_string())
    }
}

fn columns(n: usize) -> MetadataColumns {
    let names = ["ITEM_ID".to_owned()].into_iter().chain((0..10).map(|column| format!("C{column}")));
    MetadataColumns::from([("ITEMS".to_owned(), names.take(n).collect())])
}

fn context(n: usize) -> Vec<(String, String)> {
    (0..n).map(|at| (format!("K{at}"), "1".to_owned())).collect()
}

fn one(key: &str, value: &str) -> Vec<(String, String)> {
    vec![(key.to_owned(), value.to_owned())]
}

/// What, a task, a request at the limit, one over it, and what is said then.
type Case = (&'static str, Task, RecommendRequest, RecommendRequest, &'static str);

#[test]
fn each_limit_is_kept_at_and_refused_over() {
    let place = Place::new();
    let base = for_user("891");
    let list = |n: usize| Some(vec!["27".to_owned(); n]);
    let long = |n: usize| "é".repeat(n);
    let users = Task::UserPersonalization;
    let cases: Vec<Case> = vec![
        (
            "results",
            users,
            RecommendRequest { num_results: Some(500), ..base.clone() },
            RecommendRequest { num_results: Some(501), ..base.clone() },
            "`numResults` is 501; use a whole number from 1 to 500",
        ),
        (
            "results with metadata",
            users,
            RecommendRequest { num_results: Some(50), metadata_columns: columns(1), ..base.clone() },
            RecommendRequest { num_results: Some(51), metadata_columns: columns(1), ..base.clone() },
            "`numResults` is 51; with metadata 50 are the most",
        ),
        ("user", users, for_user(&long(256)), for_user(&long(257)), "257 characters; ids have 1 to 256"),
        (
            "item",
            Task::RelatedItems,
            RecommendRequest { item_id: Some(long(256)), ..RecommendRequest::default() },
            RecommendRequest { item_id: Some(long(257)), ..RecommendRequest::default() },
            "257 characters; ids have 1 to 256",
        ),
        (
            "list",
            Task::PersonalizedRanking,
            RecommendRequest { input_list: list(500), ..base.clone() },
            RecommendRequest { input_list: list(501), ..base.clone() },
            "`inputList` has 501 items; give 1 to 500",
        ),
        (
            "list with metadata",
            Task::PersonalizedRanking,
            RecommendRequest { input_list: list(50), metadata_columns: columns(1), ..base.clone() },
            RecommendRequest { input_list: list(51), metadata_columns: columns(1), ..base.clone() },
            "`inputList` has 51 items; with metadata 50 are the most",
        ),
        (
            "id in a list",
            Task::PersonalizedRanking,
            RecommendRequest { input_list: Some(vec![long(256)]), ..base.clone() },
            RecommendRequest { input_list: Some(vec![long(257)]), ..base.clone() },
            "257 characters; ids have 1 to 256",
        ),
        (
            "context",
            users,
            RecommendRequest { context: context(150), ..base.clone() },
            RecommendRequest { context: context(151), ..base.clone() },
            "`context` has 151 entries; 150 are the most",
        ),
        (
            "key of a context",
            users,
            RecommendRequest { context: one(&"k".repeat(150), "1"), ..base.clone() },
            RecommendRequest { context: one(&"k".repeat(151), "1"), ..base.clone() },
            "keys have 1 to 150 letters, digits and underscores",
        ),
        (
            "value of a context",
            users,
            RecommendRequest { context: one("K0", &" ".repeat(1_000)), ..base.clone() },
            RecommendRequest { context: one("K0", &" ".repeat(1_001)), ..base.clone() },
            "`context` has 1001 characters for `K0`; 1000 is the most",
        ),
        (
            "columns of metadata",
            users,
            RecommendRequest { metadata_columns: columns(10), ..base.clone() },
            RecommendRequest { metadata_columns: columns(11), ..base.clone() },
            "`metadataColumns` has 11 columns; 10 are the most",
        ),
    ];
    for (what, task, at, over, expected) in cases {
        place.ask(task, &at).unwrap_or_else(|error| panic!("{what}: {error}"));
        let error = place.ask(task, &over).unwrap_err();
        assert!(error.contains(expected), "{what}: {error}");
    }
    for key in ["", "with blank", "naïve", "a-b"] {
        let error = place.ask(users, &RecommendRequest { context: one(key, "1"), ..base.clone() });
        assert!(error.unwrap_err().starts_with(&format!("`context` has the key `{key}`")), "{key}");
    }
    let unknown = RecommendRequest { context: one("HOUR", "1"), ..base };
    assert!(place.ask(users, &unknown).unwrap_err().starts_with("`context` names the column `HOUR`"));
}

#[test]
fn twenty_five_results_unless_told() {
    let data = toy::random_interactions(40, 90, 20, 1);
    let model = ToyModel { n_items: 90, score: |_: &Query<'_>, item: u32| item as f32 };
    let descriptor = descriptor(Task::UserPersonalization, false);
    let response = Campaign::new(&model, &descriptor, &data).recommend(&for_user("u00001")).unwrap();
    assert_eq!(response.items().len(), 25);
}

/// Values are those of the rows; an item that Items lacks has none; without Items, or where the campaign was not told to,
/// they are refused.
#[test]
fn metadata_are_the_rows_of_items() {
    let place = Place::new();
    let request = RecommendRequest { metadata_columns: columns(2), ..for_user("891") };
    let response = place.ask(Task::UserPersonalization, &request).unwrap();
    let told: Vec<serde_json::Value> =
        json(&response)["itemList"].as_array().unwrap().iter().map(|item| item["metadata"].clone()).collect();
    assert_eq!(
        told,
        [
            serde_json::json!({"ITEM_ID": "27", "C0": "x27"}),
            serde_json::json!({"ITEM_ID": "886", "C0": "x886"}),
            serde_json::json!({}),
        ]
    );
    let plain = place.ask(Task::UserPersonalization, &for_user("891")).unwrap();
    assert!(json(&plain)["itemList"][0].get("metadata").is_none());
    let unknown = MetadataColumns::from([("ITEMS".to_owned(), vec!["COLOUR".to_owned()])]);
    let users = MetadataColumns::from([("USERS".to_owned(), vec!["AGE".to_owned()])]);
    for (metadata_columns, expected) in [
        (unknown, "`metadataColumns` names the column `COLOUR`; Items has ITEM_ID, C0"),
        (users, "`metadataColumns` names `USERS`; ask for columns of ITEMS alone"),
    ] {
        let request = RecommendRequest { metadata_columns, ..for_user("891") };
        let error = place.ask(Task::UserPersonalization, &request).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
    let error = super::ask(Task::UserPersonalization, true, &request).unwrap_err().to_string();
    assert!(error.contains("set its enableMetadataWithRecommendations to true"), "{error}");
}
