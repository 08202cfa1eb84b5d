//! A model at rest: tensors as safetensors, everything else as JSON.

use pulp::bytemuck::cast_slice;
use safetensors::{Dtype, SafeTensorError, SafeTensors, View};
use serde::{Serialize, de::DeserializeOwned};
use std::borrow::Cow;

/// A saved model.
#[derive(Debug, Clone, PartialEq)]
pub struct Artifact {
    /// A safetensors file.
    pub tensors: Vec<u8>,
    /// The recipe's own settings and small facts.
    pub json: String,
}

/// Why a saved model could not be read, or a model not be saved.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    #[error("the model's settings are damaged: {0}; train the version again")]
    Json(#[from] serde_json::Error),
    #[error("the model's tensors are damaged: {0}; train the version again")]
    Tensors(#[from] SafeTensorError),
    #[error(
        "the model has no tensor `{0}`; it was written by another version of the program: train it again"
    )]
    Missing(String),
    #[error(
        "the model's tensor `{name}` holds {found:?} where {expected:?} belongs; train the version again"
    )]
    WrongType { name: String, found: Dtype, expected: Dtype },
    #[error("the model's tensor `{name}` {what}; train the version again")]
    Inconsistent { name: String, what: String },
}

const _: () = assert!(cfg!(target_endian = "little"), "values are written as they lie, lowest byte first");

/// The values of a tensor to save, one-dimensional.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    U8(&'a [u8]),
    U32(&'a [u32]),
    I64(&'a [i64]),
    F32(&'a [f32]),
}

struct Column<'a> {
    values: Values<'a>,
    shape: [usize; 1],
}

impl View for Column<'_> {
    fn dtype(&self) -> Dtype {
        match self.values {
            Values::U8(_) => Dtype::U8,
            Values::U32(_) => Dtype::U32,
            Values::I64(_) => Dtype::I64,
            Values::F32(_) => Dtype::F32,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        // As they lie: a copy of a large tensor would be as much memory again.
        Cow::Borrowed(match self.values {
            Values::U8(values) => values,
            Values::U32(values) => cast_slice(values),
            Values::I64(values) => cast_slice(values),
            Values::F32(values) => cast_slice(values),
        })
    }

    fn data_len(&self) -> usize {
        self.shape[0]
            * match self.values {
                Values::U8(_) => 1,
                Values::U32(_) | Values::F32(_) => 4,
                Values::I64(_) => 8,
            }
    }
}

impl Artifact {
    /// Settings and tensors as they are written.
    pub fn new<T: Serialize>(settings: &T, tensors: &[(&str, Values<'_>)]) -> Result<Self, ArtifactError> {
        let columns = tensors.iter().map(|&(name, values)| {
            let len = match values {
                Values::U8(values) => values.len(),
                Values::U32(values) => values.len(),
                Values::I64(values) => values.len(),
                Values::F32(values) => values.len(),
            };
            (name, Column { values, shape: [len] })
        });
        Ok(Self { tensors: safetensors::serialize(columns, None)?, json: serde_json::to_string(settings)? })
    }

    /// The settings, typed.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, ArtifactError> {
        Ok(serde_json::from_str(&self.json)?)
    }

    /// The tensors, by name.
    pub fn tensors(&self) -> Result<Tensors<'_>, ArtifactError> {
        Tensors::of(&self.tensors)
    }
}

/// The tensors of a saved model.
pub struct Tensors<'a>(SafeTensors<'a>);

impl<'a> Tensors<'a> {
    /// Those of a safetensors file.
    pub fn of(file: &'a [u8]) -> Result<Self, ArtifactError> {
        Ok(Self(SafeTensors::deserialize(file)?))
    }
}

impl Tensors<'_> {
    pub fn u8(&self, name: &str) -> Result<Vec<u8>, ArtifactError> {
        self.read(name, Dtype::U8, u8::from_le_bytes)
    }

    pub fn u32(&self, name: &str) -> Result<Vec<u32>, ArtifactError> {
        self.read(name, Dtype::U32, u32::from_le_bytes)
    }

    pub fn i64(&self, name: &str) -> Result<Vec<i64>, ArtifactError> {
        self.read(name, Dtype::I64, i64::from_le_bytes)
    }

    pub fn f32(&self, name: &str) -> Result<Vec<f32>, ArtifactError> {
        self.read(name, Dtype::F32, f32::from_le_bytes)
    }

    fn read<T, const BYTES: usize>(
        &self,
        name: &str,
        expected: Dtype,
        convert: fn([u8; BYTES]) -> T,
    ) -> Result<Vec<T>, ArtifactError> {
        let tensor = self.0.tensor(name).map_err(|error| match error {
            SafeTensorError::TensorNotFound(name) => ArtifactError::Missing(name),
            other => ArtifactError::Tensors(other),
        })?;
        if tensor.dtype() != expected {
            return Err(ArtifactError::WrongType { name: name.to_owned(), found: tensor.dtype(), expected });
        }
        Ok(tensor.data().as_chunks().0.iter().map(|&bytes| convert(bytes)).collect())
    }
}

/// Refuses a tensor of another length than the model's other parts say.
pub fn expect_len(name: &str, found: usize, expected: usize) -> Result<(), ArtifactError> {
    if found == expected {
        return Ok(());
    }
    Err(inconsistent(name, format!("has {found} values where {expected} belong")))
}

/// Refuses indices that point outside what they index.
pub fn expect_below(name: &str, indices: &[u32], bound: usize) -> Result<(), ArtifactError> {
    match indices.iter().find(|&&index| index as usize >= bound) {
        None => Ok(()),
        Some(index) => Err(inconsistent(name, format!("has index {index} where less than {bound} belongs"))),
    }
}

/// A tensor that does not fit the rest of its model.
pub fn inconsistent(name: &str, what: impl Into<String>) -> ArtifactError {
    ArtifactError::Inconsistent { name: name.to_owned(), what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_come_back_bit_for_bit() {
        let floats = [0.0_f32, -0.0, f32::MIN_POSITIVE, f32::NEG_INFINITY, 1.0 / 3.0];
        let artifact = Artifact::new(
            &"settings",
            &[
                ("a", Values::U32(&[0, u32::MAX])),
                ("b", Values::I64(&[i64::MIN, 7])),
                ("c", Values::F32(&floats)),
                ("empty", Values::U32(&[])),
            ],
        )
        .unwrap();
        assert_eq!(artifact.settings::<String>().unwrap(), "settings");
        let tensors = artifact.tensors().unwrap();
        assert_eq!(tensors.u32("a").unwrap(), [0, u32::MAX]);
        assert_eq!(tensors.i64("b").unwrap(), [i64::MIN, 7]);
        let back = tensors.f32("c").unwrap();
        assert!(back.iter().zip(&floats).all(|(a, b)| a.to_bits() == b.to_bits()));
        assert!(tensors.u32("empty").unwrap().is_empty());
    }

    #[test]
    fn damage_is_named() {
        let mut artifact = Artifact::new(&1, &[("a", Values::U32(&[1, 2]))]).unwrap();
        let tensors = artifact.tensors().unwrap();
        assert!(tensors.f32("a").unwrap_err().to_string().contains("`a`"));
        assert!(matches!(tensors.u32("b"), Err(ArtifactError::Missing(name)) if name == "b"));
        artifact.tensors.truncate(artifact.tensors.len() - 1);
        assert!(matches!(artifact.tensors(), Err(ArtifactError::Tensors(_))));
        assert!(expect_below("a", &[1, 2], 2).unwrap_err().to_string().contains("index 2"));
        assert!(expect_len("a", 2, 3).is_err());
    }
}
