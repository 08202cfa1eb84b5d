//! Experiments whose result is known before.

use super::*;
use crate::data::{Features, Interactions, Vocabulary};
use crate::simulation::recommender::Ask;
use crate::simulation::recommender::{Popular, Random};

/// Always the same list.
struct Fixed(Vec<u32>);

impl Recommender for Fixed {
    fn lists(&self, asks: &[Ask<'_>], results: usize, _: &JobContext) -> Result<Vec<Vec<u32>>, Cancelled> {
        Ok(vec![self.0[..results.min(self.0.len())].to_vec(); asks.len()])
    }
}

fn fixed<'a>(name: &str, items: std::ops::Range<u32>) -> Arm<'a> {
    Arm { name: name.to_owned(), policy: Box::new(Fixed(items.collect())) }
}

fn run(world: &World, spec: SimulationSpec, arms: Vec<Arm<'_>>) -> Outcome {
    let experiment = Experiment::new(world, spec, arms).unwrap();
    experiment.run(&Control::default(), |_| {}, &JobContext::default()).unwrap()
}

/// A round of an experiment that is repeated: chance falls differently, and arms to others.
fn round(round: u64, spec: &SimulationSpec) -> SimulationSpec {
    SimulationSpec { name: format!("round {round}"), seed: round, ..spec.clone() }
}

/// Ten items that half of the people had before, and so like less: 0.3 times.
fn divided() -> World {
    World::plain(&[1.0; 10], &[vec![], (0..10).collect()], 0.3)
}

/// Two equal arms, 2,000 times: one look at the end finds a winner in 5 % ± 1 %, looking after every step in 5 % at most.
#[test]
fn equal_arms_seldom_have_a_winner() {
    let world = divided();
    for design in [Design::Ab, Design::Interleaved] {
        let spec = SimulationSpec {
            design,
            users: 120,
            steps: 6,
            list_length: 5,
            click_rate: 0.3,
            ..SimulationSpec::default()
        };
        let found = (0..2_000).into_par_iter().map(|at| {
            let verdict = run(&world, round(at, &spec), vec![fixed("a", 0..5), fixed("b", 0..5)]).verdict;
            [verdict.winner, verdict.safe_winner].map(|winner| usize::from(winner.is_some()))
        });
        let [fixed, safe] = found.reduce(|| [0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
        assert!((80..=120).contains(&fixed), "{design:?}: {fixed} of 2,000 by one look");
        assert!(safe <= 100, "{design:?}: {safe} of 2,000 by looking always");
    }
}

/// Clicks of 50 % and 55 %, and as many users as the plan asks for: four of five experiments see it, two standard errors
/// of 400 rounds (4 %) let pass.
#[test]
fn a_planted_lift_of_a_tenth_is_found_with_the_power_promised() {
    // S / (w₀ + S) is 0.5 of the first five and, at the w₀ for which it is 0.55 of the others, theirs is 0.55.
    let pulls: Vec<f64> = (0..10).map(|item| if item < 5 { 0.45 / 0.55 } else { 1.0 }).collect();
    let world = World::plain(&pulls, &[vec![]], 1.0);
    let spec = SimulationSpec {
        steps: 2,
        list_length: 5,
        click_rate: 0.55,
        effect: 0.05 / 0.55,
        ..SimulationSpec::default()
    };
    let plan = Plan::of(&world, &spec, 2);
    let spec = SimulationSpec { users: plan.users_needed as usize, ..spec };
    assert!((Plan::of(&world, &spec, 2).power.unwrap() - 0.8).abs() < 0.01, "{plan:?}");
    let found = (0..400).into_par_iter().map(|at| {
        let outcome = run(&world, round(at, &spec), vec![fixed("a", 0..5), fixed("b", 5..10)]);
        let (a, b) = (&outcome.points[0].arms[0], &outcome.points[0].arms[1]);
        assert!((a.click_rate.value - 0.5).abs() < 0.1 && (b.click_rate.value - 0.55).abs() < 0.1);
        [outcome.verdict.winner == Some(1), outcome.verdict.safe_winner == Some(1)].map(usize::from)
    });
    let [fixed, safe] = found.reduce(|| [0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
    assert!((304..=344).contains(&fixed), "{fixed} of 400 by one look");
    assert!((80..fixed).contains(&safe), "{safe} of 400 by looking always");
}

/// People who differ much hide a difference between groups of them, and not one within each of their lists.
#[test]
fn interleaving_needs_fewer_users() {
    let pulls: Vec<f64> = (0..10).map(|item| if item < 5 { 0.8 } else { 1.0 }).collect();
    let world = World::plain(&pulls, &[vec![], (0..10).collect()], 0.05);
    let found = |design| {
        let spec = SimulationSpec {
            design,
            users: 300,
            steps: 20,
            list_length: 5,
            click_rate: 0.3,
            ..SimulationSpec::default()
        };
        let wins = (0..100).into_par_iter().filter(|&at| {
            let arms = vec![fixed("a", 0..5), fixed("b", 5..10)];
            run(&world, round(at, &spec), arms).verdict.winner == Some(1)
        });
        wins.count()
    };
    let (ab, drafted, balanced) = (found(Design::Ab), found(Design::Interleaved), found(Design::Balanced));
    assert!(drafted > 3 * ab && drafted > 60, "{drafted} of 100 interleaved, {ab} side by side");
    assert!(balanced > 60, "{balanced}");
}

#[test]
fn a_bandit_plays_what_is_better() {
    let pulls: Vec<f64> = (0..15).map(|item| 1.0 + f64::from(item / 5)).collect();
    let world = World::plain(&pulls, &[vec![]], 1.0);
    let spec = SimulationSpec {
        design: Design::Bandit,
        users: 200,
        steps: 40,
        list_length: 5,
        ..SimulationSpec::default()
    };
    let outcome = run(&world, spec, vec![fixed("a", 0..5), fixed("b", 5..10), fixed("c", 10..15)]);
    let visits: Vec<u64> = outcome.points[39].arms.iter().map(|arm| arm.visits).collect();
    assert_eq!(visits.iter().sum::<u64>(), 8_000);
    assert!(visits[2] > 5_500, "{visits:?}");
    assert!(outcome.points[39].chances[2] > 0.95 && outcome.verdict.winner.is_none());
}

/// Of equal items, the one at place k is clicked in proportion to 1 / log₂(1 + k).
#[test]
fn higher_places_are_clicked_more() {
    let world = World::plain(&[1.0; 10], &[vec![]], 1.0);
    let spec = SimulationSpec { users: 20_000, steps: 1, click_rate: 0.5, ..SimulationSpec::default() };
    let arms = vec![fixed("a", 0..10), fixed("b", 0..10)];
    let mut experiment = Experiment::new(&world, spec, arms).unwrap();
    experiment.step(&JobContext::default()).unwrap();
    let mut clicks = [0.0; 10];
    for guest in &experiment.guests {
        guest.clicked.iter().for_each(|&item| clicks[item as usize] += 1.0);
    }
    let all: f64 = clicks.iter().sum();
    let weights: Vec<f64> = (1..=10).map(|place| 1.0 / (1.0 + f64::from(place)).log2()).collect();
    assert!((all / 20_000.0 - 0.5).abs() < 0.015, "{all}");
    for (clicked, weight) in clicks.iter().zip(&weights) {
        let expected = weight / weights.iter().sum::<f64>();
        let error = (expected * (1.0 - expected) / all).sqrt();
        assert!((clicked / all - expected).abs() < 4.0 * error, "{clicks:?}");
    }
}

/// The same list every day tires: fewer click it in the end.
#[test]
fn what_is_always_shown_tires() {
    let world = World::plain(&[1.0; 10], &[vec![]], 1.0);
    let spec = SimulationSpec { users: 3_000, steps: 20, click_rate: 0.3, ..SimulationSpec::default() };
    let outcome = run(&world, spec, vec![fixed("a", 0..10), fixed("b", 0..10)]);
    let clicks = |step: usize| outcome.points[step].arms.iter().map(|arm| arm.clicks).sum::<u64>();
    let (first, last) = (clicks(0), clicks(19) - clicks(18));
    // At the end each was shown (1 − 0.9¹⁹) / 0.1 = 8.65 times, as far as that is remembered: 0.95^8.65 = 0.64.
    let rate = 0.64 * 3.0 / 7.0 / (1.0 + 0.64 * 3.0 / 7.0);
    assert!((last as f64 / 3_000.0 - rate).abs() < 0.03, "{first} at first, {last} in the end");
}

/// Users u00 … with 20 events each over 60 items; the first 6 items in time come last.
fn data() -> Interactions {
    let users = Arc::new(Vocabulary::new((0..80).map(|user| format!("u{user:02}"))));
    let items = Arc::new(Vocabulary::new((0..60).map(|item| format!("i{item:02}"))));
    let mut stream = Stream::new(4, 4);
    let mut rows = Vec::new();
    for user in 0..80_u32 {
        for time in 0..20_i64 {
            let (a, b) = stream.pair_below(60);
            rows.push((user, a.min(b) as u32, time, 0, 0.0));
        }
    }
    Interactions::from_rows(users, items, Arc::default(), &rows)
}

#[test]
fn one_seed_gives_one_result_on_any_number_of_threads() {
    let data = data();
    let on = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let job = JobContext::default();
            let world = World::new(&data, &Features::none(60), None, 0.1, 10, &job).unwrap();
            Design::ALL.map(|design| {
                let spec =
                    SimulationSpec { design, users: 600, steps: 10, seed, ..SimulationSpec::default() };
                let random = Random { world: &world, seed };
                let arms = vec![
                    Arm { name: "popular".to_owned(), policy: Box::new(Popular(&world)) },
                    Arm { name: "random".to_owned(), policy: Box::new(random) },
                ];
                run(&world, spec, arms)
            })
        })
    };
    let one = on(1, 7);
    assert_eq!(one, on(2, 7));
    assert_ne!(one[0].points, on(2, 8)[0].points);
    assert_eq!(
        one[0].verdict.winner,
        Some(0),
        "popular items are liked better than any: {:?}",
        one[0].verdict
    );
}

/// Of 60 items somebody had up to 20 and clicks more: no list holds one of them, and every list is full.
#[test]
fn what_somebody_had_can_be_left_out() {
    let job = JobContext::default();
    let world = World::new(&data(), &Features::none(60), None, 0.0, 9, &job).unwrap();
    let spec = SimulationSpec {
        users: 50,
        steps: 9,
        exclude_seen: true,
        click_rate: 0.5,
        ..SimulationSpec::default()
    };
    let popular = || Arm { name: "popular".to_owned(), policy: Box::new(Popular(&world)) };
    let mut experiment = Experiment::new(&world, spec, vec![popular(), popular()]).unwrap();
    for _ in 0..9 {
        experiment.step(&job).unwrap();
    }
    for guest in &experiment.guests {
        let person = &world.people()[guest.person as usize].person;
        let mut clicked = guest.clicked.clone();
        clicked.sort_unstable();
        clicked.dedup();
        assert_eq!(clicked.len(), guest.clicked.len());
        assert!(clicked.iter().all(|&item| !person.had(&[], item)));
        for slate in guest.slates.iter().flatten() {
            assert_eq!(slate.items.len(), 10);
            assert!(slate.items.iter().all(|&item| !person.had(&guest.clicked, item)));
        }
    }
}

/// Items arrive one after the other, and nobody sees one before.
#[test]
fn items_are_shown_when_they_have_arrived() {
    let created: Vec<Option<i64>> = (0..60).map(|item| Some(i64::from(item))).collect();
    let job = JobContext::default();
    let world = World::new(&data(), &Features::none(60), Some(&created), 0.5, 31, &job).unwrap();
    assert_eq!((world.there_at(0), world.there_at(1), world.there_at(31)), (30, 31, 60));
    assert_eq!((world.arrives_at(29), world.arrives_at(30), world.arrives_at(59)), (0, 1, 30));
    let spec = SimulationSpec { users: 50, steps: 31, list_length: 5, ..SimulationSpec::default() };
    let newest_first = || Arm { name: "new".to_owned(), policy: Box::new(Fixed((0..60).rev().collect())) };
    let mut experiment = Experiment::new(&world, spec, vec![newest_first(), newest_first()]).unwrap();
    for step in 1..=31 {
        experiment.step(&job).unwrap();
        for guest in &experiment.guests {
            let clicks = guest.clicked.iter().zip(&guest.clicked_at);
            for (&item, &at) in clicks.filter(|&(_, &at)| at == step) {
                let newest = (0..60).rev().find(|&item| world.arrives_at(item) <= at).unwrap();
                assert!((newest - 4..=newest).contains(&item), "item {item} at step {at}");
            }
        }
    }
}

#[test]
fn a_cancelled_experiment_ends_and_a_settled_one_keeps_what_it_has() {
    let world = divided();
    let arms = || vec![fixed("a", 0..5), fixed("b", 0..5)];
    let spec = SimulationSpec { users: 10, steps: 9, ..SimulationSpec::default() };
    let job = JobContext::default();
    let mut seen = 0;
    let experiment = Experiment::new(&world, spec.clone(), arms()).unwrap();
    let outcome = experiment.run(
        &Control::default(),
        |_| {
            seen += 1;
            if seen == 3 {
                job.settle();
            }
        },
        &job,
    );
    assert_eq!((outcome.unwrap().points.len(), seen), (3, 3));
    job.cancel();
    let experiment = Experiment::new(&world, spec, arms()).unwrap();
    assert!(experiment.run(&Control::default(), |_| {}, &job).is_err());
}
