//! What another policy would have earned, from a log or from impressions in the data.

use super::super::batch::path_ui;
use super::FORM_WIDTH;
use crate::studio::{Estimator, GroupView, OffPolicyReport, OffPolicyTarget, off_policy_of_log};
use crate::ui::action::Slot;
use crate::ui::file_picker::{FileKind, PickKind, PickRequest, check_path};
use crate::ui::jobs::{Ended, Lane, Summary, Ticket};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::{Icon, Tokens};
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series, plot_ui};
use crate::ui::widgets::{
    button, count_words, key_value::figure, progress, search_field::name_field, section,
};
use egui::{ComboBox, Label, RichText, ScrollArea, Ui};
use std::path::PathBuf;

const HEIGHT: f32 = 230.0;

/// The page's side for logs.
#[derive(Default)]
pub(super) struct OffPolicyPage {
    from_data: bool,
    log: String,
    other: String,
    to_other: bool,
    campaign: String,
    log_picked: Option<Slot<Vec<PathBuf>>>,
    other_picked: Option<Slot<Vec<PathBuf>>>,
    running: Option<Ticket<OffPolicyReport>>,
    report: Option<OffPolicyReport>,
    unfinished: Option<String>,
}

/// What is to be estimated.
enum Question {
    Log(PathBuf, OffPolicyTarget),
    Impressions { group: String, campaign: String },
}

impl OffPolicyPage {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: Option<&GroupView>) {
        self.collect();
        let tokens = context.tokens;
        ScrollArea::vertical().id_salt("off-policy").auto_shrink([false, false]).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = tokens.space.md;
                ui.vertical(|ui| {
                    ui.set_width(FORM_WIDTH);
                    self.form_ui(context, ui, group);
                });
                ui.vertical(|ui| {
                    ui.set_width(ui.available_width());
                    self.standing_ui(context, ui);
                });
            });
        });
    }

    /// Takes a log that was dropped.
    pub(super) fn read_from(&mut self, path: &std::path::Path) {
        self.from_data = false;
        self.log = path.display().to_string();
    }

    fn collect(&mut self) {
        let first = |slot: &Option<Slot<Vec<PathBuf>>>| slot.as_ref()?.take()?.into_iter().next();
        if let Some(path) = first(&self.log_picked) {
            self.log = path.display().to_string();
        }
        if let Some(path) = first(&self.other_picked) {
            self.other = path.display().to_string();
        }
        let Some(ended) = self.running.as_ref().and_then(Ticket::take) else { return };
        self.running = None;
        match ended {
            Ended::Done(report) => self.report = Some(report),
            Ended::Cancelled => self.unfinished = Some("Cancelled.".to_owned()),
            Ended::Failed(why) => self.unfinished = Some(why),
        }
    }

    fn form_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: Option<&GroupView>) {
        let tokens = context.tokens;
        let question = self.question(group);
        let enabled = question.as_ref().map(|_| ()).map_err(String::as_str);
        let mut pressed = false;
        let start =
            |ui: &mut Ui| pressed = button::primary_enabled(ui, tokens, "Estimate", enabled).clicked();
        section::card_with(ui, tokens, "Log", start, |ui| {
            ui.radio_value(&mut self.from_data, false, "A file that says what was shown and how likely");
            ui.radio_value(&mut self.from_data, true, "Impressions in the interactions of this group");
            if self.from_data {
                section::subheading(ui, tokens, "Campaign that would have been asked");
                self.campaign_ui(ui, group);
            } else {
                section::subheading(ui, tokens, "Log");
                if path_ui(ui, tokens, "Log", &mut self.log, "Choose...") {
                    self.log_picked = Some(context.send.pick(log_pick("Choose a log")));
                }
                section::subheading(ui, tokens, "Policy asked about");
                ui.radio_value(&mut self.to_other, false, "Everything in the log, evenly");
                ui.radio_value(&mut self.to_other, true, "What another log shows, as often as it does");
                if self.to_other
                    && path_ui(ui, tokens, "Log of the other policy", &mut self.other, "Choose...")
                {
                    self.other_picked = Some(context.send.pick(log_pick("Choose the other policy's log")));
                }
                let text = "Columns: item_id, click, propensity_score and, where there is one, position.";
                ui.label(RichText::new(text).size(tokens.size.small).color(tokens.color.text_faint));
            }
            if let Err(reason) = &question {
                ui.label(RichText::new(reason).size(tokens.size.small).color(tokens.color.text_faint));
            }
        });
        if let (true, Ok(question)) = (pressed, question) {
            self.report = None;
            self.unfinished = None;
            self.running = Some(start_job(context, question));
        }
    }

    fn campaign_ui(&mut self, ui: &mut Ui, group: Option<&GroupView>) {
        let campaigns = group.map_or_else(Vec::new, GroupView::item_campaigns);
        if !campaigns.iter().any(|campaign| campaign.name == self.campaign) {
            self.campaign = campaigns.last().map(|campaign| campaign.name.clone()).unwrap_or_default();
        }
        let combo = ComboBox::from_id_salt("campaign asked").width(ui.available_width()).truncate();
        let combo = combo.selected_text(self.campaign.as_str()).show_ui(ui, |ui| {
            for campaign in &campaigns {
                ui.selectable_value(&mut self.campaign, campaign.name.clone(), &campaign.name);
            }
        });
        name_field(&combo.response, "Campaign that would have been asked");
    }

    /// What would be estimated, or what is still missing.
    fn question(&self, group: Option<&GroupView>) -> Result<Question, String> {
        if self.running.is_some() {
            return Err("An estimate is being made".to_owned());
        }
        if self.from_data {
            let group = group.ok_or("There is no dataset group; make one and import interactions")?;
            let campaigns = group.item_campaigns();
            if campaigns.is_empty() {
                return Err("There is no campaign yet; create one on the page Campaigns".to_owned());
            }
            let campaign = campaigns.iter().find(|campaign| campaign.name == self.campaign);
            let campaign = campaign.or_else(|| campaigns.last()).map(|campaign| campaign.name.clone());
            return Ok(Question::Impressions {
                group: group.name.clone(),
                campaign: campaign.unwrap_or_default(),
            });
        }
        let file = |text: &str, name: &str| {
            check_path(text, &PickKind::OpenFile).map_err(|wrong| format!("{name}: {wrong}"))
        };
        let log = file(&self.log, "Log")?;
        let target = if self.to_other {
            OffPolicyTarget::Log(file(&self.other, "Other policy's log")?)
        } else {
            OffPolicyTarget::Uniform
        };
        Ok(Question::Log(log, target))
    }

    fn standing_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        section::card(ui, tokens, "Estimates", |ui| {
            let running = self.running.as_ref().and_then(|ticket| context.jobs.get(ticket.id));
            if let Some(row) = running {
                progress::progress_ui(ui, tokens, &row.title, &row.progress);
            } else if let Some(report) = &self.report {
                report_ui(context, ui, report);
            } else {
                let text = self.unfinished.as_deref().unwrap_or(
                    "Before a policy is tried on anybody, a log of what another one showed, and with which chance, says what it would have earned, and on how much of the log that rests.",
                );
                ui.label(RichText::new(text).color(tokens.color.text_muted));
            }
        });
    }
}

fn log_pick(title: &str) -> PickRequest {
    let kinds = vec![FileKind::new("Tables", &["csv", "tsv", "gz", "zst", "parquet", "jsonl"])];
    PickRequest::new(title, PickKind::OpenFile, kinds)
}

fn start_job(context: &PaneContext<'_>, question: Question) -> Ticket<OffPolicyReport> {
    let studio = context.studio.clone();
    context.send.job(
        "Estimating off-policy",
        Lane::Free,
        move |job| match &question {
            Question::Log(path, target) => off_policy_of_log(path, target, job),
            Question::Impressions { group, campaign } => {
                studio.off_policy_of_impressions(group, campaign, job)
            }
        },
        |report: &OffPolicyReport| {
            Summary::new(format!("Estimated what {} would have earned", report.target))
                .open_in_place(PaneKind::Simulation)
        },
    )
}

fn report_ui(context: &PaneContext<'_>, ui: &mut Ui, report: &OffPolicyReport) {
    let tokens = context.tokens;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = tokens.space.xl;
        figure(ui, tokens, &count_words(report.rows as u64), "rows");
        figure(ui, tokens, &count_words(report.rewarded as u64), "rewarded");
        figure(ui, tokens, &count_words(report.effective_rows as u64), "effective rows");
        figure(ui, tokens, &format!("{:.1}", report.largest_weight), "largest weight");
        figure(ui, tokens, &format!("{:.1} %", 100.0 * report.never_logged), "never logged");
    });
    ui.add_space(tokens.space.sm);
    plot_ui(ui, tokens, context.send, "off-policy estimates", &plot(report), HEIGHT);
    warnings_ui(ui, tokens, report);
}

fn warnings_ui(ui: &mut Ui, tokens: &Tokens, report: &OffPolicyReport) {
    for warning in &report.warnings {
        ui.horizontal(|ui| {
            ui.add(Icon::Warning.image(16.0, tokens.color.warning));
            ui.add(Label::new(warning).wrap());
        });
    }
    for estimator in Estimator::ALL {
        let text = format!("{}: {}", estimator.title(), estimator.about());
        ui.label(RichText::new(text).size(tokens.size.small).color(tokens.color.text_faint));
    }
}

/// The log's own mean beside what the policy would have earned.
fn plot(report: &OffPolicyReport) -> PlotSpec {
    let names = std::iter::once("as logged").chain(Estimator::ALL.iter().map(|estimator| estimator.title()));
    let (value, low, high) = report.logged;
    let places = report.estimates.iter().zip(1..);
    let estimates = places.map(|(found, place)| [f64::from(place), found.value]).collect();
    PlotSpec {
        title: format!("Reward a row of {}", report.target),
        x: Axis::categories("Estimate", names),
        y: Axis::number("Reward a row"),
        series: vec![
            Series::new("The log itself", Marks::Points, vec![[0.0, value]]).intervals(vec![(low, high)]),
            Series::new(report.target.clone(), Marks::Points, estimates)
                .intervals(report.estimates.iter().map(|found| (found.low, found.high)).collect()),
        ],
    }
}
