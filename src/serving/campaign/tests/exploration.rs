//! What exploration does to lists: not at all at weight 0, ever more of what is new above, and nothing older than the cut-off.

use super::*;

const ITEMS: usize = 400;
const USERS: usize = 120;
const DAY: i64 = 86_400;

/// Items of which every tenth is new (0 to 29 days) and had by nobody, the rest a year old; item `i0005` is 29 days old and
/// `i0015` 31. Each user likes other items: a score drawn from both, which knows nothing of age.
struct Shop {
    data: Interactions,
    novelty: Novelty,
}

fn age_days(item: usize) -> i64 {
    match item {
        5 => 29,
        15 => 31,
        _ if item.is_multiple_of(10) => (item / 10 % 30) as i64,
        _ => 365,
    }
}

impl Shop {
    fn new() -> Self {
        let data = toy::random_interactions(USERS, ITEMS, 12, 3);
        let created: Vec<i64> = (0..ITEMS).map(|item| -age_days(item) * DAY).collect();
        let had: Vec<u32> = (0..ITEMS).map(|item| if age_days(item) < 100 { 0 } else { 20 }).collect();
        Self { data, novelty: Novelty::new(&created, 0, &had, &[0; ITEMS]) }
    }

    fn lists(&self, exploration: Option<Exploration>) -> Vec<RecommendResponse> {
        self.lists_of("u", exploration)
    }

    /// The lists of people whose ids begin so; those of the data do with `u`.
    fn lists_of(&self, who: &str, exploration: Option<Exploration>) -> Vec<RecommendResponse> {
        let model = ToyModel {
            n_items: ITEMS,
            score: |query: &Query<'_>, item: u32| {
                let mixed = u64::from(query.user.unwrap_or(0)) * 7_919 + u64::from(item) * 104_729;
                (mixed % 1_009) as f32 / 1_009.0
            },
        };
        let descriptor = descriptor(Task::UserPersonalization, true);
        let campaign = Campaign {
            exploration: exploration.map(|exploration| (&self.novelty, exploration)),
            ..Campaign::new(&model, &descriptor, &self.data)
        };
        (0..USERS).map(|user| campaign.recommend(&for_user(&format!("{who}{user:05}"))).unwrap()).collect()
    }
}

/// People without a history whom nobody knows are told apart by their ids: they try other new items.
#[test]
fn strangers_explore_each_for_themselves() {
    let shop = Shop::new();
    let of = |list: &RecommendResponse| -> Vec<String> {
        list.items().iter().map(|item| item.item_id.clone()).collect()
    };
    let plain = shop.lists_of("stranger", None);
    assert!(plain.iter().all(|list| of(list) == of(&plain[0])), "without exploration they are alike");
    let lists = shop.lists_of("stranger", weight("1"));
    let mut different: Vec<Vec<String>> = lists.iter().map(of).collect();
    different.sort();
    different.dedup();
    assert!(different.len() > USERS / 2, "{} lists of {USERS}", different.len());
    assert_eq!(shop.lists_of("stranger", weight("1")).iter().map(of).collect::<Vec<_>>(), {
        lists.iter().map(of).collect::<Vec<_>>()
    });
}

fn weight(weight: &str) -> Option<Exploration> {
    let specs = crate::domain::exploration::EXPLORATION;
    let texts = [(crate::domain::exploration::WEIGHT, weight)];
    let settings = crate::domain::Parameters::from_texts("a campaign", specs, texts).unwrap();
    Exploration::of(&descriptor(Task::UserPersonalization, true), &settings)
}

fn index(id: &str) -> usize {
    id[1..].parse().unwrap()
}

#[test]
fn weight_zero_is_bit_identical_to_no_exploration() {
    let shop = Shop::new();
    let bits = |lists: Vec<RecommendResponse>| -> Vec<(String, u32, Option<Vec<String>>)> {
        let items = lists.into_iter().flat_map(|list| list.items().to_vec());
        items.map(|item| (item.item_id, item.score.unwrap().to_bits(), item.reason)).collect()
    };
    assert_eq!(bits(shop.lists(weight("0"))), bits(shop.lists(None)));
}

#[test]
fn the_share_of_new_items_does_not_fall_as_the_weight_grows() {
    let shop = Shop::new();
    let share = |text: &str| {
        let lists = shop.lists(weight(text));
        let items = lists.iter().flat_map(RecommendResponse::items);
        items.filter(|item| age_days(index(&item.item_id)) <= 30).count()
    };
    let shares = ["0", "0.1", "0.3", "0.5", "0.7", "0.9", "1"].map(share);
    assert!(shares.is_sorted(), "{shares:?}");
    assert!(shares[6] > 2 * shares[0], "{shares:?}");
}

#[test]
fn an_item_of_29_days_may_be_explored_and_one_of_31_never() {
    let shop = Shop::new();
    let lists = shop.lists(weight("1"));
    let explored = |item: usize| {
        let items = lists.iter().flat_map(RecommendResponse::items);
        let explored = items.filter(|item| item.reason.as_deref() == Some(&["Exploration".to_owned()]));
        explored.filter(|one| index(&one.item_id) == item).count()
    };
    assert!(explored(5) > 0);
    assert_eq!(explored(15), 0);
    assert!((0..ITEMS).all(|item| age_days(item) <= 30 || explored(item) == 0));
}

/// Where places are given to new items, those that came in say so, and the rest of each list is what it is without.
#[test]
fn places_given_to_new_items_say_so() {
    let shop = Shop::new();
    let plain = shop.lists(None);
    let mut given = 0;
    let lists = shop.lists(Some(Exploration::Places { share: 0.1, item_age_cut_off: 30.0 }));
    for (list, plain) in lists.iter().zip(&plain) {
        assert_eq!(list.items().len(), plain.items().len());
        for (item, before) in list.items().iter().zip(plain.items()) {
            if item.reason.as_deref() == Some(&["Exploration".to_owned()]) {
                assert!(age_days(index(&item.item_id)) <= 30);
                given += 1;
            } else {
                assert_eq!((&item.item_id, item.score), (&before.item_id, before.score));
            }
        }
    }
    let places: usize = plain.iter().map(|list| list.items().len()).sum();
    assert!(given > places / 20 && given < places / 5, "{given} of {places}");
}
