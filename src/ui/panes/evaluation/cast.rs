//! The contestants that are on the page: hidden ones are not, and each has one name and one colour in every plot.

use crate::studio::{EvaluationView, Lab, RunView};
use crate::ui::widgets::plot::{PlotResponse, PlotSpec, Series};
use crate::ui::widgets::selection::Selection;
use egui::Ui;
use std::collections::BTreeSet;

/// A contestant on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Role {
    /// Its place among the results of the evaluation.
    pub(super) place: usize,
    /// The name of the version or of the lists; selections know it by this one.
    pub(super) name: String,
    /// The name a person gave it, or the same.
    pub(super) title: String,
    /// Its place in the palette.
    pub(super) color: usize,
}

impl Role {
    /// A series of this contestant: by its title and in its colour.
    pub(super) fn series(&self, make: impl FnOnce(&str) -> Series) -> Series {
        make(&self.title).known_as(&self.name).colored(self.color)
    }
}

/// The contestants on the page, in the order of the results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cast(Vec<Role>);

impl Cast {
    /// All results but those of hidden runs. What is no run has the colours after theirs.
    pub(super) fn of(view: &EvaluationView, runs: &[RunView]) -> Self {
        let is_run = |name: &str| runs.iter().any(|run| run.name == name);
        let names = view.results.iter().map(|row| row.name.as_str());
        let others: BTreeSet<&str> = names.filter(|name| !is_run(name)).collect();
        let roles = view.results.iter().enumerate().filter_map(|(place, row)| {
            let name = row.name.clone();
            if let Some(run) = runs.iter().find(|run| run.name == name) {
                let role = Role { place, title: run.title().to_owned(), name, color: run.color };
                return (!run.hidden).then_some(role);
            }
            let color = runs.len() + others.iter().position(|other| *other == name)?;
            Some(Role { place, title: name.clone(), name, color })
        });
        Self(roles.collect())
    }

    pub(super) fn roles(&self) -> &[Role] {
        &self.0
    }

    pub(super) fn find(&self, name: &str) -> Option<&Role> {
        self.0.iter().find(|role| role.name == name)
    }

    /// Their lists alone, named as on the page.
    pub(super) fn lab(&self, all: &Lab) -> Lab {
        let contestants = self.0.iter().map(|role| {
            let mut contestant = all.contestants[role.place].clone();
            contestant.name.clone_from(&role.title);
            contestant
        });
        Lab { contestants: contestants.collect() }
    }
}

/// A click on a series chooses its contestant, in every plot and in the table; with Ctrl beside others.
pub(super) fn choose(
    ui: &Ui,
    spec: &PlotSpec,
    response: PlotResponse,
    cast: &Cast,
    selection: &mut Selection,
) {
    let clicked = response.clicked.and_then(|(series, _)| spec.series.get(series));
    if let Some(role) = clicked.and_then(|series| cast.find(series.key())) {
        if ui.input(|input| input.modifiers.command || input.modifiers.shift) {
            selection.toggle(&role.name);
        } else {
            selection.only(&role.name);
        }
    }
}
