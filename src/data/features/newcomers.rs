//! Users whom the Users dataset describes though they have done nothing yet.

use super::metadata::sources;
use super::{Features, encode_columns};
use crate::data::{Table, Vocabulary};
use crate::domain::schema::Schema;

/// Metadata of the users of a Users dataset who have no interactions. They have no index, and their values have indices
/// of their own: a model reads them by name.
#[derive(Debug, Clone)]
pub struct Newcomers {
    ids: Vocabulary,
    /// A row an id.
    features: Features,
}

/// One row of metadata, read by the names of columns and values.
#[derive(Debug, Clone, Copy)]
pub struct FeatureRow<'a> {
    features: &'a Features,
    row: usize,
}

impl Newcomers {
    /// The users of a table whom `known` lacks. Which columns say something is decided over the whole table, because
    /// one newcomer alone would vary in nothing.
    pub fn encode(table: &Table, schema: &Schema, known: &Vocabulary) -> Self {
        let ids = table.strings("USER_ID").into_iter().flat_map(|column| column.iter().flatten());
        let ids = Vocabulary::new(ids.filter(|id| known.index(id).is_none()));
        let all: Vec<u32> = (0..table.rows() as u32).collect();
        let features = encode_columns(table, schema, &all).take(&sources(table, "USER_ID", &ids));
        Self { ids, features }
    }

    /// All but the columns of those names.
    #[must_use]
    pub fn without(self, columns: &[&str]) -> Self {
        Self { features: self.features.without(columns), ..self }
    }

    /// What is said of a user, where they are one of these.
    pub fn find(&self, id: &str) -> Option<FeatureRow<'_>> {
        self.ids.index(id).map(|row| FeatureRow { features: &self.features, row: row as usize })
    }
}

impl<'a> FeatureRow<'a> {
    /// The values in a categorical column; none where there is no such column.
    pub fn categories(self, column: &str) -> impl Iterator<Item = &'a str> {
        let feature = self.features.categorical.iter().find(|feature| feature.name == column);
        feature
            .into_iter()
            .flat_map(move |feature| feature.of(self.row).iter().map(|&value| feature.values.id(value)))
    }

    /// The number in a numeric column; `None` where it is missing or there is no such column.
    pub fn number(self, column: &str) -> Option<f32> {
        let feature = self.features.numeric.iter().find(|feature| feature.name == column)?;
        Some(feature.values[self.row]).filter(|value| !value.is_nan())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatasetType;
    use crate::domain::schema::{FieldRole, FieldType, SchemaField};
    use polars::df;

    /// Users u, v and w, of whom v is known already; both others are 30, and v is not.
    #[test]
    fn those_without_interactions_are_read_by_name() {
        let frame = df!(
            "USER_ID" => ["w", "v", "u"],
            "HOBBIES" => [Some("chess|art"), Some("golf"), None],
            "AGE" => [30_i32, 31, 30],
        );
        let field =
            |name: &str, kind, role| SchemaField { name: name.to_owned(), kind, nullable: true, role };
        let schema = Schema {
            dataset: DatasetType::Users,
            fields: vec![
                field("HOBBIES", FieldType::String, FieldRole::Categorical),
                field("AGE", FieldType::Int, FieldRole::Plain),
            ],
        };
        let newcomers = Newcomers::encode(&Table::new(frame.unwrap()), &schema, &Vocabulary::new(["a", "v"]));
        assert!(newcomers.find("v").is_none() && newcomers.find("a").is_none());
        let (u, w) = (newcomers.find("u").unwrap(), newcomers.find("w").unwrap());
        assert_eq!(w.categories("HOBBIES").collect::<Vec<_>>(), ["art", "chess"]);
        assert_eq!((u.categories("HOBBIES").count(), w.categories("AGE").count()), (0, 0));
        assert_eq!((u.number("AGE"), w.number("AGE"), w.number("HOBBIES")), (Some(30.0), Some(30.0), None));
    }
}
