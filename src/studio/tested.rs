//! What a test user did, what was to be found, and what each contestant listed: the people behind a number.

use super::Studio;
use super::labels::Labels;
use super::people::imported_event;
use super::view::{EventView, ListedItem, TestedUser};
use crate::evaluation::{Benchmark, Lab, UNKNOWN};
use anyhow::{Context, Result};

/// The most events of a history that are told.
const MOST_EVENTS: usize = 100;

impl Studio {
    /// A test user of a lab by place among the test cases of its contestants, which must be comparable. Lists are those of
    /// the first run where a contestant has several.
    pub fn tested_user(&self, group: &str, lab: &Lab, case: usize) -> Result<TestedUser> {
        let group = self.group(group)?;
        let first = lab.contestants.first().context("nobody is compared")?;
        let asked = first.benchmark.test.cases.get(case).context("there is no such test user")?;
        let (interactions, items) = self.current_versions(&group)?;
        let labels = self.labels_of(interactions, items)?;
        let listed = |benchmark: &Benchmark, item: u32| ListedItem {
            is_hit: asked.truth.contains(&item),
            was_seen: benchmark.input(case).contains(&item),
            id: if item == UNKNOWN {
                String::new()
            } else {
                benchmark.interactions.items.id(item).to_owned()
            },
            title: title(&labels, benchmark, item),
        };
        let benchmark = &*first.benchmark;
        let lists = lab.contestants.iter().map(|contestant| {
            let items = contestant.runs.first().map_or(&[][..], |run| run.lists.items(case));
            items.iter().map(|&item| listed(&contestant.benchmark, item)).collect()
        });
        Ok(TestedUser {
            user: benchmark.interactions.users.id(asked.user).to_owned(),
            history: history(&labels, benchmark, case),
            truth: asked.truth.iter().map(|&item| listed(benchmark, item)).collect(),
            lists: lists.collect(),
        })
    }
}

fn title(labels: &Labels, benchmark: &Benchmark, item: u32) -> String {
    match item {
        UNKNOWN => "an item that is not in the catalogue".to_owned(),
        item => labels.of(&benchmark.interactions, item).to_owned(),
    }
}

/// What was known of the user of a case, the newest first.
fn history(labels: &Labels, benchmark: &Benchmark, case: usize) -> Vec<EventView> {
    let interactions = &benchmark.interactions;
    let asked = &benchmark.test.cases[case];
    let history = interactions.history(asked.user);
    let known = (0..asked.input).rev().take(MOST_EVENTS);
    known.map(|row| imported_event(labels, interactions, &history, row)).collect()
}
