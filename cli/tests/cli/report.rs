//! What the report folder holds after a scan, a second one, and one that was killed.

use std::fs;

use crate::{FAILED, assert_links, case_folders, code, run, text, tree, two_cases, write};

#[test]
fn a_second_scan_replaces_the_first() {
    let top = two_cases();
    let report = top.path().join("report");
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en"])), 0);
    let first = case_folders(&report);
    let before = tree(&report);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en"])), 0);
    assert_eq!(tree(&report), before, "the same drop gives the same report");
    // A page that got lost comes back, although the content has not changed.
    fs::remove_file(report.join(&before.iter().find(|f| f.0.contains("PC-01.en")).unwrap().0)).unwrap();
    run(top.path(), &["scan", "drop", "--locale", "en"]);
    assert_eq!(tree(&report), before);
    write(top.path().join("drop/PC-03/slmgr.txt"), FAILED);
    fs::remove_dir_all(top.path().join("drop/PC-01")).unwrap();
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "zh-TW"])), 0);
    let second = case_folders(&report);
    assert_eq!(second.len(), 1);
    assert_ne!(first, second);
    assert!(report.join("index.en.html").exists() && !report.join("index.zh-TW.html").exists());
    assert_links(&report);
}

#[test]
fn what_a_killed_scan_left_behind_goes() {
    let top = two_cases();
    let report = top.path().join("report");
    run(top.path(), &["scan", "drop"]);
    let whole = tree(&report);
    write(report.join(".kms-triage-new/PC-01.en.html"), "half a page");
    write(report.join(".kms-triage-new-index.html"), "half an index");
    assert_links(&report);
    run(top.path(), &["scan", "drop"]);
    assert_eq!(tree(&report), whole);
}

#[test]
fn a_broken_template_leaves_the_old_report_whole() {
    let top = two_cases();
    run(top.path(), &["scan", "drop"]);
    let before = tree(&top.path().join("report"));
    for template in ["index.html", "report.html"] {
        write(top.path().join("data/templates").join(template), "{{ no_such_word }}");
        write(top.path().join("drop/PC-09/slmgr.txt"), FAILED);
        let output = run(top.path(), &["scan", "drop", "--knowledge", "data"]);
        assert_eq!(code(&output), 70);
        assert!(text(&output.stderr).contains(template), "{}", text(&output.stderr));
        fs::remove_dir_all(top.path().join("data")).unwrap();
        assert_eq!(tree(&top.path().join("report")), before);
    }
}

#[test]
fn pages_can_be_fewer() {
    let top = two_cases();
    let report = top.path().join("report");
    run(top.path(), &["scan", "drop", "--locale", "en"]);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en", "--pages", "primary"])), 0);
    assert_links(&report);
    assert!(!report.join("index.zh-TW.html").exists());
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en", "--pages", "none"])), 0);
    assert!(case_folders(&report).is_empty());
    assert!(report.join("index.zh-TW.html").exists() && report.join("results.ndjson").exists());
}

#[test]
fn the_report_may_lie_in_the_drop() {
    let top = two_cases();
    let drop = top.path().join("drop");
    for _ in 0..2 {
        assert_eq!(code(&run(&drop, &["scan", "."])), 0);
        assert_eq!(fs::read_to_string(drop.join("report/results.ndjson")).unwrap().lines().count(), 2);
    }
    assert_eq!(code(&run(&drop, &["scan", ".", "--out", "."])), 64);
}

#[test]
fn files_of_others_stay() {
    let top = two_cases();
    write(top.path().join("site/index.html"), "my page");
    let output = run(top.path(), &["scan", "drop", "--out", "site"]);
    assert_eq!(code(&output), 64);
    assert_eq!(fs::read(top.path().join("site/index.html")).unwrap(), b"my page");
    write(top.path().join("notes/cases-0123456789ab/mine.txt"), "mine");
    write(top.path().join("notes/mine.txt"), "mine");
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--out", "notes"])), 0);
    assert!(top.path().join("notes/cases-0123456789ab/mine.txt").exists() && top.path().join("notes/mine.txt").exists());
}
