//! Intra-list distance: how different the items of one list are from each other.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "intra_list_distance",
        title: "Intra-list distance",
        definition: "Mean over users of the mean distance of two items of the top K: one minus the share of their metadata values that both have (Jaccard); 1 between items without values.",
        formula: "mean over pairs i, j of the top K of 1 - |values of i and j| / |values of i or j|",
        better: Better::Neither,
    },
    reading: Reading::PerUser(distance),
};

fn distance(asked: &Asked<'_>, k: usize) -> f64 {
    let top = &asked.list[..k.min(asked.list.len())];
    let pairs = top.len() * top.len().saturating_sub(1) / 2;
    if pairs == 0 {
        return 0.0;
    }
    let mut sum = 0.0;
    for (place, &first) in top.iter().enumerate() {
        for &second in &top[place + 1..] {
            sum += jaccard_distance(asked.catalogue.values_of(first), asked.catalogue.values_of(second));
        }
    }
    sum / pairs as f64
}

/// Of two ascending sets.
fn jaccard_distance(first: &[u32], second: &[u32]) -> f64 {
    let (mut at, mut common) = (0, 0);
    for value in first {
        while second.get(at).is_some_and(|other| other < value) {
            at += 1;
        }
        common += usize::from(second.get(at) == Some(value));
    }
    let either = first.len() + second.len() - common;
    if either == 0 { 1.0 } else { 1.0 - common as f64 / either as f64 }
}
