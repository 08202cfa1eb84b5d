//! Promotions from the command line, on requests and in batches.

use super::*;
use serde_json::json;

#[test]
fn a_share_of_a_list_is_promoted() {
    let place = Workplace::with_interactions(&walks("", 80, 20, 40));
    let items: Vec<String> = (0..40).map(|item| format!("i{item:04},{}", ["old", "new"][item % 2])).collect();
    place.write("items.csv", &format!("ITEM_ID,STATE\n{}\n", items.join("\n")));
    place.import("g", "items", "items.csv");
    place.train("g", "popularity-count");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "popularity-count"]);
    let filter = |name: &str, text: &str| {
        place.json(&["filter", "p.bespoke", "--group", "g", "--name", name, text]);
    };
    filter("new", "INCLUDE ItemID WHERE Items.STATE IN ($STATE)");
    filter("old", "INCLUDE ItemID WHERE Items.STATE IN (\"old\")");
    let promote = ["--filter", "old", "--num", "10", "--promote", "new=30", "--promote-name", "launch"];
    let value = ["--promote-value", "STATE=new"];
    let ask = ["recommend", "p.bespoke", "--campaign", "c", "--user", "u0000"];
    let answer = place.json(&[&ask[..], &promote, &value].concat());
    let list = answer["itemList"].as_array().unwrap();
    let is_new = |id: &Value| id.as_str().unwrap()[1..].parse::<usize>().unwrap() % 2 == 1;
    let promoted: Vec<&Value> = list.iter().filter(|item| item["promotionName"] == json!("launch")).collect();
    assert_eq!((list.len(), promoted.len()), (10, 3));
    for item in list {
        let is_promoted = item.get("promotionName").is_some();
        assert_eq!(is_new(&item["itemId"]), is_promoted, "{item}");
        assert_eq!(item["reason"] == json!(["Promoted item"]), is_promoted);
    }
    place.write("in.jsonl", "{\"userId\":\"u0000\"}\n");
    let batch = ["batch", "p.bespoke", "--version", "popularity-count", "--input", "in.jsonl"];
    place.json(&[&batch[..], &promote, &value, &["--output", "out.jsonl"]].concat());
    let ids: Vec<Value> = list.iter().map(|item| item["itemId"].clone()).collect();
    assert_eq!(lines(&place.path("out.jsonl"))[0]["output"]["recommendedItems"], Value::Array(ids));

    place.fails(2, &[&ask[..], &["--promote", "new=101"]].concat());
    let said = place.fails(1, &[&ask[..], &["--promote", "gone=10"]].concat());
    assert!(said.contains("there is no filter `gone`"), "{said}");
    let said = place.fails(1, &[&ask[..], &["--rank", "i0001", "--promote", "old=10"]].concat());
    assert!(said.contains("`promotions` are given with `inputList`"), "{said}");
}
