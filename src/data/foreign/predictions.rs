//! Lists of recommendations that another tool made: a table of user, item and rank or score, or a line of JSON a user as
//! the service's batch jobs write them, unchanged.

use super::columns::{Sheet, only_source};
use crate::data::{DataError, Format};
use crate::jobs::JobContext;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// One user's list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForeignList {
    pub user: String,
    /// Best first.
    pub items: Vec<String>,
    /// As the file has them, same order; empty where it has none.
    pub scores: Vec<f32>,
}

/// All lists of a file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ForeignLists {
    pub lists: Vec<ForeignList>,
    /// Lines that hold an error instead of a list.
    pub failed_lines: usize,
}

/// Reads lists from a table (`userId,itemId,rank` or `userId,itemId,score`; without either, in the file's order) or from
/// JSON Lines (`{"input":{"userId":…},"output":{"recommendedItems":[…],"scores":[…]},"error":…}` or
/// `{"userId":…,"items":[…],"scores":[…]}`).
pub fn read_lists(path: &Path, job: &JobContext) -> Result<ForeignLists, DataError> {
    let source = only_source(path)?;
    if source.format == Format::JsonLines {
        let text = std::fs::read_to_string(path)
            .map_err(|error| DataError::foreign(&source.display_name(), error.to_string()))?;
        return from_lines(&text, &source.display_name());
    }
    from_table(&Sheet::read(&source, job)?)
}

fn from_table(sheet: &Sheet) -> Result<ForeignLists, DataError> {
    let users = sheet.require(&["userid", "user"], "userId")?;
    let items = sheet.require(&["itemid", "item"], "itemId")?;
    let ranks = sheet.find(&["rank", "position"])?;
    let scores = sheet.find(&["score", "prediction"])?;
    let number = |column: &polars::prelude::StringChunked, name: &str, row: usize| {
        let cell = sheet.cell(column, name, row)?;
        let value = cell.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        value.ok_or_else(|| sheet.bad_cell(row, name, cell, "is no number"))
    };
    // By user, in the order in which they first come: the place that sorts, the item, and the score.
    let mut order: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows: Vec<Vec<(f64, &str, f32)>> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for row in 0..sheet.rows() {
        let user = sheet.cell(&users, "userId", row)?;
        let item = sheet.cell(&items, "itemId", row)?;
        let score = scores.as_ref().map(|scores| number(scores, "score", row)).transpose()?;
        let place = match &ranks {
            Some(ranks) => number(ranks, "rank", row)?,
            None => score.map_or(row as f64, |score| -score),
        };
        let at = *order.entry(user).or_insert_with(|| {
            names.push(user);
            rows.push(Vec::new());
            rows.len() - 1
        });
        rows[at].push((place, item, score.unwrap_or(0.0) as f32));
    }
    let lists = names.into_iter().zip(rows).map(|(user, mut rows)| {
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        ForeignList {
            user: user.to_owned(),
            items: rows.iter().map(|row| row.1.to_owned()).collect(),
            scores: if scores.is_some() { rows.iter().map(|row| row.2).collect() } else { Vec::new() },
        }
    });
    Ok(ForeignLists { lists: lists.collect(), failed_lines: 0 })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    #[serde(default)]
    input: Option<Input>,
    #[serde(default)]
    output: Option<Output>,
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    items: Option<Vec<String>>,
    #[serde(default)]
    scores: Option<Vec<f32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    user_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    recommended_items: Vec<String>,
    #[serde(default)]
    scores: Option<Vec<f32>>,
}

fn from_lines(text: &str, name: &str) -> Result<ForeignLists, DataError> {
    let mut read = ForeignLists::default();
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |what: String| DataError::foreign(name, format!("line {}: {what}", place + 1));
        let parsed: Line = serde_json::from_str(line).map_err(|error| {
            wrong(format!(
                "{error}; write it as {{\"userId\": …, \"items\": […]}} or as the service's batch output"
            ))
        })?;
        let user = parsed.user_id.or_else(|| parsed.input.and_then(|input| input.user_id));
        let user = user.ok_or_else(|| wrong("it names no userId; lists are scored by user".to_owned()))?;
        let (items, scores) = match (parsed.output, parsed.items) {
            (Some(output), _) => (output.recommended_items, output.scores),
            (None, Some(items)) => (items, parsed.scores),
            (None, None) => {
                read.failed_lines += 1;
                continue;
            }
        };
        let scores = scores.unwrap_or_default();
        if !scores.is_empty() && scores.len() != items.len() {
            return Err(wrong(format!("it has {} items and {} scores", items.len(), scores.len())));
        }
        read.lists.push(ForeignList { user, items, scores });
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<ForeignLists, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read_lists(&path, &JobContext::default())
    }

    fn list(user: &str, items: &[&str], scores: &[f32]) -> ForeignList {
        let items = items.iter().map(|&item| item.to_owned()).collect();
        ForeignList { user: user.to_owned(), items, scores: scores.to_vec() }
    }

    #[test]
    fn tables_are_sorted_by_rank_else_by_score_else_as_they_stand() {
        let ranked = read("a.csv", "userId,itemId,rank\nu,x,2\nv,y,1\nu,z,1\n").unwrap();
        assert_eq!(ranked.lists, [list("u", &["z", "x"], &[]), list("v", &["y"], &[])]);
        let scored = read("a.csv", "USER_ID,ITEM_ID,SCORE\nu,x,0.25\nu,z,0.5\nu,a,0.25\n").unwrap();
        assert_eq!(scored.lists, [list("u", &["z", "x", "a"], &[0.5, 0.25, 0.25])]);
        let plain = read("a.csv", "user,item\nu,x\nu,a\n").unwrap();
        assert_eq!(plain.lists, [list("u", &["x", "a"], &[])]);
    }

    #[test]
    fn batch_output_is_read_unchanged_and_its_errors_are_counted() {
        let text = concat!(
            r#"{"input":{"userId":"4638"},"output":{"recommendedItems":["63992","115149"],"scores":[0.5,0.25]},"error":null}"#,
            "\n",
            r#"{"input":{"userId":"1"},"output":null,"error":"no such user"}"#,
            "\n",
            r#"{"userId":"7","items":["a"]}"#,
            "\n",
        );
        let read = read("b.jsonl", text).unwrap();
        assert_eq!(read.lists, [list("4638", &["63992", "115149"], &[0.5, 0.25]), list("7", &["a"], &[])]);
        assert_eq!(read.failed_lines, 1);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let score = read("a.csv", "userId,itemId,score\nu,x,1\nu,y,high\n").unwrap_err().to_string();
        assert!(score.contains("row 2") && score.contains("`high`"), "{score}");
        let user = read("b.jsonl", "{\"items\":[\"a\"]}\n").unwrap_err().to_string();
        assert!(user.contains("line 1") && user.contains("userId"), "{user}");
    }
}
