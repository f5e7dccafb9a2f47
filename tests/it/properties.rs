//! What holds for every input: the same words give the same verdict whatever carried them, the order
//! of files does not matter, no bytes make it panic, and hostile text stays text.

use std::collections::BTreeSet;

use kms_triage::analyze::Analysis;
use kms_triage::locale::LOCALES;
use kms_triage::report::{CaseLinks, case_text};
use kms_triage::{Case, Input, analyze};
use proptest::prelude::*;

use crate::cases::{self, TestCase};
use crate::console::changes;
use crate::demo;
use crate::files::{knowledge, renderer, report};

/// State, cause and failing codes: what must survive.
fn verdict(case: &Case) -> String {
    let codes: BTreeSet<&str> = case.error_codes.iter().filter(|c| c.role == "failure").map(|c| c.code.as_str()).collect();
    format!("{} {} {codes:?}", case.verdict.state, case.verdict.cause.as_deref().unwrap_or("-"))
}

fn analyze_one(name: &str, bytes: &[u8]) -> Analysis {
    analyze(knowledge(), "case", &[Input::new(name, bytes)])
}

/// Cases of one UTF-8 file: the words as they were before anything happened to them.
fn plain_cases() -> impl Iterator<Item = (&'static TestCase, &'static str, &'static str)> {
    let one = cases::all().into_iter().filter(|c| c.files.len() == 1 && c.group() != "hostile");
    let files = one.filter_map(|c| c.files.first().map(|f| (c, f.0.as_str(), f.1.as_slice())));
    // UTF-16 whose bytes happen to be UTF-8 gives itself away by its zeros.
    files.filter(|f| !f.2.contains(&0)).filter_map(|(c, name, bytes)| Some((c, name, std::str::from_utf8(bytes).ok()?)))
}

#[test]
fn the_carrier_does_not_change_the_verdict() {
    let changes = changes();
    let mut problems = Vec::new();
    let mut still_open = BTreeSet::new();
    // What is pasted went through one carrier already; a second may break it for good. Event records are
    // XML and tables, which no console wraps.
    for (case, name, text) in plain_cases().filter(|c| !matches!(c.0.group(), "pasted" | "events")) {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let plain = analyze_one(name, text.as_bytes());
        if plain.sources.iter().any(|s| s.decoded.recovered.is_some()) {
            continue;
        }
        let want = verdict(&plain.case);
        for change in &changes {
            let got = verdict(&analyze_one(name, &(change.apply)(&text)).case);
            let known = OPEN.iter().find(|(c, part, _)| *c == change.name && case.name.contains(part));
            match known {
                _ if got == want => {}
                Some(open) => {
                    still_open.insert(open);
                }
                None => problems.push(format!("  {} in {}:\n    {want}\n    {got}", case.name, change.name)),
            }
        }
    }
    let closed = OPEN.iter().filter(|o| !still_open.contains(o) && std::env::var_os("CASE").is_none());
    problems.extend(closed.map(|(change, part, why)| format!("  `{part}` in {change} is right now; remove: {why}")));
    report("verdicts changed with the carrier", &problems);
}

/// What is known to go wrong: the change, a part of the case's name (empty for any), and why. As with
/// `fixme`, an entry that no longer fails must go.
const OPEN: [(&str, &str, &str); 4] = [
    ("full-width digits and colons", "mixed/port-open-clock-off", "a measured offset in full-width digits is not read"),
    ("tabs for blanks", "-powershell-table-", "without its blanks a table does not show where a column begins"),
    ("wrapped at 100", "mixed/transcript-not-elevated", "a wrapped pipeline is not joined, so that its method is not seen"),
    ("no prompts", "shell/option-before-the-script", "a bare line `cscript /option script` is not seen as a command"),
];

#[test]
fn the_order_of_files_does_not_matter() {
    let mut problems = Vec::new();
    let demo = demo::cases();
    let corpus = cases::all().into_iter().map(|c| (c.name.as_str(), &c.files));
    for (name, files) in corpus.chain(demo.iter().map(|(n, f)| (n.as_str(), f))).filter(|c| c.1.len() > 1) {
        let mut inputs: Vec<Input<'_>> = files.iter().map(|(n, b)| Input::new(n, b)).collect();
        let json = |inputs: &[Input<'_>]| serde_json::to_string(&analyze(knowledge(), "case", inputs).case).unwrap();
        let want = json(&inputs);
        for _ in 0..inputs.len() {
            inputs.rotate_left(1);
            if json(&inputs) != want {
                problems.push(format!("  {name}"));
            }
        }
        inputs.reverse();
        if json(&inputs) != want {
            problems.push(format!("  {name}, reversed"));
        }
    }
    report("cases depend on the order of files", &problems);
}

/// Evidence must lead back into the file: lines that exist, bytes inside.
fn unresolved(analysis: &Analysis) -> Vec<String> {
    let case = &analysis.case;
    let runs = case.runs.iter().map(|r| &r.evidence);
    let checks = case.checks.iter().map(|c| &c.evidence);
    let findings = case.findings.iter().flat_map(|f| f.evidence_for.iter().chain(&f.against));
    let mut problems = Vec::new();
    for place in runs.chain(checks).chain(findings) {
        let Some(file) = &place.file else { continue };
        let Some(source) = analysis.sources.iter().find(|s| s.name == *file) else {
            problems.push(format!("no file {file}"));
            continue;
        };
        let lines = kms_triage::lines::split(&source.decoded.text).last().map_or(0, |l| l.number);
        let (first, last) = (place.line.unwrap_or(1), place.last_line.or(place.line).unwrap_or(1));
        let (from, to) = place.bytes.unwrap_or_default();
        if first == 0 || first > last || last > lines || from > to || to as u64 > source.bytes {
            problems.push(format!("{file}: lines {first}-{last} of {lines}, bytes {from}-{to} of {}", source.bytes));
        }
    }
    problems
}

#[test]
fn evidence_leads_back_into_the_file() {
    let mut problems = Vec::new();
    let of_corpus = cases::all().into_iter().map(TestCase::analyze);
    for analysis in of_corpus.chain(demo::analyses()) {
        problems.extend(unresolved(&analysis).iter().map(|p| format!("  {}: {p}", analysis.case.case)));
    }
    report("places do not exist", &problems);
}

/// Places point at the very bytes: a quoted code stands in the file where the evidence says.
#[test]
fn evidence_bytes_hold_the_code() {
    let mut problems = Vec::new();
    for (case, name, text) in plain_cases() {
        let analysis = analyze_one(name, text.as_bytes());
        if analysis.sources.iter().any(|s| s.decoded.recovered.is_some()) {
            continue;
        }
        // A record's codes stand in its fields, not at one place of the text.
        for used in analysis.assembly.codes.iter().filter(|u| u.place.sequence.is_none()) {
            let Some(source) = analysis.sources.get(used.place.file) else { continue };
            let (from, to) = (source.decoded.source_offset(used.place.text.0), source.decoded.source_offset(used.place.text.1));
            let read = text.get(from..to).unwrap_or_default();
            let again = kms_triage::code::scan(read);
            // A wrapped code is cut by line ends, and a decimal one has no digits of its own.
            let cut = used.place.last_line > used.place.line || used.code.len() < 10;
            if !cut && !again.iter().any(|m| m.code == used.code) {
                problems.push(format!("  {}: {} at {from}-{to} is {read:?}", case.name, used.code));
            }
        }
    }
    report("codes stand elsewhere", &problems);
}

/// Everything that is made from an input, to see that none of it panics.
fn exercise(bytes: &[u8]) {
    let analysis = analyze_one("input.txt", bytes);
    let problems = unresolved(&analysis);
    assert!(problems.is_empty(), "{problems:?}");
    renderer().case(&analysis, "zh-TW", &CaseLinks::default()).unwrap();
    assert!(!case_text(knowledge(), &analysis, "en", true).is_empty());
    serde_json::to_string(&analysis.case).unwrap();
}

/// Every input of the corpus.
fn corpus_bytes() -> Vec<&'static [u8]> {
    cases::all().into_iter().flat_map(|c| c.files.iter().map(|f| f.1.as_slice())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        exercise(&bytes);
    }

    #[test]
    fn any_text_is_read(text in "(\\PC{0,90}\r?\n){0,12}") {
        exercise(text.as_bytes());
    }

    #[test]
    fn mutated_inputs_are_read(
        pick in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_usize..4), 1..12),
    ) {
        let all = corpus_bytes();
        let mut bytes = all[pick.index(all.len())].to_vec();
        for (at, byte, how) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                _ => bytes.truncate(at),
            }
        }
        exercise(&bytes);
    }

    #[test]
    fn halves_of_two_inputs_are_read(a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let all = corpus_bytes();
        let (a, b) = (all[a.index(all.len())], all[b.index(all.len())]);
        let at = cut.index(a.len().min(b.len()) + 1);
        exercise(&[&a[..at], &b[at..]].concat());
    }
}

/// Texts that would do harm if a page took them for markup or a template.
const HOSTILE: [&str; 5] =
    ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "{% for x in y %}", "' onmouseover='alert(1)"];

/// Lines with a slot where the text goes.
const SLOTS: [&str; 14] = [
    "Name: Windows(R), @ edition",
    "Description: Windows(R) Operating System, @ channel",
    "Error: 0xC004F074 @",
    "Key Management Service machine name set to @ successfully.",
    "    Registered KMS machine name: @:1688",
    "License Status: @",
    "@",
    "C:\\Windows\\system32>cscript slmgr.vbs /skms @",
    "C:\\@>slmgr /ato",
    "Input Error: Can not find script file \"C:\\@\\ospp.vbs\".",
    "'@' is not recognized as an internal or external command,",
    "*** @ can't find _vlmcs._tcp: Non-existent domain",
    "LICENSE NAME: Office 16, @ edition",
    "Partial Product Key: @",
];

#[test]
fn hostile_text_stays_text() {
    let mut problems = Vec::new();
    for hostile in HOSTILE {
        let text: String = SLOTS.iter().map(|s| s.replace('@', hostile) + "\n").collect();
        let name = format!("{hostile}.txt");
        let analysis = analyze(knowledge(), hostile, &[Input::new(&name, text.as_bytes())]);
        for locale in LOCALES {
            let html = renderer().case(&analysis, locale, &CaseLinks::default()).unwrap();
            let unescaped = ["<script>alert", "<img src=x", "\"><img", "=\"' onmouseover", "' onmouseover='alert"];
            for bad in unescaped.iter().filter(|b| html.contains(**b)) {
                problems.push(format!("  {hostile} in {locale}: the page contains {bad}"));
            }
            if hostile.contains("7 * 7") && !html.contains("{{ 7 * 7 }}") {
                problems.push(format!("  {hostile} in {locale}: was taken for a template"));
            }
        }
        for line in SLOTS {
            let one = line.replace('@', hostile);
            let html = renderer().case(&analyze_one("x.txt", one.as_bytes()), "en", &CaseLinks::default()).unwrap();
            if html.contains("<script>alert") || html.contains("<img src=x") || html.contains("' onmouseover='alert") {
                problems.push(format!("  {one}"));
            }
        }
    }
    report("pages with unescaped text", &problems);
}
