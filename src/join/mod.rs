//! Joins the log of a KMS host with the requests of its clients: what a client sent is looked up in what the
//! host received. Works on digests small enough to keep for a whole batch; knows neither words nor rules.
//!
//! A request carries the client's id (CMID), the product's activation id and the client's time, and the
//! host writes down all three: the same request is recognised even where the clocks differ.

mod digest;
mod look_up;
mod place;
mod summary;
#[cfg(test)]
mod tests;

pub use crate::assemble::host::{Answer, Trend};
pub use digest::{Digest, HostLog, Request, Served, Spot, digest};
pub use summary::{HostSummary, Member, Outcome, SharedId};

use std::collections::BTreeMap;

use crate::assemble::host;
use crate::event::{EventRecord, RecordPlace, clock, fields};
use look_up::{Found, Logs};

pub(crate) use place::{add, within};

/// What a join found.
#[derive(Debug, Default)]
pub struct Joined {
    /// Facts for the cases that other cases tell something about, by index of the digest.
    pub facts: BTreeMap<usize, Vec<JoinedFact>>,
    /// Each KMS host that has a log in the batch, by name.
    pub hosts: Vec<HostSummary>,
}

/// A fact about one case that stands in a file of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedFact {
    /// Kind from the vocabulary.
    pub(crate) kind: &'static str,
    /// Values by field.
    pub(crate) fields: BTreeMap<&'static str, String>,
    /// The request it is about.
    pub(crate) cmid: String,
    /// Its activation id.
    pub(crate) sku: String,
    /// Case that the file belongs to.
    pub(crate) case: String,
    /// Where in that case.
    pub(crate) spot: Spot,
    /// The record itself, for the report.
    pub(crate) record: Option<EventRecord>,
}

/// Joins the digests of a batch. The result depends on their content and order alone.
#[must_use]
pub fn join(digests: &[Digest]) -> Joined {
    let logs = Logs::new(digests);
    if logs.is_empty() {
        return Joined::default();
    }
    let mut joined = Joined::default();
    for (case, digest) in digests.iter().enumerate() {
        let found = digest.requests.iter().filter(|r| r.counts).filter_map(|r| Some((r, logs.find(case, r)?)));
        // What stands in the case's own files, the analysis of that case has found already.
        let facts: Vec<JoinedFact> = found.filter(|(_, f)| f.log().case != case).flat_map(|(r, f)| facts_of(digests, r, &f)).collect();
        if !facts.is_empty() {
            joined.facts.insert(case, facts);
        }
    }
    joined.hosts = summary::hosts(digests, &logs);
    for host in &joined.hosts {
        for (case, fact) in summary::stuck_count(digests, host) {
            joined.facts.entry(case).or_default().push(fact);
        }
    }
    joined
}

/// Facts about one request from what the host's log says of it.
fn facts_of(digests: &[Digest], request: &Request, found: &Found<'_, '_>) -> Vec<JoinedFact> {
    let case = digests.get(found.log().case).map(|d| d.case.clone()).unwrap_or_default();
    let fact = |kind, fields, log: &HostLog, served: &Served| JoinedFact {
        kind,
        fields,
        cmid: request.cmid.clone(),
        sku: request.sku.clone(),
        case: case.clone(),
        spot: log.spot(served),
        record: Some(log.record(served, request)),
    };
    let at_host = |seen: &str, answer: &str, log: &HostLog| {
        let fields = [("seen", seen), ("answer", answer), ("host", &log.computer)];
        fields.into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (n, v.to_owned())).collect()
    };
    match found {
        Found::Missing { log, next } => vec![fact("kms-request-at-host", at_host("no", "", log.held), log.held, next)],
        Found::Served { log: found_in, served } => {
            let log = found_in.held;
            let mut facts = vec![
                fact("kms-host-request", log.request_fields(served), log, served),
                fact("kms-request-at-host", at_host("yes", found.answer(request), log), log, served),
            ];
            if let Some(apart) = found_in.apart(served) {
                facts.push(fact("clock-difference", host::difference_fields(apart, "yes"), log, served));
            }
            if let Some(fields) = found_in.shared_fields(&request.cmid) {
                facts.push(fact("kms-host-clients", fields, log, served));
            }
            facts
        }
    }
}

impl HostLog {
    /// Fields of `kms-host-request`, as the log's own analysis has them.
    fn request_fields(&self, served: &Served) -> BTreeMap<&'static str, String> {
        let name = |index: u32| self.name(index).to_owned();
        let mut fields = BTreeMap::from([
            ("code", name(served.code)),
            ("client", name(served.client)),
            ("cmid", name(served.cmid)),
            ("sku", name(served.sku)),
            ("count", name(served.needed)),
            ("vm", name(served.vm)),
            ("status", name(served.status)),
            ("minutes", name(served.minutes)),
            ("time", clock::request_text(served.sent)),
            ("ours", "yes".to_owned()),
        ]);
        fields.extend(served.at.map(|at| ("at", clock::record_text(at))));
        fields.extend((!self.computer.is_empty()).then(|| ("by", self.computer.clone())));
        fields
    }

    /// The record of a request, as the log has it. Another computer than the one that sent `request` is
    /// nobody's business there.
    fn record(&self, served: &Served, request: &Request) -> EventRecord {
        const HIDDEN: &str = "…";
        let code = match self.name(served.code) {
            "0x00000000" => "0x0",
            code => code,
        };
        let vm = if self.name(served.vm) == "yes" { "1" } else { "0" };
        let status = fields::status_number(self.name(served.status)).unwrap_or(0).to_string();
        let (sent, name) = (clock::request_text(served.sent), |index| self.name(index));
        let own = name(served.cmid) == request.cmid;
        let (client, cmid) = if own { (name(served.client), name(served.cmid)) } else { (HIDDEN, HIDDEN) };
        let sku = name(served.sku);
        let list = [code, name(served.needed), client, cmid, &sent, vm, &status, name(served.minutes), sku];
        EventRecord {
            source: "KmsRequests".to_owned(),
            id: HOST_REQUEST,
            channel: "Key Management Service".to_owned(),
            computer: self.computer.clone(),
            time: served.at.map(clock::record_text),
            record_id: served.record,
            data: vec![list.join(",")],
            place: match served.record {
                Some(number) if served.line == 0 => RecordPlace::Record(number),
                _ => RecordPlace::Lines { first: served.line, last: served.last_line },
            },
            ..EventRecord::default()
        }
    }
}

/// The event that the digest's requests were read from.
const HOST_REQUEST: u32 = 12_290;
