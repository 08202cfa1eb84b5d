//! Settings of the window that belong to one project.

use super::Studio;
use anyhow::Result;

impl Studio {
    /// A setting of the window, as it was given.
    pub fn window_setting(&self, key: &str) -> Result<Option<String>> {
        Ok(self.store().read(|reader| reader.setting(key))?)
    }

    /// Keeps a setting of the window. Settings are no change of the project: the revision stays.
    pub fn set_window_setting(&self, key: &str, value: &str) -> Result<()> {
        Ok(self.store().write(|writer| writer.set_setting(key, value))?)
    }
}
