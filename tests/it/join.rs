//! The whole corpus as one batch: hosts and clients that never met must not break the join, and what it adds
//! to a case must hold there.

use std::collections::BTreeMap;

use kms_triage::analyze_joined;
use kms_triage::join::{Digest, JoinedFact, digest, join};
use kms_triage::locale::LOCALES;
use kms_triage::report::{CaseLinks, Renderer, case_text};

use crate::cases::{self, TestCase};
use crate::files::{knowledge, report};

/// Facts by name of the case.
fn by_case<'j>(digests: &[Digest], facts: &'j BTreeMap<usize, Vec<JoinedFact>>) -> BTreeMap<String, &'j Vec<JoinedFact>> {
    facts.iter().filter_map(|(i, f)| Some((digests.get(*i)?.case.clone(), f))).collect()
}

#[test]
fn the_corpus_as_one_batch() {
    let all = cases::all();
    let digests: Vec<Digest> = all.iter().map(|c| digest(&c.analyze())).collect();
    let joined = join(&digests);
    let turned: Vec<Digest> = digests.iter().rev().cloned().collect();
    let again = join(&turned);
    let stored: Vec<Digest> = digests.iter().map(|d| serde_json::from_str(&serde_json::to_string(d).unwrap()).unwrap()).collect();
    assert_eq!(join(&stored).facts, joined.facts, "a stored digest says the same");

    let mut problems = Vec::new();
    let (one, other) = (by_case(&digests, &joined.facts), by_case(&turned, &again.facts));
    if one.keys().ne(other.keys()) {
        problems.push("  other cases are joined when the batch is turned round".to_owned());
    }
    let cases: BTreeMap<&str, &TestCase> = all.iter().map(|c| (c.name.rsplit('/').next().unwrap_or_default(), *c)).collect();
    for (name, facts) in one {
        let Some(case) = cases.get(name.as_str()) else { continue };
        let alone = case.analyze();
        let analysis = analyze_joined(knowledge(), &name, &case.inputs(), facts);
        if analysis.case.files.len() != alone.case.files.len() || analysis.case.events.len() != alone.case.events.len() {
            problems.push(format!("  {name}: files of other cases are listed as its own"));
        }
        if analysis.case.verdict.state != alone.case.verdict.state {
            problems.push(format!("  {name}: what a host saw changes the state"));
        }
        for place in analysis.case.findings.iter().flat_map(|f| f.evidence_for.iter().chain(&f.against)) {
            let named = place.file.as_deref().is_some_and(|f| analysis.sources.iter().any(|s| s.name == f && s.case == place.case));
            if !named || place.record.is_none() && place.line.is_none() {
                problems.push(format!("  {name}: evidence without a place: {place:?}"));
            }
        }
        for locale in LOCALES {
            if Renderer::new(knowledge()).unwrap().case(&analysis, locale, &CaseLinks::default()).is_err() {
                problems.push(format!("  {name}: no page in {locale}"));
            }
            let _ = case_text(knowledge(), &analysis, locale, false);
        }
    }
    assert!(!joined.facts.is_empty() && !joined.hosts.is_empty(), "the corpus holds hosts and clients");
    report("joined cases are not sound", &problems);
}
