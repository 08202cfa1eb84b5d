//! What viewers of the invented films did: drifting tastes, evenings of several films, series in order, weeks
//! in which everybody talks about the same two films, and a few robots.

use super::film_words::THEMES;
use super::films::{DAYS, FILMS, Film, START, catalogue, sheet};
use super::people::{DAY, Person, Tastes};
use super::random::{Random, long_tail};
use super::sheet::Sheet;
use super::{Event, SampleTables, log_sheet};

const SEED: u64 = 0x0046_494c_4d53; // "FILMS"
/// Viewers, robots among them.
const VIEWERS: usize = 2_000;
/// Viewers that are programs, walking the catalogue.
const ROBOTS: [usize; 2] = [377, 1_689];
/// Most films of one evening.
const LONGEST_VISIT: usize = 6;
/// Weights of the hours of the day on the viewer's own clock, from midnight.
const HOURS: [f64; 24] = [
    3.0, 1.5, 0.7, 0.3, 0.2, 0.3, 0.6, 1.0, 1.5, 2.0, 2.2, 2.5, 3.0, 3.0, 3.0, 3.2, 3.8, 5.0, 7.0, 10.0,
    13.0, 13.0, 10.0, 6.0,
];

/// Draws the whole group.
pub(super) fn tables() -> SampleTables {
    let films = catalogue(&mut Random::new(SEED, 0));
    let world = World::new(&mut Random::new(SEED, 1), films);
    let mut users = Sheet::new(&["USER_ID", "AGE", "COUNTRY"]);
    let mut events = Vec::new();
    for viewer in 0..VIEWERS {
        let mut random = Random::new(SEED, 2 + viewer as u64);
        let person = Person::new(&mut random, DAYS);
        users.rows.push(vec![user_id(viewer), person.age.to_string(), person.country.to_owned()]);
        if ROBOTS.contains(&viewer) {
            crawl(&mut random, &world, viewer, &mut events);
        } else {
            Viewing::new(&mut random, &world, &person, viewer).run(&person, &mut events);
        }
    }
    let interactions = log_sheet(events, user_id, |film| world.films[film].id.clone());
    SampleTables { interactions, items: sheet(&world.films), users }
}

fn user_id(viewer: usize) -> String {
    format!("viewer-{:04}", viewer + 1)
}

/// What all viewers share.
struct World {
    films: Vec<Film>,
    /// Films of each theme, `[themes]`.
    of_theme: Vec<Vec<usize>>,
    /// How many people like a theme, `[themes]`.
    popularity: Vec<f64>,
    /// The age each theme is for, `[themes]`, years.
    age: Vec<f64>,
    /// How likely a taste moves from one theme to another: genres shared, `[themes, themes]`.
    near: Vec<Vec<f64>>,
    /// How likely the first page shows a film to everybody, `[films]`.
    front_page: Vec<f64>,
    /// The films talked about in each week, `[weeks]`.
    talked_about: Vec<[usize; 2]>,
}

impl World {
    fn new(random: &mut Random, films: Vec<Film>) -> Self {
        let mut of_theme = vec![Vec::new(); THEMES.len()];
        for (index, film) in films.iter().enumerate() {
            of_theme[film.theme].push(index);
        }
        let near = THEMES
            .iter()
            .map(|from| {
                let shared = |to: &&str| from.genres.contains(to);
                THEMES
                    .iter()
                    .map(|to| to.genres.iter().filter(|genre| shared(genre)).count() as f64)
                    .collect()
            })
            .collect();
        let talked_about = (0..=DAYS / 7)
            .map(|week| {
                let now = START + week * 7 * DAY;
                let mut talk = || {
                    loop {
                        let film = random.below(films.len());
                        let age_days = (now - films[film].created) / DAY;
                        // Talk is of new films mostly, and of an old one now and then.
                        if (0..90).contains(&age_days) || (age_days >= 90 && random.chance(0.01)) {
                            return film;
                        }
                    }
                };
                [talk(), talk()]
            })
            .collect();
        let popularity: Vec<f64> = (1..=THEMES.len()).map(|rank| long_tail(rank + 1)).collect();
        let asked_for = |film: &Film| film.weight * popularity[film.theme];
        Self {
            of_theme,
            front_page: films.iter().map(|film| asked_for(film) * asked_for(film)).collect(),
            age: THEMES.iter().map(|_| random.between(16, 62) as f64).collect(),
            near,
            talked_about,
            popularity,
            films,
        }
    }

    /// The films talked about at a time; on the first day of a week those of the week before.
    fn talk(&self, time: i64) -> &[usize; 2] {
        let week = (time - START - DAY).max(0) / (7 * DAY);
        &self.talked_about[(week as usize).min(self.talked_about.len() - 1)]
    }
}

/// One viewer on the way through the years.
struct Viewing<'a> {
    random: &'a mut Random,
    world: &'a World,
    viewer: usize,
    tastes: Tastes,
    /// `[films]`
    seen: Vec<bool>,
    /// The film last watched.
    last: Option<usize>,
    /// Next parts of series begun, the newest last.
    to_continue: Vec<usize>,
    events_left: usize,
}

impl<'a> Viewing<'a> {
    fn new(random: &'a mut Random, world: &'a World, person: &Person, viewer: usize) -> Self {
        let appeal: Vec<f64> = (0..THEMES.len())
            .map(|theme| {
                world.popularity[theme] * person.suits_age(world.age[theme]) * country_leaning(person, theme)
            })
            .collect();
        let tastes = Tastes::new(random, &appeal);
        let events_left = Person::activity(random, 4, 11.5, 360);
        Self {
            random,
            world,
            viewer,
            tastes,
            seen: vec![false; FILMS],
            last: None,
            to_continue: Vec::new(),
            events_left,
        }
    }

    /// Comes by until the events of this viewer are used up.
    fn run(mut self, person: &Person, events: &mut Vec<Event>) {
        let visits = person.visits(self.random, START, self.events_left, &HOURS);
        let mut now = START;
        for visit in visits {
            if self.events_left == 0 {
                break;
            }
            // Nobody starts a visit during the one before.
            let start = visit.max(now + 3 * 3_600);
            self.tastes.drift(self.random, (start - now) as f64 / DAY as f64, 160.0, &self.world.near);
            now = self.evening(start, events);
        }
    }

    /// One visit of several films; returns when it ended.
    fn evening(&mut self, start: i64, events: &mut Vec<Event>) -> i64 {
        let mut now = start;
        let theme = if self.random.chance(0.08) {
            self.random.weighted(&self.world.popularity).unwrap_or(0)
        } else {
            self.tastes.choose(self.random)
        };
        for _ in 0..self.random.run_length(0.62, LONGEST_VISIT) {
            let Some(film) = self.choose(theme, now) else { break };
            let is_watched = self.random.chance(0.72);
            now += self.random.between(30, 400);
            if now >= START + DAYS * DAY || self.events_left == 0 {
                break;
            }
            self.events_left -= 1;
            events.push(Event {
                time: now,
                user: self.viewer,
                item: film,
                kind: if is_watched { "watch" } else { "click" },
                value: None,
            });
            if is_watched {
                self.watched(film);
                now += self.random.between(70 * 60, 130 * 60);
            }
        }
        now
    }

    fn watched(&mut self, film: usize) {
        self.seen[film] = true;
        self.last = Some(film);
        self.to_continue.retain(|&next| next != film);
        self.to_continue.extend(self.world.films[film].next_part.filter(|&next| !self.seen[next]));
    }

    fn is_open(&self, film: usize, now: i64) -> bool {
        !self.seen[film] && self.world.films[film].created <= now
    }

    /// The next film: the series begun, what the row "watch next" shows, what everybody talks about, what
    /// the first page shows, or one of the theme.
    fn choose(&mut self, theme: usize, now: i64) -> Option<usize> {
        let world = self.world;
        let continued = self.to_continue.iter().rev().copied().find(|&next| self.is_open(next, now));
        if let Some(next) = continued.filter(|_| self.random.chance(0.5)) {
            return Some(next);
        }
        if let Some(last) = self.last.filter(|_| self.random.chance(0.24)) {
            let shown = &world.films[last].watch_next;
            let weights: Vec<f64> = shown
                .iter()
                .zip([6.0, 3.0, 2.0])
                .map(|(&film, weight)| if self.is_open(film, now) { weight } else { 0.0 })
                .collect();
            if let Some(place) = self.random.weighted(&weights) {
                return Some(shown[place]);
            }
        }
        if self.random.chance(0.09) {
            let talked_about = self.random.pick(world.talk(now));
            if self.is_open(talked_about, now) {
                return Some(talked_about);
            }
        }
        if self.random.chance(0.16) {
            let weights: Vec<f64> = (0..FILMS)
                .map(|film| if self.is_open(film, now) { world.front_page[film] } else { 0.0 })
                .collect();
            return self.random.weighted(&weights);
        }
        let films = &world.of_theme[theme];
        let weights: Vec<f64> = films.iter().map(|&film| self.wish(film, now)).collect();
        self.random.weighted(&weights).map(|place| films[place])
    }

    /// The weight of a film of the theme chosen: liked by many, new, and not in the middle of a series.
    fn wish(&self, film: usize, now: i64) -> f64 {
        if !self.is_open(film, now) {
            return 0.0;
        }
        let Film { created, series, weight, .. } = &self.world.films[film];
        let age_days = ((now - created) / DAY) as f64;
        let newness = 1.0 + 3.0 / (1.0 + age_days / 21.0);
        let is_later_part = series.is_some_and(|(_, part)| part > 1);
        weight * newness * if is_later_part { 0.08 } else { 1.0 }
    }
}

/// Countries differ: each likes some themes half as much again and some half as much.
fn country_leaning(person: &Person, theme: usize) -> f64 {
    let stream = person.country.bytes().fold(theme as u64, |key, letter| key * 256 + u64::from(letter));
    0.5 + Random::new(SEED ^ 1, stream).unit()
}

/// A robot: opens page after page of the catalogue in rounds, every film once a round, day and night.
fn crawl(random: &mut Random, world: &World, viewer: usize, events: &mut Vec<Event>) {
    let pages = random.between(2_000, 2_400);
    let mut now = START + random.between(60, DAYS - 120) * DAY;
    let mut round: Vec<usize> = Vec::new();
    for _ in 0..pages {
        let film = loop {
            let film = round.pop().unwrap_or_else(|| {
                round = (0..FILMS).collect();
                random.shuffle(&mut round);
                now += random.between(2, 9) * DAY;
                round.pop().unwrap_or(0)
            });
            if world.films[film].created <= now {
                break film;
            }
        };
        now += random.between(9, 14);
        events.push(Event { time: now, user: viewer, item: film, kind: "click", value: None });
    }
}
