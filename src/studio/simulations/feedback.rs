//! Feedback loops: a campaign trained again each week on the clicks that its own lists brought.

use super::{Desk, SimulateRequest, Studio, ensure_of_items};
use crate::data::Interactions;
use crate::domain::split::{SplitKind, SplitSpec};
use crate::evaluation::TestSet;
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::serving::Campaign;
use crate::simulation::{Feedback, FeedbackOutcome, Recommender, Served, SimulationSpec, Week};
use crate::training;
use anyhow::{Result, ensure};
use serde::Serialize;
use std::borrow::Cow;
use std::time::Instant;

/// The kind of a stored feedback loop.
pub const FEEDBACK: &str = "feedback";
/// Weeks of a loop at most.
pub const MOST_WEEKS: usize = 52;

/// How a feedback loop ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackReport {
    /// By which it is opened again; none where the project is open read-only, which keeps nothing.
    pub id: Option<i64>,
    pub seconds: f64,
    #[serde(flatten)]
    pub outcome: FeedbackOutcome,
}

/// Rows all of which are trained on.
fn trained_on_all(interactions: &Interactions) -> TestSet {
    TestSet {
        spec: SplitSpec::of(SplitKind::Personalize),
        train: vec![true; interactions.len()],
        cases: Vec::new(),
        fold: Vec::new(),
        skipped_users: 0,
        candidates: None,
    }
}

impl Studio {
    /// Runs weeks in which a campaign is trained again on all clicks so far, and the same weeks without; keeps what came of
    /// it. Tells `watch` of each week: whether it was trained again, and how it went. Steps of the specification are the
    /// days of those weeks.
    pub fn feedback_loop(
        &self,
        group: &str,
        campaign: &str,
        weeks: usize,
        spec: &SimulationSpec,
        watch: impl FnMut(bool, &Week),
        job: &JobContext,
    ) -> Result<FeedbackReport> {
        let began = Instant::now();
        ensure!(
            (1..=MOST_WEEKS).contains(&weeks),
            "the number of weeks is {weeks}; give a whole number from 1 to {MOST_WEEKS}"
        );
        let spec = SimulationSpec { steps: 7 * weeks, ..spec.clone() };
        spec.check(2)?;
        let desk = self.desk(&format!("{group}/{campaign}"))?;
        let Desk { group, version, .. } = &*desk;
        let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
        ensure!(
            (test_set.interactions, test_set.items) == self.current_versions(group)?,
            "{} was trained before the data of the group `{}` changed; train the solution again",
            version.name(),
            group.name
        );
        ensure_of_items(version, "simulation")?;
        let metadata = self.metadata_for(desk.served.descriptor, group, &test_set)?;
        let (world, interactions) = self.world(group, &spec, job)?;
        let asked = desk.campaign();
        let feedback = Feedback {
            world: &world,
            spec: spec.clone(),
            campaign: desk.record.name.clone(),
            weeks,
            interactions: &interactions,
            click: click_of(asked.interactions),
        };
        let mut with_retrained =
            |known: &Interactions, lend: &mut dyn FnMut(&dyn Recommender) -> Result<(), Cancelled>| {
                job.stage("Training", Unit::Steps, 0);
                let all = trained_on_all(known);
                let (model, _) = training::refit(known, &metadata, &all, &version.config, None, job)?;
                let filtered = training::filter_events(known, &all, &version.config)?;
                let seen: &Interactions = match &filtered.interactions {
                    Cow::Owned(filtered) => filtered,
                    Cow::Borrowed(known) => known,
                };
                let campaign = Campaign { model: &*model, interactions: seen, ..asked };
                lend(&Served::new(campaign, &world, &interactions))?;
                anyhow::Ok(())
            };
        let outcome = feedback.run(&mut with_retrained, watch, job)?;
        let seconds = began.elapsed().as_secs_f64();
        let request =
            SimulateRequest { group: group.name.clone(), arms: vec![desk.record.name.clone()], spec };
        let summary = outcome.sentences.first().cloned().unwrap_or_default();
        let id = self.keep_simulation(group, FEEDBACK, &request, &summary, &outcome, seconds)?;
        Ok(FeedbackReport { id, seconds, outcome })
    }

    /// A feedback loop that was kept.
    pub fn kept_feedback_loop(&self, group: &str, id: i64) -> Result<FeedbackOutcome> {
        self.stored_simulation(group, FEEDBACK, id)
    }
}

/// The most frequent type of event, and the mean value of those that have one.
fn click_of(interactions: &Interactions) -> (u16, f32) {
    let mut counts = vec![0_usize; interactions.event_types.len().max(1)];
    for &kind in &interactions.event_type {
        counts[kind as usize] += 1;
    }
    let most = (0..counts.len()).max_by_key(|&kind| (counts[kind], std::cmp::Reverse(kind)));
    let valued = interactions.event_value.iter().filter(|value| value.is_finite());
    let (sum, n) = valued.fold((0.0, 0_u32), |(sum, n), &value| (sum + f64::from(value), n + 1));
    (most.unwrap_or_default() as u16, if n == 0 { f32::NAN } else { (sum / f64::from(n)) as f32 })
}
