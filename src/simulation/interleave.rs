//! Two lists or more become one, and each item of it is credited to the list it came from.

use super::thompson::uniform;
use crate::evaluation::Stream;

/// Takes an interleaved list of `k` items from arms' lists, best first: the items, and the arm credited with each.
///
/// Team draft (Radlinski, Kurup and Joachims 2008; for more than two, Schuth et al. 2014): in rounds, in an order drawn
/// for each round, every arm adds its best item that is not there yet.
pub fn team_draft(
    lists: &[&[u32]],
    k: usize,
    stream: &mut Stream,
    items: &mut Vec<u32>,
    credits: &mut Vec<u8>,
) {
    items.clear();
    credits.clear();
    let mut next = vec![0; lists.len()];
    let mut order: Vec<usize> = (0..lists.len()).collect();
    while items.len() < k {
        shuffle(&mut order, stream);
        let before = items.len();
        for &arm in &order {
            if items.len() < k {
                take_next(lists[arm], &mut next[arm], arm, items, credits);
            }
        }
        if items.len() == before {
            return;
        }
    }
}

/// Balanced interleaving (Joachims 2003): the arms take turns in one order, drawn for the list; an arm's turn that brings
/// an item already there adds nothing. An item is credited to the arm that ranks it highest, the one first in the order
/// where several do.
pub fn balanced(
    lists: &[&[u32]],
    k: usize,
    stream: &mut Stream,
    items: &mut Vec<u32>,
    credits: &mut Vec<u8>,
) {
    items.clear();
    credits.clear();
    let mut order: Vec<usize> = (0..lists.len()).collect();
    shuffle(&mut order, stream);
    let longest = lists.iter().map(|list| list.len()).max().unwrap_or_default();
    for rank in 0..longest {
        for &arm in &order {
            let Some(&item) = lists[arm].get(rank) else { continue };
            if items.len() < k && !items.contains(&item) {
                items.push(item);
                credits.push(arm as u8);
            }
        }
    }
}

fn take_next(list: &[u32], next: &mut usize, arm: usize, items: &mut Vec<u32>, credits: &mut Vec<u8>) {
    while let Some(&item) = list.get(*next) {
        *next += 1;
        if !items.contains(&item) {
            items.push(item);
            credits.push(arm as u8);
            return;
        }
    }
}

fn shuffle(order: &mut [usize], stream: &mut Stream) {
    for last in (1..order.len()).rev() {
        let other = (uniform(stream) * (last + 1) as f64) as usize;
        order.swap(last, other.min(last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(
        interleave: impl Fn(&[&[u32]], usize, &mut Stream, &mut Vec<u32>, &mut Vec<u8>),
        lists: &[&[u32]],
        k: usize,
    ) -> Vec<(Vec<u32>, Vec<u8>)> {
        let made = (0..200).map(|draw| {
            let (mut items, mut credits) = (Vec::new(), Vec::new());
            interleave(lists, k, &mut Stream::new(3, draw), &mut items, &mut credits);
            (items, credits)
        });
        let mut made: Vec<_> = made.collect();
        made.sort();
        made.dedup();
        made
    }

    /// Of a b c and b d a, four places: the first round gives a b or b a; in the second the first list has c, the second d.
    #[test]
    fn team_draft_by_hand() {
        let found = all(team_draft, &[&[0, 1, 2], &[1, 3, 0]], 4);
        let expected = [
            (vec![0, 1, 2, 3], vec![0, 1, 0, 1]),
            (vec![0, 1, 3, 2], vec![0, 1, 1, 0]),
            (vec![1, 0, 2, 3], vec![1, 0, 0, 1]),
            (vec![1, 0, 3, 2], vec![1, 0, 1, 0]),
        ];
        assert_eq!(found, expected);
    }

    /// The same lists balanced: a b d c, or b a d c; b of the second round is there already.
    #[test]
    fn balanced_by_hand() {
        let found = all(balanced, &[&[0, 1, 2], &[1, 3, 0]], 4);
        assert_eq!(found, [(vec![0, 1, 3, 2], vec![0, 1, 1, 0]), (vec![1, 0, 3, 2], vec![1, 0, 1, 0])]);
    }

    #[test]
    fn a_list_that_ends_leaves_its_turns_to_the_other() {
        assert!(all(team_draft, &[&[7], &[8, 9]], 5).iter().all(|(items, _)| items.len() == 3));
        assert!(all(team_draft, &[&[], &[]], 5).iter().all(|(items, _)| items.is_empty()));
    }

    /// Equal lists: each arm is credited with half of the items at every place.
    #[test]
    fn equal_lists_are_credited_alike() {
        let list: Vec<u32> = (0..10).collect();
        for interleave in [team_draft, balanced] {
            let (mut items, mut credits) = (Vec::new(), Vec::new());
            let mut first = [0_u32; 10];
            for draw in 0..4_000 {
                interleave(&[&list, &list], 10, &mut Stream::new(5, draw), &mut items, &mut credits);
                assert_eq!(items, list);
                first.iter_mut().zip(&credits).for_each(|(count, &arm)| *count += u32::from(arm == 0));
            }
            assert!(first.iter().all(|&count| (1_850..2_150).contains(&count)), "{first:?}");
        }
    }
}
