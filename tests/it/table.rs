//! `docs/coverage.md`: which causes the corpus shows, in which kind of evidence and in which language.
//! `UPDATE_EXPECTED=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use kms_triage::analyze::Analysis;

use crate::cases::{self, TestCase};
use crate::coverage::{Counts, rules};
use crate::files::{knowledge, root};

/// Where the table stands.
const TABLE: &str = "docs/coverage.md";
/// Columns, and whether their words depend on the language of the machine.
const KINDS: [(&str, bool); 9] = [
    ("slmgr", true),
    ("ospp", true),
    ("code alone", true),
    ("pasted", true),
    ("event text", true),
    (".evtx", false),
    ("diagnostics", true),
    ("MGADiag", false),
    ("shell", true),
];
const LANGUAGES: [&str; 3] = ["zh-TW", "en", "zh-CN"];
/// From here on the exact number tells nothing, and the table would change with every case.
const MANY: usize = 5;

/// Columns by their place in [`KINDS`].
fn kinds(case: &TestCase, analysis: &Analysis) -> BTreeSet<&'static str> {
    let tools: BTreeSet<&str> = analysis.case.runs.iter().map(|r| r.tool.as_str()).collect();
    let logs = case.files.iter().any(|f| f.0.ends_with(".evtx"));
    let events = !analysis.case.events.is_empty();
    let report = analysis.case.files.iter().any(|f| f.kind == "mgadiag");
    let diagnostics = tools.iter().any(|t| !["slmgr", "ospp", "mgadiag", "other", "shell", "cscript"].contains(t));
    let stated = [
        ("slmgr", tools.contains("slmgr")),
        ("ospp", tools.contains("ospp")),
        (".evtx", logs && events),
        ("event text", !logs && events),
        ("MGADiag", report),
        ("diagnostics", diagnostics),
    ];
    let mut kinds: BTreeSet<&str> = stated.iter().filter(|s| s.1).map(|s| s.0).collect();
    if kinds.is_empty() {
        kinds.insert(if analysis.case.error_codes.is_empty() { "shell" } else { "code alone" });
    }
    if case.group() == "shell" {
        kinds.insert("shell");
    }
    if case.group() == "pasted" || case.name.contains("-box-") {
        kinds.insert("pasted");
    }
    kinds
}

/// `tests/it/evidence.tsv`: cause → columns in which it can show at all.
fn possible() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(root().join("tests/it/evidence.tsv")).unwrap();
    let rows = text.lines().filter(|l| !l.starts_with('#')).map(|line| {
        let (cause, kinds) = line.split_once('\t').unwrap_or((line, ""));
        (cause.to_owned(), kinds.split(", ").map(str::to_owned).collect())
    });
    rows.collect()
}

#[test]
fn the_table_of_causes_is_fresh() {
    if std::env::var_os("CASE").is_some() {
        return;
    }
    let possible = possible();
    let unknown: Vec<&String> = possible.values().flatten().filter(|k| !KINDS.iter().any(|c| c.0 == *k)).collect();
    assert!(unknown.is_empty(), "evidence.tsv names {unknown:?}");
    let listed: Vec<&String> = possible.keys().collect();
    assert_eq!(listed, knowledge().causes.keys().collect::<Vec<_>>(), "evidence.tsv lists other causes than causes/");

    let mut counts: BTreeMap<(String, &str, String), usize> = BTreeMap::new();
    let mut of_rules = Counts::default();
    for case in cases::all() {
        let analysis = case.analyze();
        of_rules.add(case, &analysis);
        let Some(cause) = &analysis.case.verdict.cause else { continue };
        for kind in kinds(case, &analysis) {
            *counts.entry((cause.clone(), kind, case.about.language.clone())).or_default() += 1;
        }
    }
    let (rows, cells, empty) = rows_of(&possible, &counts);
    let table = page(&rows, cells, empty, &of_rules);
    let path = root().join(TABLE);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), table, "{TABLE} is stale: run the test with UPDATE_EXPECTED=1");
    assert_eq!(empty, 0, "cells without a case: add one, or say in evidence.tsv why there is none");
}

type Counted = BTreeMap<(String, &'static str, String), usize>;

/// Rows of the table, the number of cells that can be filled, and of those that are empty.
fn rows_of(possible: &BTreeMap<String, BTreeSet<String>>, counts: &Counted) -> (String, usize, usize) {
    let (mut rows, mut cells, mut empty) = (String::new(), 0, 0);
    for (cause, open) in possible {
        write!(rows, "| `{cause}` |").unwrap();
        for (kind, by_language) in KINDS {
            let count = |language: &str| counts.get(&(cause.clone(), kind, language.to_owned())).copied().unwrap_or(0);
            let own = LANGUAGES.map(count);
            let all = own.iter().sum::<usize>() + count("mixed");
            let shown: Vec<usize> = if by_language { own.to_vec() } else { vec![all] };
            if !open.contains(kind) && all == 0 {
                rows.push_str(" – |");
                continue;
            }
            cells += shown.len();
            empty += shown.iter().filter(|n| **n == 0).count();
            let words = shown.iter().map(|n| if *n < MANY { n.to_string() } else { format!("{MANY}+") });
            write!(rows, " {} |", words.collect::<Vec<_>>().join(" ")).unwrap();
        }
        rows.push('\n');
    }
    (rows, cells, empty)
}

fn page(rows: &str, cells: usize, empty: usize, of_rules: &Counts) -> String {
    let names = KINDS.map(|k| k.0);
    format!(
        "# What the corpus covers\n\n\
         Written by `tests/it/table.rs`; `UPDATE_EXPECTED=1 cargo test -p kms-triage --test it` writes it anew.\n\n\
         Cases by cause and kind of evidence. Three numbers are zh-TW, en and zh-CN; one number stands where the\n\
         evidence has no language. `{MANY}+` are {MANY} or more. A dash means that this evidence cannot show the\n\
         cause (`tests/it/evidence.tsv`). A case with several kinds of evidence counts in each.\n\n\
         {cells} cells can be filled, {empty} are empty.\n\n\
         | cause | {} |\n|---|{}\n{rows}\n\
         ## Rules\n\n\
         {} rules. With one firing case only: {}. With one near miss only: {}.\n",
        names.join(" | "),
        "---|".repeat(names.len()),
        rules().count(),
        of_rules.fired_once().len(),
        of_rules.missed_once().len(),
    )
}
