//! The pages, one file or folder each.

use super::pane::Pane;
use super::shell::SettingsPane;

/// Every page, fresh.
pub(super) fn all() -> Vec<Box<dyn Pane>> {
    vec![Box::new(SettingsPane)]
}
