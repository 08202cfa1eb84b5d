//! Exact top 25 of dense factors for many users: how long [`rank`] takes.
//!
//! `BESPOKE_TOPK` names a folder that `topk_peer.py` fills (`shape.json`, `users.f32`, `items.f32`,
//! `seen_offsets.i64`, `seen.u32`); the lists are written beside them as `lists.u32`, so that the peer can compare.
//! Run it through that script.

use anyhow::{Context, Result};
use bespoke::data::History;
use bespoke::jobs::JobContext;
use bespoke::nn::matmul::{View, ViewMut, multiply};
use bespoke::recipes::ranking::{RankOptions, rank};
use bespoke::recipes::{Artifact, ArtifactError, Explanation, Model, Origin, Query};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const K: usize = 25;
const ROUNDS: usize = 15;

/// Scores are products of user and item factors, as in matrix factorisation.
struct Factors {
    /// `[users, width]`
    users: Vec<f32>,
    /// `[items, width]`
    items: Vec<f32>,
    width: usize,
}

impl Model for Factors {
    fn n_items(&self) -> usize {
        self.items.len() / self.width
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        let (width, n_items) = (self.width, self.n_items());
        let users: Vec<f32> = queries
            .iter()
            .filter_map(|query| query.user)
            .flat_map(|user| &self.users[user as usize * width..][..width])
            .copied()
            .collect();
        multiply(
            ViewMut::new(scores, queries.len(), n_items, n_items),
            0.0,
            1.0,
            View::new(&users, queries.len(), width, width),
            View::new(&self.items, n_items, width, width).transposed(),
        );
        vec![Origin::Model; queries.len()]
    }

    fn explain(&self, _: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        vec![Explanation { origin: Origin::Model, evidence: Vec::new() }; items.len()]
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        Artifact::new(&self.width, &[])
    }
}

fn read<T, const BYTES: usize>(folder: &Path, name: &str, convert: fn([u8; BYTES]) -> T) -> Result<Vec<T>> {
    let path = folder.join(name);
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    Ok(bytes.as_chunks().0.iter().map(|&bytes| convert(bytes)).collect())
}

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let Some(folder) = std::env::var_os("BESPOKE_TOPK") else {
        writeln!(out, "skipped: run tests/bench/topk_peer.py, which makes the data and names them here")?;
        return Ok(());
    };
    let folder = Path::new(&folder);
    let shape: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("shape.json"))?)?;
    let width = shape["width"].as_u64().context("shape.json has no width")? as usize;
    let model = Factors {
        users: read(folder, "users.f32", f32::from_le_bytes)?,
        items: read(folder, "items.f32", f32::from_le_bytes)?,
        width,
    };
    let offsets = read(folder, "seen_offsets.i64", i64::from_le_bytes)?;
    let seen = read(folder, "seen.u32", u32::from_le_bytes)?;
    let (times, types) = (vec![0; seen.len()], vec![0; seen.len()]);
    let all = History { items: &seen, timestamps: &times, event_types: &types, ..History::default() };
    let queries: Vec<Query<'_>> = offsets
        .windows(2)
        .enumerate()
        .map(|(user, range)| Query {
            user: Some(user as u32),
            history: all.slice(range[0] as usize..range[1] as usize),
            ..Query::default()
        })
        .collect();
    let options = RankOptions { k: K, exclude_seen: true, allowed: None };
    let mut best = f64::INFINITY;
    let mut lists = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        lists = rank(&model, &queries, options, &JobContext::default())?;
        best = best.min(begin.elapsed().as_secs_f64());
    }
    let items: Vec<u8> =
        lists.iter().flat_map(|list| &list.items).flat_map(|item| item.to_le_bytes()).collect();
    std::fs::write(folder.join("lists.u32"), items)?;
    writeln!(out, "{{\"seconds\": {best}, \"threads\": {}}}", rayon::current_num_threads())?;
    Ok(())
}
