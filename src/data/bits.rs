//! A set of rows, a bit each.

/// Bits of a word.
const WORD: usize = 64;

/// Which of `len` rows are in a set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits {
    /// Row `r` is bit `r % 64` of word `r / 64`; bits beyond the last row are zero.
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// None of `len` rows.
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(WORD)], len }
    }

    /// All of `len` rows.
    pub fn all(len: usize) -> Self {
        let mut bits = Self::none(len);
        bits.fill();
        bits
    }

    /// Rows there are, in the set or not.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Rows in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn contains(&self, row: u32) -> bool {
        let row = row as usize;
        row < self.len && self.words[row / WORD] >> (row % WORD) & 1 == 1
    }

    pub fn insert(&mut self, row: u32) {
        self.words[row as usize / WORD] |= 1 << (row as usize % WORD);
    }

    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    pub fn fill(&mut self) {
        self.words.fill(u64::MAX);
        let beyond = self.words.len() * WORD - self.len;
        if let Some(last) = self.words.last_mut() {
            *last >>= beyond;
        }
    }

    /// Becomes a set over the rows of another that holds what `other` does.
    pub fn copy_from(&mut self, other: &Self) {
        self.words.clone_from(&other.words);
        self.len = other.len;
    }

    /// Leaves only what is in both.
    pub fn keep_common(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Adds what is in the other.
    pub fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Takes out what is in the other.
    pub fn take_out(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// The rows in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(place, &word)| {
            let rest = |word: u64| Some(word & (word - 1)).filter(|word| *word != 0);
            let first = Some(word).filter(|word| *word != 0);
            std::iter::successors(first, move |&word| rest(word))
                .map(move |word| (place * WORD) as u32 + word.trailing_zeros())
        })
    }

    /// The rows as bits: row `r` is bit `r % 64` of word `r / 64`, and bits beyond the last row are zero.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(rows: I) -> Self {
        let mut bits = Self::default();
        for is_in in rows {
            if bits.len.is_multiple_of(WORD) {
                bits.words.push(0);
            }
            bits.len += 1;
            if is_in {
                bits.insert(bits.len as u32 - 1);
            }
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_what_their_rows_say() {
        for len in [0_usize, 1, 63, 64, 65, 200] {
            let thirds: Bits = (0..len).map(|row| row % 3 == 0).collect();
            let halves: Bits = (0..len).map(|row| row % 2 == 0).collect();
            let rows =
                |keep: &dyn Fn(u32) -> bool| (0..len as u32).filter(|row| keep(*row)).collect::<Vec<_>>();
            assert_eq!(thirds.iter().collect::<Vec<_>>(), rows(&|row| row % 3 == 0));
            assert_eq!((thirds.count(), thirds.len()), (len.div_ceil(3), len));
            let with = |change: fn(&mut Bits, &Bits)| {
                let mut bits = thirds.clone();
                change(&mut bits, &halves);
                bits.iter().collect::<Vec<_>>()
            };
            assert_eq!(with(Bits::keep_common), rows(&|row| row % 6 == 0));
            assert_eq!(with(Bits::add), rows(&|row| row % 3 == 0 || row % 2 == 0));
            assert_eq!(with(Bits::take_out), rows(&|row| row % 3 == 0 && row % 2 != 0));
            assert_eq!(Bits::all(len).count(), len);
            assert!(!Bits::all(len).contains(len as u32));
        }
    }
}
