//! House rules that a machine can check.

use std::collections::BTreeSet;
use std::fs;

use kms_triage::decode;
use regex::Regex;

use crate::files::{report, root, under};

/// Files longer than this are ready to be split.
const LINES_MAX: usize = 500;

#[test]
fn files_are_short_and_named_after_what_they_do() {
    let mut problems = Vec::new();
    for (name, path) in ["src", "cli/src", "tests/it"].iter().flat_map(|f| under(f)) {
        let lines = fs::read_to_string(path).unwrap_or_default().lines().count();
        if lines > LINES_MAX {
            problems.push(format!("  {name} has {lines} lines"));
        }
        let stem = name.rsplit('/').next().and_then(|n| n.split('.').next()).unwrap_or_default();
        if ["utils", "util", "helpers", "misc"].contains(&stem) {
            problems.push(format!("  {name} says nothing"));
        }
    }
    report("untidy files", &problems);
}

/// The corpus as text, whatever its encoding, file by file.
fn corpus_texts() -> Vec<(String, String)> {
    let files = under("corpus").into_iter().filter(|f| f.0 != "corpus/gvlk.txt");
    files.map(|(name, path)| (name, decode::decode(&fs::read(path).unwrap()).text)).collect()
}

#[test]
fn product_keys_are_published_ones() {
    let published = fs::read_to_string(root().join("corpus/gvlk.txt")).unwrap();
    let published: BTreeSet<&str> = published.lines().filter(|l| !l.starts_with('#')).collect();
    let key = Regex::new(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}\b").unwrap();
    let mut problems = Vec::new();
    for (name, text) in corpus_texts() {
        for found in key.find_iter(&text).map(|m| m.as_str()) {
            let masked = found.chars().all(|c| c == 'X' || c == '-') || found.starts_with("XXXXX-XXXXX-XXXXX-XXXXX-");
            if !masked && !published.contains(found) {
                problems.push(format!("  {name}: {found}"));
            }
        }
    }
    report("keys that are not in corpus/gvlk.txt", &problems);
}

/// Documentation ranges, this machine, netmasks, and the servers that the seeds publish.
fn is_public_knowledge(address: &str) -> bool {
    let ranges = ["192.0.2.", "198.51.100.", "203.0.113.", "127.", "0.0.0.0", "255."];
    let seeds = ["163.28.136.21", "163.28.136.22", "163.28.136.23"];
    ranges.iter().any(|r| address.starts_with(r)) || seeds.contains(&address)
}

#[test]
fn addresses_are_nobodys() {
    let address = Regex::new(r"\b\d{1,3}(?:\.\d{1,3}){3}\b").unwrap();
    let version = Regex::new(r"(?i)(?:version|版本|組建|build|windows|\.vbs|lab)[^\n]*$").unwrap();
    let mut problems = Vec::new();
    for (name, text) in corpus_texts() {
        for line in text.lines() {
            for found in address.find_iter(line) {
                let before = line.get(..found.start()).unwrap_or_default();
                if !is_public_knowledge(found.as_str()) && !version.is_match(before) && !before.ends_with('.') {
                    problems.push(format!("  {name}: {}", found.as_str()));
                }
            }
        }
    }
    report("addresses outside the documentation ranges", &problems);
}

#[test]
fn hosts_are_examples() {
    let host = Regex::new(r"(?i)\b(?:[a-z0-9-]+\.)+(?:com|net|org|edu|gov|tw|cn|jp|io|info|top|xyz)\b").unwrap();
    let allowed = ["kms.oit.edu.tw", "oit.edu.tw", "ap24.kh.edu.tw", "kh.edu.tw", "microsoft.com", "windows.com", "aka.ms"];
    let mut problems = Vec::new();
    for (name, text) in corpus_texts() {
        for found in host.find_iter(&text).map(|m| m.as_str().to_ascii_lowercase()) {
            let example = ["example.edu", "example.com", "example.net", "example.org"].iter().any(|e| found.ends_with(e));
            if !example && !allowed.iter().any(|a| found == *a || found.ends_with(&format!(".{a}"))) {
                problems.push(format!("  {name}: {found}"));
            }
        }
    }
    report("hosts of somebody", &problems);
}

#[test]
fn every_case_says_where_it_comes_from() {
    let mut problems = Vec::new();
    for case in crate::cases::all() {
        if case.about.special.trim().is_empty() || case.about.from.trim().is_empty() {
            problems.push(format!("  {}: about or from is empty", case.name));
        }
        if !["zh-TW", "en", "zh-CN", "mixed"].contains(&case.about.language.as_str()) {
            problems.push(format!("  {}: language {}", case.name, case.about.language));
        }
        if case.files.is_empty() {
            problems.push(format!("  {}: no input", case.name));
        }
    }
    report("cases without an origin", &problems);
    assert!(root().join("corpus/README.md").is_file(), "corpus/README.md explains the folders");
}

#[test]
fn patterns_need_no_tables() {
    // Test builds have every table of the regex crate, the program has not: there such a pattern would silently not exist.
    let sources = ["src", "cli/src"].into_iter().flat_map(under).filter(|f| f.0.ends_with(".rs"));
    let needs_tables = Regex::new(r"\(\?i\)|\(\?i:|\\p\{|\\P\{").unwrap();
    let mut problems = Vec::new();
    for (name, path) in sources {
        let text = fs::read_to_string(path).unwrap();
        let patterns = text.lines().filter(|l| needs_tables.is_match(l) && !l.trim_start().starts_with("//"));
        problems.extend(patterns.map(|l| format!("  {name}: {}", l.trim())));
    }
    report("patterns that only compile in tests", &problems);
}
