//! Scores on their way into the store and back.

use crate::domain::limits::METRIC_LIST_LENGTH;
use crate::evaluation::Scores;
use crate::store::{MetricValue, ScoreSetRecord};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Every test user's values, as they are stored: JSON, compressed.
#[derive(Serialize, Deserialize)]
struct PerUser<'a> {
    /// Indices of the tested users, ascending.
    users: Cow<'a, [u32]>,
    /// A value per user, by metric.
    values: Cow<'a, BTreeMap<String, Vec<f32>>>,
}

/// Metrics with their intervals; one that is no number is left out.
pub(super) fn metric_values(scores: &Scores) -> BTreeMap<String, MetricValue> {
    scores
        .metrics
        .iter()
        .filter(|(_, value)| value.is_finite())
        .map(|(key, &value)| {
            let interval = scores.intervals.get(key).copied();
            (key.clone(), MetricValue { value, interval })
        })
        .collect()
}

/// The values per user as bytes.
pub(super) fn pack(scores: &Scores) -> Result<Vec<u8>> {
    let per_user = PerUser { users: Cow::Borrowed(&scores.users), values: Cow::Borrowed(&scores.values) };
    Ok(zstd::encode_all(serde_json::to_vec(&per_user)?.as_slice(), 3)?)
}

/// Stored scores, without their lists.
pub(super) fn unpack(record: &ScoreSetRecord, per_user: &[u8]) -> Result<Scores> {
    let read = || -> Result<PerUser<'static>> { Ok(serde_json::from_slice(&zstd::decode_all(per_user)?)?) };
    let per_user = read().context("the scores of a version are damaged; run `bespoke check`")?;
    let metrics = record.metrics.iter();
    Ok(Scores {
        exclude_seen: record.exclude_seen,
        k: METRIC_LIST_LENGTH,
        users: per_user.users.into_owned(),
        values: per_user.values.into_owned(),
        metrics: metrics.clone().map(|(key, metric)| (key.clone(), metric.value)).collect(),
        intervals: metrics.filter_map(|(key, metric)| Some((key.clone(), metric.interval?))).collect(),
        lists: Vec::new(),
        coverage_numerator: 0,
        coverage_denominator: 0,
    })
}
