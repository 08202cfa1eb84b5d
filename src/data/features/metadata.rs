//! What a dataset group says of its users and items, in the indices of its interactions.

use super::{Features, encode_columns};
use crate::data::codes::MISSING;
use crate::data::{Actions, Interactions, Table, Vocabulary};
use crate::domain::schema::Schema;
use std::sync::Arc;

/// The metadata of a group's users and items.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// `[n_users]`; a user whom the Users dataset lacks has no values.
    pub users: Arc<Features>,
    /// `[n_items]`; an item that the Items dataset lacks has no values.
    pub items: Arc<Features>,
    /// `CREATION_TIMESTAMP` of the items in epoch seconds, `[n_items]`; `None` where Items has no such column.
    pub item_created: Option<Arc<[Option<i64>]>>,
    /// What can be asked of users, for recipes that choose among that.
    pub actions: Option<Arc<Actions>>,
}

impl Metadata {
    /// Nothing known of the users and items of these interactions.
    pub fn none(interactions: &Interactions) -> Self {
        Self::encode(interactions, None, None)
    }

    /// Encodes a Users and an Items table, each with its schema, where they are there.
    pub fn encode(
        interactions: &Interactions,
        users: Option<(&Table, &Schema)>,
        items: Option<(&Table, &Schema)>,
    ) -> Self {
        let (users, (items, item_created)) = rayon::join(
            || match users {
                Some((table, schema)) => {
                    encode_columns(table, schema, &sources(table, "USER_ID", &interactions.users))
                }
                None => Features::none(interactions.n_users()),
            },
            || match items {
                Some((table, schema)) => {
                    let sources = sources(table, "ITEM_ID", &interactions.items);
                    (encode_columns(table, schema, &sources), created(table, &sources))
                }
                None => (Features::none(interactions.n_items()), None),
            },
        );
        Self { users: Arc::new(users), items: Arc::new(items), item_created, actions: None }
    }

    /// All but the columns of those names.
    #[must_use]
    pub fn without(&self, users: &[&str], items: &[&str]) -> Self {
        Self {
            users: without(&self.users, users),
            items: without(&self.items, items),
            item_created: self.item_created.clone(),
            actions: self.actions.clone(),
        }
    }
}

fn without(features: &Arc<Features>, columns: &[&str]) -> Arc<Features> {
    if columns.is_empty() { Arc::clone(features) } else { Arc::new(features.without(columns)) }
}

/// The row of a table for each id of a vocabulary, the last where several have it; [`MISSING`] where none has.
pub(in crate::data) fn sources(table: &Table, key: &str, ids: &Vocabulary) -> Vec<u32> {
    let mut sources = vec![MISSING; ids.len()];
    let Some(column) = table.strings(key) else { return sources };
    for (row, id) in (0..).zip(column.iter()) {
        if let Some(index) = id.and_then(|id| ids.index(id)) {
            sources[index as usize] = row;
        }
    }
    sources
}

fn created(table: &Table, sources: &[u32]) -> Option<Arc<[Option<i64>]>> {
    let column = table.longs("CREATION_TIMESTAMP")?;
    let time = |&source: &u32| if source == MISSING { None } else { column.get(source as usize) };
    Some(sources.iter().map(time).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatasetType;
    use crate::domain::schema::{FieldRole, FieldType, SchemaField};
    use polars::df;

    fn categorical(dataset: DatasetType, name: &str) -> Schema {
        let field = SchemaField {
            name: name.to_owned(),
            kind: FieldType::String,
            nullable: true,
            role: FieldRole::Categorical,
        };
        Schema { dataset, fields: vec![field] }
    }

    /// Users u and v had items b and c; Users knows v, w and u, Items knows a and b.
    fn data() -> Interactions {
        let users = Arc::new(Vocabulary::new(["u", "v"]));
        let items = Arc::new(Vocabulary::new(["a", "b", "c"]));
        Interactions::from_rows(users, items, Arc::default(), &[(0, 1, 5, 0, 0.0), (1, 2, 6, 0, 0.0)])
    }

    fn encoded() -> Metadata {
        let users = Table::new(df!("USER_ID" => ["v", "w", "u"], "GENDER" => ["f", "x", "m"]).unwrap());
        let items = df!(
            "ITEM_ID" => ["b", "a"],
            "GENRES" => ["war", "art|war"],
            "CREATION_TIMESTAMP" => [Some(3_i64), None],
        );
        let items = Table::new(items.unwrap());
        Metadata::encode(
            &data(),
            Some((&users, &categorical(DatasetType::Users, "GENDER"))),
            Some((&items, &categorical(DatasetType::Items, "GENRES"))),
        )
    }

    #[test]
    fn rows_are_those_of_the_vocabularies() {
        let metadata = encoded();
        let gender = &metadata.users.categorical[0];
        let of_user =
            |user: usize| gender.of(user).iter().map(|&value| gender.values.id(value)).collect::<Vec<_>>();
        assert_eq!((metadata.users.rows, of_user(0), of_user(1)), (2, vec!["m"], vec!["f"]));
        let genres = &metadata.items.categorical[0];
        assert_eq!(genres.values.iter().collect::<Vec<_>>(), ["art", "war"]);
        let of_item: Vec<&[u32]> = (0..3).map(|item| genres.of(item)).collect();
        assert_eq!(of_item, [&[0, 1][..], &[1], &[]]);
        assert_eq!(metadata.item_created.as_deref(), Some(&[None, Some(3), None][..]));
    }

    #[test]
    fn without_datasets_there_are_rows_and_no_columns() {
        let none = Metadata::none(&data());
        assert_eq!((none.users.rows, none.items.rows, none.item_created), (2, 3, None));
        assert!(!none.users.has_columns() && !none.items.has_columns());
    }

    #[test]
    fn columns_go_from_the_dataset_named() {
        let fewer = encoded().without(&[], &["GENRES", "GENDER"]);
        assert!(!fewer.items.has_columns() && fewer.users.has_columns());
        assert!(fewer.item_created.is_some());
    }
}
