//! From a file to a dataset of a group, in one transaction.

use super::Studio;
use super::last_import::keep_last_import;
use super::message::{end_status, reasons};
use super::request::{ImportReport, ImportRequest};
use crate::data::{self, ImportMode, ImportOptions, Imported, Preview, Proposal, Source, Table};
use crate::domain::mapping::Mapping;
use crate::domain::{DatasetType, Status, check_name};
use crate::jobs::{JobContext, Unit};
use crate::store::{DatasetVersionRecord, ImportTotals, NewDatasetVersion};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Accepted rows and what they hold, ready to be stored.
struct Prepared {
    imported: Imported,
    table: Table,
    users: u64,
    items: u64,
    parquet: Vec<u8>,
}

impl Studio {
    /// What files, folders or archives hold and how it would be imported, by sight.
    pub fn propose(&self, paths: &[PathBuf]) -> Result<Vec<Proposal>> {
        let mut proposals = data::propose(paths)?;
        for proposal in &mut proposals {
            let columns = data::preview(&proposal.source, 1)?.columns;
            if let Some(mapping) = self.remembered_mapping(&data::header_signature(&columns))?
                && mapping.dataset == proposal.mapping.dataset
            {
                proposal.mapping = spelt_as(mapping, &columns);
            }
        }
        Ok(proposals)
    }

    /// The first rows of a file as text.
    pub fn preview(&self, source: &Source, rows: usize) -> Result<Preview> {
        Ok(data::preview(source, rows)?)
    }

    /// The mapping that was last used for files with this header.
    pub fn remembered_mapping(&self, header_signature: &str) -> Result<Option<Mapping>> {
        Ok(self.store().read(|reader| reader.remembered_mapping(header_signature))?)
    }

    /// Keeps a mapping for files with the header of this one.
    pub fn remember_mapping(&self, header_signature: &str, mapping: &Mapping) -> Result<()> {
        Ok(self.store().write(|writer| writer.remember_mapping(header_signature, mapping))?)
    }

    /// Imports a file into a group's dataset; the group is made where it is new. Either all of the import is kept
    /// (rows, schema, problems, mapping) or only that it failed and why.
    pub fn import(&self, request: &ImportRequest, job: &JobContext) -> Result<ImportReport> {
        check_name(&request.group)?;
        let began = Instant::now();
        let source = request.source.display_name();
        let mode = match request.mode {
            ImportMode::Full => "FULL",
            ImportMode::Incremental => "INCREMENTAL",
        };
        let (group, import_job) = self.change(|writer| {
            let group = match writer.group(&request.group)? {
                Some(group) => group.id,
                None => writer.create_group(&request.group)?,
            };
            Ok::<_, anyhow::Error>((group, writer.begin_import(group, request.dataset, &source, mode)?))
        })?;
        let outcome = self.prepare(group, request, job).and_then(|prepared| {
            job.stage("Storing", Unit::Steps, 0);
            job.check()?;
            self.keep(group, import_job, request, &source, prepared, began)
        });
        if let Err(error) = &outcome {
            let status = end_status(error);
            self.change(|writer| {
                writer.end_import(import_job, status, Some(&reasons(error)), ImportTotals::default())
            })?;
        }
        outcome
    }

    /// Reads and checks the file, and joins it to the rows there are.
    fn prepare(&self, group: i64, request: &ImportRequest, job: &JobContext) -> Result<Prepared> {
        let old = self.store().read(|reader| reader.dataset(group, request.dataset))?;
        let options = ImportOptions {
            mends: request.mends.clone(),
            strict: request.strict,
            schema: request.schema.clone(),
        };
        let imported = data::import(&request.source, &request.mapping, &options, job)?;
        if imported.accepted == 0 {
            bail!(
                "{}: none of the {} rows can be used; look at the problems and correct the mapping",
                request.source.display_name(),
                imported.rows
            );
        }
        let table = match (&old, request.mode) {
            (Some(old), ImportMode::Incremental) => {
                require_same_schema(old, &imported)?;
                data::merge(&*self.table_of(old.id)?, &imported.table, request.dataset)?
            }
            _ => imported.table.clone(),
        };
        job.stage("Packing", Unit::Steps, 0);
        job.check()?;
        let parquet = table.to_parquet()?;
        let (users, items) = match request.mode {
            ImportMode::Full => (imported.users, imported.items),
            ImportMode::Incremental => {
                (table.distinct("USER_ID"), table.distinct(request.dataset.subject_field()))
            }
        };
        Ok(Prepared { imported, table, users, items, parquet })
    }

    fn keep(
        &self,
        group: i64,
        import_job: i64,
        request: &ImportRequest,
        source: &str,
        prepared: Prepared,
        began: Instant,
    ) -> Result<ImportReport> {
        let Prepared { imported, table, users, items, parquet } = prepared;
        let columns = data::preview(&request.source, 1)?.columns;
        let new = NewDatasetVersion {
            kind: request.dataset,
            schema: &imported.schema,
            mapping: &request.mapping,
            source,
            rows: table.rows() as u64,
            users,
            items,
            parquet: &parquet,
        };
        let seconds = began.elapsed().as_secs_f64();
        let totals = ImportTotals {
            rows: imported.rows,
            accepted: imported.accepted,
            rejected: imported.rejected,
            seconds,
        };
        self.change(|writer| {
            writer.add_dataset_version(group, &new)?;
            // What was imported is replaced, what was recorded is not: it is taken in again at the next training.
            if request.dataset.is_log() && request.mode == ImportMode::Full {
                writer.events_left_out(group, request.dataset)?;
            }
            writer.add_problems(import_job, &imported.problems)?;
            writer.remember_mapping(&data::header_signature(&columns), &request.mapping)?;
            keep_last_import(writer, group, request)?;
            Ok::<_, anyhow::Error>(writer.end_import(import_job, Status::Active, None, totals)?)
        })?;
        self.forget_live_events(group);
        Ok(ImportReport {
            rows: imported.rows,
            accepted: imported.accepted,
            rejected: imported.rejected,
            users: imported.users,
            items: imported.items,
            mapping: request.mapping.clone(),
            problems: imported.problems,
            warnings: imported.warnings,
            mended: imported.mended,
            seconds,
            schema: imported.schema,
            source: source.to_owned(),
        })
    }

    /// Writes the problem rows of the newest import of a dataset, with their rules and what to do, to a CSV file.
    pub fn write_rejects(&self, group: &str, dataset: DatasetType, path: &Path) -> Result<()> {
        let problems = self.problems(group, dataset)?;
        let record = self.dataset(&self.group(group)?, dataset)?;
        Ok(data::write_rejects(&problems, &record.mapping, &record.source, path)?)
    }
}

/// A remembered mapping with its columns spelt as this file spells them: a header is known again in any case.
fn spelt_as(mut mapping: Mapping, columns: &[String]) -> Mapping {
    for column in mapping.fields.iter_mut().flat_map(|field| &mut field.columns) {
        let known = column.trim().to_lowercase();
        let there = columns.iter().find(|there| there.trim().to_lowercase() == known);
        if let Some(there) = there.filter(|_| !columns.contains(column)) {
            there.clone_into(column);
        }
    }
    mapping
}

/// An incremental import adds to what is there, so its fields must be those that are there.
fn require_same_schema(old: &DatasetVersionRecord, new: &Imported) -> Result<()> {
    let names = |fields: &[crate::domain::schema::SchemaField]| -> Vec<String> {
        let mut names: Vec<String> =
            fields.iter().map(|field| format!("{} ({:?})", field.name, field.kind)).collect();
        names.sort();
        names
    };
    let (have, got) = (names(&old.schema.fields), names(&new.schema.fields));
    if have != got {
        bail!(
            "the {} dataset has the fields {}, the file gives {}; map the same fields or import with mode full",
            old.kind,
            have.join(", "),
            got.join(", ")
        );
    }
    Ok(())
}
