//! Training a version again exactly, and whether the same came out.

use super::Studio;
use super::view::VersionView;
use crate::domain::Status;
use crate::evaluation::Lists;
use crate::jobs::JobContext;
use crate::store::{GroupRecord, ModelBytes, VersionRecord};
use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

/// A version trained again.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainedAgain {
    /// The version it was made from.
    pub original: String,
    pub version: VersionView,
    /// Whether the data are the same; none where those of the first were not recorded.
    pub same_data: Option<bool>,
    /// Whether the model is the same bit for bit.
    pub same_model: bool,
    /// Whether every list of the test users is the same bit for bit, scores too.
    pub same_lists: bool,
    /// Whether the same version of the program trained both; none where it was not recorded.
    pub same_program: Option<bool>,
}

impl TrainedAgain {
    /// What came of it, in one or two sentences.
    pub fn words(&self) -> String {
        let (new, old) = (&self.version.name, &self.original);
        let data = match self.same_data {
            Some(true) => "the data are the same",
            Some(false) => "the data have changed since",
            None => "whether the data are the same was not recorded",
        };
        let program = match self.same_program {
            Some(false) => ", and another version of the program trained it",
            _ => "",
        };
        let what = match (self.same_model, self.same_lists) {
            (true, true) => format!("The model and all lists of {new} are those of {old}, bit for bit"),
            (false, true) => {
                format!("The lists of {new} are those of {old}, bit for bit; the model's bytes differ")
            }
            _ => format!("{new} gives other lists than {old}"),
        };
        format!("{what}: {data}{program}.")
    }
}

impl Studio {
    /// Trains a version again as another version of its solution: the same configuration and seed, on the test set it was
    /// trained for. Says whether the same came out.
    pub fn train_again(&self, group: &str, version: &str, job: &JobContext) -> Result<TrainedAgain> {
        let group = self.group(group)?;
        let original = self.named_version(&group, version)?;
        ensure!(
            original.status == Status::Active,
            "{} is not active, so there is nothing to do again; train the solution instead",
            original.name()
        );
        if let Some(base) = original.updates_name() {
            bail!("{} was brought up to date from {base}, not trained; train {base} again", original.name());
        }
        let mut config = original.config.clone();
        // Parameters that the recipe got since have their defaults; one that it lost is an error that names it.
        let texts: Vec<(String, String)> =
            config.parameters.iter().map(|(name, value)| (name.to_owned(), value.to_string())).collect();
        let texts = texts.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        config.parameters = super::recipe(&config.recipe)?
            .parameters_from(texts)
            .with_context(|| format!("{} can't be trained again", original.name()))?;
        self.check_config(&group, &config)?;
        let id = self.change(|writer| {
            writer.begin_version(group.id, &original.solution, &config, original.test_set, None)
        })?;
        let view = self.make_version(&group, id, job)?;
        let again = self.store().read(|reader| reader.version(id))?;
        let origins = self.store().read(|reader| reader.run_origins(group.id))?;
        let (before, now) = (origins.get(&original.id), origins.get(&id));
        let both = before.zip(now);
        let same_model = self.model_bytes(&original)? == self.model_bytes(&again)?;
        // The same model asked the same questions gives the same lists.
        let same_lists =
            same_model || self.test_lists(&group, &original, job)? == self.test_lists(&group, &again, job)?;
        Ok(TrainedAgain {
            original: original.name(),
            version: view,
            same_data: both.map(|(before, now)| before.data == now.data),
            same_model,
            same_lists,
            same_program: both.map(|(before, now)| before.program == now.program),
        })
    }

    fn model_bytes(&self, version: &VersionRecord) -> Result<Option<ModelBytes>> {
        Ok(self.store().read(|reader| reader.model(version.id, false))?)
    }

    /// The lists of the test users, seen items in them.
    fn test_lists(&self, group: &GroupRecord, version: &VersionRecord, job: &JobContext) -> Result<Lists> {
        let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
        let benchmark = self.benchmark(group, &test_set, &version.config)?;
        Ok(self.outcome(&benchmark, group, version, false.into(), job)?.lists.clone())
    }
}
