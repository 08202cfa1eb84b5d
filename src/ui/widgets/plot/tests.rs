//! Plots driven as a person would.

use super::*;
use crate::ui::action::CommandSender;
use crate::ui::theme::{Themes, tokens};
use crate::ui::widgets::selection::Emphasis;
use egui::{Event, PointerButton, Pos2, Rect, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::time::{Duration, Instant};

/// A plot, what is looked at, and what happened on it.
struct Page {
    spec: PlotSpec,
    selection: Selection,
    clicked: Option<(usize, usize)>,
    hovered: Option<(usize, usize)>,
    /// How strongly each series is drawn.
    emphasis: Vec<Emphasis>,
}

fn page(spec: PlotSpec) -> Harness<'static, Page> {
    let (send, _actions) = CommandSender::line();
    let mut installed = false;
    let page =
        Page { spec, selection: Selection::default(), clicked: None, hovered: None, emphasis: Vec::new() };
    let mut harness = Harness::builder().with_size([600.0, 400.0]).build_ui_state(
        move |ui, page: &mut Page| {
            if !installed {
                Themes::install(ui.ctx()).unwrap();
                installed = true;
            }
            let tokens = tokens(ui);
            let response = plot_linked_ui(ui, &tokens, &send, "plot", &page.spec, 360.0, &mut page.selection);
            page.clicked = page.clicked.or(response.clicked);
            page.hovered = response.hovered;
            let names = page.spec.series.iter().map(|series| &series.name);
            page.emphasis = names.map(|name| page.selection.emphasis(ui, name)).collect();
        },
        page,
    );
    harness.run();
    harness
}

fn area(harness: &Harness<'_, Page>) -> Rect {
    harness.get_by_label("Plot: Title").rect()
}

fn hover(harness: &mut Harness<'_, Page>, at: Pos2) {
    harness.event(Event::PointerMoved(at));
    harness.run();
}

fn click(harness: &mut Harness<'_, Page>, at: Pos2) {
    hover(harness, at);
    for pressed in [true, false] {
        let button = PointerButton::Primary;
        harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: egui::Modifiers::NONE });
        harness.run();
    }
}

fn plot(x: Axis, y: Axis, series: Vec<Series>) -> PlotSpec {
    PlotSpec { title: "Title".to_owned(), x, y, series }
}

#[test]
fn a_click_on_a_cell_names_it_with_the_first_row_on_top() {
    let rows = [vec![Some(0.1), Some(0.2)], vec![None, Some(0.4)]];
    let mut harness = page(plot(
        Axis::categories("Segment", ["new", "old"]),
        Axis::categories("Version", ["a/1", "b/1"]),
        vec![Series::cells("NDCG", Shade::Sequential, &rows)],
    ));
    let area = area(&harness);
    let at = |x: f32, y: f32| area.min + egui::vec2(area.width() * x, area.height() * y);
    click(&mut harness, at(0.75, 0.25));
    assert_eq!(harness.state().clicked, Some((0, 1)), "the second column of the first row");
    hover(&mut harness, at(0.25, 0.75));
    assert_eq!(harness.state().hovered, Some((0, 2)), "a missing cell is one too");
    assert!(harness.query_by_label_contains("no value").is_some());
}

#[test]
fn the_pointer_lets_a_series_stand_out_and_leaves_no_trace() {
    let line = |name: &str, y: f64| Series::new(name, Marks::Line, vec![[0.0, y], [1.0, y]]);
    let mut harness =
        page(plot(Axis::number("x"), Axis::number("y"), vec![line("low", 0.0), line("high", 1.0)]));
    assert_eq!(harness.state().emphasis, [Emphasis::Plain; 2]);
    let entry = harness.get_by_label("high").rect().center();
    hover(&mut harness, entry);
    assert_eq!(harness.state().emphasis, [Emphasis::Faded, Emphasis::Strong]);
    // Along the line, between its points.
    let area = area(&harness);
    let on_line = (0..area.height() as usize)
        .map(|y| pos2(area.center().x, area.bottom() - y as f32))
        .find(|at| {
            hover(&mut harness, *at);
            harness.state().hovered.is_some()
        })
        .unwrap();
    assert_eq!(harness.state().hovered.unwrap().0, 0);
    assert_eq!(harness.state().emphasis, [Emphasis::Strong, Emphasis::Faded]);
    hover(&mut harness, pos2(on_line.x, area.center().y));
    assert_eq!(harness.state().emphasis, [Emphasis::Plain; 2]);
    harness.state_mut().selection.only("high");
    harness.run();
    assert_eq!(harness.state().emphasis, [Emphasis::Faded, Emphasis::Strong]);
}

#[test]
fn a_hundred_thousand_points_are_clicked_one_by_one_and_a_frame_stays_short() {
    // A grid so wide that a point is found where it is; one far from all others is the one looked for.
    let mut points: Vec<[f64; 2]> =
        (0..100_000).map(|i| [f64::from(i % 1000), f64::from(i / 1000)]).collect();
    points.push([500.0, 200.0]);
    let mut harness =
        page(plot(Axis::number("x"), Axis::number("y"), vec![Series::new("users", Marks::Points, points)]));
    let area = area(&harness);
    let found = (0..area.height() as usize)
        .map(|y| pos2(area.center().x, area.top() + y as f32))
        .find(|at| {
            hover(&mut harness, *at);
            harness.state().hovered.is_some()
        })
        .unwrap();
    click(&mut harness, found + egui::vec2(0.0, 3.0));
    assert_eq!(harness.state().clicked, Some((0, 100_000)), "the one on top stands alone");
    let mut times: Vec<Duration> = (0..20)
        .map(|_| {
            let began = Instant::now();
            harness.step();
            began.elapsed()
        })
        .collect();
    times.sort();
    // The budget is 8 ms; this build is not optimised, and the machine not idle.
    assert!(times[10] < Duration::from_millis(120), "{:?}", times[10]);
}

#[test]
fn the_numbers_of_a_heat_map_stand_as_its_cells_do() {
    let rows = [vec![Some(0.125), None]];
    let mut harness = page(plot(
        Axis::categories("Segment", ["new", "old"]),
        Axis::categories("Version", ["a/1"]),
        vec![Series::cells("NDCG", Shade::Sequential, &rows)],
    ));
    harness.get_by_label("Show data: Title").click();
    harness.run();
    for text in ["Version", "new", "old", "a/1", "0.125", "none"] {
        assert!(harness.query_by_label(text).is_some(), "{text}");
    }
}

/// An epoch of a training more, and both axes reach further.
#[test]
fn data_that_come_in_leave_the_axes_beside_the_plot() {
    let score = |epochs: u32| -> Vec<[f64; 2]> {
        (1..=epochs).map(|epoch| [f64::from(epoch), 0.04 + 0.01 * f64::from(epoch)]).collect()
    };
    let spec = |epochs: u32| {
        let line = Series::new("score", Marks::Line, score(epochs));
        plot(Axis::number("Epoch"), Axis::number("Validation score"), vec![line])
    };
    let mut harness = page(spec(3));
    for epochs in 4..7 {
        harness.state_mut().spec = spec(epochs);
        harness.step();
        let first = area(&harness);
        harness.run();
        assert_eq!(area(&harness), first, "{epochs} epochs");
    }
}
