//! The codes as a whole: nothing is lost, each entry says what a report needs, and a meaning that only a
//! symbol gives is marked as such.

use std::collections::BTreeSet;
use std::fs;

use crate::files::{knowledge, report, root};

/// Codes that the sources name, all described: only ever raise it.
const CODES_MIN: usize = 486;
/// Symptoms that the same sources list beside the codes and that are none.
const SYMPTOMS: usize = 22;

#[test]
fn no_code_of_the_sources_is_missing() {
    let count = knowledge().codes.len();
    assert!(count >= CODES_MIN, "{count} codes are described, {CODES_MIN} were");
}

#[test]
fn a_symptom_without_a_code_is_read_elsewhere() {
    let table = fs::read_to_string(root().join("tests/it/symptoms.tsv")).unwrap();
    let k = knowledge();
    let (mut seen, mut problems) = (BTreeSet::new(), Vec::new());
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [symptom, read_as, why] = cells.as_slice() else { panic!("three cells are needed: {line}") };
        let there = match read_as.split_once(' ') {
            Some(("rule", id)) => k.rules.contains_key(id),
            Some(("message", id)) => k.messages.messages.iter().any(|m| m.id == id),
            Some(("check", id)) => k.checks.iter().any(|c| c.id == id),
            Some(("cause", id)) => k.causes.contains_key(id),
            Some(("remedy", id)) => k.remedies.contains_key(id),
            _ => false,
        };
        if !there || why.trim().is_empty() {
            problems.push(format!("  {symptom}: {read_as}"));
        }
        seen.insert(*symptom);
    }
    report("symptoms are read by nothing", &problems);
    assert_eq!(seen.len(), SYMPTOMS, "a symptom is missing or stands twice");
}

#[test]
fn every_code_says_what_a_report_needs() {
    let mut problems = Vec::new();
    for code in knowledge().codes.iter() {
        let mut wrong = |what: &str| problems.push(format!("  {}: {what}", code.code));
        if code.symbol.is_empty() && code.sure == "symbol" {
            wrong("is known by its symbol only, and has none");
        }
        if !["documented", "symbol", "reported"].contains(&code.sure.as_str()) {
            wrong("`sure` is none of documented, symbol, reported");
        }
        if [&code.applies, &code.source, &code.read, &code.who].iter().any(|t| t.is_empty()) {
            wrong("applies, source, read or who is empty");
        }
        if code.role == "failure" && code.remedies.is_empty() {
            wrong("a failure has no remedy");
        }
        if code.sure == "symbol" && code.certainty == "certain" {
            wrong("a symbol alone makes nothing certain");
        }
        if code.rivals.contains(&code.cause) {
            wrong("its cause is its own rival");
        }
    }
    report("codes are incomplete", &problems);
}
