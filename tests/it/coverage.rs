//! What the corpus covers: each rule fires somewhere and stays silent at a declared near miss; each
//! cause is reached; healthy machines are left in peace.

use std::collections::{BTreeMap, BTreeSet};

use kms_triage::analyze::Analysis;
use kms_triage::rule::Rule;

use crate::cases::{self, TestCase};
use crate::demo;
use crate::expect::rules_fired;
use crate::files::{knowledge, report};

/// Rules that may have one firing case only: only ever lower it.
const RULES_WITH_ONE_CASE_MAX: usize = 0;
/// Rules that may have one near miss only: only ever lower it.
const RULES_WITH_ONE_NEAR_MISS_MAX: usize = 0;
/// Causes that no console text of the corpus reaches, and why.
const CAUSES_WITHOUT_CASE: [(&str, &str); 0] = [];

fn rule_ids() -> BTreeSet<String> {
    rules().map(|r| r.id.clone()).collect()
}

#[track_caller]
fn allow(what: &str, found: &[String], at_most: usize) {
    assert!(found.len() <= at_most, "{} rules {what}, {at_most} are allowed:\n  {}\n", found.len(), found.join("\n  "));
}

/// How often each rule fires, and how often it is a declared near miss.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    fired: BTreeMap<String, usize>,
    missed: BTreeMap<String, usize>,
}

impl Counts {
    pub(crate) fn add(&mut self, case: &TestCase, analysis: &Analysis) {
        for rule in rules_fired(&analysis.case).into_iter().collect::<BTreeSet<_>>() {
            *self.fired.entry(rule).or_default() += 1;
        }
        for id in &case.about.near_miss {
            *self.missed.entry(id.clone()).or_default() += 1;
        }
    }

    /// Rules with fewer than `at_least` firing cases.
    fn silent(&self, at_least: usize) -> Vec<String> {
        let few = rules().filter(|r| self.fired.get(&r.id).is_none_or(|n| *n < at_least));
        few.map(|r| r.id.clone()).collect()
    }

    /// Rules with fewer than `at_least` near misses. A cause named as a near miss stands for its rules, but
    /// not for those that argue against it.
    fn unmissed(&self, at_least: usize) -> Vec<String> {
        let of = |id: &str| self.missed.get(id).copied().unwrap_or(0);
        let few = rules().filter(|r| of(&r.id) + if r.against { 0 } else { of(&r.cause) } < at_least);
        few.map(|r| r.id.clone()).collect()
    }

    pub(crate) fn fired_once(&self) -> Vec<String> {
        self.silent(2)
    }

    pub(crate) fn missed_once(&self) -> Vec<String> {
        self.unmissed(2)
    }
}

pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    knowledge().rules.values().filter(|r| r.status != "retired")
}

/// `corpus.rs` holds the cases to their near misses; here each rule must have some.
#[test]
fn every_rule_has_cases_and_near_misses() {
    if std::env::var_os("CASE").is_some() {
        return;
    }
    let mut counts = Counts::default();
    for case in cases::all() {
        counts.add(case, &case.analyze());
    }
    allow("never fire", &counts.silent(1), 0);
    allow("have no near miss", &counts.unmissed(1), 0);
    allow("fire in one case only", &counts.silent(2), RULES_WITH_ONE_CASE_MAX);
    allow("have one near miss only", &counts.unmissed(2), RULES_WITH_ONE_NEAR_MISS_MAX);
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
    let of_corpus = cases::all().into_iter().map(TestCase::analyze);
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
