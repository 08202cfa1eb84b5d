//! Separated text: quotes, broken rows and row numbers.

use super::*;
use polars::prelude::Column;
use proptest::prelude::*;

fn dialect(separator: &str, quote: Option<char>, header: bool) -> Dialect {
    Dialect {
        separator: separator.to_owned(),
        quote,
        backslash_escapes: false,
        has_header: header,
        columns: Vec::new(),
        encoding: "UTF-8".to_owned(),
    }
}

fn table(text: &[u8], dialect: &Dialect, part_bytes: usize) -> RawTable {
    let wanted = Wanted::default();
    read(text.to_vec(), encoding_rs::UTF_8, dialect, &wanted, part_bytes, &JobContext::default()).unwrap()
}

fn rows(table: &RawTable) -> Vec<Vec<String>> {
    let cells = |column: &Column| -> Vec<String> {
        column.str().unwrap().iter().map(|cell| cell.unwrap_or_default().to_owned()).collect()
    };
    let columns: Vec<Vec<String>> = table.frame.columns().iter().map(cells).collect();
    (0..table.frame.height()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect()
}

fn csv() -> Dialect {
    dialect(",", Some('"'), true)
}

#[test]
fn quotes_escapes_and_line_ends_mean_what_they_say() {
    let text = concat!(
        "id,text,more\r\n",
        "007,plain,\"a, b\"\r\n",
        "\r\n",
        "2,\"two\nlines\",\"say \"\"x\"\"\"\n",
        "3,\"back \\\"slash\\\" \\\\ here\",\n",
        "4,\"ends with \\\",6\" pipe\n",
        "5,,\"\"",
    );
    let expected = [
        ["007", "plain", "a, b"],
        ["2", "two\nlines", "say \"x\""],
        ["3", "back \"slash\" \\ here", ""],
        ["4", "ends with \\", "6\" pipe"],
        ["5", "", ""],
    ];
    for part_bytes in [1, 7, 1000] {
        let table = table(text.as_bytes(), &csv(), part_bytes);
        assert!(table.problems.is_empty(), "{:?}", table.problems);
        assert_eq!(rows(&table), expected, "in parts of {part_bytes} bytes");
        assert_eq!(table.total_rows, 5);
        assert_eq!(table.frame.column("text").unwrap().null_count(), 1, "an empty cell is missing");
    }
}

#[test]
fn every_separator_and_a_file_without_header() {
    for separator in [",", "\t", ";", "|", "::"] {
        let text = format!("1{separator}a:b{separator}\n2{separator}{separator}Ünï-long-enough-to-point\n");
        let table = table(text.as_bytes(), &dialect(separator, None, false), 1000);
        assert_eq!(rows(&table), [["1", "a:b", ""], ["2", "", "Ünï-long-enough-to-point"]], "{separator}");
        assert_eq!(table.frame.get_column_names(), ["column_1", "column_2", "column_3"]);
    }
}

#[test]
fn columns_without_a_name_of_their_own_get_one() {
    let table = table(b",id,id\n1,2,3\n", &csv(), 1000);
    assert_eq!(table.frame.get_column_names(), ["column_1", "id", "id_2"]);
}

#[test]
fn bad_rows_are_told_by_number_and_the_rest_is_read() {
    let mut text = Vec::new();
    for line in [
        &b"user,item,note\n"[..],
        b"1,a,ok\n",                // 1
        b"2,b\n",                   // 2: too few
        b"3,c,x,y\n",               // 3: too many
        b"4,\"two\nlines\",ok\n",   // 4
        b"5,\"never closed,x\n",    // 5: the quote is stray
        b"6,\"closed\" behind,x\n", // 6: text behind a quoted cell
        b"\n",
        b"7,f\xff,x\n",         // 7: not UTF-8
        b"8,\"g\xc3\x28\",x\n", // 8: not UTF-8, inside quotes
        b"9\n",                 // 9: one cell
        b"10,,\n",              // 10: empty cells are fine
        b"11,\"x\ny\"\n",       // 11: too few, over two lines
        b"12,,,,,\n",           // 12: too many, all empty
        b"13;n;x\n",            // 13: another separator
        b"14,\"a\"\"b,x\n",     // 14: an escaped quote and no closing one
        b"15,z,last",           // 15
    ] {
        text.extend_from_slice(line);
    }
    for part_bytes in [1, 13, 40, 1000] {
        let table = table(&text, &csv(), part_bytes);
        let found: Vec<(u64, Rule, &str, &str)> = table
            .problems
            .iter()
            .map(|problem| (problem.row, problem.rule, problem.column.as_str(), problem.value.as_str()))
            .collect();
        let expected = [
            (2, Rule::WrongCellCount, "", "2,b"),
            (3, Rule::WrongCellCount, "", "3,c,x,y"),
            (5, Rule::Malformed, "", "5,\"never closed,x"),
            (6, Rule::Malformed, "", "6,\"closed\" behind,x"),
            (7, Rule::BadEncoding, "item", "f\u{fffd}"),
            (8, Rule::BadEncoding, "item", "g\u{fffd}("),
            (9, Rule::WrongCellCount, "", "9"),
            (11, Rule::WrongCellCount, "", "11,\"x\ny\""),
            (12, Rule::WrongCellCount, "", "12,,,,,"),
            (13, Rule::WrongCellCount, "", "13;n;x"),
            (14, Rule::Malformed, "", "14,\"a\"\"b,x"),
        ];
        assert_eq!(found, expected, "in parts of {part_bytes} bytes");
        assert_eq!(table.total_rows, 15);
        // Each row kept carries its own number as its user.
        for (index, row) in rows(&table).iter().enumerate() {
            assert_eq!(table.row_numbers.number(index).to_string(), row[0]);
        }
    }
}

#[test]
fn a_cancelled_read_stops() {
    let job = JobContext::default();
    job.cancel();
    let text = b"a,b\n1,2\n".to_vec();
    let result = read(text, encoding_rs::UTF_8, &csv(), &Wanted::default(), 1000, &job);
    assert!(matches!(result, Err(DataError::Cancelled(_))));
}

#[test]
fn old_line_ends_are_line_ends() {
    assert_eq!(rows(&table(b"a,b\r1,2\r3,4\r", &csv(), 1000)), [["1", "2"], ["3", "4"]]);
}

/// The text of a table as RFC 4180 has it, quoted where needed (or everywhere).
fn written(cells: &[Vec<String>], separator: &str, quote_all: bool) -> String {
    let mut text = String::new();
    for row in cells {
        let row: Vec<String> = row
            .iter()
            .map(|cell| {
                let needs = cell.contains(['"', '\n', '\r']) || cell.contains(separator);
                if quote_all || needs { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
            })
            .collect();
        text.push_str(&row.join(separator));
        text.push('\n');
    }
    text
}

proptest! {
    /// Wherever the text is cut into parts, what was written is read: quoted line ends, quotes and all.
    #[test]
    fn what_was_written_is_read(
        body in proptest::collection::vec(proptest::collection::vec("[a-c\",;\\n é]{0,18}", 3), 0..12),
        separator in prop_oneof![Just(","), Just(";"), Just("::")],
        quote_all in any::<bool>(),
        part_bytes in 1_usize..60,
    ) {
        let mut cells = vec![vec!["x".to_owned(), "y".to_owned(), "z".to_owned()]];
        cells.extend(body);
        let text = written(&cells, separator, quote_all);
        let table = table(text.as_bytes(), &dialect(separator, Some('"'), true), part_bytes);
        prop_assert_eq!(&table.problems, &[]);
        prop_assert_eq!(rows(&table), &cells[1..]);
        prop_assert_eq!(table.total_rows as usize, cells.len() - 1);
    }
}
