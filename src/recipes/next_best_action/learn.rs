//! From showings to coefficients: what holds for all actions, how each departs from that, and how sure to be of both.
//!
//! The log odds that a user takes an action are those of the action (its own rate, drawn towards the rate of all), plus what
//! the user's numbers say of any action, plus what they say of this one, which a ridge draws towards nothing: an action with
//! few showings is judged as the others are. How strong that ridge is, and how far the log odds are to be trusted
//! ([`Trust`]), is decided by people who were held back in turn, so that probabilities are right for people who were never
//! seen.

use super::logistic::{Coefficients, Rows, loss};
use super::person::{Moment, OWN_ANSWERS, People, describe_own};
use super::trust::Trust;
use crate::data::{Actions, Interactions, Showing, showings};
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::nn::random::Random;
use rayon::prelude::*;

/// Showings trained on at most, the newest.
const MOST_SHOWINGS: usize = 200_000;
/// Parts of the people that are held back in turn.
const PARTS: usize = 5;
/// The ridge on what all actions share.
const SHARED_RIDGE: f64 = 10.0;
/// The ridges tried on what is an action's own.
const OWN_RIDGES: [f64; 4] = [10.0, 40.0, 160.0, 640.0];
/// The ridge on an action's own intercept.
const OWN_INTERCEPT: f64 = 1.0;
/// Showings that the rate of all actions counts as in the rate of each.
const PRIOR_SHOWINGS: f64 = 20.0;

/// What was shown to whom, in numbers.
pub struct Shown {
    /// `[showings, width]`, centred and scaled.
    pub numbers: Vec<f32>,
    pub action: Vec<u32>,
    pub was_taken: Vec<bool>,
    /// The user of the log.
    user: Vec<u32>,
}

/// Coefficients of all actions.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    /// Log odds of each action, `[n_actions]`.
    pub base: Vec<f64>,
    /// What holds for all actions, `[width + 1]`.
    pub shared: Coefficients,
    /// How each departs from it, `[n_actions, width + 1]`.
    pub own: Vec<f64>,
    pub trust: Trust,
    pub own_ridge: f64,
}

impl Shown {
    /// The showings of a log, and what was known of each user then. Centres and scales the numbers of `people` by them.
    pub fn of(
        interactions: &Interactions,
        actions: &Actions,
        people: &mut People,
        period_days: i64,
        job: &JobContext,
    ) -> Result<Self, Cancelled> {
        let log = &actions.log;
        let mut all: Vec<(u32, Showing)> = showings(log, period_days);
        if all.len() > MOST_SHOWINGS {
            all.sort_by_key(|(user, showing)| (std::cmp::Reverse(showing.at), *user, showing.first));
            all.truncate(MOST_SHOWINGS);
            all.sort_by_key(|(user, showing)| (*user, showing.first));
        }
        job.stage("Describing who was shown what", Unit::Rows, all.len() as u64);
        let width = people.width();
        let mut numbers = vec![0.0; all.len() * width];
        let of_users: Vec<Option<u32>> =
            (0..log.n_users() as u32).map(|user| interactions.users.index(log.users.id(user))).collect();
        let described: &People = people;
        numbers.par_chunks_mut(width).zip(&all).try_for_each(|(row, (user, showing))| {
            job.check()?;
            let known = of_users[*user as usize];
            let moment = moment_of(interactions, actions, known, *user, showing.first, showing.at);
            described.describe(&moment, row);
            describe_own(&moment, showing.action, &mut row[width - OWN_ANSWERS..]);
            Ok(())
        })?;
        job.advance(all.len() as u64);
        let shown = Self {
            numbers,
            action: all.iter().map(|(_, showing)| showing.action).collect(),
            was_taken: all.iter().map(|(_, showing)| showing.was_taken).collect(),
            user: all.iter().map(|(user, _)| *user).collect(),
        };
        Ok(shown.centred(people))
    }

    pub fn len(&self) -> usize {
        self.action.len()
    }

    /// Centres and scales the numbers, which stand as they are, and has `people` do so from now on.
    fn centred(mut self, people: &mut People) -> Self {
        let width = people.width();
        let (mut sums, mut squares, mut known) =
            (vec![0.0_f64; width], vec![0.0_f64; width], vec![0.0; width]);
        for row in self.numbers.chunks_exact(width) {
            for (at, &value) in row.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                sums[at] += f64::from(value);
                squares[at] += f64::from(value).powi(2);
                known[at] += 1.0;
            }
        }
        for row in self.numbers.chunks_exact(width) {
            for (at, &value) in row.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                people.lows[at] = people.lows[at].min(value);
                people.highs[at] = people.highs[at].max(value);
            }
        }
        for at in 0..width {
            let rows = f64::max(known[at], 1.0);
            let mean = sums[at] / rows;
            let deviation = (squares[at] / rows - mean * mean).max(0.0).sqrt();
            people.means[at] = mean as f32;
            people.scales[at] = if deviation > 1e-6 { deviation as f32 } else { 1.0 };
        }
        for row in self.numbers.chunks_exact_mut(width) {
            people.centre(0, row);
        }
        self
    }

    /// How often each action was shown, and taken.
    pub fn counts(&self, n_actions: usize) -> Vec<[u32; 2]> {
        let mut counts = vec![[0; 2]; n_actions];
        for (&action, &was_taken) in self.action.iter().zip(&self.was_taken) {
            counts[action as usize][0] += 1;
            counts[action as usize][1] += u32::from(was_taken);
        }
        counts
    }
}

/// A user of the log at the moment of an event of theirs: what came before it is known.
pub fn moment_of<'a>(
    interactions: &'a Interactions,
    actions: &'a Actions,
    known: Option<u32>,
    user: u32,
    first: usize,
    at: i64,
) -> Moment<'a> {
    let history = known.map(|known| {
        let history = interactions.history(known);
        history.slice(0..history.timestamps.partition_point(|&time| time < at))
    });
    Moment {
        user: known,
        newcomer: None,
        history: history.unwrap_or_default(),
        actions: actions.log.history(user).slice(0..first),
        now: at,
    }
}

/// Learns all coefficients. The same on any number of threads.
pub fn learn(
    shown: &Shown,
    n_actions: usize,
    width: usize,
    seed: u64,
    job: &JobContext,
) -> Result<Learnt, Cancelled> {
    job.stage("Weighing what is known of people", Unit::Steps, PARTS as u64 + 1);
    let part = parts(shown, seed);
    // Log odds of everybody when they were held back, by ridge.
    let mut held_back = vec![vec![0.0; shown.len()]; OWN_RIDGES.len()];
    for tested in 0..PARTS {
        let (train, test): (Vec<u32>, Vec<u32>) =
            (0..shown.len() as u32).partition(|&row| part[row as usize] != tested);
        let fits = fit(shown, &train, n_actions, width, &OWN_RIDGES, job)?;
        for (learnt, logits) in fits.iter().zip(&mut held_back) {
            for &row in &test {
                logits[row as usize] = learnt.raw(shown, row, width);
            }
        }
        job.advance(1);
    }
    let total = |logits: &[f64]| -> f64 {
        logits.iter().zip(&shown.was_taken).map(|(&logit, &taken)| loss(logit, taken)).sum()
    };
    let best = (0..OWN_RIDGES.len()).min_by(|&a, &b| total(&held_back[a]).total_cmp(&total(&held_back[b])));
    let best = best.unwrap_or(0);
    let all: Vec<u32> = (0..shown.len() as u32).collect();
    let fits = fit(shown, &all, n_actions, width, &OWN_RIDGES[best..=best], job)?;
    job.advance(1);
    let trust = Trust::learn(&held_back[best], &shown.was_taken, job)?;
    let learnt = fits.into_iter().next().unwrap_or_else(|| Learnt::nothing(n_actions, width));
    Ok(Learnt { trust, ..learnt })
}

/// The part that each showing's user is in.
fn parts(shown: &Shown, seed: u64) -> Vec<usize> {
    let users = shown.user.iter().max().map_or(0, |&most| most as usize + 1);
    let mut order: Vec<u32> = (0..users as u32).collect();
    Random::new(seed, 1).shuffle(&mut order);
    let mut part = vec![0; users];
    order.iter().enumerate().for_each(|(place, &user)| part[user as usize] = place % PARTS);
    shown.user.iter().map(|&user| part[user as usize]).collect()
}

/// Fits on some showings, once for each ridge.
fn fit(
    shown: &Shown,
    chosen: &[u32],
    n_actions: usize,
    width: usize,
    ridges: &[f64],
    job: &JobContext,
) -> Result<Vec<Learnt>, Cancelled> {
    let base = rates(shown, chosen, n_actions);
    let offsets: Vec<f64> = shown.action.iter().map(|&action| base[action as usize]).collect();
    let rows = Rows { numbers: &shown.numbers, width, outcomes: &shown.was_taken, chosen, offsets: &offsets };
    let shared = rows.fit(SHARED_RIDGE, 0.0, job)?;
    let offsets: Vec<f64> = (0..shown.len() as u32).map(|row| rows.logit(row, &shared)).collect();
    let mut of_action: Vec<Vec<u32>> = vec![Vec::new(); n_actions];
    for &row in chosen {
        of_action[shown.action[row as usize] as usize].push(row);
    }
    ridges
        .iter()
        .map(|&ridge| {
            let own = of_action
                .par_iter()
                .map(|chosen| Rows { chosen, offsets: &offsets, ..rows }.fit(ridge, OWN_INTERCEPT, job));
            let own: Vec<Coefficients> = own.collect::<Result<_, Cancelled>>()?;
            Ok(Learnt {
                base: base.clone(),
                shared: shared.clone(),
                own: own.concat(),
                trust: Trust::default(),
                own_ridge: ridge,
            })
        })
        .collect()
}

/// The log odds of each action among some showings, drawn towards those of all.
fn rates(shown: &Shown, chosen: &[u32], n_actions: usize) -> Vec<f64> {
    let mut counts = vec![[0.0; 2]; n_actions];
    for &row in chosen {
        let counts = &mut counts[shown.action[row as usize] as usize];
        counts[usize::from(shown.was_taken[row as usize])] += 1.0;
    }
    let sums = counts.iter().fold([1.0, 1.0], |sums, counts| [sums[0] + counts[0], sums[1] + counts[1]]);
    let all = sums[1] / (sums[0] + sums[1]);
    let odds =
        |counts: &[f64; 2]| (counts[1] + PRIOR_SHOWINGS * all) / (counts[0] + PRIOR_SHOWINGS * (1.0 - all));
    counts.iter().map(|counts| odds(counts).ln()).collect()
}

impl Learnt {
    fn nothing(n_actions: usize, width: usize) -> Self {
        Self {
            base: vec![0.0; n_actions],
            shared: vec![0.0; width + 1],
            own: vec![0.0; n_actions * (width + 1)],
            trust: Trust::default(),
            own_ridge: OWN_RIDGES[0],
        }
    }

    /// The log odds of a showing, as they were learnt.
    fn raw(&self, shown: &Shown, row: u32, width: usize) -> f64 {
        let numbers = &shown.numbers[row as usize * width..][..width];
        self.logit_before_trust(numbers, shown.action[row as usize])
    }

    fn logit_before_trust(&self, numbers: &[f32], action: u32) -> f64 {
        let width = numbers.len();
        let own = &self.own[action as usize * (width + 1)..][..=width];
        let sum: f64 = numbers
            .iter()
            .zip(self.shared.iter().zip(own))
            .map(|(&number, (shared, own))| f64::from(number) * (shared + own))
            .sum();
        self.base[action as usize] + sum + self.shared[width] + own[width]
    }

    /// The log odds that an action is taken, given a row of numbers.
    pub fn logit(&self, numbers: &[f32], action: u32) -> f64 {
        self.trust.of(self.logit_before_trust(numbers, action))
    }

    /// What each number of a row adds to the log odds before they are made right, against the mean of those it was learnt
    /// from.
    pub fn parts(&self, numbers: &[f32], action: u32) -> Vec<f64> {
        let own = &self.own[action as usize * (numbers.len() + 1)..];
        let parts = numbers.iter().zip(self.shared.iter().zip(own));
        parts.map(|(&number, (shared, own))| f64::from(number) * (shared + own)).collect()
    }
}
