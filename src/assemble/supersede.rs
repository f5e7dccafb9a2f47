//! Marks failures that a later statement about the same thing has replaced: the newest one wins.

use std::collections::BTreeMap;

use super::{Assembly, Outcome};
use crate::fact::Fact;

/// Statements that a later success or a repeated command replaces.
const FAILURES: [&str; 12] = [
    "code-stated",
    "error-reported",
    "error-described",
    "activation-failed",
    "connect-error",
    "script-missing",
    "command-not-found",
    "access-denied",
    "elevation-needed",
    "no-kms-licenses",
    "script-error",
    "command-typo",
];

/// Tool, action and product (`None`: unknown) of a run.
type Key = (String, String, Option<usize>);

/// The last run in which something happened, by what.
#[derive(Default)]
struct Latest {
    /// A command ended, whatever way.
    ended: BTreeMap<Key, usize>,
    /// The same whatever the product.
    ended_any: BTreeMap<(String, String), usize>,
    /// A tool did its work.
    worked: BTreeMap<String, usize>,
    /// A product was activated.
    activated: BTreeMap<usize, usize>,
}

/// Marks superseded facts.
pub(super) fn mark(out: &mut Assembly) {
    let latest = latest(out);
    let newest = newest_records(&out.facts);
    let marks: Vec<bool> = out
        .facts
        .iter()
        .enumerate()
        .map(|(i, f)| FAILURES.contains(&f.kind) && is_replaced(out, &latest, f) || is_old_record(&newest, i, f))
        .collect();
    for (fact, mark) in out.facts.iter_mut().zip(marks) {
        fact.superseded = mark;
    }
}

/// Of the records about one product only the newest of a kind counts, and none before a success.
const RECORDS: [&str; 8] = [
    "code-stated",
    "kms-request-sent",
    "kms-answer",
    "activation-attempt-failed",
    "inner-code",
    "license-check",
    "kms-host-request",
    "genuine-event",
];

/// Index of the newest record fact by kind, product and, for requests in a host's log, whose and what for.
type Newest<'f> = BTreeMap<(&'static str, Option<usize>, (&'f str, &'f str)), usize>;

fn newest_records(facts: &[Fact]) -> Newest<'_> {
    let records = facts.iter().enumerate().filter(|(_, f)| f.place.sequence.is_some());
    records.map(|(i, f)| ((f.kind, f.product, asked(f)), i)).collect()
}

/// One host serves many computers and products: the newest request of others replaces none of ours.
fn asked(fact: &Fact) -> (&str, &str) {
    if fact.kind == "kms-host-request" { (fact.field("ours"), fact.field("sku")) } else { ("", "") }
}

fn is_old_record(newest: &Newest<'_>, index: usize, fact: &Fact) -> bool {
    let later = |kind: &'static str| newest.get(&(kind, fact.product, asked(fact))).is_some_and(|i| *i > index);
    let succeeded = newest.get(&("activation-succeeded", fact.product, ("", ""))).is_some_and(|i| *i > index);
    let failure = matches!(fact.kind, "code-stated" | "activation-attempt-failed" | "kms-request-sent" | "inner-code");
    fact.place.sequence.is_some() && RECORDS.contains(&fact.kind) && (later(fact.kind) || failure && succeeded)
}

fn latest(out: &Assembly) -> Latest {
    let mut latest = Latest::default();
    for (index, run) in out.runs.iter().enumerate() {
        if run.outcome == Outcome::Unknown {
            continue;
        }
        latest.ended.insert((run.tool.clone(), run.action.clone(), run.product), index);
        latest.ended_any.insert((run.tool.clone(), run.action.clone()), index);
        if run.outcome != Outcome::Failure {
            latest.worked.insert(run.tool.clone(), index);
        }
    }
    for fact in out.facts.iter().filter(|f| f.kind == "activation-succeeded") {
        if let Some(product) = fact.product {
            latest.activated.insert(product, fact.run);
        }
    }
    latest
}

fn is_replaced(out: &Assembly, latest: &Latest, fact: &Fact) -> bool {
    let Some(run) = out.runs.get(fact.run) else { return false };
    let later = |index: Option<&usize>| index.is_some_and(|i| *i > fact.run);
    let key = |product| (run.tool.clone(), run.action.clone(), product);
    let redone = !run.action.is_empty()
        && match fact.product {
            None => later(latest.ended_any.get(&(run.tool.clone(), run.action.clone()))),
            product => later(latest.ended.get(&key(product))) || later(latest.ended.get(&key(None))),
        };
    let healed = fact.product.is_some_and(|p| later(latest.activated.get(&p)));
    // A tool that worked later shows that it could be found and was allowed to run.
    let could_run = matches!(fact.kind, "script-missing" | "command-not-found" | "command-typo") && later(latest.worked.get(&run.tool));
    redone || healed || could_run
}
