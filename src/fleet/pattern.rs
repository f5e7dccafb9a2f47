//! What cases have in common: places, hosts and hours that fail together, ids that several computers share,
//! hosts that split the count, hosts that nobody approved, renewals that stopped on one date.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::group::Scope;
use super::together::{self, Member, Together};
use super::traits::Traits;

/// What kind of thing a pattern is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatternKind {
    /// One room, network, domain, name prefix or folder fails together.
    Place,
    /// A KMS host fails for everyone who asks it.
    Host,
    /// A KMS host fails for one product only.
    HostProduct,
    /// Requests of one hour failed.
    Hour,
    /// Several computers have one CMID.
    SharedCmid,
    /// Several hosts share the clients, so that none has enough.
    SplitCount,
    /// A host that the site profile does not list.
    StrangeHost,
    /// Clients that renewed as usual and stopped on one date.
    RenewalsStopped,
}

impl PatternKind {
    /// The word used in JSON and for texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Host => "host",
            Self::HostProduct => "host-product",
            Self::Hour => "hour",
            Self::SharedCmid => "shared-cmid",
            Self::SplitCount => "split-count",
            Self::StrangeHost => "strange-host",
            Self::RenewalsStopped => "renewals-stopped",
        }
    }
}

/// Something that cases have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pattern {
    /// What kind.
    pub kind: PatternKind,
    /// What the cases share.
    pub scope: Option<Scope>,
    /// The value: a subnet, a host, an id; several hosts with a blank between them.
    pub key: String,
    /// Cause id, where they have one in common.
    pub cause: Option<String>,
    /// Groups that hold the same cases, so that it may as well be these.
    pub also: Vec<(Scope, String)>,
    /// `certain` when facts say so; `likely` when nearly all of a group have it and hardly anyone else;
    /// else `possible`.
    pub confidence: &'static str,
    /// The cases that show it.
    pub cases: Vec<usize>,
    /// Cases of the group, in order or not.
    pub of: usize,
    /// Cases outside with the same, and all cases outside.
    pub rest: (usize, usize),
    /// Days since the renewals stopped, when the output was taken.
    pub days: Option<i64>,
}

/// A licence is renewed every seven days; a computer that was off over the weekend comes a day later.
const RENEWAL_MINUTES: i64 = 7 * 1_440;
const STALE_MINUTES: i64 = RENEWAL_MINUTES + 1_440;

/// The cause of hosts that too few computers ask.
const COUNT_LOW: &str = "kms-count-low";

/// What `has` says of clients whose renewals stopped.
const STALE: &str = "renewals-stopped";

/// Every pattern, largest first.
pub(super) fn patterns(cases: &[Traits]) -> Vec<Pattern> {
    let split = split_counts(cases);
    let mut found = failing_together(cases);
    // Who asks too many hosts fails together for that reason.
    let told: BTreeSet<usize> = split.iter().flat_map(|p| p.cases.iter().copied()).collect();
    let by_split =
        |p: &Pattern| p.cause.as_deref() == Some(COUNT_LOW) && p.cases.iter().filter(|c| told.contains(c)).count() * 2 >= p.cases.len();
    found.retain(|p| !by_split(p));
    found.extend(split);
    found.extend(renewals_stopped(cases));
    found.extend(shared_ids(cases));
    found.extend(strange_hosts(cases));
    found.sort_by(|a, b| b.cases.len().cmp(&a.cases.len()).then_with(|| (a.kind, &a.key, &a.cause).cmp(&(b.kind, &b.key, &b.cause))));
    found
}

/// A cause that says nothing about what was wrong says nothing about what is common.
fn names_a_cause(cause: &&str) -> bool {
    !matches!(*cause, "other" | "insufficient-evidence")
}

fn failing(index: usize, case: &Traits) -> Member<'_> {
    let groups = case.groups.iter().map(|(scope, key)| (*scope, key.as_str())).collect();
    Member { case: index, groups, has: case.cause.as_deref().filter(names_a_cause) }
}

fn aging(index: usize, case: &Traits, age: i64) -> Member<'_> {
    let groups = case.groups.iter().filter(|(scope, _)| **scope != Scope::Hour).map(|(scope, key)| (*scope, key.as_str())).collect();
    Member { case: index, groups, has: (age > STALE_MINUTES).then_some(STALE) }
}

fn failing_together(cases: &[Traits]) -> Vec<Pattern> {
    let with_product: Vec<Option<String>> = cases.iter().map(host_and_product).collect();
    let with_hour: Vec<Option<String>> = cases.iter().map(host_and_hour).collect();
    let mut members: Vec<Member<'_>> = cases.iter().enumerate().map(|(index, case)| failing(index, case)).collect();
    for (member, key) in members.iter_mut().zip(&with_product) {
        member.groups.extend(key.as_deref().map(|k| (Scope::HostProduct, k)));
    }
    for (member, key) in members.iter_mut().zip(&with_hour) {
        member.groups.extend(key.as_deref().map(|k| (Scope::HostHour, k)));
    }
    // Another host's name, and a host that is not to be used, are faults by themselves.
    let of_host = |group: &&Together<'_>| {
        let named = matches!(group.scope, Scope::Host | Scope::HostProduct);
        !named || !matches!(group.has, "kms-host-wrong" | "kms-host-unauthorised")
    };
    together::find(&members).iter().filter(of_host).map(|group| pattern(group, Some(group.has))).collect()
}

/// `kms.example.edu windows 11`.
fn host_and_product(case: &Traits) -> Option<String> {
    let host = case.groups.get(&Scope::Host).filter(|_| !case.product.is_empty())?;
    Some(format!("{host} {}", case.product))
}

/// `kms.example.edu 2026-11-20 08:00`.
fn host_and_hour(case: &Traits) -> Option<String> {
    Some(format!("{} {}", case.groups.get(&Scope::Host)?, case.groups.get(&Scope::Hour)?))
}

fn pattern(group: &Together<'_>, cause: Option<&str>) -> Pattern {
    Pattern {
        kind: match group.scope {
            Scope::Host => PatternKind::Host,
            Scope::HostProduct => PatternKind::HostProduct,
            Scope::Hour | Scope::HostHour => PatternKind::Hour,
            _ => PatternKind::Place,
        },
        scope: Some(group.scope),
        key: group.key.to_owned(),
        cause: cause.map(str::to_owned),
        also: group.also.iter().map(|(scope, key)| (*scope, (*key).to_owned())).collect(),
        confidence: if group.is_clear() { "likely" } else { "possible" },
        cases: group.cases.clone(),
        of: group.of,
        rest: group.rest,
        days: None,
    }
}

/// Groups in which nobody has renewed since one date, while others have.
fn renewals_stopped(cases: &[Traits]) -> Vec<Pattern> {
    let aged = cases.iter().enumerate().filter_map(|(index, case)| case.lease_age.map(|age| (index, case, age)));
    let members: Vec<Member<'_>> = aged.map(|(index, case, age)| aging(index, case, age)).collect();
    together::find(&members).iter().filter_map(|group| stopped(cases, group)).collect()
}

/// Renewals that stop at once lie within one interval before that date; computers that were off do not.
fn stopped(cases: &[Traits], group: &Together<'_>) -> Option<Pattern> {
    let age = |index: &usize| cases.get(*index).and_then(|c| c.lease_age);
    let mut ages: Vec<(i64, usize)> = group.cases.iter().filter_map(|i| Some((age(i)?, *i))).collect();
    ages.sort_unstable();
    // The interval that holds most; the youngest licence in it was renewed last.
    let within = |from: usize| {
        let (first, _) = ages.get(from)?;
        let to = ages.partition_point(|(a, _)| *a <= first + STALE_MINUTES);
        Some((to - from, std::cmp::Reverse(from)))
    };
    let (held, std::cmp::Reverse(from)) = (0..ages.len()).filter_map(within).max()?;
    let in_window = ages.get(from..from + held)?;
    let enough = held * 5 >= ages.len() * 4 && group.cases.len() * 5 >= group.of * 4;
    let mut members: Vec<usize> = in_window.iter().map(|(_, index)| *index).collect();
    members.sort_unstable();
    let days = in_window.first().map(|(age, _)| age / 1_440);
    enough.then(|| Pattern { kind: PatternKind::RenewalsStopped, cases: members, days, ..pattern(group, None) })
}

/// Ids that several computers have. Two cases of one computer share theirs rightly.
fn shared_ids(cases: &[Traits]) -> Vec<Pattern> {
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        for id in &case.cmids {
            holders.entry(id).or_default().push(index);
        }
    }
    let shared = holders.into_iter().filter_map(|(id, members)| {
        let names: BTreeSet<&str> = members.iter().filter_map(|i| cases.get(*i)).map(|c| c.computer.as_str()).collect();
        let unnamed = names.contains("");
        let distinct = if unnamed { members.len() } else { names.len() };
        // Without names two cases may be one computer that was looked at twice.
        let several = distinct >= if unnamed { 3 } else { 2 };
        several.then(|| Pattern {
            confidence: if unnamed { "likely" } else { "certain" },
            of: members.len(),
            ..bare(PatternKind::SharedCmid, id.to_owned(), members)
        })
    });
    shared.collect()
}

fn bare(kind: PatternKind, key: String, cases: Vec<usize>) -> Pattern {
    Pattern {
        kind,
        scope: None,
        key,
        cause: None,
        also: Vec::new(),
        confidence: "certain",
        of: cases.len(),
        cases,
        rest: (0, 0),
        days: None,
    }
}

/// A host that has too few clients, within one domain: cases that say so, those that it activated.
#[derive(Default)]
struct Counted {
    low: Vec<usize>,
    activated: usize,
    count: Option<i64>,
}

/// Several hosts of one domain to which the same family of products says that the count is too low. Where
/// clones share an id the count stays low on one host too.
fn split_counts(cases: &[Traits]) -> Vec<Pattern> {
    let mut domains: BTreeMap<(&str, &str), BTreeMap<&str, Counted>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        let (Some(host), Some(domain)) = (case.groups.get(&Scope::Host), case.groups.get(&Scope::Suffix)) else { continue };
        let family = case.product.split(' ').next().unwrap_or_default();
        let counted = domains.entry((domain, family)).or_default().entry(host).or_default();
        let cloned = case.rules.iter().any(|r| r.ends_with("shared-cmid"));
        if case.cause.as_deref() == Some(COUNT_LOW) && !cloned {
            counted.low.push(index);
            counted.count = counted.count.max(case.count);
        } else if case.state == "activated" {
            counted.activated += 1;
        }
    }
    let mut found: Vec<Pattern> = Vec::new();
    for ((domain, family), hosts) in domains {
        let low: Vec<(&str, Counted)> = hosts.into_iter().filter(|(_, c)| c.low.len() >= 2 && c.activated * 10 <= c.low.len()).collect();
        let needed: i64 = if family == "office" { 5 } else { 25 };
        let sum: i64 = low.iter().map(|(_, c)| c.count.unwrap_or(0).max(i64::try_from(c.low.len()).unwrap_or(i64::MAX))).sum();
        if low.len() >= 2 {
            let key = low.iter().map(|(host, _)| *host).collect::<Vec<_>>().join(" ");
            let mut members: Vec<usize> = low.into_iter().flat_map(|(_, c)| c.low).collect();
            members.sort_unstable();
            // Windows and Office of one domain are one story.
            if let Some(same) = found.iter_mut().find(|p| p.key == key && p.also.iter().any(|(_, d)| d == domain)) {
                same.cases.extend(members);
                same.cases.sort_unstable();
                same.of = same.cases.len();
                continue;
            }
            found.push(Pattern {
                scope: Some(Scope::Suffix),
                cause: Some(COUNT_LOW.to_owned()),
                also: vec![(Scope::Suffix, domain.to_owned())],
                confidence: if sum >= needed { "likely" } else { "possible" },
                ..bare(PatternKind::SplitCount, key, members)
            });
        }
    }
    found
}

/// Hosts that the site profile does not know, also where they activated.
fn strange_hosts(cases: &[Traits]) -> Vec<Pattern> {
    let mut users: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate().filter(|(_, c)| c.strange_host) {
        if let Some(host) = case.groups.get(&Scope::Host) {
            users.entry(host).or_default().push(index);
        }
    }
    let pattern = |(host, members): (&str, Vec<usize>)| Pattern {
        scope: Some(Scope::Host),
        ..bare(PatternKind::StrangeHost, host.to_owned(), members)
    };
    users.into_iter().map(pattern).collect()
}
