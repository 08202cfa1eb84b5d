//! What a request and an event cost a campaign of a hundred thousand items with vectors of 128 numbers:
//! `cargo bench --bench campaign`. Prints the median and the 99th percentile of requests without and with a filter, and of the
//! time from an event to the list that it changed.

use bespoke::domain::DatasetType;
use bespoke::domain::solution::{Device, SolutionConfig};
use bespoke::jobs::JobContext;
use bespoke::studio::{
    ImportMode, ImportPlan, MappingChanges, PutEvent, PutEvents, RecommendRequest, Studio, TrainRequest,
    recipe,
};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

const ITEMS: usize = 100_000;
const USERS: usize = 400;
const EVENTS: usize = 12;
const ROUNDS: usize = 2_000;

fn put(studio: &Studio, folder: &Path, dataset: DatasetType, text: &str) -> anyhow::Result<()> {
    let path = folder.join(format!("{dataset}.csv"));
    std::fs::write(&path, text)?;
    let plan = ImportPlan {
        group: "g".to_owned(),
        dataset,
        paths: vec![path],
        schema: None,
        changes: MappingChanges::default(),
        mode: ImportMode::Full,
        strict: true,
    };
    for request in studio.plan_import(&plan)? {
        studio.import(&request, &JobContext::default())?;
    }
    Ok(())
}

fn project(folder: &Path) -> anyhow::Result<Studio> {
    let studio = Studio::create(&folder.join("p.bespoke"))?;
    let mut rows = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n".to_owned();
    for user in 0..USERS {
        for event in 0..EVENTS {
            let item = (user * 7_919 + event * 104_729) % ITEMS;
            writeln!(rows, "u{user},i{item:06},{},view", 1_700_000_000 + event * 600 + user)?;
        }
    }
    put(&studio, folder, DatasetType::Interactions, &rows)?;
    let mut rows = "ITEM_ID,GENRES,PRICE\n".to_owned();
    for item in 0..ITEMS {
        writeln!(rows, "i{item:06},g{}|g{},{}", item % 20, item % 31, item % 900)?;
    }
    put(&studio, folder, DatasetType::Items, &rows)?;
    let recipe = recipe("hrnn")?;
    let parameters = recipe.parameters_from([("hidden_dimension", "128")])?;
    let config = SolutionConfig { device: Device::Cpu, ..SolutionConfig::of(recipe.name, parameters) };
    let began = Instant::now();
    studio.train(&TrainRequest { group: "g".to_owned(), solution: None, config }, &JobContext::default())?;
    writeln!(std::io::stdout(), "trained in {:.1?}", began.elapsed())?;
    studio.create_campaign("g", "c", "hrnn", &[])?;
    let filter =
        "INCLUDE ItemID WHERE Items.GENRES IN ($G) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"*\")";
    studio.create_filter("g", "f", filter)?;
    Ok(studio)
}

fn report(what: &str, mut times: Vec<Duration>) -> std::io::Result<()> {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let (median, p99, most) = (at(0.5), at(0.99), at(1.0));
    writeln!(std::io::stdout(), "{what}: median {median:.2?}, p99 {p99:.2?}, most {most:.2?}")
}

fn ask(user: usize, filtered: bool) -> RecommendRequest {
    RecommendRequest {
        user_id: Some(format!("u{}", user % USERS)),
        filter_arn: filtered.then(|| "f".to_owned()),
        filter_values: if filtered {
            vec![("G".to_owned(), "\"g1\",\"g7\",\"g11\"".to_owned())]
        } else {
            Vec::new()
        },
        ..RecommendRequest::default()
    }
}

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let studio = project(folder.path())?;
    for (what, filtered) in [("a request", false), ("a request with a filter", true)] {
        studio.recommend("c", &ask(0, filtered))?;
        let times = (0..ROUNDS).map(|round| {
            let began = Instant::now();
            studio.recommend("c", &ask(round, filtered))?;
            Ok(began.elapsed())
        });
        report(what, times.collect::<anyhow::Result<_>>()?)?;
    }
    let mut changed = 0;
    let times = (0..ROUNDS / 4).map(|round| {
        let before = studio.recommend("c", &ask(round, true))?;
        let put = PutEvents {
            user_id: Some(format!("u{}", round % USERS)),
            session_id: format!("s{round}"),
            event_list: vec![PutEvent {
                event_type: "view".to_owned(),
                item_id: before.items().first().map(|item| item.item_id.clone()),
                sent_at: 1_770_000_000 + round as i64,
                ..PutEvent::default()
            }],
        };
        let began = Instant::now();
        studio.put_events("g", &put)?;
        let after = studio.recommend("c", &ask(round, true))?;
        let time = began.elapsed();
        changed += usize::from(before.items() != after.items());
        Ok(time)
    });
    let times: Vec<Duration> = times.collect::<anyhow::Result<_>>()?;
    writeln!(std::io::stdout(), "{changed} of {} lists changed", times.len())?;
    report("an event and the list it changed", times)?;
    Ok(())
}
