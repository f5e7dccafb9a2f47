//! What is kept of a case for the join: the newest requests of a client, the requests in a host's log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analyze::{Analysis, Source};
use crate::assemble::Assembly;
use crate::assemble::host::Answer;
use crate::event::clock;
use crate::fact::{Fact, Place};

/// Requests kept of one client's case: the newest, and all that still count.
const REQUESTS_MAX: usize = 8;

/// Requests kept of one host's log: the newest. Some 80 bytes each.
const SERVED_MAX: usize = 100_000;

/// One case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Digest {
    /// Name of the case.
    pub case: String,
    /// Requests that its computer sent, oldest first.
    pub requests: Vec<Request>,
    /// Logs of KMS hosts.
    pub logs: Vec<HostLog>,
}

/// Where a record stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// Index of the file within its case.
    pub index: usize,
    /// File name.
    pub file: String,
    /// First line; 0 in a file without lines.
    pub line: u32,
    /// Last line.
    pub last_line: u32,
    /// Record number.
    pub record: Option<u64>,
}

/// A request as the client's log has it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Request {
    /// Client machine id.
    pub cmid: String,
    /// Activation id of the product.
    pub sku: String,
    /// Computer that sent it, lower case; may be empty.
    pub computer: String,
    /// Host that it went to, without port, lower case; may be empty.
    pub host: String,
    /// Result code.
    pub code: String,
    /// When, by the client's clock: minutes since 1970, UTC.
    pub sent: i64,
    /// No later request or success replaced it.
    pub counts: bool,
    /// Whether an answer came; `None` when the log cannot tell.
    pub answered: Option<bool>,
    /// The answer's count.
    pub answer: Option<Answer>,
    /// Where.
    pub spot: Spot,
}

/// The requests in one log of a KMS host.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HostLog {
    /// Computer that wrote it, lower case; may be empty.
    pub computer: String,
    /// Index of the file within its case.
    pub index: usize,
    /// File name.
    pub file: String,
    /// Read whole: what is not in it was not there.
    pub whole: bool,
    /// Strings of the requests.
    pub names: Vec<String>,
    /// Requests, oldest first.
    pub served: Vec<Served>,
}

/// A request as the host's log has it. Strings are indices into [`HostLog::names`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Served {
    /// Client machine id.
    pub cmid: u32,
    /// Activation id.
    pub sku: u32,
    /// Name of the client.
    pub client: u32,
    /// Result code.
    pub code: u32,
    /// Count that the product needs.
    pub needed: u32,
    /// `yes` on a virtual machine.
    pub vm: u32,
    /// License status word.
    pub status: u32,
    /// Minutes left in it.
    pub minutes: u32,
    /// First line; 0 in a file without lines.
    pub line: u32,
    /// Last line.
    pub last_line: u32,
    /// When it was sent, by the client's clock: minutes since 1970, UTC.
    pub sent: i64,
    /// When it was logged, by the host's clock.
    pub at: Option<i64>,
    /// Record number.
    pub record: Option<u64>,
}

/// The digest of an analysis.
#[must_use]
pub fn digest(analysis: &Analysis) -> Digest {
    of(&analysis.case.case, &analysis.sources, &analysis.assembly)
}

pub(super) fn of(case: &str, sources: &[Source], assembly: &Assembly) -> Digest {
    // Of too many facts the oldest are forgotten: what is left has no gap.
    let whole = |file: usize| sources.get(file).is_some_and(|s| s.status == "read");
    let own = |fact: &&Fact| sources.get(fact.place.file).is_some_and(|s| s.case.is_none());
    let mut tables: BTreeMap<usize, Table> = BTreeMap::new();
    for fact in assembly.facts.iter().filter(own).filter(|f| f.kind == "kms-host-request") {
        let file = fact.place.file;
        let table = tables.entry(file).or_insert_with(|| Table::new(sources, file, whole(file)));
        table.add(fact);
    }
    let requests = requests(sources, &assembly.facts);
    Digest { case: case.to_owned(), requests, logs: tables.into_values().map(Table::end).collect() }
}

fn requests(sources: &[Source], facts: &[Fact]) -> Vec<Request> {
    let mut found: Vec<Request> = Vec::new();
    for fact in facts {
        match fact.kind {
            "kms-request-sent" => found.extend(request(sources, fact)),
            // An answer follows its request.
            "kms-answer" => {
                let Some(answer) = Answer::of(fact) else { continue };
                let asked = found.iter_mut().rev().find(|r| r.cmid == fact.field("cmid") && r.sku == fact.field("sku"));
                if let Some(asked) = asked {
                    asked.answer = Some(answer);
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|r| r.sent);
    let old = found.len().saturating_sub(REQUESTS_MAX);
    found.into_iter().enumerate().filter(|(i, r)| *i >= old || r.counts).map(|(_, r)| r).collect()
}

fn request(sources: &[Source], fact: &Fact) -> Option<Request> {
    let text = |name: &str| fact.field(name).to_owned();
    Some(Request {
        cmid: text("cmid"),
        sku: text("sku"),
        computer: text("by"),
        host: crate::assemble::split_host(fact.field("host")).0,
        code: text("code"),
        sent: clock::minutes(fact.field("time"))?,
        counts: !fact.superseded,
        answered: match fact.field("answered") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        answer: None,
        spot: Spot::of(sources, &fact.place),
    })
}

impl Spot {
    fn of(sources: &[Source], place: &Place) -> Self {
        let file = sources.get(place.file).map(|s| s.name.clone()).unwrap_or_default();
        Self { index: place.file, file, line: place.line, last_line: place.last_line, record: place.record }
    }
}

/// A log while its strings are collected.
struct Table {
    log: HostLog,
    known: BTreeMap<String, u32>,
}

impl Table {
    fn new(sources: &[Source], file: usize, whole: bool) -> Self {
        let name = sources.get(file).map(|s| s.name.clone()).unwrap_or_default();
        Self { log: HostLog { index: file, file: name, whole, ..HostLog::default() }, known: BTreeMap::new() }
    }

    fn add(&mut self, fact: &Fact) {
        let Some(sent) = clock::minutes(fact.field("time")) else { return };
        if self.log.computer.is_empty() {
            fact.field("by").clone_into(&mut self.log.computer);
        }
        let mut name = |field: &str| self.name(fact.field(field));
        let (cmid, sku, client, code) = (name("cmid"), name("sku"), name("client"), name("code"));
        let (needed, vm, status, minutes) = (name("count"), name("vm"), name("status"), name("minutes"));
        self.log.served.push(Served {
            cmid,
            sku,
            client,
            code,
            needed,
            vm,
            status,
            minutes,
            line: fact.place.line,
            last_line: fact.place.last_line,
            sent,
            at: clock::minutes(fact.field("at")),
            record: fact.place.record,
        });
    }

    fn name(&mut self, text: &str) -> u32 {
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        let index = u32::try_from(self.log.names.len()).unwrap_or(u32::MAX);
        self.log.names.push(text.to_owned());
        self.known.insert(text.to_owned(), index);
        index
    }

    fn end(mut self) -> HostLog {
        let old = self.log.served.len().saturating_sub(SERVED_MAX);
        self.log.served.drain(..old);
        self.log
    }
}

impl HostLog {
    /// A string of a request.
    pub(super) fn name(&self, index: u32) -> &str {
        usize::try_from(index).ok().and_then(|i| self.names.get(i)).map_or("", String::as_str)
    }

    /// Where a request stands.
    pub(super) fn spot(&self, served: &Served) -> Spot {
        Spot { index: self.index, file: self.file.clone(), line: served.line, last_line: served.last_line, record: served.record }
    }
}
