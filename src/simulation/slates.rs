//! Lists for simulated users, long enough to hold as many items that may be shown as are shown.

use super::guest::{Guest, Slate};
use super::recommender::{Ask, Recommender};
use super::spec::SimulationSpec;
use super::world::World;
use crate::jobs::{Cancelled, JobContext};
use rayon::prelude::*;
use std::sync::Arc;

/// Asks a policy for the lists of guests, all of whom visit at a step.
pub(super) fn make_slates(
    world: &World,
    spec: &SimulationSpec,
    policy: &dyn Recommender,
    guests: &[&Guest],
    step: u32,
    job: &JobContext,
) -> Result<Vec<Arc<Slate>>, Cancelled> {
    let enough = spec.list_length;
    let absent = world.n_items() - world.there_at(step);
    let excluded = |guest: &Guest, item: u32| {
        spec.exclude_seen && world.people()[guest.person as usize].person.had(&guest.clicked, item)
    };
    // The job counts steps, not lists.
    let lists_job = JobContext::default();
    let ask = |results: usize, guests: &[&Guest]| {
        job.check()?;
        let asks: Vec<Ask<'_>> = guests.iter().map(|guest| asked(guest, step)).collect();
        policy.lists(&asks, results, &lists_job)
    };
    // As deep as most lists have to be; those that hold too little that may be shown are asked for again, deeper.
    let mut depth = enough + absent.min(3 * enough) + if spec.exclude_seen { 3 * enough } else { 0 };
    let mut lists = ask(depth, guests)?;
    loop {
        let is_short = |at: &usize| {
            let shown = lists[*at]
                .iter()
                .filter(|&&item| world.arrives_at(item) <= step && !excluded(guests[*at], item));
            lists[*at].len() >= depth && shown.count() < enough
        };
        let short: Vec<usize> = (0..lists.len()).filter(is_short).collect();
        if short.is_empty() || depth >= world.n_items() {
            break;
        }
        depth *= 4;
        let again: Vec<&Guest> = short.iter().map(|&at| guests[at]).collect();
        for (at, list) in short.into_iter().zip(ask(depth, &again)?) {
            lists[at] = list;
        }
    }
    Ok(lists
        .into_par_iter()
        .zip(guests)
        .map(|(mut list, guest)| {
            list.retain(|&item| !excluded(guest, item));
            let person = &world.people()[guest.person as usize].person;
            let pull = |choice: &super::Choice, item| choice.pull(person, &guest.clicked, item);
            Arc::new(Slate::new(list, enough, pull, world, step))
        })
        .collect())
}

fn asked(guest: &Guest, step: u32) -> Ask<'_> {
    Ask {
        user: guest.user,
        person: guest.person,
        clicked: &guest.clicked[guest.known..],
        clicked_at: &guest.clicked_at[guest.known..],
        step,
    }
}
