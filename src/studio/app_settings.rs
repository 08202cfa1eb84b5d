//! Settings that belong to the person rather than to a project: recent projects, theme. One JSON file.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Projects remembered at most.
const MAX_RECENT: usize = 12;

/// The settings of the program on this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AppSettings {
    /// The newest first.
    pub recent_projects: Vec<PathBuf>,
    /// Anything else the window keeps, by key.
    pub values: BTreeMap<String, String>,
    /// Where they are kept; `None` where this machine has no such place, and nothing is kept.
    #[serde(skip)]
    path: Option<PathBuf>,
}

impl AppSettings {
    /// Reads the settings of this machine; defaults where there are none, or where they can't be read.
    pub fn load() -> Self {
        match directories::ProjectDirs::from("", "", "Bespoke") {
            Some(folders) => Self::load_from(&folders.config_dir().join("settings.json")),
            None => Self::default(),
        }
    }

    /// Reads the settings of a file.
    pub fn load_from(path: &Path) -> Self {
        let read = std::fs::read_to_string(path)
            .ok()
            .and_then(|text| match serde_json::from_str::<Self>(&text) {
                Ok(settings) => Some(settings),
                Err(error) => {
                    tracing::warn!("{}: {error}; the defaults are used", path.display());
                    None
                }
            })
            .unwrap_or_default();
        Self { path: Some(path.to_owned()), ..read }
    }

    /// Keeps the settings.
    pub fn save(&self) -> Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let write = || -> Result<()> {
            let folder = path.parent().context("it has no folder")?;
            std::fs::create_dir_all(folder)?;
            let aside = path.with_extension(format!("{}.part", std::process::id()));
            let mut file = std::fs::File::create(&aside)?;
            file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
            file.sync_all()?;
            Ok(std::fs::rename(&aside, path)?)
        };
        write().with_context(|| format!("keeping settings in {}", path.display()))
    }

    /// Puts a project first among the recent ones.
    pub fn remember_project(&mut self, project: &Path) {
        self.forget_project(project);
        self.recent_projects.insert(0, project.to_owned());
        self.recent_projects.truncate(MAX_RECENT);
    }

    pub fn forget_project(&mut self, project: &Path) {
        self.recent_projects.retain(|known| known != project);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_damage_means_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("settings.json");
        let mut settings = AppSettings::load_from(&path);
        assert!(settings.recent_projects.is_empty());
        for name in ["a", "b", "a"] {
            settings.remember_project(Path::new(name));
        }
        settings.values.insert("theme".to_owned(), "dark".to_owned());
        settings.save().unwrap();
        let read = AppSettings::load_from(&path);
        assert_eq!(read.recent_projects, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(read.values["theme"], "dark");
        std::fs::write(&path, "{").unwrap();
        assert!(AppSettings::load_from(&path).values.is_empty());
    }
}
