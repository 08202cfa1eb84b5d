//! Lists that other tools made, as contestants of a group: for one comparison, or kept for all.

use super::Studio;
use super::view::ForeignListsView;
use crate::data::{ForeignLists, read_lists};
use crate::domain::check_name;
use crate::evaluation::{Asking, Benchmark, Contestant, match_lists, without_seen};
use crate::jobs::{JobContext, Unit};
use crate::store::{ForeignListsRecord, GroupRecord};
use anyhow::{Context, Result, anyhow, ensure};
use std::path::Path;
use std::sync::Arc;

/// How another tool's lists are called where a version has its recipe.
const IMPORTED: &str = "imported lists";

impl Studio {
    /// Keeps the lists of a file, in place of those of that name: from now on they take part in every comparison of the
    /// group. Refused where none of their users is tested.
    pub fn keep_lists(
        &self,
        group: &str,
        name: &str,
        path: &Path,
        job: &JobContext,
    ) -> Result<ForeignListsView> {
        check_name(name)?;
        let group = self.group(group)?;
        let test_set = self.active_test_set(&group, job)?;
        let (benchmark, _) = self.popularity(&group, &test_set, false.into(), job)?;
        job.stage("Reading the lists", Unit::Steps, 0);
        let lists = read_lists(path, job)?;
        let source = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        contestant(name, &source, &lists, &benchmark, false.into(), &mut Vec::new())?;
        job.stage("Storing", Unit::Steps, 0);
        self.put_lists(&group, name, &source, &lists)?;
        Ok(foreign_view(self.kept_lists(&group, name)?))
    }

    /// Keeps lists in place of those of that name.
    pub(super) fn put_lists(
        &self,
        group: &GroupRecord,
        name: &str,
        source: &str,
        lists: &ForeignLists,
    ) -> Result<()> {
        let content = zstd::encode_all(serde_json::to_vec(lists)?.as_slice(), 3)?;
        let users = lists.lists.len() as u64;
        self.change(|writer| writer.put_foreign_lists(group.id, name, source, users, &content))?;
        Ok(())
    }

    /// Removes lists that were kept.
    pub fn delete_lists(&self, group: &str, name: &str) -> Result<()> {
        let record = self.kept_lists(&self.group(group)?, name)?;
        self.change(|writer| writer.delete_foreign_lists(record.id))?;
        Ok(())
    }

    fn kept_lists(&self, group: &GroupRecord, name: &str) -> Result<ForeignListsRecord> {
        let kept = self.store().read(|reader| reader.foreign_lists(group.id))?;
        let missing = || anyhow!("the group `{}` keeps no lists `{name}`", group.name);
        kept.into_iter().find(|record| record.name == name).with_context(missing)
    }

    /// All lists that the group keeps, as contestants. Those of which no user is tested now are left out, with a note.
    pub(super) fn kept_contestants(
        &self,
        group: &GroupRecord,
        benchmark: &Arc<Benchmark>,
        asking: Asking,
        notes: &mut Vec<String>,
        job: &JobContext,
    ) -> Result<Vec<Contestant>> {
        let mut contestants = Vec::new();
        for record in self.store().read(|reader| reader.foreign_lists(group.id))? {
            job.check()?;
            let content = self.store().read(|reader| reader.foreign_lists_content(&record))?;
            let lists: ForeignLists = serde_json::from_slice(&zstd::decode_all(content.as_slice())?)
                .with_context(|| {
                    format!("the kept lists `{}` are damaged; add their file again", record.name)
                })?;
            match contestant(&record.name, &record.source, &lists, benchmark, asking, notes) {
                Ok(contestant) => contestants.push(contestant),
                Err(why) => notes.push(format!("{} is left out: {why}.", record.name)),
            }
        }
        Ok(contestants)
    }
}

pub(super) fn foreign_view(record: ForeignListsRecord) -> ForeignListsView {
    ForeignListsView {
        name: record.name,
        source: record.source,
        users: record.users,
        created_at: record.created_at,
    }
}

/// Lists as a contestant; what of them could not be used is noted.
pub(super) fn contestant(
    name: &str,
    source: &str,
    lists: &ForeignLists,
    benchmark: &Arc<Benchmark>,
    asking: Asking,
    notes: &mut Vec<String>,
) -> Result<Contestant> {
    let matched = match_lists(benchmark, lists, asking.length);
    ensure!(
        matched.missing_users < benchmark.test.cases.len(),
        "{source}: none of its {} users is tested; export the test set with `bespoke split --out`, and make lists for the \
         users of input.csv",
        lists.lists.len()
    );
    let counts = [
        (matched.missing_users, "tested users have no list in it and count as not found"),
        (matched.other_users, "of its users are not tested"),
        (matched.unknown_items, "places hold items that are not in the catalogue"),
        (lists.failed_lines, "lines hold an error"),
    ];
    let said = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let said: Vec<String> = said.collect();
    if !said.is_empty() {
        notes.push(format!("{name} ({source}): {}.", said.join("; ")));
    }
    let lists = if asking.exclude_seen { without_seen(benchmark, &matched.lists) } else { matched.lists };
    Ok(Contestant {
        name: name.to_owned(),
        recipe: IMPORTED.to_owned(),
        benchmark: Arc::clone(benchmark),
        runs: vec![Arc::new(benchmark.outcome(lists))],
        missing_users: matched.missing_users,
    })
}
