//! Every format in every packing reads as the same table.

use crate::data::source::tests::archive;
use crate::data::source::{Format, RawTable, Source, Wanted, discover, read};
use crate::data::{DataError, preview};
use crate::domain::problem::Rule;
use crate::jobs::JobContext;
use polars::prelude::*;
use std::io::Write;
use std::path::{Path, PathBuf};

const ROWS: usize = 500;

fn cell(row: usize, column: usize) -> String {
    match column {
        0 => format!("{:05}", row % 40),
        1 => format!("item-{}-with-a-long-name", row % 70),
        _ => (1_359_676_800 + row).to_string(),
    }
}

fn separated_text(separator: char) -> Vec<u8> {
    let mut text = format!("user{separator}item{separator}ts\n");
    for row in 0..ROWS {
        text.push_str(&[cell(row, 0), cell(row, 1), cell(row, 2)].join(&separator.to_string()));
        text.push('\n');
    }
    text.into_bytes()
}

fn json_text() -> Vec<u8> {
    let line = |row| {
        format!("{{\"user\":\"{}\",\"item\":\"{}\",\"ts\":{}}}\n", cell(row, 0), cell(row, 1), cell(row, 2))
    };
    (0..ROWS).map(line).collect::<String>().into_bytes()
}

fn parquet_bytes() -> Vec<u8> {
    let column = |index: usize| (0..ROWS).map(|row| cell(row, index)).collect::<Vec<_>>();
    let times: Vec<i64> = column(2).iter().map(|time| time.parse().unwrap()).collect();
    let columns = vec![
        Column::new("user".into(), column(0)),
        Column::new("item".into(), column(1)),
        Column::new("ts".into(), times),
    ];
    let mut frame = DataFrame::new(ROWS, columns).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes
}

fn packed(name: &str, content: &[u8], packing: &str) -> (String, Vec<u8>) {
    match packing {
        "gz" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(content).unwrap();
            (format!("{name}.gz"), encoder.finish().unwrap())
        }
        "zst" => (format!("{name}.zst"), zstd::encode_all(content, 1).unwrap()),
        "zip" => {
            let inner = format!("inner/{name}");
            (format!("{name}.zip"), archive(&[(inner.as_str(), content)]))
        }
        _ => (name.to_owned(), content.to_vec()),
    }
}

fn put(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn only(path: &Path) -> Source {
    let mut sources = discover(path).unwrap();
    assert_eq!(sources.len(), 1, "{sources:?}");
    sources.remove(0)
}

fn table(path: &Path) -> RawTable {
    read(&only(path), &Wanted::default(), &JobContext::default()).unwrap()
}

fn column(table: &RawTable, name: &str) -> Vec<String> {
    let cells = table.frame.column(name).unwrap().str().unwrap();
    cells.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect()
}

/// A log of a million rows, about 29 MB.
fn million_rows() -> Vec<u8> {
    let mut text = b"USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n".to_vec();
    let mut state = 1_u64;
    for row in 0..1_000_000_u64 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (user, item, event) =
            ((state >> 40) % 200_000, state >> 20 & 0xffff, ["click", "watch"][(row % 2) as usize]);
        writeln!(text, "{user},{item},{},{event}", 1_500_000_000 + row).unwrap();
    }
    text
}

#[test]
fn formats_and_packings_read_alike() {
    let folder = tempfile::tempdir().unwrap();
    let formats = [
        ("a.csv", separated_text(',')),
        ("a.tsv", separated_text('\t')),
        ("a.jsonl", json_text()),
        ("a.parquet", parquet_bytes()),
    ];
    for (name, content) in &formats {
        for packing in ["", "gz", "zst", "zip"] {
            let (name, bytes) = packed(name, content, packing);
            let path = put(folder.path(), &name, &bytes);
            let table = table(&path);
            assert_eq!(table.total_rows as usize, ROWS, "{name}");
            assert_eq!(table.problems, [], "{name}");
            for (index, field) in ["user", "item", "ts"].into_iter().enumerate() {
                let expected: Vec<String> = (0..ROWS).map(|row| cell(row, index)).collect();
                assert_eq!(column(&table, field), expected, "{name} {field}");
            }
            let head = preview(&only(&path), 20).unwrap();
            assert_eq!(head.columns, ["user", "item", "ts"], "{name}");
            assert_eq!(head.rows.len(), 20);
            assert_eq!(head.rows[3], [Some(cell(3, 0)), Some(cell(3, 1)), Some(cell(3, 2))], "{name}");
            let off = (head.estimated_rows as f64 - ROWS as f64).abs() / ROWS as f64;
            assert!(off < 0.1, "{name}: {} rows estimated", head.estimated_rows);
        }
    }
}

#[test]
fn a_preview_of_a_short_file_counts_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "a.csv", b"user,item\n1,2\n3,4\n");
    let head = preview(&only(&path), 200).unwrap();
    assert_eq!(head.estimated_rows, 2);
    assert_eq!(
        head.rows,
        [[Some("1".to_owned()), Some("2".to_owned())], [Some("3".into()), Some("4".into())]]
    );
}

#[test]
fn a_preview_of_a_large_file_reads_only_its_head() {
    let folder = tempfile::tempdir().unwrap();
    let text = million_rows();
    for packing in ["", "gz", "zst"] {
        let (name, bytes) = packed("large.csv", &text, packing);
        let path = put(folder.path(), &name, &bytes);
        // The best of three: other work on the machine is not what is measured.
        let looks = (0..3).map(|_| {
            let began = std::time::Instant::now();
            (preview(&only(&path), 200).unwrap(), began.elapsed().as_millis())
        });
        let (head, millis) = looks.min_by_key(|(_, millis)| *millis).unwrap();
        assert_eq!(head.rows.len(), 200);
        let rows = 1_000_000.0;
        let off = (head.estimated_rows as f64 - rows).abs() / rows;
        println!("{name}: {millis} ms, estimate off by {:.1}%", off * 100.0);
        assert!(off < 0.2, "{name}: {} rows estimated of {rows}", head.estimated_rows);
        assert!(millis < 200, "{name}: {millis} ms");
    }
}

#[test]
fn encodings_are_found_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let latin = put(folder.path(), "latin.csv", b"id,title\n1,Mis\xe9rables\n2,Caf\xe9 Soci\xe9t\xe9\n");
    assert_eq!(column(&table(&latin), "title"), ["Misérables", "Café Société"]);
    let mark = put(folder.path(), "mark.csv", "\u{feff}id,title\n1,é\n".as_bytes());
    assert_eq!(column(&table(&mark), "id"), ["1"]);
    let mut wide = vec![0xff, 0xfe];
    wide.extend("id,title\n1,Ünï\n".encode_utf16().flat_map(u16::to_le_bytes));
    let wide = put(folder.path(), "wide.csv", &wide);
    assert_eq!(column(&table(&wide), "title"), ["Ünï"]);

    // Plain for a long while, then accents.
    let mut late = b"id,title\n".to_vec();
    for row in 0..20_000 {
        late.extend(format!("{row},plain title\n").into_bytes());
    }
    late.extend(b"x,Mis\xe9rables\n");
    let late = put(folder.path(), "late.csv", &late);
    let late = table(&late);
    assert_eq!(late.problems, []);
    assert_eq!(column(&late, "title")[20_000], "Misérables");
}

#[test]
fn a_broken_byte_costs_its_row_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "a.csv", b"id,title\n1,plain\n2,\xff\xfe\n3,end\n");
    let table = table(&path);
    assert_eq!(column(&table, "id"), ["1", "3"]);
    assert_eq!((table.problems[0].row, table.problems[0].rule), (2, Rule::BadEncoding));
    assert_eq!(table.problems[0].column, "title");
    assert_eq!(table.row_numbers.number(1), 3);
}

#[test]
fn a_folder_and_an_archive_give_their_tables_and_pass_over_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "b.csv", b"user,item\n1,2\n3,4\n");
    put(folder.path(), "a.dat", b"1::2::3\n4::5::6\n");
    put(folder.path(), "README", b"A data set.\nIt has users, items, and ratings.\nUse it, please.\n");
    put(folder.path(), ".hidden.csv", b"a,b\n1,2\n");
    put(folder.path(), "picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    std::fs::create_dir(folder.path().join("deeper")).unwrap();
    put(&folder.path().join("deeper"), "c.csv", b"a,b\n1,2\n");
    let names: Vec<String> = discover(folder.path()).unwrap().iter().map(Source::display_name).collect();
    assert_eq!(names, ["a.dat", "b.csv"]);

    let entries: [(&str, &[u8]); 2] =
        [("ml/x.csv", b"a,b\n1,2\n"), ("ml/README.txt", b"Prose.\nMore of it, here.\n")];
    let path = put(folder.path(), "ml.zip", &archive(&entries));
    let names: Vec<String> = discover(&path).unwrap().iter().map(Source::display_name).collect();
    assert_eq!(names, ["ml.zip › ml/x.csv"]);
}

#[test]
fn what_is_no_table_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let empty = discover(&put(folder.path(), "empty.csv", b"")).unwrap_err();
    assert!(matches!(empty, DataError::NotATable { .. }));
    let message = empty.to_string();
    assert!(
        message.contains("empty.csv")
            && message.contains("the file is empty")
            && message.contains("expected CSV")
    );
    let missing = discover(&folder.path().join("none.csv")).unwrap_err();
    assert!(matches!(missing, DataError::Open { .. }), "{missing}");
    let cut = packed("a.csv", &separated_text(','), "gz").1;
    let cut = put(folder.path(), "cut.csv.gz", &cut[..cut.len() / 2]);
    let source = Source {
        path: cut,
        entry: None,
        format: only(&put(folder.path(), "whole.csv", &separated_text(','))).format,
        bytes: 0,
    };
    let damaged = read(&source, &Wanted::default(), &JobContext::default()).unwrap_err();
    assert!(matches!(damaged, DataError::Damaged { .. }), "{damaged}");
    assert!(damaged.to_string().contains("cut.csv.gz"));
}

#[test]
fn parquet_values_become_the_text_they_would_be_written_as() {
    let times = Column::new("t".into(), [1_359_676_800_999_i64, -1])
        .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
        .unwrap();
    let lists = Column::new("g".into(), [Series::new("".into(), ["a", "b"]), Series::new("".into(), ["c"])]);
    let columns = vec![times, lists, Column::new("v".into(), [1.5, 2.0]), Column::new("s".into(), ["", "x"])];
    let mut frame = DataFrame::new(2, columns).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "a.parquet", &bytes);
    assert_eq!(only(&path).format, Format::Parquet);
    let table = table(&path);
    assert_eq!(column(&table, "t"), ["1359676800", "-1"]);
    assert_eq!(column(&table, "g"), ["a|b", "c"]);
    assert_eq!(column(&table, "v"), ["1.5", "2.0"]);
    assert_eq!(table.frame.column("s").unwrap().null_count(), 1);
}

/// Prints how the time of a read compares with polars's own of the same file, in this process.
///
/// Runs where `BESPOKE_SPEED` is set: other work on the machine makes the figures worthless.
#[test]
fn speed_beside_polars() {
    if std::env::var_os("BESPOKE_SPEED").is_none() {
        println!("skipped: set BESPOKE_SPEED=1 on a quiet machine to measure");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = million_rows();
    let path = put(folder.path(), "million.csv", &text);
    let source = only(&path);
    let best = |work: &dyn Fn() -> usize| {
        let seconds = (0..7).map(|_| {
            let began = std::time::Instant::now();
            assert_eq!(work(), 1_000_000);
            began.elapsed().as_secs_f64()
        });
        seconds.fold(f64::INFINITY, f64::min)
    };
    let ours = best(&|| read(&source, &Wanted::default(), &JobContext::default()).unwrap().frame.height());
    let options = || CsvReadOptions::default().with_has_header(true);
    let polars = |options: CsvReadOptions| {
        options.try_into_reader_with_file_path(Some(path.clone())).unwrap().finish().unwrap().height()
    };
    let typed = best(&|| polars(options()));
    let text_only = best(&|| polars(options().with_infer_schema_length(Some(0))));
    println!(
        "{} MB, 1,000,000 rows: read {:.3} s; polars typed {typed:.3} s (ratio {:.2}), as text {text_only:.3} s (ratio {:.2})",
        text.len() / 1_000_000,
        ours,
        ours / typed,
        ours / text_only,
    );
}
