//! `attribution`.

use super::output::{Output, table};
use super::{Common, Done};
use crate::studio::{Attribution as Found, AttributionMetric, OpenMode, Studio};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// Says what recorded events come to, by what they are put down to: a campaign, or a source of the event's own.
#[derive(Args)]
pub(super) struct Attribution {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// Make a metric, such as --metric revenue Purchase 'SUM(Items.PRICE)'; ten are the most.
    #[arg(long, num_args = 3, value_names = ["NAME", "EVENT_TYPE", "EXPRESSION"])]
    metric: Vec<String>,
    /// Remove a metric.
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
    /// Write the service's file of aggregated metrics.
    #[arg(long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Attribution {
    pub(super) fn run(self) -> Result<Done> {
        let changes = !self.metric.is_empty() || !self.remove.is_empty();
        let mode = if changes { OpenMode::ReadWrite } else { OpenMode::ReadOnly };
        let studio = Studio::open(&self.file, mode)?;
        for name in &self.remove {
            studio.delete_metric(&self.group, name)?;
        }
        for metric in self.metric.chunks_exact(3) {
            studio.put_metric(
                &self.group,
                &AttributionMetric {
                    metric_name: metric[0].clone(),
                    event_type: metric[1].clone(),
                    expression: metric[2].clone(),
                },
            )?;
        }
        let found = studio.attribution(&self.group)?;
        if let Some(path) = &self.out {
            let what = || format!("{} can't be written; check the path", path.display());
            std::fs::write(path, found.csv()).with_context(what)?;
        }
        Output::from(self.common).print(&found, || text(&found))?;
        Ok(Done::Ok)
    }
}

fn text(found: &Found) -> String {
    let rows: Vec<Vec<String>> = found
        .metrics
        .iter()
        .flat_map(|metric| {
            let name = &metric.metric_name;
            found.totals(name).into_iter().map(move |(source, value)| {
                vec![name.clone(), metric.event_type.clone(), source, value.to_string()]
            })
        })
        .collect();
    let text = table(&["metric", "event type", "source", "value"], &rows);
    match found.left_out {
        0 => text,
        left_out => format!("{text}\n{left_out} events are of sources after the hundredth and left out"),
    }
}
