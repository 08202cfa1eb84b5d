//! Metadata in answers: columns of Items as they are now, where a campaign gives them and a request asks for them.

use super::request::{RecommendRequest, RequestError};
use crate::data::RowsById;
use crate::domain::limits::MAX_METADATA_COLUMNS;
use std::collections::BTreeMap;

const FIELD: &str = "metadataColumns";
/// The one dataset whose columns can be asked for.
const ITEMS: &str = "ITEMS";

/// Columns asked for, by dataset: the service knows `ITEMS` alone.
pub type MetadataColumns = BTreeMap<String, Vec<String>>;

/// What a campaign says of its items.
#[derive(Clone, Copy)]
pub enum ItemFacts<'a> {
    /// The campaign was not told to.
    Disabled,
    /// The group has no Items.
    Absent,
    Given(&'a RowsById),
}

impl ItemFacts<'_> {
    /// The columns that a request asks for; empty where it asks for none.
    pub(super) fn asked<'q>(&self, request: &'q RecommendRequest) -> Result<&'q [String], RequestError> {
        let asked = &request.metadata_columns;
        let refused = |what: String, rule: &str| Err(RequestError::new(FIELD, what, rule));
        if let Some(other) = asked.keys().find(|key| *key != ITEMS) {
            return refused(format!("names `{other}`"), "ask for columns of ITEMS alone");
        }
        let Some(columns) = asked.get(ITEMS).filter(|columns| !columns.is_empty()) else { return Ok(&[]) };
        if columns.len() > MAX_METADATA_COLUMNS {
            let rule = format!("{MAX_METADATA_COLUMNS} are the most");
            return refused(format!("has {} columns", columns.len()), &rule);
        }
        match self {
            ItemFacts::Disabled => refused(
                "is given".to_owned(),
                "the campaign gives no metadata; set its enableMetadataWithRecommendations to true, or leave it out",
            ),
            ItemFacts::Absent => {
                refused("is given".to_owned(), "the group has no Items dataset; import one, or leave it out")
            }
            ItemFacts::Given(rows) => {
                let known = rows.columns();
                match columns.iter().find(|column| !known.contains(column)) {
                    Some(column) => refused(
                        format!("names the column `{column}`"),
                        &format!("Items has {}", known.join(", ")),
                    ),
                    None => Ok(columns),
                }
            }
        }
    }

    /// What Items says of an item in these columns; a cell that is missing is left out.
    pub(super) fn of(&self, item: u32, columns: &[String]) -> BTreeMap<String, String> {
        let ItemFacts::Given(rows) = self else { return BTreeMap::new() };
        let cells = columns.iter().filter_map(|column| Some((column.clone(), rows.cell(item, column)?)));
        cells.collect()
    }
}
