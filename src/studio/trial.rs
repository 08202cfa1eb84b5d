//! What a mapping makes of the first rows of a file, before anything is imported.

use super::Studio;
use crate::data::{self, Preview, ProblemCount, Readiness, Source};
use crate::domain::DatasetType;
use crate::domain::mapping::Mapping;
use crate::jobs::JobContext;
use anyhow::Result;

/// Rows that are tried at most.
const ROWS: usize = 20_000;

/// How the sampled rows fare.
#[derive(Debug, Clone)]
pub struct MappingTrial {
    /// Rows tried.
    pub rows: u64,
    /// Rows of the whole file, about.
    pub estimated_rows: u64,
    pub accepted: u64,
    /// Distinct users and items of the accepted rows.
    pub users: u64,
    pub items: u64,
    pub problems: Vec<ProblemCount>,
    pub warnings: Vec<String>,
    /// Of Interactions: what the sampled rows alone give to train on.
    pub readiness: Option<Readiness>,
}

impl Studio {
    /// The rows that mappings of this file are tried on.
    pub fn sample(&self, source: &Source) -> Result<Preview> {
        Ok(data::preview(source, ROWS)?)
    }

    /// Maps and checks sampled rows of `file` as an import would.
    pub fn try_mapping(
        &self,
        sample: &Preview,
        file: &str,
        mapping: &Mapping,
        job: &JobContext,
    ) -> Result<MappingTrial> {
        let imported = data::import_sample(sample, file, mapping, job)?;
        let readiness = (mapping.dataset == DatasetType::Interactions)
            .then(|| data::readiness(&imported.table, None, None));
        Ok(MappingTrial {
            rows: imported.rows,
            estimated_rows: sample.estimated_rows,
            accepted: imported.accepted,
            users: imported.users,
            items: imported.items,
            problems: data::count_problems(&imported.problems, mapping),
            warnings: imported.warnings,
            readiness,
        })
    }
}
