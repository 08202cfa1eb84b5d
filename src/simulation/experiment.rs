//! A running experiment: everybody visits once a step.

use super::assign::assign;
use super::compare::{AlwaysValid, difference, paired, ratio};
use super::control::Control;
use super::guest::{Guest, Setting, Slate, Tally, everybody_visits};
use super::outcome::{ArmPoint, Look, Measured, Outcome, Point, Verdict};
use super::plan::Plan;
use super::recommender::Recommender;
use super::slates::make_slates;
use super::spec::{BadExperiment, Design, SimulationSpec};
use super::thompson::{Belief, chances};
use super::world::World;
use crate::evaluation::{Stream, mix};
use crate::jobs::{Cancelled, JobContext, Unit};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lists asked for at once, so that a cancelled experiment ends soon.
const LISTS_AT_ONCE: usize = 4_096;
/// Clicks of both arms together below which a difference is no normal number yet, and nobody looks.
const CLICKS_TO_LOOK: u64 = 60;
/// What chance is for.
const PEOPLE: u64 = 3;

/// A policy under trial and what it is called.
pub struct Arm<'a> {
    pub name: String,
    pub policy: Box<dyn Recommender + 'a>,
}

/// An experiment between two steps.
pub struct Experiment<'a> {
    world: &'a World,
    spec: SimulationSpec,
    arms: Vec<Arm<'a>>,
    plan: Plan,
    no_click: f64,
    guests: Vec<Guest>,
    /// Lists of those who have clicked nothing yet, by arm and person.
    of_person: Vec<BTreeMap<u32, Arc<Slate>>>,
    tests: Vec<AlwaysValid>,
    points: Vec<Point>,
}

impl<'a> Experiment<'a> {
    /// Draws the users from those of the world. The world has somebody in it.
    pub fn new(world: &'a World, spec: SimulationSpec, arms: Vec<Arm<'a>>) -> Result<Self, BadExperiment> {
        spec.check(arms.len())?;
        let people = world.people().len() as u64;
        let guest = |user: u32| {
            let mut stream = Stream::new(mix(spec.seed ^ mix(PEOPLE)), u64::from(user));
            let person = stream.pair_below(people).0 as u32;
            let arm = match spec.design {
                Design::Ab => assign("simulation", &spec.name, &format!("u{user}"), arms.len()),
                _ => 0,
            };
            Guest::new(user, person, arm, arms.len())
        };
        let plan = Plan::of(world, &spec, arms.len());
        let shown = if spec.design.mixes_lists() { plan.effect / arms.len() as f64 } else { plan.effect };
        Ok(Self {
            no_click: world.no_click(&spec).0,
            guests: (0..spec.users as u32).map(guest).collect(),
            of_person: vec![BTreeMap::new(); arms.len()],
            tests: vec![AlwaysValid::new(shown); arms.len() - 1],
            points: Vec::with_capacity(spec.steps),
            world,
            spec,
            arms,
            plan,
        })
    }

    pub fn is_over(&self) -> bool {
        self.points.len() >= self.spec.steps
    }

    /// Runs as `control` says, telling `watch` of every step, until it is over or asked to settle.
    pub fn run(
        mut self,
        control: &Control,
        mut watch: impl FnMut(&Point),
        job: &JobContext,
    ) -> Result<Outcome, Cancelled> {
        job.stage("Simulating", Unit::Steps, self.spec.steps as u64);
        job.can_settle(true);
        while !self.is_over() && control.may_go_on(job)? {
            watch(self.step(job)?);
            job.advance(1);
        }
        job.can_settle(false);
        Ok(self.outcome())
    }

    /// Everybody visits once.
    pub fn step(&mut self, job: &JobContext) -> Result<&Point, Cancelled> {
        let step = self.points.len() as u32 + 1;
        let setting = Setting {
            world: self.world,
            design: self.spec.design,
            seed: self.spec.seed,
            step,
            list_length: self.spec.list_length,
            no_click: self.no_click,
        };
        if self.spec.design == Design::Bandit {
            let beliefs = self.beliefs();
            self.guests.par_iter_mut().for_each(|guest| guest.play(&beliefs, &setting));
        }
        for arm in 0..self.arms.len() {
            self.fill_slates(arm, step, job)?;
        }
        everybody_visits(&mut self.guests, &setting);
        let point = self.measure(step as usize);
        self.points.push(point);
        Ok(&self.points[step as usize - 1])
    }

    /// What came of it so far.
    pub fn outcome(&self) -> Outcome {
        let arms: Vec<String> = self.arms.iter().map(|arm| arm.name.clone()).collect();
        Outcome {
            verdict: Verdict::of(&self.spec, &arms, &self.points),
            arms,
            people: self.world.fitted().clone(),
            plan: self.plan,
            points: self.points.clone(),
            spec: self.spec.clone(),
        }
    }

    /// Asks an arm for the lists of all who will see it and have none.
    fn fill_slates(&mut self, arm: usize, step: u32, job: &JobContext) -> Result<(), Cancelled> {
        let all_see = self.spec.design.mixes_lists();
        let steady = self.arms[arm].policy.is_steady();
        let mut asked: Vec<usize> = Vec::new();
        let mut asked_for: BTreeMap<u32, usize> = BTreeMap::new();
        let mut waiting: Vec<usize> = Vec::new();
        for (at, guest) in self.guests.iter_mut().enumerate() {
            if guest.slates[arm].is_some() || !(all_see || guest.arm == arm) {
                continue;
            }
            if steady && guest.clicked.is_empty() {
                if let Some(known) = self.of_person[arm].get(&guest.person) {
                    guest.slates[arm] = Some(Arc::clone(known));
                    continue;
                }
                if asked_for.contains_key(&guest.person) {
                    waiting.push(at);
                    continue;
                }
                asked_for.insert(guest.person, at);
            }
            asked.push(at);
        }
        for chunk in asked.chunks(LISTS_AT_ONCE) {
            let guests: Vec<&Guest> = chunk.iter().map(|&at| &self.guests[at]).collect();
            let made = make_slates(self.world, &self.spec, &*self.arms[arm].policy, &guests, step, job)?;
            for (&at, slate) in chunk.iter().zip(made) {
                let guest = &mut self.guests[at];
                if steady && guest.clicked.is_empty() {
                    self.of_person[arm].insert(guest.person, Arc::clone(&slate));
                }
                guest.slates[arm] = Some(slate);
            }
        }
        for at in waiting {
            let guest = &mut self.guests[at];
            guest.slates[arm] = self.of_person[arm].get(&guest.person).cloned();
        }
        Ok(())
    }

    fn beliefs(&self) -> Vec<Belief> {
        let of_arm = |arm: usize| {
            let (visits, clicks) = self.guests.iter().fold((0, 0), |(visits, clicks), guest| {
                let tally = &guest.tallies[arm];
                (visits + u64::from(tally.visits), clicks + u64::from(tally.clicks))
            });
            Belief { hits: clicks, misses: visits - clicks }
        };
        (0..self.arms.len()).map(of_arm).collect()
    }

    fn measure(&mut self, step: usize) -> Point {
        let guests = &self.guests;
        let tallies = |arm: usize| guests.iter().map(move |guest| guest.tallies[arm]);
        let per_visit = |arm: usize, of: &dyn Fn(&Tally) -> f64| {
            let users: Vec<(f64, f64)> =
                tallies(arm).map(|tally| (of(&tally), f64::from(tally.visits))).collect();
            ratio(users.into_iter())
        };
        let clicks = |tally: &Tally| f64::from(tally.clicks);
        let value = self.spec.conversion_value;
        let arms: Vec<ArmPoint> = (0..self.arms.len())
            .map(|arm| ArmPoint {
                users: tallies(arm).filter(|tally| tally.visits > 0).count() as u64,
                visits: tallies(arm).map(|tally| u64::from(tally.visits)).sum(),
                clicks: tallies(arm).map(|tally| u64::from(tally.clicks)).sum(),
                conversions: tallies(arm).map(|tally| u64::from(tally.conversions)).sum(),
                click_rate: Measured::of(&per_visit(arm, &clicks)),
                conversion_rate: Measured::of(&per_visit(arm, &|tally| f64::from(tally.conversions))),
                reward: Measured::of(&per_visit(arm, &|tally| {
                    clicks(tally) + value * f64::from(tally.conversions)
                })),
            })
            .collect();
        let mut looks = Vec::new();
        if self.spec.design != Design::Bandit {
            for other in 1..self.arms.len() {
                let found = if self.spec.design.mixes_lists() {
                    let more: Vec<(f64, f64)> = tallies(other)
                        .zip(tallies(0))
                        .map(|(other, first)| (clicks(&other) - clicks(&first), f64::from(other.visits)))
                        .collect();
                    paired(&ratio(more.into_iter()))
                } else {
                    difference(&per_visit(other, &clicks), &per_visit(0, &clicks))
                };
                let enough = arms[other].clicks + arms[0].clicks >= CLICKS_TO_LOOK;
                let error = if enough { found.error } else { f64::INFINITY };
                let safe_p_value = self.tests[other - 1].look(found.difference, error);
                let known = |bound: f64| if bound.is_finite() { bound } else { found.difference };
                looks.push(Look {
                    difference: found.difference,
                    low: known(found.interval.0),
                    high: known(found.interval.1),
                    p_value: found.p_value,
                    safe_p_value,
                });
            }
        }
        let is_bandit = self.spec.design == Design::Bandit;
        let chances = if is_bandit { chances(&self.beliefs(), self.spec.seed) } else { Vec::new() };
        Point { step, items: self.world.there_at(step as u32), arms, looks, chances }
    }
}

#[cfg(test)]
mod tests;
