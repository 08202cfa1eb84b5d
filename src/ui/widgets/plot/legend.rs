//! What the colours of a plot stand for.

use super::heat::HeatScale;
use super::{Look, PlotSpec, Series};
use crate::ui::theme::Tokens;
use crate::ui::widgets::selection::{Emphasis, Selection};
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{FontId, Shape, Ui, pos2, vec2};

/// The most height a legend takes from its plot; a longer one scrolls.
const MOST: f32 = 66.0;
/// The size of a heat map's colour bar.
const BAR: egui::Vec2 = vec2(180.0, 10.0);

/// Names the series; a click takes one off the plot or puts it back, the pointer on one lets it stand out.
pub(super) fn legend_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    spec: &PlotSpec,
    look: &mut Look,
    selection: &mut Selection,
) {
    egui::ScrollArea::vertical().id_salt("legend").max_height(MOST).auto_shrink([false, true]).show(
        ui,
        |ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(tokens.space.md, 2.0);
                for index in 0..spec.series.len() {
                    entry_ui(ui, tokens, spec, index, look, selection);
                }
            });
        },
    );
}

fn entry_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    spec: &PlotSpec,
    index: usize,
    look: &mut Look,
    selection: &mut Selection,
) {
    let (name, key) = (&spec.series[index].name, spec.series[index].key());
    let is_shown = !look.hidden.contains(&index);
    let (dot, ink) = match selection.emphasis(ui, key) {
        _ if !is_shown => (tokens.color.border, tokens.color.text_faint),
        Emphasis::Strong => (spec.color(tokens, index), tokens.color.text),
        Emphasis::Plain => (spec.color(tokens, index), tokens.color.text_muted),
        Emphasis::Faded => (spec.color(tokens, index).gamma_multiply(0.4), tokens.color.text_faint),
    };
    let room = ui.max_rect().width() - 16.0;
    let galley = crate::ui::widgets::cut_text::cut_galley(ui, name, tokens.size.small, ink, room);
    let size = vec2(galley.size().x + 16.0, 20.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_shown, name));
    ui.painter().circle_filled(rect.left_center() + vec2(5.0, 0.0), 4.5, dot);
    let at = pos2(rect.left() + 15.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
    if response.hovered() && is_shown {
        selection.hover(ui, key);
    }
    let hint = if is_shown { "Click to hide" } else { "Click to show" };
    if response.on_hover_text(hint).clicked() && !look.hidden.remove(&index) {
        look.hidden.insert(index);
    }
}

/// The colours of a heat map from the least to the most, with the values they stand for.
pub(super) fn heat_ui(ui: &mut Ui, tokens: &Tokens, series: &Series) {
    let scale = HeatScale::of(series);
    let font = FontId::proportional(tokens.size.small);
    let text =
        |ui: &Ui, text: String| ui.painter().layout_no_wrap(text, font.clone(), tokens.color.text_muted);
    ui.horizontal(|ui| {
        let name = text(ui, series.name.clone());
        let marks: Vec<_> = scale.marks().into_iter().map(|mark| text(ui, scale.words(mark))).collect();
        let lead = name.size().x + tokens.space.md + marks[0].size().x / 2.0;
        let trail = marks.last().map_or(0.0, |mark| mark.size().x / 2.0);
        let (rect, _) = ui.allocate_exact_size(vec2(lead + BAR.x + trail, 28.0), egui::Sense::hover());
        let ink = tokens.color.text_muted;
        let bar = egui::Rect::from_min_size(pos2(rect.left() + lead, rect.top() + 1.0), BAR);
        ui.painter().galley(pos2(rect.left(), bar.center().y - name.size().y / 2.0), name, ink);
        ui.painter().add(gradient(bar, scale.steps(tokens)));
        let last = (marks.len() - 1).max(1) as f32;
        for (index, mark) in marks.into_iter().enumerate() {
            let x = bar.left() + bar.width() * index as f32 / last;
            ui.painter().galley(pos2(x - mark.size().x / 2.0, bar.bottom() + 1.0), mark, ink);
        }
    });
}

/// A bar of even steps of colour, each melting into the next.
fn gradient(bar: egui::Rect, colors: &[egui::Color32]) -> Shape {
    let mut mesh = Mesh::default();
    let last = (colors.len() - 1).max(1) as f32;
    for (index, color) in colors.iter().enumerate() {
        let x = bar.left() + bar.width() * index as f32 / last;
        let corner = |y: f32| Vertex { pos: pos2(x, y), uv: WHITE_UV, color: *color };
        mesh.vertices.extend([corner(bar.top()), corner(bar.bottom())]);
        if index > 0 {
            let at = index as u32 * 2;
            mesh.add_triangle(at - 2, at - 1, at);
            mesh.add_triangle(at - 1, at, at + 1);
        }
    }
    Shape::mesh(mesh)
}
