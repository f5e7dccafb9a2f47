//! `scan`: cases, threads, exit codes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::{ACTIVATED, FAILED, assert_links, case_folders, code, run, text, tree, two_cases, write};

#[test]
fn scan_writes_a_report_in_three_languages() {
    let top = two_cases();
    let output = run(top.path(), &["scan", "drop", "--format", "json", "--locale", "en"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = top.path().join("report");
    assert_eq!(output.stdout, fs::read(report.join("results.ndjson")).unwrap());
    assert_eq!(text(&output.stdout).lines().count(), 2);
    assert!(text(&output.stderr).contains("2 cases") && text(&output.stderr).contains("index.html"));
    for name in ["index.html", "index.zh-TW.html", "index.zh-CN.html"] {
        assert!(report.join(name).exists(), "{name}");
    }
    assert!(!report.join("index.en.html").exists());
    assert!(text(&fs::read(report.join("index.html")).unwrap()).contains("lang=\"en\""));
    let [pages] = case_folders(&report).try_into().unwrap();
    assert_eq!(tree(&report.join(pages)).iter().filter(|f| f.0.ends_with(".html")).count(), 6);
    assert_links(&report);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--fail-on", "action"])), 1);
}

#[test]
fn threads_do_not_change_a_byte() {
    let top = tempfile::tempdir().unwrap();
    for number in 0..24 {
        let content = if number % 3 == 0 { ACTIVATED } else { FAILED };
        write(top.path().join(format!("drop/PC-{number:02}/slmgr.txt")), content);
    }
    write(top.path().join("drop/PC-03/records.evtx"), b"MZ\x90\0 a program\0");
    for jobs in ["1", "4"] {
        let output = run(top.path(), &["scan", "drop", "--jobs", jobs, "--out", &format!("report-{jobs}")]);
        assert_eq!(code(&output), 2);
    }
    assert_eq!(tree(&top.path().join("report-1")), tree(&top.path().join("report-4")));
}

fn case_names(report: &Path) -> Vec<String> {
    let lines = fs::read_to_string(report.join("results.ndjson")).unwrap();
    lines.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["case"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn cases_are_folders_stems_and_files() {
    let top = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("drop/A/deep/er/slmgr.txt", FAILED),
        ("drop/A_slmgr.txt", FAILED),
        ("drop/A.ospp.txt", ACTIVATED),
        ("drop/CON.txt", ACTIVATED),
        ("drop/a_x.txt", ACTIVATED),
        ("drop/.DS_Store", "x"),
        ("drop/A/desktop.ini", "x"),
        ("more/A/slmgr.txt", ACTIVATED),
    ] {
        write(top.path().join(name), content);
    }
    let output = run(top.path(), &["scan", "drop", "more", "--locale", "en"]);
    assert_eq!(code(&output), 0, "what the system left behind was not given: {}", text(&output.stderr));
    let report = top.path().join("report");
    assert_eq!(case_names(&report), ["A", "A-2", "A-3", "CON", "a"]);
    let index = fs::read_to_string(report.join("index.html")).unwrap();
    assert!(index.contains(".DS_Store") && index.contains("desktop.ini"), "listed, not dropped silently");
    assert_links(&report);
    let pages: BTreeSet<String> = tree(&report).into_iter().map(|f| f.0.to_lowercase()).collect();
    assert_eq!(pages.len(), tree(&report).len(), "unique where case does not count");
}

#[test]
fn an_empty_or_missing_drop_is_nothing_read() {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir(top.path().join("drop")).unwrap();
    assert_eq!(code(&run(top.path(), &["scan", "drop"])), 3);
    assert_eq!(code(&run(top.path(), &["scan", "nowhere"])), 3);
    write(top.path().join("drop/a.txt"), ACTIVATED);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "nowhere"])), 2);
    let report = tree(&top.path().join("report"));
    assert_eq!(code(&run(top.path(), &["scan", "nowhere"])), 3);
    assert_eq!(tree(&top.path().join("report")), report, "the last report stays");
}

#[test]
fn texts_that_windows_saved_beside_a_log_join_its_case() {
    let top = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/events/display-texts-beside-a-log-zh-tw");
    for (log, texts) in [
        ("drop/PC-07/Application.evtx", "drop/PC-07/LocaleMetaData/Application_1028.MTA"),
        ("drop/PC-08.evtx", "drop/LocaleMetaData/PC-08_1028.MTA"),
    ] {
        write(top.path().join(log), fs::read(from.join("Application.evtx")).unwrap());
        write(top.path().join(texts), fs::read(from.join("Application_1028.MTA")).unwrap());
    }
    let output = run(top.path(), &["scan", "drop", "--locale", "en"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let results = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    let cases: Vec<serde_json::Value> = results.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(cases.iter().map(|c| c["case"].as_str().unwrap()).collect::<Vec<_>>(), ["PC-07", "PC-08"]);
    assert!(cases.iter().all(|c| c["events"][0]["sentence"].as_str().is_some_and(|s| s.contains("啟用要求"))), "{results}");
}
