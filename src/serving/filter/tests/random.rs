//! Ten thousand expressions on catalogues drawn at random, against an evaluator that asks every row by itself. It works
//! on what it drew and not on what was parsed, so a slip of the parser shows too.

use super::*;
use crate::nn::random::Random;
use std::collections::{BTreeMap, BTreeSet};

const CATALOGUES: u64 = 50;
const EXPRESSIONS: usize = 240;
const GENRES: [&str; 5] = ["Drama", "drama", "War", "Sci \"Fi\"", "O'Neill"];
const MAKERS: [&str; 4] = ["Acme", "Acme|Co", "äther", "x"];
const CLUBS: [&str; 3] = ["gold", "silver", "tin"];
const TYPES: [&str; 4] = ["click", "Click", "view", "buy"];
const PARAMETERS: [&str; 4] = ["P", "p", "Q1", "R_"];

/// What a row holds in a field.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Texts(Vec<String>),
    Number(Option<f64>),
}

type Row = BTreeMap<&'static str, Cell>;

#[derive(Debug)]
struct World {
    items: BTreeMap<String, Row>,
    users: BTreeMap<String, Row>,
    /// User, item, type; the oldest first.
    events: Vec<(String, String, String)>,
    newest: Option<usize>,
}

const ITEM_FIELDS: [&str; 5] = ["GENRES", "MAKER", "YEAR", "PRICE", "CREATION_TIMESTAMP"];
const USER_FIELDS: [&str; 2] = ["CLUBS", "AGE"];

fn is_number(field: &str) -> bool {
    matches!(field, "YEAR" | "PRICE" | "CREATION_TIMESTAMP" | "AGE")
}

/// A value and what it is drawn as.
#[derive(Debug, Clone)]
enum Drawn {
    Literal(String),
    Parameter(&'static str),
    Current(&'static str),
}

#[derive(Debug, Clone)]
struct Test {
    /// `None` for the event type.
    field: Option<&'static str>,
    operator: &'static str,
    values: Vec<Drawn>,
}

#[derive(Debug, Clone)]
struct Part {
    keeps: bool,
    any_of: Vec<Vec<Test>>,
    only_if: Vec<Test>,
}

struct Draw(Random);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0.below(n as u32) as usize
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn some(&mut self, from: &[&str]) -> Vec<String> {
        let mut picked: Vec<String> = (0..self.below(3)).map(|_| self.pick(from).to_owned()).collect();
        picked.dedup();
        picked
    }

    fn number(&mut self, field: &str) -> f64 {
        match field {
            "PRICE" => f64::from([0.1_f32, 9.99, 10.0, 10.25, 3.3][self.below(5)]),
            "CREATION_TIMESTAMP" => 1.6e9 + self.below(4) as f64,
            _ => 1_970.0 + self.below(5) as f64,
        }
    }

    fn row(&mut self, fields: &[&'static str]) -> Row {
        let mut row = Row::new();
        for &field in fields {
            row.insert(
                field,
                match field {
                    "GENRES" => Cell::Texts(self.some(&GENRES)),
                    "CLUBS" => Cell::Texts(self.some(&CLUBS)),
                    "MAKER" if self.chance(4) => Cell::Texts(Vec::new()),
                    "MAKER" => Cell::Texts(vec![self.pick(&MAKERS).to_owned()]),
                    _ if self.chance(4) => Cell::Number(None),
                    _ => Cell::Number(Some(self.number(field))),
                },
            );
        }
        row
    }

    fn world(&mut self) -> World {
        let n_items = 1 + self.below(150);
        let items: BTreeMap<String, Row> =
            (0..n_items).map(|item| (format!("i{item}"), self.row(&ITEM_FIELDS))).collect();
        let users = (0..8).map(|user| (format!("u{user}"), self.row(&USER_FIELDS))).collect();
        let mut events = Vec::new();
        for _ in 0..self.below(200) {
            // Two users are known from events alone, and two of the users did nothing.
            let user = format!("u{}", 2 + self.below(8));
            events.push((user, format!("i{}", self.below(n_items)), self.pick(&TYPES).to_owned()));
        }
        // One event, so that there are types.
        events.push(("u2".to_owned(), "i0".to_owned(), "view".to_owned()));
        World { items, users, events, newest: (!self.chance(2)).then(|| 1 + self.below(3)) }
    }

    fn literal(&mut self, field: Option<&str>) -> String {
        match field {
            None => match self.below(6) {
                0 => "*".to_owned(),
                1 => "never".to_owned(),
                2 => self.pick(&TYPES).to_uppercase(),
                _ => self.pick(&TYPES).to_owned(),
            },
            Some("GENRES") => self.pick(&GENRES).to_owned(),
            Some("CLUBS") => self.pick(&CLUBS).to_owned(),
            Some("MAKER") => self.pick(&["Acme", "Acme|Co", "äther", "acme", "none"]).to_owned(),
            Some("PRICE") => self.pick(&["0.1", "9.99", "10", "10.25", "-1", "3.3"]).to_owned(),
            Some(field) if self.chance(6) => format!("{}.5", self.number(field)),
            Some(field) => self.number(field).to_string(),
        }
    }

    fn test(&mut self, fields: &[Option<&'static str>], items: bool) -> Test {
        let field = self.pick(fields);
        let operator = if field.is_some_and(is_number) {
            self.pick(&["IN", "NOT IN", "=", "!=", "<", "<=", ">", ">="])
        } else {
            self.pick(&["IN", "IN", "NOT IN", "=", "!="])
        };
        let is_list = operator.ends_with("IN");
        let current: Vec<&'static str> = ITEM_FIELDS
            .into_iter()
            .filter(|other| field.is_some_and(|field| is_number(field) == is_number(other)))
            .collect();
        if items && !current.is_empty() && operator != "NOT IN" && self.chance(5) {
            return Test { field, operator, values: vec![Drawn::Current(self.pick(&current))] };
        }
        let count = if is_list { 1 + self.below(3) } else { 1 };
        let values = (0..count).map(|_| {
            if operator != "NOT IN" && self.chance(5) {
                Drawn::Parameter(self.pick(&PARAMETERS))
            } else {
                Drawn::Literal(self.literal(field))
            }
        });
        Test { field, operator, values: values.collect() }
    }

    fn part(&mut self, users: bool) -> Part {
        let own = if users { &USER_FIELDS[..] } else { &ITEM_FIELDS[..] };
        let fields: Vec<Option<&'static str>> =
            if self.chance(3) { vec![None] } else { own.iter().map(|field| Some(*field)).collect() };
        let any_of = (0..=self.below(3))
            .map(|_| (0..=self.below(3)).map(|_| self.test(&fields, !users)).collect())
            .collect();
        let of_user: Vec<Option<&'static str>> = USER_FIELDS.iter().map(|field| Some(*field)).collect();
        let only_if = if self.chance(3) {
            (0..=self.below(2)).map(|_| self.test(&of_user, false)).collect()
        } else {
            Vec::new()
        };
        Part { keeps: self.chance(2), any_of, only_if }
    }

    /// The expression as a person may write it.
    fn spelt(&mut self, parts: &[Part], users: bool) -> String {
        let (target, own) = if users { ("UserID", "Users") } else { ("ItemID", "Items") };
        let parts: Vec<String> = parts
            .iter()
            .map(|part| {
                let action = if part.keeps { "INCLUDE" } else { "exclude" };
                let any_of: Vec<String> = part
                    .any_of
                    .iter()
                    .map(|all| {
                        all.iter().map(|test| self.test_spelt(test, own)).collect::<Vec<_>>().join(" AND ")
                    })
                    .collect();
                let mut text = format!("{action} {target} WHERE {}", any_of.join(" or "));
                if !part.only_if.is_empty() {
                    let tests: Vec<String> =
                        part.only_if.iter().map(|test| self.test_spelt(test, "CurrentUser")).collect();
                    text.push_str(" IF ");
                    text.push_str(&tests.join(" and "));
                }
                text
            })
            .collect();
        parts.join(if self.chance(2) { "|" } else { " |\n" })
    }

    fn test_spelt(&mut self, test: &Test, own: &str) -> String {
        let field = match test.field {
            None => "interactions.EVENT_TYPE".to_owned(),
            Some(field) if self.chance(3) => format!("{own}.{}", field.to_lowercase()),
            Some(field) => format!("{own}.{field}"),
        };
        let values: Vec<String> = test
            .values
            .iter()
            .map(|value| match value {
                Drawn::Parameter(name) => format!("${name}"),
                Drawn::Current(field) => format!("CurrentItem.{field}"),
                Drawn::Literal(text) if test.field.is_some_and(is_number) && self.chance(2) => text.clone(),
                Drawn::Literal(text) if !text.contains('\'') && self.chance(2) => {
                    format!("'{}'", text.replace('"', "\\\""))
                }
                Drawn::Literal(text) => format!("\"{}\"", text.replace('"', "\\\"")),
            })
            .collect();
        let in_parentheses = test.operator.ends_with("IN") && !matches!(test.values[0], Drawn::Current(_));
        if in_parentheses {
            format!("{field} {}({})", test.operator, values.join(","))
        } else {
            format!("{field} {} {}", test.operator, values[0])
        }
    }
}

/// Who asks about what with which values, for the second evaluator.
struct Asked<'a> {
    world: &'a World,
    user: Option<&'a str>,
    item: Option<&'a str>,
    given: &'a BTreeMap<&'static str, Vec<String>>,
}

impl Asked<'_> {
    fn cell(rows: &BTreeMap<String, Row>, id: Option<&str>, field: &str) -> Option<Cell> {
        rows.get(id?)?.get(field).cloned()
    }

    /// One field of one row against values, by the book: a missing side is false.
    fn compare(&self, test: &Test, cell: Option<Cell>) -> bool {
        let single = test.field == Some("PRICE");
        let read =
            |text: &str| if single { f64::from(text.parse::<f32>().unwrap()) } else { text.parse().unwrap() };
        let mut texts: Vec<String> = Vec::new();
        for value in &test.values {
            match value {
                Drawn::Literal(text) => texts.push(text.clone()),
                Drawn::Parameter(name) => texts.extend(self.given[name].iter().cloned()),
                Drawn::Current(field) => match Self::cell(&self.world.items, self.item, field) {
                    Some(Cell::Texts(held)) if !held.is_empty() => texts.extend(held),
                    Some(Cell::Number(Some(number))) => texts.push(number.to_string()),
                    _ => return false,
                },
            }
        }
        match cell {
            Some(Cell::Texts(held)) if !held.is_empty() => {
                let any = held.iter().any(|held| texts.contains(held));
                if test.operator == "NOT IN" || test.operator == "!=" { !any } else { any }
            }
            Some(Cell::Number(Some(number))) => {
                let than: Vec<f64> = texts.iter().map(|text| read(text)).collect();
                match test.operator {
                    "IN" | "=" => than.contains(&number),
                    "NOT IN" | "!=" => !than.contains(&number),
                    "<" => number < than[0],
                    "<=" => number <= than[0],
                    ">" => number > than[0],
                    _ => number >= than[0],
                }
            }
            _ => false,
        }
    }

    /// The types, in lower case, of the events that are looked at between a user and items.
    fn types(&self, user: &str, item: Option<&str>) -> BTreeSet<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut types = BTreeSet::new();
        for (who, what, how) in self.world.events.iter().rev() {
            if who != user {
                continue;
            }
            let how = how.to_lowercase();
            let count = seen.entry(how.clone()).or_insert(0);
            *count += 1;
            if self.world.newest.is_none_or(|newest| *count <= newest) && item.is_none_or(|item| item == what)
            {
                types.insert(how);
            }
        }
        types
    }

    fn events_hold(&self, test: &Test, types: &BTreeSet<String>) -> bool {
        let mut meant: Vec<String> = Vec::new();
        for value in &test.values {
            match value {
                Drawn::Literal(text) => meant.push(text.to_lowercase()),
                Drawn::Parameter(name) => {
                    meant.extend(self.given[name].iter().map(|text| text.to_lowercase()));
                }
                Drawn::Current(_) => unreachable!("never drawn for events"),
            }
        }
        let any = types.iter().any(|held| meant.iter().any(|meant| meant == "*" || meant == held));
        if test.operator == "NOT IN" || test.operator == "!=" { !types.is_empty() && !any } else { any }
    }

    fn holds(&self, test: &Test, id: &str, users: bool) -> bool {
        match test.field {
            None if users => self.events_hold(test, &self.types(id, None)),
            None => self.events_hold(test, &self.types(self.user.unwrap(), Some(id))),
            Some(field) => {
                let rows = if users { &self.world.users } else { &self.world.items };
                self.compare(test, Self::cell(rows, Some(id), field))
            }
        }
    }

    fn keeps(&self, parts: &[Part], id: &str, users: bool) -> bool {
        let (mut asked_for, mut included, mut excluded) = (false, false, false);
        for part in parts {
            let tests = || part.any_of.iter().flatten().chain(&part.only_if);
            let has_values = tests().flat_map(|test| &test.values).all(|value| match value {
                Drawn::Parameter(name) => self.given.contains_key(name),
                _ => true,
            });
            let is_meant = has_values
                && part.only_if.iter().all(|test| {
                    self.compare(test, Self::cell(&self.world.users, self.user, test.field.unwrap()))
                });
            if !is_meant {
                continue;
            }
            let describes = part.any_of.iter().any(|all| all.iter().all(|test| self.holds(test, id, users)));
            asked_for |= part.keeps;
            included |= part.keeps && describes;
            excluded |= !part.keeps && describes;
        }
        (included || !asked_for) && !excluded
    }
}

fn group_of(world: &World) -> Group {
    use FieldRole::{Categorical, Plain};
    use FieldType::{Float, Int, Long, String as Text};
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let csv = |rows: &BTreeMap<String, Row>, fields: &[&str]| -> Vec<String> {
        let cell = |row: &Row, field: &str| match &row[field] {
            Cell::Texts(held) => quoted(&held.join("|")),
            Cell::Number(None) => String::new(),
            Cell::Number(Some(number)) if field == "PRICE" => (*number as f32).to_string(),
            Cell::Number(Some(number)) => number.to_string(),
        };
        let line = |(id, row): (&String, &Row)| {
            std::iter::once(id.clone())
                .chain(fields.iter().map(|field| cell(row, field)))
                .collect::<Vec<_>>()
                .join(",")
        };
        rows.iter().map(line).collect()
    };
    let items = dataset(
        DatasetType::Items,
        &[
            ("ITEM_ID", Text, Plain),
            ("GENRES", Text, Categorical),
            ("MAKER", Text, Plain),
            ("YEAR", Int, Plain),
            ("PRICE", Float, Plain),
            ("CREATION_TIMESTAMP", Long, Plain),
        ],
        &csv(&world.items, &ITEM_FIELDS),
    );
    let users = dataset(
        DatasetType::Users,
        &[("USER_ID", Text, Plain), ("CLUBS", Text, Categorical), ("AGE", Int, Plain)],
        &csv(&world.users, &USER_FIELDS),
    );
    let ids = Arc::new(Vocabulary::new(world.items.keys()));
    Group { items, users, events: events(&world.events, &ids) }
}

/// Values for some parameters, each of the kind that its first test has; none of a test of numbers gets text.
fn give(draw: &mut Draw, parts: &[Part]) -> BTreeMap<&'static str, Vec<String>> {
    let mut given = BTreeMap::new();
    for name in PARAMETERS {
        let tests: Vec<&Test> = parts
            .iter()
            .flat_map(|part| part.any_of.iter().flatten().chain(&part.only_if))
            .filter(|test| {
                test.values.iter().any(|value| matches!(value, Drawn::Parameter(other) if *other == name))
            })
            .collect();
        let Some(first) = tests.first() else { continue };
        if draw.chance(6) {
            continue;
        }
        let number = tests.iter().find(|test| test.field.is_some_and(is_number));
        let of = number.unwrap_or(first).field;
        let count = if tests.iter().all(|test| test.operator == "IN") { 1 + draw.below(2) } else { 1 };
        given.insert(name, (0..count).map(|_| draw.literal(of)).collect());
    }
    given
}

#[test]
fn ten_thousand_expressions_agree_with_asking_every_row() {
    let (mut compared, mut refused, mut kept_some) = (0, 0, 0);
    for seed in 0..CATALOGUES {
        let mut draw = Draw(Random::new(seed, 11));
        let world = draw.world();
        let group = group_of(&world);
        let data = [Target::Items, Target::Users].map(|target| group.data(target, world.newest));
        for _ in 0..EXPRESSIONS {
            let users = draw.chance(5);
            let parts: Vec<Part> = (0..=draw.below(3)).map(|_| draw.part(users)).collect();
            let text = draw.spelt(&parts, users);
            let given = give(&mut draw, &parts);
            let user = format!("u{}", draw.below(12));
            let item = format!("i{}", draw.below(world.items.len() + 2));
            let filter = compiled(&text, &data[usize::from(users)]);
            let quoted = |values: &Vec<String>| {
                values
                    .iter()
                    .map(|text| format!("\"{}\"", text.replace('"', "\\\"")))
                    .collect::<Vec<_>>()
                    .join(",")
            };
            let values: Vec<(String, String)> =
                given.iter().map(|(name, values)| ((*name).to_owned(), quoted(values))).collect();
            let query = FilterQuery { user: Some(&user), item: Some(&item), live: &[] };
            let asked = Asked { world: &world, user: Some(&user), item: Some(&item), given: &given };

            let names = |part: &Part| -> Vec<&'static str> {
                let tests = part.any_of.iter().flatten().chain(&part.only_if);
                tests
                    .flat_map(|test| &test.values)
                    .filter_map(|value| if let Drawn::Parameter(name) = value { Some(*name) } else { None })
                    .collect()
            };
            let needs = parts.iter().filter(|part| part.keeps).flat_map(names);
            let lacks = needs.into_iter().any(|name| !given.contains_key(name));
            let bound = match filter.bind(query, &values) {
                Ok(bound) => bound,
                Err(error) => {
                    assert!(lacks, "{text} {values:?}: {error}");
                    refused += 1;
                    continue;
                }
            };
            assert!(!lacks, "{text} {values:?}");
            let mut rows = Bits::default();
            bound.allowed(&mut rows);
            let ids = filter.data().chosen().ids();
            let got: Vec<&str> = rows.iter().map(|row| ids.id(row)).collect();
            let expected: Vec<&str> = ids.iter().filter(|id| asked.keeps(&parts, id, users)).collect();
            assert_eq!(got, expected, "{text}\n{values:?} {user} {item} {:?}", world.newest);
            assert_eq!(bound.keeps_unknown(), asked.keeps(&parts, "unheard of", users), "{text}");
            let one = if users { user.as_str() } else { item.as_str() };
            let trace = filter.trace(query, &values, one).unwrap();
            assert_eq!(trace.is_kept, asked.keeps(&parts, one, users), "{text} {one}");
            compared += 1;
            kept_some += usize::from(!got.is_empty() && got.len() < ids.len());
        }
    }
    assert_eq!(compared + refused, CATALOGUES as usize * EXPRESSIONS);
    // The drawing is worth something: few are refused for want of a value, and most keep some and drop some.
    assert!(compared > 10_000 && kept_some * 2 > compared, "{compared} {refused} {kept_some}");
}
