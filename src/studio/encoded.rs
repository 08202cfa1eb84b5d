//! What is stored, in the form that models and metrics read; kept in memory once made.

use super::Studio;
use crate::data::{Interactions, Table, encode};
use crate::evaluation::TestSet;
use crate::recipes::{Artifact, Model, registry};
use crate::store::{GroupRecord, TestSetRecord, VersionRecord};
use anyhow::{Context, Result};
use std::sync::Arc;

impl Studio {
    /// The rows of a dataset version.
    pub(super) fn table_of(&self, dataset_version: i64) -> Result<Arc<Table>> {
        self.memory().tables.get_or_make(dataset_version, || {
            let parquet = self.store().read(|reader| reader.dataset_content(dataset_version))?;
            Ok(Arc::new(Table::from_parquet(&parquet)?))
        })
    }

    /// A version of Interactions over the catalogue that a version of Items adds to.
    pub(super) fn interactions_of(&self, interactions: i64, items: Option<i64>) -> Result<Arc<Interactions>> {
        self.memory().interactions.get_or_make((interactions, items), || {
            let table = self.table_of(interactions)?;
            let items = items.map(|items| self.table_of(items)).transpose()?;
            Ok(Arc::new(encode(&table, items.as_deref())))
        })
    }

    /// The interactions of a group as they are now.
    pub(super) fn current_interactions(&self, group: &GroupRecord) -> Result<Arc<Interactions>> {
        let (interactions, items) = self.current_versions(group)?;
        self.interactions_of(interactions, items)
    }

    /// The newest versions of a group's Interactions and Items.
    pub(super) fn current_versions(&self, group: &GroupRecord) -> Result<(i64, Option<i64>)> {
        use crate::domain::DatasetType::{Interactions, Items};
        let interactions = self.dataset(group, Interactions)?;
        let items = self.store().read(|reader| reader.dataset(group.id, Items))?;
        Ok((interactions.id, items.map(|items| items.id)))
    }

    /// The interactions that a test set was cut from.
    pub(super) fn tested_interactions(&self, test_set: &TestSetRecord) -> Result<Arc<Interactions>> {
        self.interactions_of(test_set.interactions, test_set.items)
    }

    /// The rows of a test set.
    pub(super) fn test_set_of(&self, id: i64) -> Result<Arc<TestSet>> {
        self.memory().test_sets.get_or_make(id, || {
            let content = self.store().read(|reader| reader.test_set_content(id))?;
            Ok(Arc::new(TestSet::from_blob(&content)?))
        })
    }

    /// The model of a version: the one trained on everything, or the one trained for evaluation.
    pub(super) fn model_of(&self, version: &VersionRecord, full_data: bool) -> Result<Arc<dyn Model>> {
        self.memory().models.get_or_make((version.id, full_data), || {
            let stored = self
                .store()
                .read(|reader| reader.model(version.id, full_data))?
                .with_context(|| format!("{} has no model; train the solution again", version.name()))?;
            let recipe = registry::find(&version.config.recipe)
                .with_context(|| format!("no recipe `{}`; update the program", version.config.recipe))?;
            let artifact = Artifact { tensors: stored.tensors, json: stored.settings };
            Ok(Arc::from(recipe.load(&artifact)?))
        })
    }
}
