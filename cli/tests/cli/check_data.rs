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
