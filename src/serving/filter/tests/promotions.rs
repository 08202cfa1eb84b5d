//! Promotions: how many, which, in which order, and that neither filter applies to what the other chooses.

use super::*;
use crate::domain::{RecipeDescriptor, Task};
use crate::recipes::Query;
use crate::recipes::toy::ToyModel;
use crate::serving::toy::descriptor;
use crate::serving::{
    BatchFormat, BatchInput, BatchOptions, Campaign, Promoting, Promotion, RecommendRequest, batch,
};
use serde_json::Value;

const ITEMS: usize = 60;

/// Sixty items `i00` …, of which every third is fresh and of every four one is cheap; the first score most, and of the
/// last three, two of them fresh, the model knows nothing.
struct Shop {
    data: Arc<FilterData>,
    events: Arc<Interactions>,
}

impl Shop {
    fn new() -> Self {
        use FieldRole::{Categorical, Plain};
        use FieldType::{Int, String as Text};
        let columns = [("ITEM_ID", Text, Plain), ("STATE", Text, Categorical), ("PRICE", Int, Plain)];
        let rows: Vec<String> = (0..ITEMS)
            .map(|item| {
                let state = if item % 3 == 0 || item == 59 { "fresh" } else { "old" };
                format!("i{item:02},{state},{}", item % 4)
            })
            .collect();
        let items = dataset(DatasetType::Items, &columns, &rows);
        let users = dataset(
            DatasetType::Users,
            &[("USER_ID", Text, Plain), ("AGE", Int, Plain)],
            &["u,30".to_owned()],
        );
        let ids = Arc::new(Vocabulary::new((0..ITEMS).map(|item| format!("i{item:02}"))));
        let seen = [("u".to_owned(), "i00".to_owned(), "click".to_owned())];
        let events = events(&seen, &ids);
        let data = Group { items, users, events: Arc::clone(&events) }.data(Target::Items, None);
        Self { data, events }
    }

    fn with<T>(
        &self,
        filter: Option<&str>,
        promotion: &Promotion,
        promotes: &str,
        recipe: &RecipeDescriptor,
        then: impl FnOnce(Campaign<'_>) -> T,
    ) -> T {
        let model = ToyModel {
            n_items: ITEMS,
            score: |_: &Query<'_>, item: u32| {
                if item >= 57 { f32::NEG_INFINITY } else { 100.0 - item as f32 }
            },
        };
        let filter = filter.map(|text| compiled(text, &self.data));
        let promoted = compiled(promotes, &self.data);
        then(Campaign {
            filter: filter.as_ref().map(|filter| Filtering { filter, values: &[] }),
            promotion: Some(Promoting { promotion, filter: &promoted }),
            ..Campaign::new(&model, recipe, &self.events)
        })
    }

    /// Ids with the promotion that put each there.
    fn list(
        &self,
        filter: Option<&str>,
        promotion: &Promotion,
        promotes: &str,
        results: usize,
        user: &str,
    ) -> Vec<(String, Option<String>)> {
        let request = RecommendRequest {
            user_id: Some(user.to_owned()),
            num_results: Some(results),
            promotions: vec![promotion.clone()],
            ..RecommendRequest::default()
        };
        let recipe = descriptor(Task::UserPersonalization, true);
        self.with(filter, promotion, promotes, &recipe, |campaign| {
            let response = campaign.recommend(&request).unwrap();
            for item in response.items() {
                let says = item.reason.as_deref().is_some_and(|reasons| reasons == ["Promoted item"]);
                assert_eq!(says, item.promotion_name.is_some());
            }
            response.items().iter().map(|item| (item.item_id.clone(), item.promotion_name.clone())).collect()
        })
    }
}

fn promotion(percent: u32) -> Promotion {
    Promotion {
        name: "new-in".to_owned(),
        percent_promoted_items: percent,
        filter_arn: "f".to_owned(),
        filter_values: Vec::new(),
    }
}

fn ids(list: &[(String, Option<String>)], promoted: bool) -> Vec<&str> {
    list.iter().filter(|(_, by)| by.is_some() == promoted).map(|(id, _)| id.as_str()).collect()
}

const FRESH: &str = "INCLUDE ItemID WHERE Items.STATE IN (\"fresh\")";
const CHEAP: &str = "INCLUDE ItemID WHERE Items.PRICE = 0";

/// 20 % of 25 are 5: the best fresh ones are i00, i03, i06, i09, i12. The 20 others are the best cheap ones (every fourth)
/// that are not promoted, of which there are 13, fresh or not: i00 and i12 stand there already.
#[test]
fn the_share_is_exact_orders_are_kept_and_filters_stay_apart() {
    let shop = Shop::new();
    let list = shop.list(Some(CHEAP), &promotion(20), FRESH, 25, "u");
    assert_eq!(ids(&list, true), ["i00", "i03", "i06", "i09", "i12"], "expensive ones are promoted too");
    let cheap: Vec<String> =
        (0..57).step_by(4).filter(|item| ![0, 12].contains(item)).map(|item| format!("i{item:02}")).collect();
    assert_eq!(ids(&list, false), cheap, "stale ones are kept too");
    for (results, percent, count) in [(25, 1, 1), (10, 25, 3), (10, 50, 5), (4, 100, 4)] {
        let list = shop.list(None, &promotion(percent), FRESH, results, "u");
        assert_eq!((list.len(), ids(&list, true).len()), (results, count), "{percent} % of {results}");
    }
}

/// Nineteen fresh items with a score, i57 and i59 without: all are promoted, those two last, and nothing is twice in the
/// list.
#[test]
fn too_few_are_all_there_are_and_unscored_ones_come_last() {
    let list = Shop::new().list(None, &promotion(100), FRESH, 40, "u");
    let promoted = ids(&list, true);
    let fresh: Vec<String> =
        (0..60).filter(|item| item % 3 == 0 || *item == 59).map(|item| format!("i{item:02}")).collect();
    assert_eq!(promoted, fresh);
    assert_eq!(list.len(), 40, "the rest is filled by relevance");
    let mut all: Vec<&String> = list.iter().map(|(id, _)| id).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 40);
}

#[test]
fn places_depend_on_the_request_alone() {
    let shop = Shop::new();
    let places = |user: &str| -> Vec<usize> {
        let list = shop.list(None, &promotion(20), FRESH, 25, user);
        (0..25).filter(|&place| list[place].1.is_some()).collect()
    };
    assert_eq!(places("u"), places("u"));
    let all: std::collections::BTreeSet<Vec<usize>> =
        (0..20).map(|user| places(&format!("n{user}"))).collect();
    assert!(all.len() > 15, "{all:?}");
    assert!((0..25).all(|place| (0..200).any(|user| places(&format!("m{user}")).contains(&place))));
}

#[test]
fn a_batch_promotes_as_a_request_does_and_says_why() {
    let shop = Shop::new();
    let recipe = RecipeDescriptor { second_generation: true, ..descriptor(Task::UserPersonalization, true) };
    let promotion = promotion(40);
    let list = shop.list(Some(CHEAP), &promotion, FRESH, 10, "u");
    let mut written = Vec::new();
    shop.with(Some(CHEAP), &promotion, FRESH, &recipe, |campaign| {
        let options = BatchOptions { num_results: 10, format: BatchFormat::Jsonl };
        let input = BatchInput::Lines(Box::new(&b"{\"userId\":\"u\"}\n"[..]));
        batch(campaign, input, &mut written, options, &JobContext::default()).unwrap();
    });
    let line: Value = serde_json::from_slice(&written).unwrap();
    let items: Vec<&str> = list.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(line["output"]["recommendedItems"], serde_json::json!(items));
    let reasons: Vec<Vec<&str>> =
        list.iter().map(|(_, by)| by.iter().map(|_| "Promoted item").collect()).collect();
    assert_eq!(line["output"]["reasons"], serde_json::json!(reasons));
}

#[test]
fn lists_put_in_order_and_recipes_without_promotions_refuse_them() {
    let shop = Shop::new();
    let ranks = RecommendRequest {
        user_id: Some("u".to_owned()),
        input_list: Some(vec!["i01".to_owned()]),
        ..RecommendRequest::default()
    };
    let lists = RecommendRequest { input_list: None, ..ranks.clone() };
    let takes = descriptor(Task::UserPersonalization, true);
    let refuses = RecipeDescriptor { takes_promotions: false, ..takes.clone() };
    for (recipe, request, expected) in [
        (&takes, &ranks, "`promotions` are given with `inputList`; a list put in order has none"),
        (&refuses, &lists, "`promotions` are given; toy takes none; leave them out"),
    ] {
        let error = shop.with(None, &promotion(10), FRESH, recipe, |campaign| campaign.recommend(request));
        assert!(error.unwrap_err().to_string().starts_with(expected));
    }
}
