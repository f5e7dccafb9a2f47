//! `redact` and `collect` as a person sees them.

use std::fs;

use crate::{FAILED, code, command, run, text, tree, write};

/// A drop of somebody's computer, by folder and by loose file.
fn drop() -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    let prompt = "C:\\Users\\chenyl83>cscript slmgr.vbs /ato\r\n";
    write(top.path().join("drop/DORM-22310/slmgr.txt"), format!("{prompt}{FAILED}"));
    write(top.path().join("drop/DORM-22310/chenyl83_note.txt"), "chenyl83@gs.example.edu on DORM-22310, B10901001, 140.112.3.4\r\n");
    write(top.path().join("drop/B10901002_slmgr.txt"), FAILED);
    write(top.path().join("key"), "a key of more than sixteen bytes");
    top
}

#[test]
fn copies_name_nobody() {
    let top = drop();
    let before = tree(&top.path().join("drop"));
    let output = run(top.path(), &["redact", "drop", "--out", "out", "--key-file", "key", "--locale", "en"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert_eq!(tree(&top.path().join("drop")), before);
    let copies = tree(&top.path().join("out"));
    assert_eq!(copies.len(), 4, "{copies:?}");
    for (name, content) in &copies {
        let said = format!("{name}\n{}", text(content)).to_lowercase();
        for secret in ["chenyl83", "dorm-22310", "b10901001", "b10901002", "140.112.3.4"] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
    let manifest: serde_json::Value = serde_json::from_slice(&copies.iter().find(|c| c.0 == "manifest.json").unwrap().1).unwrap();
    let cases = manifest["cases"].as_array().unwrap();
    assert!(cases.len() == 2 && cases.iter().all(|c| c["status"] == "redacted" && c["same-verdict"] == true), "{manifest}");
    run(top.path(), &["redact", "drop", "--out", "again", "--key-file", "key"]);
    assert_eq!(tree(&top.path().join("again")), copies);
    run(top.path(), &["redact", "drop", "--out", "other"]);
    assert_ne!(tree(&top.path().join("other")), copies);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let top = drop();
    write(top.path().join("full/mine.txt"), "mine");
    for out in ["full", "drop", "drop/inner", "."] {
        assert_eq!(code(&run(top.path(), &["redact", "drop", "--out", out])), 64, "{out}");
    }
    write(top.path().join("short"), "short");
    assert_eq!(code(&run(top.path(), &["redact", "drop", "--out", "new", "--key-file", "short"])), 64);
    assert!(!top.path().join("new").exists());
    assert_eq!(fs::read_to_string(top.path().join("full/mine.txt")).unwrap(), "mine");
}

#[test]
fn scripts_have_windows_line_ends() {
    let top = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        assert_eq!(code(&command(top.path()).args(["collect", "--out", "scripts"]).output().unwrap()), 0);
    }
    let files = tree(&top.path().join("scripts"));
    assert_eq!(files.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["collect.cmd", "collect.ps1"]);
    for (name, content) in &files {
        let lines = text(content);
        assert!(lines.matches('\n').count() == lines.matches("\r\n").count() && lines.is_ascii(), "{name}");
    }
    write(top.path().join("scripts/collect.cmd"), "somebody's own");
    assert_eq!(code(&command(top.path()).args(["collect", "--out", "scripts"]).output().unwrap()), 64);
}

/// A KMS host's log and the clients' are still joined, and no folder keeps a computer's name.
#[test]
fn a_whole_drop_is_judged_alike() {
    let top = tempfile::tempdir().unwrap();
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus/demo");
    let output = run(top.path(), &["redact", demo, "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let verdicts = |folder: &str| {
        let output = run(top.path(), &["scan", folder, "--out", "report", "--pages", "none", "--format", "json"]);
        let judged = |line: &str| {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let verdict = &case["verdict"];
            format!("{} {} {}", verdict["state"], verdict["cause"], verdict["certainty"])
        };
        let mut all: Vec<String> = text(&output.stdout).lines().map(judged).collect();
        all.sort();
        all
    };
    let before = verdicts(demo);
    assert!(before.len() > 20);
    assert_eq!(verdicts("out"), before);
    let names: Vec<String> = tree(&top.path().join("out")).into_iter().map(|f| f.0).collect();
    for name in ["LAB-07", "DORM", "STU-", "TEACH"] {
        assert!(names.iter().all(|n| !n.contains(name)), "{names:?}");
    }
}
