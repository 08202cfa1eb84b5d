//! The window without a screen, drawn in this process.

use super::driver::{Seen, UiDriver, seen_in};
use bespoke::studio::AppSettings;
use bespoke::ui::file_picker::{FilePicker, PickRequest, Picked};
use egui::{Event, Theme, ViewportCommand, ViewportId};
use egui_kittest::Harness;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A desktop that has no file dialogs: paths are typed.
struct NoDialogs;

impl FilePicker for NoDialogs {
    fn open(&mut self, _request: &PickRequest, wake: Arc<dyn Fn() + Send + Sync>) {
        wake();
    }

    fn poll(&mut self) -> Picked {
        Picked::Unavailable("This desktop has no file dialog".to_owned())
    }

    fn abandon(&mut self) {}
}

/// A file let go over the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Drives the application inside this process.
pub(super) struct InProcess<App> {
    harness: Harness<'static, App>,
    is_closed: bool,
}

/// The start page of a window whose settings stand in `folder`.
pub(super) fn start(folder: &Path) -> InProcess<impl eframe::App> {
    let settings = AppSettings::load_from(&folder.join("settings.json"));
    let mut harness =
        Harness::builder().with_size([1280.0, 800.0]).with_theme(Theme::Dark).build_eframe(|creation| {
            bespoke::ui::application(&creation.egui_ctx, settings, Box::new(NoDialogs)).unwrap()
        });
    harness.run();
    InProcess { harness, is_closed: false }
}

impl<App: eframe::App> UiDriver for InProcess<App> {
    fn seen(&mut self) -> Vec<Seen> {
        self.send(Vec::new());
        seen_in(self.harness.kittest_state().root(), self.harness.ctx.pixels_per_point())
    }

    fn send(&mut self, events: Vec<Event>) {
        self.harness.input_mut().events.extend(events);
        self.harness.step();
        let commands = &self.harness.output().viewport_output[&ViewportId::ROOT].commands;
        self.is_closed |= commands.contains(&ViewportCommand::Close);
    }

    fn bring(&mut self, path: &Path) {
        self.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.to_owned())));
        self.send(Vec::new());
    }

    fn screenshot(&mut self) -> Option<Vec<u8>> {
        None
    }

    fn is_closed(&mut self) -> bool {
        self.send(Vec::new());
        self.is_closed
    }
}
