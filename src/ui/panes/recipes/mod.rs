//! Recipes: which recipe answers which question, what it needs, and whether this group has it.

mod card;

use crate::domain::{DatasetType, RecipeDescriptor, Task};
use crate::studio::{RecipeReadiness, recipes};
use crate::ui::command::Command;
use crate::ui::loadable::Loadable;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::semibold;
use crate::ui::widgets::{button, section};
use egui::{RichText, ScrollArea, Ui};
use std::cell::Cell;
use std::rc::Rc;

/// The recipe chosen here, for the page that trains it.
pub(super) type ChosenRecipe = Rc<Cell<Option<&'static str>>>;

/// A question people have, and the tasks whose recipes answer it.
struct Question {
    title: &'static str,
    text: &'static str,
    task: Task,
    /// Another task whose recipes answer it as well.
    also: Option<Task>,
}

const QUESTIONS: [Question; 5] = [
    Question {
        title: "Recommend for a user",
        text: "What would this user like, or do next?",
        task: Task::UserPersonalization,
        also: None,
    },
    Question {
        title: "Rank a list",
        text: "In which order would this user like these items?",
        task: Task::PersonalizedRanking,
        also: Some(Task::UserPersonalization),
    },
    Question {
        title: "Similar items",
        text: "What goes with this item?",
        task: Task::RelatedItems,
        also: None,
    },
    Question {
        title: "Popular and trending",
        text: "What does everybody like, and what is on the rise?",
        task: Task::PopularItems,
        also: None,
    },
    Question {
        title: "Next best action",
        text: "What should this user be asked to do next?",
        task: Task::PersonalizedActions,
        also: None,
    },
];

/// Group, and the version and moment of its interactions and of its actions, where it has some.
type DataKey = (String, [Option<(u32, i64)>; 2]);

pub(super) struct RecipesPane {
    chosen: ChosenRecipe,
    readiness: Loadable<DataKey, Vec<RecipeReadiness>>,
}

impl RecipesPane {
    pub(super) fn new(chosen: &ChosenRecipe) -> Self {
        Self { chosen: Rc::clone(chosen), readiness: Loadable::default() }
    }

    fn look(&mut self, context: &PaneContext<'_>) {
        let Some(group) = context.group else { return };
        let moment = |kind| group.dataset(kind).map(|dataset| (dataset.version, dataset.imported_at));
        let key = (group.name.clone(), [DatasetType::Interactions, DatasetType::Actions].map(moment));
        let (studio, name) = (context.studio.clone(), group.name.clone());
        self.readiness
            .keep(context, key, "looking at what the recipes need", move |_| studio.recipe_readiness(&name));
    }

    fn question_ui(&self, context: &PaneContext<'_>, ui: &mut Ui, question: &Question) {
        let tokens = context.tokens;
        ui.add_space(tokens.space.sm);
        ui.horizontal(|ui| {
            ui.label(semibold(question.title, tokens.size.title));
            ui.label(RichText::new(question.text).color(tokens.color.text_muted));
        });
        for recipe in recipes().into_iter().filter(|recipe| recipe.task == question.task) {
            if card::card_ui(context, ui, recipe, self.outcome(recipe)) {
                self.train(context, recipe);
            }
        }
        let also = recipes().into_iter().filter(|recipe| question.also == Some(recipe.task));
        let also: Vec<&RecipeDescriptor> = also.collect();
        if !also.is_empty() {
            ui.horizontal_wrapped(|ui| {
                let text = "Every recipe that recommends for a user also ranks a list you give it:";
                ui.label(RichText::new(text).color(tokens.color.text_muted));
                for recipe in also {
                    if button::link(ui, tokens, recipe.title).on_hover_text("Train this recipe").clicked() {
                        self.train(context, recipe);
                    }
                }
            });
        }
    }

    /// Whether the group's data carry the recipe; `None` while that is being looked at.
    fn outcome(&self, recipe: &RecipeDescriptor) -> Option<Result<(), &str>> {
        let found = self.readiness.value()?.iter().find(|ready| ready.descriptor.name == recipe.name)?;
        Some(found.outcome.as_ref().copied().map_err(String::as_str))
    }

    fn train(&self, context: &PaneContext<'_>, recipe: &RecipeDescriptor) {
        self.chosen.set(Some(recipe.name));
        context.send.run(Command::GoTraining);
    }
}

impl Pane for RecipesPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Recipes
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        self.look(context);
        section::page_head(ui, context.tokens, "Recipes", PaneKind::Recipes.help(), |_| {});
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if let Some(failure) = self.readiness.failure() {
                ui.label(RichText::new(failure).color(context.tokens.color.error));
            }
            for question in &QUESTIONS {
                self.question_ui(context, ui, question);
            }
        });
    }

    fn group_changed(&mut self) {
        self.readiness.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_answers_one_question_on_the_page() {
        for recipe in recipes() {
            let places = QUESTIONS.iter().filter(|question| question.task == recipe.task).count();
            assert_eq!(places, 1, "{}", recipe.name);
        }
    }
}
