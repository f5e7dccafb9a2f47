//! A computer whose state `PowerShell` collected gets the same verdict as one whose state cscript collected: `VBScript`
//! goes away. Cases `corpus/pairs/pair-<situation>-cscript-<language>` against all
//! `pair-<situation>-powershell-<form>-<language>`.

use std::collections::{BTreeMap, BTreeSet};

use kms_triage::case::{Case, CaseProduct};
use kms_triage::report::{CaseLinks, case_text};

use crate::cases;
use crate::files::{knowledge, renderer, report};

/// Situations that must be there in all three languages.
const SITUATIONS_MIN: usize = 12;
const LANGUAGES: [&str; 3] = ["zh-TW", "en", "zh-CN"];
/// Every form that PowerShell and wmic print objects in.
const FORMS: [&str; 12] =
    ["module", "invoke", "cim-method", "list", "all", "table", "csv", "csv-typed", "json", "json-line", "wmic-list", "wmic-csv"];

/// Situation, `cscript` or the form, language.
fn parts<'a>(name: &'a str, language: &str) -> Option<(&'a str, &'a str)> {
    let bare = name.strip_prefix("pairs/pair-")?.strip_suffix(&format!("-{}", language.to_lowercase()))?;
    bare.strip_suffix("-cscript").map(|situation| (situation, "cscript")).or_else(|| bare.split_once("-powershell-"))
}

#[test]
fn powershell_gives_the_verdict_of_cscript() {
    let mut pairs: BTreeMap<(&str, &str), BTreeMap<&str, Case>> = BTreeMap::new();
    for case in cases::all().into_iter().filter(|c| c.group() == "pairs") {
        let (situation, form) = parts(&case.name, &case.about.language).unwrap_or_else(|| panic!("{} is no name of a pair", case.name));
        pairs.entry((situation, case.about.language.as_str())).or_default().insert(form, case.analyze().case);
    }
    let mut problems = Vec::new();
    let mut situations: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for ((situation, language), forms) in &pairs {
        situations.entry(situation).or_default().insert(language);
        let Some(script) = forms.get("cscript") else { continue };
        let others = forms.iter().filter(|f| *f.0 != "cscript");
        problems.extend(others.flat_map(|(form, other)| {
            let differences = differences(script, other).into_iter();
            differences.map(move |d| format!("  {situation} {form} {language}: {d}"))
        }));
    }
    report("pairs differ", &problems);
    if std::env::var_os("CASE").is_none() {
        let complete = situations.values().filter(|languages| LANGUAGES.iter().all(|l| languages.contains(l))).count();
        assert!(complete >= SITUATIONS_MIN, "{complete} situations are there in every language");
        let seen: BTreeSet<&str> = pairs.values().flat_map(|forms| forms.keys().copied()).collect();
        let missing: Vec<&&str> = FORMS.iter().filter(|f| !seen.contains(*f)).collect();
        assert!(missing.is_empty(), "no pair is in the form {missing:?}");
        let alone = pairs.iter().filter(|(_, forms)| !forms.contains_key("cscript") || forms.len() < 2).count();
        assert_eq!(alone, 0, "cases without their other half");
    }
}

/// What a product says under one heading.
type Field = fn(&CaseProduct) -> Option<&str>;

/// What the two say differently: state, cause, and what both know about the product.
fn differences(script: &Case, other: &Case) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, a: Option<&str>, b: Option<&str>| {
        if a != b {
            found.push(format!("{what} {a:?} by cscript, {b:?} by PowerShell"));
        }
    };
    compare("state", Some(&script.verdict.state), Some(&other.verdict.state));
    compare("cause", script.verdict.cause.as_deref(), other.verdict.cause.as_deref());
    compare("sub-cause", script.verdict.sub_cause.as_deref(), other.verdict.sub_cause.as_deref());
    let product = |case: &'_ Case| case.products.iter().find(|p| !p.leftover).cloned();
    if let (Some(a), Some(b)) = (product(script), product(other)) {
        let both = |get: Field| get(&a).zip(get(&b));
        let fields: [(&str, Field); 6] = [
            ("family", |p| Some(&p.family)),
            ("name", |p| p.name.as_deref()),
            ("channel", |p| p.channel.as_deref()),
            ("activation ID", |p| p.activation_id.as_deref()),
            ("key", |p| p.partial_key.as_deref()),
            ("KMS host", |p| p.kms.as_ref().map(|k| k.host.as_str())),
        ];
        for (what, get) in fields {
            if let Some((a, b)) = both(get) {
                compare(what, Some(a), Some(b));
            }
        }
        compare("minutes", a.minutes_left.map(|m| m.to_string()).as_deref(), b.minutes_left.map(|m| m.to_string()).as_deref());
    }
    if script.products.len() != other.products.len() && !script.products.is_empty() && !other.products.is_empty() {
        found.push(format!("{} products by cscript, {} by PowerShell", script.products.len(), other.products.len()));
    }
    found
}

/// The name of the user in all transcripts of the corpus.
const USER: &str = "lin.mh";

#[test]
fn a_transcript_gives_machine_and_time_but_no_user() {
    let transcripts: Vec<_> = cases::all().into_iter().filter(|c| c.name.contains("transcript-")).collect();
    for case in transcripts {
        let analysis = case.analyze();
        let stated = |kind: &str, field: &str| analysis.assembly.facts.iter().any(|f| f.kind == kind && !f.field(field).is_empty());
        assert!(stated("transcript", "at") && stated("host-name", "name"), "{}: no machine or no time", case.name);
        let rows = analysis.sources.iter().flat_map(|s| &s.rows).filter(|r| r.command.is_none());
        let kept = rows.filter(|r| r.text.contains(USER)).count();
        assert_eq!(kept, 0, "{}: rows keep the user", case.name);
        let facts = analysis.assembly.facts.iter().flat_map(|f| f.fields.values());
        assert_eq!(facts.filter(|v| v.contains(USER)).count(), 0, "{}: a fact keeps the user", case.name);
        let json = serde_json::to_string(&analysis.case).unwrap();
        let page = renderer().case(&analysis, "en", &CaseLinks::default()).unwrap();
        let text = case_text(knowledge(), &analysis, "en", false);
        for (form, shown) in [("JSON", json), ("HTML", page), ("text", text)] {
            assert!(!shown.contains(USER), "{}: the {form} form names the user", case.name);
        }
    }
}
