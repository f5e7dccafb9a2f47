//! Site profiles on the command line: where they are taken from, and how a bad one ends.

use std::fs;

use crate::{FAILED, assert_links, code, run, text, two_cases, write};

const SITE: &str = "name = \"Example University\"\n[[kms]]\nhost = \"kms.example.edu\"\n";
const EVIL: &str = "name = \"Elsewhere\"\n[[kms]]\nhost = \"kms.example.net\"\n";

#[test]
fn every_command_names_the_schools_host() {
    let top = two_cases();
    write(top.path().join("school.toml"), SITE);
    let scan = run(top.path(), &["scan", "drop", "--site", "school.toml", "--out", "report"]);
    assert_eq!(code(&scan), 0, "{}", text(&scan.stderr));
    let results = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    assert!(results.contains("Test-NetConnection kms.example.edu -Port 1688") && !results.contains("<kms-host>"));
    assert_links(&top.path().join("report"));
    let check = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--site", "school.toml", "--locale", "en"]);
    assert!(text(&check.stdout).contains("/skms kms.example.edu:1688") && text(&check.stdout).contains("Example University"));
    let explain = run(top.path(), &["explain", "R10", "--site", "school.toml"]);
    assert!(text(&explain.stdout).contains("/skms kms.example.edu:1688"));
    let without = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--locale", "en"]);
    assert!(text(&without.stdout).contains("/skms <kms-host>:1688") && text(&without.stdout).contains("--site"));
}

/// Whoever uploads a drop must not decide where students are sent.
#[test]
fn a_profile_in_the_drop_is_not_used() {
    let top = two_cases();
    for place in ["drop/site.toml", "drop/PC-02/site.toml"] {
        write(top.path().join(place), EVIL);
    }
    let scan = run(top.path(), &["scan", "drop", "--out", "report", "--locale", "en"]);
    assert!(text(&scan.stderr).contains("site.toml` is not used") && text(&scan.stderr).contains("--site"));
    let results = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    let commands = results.matches("kms.example.net -Port").count() + results.matches("/skms kms.example.net").count();
    assert!(commands == 0 && results.contains("Test-NetConnection <kms-host>"));
    // The school's own wins over one that lies there.
    write(top.path().join("school.toml"), SITE);
    run(top.path(), &["scan", "drop", "--site", "school.toml", "--out", "report"]);
    let results = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    assert!(results.contains("Test-NetConnection kms.example.edu") && !results.contains("Test-NetConnection kms.example.net"));
}

#[test]
fn a_profile_that_lies_in_the_drop_and_is_named_is_no_case() {
    let top = two_cases();
    write(top.path().join("drop/site.toml"), SITE);
    let scan = run(top.path(), &["scan", "drop", "--site", "drop/site.toml", "--out", "report", "--format", "json"]);
    assert_eq!((code(&scan), text(&scan.stdout).lines().count()), (0, 2));
    assert!(!text(&scan.stderr).contains("site.toml"));
}

#[test]
fn another_profile_makes_other_pages() {
    let top = two_cases();
    write(top.path().join("school.toml"), SITE);
    let folder = |arguments: &[&str]| {
        run(top.path(), arguments);
        crate::case_folders(&top.path().join("report"))
    };
    let with = folder(&["scan", "drop", "--site", "school.toml", "--out", "report"]);
    write(top.path().join("school.toml"), format!("{SITE}[helpdesk]\nname = \"Desk\"\n"));
    assert_ne!(with, folder(&["scan", "drop", "--site", "school.toml", "--out", "report"]));
}

#[test]
fn a_bad_profile_ends_the_run_before_anything_is_written() {
    let top = two_cases();
    write(top.path().join("school.toml"), "name = \"X\"\n[[kms]]\nhost = \"kms.example.edu\"\nport = 70000\n");
    for arguments in [
        &["scan", "drop", "--site", "school.toml", "--out", "report"][..],
        &["check", "drop/PC-02/slmgr.txt", "--site", "school.toml"],
        &["explain", "R10", "--site", "school.toml"],
    ] {
        let output = run(top.path(), arguments);
        let told = text(&output.stderr);
        assert!(code(&output) == 64 && output.stdout.is_empty(), "{arguments:?}");
        assert!(told.contains("school.toml:4") && told.contains("1 to 65535") && told.contains("help:"), "{told}");
    }
    assert!(!top.path().join("report").exists());
    let missing = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--site", "nowhere.toml"]);
    assert!(code(&missing) == 64 && text(&missing.stderr).contains("nowhere.toml"));
}

#[test]
fn check_and_template() {
    let top = tempfile::tempdir().unwrap();
    let template = run(top.path(), &["site", "template"]);
    write(top.path().join("new.toml"), &template.stdout);
    assert_eq!(code(&run(top.path(), &["site", "check", "new.toml"])), 0);
    write(top.path().join("bad.toml"), format!("{SITE}port = \"x\"\n"));
    let bad = run(top.path(), &["site", "check", "bad.toml"]);
    assert_eq!(code(&bad), 1);
    assert!(text(&bad.stdout).contains("bad.toml:4") && text(&bad.stderr).contains("1 problems"));
    write(top.path().join("slmgr.txt"), FAILED);
    assert_eq!(code(&run(top.path(), &["check", "slmgr.txt", "--site", "new.toml"])), 0);
}
