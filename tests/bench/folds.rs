//! How well recipes rank on the interactions that Amazon trained its public figures on: every user tested once, in ten
//! folds, under both readings of NDCG, with and without seen items, each with its interval.
//!
//! `BESPOKE_DATA` names a folder that holds `movielens-latest-small/personalize-poc`; the arguments name recipes,
//! with settings other than the usual ones after a colon (`cargo bench --bench folds -- ease sims:popularity_discount_factor=0.2`).
//! Rows equal in user, item and time are one: the last event type of the same second counts. With `--every-event` rows of
//! different types are kept apart, which the service's words ("identical properties") allow, too; the file has a click for
//! every watch. A tenth of a history is rounded to the nearest number of events, and to the next: how the service rounds is
//! not known.

#[path = "../suite/rounded_up.rs"]
mod rounded_up;

use anyhow::{Context, Result};
use bespoke::data::{CategoricalFeature, Features, Interactions, NumericFeature, Vocabulary};
use bespoke::domain::split::SplitSpec;
use bespoke::evaluation::metrics::headline;
use bespoke::evaluation::{Benchmark, Lists, Scores, TestSet, ask, cut, measure};
use bespoke::jobs::JobContext;
use bespoke::recipes::{TrainingData, registry};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

const FOLDS: u32 = 10;
const SHOWN: [(&str, &str); 6] = [
    ("normalized_discounted_cumulative_gain_over_hits_at_5", "NDCG@5 of hits"),
    ("normalized_discounted_cumulative_gain_over_hits_at_10", "NDCG@10 of hits"),
    ("normalized_discounted_cumulative_gain_over_hits_at_25", "NDCG@25 of hits"),
    ("normalized_discounted_cumulative_gain_at_10", "NDCG@10"),
    ("mean_reciprocal_rank_at_25", "MRR@25"),
    ("precision_at_5", "P@5"),
];

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let Some(folder) = std::env::var_os("BESPOKE_DATA") else {
        writeln!(
            out,
            "left out: set BESPOKE_DATA to a folder that holds movielens-latest-small/personalize-poc"
        )?;
        return Ok(());
    };
    let folder = PathBuf::from(folder).join("movielens-latest-small").join("personalize-poc");
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let interactions = interactions(&folder.join("interactions.csv"), asked("--every-event"))?;
    let tests = cut(&interactions, &SplitSpec { folds: FOLDS, ..SplitSpec::default() });
    let rounded_up = rounded_up::rounded_up(tests.clone(), &interactions);
    let readings = [tests, rounded_up];
    let items = Arc::new(item_features(&folder.join("item-meta.csv"), &interactions.items)?);
    writeln!(out, "{} interactions of {} users", interactions.len(), interactions.n_users())?;
    let named: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    for name in named {
        let began = Instant::now();
        let scores = folds(&name, &interactions, &items, &readings)?;
        writeln!(out, "{name}, {:.0} s", began.elapsed().as_secs_f64())?;
        for (both, rounding) in scores.iter().zip(["to the nearest", "up"]) {
            for (scores, seen) in both.iter().zip(["with seen items", "seen items left out"]) {
                writeln!(out, "{name}, a tenth rounded {rounding}, {seen}:")?;
                for (key, title) in SHOWN {
                    let (low, high) = scores.intervals[key];
                    writeln!(out, "  {title:16} {:.4} ({low:.4} to {high:.4})", scores.metrics[key])?;
                }
            }
        }
    }
    Ok(())
}

/// The scores of every user, asked in the fold that was not trained with them, by each reading of what is to be found;
/// with seen items, and without. The readings train on the same: on nothing of the users asked.
fn folds(
    name: &str,
    interactions: &Interactions,
    items: &Arc<Features>,
    readings: &[TestSet],
) -> Result<Vec<[Scores; 2]>> {
    let (name, settings) = name.split_once(':').unwrap_or((name, ""));
    let recipe = registry::find(name).with_context(|| format!("there is no recipe `{name}`"))?;
    let settings = settings.split(',').filter_map(|setting| setting.split_once('='));
    let parameters = recipe.descriptor().parameters_from(settings)?;
    let job = JobContext::default();
    let empty =
        |all: &TestSet| [false, true].map(|_| vec![(Vec::<u32>::new(), Vec::<f32>::new()); all.cases.len()]);
    let mut lists: Vec<_> = readings.iter().map(empty).collect();
    for part in 0..readings[0].parts() {
        let tests: Vec<TestSet> = readings.iter().map(|all| all.part(interactions, part)).collect();
        let mut data = TrainingData::of(tests[0].training(interactions));
        data.items = Arc::clone(items);
        let model = recipe.train(&data, &parameters, 0, &job)?;
        for ((lists, all), test) in lists.iter_mut().zip(readings).zip(&tests) {
            for (lists, exclude_seen) in lists.iter_mut().zip([false, true]) {
                let own = ask(&*model, interactions, test, exclude_seen, &job)?;
                for (within, case) in all.cases_of_part(part).enumerate() {
                    lists[case] = (own.items(within).to_vec(), own.scores(within).to_vec());
                }
            }
        }
    }
    let measured = lists.into_iter().zip(readings).map(|(both, all)| {
        let benchmark = Benchmark::new(interactions.clone(), all.clone(), items);
        both.map(|lists| {
            let mut packed = Lists::with_room(lists.len());
            for (items, scores) in lists {
                packed.push(&items, &scores);
            }
            measure(&benchmark, &benchmark.outcome(packed), &headline())
        })
    });
    Ok(measured.collect())
}

/// The interactions, those equal in user, item and time once, or once of each event type.
fn interactions(path: &Path, apart: bool) -> Result<Interactions> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut rows: BTreeMap<(&str, &str, i64, &str), (usize, &str)> = BTreeMap::new();
    for (at, line) in text.lines().skip(1).enumerate() {
        let mut cells = line.split(',');
        let mut cell = || cells.next().context("a row of four cells");
        let (user, item, time, kind) = (cell()?, cell()?, cell()?.parse()?, cell()?);
        rows.insert((user, item, time, if apart { kind } else { "" }), (at, kind));
    }
    let mut rows: Vec<_> =
        rows.into_iter().map(|((user, item, time, _), (at, kind))| (at, user, item, time, kind)).collect();
    rows.sort_unstable();
    let users = Arc::new(Vocabulary::new(rows.iter().map(|row| row.1)));
    let items = Arc::new(Vocabulary::new(rows.iter().map(|row| row.2)));
    let kinds = Arc::new(Vocabulary::new(rows.iter().map(|row| row.4)));
    let mut encoded = Vec::new();
    for (_, user, item, time, kind) in rows {
        let index = |ids: &Vocabulary, id: &str| ids.index(id).context("an id of its own vocabulary");
        encoded.push((
            index(&users, user)?,
            index(&items, item)?,
            time,
            index(&kinds, kind)? as u16,
            f32::NAN,
        ));
    }
    Ok(Interactions::from_rows(users, items, kinds, &encoded))
}

/// Genres and year of each item.
fn item_features(path: &Path, items: &Vocabulary) -> Result<Features> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut of: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let mut cells = line.split(',');
        let mut cell = || cells.next().unwrap_or_default();
        of.insert(cell(), (cell(), cell()));
    }
    let found = |item: &str| of.get(item).copied().unwrap_or_default();
    let genres = |item: &str| found(item).0.split('|').filter(|genre| !genre.is_empty()).collect::<Vec<_>>();
    let values = Vocabulary::new(items.iter().flat_map(genres));
    let (mut offsets, mut indices) = (vec![0], Vec::new());
    for item in items.iter() {
        let mut row: Vec<u32> = genres(item).into_iter().filter_map(|genre| values.index(genre)).collect();
        row.sort_unstable();
        indices.extend(row);
        offsets.push(indices.len());
    }
    let categorical =
        CategoricalFeature { name: "GENRE".to_owned(), values: Arc::new(values), offsets, indices };
    let years = items.iter().map(|item| found(item).1.parse().unwrap_or(f32::NAN)).collect();
    let numeric = NumericFeature { name: "YEAR".to_owned(), values: years };
    Ok(Features {
        rows: items.len(),
        categorical: vec![categorical],
        numeric: vec![numeric],
        ..Features::default()
    })
}
