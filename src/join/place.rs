//! Puts joined facts into an assembly, beside the request they are about.

use std::collections::{BTreeMap, BTreeSet};

use super::{Digest, JoinedFact, digest, facts_of};
use crate::analyze::Source;
use crate::assemble::Assembly;
use crate::fact::{Fact, Place};
use crate::join::look_up::Logs;

/// Joins the files of one case with each other.
pub(crate) fn within(name: &str, sources: &[Source], assembly: &mut Assembly) {
    let digests = [digest::of(name, sources, assembly)];
    let [own]: &[Digest; 1] = &digests;
    if own.logs.is_empty() || own.requests.is_empty() {
        return;
    }
    let logs = Logs::new(&digests);
    let found = own.requests.iter().filter(|r| r.counts).filter_map(|r| Some((r, logs.find(0, r)?)));
    let facts: Vec<JoinedFact> = found.flat_map(|(r, f)| facts_of(&digests, r, &f)).collect();
    settle_requests(own, &facts, assembly);
    for fact in facts.iter().filter(|f| f.kind != "kms-host-request") {
        put(fact, fact.spot.index, assembly);
    }
    assembly.facts.sort_by_key(|f| f.place.order());
}

/// Adds facts from other cases. Their files become sources that hold only the
/// records that these facts stand in.
pub(crate) fn add(facts: &[JoinedFact], sources: &mut Vec<Source>, assembly: &mut Assembly) {
    for fact in facts {
        let name = format!("{}/{}", fact.case, fact.spot.file);
        let known = |s: &Source| s.case.as_deref() == Some(&fact.case) && s.name == name;
        let file = sources.iter().position(known).unwrap_or(sources.len());
        if file == sources.len() {
            sources.push(Source { name, case: Some(fact.case.clone()), kind: "events", status: "read", ..Source::default() });
        }
        if let Some((record, source)) = fact.record.as_ref().zip(sources.get_mut(file))
            && !source.events.contains(record)
        {
            source.events.push(record.clone());
        }
        put(fact, file, assembly);
    }
    assembly.facts.sort_by_key(|f| f.place.order());
}

/// Of the computer's own requests in the host's log only those count that its own log still counts.
fn settle_requests(own: &Digest, facts: &[JoinedFact], assembly: &mut Assembly) {
    let sent: BTreeSet<(&str, &str)> = own.requests.iter().map(|r| (r.cmid.as_str(), r.sku.as_str())).collect();
    let spots = facts.iter().filter(|f| f.kind == "kms-host-request").map(|f| (f.spot.index, f.spot.line, f.spot.record));
    let current: BTreeSet<(usize, u32, Option<u64>)> = spots.collect();
    let products: BTreeMap<(String, String), Option<usize>> =
        sent.iter().map(|(c, s)| (((*c).to_owned(), (*s).to_owned()), request_of(assembly, c, s).and_then(|f| f.product))).collect();
    for fact in assembly.facts.iter_mut().filter(|f| f.kind == "kms-host-request" && f.field("ours") == "yes") {
        let id = (fact.field("cmid").to_owned(), fact.field("sku").to_owned());
        if let Some(product) = products.get(&id) {
            fact.superseded = !current.contains(&(fact.place.file, fact.place.line, fact.place.record));
            fact.product = *product;
        }
    }
}

fn put(joined: &JoinedFact, file: usize, assembly: &mut Assembly) {
    let request = request_of(assembly, &joined.cmid, &joined.sku);
    let (run, product) = request.map_or((0, None), |f| (f.run, f.product));
    let spot = &joined.spot;
    let place = Place {
        file,
        line: spot.line,
        last_line: spot.last_line,
        text: (0, 0),
        record: spot.record,
        // Behind every record of the file: it is known only after all of them.
        sequence: Some(u32::MAX),
    };
    assembly.facts.push(Fact {
        kind: joined.kind,
        fields: joined.fields.clone(),
        place,
        run,
        product,
        message: String::new(),
        superseded: false,
    });
}

/// The newest request of an id that still counts.
fn request_of<'a>(assembly: &'a Assembly, cmid: &str, sku: &str) -> Option<&'a Fact> {
    let sent = assembly.facts.iter().rev().filter(|f| f.kind == "kms-request-sent" && !f.superseded);
    sent.into_iter().find(|f| f.field("cmid") == cmid && f.field("sku") == sku)
}
