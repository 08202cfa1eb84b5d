//! The window. Draws view models and sends commands; holds no logic of the field.
//!
//! [`app`] is the shell: each frame its `logic` collects what jobs and dialogs have brought and performs the
//! actions asked for, then its `ui` only draws. Pages ([`pane::Pane`]) get a read-only context and send
//! [`action::Action`]s; [`command::Command`]s are what a person can ask for by name. Absent by intent: SQL, data
//! frames, models, and any repaint that nothing called for.

pub mod action;
mod app;
pub mod command;
mod commands;
pub mod file_picker;
pub mod jobs;
pub mod loadable;
pub mod notify;
mod palette;
pub mod pane;
mod panes;
mod perform;
mod project;
mod shell;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod widgets;

use crate::studio::AppSettings;
use action::Action;
use file_picker::{FileKind, FilePicker, PickKind, PickRequest};
use std::path::PathBuf;

/// What draws the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Renderer {
    /// Vulkan, Metal or DirectX.
    #[default]
    Wgpu,
    /// OpenGL, for machines whose newer drivers fail.
    Glow,
}

/// How the window begins.
#[derive(Debug, Clone, Default)]
pub struct WindowOptions {
    /// The project to open at once.
    pub project: Option<PathBuf>,
    pub renderer: Renderer,
}

/// Shows the window until it is closed.
pub fn run(options: WindowOptions) -> anyhow::Result<()> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Bespoke")
        .with_app_id("bespoke")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([960.0, 600.0])
        .with_drag_and_drop(true);
    let native = eframe::NativeOptions {
        viewport,
        renderer: match options.renderer {
            Renderer::Wgpu => eframe::Renderer::Wgpu,
            Renderer::Glow => eframe::Renderer::Glow,
        },
        centered: true,
        persist_window: false,
        ..eframe::NativeOptions::default()
    };
    let project = options.project;
    let result = eframe::run_native(
        "bespoke",
        native,
        Box::new(move |creation| Ok(Box::new(app::App::new(&creation.egui_ctx, project)?))),
    );
    result.map_err(|error| {
        anyhow::anyhow!(
            "the window could not be shown: {error}; try --renderer glow, or work without a window"
        )
    })
}

/// The application without a window around it, for a face that draws it elsewhere: with the settings and the file
/// dialogs it is given.
pub fn application(
    context: &egui::Context,
    settings: AppSettings,
    picker: Box<dyn FilePicker>,
) -> Result<impl eframe::App + use<>, theme::ThemeError> {
    app::App::with(context, None, settings, picker)
}

/// Kinds of file that hold data.
pub fn data_file_kinds() -> Vec<FileKind> {
    let extensions =
        ["csv", "tsv", "txt", "dat", "data", "item", "user", "jsonl", "json", "parquet", "zip", "gz", "zst"];
    vec![FileKind::new("Data files", &extensions)]
}

/// Asks for data files and hands them on as if they had been dropped.
fn data_files_request() -> PickRequest {
    PickRequest::new("Choose data files", PickKind::OpenAny, data_file_kinds())
        .then(|paths| Some(Action::Files(paths)))
}
