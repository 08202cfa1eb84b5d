//! The open project as the window holds it: the studio, what is seen of it, its pages.

use super::pane::{Pane, PaneKind};
use super::panes;
use crate::studio::{GroupView, ProjectView, Studio};
use std::rc::Rc;
use std::str::FromStr;

/// Names of the settings kept in the project.
const SHOWN: &str = "window.pane";
const GROUP: &str = "window.group";

/// An open project.
pub(super) struct OpenProject {
    pub studio: Studio,
    pub view: Rc<ProjectView>,
    /// The revision `view` was made at.
    revision: u64,
    /// The current dataset group's name.
    pub group: Option<String>,
    pub shown: PaneKind,
    pub panes: Vec<Box<dyn Pane>>,
}

impl OpenProject {
    /// Takes up the pages where they were left.
    pub fn new(studio: Studio) -> anyhow::Result<Self> {
        let revision = studio.revision();
        let view = Rc::new(studio.overview()?);
        let shown = studio
            .window_setting(SHOWN)?
            .and_then(|text| PaneKind::from_str(&text).ok())
            .unwrap_or(PaneKind::Home);
        let group = studio.window_setting(GROUP)?;
        let mut project = Self { studio, view, revision, group, shown, panes: panes::all() };
        project.settle_group();
        Ok(project)
    }

    /// Looks again where the project has changed. Whether it had.
    pub fn refresh(&mut self) -> anyhow::Result<bool> {
        let revision = self.studio.revision();
        if revision == self.revision {
            return Ok(false);
        }
        self.view = Rc::new(self.studio.overview()?);
        self.revision = revision;
        let before = self.group.clone();
        self.settle_group();
        if self.group != before {
            self.tell_group_changed();
        }
        Ok(true)
    }

    pub fn group_view(&self) -> Option<&GroupView> {
        self.group.as_deref().and_then(|name| self.view.group(name))
    }

    pub fn select_group(&mut self, name: &str) -> anyhow::Result<()> {
        if self.group.as_deref() != Some(name) && self.view.group(name).is_some() {
            self.group = Some(name.to_owned());
            self.tell_group_changed();
            self.remember(GROUP, name)?;
        }
        Ok(())
    }

    pub fn show(&mut self, pane: PaneKind) -> anyhow::Result<()> {
        if self.shown != pane {
            self.shown = pane;
            self.remember(SHOWN, pane.into())?;
        }
        Ok(())
    }

    /// Keeps a setting of the window, where the project may be written.
    pub fn remember(&self, key: &str, value: &str) -> anyhow::Result<()> {
        if self.studio.is_read_only() { Ok(()) } else { self.studio.set_window_setting(key, value) }
    }

    /// A group that went away gives place to the first there is.
    fn settle_group(&mut self) {
        if self.group_view().is_none() {
            self.group = self.view.groups.first().map(|group| group.name.clone());
        }
    }

    fn tell_group_changed(&mut self) {
        for pane in &mut self.panes {
            pane.group_changed();
        }
    }
}
