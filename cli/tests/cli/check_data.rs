//! `check-data` on rules that contradict each other, rules that nothing can fire, and knowledge without a source.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{code, run, text, write};

/// A file of the repository's data.
fn ours(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap()
}

/// What `check-data` says about the files laid over the built-in ones.
fn told(files: &[(&str, String)]) -> (i32, String) {
    let top = tempfile::tempdir().unwrap();
    for (path, content) in files {
        write(top.path().join(PathBuf::from("data").join(path)), content);
    }
    let output = run(top.path(), &["check-data", "data"]);
    (code(&output), text(&output.stdout).to_owned())
}

const RULE: &str = "rules/kms-host-wrong/tcp-name.toml";

#[test]
fn rules_of_the_same_facts_overlap() {
    let rule = ours(RULE);
    let copy = rule.replace("kms-host-wrong/tcp-name", "kms-host-wrong/tcp-name-copy");
    let (exit, what) = told(&[("rules/kms-host-wrong/tcp-name-copy.toml", copy.clone())]);
    assert!(exit == 1 && what.contains("rule-overlap") && what.contains("rules/kms-host-wrong/tcp-name"), "{what}");

    let other_cause = copy.replace("cause = \"kms-host-wrong\"", "cause = \"kms-unreachable\"");
    let (exit, what) = told(&[("rules/kms-host-wrong/tcp-name-copy.toml", other_cause)]);
    assert!(exit == 1 && what.contains("rule-overlap") && what.contains("`kms-unreachable`"), "{what}");

    let narrower = format!("{copy}\n[[none]]\nfact = \"pause\"\n");
    let (exit, what) = told(&[("rules/kms-host-wrong/tcp-name-copy.toml", narrower)]);
    assert_eq!((exit, what.as_str()), (0, ""), "one more condition is another rule");

    let retired = format!("status = \"retired\"\n{copy}");
    let (exit, what) = told(&[("rules/kms-host-wrong/tcp-name-copy.toml", retired)]);
    assert_eq!((exit, what.as_str()), (0, ""), "a retired rule says nothing");
}

#[test]
fn a_rule_that_waits_for_what_nothing_states_is_dead() {
    let without = "[message.nothing-of-it]\n".to_owned();
    let words = "locale = \"en\"\n[doc]\nnothing-of-it = \"Diagnostic Report of nothing\"\n".to_owned();
    let (exit, what) = told(&[("grammars/mgadiag/messages.toml", without), ("grammars/mgadiag/en.toml", words)]);
    assert!(exit == 1 && what.contains("rule-dead") && what.contains("rules/oem-slic/invalid") && what.contains("`slic`"), "{what}");
}

#[test]
fn knowledge_without_a_source_is_told() {
    for path in [RULE, "causes/clock-skew.toml", "remedies/R04.toml", "codes/short.toml"] {
        let data = ours(path);
        let source = data.lines().find(|l| l.starts_with("source = ")).unwrap();
        let (exit, what) = told(&[(path, data.replacen(source, "source = \" \"", 1))]);
        assert!(exit == 1 && what.contains("source-missing") && what.contains(path) && what.contains("`source`"), "{path}: {what}");
        for date in ["", "yesterday", "2026-13-01"] {
            let (exit, what) = told(&[(path, data.replacen("read = \"2026-11-23\"", &format!("read = \"{date}\""), 1))]);
            assert!(exit == 1 && what.contains("source-missing") && what.contains("`read = "), "{path} {date}: {what}");
        }
    }
}

#[test]
fn commands_with_options_that_the_tool_does_not_know_are_told() {
    for path in ["remedies/R06.toml", "checks/license-state.toml", "causes/kms-lease-expired.toml"] {
        let data = ours(path);
        let option = ["/ato", "/dlv", "/dli", "/xpr"].into_iter().find(|o| data.contains(&format!("slmgr.vbs {o}"))).unwrap();
        let (exit, what) = told(&[(path, data.replacen(&format!("slmgr.vbs {option}"), "slmgr.vbs /atoo", 1))]);
        assert!(exit == 1 && what.contains("unknown-option") && what.contains(path) && what.contains("`/atoo`"), "{path}: {what}");
    }
    let data = ours("causes/kms-unreachable.toml").replace("/dhistorykms", "/dhistorykm");
    let (exit, what) = told(&[("causes/kms-unreachable.toml", data)]);
    assert!(exit == 1 && what.contains("ospp has no option `/dhistorykm`") && what.contains("dhistorykms`"), "{what}");
}

#[test]
fn addresses_of_sources_are_sound_and_named() {
    let row = |names: &str, url: &str| format!("[[source]]\nnames = [\"{names}\"]\nurl = \"{url}\"\n");
    for (content, code) in [
        (row("A page that nobody read", "https://example.edu/"), "source-unused"),
        (row("TechNet ff793440 table 11", "http://example.edu/"), "bad-url"),
        (row("TechNet ff793440 table 11", "javascript:alert(1)"), "bad-url"),
        (row("Microsoft activation error page", "https://example.edu/"), "source-twice"),
    ] {
        let (exit, what) = told(&[("sources/ours.toml", content)]);
        assert!(exit == 1 && what.contains(code) && what.contains("sources/"), "{code}: {what}");
    }
    let (exit, what) = told(&[("sources/ours.toml", row("TechNet ff793440 table 11", "https://example.edu/"))]);
    assert_eq!((exit, what.as_str()), (0, ""));
}
