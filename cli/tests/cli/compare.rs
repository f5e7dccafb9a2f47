//! `compare`: two scans, and files that are none.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::{ACTIVATED, FAILED, code, run, text, write};

/// Reports `old` and `new`: PC-01 gets well, PC-02 fails, PC-03 stays, PC-04 goes, PC-05 comes.
fn two_scans() -> TempDir {
    let top = tempfile::tempdir().unwrap();
    for (day, cases) in [
        ("old", [("PC-01", FAILED), ("PC-02", ACTIVATED), ("PC-03", FAILED), ("PC-04", FAILED)]),
        ("new", [("PC-01", ACTIVATED), ("PC-02", FAILED), ("PC-03", FAILED), ("PC-05", FAILED)]),
    ] {
        for (case, content) in cases {
            write(top.path().join(format!("drop-{day}/{case}/slmgr.txt")), content);
        }
        assert_eq!(code(&run(top.path(), &["scan", &format!("drop-{day}"), "--out", day, "--pages", "none"])), 0);
    }
    top
}

#[test]
fn two_reports_are_compared_in_every_form() {
    let top = two_scans();
    let json = run(top.path(), &["compare", "old", "new/results.ndjson", "--format", "json"]);
    assert_eq!(code(&json), 0, "{}", text(&json.stderr));
    let value: Value = serde_json::from_slice(&json.stdout).unwrap();
    let counts = |name: &str| value["counts"][name].as_u64().unwrap();
    for (name, count) in [("healed", 1), ("new", 1), ("still", 1), ("gone", 1), ("appeared", 1), ("well", 0), ("unclear", 0)] {
        assert_eq!(counts(name), count, "{name}");
    }
    let rows: Vec<(&str, &str)> =
        value["cases"].as_array().unwrap().iter().map(|r| (r["case"].as_str().unwrap(), r["change"].as_str().unwrap())).collect();
    assert_eq!(rows, [("PC-02", "new"), ("PC-01", "healed"), ("PC-03", "still"), ("PC-05", "appeared"), ("PC-04", "gone")]);
    assert_eq!((&value["cases"][1]["old"]["state"], &value["cases"][1]["new"]["cause"]), (&"not-activated".into(), &Value::Null));
    for (locale, words) in [("en", ["Solved", "New problem"]), ("zh-TW", ["已解決", "新出現的問題"]), ("zh-CN", ["已解决", "新出现的问题"])]
    {
        let said = run(top.path(), &["compare", "old", "new", "--locale", locale]);
        let html = run(top.path(), &["compare", "old", "new", "--locale", locale, "--format", "html", "--out", "c.html"]);
        assert!(html.stdout.is_empty() && code(&html) == 0, "{}", text(&html.stderr));
        let page = fs::read_to_string(top.path().join("c.html")).unwrap();
        for word in words {
            assert!(text(&said.stdout).contains(word) && page.contains(word), "{locale}: {word}");
        }
        assert!(page.contains("PC-05") && !page.contains(">?<"));
        let again = run(top.path(), &["compare", "old", "new", "--locale", locale, "--format", "html"]);
        assert_eq!(text(&again.stdout), page);
    }
}

#[test]
fn faulty_lines_are_named_and_the_rest_is_compared() {
    let top = two_scans();
    let results = fs::read_to_string(top.path().join("new/results.ndjson")).unwrap();
    let first = results.lines().next().unwrap();
    let bad = format!("{results}not json\n{{\"schema\":9}}\n{{\"other\":1}}\n{first}\n");
    write(top.path().join("bad.ndjson"), bad);
    let output = run(top.path(), &["compare", "old", "bad.ndjson", "--locale", "en"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stdout).contains("Solved"));
    let said = text(&output.stderr);
    for part in [
        "`bad.ndjson`: line 5 ",
        "line 6 has schema 9, this program reads schema 1",
        "line 7 ",
        "line 8 holds the case “PC-01”, which line 1",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let page = run(top.path(), &["compare", "old", "bad.ndjson", "--locale", "en", "--format", "html"]);
    assert!(text(&page.stdout).contains("schema 9"), "the page says it too");
}

#[test]
fn files_that_hold_no_results_are_refused() {
    let top = two_scans();
    write(top.path().join("empty.ndjson"), "");
    write(top.path().join("picture.png"), b"\x89PNG\r\n\x1a\n\0\0");
    let utf16: Vec<u8> = "\u{feff}{\"schema\":1}\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write(top.path().join("utf16.ndjson"), utf16);
    fs::create_dir(top.path().join("folder")).unwrap();
    for file in ["empty.ndjson", "picture.png", "utf16.ndjson", "folder", "nowhere"] {
        for pair in [["old", file], [file, "new"]] {
            let output = run(top.path(), &["compare", pair[0], pair[1], "--locale", "en"]);
            assert_eq!(code(&output), 3, "{file}");
            let said = text(&output.stderr);
            assert!(said.contains(file) && said.contains("results.ndjson") && output.stdout.is_empty(), "{said}");
        }
    }
    let before = fs::read(top.path().join("new/results.ndjson")).unwrap();
    let output = run(top.path(), &["compare", "old", "new", "--out", "new/results.ndjson"]);
    assert_eq!((code(&output), fs::read(top.path().join("new/results.ndjson")).unwrap()), (64, before));
}
