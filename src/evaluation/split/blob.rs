//! A test set at rest.
//!
//! Layout, little-endian: header length (u32), header as JSON, a bit per row (1 = trained on), then per case
//! user, input length and truth length (u32 each), then all truths (u32 an item); then, of a rotation, the fold of each
//! case (u32), and where lists may not hold everything, a bit per item (1 = they may hold it).

use super::{TestCase, TestSet};
use crate::domain::split::SplitSpec;
use serde::{Deserialize, Serialize};

/// The layout above; 1 had neither folds nor candidates.
const FORMAT: u32 = 2;

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    spec: SplitSpec,
    rows: usize,
    cases: usize,
    skipped_users: usize,
    #[serde(default)]
    has_folds: bool,
    /// Items of the catalogue where lists may not hold everything.
    #[serde(default)]
    items: Option<usize>,
}

/// Why a stored test set could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the stored test set ends too early ({0} bytes); cut the test set again")]
    Short(usize),
    #[error("the stored test set's header is damaged ({0}); cut the test set again")]
    Header(#[from] serde_json::Error),
    #[error("the stored test set has format {0}, this program reads {FORMAT}; cut the test set again")]
    Format(u32),
}

impl TestSet {
    /// The set as bytes.
    pub fn to_blob(&self) -> Result<Vec<u8>, BlobError> {
        let header = Header {
            format: FORMAT,
            spec: self.spec.clone(),
            rows: self.train.len(),
            cases: self.cases.len(),
            skipped_users: self.skipped_users,
            has_folds: !self.fold.is_empty(),
            items: self.candidates.as_ref().map(Vec::len),
        };
        let header = serde_json::to_vec(&header)?;
        let mut blob = Vec::with_capacity(header.len() + self.train.len() / 8 + 16 * self.cases.len());
        let number = |blob: &mut Vec<u8>, value: usize| blob.extend((value as u32).to_le_bytes());
        number(&mut blob, header.len());
        blob.extend(header);
        blob.extend(bytes(&self.train));
        for case in &self.cases {
            for value in [case.user as usize, case.input, case.truth.len()] {
                number(&mut blob, value);
            }
        }
        for &item in self.cases.iter().flat_map(|case| &case.truth) {
            number(&mut blob, item as usize);
        }
        for &fold in &self.fold {
            number(&mut blob, usize::from(fold));
        }
        blob.extend(self.candidates.iter().flat_map(|candidates| bytes(candidates)));
        Ok(blob)
    }

    /// Reads what [`Self::to_blob`] wrote.
    pub fn from_blob(blob: &[u8]) -> Result<Self, BlobError> {
        let mut rest = Reader { bytes: blob, total: blob.len() };
        let length = rest.number()?;
        let header: Header = serde_json::from_slice(rest.take(length)?)?;
        if !(1..=FORMAT).contains(&header.format) {
            return Err(BlobError::Format(header.format));
        }
        let train = rest.bits(header.rows)?;
        let heads = rest.numbers(header.cases.saturating_mul(3))?;
        let mut cases = Vec::with_capacity(header.cases);
        for head in heads.chunks_exact(3) {
            let truth = rest.numbers(head[2] as usize)?;
            cases.push(TestCase { user: head[0], input: head[1] as usize, truth });
        }
        let fold = rest.numbers(if header.has_folds { header.cases } else { 0 })?;
        let fold = fold.into_iter().map(|fold| fold as u16).collect();
        let candidates = header.items.map(|items| rest.bits(items)).transpose()?;
        Ok(Self { spec: header.spec, train, cases, fold, skipped_users: header.skipped_users, candidates })
    }
}

/// Eight flags a byte, the first in the lowest bit.
fn bytes(flags: &[bool]) -> impl Iterator<Item = u8> + '_ {
    let byte = |(bit, &flag): (usize, &bool)| u8::from(flag) << bit;
    flags.chunks(8).map(move |chunk| chunk.iter().enumerate().map(byte).sum())
}

struct Reader<'a> {
    bytes: &'a [u8],
    total: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], BlobError> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(BlobError::Short(self.total))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn bits(&mut self, count: usize) -> Result<Vec<bool>, BlobError> {
        let bytes = self.take(count.div_ceil(8))?;
        Ok((0..count).map(|flag| bytes[flag / 8] >> (flag % 8) & 1 == 1).collect())
    }

    fn number(&mut self) -> Result<usize, BlobError> {
        Ok(self.numbers(1)?[0] as usize)
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<u32>, BlobError> {
        let (words, _) = self.take(count.saturating_mul(4))?.as_chunks::<4>();
        Ok(words.iter().map(|&word| u32::from_le_bytes(word)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut;
    use super::*;
    use crate::domain::split::SplitKind;
    use crate::recipes::toy::random_interactions;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_stored_set_is_the_set(users in 0_usize..60, seed: u64, kind in 0_usize..6, folds in 1_u32..4) {
            let data = random_interactions(users, 15, 9, seed);
            let test = cut(&data, &SplitSpec { seed, folds, ..SplitSpec::of(SplitKind::ALL[kind]) });
            let blob = test.to_blob().unwrap();
            prop_assert_eq!(&TestSet::from_blob(&blob).unwrap(), &test);
            // Cut anywhere, it is refused, not misread.
            for length in 0..blob.len() {
                prop_assert!(TestSet::from_blob(&blob[..length]).is_err());
            }
        }
    }

    #[test]
    fn another_format_is_named() {
        let test = cut(&random_interactions(5, 5, 5, 0), &SplitSpec::default());
        let blob = test.to_blob().unwrap();
        let text = String::from_utf8_lossy(&blob[4..]).into_owned();
        assert!(text.starts_with("{\"format\":2,"));
        let mut other = blob;
        other[4 + "{\"format\":".len()] = b'7';
        assert!(matches!(TestSet::from_blob(&other), Err(BlobError::Format(7))));
    }
}
