//! Ready-made campaigns: each of the ten trained and served, and what it leaves out by itself.

use super::*;
use serde_json::json;

/// Eighty users who each view twenty items in a row, of which they bought the first ten, on a circle of forty; the same as
/// watching.
fn place(kinds: [&str; 2]) -> Workplace {
    let mut csv = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n".to_owned();
    for step in 0..30 {
        for user in 0..100 {
            let (at, kind) = if step < 20 { (step, kinds[0]) } else { (step - 20, kinds[1]) };
            let item = (user * 7 + at) % 40;
            writeln!(csv, "u{user:04},i{item:04},{},{kind}", 1_700_000_000 + 3_600 * step + user).unwrap();
        }
    }
    let place = Workplace::with_interactions(&csv);
    let items: Vec<String> = (0..40).map(|item| format!("i{item:04},{}", item % 3)).collect();
    place.write("items.csv", &format!("ITEM_ID,PRICE\n{}\n", items.join("\n")));
    place.import("g", "items", "items.csv");
    place
}

impl Workplace {
    fn ready(&self, use_case: &str) -> Value {
        let campaign = ["campaign", "p.bespoke", "--group", "g", "--name", use_case, "--use-case", use_case];
        self.json(&campaign)
    }

    fn items(&self, campaign: &str, rest: &[&str]) -> Vec<usize> {
        let ask = ["recommend", "p.bespoke", "--num", "40", "--campaign", campaign];
        let answer = self.json(&[&ask[..], rest].concat());
        let items = answer["itemList"].as_array().unwrap();
        assert!(items.iter().all(|item| item.get("score").is_none()), "recommenders tell no scores");
        items.iter().map(|item| item["itemId"].as_str().unwrap()[1..].parse().unwrap()).collect()
    }
}

#[test]
fn the_shops_use_cases_leave_out_what_was_bought() {
    let place = place(["View", "Purchase"]);
    for name in ["ecomm-popular-items-by-views", "ecomm-popular-items-by-purchases"] {
        let view = place.ready(name);
        assert_eq!((&view["useCase"], &view["recipe"]), (&json!(name), &json!("popularity-count")));
        assert_eq!(place.items(name, &["--user", "u0000"]).len(), 40);
        let asked = ["recommend", "p.bespoke", "--campaign", name];
        assert!(place.fails(1, &asked).contains("`userId` is missing"));
    }
    place.ready("ecomm-frequently-bought-together");
    assert!(!place.items("ecomm-frequently-bought-together", &["--item", "i0007"]).is_empty());
    let also = "ecomm-customers-who-viewed-x-also-viewed";
    place.ready(also);
    let bought: Vec<usize> = (0..10).collect();
    let list = place.items(also, &["--item", "i0020", "--user", "u0000"]);
    assert!(!list.is_empty() && list.iter().all(|item| !bought.contains(item)), "{list:?}");
    let asked = ["recommend", "p.bespoke", "--campaign", also, "--item", "i0020"];
    assert!(place.fails(1, &asked).contains("`userId` is missing"));

    // What is bought now is left out now, and the request's own filter is on top.
    let buy = ["event", "p.bespoke", "--group", "g", "--user", "u0000", "--type", "purchase"];
    let first = format!("i{:04}", list[0]);
    place.json(&[&buy[..], &["--item", &first]].concat());
    let after = place.items(also, &["--item", "i0020", "--user", "u0000"]);
    assert!(!after.contains(&list[0]));
    place.json(&[
        "filter",
        "p.bespoke",
        "--group",
        "g",
        "--name",
        "free",
        "INCLUDE ItemID WHERE Items.PRICE = 0",
    ]);
    let free = place.items(also, &["--item", "i0020", "--user", "u0000", "--filter", "free"]);
    assert_eq!(free, after.iter().copied().filter(|item| item % 3 == 0).collect::<Vec<_>>());
    place.is_whole();
}

#[test]
fn the_films_use_cases_leave_out_what_was_watched() {
    let place = place(["Click", "Watch"]);
    let watched: Vec<usize> = (0..10).collect();
    for (name, about) in [("vod-because-you-watched-x", "i0005"), ("vod-more-like-x", "i0020")] {
        place.ready(name);
        let list = place.items(name, &["--item", about, "--user", "u0000"]);
        assert!(!list.is_empty() && list.iter().all(|item| !watched.contains(item)), "{name}: {list:?}");
    }
    place.ready("vod-most-popular");
    assert_eq!(place.items("vod-most-popular", &["--user", "u0000"]).len(), 40, "nothing is left out");
    place.ready("vod-trending-now");
    assert!(!place.items("vod-trending-now", &[]).is_empty());
}

#[test]
fn what_a_use_case_lacks_is_said() {
    let place = Workplace::with_interactions(&walks("", 80, 20, 40));
    let ask = |use_case: &str| {
        let campaign = ["campaign", "p.bespoke", "--group", "g", "--name", "c", "--use-case", use_case];
        place.fails(1, &campaign)
    };
    let said = ask("aws-ecomm-popular-items-by-purchases");
    assert!(said.contains("Best sellers needs 1000 events of the type Purchase, and there are 0"), "{said}");
    assert!(ask("vod-more-like-x").contains("needs the group's Items"));
    assert!(ask("vod-worst-picks").contains("there is no use case `vod-worst-picks`"));
    place.fails(2, &["campaign", "p.bespoke", "--group", "g", "--name", "c"]);
}
