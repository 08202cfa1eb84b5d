//! Problem rows: how many by rule, what to do about each, every one of them in a table.

use super::super::drafts::import_job;
use super::DataKey;
use crate::domain::mend::Mend;
use crate::domain::problem::Problem;
use crate::studio::{DatasetView, ImportReport, ImportRequest, ProblemCount, count_problems};
use crate::ui::action::Action;
use crate::ui::file_picker::{FileKind, PickKind, PickRequest};
use crate::ui::jobs::{Lane, Summary, Ticket};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::data_table::{DataTable, TableColumn, TableSource};
use crate::ui::widgets::{button, card_frame, count_words};
use egui::{Label, RichText, ScrollArea, Ui, vec2};
use std::borrow::Cow;
use std::sync::Arc;

const COUNTS_WIDTH: f32 = 400.0;

/// The problem rows of an import.
struct Found {
    counts: Vec<ProblemCount>,
    table: Arc<dyn TableSource>,
    /// The import that found them, to be done again; `None` where it is not known here.
    request: Option<ImportRequest>,
}

#[derive(Default)]
pub(super) struct ProblemsTab {
    found: Loadable<DataKey, Found>,
    table: Option<DataTable>,
    /// The import with one more mend that was asked for last.
    mending: Option<Ticket<ImportReport>>,
}

impl ProblemsTab {
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        key: &DataKey,
        dataset: &DatasetView,
    ) {
        let tokens = context.tokens;
        let (studio, group, kind) = (context.studio.clone(), key.0.clone(), key.1);
        self.found.keep(context, key.clone(), "reading problem rows", move |job| {
            let problems = studio.problems(&group, kind)?;
            job.check()?;
            let counts = count_problems(&problems, &studio.mapping(&group, kind)?);
            let request = studio.last_import(&group, kind)?;
            Ok(Found { counts, table: Arc::new(ProblemTable::new(problems)), request })
        });
        if let Some(failure) = self.found.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
            return;
        }
        let Some(found) = self.found.value() else {
            ui.label(RichText::new("Reading the problem rows...").color(tokens.color.text_muted));
            return;
        };
        if found.counts.is_empty() {
            ui.add_space(tokens.space.lg);
            ui.horizontal(|ui| {
                ui.add(Icon::Success.image(18.0, tokens.color.success));
                ui.label(format!("Every row of {} was taken over.", dataset.source));
            });
            return;
        }
        let is_mending = self
            .mending
            .as_ref()
            .is_some_and(|ticket| context.jobs.get(ticket.id).is_none_or(|row| !row.state.has_ended()));
        let mut wish = None;
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(COUNTS_WIDTH, ui.available_height()), |ui| {
                ui.vertical(|ui| {
                    head_ui(context, ui, key, dataset);
                    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                        for count in &found.counts {
                            let mend = count_ui(ui, tokens, count, can_mend(context, found, is_mending));
                            wish = mend.or_else(|| wish.take());
                        }
                    });
                });
            });
            ui.vertical(|ui| {
                let waker = context.jobs.waker();
                let table = self.table.get_or_insert_with(|| DataTable::new("problem rows"));
                if !table.shows(&found.table) {
                    table.set_source(Arc::clone(&found.table), &waker);
                }
                table.ui(ui, tokens, &waker);
            });
        });
        if let (Some(mend), Some(request)) = (wish, &found.request) {
            let mut request = request.clone();
            request.mends.push(mend);
            self.mending = Some(import_job(context, request));
        }
    }
}

/// Why no mend can be applied, where none can.
fn can_mend(context: &PaneContext<'_>, found: &Found, is_mending: bool) -> Result<(), &'static str> {
    if context.is_read_only() {
        Err("The project is open for reading only")
    } else if is_mending {
        Err("The file is being imported again")
    } else if found.request.is_none() {
        Err("The file these rows came from is not known here: choose it again")
    } else {
        Ok(())
    }
}

fn head_ui(context: &PaneContext<'_>, ui: &mut Ui, key: &DataKey, dataset: &DatasetView) {
    let tokens = context.tokens;
    ui.horizontal(|ui| {
        ui.label(semibold("By rule", tokens.size.body));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if button::with_icon(ui, tokens, Icon::Download, "Save rejects file...").clicked() {
                save_rejects(context, key, dataset);
            }
        });
    });
}

fn save_rejects(context: &PaneContext<'_>, key: &DataKey, dataset: &DatasetView) {
    let kind = PickKind::SaveFile { suggested: format!("{}-rejects.csv", key.1.as_str().to_lowercase()) };
    let request = PickRequest::new("Save the problem rows", kind, vec![FileKind::new("CSV", &["csv"])]);
    let (studio, group, kind, send) = (context.studio.clone(), key.0.clone(), key.1, context.send.clone());
    let rows = count_words(dataset.problems);
    context.send.send(Action::Pick(request.then(move |paths| {
        let path = paths.into_iter().next()?;
        let shown = path.display().to_string();
        let work = move |_: &crate::jobs::JobContext| studio.write_rejects(&group, kind, &path);
        let done = move |(): &()| Summary::new(format!("Saved {rows} problem rows")).detail(shown);
        send.job("Saving problem rows", Lane::Free, work, done);
        None
    })));
}

/// One rule in one column, and the mends that may help. The mend that was clicked.
fn count_ui(ui: &mut Ui, tokens: &Tokens, count: &ProblemCount, enabled: Result<(), &str>) -> Option<Mend> {
    let mut wish = None;
    card_frame(tokens).inner_margin(tokens.space.md).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = tokens.space.xs;
        let rows =
            if count.rows == 1 { "1 row".to_owned() } else { format!("{} rows", count_words(count.rows)) };
        let place =
            if count.column.is_empty() { String::new() } else { format!(", column {}", count.column) };
        ui.add(Label::new(semibold(format!("{rows}{place}"), tokens.size.body)).truncate());
        ui.add(Label::new(sentence(&count.rule.message())).wrap());
        if !count.example.value.is_empty() {
            let example = format!("Row {}: {}", count_words(count.example.row), count.example.value);
            let text = RichText::new(example).monospace().color(tokens.color.text_muted);
            ui.add(Label::new(text).truncate());
        }
        ui.add(Label::new(RichText::new(count.rule.remedy()).color(tokens.color.text_muted)).wrap());
        ui.horizontal_wrapped(|ui| {
            for mend in &count.mends {
                let response = button::plain_enabled(ui, tokens, &mend_words(mend), enabled);
                let response = response.on_hover_text("Imports the file again with this mend");
                if response.clicked() {
                    wish = Some(mend.clone());
                }
            }
        });
    });
    wish
}

/// What a mend does, on its button.
fn mend_words(mend: &Mend) -> String {
    match mend {
        Mend::DropRows(_) => "Drop these rows".to_owned(),
        Mend::Trim(_) => "Trim blanks".to_owned(),
        Mend::Cast(_) => "Cast the cells".to_owned(),
        Mend::Truncate(_) => "Truncate the cells".to_owned(),
        Mend::MillisecondsToSeconds => "Read as milliseconds".to_owned(),
        Mend::NullCell(..) => "Empty the cells".to_owned(),
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", characters.as_str().trim_end_matches('.'))
}

/// Every problem, one a row.
struct ProblemTable {
    columns: Vec<TableColumn>,
    problems: Vec<Problem>,
}

impl ProblemTable {
    fn new(problems: Vec<Problem>) -> Self {
        let columns = vec![
            TableColumn::number("row", 80.0).help("Data row of the file, the header not counted"),
            TableColumn::text("column", 120.0),
            TableColumn::text("value", 170.0),
            TableColumn::text("rule", 320.0),
        ];
        Self { columns, problems }
    }
}

impl TableSource for ProblemTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.problems.len()
    }

    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        let Some(problem) = self.problems.get(row) else { return Cow::Borrowed("") };
        match column {
            0 => count_words(problem.row).into(),
            1 => problem.column.as_str().into(),
            2 => problem.value.as_str().into(),
            _ => problem.rule.message().into(),
        }
    }
}
