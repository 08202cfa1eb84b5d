//! The published layouts of `MovieLens` in miniature; the files themselves are read in `tests/suite/real_data.rs`.

use crate::data::mapping::{Proposal, extract, propose};
use crate::data::source::{RawTable, Wanted, read};
use crate::domain::DatasetType;
use crate::domain::mapping::Reading;
use crate::jobs::JobContext;
use std::path::Path;

const RATINGS_DAT: &str = "1::122::5::838985046\n1::185::5::838983525\n2::231::3.5::838983392\n";

fn put(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), content).unwrap();
}

fn titles(proposals: &[Proposal]) -> Vec<(&str, bool)> {
    proposals.iter().map(|proposal| (proposal.title.as_str(), proposal.confident)).collect()
}

/// The cells of a field as the mapping takes them.
fn cells(proposal: &Proposal, field: &str) -> Vec<Option<String>> {
    let RawTable { frame, problems, .. } =
        read(&proposal.source, &Wanted::default(), &JobContext::default()).unwrap();
    assert_eq!(problems, []);
    let field = proposal.mapping.field(field).unwrap();
    let cells = extract(&field.reading, frame.column(&field.columns[0]).unwrap().str().unwrap());
    cells.iter().map(|cell| cell.map(str::to_owned)).collect()
}

fn some(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|&cell| Some(cell.to_owned()).filter(|cell| !cell.is_empty())).collect()
}

#[test]
fn one_million_with_its_codes() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "ratings.dat", "1::1193::5::978300760\n1::661::3::978302109\n");
    put(
        folder.path(),
        "movies.dat",
        b"1::Toy Story (1995)::Animation|Comedy\n2::Mis\xe9rables, Les (1998)::Drama\n",
    );
    put(folder.path(), "users.dat", "1::F::1::10::48067\n2::M::56::16::70072\n");
    put(
        folder.path(),
        "README",
        "SUMMARY\nThese files contain 1,000,209 ratings, of films.\nUse them well.\n",
    );
    let found = propose(&[folder.path().to_owned()]).unwrap();
    let expected =
        [("MovieLens 1M: ratings", true), ("MovieLens 1M: movies", true), ("MovieLens 1M: users", true)];
    assert_eq!(titles(&found), expected);
    assert_eq!(cells(&found[0], "EVENT_VALUE"), some(&["5", "3"]));
    assert_eq!(cells(&found[1], "TITLE"), some(&["Toy Story (1995)", "Misérables, Les (1998)"]));
    assert_eq!(cells(&found[1], "YEAR"), some(&["1995", "1998"]));
    assert_eq!(cells(&found[2], "AGE"), some(&["Under 18", "56+"]));
    assert_eq!(cells(&found[2], "OCCUPATION"), some(&["K-12 student", "self-employed"]));
}

#[test]
fn ten_million_without_users() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "ratings.dat", RATINGS_DAT);
    put(
        folder.path(),
        "movies.dat",
        "1::Toy Story (1995)::Animation\n2::\"Great\" Film, The (1996)::Drama|War\n",
    );
    put(folder.path(), "tags.dat", "15::4973::excellent!::1215184630\n20::1747::politics::1188263867\n");
    let found = propose(&[folder.path().to_owned()]).unwrap();
    assert_eq!(titles(&found), [("MovieLens 10M: ratings", true), ("MovieLens 10M: movies", true)]);
    assert_eq!(cells(&found[1], "TITLE"), some(&["Toy Story (1995)", "\"Great\" Film, The (1996)"]));
}

#[test]
fn the_archive_as_published() {
    let folder = tempfile::tempdir().unwrap();
    let entries: [(&str, &[u8]); 5] = [
        ("ml-25m/ratings.csv", b"userId,movieId,rating,timestamp\n1,296,5.0,1147880044\n1,306,3.5,1147868817\n"),
        (
            "ml-25m/movies.csv",
            b"movieId,title,genres\n1,Toy Story (1995),Adventure|Comedy\n2,\"Babylon, 5\",(no genres listed)\n",
        ),
        ("ml-25m/tags.csv", b"userId,movieId,tag,timestamp\n3,260,classic,1439472355\n"),
        ("ml-25m/genome-tags.csv", b"tagId,tag\n1,007\n2,007 (series)\n"),
        ("ml-25m/README.txt", b"Summary\nThis dataset, ml-25m, describes ratings.\nMore.\n"),
    ];
    let path = folder.path().join("ml-25m.zip");
    std::fs::write(&path, crate::data::source::tests::archive(&entries)).unwrap();
    let found = propose(&[path]).unwrap();
    assert_eq!(titles(&found), [("MovieLens 25M: ratings", true), ("MovieLens 25M: movies", true)]);
    assert_eq!(cells(&found[0], "TIMESTAMP"), some(&["1147880044", "1147868817"]));
    assert_eq!(cells(&found[1], "YEAR"), some(&["1995", ""]));
    assert_eq!(cells(&found[1], "GENRES"), some(&["Adventure|Comedy", ""]));
}

#[test]
fn one_hundred_thousand_and_a_single_file_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let flags =
        |set: usize| (0..19).map(|genre| if genre == set { "1" } else { "0" }).collect::<Vec<_>>().join("|");
    put(folder.path(), "u.data", "196\t242\t3\t881250949\n186\t302\t3\t891717742\n");
    let items = format!(
        "1|Toy Story (1995)|01-Jan-1995||http://us.imdb.com/1|{}\n2|Kid, The (1921)|01-Jan-1921||http://us.imdb.com/2|{}\n",
        flags(3),
        flags(0)
    );
    put(folder.path(), "u.item", items);
    put(folder.path(), "u.user", "1|24|M|technician|85711\n2|53|F|other|94043\n");
    put(folder.path(), "u.genre", "unknown|0\nAction|1\n");
    put(folder.path(), "u1.base", "1\t1\t5\t874965758\n1\t2\t3\t876893171\n");
    let found = propose(&[folder.path().to_owned()]).unwrap();
    let expected = [
        ("MovieLens 100K: ratings", true),
        ("MovieLens 100K: movies", true),
        ("MovieLens 100K: users", true),
    ];
    assert_eq!(titles(&found), expected);
    assert_eq!(cells(&found[1], "YEAR"), some(&["1995", "1921"]));
    let genres = found[1].mapping.field("GENRES").unwrap();
    assert_eq!((genres.columns.len(), genres.columns[3].as_str()), (19, "Animation"));
    assert_eq!(genres.reading, Reading::Whole);

    let alone = propose(&[folder.path().join("u.item")]).unwrap();
    assert_eq!(titles(&alone), [("MovieLens 100K: movies", true)]);
    assert_eq!(alone[0].mapping.dataset, DatasetType::Items);
}

#[test]
fn a_file_that_only_shares_the_name_is_not_claimed() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "ratings.csv", "user,book,rating\n1,2,3\n4,5,6\n");
    let found = propose(&[folder.path().join("ratings.csv")]).unwrap();
    assert_eq!(titles(&found), [("ratings.csv: interactions", true)]);
}
