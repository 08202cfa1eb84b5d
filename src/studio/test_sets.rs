//! The test set of a group: chosen once, the same for all versions, cut again when the data change.

use super::view::TestSetView;
use super::{Studio, overview};
use crate::data::{Interactions, read_rows};
use crate::domain::DatasetType;
use crate::domain::split::{SplitKind, SplitSpec};
use crate::evaluation::{TestSet, check_spec, cut, cut_file, export_split};
use crate::jobs::{JobContext, Unit};
use crate::store::{GroupRecord, NewTestSet, TestSetRecord};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

impl Studio {
    /// Chooses how the test set of a group is cut, cuts it, and scores new versions on it from now on.
    pub fn set_test_set(&self, group: &str, spec: &SplitSpec, job: &JobContext) -> Result<TestSetView> {
        check_spec(spec)?;
        let group = self.group(group)?;
        let record = self.use_test_set(&group, spec, job)?;
        self.test_set_view(&group, &record)
    }

    /// Cuts the test set that a file states, or a folder as [`Self::export_test_set`] writes it: then what is trained on is
    /// taken from it, too.
    pub fn set_test_set_from_file(&self, group: &str, truth: &Path, job: &JobContext) -> Result<TestSetView> {
        let (truth, train) = if truth.is_dir() {
            (truth.join("truth.csv"), Some(truth.join("train.csv")))
        } else {
            (truth.to_owned(), None)
        };
        job.stage("Reading what is to be found", Unit::Steps, 0);
        let rows = read_rows(&truth, job)?;
        let train = train.map(|train| read_rows(&train, job)).transpose()?;
        let mut sum = crc32fast::Hasher::new();
        for row in rows.iter().chain(train.iter().flatten()) {
            sum.update(format!("{}\0{}\0{:?}\n", row.user, row.item, row.timestamp).as_bytes());
        }
        let name = truth.display().to_string();
        let spec = SplitSpec { file: Some((name, sum.finalize())), ..SplitSpec::of(SplitKind::File) };
        let group = self.group(group)?;
        let (interactions, items) = self.current_versions(&group)?;
        let encoded = self.interactions_of(interactions, items)?;
        let test = cut_file(&encoded, &spec, &rows, train.as_deref())?;
        let record = self.add_test_set(&group, (interactions, items), &encoded, &test)?;
        self.test_set_view(&group, &record)
    }

    /// Writes `train.csv`, `input.csv` and `truth.csv` of the group's test set into a folder.
    pub fn export_test_set(&self, group: &str, folder: &Path, job: &JobContext) -> Result<Vec<PathBuf>> {
        let group = self.group(group)?;
        let record = self.active_test_set(&group, job)?;
        let interactions = self.tested_interactions(&record)?;
        job.stage("Writing the test set", Unit::Steps, 0);
        Ok(export_split(&*self.test_set_of(record.id)?, &interactions, folder)?)
    }

    /// The test set of a group for the data as they are now. Where none was chosen it is the service's split with
    /// seed 0; where the data changed since, it is cut again the same way.
    pub(super) fn active_test_set(&self, group: &GroupRecord, job: &JobContext) -> Result<TestSetRecord> {
        let known = self.store().read(|reader| reader.test_sets(group.id))?;
        let spec = known.into_iter().find(|known| known.active).map(|known| known.spec).unwrap_or_default();
        self.use_test_set(group, &spec, job)
    }

    /// Makes the test set of this split on the current data the active one, cutting it where it is new.
    fn use_test_set(&self, group: &GroupRecord, spec: &SplitSpec, job: &JobContext) -> Result<TestSetRecord> {
        let (interactions, items) = self.current_versions(group)?;
        let known = self.store().read(|reader| reader.test_sets(group.id))?;
        let same = known
            .into_iter()
            .find(|known| known.interactions == interactions && known.items == items && known.spec == *spec);
        match same {
            Some(known) if known.active => Ok(known),
            Some(known) => {
                self.change(|writer| writer.activate_test_set(group.id, known.id))?;
                Ok(self.store().read(|reader| reader.test_set(known.id))?)
            }
            None => {
                if let Some((file, _)) = &spec.file {
                    bail!(
                        "the data changed since the test set was made from {file}; choose the file again, with \
                         `bespoke split --kind file --truth`, or another kind of test set"
                    );
                }
                let encoded = self.interactions_of(interactions, items)?;
                job.stage("Choosing the test set", Unit::Users, 0);
                let test = cut(&encoded, spec);
                job.check()?;
                self.add_test_set(group, (interactions, items), &encoded, &test)
            }
        }
    }

    /// Keeps a test set that was cut from versions of Interactions and of Items, and makes it the active one.
    fn add_test_set(
        &self,
        group: &GroupRecord,
        (interactions, items): (i64, Option<i64>),
        encoded: &Interactions,
        test: &TestSet,
    ) -> Result<TestSetRecord> {
        let content = test.to_blob()?;
        let new = NewTestSet {
            interactions,
            items,
            spec: &test.spec,
            users: test.cases.len() as u64,
            skipped_users: test.skipped_users as u64,
            training_rows: test.train_rows(encoded) as u64,
            truth_items: truth_items(test),
            content: &content,
        };
        let id = self.change(|writer| writer.add_test_set(group.id, &new))?;
        Ok(self.store().read(|reader| reader.test_set(id))?)
    }

    /// What the faces see of a test set.
    pub(super) fn test_set_view(&self, group: &GroupRecord, record: &TestSetRecord) -> Result<TestSetView> {
        let mut current = Vec::new();
        for kind in DatasetType::ALL {
            current.extend(self.store().read(|reader| reader.dataset(group.id, kind))?);
        }
        Ok(overview::test_set_view(record, &current))
    }
}

fn truth_items(test: &TestSet) -> u64 {
    test.cases.iter().map(|case| case.truth.len() as u64).sum()
}
