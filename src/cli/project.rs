//! `new`, `groups`, `check`.

use super::output::{Output, say};
use super::{Common, Done, describe};
use crate::studio::{OpenMode, Studio};
use anyhow::Result;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct New {
    /// The project file to make, e.g. films.bespoke.
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl New {
    pub(super) fn run(self) -> Result<Done> {
        let studio = Studio::create(&self.file)?;
        let path = studio.path().display().to_string();
        Output::from(self.common).print(&json!({ "project": path }), || format!("made {path}"))?;
        Ok(Done::Ok)
    }
}

#[derive(Args)]
pub(super) struct Groups {
    /// The project file.
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl Groups {
    pub(super) fn run(self) -> Result<Done> {
        let view = Studio::open(&self.file, OpenMode::ReadOnly)?.overview()?;
        Output::from(self.common).print(&view, || describe::project(&view))?;
        Ok(Done::Ok)
    }
}

#[derive(Args)]
pub(super) struct Check {
    /// The project file.
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl Check {
    pub(super) fn run(self) -> Result<Done> {
        let file = self.file.clone();
        let problems = super::progress::with_progress("check", move |_| {
            Studio::open(&file, OpenMode::ReadOnly)?.check()
        })?;
        let document = json!({ "ok": problems.is_empty(), "problems": problems });
        let path = self.file.display();
        Output::from(self.common).print(&document, || match problems.as_slice() {
            [] => format!("{path} is whole"),
            problems => problems.join("\n"),
        })?;
        if problems.is_empty() {
            return Ok(Done::Ok);
        }
        say(&format!(
            "error: {path} is damaged in {} places\nhint: go back to a copy, or copy what can still be read with the window",
            problems.len()
        ));
        Ok(Done::Failed)
    }
}
