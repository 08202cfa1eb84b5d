//! Histories as tokens: one that stands for the beginning and says who it is, then one an event.
//!
//! A token says what has happened and in which context the next event will: so that the context of a request counts.

use super::layout::{BEGIN, Layout};
use crate::data::{FeatureRow, History};
use crate::nn::bags::Bags;
use crate::nn::network::Tokens;
use crate::nn::ragged::Ragged;
use crate::recipes::Query;
use std::ops::Range;

/// Tokens of several histories being laid end to end.
pub struct Builder<'a> {
    layout: &'a Layout,
    items: Bags,
    features: Bags,
    lengths: Vec<usize>,
}

/// Who a history is of.
#[derive(Clone, Copy)]
pub enum Person<'a> {
    Unknown,
    /// A user's feature rows.
    Known(&'a Bags, usize),
    Newcomer(FeatureRow<'a>),
}

/// In which context comes what follows the last token.
#[derive(Clone, Copy)]
pub enum Next<'a> {
    /// The event of the history after it.
    Event,
    Request(&'a Query<'a>),
}

impl<'a> Builder<'a> {
    pub fn new(layout: &'a Layout) -> Self {
        Self { layout, items: Bags::default(), features: Bags::default(), lengths: Vec::new() }
    }

    /// Adds a sequence: the token of the beginning where `person` is given, then the events of a range.
    pub fn push(
        &mut self,
        history: &History<'_>,
        events: Range<usize>,
        person: Option<Person<'_>>,
        next: Next<'_>,
    ) {
        let context = |features: &mut Bags, at: usize| match next {
            Next::Request(query) if at == history.len() => {
                self.layout.add_request(features, |name| query.context_of(name).map(str::to_owned));
            }
            _ if at < history.len() => self.layout.add_context(features, history, at),
            _ => {}
        };
        if let Some(person) = person {
            self.features.add(BEGIN, 1.0);
            match person {
                Person::Unknown => {}
                Person::Known(users, user) => {
                    users.entries(user).for_each(|(row, weight)| self.features.add(row, weight));
                }
                Person::Newcomer(row) => {
                    for column in &self.layout.users {
                        column.add_names(&mut self.features, row.categories(column.name()));
                        column.add_value(&mut self.features, row.number(column.name()));
                    }
                }
            }
            context(&mut self.features, events.start);
            self.items.close();
            self.features.close();
        }
        for at in events.clone() {
            self.items.add(history.items[at], 1.0);
            self.items.close();
            self.layout.add_event(&mut self.features, history, at);
            context(&mut self.features, at + 1);
            self.features.close();
        }
        self.lengths.push(events.len() + usize::from(person.is_some()));
    }

    pub fn finish(self) -> Tokens {
        Tokens { items: self.items, features: self.features, ragged: Ragged::new(self.lengths) }
    }
}
