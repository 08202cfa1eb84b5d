//! Problem rows as people see them: counted by rule, with the mends that apply, and as a rejects file.

use super::{DataError, OutputError, OutputFile, csv_cell};
use crate::domain::mapping::Mapping;
use crate::domain::mend::Mend;
use crate::domain::problem::{Problem, Rule};
use crate::domain::schema::SchemaField;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// How often a column broke a rule, and what may be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemCount {
    pub rule: Rule,
    /// The file's column; empty where the whole row is meant.
    pub column: String,
    pub rows: u64,
    /// The first of them.
    pub example: Problem,
    pub mends: Vec<Mend>,
}

/// Counts by rule and column, most frequent first.
pub fn count_problems(problems: &[Problem], mapping: &Mapping) -> Vec<ProblemCount> {
    let mut counts: BTreeMap<(Rule, &str), (u64, &Problem)> = BTreeMap::new();
    for problem in problems {
        counts.entry((problem.rule, &problem.column)).or_insert((0, problem)).0 += 1;
    }
    let mut counts: Vec<ProblemCount> = counts
        .into_iter()
        .map(|((rule, column), (rows, example))| ProblemCount {
            rule,
            column: column.to_owned(),
            rows,
            example: example.clone(),
            mends: mends_for(rule, column, mapping),
        })
        .collect();
    counts.sort_by_key(|count| Reverse(count.rows));
    counts
}

/// The mends that can help where a file's column breaks a rule.
pub fn mends_for(rule: Rule, column: &str, mapping: &Mapping) -> Vec<Mend> {
    let mapped = mapping.fields.iter().find(|mapped| mapped.columns.iter().any(|name| name == column));
    let field = mapped.filter(|mapped| mapped.columns.len() == 1).map(|mapped| SchemaField {
        name: mapped.field.clone(),
        kind: mapped.kind,
        nullable: mapped.nullable,
        role: mapped.role,
    });
    let required =
        field.as_ref().is_some_and(|field| mapping.dataset.required_fields().contains(&field.name.as_str()));
    Mend::offered(rule, field.as_ref(), required)
}

/// Writes the problem rows as CSV: row, column, value, rule, message, remedy and the mends that apply, with
/// the file they are from. Whole or not at all; quotes inside a cell are doubled (RFC 4180).
pub fn write_rejects(
    problems: &[Problem],
    mapping: &Mapping,
    source: &str,
    path: &Path,
) -> Result<(), DataError> {
    let mut file = OutputFile::create(path)?;
    write_rows(problems, mapping, source, &mut file)
        .map_err(|error| OutputError::new("write", path, error))?;
    Ok(file.finish()?)
}

fn write_rows(
    problems: &[Problem],
    mapping: &Mapping,
    source: &str,
    mut out: impl Write,
) -> std::io::Result<()> {
    writeln!(out, "file,row,column,value,rule,message,remedy,mends")?;
    for problem in problems {
        let mends = mends_for(problem.rule, &problem.column, mapping);
        let mends: Vec<String> = mends.iter().map(ToString::to_string).collect();
        writeln!(
            out,
            "{},{},{},{},{},{},{},{}",
            csv_cell(source),
            problem.row,
            csv_cell(&problem.column),
            csv_cell(&problem.value),
            problem.rule.as_str(),
            csv_cell(&problem.rule.message()),
            csv_cell(problem.rule.remedy()),
            csv_cell(&mends.join("; ")),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatasetType;
    use crate::domain::mapping::{MappedField, Reading, TimestampRule};
    use crate::domain::schema::{FieldRole, FieldType};

    fn mapping() -> Mapping {
        let field = |field: &str, column: &str, kind| MappedField {
            field: field.into(),
            columns: vec![column.into()],
            reading: Reading::Whole,
            kind,
            role: FieldRole::Plain,
            nullable: false,
            reason: String::new(),
        };
        Mapping {
            dataset: DatasetType::Users,
            fields: vec![field("USER_ID", "user", FieldType::String), field("AGE", "age", FieldType::Int)],
            timestamp: TimestampRule::Seconds,
            timestamp_reason: String::new(),
            event_type: None,
            event_values: Vec::new(),
        }
    }

    fn problem(row: u64, column: &str, value: &str, rule: Rule) -> Problem {
        Problem { row, column: column.into(), value: value.into(), rule }
    }

    #[test]
    fn counts_carry_the_mends_that_apply() {
        let problems = [
            problem(1, "user", "", Rule::MissingValue),
            problem(2, "age", "x", Rule::NotANumber),
            problem(5, "age", "y", Rule::NotANumber),
            problem(6, "", "row 7", Rule::ReplacedByLaterRow),
        ];
        let counts = count_problems(&problems, &mapping());
        assert_eq!((counts[0].rule, counts[0].rows, counts[0].example.row), (Rule::NotANumber, 2, 2));
        let expected = [
            Mend::Trim("AGE".into()),
            Mend::Cast("AGE".into()),
            Mend::NullCell("AGE".into(), Rule::NotANumber),
            Mend::DropRows(Rule::NotANumber),
        ];
        assert_eq!(counts[0].mends, expected);
        let missing = counts.iter().find(|count| count.rule == Rule::MissingValue).unwrap();
        assert_eq!(missing.mends, [Mend::DropRows(Rule::MissingValue)]);
        let replaced = counts.iter().find(|count| count.rule == Rule::ReplacedByLaterRow).unwrap();
        assert!(replaced.mends.is_empty());
    }

    #[test]
    fn the_rejects_file_names_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects.csv");
        let problems = [problem(3, "age", "a \"b\",c", Rule::NotANumber)];
        write_rejects(&problems, &mapping(), "users.csv", &path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "file,row,column,value,rule,message,remedy,mends");
        assert!(lines[1].starts_with("users.csv,3,age,\"a \"\"b\"\",c\",not_a_number,"), "{}", lines[1]);
        let mends =
            "trim blanks: AGE; cast: AGE; empty the cell: AGE, not_a_number; drop rows: not_a_number\"";
        assert!(lines[1].ends_with(mends), "{}", lines[1]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
