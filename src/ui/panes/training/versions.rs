//! The versions trained so far: what each used and dropped, and what can be done with it.

use super::curves::curves_ui;
use super::queue::Queue;
use crate::domain::solution::EventWeight;
use crate::domain::{Status, check_name};
use crate::studio::{GroupView, VersionView};
use crate::ui::action::{Action, Field, Question};
use crate::ui::notify::Notice;
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::panes::moments::moment_words;
use crate::ui::theme::{Icon, Tokens};
use crate::ui::widgets::key_value::key_values;
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{badge, button, bytes_words, count_words, duration_words, section};
use egui::{Align, Label, Layout, RichText, Ui, vec2};
use std::time::Duration;

/// Columns: heading and width in points; the name takes what is left.
const COLUMNS: [(&str, f32); 6] = [
    ("Recipe", 130.0),
    ("Status", 150.0),
    ("Trained in", 80.0),
    ("Rows used", 90.0),
    ("Users used", 90.0),
    ("Made", 130.0),
];
const ACTIONS: f32 = 170.0;

pub(super) fn versions_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, queue: &mut Queue) {
    let tokens = context.tokens;
    section::card(ui, tokens, "Solution versions", |ui| {
        let mut versions: Vec<&VersionView> =
            group.solutions.iter().flat_map(|solution| &solution.versions).collect();
        if versions.is_empty() {
            let words = "None yet. Train a recipe above, or the recommended set to see six side by side.";
            ui.label(RichText::new(words).color(tokens.color.text_muted));
            return;
        }
        ui.spacing_mut().item_spacing.y = 2.0;
        versions.sort_by_key(|version| std::cmp::Reverse(version.created_at));
        let widths: f32 = COLUMNS.iter().map(|(_, width)| width).sum();
        let name = (ui.available_width() - widths - ACTIONS - 8.0 * ui.spacing().item_spacing.x).max(120.0);
        row_ui(ui, tokens, |ui| {
            for (head, width) in [("Version", name)].into_iter().chain(COLUMNS) {
                let text = RichText::new(head).size(tokens.size.small).color(tokens.color.text_faint);
                cell_ui(ui, tokens, width, text, None);
            }
        });
        for version in versions {
            ui.separator();
            if version_ui(context, ui, group, version, name) {
                queue.resume(context, &group.name, &version.name);
            }
        }
    });
}

fn row_ui(ui: &mut Ui, tokens: &Tokens, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(tokens.row_height);
        add(ui);
    });
}

/// Text in a column; too long it is cut, and whole on hover.
fn cell_ui(ui: &mut Ui, tokens: &Tokens, width: f32, text: impl Into<RichText>, hover: Option<&str>) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, tokens.row_height), layout, |ui| {
        ui.set_width(width);
        let response = ui.add(Label::new(text.into()).truncate());
        if let Some(hover) = hover {
            response.on_hover_text(hover);
        }
    });
}

/// One version. Whether its training is to go on.
fn version_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    version: &VersionView,
    name: f32,
) -> bool {
    let tokens = context.tokens;
    let open_id = ui.scope_id().with(("details", &version.name));
    let mut is_open = ui.data(|data| data.get_temp::<bool>(open_id)).unwrap_or(false);
    let widths = COLUMNS.map(|(_, width)| width);
    let mut goes_on = false;
    row_ui(ui, tokens, |ui| {
        cell_ui(ui, tokens, name, version.name.as_str(), None);
        cell_ui(ui, tokens, widths[0], RichText::new(&version.recipe).color(tokens.color.text_muted), None);
        ui.allocate_ui_with_layout(
            vec2(widths[1], tokens.row_height),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.set_width(widths[1]);
                let response = badge::status(ui, tokens, version.status);
                if let Some(reason) = &version.failure_reason {
                    response.on_hover_text(reason);
                }
            },
        );
        let report = version.report.as_ref();
        let seconds = report.map(|_| duration_words(Duration::from_secs_f64(version.seconds.max(0.0))));
        let rows = report.map(|report| count_words(report.rows_used));
        let users = report.map(|report| count_words(report.users_used));
        for (width, value) in widths[2..5].iter().zip([seconds, rows, users]) {
            cell_ui(ui, tokens, *width, value.unwrap_or_default(), None);
        }
        let made = RichText::new(moment_words(version.created_at)).color(tokens.color.text_muted);
        cell_ui(ui, tokens, widths[5], made, None);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            goes_on = actions_ui(context, ui, group, version);
            let (icon, what) =
                if is_open { (Icon::ChevronDown, "Hide") } else { (Icon::ChevronRight, "Show") };
            if button::icon(ui, tokens, icon, &format!("{what} what {} used", version.name)).clicked() {
                is_open = !is_open;
            }
        });
    });
    if let Some(reason) = version.failure_reason.as_ref().filter(|_| version.status == Status::CreateFailed) {
        ui.add(Label::new(RichText::new(reason).color(tokens.color.error)).wrap());
    }
    if is_open {
        details_ui(context, ui, version);
    }
    ui.data_mut(|data| data.insert_temp(open_id, is_open));
    goes_on
}

/// What can be done with a version. Whether its training is to go on.
fn actions_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, version: &VersionView) -> bool {
    let tokens = context.tokens;
    if context.is_read_only() {
        return false;
    }
    let ended = version.status.is_final();
    ui.add_enabled_ui(ended, |ui| {
        if button::icon(ui, tokens, Icon::Trash, &format!("Delete {}", version.name)).clicked() {
            context.send.send(delete(&group.name, &version.name));
        }
    });
    if version.status == Status::Active {
        let response = button::plain(ui, tokens, "Deploy...");
        response.ctx.accesskit_node_builder(response.id, |node| {
            node.set_label(format!("Deploy {}...", version.name));
        });
        if response.on_hover_text("Make a campaign of it: it answers requests at once").clicked() {
            context.send.send(deploy(group, version));
        }
    }
    if !version.can_resume {
        return false;
    }
    let response = button::plain(ui, tokens, "Resume");
    name_field(&response, &format!("Resume {}", version.name));
    response.on_hover_text("Goes on from the last epoch that was kept").clicked()
}

/// Asks whether a version is to go.
fn delete(group: &str, version: &str) -> Action {
    let (group, version) = (group.to_owned(), version.to_owned());
    Action::Ask(Question {
        title: format!("Delete {version}?"),
        text: "Its model and its metrics go with it. This can't be undone; the same settings and seed train the same \
               model again."
            .to_owned(),
        field: None,
        confirm: "Delete".to_owned(),
        danger: true,
        then: Box::new(move |_| Action::Change {
            what: format!("Deleting {version}"),
            work: Box::new(move |studio| {
                studio.delete_version(&group, &version)?;
                Ok(Some(Notice::success(format!("Deleted {version}"))))
            }),
        }),
    })
}

/// Asks for the name of a campaign and makes it.
fn deploy(group: &GroupView, version: &VersionView) -> Action {
    let solution = version.name.split('/').next().unwrap_or(&version.name);
    let is_used = group.campaigns.iter().any(|campaign| campaign.name == solution);
    let text = if is_used {
        format!("The campaign {solution} is there already: under its name, this version answers from now on.")
    } else {
        "A campaign answers requests with this version, at once.".to_owned()
    };
    let (group, version) = (group.name.clone(), version.name.clone());
    Action::Ask(Question {
        title: format!("Deploy {version}"),
        text,
        field: Some(Field {
            label: "Campaign name".to_owned(),
            value: solution.to_owned(),
            check: Box::new(|name| check_name(name).map_err(|error| error.to_string())),
        }),
        confirm: "Deploy".to_owned(),
        danger: false,
        then: Box::new(move |name| Action::Change {
            what: format!("Deploying {version}"),
            work: Box::new(move |studio| {
                let campaign = studio.create_campaign(&group, &name, &version, &[])?;
                let notice = Notice::success(format!("{} answers with {version}", campaign.name));
                Ok(Some(notice.button("Open Campaigns", Action::Show(PaneKind::Campaigns))))
            }),
        }),
    })
}

/// Everything that made the version what it is.
fn details_ui(context: &PaneContext<'_>, ui: &mut Ui, version: &VersionView) {
    let tokens = context.tokens;
    let config = &version.config;
    let mode = match &version.updates {
        Some(base) => format!("UPDATE: {base} with what came since"),
        None => "FULL".to_owned(),
    };
    let mut facts = vec![
        ("Training mode", mode),
        ("Parameters", parameters_words(version)),
        ("Seed", config.seed.to_string()),
    ];
    if !version.metrics.contains_key("auc") {
        facts.push(("Test set", version.test_set.clone()));
    }
    if let Some(event_type) = &config.event_type {
        facts.push(("Event type", event_type.clone()));
    }
    if let Some(threshold) = config.event_value_threshold {
        facts.push(("Least event value", threshold.to_string()));
    }
    if !config.event_weights.is_empty() {
        let weight = |entry: &EventWeight| format!("{} {}", entry.event_type, entry.weight);
        facts.push(("Event weights", config.event_weights.iter().map(weight).collect::<Vec<_>>().join(", ")));
    }
    if config.full_data {
        facts.push(("Serving", "a model trained on all data".to_owned()));
    }
    if let Some(report) = &version.report {
        facts.push(("Items used", count_words(report.items_used)));
        facts.push(("Trained on", report.device.title().to_owned()));
        if let Some(memory) = report.memory {
            facts.push(("Memory foreseen", bytes_words(memory)));
        }
        facts.push(("Model", bytes_words(version.model_bytes)));
        for (reason, rows) in &report.dropped {
            facts.push(("Dropped", format!("{}: {reason}", count_words(*rows))));
        }
    }
    key_values(ui, tokens, &format!("facts of {}", version.name), facts);
    for note in version.report.iter().flat_map(|report| &report.notes) {
        ui.horizontal_top(|ui| {
            ui.add(Icon::Info.image(16.0, tokens.color.accent_text));
            ui.add(Label::new(RichText::new(note).color(tokens.color.text_muted)).wrap());
        });
    }
    if let Some(report) = &version.report {
        curves_ui(context, ui, &version.name, &report.curves);
    }
}

fn parameters_words(version: &VersionView) -> String {
    let words: Vec<String> =
        version.config.parameters.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
