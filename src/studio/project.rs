//! One open project: opening, copying, the revision counter and what is kept in memory.

use super::cache::Cache;
use super::campaigns::Served;
use super::desk::{Desk, Moment};
use super::filters::{CatalogueKey, FiltersInUse};
use super::labels::Labels;
use super::outcomes::BenchmarkKey;
use super::simulations::WorldKey;
use crate::data::{Actions, Interactions, Metadata, RowsById, Table};
use crate::domain::DatasetType;
use crate::evaluation::{Asking, Benchmark, Outcome, TestSet};
use crate::recipes::Model;
use crate::serving::{CompiledFilter, FilterData, LiveEvents};
use crate::simulation::World;
use crate::store::{OpenError, OpenMode, Store, StoreError, Writer};
use anyhow::{Context, Result};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An open project. Cheap to clone; all clones are the same project.
#[derive(Clone)]
pub struct Studio(Arc<Inner>);

pub(super) struct Inner {
    store: Store,
    revision: AtomicU64,
    pub(super) memory: Memory,
}

/// What is kept between calls. Keys are ids of the store, which are never used twice, or moments, which never come back.
pub(super) struct Memory {
    /// By dataset version.
    pub(super) tables: Cache<i64, Table>,
    /// By version of Interactions and of Items.
    pub(super) interactions: Cache<(i64, Option<i64>), Interactions>,
    pub(super) metadata: Cache<MetadataKey, Metadata>,
    /// By version of Actions and of action interactions.
    pub(super) actions: Cache<(i64, Option<i64>), Actions>,
    /// By version of Interactions and of Items.
    pub(super) labels: Cache<(i64, Option<i64>), Labels>,
    /// By test set.
    pub(super) test_sets: Cache<i64, TestSet>,
    /// By solution version; the one trained on everything, or the one for evaluation.
    pub(super) models: Cache<(i64, bool), dyn Model>,
    /// By solution version, and the version of Users that says who is new.
    pub(super) served: Cache<(i64, Option<i64>, Option<i64>), Served>,
    /// By the name of the campaign.
    pub(super) desks: Cache<(Moment, String), Desk>,
    /// By solution version and the name of the filter.
    pub(super) filters_at: Cache<(Moment, i64, String), CompiledFilter>,
    /// By version of Items, and the test set whose items they are.
    pub(super) item_rows: Cache<(i64, i64), RowsById>,
    /// By group and dataset.
    pub(super) live: Mutex<HashMap<(i64, DatasetType), Recorded>>,
    /// The newest answers, the oldest first.
    pub(super) answers: Mutex<VecDeque<Answer>>,
    /// By the catalogue and what filters read of it.
    pub(super) filter_data: Cache<CatalogueKey, FilterData>,
    /// By filter, and the same.
    pub(super) filters: Cache<(i64, CatalogueKey), CompiledFilter>,
    /// Filters of batches that run.
    pub(super) filters_in_use: FiltersInUse,
    /// The popularity baseline's, by test set and how it was asked.
    pub(super) popularity: Cache<(i64, Asking), Outcome>,
    pub(super) benchmarks: Cache<BenchmarkKey, Benchmark>,
    /// By solution version and how it was asked.
    pub(super) outcomes: Cache<(i64, Asking), Outcome>,
    /// Where experiments are run.
    pub(super) worlds: Cache<WorldKey, World>,
}

/// The id of the newest event that was read, and all up to it.
type Recorded = (i64, Arc<LiveEvents>);

/// An answer that events may refer to.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) group: i64,
    pub(super) campaign: String,
    /// Its recommendation id.
    pub(super) name: String,
    pub(super) items: Vec<String>,
}

/// The dataset versions that metadata are made from.
#[derive(PartialEq)]
pub(super) struct MetadataKey {
    /// Whose users and items the rows are.
    pub(super) interactions: i64,
    /// The Items that add to the catalogue.
    pub(super) catalogue: Option<i64>,
    /// What is read of users and of items.
    pub(super) users: Option<i64>,
    pub(super) items: Option<i64>,
}

impl Studio {
    /// Makes an empty project where no file is.
    pub fn create(path: &Path) -> Result<Self, OpenError> {
        Store::create(path).map(Self::of)
    }

    /// Opens a project. For writing it is refused while another holds it, and says who.
    pub fn open(path: &Path, mode: OpenMode) -> Result<Self, OpenError> {
        Store::open(path, mode).map(Self::of)
    }

    fn of(store: Store) -> Self {
        let memory = Memory {
            tables: Cache::new(6),
            interactions: Cache::new(3),
            metadata: Cache::new(3),
            actions: Cache::new(3),
            labels: Cache::new(3),
            test_sets: Cache::new(4),
            models: Cache::new(8),
            served: Cache::new(8),
            desks: Cache::new(8),
            filters_at: Cache::new(32),
            item_rows: Cache::new(4),
            live: Mutex::default(),
            answers: Mutex::default(),
            filter_data: Cache::new(4),
            filters: Cache::new(32),
            filters_in_use: FiltersInUse::default(),
            popularity: Cache::new(4),
            benchmarks: Cache::new(4),
            outcomes: Cache::new(64),
            worlds: Cache::new(2),
        };
        Self(Arc::new(Inner { store, revision: AtomicU64::new(0), memory }))
    }

    pub fn path(&self) -> &Path {
        self.store().path()
    }

    pub fn is_read_only(&self) -> bool {
        self.store().is_read_only()
    }

    /// Rises with every change; what was read at one revision stays true until the next.
    pub fn revision(&self) -> u64 {
        self.0.revision.load(Ordering::Acquire)
    }

    /// Writes a copy of the project to another file, whole or not at all.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        anyhow::ensure!(
            path != self.path(),
            "{} is the project itself; choose another file for the copy",
            path.display()
        );
        self.store().copy_to(path).with_context(|| format!("copying to {}", path.display()))
    }

    /// What is wrong with the file; empty where nothing is. Reads everything in it.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut wrong = self.store().check()?;
        let state = self.store().read(|reader| {
            let datasets = reader.dataset_versions()?;
            let mut test_sets = Vec::new();
            let mut versions = Vec::new();
            for group in reader.groups()? {
                test_sets.extend(reader.test_sets(group.id)?);
                versions.extend(reader.versions(group.id)?);
            }
            Ok((datasets, test_sets, versions))
        });
        let (datasets, test_sets, versions) = match state {
            Ok(state) => state,
            Err(error) => {
                wrong.push(error.to_string());
                return Ok(wrong);
            }
        };
        for dataset in datasets {
            if let Err(error) = self.table_of(dataset.id) {
                wrong.push(format!("{} version {}: {error:#}", dataset.kind, dataset.ordinal));
            }
        }
        for test_set in test_sets {
            if let Err(error) = self.test_set_of(test_set.id) {
                wrong.push(format!("test set {}: {error:#}", test_set.spec.name));
            }
        }
        for version in versions.iter().filter(|version| version.status == crate::domain::Status::Active) {
            for full_data in [false, version.config.full_data] {
                if let Err(error) = self.model_of(version, full_data) {
                    wrong.push(format!("model of {}: {error:#}", version.name()));
                }
            }
        }
        Ok(wrong)
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn memory(&self) -> &Memory {
        &self.0.memory
    }

    /// One transaction; after it, the revision is higher.
    pub(super) fn change<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let value = self.store().write(work)?;
        self.changed();
        Ok(value)
    }

    pub(super) fn changed(&self) {
        self.0.revision.fetch_add(1, Ordering::AcqRel);
    }
}
