//! Why a campaign that finds related items has nothing of its own to say about an item, and answers with popular
//! items instead. Looked up only where it did: an answer itself never waits for it.

use super::Studio;
use crate::training;
use anyhow::Result;

const MOST: &str = "max_item_interaction_count_percentile";
const LEAST: &str = "min_item_interaction_count_percentile";
const TOGETHER: &str = "min_cointeraction_count";

/// Why an item has no related items.
#[derive(Debug, Clone, PartialEq)]
pub enum Unrelated {
    /// Nobody has it in what the version was trained on.
    Unknown,
    /// It was left out of training as too popular: more interactions than `share` of the other items, where only
    /// those up to `percentile` are trained on.
    TooPopular { interactions: u64, share: f64, percentile: f64, parameter: &'static str },
    /// It was left out as too rare: fewer interactions than those from `percentile` on, which are trained on.
    TooRare { interactions: u64, percentile: f64, parameter: &'static str },
    /// With no other item it was had by as many users as two items must have in common.
    Alone { users: u64, parameter: &'static str },
}

impl Studio {
    /// Why a campaign knows nothing that is related to an item. The campaign is named as in [`Self::recommend`].
    pub fn why_unrelated(&self, campaign: &str, item: &str) -> Result<Unrelated> {
        let desk = self.desk(campaign)?;
        let version = &desk.version;
        let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
        let interactions = self.tested_interactions(&test_set)?;
        let test = self.test_set_of(test_set.id)?;
        let filtered = training::filter_events(&interactions, &test, &version.config)?;
        let mut counts = vec![0_u64; interactions.n_items()];
        let mut count = |items: &[u32]| items.iter().for_each(|&item| counts[item as usize] += 1);
        if version.config.full_data {
            count(&filtered.interactions.item);
        } else {
            count(&filtered.test.training(&filtered.interactions).item);
        }
        let own = interactions.items.index(item).map_or(0, |index| counts[index as usize]);
        let number = |name: &str| {
            let value = version.config.parameters.get(name)?;
            value.to_string().parse::<f64>().ok()
        };
        Ok(reason(&counts, own, number))
    }
}

/// The reason, from the interactions of every item, those of the item asked about, and the version's parameters.
/// Percentiles lie between the order statistics, so an item is above one exactly where more than that share of the
/// others has fewer interactions.
fn reason(counts: &[u64], own: u64, parameter: impl Fn(&str) -> Option<f64>) -> Unrelated {
    if own == 0 {
        return Unrelated::Unknown;
    }
    let others = counts.iter().filter(|&&count| count > 0).count().saturating_sub(1).max(1) as f64;
    let share = |holds: &dyn Fn(u64) -> bool| {
        counts.iter().filter(|&&count| count > 0 && holds(count)).count() as f64 / others
    };
    let fewer = share(&|count| count < own);
    let as_few = share(&|count| count <= own) - 1.0 / others;
    match (parameter(MOST), parameter(LEAST)) {
        (Some(percentile), _) if fewer > percentile => {
            Unrelated::TooPopular { interactions: own, share: fewer, percentile, parameter: MOST }
        }
        (_, Some(percentile)) if as_few < percentile => {
            Unrelated::TooRare { interactions: own, percentile, parameter: LEAST }
        }
        _ => {
            let users = parameter(TOGETHER).unwrap_or_default().max(1.0) as u64;
            Unrelated::Alone { users, parameter: TOGETHER }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eleven items with 1 to 11 interactions: the percentile 0.9 is 10, so only the eleventh lies above it, and
    /// 0.05 is 1.5, so only the first lies below.
    #[test]
    fn the_reason_follows_from_the_percentiles() {
        let counts: Vec<u64> = [0].into_iter().chain(1..=11).collect();
        let of = |own| {
            reason(&counts, own, |name| match name {
                MOST => Some(0.9),
                LEAST => Some(0.05),
                TOGETHER => Some(3.0),
                _ => None,
            })
        };
        assert_eq!(of(0), Unrelated::Unknown);
        assert!(matches!(of(11), Unrelated::TooPopular { interactions: 11, parameter: MOST, .. }));
        assert_eq!(of(10), Unrelated::Alone { users: 3, parameter: TOGETHER });
        assert_eq!(of(2), Unrelated::Alone { users: 3, parameter: TOGETHER });
        assert!(matches!(of(1), Unrelated::TooRare { interactions: 1, parameter: LEAST, .. }));
    }
}
