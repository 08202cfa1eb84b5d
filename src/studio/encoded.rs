//! What is stored, in the form that models and metrics read; kept in memory once made.

use super::Studio;
use super::project::MetadataKey;
use crate::data::{Interactions, Metadata, Newcomers, Table, encode};
use crate::domain::schema::Schema;
use crate::domain::{DatasetType, RecipeDescriptor};
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
            let (table, schema) = self.table_and_schema(interactions)?;
            let items = items.map(|items| self.table_of(items)).transpose()?;
            Ok(Arc::new(encode(&table, &schema, items.as_deref())))
        })
    }

    /// What is said of the users and items of a test set's interactions, as far as a recipe reads it: Items as they
    /// were when the test set was cut, because they are part of its catalogue, and Users as they are now.
    pub(super) fn metadata_for(
        &self,
        recipe: &RecipeDescriptor,
        group: &GroupRecord,
        test_set: &TestSetRecord,
    ) -> Result<Arc<Metadata>> {
        self.metadata_of(recipe, group, test_set.interactions, test_set.items)
    }

    /// The same of a version of Interactions over the catalogue that a version of Items adds to.
    pub(super) fn metadata_of(
        &self,
        recipe: &RecipeDescriptor,
        group: &GroupRecord,
        version: i64,
        catalogue: Option<i64>,
    ) -> Result<Arc<Metadata>> {
        let users = self.users_read_by(recipe, group)?;
        let items = catalogue.filter(|_| recipe.reads_metadata_of(DatasetType::Items));
        self.metadata_from(version, catalogue, users, items)
    }

    /// What those versions of Users and Items say of the users of a version of Interactions and of the items of a
    /// catalogue.
    pub(super) fn metadata_from(
        &self,
        version: i64,
        catalogue: Option<i64>,
        users: Option<i64>,
        items: Option<i64>,
    ) -> Result<Arc<Metadata>> {
        let interactions = self.interactions_of(version, catalogue)?;
        let key = MetadataKey { interactions: version, catalogue, users, items };
        self.memory().metadata.get_or_make(key, || {
            let users = users.map(|users| self.table_and_schema(users)).transpose()?;
            let items = items.map(|items| self.table_and_schema(items)).transpose()?;
            let (users, items) = (users.as_ref().map(parts), items.as_ref().map(parts));
            Ok(Arc::new(Metadata::encode(&interactions, users, items)))
        })
    }

    /// The newest version of a group's Users, where a recipe reads them and they are there.
    pub(super) fn users_read_by(
        &self,
        recipe: &RecipeDescriptor,
        group: &GroupRecord,
    ) -> Result<Option<i64>> {
        if !recipe.reads_metadata_of(DatasetType::Users) {
            return Ok(None);
        }
        self.dataset_id(group, DatasetType::Users)
    }

    /// The users of a version of Users who have no interactions among these.
    pub(super) fn newcomers_of(&self, users: i64, interactions: &Interactions) -> Result<Newcomers> {
        let (table, schema) = self.table_and_schema(users)?;
        Ok(Newcomers::encode(&table, &schema, &interactions.users))
    }

    pub(super) fn table_and_schema(&self, dataset_version: i64) -> Result<(Arc<Table>, Schema)> {
        let schema = self.store().read(|reader| reader.dataset_version(dataset_version))?.schema;
        Ok((self.table_of(dataset_version)?, schema))
    }

    /// The interactions of a group as they are now.
    pub(super) fn current_interactions(&self, group: &GroupRecord) -> Result<Arc<Interactions>> {
        let (interactions, items) = self.current_versions(group)?;
        self.interactions_of(interactions, items)
    }

    /// The newest versions of a group's Interactions and Items.
    pub(super) fn current_versions(&self, group: &GroupRecord) -> Result<(i64, Option<i64>)> {
        let interactions = self.needed_dataset_id(group, DatasetType::Interactions)?;
        Ok((interactions, self.dataset_id(group, DatasetType::Items)?))
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

fn parts((table, schema): &(Arc<Table>, Schema)) -> (&Table, &Schema) {
    (table, schema)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::sample::{self, SampleGroup};
    use crate::domain::Task;
    use crate::jobs::JobContext;

    fn recipe(reads: &'static [DatasetType]) -> RecipeDescriptor {
        RecipeDescriptor {
            name: "toy",
            title: "Toy",
            task: Task::UserPersonalization,
            question: "",
            about: "",
            reads,
            parameters: &[],
            reads_order: false,
            takes_events: false,
            returns_scores: false,
            takes_objective: false,
            weighs_events: false,
            takes_updates: false,
            takes_promotions: false,
            second_generation: false,
            campaign_parameters: &[],
            open_baseline: true,
        }
    }

    /// The sample films, of which the files begin with `film-0001,…,Comedy|Crime,2025,"In a sausage factory …",1763704800`
    /// and `viewer-0001,58,DE`.
    #[test]
    fn a_recipe_gets_the_metadata_of_the_datasets_it_reads() {
        let folder = tempfile::tempdir().unwrap();
        let job = JobContext::default();
        sample::write(SampleGroup::Films, folder.path()).unwrap();
        let studio = Studio::create(&folder.path().join("films.bespoke")).unwrap();
        studio.import_sample(SampleGroup::Films, folder.path(), &job).unwrap();
        let group = studio.group("films").unwrap();
        let test_set = studio.active_test_set(&group, &job).unwrap();
        let interactions = studio.tested_interactions(&test_set).unwrap();
        let names =
            |features: &crate::data::Features| features.names().map(str::to_owned).collect::<Vec<_>>();

        let all = studio.metadata_for(&recipe(&DatasetType::ALL), &group, &test_set).unwrap();
        assert_eq!(
            (names(&all.users), names(&all.items)),
            (vec!["COUNTRY".into(), "AGE".into()], vec!["GENRES".into(), "YEAR".into(), "PLOT".into()])
        );
        let viewer = interactions.users.index("viewer-0001").unwrap() as usize;
        let film = interactions.items.index("film-0001").unwrap() as usize;
        let country = &all.users.categorical[0];
        assert_eq!(
            (country.values.id(country.of(viewer)[0]), all.users.numeric[0].values[viewer]),
            ("DE", 58.0)
        );
        let genres = &all.items.categorical[0];
        let of_film: Vec<&str> = genres.of(film).iter().map(|&genre| genres.values.id(genre)).collect();
        assert_eq!(of_film, ["Comedy", "Crime"]);
        assert!(all.items.text[0].of(film).unwrap().starts_with("In a sausage factory after hours,"));
        assert_eq!(all.item_created.as_ref().unwrap()[film], Some(1_763_704_800));
        assert_eq!((all.users.rows, all.items.rows), (interactions.n_users(), interactions.n_items()));

        let read = |reads| studio.metadata_for(&recipe(reads), &group, &test_set).unwrap();
        // All viewers have watched something, so nobody is new to them; to nobody's history everybody is.
        let users = studio.users_read_by(&recipe(&DatasetType::ALL), &group).unwrap().unwrap();
        let newcomers = studio.newcomers_of(users, &interactions).unwrap();
        assert!(newcomers.find("viewer-0001").is_none());
        let nobody = Interactions::from_rows(Arc::default(), Arc::default(), Arc::default(), &[]);
        let newcomers = studio.newcomers_of(users, &nobody).unwrap();
        let viewer = newcomers.find("viewer-0001").unwrap();
        assert_eq!((viewer.number("AGE"), viewer.categories("COUNTRY").next()), (Some(58.0), Some("DE")));
        assert!(studio.users_read_by(&recipe(&[DatasetType::Items]), &group).unwrap().is_none());

        let items = read(&[DatasetType::Interactions, DatasetType::Items]);
        assert!(items.items.has_columns() && !items.users.has_columns());
        let none = read(&[DatasetType::Interactions]);
        assert!(!none.items.has_columns() && none.item_created.is_none());
        // Made once, and again when the Users change.
        assert!(Arc::ptr_eq(&all, &read(&DatasetType::ALL)));
        studio.import_sample(SampleGroup::Films, folder.path(), &job).unwrap();
        let test_set = studio.active_test_set(&group, &job).unwrap();
        let again = studio.metadata_for(&recipe(&DatasetType::ALL), &group, &test_set).unwrap();
        assert!(!Arc::ptr_eq(&all, &again));
    }
}
