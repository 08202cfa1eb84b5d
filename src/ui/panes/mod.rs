//! The pages, one file or folder each.

mod datasets;
mod drafts;
mod home;
mod mapping;
mod moments;
#[cfg(test)]
mod tests;

use super::pane::Pane;
use super::shell::SettingsPane;
use drafts::SharedDrafts;

/// Every page, fresh.
pub(super) fn all() -> Vec<Box<dyn Pane>> {
    let drafts = SharedDrafts::default();
    vec![
        Box::new(home::HomePane::new(&drafts)),
        Box::new(datasets::DatasetsPane::new(&drafts)),
        Box::new(mapping::MappingPane::new(&drafts)),
        Box::new(SettingsPane),
    ]
}
