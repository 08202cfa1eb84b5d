//! `filter`.

use super::output::{Output, say};
use super::{Common, Done};
use crate::studio::{OpenMode, Studio};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Says what campaigns and batches of a group may return.
#[derive(Args)]
pub(super) struct Filter {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// The filter's name; one that is there gets the expression.
    #[arg(long)]
    name: String,
    /// Such as `INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)`.
    expression: String,
    /// How many of the newest interactions of a user and an event type all filters of the group look at; the service
    /// looks at 100.
    #[arg(long, value_name = "all|N", value_parser = events)]
    events: Option<Newest>,
    #[command(flatten)]
    common: Common,
}

/// All events, or so many.
#[derive(Clone, Copy)]
struct Newest(Option<usize>);

fn events(text: &str) -> Result<Newest, String> {
    if text.eq_ignore_ascii_case("all") {
        return Ok(Newest(None));
    }
    match text.parse() {
        Ok(0) | Err(_) => Err("write a whole number from 1, or all".to_owned()),
        Ok(newest) => Ok(Newest(Some(newest))),
    }
}

impl Filter {
    pub(super) fn run(self) -> Result<Done> {
        let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
        let (view, warnings) = studio.create_filter(&self.group, &self.name, &self.expression)?;
        if let Some(Newest(newest)) = self.events {
            studio.set_filter_events(&self.group, newest)?;
        }
        for warning in warnings {
            say(&format!("warning: {}", warning.text));
        }
        Output::from(self.common)
            .print(&view, || format!("filter {} is {}: {}", view.name, view.status, view.expression))?;
        Ok(Done::Ok)
    }
}
