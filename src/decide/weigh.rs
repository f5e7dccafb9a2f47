//! Weighs findings: the surest cause wins; among equals the one nearer to the root.

use std::collections::BTreeMap;

use crate::fact::Fact;
use crate::knowledge::Knowledge;
use crate::rule::{Certainty, Finding};

/// A cause with its evidence.
#[derive(Debug, Clone)]
pub struct CauseWeight {
    /// Cause id.
    pub cause: String,
    /// How sure, after evidence against it.
    pub certainty: Certainty,
    /// Facts that show it, in input order.
    pub evidence: Vec<usize>,
    /// Facts that argue against it.
    pub against: Vec<usize>,
    /// Rules that fired for it.
    pub rules: Vec<String>,
}

impl CauseWeight {
    /// A cause without evidence of its own.
    #[must_use]
    pub fn bare(cause: &str) -> Self {
        Self { cause: cause.to_owned(), certainty: Certainty::Possible, evidence: Vec::new(), against: Vec::new(), rules: Vec::new() }
    }
}

/// The best cause and the rivals, best first.
#[must_use]
pub fn weigh<'f>(
    knowledge: &Knowledge,
    facts: &[Fact],
    findings: impl Iterator<Item = &'f Finding>,
) -> (Option<CauseWeight>, Vec<CauseWeight>) {
    let findings: Vec<&Finding> = findings.collect();
    let mut causes: BTreeMap<&str, CauseWeight> = BTreeMap::new();
    for finding in findings.iter().filter(|f| !f.against) {
        let entry = causes.entry(&finding.cause).or_insert_with(|| CauseWeight::bare(&finding.cause));
        entry.certainty = entry.certainty.max(finding.certainty);
        entry.evidence.extend(finding.evidence.iter().map(|e| e.fact));
        entry.rules.push(finding.rule.clone());
    }
    for finding in findings.iter().filter(|f| f.against) {
        let Some(entry) = causes.get_mut(finding.cause.as_str()) else { continue };
        entry.certainty = entry.certainty.lower();
        entry.against.extend(finding.evidence.iter().map(|e| e.fact));
        if finding.certainty == Certainty::Certain {
            causes.remove(finding.cause.as_str());
        }
    }
    let mut ranked: Vec<CauseWeight> = causes.into_values().collect();
    for weight in &mut ranked {
        weight.evidence.sort_unstable();
        weight.evidence.dedup();
    }
    ranked.sort_by_key(|w| (std::cmp::Reverse(w.certainty), order(knowledge, &w.cause)));
    let mut ranked = ranked.into_iter();
    let Some(best) = ranked.next() else { return (None, Vec::new()) };
    let mut rivals: Vec<CauseWeight> =
        ranked.filter(|w| best.certainty != Certainty::Certain || w.certainty == Certainty::Certain).collect();
    if best.certainty != Certainty::Certain {
        add_rivals_of_codes(knowledge, facts, &best, &mut rivals);
    }
    rivals.retain(|r| r.cause != best.cause && r.cause != "other");
    (Some(best), rivals)
}

/// What else the codes behind the best cause can mean.
fn add_rivals_of_codes(knowledge: &Knowledge, facts: &[Fact], best: &CauseWeight, rivals: &mut Vec<CauseWeight>) {
    for fact in best.evidence.iter().filter_map(|&i| facts.get(i)).filter(|f| f.kind == "code-stated") {
        let Some(entry) = knowledge.codes.get(fact.field("code")) else { continue };
        for rival in &entry.rivals {
            if *rival != best.cause && !rivals.iter().any(|r| r.cause == *rival) {
                rivals.push(CauseWeight::bare(rival));
            }
        }
    }
}

fn order(knowledge: &Knowledge, cause: &str) -> u32 {
    knowledge.causes.get(cause).map_or(u32::MAX, |c| c.order)
}
