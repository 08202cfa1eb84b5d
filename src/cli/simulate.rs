//! `simulate`.

use super::output::{Output, table};
use super::pairs::WrongUsage;
use super::progress::with_progress;
use super::{Common, Done};
use crate::studio::{
    Control, Design, FeedbackReport, Measured, OpenError, OpenMode, Plan, SimulateRequest, SimulationReport,
    SimulationSpec, Studio, Week,
};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Lets simulated users, drawn from the data, choose from the lists of campaigns, and says which is better.
#[derive(Args)]
pub(super) struct Simulate {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// A campaign, or `popular` or `random`; two or more. The first is what the others are compared with.
    #[arg(long, value_name = "NAME", required = true)]
    campaign: Vec<String>,
    /// ab: each user one campaign; interleaved, balanced: each list of all; bandit: the better one more often.
    #[arg(long, default_value = "ab", value_parser = design_named)]
    design: Design,
    #[arg(long, default_value_t = SimulationSpec::default().users)]
    users: usize,
    /// Visits of each user, a day apart.
    #[arg(long, default_value_t = SimulationSpec::default().steps)]
    steps: usize,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Decides with the user's id who gets which campaign.
    #[arg(long, default_value_t = SimulationSpec::default().name)]
    name: String,
    /// The relative change of clicks a visit that is looked for.
    #[arg(long, value_name = "SHARE", default_value_t = SimulationSpec::default().effect)]
    effect: f64,
    /// Items of a list.
    #[arg(long, value_name = "N", default_value_t = SimulationSpec::default().list_length)]
    list_length: usize,
    /// The share of visits to a list of popular items that end with a click, assumed.
    #[arg(long, value_name = "SHARE", default_value_t = SimulationSpec::default().click_rate)]
    click_rate: f64,
    /// The share of the catalogue, its newest items, that arrives while the experiment runs.
    #[arg(long, value_name = "SHARE", default_value_t = SimulationSpec::default().arriving)]
    arriving: f64,
    /// Leave items out of the lists that a person had before.
    #[arg(long)]
    exclude_seen: bool,
    /// What a conversion is worth, where a click is worth 1.
    #[arg(long, value_name = "NUMBER", default_value_t = SimulationSpec::default().conversion_value)]
    conversion_value: f64,
    /// Instead of an experiment, train the one campaign again each of so many weeks on the clicks that its own lists brought.
    #[arg(long, value_name = "WEEKS", conflicts_with = "plan")]
    feedback: Option<usize>,
    /// Only say how many users are needed, and what the experiment could show.
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    common: Common,
}

fn design_named(text: &str) -> Result<Design, String> {
    Design::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Design::ALL.iter().map(|design| design.as_str()).collect();
        format!("use one of {}", known.join(", "))
    })
}

impl Simulate {
    pub(super) fn run(self) -> Result<Done> {
        let request = SimulateRequest {
            group: self.group,
            arms: self.campaign,
            spec: SimulationSpec {
                name: self.name,
                design: self.design,
                users: self.users,
                steps: self.steps,
                seed: self.seed,
                list_length: self.list_length,
                effect: self.effect,
                click_rate: self.click_rate,
                arriving: self.arriving,
                exclude_seen: self.exclude_seen,
                conversion_value: self.conversion_value,
            },
        };
        // An experiment changes nothing but the list of experiments, so a project that a window holds can be asked too.
        let studio = match Studio::open(&self.file, OpenMode::ReadWrite) {
            Err(OpenError::Held { .. }) => Studio::open(&self.file, OpenMode::ReadOnly)?,
            opened => opened?,
        };
        let output = Output::from(self.common);
        if let Some(weeks) = self.feedback {
            let [campaign] = request.arms.as_slice() else {
                return Err(WrongUsage("a feedback loop is of one campaign; name one".to_owned()).into());
            };
            let (campaign, group, spec) = (campaign.clone(), request.group.clone(), request.spec);
            let report = with_progress("feedback", move |job| {
                studio.feedback_loop(&group, &campaign, weeks, &spec, |_, _| {}, job)
            })?;
            output.print(&report, || feedback_text(&report))?;
        } else if self.plan {
            let spec = request.spec.clone();
            let plan = with_progress("plan", move |job| studio.plan_simulation(&request, job))?;
            output.print(&plan, || plan_text(&plan, &spec))?;
        } else {
            let report = with_progress("simulate", move |job| {
                studio.simulate(&request, &Control::default(), |_| {}, job)
            })?;
            output.print(&report, || text(&report))?;
        }
        Ok(Done::Ok)
    }
}

fn plan_text(plan: &Plan, spec: &SimulationSpec) -> String {
    let power = plan.power.map_or_else(
        || "A bandit is not held to a power.".to_owned(),
        |power| format!("{} users see it with a chance of {:.0} %.", spec.users, 100.0 * power),
    );
    format!(
        "To see {:.4} clicks a visit become {:.4} in four of five experiments, {} users of {} visits are needed. {power}",
        plan.click_rate,
        plan.click_rate + plan.effect,
        plan.users_needed,
        spec.steps
    )
}

fn feedback_text(report: &FeedbackReport) -> String {
    let outcome = &report.outcome;
    let four = |value: f64| format!("{value:.4}");
    let weeks = outcome.retrained.iter().zip(&outcome.trained_once);
    let rows: Vec<Vec<String>> = weeks
        .map(|(again, once)| {
            let of =
                |week: &Week| [week.coverage, week.exposure_gini, week.click_gini, week.click_rate].map(four);
            std::iter::once(again.week.to_string()).chain(of(again)).chain(of(once)).collect()
        })
        .collect();
    let header = [
        "week",
        "coverage",
        "Gini shown",
        "Gini clicked",
        "clicks a visit",
        "coverage once",
        "Gini shown once",
        "Gini clicked once",
        "clicks a visit once",
    ];
    let mut lines = vec![table(&header, &rows), String::new()];
    lines.extend(outcome.sentences.clone());
    let kept = report.id.map_or_else(|| "not kept".to_owned(), |id| format!("kept as {id}"));
    lines.push(format!("{:.2} s, seed {}, {kept}", report.seconds, outcome.spec.seed));
    lines.join("\n")
}

fn text(report: &SimulationReport) -> String {
    let outcome = &report.outcome;
    let measured =
        |measured: &Measured| format!("{:.4} ({:.4} to {:.4})", measured.value, measured.low, measured.high);
    let mut lines = vec![plan_text(&outcome.plan, &outcome.spec), String::new()];
    if let Some(last) = outcome.points.last() {
        let rows: Vec<Vec<String>> = outcome
            .arms
            .iter()
            .zip(&last.arms)
            .map(|(name, arm)| {
                vec![
                    name.clone(),
                    arm.users.to_string(),
                    arm.visits.to_string(),
                    arm.clicks.to_string(),
                    measured(&arm.click_rate),
                    measured(&arm.conversion_rate),
                    measured(&arm.reward),
                ]
            })
            .collect();
        let header = [
            "campaign",
            "users",
            "visits",
            "clicks",
            "clicks a visit",
            "conversions a visit",
            "reward a visit",
        ];
        lines.extend([table(&header, &rows), String::new()]);
    }
    lines.extend(outcome.verdict.sentences.clone());
    lines.extend(outcome.advice().map(|advice| format!("{advice} (--exclude-seen)")));
    let kept = report.id.map_or_else(|| "not kept".to_owned(), |id| format!("kept as {id}"));
    lines.push(format!(
        "{} steps of {} users in {:.2} s, seed {}, {kept}",
        outcome.points.len(),
        outcome.spec.users,
        report.seconds,
        outcome.spec.seed
    ));
    lines.join("\n")
}
