//! Estimates against hand, against known truths, and against what a policy really earned.

use super::*;
use crate::data::{LoggedRow, read_log};
use crate::evaluation::Stream;
use crate::jobs::JobContext;
use crate::simulation::thompson::uniform;
use std::path::PathBuf;

fn row(item: &str, reward: f64, propensity: f64) -> LoggedRow {
    LoggedRow { item: item.to_owned(), position: String::new(), reward, propensity: Some(propensity) }
}

fn of(report: &OffPolicyReport, estimator: Estimator) -> OffPolicyEstimate {
    *report.estimates.iter().find(|estimate| estimate.estimator == estimator).unwrap()
}

/// Four rows of a (μ 0.8) and b (μ 0.2); the policy shows a and b evenly: weights 0.625 and 2.5.
#[test]
fn estimates_by_hand() {
    let rows = [row("a", 1.0, 0.8), row("a", 0.0, 0.8), row("a", 0.0, 0.8), row("b", 1.0, 0.2)];
    let log = Log::new(&rows).unwrap();
    let report = estimate(&log, &Target::uniform(&log));
    let near = |estimator, expected: f64| {
        let found = of(&report, estimator).value;
        assert!((found - expected).abs() < 1e-12, "{estimator:?}: {found} for {expected}");
    };
    near(Estimator::Ips, (0.625 + 2.5) / 4.0);
    near(Estimator::Snips, (0.625 + 2.5) / (3.0 * 0.625 + 2.5));
    near(Estimator::Clipped, (0.625 + 2.5) / 4.0);
    assert!((report.effective_rows - 4.375_f64.powi(2) / (3.0 * 0.625_f64.powi(2) + 6.25)).abs() < 1e-12);
    assert_eq!((report.largest_weight, report.rewarded, report.never_logged), (2.5, 2, 0.0));
    // q̂ without the odd rows 1 and 3: mean 0.5, a (1 + 2½) / 7, its cell the same. Without the even ones: a (0 + 2½) / 6,
    // its cell (0 + 5 · 2½ / 6) / 6; b (1 + 2½) / 6, its cell (1 + 5 · 3½ / 6) / 6.
    let (a1, a0) = (0.5, 5.0 * 2.5 / 36.0);
    let (b1, b0) = (0.5, (1.0 + 5.0 * 3.5 / 6.0) / 6.0);
    near(Estimator::Direct, (f64::midpoint(a0, b0) * 2.0 + f64::midpoint(a1, b1) * 2.0) / 4.0);
    let correction = 0.625 * ((1.0 - a0) + (0.0 - a1) + (0.0 - a0)) + 2.5 * (1.0 - b1);
    near(Estimator::DoublyRobust, of(&report, Estimator::Direct).value + correction / 4.0);
}

#[test]
fn what_lies_outside_of_a_log_is_told() {
    let log = Log::new(&[row("a", 1.0, 0.5), row("b", 0.0, 0.5)]).unwrap();
    let other = [row("a", 0.0, 1.0), row("z", 0.0, 1.0), row("z", 0.0, 1.0), row("z", 0.0, 1.0)];
    let report = estimate(&log, &Target::of_log("other", &log, &other));
    assert_eq!(report.never_logged, 0.75);
    assert!(report.warnings.iter().any(|warning| warning.starts_with("75.0 % of what the policy shows")));
    assert!(matches!(Log::new(&[]), Err(LogError::Empty)));
    let bare = LoggedRow { propensity: None, ..row("a", 1.0, 1.0) };
    assert!(matches!(Log::new(&[bare]), Err(LogError::NoPropensities)));
}

/// Ten actions at two positions, clicked with 5 to 50 %; the log prefers the first ones, the policy the last ones.
struct Truth {
    rates: Vec<f64>,
    logging: Vec<f64>,
    policy: Vec<f64>,
}

fn shares(weights: &[f64]) -> Vec<f64> {
    let all: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / all).collect()
}

impl Truth {
    fn new() -> Self {
        let up: Vec<f64> = (1..=10).map(f64::from).collect();
        let down: Vec<f64> = up.iter().rev().copied().collect();
        Self {
            rates: up.iter().map(|rate| 0.05 * rate).collect(),
            logging: shares(&down),
            policy: shares(&up),
        }
    }

    fn log(&self, rows: usize, seed: u64) -> Vec<LoggedRow> {
        let mut stream = Stream::new(seed, 0);
        (0..rows)
            .map(|at| {
                let mut left = uniform(&mut stream);
                let action = self.logging.iter().position(|share| {
                    left -= share;
                    left < 0.0
                });
                let action = action.unwrap_or(9);
                let rate = if at % 3 == 0 { self.rates[action] / 2.0 } else { self.rates[action] };
                LoggedRow {
                    position: (at % 3).min(1).to_string(),
                    ..row(
                        &format!("{action}"),
                        f64::from(u8::from(uniform(&mut stream) < rate)),
                        self.logging[action],
                    )
                }
            })
            .collect()
    }

    /// The policy as rows of a log, ten of the first action, and so on.
    fn shown(&self) -> Vec<LoggedRow> {
        let times = |action: usize| (self.policy[action] * 55.0).round() as usize;
        let of_position = |position: &str| -> Vec<LoggedRow> {
            (0..10)
                .flat_map(|action| vec![row(&format!("{action}"), 0.0, 1.0); times(action)])
                .map(|row| LoggedRow { position: position.to_owned(), ..row })
                .collect()
        };
        [of_position("0"), of_position("1")].concat()
    }

    fn value(&self) -> f64 {
        let clicked: f64 = self.policy.iter().zip(&self.rates).map(|(share, rate)| share * rate).sum();
        clicked * (2.0 + 0.5) / 3.0
    }
}

/// 1,000 logs of 1,500 rows: 95 % intervals hold the truth in 93 to 97 %. No weight is above ten, so nothing is clipped.
#[test]
fn intervals_cover_the_truth() {
    let truth = Truth::new();
    let shown = truth.shown();
    let mut covered = [0; 5];
    for seed in 0..1_000 {
        let log = Log::new(&truth.log(1_500, seed)).unwrap();
        let report = estimate(&log, &Target::of_log("policy", &log, &shown));
        for (count, estimate) in covered.iter_mut().zip(&report.estimates) {
            *count += usize::from((estimate.low..=estimate.high).contains(&truth.value()));
        }
    }
    for (estimator, covered) in Estimator::ALL.into_iter().zip(covered) {
        assert!((930..=970).contains(&covered), "{estimator:?}: {covered} of 1,000");
    }
}

/// The chances of the log are wrong by half: the weights tell.
#[test]
fn wrong_chances_are_noticed() {
    let truth = Truth::new();
    let rows = truth.log(3_000, 1).into_iter();
    let rows: Vec<LoggedRow> =
        rows.map(|row| LoggedRow { propensity: row.propensity.map(|chance| chance / 2.0), ..row }).collect();
    let log = Log::new(&rows).unwrap();
    let report = estimate(&log, &Target::of_log("policy", &log, &truth.shown()));
    assert!(report.warnings.iter().any(|warning| warning.contains("don't fit")), "{:?}", report.warnings);
    let right = Log::new(&truth.log(3_000, 1)).unwrap();
    let report = estimate(&right, &Target::of_log("policy", &right, &truth.shown()));
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

/// Two policies of a fashion shop, both logged for real: what the random one's log says of the other holds the click rate
/// that the other had.
#[test]
fn the_open_bandit_logs_tell_of_each_other() {
    let Ok(data) = std::env::var("BESPOKE_DATA") else {
        eprintln!("BESPOKE_DATA is not set: the Open Bandit logs were not looked at");
        return;
    };
    let read = |policy: &str, shop: &str| {
        let path = PathBuf::from(&data).join(format!("open-bandit-sample/{policy}/{shop}/{shop}.csv.gz"));
        read_log(&path, &JobContext::default()).unwrap()
    };
    for shop in ["men", "women"] {
        let (random, bts) = (read("random", shop), read("bts", shop));
        let rate = bts.iter().map(|row| row.reward).sum::<f64>() / bts.len() as f64;
        let log = Log::new(&random).unwrap();
        let report = estimate(&log, &Target::of_log("bts", &log, &bts));
        for estimate in &report.estimates {
            if estimate.estimator != Estimator::Clipped {
                assert!((estimate.low..=estimate.high).contains(&rate), "{shop}, {rate}: {report:?}");
            }
        }
        assert!(report.warnings.iter().any(|warning| warning.starts_with("Only 46 rows were rewarded")));
        assert!(report.effective_rows < 10_000.0 && (report.mean_weight - 1.0).abs() < 0.1, "{report:?}");
        // A log's own policy is estimated as what it earned.
        let own = estimate(&log, &Target::uniform(&log));
        assert!((of(&own, Estimator::Ips).value - own.logged.0).abs() < 1e-9);
    }
}
