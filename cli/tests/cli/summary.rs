//! The numbers of an index page and of `summary.json`, counted again from `results.ndjson`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{ACTIVATED, code, run, write};

const NO_RECORD: &str = "Activating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\n\
    Error: 0x8007232B DNS name does not exist\r\n";

fn asked(domain: &str) -> String {
    format!(
        "C:\\>nslookup -type=srv _vlmcs._tcp.{domain}\r\nServer:  dns.example.edu\r\nAddress:  192.0.2.53\r\n\r\n\
         *** dns.example.edu can't find _vlmcs._tcp.{domain}: Non-existent domain\r\n"
    )
}

/// Two schools without a record, computers with faults of their own, others in order.
fn drop(top: &Path) {
    let record = |n: usize, domain: &str| write(top.join(format!("drop/S-{n:02}/slmgr.txt")), format!("{NO_RECORD}\r\n{}", asked(domain)));
    (0..7).for_each(|n| record(n, "north.example.edu"));
    (7..11).for_each(|n| record(n, "south.example.edu"));
    (11..31).for_each(|n| write(top.join(format!("drop/S-{n:02}/slmgr.txt")), ACTIVATED));
    let denied = "C:\\>cscript slmgr.vbs /ato\r\nError: 0xC004F025 Access denied: the requested action requires elevated privileges\r\n";
    (31..34).for_each(|n| write(top.join(format!("drop/S-{n:02}/slmgr.txt")), denied));
    write(top.join("drop/S-34/notes.txt"), "nothing about it\r\n");
}

fn counted<'v>(results: &'v [Value], pointer: &str) -> BTreeMap<&'v str, u64> {
    let mut counts = BTreeMap::new();
    for value in results.iter().filter_map(|r| r.pointer(pointer)?.as_str()) {
        *counts.entry(value).or_default() += 1;
    }
    counts
}

fn numbers<'v>(summary: &'v Value, name: &str) -> BTreeMap<&'v str, u64> {
    summary[name].as_object().unwrap().iter().map(|(k, v)| (k.as_str(), v.as_u64().unwrap())).collect()
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect()
}

#[test]
fn the_summary_counts_what_the_results_say() {
    let top = tempfile::tempdir().unwrap();
    drop(top.path());
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en", "--pages", "none"])), 0);
    let text = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    let results: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let summary: Value = serde_json::from_str(&fs::read_to_string(top.path().join("report/summary.json")).unwrap()).unwrap();
    assert_eq!(summary["cases"], results.len());
    assert_eq!(numbers(&summary, "states"), counted(&results, "/verdict/state"));
    assert_eq!(numbers(&summary, "causes"), counted(&results, "/verdict/cause"));
    // Every case with a cause is in the plan once, under an action that ends its cause, or is open.
    let cause: BTreeMap<&str, Option<&str>> =
        results.iter().map(|r| (r["case"].as_str().unwrap(), r["verdict"]["cause"].as_str())).collect();
    let mut seen = BTreeSet::new();
    for action in summary["plan"].as_array().unwrap() {
        let cases = names(&action["cases"]);
        assert_eq!(action["heals"], cases.len());
        let mut causes: BTreeMap<&str, u64> = BTreeMap::new();
        for case in cases {
            assert!(seen.insert(case), "{case} twice");
            *causes.entry(cause[case].unwrap()).or_default() += 1;
        }
        assert_eq!(numbers(action, "causes"), causes);
    }
    seen.extend(names(&summary["open"]));
    assert_eq!(seen, cause.iter().filter(|(_, c)| c.is_some()).map(|(n, _)| *n).collect());
    let first = &summary["plan"][0];
    assert_eq!(
        (first["action"].as_str(), first["key"].as_str(), &first["heals"]),
        (Some("srv-record"), Some("north.example.edu"), &Value::from(7))
    );
    assert!(first["verify"]["en"].as_str().unwrap().contains("_vlmcs._tcp.north.example.edu"), "{first}");
    assert_eq!(summary["plan"][1]["key"], "south.example.edu");
    assert_eq!(summary["plan"][2]["scope"], Value::Null, "the rest is done at each computer");
}

#[test]
fn the_index_counts_what_the_results_say() {
    let top = tempfile::tempdir().unwrap();
    drop(top.path());
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en", "--pages", "none"])), 0);
    let text = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    let results: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let page = fs::read_to_string(top.path().join("report/index.html")).unwrap();
    let after = |from: &str, mark: &str| page.split_once(from).and_then(|p| p.1.split_once(mark)).map(|p| p.1.to_owned());
    let number = |text: String| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap();
    let states = counted(&results, "/verdict/state");
    for (state, count) in &states {
        let shown = after(&format!("<li><a href=\"#state-{state}\""), "<b>").map(number);
        assert_eq!(shown, Some(*count), "the filter of {state}");
    }
    for (cause, count) in counted(&results, "/verdict/cause") {
        let shown = after(&format!("<a href=\"#cause-{cause}\""), "class=\"n\">").map(number);
        assert_eq!(shown, Some(count), "the ranking of {cause}");
        assert_eq!(page.matches(&format!("class=\"c-{cause}\"")).count() as u64, count, "rows of {cause}");
    }
    let tile =
        |label: &str| page.split("<li class=\"tile").find(|t| t.contains(label)).map(|t| number(t.split_once("<b>").unwrap().1.to_owned()));
    assert_eq!(tile("need action"), states.get("not-activated").copied());
    assert_eq!(tile("</svg>activated"), states.get("activated").copied());
    let planned: u64 = page.split("class=\"count num\">").skip(1).take(3).map(|t| number(t.to_owned())).sum();
    assert_eq!(planned, counted(&results, "/verdict/cause").values().sum::<u64>(), "the plan's three entries hold every cause");
}
