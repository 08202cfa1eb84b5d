//! What a trained model takes in without learning anew: items and users that came since.
//!
//! Vocabularies are in byte order, so what was there before keeps its order among what is there now: a model over the old
//! catalogue becomes one over the new by moving apart, and every sum is taken in the order it was. Nothing learnt changes:
//! an old item scores for an old history what it did, bit for bit.

use super::{TrainError, TrainingData};
use crate::data::Vocabulary;

/// The data of a trained model and those there are now.
pub struct Growth<'a> {
    pub before: &'a TrainingData,
    pub now: &'a TrainingData,
    /// Where each item of before is now, ascending.
    items: Vec<u32>,
    /// Items of now that were not there before, ascending.
    pub added: Vec<u32>,
    /// The index before of each user of now, where they had one.
    pub users: Vec<Option<u32>>,
}

impl<'a> Growth<'a> {
    /// An error where something that the model knows is gone, or events have types that it can't tell.
    pub fn new(before: &'a TrainingData, now: &'a TrainingData) -> Result<Self, TrainError> {
        let (old, new) = (&before.interactions, &now.interactions);
        let gone: Vec<&str> = old.items.iter().filter(|id| new.items.index(id).is_none()).collect();
        if let Some(first) = gone.first() {
            return Err(TrainError::Unfit(format!(
                "{} items that the version knows are no longer among the data, `{first}` first; an update only takes in \
                 what is new: train in full",
                gone.len()
            )));
        }
        if old.event_types != new.event_types {
            let types = |types: &Vocabulary| {
                let names: Vec<&str> = types.iter().collect();
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            };
            return Err(TrainError::Unfit(format!(
                "the event types were {} and are {} now, and the version learnt those alone; train in full",
                types(&old.event_types),
                types(&new.event_types)
            )));
        }
        let added = (0..new.n_items() as u32).filter(|&item| old.items.index(new.items.id(item)).is_none());
        Ok(Self {
            before,
            now,
            items: old.items.iter().filter_map(|id| new.items.index(id)).collect(),
            added: added.collect(),
            users: new.users.iter().map(|id| old.users.index(id)).collect(),
        })
    }

    /// Items of now.
    pub fn n_items(&self) -> usize {
        self.now.interactions.n_items()
    }

    /// Where an item of before is now.
    pub fn item(&self, before: u32) -> u32 {
        self.items[before as usize]
    }

    /// Items of before by their indices of now.
    pub fn renamed(&self, items: &[u32]) -> Vec<u32> {
        items.iter().map(|&item| self.item(item)).collect()
    }

    /// `width` values an item of before, for the items of now: those added have `fill`.
    pub fn spread<T: Copy>(&self, values: &[T], width: usize, fill: T) -> Vec<T> {
        let mut spread = vec![fill; self.n_items() * width];
        for (values, &item) in values.chunks_exact(width.max(1)).zip(&self.items) {
            spread[item as usize * width..][..width].copy_from_slice(values);
        }
        spread
    }

    /// Offsets of something by item of before, for the items of now: those added have nothing.
    pub fn spread_offsets(&self, offsets: &[i64]) -> Vec<i64> {
        let lengths: Vec<i64> = offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut end = 0;
        let ends = self.spread(&lengths, 1, 0).into_iter().map(|length| {
            end += length;
            end
        });
        std::iter::once(0).chain(ends).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{CategoricalFeature, Features, Interactions, Metadata, TextFeature};
    use crate::jobs::JobContext;
    use crate::recipes::{Query, registry, toy};
    use std::sync::Arc;

    const WORDS: [&str; 5] =
        ["a ship at sea", "two detectives in a hotel", "a wedding", "robots and rockets", "horses"];

    /// Items `i0000` … with a genre (the items of a step all have another one, which is rarer) and a plot, both by number;
    /// users with a country.
    fn described(interactions: &Interactions, without_metadata: &str) -> Metadata {
        let numbers =
            |ids: &Vocabulary| -> Vec<usize> { ids.iter().map(|id| id[1..].parse().unwrap()).collect() };
        let column = |name: &str, values: Vec<Option<String>>| {
            let vocabulary = Vocabulary::new(values.iter().flatten());
            let index = |value: &Option<String>| value.as_ref().and_then(|value| vocabulary.index(value));
            let indices: Vec<Option<u32>> = values.iter().map(index).collect();
            let mut offsets = vec![0];
            for index in &indices {
                offsets.push(offsets[offsets.len() - 1] + usize::from(index.is_some()));
            }
            let indices = indices.into_iter().flatten().collect();
            CategoricalFeature { name: name.to_owned(), values: Arc::new(vocabulary), offsets, indices }
        };
        let items = numbers(&interactions.items);
        let known = |item: usize| format!("i{item:04}") != without_metadata;
        let genres = items.iter().map(|&item| {
            // An early value in byte order that only new items have: it moves the numbers of all others.
            let genre = if item % 10 == 5 { "action".to_owned() } else { format!("genre{}", item % 4) };
            known(item).then_some(genre)
        });
        let genres = column("GENRES", genres.collect());
        let text = |&item: &usize| if known(item) { WORDS[item % 5].into() } else { "".into() };
        let plot = TextFeature { name: "PLOT".to_owned(), texts: items.iter().map(text).collect() };
        let countries = numbers(&interactions.users).into_iter().map(|user| Some(format!("c{}", user % 3)));
        let none = Metadata::none(interactions);
        Metadata {
            users: Arc::new(Features {
                categorical: vec![column("COUNTRY", countries.collect())],
                ..(*none.users).clone()
            }),
            items: Arc::new(Features {
                categorical: vec![genres],
                text: vec![plot],
                ..(*none.items).clone()
            }),
            ..none
        }
    }

    /// Every tenth item from 5 on, and five users, came after training; i0045 came without metadata. What old items score
    /// for old histories stays, bit for bit, in the model and in one read back; the new ones that metadata describe can be
    /// recommended, those of the same metadata alike.
    #[test]
    fn old_items_score_what_they_did_and_new_ones_by_their_metadata() {
        let all = toy::random_interactions(90, 140, 16, 9);
        let is_new = |item: u32| item % 10 == 5;
        let old_rows = |all: &Interactions| {
            let mut rows = Vec::new();
            for user in 0..85 {
                for row in all.rows(user).filter(|&row| !is_new(all.item[row])) {
                    let (user, item) = (all.users.id(user), all.items.id(all.item[row]));
                    rows.push((user.to_owned(), item.to_owned(), all.timestamp[row]));
                }
            }
            rows
        };
        let rows = old_rows(&all);
        let users = Arc::new(Vocabulary::new((0..85).map(|user| format!("u{user:05}"))));
        let items = (0..140).filter(|&item| !is_new(item)).map(|item| format!("i{item:04}"));
        let items = Arc::new(Vocabulary::new(items));
        let indexed: Vec<_> = rows
            .iter()
            .map(|(user, item, time)| {
                (users.index(user).unwrap(), items.index(item).unwrap(), *time, 0, f32::NAN)
            })
            .collect();
        let old = Interactions::from_rows(users, items, Arc::default(), &indexed);
        let before = TrainingData::new(Arc::new(old.clone()), &described(&old, ""));
        let now = TrainingData::new(Arc::new(all.clone()), &described(&all, "i0045"));
        let growth = Growth::new(&before, &now).unwrap();
        assert_eq!(growth.added.len(), 14);
        let job = JobContext::default();
        for recipe in registry::all() {
            let descriptor = recipe.descriptor();
            let (name, whole) = (descriptor.name, descriptor.takes_updates);
            // Parts of what takes updates are asked by themselves, too.
            if !whole && !["ease", "sequential-rules", "slit"].contains(&name) {
                continue;
            }
            let parameters = toy::parameters(*recipe);
            let model = recipe.train(&before, &parameters, 3, &job).unwrap();
            let artifact = model.save().unwrap();
            let updated = recipe.update(&artifact, &growth, &parameters, 3, &job).unwrap();
            let restored = recipe.load(&updated.save().unwrap()).unwrap();
            for user in [0, 17, 42, 84] {
                let history = old.history(user);
                let moved = growth.renamed(history.items);
                let asked = [
                    Query { user: Some(user), history, ..Query::default() },
                    Query {
                        user: Some(user),
                        history: crate::data::History { items: &moved, ..history },
                        ..Query::default()
                    },
                ];
                let mut scores = vec![0.0; 126];
                model.score(&asked[..1], &mut scores);
                let mut grown = vec![0.0; 140];
                updated.score(&asked[1..], &mut grown);
                for (item, score) in scores.iter().enumerate() {
                    let now = grown[growth.item(item as u32) as usize];
                    assert_eq!(score.to_bits(), now.to_bits(), "{name} {user} {item}: {score} {now}");
                }
                let mut again = vec![0.0; 140];
                restored.score(&asked[1..], &mut again);
                assert!(again == grown, "{name} does not come back");
                // Where validation gave a blend's network no part, it says so, and nothing speaks for new items.
                let is_heard = !updated.notes().iter().any(|note| note.contains("gives its network no part"));
                for &item in growth.added.iter().filter(|_| whole) {
                    assert_eq!(grown[item as usize].is_finite(), is_heard && item != 45, "{name} {item}");
                }
                // 5, 25, 65 … have the same genre and, by fives, the same plot.
                assert_eq!(grown[5], grown[25], "{name}");
            }
            assert!(
                !whole || updated.notes()[0].contains("14 items are new, of which 13"),
                "{:?}",
                updated.notes()
            );
        }
    }

    /// b and d were there; a, c and e came.
    #[test]
    fn what_was_there_moves_apart() {
        let before = TrainingData::of(toy::interactions(&[("v", "b", 1), ("v", "d", 2)]));
        let rows = [("u", "a", 3), ("v", "b", 1), ("u", "c", 5), ("v", "d", 2), ("v", "e", 3), ("w", "a", 4)];
        let now = TrainingData::of(toy::interactions(&rows));
        let growth = Growth::new(&before, &now).unwrap();
        assert_eq!((growth.added.as_slice(), growth.renamed(&[1, 0])), (&[0, 2, 4][..], vec![3, 1]));
        assert_eq!(growth.users, [None, Some(0), None]);
        assert_eq!(growth.spread(&[1, 2, 3, 4], 2, 0), [0, 0, 1, 2, 0, 0, 3, 4, 0, 0]);
        assert_eq!(growth.spread_offsets(&[0, 3, 4]), [0, 0, 3, 3, 4, 4]);
        let error = Growth::new(&now, &before).err().unwrap().to_string();
        assert!(error.starts_with("3 items that the version knows are no longer among the data, `a` first"));
    }
}
