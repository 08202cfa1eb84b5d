//! Batch files written: the service's lines, or tables of list rows.

use super::answer::Answer;
use super::batch_input::Line;
use super::campaign::Campaign;
use crate::data::{ListRows, ListWriter, csv_cell};
use crate::domain::{RecipeDescriptor, Task};
use serde::Serialize;
use serde_json::Value;
use std::io::Write;

/// How a batch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BatchFormat {
    /// The service's lines; a bad line has its error line.
    #[default]
    Jsonl,
    /// A row per item of a list; a bad line has no rows.
    Csv,
    /// As CSV, in columns.
    Parquet,
}

impl BatchFormat {
    pub const ALL: [Self; 3] = [Self::Jsonl, Self::Csv, Self::Parquet];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str().eq_ignore_ascii_case(text))
    }
}

/// Query, rank, item and score columns. An item asked about is `itemId`, so the items related to it need
/// another name.
pub(super) fn column_names(recipe: &RecipeDescriptor) -> [&'static str; 4] {
    if recipe.asks_item() {
        ["itemId", "rank", "relatedItemId", "score"]
    } else {
        ["userId", "rank", "itemId", "score"]
    }
}

#[derive(Serialize)]
struct OutputLine<'a> {
    input: &'a Value,
    output: Option<Output<'a>>,
    #[serde(skip_serializing_if = "ErrorField::is_absent")]
    error: ErrorField<'a>,
}

/// The error field of a line: whether it stands there depends on the task.
#[derive(Serialize)]
#[serde(untagged)]
enum ErrorField<'a> {
    Absent,
    Null,
    Message(&'a str),
}

impl ErrorField<'_> {
    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    recommended_items: Vec<&'a str>,
    /// Null for an item that the model does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<Vec<Option<f32>>>,
    /// Of each item, for recipes that the service gives reasons of.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<Vec<&'static str>>>,
}

/// The service's line for an answer: lines that answer for a user end with `"error":null`, those for items and
/// rankings have no error field, as documented.
pub(super) fn write_line(
    out: &mut Vec<u8>,
    campaign: &Campaign<'_>,
    line: &Line,
    answer: &Result<Answer<'_>, String>,
) -> serde_json::Result<()> {
    let answered_for_user =
        matches!(campaign.descriptor.task, Task::UserPersonalization | Task::PopularItems);
    let written = match answer {
        Ok(answer) => OutputLine {
            input: &line.input,
            output: Some(Output {
                recommended_items: answer.places.iter().map(|place| campaign.id(place)).collect(),
                scores: campaign
                    .descriptor
                    .returns_scores
                    .then(|| answer.places.iter().map(|place| campaign.score(place)).collect()),
                reasons: (campaign.descriptor.second_generation && answered_for_user).then(|| {
                    let reasons = answer.places.iter().map(|place| campaign.reason(place, answer.origin));
                    reasons.map(|reason| reason.into_iter().collect()).collect()
                }),
            }),
            error: if answered_for_user { ErrorField::Null } else { ErrorField::Absent },
        },
        Err(message) => OutputLine { input: &line.input, output: None, error: ErrorField::Message(message) },
    };
    serde_json::to_writer(&mut *out, &written)?;
    out.push(b'\n');
    Ok(())
}

/// The id that a line asked about.
fn asked_id(line: &Line) -> &str {
    let request = line.request.as_ref().ok();
    request.and_then(|request| request.user_id.as_deref().or(request.item_id.as_deref())).unwrap_or_default()
}

/// The rows of an answer as CSV.
pub(super) fn write_csv(
    out: &mut Vec<u8>,
    campaign: &Campaign<'_>,
    line: &Line,
    answer: &Answer<'_>,
) -> std::io::Result<()> {
    let query = csv_cell(asked_id(line));
    for (index, place) in answer.places.iter().enumerate() {
        write!(out, "{query},{},{},", index + 1, csv_cell(campaign.id(place)))?;
        match campaign.score(place) {
            Some(score) => writeln!(out, "{score}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

/// The rows of an answer in columns.
pub(super) fn add_rows(rows: &mut ListRows, campaign: &Campaign<'_>, line: &Line, answer: &Answer<'_>) {
    let query = asked_id(line);
    for (index, place) in answer.places.iter().enumerate() {
        rows.query.push(query.to_owned());
        rows.rank.push(index as u32 + 1);
        rows.item.push(campaign.id(place).to_owned());
        rows.score.push(campaign.score(place));
    }
}

/// Where chunks go.
pub(super) enum Sink<W: Write> {
    Text(W),
    Parquet(Box<ListWriter<W>>),
}

impl<W: Write> Sink<W> {
    pub fn new(mut output: W, format: BatchFormat, recipe: &RecipeDescriptor) -> std::io::Result<Self> {
        let names = column_names(recipe);
        match format {
            BatchFormat::Jsonl => Ok(Self::Text(output)),
            BatchFormat::Csv => {
                writeln!(output, "{}", names.join(","))?;
                Ok(Self::Text(output))
            }
            BatchFormat::Parquet => {
                let writer = ListWriter::new(output, names).map_err(std::io::Error::other)?;
                Ok(Self::Parquet(Box::new(writer)))
            }
        }
    }

    pub fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Text(mut output) => output.flush(),
            Self::Parquet(writer) => writer.finish().map_err(std::io::Error::other),
        }
    }
}
