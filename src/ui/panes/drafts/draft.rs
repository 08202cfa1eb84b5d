//! One chosen file on its way to a dataset.

use super::{PREVIEW_ROWS, PreviewTable, import_job};
use crate::domain::DatasetType;
use crate::domain::mapping::Mapping;
use crate::domain::mend::Mend;
use crate::studio::{ImportMode, ImportReport, ImportRequest, Preview, Proposal, Source};
use crate::ui::jobs::Ticket;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::count_words;
use crate::ui::widgets::data_table::TableSource;
use egui::util::undoer::Undoer;
use std::sync::{Arc, OnceLock};

/// An estimate with no more digits than are known.
pub(in crate::ui::panes) fn about(estimate: u64) -> String {
    let unit = 10u64.pow(estimate.max(1).ilog10().saturating_sub(1));
    format!("about {}", count_words((estimate + unit / 2) / unit * unit))
}

/// An estimate of a file's rows, with no more digits than are known; exact where the first look saw all of them.
pub(in crate::ui::panes) fn rows_words(estimate: u64) -> String {
    if estimate <= PREVIEW_ROWS as u64 {
        return format!("{estimate} rows");
    }
    format!("{} rows", about(estimate))
}

/// Where a file stands.
pub(in crate::ui::panes) enum DraftState {
    /// Waits for a decision.
    Open,
    Importing(Ticket<ImportReport>),
    Imported(Box<ImportReport>),
    /// Why it was not imported.
    Failed(String),
}

/// A file, its mapping so far, and what has become of it.
pub(in crate::ui::panes) struct Draft {
    pub id: u64,
    /// For people: `MovieLens 100K: ratings`.
    pub title: String,
    pub source: Source,
    /// The dataset group it goes to.
    pub group: String,
    pub mapping: Mapping,
    /// As proposed, to go back to.
    pub proposed: Mapping,
    /// Whether the proposal is sure.
    pub confident: bool,
    /// Whether it was imported before and is only looked at again.
    pub again: bool,
    pub mode: ImportMode,
    pub mends: Vec<Mend>,
    pub state: DraftState,
    /// The first rows.
    pub preview: Arc<Preview>,
    /// The same as a table to look at.
    pub table: Arc<dyn TableSource>,
    /// More rows, read once, that mappings are tried on.
    pub sample: Arc<OnceLock<Preview>>,
    pub undo: Undoer<Mapping>,
    /// The mapping as it was last kept for files with this header.
    pub kept: Mapping,
}

impl Draft {
    pub fn new(id: u64, proposal: Proposal, preview: Preview) -> Self {
        let Proposal { title, source, mapping, confident } = proposal;
        let preview = Arc::new(preview);
        Self {
            id,
            title,
            source,
            group: String::new(),
            proposed: mapping.clone(),
            kept: mapping.clone(),
            mapping,
            confident,
            again: false,
            mode: ImportMode::Full,
            mends: Vec::new(),
            state: DraftState::Open,
            table: Arc::new(PreviewTable::new(Arc::clone(&preview))),
            preview,
            sample: Arc::default(),
            undo: Undoer::default(),
        }
    }

    /// The draft of an import that was made before, to change its mapping.
    pub fn again(id: u64, request: ImportRequest, preview: Preview) -> Self {
        let ImportRequest { group, source, mapping, mode, mends, .. } = request;
        let title = source.display_name();
        let draft = Self::new(id, Proposal { title, source, mapping, confident: false }, preview);
        Self { group, mode, mends, again: true, ..draft }
    }

    /// Whether nothing is to be decided: it was opened again and left as it was.
    pub fn is_untouched(&self) -> bool {
        self.again && matches!(self.state, DraftState::Open) && self.mapping == self.proposed
    }

    /// Starts the import where no other file of the same dataset was started before: the second of two would replace
    /// the first, so it waits to be asked about.
    pub fn import_first(&mut self, context: &PaneContext<'_>, taken: &mut Vec<DatasetType>) {
        if !taken.contains(&self.mapping.dataset) {
            taken.push(self.mapping.dataset);
            self.import(context);
        }
    }

    /// Starts the import.
    pub fn import(&mut self, context: &PaneContext<'_>) {
        let request = ImportRequest {
            group: self.group.clone(),
            dataset: self.mapping.dataset,
            source: self.source.clone(),
            mapping: self.mapping.clone(),
            schema: None,
            mode: self.mode,
            mends: self.mends.clone(),
            strict: false,
        };
        self.state = DraftState::Importing(import_job(context, request));
    }

    /// "about 100,000 rows", or the exact number where it is known.
    pub fn rows_words(&self) -> String {
        match &self.state {
            DraftState::Imported(report) => format!("{} rows", count_words(report.rows)),
            _ => rows_words(self.preview.estimated_rows),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_show_the_digits_that_are_known() {
        assert_eq!(rows_words(7), "7 rows");
        assert_eq!(rows_words(101_314), "about 100,000 rows");
        assert_eq!(rows_words(1_664), "about 1,700 rows");
    }
}
