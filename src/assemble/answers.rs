//! Requests to the KMS host that certainly got no answer. An excerpt, a filtered export or a log that ends
//! with the request cannot tell: nothing is said then.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{EventRecord, clock};
use crate::fact::Fact;

/// An answer is processed within seconds; a log that goes on for this long without one, in minutes, has none.
const ANSWER_MINUTES: i64 = 10;

/// Marks the requests of one log; `run` names its facts, which are in order of time.
pub(super) fn mark(facts: &mut [Fact], run: usize, records: &[EventRecord]) {
    // An export of requests alone would hold no answer either.
    let ids: BTreeSet<&str> = facts.iter().filter(|f| f.run == run && f.kind == "event-seen").map(|f| f.field("id")).collect();
    if ids.len() < 2 {
        return;
    }
    let end = records.iter().filter_map(|r| clock::minutes(r.time.as_deref()?)).max();
    let timed = |kind: &'static str| facts.iter().enumerate().filter(move |(_, f)| f.run == run && f.kind == kind);
    let answers: Vec<i64> = timed("kms-answer").filter_map(|(_, f)| clock::minutes(f.field("at"))).collect();
    // An answer without a time may belong to any request.
    if answers.len() < timed("kms-answer").count() {
        return;
    }
    let requests: Vec<(usize, Option<i64>, &str)> =
        timed("kms-request-sent").map(|(i, f)| (i, clock::minutes(f.field("at")), f.field("sku"))).collect();
    let mut next: BTreeMap<&str, Option<i64>> = BTreeMap::new();
    let mut lost = Vec::new();
    for (index, at, sku) in requests.iter().rev() {
        let following = next.insert(sku, *at).flatten();
        let Some(at) = *at else { continue };
        let until = following.or(end.filter(|end| *end >= at + ANSWER_MINUTES));
        // Order within a minute is not sure in every form.
        let answered = |until: i64| answers.iter().any(|a| (at - 1..=until).contains(a));
        let sent = facts.get(*index).is_some_and(|f| f.field("code") == "0x00000000" && f.field("answered").is_empty());
        if sent && until.is_some_and(|u| !answered(u)) {
            lost.push(*index);
        }
    }
    for index in lost {
        if let Some(fact) = facts.get_mut(index) {
            fact.fields.insert("answered", "no".to_owned());
        }
    }
}
