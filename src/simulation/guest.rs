//! A simulated user and what happens on a visit.

use super::choice::{Choice, REMEMBERED, freshness, looked_at};
use super::interleave::{balanced, team_draft};
use super::spec::Design;
use super::thompson::{Belief, choose, uniform};
use super::world::World;
use crate::evaluation::{Stream, mix};
use rayon::prelude::*;
use std::sync::Arc;

/// Users whose visits are one piece of work.
const GUESTS_AT_ONCE: usize = 256;
/// Items remembered as shown above which those nearly forgotten go.
const SHOWN_AT_ONCE: usize = 96;
/// How much of having been shown is as good as nothing.
const FORGOTTEN: f32 = 0.05;

/// A list of an arm for a user, down to where it has enough items that have arrived.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Slate {
    pub items: Vec<u32>,
    /// How attractive each is to the user.
    pub pulls: Vec<f32>,
}

/// What a user did in an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub visits: u32,
    pub clicks: u32,
    pub conversions: u32,
}

/// Shown how often, as far as it is remembered, and as of which step.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shown {
    item: u32,
    times: f32,
    step: u32,
}

/// A simulated user.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Guest {
    pub user: u32,
    /// A place in [`World::people`].
    pub person: u32,
    /// The arm of the next visit; of no meaning where visits see items of all arms.
    pub arm: usize,
    pub clicked: Vec<u32>,
    pub clicked_at: Vec<u32>,
    /// Clicks that the policies have in their data by now.
    pub known: usize,
    shown: Vec<Shown>,
    /// Of each arm; none where it has to be asked (again).
    pub slates: Vec<Option<Arc<Slate>>>,
    pub tallies: Vec<Tally>,
}

/// What a visit needs of the experiment.
pub(super) struct Setting<'a> {
    pub world: &'a World,
    pub design: Design,
    pub seed: u64,
    pub step: u32,
    pub list_length: usize,
    pub no_click: f64,
}

/// What a thread reuses from visit to visit.
#[derive(Default)]
struct Scratch {
    items: Vec<u32>,
    credits: Vec<u8>,
    pulls: Vec<f32>,
    weights: Vec<f64>,
    per_arm: Vec<Vec<u32>>,
}

/// What chance is for.
const PLAYS: u64 = 1;
const VISITS: u64 = 2;

impl Guest {
    pub(super) fn new(user: u32, person: u32, arm: usize, arms: usize) -> Self {
        Self {
            user,
            person,
            arm,
            clicked: Vec::new(),
            clicked_at: Vec::new(),
            known: 0,
            shown: Vec::new(),
            slates: vec![None; arms],
            tallies: vec![Tally::default(); arms],
        }
    }

    fn stream(&self, setting: &Setting<'_>, purpose: u64) -> Stream {
        Stream::new(mix(setting.seed ^ mix(purpose)), u64::from(self.user) << 32 | u64::from(setting.step))
    }

    /// Takes the arm of the next visit from what is believed of all.
    pub(super) fn play(&mut self, beliefs: &[Belief], setting: &Setting<'_>) {
        self.arm = choose(beliefs, &mut self.stream(setting, PLAYS));
    }

    /// Sees a list, and clicks an item of it or none. After a click the lists have to be made anew.
    fn visit(&mut self, setting: &Setting<'_>, scratch: &mut Scratch) {
        let mut stream = self.stream(setting, VISITS);
        self.fill(setting, scratch, &mut stream);
        let Scratch { items, credits, pulls, weights, .. } = scratch;
        weights.clear();
        let mut all = setting.no_click;
        for ((place, &item), &pull) in (1..).zip(items.iter()).zip(pulls.iter()) {
            let weight = looked_at(place) * f64::from(pull) * freshness(self.showed(item, setting.step));
            weights.push(weight);
            all += weight;
        }
        if setting.design.mixes_lists() {
            self.tallies.iter_mut().for_each(|tally| tally.visits += 1);
        } else {
            self.tallies[self.arm].visits += 1;
        }
        let mut left = uniform(&mut stream) * all - setting.no_click;
        if left >= 0.0 {
            let mut taken = weights.len().saturating_sub(1);
            for (place, weight) in weights.iter().enumerate() {
                left -= weight;
                if left < 0.0 {
                    taken = place;
                    break;
                }
            }
            if let Some(&item) = items.get(taken) {
                let arm = credits.get(taken).map_or(self.arm, |&arm| usize::from(arm));
                self.click(item, arm, setting, &mut stream);
            }
        }
        if self.shown.len() > SHOWN_AT_ONCE {
            let now = setting.step;
            self.shown.retain(|shown| remembered(shown, now) > FORGOTTEN);
        }
    }

    fn click(&mut self, item: u32, arm: usize, setting: &Setting<'_>, stream: &mut Stream) {
        let converts = uniform(stream) < f64::from(setting.world.choice().conversion(item));
        self.tallies[arm].clicks += 1;
        self.tallies[arm].conversions += u32::from(converts);
        self.clicked.push(item);
        self.clicked_at.push(setting.step);
        self.slates.fill(None);
    }

    /// The items of the visit, how attractive each is and, where several arms bring them, which brought it.
    fn fill(&self, setting: &Setting<'_>, scratch: &mut Scratch, stream: &mut Stream) {
        let Scratch { items, credits, pulls, per_arm, .. } = scratch;
        items.clear();
        credits.clear();
        pulls.clear();
        let there = |item: u32| setting.world.arrives_at(item) <= setting.step;
        if !setting.design.mixes_lists() {
            let Some(slate) = &self.slates[self.arm] else { return };
            let list = slate.items.iter().zip(&slate.pulls).filter(|&(&item, _)| there(item));
            for (&item, &pull) in list.take(setting.list_length) {
                items.push(item);
                pulls.push(pull);
            }
            return;
        }
        per_arm.resize_with(self.slates.len(), Vec::new);
        for (list, slate) in per_arm.iter_mut().zip(&self.slates) {
            list.clear();
            let arrived = slate.iter().flat_map(|slate| &slate.items).copied().filter(|&item| there(item));
            list.extend(arrived.take(setting.list_length));
        }
        let lists: Vec<&[u32]> = per_arm.iter().map(Vec::as_slice).collect();
        let interleave = if setting.design == Design::Balanced { balanced } else { team_draft };
        interleave(&lists, setting.list_length, stream, items, credits);
        for (&item, &arm) in items.iter().zip(credits.iter()) {
            let slate = self.slates[usize::from(arm)].as_deref();
            let pull = slate.and_then(|slate| {
                slate.items.iter().position(|&listed| listed == item).map(|at| slate.pulls[at])
            });
            pulls.push(pull.unwrap_or_default());
        }
    }

    /// How often an item was shown before, as far as it is remembered; from now on once more.
    fn showed(&mut self, item: u32, step: u32) -> f32 {
        match self.shown.binary_search_by_key(&item, |shown| shown.item) {
            Ok(at) => {
                let before = remembered(&self.shown[at], step);
                self.shown[at] = Shown { item, times: before + 1.0, step };
                before
            }
            Err(at) => {
                self.shown.insert(at, Shown { item, times: 1.0, step });
                0.0
            }
        }
    }
}

/// Everybody visits once.
pub(super) fn everybody_visits(guests: &mut [Guest], setting: &Setting<'_>) {
    guests.par_chunks_mut(GUESTS_AT_ONCE).for_each_init(Scratch::default, |scratch, guests| {
        for guest in guests {
            guest.visit(setting, scratch);
        }
    });
}

fn remembered(shown: &Shown, step: u32) -> f32 {
    shown.times * REMEMBERED.powi((step - shown.step) as i32)
}

impl Slate {
    /// An arm's list for somebody, down to the item that makes `enough` of those that have arrived.
    pub(super) fn new(
        list: Vec<u32>,
        enough: usize,
        pull: impl Fn(&Choice, u32) -> f64,
        world: &World,
        step: u32,
    ) -> Self {
        let mut items = list;
        let mut arrived = 0;
        let end = items.iter().position(|&item| {
            arrived += usize::from(world.arrives_at(item) <= step);
            arrived == enough
        });
        items.truncate(end.map_or(items.len(), |end| end + 1));
        let pulls = items.iter().map(|&item| pull(world.choice(), item) as f32).collect();
        Self { items, pulls }
    }
}
