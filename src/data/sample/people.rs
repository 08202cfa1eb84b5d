//! The people of the samples: age, country, how long they stay, when they come by.

use super::random::Random;

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Countries with their share of people and their hours ahead of UTC.
const COUNTRIES: [(&str, f64, i64); 9] = [
    ("DE", 22.0, 1),
    ("FR", 17.0, 1),
    ("GB", 16.0, 0),
    ("US", 14.0, -5),
    ("PL", 9.0, 1),
    ("PT", 8.0, 0),
    ("BR", 7.0, -3),
    ("JP", 4.0, 9),
    ("IS", 3.0, 0),
];

/// Somebody with an account.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Years.
    pub age: i64,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// Hours ahead of UTC.
    hours_ahead: i64,
    /// First and last day of use, counted from the start of the log.
    days: (i64, i64),
}

impl Person {
    /// A person whose first and last day lie in a log of so many days.
    pub(super) fn new(random: &mut Random, log_days: i64) -> Self {
        let shares: Vec<f64> = COUNTRIES.iter().map(|country| country.1).collect();
        let (country, _, hours_ahead) = COUNTRIES[random.weighted(&shares).unwrap_or(0)];
        // The sum of three dice leans to the middle, as ages do.
        let age = 14 + random.between(0, 22) + random.between(0, 22) + random.between(0, 16);
        let joined =
            if random.chance(0.2) { random.between(0, 20) } else { random.between(0, log_days - 15) };
        let left = if random.chance(0.65) { log_days - 1 } else { random.between(joined + 5, log_days - 1) };
        Self { age, country, hours_ahead, days: (joined, left) }
    }

    /// How many events this person leaves over the whole log: a few for most, hundreds for some.
    pub(super) fn activity(random: &mut Random, least: i64, scale: f64, most: i64) -> usize {
        let tail = scale / (random.unit() + 1e-6).sqrt();
        (least + tail as i64).min(most) as usize
    }

    /// Starts of so many visits, epoch seconds, oldest first: evenings and weekends more than mornings.
    pub(super) fn visits(
        &self,
        random: &mut Random,
        start: i64,
        count: usize,
        hours: &[f64; 24],
    ) -> Vec<i64> {
        let mut visits: Vec<i64> = (0..count)
            .map(|_| {
                let mut day = random.between(self.days.0, self.days.1);
                if random.chance(0.25) {
                    // The service grows: people come by more often than they used to.
                    day = day.max(random.between(self.days.0, self.days.1));
                }
                // 1 January 1970 was a Thursday.
                if (start / DAY + day + 3) % 7 < 5 && random.chance(0.3) {
                    day = random.between(self.days.0, self.days.1);
                }
                let hour = random.weighted(hours).unwrap_or(0) as i64;
                let time = start + day * DAY + (hour - self.hours_ahead) * 3_600 + random.between(0, 3_599);
                time.max(start + self.days.0 * DAY)
            })
            .collect();
        visits.sort_unstable();
        visits
    }

    /// How much a thing meant for people of one age suits this person, in (0, 1].
    pub(super) fn suits_age(&self, centre: f64) -> f64 {
        let distance = (self.age as f64 - centre) / 14.0;
        1.0 / (1.0 + distance * distance)
    }
}

/// What a person cares for now: a few kinds of things, the one cared for most first.
#[derive(Debug, Clone)]
pub(super) struct Tastes {
    kinds: Vec<usize>,
}

/// The weight of each place in [`Tastes`].
const PLACES: [f64; 3] = [5.0, 2.0, 1.0];

impl Tastes {
    /// Draws kinds in proportion to their appeal to this person.
    pub(super) fn new(random: &mut Random, appeal: &[f64]) -> Self {
        let mut left = appeal.to_vec();
        let mut kinds = Vec::new();
        while kinds.len() < PLACES.len() {
            let Some(kind) = random.weighted(&left) else { break };
            left[kind] = 0.0;
            kinds.push(kind);
        }
        Self { kinds }
    }

    /// The kind of this visit.
    pub(super) fn choose(&self, random: &mut Random) -> usize {
        self.kinds[random.weighted(&PLACES[..self.kinds.len()]).unwrap_or(0)]
    }

    /// Time passes: now and then a kind near to the favourite takes its place and the last one is forgotten.
    ///
    /// `near` is `[kinds, kinds]`, the weight of a move from the first to the second.
    pub(super) fn drift(&mut self, random: &mut Random, days: f64, mean_days: f64, near: &[Vec<f64>]) {
        if !random.chance(days / (days + mean_days)) {
            return;
        }
        let mut weights = near[self.kinds[0]].clone();
        for &kind in &self.kinds {
            weights[kind] = 0.0;
        }
        if let Some(kind) = random.weighted(&weights) {
            self.kinds.pop();
            self.kinds.insert(0, kind);
        }
    }
}
