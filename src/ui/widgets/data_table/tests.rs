//! The table driven as a person would, over twenty million rows.

use super::*;
use crate::jobs::JobContext;
use crate::ui::theme::{Themes, tokens};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// Rows made when asked for: a number, its square, a name.
struct Virtual {
    columns: Vec<TableColumn>,
    rows: usize,
}

impl Virtual {
    fn source(rows: usize) -> Arc<dyn TableSource> {
        let columns = vec![
            TableColumn::number("count", 120.0),
            TableColumn::number("square", 160.0),
            TableColumn::text("name", 200.0),
        ];
        Arc::new(Self { columns, rows })
    }
}

impl TableSource for Virtual {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        match column {
            0 => row.to_string().into(),
            1 => (row * row).to_string().into(),
            _ => format!("name {row}").into(),
        }
    }

    fn order(&self, query: &TableQuery, job: &JobContext) -> anyhow::Result<Vec<u32>> {
        job.check()?;
        let wanted = CellFilter::parse(&query.filters[2], false);
        // Only names are looked at; the number column sorts as the rows stand.
        let mut rows: Vec<u32> = (0..self.rows as u32)
            .filter(|row| wanted.as_ref().is_none_or(|filter| filter.holds(&format!("name {row}"))))
            .collect();
        if query.sort.is_some_and(|(_, descending)| descending) {
            rows.reverse();
        }
        Ok(rows)
    }
}

fn harness(rows: usize) -> Harness<'static, DataTable> {
    let waker: Waker = Arc::new(|| {});
    let mut table = DataTable::new("numbers");
    table.set_source(Virtual::source(rows), &waker);
    let mut installed = false;
    Harness::builder().with_size([900.0, 700.0]).build_ui_state(
        move |ui, table: &mut DataTable| {
            if !installed {
                Themes::install(ui.ctx()).unwrap();
                installed = true;
            }
            let tokens = tokens(ui);
            table.ui(ui, &tokens, &waker);
        },
        table,
    )
}

/// Steps until the order asked for has come.
fn settle(harness: &mut Harness<'_, DataTable>) {
    let began = Instant::now();
    // A blinking caret asks for frames of its own, so that a run need not come to rest.
    harness.run_steps(8);
    while harness.state().ordering.is_some() {
        assert!(began.elapsed() < Duration::from_mins(1), "ordering did not end");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.run_steps(8);
}

#[test]
fn twenty_million_rows_are_walked_to_the_end_and_a_frame_stays_short() {
    let mut harness = harness(20_000_000);
    harness.run();
    harness.get_by_label("20,000,000 rows");
    harness.get_by_label("Go to row").focus();
    harness.run();
    harness.get_by_label("Go to row").type_text("19,999,999");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().selection.map(|chosen| chosen.head), Some(19_999_998));
    harness.get_by_label("name 19999998");
    // Frames of scrolling one row each. The middle one is the table's; the slow ones are other programs'.
    let mut frames = Vec::new();
    for _ in 0..41 {
        harness.event(egui::Event::PointerMoved(egui::pos2(300.0, 300.0)));
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            source: egui::MouseWheelSource::Wheel,
            delta: egui::vec2(0.0, 26.0),
            phase: egui::TouchPhase::Move,
            modifiers: Modifiers::NONE,
        });
        let began = Instant::now();
        harness.step();
        frames.push(began.elapsed());
    }
    frames.sort_unstable();
    assert!(frames[20] < Duration::from_millis(16), "a frame took {:?}", frames[20]);
}

#[test]
fn heads_sort_and_filters_filter_in_the_background() {
    let mut harness = harness(50_000);
    harness.run();
    harness.get_by_label("Sort by count").click();
    settle(&mut harness);
    harness.get_by_label("name 49999");
    harness.get_by_label("Filter columns").click();
    harness.run();
    harness.get_by_label("Filter name").focus();
    harness.run_steps(8);
    harness.get_by_label("Filter name").type_text("4999");
    settle(&mut harness);
    // 4999 and 14999, 24999, 34999, 44999 and 49990 to 49999.
    harness.get_by_label("15 of 50,000 rows");
    assert_eq!(harness.state().row_at(0), 49_999);
    harness.get_by_label("Hide filters").click();
    settle(&mut harness);
    assert_eq!(harness.state().shown_rows(), 50_000);
}

#[test]
fn widths_and_sorting_come_back_with_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let studio = crate::studio::Studio::create(&folder.path().join("films.bespoke")).unwrap();
    let project = studio.overview().unwrap();
    let (send, sent) = crate::ui::action::CommandSender::line();
    let waker: Waker = Arc::new(|| {});
    let jobs = crate::ui::jobs::Jobs::new(Arc::clone(&waker));
    let theme = Tokens::light().unwrap();
    let context = PaneContext {
        studio: &studio,
        project: &project,
        group: None,
        tokens: &theme,
        jobs: &jobs,
        send: &send,
    };
    let opened = || {
        let mut table = DataTable::new("numbers");
        table.set_source(Virtual::source(100), &waker);
        table.keep_layout(&context, "numbers");
        table
    };
    let mut table = opened();
    table.widths = vec![70.0, 80.0, 90.0];
    table.sort_by(1, true, &waker);
    table.keep_layout(&context, "numbers");
    let Action::Remember { key, value } = sent.try_recv().unwrap().action else { panic!("it is kept") };
    studio.set_window_setting(&key, &value).unwrap();
    table.keep_layout(&context, "numbers");
    assert!(sent.is_empty(), "what has not changed is not written again");
    let again = opened();
    assert_eq!(again.widths, [70.0, 80.0, 90.0]);
    assert_eq!(again.query().sort, Some((1, true)));
}

#[test]
fn a_row_that_is_filtered_out_is_said_to_be() {
    let mut harness = harness(1_000);
    let waker: Waker = Arc::new(|| {});
    harness.state_mut().filter(2, "name 99", &waker);
    settle(&mut harness);
    harness.get_by_label("Go to row").focus();
    harness.run();
    harness.get_by_label("Go to row").type_text("5");
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label("Row 5 is filtered out");
}

#[test]
fn the_keyboard_walks_extends_and_copies() {
    let mut harness = harness(1_000);
    harness.run();
    harness.get_by_label("name 3").click();
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run();
    let chosen = harness.state().selection.unwrap();
    assert_eq!((chosen.rows(), chosen.column), (4..=5, 2));
    let source = Virtual::source(1_000);
    let text = harness.state_mut().copied(source.as_ref(), false).unwrap();
    assert_eq!(text, "count\tsquare\tname\n4\t16\tname 4\n5\t25\tname 5");
    harness.key_press(Key::End);
    harness.run();
    harness.get_by_label("name 999");
}
