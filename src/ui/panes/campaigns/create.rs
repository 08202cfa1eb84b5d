//! The form that makes a campaign: a name and a version.

use super::super::version_picker::{active_versions, version_picker};
use crate::domain::campaign::{LATEST, SYNC_WITH_LATEST};
use crate::domain::{RecipeDescriptor, check_name};
use crate::studio::{CampaignView, GroupView, recipe};
use crate::ui::jobs::{Ended, Lane, Summary, Ticket};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::Tokens;
use crate::ui::widgets::form::ParameterForm;
use crate::ui::widgets::{button, search_field::name_field, section};
use egui::{Key, RichText, TextEdit, Ui};

#[derive(Default)]
pub(super) struct CreateForm {
    /// As typed; `None` while the proposed name stands.
    name: Option<String>,
    version: String,
    settings: ParameterForm,
    wants_focus: bool,
    creating: Option<Ticket<CampaignView>>,
}

impl CreateForm {
    /// Puts the cursor into the name at the next frame.
    pub(super) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// The campaign that was being made, once it is.
    pub(super) fn collect(&mut self) -> Option<Ended<CampaignView>> {
        let ended = self.creating.as_ref()?.take()?;
        self.creating = None;
        if matches!(ended, Ended::Done(_)) {
            self.name = None;
        }
        Some(ended)
    }

    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        if active_versions(group).is_empty() {
            return;
        }
        section::card(ui, tokens, "New campaign", |ui| {
            let mut name = self.name.clone().unwrap_or_else(|| proposed_name(group, &self.version));
            let mut entered = false;
            let mut check = Ok(());
            ui.horizontal(|ui| {
                ui.label(RichText::new("Version").color(tokens.color.text_muted));
                version_picker(ui, group, "Version of the campaign", 330.0, &mut self.version);
                ui.add_space(tokens.space.md);
                ui.label(RichText::new("Name").color(tokens.color.text_muted));
                let field = TextEdit::singleline(&mut name)
                    .desired_width(240.0)
                    .min_size(egui::vec2(0.0, tokens.control_height))
                    .align(egui::Align2::LEFT_CENTER);
                let field = ui.add(field);
                name_field(&field, "Name of the campaign");
                if std::mem::take(&mut self.wants_focus) {
                    field.request_focus();
                }
                if field.changed() {
                    self.name = Some(name.clone());
                }
                entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                check = check_name(name.trim()).map_err(|error| error.to_string());
                let there = group.campaigns.iter().find(|campaign| campaign.name == name.trim());
                let word = if there.is_some() { "Update" } else { "Create" };
                let enabled = match &check {
                    Err(wrong) => Err(wrong.as_str()),
                    Ok(()) if self.creating.is_some() => Err("The campaign is being made"),
                    Ok(()) => Ok(()),
                };
                let pressed = button::primary_enabled(ui, tokens, word, enabled).clicked();
                if (pressed || entered) && enabled.is_ok() {
                    self.create(context, group, name.trim());
                }
            });
            self.settings_ui(ui, tokens, group);
            let there = group.campaigns.iter().find(|campaign| campaign.name == name.trim());
            let (words, ink) = match (&check, there) {
                (Err(wrong), _) => (wrong.clone(), tokens.color.error),
                (Ok(()), Some(there)) => (
                    format!(
                        "{} answers with {} now and will answer with {}",
                        there.name, there.version, self.version
                    ),
                    tokens.color.warning,
                ),
                (Ok(()), None) => (self.question(group), tokens.color.text_faint),
            };
            ui.label(RichText::new(words).size(tokens.size.small).color(ink));
        });
    }

    /// What the recipe lets a campaign set.
    fn settings_ui(&mut self, ui: &mut Ui, tokens: &Tokens, group: &GroupView) {
        let specs = self.recipe(group).map_or_else(Vec::new, RecipeDescriptor::campaign_specs);
        self.settings.ui(ui, tokens, "settings of the campaign", &specs);
    }

    fn recipe(&self, group: &GroupView) -> Option<&'static RecipeDescriptor> {
        group.version(&self.version).and_then(|version| recipe(&version.recipe).ok())
    }

    /// The question that the chosen version answers.
    fn question(&self, group: &GroupView) -> String {
        let recipe = self.recipe(group);
        recipe.map_or_else(String::new, |recipe| format!("{}: {}", recipe.title, recipe.question))
    }

    fn create(&mut self, context: &PaneContext<'_>, there: &GroupView, name: &str) {
        let studio = context.studio.clone();
        let (group, name) = (there.name.clone(), name.to_owned());
        let specs = self.recipe(there).map_or_else(Vec::new, RecipeDescriptor::campaign_specs);
        let settings = self.settings.texts_of(&specs);
        let follows = settings.iter().any(|(name, value)| name == SYNC_WITH_LATEST && value == "true");
        let solution = self.version.split('/').next().unwrap_or_default();
        let version = if follows { format!("{solution}{LATEST}") } else { self.version.clone() };
        let title = format!("Creating the campaign {name}");
        self.creating = Some(context.send.job(
            title,
            Lane::Free,
            move |_| studio.create_campaign(&group, &name, &version, &settings),
            |made: &CampaignView| {
                Summary::new(format!("Campaign {} answers", made.name))
                    .detail(format!("With {}.", made.version))
                    .open(PaneKind::Preview)
            },
        ));
    }
}

/// A name that is free: that of the solution, with a number where it is taken.
fn proposed_name(group: &GroupView, version: &str) -> String {
    let base = version.split('/').next().unwrap_or_default();
    let taken = |name: &str| group.campaigns.iter().any(|campaign| campaign.name == name);
    if !taken(base) {
        return base.to_owned();
    }
    // One more than there are campaigns can't all be taken.
    let numbers = 2..=group.campaigns.len() + 2;
    numbers.map(|number| format!("{base}-{number}")).find(|name| !taken(name)).unwrap_or_default()
}
