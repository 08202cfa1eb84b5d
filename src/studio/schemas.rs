//! Schemas: the one in use, and the mapping that a schema document asks of a file.

use super::Studio;
use crate::data::{Source, preview, propose_mapping};
use crate::domain::DatasetType;
use crate::domain::mapping::{MappedField, Mapping, Reading};
use crate::domain::schema::Schema;
use anyhow::{Result, bail};

impl Studio {
    /// The schema of a dataset as it is now.
    pub fn schema(&self, group: &str, dataset: DatasetType) -> Result<Schema> {
        Ok(self.dataset(&self.group(group)?, dataset)?.schema)
    }

    /// The mapping of a file whose columns are named as a schema's fields, as the service's files are: fields, types
    /// and roles as the schema says, the time rule as the cells say. Columns the schema lacks are ignored.
    pub fn mapping_for_schema(&self, source: &Source, schema: &Schema) -> Result<Mapping> {
        let preview = preview(source, 200)?;
        let column_of = |field: &str| {
            let named = preview.columns.iter().find(|column| *column == field);
            named.or_else(|| preview.columns.iter().find(|column| column.eq_ignore_ascii_case(field)))
        };
        let missing: Vec<&str> = schema
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .filter(|field| column_of(field).is_none())
            .collect();
        if !missing.is_empty() {
            bail!(
                "{}: Input CSV is missing the following columns:[{}]; it has {}: rename them, or map them by hand",
                source.display_name(),
                missing.join(", "),
                preview.columns.join(", ")
            );
        }
        let mut mapping = propose_mapping(&preview, Some(schema.dataset));
        let fields = schema.fields.iter().filter_map(|field| {
            Some(MappedField {
                field: field.name.clone(),
                columns: vec![column_of(&field.name)?.clone()],
                reading: Reading::Whole,
                kind: field.kind,
                role: field.role,
                nullable: field.nullable,
                reason: "the schema names it".to_owned(),
            })
        });
        mapping.fields = fields.collect();
        mapping.dataset = schema.dataset;
        Ok(mapping)
    }
}
