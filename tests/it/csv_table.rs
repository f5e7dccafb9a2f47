//! `results.csv`: its documentation, and its rows against the JSON of the same cases.

use std::fs;

use kms_triage::table;
use serde_json::Value;

use crate::demo;
use crate::files::{knowledge, root};

#[test]
fn the_columns_are_documented() {
    let text = fs::read_to_string(root().join("docs/table.md")).unwrap();
    let rows = text.lines().filter_map(|l| l.strip_prefix("| `")).filter_map(|l| l.split_once("` | "));
    let documented: Vec<(&str, &str)> = rows.collect();
    assert_eq!(documented.iter().map(|d| d.0).collect::<Vec<_>>(), table::COLUMNS);
    assert!(documented.iter().all(|d| d.1.len() > 10));
}

/// A cell as its JSON value has it.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn rows_say_what_the_json_says() {
    let analyses = demo::analyses();
    let rows = analyses.iter().map(|a| table::whole(&table::row(knowledge(), a, "en"), "pages/a.html"));
    let file: String = std::iter::once(table::head()).chain(rows).collect();
    let mut reader = csv::Reader::from_reader(file.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), analyses.len());
    let (mut causes, mut hosts, mut days) = (0, 0, 0);
    for (record, analysis) in records.iter().zip(&analyses) {
        let cell = |name: &str| record.get(header.iter().position(|h| h == name).unwrap()).unwrap();
        let case = serde_json::to_value(&analysis.case).unwrap();
        let verdict = &case["verdict"];
        assert_eq!(cell("case"), plain(&case["case"]));
        for name in ["state", "cause", "sub_cause", "certainty"] {
            assert_eq!(cell(name), plain(&verdict[name]), "{name} of {}", cell("case"));
        }
        assert_eq!(cell("summary"), plain(&verdict["summary"]["en"]));
        let products = case["products"].as_array().unwrap();
        let deciding = products.iter().find(|p| !cell("product_name").is_empty() && p["name"] == *cell("product_name"));
        if let Some(product) = deciding {
            for name in ["family", "version", "channel", "license_status"] {
                let same = products.iter().filter(|p| p["name"] == product["name"]).any(|p| plain(&p[name]) == cell(name));
                assert!(same, "{name} of {}", cell("case"));
            }
        }
        let minutes: Vec<i64> = products.iter().filter_map(|p| p["minutes_left"].as_i64()).map(|m| m / 1440).collect();
        assert!(cell("days_left").is_empty() || minutes.contains(&cell("days_left").parse().unwrap()));
        let known = products.iter().any(|p| plain(&p["kms"]["host"]) == cell("kms_host") && plain(&p["kms"]["port"]) == cell("kms_port"));
        assert!(cell("kms_host").is_empty() || known, "{}", cell("case"));
        let failing: Vec<String> =
            case["error_codes"].as_array().unwrap().iter().filter(|c| c["role"] == "failure").map(|c| plain(&c["code"])).collect();
        assert_eq!(cell("codes"), failing.join("; "));
        assert_eq!(cell("files"), case["files"].as_array().unwrap().len().to_string());
        assert_eq!(cell("actor").is_empty(), cell("needs_action") == "no");
        assert_eq!(cell("page"), "pages/a.html");
        assert_eq!(cell("evidence").is_empty(), cell("cause").is_empty() || !evidence_is_shown(&case));
        causes += usize::from(!cell("cause_title").is_empty());
        hosts += usize::from(!cell("kms_host").is_empty());
        days += usize::from(!cell("days_left").is_empty());
    }
    assert!(causes > 5 && hosts > 2 && days > 2, "{causes} causes, {hosts} hosts, {days} with days");
}

fn evidence_is_shown(case: &Value) -> bool {
    let findings = case.get("findings").and_then(Value::as_array).unwrap();
    let shown = |f: &&Value| f.get("cause") == case.pointer("/verdict/cause") && f.pointer("/for/0/file").is_some_and(Value::is_string);
    findings.iter().any(|f| shown(&f))
}
