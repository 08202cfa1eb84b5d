//! Test sets and lists as files, so that anyone can check a number with their own tools.

use super::lists::{Lists, UNKNOWN};
use super::metrics::MetricAt;
use super::{Lab, TestSet};
use crate::data::{Interactions, OutputError, OutputFile, csv_cell};
use serde::Serialize;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Writes `train.csv`, `input.csv` and `truth.csv` (`USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE`, epoch seconds; rows by
/// user, oldest first) into a folder, which is made where it is missing. Training rows are those of
/// `train.csv`; `input.csv` is what tested users are asked with, `truth.csv` what they then did, repeats included.
pub fn export_split(
    test: &TestSet,
    interactions: &Interactions,
    folder: &Path,
) -> Result<Vec<PathBuf>, OutputError> {
    make_folder(folder)?;
    let all_rows = (0..interactions.n_users() as u32).map(|user| (user, interactions.rows(user)));
    let split = |case: &super::TestCase| {
        let rows = interactions.rows(case.user);
        (case.user, rows.start, rows.start + case.input, rows.end)
    };
    let input = test.cases.iter().map(split).map(|(user, start, cut, _)| (user, start..cut));
    let truth = test.cases.iter().map(split).map(|(user, _, cut, end)| (user, cut..end));
    Ok(vec![
        write_rows(&folder.join("train.csv"), interactions, all_rows, |row| test.train[row])?,
        write_rows(&folder.join("input.csv"), interactions, input, |_| true)?,
        write_rows(&folder.join("truth.csv"), interactions, truth, |_| true)?,
    ])
}

fn write_rows(
    path: &Path,
    interactions: &Interactions,
    users: impl Iterator<Item = (u32, Range<usize>)>,
    keep: impl Fn(usize) -> bool,
) -> Result<PathBuf, OutputError> {
    let write = |file: &mut OutputFile| -> std::io::Result<()> {
        writeln!(file, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE")?;
        for (user, rows) in users {
            for row in rows.filter(|&row| keep(row)) {
                let event_type = if interactions.event_types.is_empty() {
                    ""
                } else {
                    interactions.event_types.id(u32::from(interactions.event_type[row]))
                };
                writeln!(
                    file,
                    "{},{},{},{}",
                    csv_cell(interactions.users.id(user)),
                    csv_cell(interactions.items.id(interactions.item[row])),
                    interactions.timestamp[row],
                    csv_cell(event_type)
                )?;
            }
        }
        Ok(())
    };
    write_file(path, write)
}

/// Writes the value of every tested user by every metric that has one (`contestant,userId,metric,value`), in full precision,
/// the mean of the runs of a contestant.
pub fn export_values(lab: &Lab, metrics: &[MetricAt], path: &Path) -> Result<PathBuf, OutputError> {
    let write = |file: &mut OutputFile| -> std::io::Result<()> {
        writeln!(file, "contestant,userId,metric,value")?;
        for contestant in &lab.contestants {
            let (name, benchmark) = (csv_cell(&contestant.name), &contestant.benchmark);
            for &metric in metrics {
                let Some(values) = contestant.exact_values(metric) else { continue };
                for (case, value) in benchmark.test.cases.iter().zip(values) {
                    let user = csv_cell(benchmark.interactions.users.id(case.user));
                    writeln!(file, "{name},{user},{},{value}", metric.key())?;
                }
            }
        }
        Ok(())
    };
    write_file(path, write)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    user_id: &'a str,
    items: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<&'a [f32]>,
}

/// Writes `lists.jsonl` (`{"userId","items":[…],"scores":[…]}`) and `truth.jsonl` (`{"userId","items":[…]}`), a line per tested
/// user in the same order, into a folder, which is made where it is missing.
pub fn export_lists(
    lists: &Lists,
    test: &TestSet,
    interactions: &Interactions,
    folder: &Path,
) -> Result<Vec<PathBuf>, OutputError> {
    make_folder(folder)?;
    let id = |&item: &u32| if item == UNKNOWN { "" } else { interactions.items.id(item) };
    let ids = |items: &[u32]| items.iter().map(id).collect();
    let lists = test.cases.iter().enumerate().map(|(place, case)| Line {
        user_id: interactions.users.id(case.user),
        items: ids(lists.items(place)),
        scores: Some(lists.scores(place)),
    });
    let truths = test.cases.iter().map(|case| Line {
        user_id: interactions.users.id(case.user),
        items: ids(&case.truth),
        scores: None,
    });
    Ok(vec![
        write_lines(&folder.join("lists.jsonl"), lists)?,
        write_lines(&folder.join("truth.jsonl"), truths)?,
    ])
}

fn write_lines<'a>(path: &Path, lines: impl Iterator<Item = Line<'a>>) -> Result<PathBuf, OutputError> {
    write_file(path, |file| {
        for line in lines {
            serde_json::to_writer(&mut *file, &line)?;
            file.write_all(b"\n")?;
        }
        Ok(())
    })
}

fn make_folder(folder: &Path) -> Result<(), OutputError> {
    std::fs::create_dir_all(folder).map_err(|source| OutputError {
        action: "make the folder",
        path: folder.to_owned(),
        source,
    })
}

fn write_file(
    path: &Path,
    write: impl FnOnce(&mut OutputFile) -> std::io::Result<()>,
) -> Result<PathBuf, OutputError> {
    let mut file = OutputFile::create(path)?;
    write(&mut file).map_err(|source| OutputError { action: "write", path: path.to_owned(), source })?;
    file.finish()?;
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{ask, cut};
    use super::*;
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::jobs::JobContext;
    use crate::recipes::Query;
    use crate::recipes::toy::{ToyModel, interactions};

    #[test]
    fn files_hold_the_split_and_the_lists() {
        let data = interactions(&[("a,1", "x", 5), ("a,1", "y", 9), ("b", "y", 7)]);
        let test = cut(&data, &SplitSpec { kind: SplitKind::LeaveLastOut, ..SplitSpec::default() });
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();

        export_split(&test, &data, folder.path()).unwrap();
        assert_eq!(read("train.csv"), "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n\"a,1\",x,5,\nb,y,7,\n");
        assert_eq!(read("input.csv"), "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n\"a,1\",x,5,\n");
        assert_eq!(read("truth.csv"), "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n\"a,1\",y,9,\n");

        let model = ToyModel { n_items: 2, score: |_: &Query<'_>, item| item as f32 + 0.1 };
        let lists = ask(&model, &data, &test, false, &JobContext::default()).unwrap();
        export_lists(&lists, &test, &data, &folder.path().join("new/folder")).unwrap();
        assert_eq!(
            read("new/folder/lists.jsonl"),
            "{\"userId\":\"a,1\",\"items\":[\"y\",\"x\"],\"scores\":[1.1,0.1]}\n"
        );
        assert_eq!(read("new/folder/truth.jsonl"), "{\"userId\":\"a,1\",\"items\":[\"y\"]}\n");
    }
}
