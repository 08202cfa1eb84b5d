//! From what past items add to a score to what is shown for it.

use super::query::{Evidence, Explanation, Origin};

/// Pieces of evidence shown at most.
const SHOWN: usize = 10;

/// The past items that speak for an answer, strongest first. `contributions` are what each past item (each
/// once) adds to the score; shares are of the sum of what speaks for it. None where nothing does.
pub fn explain_by_items(
    mut contributions: Vec<(u32, f32)>,
    together: impl Fn(u32) -> Option<u32>,
) -> Option<Explanation> {
    contributions.retain(|(_, amount)| *amount > 0.0);
    let total: f32 = contributions.iter().map(|(_, amount)| amount).sum();
    contributions.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    contributions.truncate(SHOWN);
    let evidence: Vec<Evidence> = contributions
        .into_iter()
        .map(|(item, amount)| Evidence::Item { item, weight: amount / total, together: together(item) })
        .collect();
    (!evidence.is_empty()).then_some(Explanation { origin: Origin::Model, evidence })
}
