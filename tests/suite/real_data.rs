//! Data that people have lying about, where `BESPOKE_DATA` names the folder that holds it; the sets are too
//! large or not free enough to lie in the repository.

use bespoke::data::{ImportOptions, Proposal, Wanted, import, propose, read};
use bespoke::domain::DatasetType;
use bespoke::domain::mapping::TimestampRule;
use bespoke::domain::schema::FieldRole;
use bespoke::jobs::JobContext;
use std::path::PathBuf;

/// What a folder of the data proposes; `None`, and a line that says so, where there is no such folder.
fn proposals(folder: &str) -> Option<Vec<Proposal>> {
    let Some(root) = std::env::var_os("BESPOKE_DATA") else {
        println!("skipped: BESPOKE_DATA names no folder");
        return None;
    };
    let path = PathBuf::from(root).join(folder);
    Some(propose(&[path]).unwrap())
}

/// Titles of the proposals that need no question.
fn sure(found: &[Proposal]) -> Vec<&str> {
    found.iter().filter(|proposal| proposal.confident).map(|proposal| proposal.title.as_str()).collect()
}

fn column<'a>(found: &'a [Proposal], dataset: DatasetType, field: &str) -> &'a str {
    let proposal =
        found.iter().find(|proposal| proposal.confident && proposal.mapping.dataset == dataset).unwrap();
    &proposal.mapping.field(field).unwrap().columns[0]
}

fn role(found: &[Proposal], dataset: DatasetType, field: &str) -> FieldRole {
    let proposal =
        found.iter().find(|proposal| proposal.confident && proposal.mapping.dataset == dataset).unwrap();
    proposal.mapping.field(field).unwrap().role
}

/// Data rows of each sure proposal; none of them may have a bad row.
fn rows(found: &[Proposal]) -> Vec<u64> {
    let sure = found.iter().filter(|proposal| proposal.confident);
    sure.map(|proposal| {
        let table = read(&proposal.source, &Wanted::default(), &JobContext::default()).unwrap();
        assert_eq!(table.problems, [], "{}", proposal.title);
        table.total_rows
    })
    .collect()
}

#[test]
fn movielens_100k_asks_nothing() {
    let Some(found) = proposals("movielens-100k") else { return };
    assert_eq!(found.len(), 3, "nothing but the three datasets is proposed");
    assert_eq!(sure(&found), ["MovieLens 100K: ratings", "MovieLens 100K: movies", "MovieLens 100K: users"]);
    // Counts of the README.
    assert_eq!(rows(&found), [100_000, 1_682, 943]);
    let items = read(&found[1].source, &Wanted::default(), &JobContext::default()).unwrap();
    let text = format!(
        "{:?}",
        items.frame.column("title").unwrap().str().unwrap().iter().flatten().collect::<Vec<_>>()
    );
    assert!(text.contains("Misérables, Les (1995)"), "ISO-8859-1 is read as such");
}

#[test]
fn movielens_latest_small_asks_nothing() {
    let Some(found) = proposals("movielens-latest-small") else { return };
    assert_eq!(found.len(), 2, "tags and links are left out");
    assert_eq!(sure(&found), ["MovieLens latest-small: ratings", "MovieLens latest-small: movies"]);
    assert_eq!(rows(&found), [100_836, 9_742]);
    assert_eq!(column(&found, DatasetType::Items, "TITLE"), "title");
}

#[test]
fn files_of_the_service_keep_their_names() {
    let Some(found) = proposals("movielens-latest-small/personalize-poc") else { return };
    assert_eq!(rows(&found), [158_371, 9_742]);
    let names: Vec<&str> = found[0].mapping.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(names, ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]);
    assert_eq!(role(&found, DatasetType::Items, "GENRE"), FieldRole::Categorical);
}

#[test]
fn a_shop_with_three_datasets() {
    let Some(found) = proposals("retail-demo-store") else { return };
    assert_eq!(rows(&found), [300_001, 2_465, 6_000]);
    assert_eq!(role(&found, DatasetType::Items, "PRODUCT_DESCRIPTION"), FieldRole::Textual);
    assert_eq!(role(&found, DatasetType::Items, "CATEGORY_L2"), FieldRole::Categorical);
    assert_eq!(role(&found, DatasetType::Items, "PRODUCT_NAME"), FieldRole::Plain);
    assert_eq!(role(&found, DatasetType::Users, "GENDER"), FieldRole::Categorical);
}

#[test]
fn articles_read_by_employees() {
    let Some(found) = proposals("deskdrop") else { return };
    assert_eq!(rows(&found), [72_312]);
    assert_eq!(column(&found, DatasetType::Interactions, "USER_ID"), "personId");
    assert_eq!(column(&found, DatasetType::Interactions, "ITEM_ID"), "contentId");
    assert_eq!(column(&found, DatasetType::Interactions, "EVENT_TYPE"), "eventType");
    assert_eq!(found[0].mapping.timestamp, TimestampRule::Seconds);
}

#[test]
fn a_grocery_panel_with_files_that_are_no_dataset() {
    let Some(found) = proposals("complete-journey") else { return };
    assert_eq!(
        sure(&found),
        ["transactions.csv.gz: interactions", "products.csv.gz: items", "demographics.csv: users"]
    );
    assert_eq!(found.len(), 8, "the others are shown, but not sure");
    assert_eq!(rows(&found), [75_000, 92_331, 801]);
    assert_eq!(column(&found, DatasetType::Interactions, "USER_ID"), "household_id");
    assert_eq!(column(&found, DatasetType::Interactions, "TIMESTAMP"), "transaction_timestamp");
    assert_eq!(role(&found, DatasetType::Users, "INCOME"), FieldRole::Categorical);
}

/// Every sure proposal of a folder as (dataset, rows, accepted, users, items); nothing may be wrong with it.
fn imported(found: &[Proposal]) -> Vec<(DatasetType, u64, u64, u64, u64)> {
    let sure = found.iter().filter(|proposal| proposal.confident);
    sure.map(|proposal| {
        let options = ImportOptions::default();
        let imported = import(&proposal.source, &proposal.mapping, &options, &JobContext::default()).unwrap();
        let first = imported.problems.iter().find(|problem| !problem.rule.is_repeat());
        assert_eq!(first, None, "{}", proposal.title);
        (imported.schema.dataset, imported.rows, imported.accepted, imported.users, imported.items)
    })
    .collect()
}

/// The counts are those of the data's own README files.
#[test]
fn movielens_is_imported_whole() {
    let Some(found) = proposals("movielens-100k") else { return };
    let mut counts = imported(&found);
    counts.sort();
    let expected = [
        (DatasetType::Interactions, 100_000, 100_000, 943, 1_682),
        (DatasetType::Items, 1_682, 1_682, 0, 1_682),
        (DatasetType::Users, 943, 943, 943, 0),
    ];
    assert_eq!(counts, expected);

    let Some(found) = proposals("movielens-latest-small") else { return };
    let counts = imported(&found);
    assert!(counts.contains(&(DatasetType::Interactions, 100_836, 100_836, 610, 9_724)), "{counts:?}");
    assert!(counts.contains(&(DatasetType::Items, 9_742, 9_742, 0, 9_742)), "{counts:?}");
}
