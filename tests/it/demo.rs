//! The demo drop: a folder as a help desk finds it, and beside it what each case must say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use kms_triage::analyze::Analysis;
use kms_triage::{Input, analyze};

use crate::files::{knowledge, report, root, under};

type Files = Vec<(String, Vec<u8>)>;

/// Cases of the drop as `scan` makes them: a sub-folder is one, and loose files that share what stands
/// before the first `_` are one.
pub(crate) fn cases() -> BTreeMap<String, Files> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (path, on_disk) in under("corpus/demo") {
        files.push((path.trim_start_matches("corpus/demo/").to_owned(), fs::read(on_disk).unwrap()));
    }
    let stem = |path: &str| path.rsplit_once('.').map_or(path, |p| p.0).to_owned();
    let prefix = |path: &str| stem(path).split('_').next().unwrap_or_default().to_owned();
    let loose: Vec<String> = files.iter().filter(|f| !f.0.contains('/')).map(|f| prefix(&f.0)).collect();
    let mut cases: BTreeMap<String, Files> = BTreeMap::new();
    for (path, bytes) in files {
        let (case, name) = match path.split_once('/') {
            Some((folder, name)) => (folder.to_owned(), name.to_owned()),
            None if loose.iter().filter(|l| **l == prefix(&path)).count() > 1 => (prefix(&path), path),
            None => (stem(&path), path),
        };
        cases.entry(case).or_default().push((name, bytes));
    }
    cases
}

/// Analyses of all demo cases.
pub(crate) fn analyses() -> Vec<Analysis> {
    let analyze_case = |(name, files): (&String, &Files)| {
        let inputs: Vec<Input<'_>> = files.iter().map(|(n, b)| Input::new(n, b)).collect();
        analyze(knowledge(), name, &inputs)
    };
    cases().iter().map(analyze_case).collect()
}

#[test]
fn the_drop_says_what_is_expected() {
    let table = fs::read_to_string(root().join("corpus/demo-expected.tsv")).unwrap();
    let mut expected: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        expected.insert(cell(), (cell(), cell()));
    }
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for analysis in analyses() {
        let case = &analysis.case;
        let got = (case.verdict.state.as_str(), case.verdict.cause.as_deref().unwrap_or("-"));
        match expected.get(case.case.as_str()) {
            Some(want) if *want == got => {}
            Some(want) => problems.push(format!("  {}: expected {want:?}, got {got:?}", case.case)),
            None => problems.push(format!("  {}: not in demo-expected.tsv, got {got:?}", case.case)),
        }
        seen.insert(case.case.clone());
    }
    problems.extend(expected.keys().filter(|c| !seen.contains(**c)).map(|c| format!("  {c}: no such case")));
    report("demo cases differ from demo-expected.tsv", &problems);
}

#[test]
fn the_drop_is_as_varied_as_a_real_one() {
    let analyses = analyses();
    let encodings: BTreeSet<String> = analyses.iter().flat_map(|a| &a.case.files).map(|f| f.encoding.clone()).collect();
    assert!((28..=32).contains(&analyses.len()), "{} cases", analyses.len());
    assert!(encodings.iter().any(|e| e.contains("big5 + utf-16le")), "no file mixes Big5 and UTF-16LE: {encodings:?}");
    assert!(encodings.iter().any(|e| e.contains("recovered")), "no mojibake: {encodings:?}");
    assert!(encodings.iter().filter(|e| !e.contains(' ')).count() >= 4, "too few encodings: {encodings:?}");
}
