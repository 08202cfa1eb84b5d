//! Preview: one campaign asked for one user or item, with what is behind the answer.

mod actions;
mod answer;
mod columns;
mod controls;
mod deeds;
mod given_list;
mod history;
mod item;
mod picker;
mod results;
mod why;

use super::campaigns::{ChosenCampaign, no_version_ui};
use super::filter_choice::FilterChoice;
use super::previewed::SharedPreviewed;
use super::promotion_choice::PromotionChoice;
use super::version_picker::active_versions;
use crate::domain::limits::{DEFAULT_ACTION_RESULTS, DEFAULT_RESULTS};
use crate::domain::use_case::UseCase;
use crate::domain::{DatasetType, RecipeDescriptor, Task};
use crate::studio::{CampaignView, GroupView, MetadataColumns, Promotion, RecommendRequest, recipe};
use crate::ui::command::Command;
use crate::ui::loadable::Loadable;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::empty_state::EmptyState;
use crate::ui::widgets::{card_frame, section};
use actions::ActionResults;
use answer::{Answered, Question};
use columns::gives_metadata;
use deeds::{Deed, Deeds};
use egui::{Layout, RichText, Ui, vec2};
use given_list::{ids_of, list_ui};
use history::{History, InHistory};
use item::ItemWindow;
use picker::{Kind, Picker};
use results::{Clicked, Results};

/// The width of the left column.
const SIDE: f32 = 340.0;

/// A group and when its interactions and items were imported: what searches and histories hold for.
type DataKey = (String, Option<(u32, i64)>, Option<(u32, i64)>);

pub(super) struct PreviewPane {
    chosen: ChosenCampaign,
    previewed: SharedPreviewed,
    users: Picker,
    items: Picker,
    num_results: usize,
    /// The same of actions.
    num_actions: usize,
    /// Whether a given list is to be put in order.
    ranks: bool,
    /// The list, as typed.
    list: String,
    filter: FilterChoice,
    promotion: PromotionChoice,
    /// Columns of Items that answers are asked to tell.
    columns: Vec<String>,
    deeds: Deeds,
    /// The question as it stood a frame ago.
    asked: Option<Question>,
    history: Loadable<(DataKey, String, u64), History>,
    answer: Loadable<Question, Answered>,
    results: Results,
    actions: ActionResults,
    item: ItemWindow,
}

impl PreviewPane {
    pub(super) fn new(chosen: &ChosenCampaign, previewed: &SharedPreviewed) -> Self {
        Self {
            chosen: ChosenCampaign::clone(chosen),
            previewed: SharedPreviewed::clone(previewed),
            users: Picker::new(Kind::User),
            items: Picker::new(Kind::Item),
            num_results: DEFAULT_RESULTS,
            num_actions: DEFAULT_ACTION_RESULTS,
            ranks: false,
            list: String::new(),
            filter: FilterChoice::default(),
            promotion: PromotionChoice::default(),
            columns: Vec::new(),
            deeds: Deeds::default(),
            asked: None,
            history: Loadable::default(),
            answer: Loadable::default(),
            results: Results::default(),
            actions: ActionResults::default(),
            item: ItemWindow::default(),
        }
    }

    /// The campaign chosen, or the newest of those that recommend for users, or the newest.
    fn campaign<'a>(&self, group: &'a GroupView) -> Option<&'a CampaignView> {
        let chosen = self.chosen.borrow();
        let named = group.campaigns.iter().find(|campaign| Some(&campaign.name) == chosen.as_ref());
        let for_users =
            |campaign: &CampaignView| recipe(&campaign.recipe).is_ok_and(|recipe| !recipe.asks_item());
        named.or_else(|| {
            group.campaigns.iter().max_by_key(|campaign| (for_users(campaign), campaign.created_at))
        })
    }

    fn page_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        campaign: &CampaignView,
        recipe: &'static RecipeDescriptor,
    ) {
        let tokens = context.tokens;
        let data = data_key(group);
        self.load(context, &data, group, campaign, recipe);
        self.controls_ui(context, ui, group, campaign, recipe);
        self.filter_ui(context, ui, group, campaign, recipe);
        ui.add_space(tokens.space.sm);
        let height = ui.available_height();
        let mut opened = None;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = tokens.space.md;
            let inner = vec2(2.0 * tokens.space.lg + 2.0, 2.0 * tokens.space.lg + 2.0);
            column_ui(ui, vec2(SIDE, height), |ui| {
                card_frame(tokens).show(ui, |ui| {
                    ui.set_min_size(vec2(SIDE, height) - inner);
                    opened = self.side_ui(context, ui, &data, recipe);
                });
            });
            column_ui(ui, vec2(ui.available_width(), height), |ui| {
                let size = ui.available_size() - inner;
                card_frame(tokens).show(ui, |ui| {
                    ui.set_min_size(size);
                    if recipe.recommends_actions() {
                        return self.actions_ui(context, ui, &data.0, group, recipe);
                    }
                    if self.ranks {
                        list_ui(context, ui, &mut self.list);
                    }
                    let of_user = !recipe.asks_item();
                    let history = self.history.value().filter(|_| of_user && self.users.picked().is_some());
                    let seen = |id: &str| history.is_some_and(|history| history.holds(id));
                    let wanted = self.missing(group, recipe);
                    let user = self.users.picked().filter(|_| of_user).map(|user| user.id.clone());
                    let acts = user.is_some() && !context.is_read_only();
                    let deeds = acts.then_some(&self.deeds);
                    let clicked = self.results.ui(context, ui, &self.answer, wanted.as_deref(), &seen, deeds);
                    match (clicked, user) {
                        (Some(Clicked::Item(id)), _) => opened = Some(id),
                        (Some(Clicked::Deed(id, deed)), Some(user)) => {
                            self.act(context, &data.0, &user, (id, deed));
                        }
                        _ => {}
                    }
                });
            });
        });
        if let Some(id) = opened {
            self.item.open(id);
        }
        if let Some(found) = self.item.ui(context, ui.ctx(), &data, recipe.asks_item()) {
            self.items.pick(found);
        }
    }

    /// Does something in the user's place.
    fn act(&mut self, context: &PaneContext<'_>, group: &str, user: &str, what: (String, Deed)) {
        let Some(answered) = self.answer.value() else { return };
        let ids = answered.response.items().iter().map(|item| item.item_id.clone());
        let list = ids.zip(answered.titles.iter().cloned()).collect();
        let shown = (answered.response.recommendation_id.clone(), list);
        self.deeds.act(context, group, user, what, shown);
    }

    /// The answer of a campaign for actions, and what is done with it.
    fn actions_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &str,
        view: &GroupView,
        recipe: &RecipeDescriptor,
    ) {
        let wanted = self.missing(view, recipe);
        let user = self.users.picked().map(|user| user.id.clone());
        let can_record = view.dataset(DatasetType::ActionInteractions).is_some() && !context.is_read_only();
        let deeds = (user.is_some() && can_record).then_some(&self.deeds);
        let clicked = self.actions.ui(context, ui, &self.answer, wanted.as_deref(), deeds);
        match (clicked, user, self.answer.value()) {
            (Some(actions::Clicked::Answer(action, event)), Some(user), Some(answered)) => {
                let ids = answered.response.ids().into_iter().map(str::to_owned);
                let list = ids.zip(answered.titles.iter().cloned()).collect();
                let shown = (answered.response.recommendation_id.clone(), list);
                self.deeds.answer(context, group, &user, (action, event), shown);
            }
            (Some(actions::Clicked::Forget), Some(user), _) => {
                self.deeds.forget_recorded(context, group, &user);
            }
            _ => {}
        }
    }

    /// What is still to be said before the campaign can be asked.
    fn missing(&self, group: &GroupView, recipe: &RecipeDescriptor) -> Option<String> {
        if recipe.asks_item() && self.items.picked().is_none() {
            return Some("Search for an item at the left to find what is related to it.".to_owned());
        }
        if recipe.needs_user() && self.users.picked().is_none() {
            return Some("Search for a user at the left, or type any id to ask as a new user.".to_owned());
        }
        if self.ranks && !recipe.recommends_actions() && ids_of(&self.list).is_empty() {
            return Some("Write the ids of the items to put in order above.".to_owned());
        }
        let promotes = self.promotion(group, recipe).is_some();
        let of_promotion = || self.promotion.missing(group, recipe.asks_item()).filter(|_| promotes);
        self.filter.missing(group, recipe.asks_item()).or_else(of_promotion)
    }

    /// What is promoted, where the campaign promotes.
    fn promotion(&self, group: &GroupView, recipe: &RecipeDescriptor) -> Option<Promotion> {
        self.promotion.promotion(group).filter(|_| recipe.takes_promotions && !self.ranks)
    }

    /// The columns asked for, where the campaign tells any.
    fn columns(&self, campaign: &CampaignView, recipe: &RecipeDescriptor) -> MetadataColumns {
        let of_actions = recipe.recommends_actions();
        if self.columns.is_empty() || of_actions || !gives_metadata(campaign, recipe) {
            return MetadataColumns::new();
        }
        MetadataColumns::from([("ITEMS".to_owned(), self.columns.clone())])
    }

    /// Keeps the history and the answer up to what is chosen.
    fn load(
        &mut self,
        context: &PaneContext<'_>,
        data: &DataKey,
        group: &GroupView,
        campaign: &CampaignView,
        recipe: &'static RecipeDescriptor,
    ) {
        self.ranks |= recipe.task == Task::PersonalizedRanking;
        self.deeds.load(context, data);
        if recipe.asks_item() {
            self.items.load(context, data);
            // A use case may look at the user, too: someone at random asks.
            self.users.load(context, data);
        } else {
            self.users.load(context, data);
            if let Some(user) = self.users.picked() {
                let (studio, group, id) = (context.studio.clone(), data.0.clone(), user.id.clone());
                let key = (data.clone(), id.clone(), self.deeds.count());
                self.history.keep(context, key, "reading a history", move |_| {
                    Ok(History::new(studio.user_history(&group, &id, history::LONGEST)?))
                });
            }
        }
        if self.missing(group, recipe).is_some() {
            return;
        }
        let use_case = campaign.use_case.as_deref().and_then(UseCase::find);
        let needs_user = !recipe.asks_item() || use_case.is_some_and(|use_case| use_case.needs_user);
        let user = self.users.picked().filter(|_| needs_user).map(|user| user.id.clone());
        let filter = self.filter.name(group);
        let of_actions = recipe.recommends_actions();
        let request = RecommendRequest {
            user_id: user.or_else(|| self.filter.user(group).map(str::to_owned)),
            item_id: self.items.picked().filter(|_| recipe.asks_item()).map(|item| item.id.clone()),
            num_results: Some(if of_actions { self.num_actions } else { self.num_results }),
            input_list: (self.ranks && !of_actions).then(|| ids_of(&self.list)),
            filter_arn: filter.map(str::to_owned),
            filter_values: self.filter.values(group),
            promotions: self.promotion(group, recipe).into_iter().collect(),
            metadata_columns: self.columns(campaign, recipe),
            explain: true,
            ..RecommendRequest::default()
        };
        let reads_project = filter.is_some() || !request.promotions.is_empty();
        let revision = reads_project.then(|| context.studio.revision());
        let events = self.deeds.count();
        let question =
            Question { group: data.0.clone(), campaign: campaign.clone(), request, revision, events };
        if self.asked.as_ref().is_none_or(|asked| !asked.is_same_but_for_events(&question)) {
            self.deeds.forget();
        }
        self.asked = Some(question.clone());
        let (studio, asked) = (context.studio.clone(), question.clone());
        self.answer.keep(context, question, "asking a campaign", move |job| {
            answer::ask(&studio, &asked, recipe, job)
        });
        if self.answer.value().is_some_and(|_| !self.answer.is_loading()) {
            self.previewed.borrow_mut().mark(context, campaign);
        }
    }

    /// Who or what is asked about, and what is known of it. The item that was clicked.
    fn side_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        data: &DataKey,
        recipe: &RecipeDescriptor,
    ) -> Option<String> {
        let tokens = context.tokens;
        let picker = if recipe.asks_item() { &mut self.items } else { &mut self.users };
        picker.ui(context, ui);
        if picker.is_searching() {
            return None;
        }
        ui.add_space(tokens.space.xs);
        if recipe.asks_item() {
            let picked = self.items.picked()?;
            self.item.facts_ui(context, ui, data, &picked.id);
            return None;
        }
        if self.users.picked().is_none() {
            let text = match recipe.task {
                Task::PopularItems => {
                    "Everyone gets the same list. Pick a user to see which of it they know."
                }
                _ => "No user is picked.",
            };
            ui.add(egui::Label::new(RichText::new(text).color(tokens.color.text_muted)).wrap());
            return None;
        }
        if let Some(failure) = self.history.failure() {
            ui.add(egui::Label::new(RichText::new(failure).color(tokens.color.error)).wrap());
            return None;
        }
        let clicked = self.history.value().and_then(|history| history.ui(context, ui))?;
        match (clicked, self.users.picked()) {
            (InHistory::Item(id), _) => Some(id),
            (InHistory::Forget, Some(user)) => {
                let user = user.id.clone();
                self.deeds.forget_recorded(context, &data.0, &user);
                None
            }
            (InHistory::Forget, None) => None,
        }
    }
}

impl Pane for PreviewPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Preview
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        section::page_head(ui, context.tokens, "Preview", PaneKind::Preview.help(), |_| {});
        let Some(group) = context.group else { return no_version_ui(context, ui) };
        let Some(campaign) = self.campaign(group) else {
            return if active_versions(group).is_empty() {
                no_version_ui(context, ui);
            } else {
                no_campaign_ui(context, ui);
            };
        };
        match recipe(&campaign.recipe) {
            Ok(recipe) => self.page_ui(context, ui, group, campaign, recipe),
            Err(error) => {
                ui.label(RichText::new(format!("{error:#}")).color(context.tokens.color.error));
            }
        }
    }

    fn group_changed(&mut self) {
        let (chosen, previewed) =
            (ChosenCampaign::clone(&self.chosen), SharedPreviewed::clone(&self.previewed));
        *self = Self::new(&chosen, &previewed);
    }
}

fn data_key(group: &GroupView) -> DataKey {
    let moment = |kind| group.dataset(kind).map(|dataset| (dataset.version, dataset.imported_at));
    (group.name.clone(), moment(DatasetType::Interactions), moment(DatasetType::Items))
}

/// Room of exactly this size for `add`.
fn column_ui(ui: &mut Ui, size: egui::Vec2, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(size, Layout::top_down(egui::Align::Min), add);
}

fn no_campaign_ui(context: &PaneContext<'_>, ui: &mut Ui) {
    let empty = EmptyState {
        icon: Icon::Campaigns,
        title: "No campaign yet",
        text: "A campaign makes a trained version answer. Creating one takes an instant.",
        action: Some("Create a campaign"),
        other: None,
    };
    if empty.show(ui, context.tokens).is_some() {
        context.send.run(Command::NewCampaign);
    }
}
