//! `off-policy`.

use super::output::{Output, table};
use super::pairs::WrongUsage;
use super::progress::with_progress;
use super::{Common, Done};
use crate::studio::{OffPolicyReport, OffPolicyTarget, OpenMode, Studio, off_policy_of_log};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Estimates what another policy would have earned, with what the estimates rest on.
#[derive(Args)]
pub(super) struct OffPolicy {
    /// A table with the columns `item_id`, `click`, `propensity_score` and, where it has one, `position`; or a project whose
    /// interactions say what was shown (--group, --campaign).
    file: PathBuf,
    /// The policy: `uniform`, or a table of what it shows, as often as it does.
    #[arg(long, value_name = "uniform|FILE", default_value = "uniform", conflicts_with_all = ["group", "campaign"])]
    target: String,
    /// The group of a project.
    #[arg(long, requires = "campaign")]
    group: Option<String>,
    /// The campaign of a project that would have been asked.
    #[arg(long, requires = "group")]
    campaign: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl OffPolicy {
    pub(super) fn run(self) -> Result<Done> {
        let file = self.file;
        let is_project = file.extension().is_some_and(|ending| ending == "bespoke");
        let report = match (self.group, self.campaign) {
            (Some(group), Some(campaign)) => {
                let studio = Studio::open(&file, OpenMode::ReadOnly)?;
                with_progress("off-policy", move |job| {
                    studio.off_policy_of_impressions(&group, &campaign, job)
                })?
            }
            _ if is_project => {
                return Err(WrongUsage(
                    "a project is asked about a campaign; add --group and --campaign".to_owned(),
                )
                .into());
            }
            _ => {
                let target = match self.target.as_str() {
                    "uniform" => OffPolicyTarget::Uniform,
                    other => OffPolicyTarget::Log(PathBuf::from(other)),
                };
                with_progress("off-policy", move |job| off_policy_of_log(&file, &target, job))?
            }
        };
        Output::from(self.common).print(&report, || text(&report))?;
        Ok(Done::Ok)
    }
}

fn text(report: &OffPolicyReport) -> String {
    let row = |name: &str, value: f64, low: f64, high: f64| {
        vec![name.to_owned(), format!("{value:.6}"), format!("{low:.6}"), format!("{high:.6}")]
    };
    let (value, low, high) = report.logged;
    let mut rows = vec![row("as logged", value, low, high)];
    let estimates = report.estimates.iter();
    rows.extend(estimates.map(|found| row(found.estimator.title(), found.value, found.low, found.high)));
    let mut lines = vec![
        format!(
            "{} rows, {} of them rewarded; what {} would have earned:",
            report.rows, report.rewarded, report.target
        ),
        table(&["estimate", "reward a row", "95 % from", "to"], &rows),
        format!(
            "effective rows {:.0}, largest weight {:.1}, mean weight {:.3}, never logged {:.1} %",
            report.effective_rows,
            report.largest_weight,
            report.mean_weight,
            100.0 * report.never_logged
        ),
    ];
    lines.extend(report.warnings.iter().map(|warning| format!("warning: {warning}")));
    lines.join("\n")
}
