//! What a batch shows about each KMS host: how many ask, who got through, whether ids are shared, how the
//! count goes.

use std::collections::{BTreeMap, BTreeSet};

use super::look_up::{Found, Log, Logs, answered};
use super::{Digest, JoinedFact, Request};
use crate::assemble::host::{Answer, TOLERANCE_MINUTES, Trend, short};
use crate::event::clock;

/// One KMS host.
#[derive(Debug, Clone, Default)]
pub struct HostSummary {
    /// Its name; empty when its log does not say.
    pub computer: String,
    /// Indices of the cases that hold its logs.
    pub cases: Vec<usize>,
    /// First and last time in its logs, UTC, ISO 8601; empty when not known.
    pub span: (String, String),
    /// Requests in its logs.
    pub requests: usize,
    /// Different computers in them.
    pub clients: usize,
    /// Different ids of computers.
    pub cmids: usize,
    /// Ids that several computers use.
    pub shared: Vec<SharedId>,
    /// Cases of the batch whose newest request went to it.
    pub members: Vec<Member>,
    /// The count in its answers to these cases; `None` without two answers.
    pub count: Option<Trend>,
}

/// An id that several computers use: an image that was not generalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedId {
    /// The id.
    pub cmid: String,
    /// Names of the computers.
    pub clients: Vec<String>,
}

/// A case whose computer is a client of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Index of the case.
    pub case: usize,
    /// What became of its newest request.
    pub outcome: Outcome,
    /// The host's code for it; empty when it never arrived.
    pub code: String,
    /// The client's clock minus the host's, in minutes, where it is beyond the tolerance.
    pub clock: Option<i64>,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The host's log goes past its time without it.
    NeverArrived,
    /// The host served it and the client got nothing.
    AnswerLost,
    /// The host refused it.
    Refused,
    /// The host served it.
    Served,
    /// A host answered, and it was not this one.
    Elsewhere,
}

impl Outcome {
    /// The word used in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NeverArrived => "never-arrived",
            Self::AnswerLost => "answer-lost",
            Self::Refused => "refused",
            Self::Served => "served",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// One summary per host, by name; logs that do not name their host stand for themselves.
pub(super) fn hosts(digests: &[Digest], logs: &Logs<'_>) -> Vec<HostSummary> {
    let mut groups: BTreeMap<(String, usize), Vec<&Log<'_>>> = BTreeMap::new();
    for (index, log) in logs.iter().enumerate() {
        groups.entry(group(log, index)).or_default().push(log);
    }
    let mut members: BTreeMap<String, Vec<(&Request, Member)>> = BTreeMap::new();
    for (case, digest) in digests.iter().enumerate() {
        let Some(request) = digest.requests.last() else { continue };
        if let Some((computer, member)) = member(case, request, logs) {
            members.entry(computer).or_default().push((request, member));
        }
    }
    let summary = |((computer, _), logs): ((String, usize), Vec<&Log<'_>>)| {
        let found = if computer.is_empty() { Vec::new() } else { members.remove(&computer).unwrap_or_default() };
        summary(digests, computer, &logs, found)
    };
    groups.into_iter().map(summary).collect()
}

/// Logs of one computer belong together.
fn group(log: &Log<'_>, index: usize) -> (String, usize) {
    let computer = log.held.computer.clone();
    if computer.is_empty() { (computer, index) } else { (computer, 0) }
}

fn member(case: usize, request: &Request, logs: &Logs<'_>) -> Option<(String, Member)> {
    let found = logs.find(case, request)?;
    let log = found.log().held;
    let (outcome, code, clock) = match &found {
        Found::Missing { .. } if answered(&request.code) => (Outcome::Elsewhere, String::new(), None),
        Found::Missing { .. } => (Outcome::NeverArrived, String::new(), None),
        Found::Served { served, .. } => {
            let code = log.name(served.code).to_owned();
            let outcome = match (found.answer(request), code.as_str()) {
                ("lost", _) => Outcome::AnswerLost,
                (_, "0x00000000") => Outcome::Served,
                _ => Outcome::Refused,
            };
            let apart = found.log().apart(served);
            (outcome, code, apart.filter(|m| m.abs() > TOLERANCE_MINUTES))
        }
    };
    Some((log.computer.clone(), Member { case, outcome, code, clock }))
}

fn summary(digests: &[Digest], computer: String, logs: &[&Log<'_>], found: Vec<(&Request, Member)>) -> HostSummary {
    let served = || logs.iter().flat_map(|l| l.held.served.iter().map(|s| (l.held, s)));
    let distinct = |name: &dyn Fn(&super::HostLog, &super::Served) -> String| {
        served().map(|(l, s)| name(l, s)).filter(|n| !n.is_empty()).collect::<BTreeSet<_>>().len()
    };
    let times = || logs.iter().flat_map(|l| l.times.first().into_iter().chain(l.times.last())).map(|(at, _)| *at);
    let mut shared: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (cmid, names) in logs.iter().flat_map(|l| &l.shared) {
        shared.entry(cmid).or_default().extend(names.iter().cloned());
    }
    let text = |time: Option<i64>| time.map(clock::record_text).unwrap_or_default();
    let cases: BTreeSet<usize> = logs.iter().map(|l| l.case).collect();
    let count = counts(digests, &found.iter().map(|(_, m)| m.case).collect::<Vec<_>>()).map(|(_, _, trend)| trend);
    HostSummary {
        computer,
        cases: cases.into_iter().collect(),
        span: (text(times().min()), text(times().max())),
        requests: served().count(),
        clients: distinct(&|l, s| short(l.name(s.client))),
        cmids: distinct(&|l, s| l.name(s.cmid).to_owned()),
        shared: shared.into_iter().map(|(cmid, names)| SharedId { cmid: cmid.to_owned(), clients: names.into_iter().collect() }).collect(),
        members: found.into_iter().map(|(_, m)| m).collect(),
        count,
    }
}

/// Case and request of the newest answer about a product, and how its count went: that of a product whose
/// count is stuck, else of the first.
fn counts<'d>(digests: &'d [Digest], cases: &[usize]) -> Option<(usize, &'d Request, Trend)> {
    let mut by_sku: BTreeMap<&str, Vec<(Answer, usize, &Request)>> = BTreeMap::new();
    for case in cases {
        for request in digests.get(*case).into_iter().flat_map(|d| &d.requests) {
            if let Some(answer) = request.answer {
                by_sku.entry(&request.sku).or_default().push((answer, *case, request));
            }
        }
    }
    let trend_of = |mut answers: Vec<(Answer, usize, &'d Request)>| {
        answers.sort_by_key(|(answer, case, _)| (answer.at, *case));
        let trend = Trend::of(&answers.iter().map(|(a, ..)| *a).collect::<Vec<_>>())?;
        answers.last().map(|(_, case, request)| (*case, *request, trend))
    };
    let trends: Vec<(usize, &Request, Trend)> = by_sku.into_values().filter_map(trend_of).collect();
    let stuck = trends.iter().find(|(_, _, trend)| trend.stuck == Some(true));
    stuck.or(trends.first()).copied()
}

/// A count that stays too low in the answers to several clients, for the cases that hold the host's log.
pub(super) fn stuck_count(digests: &[Digest], host: &HostSummary) -> Vec<(usize, JoinedFact)> {
    let clients: Vec<usize> = host.members.iter().map(|m| m.case).collect();
    let Some((client, request, trend)) = counts(digests, &clients).filter(|(_, _, t)| t.stuck == Some(true)) else { return Vec::new() };
    let fact = JoinedFact {
        kind: "kms-count-trend",
        fields: trend.fields(),
        cmid: request.cmid.clone(),
        sku: request.sku.clone(),
        case: digests.get(client).map(|d| d.case.clone()).unwrap_or_default(),
        spot: request.spot.clone(),
        record: None,
    };
    host.cases.iter().filter(|case| **case != client).map(|case| (*case, fact.clone())).collect()
}
