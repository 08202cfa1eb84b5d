//! When items came to be: their age is counted from then.

use crate::data::Interactions;

/// Creation times of the catalogue in epoch seconds, `[n_items]`: those given (`[n_items]`, where there are any), for
/// other items the time of their oldest interaction, and for items without one the newest time of all, so that
/// they count as new (Amazon Personalize developer guide, "Creation timestamp data").
///
/// `interactions` are those trained on: a later one must not say when an item appeared.
pub fn creation_times(interactions: &Interactions, given: Option<&[Option<i64>]>) -> Vec<i64> {
    let newest = interactions.timestamp.iter().copied().max().unwrap_or(0);
    let mut oldest: Vec<Option<i64>> = vec![None; interactions.n_items()];
    for (&item, &time) in interactions.item.iter().zip(&interactions.timestamp) {
        let known = &mut oldest[item as usize];
        *known = Some(known.map_or(time, |known| known.min(time)));
    }
    let given = |item: usize| given.and_then(|given| given[item]);
    oldest.iter().enumerate().map(|(item, &oldest)| given(item).or(oldest).unwrap_or(newest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Vocabulary;
    use std::sync::Arc;

    /// Items a (given, and had at 5), b (had at 9 and 4), c (never had), d (given, never had).
    #[test]
    fn given_then_oldest_then_newest() {
        let users = Arc::new(Vocabulary::new(["u", "v"]));
        let items = Arc::new(Vocabulary::new(["a", "b", "c", "d"]));
        let rows = [(0, 0, 5, 0, 0.0), (0, 1, 9, 0, 0.0), (1, 1, 4, 0, 0.0)];
        let data = Interactions::from_rows(users, items, Arc::default(), &rows);
        assert_eq!(creation_times(&data, Some(&[Some(2), None, None, Some(70)])), [2, 4, 9, 70]);
        assert_eq!(creation_times(&data, None), [5, 4, 9, 9]);
        assert_eq!(creation_times(&data.filtered(|_| false), None), [0; 4]);
    }
}
