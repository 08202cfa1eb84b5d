//! Test sets: which rows are trained on, what each test user is asked with, and what they then did.
//!
//! The rules are those of the service where it states them, and fixed here where it does not: a truth is a
//! set; at least one interaction is held out; users with fewer than two are never tested; a test user of the
//! Personalize split is absent from training altogether, so a model that knows users only by their id cannot
//! be scored on it. A test set belongs to one state of the data: cut it again when the data change (a user's
//! place in the shuffle depends on the seed and their id alone, so the same users are tested again).

mod blob;
mod cut;
mod truth_file;

pub use blob::BlobError;
pub(super) use cut::shuffled_users;
pub use cut::{BadSpec, check_spec, cut};
pub use truth_file::{TruthFileError, cut_file};

use crate::data::Interactions;
use crate::domain::split::{SplitKind, SplitSpec, Targets};

/// One question with a known answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    pub user: u32,
    /// The query is the first `input` rows of the user's history; what is to be found comes after them.
    pub input: usize,
    /// The items to be found: a set, ascending.
    pub truth: Vec<u32>,
}

impl TestCase {
    /// All that came after the first `input` rows is to be found.
    fn of(interactions: &Interactions, user: u32, input: usize) -> Self {
        Self { user, input, truth: as_set(interactions.history(user).items[input..].to_vec()) }
    }
}

/// A test set: the same for every version of a dataset group.
#[derive(Debug, Clone, PartialEq)]
pub struct TestSet {
    pub spec: SplitSpec,
    /// Whether each row of the interactions is trained on, `[rows]`; of a rotation, what every fold leaves of it is.
    pub train: Vec<bool>,
    /// In order of user.
    pub cases: Vec<TestCase>,
    /// The fold that each case is tested in, `[cases]`; empty where there is only one test.
    pub fold: Vec<u16>,
    /// Users that cannot be tested: fewer than two interactions, or, after an event filter, nothing to find.
    pub skipped_users: usize,
    /// Items that lists may hold, `[n_items]`; all where there is none.
    pub candidates: Option<Vec<bool>>,
}

fn as_set(mut items: Vec<u32>) -> Vec<u32> {
    items.sort_unstable();
    items.dedup();
    items
}

impl TestSet {
    fn none(spec: &SplitSpec) -> Self {
        Self {
            spec: spec.clone(),
            train: Vec::new(),
            cases: Vec::new(),
            fold: Vec::new(),
            skipped_users: 0,
            candidates: None,
        }
    }

    /// A set of which nothing is to be found: only which rows are trained on, `[rows]`.
    pub(super) fn of_rows(spec: &SplitSpec, train: Vec<bool>) -> Self {
        Self { train, ..Self::none(spec) }
    }

    /// The rows that may be trained on; those of no test user at all where this is a rotation.
    pub fn training(&self, interactions: &Interactions) -> Interactions {
        interactions.filtered(|row| self.train[row])
    }

    /// How many tests there are, each with a model of its own: 1, or the folds of a rotation.
    pub fn parts(&self) -> usize {
        if self.fold.is_empty() { 1 } else { self.spec.folds as usize }
    }

    /// One test of a rotation, from 0: its users, and all rows but theirs to train on. One fold's figures carry the luck
    /// of its users; claims about quality rest on all of them.
    #[must_use]
    pub fn part(&self, interactions: &Interactions, part: usize) -> Self {
        if self.fold.is_empty() {
            return self.clone();
        }
        let mut train = self.train.clone();
        let mut cases = Vec::new();
        for (case, _) in self.cases.iter().zip(&self.fold).filter(|&(_, &fold)| usize::from(fold) == part) {
            train[interactions.rows(case.user)].fill(false);
            cases.push(case.clone());
        }
        let mut spec = self.spec.clone();
        spec.name = format!("{}, fold {} of {}", spec.name, part + 1, spec.folds);
        Self { spec, train, cases, fold: Vec::new(), ..self.clone() }
    }

    /// Which of all cases, in order, are those of a part.
    pub fn cases_of_part(&self, part: usize) -> impl Iterator<Item = usize> + '_ {
        let is_of = move |case: usize| self.fold.get(case).is_none_or(|&fold| usize::from(fold) == part);
        (0..self.cases.len()).filter(move |&case| is_of(case))
    }

    /// The interactions and the test set with only the rows kept, `keep: [rows]`: an event filter applies to
    /// training, input and truth alike. Users left without a truth are skipped and counted; one left
    /// without an input is asked as a new user would be.
    pub fn filtered(&self, interactions: &Interactions, keep: &[bool]) -> (Interactions, Self) {
        let mut cases = Vec::with_capacity(self.cases.len());
        let mut fold = Vec::with_capacity(self.fold.len());
        let mut skipped_users = self.skipped_users;
        for (place, case) in self.cases.iter().enumerate() {
            let rows = interactions.rows(case.user);
            let found = rows.start + case.input..rows.end;
            let kept = found.clone().filter(|&row| keep[row]).map(|row| interactions.item[row]);
            let truth = as_set(kept.filter(|item| case.truth.binary_search(item).is_ok()).collect());
            if truth.is_empty() {
                skipped_users += 1;
            } else {
                let input = keep[rows.start..found.start].iter().filter(|&&kept| kept).count();
                cases.push(TestCase { user: case.user, input, truth });
                fold.extend(self.fold.get(place));
            }
        }
        let train = self.train.iter().zip(keep).filter(|&(_, &kept)| kept).map(|(&train, _)| train).collect();
        let test = Self { train, cases, fold, skipped_users, ..self.clone_settings() };
        (interactions.filtered(|row| keep[row]), test)
    }

    fn clone_settings(&self) -> Self {
        Self { candidates: self.candidates.clone(), ..Self::none(&self.spec) }
    }

    /// Rows trained on; of a rotation, the mean over its folds.
    pub fn train_rows(&self, interactions: &Interactions) -> usize {
        let rows = self.train.iter().filter(|&&train| train).count();
        if self.fold.is_empty() {
            return rows;
        }
        let tested: usize = self.cases.iter().map(|case| interactions.rows(case.user).len()).sum();
        rows - tested / self.parts()
    }

    /// How the test was made, in sentences for people; shown beside the numbers.
    pub fn describe(&self) -> Vec<String> {
        let (spec, cases) = (&self.spec, self.cases.len());
        let percent = format!("{:.0} %", spec.fraction * 100.0);
        let how = match spec.kind {
            SplitKind::Personalize if self.parts() > 1 => format!(
                "All {cases} users with two interactions or more are tested once, in {} folds drawn with seed {}: a \
                 model of each fold never saw its users; the newest {percent} of each history (at least one) is to be \
                 found from the rest.",
                self.parts(),
                spec.seed
            ),
            SplitKind::Personalize => format!(
                "{cases} users, drawn at random with seed {}, are tested and absent from training; the newest \
                 {percent} of each history (at least one) is to be found from the rest.",
                spec.seed
            ),
            SplitKind::LeaveLastOut => format!(
                "The last interaction of {cases} users is to be found from all earlier ones, which are trained on."
            ),
            SplitKind::PerUser => format!(
                "The newest {percent} of the histories of {cases} users (at least one interaction) is to be found from \
                 the rest, which is trained on."
            ),
            SplitKind::Temporal => {
                let asked = match spec.targets {
                    Targets::All => "all they did from then on is to be found from what came before it",
                    Targets::Last => "their last interaction is to be found from all that came before it",
                };
                format!(
                    "The newest {percent} of all interactions are not trained on; of {cases} users known before and \
                     active then, {asked}."
                )
            }
            SplitKind::ColdItems => format!(
                "{percent} of the items, drawn at random with seed {}, are never trained on; {cases} users are asked \
                 with what came before their first interaction with one of them. Lists hold these items alone.",
                spec.seed
            ),
            SplitKind::File => format!(
                "What is to be found of {cases} users is in {}; they are asked with what came before it.",
                spec.file.as_ref().map_or("a file", |(name, _)| name)
            ),
        };
        let skipped = (self.skipped_users > 0).then(|| {
            let why = match spec.kind {
                SplitKind::Temporal => "unknown before the moment, or not active from it on",
                SplitKind::ColdItems => "none of these items, or nothing before the first of them",
                _ => "they have fewer than two interactions or nothing left to find",
            };
            format!("{} users are not tested: {why}.", self.skipped_users)
        });
        let whole = if self.candidates.is_some() { "" } else { " over the whole catalogue" };
        let reading = format!(
            "An item that occurs several times in what is to be found counts once. Related-items recipes are asked \
             about the last item of the input. Lists have 25 items{whole}."
        );
        std::iter::once(how).chain(skipped).chain(std::iter::once(reading)).collect()
    }
}

#[cfg(test)]
mod tests;
