//! Where a training runs and how much memory it takes: told before it begins, and true.

use super::{Workplace, stderr, walks};
use serde_json::{Value, json};
use std::fmt::Write as _;

#[test]
fn a_device_that_is_not_there_is_refused_before_training() {
    let place = Workplace::with_interactions(&walks("", 80, 25, 60));
    let train = |recipe: &str, device: &str| {
        place.run(&["train", "p.bespoke", "--group", "g", "--recipe", recipe, "--device", device])
    };
    let refused = train("sims", "cuda");
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("sims trains on the processor"), "{}", stderr(&refused));
    for (device, feature, kind) in
        [("cuda", cfg!(feature = "cuda"), "CUDA"), ("metal", cfg!(feature = "metal"), "Metal")]
    {
        let outcome = train("hrnn", device);
        let said = stderr(&outcome);
        if outcome.status.success() {
            assert!(feature, "nothing was built to train on {device} with");
            continue;
        }
        let missing =
            if feature { format!("no {kind} card can be used: ") } else { format!("knows no {kind} cards") };
        assert!(said.contains(&missing), "{said}");
        assert!(said.contains("choose auto or cpu"), "{said}");
        // Nothing was begun: there is no version that failed.
        let groups = place.json(&["groups", "p.bespoke"]);
        assert!(!groups.to_string().contains("hrnn"), "{groups}");
    }
    let trained = place.json(&["train", "p.bespoke", "--group", "g", "--recipe", "hrnn", "--device", "cpu"]);
    assert_eq!(trained["device"], json!("cpu"));
    assert!(trained["memory"].as_u64().is_some_and(|bytes| bytes > 100_000), "{}", trained["memory"]);
    let notes = trained["notes"].to_string();
    assert!(notes.contains("Trained on this device: Processor."), "{notes}");
    let counted = place.train("g", "popularity-count");
    assert_eq!((&counted["device"], &counted["memory"]), (&json!("cpu"), &Value::Null));
}

/// A network of 12,000 items: what the process that trains it takes at most is what was told, within a fifth.
#[cfg(target_os = "linux")]
#[test]
fn the_memory_told_before_is_what_training_takes() {
    const ITEMS: usize = 12_000;
    let place = Workplace::with_interactions(&walks("", 60, 18, ITEMS));
    let mut items = "ITEM_ID,GENRE\n".to_owned();
    for item in 0..ITEMS {
        writeln!(items, "i{item:04},g{}", item % 7).unwrap();
    }
    place.write("items.csv", &items);
    place.import("g", "items", "items.csv");
    let (trained, taken) = peak(&place, &["--recipe", "hrnn", "--set", "hidden_dimension=128"]);
    let [told, taken] = [trained["memory"].as_u64().unwrap(), taken].map(|bytes| bytes as f64 / 1e6);
    assert!((told / taken - 1.0).abs() < 0.2, "told {told:.0} MB, taken {taken:.0} MB");
}

/// Trains, and says how many bytes the process held at most: asked while it runs, because afterwards nobody knows.
#[cfg(target_os = "linux")]
fn peak(place: &Workplace, arguments: &[&str]) -> (Value, u64) {
    let fixed = ["train", "p.bespoke", "--group", "g", "--json"];
    let mut command = place.command(&[&fixed, arguments].concat());
    // So little data would not keep many threads busy, each of which takes its part.
    command.env("RAYON_NUM_THREADS", "2");
    // The allocator holds back for a moment what was given back to it: beside a training as short as this that is much.
    command.env("MIMALLOC_PURGE_DELAY", "0");
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        most = most.max(kilobytes.unwrap_or(0) * 1_024);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    (serde_json::from_slice(&output.stdout).unwrap(), most)
}
