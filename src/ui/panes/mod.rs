//! The pages, one file or folder each.

mod batch;
mod campaigns;
mod datasets;
mod drafts;
mod home;
mod mapping;
mod moments;
mod preview;
#[cfg(test)]
mod serving_tests;
#[cfg(test)]
mod tests;
mod version_picker;

use super::pane::Pane;
use super::shell::SettingsPane;
use drafts::SharedDrafts;

/// Every page, fresh.
pub(super) fn all() -> Vec<Box<dyn Pane>> {
    let drafts = SharedDrafts::default();
    let chosen = campaigns::ChosenCampaign::default();
    vec![
        Box::new(home::HomePane::new(&drafts)),
        Box::new(datasets::DatasetsPane::new(&drafts)),
        Box::new(mapping::MappingPane::new(&drafts)),
        Box::new(campaigns::CampaignsPane::new(&chosen)),
        Box::new(preview::PreviewPane::new(&chosen)),
        Box::new(batch::BatchPane::default()),
        Box::new(SettingsPane),
    ]
}
