//! `check` and the commands around it: answers, streams, exit codes.

use std::io::Write;
use std::process::Stdio;

use crate::{ACTIVATED, code, command, run, text, two_cases};

#[test]
fn check_tells_the_state_and_ends_with_zero() {
    let top = two_cases();
    let output = run(top.path(), &["check", "drop/PC-01/slmgr.txt", "--locale", "en"]);
    assert_eq!(code(&output), 0);
    assert!(text(&output.stdout).contains("activated"), "{}", text(&output.stdout));
    assert!(output.stderr.is_empty());
    let failing = run(top.path(), &["check", "drop/PC-02/slmgr.txt"]);
    assert_eq!(code(&failing), 0, "a bad state is no failure of the program");
    let told = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--fail-on", "action"]);
    assert_eq!(code(&told), 1);
}

#[test]
fn check_prints_json_and_html() {
    let top = two_cases();
    let json = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--format", "json", "--name", "PC-X"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["case"], "PC-X");
    assert_eq!(value["files"][0]["status"], "read");
    assert_eq!(value["verdict"]["state"], "not-activated");
    let html = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--format", "html", "--locale", "zh-CN"]);
    assert_eq!(code(&html), 0);
    assert!(text(&html.stdout).starts_with("<!doctype html>"));
    assert!(!text(&html.stdout).contains("http:"));
}

#[test]
fn check_reads_standard_input() {
    let top = tempfile::tempdir().unwrap();
    let mut child =
        command(top.path()).args(["check", "-", "--format", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(ACTIVATED.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["verdict"]["state"], "activated");
    assert_eq!(value["case"], "stdin");
}

#[test]
fn check_says_what_it_could_not_read() {
    let top = two_cases();
    let partly = run(top.path(), &["check", "drop/PC-01/slmgr.txt", "nowhere.txt", "--locale", "en"]);
    assert_eq!(code(&partly), 2);
    assert!(text(&partly.stderr).contains("nowhere.txt"));
    let nothing = run(top.path(), &["check", "nowhere.txt", "drop", "--locale", "en"]);
    assert_eq!(code(&nothing), 3);
    assert!(nothing.stdout.is_empty());
}

#[test]
fn wrong_usage_is_64_and_help_is_0() {
    let top = two_cases();
    for arguments in
        [&["chek"][..], &[], &["scan"], &["scan", "drop", "--jobs", "0"], &["check", "-", "-"], &["scan", "drop/PC-01/slmgr.txt"]]
    {
        let output = run(top.path(), arguments);
        assert_eq!(code(&output), 64, "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["scan", "--help"]] {
        let output = run(top.path(), arguments);
        assert_eq!(code(&output), 0, "{arguments:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let top = tempfile::tempdir().unwrap();
    let mut child = command(top.path()).arg("man").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0);
    assert!(output.stderr.is_empty());
}

#[test]
fn made_on_demand() {
    let top = tempfile::tempdir().unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&run(top.path(), &["schema"]).stdout).unwrap();
    assert!(schema["properties"]["verdict"].is_object());
    assert!(text(&run(top.path(), &["completions", "bash"]).stdout).contains("kms-triage"));
    let man = run(top.path(), &["man"]);
    for word in ["scan", "check\\-data", "lang import", "\\-\\-jobs"] {
        assert!(text(&man.stdout).to_lowercase().contains(word), "{word}");
    }
}
