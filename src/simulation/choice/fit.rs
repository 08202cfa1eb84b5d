//! Fitting the model of choice to the data.

use super::taste::{Taste, Values};
use super::transitions::Transitions;
use super::{Choice, RECENT};
use crate::data::{Features, Interactions};
use crate::jobs::{Cancelled, JobContext};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Events that the weights are fitted to, at even distances.
const EVENTS: usize = 20_000;
/// Steps of expectation maximisation.
const ROUNDS: usize = 100;
/// Newest items that a person may come back to, of one event.
const COME_BACK_TO: usize = 200;
/// Interactions of all items that an item's own share of conversions is weighed against.
const PRIOR: f64 = 20.0;
/// The share of clicks that become conversions where the data don't tell.
pub const ASSUMED_CONVERSION: f64 = 0.05;

/// What fitting found, for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FittedChoice {
    /// λ of popularity.
    pub popularity: f64,
    /// λ of the taste for metadata.
    pub taste: f64,
    /// λ of what came before.
    pub transitions: f64,
    /// ρ.
    pub repeat: f64,
    /// Events the weights were fitted to.
    pub events: usize,
    /// The type of event that counts as a conversion; none where the data has no two types.
    pub conversion_event: Option<String>,
    /// The mean share of clicks that become conversions.
    pub conversion: f64,
}

/// A held-out event as the weights see it.
struct Seen {
    parts: [f64; 3],
    /// What each part gives to items had before, all together.
    had: [f64; 3],
    is_repeat: bool,
}

impl Choice {
    /// Fits to all interactions and what is said of their items, `[n_items]`.
    pub fn fit(
        interactions: &Interactions,
        items: &Features,
        job: &JobContext,
    ) -> Result<(Self, FittedChoice), Cancelled> {
        let n_items = interactions.n_items();
        let mut counts = vec![0_u32; n_items];
        for &item in &interactions.item {
            counts[item as usize] += 1;
        }
        let all = (interactions.len() + n_items) as f64;
        let popularity: Vec<f64> = counts.iter().map(|&count| (f64::from(count) + 1.0) / all).collect();
        let values = Values::of(items, &popularity);
        let transitions = Transitions::count(interactions, job)?;
        let (conversion_event, conversion) = conversions(interactions, &counts);
        let mut choice =
            Self { weights: [1.0, 0.0, 0.0], repeat: 1.0, popularity, values, transitions, conversion };
        let events = choice.held_out(interactions, job)?;
        choice.weights = weights(&events, choice.values.any());
        choice.repeat = repeat(&events, choice.weights);
        let of_all = counts.iter().zip(&choice.conversion);
        let mean = of_all.map(|(&count, &share)| f64::from(count) * f64::from(share)).sum::<f64>()
            / (interactions.len().max(1)) as f64;
        let fitted = FittedChoice {
            popularity: choice.weights[0],
            taste: choice.weights[1],
            transitions: choice.weights[2],
            repeat: choice.repeat,
            events: events.len(),
            conversion_event,
            conversion: mean,
        };
        Ok((choice, fitted))
    }

    /// Events with what came before them, each left out of what predicts it.
    fn held_out(&self, interactions: &Interactions, job: &JobContext) -> Result<Vec<Seen>, Cancelled> {
        let stride = interactions.len().div_ceil(EVENTS).max(1);
        let all = (interactions.len() + interactions.n_items()) as f64;
        let users: Vec<u32> = (0..interactions.n_users() as u32).collect();
        let seen: Vec<Vec<Seen>> = users
            .par_chunks(256)
            .map(|users| {
                job.check()?;
                let mut seen = Vec::new();
                for &user in users {
                    let rows = interactions.rows(user);
                    let sampled: Vec<usize> =
                        rows.clone().filter(|row| row % stride == 0 && *row > rows.start).collect();
                    if !sampled.is_empty() {
                        let taste = self.values.taste(&interactions.item[rows.clone()]);
                        let events = sampled.iter().map(|&row| {
                            let before = &interactions.item[rows.start..row];
                            self.event(before, interactions.item[row], &taste, all)
                        });
                        seen.extend(events);
                    }
                }
                Ok(seen)
            })
            .collect::<Result<_, Cancelled>>()?;
        Ok(seen.into_iter().flatten().collect())
    }

    /// `all` is what the shares of popularity are shares of.
    fn event(&self, before: &[u32], item: u32, taste: &Taste, all: f64) -> Seen {
        let popularity = (self.popularity[item as usize] * all - 1.0) / (all - 1.0);
        let mut next = 0.0;
        let mut of = 0.0;
        for (distance, &earlier) in (1..).zip(before.iter().rev().take(RECENT)) {
            let weight = 1.0 / distance as f64;
            of += weight;
            next += weight * self.transitions.share_without(earlier, item, distance).unwrap_or(popularity);
        }
        let parts = [popularity, popularity * self.values.lift_without(taste, item), next / of];
        let recent: Vec<u32> = before.iter().rev().take(RECENT).copied().collect();
        let mut earlier: Vec<u32> = before.iter().rev().take(COME_BACK_TO).copied().collect();
        earlier.sort_unstable();
        earlier.dedup();
        let mut had = [0.0; 3];
        for &item in &earlier {
            let of_item = self.parts(taste, &recent, item);
            had.iter_mut().zip(of_item).for_each(|(sum, part)| *sum += part);
        }
        Seen { parts, had, is_repeat: earlier.binary_search(&item).is_ok() }
    }
}

/// The weights of a mixture under which what happened is most likely (expectation maximisation, Dempster, Laird and Rubin
/// 1977).
fn weights(events: &[Seen], has_taste: bool) -> [f64; 3] {
    let mut weights = if has_taste { [1.0 / 3.0; 3] } else { [0.5, 0.0, 0.5] };
    if events.is_empty() {
        return [1.0, 0.0, 0.0];
    }
    for _ in 0..ROUNDS {
        let mut sums = [0.0; 3];
        for event in events {
            let all: f64 = event.parts.iter().zip(weights).map(|(part, weight)| part * weight).sum();
            if all > 0.0 {
                for ((sum, part), weight) in sums.iter_mut().zip(event.parts).zip(weights) {
                    *sum += part * weight / all;
                }
            }
        }
        let all: f64 = sums.iter().sum();
        weights = sums.map(|sum| sum / all);
    }
    weights
}

/// How much an item had before must count so that people come back as often as they do.
fn repeat(events: &[Seen], weights: [f64; 3]) -> f64 {
    let repeats = events.iter().filter(|event| event.is_repeat).count() as f64;
    let chances: Vec<f64> = events
        .iter()
        .map(|event| event.had.iter().zip(weights).map(|(had, weight)| had * weight).sum::<f64>().min(1.0))
        .collect();
    let expected = |factor: f64| -> f64 {
        chances.iter().map(|chance| factor * chance / (factor * chance + 1.0 - chance)).sum()
    };
    let (mut low, mut high) = (1e-4_f64.ln(), 1e4_f64.ln());
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if expected(middle.exp()) < repeats { low = middle } else { high = middle }
    }
    low.exp()
}

/// The rarest type of event, where there are two or more, and its share among the interactions of each item.
fn conversions(interactions: &Interactions, counts: &[u32]) -> (Option<String>, Vec<f32>) {
    let mut of_type = vec![0_usize; interactions.event_types.len()];
    if of_type.len() > 1 {
        for &kind in &interactions.event_type {
            of_type[kind as usize] += 1;
        }
    }
    let used = (0..of_type.len()).filter(|&kind| of_type[kind] > 0);
    let rarest = used.clone().min_by_key(|&kind| of_type[kind]);
    let Some(rarest) = rarest.filter(|_| used.count() > 1) else {
        return (None, vec![ASSUMED_CONVERSION as f32; counts.len()]);
    };
    let mean = of_type[rarest] as f64 / interactions.len() as f64;
    let mut converted = vec![0_u32; counts.len()];
    for (&item, &kind) in interactions.item.iter().zip(&interactions.event_type) {
        converted[item as usize] += u32::from(kind as usize == rarest);
    }
    let share = |(&converted, &count): (&u32, &u32)| {
        ((f64::from(converted) + PRIOR * mean) / (f64::from(count) + PRIOR)) as f32
    };
    let shares = converted.iter().zip(counts).map(share).collect();
    (Some(interactions.event_types.id(rarest as u32).to_owned()), shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Vocabulary;
    use crate::evaluation::Stream;
    use crate::simulation::thompson::uniform;
    use std::sync::Arc;

    /// People who in a share of cases go from item i to i + 1, and otherwise anywhere.
    fn walkers(follow: f64) -> Interactions {
        let (n_users, n_items) = (400_u32, 50_u32);
        let users = Arc::new(Vocabulary::new((0..n_users).map(|user| format!("u{user:03}"))));
        let items = Arc::new(Vocabulary::new((0..n_items).map(|item| format!("i{item:02}"))));
        let mut rows = Vec::new();
        let mut stream = Stream::new(1, 1);
        for user in 0..n_users {
            let mut item = 0;
            for time in 0..30 {
                let any = (uniform(&mut stream) * f64::from(n_items)) as u32;
                item = if uniform(&mut stream) < follow { (item + 1) % n_items } else { any };
                rows.push((user, item, time, 0, 0.0));
            }
        }
        Interactions::from_rows(users, items, Arc::default(), &rows)
    }

    /// Transitions of the newest item alone explain followers; the two before it say little, so the weight of what came
    /// before is that of following over the newest item's own share of it, 6/11, at most one.
    #[test]
    fn what_people_follow_is_found() {
        let fit = |follow| {
            let data = walkers(follow);
            Choice::fit(&data, &Features::none(data.n_items()), &JobContext::default()).unwrap().1
        };
        let (none, half) = (fit(0.0), fit(0.5));
        assert!(none.transitions < 0.35, "{none:?}");
        assert!(half.transitions > 0.6, "{half:?}");
        assert_eq!((none.taste, half.events), (0.0, 400 * 29));
        assert!((none.popularity + none.transitions - 1.0).abs() < 1e-9);
        // Nobody minds coming back in either.
        assert!((none.repeat - 1.0).abs() < 0.1, "{none:?}");
    }

    /// People who never take what they had: it counts for nothing.
    #[test]
    fn those_who_never_come_back_are_known() {
        let users = Arc::new(Vocabulary::new((0..200).map(|user| format!("u{user:03}"))));
        let items = Arc::new(Vocabulary::new((0..40).map(|item| format!("i{item:02}"))));
        let rows: Vec<_> = (0..200_u32)
            .flat_map(|user| {
                (0..20_u32).map(move |step| (user, (user * 7 + step * 3) % 40, i64::from(step), 0, 0.0))
            })
            .collect();
        let data = Interactions::from_rows(users, items, Arc::default(), &rows);
        let (_, fitted) = Choice::fit(&data, &Features::none(40), &JobContext::default()).unwrap();
        assert!(fitted.repeat < 0.01, "{fitted:?}");
    }

    /// The rarer of two types is the conversion: of item a 1 in 4, of b none, drawn towards 1 in 8.
    #[test]
    fn conversions_are_the_rarest_events() {
        let users = Arc::new(Vocabulary::new(["u"]));
        let items = Arc::new(Vocabulary::new(["a", "b"]));
        let types = Arc::new(Vocabulary::new(["buy", "view"]));
        let rows = (0..8).map(|time| (0, u32::from(time > 3), time, u16::from(time > 0), 0.0));
        let data = Interactions::from_rows(users, items, types, &rows.collect::<Vec<_>>());
        let (name, shares) = conversions(&data, &[4, 4]);
        assert_eq!(name.as_deref(), Some("buy"));
        assert_eq!(shares, [((1.0 + 2.5) / 24.0) as f32, (2.5 / 24.0) as f32]);
    }
}
