//! Event readings into moments of the timeline: what happened, when, to which product. A request and its
//! answer are one moment, and so are two records of one failed attempt.

use std::collections::BTreeMap;

use crate::analyze::Source;
use crate::calendar;
use crate::code;
use crate::event::{self, EventReading, EventRecord};
use crate::knowledge::Knowledge;

/// Two records about the same code within this many minutes tell of one attempt.
const ONE_ATTEMPT_MINUTES: i64 = 10;

/// Licence states that have a word.
const STATES: [&str; 7] = ["unlicensed", "licensed", "oob-grace", "oot-grace", "non-genuine-grace", "notification", "extended-grace"];

/// What a moment is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Activated or renewed.
    Done,
    /// An attempt of this computer failed.
    Failed,
    /// A request without an answer in the log.
    Asked,
    /// The licence state became another one.
    State,
    /// As a KMS host: a request was served.
    Served,
    /// As a KMS host: a request was refused.
    Refused,
    /// The licensing service or its store is in trouble.
    Fault,
    /// The licensing service started.
    #[default]
    Started,
}

/// One moment.
#[derive(Debug, Default, Clone)]
pub(super) struct Moment {
    /// Minutes since 1970 in the log's own zone.
    pub(super) at: i64,
    pub(super) kind: Kind,
    /// Failing code, or empty.
    pub(super) code: String,
    /// Licence, or empty.
    pub(super) sku: String,
    /// New licence state of a [`Kind::State`].
    pub(super) status: String,
    /// When that state was last told of; else the moment itself.
    pub(super) until: i64,
    /// Minutes between renewals, where the KMS host said so.
    pub(super) renewal: Option<i64>,
    /// Event id.
    id: u32,
}

/// The moments of a case in order of time, and what else the chart has to say.
#[derive(Debug, Default)]
pub(super) struct Moments {
    pub(super) list: Vec<Moment>,
    /// Newest "minutes left" by licence: when it was said, and how many.
    pub(super) left: BTreeMap<String, (i64, i64)>,
    /// Records whose time could not be read.
    pub(super) untimed: usize,
    /// Whether times are of the computer's own zone, and whether of UTC.
    pub(super) zones: (bool, bool),
    /// First and last minute of the records that say anything.
    pub(super) range: Option<(i64, i64)>,
}

/// Reads the moments of all inputs.
pub(super) fn collect(knowledge: &Knowledge, sources: &[Source]) -> Moments {
    let mut moments = Moments::default();
    // Records that a join borrowed are of another computer.
    for source in sources.iter().filter(|s| s.case.is_none() && !s.events.is_empty()) {
        Log { knowledge, out: &mut moments, open: None, states: BTreeMap::new() }.read(&source.events);
    }
    moments.list.sort_by(|a, b| (a.at, a.kind, a.id, &a.sku, &a.code).cmp(&(b.at, b.kind, b.id, &b.sku, &b.code)));
    // The same log may be given twice, as a file and as text.
    moments.list.dedup_by(|b, a| (a.at, a.kind, a.id, &a.sku, &a.code) == (b.at, b.kind, b.id, &b.sku, &b.code));
    moments
}

/// One log.
struct Log<'a> {
    knowledge: &'a Knowledge,
    out: &'a mut Moments,
    /// The last request without an answer.
    open: Option<Moment>,
    /// The moment of the last state by licence: its place in the list.
    states: BTreeMap<String, usize>,
}

impl Log<'_> {
    fn read(mut self, events: &[EventRecord]) {
        let mut order: Vec<&EventRecord> = events.iter().collect();
        order.sort_by(|a, b| a.time.cmp(&b.time));
        for record in order {
            let readings = event::read(&self.knowledge.events, record, false);
            if readings.is_empty() {
                continue;
            }
            let time = record.time.as_deref().unwrap_or_default();
            let Some(at) = calendar::minutes(time) else {
                self.out.untimed += 1;
                continue;
            };
            let local = time.starts_with("local ");
            self.out.zones = (self.out.zones.0 || local, self.out.zones.1 || !local);
            self.out.range = Some(self.out.range.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
            for reading in &readings {
                self.reading(record.id, at, reading);
            }
        }
        self.out.list.extend(self.open);
    }

    fn reading(&mut self, id: u32, at: i64, reading: &EventReading<'_>) {
        let stated = reading.fact.as_ref().map(|f| (f.0, &f.1));
        let field = |name: &str| stated.and_then(|s| s.1.get(name)).map_or("", String::as_str);
        let mut moment = Moment { at, until: at, id, kind: Kind::Started, sku: field("sku").to_owned(), ..Moment::default() };
        moment.code =
            Some(field("code")).filter(|c| !c.is_empty() && !code::is_informational(c) && *c != "0x00000000").unwrap_or("").to_owned();
        let failed = !moment.code.is_empty();
        let kind = match (stated.map_or("", |s| s.0), reading.meaning.role.as_str()) {
            ("kms-request-sent", _) if !failed => {
                // What it says of the licence was so before the host answered.
                self.check(Moment { at: at - 1, until: at - 1, ..moment.clone() }, field("status"), field("minutes"));
                moment.kind = Kind::Asked;
                self.out.list.extend(self.open.replace(moment));
                return;
            }
            ("kms-request-sent", _) => {
                self.check(Moment { at: at - 1, until: at - 1, ..moment.clone() }, field("status"), field("minutes"));
                Kind::Failed
            }
            ("activation-attempt-failed", _) => Kind::Failed,
            ("kms-answer", _) => {
                moment.sku = self.open.take().map(|o| o.sku).unwrap_or_default();
                moment.renewal = field("renewal").parse().ok().filter(|m| *m > 0);
                if failed || field("activated") != "yes" { Kind::Failed } else { Kind::Done }
            }
            ("kms-host-request", _) if failed => Kind::Refused,
            ("kms-host-request", _) => Kind::Served,
            ("license-acquired", _) => Kind::Done,
            ("ad-activation-event" | "token-activation-event", _) if field("result") == "succeeded" => Kind::Done,
            ("ad-activation-event" | "token-activation-event", _) if field("result") == "failed" => Kind::Failed,
            ("license-check", _) => return self.check(moment, field("status"), field("minutes")),
            ("token-store-event", _) | (_, "service-fault") => Kind::Fault,
            (_, "service-start") => Kind::Started,
            _ => return,
        };
        moment.kind = kind;
        if kind == Kind::Done && !moment.sku.is_empty() {
            self.check(moment.clone(), "licensed", "");
        }
        if !self.told_before(&moment) {
            self.out.list.push(moment);
        }
    }

    /// A check of the licence: only a new state is a moment.
    fn check(&mut self, mut moment: Moment, status: &str, minutes: &str) {
        if let Some(left) = minutes.parse::<i64>().ok().filter(|m| *m > 0) {
            self.out.left.entry(moment.sku.clone()).and_modify(|l| *l = (*l).max((moment.at, left))).or_insert((moment.at, left));
        }
        if !STATES.contains(&status) {
            return;
        }
        if let Some(known) = self.states.get(&moment.sku).and_then(|i| self.out.list.get_mut(*i)).filter(|m| m.status == status) {
            known.until = moment.at;
            return;
        }
        self.states.insert(moment.sku.clone(), self.out.list.len());
        moment.kind = Kind::State;
        moment.code = String::new();
        moment.status = status.to_owned();
        self.out.list.push(moment);
    }

    /// The scheduler reports the failure that the request reported before.
    fn told_before(&self, moment: &Moment) -> bool {
        let recent = self.out.list.iter().rev().take_while(|m| moment.at - m.at <= ONE_ATTEMPT_MINUTES).take(8);
        moment.kind == Kind::Failed
            && recent.into_iter().any(|m| m.kind == Kind::Failed && m.code == moment.code && m.id != moment.id && m.at <= moment.at)
    }
}
