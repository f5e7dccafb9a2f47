//! What the log of a KMS host shows as a whole: whose requests it holds, how many computers ask, whether
//! clones share an id, whether clocks differ; and how the count in a client's answers went.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Assembly;
use super::settle::derived;
use crate::event::clock;
use crate::fact::Fact;

/// A request is refused when the clocks differ by more, in minutes (Microsoft: four hours).
pub(crate) const TOLERANCE_MINUTES: i64 = 240;

/// So many different computers with a wrong clock, and most of all: then it is the host's clock.
const HOST_CLOCK_CLIENTS: usize = 3;

/// A count must stay low for so many minutes, and answers, to be called stuck.
const STUCK_MINUTES: i64 = 2 * 1_440;
const STUCK_ANSWERS: usize = 3;

/// Sets `ours` of every request in a host's log: `yes` when a computer of this case sent it, `unknown` when
/// the case does not show which computer it is about.
pub(super) fn mark_ours(out: &mut Assembly) {
    let mut cmids: BTreeSet<String> = BTreeSet::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for fact in &out.facts {
        match fact.kind {
            "kms-request-sent" => {
                cmids.insert(fact.field("cmid").to_owned());
                names.insert(short(fact.field("by")));
            }
            "cmid" => {
                cmids.insert(fact.field("id").to_ascii_lowercase());
            }
            _ => {}
        }
    }
    cmids.remove("");
    names.remove("");
    for fact in out.facts.iter_mut().filter(|f| f.kind == "kms-host-request") {
        // Clones share an id; their names differ.
        let client = short(fact.field("client"));
        let named = names.is_empty() || client.is_empty() || names.contains(&client);
        let ours = match () {
            () if cmids.is_empty() => "unknown",
            () if cmids.contains(fact.field("cmid")) && named => "yes",
            () => "no",
        };
        fact.fields.insert("ours", ours.to_owned());
    }
}

/// Adds the facts about whole logs.
pub(super) fn derive(out: &mut Assembly) {
    let mut by_file: BTreeMap<usize, Vec<&Fact>> = BTreeMap::new();
    for fact in out.facts.iter().filter(|f| f.kind == "kms-host-request") {
        by_file.entry(fact.place.file).or_default().push(fact);
    }
    let mut added = Vec::new();
    for requests in by_file.values() {
        added.extend(clients(requests));
        added.extend(difference(requests));
    }
    added.extend(trends(&out.facts));
    out.facts.extend(added);
    out.facts.sort_by_key(|f| f.place.order());
}

/// `pc07.example.edu` and `PC07` are one computer.
pub(crate) fn short(name: &str) -> String {
    let numeric = name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let first = if numeric { name } else { name.split('.').next().unwrap_or_default() };
    first.to_ascii_lowercase()
}

/// Ids that several computers use at the same time, with the computers' names. A computer that was renamed
/// leaves its old name for good: two names count only when the first comes back.
pub(crate) fn shared<'n>(requests: impl Iterator<Item = (&'n str, &'n str)>) -> BTreeMap<&'n str, Vec<String>> {
    let mut seen: BTreeMap<&str, (Vec<String>, bool)> = BTreeMap::new();
    for (cmid, client) in requests.filter(|(cmid, client)| !cmid.is_empty() && !client.is_empty()) {
        let (names, returned) = seen.entry(cmid).or_default();
        let client = short(client);
        if names.last() == Some(&client) {
            continue;
        }
        match names.iter().position(|n| *n == client) {
            Some(at) => {
                *returned = true;
                let name = names.remove(at);
                names.push(name);
            }
            None if names.len() < NAMES_MAX => names.push(client),
            None => {}
        }
    }
    let several = seen.into_iter().filter(|(_, (names, returned))| names.len() > 2 || *returned);
    several
        .map(|(cmid, (mut names, _))| {
            names.sort();
            (cmid, names)
        })
        .collect()
}

/// Names kept of one id.
const NAMES_MAX: usize = 50;

fn clients(requests: &[&Fact]) -> Option<Fact> {
    let distinct = |name: &str| requests.iter().map(|f| short(f.field(name))).filter(|v| !v.is_empty()).collect::<BTreeSet<_>>().len();
    let shared = shared(requests.iter().map(|f| (f.field("cmid"), f.field("client"))));
    let shown = requests.iter().rev().find(|f| shared.contains_key(f.field("cmid"))).or(requests.last())?;
    let fields = [("requests", requests.len()), ("clients", distinct("client")), ("cmids", distinct("cmid")), ("shared", shared.len())];
    let fields = fields.into_iter().map(|(n, v)| (n, v.to_string())).collect();
    Some(derived("kms-host-clients", fields, shown.place.clone(), shown.run, None))
}

/// The client's time in a request minus the host's when it was logged, in minutes.
fn minutes_apart(request: &Fact) -> Option<i64> {
    Some(clock::minutes(request.field("time"))? - clock::minutes(request.field("at"))?)
}

/// Whether the times of clients and host can be compared, from code and difference of each request: a host
/// serves nobody beyond the tolerance, so that a log where it seems to holds times of another zone.
pub(crate) fn comparable<'c>(mut requests: impl Iterator<Item = (&'c str, i64)>) -> bool {
    !requests.any(|(code, apart)| code == "0x00000000" && apart.abs() > TOLERANCE_MINUTES)
}

/// A clock difference in a log of nobody we know: the newest request of each computer counts. When most are
/// off the same way, it is the host.
fn difference(requests: &[&Fact]) -> Option<Fact> {
    if !comparable(requests.iter().filter_map(|f| Some((f.field("code"), minutes_apart(f)?)))) {
        return None;
    }
    let unknown = requests.iter().filter(|f| f.field("ours") == "unknown");
    let mut newest: BTreeMap<(String, &str), (usize, i64, &Fact)> = BTreeMap::new();
    for (order, fact) in unknown.enumerate() {
        if let Some(minutes) = minutes_apart(fact) {
            newest.insert((short(fact.field("client")), fact.field("cmid")), (order, minutes, fact));
        }
    }
    let far = |sign: i64| newest.values().filter(move |(_, m, _)| m * sign > TOLERANCE_MINUTES);
    let (ahead, behind) = (far(1).count(), far(-1).count());
    let most = ahead.max(behind);
    let ours = if most >= HOST_CLOCK_CLIENTS && most * 2 > newest.len() { "host" } else { "unknown" };
    let sign = if ahead >= behind { 1 } else { -1 };
    let (_, minutes, fact) = far(sign).max_by_key(|(order, ..)| *order)?;
    Some(derived("clock-difference", difference_fields(*minutes, ours), fact.place.clone(), fact.run, None))
}

/// Fields of a `clock-difference`.
pub(crate) fn difference_fields(minutes: i64, ours: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("minutes", minutes.to_string()), ("ours", ours.to_owned())])
}

/// The count in one answer to a client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// When, by the client's clock: minutes since 1970, UTC.
    pub at: i64,
    /// Count on the host.
    pub count: i64,
    /// Count that the product needs; 0 when not known.
    pub needed: i64,
    /// Whether it activated.
    pub activated: bool,
}

impl Answer {
    /// What a `kms-answer` says; `None` without a time or a count.
    pub(crate) fn of(fact: &Fact) -> Option<Self> {
        let at = clock::minutes(fact.field("at"))?;
        let count = fact.field("count").parse().ok()?;
        Some(Self { at, count, needed: fact.field("needed").parse().unwrap_or(0), activated: fact.field("activated") == "yes" })
    }
}

/// How the count went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trend {
    /// Lowest count.
    pub lowest: i64,
    /// Highest count.
    pub highest: i64,
    /// Answers.
    pub answers: usize,
    /// Days between the first and the last.
    pub days: i64,
    /// It stays below what is needed and does not grow; `None` while that is too early to say.
    pub stuck: Option<bool>,
}

impl Trend {
    /// The trend of answers in order of time; `None` for fewer than two.
    pub(crate) fn of(answers: &[Answer]) -> Option<Self> {
        let (first, last) = (answers.first()?, answers.last()?);
        let counts = || answers.iter().map(|a| a.count);
        let (lowest, highest) = (counts().min()?, counts().max()?);
        // The host's count rises with every new client: growing is no fault, only slow.
        let long = answers.len() >= STUCK_ANSWERS && last.at - first.at >= STUCK_MINUTES;
        let low = answers.iter().all(|a| a.needed > 0 && a.count < a.needed && !a.activated);
        let stuck = match () {
            () if !low || last.count > first.count => Some(false),
            () if long => Some(true),
            () => None,
        };
        let days = (last.at - first.at) / 1_440;
        (answers.len() > 1).then_some(Self { lowest, highest, answers: answers.len(), days, stuck })
    }

    /// Fields of `kms-count-trend`.
    pub(crate) fn fields(&self) -> BTreeMap<&'static str, String> {
        let stuck = match self.stuck {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        let fields = [
            ("lowest", self.lowest.to_string()),
            ("highest", self.highest.to_string()),
            ("answers", self.answers.to_string()),
            ("days", self.days.to_string()),
            ("stuck", stuck.to_owned()),
        ];
        fields.into_iter().collect()
    }
}

fn trends(facts: &[Fact]) -> Vec<Fact> {
    let mut by_product: BTreeMap<(usize, &str), Vec<(&Fact, Answer)>> = BTreeMap::new();
    for fact in facts.iter().filter(|f| f.kind == "kms-answer") {
        if let Some(answer) = Answer::of(fact) {
            by_product.entry((fact.place.file, fact.field("sku"))).or_default().push((fact, answer));
        }
    }
    let trend_of = |answers: &Vec<(&Fact, Answer)>| {
        let (newest, _) = answers.last()?;
        let trend = Trend::of(&answers.iter().map(|(_, a)| *a).collect::<Vec<_>>())?;
        Some(derived("kms-count-trend", trend.fields(), newest.place.clone(), newest.run, newest.product))
    };
    by_product.values().filter_map(trend_of).collect()
}
