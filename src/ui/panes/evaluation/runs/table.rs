//! The table: its toolbar, its headings and its lines, of which only those in sight are drawn.

use super::cells::Scale;
use super::lines::{Arrangement, Column, GroupBy, Line};
use super::row::{group_ui, row_ui};
use super::{Contestant, Rename, RunMetric};
use crate::ui::pane::PaneContext;
use crate::ui::widgets::count_words;
use crate::ui::widgets::cut_text::cut_galley;
use crate::ui::widgets::search_field::{name_field, search_field};
use crate::ui::widgets::selection::Selection;
use egui::{ComboBox, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};

/// The height of a line.
pub(super) const LINE: f32 = 34.0;
/// The most lines in sight; more scroll.
const IN_SIGHT: usize = 12;
/// Widths of columns, in points.
const MARK: f32 = 26.0;
const LEAST_NAME: f32 = 180.0;
const RECIPE: f32 = 150.0;
const METRIC: f32 = 92.0;
const SECONDS: f32 = 72.0;
const MADE: f32 = 108.0;
const MENU: f32 = 30.0;

/// What the table is drawn from.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) context: &'a PaneContext<'a>,
    pub(super) group: &'a str,
    pub(super) contestants: &'a [Contestant<'a>],
    pub(super) metrics: &'a [RunMetric],
}

/// Where the columns are: left and right of each, from the left of the table.
pub(super) struct Columns {
    pub(super) mark: (f32, f32),
    pub(super) name: (f32, f32),
    pub(super) recipe: (f32, f32),
    pub(super) metrics: Vec<(f32, f32)>,
    pub(super) seconds: (f32, f32),
    pub(super) made: (f32, f32),
    pub(super) menu: (f32, f32),
    pub(super) width: f32,
}

impl Columns {
    fn new(metrics: usize, room: f32) -> Self {
        let fixed = MARK + RECIPE + METRIC * metrics as f32 + SECONDS + MADE + MENU;
        let mut at = 0.0;
        let mut next = |width: f32| {
            let column = (at, at + width);
            at += width;
            column
        };
        let (mark, name, recipe) = (next(MARK), next((room - fixed).max(LEAST_NAME)), next(RECIPE));
        let metrics = (0..metrics).map(|_| next(METRIC)).collect();
        let (seconds, made, menu) = (next(SECONDS), next(MADE), next(MENU));
        Self { mark, name, recipe, metrics, seconds, made, menu, width: menu.1 }
    }

    /// The room of a column in a line.
    pub(super) fn cell(line: Rect, (left, right): (f32, f32)) -> Rect {
        Rect::from_x_y_ranges(line.left() + left..=line.left() + right, line.y_range())
    }
}

/// What is shown, above the table.
pub(super) fn toolbar_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    contestants: &[Contestant<'_>],
    arrangement: &mut Arrangement,
) {
    ui.horizontal_wrapped(|ui| {
        let response = search_field(ui, context.tokens, "Filter runs", &mut arrangement.filter, 260.0);
        response.on_hover_text(
            "Words that must all be found: in names, recipe, note and set parameters.\nrecipe:hrnn, solution:films, \
             seed:3, test:leave, note:good, status:failed, or any parameter, such as bptt:16, look into one field.",
        );
        let combo = ComboBox::from_id_salt("group runs").width(120.0).selected_text(arrangement.group_by.title());
        let response = combo.show_ui(ui, |ui| {
            for group_by in GroupBy::ALL {
                ui.selectable_value(&mut arrangement.group_by, group_by, group_by.title());
            }
        });
        name_field(&response.response, "Group the runs");
        let runs = contestants.iter().filter_map(|contestant| contestant.run());
        let hidden = runs.filter(|run| run.hidden).count();
        if hidden > 0 {
            let text = format!("Show hidden ({})", count_words(hidden as u64));
            ui.checkbox(&mut arrangement.show_hidden, text);
        }
    });
    ui.add_space(context.tokens.space.xs);
}

/// Draws headings and lines.
pub(super) fn table_ui(
    ui: &mut Ui,
    page: &Page<'_>,
    lines: &[Line],
    arrangement: &mut Arrangement,
    rename: &mut Option<Rename>,
    selection: &mut Selection,
) {
    let tokens = page.context.tokens;
    let columns = Columns::new(page.metrics.len(), ui.available_width());
    let shown = || {
        lines.iter().filter_map(|line| match line {
            Line::Contestant(place) => page.contestants.get(*place).copied(),
            Line::Group { .. } => None,
        })
    };
    let scales: Vec<Scale> = page.metrics.iter().map(|metric| Scale::of(metric, shown())).collect();
    ui.spacing_mut().item_spacing.y = 0.0;
    // Inside a page that scrolls, an area takes little height unless it is told to take all it needs.
    let height = LINE * lines.len().min(IN_SIGHT) as f32;
    let across = ScrollArea::horizontal().id_salt("runs across").auto_shrink([false, true]);
    across.min_scrolled_height(height).show(ui, |ui| {
        ui.set_width(columns.width);
        heads_ui(ui, page, &columns, arrangement);
        if lines.is_empty() {
            let words = if page.contestants.is_empty() {
                "No version yet: train a recipe, and it stands here."
            } else {
                "No run is left: change the filter, or show hidden runs."
            };
            ui.add_space(tokens.space.sm);
            ui.label(RichText::new(words).color(tokens.color.text_muted));
            ui.add_space(tokens.space.sm);
            return;
        }
        let area = ScrollArea::vertical().id_salt("runs down").auto_shrink([false, true]);
        area.max_height(height).min_scrolled_height(height).show_rows(
            ui,
            LINE,
            lines.len(),
            |ui, in_sight| {
                for line in lines.get(in_sight).unwrap_or_default() {
                    let (rect, response) = ui.allocate_exact_size(vec2(columns.width, LINE), Sense::click());
                    match line {
                        Line::Group { name, runs, is_folded } => {
                            group_ui(ui, page, rect, &response, (name, *runs, *is_folded), arrangement);
                        }
                        Line::Contestant(place) => {
                            let contestant = page.contestants[*place];
                            row_ui(
                                ui,
                                page,
                                contestant,
                                (rect, response),
                                &columns,
                                &scales,
                                rename,
                                selection,
                            );
                        }
                    }
                }
            },
        );
    });
}

fn heads_ui(ui: &mut Ui, page: &Page<'_>, columns: &Columns, arrangement: &mut Arrangement) {
    let tokens = page.context.tokens;
    let (rect, _) = ui.allocate_exact_size(vec2(columns.width, 30.0), Sense::hover());
    let bottom = rect.bottom() - 0.5;
    ui.painter().hline(rect.x_range(), bottom, egui::Stroke::new(1.0, tokens.color.border));
    let mut head = |column: Column, place: (f32, f32), title: &str, hint: &str, is_number: bool| {
        let cell = Columns::cell(rect, place);
        let response = ui.interact(cell, ui.scope_id().with(("head", place.0 as i32)), Sense::click());
        let name = format!("Sort runs by {title}");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        let sorted = arrangement.sort.as_ref().filter(|(sorted, _)| *sorted == column);
        let ink = match (sorted, response.hovered()) {
            (Some(_), _) => tokens.color.accent_text,
            (None, true) => tokens.color.text,
            (None, false) => tokens.color.text_muted,
        };
        let mark = match sorted {
            Some((_, false)) => " ↓",
            Some((_, true)) => " ↑",
            None => "",
        };
        let gap = tokens.space.sm;
        let galley = cut_galley(ui, &format!("{title}{mark}"), tokens.size.small, ink, cell.width() - gap);
        let x = if is_number { cell.right() - gap - galley.size().x } else { cell.left() };
        ui.painter().galley(pos2(x, cell.center().y - galley.size().y / 2.0), galley, ink);
        if response.on_hover_text(hint).clicked() {
            arrangement.sort_by(column);
        }
    };
    head(Column::Name, columns.name, "Run", "The name of the version, or the one you gave it", false);
    head(Column::Recipe, columns.recipe, "Recipe", "The recipe it was trained by", false);
    for (index, (metric, place)) in page.metrics.iter().zip(&columns.metrics).enumerate() {
        head(Column::Metric(index), *place, &metric.title, &metric.definition, true);
    }
    head(Column::Seconds, columns.seconds, "Seconds", "Training time", true);
    head(Column::Made, columns.made, "Made", "When it was made", true);
}
