//! What is tried in an experiment: anything that makes lists.

use super::thompson::uniform;
use super::world::World;
use crate::data::{History, Interactions};
use crate::evaluation::Stream;
use crate::jobs::{Cancelled, JobContext};
use crate::serving::{Campaign, Visitor};
use rayon::prelude::*;

/// A simulated user who is to see a list.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The number of the simulated user.
    pub user: u32,
    /// Whom of the data they are like: a place in [`World::people`].
    pub person: u32,
    /// What they clicked since, oldest first, and at which steps.
    pub clicked: &'a [u32],
    pub clicked_at: &'a [u32],
    pub step: u32,
}

/// Makes lists, in the item indices of a world.
pub trait Recommender: Sync {
    /// A list for each who asks, best first, of all items whether they have arrived or not; `results` at most.
    fn lists(&self, asks: &[Ask<'_>], results: usize, job: &JobContext) -> Result<Vec<Vec<u32>>, Cancelled>;

    /// Whether people alike who have clicked nothing get the same list.
    fn is_steady(&self) -> bool {
        true
    }
}

/// The items most people had, for everybody.
pub struct Popular<'a>(pub &'a World);

impl Recommender for Popular<'_> {
    fn lists(&self, asks: &[Ask<'_>], results: usize, _: &JobContext) -> Result<Vec<Vec<u32>>, Cancelled> {
        let order = self.0.by_popularity();
        Ok(vec![order[..results.min(order.len())].to_vec(); asks.len()])
    }
}

/// Any items, other ones each time somebody clicked.
pub struct Random<'a> {
    pub world: &'a World,
    pub seed: u64,
}

impl Recommender for Random<'_> {
    fn lists(&self, asks: &[Ask<'_>], results: usize, _: &JobContext) -> Result<Vec<Vec<u32>>, Cancelled> {
        let n_items = self.world.n_items();
        let list = |ask: &Ask<'_>| {
            let mut stream = Stream::new(self.seed, u64::from(ask.user) << 32 | ask.clicked.len() as u64);
            // The first places of a shuffled catalogue (Fisher and Yates), which is not written out.
            let mut moved = std::collections::BTreeMap::new();
            (0..results.min(n_items) as u32)
                .map(|place| {
                    let left = (n_items - place as usize) as f64;
                    let other = place + (uniform(&mut stream) * left) as u32;
                    let own = moved.get(&place).copied().unwrap_or(place);
                    moved.insert(other, own).unwrap_or(other)
                })
                .collect()
        };
        Ok(asks.par_iter().map(list).collect())
    }

    fn is_steady(&self) -> bool {
        false
    }
}

/// A campaign of the project, by the one code path that answers requests.
///
/// Simulated people have the history that the campaign knows of whom they are like, without items that have not
/// arrived, and their clicks as its most frequent type of event. Context and sessions are not simulated.
pub struct Served<'a> {
    campaign: Campaign<'a>,
    world: &'a World,
    /// The world's item of each of the campaign's, `[n_items]`; [`UNKNOWN`] where it has none.
    to_world: Vec<u32>,
    from_world: Vec<u32>,
    /// The campaign's user of each person.
    users: Vec<Option<u32>>,
    click_type: u16,
}

/// Stands for an item that the other side does not know.
const UNKNOWN: u32 = u32::MAX;

impl<'a> Served<'a> {
    /// `world` was made of `interactions`.
    pub fn new(campaign: Campaign<'a>, world: &'a World, interactions: &Interactions) -> Self {
        let (here, there) = (&interactions.items, &campaign.interactions.items);
        let to = |id| here.index(id).unwrap_or(UNKNOWN);
        let from = |id| there.index(id).unwrap_or(UNKNOWN);
        let user = |person: &super::world::Somebody| {
            campaign.interactions.users.index(interactions.users.id(person.user))
        };
        let mut of_type = vec![0_usize; campaign.interactions.event_types.len().max(1)];
        for &kind in &campaign.interactions.event_type {
            of_type[kind as usize] += 1;
        }
        let most = (0..of_type.len()).max_by_key(|&kind| (of_type[kind], std::cmp::Reverse(kind)));
        Self {
            to_world: there.iter().map(to).collect(),
            from_world: here.iter().map(from).collect(),
            users: world.people().iter().map(user).collect(),
            click_type: most.unwrap_or_default() as u16,
            campaign,
            world,
        }
    }

    /// What somebody did, with the clicks of the experiment.
    fn history(&self, ask: &Ask<'_>) -> (Vec<u32>, Vec<i64>, Vec<u16>) {
        let known = self.users[ask.person as usize].map(|user| self.campaign.interactions.history(user));
        let known = known.unwrap_or_default();
        let (mut items, mut times, mut types) = (Vec::new(), Vec::new(), Vec::new());
        for ((&item, &time), &kind) in known.items.iter().zip(known.timestamps).zip(known.event_types) {
            let here = self.to_world[item as usize];
            if here == UNKNOWN || self.world.arrives_at(here) == 0 {
                items.push(item);
                times.push(time);
                types.push(kind);
            }
        }
        for (&item, &step) in ask.clicked.iter().zip(ask.clicked_at) {
            let there = self.from_world[item as usize];
            if there != UNKNOWN {
                items.push(there);
                times.push(self.world.time_of(step));
                types.push(self.click_type);
            }
        }
        (items, times, types)
    }
}

impl Recommender for Served<'_> {
    fn lists(&self, asks: &[Ask<'_>], results: usize, job: &JobContext) -> Result<Vec<Vec<u32>>, Cancelled> {
        let histories: Vec<_> = asks.par_iter().map(|ask| self.history(ask)).collect();
        let visitors: Vec<Visitor<'_>> = asks
            .iter()
            .zip(&histories)
            .map(|(ask, (items, timestamps, event_types))| Visitor {
                user: self.users[ask.person as usize],
                history: History { items, timestamps, event_types, sessions: &[], context: None },
                now: self.world.time_of(ask.step),
            })
            .collect();
        let lists = self.campaign.lists(&visitors, results, job)?;
        let known = |item: u32| Some(self.to_world[item as usize]).filter(|&item| item != UNKNOWN);
        Ok(lists.into_iter().map(|list| list.into_iter().filter_map(known).collect()).collect())
    }
}
