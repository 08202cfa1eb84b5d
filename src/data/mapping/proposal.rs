//! What the files a person has dropped are: which dataset each becomes, and how.

use super::{Columns, Guess};
use crate::data::DataError;
use crate::data::layout;
use crate::data::source::{Sample, Source, discover, sample};
use crate::data::time::percent;
use crate::domain::DatasetType;
use crate::domain::mapping::Mapping;
use std::collections::HashSet;
use std::path::PathBuf;

/// Rows that are looked at to propose a mapping.
const ROWS: usize = 50_000;
/// Unpacked bytes that are looked at to propose a mapping.
const BYTES: usize = 4 << 20;

/// One file and what it could become.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// For people: `MovieLens 100K: ratings`.
    pub title: String,
    pub source: Source,
    pub mapping: Mapping,
    /// Whether it can be imported without a question: at most one proposal for each dataset type is.
    pub confident: bool,
}

/// What the files, archives and folders at `paths` are: known layouts first, else by names and contents.
///
/// Interactions come first, then Items and Users, then what nothing sure is known about.
pub fn propose(paths: &[PathBuf]) -> Result<Vec<Proposal>, DataError> {
    let mut sources = Vec::new();
    for path in paths {
        sources.extend(discover(path)?);
    }
    propose_found(sources)
}

/// [`propose`] for tables that were found already.
pub fn propose_found(mut sources: Vec<Source>) -> Result<Vec<Proposal>, DataError> {
    let mut proposals = layout::recognise(&mut sources)?;
    let mut guesses = Vec::new();
    for source in sources {
        let sample = sample(&source, ROWS, BYTES)?;
        let cells = |column| sample.cells.column(column).flatten().collect();
        let Guess { mapping, confident } =
            Columns::of(&sample.columns, sample.cells.rows(), cells).mapping(None);
        let title = title(&source, &sample.columns, mapping.dataset);
        guesses.push(Guessed { proposal: Proposal { title, source, mapping, confident }, sample });
    }
    let taken: Vec<DatasetType> = proposals.iter().map(|proposal| proposal.mapping.dataset).collect();
    proposals.extend(settled(guesses, &taken));
    proposals.sort_by_key(|proposal| (!proposal.confident, proposal.mapping.dataset));
    Ok(proposals)
}

fn title(source: &Source, columns: &[String], dataset: DatasetType) -> String {
    let named = |name: &str| columns.iter().any(|column| column == name);
    let rows = dataset.title().to_lowercase();
    let of_the_service = match dataset {
        DatasetType::Interactions => named("USER_ID") && named("ITEM_ID") && named("TIMESTAMP"),
        DatasetType::Items => named("ITEM_ID"),
        DatasetType::Users => named("USER_ID"),
        DatasetType::Actions => named("ACTION_ID"),
        DatasetType::ActionInteractions => named("USER_ID") && named("ACTION_ID"),
    };
    let origin = if of_the_service { "Amazon Personalize file " } else { "" };
    format!("{origin}{}: {rows}", source.display_name())
}

struct Guessed {
    proposal: Proposal,
    sample: Sample,
}

impl Guessed {
    /// The sampled cells of the column behind `field`.
    fn values(&self, field: &str) -> HashSet<&str> {
        let mapped = self.proposal.mapping.field(field).and_then(|mapped| mapped.columns.first());
        let index = mapped.and_then(|name| self.sample.columns.iter().position(|column| column == name));
        index.map_or_else(HashSet::new, |index| self.sample.cells.column(index).flatten().collect())
    }
}

/// Of several files that would be one dataset, the largest stays sure.
fn only_largest(guesses: &mut [Guessed], kind: DatasetType) {
    let of_kind = |guess: &&mut Guessed| guess.proposal.confident && guess.proposal.mapping.dataset == kind;
    let mut sure: Vec<&mut Guessed> = guesses.iter_mut().filter(of_kind).collect();
    sure.sort_by_key(|guess| std::cmp::Reverse(guess.sample.estimated_rows));
    sure.into_iter().skip(1).for_each(|guess| guess.proposal.confident = false);
}

/// Checks the files against each other: one file a dataset type stays sure, and a table of items or users
/// only where its keys are those of the interactions.
fn settled(mut guesses: Vec<Guessed>, taken: &[DatasetType]) -> Vec<Proposal> {
    for kind in taken {
        for guess in guesses.iter_mut().filter(|guess| guess.proposal.mapping.dataset == *kind) {
            guess.proposal.confident = false;
        }
    }
    // The largest file of interactions is the log.
    let log = (0..guesses.len())
        .filter(|&index| {
            let proposal = &guesses[index].proposal;
            proposal.confident && proposal.mapping.dataset == DatasetType::Interactions
        })
        .max_by_key(|&index| guesses[index].sample.estimated_rows);
    only_largest(&mut guesses, DatasetType::ActionInteractions);
    only_largest(&mut guesses, DatasetType::Actions);
    for (kind, field) in [(DatasetType::Items, "ITEM_ID"), (DatasetType::Users, "USER_ID")] {
        let of_kind: Vec<usize> = (0..guesses.len())
            .filter(|&index| {
                guesses[index].proposal.confident && guesses[index].proposal.mapping.dataset == kind
            })
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        let in_log: HashSet<&str> = log.map_or_else(HashSet::new, |log| guesses[log].values(field));
        let shares: Vec<(usize, f64)> = of_kind
            .into_iter()
            .map(|index| {
                let keys = guesses[index].values(field);
                let known = in_log.iter().filter(|value| keys.contains(*value)).count();
                (index, known as f64 / in_log.len().max(1) as f64)
            })
            .collect();
        let best = shares.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index);
        for (index, share) in shares {
            let proposal = &mut guesses[index].proposal;
            proposal.confident = best == Some(index) && (log.is_none() || share >= 0.01);
            let key = proposal.mapping.fields.iter_mut().find(|mapped| mapped.field == field);
            if let Some(key) = key
                && log.is_some()
            {
                let what = if kind == DatasetType::Items { "items" } else { "users" };
                key.reason = format!(
                    "{}; {} of the {what} sampled from the log are among its rows sampled",
                    key.reason,
                    percent(share)
                );
            }
        }
    }
    guesses
        .into_iter()
        .enumerate()
        .map(|(index, Guessed { mut proposal, .. })| {
            if proposal.mapping.dataset == DatasetType::Interactions {
                proposal.confident &= log == Some(index);
            }
            proposal
        })
        .collect()
}
