//! From files and a few wishes to what is to be imported, where nobody corrects the mapping by hand.

use super::Studio;
use super::request::ImportRequest;
use crate::data::{ImportMode, Proposal, Source, discover, preview, propose_found, propose_mapping};
use crate::domain::DatasetType;
use crate::domain::action::{EXPIRATION, REPEAT_FREQUENCY, VALUE};
use crate::domain::mapping::{MappedField, Mapping, Reading, TimestampRule};
use crate::domain::schema::{FieldRole, FieldType, SESSION_FIELD, Schema};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// Rows that a mapping is proposed from.
const LOOKED_AT: usize = 1_000;

/// What a person wants otherwise than it is proposed.
#[derive(Debug, Clone, Default)]
pub struct MappingChanges {
    /// Fields and the column each is to come from.
    pub fields: Vec<(String, String)>,
    pub timestamp: Option<TimestampRule>,
    /// The event type of every row where no column gives one.
    pub event_type: Option<String>,
    /// Event types and the value each stands for.
    pub event_values: Vec<(String, f64)>,
}

/// Files for one dataset of a group.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    pub group: String,
    pub dataset: DatasetType,
    /// Files, archives or folders.
    pub paths: Vec<PathBuf>,
    /// The schema the rows must follow; without it the mapping makes one.
    pub schema: Option<Schema>,
    pub changes: MappingChanges,
    pub mode: ImportMode,
    pub strict: bool,
}

impl Studio {
    /// What to import, in order: of each path, the tables that hold the dataset asked for. The first replaces or adds to
    /// what is there as the plan says, those after it add.
    pub fn plan_import(&self, plan: &ImportPlan) -> Result<Vec<ImportRequest>> {
        let mut requests = Vec::new();
        for path in &plan.paths {
            let sources = discover(path)?;
            let chosen = match sources.as_slice() {
                [] => {
                    bail!("{} holds no table; choose a CSV, TSV, JSON Lines or Parquet file", path.display())
                }
                [only] => vec![one_file(only, plan.dataset)?],
                _ => of_dataset(path, sources, plan.dataset)?,
            };
            for (source, mut mapping) in chosen {
                if let Some(schema) = &plan.schema {
                    mapping = self.mapping_for_schema(&source, schema)?;
                }
                apply(&mut mapping, &plan.changes, &source)?;
                requests.push(ImportRequest {
                    group: plan.group.clone(),
                    dataset: plan.dataset,
                    source,
                    mapping,
                    schema: plan.schema.clone(),
                    mode: if requests.is_empty() { plan.mode } else { ImportMode::Incremental },
                    mends: Vec::new(),
                    strict: plan.strict,
                });
            }
        }
        Ok(requests)
    }
}

/// A file of its own: as it is known by sight, or else by names and contents.
fn one_file(source: &Source, dataset: DatasetType) -> Result<(Source, Mapping)> {
    let known = propose_found(vec![source.clone()])?;
    let known = known.into_iter().find(|proposal| proposal.mapping.dataset == dataset);
    if let Some(Proposal { source, mapping, .. }) = known {
        return Ok((source, mapping));
    }
    Ok((source.clone(), propose_mapping(&preview(source, LOOKED_AT)?, Some(dataset))))
}

/// The tables of a folder or archive that hold the dataset.
fn of_dataset(path: &Path, sources: Vec<Source>, dataset: DatasetType) -> Result<Vec<(Source, Mapping)>> {
    let proposals = propose_found(sources)?;
    let found: Vec<(Source, Mapping)> = proposals
        .iter()
        .filter(|proposal| proposal.mapping.dataset == dataset && proposal.confident)
        .map(|proposal| (proposal.source.clone(), proposal.mapping.clone()))
        .collect();
    if found.is_empty() {
        let titles: Vec<&str> = proposals.iter().map(|proposal| proposal.title.as_str()).collect();
        bail!(
            "{} has no table that is surely {dataset} (it has {}); name the file itself",
            path.display(),
            titles.join(", ")
        );
    }
    Ok(found)
}

/// Changes a mapping as asked.
fn apply(mapping: &mut Mapping, changes: &MappingChanges, source: &Source) -> Result<()> {
    let columns = if changes.fields.is_empty() { Vec::new() } else { preview(source, LOOKED_AT)?.columns };
    for (field, column) in &changes.fields {
        let field = field.to_ascii_uppercase();
        if !columns.contains(column) {
            bail!(
                "{}: there is no column `{column}` for the field {field}; it has {}",
                source.display_name(),
                columns.join(", ")
            );
        }
        let proposed = mapping.fields.iter().position(|mapped| mapped.columns == [column.clone()]);
        let proposed = proposed.map(|position| mapping.fields.remove(position));
        let replaced = mapping.fields.iter().position(|mapped| mapped.field == field);
        let replaced = replaced.map(|position| mapping.fields.remove(position));
        mapping.fields.push(chosen(mapping.dataset, field, column, proposed, replaced));
    }
    if let Some(rule) = &changes.timestamp {
        mapping.timestamp = rule.clone();
        "you chose it".clone_into(&mut mapping.timestamp_reason);
    }
    if let Some(event_type) = &changes.event_type {
        mapping.fields.retain(|mapped| mapped.field != "EVENT_TYPE");
        mapping.event_type = Some(event_type.clone());
    }
    for (event_type, value) in &changes.event_values {
        mapping.event_values.retain(|(known, _)| known != event_type);
        mapping.event_values.push((event_type.clone(), *value));
    }
    Ok(())
}

/// The field as chosen: typed as the service asks where it names the field, else as what stood there or was proposed.
fn chosen(
    dataset: DatasetType,
    field: String,
    column: &str,
    proposed: Option<MappedField>,
    replaced: Option<MappedField>,
) -> MappedField {
    let like = replaced.or(proposed);
    let required = dataset.required_fields().contains(&field.as_str());
    let (kind, role) = match field.as_str() {
        "USER_ID" | "ITEM_ID" | "ACTION_ID" | "EVENT_TYPE" | "IMPRESSION" | "RECOMMENDATION_ID"
        | SESSION_FIELD => (FieldType::String, FieldRole::Plain),
        "TIMESTAMP" | "CREATION_TIMESTAMP" => (FieldType::Long, FieldRole::Plain),
        VALUE | REPEAT_FREQUENCY if dataset == DatasetType::Actions => (FieldType::Long, FieldRole::Plain),
        name if dataset == DatasetType::Actions && EXPIRATION.contains(&name) => {
            (FieldType::Long, FieldRole::Plain)
        }
        "TYPE" if dataset == DatasetType::Actions => (FieldType::String, FieldRole::Plain),
        "EVENT_VALUE" => (FieldType::Float, FieldRole::Plain),
        _ => like.as_ref().map_or((FieldType::String, FieldRole::Categorical), |like| (like.kind, like.role)),
    };
    MappedField {
        field,
        columns: vec![column.to_owned()],
        reading: Reading::Whole,
        kind,
        role,
        nullable: !required,
        reason: "you chose it".to_owned(),
    }
}
