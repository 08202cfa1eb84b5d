//! Logs of what was shown with the chance it had, as the Open Bandit Dataset has them.

use super::columns::{Sheet, only_source};
use crate::data::DataError;
use crate::jobs::JobContext;
use polars::prelude::StringChunked;
use std::path::Path;

/// Something that was shown once.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedRow {
    pub item: String,
    /// The place it was shown at, as the file says it; empty where it has no such column.
    pub position: String,
    /// Such as 1 for a click and 0 for none.
    pub reward: f64,
    /// The chance with which the policy that wrote the log showed it there; none where the file does not say.
    pub propensity: Option<f64>,
}

/// Reads `item_id`, `click` (or `reward`), `propensity_score` (or `action_prob`) and `position` of a table; the last two
/// where they are there.
pub fn read_log(path: &Path, job: &JobContext) -> Result<Vec<LoggedRow>, DataError> {
    let sheet = Sheet::read(&only_source(path)?, job)?;
    let items = sheet.require(&["itemid", "item", "action"], "item_id")?;
    let rewards = sheet.require(&["click", "reward"], "click")?;
    let propensities = sheet.find(&["propensityscore", "actionprob", "propensity", "pscore"])?;
    let positions = sheet.find(&["position"])?;
    let number = |column: &StringChunked, name: &str, row: usize| {
        let cell = sheet.cell(column, name, row)?;
        let value = cell.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        value.ok_or_else(|| sheet.bad_cell(row, name, cell, "is no number"))
    };
    let mut rows = Vec::with_capacity(sheet.rows());
    for row in 0..sheet.rows() {
        let propensity = match &propensities {
            None => None,
            Some(column) => {
                let chance = number(column, "propensity_score", row)?;
                if !(chance > 0.0 && chance <= 1.0) {
                    let rule = "is no chance of something that was shown; write a number above 0 and up to 1";
                    return Err(sheet.bad_cell(row, "propensity_score", &chance.to_string(), rule));
                }
                Some(chance)
            }
        };
        rows.push(LoggedRow {
            item: sheet.cell(&items, "item_id", row)?.to_owned(),
            position: positions.as_ref().and_then(|column| column.get(row)).unwrap_or_default().to_owned(),
            reward: number(&rewards, "click", row)?,
            propensity,
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str) -> Result<Vec<LoggedRow>, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        std::fs::write(&path, text).unwrap();
        read_log(&path, &JobContext::default())
    }

    #[test]
    fn columns_of_the_open_bandit_dataset_are_found() {
        let rows = log(",timestamp,item_id,position,click,propensity_score\n0,x,14,3,1,0.25\n").unwrap();
        let expected =
            LoggedRow { item: "14".into(), position: "3".into(), reward: 1.0, propensity: Some(0.25) };
        assert_eq!(rows, [expected]);
        let bare = log("action,reward\na,2.5\n").unwrap();
        assert_eq!((bare[0].reward, bare[0].propensity, bare[0].position.as_str()), (2.5, None, ""));
    }

    #[test]
    fn a_chance_that_is_none_is_named() {
        let error = log("item_id,click,propensity_score\na,0,0.5\na,1,0\n").unwrap_err().to_string();
        assert!(error.contains("row 2") && error.contains("`0`") && error.contains("above 0"), "{error}");
        let error = log("item_id,propensity_score\na,0.5\n").unwrap_err().to_string();
        assert!(error.contains("no column click"), "{error}");
    }
}
