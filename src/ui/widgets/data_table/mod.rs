//! The one table of the window: any number of rows, sorted, filtered, walked by keyboard, copied.

mod body;
mod draw;
mod scroll;
mod source;

pub use source::{CellFilter, TableColumn, TableQuery, TableSource, TextTable, cell_number};

use crate::jobs::{Job, JobOutcome, Waker};
use crate::ui::action::Action;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use scroll::RowScroll;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most rows that are copied at once.
const COPY_LIMIT: usize = 100_000;

/// Cells chosen: a column, and rows from the first to the last clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Selection {
    /// Where it began, as a position in the order shown.
    anchor: usize,
    /// Where the cursor is.
    head: usize,
    column: usize,
}

impl Selection {
    fn rows(self) -> std::ops::RangeInclusive<usize> {
        self.anchor.min(self.head)..=self.anchor.max(self.head)
    }
}

/// What happened to a table this frame. Rows are the source's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableResponse {
    /// The row the cursor is on.
    pub selected: Option<usize>,
    /// A row was clicked.
    pub clicked: Option<usize>,
    /// A row was double-clicked, or Enter was pressed on it.
    pub opened: Option<usize>,
}

/// A table and how the person looks at it.
pub struct DataTable {
    /// Distinguishes tables on one page; also names it for screen readers.
    name: String,
    source: Option<Arc<dyn TableSource>>,
    query: TableQuery,
    /// The rows shown; `None` for all in their own order.
    order: Option<Vec<u32>>,
    ordering: Option<Job<Vec<u32>>>,
    failure: Option<String>,
    scroll: RowScroll,
    selection: Option<Selection>,
    filters_open: bool,
    go_to: String,
    /// A message about the last copy or jump.
    said: String,
    /// The widths of the columns as they were drawn last, in points.
    widths: Vec<f32>,
    /// The layout kept last, as text.
    kept: Option<String>,
}

/// What of a table is kept when the window closes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct TableLayout {
    widths: Vec<f32>,
    sort: Option<(usize, bool)>,
}

impl DataTable {
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            source: None,
            query: TableQuery::default(),
            order: None,
            ordering: None,
            failure: None,
            scroll: RowScroll::default(),
            selection: None,
            filters_open: false,
            go_to: String::new(),
            said: String::new(),
            widths: Vec::new(),
            kept: None,
        }
    }

    /// Shows another source. Sorting and filters stay where the columns are the same.
    pub fn set_source(&mut self, source: Arc<dyn TableSource>, waker: &Waker) {
        let same_columns = self.source.as_ref().is_some_and(|old| old.columns() == source.columns());
        if !same_columns {
            self.query = TableQuery { sort: None, filters: vec![String::new(); source.columns().len()] };
            self.scroll = RowScroll::default();
            self.widths.clear();
            self.kept = None;
        }
        self.selection = None;
        self.source = Some(source);
        self.order = None;
        self.reorder(waker);
    }

    /// Whether it shows this very source.
    pub fn shows(&self, source: &Arc<dyn TableSource>) -> bool {
        self.source.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, source))
    }

    pub fn has_source(&self) -> bool {
        self.source.is_some()
    }

    pub fn query(&self) -> &TableQuery {
        &self.query
    }

    /// Sorts by a column, as a click on its head does.
    pub fn sort_by(&mut self, column: usize, descending: bool, waker: &Waker) {
        self.query.sort = Some((column, descending));
        self.reorder(waker);
    }

    /// Filters a column, as typing under its head does.
    pub fn filter(&mut self, column: usize, text: impl Into<String>, waker: &Waker) {
        if let Some(filter) = self.query.filters.get_mut(column) {
            *filter = text.into();
            self.filters_open = true;
            self.reorder(waker);
        }
    }

    /// How many rows are shown.
    pub fn shown_rows(&self) -> usize {
        match (&self.order, &self.source) {
            (Some(order), _) => order.len(),
            (None, Some(source)) => source.rows(),
            (None, None) => 0,
        }
    }

    /// Draws the table in all the room there is.
    pub fn ui(&mut self, ui: &mut egui::Ui, tokens: &Tokens, waker: &Waker) -> TableResponse {
        self.collect();
        let Some(source) = self.source.clone() else { return TableResponse::default() };
        let name = self.name.clone();
        ui.push_id(&name, |ui| self.draw(ui, tokens, source.as_ref(), waker)).inner
    }

    /// Takes up the widths and the sorting kept in the project under `key`, once, and keeps them when they change.
    /// Call it each frame before [`Self::ui`].
    pub fn keep_layout(&mut self, context: &PaneContext<'_>, key: &str) {
        let Some(source) = &self.source else { return };
        let columns = source.columns().len();
        let Some(kept) = &self.kept else {
            let key = format!("table.{key}");
            let text = match context.studio.window_setting(&key) {
                Ok(text) => text.unwrap_or_default(),
                Err(error) => {
                    tracing::warn!(key, "the table's layout could not be read: {error:#}");
                    String::new()
                }
            };
            let layout = serde_json::from_str::<TableLayout>(&text).unwrap_or_default();
            if layout.widths.len() == columns {
                self.widths = layout.widths;
                if let Some((column, descending)) = layout.sort.filter(|(column, _)| *column < columns) {
                    self.sort_by(column, descending, &context.jobs.waker());
                }
            }
            self.kept = Some(text);
            return;
        };
        let layout = TableLayout { widths: self.widths.clone(), sort: self.query.sort };
        if layout.widths.len() != columns {
            return;
        }
        // Numbers and strings always have a JSON form.
        let text = serde_json::to_string(&layout).unwrap_or_default();
        if *kept != text {
            let key = format!("table.{key}");
            context.send.send(Action::Remember { key, value: text.clone() });
            self.kept = Some(text);
        }
    }

    /// The source's row at a position.
    fn row_at(&self, position: usize) -> usize {
        self.order.as_ref().map_or(position, |order| order.get(position).map_or(0, |row| *row as usize))
    }

    /// Sorts and filters anew, on a thread of its own; what is shown stays until then.
    fn reorder(&mut self, waker: &Waker) {
        if let Some(job) = self.ordering.take() {
            job.cancel();
        }
        self.failure = None;
        let Some(source) = self.source.clone() else { return };
        if self.query.is_plain() {
            self.order = None;
            self.keep_inside();
            return;
        }
        let query = self.query.clone();
        let title = format!("Ordering {}", self.name);
        match Job::spawn(title, Arc::clone(waker), move |job| source.order(&query, job)) {
            Ok(job) => self.ordering = Some(job),
            Err(error) => self.failure = Some(format!("no thread could be started: {error}")),
        }
    }

    fn collect(&mut self) {
        let Some(outcome) = self.ordering.as_ref().and_then(Job::try_take) else { return };
        self.ordering = None;
        match outcome {
            JobOutcome::Done(order) => {
                self.order = Some(order);
                self.keep_inside();
            }
            JobOutcome::Failed(error) => self.failure = Some(format!("{error:#}")),
            JobOutcome::Cancelled => {}
        }
    }

    fn keep_inside(&mut self) {
        let rows = self.shown_rows();
        self.scroll.top = self.scroll.top.min(rows.saturating_sub(1));
        self.selection = self.selection.filter(|chosen| chosen.anchor < rows && chosen.head < rows);
    }

    /// Moves the cursor to the source's row numbered `text`, from 1.
    fn jump(&mut self, text: &str, visible: usize) {
        let rows = self.source.as_ref().map_or(0, |source| source.rows());
        let wanted = text.trim().replace([',', ' '], "").parse::<usize>().ok();
        let Some(row) = wanted.filter(|row| (1..=rows).contains(row)).map(|row| row - 1) else {
            self.said = format!("Type a row from 1 to {}", super::count_words(rows as u64));
            return;
        };
        let position = match &self.order {
            None => Some(row),
            Some(order) => order.iter().position(|shown| *shown as usize == row),
        };
        let Some(position) = position else {
            self.said = format!("Row {} is filtered out", super::count_words(row as u64 + 1));
            return;
        };
        self.said.clear();
        let column = self.selection.map_or(0, |chosen| chosen.column);
        self.selection = Some(Selection { anchor: position, head: position, column });
        self.scroll.show(position, self.shown_rows(), visible);
    }

    /// The chosen rows as tab-separated text with a head, or the one chosen cell.
    fn copied(&mut self, source: &dyn TableSource, whole_rows: bool) -> Option<String> {
        let chosen = self.selection?;
        let rows = chosen.rows();
        let single = rows.start() == rows.end();
        if single && !whole_rows {
            return Some(source.cell(self.row_at(chosen.head), chosen.column).into_owned());
        }
        let clean = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        let columns = source.columns();
        let mut lines = Vec::new();
        if !single {
            lines.push(columns.iter().map(|column| clean(&column.name)).collect::<Vec<_>>().join("\t"));
        }
        for position in rows.clone().take(COPY_LIMIT) {
            let row = self.row_at(position);
            let cells = (0..columns.len()).map(|column| clean(&source.cell(row, column)));
            lines.push(cells.collect::<Vec<_>>().join("\t"));
        }
        let count = rows.end() - rows.start() + 1;
        let copied = super::count_words(count.min(COPY_LIMIT) as u64);
        self.said = if count > COPY_LIMIT {
            format!("Copied the first {copied} rows; export the table for more")
        } else {
            format!("Copied {copied} rows")
        };
        Some(lines.join("\n"))
    }
}

#[cfg(test)]
mod tests;
