//! Tables become features: each metadata column by its type and role.

use super::{CategoricalFeature, Features, LeftOut, NumericFeature, Reason, TextFeature};
use crate::data::Table;
use crate::data::codes::MISSING;
use crate::domain::limits::MIN_TEXT_COMPLETENESS;
use crate::domain::schema::{FieldRole, FieldType, Schema, SchemaField};
use rayon::prelude::*;

/// A column encoded, or why not.
enum Encoded {
    Categorical(CategoricalFeature),
    Numeric(NumericFeature),
    Text(TextFeature),
    LeftOut(Reason),
    /// A string for filters and display only.
    NotForTraining,
}

/// Encodes the metadata columns that a schema names. Row `r` of the features is row `sources[r]` of the table, or has
/// no values where that is [`MISSING`]. Reserved columns are no metadata.
pub(in crate::data) fn encode_columns(table: &Table, schema: &Schema, sources: &[u32]) -> Features {
    let fields: Vec<&SchemaField> = schema.metadata().collect();
    let encoded: Vec<Encoded> =
        fields.par_iter().with_max_len(1).map(|field| encode_column(table, field, sources)).collect();
    let mut features = Features::none(sources.len());
    for (field, encoded) in fields.iter().zip(encoded) {
        match encoded {
            Encoded::Categorical(feature) => features.categorical.push(feature),
            Encoded::Numeric(feature) => features.numeric.push(feature),
            Encoded::Text(feature) => features.text.push(feature),
            Encoded::LeftOut(reason) => {
                features.left_out.push(LeftOut { column: field.name.clone(), reason });
            }
            Encoded::NotForTraining => {}
        }
    }
    features
}

fn encode_column(table: &Table, field: &SchemaField, sources: &[u32]) -> Encoded {
    let name = field.name.as_str();
    match (field.kind, field.role) {
        (FieldType::String, FieldRole::Categorical) => {
            let Some(column) = table.strings(name) else { return Encoded::NotForTraining };
            let feature = CategoricalFeature::encode(name, column, sources);
            let varies = varies(sources, |row| feature.of(row));
            if varies { Encoded::Categorical(feature) } else { Encoded::LeftOut(Reason::NoVariation) }
        }
        (FieldType::String, FieldRole::Textual) => {
            let Some(column) = table.strings(name) else { return Encoded::NotForTraining };
            let (feature, filled) = TextFeature::encode(name, column, sources);
            let rows = table.rows();
            if (filled as f64) < MIN_TEXT_COMPLETENESS * rows as f64 {
                return Encoded::LeftOut(Reason::Incomplete { filled, rows });
            }
            let varies = varies(sources, |row| feature.of(row));
            if varies { Encoded::Text(feature) } else { Encoded::LeftOut(Reason::NoVariation) }
        }
        (FieldType::String, FieldRole::Plain | FieldRole::ItemName) => Encoded::NotForTraining,
        _ => {
            let Some(feature) = NumericFeature::encode(table, name, sources) else {
                return Encoded::NotForTraining;
            };
            // By bits, because a missing number is NaN, which equals nothing.
            let varies = varies(sources, |row| feature.values[row].to_bits());
            if varies { Encoded::Numeric(feature) } else { Encoded::LeftOut(Reason::NoVariation) }
        }
    }
}

/// Whether two rows that the table has differ.
fn varies<T: PartialEq>(sources: &[u32], value: impl Fn(usize) -> T) -> bool {
    let mut present = (0..sources.len()).filter(|&row| sources[row] != MISSING).map(value);
    let Some(first) = present.next() else { return false };
    present.any(|other| other != first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatasetType;
    use polars::df;

    fn field(name: &str, kind: FieldType, role: FieldRole) -> SchemaField {
        SchemaField { name: name.into(), kind, nullable: true, role }
    }

    /// Items x, y, z, of which y and x are encoded, then one that the table lacks.
    #[test]
    fn each_column_goes_where_its_type_and_role_say() {
        let frame = df!(
            "ITEM_ID" => ["x", "y", "z"],
            "GENRES" => ["b|a", "a", "c"],
            "PRICE" => [Some(1.5_f64), None, Some(3.0)],
            "ADULT" => [true, false, true],
            "PLOT" => ["one", "two", "three"],
            "LABEL" => ["l", "m", "n"],
            "TITLE" => ["t", "u", "v"],
            "SAME" => ["s", "s", "other"],
            "FLAT" => [2_i32, 2, 3],
            "EMPTY" => [None::<&str>; 3],
            "CREATION_TIMESTAMP" => [1_i64, 2, 3],
        );
        let schema = Schema {
            dataset: DatasetType::Items,
            fields: vec![
                field("ITEM_ID", FieldType::String, FieldRole::Plain),
                field("GENRES", FieldType::String, FieldRole::Categorical),
                field("PRICE", FieldType::Double, FieldRole::Plain),
                field("ADULT", FieldType::Boolean, FieldRole::Plain),
                field("PLOT", FieldType::String, FieldRole::Textual),
                field("LABEL", FieldType::String, FieldRole::Plain),
                field("TITLE", FieldType::String, FieldRole::ItemName),
                field("SAME", FieldType::String, FieldRole::Categorical),
                field("FLAT", FieldType::Int, FieldRole::Plain),
                field("EMPTY", FieldType::String, FieldRole::Categorical),
                field("CREATION_TIMESTAMP", FieldType::Long, FieldRole::Plain),
                field("GONE", FieldType::Float, FieldRole::Plain),
            ],
        };
        let features = encode_columns(&Table::new(frame.unwrap()), &schema, &[1, 0, MISSING]);
        assert_eq!(features.rows, 3);
        assert_eq!(features.names().collect::<Vec<_>>(), ["GENRES", "PRICE", "ADULT", "PLOT"]);
        let genres: Vec<&[u32]> = (0..3).map(|row| features.categorical[0].of(row)).collect();
        assert_eq!(genres, [&[0][..], &[0, 1], &[]]);
        assert!(features.numeric[0].values[0].is_nan() && features.numeric[0].values[2].is_nan());
        assert_eq!(features.numeric[0].values[1], 1.5);
        assert_eq!(features.numeric[1].values[..2], [0.0, 1.0]);
        assert_eq!(features.text[0].of(1), Some("one"));
        // The two items encoded agree in SAME and FLAT; that the third has no row is no difference.
        let left_out: Vec<(&str, Reason)> =
            features.left_out.iter().map(|one| (one.column.as_str(), one.reason)).collect();
        assert_eq!(left_out, ["SAME", "FLAT", "EMPTY"].map(|name| (name, Reason::NoVariation)));
    }

    #[test]
    fn a_missing_cell_is_a_difference() {
        let frame =
            df!("USER_ID" => ["a", "b"], "PROMOTED" => [Some("Y"), None], "AGE" => [Some(3_i32), None]);
        let schema = Schema {
            dataset: DatasetType::Users,
            fields: vec![
                field("PROMOTED", FieldType::String, FieldRole::Categorical),
                field("AGE", FieldType::Int, FieldRole::Plain),
            ],
        };
        let features = encode_columns(&Table::new(frame.unwrap()), &schema, &[0, 1]);
        assert_eq!(features.names().collect::<Vec<_>>(), ["PROMOTED", "AGE"]);
    }

    /// 17 of 20 is 85 %, which is enough; 16 is not.
    #[test]
    fn text_must_be_85_percent_complete() {
        let with = |filled: usize| {
            let texts: Vec<Option<String>> =
                (0..20).map(|row| (row < filled).then(|| format!("text {row}"))).collect();
            let schema = Schema {
                dataset: DatasetType::Items,
                fields: vec![field("PLOT", FieldType::String, FieldRole::Textual)],
            };
            let sources: Vec<u32> = (0..20).collect();
            encode_columns(&Table::new(df!("PLOT" => texts).unwrap()), &schema, &sources)
        };
        assert_eq!(with(17).text.len(), 1);
        let short = with(16);
        assert!(short.text.is_empty());
        assert_eq!(short.left_out[0].reason, Reason::Incomplete { filled: 16, rows: 20 });
    }

    #[test]
    fn the_same_on_one_and_two_threads() {
        let cells: Vec<String> = (0..5_000).map(|row| format!("c{}|d{}", row * 7 % 131, row % 17)).collect();
        let numbers: Vec<i64> = (0..5_000).map(|row| row * row % 997).collect();
        let table = Table::new(df!("C" => cells, "N" => numbers).unwrap());
        let schema = Schema {
            dataset: DatasetType::Users,
            fields: vec![
                field("C", FieldType::String, FieldRole::Categorical),
                field("N", FieldType::Long, FieldRole::Plain),
            ],
        };
        let sources: Vec<u32> = (0..5_000).rev().collect();
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| encode_columns(&table, &schema, &sources))
        };
        let (one, two) = (on(1), on(2));
        assert_eq!(one.categorical, two.categorical);
        assert_eq!(one.numeric[0].values, two.numeric[0].values);
    }
}
