//! Finds a client's request in the logs of the hosts, or that a host's log certainly lacks it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Digest, HostLog, Request, Served};
use crate::assemble::host::{self, TOLERANCE_MINUTES, short};

/// Client and host cut the same time to minutes, each in its way.
const SAME_MINUTES: i64 = 1;

/// CMID, activation id and time.
type Key<'d> = (&'d str, &'d str, i64);

/// All logs of a batch, by the ids in them.
pub(super) struct Logs<'d> {
    digests: &'d [Digest],
    all: Vec<Log<'d>>,
    /// Requests by CMID, activation id and time of sending.
    by_sent: BTreeMap<Key<'d>, Vec<(usize, &'d Served)>>,
    /// Times of sending by time of logging.
    by_logged: BTreeMap<Key<'d>, Vec<i64>>,
    /// Logs by the first part of their computer's name.
    by_computer: BTreeMap<String, Vec<usize>>,
    /// Computers behind the names that clients use for their host, learnt from requests that were found.
    aliases: BTreeMap<&'d str, BTreeSet<String>>,
    /// When each client's clock was last compared with a host's, and how far it was ahead.
    clocks: BTreeMap<&'d str, (i64, i64)>,
}

/// A log and what is asked of it for every request.
pub(super) struct Log<'d> {
    /// Index of the case that holds it.
    pub(super) case: usize,
    pub(super) held: &'d HostLog,
    /// Requests by time of logging.
    pub(super) times: Vec<(i64, &'d Served)>,
    /// Several computers are in it: it is no export about one.
    pub(super) several: bool,
    /// Its times and those of the clients have one zone.
    pub(super) comparable: bool,
    /// Ids that several computers use.
    pub(super) shared: BTreeMap<&'d str, Vec<String>>,
}

/// What the logs say about a request.
pub(super) enum Found<'l, 'd> {
    /// It is there.
    Served {
        /// The log.
        log: &'l Log<'d>,
        /// The request.
        served: &'d Served,
    },
    /// The log of the host that it went to goes past its time without it.
    Missing {
        /// The log.
        log: &'l Log<'d>,
        /// The first request logged after that time.
        next: &'d Served,
    },
}

impl<'d> Found<'_, 'd> {
    pub(super) const fn log(&self) -> &Log<'d> {
        match self {
            Self::Served { log, .. } | Self::Missing { log, .. } => log,
        }
    }

    /// `lost` when the host served the request and the client got nothing, `received` when it did, else empty.
    pub(super) fn answer(&self, request: &Request) -> &'static str {
        let Self::Served { log, served } = self else { return "" };
        let code = log.held.name(served.code);
        let granted = code == "0x00000000";
        match request.answered {
            Some(true) => "received",
            Some(false) if granted => "lost",
            _ if granted && !answered(&request.code) => "lost",
            _ if code == request.code && !granted => "received",
            _ => "",
        }
    }
}

/// Whether a request's code came from a host: success, or a code of the licensing service itself but the one
/// that says that no host answered.
pub(super) fn answered(code: &str) -> bool {
    code == "0x00000000" || code.starts_with("0xC004F0") && code != "0xC004F074"
}

impl<'d> Logs<'d> {
    pub(super) fn new(digests: &'d [Digest]) -> Self {
        let mut logs: Vec<Log<'_>> = digests.iter().enumerate().flat_map(|(i, d)| d.logs.iter().map(move |l| Log::new(i, l))).collect();
        // Where several logs say the same, names decide, not the order of the batch.
        logs.sort_by_key(|log| (digests.get(log.case).map(|d| d.case.as_str()), log.held.index));
        let mut found = Self {
            digests,
            all: logs,
            by_sent: BTreeMap::new(),
            by_logged: BTreeMap::new(),
            by_computer: BTreeMap::new(),
            aliases: BTreeMap::new(),
            clocks: BTreeMap::new(),
        };
        if !found.all.is_empty() {
            found.index(digests);
            found.learn(digests);
        }
        found
    }

    fn index(&mut self, digests: &'d [Digest]) {
        let requests = digests.iter().flat_map(|d| &d.requests);
        let wanted: BTreeSet<(&str, &str)> = requests.map(|r| (r.cmid.as_str(), r.sku.as_str())).collect();
        for (index, Log { held: log, .. }) in self.all.iter().enumerate() {
            if !log.computer.is_empty() {
                self.by_computer.entry(short(&log.computer)).or_default().push(index);
            }
            for served in &log.served {
                let (cmid, sku) = (log.name(served.cmid), log.name(served.sku));
                if wanted.contains(&(cmid, sku)) {
                    self.by_sent.entry((cmid, sku, served.sent)).or_default().push((index, served));
                    if let Some(at) = served.at {
                        self.by_logged.entry((cmid, sku, at)).or_default().push(served.sent);
                    }
                }
            }
        }
    }

    fn learn(&mut self, digests: &'d [Digest]) {
        let mut aliases: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut clocks: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for (case, request) in digests.iter().enumerate().flat_map(|(i, d)| d.requests.iter().map(move |r| (i, r))) {
            let Some((log, served)) = self.same(case, request) else { continue };
            // A client tries one host after the other within the minute: only an answer tells which one it was.
            if !request.host.is_empty() && answered(&request.code) {
                aliases.entry(&request.host).or_default().insert(log.held.computer.clone());
            }
            if let Some(apart) = log.apart(served) {
                let newest = clocks.entry(&request.cmid).or_insert((request.sent, apart));
                *newest = (*newest).max((request.sent, apart));
            }
        }
        (self.aliases, self.clocks) = (aliases, clocks);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Log<'d>> {
        self.all.iter()
    }

    /// The very request: its time is the client's on both sides. Clones share ids and may share the minute.
    fn same(&self, case: usize, request: &Request) -> Option<(&Log<'d>, &'d Served)> {
        let name = short(&request.computer);
        let key = |minutes: i64| (request.cmid.as_str(), request.sku.as_str(), request.sent + minutes);
        let near = self.by_sent.range(key(-SAME_MINUTES)..=key(SAME_MINUTES)).flat_map(|(_, found)| found);
        let found = near.filter_map(|(log, served)| self.all.get(*log).map(|l| (l, *served)));
        let fits = |(log, served): &(&Log<'_>, &Served)| {
            let client = short(log.held.name(served.client));
            name.is_empty() || client.is_empty() || name == client
        };
        // The nearest; among equals one of the same case.
        found.filter(fits).min_by_key(|(log, served)| ((served.sent - request.sent).abs(), log.case != case))
    }

    /// What the logs say about a request of a case; `None` when they cannot tell.
    pub(super) fn find(&self, case: usize, request: &Request) -> Option<Found<'_, 'd>> {
        if let Some((log, served)) = self.same(case, request) {
            let computer = &log.held.computer;
            let sure = answered(&request.code) || self.of_host(request).any(|l| l.held.computer == *computer);
            return sure.then_some(Found::Served { log, served });
        }
        if self.is_near(case, request) {
            return None;
        }
        let time = request.sent - self.clocks.get(request.cmid.as_str()).map_or(0, |(_, apart)| *apart);
        let missing = self.of_host(request).filter(|log| log.held.whole && log.several).filter_map(|log| {
            let (first, _) = log.times.first()?;
            let next = log.times.partition_point(|(at, _)| *at <= time);
            let (_, next) = log.times.get(next).filter(|_| *first < time)?;
            Some(Found::Missing { log, next })
        });
        missing.min_by_key(|found| found.log().case != case)
    }

    /// Whether a log holds something that may be the request after all: near its time by either clock, and no
    /// other request of the same client.
    fn is_near(&self, case: usize, request: &Request) -> bool {
        let key = |minutes: i64| (request.cmid.as_str(), request.sku.as_str(), request.sent + minutes);
        let around = key(-TOLERANCE_MINUTES)..=key(TOLERANCE_MINUTES);
        let asked = self.digests.get(case).map_or(&[][..], |d| d.requests.as_slice());
        let others = || asked.iter().filter(|r| r.sku == request.sku && r.cmid == request.cmid && r.sent != request.sent);
        let unexplained = |sent: &i64| !others().any(|r| (r.sent - sent).abs() <= SAME_MINUTES);
        let sent = self.by_sent.range(around.clone()).map(|((.., sent), _)| sent);
        sent.chain(self.by_logged.range(around).flat_map(|(_, sent)| sent)).any(unexplained)
    }

    /// Logs of the computer that the request went to; none when several share the name it used.
    pub(super) fn of_host(&self, request: &Request) -> impl Iterator<Item = &Log<'d>> {
        let learnt = self.aliases.get(request.host.as_str());
        let only = learnt.map(|computers| if computers.len() == 1 { computers.first().map_or("", String::as_str) } else { "" });
        let named = self.by_computer.get(&short(only.unwrap_or(&request.host))).into_iter().flatten();
        let found = named.filter_map(|log| self.all.get(*log)).filter(|_| !request.host.is_empty());
        found.filter(move |log| only.map_or_else(|| same_name(&request.host, &log.held.computer), |only| only == log.held.computer))
    }
}

impl<'d> Log<'d> {
    fn new(case: usize, log: &'d HostLog) -> Self {
        let mut times: Vec<(i64, &Served)> = log.served.iter().filter_map(|s| Some((s.at?, s))).collect();
        times.sort_by_key(|(at, _)| *at);
        let shared = host::shared(log.served.iter().map(|s| (log.name(s.cmid), log.name(s.client))));
        let first = log.served.first().map_or(0, |s| s.client);
        let several = log.served.iter().any(|s| s.client != first);
        let comparable = host::comparable(log.served.iter().filter_map(|s| Some((log.name(s.code), s.sent - s.at?))));
        Self { case, held: log, times, several, comparable, shared }
    }

    /// The client's clock minus the host's in a request, in minutes.
    pub(super) fn apart(&self, served: &Served) -> Option<i64> {
        served.at.filter(|_| self.comparable).map(|at| served.sent - at)
    }

    /// Fields of `kms-host-clients`, when several computers use `cmid`.
    pub(super) fn shared_fields(&self, cmid: &str) -> Option<BTreeMap<&'static str, String>> {
        let names = self.shared.get(cmid)?;
        let fields = [("clients", names.len()), ("cmids", 1), ("shared", 1)];
        Some(fields.into_iter().map(|(n, v)| (n, v.to_string())).collect())
    }
}

/// Full names must be equal; a short one fits the first part.
fn same_name(a: &str, b: &str) -> bool {
    let a = a.trim_end_matches('.');
    if a.contains('.') && b.contains('.') { a == b } else { short(a) == short(b) }
}
