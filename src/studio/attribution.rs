//! Metric attribution of a group: what its recorded events come to, by what they are put down to.

use super::Studio;
use crate::data::csv_cell;
use crate::domain::DatasetType;
use crate::domain::attribution::{Expression, MAX_CHARS, MAX_METRICS, UNDEFINED_SOURCE};
use crate::serving::{AttributionRow, Measure, Take, attribute};
use crate::store::{AttributionMetricRecord, EventRecord, GroupRecord};
use anyhow::{Result, anyhow, bail, ensure};
use serde::Serialize;
use std::collections::HashMap;

/// A metric of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributionMetric {
    pub metric_name: String,
    pub event_type: String,
    pub expression: String,
}

/// What the events of a group come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribution {
    pub metrics: Vec<AttributionMetric>,
    /// By metric, source and quarter of an hour.
    pub rows: Vec<AttributionRow>,
    /// Events of sources after the hundredth.
    pub left_out: u64,
}

impl Attribution {
    /// What a metric comes to for each source in all, the most first.
    pub fn totals(&self, metric: &str) -> Vec<(String, f64)> {
        let mut totals: Vec<(String, f64)> = Vec::new();
        for row in self.rows.iter().filter(|row| row.metric == metric) {
            match totals.iter_mut().find(|(source, _)| *source == row.source) {
                Some((_, total)) => *total += row.value,
                None => totals.push((row.source.clone(), row.value)),
            }
        }
        totals.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        totals
    }

    /// The service's `AggregatedAttributionMetrics` file.
    pub fn csv(&self) -> String {
        let mut csv =
            "METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP\n".to_owned();
        for row in &self.rows {
            let Some(metric) = self.metrics.iter().find(|metric| metric.metric_name == row.metric) else {
                continue;
            };
            let function = Expression::parse(&metric.expression).map_or("", |one| one.function());
            let [name, event_type, source] =
                [&row.metric, &metric.event_type, &row.source].map(|text| csv_cell(text));
            let line = format!("{name},{event_type},{},{function},{source},{}\n", row.value, row.time);
            csv += &line;
        }
        csv
    }
}

impl Studio {
    /// Makes a metric of a group, or changes the one of that name.
    pub fn put_metric(&self, group: &str, metric: &AttributionMetric) -> Result<()> {
        let group = self.group(group)?;
        let AttributionMetric { metric_name, event_type, expression } = metric;
        for (what, text) in
            [("metricName", metric_name), ("eventType", event_type), ("expression", expression)]
        {
            let length = text.chars().count();
            ensure!(
                (1..=MAX_CHARS).contains(&length),
                "`{what}` has {length} characters; 1 to {MAX_CHARS} are accepted"
            );
        }
        let parsed = Expression::parse(expression).map_err(|wrong| anyhow!(wrong))?;
        self.check_expression(&group, &parsed)?;
        let known = self.store().read(|reader| reader.attribution_metrics(group.id))?;
        let others = known.iter().filter(|known| known.name != *metric_name).count();
        ensure!(
            others < MAX_METRICS,
            "the group {} has {others} metrics, and {MAX_METRICS} are the most; remove one",
            group.name
        );
        let record = AttributionMetricRecord {
            name: metric_name.clone(),
            event_type: event_type.clone(),
            expression: parsed.to_string(),
        };
        self.change(|writer| writer.put_attribution_metric(group.id, &record))?;
        Ok(())
    }

    /// Refuses a column that is not there or holds no numbers.
    fn check_expression(&self, group: &GroupRecord, expression: &Expression) -> Result<()> {
        let Expression::Sum { dataset, column } = expression else { return Ok(()) };
        if *dataset == DatasetType::Interactions && column == "EVENT_VALUE" {
            return Ok(());
        }
        let schema = self.dataset(group, *dataset)?.schema;
        let numbers: Vec<&str> = schema
            .fields
            .iter()
            .filter(|field| field.kind.is_number())
            .map(|field| field.name.as_str())
            .collect();
        ensure!(
            numbers.contains(&column.as_str()),
            "{dataset}.{column} is no column of numbers; {dataset} has {}",
            if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") }
        );
        Ok(())
    }

    pub fn delete_metric(&self, group: &str, name: &str) -> Result<()> {
        let group = self.group(group)?;
        if !self.change(|writer| writer.delete_attribution_metric(group.id, name))? {
            bail!("there is no metric `{name}` in the group `{}`; nothing is removed", group.name);
        }
        Ok(())
    }

    /// What the recorded events of a group come to now.
    pub fn attribution(&self, group: &str) -> Result<Attribution> {
        let group = self.group(group)?;
        let metrics = self.store().read(|reader| reader.attribution_metrics(group.id))?;
        let metrics: Vec<AttributionMetric> = metrics
            .into_iter()
            .map(|metric| AttributionMetric {
                metric_name: metric.name,
                event_type: metric.event_type,
                expression: metric.expression,
            })
            .collect();
        let events =
            self.store().read(|reader| reader.events_after(group.id, DatasetType::Interactions, 0))?;
        let mut measures: Vec<Measure<'_, EventRecord>> = Vec::new();
        for metric in &metrics {
            let wanted = metric.event_type.to_lowercase();
            let number = self.number_of(&group, &metric.expression)?;
            measures.push(Measure {
                name: &metric.metric_name,
                take: Box::new(move |event: &EventRecord| {
                    (event.event_type.to_lowercase() == wanted).then(|| number(event)).flatten()
                }),
            });
        }
        let (rows, left_out) = attribute(&measures, events.iter(), |event| {
            (event.source.as_deref().unwrap_or(UNDEFINED_SOURCE), event.sent_at)
        });
        drop(measures);
        Ok(Attribution { metrics, rows, left_out })
    }

    /// What an expression takes of an event.
    fn number_of(&self, group: &GroupRecord, expression: &str) -> Result<Take<'static, EventRecord>> {
        match Expression::parse(expression).map_err(|wrong| anyhow!(wrong))? {
            Expression::SampleCount => Ok(Box::new(|_| Some(1.0))),
            Expression::Sum { dataset: DatasetType::Items, column } => {
                let items = self.dataset(group, DatasetType::Items)?;
                let table = self.table_of(items.id)?;
                let place = table.columns().iter().position(|known| *known == column);
                let mut values: HashMap<String, f64> = HashMap::new();
                for row in 0..table.rows() {
                    let cell = place.and_then(|place| table.cell(row, place).parse().ok());
                    if let (Some(id), Some(value)) = (table.text(row, "ITEM_ID"), cell) {
                        values.insert(id.to_owned(), value);
                    }
                }
                Ok(Box::new(move |event| values.get(event.item.as_ref()?).copied()))
            }
            Expression::Sum { column, .. } if column == "EVENT_VALUE" => {
                Ok(Box::new(|event| event.value.map(f64::from)))
            }
            Expression::Sum { column, .. } => {
                Ok(Box::new(move |event| event.properties.get(&column)?.parse().ok()))
            }
        }
    }
}
