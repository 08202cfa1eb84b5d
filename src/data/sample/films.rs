//! The catalogue of invented films: titles, genres, plots, series, when each arrived.

use super::film_words::{ADJECTIVES, NAMES, PLACES, SEQUELS, THEMES, TURNS, Theme, closings};
use super::people::DAY;
use super::random::{Random, long_tail};
use super::sheet::Sheet;
use std::collections::BTreeSet;

/// Midnight of 1 January 2024, UTC: the first day of the log.
pub(super) const START: i64 = 1_704_067_200;
/// Days of the log: the years 2024 and 2025.
pub(super) const DAYS: i64 = 731;
/// Films in the catalogue.
pub(super) const FILMS: usize = 1_500;
/// Series of two to four films.
const SERIES: usize = 78;
/// Share of films that were there before the log begins.
const OLD_SHARE: f64 = 0.66;

/// One film.
#[derive(Debug, Clone)]
pub(super) struct Film {
    pub id: String,
    pub title: String,
    pub theme: usize,
    pub year: i64,
    pub plot: String,
    /// Epoch seconds of its arrival in the catalogue.
    pub created: i64,
    /// Its series and its part, from 1.
    pub series: Option<(usize, usize)>,
    /// How much it is asked for within its theme.
    pub weight: f64,
    /// The film that continues the story.
    pub next_part: Option<usize>,
    /// What the row "watch next" shows after it, the first place the strongest.
    pub watch_next: Vec<usize>,
}

/// Draws the catalogue.
pub(super) fn catalogue(random: &mut Random) -> Vec<Film> {
    let theme_shares: Vec<f64> = (1..=THEMES.len()).map(|rank| long_tail(rank + 3)).collect();
    let mut titles = BTreeSet::new();
    let mut films: Vec<Film> = Vec::with_capacity(FILMS);
    for series in 0..SERIES {
        push_series(random, &mut films, &mut titles, &theme_shares, series);
    }
    while films.len() < FILMS {
        let theme = random.weighted(&theme_shares).unwrap_or(0);
        let hero = random.pick(NAMES);
        let title = new_title(random, &mut titles, &THEMES[theme], hero);
        let (created, year) = arrival(random, START - 5 * 365 * DAY);
        films.push(Film {
            id: String::new(),
            plot: plot(random, &THEMES[theme], None),
            title,
            theme,
            year,
            created,
            series: None,
            weight: 0.0,
            next_part: None,
            watch_next: Vec::new(),
        });
    }
    weigh(random, &mut films);
    link(random, &mut films);
    let mut numbers: Vec<usize> = (1..=FILMS).collect();
    random.shuffle(&mut numbers);
    for (film, number) in films.iter_mut().zip(numbers) {
        film.id = format!("film-{number:04}");
    }
    films
}

fn push_series(
    random: &mut Random,
    films: &mut Vec<Film>,
    titles: &mut BTreeSet<String>,
    theme_shares: &[f64],
    series: usize,
) {
    let theme = loop {
        let theme = random.weighted(theme_shares).unwrap_or(0);
        if THEMES[theme].genres[0] != "Documentary" {
            break theme;
        }
    };
    let hero = random.pick(NAMES);
    let title = new_title(random, titles, &THEMES[theme], hero);
    let parts = random.run_length(0.55, 3) + 1;
    let (mut created, mut year) = arrival(random, START - 5 * 365 * DAY);
    if created < START {
        year -= 2 * (parts as i64 - 1);
    }
    for part in 1..=parts {
        let numeral = ["", " II", " III", " IV"][part - 1];
        films.push(Film {
            id: String::new(),
            title: format!("{title}{numeral}"),
            theme,
            year,
            plot: plot(random, &THEMES[theme], Some((hero, part))),
            created,
            series: Some((series, part)),
            weight: 0.0,
            next_part: (part < parts).then_some(films.len() + 1),
            watch_next: Vec::new(),
        });
        if created < START {
            year += random.between(1, 2);
        } else {
            // A sequel made while the log runs comes out some months after the part before.
            let next =
                friday(created + random.between(8, 26) * 7 * DAY).min(friday(START + (DAYS - 40) * DAY));
            created = created.max(next);
            year = log_year(created);
        }
    }
}

/// When a film arrived in the catalogue, and the year it came out.
fn arrival(random: &mut Random, earliest: i64) -> (i64, i64) {
    if random.chance(OLD_SHARE) {
        let created = friday(random.between(earliest, START - 8 * DAY));
        // The newer the more: the smaller of two draws of its age.
        let age = random.between(0, 58).min(random.between(0, 58));
        // 146,097 days are 400 years; at the turn of a year this may be the old one.
        (created, 1970 + created / DAY * 400 / 146_097 - age)
    } else {
        let created = friday(START + random.between(7, DAYS - 12) * DAY);
        (created, log_year(created))
    }
}

/// The year of a time in the log.
fn log_year(time: i64) -> i64 {
    if time < START + 366 * DAY { 2024 } else { 2025 }
}

/// The Friday of that week, six in the morning: when new films are put up.
fn friday(time: i64) -> i64 {
    let day = time / DAY;
    // 2 January 1970 was a Friday.
    (day - (day - 1) % 7) * DAY + 6 * 3_600
}

/// Gives each theme's films their places in a long tail; a later part is asked for less than the first.
fn weigh(random: &mut Random, films: &mut [Film]) {
    for theme in 0..THEMES.len() {
        let mut heads: Vec<usize> = (0..films.len())
            .filter(|&film| {
                films[film].theme == theme && films[film].series.is_none_or(|(_, part)| part == 1)
            })
            .collect();
        random.shuffle(&mut heads);
        // A film with a sequel was liked: it stands in the front half.
        heads.sort_by_cached_key(|&film| films[film].next_part.is_none() && random.chance(0.5));
        for (rank, &head) in heads.iter().enumerate() {
            let mut weight = 1.0 / (rank + 1) as f64;
            let mut film = Some(head);
            while let Some(index) = film {
                films[index].weight = weight;
                weight *= 0.7;
                film = films[index].next_part;
            }
        }
    }
}

/// Fills the rows "watch next": three films of the same theme, seldom a later part of a series.
fn link(random: &mut Random, films: &mut [Film]) {
    for film in 0..films.len() {
        let mut weights: Vec<f64> = films
            .iter()
            .map(|other| {
                let is_head = other.series.is_none_or(|(_, part)| part == 1);
                if other.theme == films[film].theme && is_head { other.weight.sqrt() } else { 0.0 }
            })
            .collect();
        weights[film] = 0.0;
        for _ in 0..3 {
            if let Some(next) = random.weighted(&weights) {
                weights[next] = 0.0;
                films[film].watch_next.push(next);
            }
        }
    }
}

fn new_title(random: &mut Random, titles: &mut BTreeSet<String>, theme: &Theme, hero: &str) -> String {
    loop {
        let candidate = title(random, theme, hero);
        if titles.insert(candidate.clone()) {
            return candidate;
        }
    }
}

fn title(random: &mut Random, theme: &Theme, hero: &str) -> String {
    let noun = random.pick(theme.nouns);
    let place = random.pick(PLACES);
    let adjective = random.pick(ADJECTIVES);
    let other = theme.nouns[(random.below(theme.nouns.len() - 1)
        + 1
        + theme.nouns.iter().position(|word| *word == noun).unwrap_or(0))
        % theme.nouns.len()];
    match random.below(15) {
        0 => format!("The {noun} of {place}"),
        1 => format!("{hero} and the {noun}"),
        2 => format!("The {adjective} {noun}"),
        3 => format!("{} {noun} for {hero}", capitalised(article(noun))),
        4 => format!("The Last {noun} of {place}"),
        5 => format!("What {hero} Saw in {place}"),
        6 => format!("No {noun} in {place}"),
        7 => format!("The {noun} and the {other}"),
        8 => format!("{hero}'s {adjective} {noun}"),
        9 => format!("{} {adjective} {noun}", capitalised(article(adjective))),
        10 => format!("{place}, {noun} and All"),
        11 => format!("The {noun} Comes to {place}"),
        12 => format!("Farewell, {adjective} {noun}"),
        13 => format!("Half {} {noun}", article(noun)),
        _ => format!("{hero} of {place}"),
    }
}

/// One to three sentences. A series names its hero and its part.
fn plot(random: &mut Random, theme: &Theme, series: Option<(&str, usize)>) -> String {
    let hero = random.pick(theme.heroes);
    let setting = capitalised(random.pick(theme.settings));
    let aim = random.pick(theme.aims);
    let mut text = match series {
        None => format!("{setting}, {hero} {aim}."),
        Some((name, 1)) => format!("{setting}, {hero} called {name} {aim}."),
        Some((name, _)) => {
            format!("{} {setting}, {name} {aim}.", random.pick(SEQUELS).replace("{name}", name))
        }
    };
    if theme.genres[0] != "Documentary" && random.chance(0.6) {
        text.push(' ');
        text.push_str(random.pick(TURNS));
        text.push('.');
    }
    if random.chance(0.35) && series.is_none_or(|(_, part)| part == 1) {
        text.push(' ');
        text.push_str(random.pick(closings(theme.genres[0])));
    }
    text
}

/// The indefinite article before a word, small.
pub(super) fn article(word: &str) -> &'static str {
    let first = word.chars().next().map(|letter| letter.to_ascii_lowercase());
    if matches!(first, Some('a' | 'e' | 'i' | 'o' | 'u')) { "an" } else { "a" }
}

/// The text with its first letter large.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Items as the file has them, in the order of their ids.
pub(super) fn sheet(films: &[Film]) -> Sheet {
    let mut sheet = Sheet::new(&["ITEM_ID", "TITLE", "GENRES", "YEAR", "PLOT", "CREATION_TIMESTAMP"]);
    sheet.rows.extend(films.iter().map(|film| {
        vec![
            film.id.clone(),
            film.title.clone(),
            THEMES[film.theme].genres.join("|"),
            film.year.to_string(),
            film.plot.clone(),
            film.created.to_string(),
        ]
    }));
    sheet.rows.sort_unstable();
    sheet
}
