//! Which learnt row stands for what: the beginning of a history, a pause, an event type, a value of a column.
//!
//! Statistics (which values are rare, where numbers lie close) come from rows that are trained on.

use super::train::TEXT_WIDTH;
use crate::data::{CategoricalFeature, Features, History, Interactions, NumericFeature};
use crate::domain::DatasetType;
use crate::nn::bags::Bags;
use crate::recipes::ReadColumn;
use serde::{Deserialize, Serialize};

/// The row of the token that stands before every history.
pub const BEGIN: u32 = 0;
/// The row added to the first event of a session.
const SESSION: u32 = 1;
const FIRST_GAP: u32 = 2;
/// Pauses told apart: none, then powers of two seconds up to two years.
const GAPS: u32 = 28;
/// A pause of more seconds begins a session where nothing else is said: half an hour.
pub const SESSION_GAP_SECS: i64 = 1_800;
/// A value of fewer rows shares the row of all rare and unknown ones.
const RARE: u32 = 3;
/// Parts of equally many values that the range of a number is cut into.
const PARTS: usize = 8;

/// The rows of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The row of each value, and of rare and unknown ones.
    Categories { name: String, values: Vec<String>, rows: Vec<u32>, other: u32 },
    /// A row for each of some values, ascending; one between two of them is of both, the more of the nearer one: so what
    /// a number says may bend, and an outlier says no more than the last of them.
    Number { name: String, knots: Vec<f32>, row: u32 },
}

/// All rows but the items' own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// Rows given out.
    pub rows: u32,
    /// Seconds of a pause that begins a session, where the events name none.
    #[serde(default = "session_gap_secs")]
    session_gap_secs: i64,
    /// The row of the first event type; none where the data has fewer than two.
    first_event_type: Option<u32>,
    pub users: Vec<Column>,
    pub items: Vec<Column>,
    context: Vec<Column>,
    /// The columns of text of items, and the first row of each; none in models stored before they were named.
    #[serde(default)]
    texts: Vec<(String, u32)>,
}

/// Of models that were stored when there was no other.
fn session_gap_secs() -> i64 {
    SESSION_GAP_SECS
}

impl Layout {
    /// Rows for the events of interactions, and, where `metadata` are to be read, for the columns of users, items and
    /// events that occur in them.
    pub fn new(interactions: &Interactions, metadata: Option<[&Features; 2]>, session_gap_secs: i64) -> Self {
        let mut layout = Self { rows: FIRST_GAP + GAPS, session_gap_secs, ..Self::default() };
        if interactions.event_types.len() > 1 {
            layout.first_event_type = Some(layout.take(interactions.event_types.len() as u32));
        }
        if let Some([users, items]) = metadata {
            let active = |user: usize| !interactions.rows(user as u32).is_empty();
            let mut had = vec![false; interactions.n_items()];
            for &item in &interactions.item {
                had[item as usize] = true;
            }
            layout.users = layout.columns(users, active);
            layout.items = layout.columns(items, |item| had[item]);
            layout.context = layout.columns(&interactions.context, |_| true);
        }
        layout
    }

    /// The same rows for features whose values have other numbers; values that are new share the row of the rare ones.
    /// An error where a column is not among them.
    pub fn reread(&self, users: &Features, items: &Features, context: &Features) -> Result<Self, LostColumn> {
        let reread = |columns: &[Column], dataset, features: &Features| {
            let reread = columns.iter().map(|column| {
                column.reread(features).ok_or_else(|| LostColumn { dataset, name: column.name().to_owned() })
            });
            reread.collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            users: reread(&self.users, DatasetType::Users, users)?,
            items: reread(&self.items, DatasetType::Items, items)?,
            context: reread(&self.context, DatasetType::Interactions, context)?,
            ..self.clone()
        })
    }

    /// Gives out the rows of a column of text; returns the first.
    pub fn take_text(&mut self, name: &str) -> u32 {
        let first = self.take(TEXT_WIDTH as u32);
        self.texts.push((name.to_owned(), first));
        first
    }

    /// All columns that are read.
    pub fn read_columns(&self) -> Vec<ReadColumn> {
        let named = |dataset, columns: &[Column]| {
            let names = columns.iter().map(Column::name);
            names.map(|name| ReadColumn { dataset, name: name.to_owned() }).collect::<Vec<_>>()
        };
        let mut columns = named(DatasetType::Users, &self.users);
        columns.extend(named(DatasetType::Items, &self.items));
        let texts = self.texts.iter().map(|(name, _)| name.clone());
        columns.extend(texts.map(|name| ReadColumn { dataset: DatasetType::Items, name }));
        columns.extend(named(DatasetType::Interactions, &self.context));
        columns
    }

    /// The rows of a column of users or items, ascending.
    pub fn rows_of(&self, column: &ReadColumn) -> Option<Vec<u32>> {
        let columns = match column.dataset {
            DatasetType::Users => &self.users,
            DatasetType::Items => &self.items,
            DatasetType::Interactions | DatasetType::Actions | DatasetType::ActionInteractions => {
                return None;
            }
        };
        if let Some(found) = columns.iter().find(|found| found.name() == column.name) {
            return Some(found.rows());
        }
        let texts = self.texts.iter().filter(|_| column.dataset == DatasetType::Items);
        let text = texts.into_iter().find(|(name, _)| *name == column.name);
        text.map(|(_, first)| (*first..first + TEXT_WIDTH as u32).collect())
    }

    /// Gives out rows; returns the first.
    pub fn take(&mut self, rows: u32) -> u32 {
        self.rows += rows;
        self.rows - rows
    }

    fn columns(&mut self, features: &Features, counts: impl Fn(usize) -> bool) -> Vec<Column> {
        let rows: Vec<usize> = (0..features.rows).filter(|&row| counts(row)).collect();
        let mut columns = Vec::new();
        for feature in &features.categorical {
            columns.push(self.categories(feature, &rows));
        }
        columns.extend(features.numeric.iter().filter_map(|feature| self.number(feature, &rows)));
        columns
    }

    fn categories(&mut self, feature: &CategoricalFeature, rows: &[usize]) -> Column {
        let mut counts = vec![0; feature.values.len()];
        for &row in rows {
            for &value in feature.of(row) {
                counts[value as usize] += 1;
            }
        }
        let other = self.take(1);
        let rows = counts.iter().map(|&count| if count < RARE { other } else { self.take(1) }).collect();
        let values = feature.values.iter().map(str::to_owned).collect();
        Column::Categories { name: feature.name.clone(), values, rows, other }
    }

    /// None where all values are the same.
    fn number(&mut self, feature: &NumericFeature, rows: &[usize]) -> Option<Column> {
        let values = rows.iter().map(|&row| feature.values[row]).filter(|value| value.is_finite());
        let mut values: Vec<f32> = values.collect();
        values.sort_unstable_by(f32::total_cmp);
        let last = values.len().checked_sub(1)?;
        let mut knots: Vec<f32> = (0..=PARTS).map(|part| values[last * part / PARTS]).collect();
        knots.dedup();
        let name = feature.name.clone();
        (knots.len() > 1).then(|| Column::Number { name, row: self.take(knots.len() as u32), knots })
    }

    /// Adds what an event of a history says beside its item: how long after the one before (none for the first), whether a
    /// session begins, its type. A session begins where the events say so, otherwise after a long pause.
    pub fn add_event(&self, bags: &mut Bags, history: &History<'_>, at: usize) {
        let gap_secs = at.checked_sub(1).map(|before| history.timestamps[at] - history.timestamps[before]);
        bags.add(FIRST_GAP + gap_secs.map_or(GAPS - 1, bucket), 1.0);
        let long = || gap_secs.is_none_or(|gap| gap > self.session_gap_secs);
        if history.goes_on(at).map_or_else(long, |goes_on| !goes_on) {
            bags.add(SESSION, 1.0);
        }
        if let Some(first) = self.first_event_type {
            bags.add(first + u32::from(history.event_types[at]), 1.0);
        }
    }

    /// Adds the context of an event of a history.
    pub fn add_context(&self, bags: &mut Bags, history: &History<'_>, at: usize) {
        if let Some(context) = history.context {
            add_row(&self.context, bags, context.features, context.first + at);
        }
    }

    /// Adds the context of a request: names of columns and what they hold.
    pub fn add_request(&self, bags: &mut Bags, of: impl Fn(&str) -> Option<String>) {
        for column in &self.context {
            if let Some(cell) = of(column.name()) {
                column.add_cell(bags, &cell);
            }
        }
    }
}

/// The place of a pause among those told apart.
fn bucket(gap_secs: i64) -> u32 {
    if gap_secs <= 0 { 0 } else { (gap_secs.ilog2() + 1).min(GAPS - 2) }
}

/// Adds what columns say of a row of features.
pub fn add_row(columns: &[Column], bags: &mut Bags, features: &Features, row: usize) {
    for column in columns {
        match column {
            Column::Categories { name, rows, .. } => {
                if let Some(feature) = features.categorical.iter().find(|feature| feature.name == *name) {
                    let values = feature.of(row);
                    let share = 1.0 / values.len().max(1) as f32;
                    for &value in values {
                        bags.add(rows[value as usize], share);
                    }
                }
            }
            Column::Number { name, .. } => {
                let feature = features.numeric.iter().find(|feature| feature.name == *name);
                if let Some(value) = feature.map(|feature| feature.values[row]) {
                    column.add_number(bags, value);
                }
            }
        }
    }
}

/// A column that a model reads and the data have no longer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{dataset}.{name}, which the version reads, is no longer among the columns or says the same in every row; train in full"
)]
pub struct LostColumn {
    dataset: DatasetType,
    name: String,
}

impl Column {
    fn reread(&self, features: &Features) -> Option<Self> {
        match self {
            Self::Categories { name, values, rows, other } => {
                let feature = features.categorical.iter().find(|feature| feature.name == *name)?;
                let row = |value: &str| {
                    values.binary_search_by(|known| known.as_str().cmp(value)).map_or(*other, |at| rows[at])
                };
                let rows = feature.values.iter().map(row).collect();
                let values = feature.values.iter().map(str::to_owned).collect();
                Some(Self::Categories { name: name.clone(), values, rows, other: *other })
            }
            Self::Number { name, .. } => {
                features.numeric.iter().any(|feature| feature.name == *name).then(|| self.clone())
            }
        }
    }

    /// Its rows, ascending.
    fn rows(&self) -> Vec<u32> {
        match self {
            Self::Categories { rows, other, .. } => {
                let mut rows: Vec<u32> = rows.iter().copied().chain([*other]).collect();
                rows.sort_unstable();
                rows.dedup();
                rows
            }
            Self::Number { knots, row, .. } => (*row..row + knots.len() as u32).collect(),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Categories { name, .. } | Self::Number { name, .. } => name,
        }
    }

    fn add_number(&self, bags: &mut Bags, value: f32) {
        if let Self::Number { knots, row, .. } = self
            && value.is_finite()
        {
            let after = knots.partition_point(|&knot| knot <= value);
            if after == 0 || after == knots.len() {
                bags.add(row + after.saturating_sub(1) as u32, 1.0);
                return;
            }
            let way = (value - knots[after - 1]) / (knots[after] - knots[after - 1]);
            bags.add(row + after as u32 - 1, 1.0 - way);
            if way > 0.0 {
                bags.add(row + after as u32, way);
            }
        }
    }

    /// Adds values by name, as those of someone met only in a request are given.
    pub fn add_names<'a>(&self, bags: &mut Bags, names: impl Iterator<Item = &'a str>) {
        if let Self::Categories { values, rows, other, .. } = self {
            let names: Vec<&str> = names.collect();
            let share = 1.0 / names.len().max(1) as f32;
            for name in names {
                let known = values.binary_search_by(|value| value.as_str().cmp(name));
                bags.add(known.map_or(*other, |at| rows[at]), share);
            }
        }
    }

    /// Adds what a cell of a file would say.
    fn add_cell(&self, bags: &mut Bags, cell: &str) {
        match self {
            Self::Categories { .. } => self.add_names(bags, crate::data::categories(cell)),
            Self::Number { .. } => {
                if let Some(value) = crate::data::number(cell) {
                    self.add_number(bags, value);
                }
            }
        }
    }

    /// Adds a number by itself.
    pub fn add_value(&self, bags: &mut Bags, value: Option<f32>) {
        if let Some(value) = value {
            self.add_number(bags, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::NO_SESSION;
    use crate::recipes::toy;

    /// Half an hour is no long pause, a second more is; an id that stays outweighs any pause, one that changes needs none,
    /// and where either of two events has none the pause decides.
    #[test]
    fn a_session_begins_by_id_or_after_a_pause() {
        let data = toy::interactions(&[("u", "a", 1)]);
        let begins = |gap_secs: i64, sessions: &[u32], layout: &Layout| {
            let history = History {
                items: &[0, 0],
                timestamps: &[0, gap_secs],
                event_types: &[0, 0],
                sessions,
                ..History::default()
            };
            let mut bags = Bags::default();
            layout.add_event(&mut bags, &history, 1);
            bags.close();
            bags.entries(0).any(|(row, _)| row == SESSION)
        };
        let layout = Layout::new(&data, None, SESSION_GAP_SECS);
        assert_eq!([1_800, 1_801].map(|gap| begins(gap, &[], &layout)), [false, true]);
        assert_eq!([60, 86_400].map(|gap| begins(gap, &[4, 4], &layout)), [false, false]);
        assert_eq!([0, 60].map(|gap| begins(gap, &[4, 5], &layout)), [true, true]);
        assert_eq!([60, 86_400].map(|gap| begins(gap, &[4, NO_SESSION], &layout)), [false, true]);
        assert!(begins(61, &[], &Layout::new(&data, None, 60)));
    }

    /// Of 0, 1, 2, 3, 4, 5, 6, 7, 1000 every value is a knot: 2.25 is three quarters 2 and a quarter 3, 300 is near 7.
    #[test]
    fn a_number_is_of_the_knots_beside_it() {
        let values = vec![1_000.0, 0.0, 1.0, 2.0, 3.0, f32::NAN, 4.0, 5.0, 6.0, 7.0];
        let feature = NumericFeature { name: "PRICE".to_owned(), values };
        let mut layout = Layout { rows: 100, ..Layout::default() };
        let column = layout.number(&feature, &(0..10).collect::<Vec<usize>>()).unwrap();
        assert_eq!(layout.rows, 109);
        let of = |value: f32| -> Vec<(u32, f32)> {
            let mut bags = Bags::default();
            column.add_number(&mut bags, value);
            bags.close();
            bags.entries(0).collect()
        };
        assert_eq!(of(2.25), [(102, 0.75), (103, 0.25)]);
        assert_eq!(of(2.0), [(102, 1.0)]);
        assert_eq!((of(-5.0), of(2_000.0)), (vec![(100, 1.0)], vec![(108, 1.0)]));
        let near: Vec<(u32, f32)> = of(305.0);
        assert_eq!(near.iter().map(|entry| entry.0).collect::<Vec<_>>(), [107, 108]);
        assert!((near[0].1 - 0.7).abs() < 0.01 && (near[1].1 - 0.3).abs() < 0.01, "{near:?}");
        assert!(of(f32::NAN).is_empty());
        // Two values are two rows; one says nothing.
        let two = NumericFeature { name: "SALE".to_owned(), values: vec![0.0, 1.0, 0.0, 1.0] };
        assert!(layout.number(&two, &[0, 1, 2, 3]).is_some() && layout.rows == 111);
        assert!(layout.number(&two, &[0, 2]).is_none() && layout.number(&two, &[]).is_none());
    }
}
