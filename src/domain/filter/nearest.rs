//! The word that a misspelt one may have been meant to be.

/// The most like of some words where one is like it: at most two letters added, lost, changed or swapped, and at most
/// one in three. Case is ignored.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded: Vec<char> = word.to_uppercase().chars().collect();
    let most = (folded.len() / 3).clamp(1, 2);
    let near = known.into_iter().filter_map(|known| {
        let other: Vec<char> = known.to_uppercase().chars().collect();
        let steps = steps(&folded, &other);
        (steps <= most).then_some((steps, known))
    });
    near.min_by_key(|(steps, _)| *steps).map(|(_, known)| known)
}

/// The least number of letters to add, lose, change or swap with the next to make one word of the other (the optimal
/// string alignment distance).
fn steps(a: &[char], b: &[char]) -> usize {
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(a[i - 1] != b[j - 1]);
                let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_hand_are_seen_through() {
        let words = ["INCLUDE", "EXCLUDE", "WHERE"];
        assert_eq!(nearest("exlcude", words), Some("EXCLUDE"));
        assert_eq!(nearest("were", words), Some("WHERE"));
        assert_eq!(nearest("Action", ["Actions", "Interactions"]), Some("Actions"));
        assert_eq!(nearest("SELECT", words), None);
        assert_eq!(nearest("YR", ["YEAR", "PRICE"]), None);
    }
}
