//! Every case folder against its `expected.json`. `UPDATE_EXPECTED=1` rewrites them: read the diff.

use std::fs;

use kms_triage::analyze::{Analysis, Source};
use kms_triage::console::read::RowClass;
use kms_triage::lines;

use crate::cases::{self, TestCase};
use crate::expect::Expected;
use crate::files::report;

#[test]
fn every_case_says_what_is_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut problems = Vec::new();
    for case in cases::all() {
        let analysis = case.analyze();
        let differences = compare(case, &analysis, update);
        match (&case.about.fixme, differences.is_empty()) {
            (None, false) => problems.push(format!("  {}\n    {}", case.name, differences.join("\n    "))),
            (Some(why), true) => problems.push(format!("  {}\n    is right now; remove its fixme: {why}", case.name)),
            _ => {}
        }
    }
    report("cases differ from their expected.json", &problems);
}

fn compare(case: &TestCase, analysis: &Analysis, update: bool) -> Vec<String> {
    let path = case.folder.join("expected.json");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let parsed: Result<Expected, _> = serde_json::from_str(&text);
    if update && case.about.fixme.is_none() {
        let now = Expected::of(&analysis.case, parsed.as_ref().unwrap_or(&Expected::default()));
        let json = serde_json::to_string_pretty(&now).unwrap();
        fs::write(path, format!("{json}\n")).unwrap();
        return Vec::new();
    }
    match parsed {
        Ok(expected) => expected.differences(&analysis.case).into_iter().chain(encoding_difference(case, analysis)).collect(),
        Err(error) => vec![format!("expected.json: {error}")],
    }
}

/// The encoding that `case.toml` claims against the one that the decoder names.
fn encoding_difference(case: &TestCase, analysis: &Analysis) -> Option<String> {
    let wanted = case.about.encoding.as_ref()?;
    let mut labels: Vec<String> = Vec::new();
    for label in analysis.sources.iter().map(|s| s.decoded.encoding_label()) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    let got = labels.join(", ");
    (*wanted != got).then(|| format!("encoding: expected {wanted}, got {got}"))
}

#[test]
fn cases_named_after_an_encoding_claim_it() {
    let encodings = ["big5", "gbk", "utf-8", "utf-16", "encodings", "mojibake"];
    let named = cases::all().into_iter().filter(|c| encodings.iter().any(|e| c.name.contains(e)));
    let silent = named.filter(|c| c.about.encoding.is_none()).map(|c| format!("  {}", c.name));
    report("cases claim no encoding", &silent.collect::<Vec<_>>());
}

/// A run that rewrites what is expected finds nothing.
#[test]
fn nothing_is_rewritten_unattended() {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    assert!(!(set("CI") && set("UPDATE_EXPECTED")), "UPDATE_EXPECTED is for a person who reads the difference");
}

#[test]
fn near_misses_stay_silent() {
    let mut problems = Vec::new();
    for case in cases::all() {
        let analysis = case.analyze();
        let fired = |id: &str| analysis.case.findings.iter().any(|f| f.rule == id || (f.cause == id && !f.evidence_for.is_empty()));
        for id in case.about.near_miss.iter().filter(|id| fired(id)) {
            problems.push(format!("  {}: {id} fired", case.name));
        }
    }
    report("near misses were hit", &problems);
}

#[test]
fn nothing_is_dropped_silently() {
    let mut problems = Vec::new();
    for case in cases::all() {
        // Logs and their texts have records, not lines; what is not read of them stands in their status.
        for source in case.analyze().sources.iter().filter(|s| !matches!(s.kind, "evtx" | "mta")) {
            problems.extend(line_sums(source).map(|p| format!("  {}/{}: {p}", case.name, source.name)));
        }
    }
    report("files whose rows do not cover their lines once", &problems);
}

/// Message + structure + noise + unread = all: rows follow each other without gap or overlap.
fn line_sums(source: &Source) -> Option<String> {
    let text = &source.decoded.text;
    let all = lines::split(text);
    let mut next = 0;
    for row in &source.rows {
        let start = all.get(next).map(|l| l.range.start);
        if start != Some(row.range.start) {
            return Some(format!("row {:?} starts at {}, line at {start:?}", row.numbers, row.range.start));
        }
        next += all.iter().skip(next).take_while(|l| l.range.end <= row.range.end).count().max(1);
        let content = text.get(row.range.clone())?;
        if (row.class == RowClass::Blank) != content.trim().is_empty() {
            return Some(format!("row {:?} is {:?}: {content:?}", row.numbers, row.class));
        }
    }
    (next != all.len()).then(|| format!("{next} of {} lines are in rows", all.len()))
}
