//! Metric attribution from the command line: sums by source, and the service's file.

use super::*;
use serde_json::json;

/// Two purchases of items that cost 7 and 20 after an answer of the campaign c, one of 7 by a letter, one by nothing.
#[test]
fn purchases_are_put_down_to_what_led_to_them() {
    let place = Workplace::with_interactions(&walks("", 80, 20, 40));
    let items: Vec<String> = (0..40).map(|item| format!("i{item:04},{item}")).collect();
    place.write("items.csv", &format!("ITEM_ID,PRICE\n{}\n", items.join("\n")));
    place.import("g", "items", "items.csv");
    place.train("g", "popularity-count");
    place.json(&["campaign", "p.bespoke", "--group", "g", "--name", "c", "--version", "popularity-count"]);
    let answer = place.json(&["recommend", "p.bespoke", "--campaign", "c", "--user", "u0000"]);
    let id = answer["recommendationId"].as_str().unwrap();
    let buy = |item: &str, time: &str, rest: &[&str]| {
        let event = ["event", "p.bespoke", "--group", "g", "--user", "u0000", "--type", "Purchase"];
        place.json(&[&event[..], &["--item", item, "--time", time], rest].concat());
    };
    buy("i0007", "1769400000", &["--recommendation", id]);
    buy("i0020", "1769400899", &["--recommendation", id]);
    buy("i0007", "1769400900", &["--source", "letter, May", "--recommendation", id]);
    buy("i0009", "1769400901", &["--value", "2.5"]);
    let ask = ["attribution", "p.bespoke", "--group", "g"];
    let metrics = [
        "--metric",
        "revenue",
        "purchase",
        "SUM(Items.PRICE)",
        "--metric",
        "count",
        "Purchase",
        "SAMPLECOUNT()",
        "--metric",
        "value",
        "Purchase",
        "sum(Interactions.EVENT_VALUE)",
    ];
    let found = place.json(&[&ask[..], &metrics, &["--out", "a.csv"]].concat());
    assert_eq!(found["metrics"][2]["expression"], json!("SUM(Interactions.EVENT_VALUE)"));
    assert_eq!(
        place.read("a.csv"),
        "METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP\n\
         revenue,purchase,9,SUM,SOURCE_NAME_UNDEFINED,1769400900\n\
         revenue,purchase,27,SUM,c,1769400000\n\
         revenue,purchase,7,SUM,\"letter, May\",1769400900\n\
         count,Purchase,1,SAMPLECOUNT,SOURCE_NAME_UNDEFINED,1769400900\n\
         count,Purchase,2,SAMPLECOUNT,c,1769400000\n\
         count,Purchase,1,SAMPLECOUNT,\"letter, May\",1769400900\n\
         value,Purchase,2.5,SUM,SOURCE_NAME_UNDEFINED,1769400900\n"
    );
    let fails = |rest: &[&str]| place.fails(1, &[&ask[..], rest].concat());
    assert!(fails(&["--metric", "m", "t", "AVG(Items.PRICE)"]).contains("hint: write SUM("));
    assert!(fails(&["--metric", "m", "t", "SUM(Items.COLOUR)"]).contains("Items has PRICE"));
    assert!(fails(&["--remove", "gone"]).contains("there is no metric `gone`"));
    let more: Vec<String> = (3..10)
        .flat_map(|at| ["--metric".to_owned(), format!("m{at}"), "t".to_owned(), "SAMPLECOUNT()".to_owned()])
        .collect();
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    place.json(&[&ask[..], &more].concat());
    assert!(
        fails(&["--metric", "eleventh", "t", "SAMPLECOUNT()"])
            .contains("has 10 metrics, and 10 are the most")
    );
    place.json(&[&ask[..], &["--remove", "m3", "--metric", "eleventh", "t", "SAMPLECOUNT()"]].concat());
    place.is_whole();
}
