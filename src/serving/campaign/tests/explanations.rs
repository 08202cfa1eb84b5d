//! What is said besides what the model says: popularity, exploration, and what a filter took away.

use super::*;
use crate::serving::{ExplorationPart, Parts, PopularityPart, RemovedPart};

/// Counts are scores, and an item in the history three more: of user 891, who had 27 and 886.
fn counted(data: &Interactions) -> ToyModel<impl Fn(&Query<'_>, u32) -> f32 + Send + Sync + use<>> {
    ToyModel {
        n_items: data.n_items(),
        score: |query: &Query<'_>, item: u32| {
            [4.0, 1.0, 2.0, 1.0][item as usize] + if query.history.items.contains(&item) { 4.0 } else { 0.0 }
        },
    }
}

/// Items 101, 27, 4 and 886 score 4, 1, 2 and 1 for everyone, of 8, and 4, 5, 2 and 5 of 16 for the user: 27 has 0.3125
/// where everyone gives it 0.125, two fifths; 101 has 0.25 where everyone gives it 0.5, all of it.
#[test]
fn popularity_is_what_the_model_gives_everyone() {
    let data = histories();
    let (model, descriptor) = (counted(&data), descriptor(Task::UserPersonalization, true));
    let had = [9, 2, 5, 5];
    let campaign = Campaign { had: &had, ..Campaign::new(&model, &descriptor, &data) };
    let request = RecommendRequest { explain: true, ..for_user("891") };
    let response = campaign.recommend(&request).unwrap();
    let parts = |id: &str| -> Parts {
        let item = response.items().iter().find(|item| item.item_id == id).unwrap();
        item.explanation.clone().unwrap().parts
    };
    let popularity =
        |interactions, rank, share| Some(PopularityPart { interactions, rank, share: Some(share) });
    assert_eq!(parts("27").popularity, popularity(2, 4, 0.4));
    assert_eq!(parts("101").popularity, popularity(9, 1, 1.0));
    assert_eq!(parts("886").popularity, popularity(5, 2, 0.4), "as often as 4, so both are second");
    let words = parts("27").words(str::to_owned);
    assert_eq!(words, ["Had 2 times, number 4 in popularity: 40 % of its score it has for everyone"]);
    // Of a newcomer all is popularity, and no share is told.
    let newcomer = campaign.recommend(&RecommendRequest { explain: true, ..for_user("nobody") }).unwrap();
    let part = newcomer.items()[0].explanation.clone().unwrap().parts.popularity.unwrap();
    assert_eq!((part.rank, part.share), (1, None));
}

/// Item 4, 200 days younger than the others and without a score, is in the list; without exploration it would be last.
#[test]
fn exploration_tells_the_place_without_it() {
    let data = histories();
    let model = model(&data);
    let descriptor = descriptor(Task::UserPersonalization, true);
    let old = -200 * 86_400;
    let new = data.items.index("4").unwrap() as usize;
    let mut created = [old; 4];
    created[new] = 0;
    let novelty = Novelty::new(&created, 0, &[0; 4], &[0; 4]);
    let exploration = Some((&novelty, Exploration::Bonus { weight: 1.0, item_age_cut_off: 30.0 }));
    let campaign = Campaign { exploration, ..Campaign::new(&model, &descriptor, &data) };
    let request = RecommendRequest { explain: true, num_results: Some(4), ..for_user("891") };
    let response = campaign.recommend(&request).unwrap();
    let explored: Vec<(&str, ExplorationPart)> = response
        .items()
        .iter()
        .filter_map(|item| {
            Some((item.item_id.as_str(), item.explanation.as_ref()?.parts.exploration.clone()?))
        })
        .collect();
    assert_eq!(explored, [("4", ExplorationPart { rank_without: 4 })]);
}

#[test]
fn parts_are_told_in_sentences() {
    let parts = Parts {
        popularity: Some(PopularityPart { interactions: 1, rank: 1_200, share: None }),
        exploration: Some(ExplorationPart { rank_without: 34 }),
        promotion: Some("launch".to_owned()),
        removed_above: Some(RemovedPart { count: 1_204, first: vec!["a".to_owned(), "b".to_owned()] }),
    };
    let words = parts.words(str::to_uppercase);
    assert_eq!(
        words,
        [
            "Promoted by launch: its place is random",
            "Explored because it is new and little known: without, it would be at 34",
            "Had once, number 1,200 in popularity",
            "The filter left out above it: A, B and 1,202 more",
        ]
    );
}
