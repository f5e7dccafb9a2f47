//! What the corpus covers: each rule fires somewhere and stays silent at a declared near miss; each
//! cause is reached; healthy machines are left in peace.

use std::collections::BTreeSet;

use crate::cases;
use crate::demo;
use crate::expect::rules_fired;
use crate::files::{knowledge, report};

/// Rules that may lack a firing case: only ever lower it.
const RULES_WITHOUT_CASE_MAX: usize = 0;
/// Rules that may lack a near miss: only ever lower it.
const RULES_WITHOUT_NEAR_MISS_MAX: usize = 0;
/// Causes that no console text of the corpus reaches, and why.
const CAUSES_WITHOUT_CASE: [(&str, &str); 0] = [];

fn rule_ids() -> BTreeSet<String> {
    knowledge().rules.values().filter(|r| r.status != "retired").map(|r| r.id.clone()).collect()
}

#[track_caller]
fn allow(what: &str, found: &[String], at_most: usize) {
    assert!(found.len() <= at_most, "{} rules {what}, {at_most} are allowed:\n  {}\n", found.len(), found.join("\n  "));
}

#[test]
fn every_rule_fires_somewhere() {
    let mut silent = rule_ids();
    let of_corpus = cases::all().into_iter().map(cases::TestCase::analyze);
    for analysis in of_corpus.chain(demo::analyses()) {
        for rule in rules_fired(&analysis.case) {
            silent.remove(&rule);
        }
    }
    allow("never fire", &silent.into_iter().collect::<Vec<_>>(), RULES_WITHOUT_CASE_MAX);
}

/// `corpus.rs` holds the cases to their near misses; here each rule must have one. A cause named as a
/// near miss stands for its rules, but not for those that argue against it.
#[test]
fn every_rule_has_a_near_miss() {
    let missed: BTreeSet<&str> = cases::all().iter().flat_map(|c| &c.about.near_miss).map(String::as_str).collect();
    let rules = knowledge().rules.values().filter(|r| r.status != "retired");
    let without = rules.filter(|r| !missed.contains(r.id.as_str()) && (r.against || !missed.contains(r.cause.as_str())));
    allow("have no near miss", &without.map(|r| r.id.clone()).collect::<Vec<_>>(), RULES_WITHOUT_NEAR_MISS_MAX);
}

#[test]
fn near_misses_name_what_exists() {
    let rules = rule_ids();
    let known = |id: &String| rules.contains(id) || knowledge().causes.contains_key(id);
    let unknown = cases::all().into_iter().flat_map(|c| c.about.near_miss.iter().map(move |id| (c, id)));
    let problems: Vec<String> = unknown.filter(|(_, id)| !known(id)).map(|(c, id)| format!("  {}: {id}", c.name)).collect();
    report("near misses are no rule and no cause", &problems);
}

#[test]
fn every_cause_is_reached() {
    let mut missing: BTreeSet<&str> = knowledge().causes.keys().map(String::as_str).collect();
    let of_corpus = cases::all().into_iter().map(cases::TestCase::analyze);
    for analysis in of_corpus.chain(demo::analyses()) {
        if let Some(cause) = &analysis.case.verdict.cause {
            missing.remove(cause.as_str());
        }
    }
    for (cause, _) in CAUSES_WITHOUT_CASE {
        missing.remove(cause);
    }
    report("causes are reached by no case", &missing.into_iter().map(|c| format!("  {c}")).collect::<Vec<_>>());
}

#[test]
fn healthy_machines_are_left_in_peace() {
    let mut problems = Vec::new();
    for case in cases::all().into_iter().filter(|c| c.group() == "clean") {
        let verdict = case.analyze().case.verdict;
        if verdict.state != "activated" || verdict.cause.is_some() {
            problems.push(format!("  {}: {} {:?}", case.name, verdict.state, verdict.cause));
        }
    }
    report("healthy machines are accused", &problems);
}
