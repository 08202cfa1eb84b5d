//! `demo`.

use super::evaluate::{evaluation_table, shown};
use super::output::{Output, say};
use super::progress::with_progress;
use super::{Common, Done};
use crate::studio::{DemoReport, Studio};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Demo {
    /// The project file to make [default: demo.bespoke in the folder of --out]
    #[arg(long, value_name = "FILE")]
    project: Option<PathBuf>,
    /// The folder for the batch files.
    #[arg(long, value_name = "DIR", default_value = "bespoke-demo")]
    out: PathBuf,
    /// Do not open the window afterwards.
    #[arg(long)]
    no_window: bool,
    #[command(flatten)]
    common: Common,
}

impl Demo {
    pub(super) fn run(self) -> Result<Done> {
        let project = self.project.unwrap_or_else(|| self.out.join("demo.bespoke"));
        let (file, out) = (project.clone(), self.out);
        // The studio is dropped with the job, so that the window finds the project free.
        let report = with_progress("demo", move |job| Ok(Studio::demo(&file, &out, job)?.1))?;
        Output::from(self.common).print(&report, || text(&report))?;
        if self.no_window {
            return Ok(Done::Ok);
        }
        if !has_display() {
            say("there is no display, so no window is opened");
            return Ok(Done::Ok);
        }
        Ok(Done::Window(project))
    }
}

fn text(report: &DemoReport) -> String {
    let mut lines = Vec::new();
    for part in &report.evaluations {
        lines.push(format!("{} ({} test users)", part.group, part.evaluation.split.users));
        lines.push(evaluation_table(&part.evaluation, &shown()));
        lines.push(String::new());
    }
    lines.push(format!("project: {}", report.project.display()));
    lines.extend(report.batch_files.iter().map(|file| format!("recommendations: {}", file.display())));
    lines.push(format!("{:.1} s", report.seconds));
    lines.join("\n")
}

/// Whether a window can be shown: always but on a Unix without a display server.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
