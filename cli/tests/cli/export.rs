//! Results for machines: the table, on disk and on standard output.

use std::fs;
use std::path::Path;

use crate::{ACTIVATED, FAILED, code, run, text, two_cases, write};

/// Rows of a table by column name.
fn rows(csv: &str) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_reader(csv.strip_prefix('\u{feff}').unwrap().as_bytes());
    let header = reader.headers().unwrap().clone();
    let named = |r: csv::StringRecord| header.iter().map(str::to_owned).zip(r.iter().map(str::to_owned)).collect();
    reader.records().map(|r| named(r.unwrap())).collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    &row.iter().find(|c| c.0 == name).unwrap().1
}

fn table(report: &Path) -> String {
    fs::read_to_string(report.join("results.csv")).unwrap()
}

#[test]
fn the_table_lies_beside_the_results_and_links_to_pages() {
    let top = two_cases();
    let output = run(top.path(), &["scan", "drop", "--format", "csv", "--locale", "zh-TW"]);
    assert_eq!(code(&output), 0);
    let report = top.path().join("report");
    assert_eq!(text(&output.stdout), table(&report));
    let rows = rows(text(&output.stdout));
    assert_eq!(rows.iter().map(|r| cell(r, "case")).collect::<Vec<_>>(), ["PC-01", "PC-02"]);
    assert_eq!(rows.iter().map(|r| cell(r, "state_title")).collect::<Vec<_>>(), ["已啟用", "未啟用"]);
    assert_eq!(cell(&rows[1], "codes"), "0xC004F074");
    assert!(!cell(&rows[1], "next_command").is_empty() && !cell(&rows[1], "cause_title").is_empty());
    assert_eq!(cell(&rows[1], "evidence"), "slmgr.txt:2");
    for row in &rows {
        assert!(cell(row, "page").ends_with(".zh-TW.html") && report.join(cell(row, "page")).is_file(), "{row:?}");
    }
    let index = fs::read_to_string(report.join("index.html")).unwrap();
    assert!(index.contains("href=\"results.csv\"") && index.contains("href=\"results.ndjson\""));
    let ndjson = run(top.path(), &["scan", "drop", "--format", "ndjson", "--pages", "none"]);
    assert_eq!(ndjson.stdout, fs::read(report.join("results.ndjson")).unwrap());
    let summary = run(top.path(), &["scan", "drop", "--format", "summary", "--pages", "none"]);
    assert_eq!(summary.stdout, fs::read(report.join("summary.json")).unwrap());
    assert!(crate::export::rows(&table(&report)).iter().all(|r| cell(r, "page").is_empty()));
}

#[cfg(unix)]
#[test]
fn no_cell_of_a_hostile_drop_is_a_formula() {
    let top = tempfile::tempdir().unwrap();
    for name in ["=cmd|'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "a\"b,c", "  =2"] {
        write(top.path().join(format!("drop/{name}/slmgr.txt")), FAILED);
    }
    let host = "Name: Windows(R), Professional edition\r\nKMS machine name: =HYPERLINK(\"x\"):1688\r\nLicense Status: Licensed\r\n";
    write(top.path().join("drop/host/slmgr.txt"), host);
    assert_eq!(code(&run(top.path(), &["scan", "drop"])), 0);
    let csv = table(&top.path().join("report"));
    let rows = rows(&csv);
    assert_eq!(rows.len(), 9);
    for (name, value) in rows.iter().flatten() {
        assert!(!value.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{name}: {value}");
    }
    assert!(rows.iter().any(|r| cell(r, "case") == "a\"b,c") && rows.iter().any(|r| cell(r, "case") == "'=cmd|'!A1"));
}

#[test]
fn check_prints_one_row() {
    let top = tempfile::tempdir().unwrap();
    write(top.path().join("PC-07_slmgr.txt"), ACTIVATED);
    let output = run(top.path(), &["check", "PC-07_slmgr.txt", "--format", "csv", "--locale", "en"]);
    assert_eq!(code(&output), 0);
    let rows = rows(text(&output.stdout));
    assert_eq!(rows.len(), 1);
    assert_eq!((cell(&rows[0], "case"), cell(&rows[0], "state_title"), cell(&rows[0], "page")), ("PC-07", "Activated", ""));
    assert!(text(&output.stdout).ends_with(",\r\n"));
}
