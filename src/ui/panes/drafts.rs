//! Files that were chosen and what they are to become; shared by Home, Datasets and Mapping.
//!
//! Lives as long as the project is open, so that a mapping survives going back and forth between pages. Looks at
//! files and imports them in the background; [`Drafts::collect`] takes up what has come, once a frame.

mod draft;
mod preview_table;

pub(super) use draft::{Draft, DraftState, about, rows_words};
pub(super) use preview_table::PreviewTable;

use crate::domain::{DatasetType, check_name};
use crate::studio::{ImportMode, ImportReport, ImportRequest, Preview, Proposal, Source, discover};
use crate::ui::action::{Action, Question, Slot};
use crate::ui::commands;
use crate::ui::jobs::{Ended, Lane, Summary, Ticket};
use crate::ui::loadable::Loadable;
use crate::ui::notify::Notice;
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::widgets::{count_words, duration_words};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// Rows of a file that are shown before anything is imported.
pub(super) const PREVIEW_ROWS: usize = 200;

/// The one list, held by each page that shows it.
pub(super) type SharedDrafts = Rc<RefCell<Drafts>>;

/// What was seen first of the files chosen: one of them, its first rows.
type First = Option<(Source, Preview)>;

/// All files chosen since the project was opened.
#[derive(Default)]
pub(super) struct Drafts {
    pub list: Vec<Draft>,
    last_id: u64,
    /// The last draft before the newest choice.
    newest: u64,
    /// Files to be looked at, counted so that each choice is a new one.
    chosen: (u64, Vec<PathBuf>),
    first: Loadable<u64, First>,
    proposed: Loadable<u64, Vec<(Proposal, Preview)>>,
    /// The choice whose proposals were taken up.
    settled: u64,
    /// The draft the page Mapping shows.
    pub edited: Option<u64>,
    /// A dataset whose mapping is to be changed, counted so that each wish is a new one.
    again: (u64, String, Option<DatasetType>),
    /// The new group that files were asked to be put into, once it is there.
    new_group: Slot<String>,
    reopened: Loadable<u64, Option<(ImportRequest, Preview)>>,
}

impl Drafts {
    /// Begins to look at files, archives or folders.
    pub fn choose(&mut self, paths: Vec<PathBuf>) {
        self.forget_ended();
        self.list.retain(|draft| !draft.is_untouched());
        self.newest = self.last_id;
        self.chosen = (self.chosen.0 + 1, paths);
        self.first.clear();
    }

    /// The files of the newest choice that are not imported yet.
    pub fn newest(&self) -> impl Iterator<Item = &Draft> {
        let is_open = |draft: &&Draft| matches!(draft.state, DraftState::Open | DraftState::Importing(_));
        self.list.iter().filter(|draft| draft.id > self.newest).filter(is_open)
    }

    /// How often files were chosen.
    pub fn chosen_count(&self) -> u64 {
        self.chosen.0
    }

    /// What is being looked at.
    pub fn looking_at(&self) -> Option<String> {
        (self.chosen.0 > self.settled).then(|| {
            let names: Vec<String> = self.chosen.1.iter().map(|path| file_name(path)).collect();
            names.join(", ")
        })
    }

    /// The first rows of the first file, while the rest is looked at.
    pub fn first_rows(&self) -> Option<&(Source, Preview)> {
        self.first.value().and_then(Option::as_ref)
    }

    pub fn get(&self, id: u64) -> Option<&Draft> {
        self.list.iter().find(|draft| draft.id == id)
    }

    pub fn get_mut(&mut self, id: u64) -> Option<&mut Draft> {
        self.list.iter_mut().find(|draft| draft.id == id)
    }

    /// The draft the page Mapping shows; the first that waits where none was chosen.
    pub fn edited(&self) -> Option<u64> {
        let edited = self.edited.filter(|id| self.get(*id).is_some());
        edited.or_else(|| self.waiting().next().map(|draft| draft.id))
    }

    /// Files that wait for a decision.
    pub fn waiting(&self) -> impl Iterator<Item = &Draft> {
        self.list.iter().filter(|draft| matches!(draft.state, DraftState::Open) && !draft.is_untouched())
    }

    /// Takes files off the list whose import has ended.
    pub fn forget_ended(&mut self) {
        self.list.retain(|draft| matches!(draft.state, DraftState::Open | DraftState::Importing(_)));
    }

    pub fn forget(&mut self, id: u64) {
        self.list.retain(|draft| draft.id != id);
    }

    /// Adds a file with its mapping.
    pub fn add(&mut self, proposal: Proposal, preview: Preview) -> u64 {
        self.last_id += 1;
        self.list.push(Draft::new(self.last_id, proposal, preview));
        self.last_id
    }

    /// Begins to open the mapping of a dataset that was imported before.
    pub fn reopen(&mut self, group: &str, dataset: DatasetType) {
        self.again = (self.again.0 + 1, group.to_owned(), Some(dataset));
    }

    /// Takes up what background work has brought. Call once a frame, from whichever page is shown.
    pub fn collect(&mut self, context: &PaneContext<'_>) {
        self.look(context);
        self.collect_imports();
        self.collect_new_group(context);
        self.collect_reopened(context);
    }

    /// Asks for a new group for the files that wait.
    pub fn ask_for_group(&self, context: &PaneContext<'_>) {
        let base = self.chosen.1.first().map_or_else(|| "data".to_owned(), |path| group_name(path));
        let taken = |name: &str| context.project.group(name).is_some();
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let free = std::iter::once(base.clone()).chain(numbered).find(|name| !taken(name));
        let made = self.new_group.clone();
        let question = commands::new_group(context.project, free.unwrap_or(base));
        context.send.send(Action::Ask(Question {
            text: "The files go into a group of their own, and the group that is there stays as it is."
                .to_owned(),
            then: Box::new(move |name| Action::CreateGroup {
                name,
                then: Some(Box::new(move |name: &str| made.put(name.to_owned()))),
            }),
            ..question
        }));
    }

    /// Takes the files that wait into the group that was made for them.
    fn collect_new_group(&mut self, context: &PaneContext<'_>) {
        let Some(name) = self.new_group.take() else { return };
        let (newest, edited) = (self.newest, self.edited);
        let is_meant = |draft: &&mut Draft| {
            matches!(draft.state, DraftState::Open) && (draft.id > newest || Some(draft.id) == edited)
        };
        let mut taken = Vec::new();
        for draft in self.list.iter_mut().filter(is_meant) {
            name.clone_into(&mut draft.group);
            draft.mode = ImportMode::Full;
            if draft.confident && !draft.is_untouched() {
                draft.import_first(context, &mut taken);
            }
        }
    }

    fn collect_reopened(&mut self, context: &PaneContext<'_>) {
        let (number, group, Some(dataset)) = &self.again else { return };
        let (studio, group, dataset) = (context.studio.clone(), group.clone(), *dataset);
        self.reopened.keep(context, *number, "opening a mapping", move |_| {
            let Some(request) = studio.last_import(&group, dataset)? else { return Ok(None) };
            let preview = studio.preview(&request.source, PREVIEW_ROWS)?;
            Ok(Some((request, preview)))
        });
        if self.reopened.is_loading() {
            return;
        }
        self.again.2 = None;
        if let Some(failure) = self.reopened.failure() {
            context.send.notify(Notice::error("The file behind the dataset could not be read", failure));
            return;
        }
        if let Some((request, preview)) = self.reopened.value_mut().and_then(Option::take) {
            self.list.retain(|draft| !draft.is_untouched());
            self.last_id += 1;
            self.list.push(Draft::again(self.last_id, request, preview));
            self.edited = Some(self.last_id);
            context.send.send(Action::Show(PaneKind::Mapping));
        } else {
            let notice = Notice::warning("The file behind the dataset is not known");
            context
                .send
                .notify(notice.detail("It came with a copied group. Choose the file again to map it anew."));
        }
    }

    fn look(&mut self, context: &PaneContext<'_>) {
        let (number, paths) = &self.chosen;
        if *number == self.settled {
            return;
        }
        let (studio, looked_at) = (context.studio.clone(), paths.clone());
        self.first.keep(context, *number, "first rows", move |_| {
            let Some(path) = looked_at.first() else { return Ok(None) };
            // The largest file of a folder is the one most likely to be the log.
            let source = discover(path)?.into_iter().max_by_key(|source| source.bytes);
            let preview = source.as_ref().map(|source| studio.preview(source, PREVIEW_ROWS)).transpose()?;
            Ok(source.zip(preview))
        });
        let (studio, looked_at) = (context.studio.clone(), paths.clone());
        self.proposed.keep(context, *number, "looking at files", move |job| {
            let mut found = Vec::new();
            for proposal in studio.propose(&looked_at)? {
                job.check()?;
                let preview = studio.preview(&proposal.source, PREVIEW_ROWS)?;
                found.push((proposal, preview));
            }
            Ok(found)
        });
        if self.proposed.is_loading() {
            return;
        }
        self.settled = self.chosen.0;
        if let Some(failure) = self.proposed.failure() {
            context.send.notify(Notice::error("The files could not be read", failure));
            return;
        }
        let found = self.proposed.value_mut().map(std::mem::take).unwrap_or_default();
        self.settle(context, found);
    }

    /// Puts files on the list and imports those that need no question.
    fn settle(&mut self, context: &PaneContext<'_>, found: Vec<(Proposal, Preview)>) {
        if found.is_empty() {
            let names = self.chosen.1.iter().map(|path| file_name(path)).collect::<Vec<_>>().join(", ");
            let notice = Notice::warning(format!("No table in {names}"));
            context
                .send
                .notify(notice.detail(
                    "Choose CSV, TSV, JSON Lines or Parquet files, also packed, or a folder of them",
                ));
            return;
        }
        let name = self.chosen.1.first().map_or_else(|| "data".to_owned(), |path| group_name(path));
        let group = context.group.map_or(name, |group| group.name.clone());
        let ids: Vec<u64> =
            found.into_iter().map(|(proposal, preview)| self.add(proposal, preview)).collect();
        // Where one of the files meets data that is there, all of them may belong elsewhere: a person decides.
        let meets = |draft: &Draft| {
            ids.contains(&draft.id)
                && context.group.is_some_and(|group| group.dataset(draft.mapping.dataset).is_some())
        };
        let is_free = !self.list.iter().any(meets);
        let mut none_started = true;
        for id in &ids {
            let Some(draft) = self.get_mut(*id) else { continue };
            group.clone_into(&mut draft.group);
            if draft.confident && is_free && !context.is_read_only() {
                draft.import(context);
                none_started = false;
            }
        }
        let sure = ids.iter().any(|id| self.get(*id).is_some_and(|draft| draft.confident));
        if none_started && !sure {
            self.edited = ids.first().copied();
            context.send.send(Action::Show(PaneKind::Mapping));
        }
    }

    fn collect_imports(&mut self) {
        for draft in &mut self.list {
            let DraftState::Importing(ticket) = &draft.state else { continue };
            match ticket.take() {
                None => {}
                Some(Ended::Done(report)) => draft.state = DraftState::Imported(Box::new(report)),
                Some(Ended::Cancelled) => draft.state = DraftState::Open,
                Some(Ended::Failed(reason)) => draft.state = DraftState::Failed(reason),
            }
        }
    }
}

/// Words for a finished import.
pub(super) fn import_summary(dataset: DatasetType, mode: ImportMode, report: &ImportReport) -> Summary {
    let rows = count_words(report.accepted);
    let what = dataset.as_str().to_lowercase();
    let verb = if mode == ImportMode::Full { "Imported" } else { "Added" };
    let mut detail =
        vec![format!("{} in {}", report.source, duration_words(Duration::from_secs_f64(report.seconds)))];
    if report.rejected > 0 {
        detail.push(format!("{} rows were left out; see Problems", count_words(report.rejected)));
    }
    let repaired: u64 = report.mended.iter().map(|(_, count)| count).sum();
    if repaired > 0 {
        detail.push(format!("mends helped {} times", count_words(repaired)));
    }
    detail.extend(report.warnings.iter().cloned());
    let looks_wrong = report.problems.iter().any(|problem| !problem.rule.is_repeat());
    Summary::new(format!("{verb} {rows} {what}")).detail(detail.join(". ")).warning(looks_wrong)
}

/// The job that imports a file; its title and its lane are the same for every page.
pub(super) fn import_job(context: &PaneContext<'_>, request: ImportRequest) -> Ticket<ImportReport> {
    let (dataset, mode, is_mended) = (request.dataset, request.mode, !request.mends.is_empty());
    let title = format!("Importing {} from {}", dataset.as_str().to_lowercase(), request.source.file_name());
    let studio = context.studio.clone();
    context.send.job(
        title,
        Lane::Free,
        move |job| studio.import(&request, job),
        move |report| {
            let summary = import_summary(dataset, mode, report);
            // What a mend has helped is said; a file's own line says how it went in.
            if is_mended {
                summary.open(PaneKind::Datasets)
            } else {
                summary.open_in_place(PaneKind::Datasets)
            }
        },
    )
}

fn file_name(path: &std::path::Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A name for the dataset group that files are to go into, where there is none yet.
fn group_name(path: &std::path::Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let name: String = stem.chars().map(allowed).take(40).collect();
    let name = name.trim_matches(['-', '_']).to_owned();
    if check_name(&name).is_ok() { name } else { "data".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn groups_are_named_after_what_was_chosen() {
        assert_eq!(group_name(Path::new("/data/movielens-100k")), "movielens-100k");
        assert_eq!(group_name(Path::new("/data/My shop (2024).csv")), "My-shop--2024");
        assert_eq!(group_name(Path::new("/data/записи.csv")), "data");
    }
}
