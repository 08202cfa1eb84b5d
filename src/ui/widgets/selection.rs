//! Which names of a page are looked at: chosen ones stand out in every plot and table of it, the others fade.

use egui::Ui;
use std::collections::BTreeSet;

/// How strongly a name is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// Nothing is looked at.
    Plain,
    Strong,
    Faded,
}

/// The names looked at. The page that owns it gives it to its plots and tables in turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// In the order they were chosen.
    chosen: Vec<String>,
    /// Under the pointer, and the pass in which it was.
    hovered: Option<(String, u64)>,
}

impl Selection {
    /// The chosen names, in the order they were chosen.
    pub fn chosen(&self) -> &[String] {
        &self.chosen
    }

    pub fn is_chosen(&self, name: &str) -> bool {
        self.chosen.iter().any(|chosen| chosen == name)
    }

    /// Chooses this name alone; no name where it was the only one.
    pub fn only(&mut self, name: &str) {
        let was_alone = self.chosen.len() == 1 && self.is_chosen(name);
        self.chosen.clear();
        if !was_alone {
            self.chosen.push(name.to_owned());
        }
    }

    /// Chooses a name beside the others, or gives it up.
    pub fn toggle(&mut self, name: &str) {
        if self.is_chosen(name) {
            self.chosen.retain(|chosen| chosen != name);
        } else {
            self.chosen.push(name.to_owned());
        }
    }

    /// Gives up all names.
    pub fn clear(&mut self) {
        self.chosen.clear();
    }

    /// Gives up names that are no longer there.
    pub fn keep(&mut self, names: &BTreeSet<&str>) {
        self.chosen.retain(|name| names.contains(name.as_str()));
    }

    /// The pointer is over a name: it stands out from the next pass on, for as long as this is said in each.
    pub fn hover(&mut self, ui: &Ui, name: &str) {
        self.hovered = Some((name.to_owned(), ui.ctx().cumulative_pass_nr()));
    }

    /// The name under the pointer in this pass or the one before. A moving pointer has the window drawn twice, so a
    /// name it left does not stay strong.
    pub fn hovered(&self, ui: &Ui) -> Option<&str> {
        let now = ui.ctx().cumulative_pass_nr();
        let (name, pass) = self.hovered.as_ref()?;
        (now <= pass + 1).then_some(name.as_str())
    }

    /// How strongly to draw a name.
    pub fn emphasis(&self, ui: &Ui, name: &str) -> Emphasis {
        let hovered = self.hovered(ui);
        if hovered == Some(name) || self.is_chosen(name) {
            Emphasis::Strong
        } else if hovered.is_some() || !self.chosen.is_empty() {
            Emphasis::Faded
        } else {
            Emphasis::Plain
        }
    }
}
