//! The one plot of the window: drawn, hovered over, clicked, read as a table, exported.

mod cloud;
mod data;
mod draw;
mod drawn;
mod frontier;
mod heat;
mod hit;
mod labels;
mod legend;
mod scale;
mod screen;
mod spec;
mod svg;
mod table;
#[cfg(test)]
mod tests;

pub use frontier::{Better, frontier};
pub use scale::Logs;
pub use spec::{Axis, AxisKind, Marks, PlotSpec, Series, Shade};
pub use svg::{to_png, to_svg};

use super::button;
use super::selection::Selection;
use crate::ui::action::{Action, CommandSender};
use crate::ui::file_picker::{FileKind, PickKind, PickRequest};
use crate::ui::theme::{Icon, Tokens, semibold};
use egui::{Align, Layout, RichText, Ui};
use std::collections::BTreeSet;

/// How a person looks at one plot.
#[derive(Debug, Clone, Default)]
struct Look {
    logs: Logs,
    as_table: bool,
    /// Series taken off the plot, by place.
    hidden: BTreeSet<usize>,
}

/// What happened on a plot in this frame. Points are given by their series and their place in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlotResponse {
    pub clicked: Option<(usize, usize)>,
    pub hovered: Option<(usize, usize)>,
}

/// Draws the plot with its title and menu, `height` points high. `id` tells plots of one page apart.
pub fn plot_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    send: &CommandSender,
    id: &str,
    spec: &PlotSpec,
    height: f32,
) -> PlotResponse {
    let kept = ui.scope_id().with((id, "selection"));
    let mut selection: Selection = ui.data(|data| data.get_temp(kept)).unwrap_or_default();
    let response = plot_linked_ui(ui, tokens, send, id, spec, height, &mut selection);
    ui.data_mut(|data| data.insert_temp(kept, selection));
    response
}

/// The same with a selection that other plots and tables of the page share: its series are drawn strong and the others
/// faded, and the series under the pointer is told to it.
pub fn plot_linked_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    send: &CommandSender,
    id: &str,
    spec: &PlotSpec,
    height: f32,
    selection: &mut Selection,
) -> PlotResponse {
    ui.push_id(id, |ui| {
        let look_id = ui.scope_id().with("look");
        let mut look: Look = ui.data(|data| data.get_temp(look_id)).unwrap_or_default();
        head_ui(ui, tokens, send, spec, &mut look);
        let mut response = PlotResponse::default();
        if look.as_table {
            data::data_ui(ui, tokens, spec, height);
        } else {
            let before = ui.cursor().top();
            if let Some(heat) = spec.heat() {
                legend::heat_ui(ui, tokens, heat);
            } else if spec.series.len() > 1 {
                legend::legend_ui(ui, tokens, spec, &mut look, selection);
            }
            let room = (height - (ui.cursor().top() - before)).max(80.0);
            response = screen::screen_ui(ui, tokens, spec, &look, selection, room);
        }
        ui.data_mut(|data| data.insert_temp(look_id, look));
        response
    })
    .inner
}

fn head_ui(ui: &mut Ui, tokens: &Tokens, send: &CommandSender, spec: &PlotSpec, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.label(semibold(&spec.title, tokens.size.body));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Plot menu: {}", spec.title);
            let menu = button::icon(ui, tokens, Icon::More, &name);
            egui::Popup::menu(&menu).show(|ui| menu_ui(ui, send, spec, look));
            let (icon, what) = if look.as_table { (Icon::Chart, "plot") } else { (Icon::Table, "data") };
            if button::icon(ui, tokens, icon, &format!("Show {what}: {}", spec.title)).clicked() {
                look.as_table = !look.as_table;
            }
            let axes =
                [(spec.y.can_log, &mut look.logs.y, "log y"), (spec.x.can_log, &mut look.logs.x, "log x")];
            for (can_log, on, name) in axes {
                if can_log {
                    let text = RichText::new(name).size(tokens.size.small);
                    ui.toggle_value(on, text).on_hover_text("Logarithmic scale");
                }
            }
        });
    });
}

/// Makes the bytes of an exported plot.
type Make = fn(&PlotSpec, Logs) -> anyhow::Result<Vec<u8>>;

fn menu_ui(ui: &mut Ui, send: &CommandSender, spec: &PlotSpec, look: &mut Look) {
    ui.set_min_width(180.0);
    let logs = look.logs;
    let exports: [(&str, &str, Make); 3] = [
        ("Save as SVG...", "svg", |spec, logs| Ok(to_svg(spec, logs, &Tokens::light()?).into_bytes())),
        ("Save as PNG...", "png", |spec, logs| to_png(&to_svg(spec, logs, &Tokens::light()?))),
        ("Save data as CSV...", "csv", |spec, _| Ok(spec.to_csv().into_bytes())),
    ];
    for (text, extension, make) in exports {
        if ui.button(text).clicked() {
            let spec = spec.clone();
            let kind = PickKind::SaveFile { suggested: format!("{}.{extension}", file_name(&spec.title)) };
            let files = vec![FileKind::new(&extension.to_uppercase(), &[extension])];
            send.send(Action::Pick(PickRequest::new("Save the plot", kind, files).then(move |paths| {
                let path = paths.into_iter().next()?;
                Some(Action::Write { path, make: Box::new(move || make(&spec, logs)) })
            })));
            ui.close();
        }
    }
    if ui.button("Copy data").clicked() {
        send.send(Action::CopyText(spec.to_csv()));
        ui.close();
    }
    ui.separator();
    if ui.button(if look.as_table { "Show the plot" } else { "Show the data" }).clicked() {
        look.as_table = !look.as_table;
        ui.close();
    }
}

/// A title as a file's name.
fn file_name(title: &str) -> String {
    let name: String =
        title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let name = name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if name.is_empty() { "plot".to_owned() } else { name }
}
