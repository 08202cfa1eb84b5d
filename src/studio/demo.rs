//! The demonstration: sample data → import → train → evaluate → campaign → batch file, in one go.

use super::Studio;
use super::request::{
    BatchInput, BatchOutput, BatchRequest, DemoEvaluation, DemoReport, EvaluateRequest, ImportRequest,
    TrainRequest,
};
use crate::data::sample::{self, SampleGroup};
use crate::data::{ImportMode, discover, preview, propose_mapping};
use crate::domain::DatasetType;
use crate::domain::limits::DEFAULT_RESULTS;
use crate::domain::solution::SolutionConfig;
use crate::jobs::{JobContext, Unit};
use crate::serving::BatchFormat;
use crate::store::OpenMode;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What the demonstration trains on each group.
const RECIPES: [&str; 5] = ["popularity-count", "trending-now", "sims", "sequential-rules", "ease"];
/// Campaigns and the recipe that answers for each.
const CAMPAIGNS: [(&str, &str); 3] = [("for-you", "ease"), ("next", "sequential-rules"), ("related", "sims")];
/// The recipe that the batch file is made with.
const BATCH_RECIPE: &str = "ease";
/// The setting that marks a project as a demonstration, which may be made again.
const MARK: &str = "demonstration";

impl Studio {
    /// Makes the demonstration project at `project`, or makes it again, and its batch files in `out`.
    pub fn demo(project: &Path, out: &Path, job: &JobContext) -> Result<(Self, DemoReport)> {
        let began = Instant::now();
        std::fs::create_dir_all(out).with_context(|| format!("making the folder {}", out.display()))?;
        let studio = demonstration(project)?;
        let mut evaluations = Vec::new();
        let mut batch_files = Vec::new();
        for sample in SampleGroup::ALL {
            let group = sample.name();
            studio.import_sample(sample, &sample_folder(sample, out, job)?, job)?;
            for recipe in RECIPES {
                let config = SolutionConfig::of(recipe, super::recipe(recipe)?.parameters_from([])?);
                studio.train(&TrainRequest { group: group.to_owned(), solution: None, config }, job)?;
            }
            let request = EvaluateRequest { group: group.to_owned(), ..EvaluateRequest::default() };
            let evaluation = studio.evaluate(&request, job)?;
            evaluations.push(DemoEvaluation { group: group.to_owned(), evaluation });
            for (campaign, recipe) in CAMPAIGNS {
                studio.create_campaign(group, campaign, recipe, &[])?;
            }
            let file = out.join(format!("{group}-recommendations.jsonl"));
            let request = BatchRequest {
                version: format!("{group}/{BATCH_RECIPE}"),
                input: BatchInput::All,
                output: BatchOutput::File(file.clone()),
                format: BatchFormat::Jsonl,
                num_results: DEFAULT_RESULTS,
                settings: Vec::new(),
                filter: None,
                filter_values: Vec::new(),
                promotion: None,
            };
            studio.batch(&request, job)?;
            batch_files.push(file);
        }
        let report = DemoReport {
            project: project.to_owned(),
            evaluations,
            batch_files,
            seconds: began.elapsed().as_secs_f64(),
        };
        Ok((studio, report))
    }

    /// Imports the three files of a sample group into a group of its name.
    pub fn import_sample(&self, sample: SampleGroup, folder: &Path, job: &JobContext) -> Result<()> {
        let files = [
            (DatasetType::Items, "items.csv"),
            (DatasetType::Users, "users.csv"),
            (DatasetType::Interactions, "interactions.csv"),
        ];
        for (dataset, file) in files {
            let path = folder.join(file);
            let Some(source) = discover(&path)?.into_iter().next() else {
                bail!("{} holds no table; remove it and run again", path.display())
            };
            let mapping = propose_mapping(&preview(&source, 200)?, Some(dataset));
            let request = ImportRequest {
                group: sample.name().to_owned(),
                dataset,
                source,
                mapping,
                schema: None,
                mode: ImportMode::Full,
                mends: Vec::new(),
                strict: false,
            };
            self.import(&request, job)?;
        }
        Ok(())
    }
}

/// A fresh demonstration project; one that is there is emptied, any other file is left alone.
fn demonstration(project: &Path) -> Result<Studio> {
    if !project.exists() {
        let studio = Studio::create(project)?;
        studio.set_window_setting(MARK, "1")?;
        return Ok(studio);
    }
    let studio = Studio::open(project, OpenMode::ReadWrite)?;
    if studio.window_setting(MARK)?.is_none() {
        bail!("{} is a project of your own; name another file for the demonstration", project.display());
    }
    for group in SampleGroup::ALL {
        if studio.store().read(|reader| reader.group(group.name()))?.is_some() {
            studio.delete_group(group.name())?;
        }
    }
    Ok(studio)
}

/// Where the sample files of a group lie: beside the program, in the sources it was built from, or else drawn anew
/// into a folder of `out`.
fn sample_folder(sample: SampleGroup, out: &Path, job: &JobContext) -> Result<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned()));
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let shipped = beside
        .into_iter()
        .chain([sources])
        .map(|folder| folder.join("sample-data").join(sample.name()))
        .find(|folder| folder.join("interactions.csv").is_file());
    if let Some(folder) = shipped {
        return Ok(folder);
    }
    job.stage(format!("Drawing sample data: {}", sample.name()), Unit::Steps, 0);
    let folder = out.join("sample-data").join(sample.name());
    sample::write(sample, &folder)?;
    Ok(folder)
}
