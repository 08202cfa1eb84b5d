//! What to know before an estimate is believed.

use super::OffPolicyReport;

/// Rows that an estimate should rest on, and the share of all.
const FEW_ROWS: f64 = 500.0;
const SMALL_SHARE: f64 = 0.1;
/// Rewards below which an interval is wide whatever the weights.
const FEW_REWARDS: usize = 100;
/// A weight above which single rows count too much.
const LARGE_WEIGHT: f64 = 50.0;
/// The share of a policy that may lie outside the log.
const OUTSIDE: f64 = 0.01;

/// What is to be known of a report, a sentence each.
pub fn warnings(report: &OffPolicyReport, weights: &[f64]) -> Vec<String> {
    let n = report.rows as f64;
    let mut warnings = Vec::new();
    if report.effective_rows < SMALL_SHARE * n {
        warnings.push(format!(
            "The estimates rest on {:.0} of {} rows: the policy seldom shows what was logged.",
            report.effective_rows, report.rows
        ));
    } else if report.effective_rows < FEW_ROWS {
        warnings.push(format!("The estimates rest on {:.0} rows, which are few.", report.effective_rows));
    }
    if report.largest_weight > LARGE_WEIGHT {
        warnings.push(format!(
            "A single row counts {:.0} times: IPS and DR are unsteady, look at SNIPS.",
            report.largest_weight
        ));
    }
    if report.rewarded < FEW_REWARDS {
        warnings.push(format!(
            "Only {} rows were rewarded: an interval of about ±{:.0} % can't be avoided.",
            report.rewarded,
            196.0 / (report.rewarded.max(1) as f64).sqrt()
        ));
    }
    if report.never_logged > OUTSIDE {
        warnings.push(format!(
            "{:.1} % of what the policy shows was never logged: nothing is known of it.",
            100.0 * report.never_logged
        ));
    }
    // What the policy shows outside of the log is missing from the weights too.
    let expected = 1.0 - report.never_logged;
    let variance = weights.iter().map(|weight| (weight - report.mean_weight).powi(2)).sum::<f64>() / n;
    if (report.mean_weight - expected).abs() > 4.0 * (variance / n).sqrt() + 0.02 {
        warnings.push(format!(
            "The weights' mean is {:.2} and should be {expected:.2}: the chances in the log don't fit how it was written.",
            report.mean_weight
        ));
    }
    warnings
}
