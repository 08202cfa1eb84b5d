//! Ready-made campaigns: a use case of the service chosen, trained and served in one step.

use crate::domain::DatasetType;
use crate::domain::use_case::{Domain, USE_CASES, UseCase};
use crate::studio::{CampaignView, GroupView, recipe};
use crate::ui::jobs::{Ended, Lane, Summary, Ticket};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::widgets::{button, search_field::name_field, section};
use egui::{ComboBox, RichText, Ui};

#[derive(Default)]
pub(super) struct ReadyMade {
    chosen: Option<&'static UseCase>,
    creating: Option<Ticket<CampaignView>>,
}

impl ReadyMade {
    /// The campaign that was being made, once it is.
    pub(super) fn collect(&mut self) -> Option<Ended<CampaignView>> {
        let ended = self.creating.as_ref()?.take()?;
        self.creating = None;
        Some(ended)
    }

    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        section::card(ui, tokens, "Ready-made", |ui| {
            ui.horizontal(|ui| {
                ui.label(RichText::new("Use case").color(tokens.color.text_muted));
                let words = self.chosen.map_or_else(|| "Choose one".to_owned(), words_of);
                let combo = ComboBox::from_id_salt("use case")
                    .height(360.0)
                    .width(330.0)
                    .selected_text(words)
                    .truncate();
                let combo = combo.show_ui(ui, |ui| {
                    for domain in Domain::ALL {
                        for one in USE_CASES.iter().filter(|one| one.domain == domain) {
                            let is_chosen = self.chosen == Some(one);
                            if ui.selectable_label(is_chosen, words_of(one)).clicked() {
                                self.chosen = Some(one);
                            }
                        }
                    }
                });
                name_field(&combo.response, "Use case");
                let enabled = match self.chosen {
                    _ if self.creating.is_some() => Err("It is being trained"),
                    None => Err("Choose a use case"),
                    Some(_) => Ok(()),
                };
                if button::plain_enabled(ui, tokens, "Train and serve", enabled).clicked() {
                    self.create(context, group);
                }
            });
            let words = match self.chosen {
                None => "A recipe, what it is trained on and what it leaves out, as the service's recommenders have them."
                    .to_owned(),
                Some(one) if one.needs_items && group.dataset(DatasetType::Items).is_none() => {
                    format!("{} needs the group's Items: import them first", one.title)
                }
                Some(one) => recipe(one.recipe).map_or_else(|_| String::new(), |recipe| one.words(recipe)),
            };
            ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_faint));
        });
    }

    fn create(&mut self, context: &PaneContext<'_>, there: &GroupView) {
        let Some(one) = self.chosen else { return };
        let studio = context.studio.clone();
        let (group, name) = (there.name.clone(), one.name);
        self.creating = Some(context.send.job(
            format!("Making {}", one.title),
            Lane::Training,
            move |job| studio.create_recommender(&group, name, name, &[], job),
            |made: &CampaignView| {
                Summary::new(format!("Campaign {} answers", made.name))
                    .detail(format!("With {}.", made.version))
                    .open(PaneKind::Preview)
            },
        ));
    }
}

fn words_of(one: &UseCase) -> String {
    format!("{}: {}", one.domain.title(), one.title)
}
