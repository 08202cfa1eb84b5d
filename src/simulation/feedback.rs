//! What becomes of popularity and coverage where a campaign is trained again each week on the clicks that its own lists
//! brought.

use super::guest::{Guest, Setting, everybody_visits};
use super::recommender::Recommender;
use super::slates::make_slates;
use super::spec::{Design, SimulationSpec};
use super::world::World;
use crate::data::Interactions;
use crate::evaluation::metrics::gini_of;
use crate::jobs::{Cancelled, JobContext, Unit};
use serde::{Deserialize, Serialize};

/// Days of a week, each a step.
const DAYS: usize = 7;

/// What a week came to.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Week {
    /// From 1.
    pub week: usize,
    /// Clicks a visit.
    pub click_rate: f64,
    /// The share of the items there that were in any list.
    pub coverage: f64,
    /// How unevenly places in lists fell to items, 0 to 1.
    pub exposure_gini: f64,
    /// How unevenly clicks fell to items, 0 to 1.
    pub click_gini: f64,
}

/// Weeks with feedback beside the same weeks without.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackOutcome {
    pub spec: SimulationSpec,
    pub campaign: String,
    /// Trained again before each week on all clicks so far.
    pub retrained: Vec<Week>,
    /// Trained once.
    pub trained_once: Vec<Week>,
    /// In words.
    pub sentences: Vec<String>,
}

/// Trains on interactions and lends the policy.
pub type WithRetrained<'a, E> =
    dyn FnMut(&Interactions, &mut dyn FnMut(&dyn Recommender) -> Result<(), Cancelled>) -> Result<(), E> + 'a;

/// A feedback loop to be run. Everybody of the world is somebody once, at most as many as the specification says.
pub struct Feedback<'a> {
    pub world: &'a World,
    pub spec: SimulationSpec,
    pub campaign: String,
    pub weeks: usize,
    /// What is known before the first week; the world is made of it.
    pub interactions: &'a Interactions,
    /// The type and value of the events that clicks become.
    pub click: (u16, f32),
}

impl Feedback<'_> {
    /// Runs the weeks twice, with and without training again; tells `watch` of each: whether it was retrained, and how it
    /// went.
    pub fn run<E: From<Cancelled>>(
        &self,
        with_retrained: &mut WithRetrained<'_, E>,
        mut watch: impl FnMut(bool, &Week),
        job: &JobContext,
    ) -> Result<FeedbackOutcome, E> {
        let mut retrained = Vec::with_capacity(self.weeks);
        let mut guests = self.guests();
        for week in 1..=self.weeks {
            let known = self.known(&guests, week);
            for guest in &mut guests {
                guest.known = guest.clicked.len();
                guest.slates = vec![None];
            }
            with_retrained(&known, &mut |policy| {
                job.stage(format!("Week {week} of {}", self.weeks), Unit::Steps, DAYS as u64);
                let done = self.week(policy, &mut guests, week, job)?;
                watch(true, &done);
                retrained.push(done);
                Ok(())
            })?;
        }
        let mut trained_once = Vec::with_capacity(self.weeks);
        let mut guests = self.guests();
        let known = self.known(&guests, 1);
        with_retrained(&known, &mut |policy| {
            for week in 1..=self.weeks {
                job.stage(format!("Week {week} of {} without", self.weeks), Unit::Steps, DAYS as u64);
                let done = self.week(policy, &mut guests, week, job)?;
                watch(false, &done);
                trained_once.push(done);
            }
            Ok(())
        })?;
        Ok(FeedbackOutcome {
            sentences: sentences(&self.campaign, &retrained, &trained_once),
            spec: self.spec.clone(),
            campaign: self.campaign.clone(),
            retrained,
            trained_once,
        })
    }

    fn guests(&self) -> Vec<Guest> {
        let people = self.world.people().len();
        let users = self.spec.users.min(people);
        (0..users).map(|user| Guest::new(user as u32, (user * people / users) as u32, 0, 1)).collect()
    }

    /// The interactions before a week: those of the data with items that have arrived, and all clicks.
    fn known(&self, guests: &[Guest], week: usize) -> Interactions {
        let data = self.interactions;
        let first_day = ((week - 1) * DAYS) as u32;
        let mut rows = Vec::with_capacity(data.len());
        for user in 0..data.n_users() as u32 {
            for row in data.rows(user) {
                if self.world.arrives_at(data.item[row]) <= first_day {
                    let (kind, value) = (data.event_type[row], data.event_value[row]);
                    rows.push((user, data.item[row], data.timestamp[row], kind, value));
                }
            }
        }
        let (kind, value) = self.click;
        for guest in guests {
            let user = self.world.people()[guest.person as usize].user;
            for (&item, &step) in guest.clicked.iter().zip(&guest.clicked_at) {
                rows.push((user, item, self.world.time_of(step), kind, value));
            }
        }
        Interactions::from_rows(data.users.clone(), data.items.clone(), data.event_types.clone(), &rows)
    }

    fn week(
        &self,
        policy: &dyn Recommender,
        guests: &mut [Guest],
        week: usize,
        job: &JobContext,
    ) -> Result<Week, Cancelled> {
        let SimulationSpec { seed, list_length, .. } = self.spec;
        let (no_click, _) = self.world.no_click(&self.spec);
        let before: Vec<usize> = guests.iter().map(|guest| guest.clicked.len()).collect();
        let mut exposure = vec![0_u32; self.world.n_items()];
        let last_day = (week * DAYS) as u32;
        for step in last_day - DAYS as u32 + 1..=last_day {
            let stale: Vec<usize> = (0..guests.len()).filter(|&at| guests[at].slates[0].is_none()).collect();
            let asking: Vec<&Guest> = stale.iter().map(|&at| &guests[at]).collect();
            let made = make_slates(self.world, &self.spec, policy, &asking, step, job)?;
            for (at, slate) in stale.into_iter().zip(made) {
                guests[at].slates[0] = Some(slate);
            }
            for slate in guests.iter().filter_map(|guest| guest.slates[0].as_deref()) {
                let there = slate.items.iter().filter(|&&item| self.world.arrives_at(item) <= step);
                there.take(list_length).for_each(|&item| exposure[item as usize] += 1);
            }
            let setting =
                Setting { world: self.world, design: Design::Ab, seed, step, list_length, no_click };
            everybody_visits(guests, &setting);
            job.check()?;
            job.advance(1);
        }
        let mut clicks = vec![0_u32; self.world.n_items()];
        for (guest, before) in guests.iter().zip(before) {
            guest.clicked[before..].iter().for_each(|&item| clicks[item as usize] += 1);
        }
        let there: Vec<usize> =
            (0..exposure.len()).filter(|&item| self.world.arrives_at(item as u32) <= last_day).collect();
        let of_those = |counts: &[u32]| there.iter().map(|&item| counts[item]).collect::<Vec<_>>();
        let (exposure, clicks) = (of_those(&exposure), of_those(&clicks));
        let shown = exposure.iter().filter(|&&count| count > 0).count();
        Ok(Week {
            week,
            click_rate: f64::from(clicks.iter().sum::<u32>()) / (guests.len() * DAYS).max(1) as f64,
            coverage: shown as f64 / there.len().max(1) as f64,
            exposure_gini: gini_of(&exposure),
            click_gini: gini_of(&clicks),
        })
    }
}

fn sentences(campaign: &str, retrained: &[Week], once: &[Week]) -> Vec<String> {
    let (Some(first), Some(last), Some(other)) = (retrained.first(), retrained.last(), once.last()) else {
        return Vec::new();
    };
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    vec![
        format!(
            "Trained on its own clicks each week, {campaign} shows {} of the items in week {} and {} in week {}; trained once, {}.",
            percent(first.coverage),
            first.week,
            percent(last.coverage),
            last.week,
            percent(other.coverage)
        ),
        format!(
            "Its lists fall to items with a Gini of {:.3} in week {} and {:.3} in week {}; trained once, {:.3}.",
            first.exposure_gini, first.week, last.exposure_gini, last.week, other.exposure_gini
        ),
        format!(
            "A visit ends with a click in {} of cases in week {}; trained once, in {}.",
            percent(last.click_rate),
            last.week,
            percent(other.click_rate)
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Features, Vocabulary};
    use crate::evaluation::{Stream, mix};
    use crate::simulation::recommender::Ask;
    use std::sync::Arc;

    /// The items with the most interactions, for everybody.
    struct Counted(Vec<u32>);

    impl Recommender for Counted {
        fn lists(
            &self,
            asks: &[Ask<'_>],
            results: usize,
            _: &JobContext,
        ) -> Result<Vec<Vec<u32>>, Cancelled> {
            Ok(vec![self.0[..results.min(self.0.len())].to_vec(); asks.len()])
        }
    }

    fn most(interactions: &Interactions) -> Counted {
        let mut counts = vec![0; interactions.n_items()];
        interactions.item.iter().for_each(|&item| counts[item as usize] += 1);
        let mut order: Vec<u32> = (0..counts.len() as u32).collect();
        order.sort_by_key(|&item| (std::cmp::Reverse(counts[item as usize]), item));
        Counted(order)
    }

    fn data() -> Interactions {
        let users = Arc::new(Vocabulary::new((0..60).map(|user| format!("u{user:02}"))));
        let items = Arc::new(Vocabulary::new((0..40).map(|item| format!("i{item:02}"))));
        let mut stream = Stream::new(mix(1), 1);
        let mut rows = Vec::new();
        for user in 0..60_u32 {
            for time in 0..15_i64 {
                rows.push((user, stream.pair_below(40).0 as u32, time, 0, f32::NAN));
            }
        }
        Interactions::from_rows(users, items, Arc::default(), &rows)
    }

    fn run(weeks: usize, threads: usize) -> (FeedbackOutcome, Vec<usize>) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (data, job) = (data(), JobContext::default());
            let world = World::new(&data, &Features::none(40), None, 0.25, weeks * DAYS, &job).unwrap();
            let spec =
                SimulationSpec { users: 1_000, list_length: 5, click_rate: 0.4, ..SimulationSpec::default() };
            let feedback = Feedback {
                world: &world,
                spec,
                campaign: "counted".to_owned(),
                weeks,
                interactions: &data,
                click: (0, f32::NAN),
            };
            let mut sizes = Vec::new();
            let mut train =
                |known: &Interactions, lend: &mut dyn FnMut(&dyn Recommender) -> Result<(), Cancelled>| {
                    sizes.push(known.len());
                    lend(&most(known))
                };
            let outcome = feedback.run::<Cancelled>(&mut train, |_, _| {}, &job).unwrap();
            (outcome, sizes)
        })
    }

    /// What is shown is clicked and so is shown again: items that are popular in the first week stay so, and all clicks of a
    /// week are in the data of the next.
    #[test]
    fn popular_items_feed_themselves() {
        let (outcome, sizes) = run(4, 2);
        assert_eq!((outcome.retrained.len(), outcome.trained_once.len()), (4, 4));
        let clicks = |week: &Week| (week.click_rate * 60.0 * 7.0).round() as usize;
        for week in 0..3 {
            // Items that arrive bring no interactions of the data here but their own.
            assert!(sizes[week + 1] >= sizes[week] + clicks(&outcome.retrained[week]), "{sizes:?}");
        }
        let last = &outcome.retrained[3];
        assert!(last.coverage <= 0.25 && last.exposure_gini > 0.8, "{last:?}");
        assert_eq!(outcome.retrained[0], outcome.trained_once[0], "the first week is the same for both");
        assert!(outcome.sentences[0].contains("week 4"), "{:?}", outcome.sentences);
    }

    #[test]
    fn one_seed_gives_one_result_on_any_number_of_threads() {
        assert_eq!(run(2, 1), run(2, 2));
    }
}
