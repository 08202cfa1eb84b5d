//! New items and users taken into a trained model: their feature rows by what the model learnt of columns, values and
//! text; nothing is learnt anew, and what the model says of the rest stays as it is.

use super::cold::ColdRule;
use super::layout::{Layout, add_row};
use super::model::{SequenceModel, load};
use super::train::{TEXT_WIDTH, TextReader, add_text, close_item};
use crate::data::Features;
use crate::jobs::{JobContext, Unit};
use crate::nn::bags::Bags;
use crate::recipes::popularity::Popularity;
use crate::recipes::{Artifact, Growth, Model, TrainError};
use std::sync::Arc;

/// The model with what came since. `cold` says which of the new items are cold, where the recipe treats those apart; items
/// that were cold stay so.
pub fn update(
    artifact: &Artifact,
    growth: &Growth<'_>,
    cold: Option<ColdRule>,
    seed: u64,
    job: &JobContext,
) -> Result<SequenceModel, TrainError> {
    job.stage("Taking in new items", Unit::Items, growth.added.len() as u64);
    let model = load(artifact)?;
    let now = growth.now;
    let layout = model.layout().reread(&now.users, &now.items, &now.interactions.context);
    let layout = layout.map_err(|lost| TrainError::Unfit(lost.to_string()))?;
    let (old_users, old_items) = model.features();
    let users = user_bags(&layout, old_users, growth);
    let items = old_items.map(|old| item_bags(&layout, old, growth, seed, job)).transpose()?;
    let described = |&&item: &&u32| {
        items.as_ref().is_some_and(|items: &Bags| items.entries(item as usize).next().is_some())
    };
    let described = growth.added.iter().filter(described).count();
    let mut notes = vec![format!(
        "Nothing was learnt anew: {} items are new, of which {described} are judged by their metadata, and of the rest \
         nothing is known yet; all others score what they did.",
        growth.added.len()
    )];
    let mut cold_items = growth.renamed(model.cold());
    if let Some(rule) = cold {
        let counts = Popularity::of(&now.interactions);
        let new = growth.added.iter().copied().filter(|&item| rule.is_cold(now, &counts, item));
        let before = cold_items.len();
        cold_items.extend(new);
        cold_items.sort_unstable();
        ColdRule::check(cold_items.len(), growth.n_items())?;
        notes
            .push(format!("{} of the new items are cold and can be recommended.", cold_items.len() - before));
    }
    notes.extend_from_slice(model.notes());
    job.advance(growth.added.len() as u64);
    Ok(model.grown(growth, layout, (Arc::new(users), items.map(Arc::new)), cold_items.into(), notes))
}

/// Of users who were there before, what was known then; of new ones what is now.
fn user_bags(layout: &Layout, old: &Bags, growth: &Growth<'_>) -> Bags {
    let mut bags = Bags::default();
    for (user, before) in growth.users.iter().enumerate() {
        match before {
            Some(before) => copy(old, *before, &mut bags),
            None => add_row(&layout.users, &mut bags, &growth.now.users, user),
        }
        bags.close();
    }
    bags
}

fn item_bags(
    layout: &Layout,
    old: &Bags,
    growth: &Growth<'_>,
    seed: u64,
    job: &JobContext,
) -> Result<Bags, TrainError> {
    let features = &*growth.now.items;
    let texts = texts(layout, growth, seed, job)?;
    let mut before = 0;
    let mut added = growth.added.iter().enumerate().peekable();
    let mut bags = Bags::default();
    for item in 0..growth.n_items() {
        if let Some((at, _)) = added.next_if(|(_, new)| **new as usize == item) {
            add_row(&layout.items, &mut bags, features, item);
            for (first, vectors) in &texts {
                add_text(&mut bags, *first, &vectors[at * TEXT_WIDTH..][..TEXT_WIDTH]);
            }
            close_item(&mut bags);
        } else {
            copy(old, before, &mut bags);
            bags.close();
            before += 1;
        }
    }
    Ok(bags)
}

/// The first row of each column of text, and the vectors of the added items' texts in it: read by what the texts of the
/// data trained on taught, which is found again by the same seed.
fn texts(
    layout: &Layout,
    growth: &Growth<'_>,
    seed: u64,
    job: &JobContext,
) -> Result<Vec<(u32, Vec<f32>)>, TrainError> {
    let learnt = &growth.before.items.text;
    // Text has the last rows of a layout, in the order of its columns.
    let mut first = layout.rows - (learnt.len() * TEXT_WIDTH) as u32;
    let mut texts = Vec::new();
    for feature in learnt {
        let of = |features: &Features, item: u32| {
            let feature = features.text.iter().find(|other| other.name == feature.name);
            feature.and_then(|feature| feature.of(item as usize)).unwrap_or_default().to_owned()
        };
        let new: Vec<String> = growth.added.iter().map(|&item| of(&growth.now.items, item)).collect();
        let reader = TextReader::learn(growth.before, feature, seed, job)?;
        texts.push((first, reader.read(&new, job)?));
        first += TEXT_WIDTH as u32;
    }
    Ok(texts)
}

fn copy(from: &Bags, bag: u32, to: &mut Bags) {
    from.entries(bag as usize).for_each(|(row, weight)| to.add(row, weight));
}
