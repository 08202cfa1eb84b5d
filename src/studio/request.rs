//! What the faces ask for, and what long work reports when it is done.

use super::view::EvaluationView;
use crate::data::{ImportMode, Source};
use crate::domain::DatasetType;
use crate::domain::mapping::Mapping;
use crate::domain::mend::Mend;
use crate::domain::problem::Problem;
use crate::domain::schema::Schema;
use crate::domain::solution::SolutionConfig;
use crate::evaluation::Asking;
use crate::evaluation::metrics::MetricAt;
use crate::serving::{BatchFormat, Promotion};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use std::path::PathBuf;

/// A file to be imported into a group, which is made where it is new.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportRequest {
    pub group: String,
    pub dataset: DatasetType,
    pub source: Source,
    pub mapping: Mapping,
    /// The schema the rows must follow; without it the mapping makes one.
    pub schema: Option<Schema>,
    pub mode: ImportMode,
    pub mends: Vec<Mend>,
    /// Fail on the first problem row instead of leaving such rows out.
    pub strict: bool,
}

/// How an import ended.
#[derive(Debug, Clone, Serialize)]
pub struct ImportReport {
    /// Rows in the file.
    pub rows: u64,
    pub accepted: u64,
    pub rejected: u64,
    /// Distinct users in the accepted rows.
    pub users: u64,
    pub items: u64,
    /// Fields and the column each came from.
    #[serde(serialize_with = "field_to_column")]
    pub mapping: Mapping,
    pub problems: Vec<Problem>,
    pub warnings: Vec<String>,
    /// The mends asked for, and the cells each repaired or the rows it dropped.
    #[serde(skip)]
    pub mended: Vec<(Mend, u64)>,
    pub seconds: f64,
    #[serde(skip)]
    pub schema: Schema,
    /// The file as the person knows it.
    pub source: String,
}

/// `{FIELD: column}`; several columns of one field are a list.
fn field_to_column<S: Serializer>(mapping: &Mapping, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(mapping.fields.len()))?;
    for field in &mapping.fields {
        match field.columns.as_slice() {
            [column] => map.serialize_entry(&field.field, column)?,
            columns => map.serialize_entry(&field.field, columns)?,
        }
    }
    map.end()
}

/// A version to be trained.
#[derive(Debug, Clone)]
pub struct TrainRequest {
    pub group: String,
    /// The recipe's name where none is given.
    pub solution: Option<String>,
    pub config: SolutionConfig,
}

/// Versions to be compared on the group's test set.
#[derive(Debug, Clone, Default)]
pub struct EvaluateRequest {
    pub group: String,
    /// Solution names (newest active version) or `solution/number`; all active versions where empty.
    pub versions: Vec<String>,
    pub exclude_seen: bool,
    /// Those of the service where empty.
    pub metrics: Vec<MetricAt>,
    /// Names and files of lists that other tools made.
    pub predictions: Vec<(String, PathBuf)>,
    /// Take versions that differ by their seed alone as one.
    pub pool_seeds: bool,
    /// Items of a list at least; lists are as long as the deepest metric, and 25 where nothing asks for more.
    pub length: usize,
}

impl EvaluateRequest {
    /// How lists are asked for.
    pub(super) fn asking(&self) -> Asking {
        let usual = Asking::from(self.exclude_seen);
        let deepest = self.metrics.iter().map(|metric| metric.k).max().unwrap_or_default();
        Asking { length: usual.length.max(deepest).max(self.length), ..usual }
    }
}

/// Who a batch job asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchInput {
    /// Every user of the data (every item for related-items recipes).
    All,
    /// A JSON Lines file of requests.
    File(PathBuf),
    /// Requests as JSON Lines on standard input.
    Stdin,
}

/// Where a batch job writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchOutput {
    /// Written beside and renamed when whole.
    File(PathBuf),
    /// Line by line on standard output.
    Stdout,
}

/// A batch job.
#[derive(Debug, Clone)]
pub struct BatchRequest {
    /// A solution (newest active version), `solution/number`, or either after `group/`.
    pub version: String,
    pub input: BatchInput,
    pub output: BatchOutput,
    pub format: BatchFormat,
    /// Items of each list.
    pub num_results: usize,
    /// What the recipe lets a campaign set, by name, where not at its default.
    pub settings: Vec<(String, String)>,
    /// The filter of the group that says what may be in a list.
    pub filter: Option<String>,
    /// Its parameters, for those that a line says nothing of.
    pub filter_values: Vec<(String, String)>,
    /// What every list promotes.
    pub promotion: Option<Promotion>,
}

/// How a batch job ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchReport {
    /// Lines written.
    pub lines: u64,
    /// Lines that hold an error.
    pub errors: u64,
    /// The first of them, by line from 1, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first_errors: Vec<(u64, String)>,
    pub seconds: f64,
    pub solution_version: String,
    pub input: String,
    pub output: String,
}

/// What the demonstration made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoReport {
    pub project: PathBuf,
    pub evaluations: Vec<DemoEvaluation>,
    pub batch_files: Vec<PathBuf>,
    pub seconds: f64,
}

/// One group's part of the demonstration.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoEvaluation {
    pub group: String,
    pub evaluation: EvaluationView,
}
