//! What is known of a user at a moment, as numbers: who they are, what they had, and how they answered actions before.
//!
//! Numbers are centred and scaled by the showings trained on, so that a ridge means the same for each; what is not known
//! counts as the mean.

use super::traits::{Bags, Told, told_values, width};
use crate::data::{DAY, FeatureRow, History, Interactions};
use crate::domain::action::ActionEvent;
use crate::jobs::{Cancelled, JobContext};
use crate::nn::svd::SparseMatrix;
use crate::recipes::TrainingData;
use crate::recipes::artifact::{ArtifactError, Tensors, Values, expect_len};
use serde::{Deserialize, Serialize};

/// Values of one column of Users that are told apart, and of all such columns.
const USER_VALUES: (usize, usize) = (20, 60);
/// The same of Items.
const ITEM_VALUES: (usize, usize) = (12, 24);
/// Numbers that a taste is told in.
const TASTE: usize = 8;
/// Numbers about one action: how often they took it and did not, and how long ago it was shown last.
pub const OWN_ANSWERS: usize = 3;
/// The newest items of a history that a taste is taken from.
const HISTORY: usize = 100;

/// What one number is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A value of a column of Users.
    UserValue(String, String),
    /// A number of Users.
    UserNumber(String),
    /// The share of a value of Items in what they had.
    ItemShare(String, String),
    /// One of the numbers of their taste.
    Taste,
    /// How much they had, and lately.
    Activity,
    /// How they answered actions before.
    Answers,
    /// How they answered this action before.
    OwnAnswers,
}

/// How numbers are made, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    pub about: Vec<About>,
    user_values: Vec<Told>,
    user_numbers: Vec<String>,
    item_values: Vec<Told>,
    period_days: i64,
}

/// Makes numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct People {
    pub layout: Layout,
    /// The values of Users that hold for each user, and of Items for each item.
    users: Bags,
    items: Bags,
    /// Numbers of Users, NaN where they are not known, `[n_users, user numbers]`.
    user_numbers: Vec<f32>,
    /// What each item says of a taste, `[n_items, TASTE]`.
    taste: Vec<f32>,
    /// Of each number, over the showings trained on.
    pub means: Vec<f32>,
    pub scales: Vec<f32>,
    /// The least and the greatest of each: what lies beyond was never seen, and says no more than they do.
    pub lows: Vec<f32>,
    pub highs: Vec<f32>,
}

/// A user at a moment.
#[derive(Clone, Copy, Default)]
pub struct Moment<'a> {
    pub user: Option<u32>,
    pub newcomer: Option<FeatureRow<'a>>,
    /// What they had by then, oldest first.
    pub history: History<'a>,
    /// What they did with actions by then.
    pub actions: History<'a>,
    pub now: i64,
}

impl People {
    /// Learns how numbers are made from the rows trained on. Nothing is centred yet.
    pub fn learn(
        data: &TrainingData,
        period_days: i64,
        seed: u64,
        job: &JobContext,
    ) -> Result<Self, Cancelled> {
        let interactions = &data.interactions;
        let is_active = |user: usize| !interactions.rows(user as u32).is_empty();
        let mut had = vec![false; interactions.n_items()];
        interactions.item.iter().for_each(|&item| had[item as usize] = true);
        let user_values = told_values(&data.users, 0, USER_VALUES, is_active);
        let user_numbers: Vec<String> = data.users.numeric.iter().map(|column| column.name.clone()).collect();
        let first = width(&user_values) + user_numbers.len();
        let item_values = told_values(&data.items, first, ITEM_VALUES, |item| had[item]);
        let mut about = of_values(&user_values, About::UserValue);
        about.extend(user_numbers.iter().cloned().map(About::UserNumber));
        about.extend(of_values(&item_values, About::ItemShare));
        about.extend([const { About::Taste }; TASTE]);
        about.extend([About::Activity, About::Activity, About::Activity]);
        about.extend([About::Answers, About::Answers]);
        about.extend([const { About::OwnAnswers }; OWN_ANSWERS]);
        let mut numbers = Vec::with_capacity(interactions.n_users() * user_numbers.len());
        for user in 0..interactions.n_users() {
            numbers.extend(data.users.numeric.iter().map(|column| column.values[user]));
        }
        let taste = taste_of_items(interactions, seed, job)?;
        let (users, items) = (Bags::new(&data.users, &user_values), Bags::new(&data.items, &item_values));
        let width = about.len();
        let layout = Layout { about, user_values, user_numbers, item_values, period_days };
        let (means, scales) = (vec![0.0; width], vec![1.0; width]);
        let (lows, highs) = (vec![f32::INFINITY; width], vec![f32::NEG_INFINITY; width]);
        Ok(Self { layout, users, items, user_numbers: numbers, taste, means, scales, lows, highs })
    }

    pub fn width(&self) -> usize {
        self.layout.about.len()
    }

    /// Writes all numbers but those about one action, `[width]`, centred and scaled.
    pub fn write(&self, moment: &Moment<'_>, row: &mut [f32]) {
        self.describe(moment, row);
        self.centre(0, row);
    }

    /// Writes the numbers about one action, the last of a row, centred and scaled.
    pub fn write_own(&self, moment: &Moment<'_>, action: u32, row: &mut [f32]) {
        let first = row.len() - OWN_ANSWERS;
        describe_own(moment, action, &mut row[first..]);
        self.centre(first, &mut row[first..]);
    }

    /// Centres and scales the numbers of a row from `first` on, brought into the range that was seen; what is not known is the
    /// mean.
    pub fn centre(&self, first: usize, row: &mut [f32]) {
        for (at, value) in (first..).zip(row) {
            // Of a number that was never known there is no range either.
            let is_known = !value.is_nan() && self.lows[at] <= self.highs[at];
            *value = if is_known {
                (value.clamp(self.lows[at], self.highs[at]) - self.means[at]) / self.scales[at]
            } else {
                0.0
            };
        }
    }

    /// The numbers as they stand, NaN where they are not known.
    pub fn describe(&self, moment: &Moment<'_>, row: &mut [f32]) {
        row.fill(f32::NAN);
        self.write_user(moment, row);
        let mut at = width(&self.layout.user_values) + self.layout.user_numbers.len();
        self.write_items(moment, row, at);
        at += width(&self.layout.item_values) + TASTE;
        let since = |time: i64| (moment.now - time).max(0) as f32 / DAY as f32;
        let times = moment.history.timestamps;
        let from = moment.now - self.layout.period_days * DAY;
        let lately = times.len() - times.partition_point(|&time| time < from);
        row[at] = count(times.len());
        row[at + 1] = count(lately);
        row[at + 2] = times.last().map_or(f32::NAN, |&time| since(time).ln_1p());
        let (taken, others) = answers(&moment.actions, None);
        (row[at + 3], row[at + 4]) = (count(taken), count(others));
    }

    fn write_user(&self, moment: &Moment<'_>, row: &mut [f32]) {
        let (values, n_numbers) = (width(&self.layout.user_values), self.layout.user_numbers.len());
        let mut set = |members: &[u32]| {
            if !members.is_empty() {
                row[..values].fill(0.0);
                for &member in members {
                    row[member as usize] = 1.0;
                }
            }
        };
        match (moment.newcomer, moment.user) {
            (Some(newcomer), _) => {
                let members =
                    self.layout.user_values.iter().flat_map(|told| {
                        newcomer.categories(&told.column).filter_map(|value| told.place(value))
                    });
                set(&members.collect::<Vec<u32>>());
                for (at, column) in self.layout.user_numbers.iter().enumerate() {
                    if let Some(number) = newcomer.number(column) {
                        row[values + at] = number;
                    }
                }
            }
            (None, Some(user)) => {
                set(self.users.of(user));
                let numbers = self.user_numbers.get(user as usize * n_numbers..).unwrap_or_default();
                for (at, &number) in numbers.iter().take(n_numbers).enumerate() {
                    if !number.is_nan() {
                        row[values + at] = number;
                    }
                }
            }
            (None, None) => {}
        }
    }

    /// The shares of values in what they had newest, and the taste that it shows.
    fn write_items(&self, moment: &Moment<'_>, row: &mut [f32], at: usize) {
        let all = moment.history.items;
        let newest = &all[all.len().saturating_sub(HISTORY)..];
        if newest.is_empty() {
            return;
        }
        let taste = at + width(&self.layout.item_values);
        row[at..taste + TASTE].fill(0.0);
        let share = 1.0 / newest.len() as f32;
        for &item in newest {
            self.items.of(item).iter().for_each(|&member| row[member as usize] += share);
            let item = self.taste.get(item as usize * TASTE..).unwrap_or_default();
            row[taste..taste + TASTE].iter_mut().zip(item).for_each(|(sum, part)| *sum += part * share);
        }
    }

    /// The tensors to save.
    pub fn tensors(&self) -> [(&'static str, Values<'_>); 10] {
        [
            ("user_offsets", Values::U32(&self.users.offsets)),
            ("user_members", Values::U32(&self.users.members)),
            ("item_offsets", Values::U32(&self.items.offsets)),
            ("item_members", Values::U32(&self.items.members)),
            ("user_numbers", Values::F32(&self.user_numbers)),
            ("taste", Values::F32(&self.taste)),
            ("means", Values::F32(&self.means)),
            ("scales", Values::F32(&self.scales)),
            ("lows", Values::F32(&self.lows)),
            ("highs", Values::F32(&self.highs)),
        ]
    }

    pub fn load(layout: Layout, tensors: &Tensors<'_>) -> Result<Self, ArtifactError> {
        let bags = |offsets: &str, members: &str| {
            Ok::<_, ArtifactError>(Bags { offsets: tensors.u32(offsets)?, members: tensors.u32(members)? })
        };
        let people = Self {
            users: bags("user_offsets", "user_members")?,
            items: bags("item_offsets", "item_members")?,
            user_numbers: tensors.f32("user_numbers")?,
            taste: tensors.f32("taste")?,
            means: tensors.f32("means")?,
            scales: tensors.f32("scales")?,
            lows: tensors.f32("lows")?,
            highs: tensors.f32("highs")?,
            layout,
        };
        expect_len("means", people.means.len(), people.width())?;
        expect_len("scales", people.scales.len(), people.width())?;
        expect_len("lows", people.lows.len(), people.width())?;
        expect_len("highs", people.highs.len(), people.width())?;
        Ok(people)
    }
}

/// The numbers about one action as they stand, `[OWN_ANSWERS]`.
pub fn describe_own(moment: &Moment<'_>, action: u32, row: &mut [f32]) {
    let (taken, others) = answers(&moment.actions, Some(action));
    let last = (0..moment.actions.len()).rev().find(|&event| moment.actions.items[event] == action);
    let days = last.map(|event| (moment.now - moment.actions.timestamps[event]).max(0) as f32 / DAY as f32);
    row.copy_from_slice(&[count(taken), count(others), days.map_or(0.0, |days| 1.0 / (1.0 + days))]);
}

/// What the numbers of values are about.
fn of_values(told: &[Told], make: fn(String, String) -> About) -> Vec<About> {
    let values = |told: &Told| {
        let column = told.column.clone();
        told.values.iter().map(|value| make(column.clone(), value.clone())).collect::<Vec<About>>()
    };
    told.iter().flat_map(values).collect()
}

/// A count as it is reckoned with: each more says less.
fn count(count: usize) -> f32 {
    (count as f32).ln_1p()
}

/// How often actions, or one of them, were taken, and seen or declined.
fn answers(history: &History<'_>, action: Option<u32>) -> (usize, usize) {
    let own = (0..history.len()).filter(|&at| action.is_none_or(|action| history.items[at] == action));
    let (taken, others): (Vec<usize>, Vec<usize>) =
        own.partition(|&at| ActionEvent::of_index(history.event_types[at]) == Some(ActionEvent::Taken));
    (taken.len(), others.len())
}

/// The right singular vectors of who had what, `[n_items, TASTE]`: items had by the same people say the same.
fn taste_of_items(interactions: &Interactions, seed: u64, job: &JobContext) -> Result<Vec<f32>, Cancelled> {
    let (mut offsets, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
    for user in 0..interactions.n_users() as u32 {
        let mut items = interactions.history(user).items.to_vec();
        items.sort_unstable();
        items.dedup();
        let weight = 1.0 / (items.len().max(1) as f32).sqrt();
        values.resize(values.len() + items.len(), weight);
        indices.extend(items);
        offsets.push(indices.len());
    }
    let matrix = SparseMatrix {
        columns: interactions.n_items(),
        offsets: &offsets,
        indices: &indices,
        values: &values,
    };
    Ok(matrix.svd(TASTE, seed, job)?.right)
}
