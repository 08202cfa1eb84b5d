//! The pages, one file or folder each.

mod batch;
mod campaigns;
mod datasets;
mod drafts;
mod evaluation;
mod filter_choice;
mod filters;
mod home;
mod id_field;
mod mapping;
#[cfg(test)]
mod model_tests;
mod moments;
mod preview;
mod previewed;
mod promotion_choice;
mod recipes;
#[cfg(test)]
mod serving_tests;
mod simulation;
#[cfg(test)]
mod tests;
mod training;
mod version_picker;

use super::pane::Pane;
use super::shell::SettingsPane;
use campaigns::ChosenCampaign;
use drafts::SharedDrafts;
use previewed::SharedPreviewed;
use recipes::ChosenRecipe;

/// Every page, fresh.
pub(super) fn all() -> Vec<Box<dyn Pane>> {
    let drafts = SharedDrafts::default();
    let recipe = ChosenRecipe::default();
    let campaign = ChosenCampaign::default();
    let previewed = SharedPreviewed::default();
    vec![
        Box::new(home::HomePane::new(&drafts, &previewed)),
        Box::new(datasets::DatasetsPane::new(&drafts)),
        Box::new(mapping::MappingPane::new(&drafts)),
        Box::new(recipes::RecipesPane::new(&recipe)),
        Box::new(training::TrainingPane::new(&recipe)),
        Box::new(evaluation::EvaluationPane::default()),
        Box::new(campaigns::CampaignsPane::new(&campaign)),
        Box::new(filters::FiltersPane::default()),
        Box::new(preview::PreviewPane::new(&campaign, &previewed)),
        Box::new(simulation::SimulationPane::default()),
        Box::new(batch::BatchPane::default()),
        Box::new(SettingsPane),
    ]
}
