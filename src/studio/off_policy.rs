//! What another policy would have earned: from a log in a file, or from what the data says was shown.

use super::Studio;
use super::actions::ensure_of_items;
use crate::data::{LoggedRow, read_log, shown_rows};
use crate::jobs::{JobContext, Unit};
use crate::serving::Visitor;
use crate::simulation::off_policy::{Log, OffPolicyReport, Target, estimate};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Impressions that a campaign is asked about; of more, those at even distances.
const IMPRESSIONS: usize = 20_000;

/// The policy that a log is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OffPolicyTarget {
    /// Everything in the log, evenly.
    Uniform,
    /// What another log shows, as often as it does.
    Log(PathBuf),
}

/// Estimates what a policy would have earned where a log was written: a table with the columns `item_id`, `click`,
/// `propensity_score` and, where it has one, `position`, as the Open Bandit Dataset has them. Needs no project.
pub fn off_policy_of_log(path: &Path, target: &OffPolicyTarget, job: &JobContext) -> Result<OffPolicyReport> {
    job.stage("Reading the log", Unit::Rows, 0);
    let rows = read_log(path, job)?;
    let log = Log::new(&rows).with_context(|| path.display().to_string())?;
    let target = match target {
        OffPolicyTarget::Uniform => Target::uniform(&log),
        OffPolicyTarget::Log(other) => {
            // Logs of policies often have the same name in folders of their own.
            let name = match other.file_name() {
                Some(name) if path.file_name() != Some(name) => name.to_string_lossy().into_owned(),
                _ => other.display().to_string(),
            };
            Target::of_log(name, &log, &read_log(other, job)?)
        }
    };
    job.check()?;
    Ok(estimate(&log, &target))
}

impl Studio {
    /// Estimates how often what a campaign shows would have been chosen, from the `IMPRESSION` of the group's interactions.
    ///
    /// A row is one item of one impression, rewarded where it is the one that was chosen. The chance of an item is its share
    /// of all that was shown, whoever saw it; the campaign is asked with what the user had done before, for as many items
    /// as impressions hold.
    pub fn off_policy_of_impressions(
        &self,
        group: &str,
        campaign: &str,
        job: &JobContext,
    ) -> Result<OffPolicyReport> {
        let desk = self.desk(&format!("{group}/{campaign}"))?;
        ensure_of_items(&desk.version, "an estimate from a log of items")?;
        let asked = desk.campaign();
        let (interactions, _) = self.current_versions(&desk.group)?;
        job.stage("Reading impressions", Unit::Rows, 0);
        let mut shown = shown_rows(&*self.table_of(interactions)?);
        ensure!(
            !shown.is_empty(),
            "the interactions of the group `{}` say nothing of what was shown; import them with an IMPRESSION column, or estimate from a log with propensities",
            desk.group.name
        );
        let all = shown.len();
        let stride = all.div_ceil(IMPRESSIONS);
        shown = shown.into_iter().step_by(stride).collect();
        let length = shown.iter().map(|row| row.shown.len()).sum::<usize>().div_ceil(shown.len());

        let users = &asked.interactions.users;
        let visitors: Vec<Visitor<'_>> = shown
            .iter()
            .map(|row| {
                let user = users.index(&row.user);
                let history = user.map(|user| asked.interactions.history(user)).unwrap_or_default();
                let before = history.timestamps.partition_point(|&time| time < row.timestamp);
                Visitor { user, history: history.slice(0..before), now: row.timestamp }
            })
            .collect();
        job.stage("Asking the campaign", Unit::Users, visitors.len() as u64);
        let lists = asked.lists(&visitors, length, job)?;

        let mut times: BTreeMap<&str, u32> = BTreeMap::new();
        for item in shown.iter().flat_map(|row| &row.shown) {
            *times.entry(item).or_default() += 1;
        }
        let displays = f64::from(times.values().sum::<u32>());
        let mut rows = Vec::new();
        let mut of_row = Vec::new();
        for (list, row) in (0..).zip(&shown) {
            for item in &row.shown {
                rows.push(LoggedRow {
                    item: item.clone(),
                    position: String::new(),
                    reward: f64::from(u8::from(*item == row.chosen)),
                    propensity: times.get(item.as_str()).map(|&times| f64::from(times) / displays),
                });
                of_row.push(list);
            }
        }
        let log = Log::new(&rows)?;
        let items = &asked.interactions.items;
        // An item that was never shown has an index past the last of those that were.
        let index = |item: &u32| {
            log.actions().index(items.id(*item)).unwrap_or_else(|| log.actions().len() as u32 + item)
        };
        let lists: Vec<Vec<u32>> = lists.iter().map(|list| list.iter().map(index).collect()).collect();
        let mut report = estimate(&log, &Target::of_lists(desk.record.name.clone(), &lists, of_row));
        report.warnings.push(
            "The chances are the items' shares of all that was shown: they fit where what is shown does not depend on who sees it."
                .to_owned(),
        );
        if stride > 1 {
            report.warnings.push(format!("{} of {all} impressions were looked at.", shown.len()));
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatasetType;
    use crate::domain::solution::SolutionConfig;
    use crate::studio::{ImportMode, ImportPlan, MappingChanges, TrainRequest};
    use std::fmt::Write as _;

    /// Everybody is shown four of ten items, evenly, and chooses number 0 where it is among them, otherwise the first; and
    /// item 0 most people had, so a campaign of popular items shows it.
    fn shop(folder: &Path, with_impressions: bool) -> Studio {
        let mut log = "USER_ID,ITEM_ID,TIMESTAMP,IMPRESSION\n".to_owned();
        for user in 0..100 {
            for event in 0..20 {
                let shown: Vec<usize> =
                    (0..4).map(|place| (user + 3 * event + place * (1 + event % 2)) % 10).collect();
                let chosen = if shown.contains(&0) { 0 } else { shown[0] };
                let texts: Vec<String> = shown.iter().map(|item| format!("i{item}")).collect();
                let shown = if with_impressions { texts.join("|") } else { String::new() };
                writeln!(log, "u{user:03},i{chosen},{},{shown}", 1_700_000_000 + event * 1_000 + user)
                    .unwrap();
            }
        }
        let path = folder.join("log.csv");
        std::fs::write(&path, log).unwrap();
        let studio = Studio::create(&folder.join("shop.bespoke")).unwrap();
        let plan = ImportPlan {
            group: "shop".to_owned(),
            dataset: DatasetType::Interactions,
            paths: vec![path],
            schema: None,
            changes: MappingChanges::default(),
            mode: ImportMode::Full,
            strict: true,
        };
        for request in studio.plan_import(&plan).unwrap() {
            studio.import(&request, &JobContext::default()).unwrap();
        }
        let config = SolutionConfig::of(
            "popularity-count",
            crate::studio::recipe("popularity-count").unwrap().parameters_from([]).unwrap(),
        );
        let request = TrainRequest { group: "shop".to_owned(), solution: None, config };
        studio.train(&request, &JobContext::default()).unwrap();
        studio.create_campaign("shop", "popular", "popularity-count", &[]).unwrap();
        studio
    }

    /// One shown item in four is chosen; of item 0 each. The campaign shows it and three others: 0.25 · 1 and three of the
    /// others' own shares.
    #[test]
    fn impressions_say_what_a_campaign_would_have_earned() {
        let folder = tempfile::tempdir().unwrap();
        let studio = shop(folder.path(), true);
        let report = studio.off_policy_of_impressions("shop", "popular", &JobContext::default()).unwrap();
        assert_eq!((report.rows, report.rewarded), (8_000, 2_000));
        assert!((report.logged.0 - 0.25).abs() < 1e-9);
        let asked = studio.recommend(
            "popular",
            &crate::serving::RecommendRequest {
                user_id: Some("u001".to_owned()),
                num_results: Some(4),
                ..Default::default()
            },
        );
        let items: Vec<String> = asked.unwrap().items().iter().map(|item| item.item_id.clone()).collect();
        assert!(items.contains(&"i0".to_owned()), "{items:?}");
        // Rewards of the four over how often they were shown, counted from the file.
        let text = std::fs::read_to_string(folder.path().join("log.csv")).unwrap();
        let rate = |item: &str| {
            let (mut shown, mut chosen) = (0.0, 0.0);
            for line in text.lines().skip(1) {
                let cells: Vec<&str> = line.split(',').collect();
                if cells[3].split('|').any(|cell| cell == item) {
                    shown += 1.0;
                    chosen += f64::from(u8::from(cells[1] == item));
                }
            }
            chosen / shown
        };
        let expected = items.iter().map(|item| rate(item)).sum::<f64>() / 4.0;
        for estimate in &report.estimates {
            assert!((estimate.value - expected).abs() < 0.03, "{expected}: {estimate:?}");
        }
        assert!(report.warnings.iter().any(|warning| warning.contains("does not depend on who sees it")));
    }

    #[test]
    fn without_impressions_it_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let studio = shop(folder.path(), false);
        let error = studio.off_policy_of_impressions("shop", "popular", &JobContext::default()).unwrap_err();
        assert!(error.to_string().contains("import them with an IMPRESSION column"), "{error}");
    }
}
