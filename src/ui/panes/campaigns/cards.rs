//! The campaigns there are, one card each.

use super::super::moments::moment_words;
use super::super::version_picker::ndcg;
use super::ChosenCampaign;
use crate::domain::use_case::UseCase;
use crate::domain::{ParameterValue, Task};
use crate::studio::{CampaignView, GroupView, recipe};
use crate::ui::action::{Action, Question};
use crate::ui::notify::Notice;
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::{Icon, semibold};
use crate::ui::widgets::{badge, button, card_frame, search_field::name_field};
use egui::{Align, Label, Layout, RichText, Ui};

/// What a campaign of this task answers, in few words.
pub(in crate::ui::panes) fn task_words(task: Task) -> &'static str {
    match task {
        Task::UserPersonalization => "recommends for a user",
        Task::PersonalizedRanking => "ranks a list for a user",
        Task::RelatedItems => "finds related items",
        Task::PopularItems => "lists popular items",
        Task::PersonalizedActions => "says what to ask a user to do next",
    }
}

pub(super) fn cards_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, chosen: &ChosenCampaign) {
    if group.campaigns.is_empty() {
        let text =
            "No campaign yet. Create one above: it answers at once, and costs nothing while nobody asks.";
        ui.label(RichText::new(text).color(context.tokens.color.text_muted));
    }
    for campaign in &group.campaigns {
        card_ui(context, ui, group, campaign, chosen);
        ui.add_space(context.tokens.space.xs);
    }
}

fn card_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    campaign: &CampaignView,
    chosen: &ChosenCampaign,
) {
    let tokens = context.tokens;
    let name = &campaign.name;
    card_frame(tokens).inner_margin(tokens.space.md).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.set_min_height(40.0);
            ui.add(Icon::Campaigns.image(20.0, tokens.color.accent_text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let delete = ui.add_enabled_ui(!context.is_read_only(), |ui| {
                    button::icon(ui, tokens, Icon::Trash, &format!("Delete the campaign {name}"))
                });
                if delete.inner.clicked() {
                    ask_to_delete(context, group, campaign);
                }
                let try_it = button::with_icon(ui, tokens, Icon::Play, "Try it");
                name_field(&try_it, &format!("Try the campaign {name}"));
                if try_it.clicked() {
                    *chosen.borrow_mut() = Some(name.clone());
                    context.send.send(Action::Show(PaneKind::Preview));
                }
                ui.add_space(tokens.space.md);
                badge::status(ui, tokens, campaign.status);
                if let Some(value) = group.version(&campaign.version).and_then(ndcg) {
                    let text = RichText::new(format!("NDCG@10 {value:.4}")).color(tokens.color.text_muted);
                    ui.label(text).on_hover_text("On the group's test set, seen items left in");
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.add(Label::new(semibold(name, tokens.size.title)).truncate());
                    let recipe = recipe(&campaign.recipe).ok();
                    let task = recipe.map_or("", |recipe| task_words(recipe.task));
                    let title = recipe.map_or(campaign.recipe.as_str(), |recipe| recipe.title);
                    let made = moment_words(campaign.created_at);
                    let told =
                        campaign.settings.iter().filter(|(_, value)| **value != ParameterValue::Bool(false));
                    let settings = told.map(|(name, value)| format!(" {name} {value}."));
                    let settings: String = settings.collect();
                    let use_case = campaign.use_case.as_deref().and_then(UseCase::find);
                    let made_for = use_case.map(|one| format!("{}: ", one.title)).unwrap_or_default();
                    let text =
                        format!("{made_for}{} ({title}) {task}. Made {made}.{settings}", campaign.version);
                    let label = Label::new(RichText::new(&text).color(tokens.color.text_muted)).truncate();
                    ui.add(label).on_hover_text(text);
                });
            });
        });
    });
}

fn ask_to_delete(context: &PaneContext<'_>, group: &GroupView, campaign: &CampaignView) {
    let (group, name, version) = (group.name.clone(), campaign.name.clone(), campaign.version.clone());
    context.send.send(Action::Ask(Question {
        title: format!("Delete the campaign {name}?"),
        text: format!(
            "It stops answering. Its version {version} stays, so it can be made again in an instant."
        ),
        field: None,
        confirm: "Delete".to_owned(),
        danger: true,
        then: Box::new(move |_| Action::Change {
            what: format!("Deleting the campaign {name}"),
            work: Box::new(move |studio| {
                studio.delete_campaign(&group, &name)?;
                Ok(Some(Notice::success(format!("Campaign {name} deleted"))))
            }),
        }),
    }));
}
