//! `scan --history` and `history`: what is kept, what is refused, and what a killed scan leaves.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::{ACTIVATED, FAILED, code, command, run, text, tree, two_cases, write};

fn scan_at(top: &TempDir, drop: &str, time: &str) {
    let output = run(top.path(), &["scan", drop, "--pages", "none", "--history", "h.db", "--run-time", time]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
}

/// Two weeks: PC-01 and PC-02 fail in the first, PC-02 alone in the second, which was scanned twice.
fn two_weeks() -> TempDir {
    let top = tempfile::tempdir().unwrap();
    for (drop, first) in [("one", FAILED), ("two", ACTIVATED)] {
        write(top.path().join(drop).join("PC-01/slmgr.txt"), first);
        write(top.path().join(drop).join("PC-02/slmgr.txt"), FAILED);
    }
    scan_at(&top, "one", "2026-11-16T09:00:00+08:00");
    scan_at(&top, "one", "2026-11-23T09:00:00+08:00");
    scan_at(&top, "two", "2026-11-27T09:00:00+08:00");
    top
}

#[test]
fn trends_come_from_the_newest_result_of_each_week() {
    let top = two_weeks();
    let json = |by: &str| -> Value {
        let output = run(top.path(), &["history", "h.db", "--by", by, "--format", "json"]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["rows"].clone()
    };
    let weeks = json("week");
    let row = |week: &str, runs: i64, bad: i64| {
        serde_json::json!({ "week": week, "runs": runs, "cases": 2, "needs_action": bad, "not_activated": bad, "grace": 0,
            "expiring": 0, "unknown": 0, "activated": 2 - bad })
    };
    assert_eq!(weeks, serde_json::json!([row("2026-W47", 1, 2), row("2026-W48", 2, 1)]));
    let causes = json("cause");
    let counts: Vec<(&str, i64)> =
        causes.as_array().unwrap().iter().map(|r| (r["week"].as_str().unwrap(), r["cases"].as_i64().unwrap())).collect();
    assert_eq!(counts, [("2026-W47", 2), ("2026-W48", 1)]);
    let products = json("product");
    assert_eq!(products[1]["needs_action"], 1);
    assert!(products[1]["product"].as_str().unwrap().contains("Windows"));
}

#[test]
fn trends_read_well_in_every_language() {
    let top = two_weeks();
    for (locale, word) in [("en", "Not activated"), ("zh-TW", "未啟用"), ("zh-CN", "未激活")] {
        let output = run(top.path(), &["history", "h.db", "--locale", locale]);
        assert!(text(&output.stdout).contains(word) && text(&output.stdout).contains("2026-W48"), "{}", text(&output.stdout));
        for by in ["cause", "product"] {
            let output = run(top.path(), &["history", "h.db", "--by", by, "--locale", locale]);
            assert_eq!(text(&output.stdout).lines().count(), 2, "{}", text(&output.stdout));
            assert!(text(&output.stdout).contains("2026-W47") && !text(&output.stdout).contains('?'));
        }
    }
    let output = run(top.path(), &["history", "h.db", "--by", "cause", "--format", "csv", "--locale", "zh-TW"]);
    let csv = text(&output.stdout);
    assert!(csv.starts_with("\u{feff}week,cause,cases,cause_title\r\n2026-W47,kms-"), "{csv}");
}

#[test]
fn the_same_runs_give_the_same_rows_and_no_report_knows_of_them() {
    let top = two_weeks();
    let report = tree(&top.path().join("report"));
    let output = run(top.path(), &["scan", "two", "--pages", "none"]);
    assert_eq!((code(&output), tree(&top.path().join("report"))), (0, report), "a report does not depend on the history");
    let other = two_weeks();
    let said = |top: &TempDir| run(top.path(), &["history", "h.db", "--format", "csv"]).stdout;
    assert_eq!(said(&top), said(&other));
    assert_eq!(code(&run(top.path(), &["scan", "two", "--history", "now.db"])), 0, "the system's clock will do");
    assert_eq!(code(&run(top.path(), &["scan", "two", "--run-time", "2026-11-23T00:00:00Z"])), 64, "a time without a history");
    assert_eq!(code(&run(top.path(), &["scan", "two", "--history", "h.db", "--run-time", "yesterday"])), 64);
}

/// What each command says about the file, which must stay as it is.
fn refused(top: &Path, name: &str) -> String {
    let before = fs::read(top.join(name)).unwrap();
    let mut said = String::new();
    for arguments in [vec!["scan", "drop", "--locale", "en", "--history", name], vec!["history", name, "--locale", "en"]] {
        let output = run(top, &arguments);
        assert_eq!(code(&output), 64, "{name}: {}", text(&output.stderr));
        said.push_str(text(&output.stderr));
        assert!(text(&output.stderr).contains(name) && output.stdout.is_empty(), "{said}");
    }
    assert_eq!(fs::read(top.join(name)).unwrap(), before, "{name} was changed");
    assert!(!top.join("report").exists(), "refused before the work");
    said
}

#[test]
fn foreign_and_damaged_files_are_refused_and_stay() {
    let top = two_cases();
    write(top.path().join("text.db"), "notes of somebody");
    Connection::open(top.path().join("foreign.db")).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    let made = run(top.path(), &["scan", "drop", "--history", "h.db", "--out", "made"]);
    assert_eq!(code(&made), 0);
    let whole = fs::read(top.path().join("h.db")).unwrap();
    write(top.path().join("short.db"), &whole[..whole.len() / 2]);
    write(top.path().join("head.db"), &whole[..100]);
    let mut broken = whole.clone();
    broken[4096..].fill(0x5a);
    write(top.path().join("broken.db"), broken);
    for (name, change) in
        [("later.db", "PRAGMA user_version = 2"), ("trigger.db", "CREATE TRIGGER t AFTER INSERT ON run BEGIN SELECT 1; END")]
    {
        write(top.path().join(name), &whole);
        Connection::open(top.path().join(name)).unwrap().execute_batch(change).unwrap();
    }
    for (name, word) in [
        ("text.db", "not a history"),
        ("foreign.db", "not a history"),
        ("trigger.db", "not a history"),
        ("short.db", "damaged"),
        ("head.db", "damaged"),
        ("broken.db", "damaged"),
        ("later.db", "version 2"),
    ] {
        let said = refused(top.path(), name);
        assert_eq!(said.matches(word).count(), 2, "{name}: {said}");
    }
    fs::create_dir(top.path().join("folder.db")).unwrap();
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--history", "folder.db"])), 64);
    assert_eq!(code(&run(top.path(), &["history", "nowhere.db"])), 64);
    assert!(!top.path().join("nowhere.db").exists());
}

#[test]
fn a_history_in_the_drop_is_no_input() {
    let top = two_cases();
    for _ in 0..2 {
        assert_eq!(code(&run(top.path(), &["scan", "drop", "--history", "drop/h.db"])), 0);
    }
    assert_eq!(fs::read_to_string(top.path().join("report/results.ndjson")).unwrap().lines().count(), 2);
}

/// Runs in the file, each of which must be whole.
fn whole_runs(file: &Path, cases: i64) -> i64 {
    let connection = Connection::open(file).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(check, "ok");
    let query = "SELECT count(*) FROM run WHERE cases != ?1 OR (SELECT count(*) FROM result WHERE result.run = run.id) != ?1";
    assert_eq!(connection.query_row(query, [cases], |r| r.get::<_, i64>(0)).unwrap(), 0, "a run in parts");
    let rows: i64 = connection.query_row("SELECT count(*) FROM result", [], |r| r.get(0)).unwrap();
    let runs: i64 = connection.query_row("SELECT count(*) FROM run", [], |r| r.get(0)).unwrap();
    assert_eq!(rows, runs * cases, "rows without a run");
    runs
}

/// Waits until the scan writes to its history; `false` when it ended first.
fn wait_for_write(scan: &mut Child, journal: &Path) -> bool {
    let patience = Instant::now() + Duration::from_mins(1);
    while Instant::now() < patience {
        if journal.exists() {
            return true;
        }
        if scan.try_wait().unwrap().is_some() {
            return false;
        }
    }
    false
}

#[test]
fn a_killed_scan_loses_its_own_run_at_most() {
    const CASES: i64 = 250;
    let top = tempfile::tempdir().unwrap();
    for number in 0..CASES {
        write(top.path().join(format!("drop/PC-{number:04}.txt")), "0xC004F074\r\n");
    }
    let file = top.path().join("h.db");
    let arguments = ["scan", "drop", "--pages", "none", "--history", "h.db"];
    let start = Instant::now();
    assert_eq!(code(&run(top.path(), &arguments)), 0);
    let whole_scan = start.elapsed();
    let mut runs = whole_runs(&file, CASES);
    assert_eq!(runs, 1);
    let (mut caught, mut lost) = (0, 0);
    let mut random = 12_345_u64;
    for round in 0..15_u32 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = u32::try_from(random >> 54).unwrap();
        let mut scan = command(top.path()).args(arguments).stderr(std::process::Stdio::null()).spawn().unwrap();
        if round % 3 == 0 {
            sleep(whole_scan * share / 1024);
        } else if wait_for_write(&mut scan, &top.path().join("h.db-journal")) {
            caught += 1;
            sleep(Duration::from_micros(u64::from(share) * 4));
        }
        // It may have ended by itself.
        let _ = scan.kill();
        scan.wait().unwrap();
        let now = whole_runs(&file, CASES);
        assert!(now == runs || now == runs + 1, "{runs} runs became {now}");
        lost += i32::from(now == runs);
        runs = now;
    }
    assert!(caught > 5 && lost > 2, "{caught} scans caught while they wrote, {lost} runs lost");
    assert_eq!(code(&run(top.path(), &arguments)), 0);
    assert_eq!(whole_runs(&file, CASES), runs + 1);
    assert_eq!(code(&run(top.path(), &["history", "h.db"])), 0);
}

#[test]
fn a_scan_killed_while_it_makes_the_file_hinders_nobody() {
    let top = two_cases();
    let arguments = ["scan", "drop", "--pages", "none", "--history", "h.db"];
    for delay in [0, 20, 40, 60, 80, 100, 150] {
        let mut scan = command(top.path()).args(arguments).stderr(std::process::Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(delay));
        let _ = scan.kill();
        scan.wait().unwrap();
        assert_eq!(code(&run(top.path(), &arguments)), 0);
        fs::remove_file(top.path().join("h.db")).unwrap();
    }
}

#[test]
fn scans_at_the_same_time_both_get_in() {
    let top = two_cases();
    let scans: Vec<Child> = ["a", "b", "c"]
        .iter()
        .map(|out| {
            command(top.path())
                .args(["scan", "drop", "--out", out, "--history", "h.db"])
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut scan in scans {
        assert!(scan.wait().unwrap().success());
    }
    assert_eq!(whole_runs(&top.path().join("h.db"), 2), 3);
}
