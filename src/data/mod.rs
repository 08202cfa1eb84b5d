//! Files become tables, tables become checked, encoded interactions, and both are described.

mod actions;
mod attribute;
mod bits;
mod codes;
mod digits;
mod encode;
mod error;
mod features;
mod foreign;
mod hash;
mod history;
mod import;
mod impressions;
mod insights;
mod interactions;
mod interner;
mod layout;
mod lists;
mod mapping;
mod merge;
mod numbered;
mod output;
mod preview;
mod problems;
mod profile;
mod readiness;
mod repeats;
mod rows_by_id;
pub mod sample;
mod source;
mod table;
pub mod time;
mod vocabulary;

pub use crate::domain::mend::Mend;
pub use actions::{ActionRules, Actions, DAY, Showing, showings};
pub use attribute::{Attribute, NumberAttribute, TextAttribute};
pub use bits::Bits;
pub use encode::encode;
pub use error::DataError;
pub use features::{
    CategoricalFeature, ContextRows, FeatureRow, Features, LeftOut, Metadata, Newcomers, NumericFeature,
    Reason, SparseRows, TEXT_BUCKETS, TextFeature, TextWeights, categories, creation_times, number,
};
pub use foreign::{FileRow, ForeignList, ForeignLists, LoggedRow, read_lists, read_log, read_rows};
pub use history::{History, NO_SESSION, OwnHistory};
pub use import::{ImportMode, ImportOptions, Imported, import, import_sample};
pub use impressions::{ShownRow, impressions, shown_rows, times_had};
pub use insights::{DatasetCount, Insight, InsightKind, Insights, Severity, analyze};
pub use interactions::Interactions;
pub use lists::{ListRows, ListWriter};
pub use mapping::{
    Proposal, extract, header_signature, propose, propose_found, propose_mapping, title_field,
};
pub use merge::merge;
pub use output::{OutputError, OutputFile, csv_cell};
pub use preview::{Preview, preview};
pub use problems::{ProblemCount, count_problems, mends_for, write_rejects};
pub use profile::{Bar, ColumnProfile, profile};
pub use readiness::{EventTypeReadiness, Readiness, readiness};
pub use rows_by_id::RowsById;
pub use source::{Dialect, Format, RawTable, RowNumbers, Source, Wanted, discover, read};
pub use table::Table;
pub use vocabulary::Vocabulary;
