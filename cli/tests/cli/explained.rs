//! From what a report claims to what explains it: links, and the folder of pages that they lead to.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{assert_links, code, folders, run, text, two_cases, values};

/// Ids of a list of objects under `key`.
fn ids<'v>(case: &'v Value, list: &str, key: &str) -> Vec<&'v str> {
    case[list].as_array().unwrap().iter().filter_map(|row| row[key].as_str()).collect()
}

/// Anchors of what one case claims: cause, rivals, checks, failing codes, and the first rules behind it.
fn claims(case: &Value) -> Vec<String> {
    let verdict = &case["verdict"];
    let rivals = verdict["rivals"].as_array().unwrap().iter().filter_map(|r| r["cause"].as_str());
    let causes: Vec<&str> = verdict["cause"].as_str().into_iter().chain(rivals).collect();
    let failing = case["error_codes"].as_array().unwrap().iter().filter(|c| c["role"] == "failure").take(5);
    let rules = ids(case, "findings", "rule").into_iter().filter(|r| !r.contains("/code-0x")).take(1);
    let mut anchors: Vec<String> = causes.iter().map(|id| format!("cause-{id}")).collect();
    anchors.extend(ids(case, "checks", "id").iter().map(|id| format!("check-{id}")));
    anchors.extend(failing.map(|c| format!("code-{}", c["code"].as_str().unwrap())));
    anchors.extend(rules.map(|id| format!("rule-{}", id.replace('/', "--"))));
    anchors
}

#[test]
fn every_claim_of_the_demo_leads_to_its_explanation() {
    let top = tempfile::tempdir().unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/demo");
    let output = run(top.path(), &["scan", demo.to_str().unwrap(), "--locale", "en"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = top.path().join("report");
    assert_links(&report);
    let cases = report.join(&folders(&report, "cases-")[0]);
    let explained = folders(&report, "explain-");
    assert_eq!(explained.len(), 1);
    let results = fs::read_to_string(report.join("results.ndjson")).unwrap();
    let mut followed = 0;
    for case in results.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let name = case["case"].as_str().unwrap();
        for locale in ["zh-TW", "en", "zh-CN"] {
            let html = fs::read_to_string(cases.join(format!("{name}.{locale}.html"))).unwrap().replace("&#x2f;", "/");
            let links = values(&html, "href");
            for anchor in claims(&case) {
                let kind = anchor.split('-').next().unwrap();
                let wanted = format!("../{}/{kind}.{locale}.html#{anchor}", explained[0]);
                assert!(links.contains(&wanted.as_str()), "{name} in {locale} does not link to {wanted}");
                followed += 1;
            }
            let steps = html.matches("<ol class=\"steps\"").count();
            let remedies = links.iter().filter(|l| l.contains("#remedy-")).count();
            assert!(steps == 0 || remedies > 0, "{name} in {locale} has steps that nothing explains");
        }
    }
    assert!(followed > 1_000, "{followed} links");
    let index = fs::read_to_string(report.join("index.html")).unwrap().replace("&#x2f;", "/");
    assert!(index.contains(&format!("\"{}/cause.en.html#cause-kms-unreachable\"", explained[0])));
    assert!(index.contains(&format!("\"{}/code.en.html#code-0xC004F074\"", explained[0])));
}

#[test]
fn explanations_go_with_the_report_that_needs_them() {
    let top = two_cases();
    let report = top.path().join("report");
    let scan = |more: &[&str]| {
        assert_eq!(code(&run(top.path(), &[&["scan", "drop", "--locale", "en"], more].concat())), 0);
        folders(&report, "explain-")
    };
    let first = scan(&[]);
    assert_eq!(first.len(), 1);
    let pages = || fs::read_dir(report.join(&folders(&report, "explain-")[0])).unwrap().count();
    assert_eq!(pages(), 6 * 3 + 1);
    // A page that got lost comes back.
    fs::remove_file(report.join(&first[0]).join("code.en.html")).unwrap();
    assert_eq!(scan(&[]), first);
    assert_links(&report);
    let primary = scan(&["--pages", "primary"]);
    assert!(primary.len() == 1 && primary != first);
    assert_eq!(pages(), 6 + 1);
    assert_links(&report);
    assert!(scan(&["--pages", "none"]).is_empty());
    assert!(!fs::read_to_string(report.join("index.html")).unwrap().contains("explain-"));
    // A page for itself has nothing to lead to.
    let alone = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--format", "html"]);
    assert!(!text(&alone.stdout).contains("class=\"quiet\"") && !text(&alone.stdout).contains("class=\"more\""));
}
