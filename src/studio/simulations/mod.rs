//! Experiments on simulated users: planned, run, kept, opened again.

mod feedback;
#[cfg(test)]
mod tests;

pub use feedback::{FEEDBACK, FeedbackReport, MOST_WEEKS};

use super::Studio;
use super::actions::ensure_of_items;
use super::desk::Desk;
use super::view::SimulationView;
use crate::data::Interactions;
use crate::domain::check_name;
use crate::jobs::{JobContext, Unit};
use crate::simulation::{
    Arm, Control, Experiment, Outcome, Plan, Point, Popular, Random, Recommender, SimulationSpec, World,
};
use crate::store::{GroupRecord, NewSimulation, SimulationRecord};
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// Arms that every group has, with what they show.
pub const BASELINES: [(&str, &str); 2] = [
    ("popular", "Baseline: the items most people had, for everybody."),
    ("random", "Baseline: any items, other ones after each click."),
];

/// The kind of a stored experiment.
pub const EXPERIMENT: &str = "experiment";

/// An experiment to be run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulateRequest {
    pub group: String,
    /// Campaigns of the group, or names of [`BASELINES`]; the first is what the others are compared with. One may be
    /// there twice.
    pub arms: Vec<String>,
    pub spec: SimulationSpec,
}

/// How an experiment ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulationReport {
    /// By which it is opened again; none where the project is open read-only, which keeps nothing.
    pub id: Option<i64>,
    pub seconds: f64,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The dataset versions and the arrivals that a world is made from.
#[derive(PartialEq)]
pub(super) struct WorldKey {
    interactions: i64,
    items: Option<i64>,
    arriving: u64,
    steps: usize,
}

/// Whoever makes an arm's lists, kept while they are asked.
enum Policy {
    Popular,
    Random,
    Campaign(Arc<Desk>),
}

pub(super) fn simulation_view(record: SimulationRecord) -> SimulationView {
    let SimulationRecord { id, kind, name, seed, summary, seconds, created_at } = record;
    SimulationView { id, kind, name, seed, summary, seconds, created_at }
}

impl Studio {
    /// How large an experiment has to be, and what this one can show.
    pub fn plan_simulation(&self, request: &SimulateRequest, job: &JobContext) -> Result<Plan> {
        request.spec.check(request.arms.len())?;
        let group = self.group(&request.group)?;
        let (world, _) = self.world(&group, &request.spec, job)?;
        Ok(Plan::of(&world, &request.spec, request.arms.len()))
    }

    /// Runs an experiment as `control` says and keeps it, also where it was asked to end early; tells `watch` of every step.
    pub fn simulate(
        &self,
        request: &SimulateRequest,
        control: &Control,
        watch: impl FnMut(&Point),
        job: &JobContext,
    ) -> Result<SimulationReport> {
        let began = Instant::now();
        let SimulateRequest { arms, spec, .. } = request;
        check_name(&spec.name)?;
        spec.check(arms.len())?;
        let group = self.group(&request.group)?;
        let policies = arms.iter().map(|arm| self.policy(&group, arm)).collect::<Result<Vec<_>>>()?;
        let (world, interactions) = self.world(&group, spec, job)?;
        let experiment = Experiment::new(
            &world,
            spec.clone(),
            distinct(arms)
                .into_iter()
                .zip(&policies)
                .zip(0..)
                .map(|((name, policy), place)| Arm {
                    name,
                    policy: recommender(policy, &world, &interactions, spec.seed ^ place),
                })
                .collect(),
        )?;
        let outcome = experiment.run(control, watch, job)?;
        let seconds = began.elapsed().as_secs_f64();
        let summary = outcome.verdict.sentences.first().cloned();
        let summary = summary.unwrap_or_else(|| "It was ended before its first step.".to_owned());
        let id = self.keep_simulation(&group, EXPERIMENT, request, &summary, &outcome, seconds)?;
        Ok(SimulationReport { id, seconds, outcome })
    }

    /// An experiment that was kept.
    pub fn simulation(&self, group: &str, id: i64) -> Result<Outcome> {
        self.stored_simulation(group, EXPERIMENT, id)
    }

    pub fn delete_simulation(&self, group: &str, id: i64) -> Result<()> {
        let group = self.group(group)?;
        let was_there = self.change(|writer| writer.delete_simulation(group.id, id))?;
        ensure!(was_there, "the group `{}` has no experiment {id}; it may be deleted already", group.name);
        Ok(())
    }

    fn keep_simulation(
        &self,
        group: &GroupRecord,
        kind: &str,
        request: &SimulateRequest,
        summary: &str,
        outcome: &impl Serialize,
        seconds: f64,
    ) -> Result<Option<i64>> {
        if self.is_read_only() {
            return Ok(None);
        }
        let (spec, outcome) = (serde_json::to_string(request)?, serde_json::to_string(outcome)?);
        let new = NewSimulation {
            kind,
            name: &request.spec.name,
            seed: request.spec.seed,
            summary,
            spec: &spec,
            outcome: &outcome,
            seconds,
        };
        Ok(Some(self.change(|writer| writer.put_simulation(group.id, &new))?))
    }

    fn stored_simulation<T: for<'de> Deserialize<'de>>(&self, group: &str, kind: &str, id: i64) -> Result<T> {
        let group = self.group(group)?;
        let stored = self.store().read(|reader| reader.simulation_outcome(group.id, id))?;
        match stored {
            Some((found, outcome)) if found == kind => serde_json::from_str(&outcome)
                .with_context(|| format!("experiment {id} can't be read; delete it and run it again")),
            _ => bail!("the group `{}` has no experiment {id}; it may be deleted already", group.name),
        }
    }

    /// The world of a group as its data are now, and the interactions it is made of.
    fn world(
        &self,
        group: &GroupRecord,
        spec: &SimulationSpec,
        job: &JobContext,
    ) -> Result<(Arc<World>, Arc<Interactions>)> {
        let (version, items) = self.current_versions(group)?;
        let interactions = self.interactions_of(version, items)?;
        let key =
            WorldKey { interactions: version, items, arriving: spec.arriving.to_bits(), steps: spec.steps };
        let world = self.memory().worlds.get_or_make(key, || {
            job.stage("Learning how people choose", Unit::Steps, 0);
            let metadata = self.metadata_from(version, items, None, items)?;
            let created = metadata.item_created.as_deref();
            let world = World::new(&interactions, &metadata.items, created, spec.arriving, spec.steps, job)?;
            Ok::<_, anyhow::Error>(Arc::new(world))
        })?;
        ensure!(
            !world.people().is_empty(),
            "nobody in the group `{}` had an item that is there from the beginning; let fewer items arrive, or import interactions",
            group.name
        );
        Ok((world, interactions))
    }

    /// A campaign of the group, or the baseline where none has that name.
    fn policy(&self, group: &GroupRecord, name: &str) -> Result<Policy> {
        let campaigns = self.store().read(|reader| reader.campaigns(group.id))?;
        if campaigns.iter().any(|campaign| campaign.name == name) {
            let desk = self.desk(&format!("{}/{name}", group.name))?;
            ensure_of_items(&desk.version, "simulation")?;
            return Ok(Policy::Campaign(desk));
        }
        match name {
            "popular" => Ok(Policy::Popular),
            "random" => Ok(Policy::Random),
            _ => {
                let mut known: Vec<&str> = campaigns.iter().map(|campaign| campaign.name.as_str()).collect();
                known.extend(BASELINES.map(|(name, _)| name));
                bail!("the group `{}` has no campaign `{name}`; it has {}", group.name, known.join(", "))
            }
        }
    }
}

fn recommender<'a>(
    policy: &'a Policy,
    world: &'a World,
    interactions: &Interactions,
    seed: u64,
) -> Box<dyn Recommender + 'a> {
    match policy {
        Policy::Popular => Box::new(Popular(world)),
        Policy::Random => Box::new(Random { world, seed }),
        Policy::Campaign(desk) => {
            Box::new(crate::simulation::Served::new(desk.campaign(), world, interactions))
        }
    }
}

/// Names of arms; one that is there again gets a number.
fn distinct(arms: &[String]) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    arms.iter()
        .map(|arm| {
            let time = times.entry(arm).or_default();
            *time += 1;
            if *time == 1 { arm.clone() } else { format!("{arm} ({time})") }
        })
        .collect()
}
