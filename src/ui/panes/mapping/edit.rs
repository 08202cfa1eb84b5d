//! Changes to a mapping, as point and click make them. Knows nothing of the window.

use crate::domain::DatasetType;
use crate::domain::mapping::{MappedField, Mapping, Reading, TimestampRule};
use crate::domain::schema::{FieldRole, FieldType, SESSION_FIELD, reserved_of};

/// What a column can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Assignment {
    /// A field whose name and type the service gives.
    Reserved(&'static str),
    /// The session that an event is of.
    Session,
    /// Metadata of a kind, named after the column.
    Metadata(FieldRole, FieldType),
    LeaveOut,
}

/// What stands above a column: the fields that take it.
pub(super) fn fields_of(mapping: &Mapping, column: &str) -> Vec<String> {
    let takes = |field: &&MappedField| field.columns.iter().any(|taken| taken == column);
    mapping.fields.iter().filter(takes).map(|field| field.field.clone()).collect()
}

/// Gives a column to a field, or to none.
pub(super) fn assign(mapping: &mut Mapping, column: &str, assignment: &Assignment) {
    for field in &mut mapping.fields {
        field.columns.retain(|taken| taken != column);
    }
    mapping.fields.retain(|field| !field.columns.is_empty());
    match assignment {
        Assignment::LeaveOut => {}
        Assignment::Reserved(name) => set_reserved(mapping, name, column),
        Assignment::Session => {
            mapping.fields.retain(|field| field.field != SESSION_FIELD);
            mapping.fields.push(metadata(
                SESSION_FIELD.to_owned(),
                column,
                FieldRole::Plain,
                FieldType::String,
            ));
        }
        Assignment::Metadata(role, kind) => {
            let name = free_name(mapping, &field_name(column));
            mapping.fields.push(metadata(name, column, *role, *kind));
        }
    }
    in_order(mapping);
}

/// The reason of what a person has chosen.
pub(super) const CHOSEN: &str = "You chose it.";

fn metadata(name: String, column: &str, role: FieldRole, kind: FieldType) -> MappedField {
    MappedField {
        field: name,
        columns: vec![column.to_owned()],
        reading: Reading::Whole,
        kind,
        role,
        nullable: true,
        reason: CHOSEN.to_owned(),
    }
}

fn set_reserved(mapping: &mut Mapping, name: &str, column: &str) {
    let Some(reserved) = reserved_of(mapping.dataset).iter().find(|reserved| reserved.name == name) else {
        return;
    };
    mapping.fields.retain(|field| field.field != name);
    mapping.fields.push(MappedField {
        field: name.to_owned(),
        columns: vec![column.to_owned()],
        reading: Reading::Whole,
        kind: reserved.kind,
        role: FieldRole::Plain,
        nullable: !reserved.required,
        reason: CHOSEN.to_owned(),
    });
    match name {
        "EVENT_TYPE" => mapping.event_type = None,
        "EVENT_VALUE" => mapping.event_values.clear(),
        "TIMESTAMP" if mapping.timestamp == TimestampRule::RowOrder => {
            mapping.timestamp = TimestampRule::Seconds;
        }
        _ => {}
    }
}

/// Takes another column for a field.
pub(super) fn set_column(mapping: &mut Mapping, place: usize, column: &str) {
    if let Some(field) = mapping.fields.get_mut(place) {
        field.columns = vec![column.to_owned()];
        field.reading = Reading::Whole;
        CHOSEN.clone_into(&mut field.reason);
    }
}

/// Changes the role of a field; only text can be categorical or textual.
pub(super) fn set_role(field: &mut MappedField, role: FieldRole) {
    field.role = role;
    if role != FieldRole::Plain {
        field.kind = FieldType::String;
    }
    CHOSEN.clone_into(&mut field.reason);
}

/// Changes the type of a field; a number or truth is neither categorical nor textual.
pub(super) fn set_kind(field: &mut MappedField, kind: FieldType) {
    field.kind = kind;
    if kind != FieldType::String {
        field.role = FieldRole::Plain;
    }
    CHOSEN.clone_into(&mut field.reason);
}

/// Whether the service gives the field its name and type.
pub(super) fn is_reserved(dataset: DatasetType, name: &str) -> bool {
    reserved_of(dataset).iter().any(|reserved| reserved.name == name)
}

/// Whether a row must have the field.
pub(super) fn is_required(dataset: DatasetType, name: &str) -> bool {
    dataset.required_fields().contains(&name)
}

/// Required fields that no column gives yet. A missing time is none: the order of rows can stand in for it.
pub(super) fn missing(mapping: &Mapping) -> Vec<&'static str> {
    let is_given = |name: &&&str| {
        mapping.field(name).is_some()
            || (**name == "TIMESTAMP" && mapping.timestamp == TimestampRule::RowOrder)
    };
    mapping.dataset.required_fields().iter().filter(|name| !is_given(name)).copied().collect()
}

/// Required and reserved fields first, in the service's order.
fn in_order(mapping: &mut Mapping) {
    let reserved = reserved_of(mapping.dataset);
    mapping.fields.sort_by_key(|field| {
        reserved.iter().position(|known| known.name == field.field).unwrap_or(reserved.len())
    });
}

/// A column's name as a field's: `movieId` and `movie id` are `MOVIE_ID`.
pub(super) fn field_name(column: &str) -> String {
    let mut name = String::new();
    let mut before = None;
    for character in column.chars() {
        let begins_word = character.is_uppercase() && before.is_some_and(char::is_lowercase);
        if begins_word || !character.is_ascii_alphanumeric() {
            name.push('_');
        }
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_uppercase());
        }
        before = Some(character);
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    if name.chars().next().is_some_and(|first| first.is_ascii_alphabetic()) {
        name
    } else {
        format!("FIELD_{name}")
    }
}

/// `name`, or the first of `name_2`, `name_3` and so on that no field has and the service does not reserve.
fn free_name(mapping: &Mapping, name: &str) -> String {
    let is_free = |name: &str| mapping.field(name).is_none() && !is_reserved(mapping.dataset, name);
    if is_free(name) {
        return name.to_owned();
    }
    (2..10_000).map(|number| format!("{name}_{number}")).find(|name| is_free(name)).unwrap_or_default()
}

/// A value between 0 and 1 for an event type, by the wording of its name: a purchase counts in full, a cart for
/// two thirds, anything else for one.
pub(super) fn suggested_value(event_type: &str) -> f64 {
    let name = event_type.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["purchase", "buy", "bought", "order", "checkout", "transaction"]) {
        1.0
    } else if says(&["cart", "basket", "wish", "favo", "save"]) {
        0.66
    } else {
        0.33
    }
}

/// Gives an event type a value, or takes it away.
pub(super) fn set_event_value(mapping: &mut Mapping, event_type: &str, value: Option<f64>) {
    let known = mapping.event_values.iter().position(|(name, _)| name == event_type);
    match (known, value) {
        (Some(place), Some(value)) => mapping.event_values[place].1 = value,
        (None, Some(value)) => mapping.event_values.push((event_type.to_owned(), value)),
        (Some(place), None) => {
            mapping.event_values.remove(place);
        }
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, columns: &[&str]) -> MappedField {
        MappedField {
            field: name.to_owned(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            reading: Reading::Whole,
            kind: FieldType::String,
            role: FieldRole::Plain,
            nullable: false,
            reason: String::new(),
        }
    }

    fn mapping(fields: Vec<MappedField>) -> Mapping {
        Mapping {
            dataset: DatasetType::Interactions,
            fields,
            timestamp: TimestampRule::Seconds,
            timestamp_reason: String::new(),
            event_type: Some("watch".to_owned()),
            event_values: Vec::new(),
        }
    }

    #[test]
    fn columns_become_field_names() {
        for (column, name) in [
            ("movieId", "MOVIE_ID"),
            ("release date", "RELEASE_DATE"),
            ("PRICE", "PRICE"),
            ("_price (EUR)_", "PRICE_EUR"),
            ("2nd", "FIELD_2ND"),
        ] {
            assert_eq!(field_name(column), name);
        }
    }

    #[test]
    fn a_column_serves_one_field_and_a_field_keeps_its_other_columns() {
        let mut mapping = mapping(vec![field("GENRES", &["a", "b"]), field("USER_ID", &["who"])]);
        assign(&mut mapping, "a", &Assignment::Reserved("ITEM_ID"));
        let names: Vec<&str> = mapping.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["USER_ID", "ITEM_ID", "GENRES"]);
        assert_eq!(fields_of(&mapping, "a"), ["ITEM_ID"]);
        assert_eq!(mapping.field("GENRES").unwrap().columns, ["b"]);
        assert_eq!(missing(&mapping), ["TIMESTAMP"]);
        assign(&mut mapping, "b", &Assignment::LeaveOut);
        assert!(mapping.field("GENRES").is_none(), "a field without a column is none");
    }

    #[test]
    fn an_event_type_column_takes_the_place_of_the_constant() {
        let mut mapping = mapping(vec![field("USER_ID", &["who"])]);
        assign(&mut mapping, "what", &Assignment::Reserved("EVENT_TYPE"));
        assert_eq!(mapping.event_type, None);
        assert!(mapping.field("EVENT_TYPE").unwrap().nullable);
    }

    #[test]
    fn metadata_never_takes_a_reserved_name() {
        let mut mapping = mapping(Vec::new());
        assign(&mut mapping, "timestamp", &Assignment::Metadata(FieldRole::Categorical, FieldType::String));
        assert_eq!(mapping.fields[0].field, "TIMESTAMP_2");
    }

    /// The brief's example: clicked 0.33, added to cart 0.66, purchased 1.0.
    #[test]
    fn values_are_suggested_by_wording() {
        let values = ["clicked", "added to cart", "purchased"].map(suggested_value);
        assert_eq!(values, [0.33, 0.66, 1.0]);
    }
}
