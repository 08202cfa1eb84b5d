//! Sample data: two invented dataset groups, films and a shop, drawn by a seeded generator.
//!
//! They have the structure that real logs have (tastes that drift, visits, series and accessories in order,
//! trends, arrivals, a long tail, robots), so that recipes can be told apart on them. No person, film, product
//! or brand in them is real. What is drawn is the same byte for byte on every machine; the files in
//! `sample-data/` are its output, and a test compares them. Actions for the people of the shop, with planted
//! propensities, are drawn where they are asked for ([`shop_actions`]). It reads nothing and knows no other room.

mod film_log;
mod film_words;
mod films;
mod people;
mod random;
mod sheet;
mod shop;
mod shop_actions;
mod shop_log;
mod shop_words;
#[cfg(test)]
mod tests;

pub use sheet::Sheet;
pub use shop_actions::{SampleActions, shop_actions};

use std::fs;
use std::path::{Path, PathBuf};

/// The two groups of sample data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleGroup {
    Films,
    Shop,
}

impl SampleGroup {
    pub const ALL: [Self; 2] = [Self::Films, Self::Shop];

    /// The group's name, also that of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Films => "films",
            Self::Shop => "shop",
        }
    }

    /// What the group is, to be shown wherever it is.
    pub fn description(self) -> &'static str {
        match self {
            Self::Films => {
                "Invented data: 1,500 films that don't exist, watched and clicked by 2,000 people who don't either."
            }
            Self::Shop => {
                "Invented data: 900 products of a shop that doesn't exist, viewed, put in the cart and bought by \
                 3,000 people who don't either."
            }
        }
    }
}

/// The three tables of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleTables {
    /// `USER_ID`, `ITEM_ID`, `EVENT_TYPE`, `EVENT_VALUE` (shop only), `TIMESTAMP` in epoch seconds; oldest first.
    pub interactions: Sheet,
    /// By `ITEM_ID`.
    pub items: Sheet,
    /// By `USER_ID`.
    pub users: Sheet,
}

impl SampleTables {
    /// The files of a group, with their names.
    pub fn files(&self) -> [(&'static str, &Sheet); 3] {
        [("interactions.csv", &self.interactions), ("items.csv", &self.items), ("users.csv", &self.users)]
    }
}

/// The sample data could not be written.
#[derive(Debug, thiserror::Error)]
#[error("can't write the sample data to {}: {source}; choose a folder that you may write to", path.display())]
pub struct SampleError {
    pub path: PathBuf,
    pub source: std::io::Error,
}

/// Draws a group.
pub fn tables(group: SampleGroup) -> SampleTables {
    match group {
        SampleGroup::Films => film_log::tables(),
        SampleGroup::Shop => shop_log::tables(),
    }
}

/// Writes `interactions.csv`, `items.csv` and `users.csv` into a folder, made if it isn't there. Each file is
/// written beside its place and renamed, so that a kill leaves no half file under its name.
pub fn write(group: SampleGroup, folder: &Path) -> Result<(), SampleError> {
    fs::create_dir_all(folder).map_err(|source| SampleError { path: folder.to_owned(), source })?;
    for (name, sheet) in tables(group).files() {
        let path = folder.join(name);
        let partial = folder.join(format!(".{name}.partial"));
        fs::write(&partial, sheet.to_csv())
            .and_then(|()| fs::rename(&partial, &path))
            .map_err(|source| SampleError { path, source })?;
    }
    Ok(())
}

/// One thing somebody did.
#[derive(Debug, Clone, Copy)]
struct Event {
    /// Epoch seconds.
    time: i64,
    user: usize,
    item: usize,
    kind: &'static str,
    value: Option<&'static str>,
}

/// The log as the file has it: oldest first; at the same second by user, then as it happened.
fn log_sheet(
    mut events: Vec<Event>,
    user_id: impl Fn(usize) -> String,
    item_id: impl Fn(usize) -> String,
) -> Sheet {
    events.sort_by_key(|event| (event.time, event.user));
    let has_values = events.iter().any(|event| event.value.is_some());
    let mut sheet = if has_values {
        Sheet::new(&["USER_ID", "ITEM_ID", "EVENT_TYPE", "EVENT_VALUE", "TIMESTAMP"])
    } else {
        Sheet::new(&["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"])
    };
    sheet.rows.extend(events.iter().map(|event| {
        let mut row = vec![user_id(event.user), item_id(event.item), event.kind.to_owned()];
        if has_values {
            row.push(event.value.unwrap_or_default().to_owned());
        }
        row.push(event.time.to_string());
        row
    }));
    sheet
}
