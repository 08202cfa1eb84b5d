//! Columns that hold JSON or one of a few words.

use super::StoreError;
use crate::domain::{DatasetType, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Json { what, source })
}

pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Json { what, source })
}

pub(super) fn status(text: &str) -> Result<Status, StoreError> {
    Status::parse(text).ok_or_else(|| StoreError::Damaged { what: "a status", value: text.to_owned() })
}

pub(super) fn dataset_type(text: &str) -> Result<DatasetType, StoreError> {
    DatasetType::parse(text)
        .ok_or_else(|| StoreError::Damaged { what: "a dataset type", value: text.to_owned() })
}
