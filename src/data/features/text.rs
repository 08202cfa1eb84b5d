//! Text as sparse vectors without a model to download: hashed words and pieces of words, weighted by how rare they are
//! (TF-IDF). Fitting and transforming are apart, so that a model keeps what it was fitted with and reads new text by
//! it. Says nothing of meaning: that is left to whoever takes the vectors apart.
//!
//! Sources: Weinberger, Dasgupta, Langford, Smola, Attenberg, "Feature hashing for large scale multitask learning"
//! (ICML 2009), without signs; Salton and Buckley, "Term-weighting approaches in automatic text retrieval" (1988).

use crate::data::hash;
use crate::jobs::{Cancelled, JobContext};
use rayon::prelude::*;

/// Buckets where nothing speaks for another number.
pub const TEXT_BUCKETS: usize = 1 << 15;
/// Characters of the pieces of a word, which has a blank put before and after it.
const PIECES: [usize; 3] = [3, 4, 5];
/// Texts that one task reads, whatever the number of threads.
const TEXTS_AT_ONCE: usize = 64;
/// Keeps a short word apart from the piece that has the same letters.
const WORD: u64 = 1;
const PIECE: u64 = 2;

/// How much each hashed term weighs. Stored models depend on the hash, which must not change.
#[derive(Debug, Clone, PartialEq)]
pub struct TextWeights {
    /// `ln((1 + n) / (1 + texts with the term)) + 1` of `n` texts; 0 where none has the term, so that what was never
    /// seen is passed over. `[buckets]`.
    pub idf: Vec<f32>,
}

/// Rows of a sparse matrix, columns ascending; eight bytes an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseRows {
    pub columns: usize,
    /// The entries of row `r` are `offsets[r]..offsets[r + 1]`; `[rows + 1]`.
    pub offsets: Vec<usize>,
    pub indices: Vec<u32>,
    pub values: Vec<f32>,
}

impl TextWeights {
    /// Learns from texts in how many of them each term stands; terms fall into so many buckets (at least one).
    pub fn fit<T: AsRef<str> + Sync>(
        texts: &[T],
        buckets: usize,
        job: &JobContext,
    ) -> Result<Self, Cancelled> {
        let buckets = buckets.max(1);
        let none = || vec![0_u32; buckets];
        // Whole numbers, so the order in which threads add them up does not matter.
        let found = texts
            .par_chunks(TEXTS_AT_ONCE)
            .try_fold(none, |mut found, texts| {
                job.check()?;
                let mut terms = Terms::default();
                for text in texts {
                    for &(bucket, _) in terms.count(text.as_ref(), buckets) {
                        found[bucket as usize] += 1;
                    }
                }
                Ok::<_, Cancelled>(found)
            })
            .try_reduce(none, |mut left, right| {
                left.iter_mut().zip(right).for_each(|(left, right)| *left += right);
                Ok(left)
            })?;
        let n = texts.len() as f64;
        let idf = |found: u32| ((1.0 + n) / (1.0 + f64::from(found))).ln() + 1.0;
        Ok(Self {
            idf: found.into_iter().map(|found| if found == 0 { 0.0 } else { idf(found) as f32 }).collect(),
        })
    }

    /// Vectors of length 1, or 0 where a text has no known term: a term that occurs `t` times weighs `(1 + ln t)·idf`.
    /// `[texts, buckets]`.
    pub fn transform<T: AsRef<str> + Sync>(
        &self,
        texts: &[T],
        job: &JobContext,
    ) -> Result<SparseRows, Cancelled> {
        let chunks: Vec<SparseRows> = texts
            .par_chunks(TEXTS_AT_ONCE)
            .map(|texts| {
                job.check()?;
                let mut terms = Terms::default();
                let mut rows = SparseRows::none(self.idf.len());
                for text in texts {
                    rows.push_unit(terms.count(text.as_ref(), self.idf.len()), &self.idf);
                }
                Ok(rows)
            })
            .collect::<Result<_, Cancelled>>()?;
        let mut rows = SparseRows::none(self.idf.len());
        rows.offsets.reserve(texts.len());
        let entries = chunks.iter().map(|chunk| chunk.indices.len()).sum();
        rows.indices.reserve(entries);
        rows.values.reserve(entries);
        for chunk in chunks {
            let first = rows.indices.len();
            rows.offsets.extend(chunk.offsets[1..].iter().map(|end| first + end));
            rows.indices.extend(chunk.indices);
            rows.values.extend(chunk.values);
        }
        Ok(rows)
    }
}

impl SparseRows {
    fn none(columns: usize) -> Self {
        Self { columns, offsets: vec![0], indices: Vec::new(), values: Vec::new() }
    }

    /// Columns and values of a row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, f32)> {
        let entries = self.offsets[row]..self.offsets[row + 1];
        self.indices[entries.clone()].iter().copied().zip(self.values[entries].iter().copied())
    }

    fn push_unit(&mut self, counts: &[(u32, u32)], idf: &[f32]) {
        let first = self.values.len();
        for &(bucket, count) in counts.iter().filter(|(bucket, _)| idf[*bucket as usize] > 0.0) {
            self.indices.push(bucket);
            self.values.push((1.0 + f64::from(count).ln()) as f32 * idf[bucket as usize]);
        }
        let row = &mut self.values[first..];
        let length = row.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
        for value in row {
            *value = (f64::from(*value) / length) as f32;
        }
        self.offsets.push(self.values.len());
    }
}

/// The terms of one text after the other.
#[derive(Default)]
struct Terms {
    /// A word with a blank on either side.
    padded: String,
    /// Where its characters begin, and its end.
    starts: Vec<usize>,
    buckets: Vec<u32>,
    counts: Vec<(u32, u32)>,
}

impl Terms {
    /// The buckets of a text's terms, ascending, each with how often it occurs. Words are runs of letters and digits in
    /// lower case.
    fn count(&mut self, text: &str, buckets: usize) -> &[(u32, u32)] {
        self.buckets.clear();
        let text = text.to_lowercase();
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            self.buckets.push(bucket(WORD, word, buckets));
            self.padded.clear();
            self.padded.extend([" ", word, " "]);
            self.starts.clear();
            self.starts.extend(self.padded.char_indices().map(|(start, _)| start));
            self.starts.push(self.padded.len());
            for length in PIECES {
                let pieces = self.starts.windows(length + 1);
                self.buckets.extend(
                    pieces.map(|starts| bucket(PIECE, &self.padded[starts[0]..starts[length]], buckets)),
                );
            }
        }
        self.buckets.sort_unstable();
        self.counts.clear();
        self.counts.extend(
            self.buckets.chunk_by(|left, right| left == right).map(|same| (same[0], same.len() as u32)),
        );
        &self.counts
    }
}

fn bucket(kind: u64, term: &str, buckets: usize) -> u32 {
    let hash = hash::fold(hash::text(term), kind);
    // The upper half, which the folding has stirred best, scaled to the buckets.
    ((u128::from(hash) * buckets as u128) >> 64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> JobContext {
        JobContext::default()
    }

    fn cosine(rows: &SparseRows, left: usize, right: usize) -> f32 {
        let right: std::collections::BTreeMap<u32, f32> = rows.row(right).collect();
        rows.row(left).filter_map(|(column, value)| Some(value * right.get(&column)?)).sum()
    }

    /// "Ab, a" has the words `ab` and `a`; pieces of ` ab `: ` ab`, `ab `, ` ab `; of ` a `: ` a `.
    #[test]
    fn terms_are_words_and_pieces_in_lower_case() {
        let buckets = 1 << 30;
        let mut expected = vec![
            bucket(WORD, "ab", buckets),
            bucket(WORD, "a", buckets),
            bucket(PIECE, " ab", buckets),
            bucket(PIECE, "ab ", buckets),
            bucket(PIECE, " ab ", buckets),
            bucket(PIECE, " a ", buckets),
        ];
        expected.sort_unstable();
        let counts: Vec<(u32, u32)> = expected.into_iter().map(|bucket| (bucket, 1)).collect();
        let mut terms = Terms::default();
        assert_eq!(terms.count("Ab, a", buckets), counts);
        assert!(terms.count(" -- ", buckets).is_empty());
        // Characters, not bytes: ` äöü ` has three pieces of three, two of four and one of five.
        assert_eq!(terms.count("äöü", buckets).len(), 1 + 3 + 2 + 1);
        assert!(terms.count("a a A", buckets).iter().all(|(_, count)| *count == 3));
    }

    /// Two texts: `aa` stands in both (idf ln(3/3) + 1 = 1), `bb` in one (ln(3/2) + 1), `cc` in none.
    #[test]
    fn weights_follow_the_formula() {
        let weights = TextWeights::fit(&["aa aa", "aa bb"], 1 << 20, &job()).unwrap();
        let idf = |word: &str| weights.idf[bucket(WORD, word, 1 << 20) as usize];
        assert_eq!((idf("aa"), idf("cc")), (1.0, 0.0));
        assert!((idf("bb") - 1.405_465).abs() < 1e-6);

        let rows = weights.transform(&["aa aa", "cc", "", "bb"], &job()).unwrap();
        assert_eq!(rows.offsets.len(), 5);
        // Word and three pieces, each weighing (1 + ln 2) · 1, make a vector of length 1 of equal parts.
        let first: Vec<f32> = rows.row(0).map(|(_, value)| value).collect();
        assert_eq!(first, [0.5; 4]);
        assert_eq!((rows.row(1).count(), rows.row(2).count(), rows.row(3).count()), (0, 0, 4));
    }

    #[test]
    fn alike_texts_are_near_and_typing_errors_forgiven() {
        let texts = [
            "A ship's captain hunts a white whale across the oceans",
            "The captain of a ship hunts the great white whale on every ocean",
            "A shpi's captian hunts a whitte whale across teh oceans",
            "Two detectives investigate a murder in a snowed-in hotel",
        ];
        let rows = TextWeights::fit(&texts, TEXT_BUCKETS, &job()).unwrap().transform(&texts, &job()).unwrap();
        let (near, misspelt, far) = (cosine(&rows, 0, 1), cosine(&rows, 0, 2), cosine(&rows, 0, 3));
        assert!((cosine(&rows, 0, 0) - 1.0).abs() < 1e-5);
        assert!(near > 3.0 * far && misspelt > 3.0 * far, "{near} {misspelt} {far}");
    }

    #[test]
    fn the_same_bits_on_one_and_two_threads_and_an_end_when_cancelled() {
        let texts: Vec<String> = (0..500)
            .map(|text| format!("word{} and word{} of {}", text % 7, text % 31, text * text))
            .collect();
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let weights = TextWeights::fit(&texts, 1 << 12, &job()).unwrap();
                let rows = weights.transform(&texts, &job()).unwrap();
                (weights, rows)
            })
        };
        assert!(on(1) == on(2));
        let cancelled = job();
        cancelled.cancel();
        assert!(TextWeights::fit(&texts, 8, &cancelled).is_err());
    }
}
