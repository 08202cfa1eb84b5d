//! The experiments of the dataset group, of one kind: opened again, deleted.

use super::super::moments::moment_words;
use crate::studio::{GroupView, SimulationView, Studio};
use crate::ui::action::{Action, Question};
use crate::ui::loadable::Loadable;
use crate::ui::notify::Notice;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Icon;
use crate::ui::widgets::{button, search_field::name_field, section};
use egui::{Align, Label, Layout, RichText, Ui};

/// Reads an experiment of a group by its id.
type Open<T> = fn(&Studio, &str, i64) -> anyhow::Result<T>;

pub(super) struct PastExperiments<T> {
    kind: &'static str,
    open: Open<T>,
    /// The one asked for, until it is given out.
    wanted: Option<i64>,
    opened: Loadable<i64, T>,
}

impl<T: Send + 'static> PastExperiments<T> {
    pub(super) fn new(kind: &'static str, open: Open<T>) -> Self {
        Self { kind, open, wanted: None, opened: Loadable::default() }
    }

    /// The experiment that was opened, in the frame in which it is there.
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) -> Option<T> {
        let tokens = context.tokens;
        let kind = self.kind;
        let mut kept = group.simulations.iter().filter(|simulation| simulation.kind == kind).peekable();
        kept.peek()?;
        section::card(ui, tokens, "So far", |ui| {
            for simulation in kept {
                self.row_ui(context, ui, group, simulation);
            }
            if let Some(why) = self.opened.failure() {
                ui.label(RichText::new(why).color(tokens.color.error));
            }
        });
        self.collect(context, group)
    }

    fn collect(&mut self, context: &PaneContext<'_>, group: &GroupView) -> Option<T> {
        let id = self.wanted?;
        let (studio, name, open) = (context.studio.clone(), group.name.clone(), self.open);
        self.opened.keep(context, id, "Opening an experiment", move |_| open(&studio, &name, id));
        if self.opened.is_loading() {
            return None;
        }
        self.wanted = None;
        let opened = self.opened.take_value();
        if opened.is_some() {
            self.opened.clear();
        }
        opened
    }

    fn row_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        simulation: &SimulationView,
    ) {
        let tokens = context.tokens;
        let SimulationView { id, name, seed, summary, seconds, created_at, .. } = simulation;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let delete = ui.add_enabled_ui(!context.is_read_only(), |ui| {
                    button::icon(ui, tokens, Icon::Trash, &format!("Delete experiment {id}"))
                });
                if delete.inner.clicked() {
                    ask_to_delete(context, group, simulation);
                }
                let open = button::plain(ui, tokens, "Open");
                name_field(&open, &format!("Open experiment {id}"));
                if open.clicked() {
                    self.wanted = Some(*id);
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.add(Label::new(summary).truncate()).on_hover_text(summary);
                    let when = moment_words(*created_at);
                    let text = format!("{id}: {name}, seed {seed}, {when}, {seconds:.1} s");
                    let text = RichText::new(text).size(tokens.size.small).color(tokens.color.text_faint);
                    ui.add(Label::new(text).truncate());
                });
            });
        });
        ui.add_space(tokens.space.xs);
    }
}

fn ask_to_delete(context: &PaneContext<'_>, group: &GroupView, simulation: &SimulationView) {
    let (group, id) = (group.name.clone(), simulation.id);
    context.send.send(Action::Ask(Question {
        title: format!("Delete experiment {id}?"),
        text: "Its curves go. With the same seed it can be run again.".to_owned(),
        field: None,
        confirm: "Delete".to_owned(),
        danger: true,
        then: Box::new(move |_| Action::Change {
            what: format!("Deleting experiment {id}"),
            work: Box::new(move |studio| {
                studio.delete_simulation(&group, id)?;
                Ok(Some(Notice::success(format!("Experiment {id} deleted"))))
            }),
        }),
    }));
}
