//! Schema documents of the service, read and written.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use strum::IntoEnumIterator;

/// The service's own example documents (developer guide, schema pages).
const INTERACTIONS: &str = r#"{ "type": "record",
  "name": "Interactions",
  "namespace": "com.amazonaws.personalize.schema",
  "fields": [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "EVENT_VALUE", "type": ["float", "null"]},
    {"name": "LOCATION", "type": "string", "categorical": true},
    {"name": "DEVICE", "type": ["string", "null"], "categorical": true},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "IMPRESSION", "type": "string"}
  ],
  "version": "1.0" }"#;
const ITEMS: &str = r#"{"type":"record","name":"Items","namespace":"com.amazonaws.personalize.schema","fields":[
 {"name":"ITEM_ID","type":"string"},
 {"name":"GENRES","type":["null","string"],"categorical":true},
 {"name":"DESCRIPTION","type":["null","string"],"textual":true},
 {"name":"TITLE","type":"string"},
 {"name":"PRICE","type":"float"},
 {"name":"CREATION_TIMESTAMP","type":"long"}],"version":"1.0"}"#;
const USERS: &str = r#"{"type":"record","name":"Users","namespace":"com.amazonaws.personalize.schema","fields":[
 {"name":"USER_ID","type":"string"},{"name":"AGE","type":"int"},
 {"name":"GENDER","type":["null","string"],"categorical":true}],"version":"1.0"}"#;

/// The document with its list of fields changed.
fn changed(document: &str, change: impl FnOnce(&mut Vec<Value>)) -> Result<Schema, SchemaError> {
    let mut document: Value = serde_json::from_str(document).unwrap();
    change(document["fields"].as_array_mut().unwrap());
    Schema::parse(&document.to_string())
}

fn with(document: &str, field: Value) -> Result<Schema, SchemaError> {
    changed(document, |fields| {
        fields.retain(|old| old["name"] != field["name"]);
        fields.push(field);
    })
}

#[test]
fn the_service_s_examples_parse_unchanged() {
    let interactions = Schema::parse(INTERACTIONS).unwrap();
    assert_eq!(interactions.dataset, DatasetType::Interactions);
    assert_eq!(interactions.fields.len(), 8);
    let device = SchemaField {
        name: "DEVICE".into(),
        kind: FieldType::String,
        nullable: true,
        role: FieldRole::Categorical,
    };
    assert_eq!(interactions.field("DEVICE"), Some(&device));
    let items = Schema::parse(ITEMS).unwrap();
    assert_eq!(items.field("DESCRIPTION").unwrap().role, FieldRole::Textual);
    assert_eq!(items.field("PRICE").unwrap().kind, FieldType::Float);
    let users = Schema::parse(USERS).unwrap();
    assert_eq!(users.metadata().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["AGE", "GENDER"]);
    for document in [INTERACTIONS, ITEMS, USERS] {
        let schema = Schema::parse(document).unwrap();
        assert_eq!(Schema::parse(&schema.to_json()).unwrap(), schema);
    }
}

#[test]
fn each_required_field_is_missed_by_name() {
    for (document, required) in [
        (INTERACTIONS, &["USER_ID", "ITEM_ID", "TIMESTAMP"][..]),
        (ITEMS, &["ITEM_ID"]),
        (USERS, &["USER_ID"]),
    ] {
        for name in required {
            let error =
                changed(document, |fields| fields.retain(|field| field["name"] != *name)).unwrap_err();
            assert!(matches!(&error, SchemaError::MissingField { field, .. } if field == name), "{error}");
            assert!(error.to_string().contains(name), "{error}");
            let nullable =
                json!({"name": name, "type": [if *name == "TIMESTAMP" { "long" } else { "string" }, "null"]});
            let error = with(document, nullable).unwrap_err();
            assert_eq!(error, SchemaError::RequiredNullable((*name).into()));
        }
    }
}

#[test]
fn items_and_users_need_metadata() {
    let key_only = |document, key: &str| {
        changed(document, |fields| fields.retain(|field| field["name"] == key || field["name"] == "TITLE"))
    };
    assert_eq!(key_only(ITEMS, "ITEM_ID"), Err(SchemaError::NoMetadata("Items".into())));
    assert_eq!(key_only(USERS, "USER_ID"), Err(SchemaError::NoMetadata("Users".into())));
}

#[test]
fn nested_and_unknown_types_are_refused() {
    for bad in [
        json!({"type": "array", "items": "string"}),
        json!({"type": "map", "values": "string"}),
        json!({"type": "record", "name": "Inner", "fields": []}),
        json!({"type": "enum", "name": "Kind", "symbols": ["A"]}),
        json!("array"),
        json!("map"),
        json!("record"),
        json!("bytes"),
        json!("enum"),
        json!("null"),
        json!("String"),
        json!(["string"]),
        json!(["null", "null"]),
        json!(["string", "int"]),
        json!(["string", "int", "null"]),
    ] {
        let error = with(USERS, json!({"name": "EXTRA", "type": bad})).unwrap_err();
        assert!(matches!(&error, SchemaError::BadType { field, .. } if field == "EXTRA"), "{bad}: {error}");
    }
    for kind in FieldType::iter() {
        assert!(with(USERS, json!({"name": "EXTRA", "type": kind.as_str()})).is_ok(), "{kind:?}");
    }
}

#[test]
fn both_orders_of_a_union_are_the_same() {
    let one = with(USERS, json!({"name": "EXTRA", "type": ["null", "double"]})).unwrap();
    let other = with(USERS, json!({"name": "EXTRA", "type": ["double", "null"]})).unwrap();
    assert_eq!(one, other);
    assert!(one.field("EXTRA").unwrap().nullable);
}

#[test]
fn reserved_names_keep_their_type_and_are_not_marked() {
    for (field, found) in [
        (json!({"name": "TIMESTAMP", "type": "string"}), "string"),
        (json!({"name": "USER_ID", "type": "int"}), "int"),
        (json!({"name": "EVENT_VALUE", "type": ["double", "null"]}), "double or null"),
        (json!({"name": "EVENT_TYPE", "type": "int"}), "int"),
        (json!({"name": "IMPRESSION", "type": "long"}), "long"),
    ] {
        let error = with(INTERACTIONS, field.clone()).unwrap_err();
        assert!(matches!(&error, SchemaError::ReservedType { found: f, .. } if f == found), "{error}");
    }
    let error = with(INTERACTIONS, json!({"name": "EVENT_TYPE", "type": "string", "categorical": true}));
    assert_eq!(
        error,
        Err(SchemaError::ReservedRole { field: "EVENT_TYPE".into(), attribute: "categorical".into() })
    );
    assert!(matches!(
        with(ITEMS, json!({"name": "CREATION_TIMESTAMP", "type": "float"})),
        Err(SchemaError::ReservedType { .. })
    ));
    // The name is reserved in Interactions alone.
    assert!(with(ITEMS, json!({"name": "EVENT_TYPE", "type": "string", "categorical": true})).is_ok());
}

#[test]
fn names_collide_by_letters_and_digits() {
    let error = changed(ITEMS, |fields| {
        fields.push(json!({"name": "GENRES_FIELD_1", "type": "string"}));
        fields.push(json!({"name": "GENRESFIELD1", "type": "string"}));
    });
    let Err(SchemaError::Collision { first, second }) = error else { panic!("{error:?}") };
    let mut names = [first, second];
    names.sort();
    assert_eq!(names, ["GENRESFIELD1", "GENRES_FIELD_1"]);
    for bad in ["", "1A", "A B", "A-B", "Ä"] {
        assert_eq!(with(USERS, json!({"name": bad, "type": "int"})), Err(SchemaError::BadName(bad.into())));
    }
}

#[test]
fn attributes_stand_where_they_may() {
    let refused = [
        with(ITEMS, json!({"name": "PRICE", "type": "float", "categorical": true})),
        with(USERS, json!({"name": "ABOUT", "type": "string", "textual": true})),
        with(ITEMS, json!({"name": "SECOND", "type": "string", "textual": true})),
        with(ITEMS, json!({"name": "BOTH", "type": "string", "textual": true, "categorical": true})),
        with(ITEMS, json!({"name": "ODD", "type": "string", "catagorical": true})),
        with(ITEMS, json!({"name": "ODD", "type": "string", "categorical": "yes"})),
        with(INTERACTIONS, json!({"name": "NAME", "type": "string", "itemName": true})),
    ];
    let found: Vec<SchemaError> = refused.into_iter().map(Result::unwrap_err).collect();
    assert!(matches!(&found[0], SchemaError::RoleNeedsString { field, .. } if field == "PRICE"));
    assert!(matches!(&found[1], SchemaError::ItemsOnly { field, .. } if field == "ABOUT"));
    assert!(matches!(&found[2], SchemaError::OneOnly { second, .. } if second == "SECOND"));
    assert!(matches!(&found[3], SchemaError::TwoRoles { field, .. } if field == "BOTH"));
    assert!(
        matches!(&found[4], SchemaError::UnknownAttribute { attribute, .. } if attribute == "catagorical")
    );
    assert!(matches!(&found[5], SchemaError::FieldShape { key, .. } if key == "categorical of ODD"));
    assert!(matches!(&found[6], SchemaError::ItemsOnly { attribute, .. } if attribute == "itemName"));
    let named = with(ITEMS, json!({"name": "TITLE", "type": "string", "itemName": true})).unwrap();
    assert_eq!(named.field("TITLE").unwrap().role, FieldRole::ItemName);
    assert!(named.to_json().contains("\"itemName\":true"));
    let off =
        with(ITEMS, json!({"name": "TITLE", "type": "string", "categorical": false, "doc": "its name"}));
    assert_eq!(off.unwrap().field("TITLE").unwrap().role, FieldRole::Plain);
}

#[test]
fn a_document_has_its_shape_and_length() {
    let padded = |length: usize| format!("{USERS}{}", " ".repeat(length - USERS.chars().count()));
    assert!(Schema::parse(&padded(20_000)).is_ok());
    assert_eq!(Schema::parse(&padded(20_001)), Err(SchemaError::TooLong(20_001)));
    assert!(matches!(Schema::parse("{"), Err(SchemaError::NotJson(_))));
    assert!(matches!(Schema::parse("[]"), Err(SchemaError::Shape { .. })));
    let named = |name: &str| Schema::parse(&USERS.replace("\"Users\"", name));
    assert_eq!(named("\"Clients\""), Err(SchemaError::UnknownDataset("Clients".into())));
    assert!(matches!(named("7"), Err(SchemaError::Shape { key, .. }) if key == "name"));
    assert!(matches!(
        Schema::parse(&USERS.replace("\"record\"", "\"array\"")),
        Err(SchemaError::Shape { key, .. }) if key == "type"
    ));
    assert!(matches!(
        Schema::parse(&USERS.replace("\"fields\"", "\"columns\"")),
        Err(SchemaError::UnknownKey(key)) if key == "columns"
    ));
    assert!(matches!(
        Schema::parse_for(DatasetType::Items, USERS),
        Err(SchemaError::OtherDataset { found, .. }) if found == "Users"
    ));
}

/// The service's caps of 5, 25 and 100 metadata columns are lifted.
#[test]
fn there_is_no_cap_on_columns() {
    for (document, columns) in [(INTERACTIONS, 6), (USERS, 26), (ITEMS, 101)] {
        let schema = changed(document, |fields| {
            fields.extend((0..columns).map(|place| json!({"name": format!("X{place}X"), "type": "int"})));
        });
        assert!(schema.unwrap().metadata().count() > columns - 1);
    }
}

fn any_field() -> impl Strategy<Value = (FieldType, bool, FieldRole)> {
    let kinds = proptest::sample::select(FieldType::iter().collect::<Vec<_>>());
    let roles = proptest::sample::select(vec![FieldRole::Plain, FieldRole::Categorical]);
    (kinds, any::<bool>(), roles).prop_map(|(kind, nullable, role)| {
        (kind, nullable, if kind == FieldType::String { role } else { FieldRole::Plain })
    })
}

proptest! {
    /// Any schema that passes the rules comes back from its document as it was.
    #[test]
    fn a_schema_survives_its_document(extra in proptest::collection::vec(any_field(), 0..12), has_text: bool) {
        let plain = |name: &str, kind| SchemaField { name: name.into(), kind, nullable: false, role: FieldRole::Plain };
        let mut fields = vec![plain("ITEM_ID", FieldType::String), plain("PRICE", FieldType::Double)];
        for (place, (kind, nullable, role)) in extra.into_iter().enumerate() {
            fields.push(SchemaField { name: format!("F{place}_"), kind, nullable, role });
        }
        if has_text {
            fields.push(SchemaField { role: FieldRole::Textual, ..plain("ABOUT", FieldType::String) });
        }
        let schema = Schema { dataset: DatasetType::Items, fields };
        prop_assert_eq!(Schema::parse(&schema.to_json()), Ok(schema));
    }
}

/// The service's page of Actions, and action interactions with what the service requires of them.
const ACTIONS: &str = r#"{"type":"record","name":"Actions","namespace":"com.amazonaws.personalize.schema","fields":[
 {"name":"ACTION_ID","type":"string"},{"name":"VALUE","type":["null","long"]},
 {"name":"MEMBERSHIP_LEVEL","type":["null","string"],"categorical":true},
 {"name":"CREATION_TIMESTAMP","type":"long"},{"name":"REPEAT_FREQUENCY","type":["long","null"]}],"version":"1.0"}"#;
const ACTION_INTERACTIONS: &str = r#"{"type":"record","name":"ActionInteractions","namespace":"com.amazonaws.personalize.schema",
 "fields":[{"name":"USER_ID","type":"string"},{"name":"ACTION_ID","type":"string"},
 {"name":"EVENT_TYPE","type":"string"},{"name":"TIMESTAMP","type":"long"}],"version":"1.0"}"#;

#[test]
fn actions_have_their_own_fields_and_caps() {
    for document in [ACTIONS, ACTION_INTERACTIONS] {
        let schema = Schema::parse(document).unwrap();
        assert_eq!(Schema::parse(&schema.to_json()).unwrap(), schema);
    }
    let actions = Schema::parse(ACTIONS).unwrap();
    assert_eq!(actions.metadata().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["MEMBERSHIP_LEVEL"]);
    for end in ["EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP"] {
        assert!(with(ACTIONS, json!({"name": end, "type": ["long", "null"]})).is_ok());
        assert!(matches!(
            with(ACTIONS, json!({"name": end, "type": "string"})),
            Err(SchemaError::ReservedType { .. })
        ));
    }
    let missing = ACTION_INTERACTIONS.replace(r#"{"name":"EVENT_TYPE","type":"string"},"#, "");
    assert!(
        matches!(Schema::parse(&missing), Err(SchemaError::MissingField { field, .. }) if field == "EVENT_TYPE")
    );
    let wide = |document: &str, count: usize| {
        changed(document, |fields| {
            let own = (0..count).map(|at| json!({"name": format!("C{at}"), "type": "int"}));
            fields.extend(own);
        })
    };
    assert!(wide(ACTIONS, 9).is_ok() && wide(ACTION_INTERACTIONS, 5).is_ok());
    let error = wide(ACTIONS, 10).unwrap_err().to_string();
    assert_eq!(
        error,
        "the schema of Actions has 11 metadata fields, and the service takes 10; leave some out"
    );
    assert!(wide(ACTION_INTERACTIONS, 6).is_err());
    let bare = r#"{"type":"record","name":"Actions","fields":[{"name":"ACTION_ID","type":"string"}]}"#;
    assert!(matches!(Schema::parse(bare), Err(SchemaError::NoMetadata(_))));
}
