//! What happens to files that wait, to rows that are left out, and to the page while something is said.

use super::*;
use crate::ui::notify::Notice;

/// A file whose columns nobody can know.
const ODD: &str = "a,b,c\nx1,y1,1600000000\nx2,y2,1600000100\n";

#[test]
fn a_file_that_waits_for_its_mapping_has_a_button_for_it() {
    let mut window = window(|_| Vec::new());
    let folder = window.folder.path().join("both");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("shop.csv"), log()).unwrap();
    std::fs::write(folder.join("odd.csv"), ODD).unwrap();
    window.drop_files(vec![folder]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    assert_eq!(window.shown(), Some(PaneKind::Datasets), "one of two files was known");
    window.click_role(Role::Button, "Map...");
    assert_eq!(window.shown(), Some(PaneKind::Mapping));
    window.wait_for("a is ");
}

#[test]
fn files_for_data_that_is_there_may_go_into_a_new_group() {
    let mut window = window(|_| Vec::new());
    let path = window.file("shop.csv", &log());
    window.drop_files(vec![path.clone()]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    window.drop_files(vec![path]);
    window.wait_for("shop has Interactions already. Replace it or add to it");
    window.click_role(Role::Button, "Put them into a new group...");
    let field = window.harness.get_by_role_and_label(Role::TextInput, "Name");
    assert_eq!(field.value().as_deref(), Some("shop-2"), "a name that is free is proposed");
    field.set_text_value_accesskit("shop");
    window.settle();
    assert!(window.has("There is a dataset group shop already; use another name"));
    assert!(window.harness.get_by_role_and_label(Role::Button, "Create").accesskit_node().is_disabled());
    window.harness.get_by_role_and_label(Role::TextInput, "Name").set_text_value_accesskit("spring");
    window.settle();
    window.click_role(Role::Button, "Create");
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    let project = window.harness.state().project.as_ref().unwrap();
    assert_eq!(project.group.as_deref(), Some("spring"), "the new group is the current one");
    let versions = project.view.groups.iter().map(|group| (group.name.as_str(), group.datasets[0].version));
    assert_eq!(versions.collect::<Vec<_>>(), [("shop", 1), ("spring", 1)], "the old group is as it was");
}

/// Of two files of the same dataset one would replace the other.
#[test]
fn the_second_file_of_a_dataset_waits() {
    let mut window = window(|_| Vec::new());
    let folder = window.folder.path().join("logs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.csv"), log()).unwrap();
    std::fs::write(folder.join("b.csv"), log()).unwrap();
    window.drop_files(vec![folder]);
    window.wait_until("one import", |window| window.rows(DatasetType::Interactions) == 1_198);
    window.wait_for("Map...");
    let version = window.group().unwrap().dataset(DatasetType::Interactions).unwrap().version;
    assert_eq!(version, 1, "nothing was replaced unasked");
}

#[test]
fn of_a_folder_that_meets_data_nothing_goes_in_unasked() {
    let mut window = window(|_| Vec::new());
    let path = window.file("shop.csv", &log());
    window.drop_files(vec![path]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    let folder = window.folder.path().join("spring");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("interactions.csv"), log().to_uppercase()).unwrap();
    std::fs::write(folder.join("users.csv"), "USER_ID,AGE\nU1,30\nU2,40\nU3,50\n").unwrap();
    window.drop_files(vec![folder]);
    window.wait_for("Put them into a new group...");
    window.wait_for("Import it");
    assert_eq!(window.rows(DatasetType::Users), 0, "these users are not those of the shop");
    window.click_role(Role::Button, "Put them into a new group...");
    window.click_role(Role::Button, "Create");
    window.wait_until("the import", |window| {
        window.rows(DatasetType::Users) == 3 && window.rows(DatasetType::Interactions) == 1_198
    });
    let project = window.harness.state().project.as_ref().unwrap();
    assert_eq!(project.group.as_deref(), Some("spring"));
}

#[test]
fn rows_that_were_left_out_are_saved_to_a_file() {
    let mut window = window(|folder| vec![Picked::Chosen(vec![folder.join("rejects.csv")])]);
    let path = window.file("shop.csv", &log());
    window.drop_files(vec![path]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    window.click_role(Role::Button, "Problems (2)");
    window.click_role(Role::Button, "Save rejects file...");
    window.wait_for("Saved 2 problem rows");
    let text = std::fs::read_to_string(window.folder.path().join("rejects.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[1].contains("yesterday") && lines[1].contains("timestamp"), "{text}");
    assert!(lines[2].contains("user_id"), "{text}");
}

#[test]
fn event_types_are_given_values_that_are_stored() {
    let mut window = window(|_| Vec::new());
    let path = window.file("shop.csv", &log());
    window.drop_files(vec![path]);
    window.wait_until("the import", |window| window.rows(DatasetType::Interactions) == 1_198);
    window.go(PaneKind::Mapping);
    window.click("Change the mapping of Interactions");
    window.wait_for("Rows in the sample");
    window.harness.get_by_label("Suggest values").scroll_to_me();
    window.settle();
    window.click_role(Role::Button, "Suggest values");
    for (kind, value) in [("view", "0.33"), ("cart", "0.66"), ("purchase", "1")] {
        let field = format!("Event value of {kind}");
        window.wait_for(&field);
        let shown = window.harness.get_by_label(&field).value();
        assert!(shown.is_some_and(|shown| shown.starts_with(value)), "{kind}");
    }
    window.click_role(Role::CheckBox, "view has a value");
    assert!(!window.has("Event value of view"), "a type may have none");
    window.click_role(Role::Button, "Import and replace");
    window.wait_until("the import", |window| {
        window.group().unwrap().dataset(DatasetType::Interactions).is_some_and(|data| data.version == 2)
    });
    window.wait_for("Sort by EVENT_VALUE");
    window.wait_for("0.66");
}

#[test]
fn what_is_said_covers_nothing_of_the_page() {
    let mut window = window(|_| Vec::new());
    let clean = log().replace("yesterday", "1600000120").replace("\n,i28,", "\nu0,i28,");
    let path = window.file("shop.csv", &clean);
    window.drop_files(vec![path]);
    window.wait_for("1,200 rows");
    window.wait_for("Sort by EVENT_TYPE");
    assert!(!window.has("Dismiss: "), "the page itself shows how the import went");
    let send = window.harness.state().sender();
    send.notify(Notice::error(
        "The batch failed",
        "the disk is full; make room and write it again. ".repeat(9),
    ));
    send.notify(Notice::success("Saved").detail("to a file"));
    window.settle();
    let rect = |label: &str| window.harness.get_by_label(label).rect();
    let table = rect("Table rows");
    for said in ["Dismiss: The batch failed", "Dismiss: Saved"] {
        assert!(table.bottom() <= rect(said).top(), "{said}: {:?} over {table:?}", rect(said));
        assert!(rect(said).bottom() <= 800.0 - 28.0, "it is in view");
    }
    window.click_role(Role::Button, "Dismiss: The batch failed");
    window.click_role(Role::Button, "Dismiss: Saved");
    let grown = window.harness.get_by_label("Table rows").rect();
    assert!(grown.bottom() > table.bottom(), "the page has its room back");
    assert_eq!(grown.top(), table.top(), "and nothing else of it has moved");
}
