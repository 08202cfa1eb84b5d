//! Whether metadata pay: recipes on `MovieLens` 100K with ages, sexes and jobs of users, genres, years and titles of
//! items, every user tested once in ten folds, the newest tenth of each history to be found, seen items left out, the
//! mean of some seeds; each against the first by a paired test over users.
//!
//! `cargo bench --bench metadata -- hrnn hrnn-metadata`; `BESPOKE_DATA` names a folder that holds `movielens-100k`, `SEEDS`
//! how many seeds (3).

use anyhow::{Context, Result};
use bespoke::data::{CategoricalFeature, Features, Interactions, NumericFeature, TextFeature, Vocabulary};
use bespoke::domain::split::SplitSpec;
use bespoke::evaluation::metrics::MetricAt;
use bespoke::evaluation::{Benchmark, ask, cut, p_value};
use bespoke::jobs::JobContext;
use bespoke::recipes::{TrainingData, registry};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

const METRIC: &str = "normalized_discounted_cumulative_gain_at_10";
const FOLDS: u32 = 10;

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let Some(folder) = std::env::var_os("BESPOKE_DATA") else {
        writeln!(out, "left out: set BESPOKE_DATA to a folder that holds movielens-100k")?;
        return Ok(());
    };
    let seeds: u64 = std::env::var("SEEDS").ok().map(|seeds| seeds.parse()).transpose()?.unwrap_or(3);
    let data = read(&PathBuf::from(folder).join("movielens-100k"))?;
    let named: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    let mut first: Option<Vec<f32>> = None;
    for name in named {
        let began = Instant::now();
        let mut mean = vec![0.0_f32; data.interactions.n_users()];
        for seed in 0..seeds {
            let values = folds(&name, &data, seed)?;
            mean.iter_mut().zip(&values).for_each(|(mean, value)| *mean += value / seeds as f32);
        }
        let all = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        let secs = began.elapsed().as_secs_f64();
        write!(out, "{name}, {seeds} seeds, {secs:.0} s: NDCG@10 {:.4}", all(&mean))?;
        match &first {
            None => first = Some(mean),
            Some(first) => {
                let differences: Vec<f32> = mean.iter().zip(first).map(|(own, other)| own - other).collect();
                write!(out, ", {:+.4} (p {:.2e})", all(&differences), p_value(&differences, 0))?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The metric of every user, each asked in the fold that was not trained with them.
fn folds(name: &str, data: &TrainingData, seed: u64) -> Result<Vec<f32>> {
    let metric = MetricAt::parse(METRIC).context("a metric")?;
    let recipe = registry::find(name).with_context(|| format!("there is no recipe `{name}`"))?;
    let parameters = recipe.descriptor().parameters_from([])?;
    let job = JobContext::default();
    let all = cut(&data.interactions, &SplitSpec { folds: FOLDS, ..SplitSpec::default() });
    let mut values = vec![0.0; data.interactions.n_users()];
    for part in 0..all.parts() {
        let test = all.part(&data.interactions, part);
        let mut training = TrainingData::of(test.training(&data.interactions));
        (training.users, training.items) = (Arc::clone(&data.users), Arc::clone(&data.items));
        let model = recipe.train(&training, &parameters, seed, &job)?;
        let lists = ask(&*model, &data.interactions, &test, true, &job)?;
        let users: Vec<u32> = test.cases.iter().map(|case| case.user).collect();
        let benchmark = Benchmark::new((*data.interactions).clone(), test, &data.items);
        let own = benchmark.per_user(&benchmark.outcome(lists), metric).context("a value for every user")?;
        for (user, value) in users.into_iter().zip(own) {
            values[user as usize] = value;
        }
    }
    Ok(values)
}

fn read(folder: &Path) -> Result<TrainingData> {
    let rows = cells(&folder.join("u.data"), '\t')?;
    let users = Arc::new(Vocabulary::new(rows.iter().map(|row| row[0].as_str())));
    let items = Arc::new(Vocabulary::new(rows.iter().map(|row| row[1].as_str())));
    let mut encoded = Vec::new();
    for row in &rows {
        let (user, item) = (users.index(&row[0]), items.index(&row[1]));
        let (user, item) = user.zip(item).context("an id of its own vocabulary")?;
        encoded.push((user, item, row[3].parse()?, 0, row[2].parse()?));
    }
    let of_users = table(&folder.join("u.user"), &users)?;
    let of_items = table(&folder.join("u.item"), &items)?;
    let genres: Vec<String> =
        cells(&folder.join("u.genre"), '|')?.into_iter().filter_map(|row| row.into_iter().next()).collect();
    let genres_of = |row: &Vec<String>| -> Vec<String> {
        let flags = row.iter().skip(5).zip(&genres);
        flags.filter(|(flag, _)| *flag == "1").map(|(_, genre)| genre.clone()).collect()
    };
    let year = |row: &Vec<String>| row[2].rsplit('-').next().and_then(|year| year.parse().ok());
    let mut data = TrainingData::of(Interactions::from_rows(users, items, Arc::default(), &encoded));
    data.users = Arc::new(Features {
        rows: of_users.len(),
        categorical: vec![
            categorical("GENDER", &of_users, |row| vec![row[2].clone()]),
            categorical("OCCUPATION", &of_users, |row| vec![row[3].clone()]),
        ],
        numeric: vec![numeric("AGE", &of_users, |row| row[1].parse().ok())],
        ..Features::default()
    });
    let titles = of_items.iter().map(|row| row[1].clone().into_boxed_str()).collect();
    data.items = Arc::new(Features {
        rows: of_items.len(),
        categorical: vec![categorical("GENRES", &of_items, genres_of)],
        numeric: vec![numeric("YEAR", &of_items, year)],
        text: vec![TextFeature { name: "TITLE".to_owned(), texts: titles }],
        ..Features::default()
    });
    Ok(data)
}

/// The cells of each line of a file in Latin-1.
fn cells(path: &Path, between: char) -> Result<Vec<Vec<String>>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let text: String = bytes.into_iter().map(char::from).collect();
    let lines = text.lines().filter(|line| !line.is_empty());
    Ok(lines.map(|line| line.split(between).map(str::to_owned).collect()).collect())
}

/// The row of each id.
fn table(path: &Path, ids: &Vocabulary) -> Result<Vec<Vec<String>>> {
    let mut of: BTreeMap<String, Vec<String>> =
        cells(path, '|')?.into_iter().map(|row| (row[0].clone(), row)).collect();
    ids.iter()
        .map(|id| of.remove(id).with_context(|| format!("{}: no row of {id}", path.display())))
        .collect()
}

fn categorical(
    name: &str,
    rows: &[Vec<String>],
    read: impl Fn(&Vec<String>) -> Vec<String>,
) -> CategoricalFeature {
    let cells: Vec<Vec<String>> = rows.iter().map(read).collect();
    let values = Vocabulary::new(cells.iter().flatten().map(String::as_str));
    let (mut offsets, mut indices) = (vec![0], Vec::new());
    for cell in &cells {
        let mut row: Vec<u32> = cell.iter().filter_map(|value| values.index(value)).collect();
        row.sort_unstable();
        indices.extend(row);
        offsets.push(indices.len());
    }
    CategoricalFeature { name: name.to_owned(), values: Arc::new(values), offsets, indices }
}

fn numeric(name: &str, rows: &[Vec<String>], read: impl Fn(&Vec<String>) -> Option<f32>) -> NumericFeature {
    let values = rows.iter().map(|row| read(row).unwrap_or(f32::NAN)).collect();
    NumericFeature { name: name.to_owned(), values }
}
