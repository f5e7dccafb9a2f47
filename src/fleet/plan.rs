//! The fix-first plan: the fewest actions that end every cause that an action ends.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::action::{ActionKind, Refuted};
use super::cover::{Candidate, cover};
use super::group::Scope;
use super::traits::Traits;
use crate::decide::is_safe;
use crate::knowledge::Knowledge;
use crate::site::Site;

/// So many cases must share an action before it is one for all of them.
const TOGETHER_MIN: usize = 2;

/// What to do, most healed cases first.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Plan {
    /// Actions for several cases at once, then those for each computer by itself.
    pub actions: Vec<Action>,
    /// Cases that need something and that no action ends: their cause is not known well enough.
    pub open: Vec<usize>,
}

/// An entry of the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Action {
    /// The action's id.
    pub id: String,
    /// The remedy that is done.
    pub remedy: String,
    /// What the cases share; null when it is done at each computer by itself.
    pub scope: Option<Scope>,
    /// The value that they share.
    pub key: String,
    /// Who does it.
    pub owner: String,
    /// `none`, `low`, `medium` or `high`.
    pub risk: String,
    /// Causes that it ends here, with their number of cases.
    pub causes: BTreeMap<String, usize>,
    /// Cases that it heals and no action before it does.
    pub cases: Vec<usize>,
    /// Of these, how many have a cause that is only possible.
    pub unsure: usize,
    /// The product that all of them are about; empty where they differ.
    pub product: String,
    /// The host and the domain that most of the cases name; empty where none does.
    pub host: String,
    /// See `host`.
    pub domain: String,
}

impl Action {
    /// The text of a check with the names of these cases; else the school's, else a name to be put in.
    #[must_use]
    pub fn fill(&self, site: Option<&Site>, text: &str) -> String {
        let own = |name: &String| Some(name.clone()).filter(|n| is_safe(n) && !n.is_empty());
        let approved = |host: &String| site.is_none_or(|s| s.host(host).is_some());
        let host = own(&self.host).filter(approved).or_else(|| site.and_then(|s| s.kms.first()).map(|k| k.host.clone()));
        let domain = own(&self.domain).or_else(|| site.and_then(|s| s.domains.first().cloned()));
        text.replace("{domain}", domain.as_deref().unwrap_or("<domain>")).replace("{host}", host.as_deref().unwrap_or("<kms-host>"))
    }
}

/// A candidate with what it stands for.
#[derive(Debug, Clone)]
pub struct Offer<'k> {
    /// The kind of action.
    pub kind: &'k ActionKind,
    /// What its cases share.
    pub scope: Scope,
    /// The value.
    pub key: String,
    /// The cases that it would end.
    pub cases: Vec<usize>,
}

/// Whether an action of this kind ends the case.
fn ends(kind: &ActionKind, case: &Traits) -> bool {
    let cause = case.needs_action && case.cause.as_ref().is_some_and(|c| kind.ends.contains(c));
    let fired = |rules: &[String]| rules.iter().any(|r| case.rules.contains(r));
    cause && !fired(&kind.unless) && (kind.rules.is_empty() || fired(&kind.rules))
}

/// Whether the case shows that its group is in order.
fn refutes(kind: &ActionKind, case: &Traits) -> bool {
    let activated = matches!(case.state.as_str(), "activated" | "expiring") && !case.needs_action;
    match kind.refuted_by {
        Refuted::Activated => activated,
        Refuted::FoundByDns => activated && case.found_by_dns,
        Refuted::Nobody => false,
    }
}

/// The group that an action of this kind would be done for.
fn group_of<'t>(kind: &ActionKind, case: &'t Traits, peers: &Peers<'t>) -> Option<(Scope, &'t str)> {
    kind.group.iter().find_map(|scope| {
        let own = case.groups.get(scope).map(String::as_str);
        own.or_else(|| peers.of(case, *scope)).map(|key| (*scope, key))
    })
}

/// What the neighbours of a case say where its own files do not: the host that nearly all of the same network
/// or domain use, the network that all of the same name prefix are in.
#[derive(Debug, Default)]
struct Peers<'t> {
    known: BTreeMap<(Scope, Scope, &'t str), BTreeMap<&'t str, usize>>,
}

/// By what a missing group is told.
const TOLD_BY: [(Scope, [Scope; 3]); 3] = [
    (Scope::Host, [Scope::Subnet, Scope::Prefix, Scope::Suffix]),
    (Scope::Suffix, [Scope::Subnet, Scope::Prefix, Scope::Host]),
    (Scope::Subnet, [Scope::Room, Scope::Prefix, Scope::Prefix]),
];

/// So many neighbours, and nine of ten of them, must agree.
const PEERS_MIN: usize = 3;

impl<'t> Peers<'t> {
    fn new(cases: &'t [Traits]) -> Self {
        let mut peers = Self::default();
        for case in cases {
            for (told, by) in TOLD_BY {
                let Some(value) = case.groups.get(&told) else { continue };
                for (scope, key) in by.iter().filter_map(|scope| Some((*scope, case.groups.get(scope)?))) {
                    *peers.known.entry((told, scope, key)).or_default().entry(value).or_default() += 1;
                }
            }
        }
        peers
    }

    fn of(&self, case: &'t Traits, scope: Scope) -> Option<&'t str> {
        let (_, by) = TOLD_BY.iter().find(|(told, _)| *told == scope)?;
        by.iter().find_map(|by| {
            let values = self.known.get(&(scope, *by, case.groups.get(by)?.as_str()))?;
            let all: usize = values.values().sum();
            let (value, count) = values.iter().max_by_key(|(_, count)| **count)?;
            (all >= PEERS_MIN && count * 10 >= all * 9).then_some(*value)
        })
    }
}

/// Every action that would end several cases at once. One is left out where a quarter of the group, or more,
/// shows that the place is in order: then it is the computers.
#[must_use]
pub fn candidates<'k>(kinds: impl Iterator<Item = &'k ActionKind>, cases: &[Traits]) -> Vec<Offer<'k>> {
    let mut offers = Vec::new();
    let peers = Peers::new(cases);
    for kind in kinds.filter(|k| !k.group.is_empty()) {
        let mut groups: BTreeMap<(Scope, &str), (Vec<usize>, usize)> = BTreeMap::new();
        for (index, case) in cases.iter().enumerate() {
            let (ended, refuted) = (ends(kind, case), refutes(kind, case));
            let Some(group) = group_of(kind, case, &peers).filter(|_| ended || refuted) else { continue };
            let (members, against) = groups.entry(group).or_default();
            if ended {
                members.push(index);
            } else {
                *against += 1;
            }
        }
        let fit = groups.into_iter().filter(|(_, (members, against))| members.len() >= TOGETHER_MIN && against * 3 < members.len());
        offers.extend(fit.map(|((scope, key), (cases, _))| Offer { kind, scope, key: key.to_owned(), cases }));
    }
    offers
}

/// Makes the plan.
pub(super) fn plan(knowledge: &Knowledge, cases: &[Traits]) -> Plan {
    let mut kinds: Vec<&ActionKind> = knowledge.actions.values().collect();
    kinds.sort_by_key(|k| (k.order, &k.id));
    let offers = candidates(kinds.iter().copied(), cases);
    let rank = |kind: &ActionKind| kinds.iter().position(|k| k.id == kind.id).unwrap_or_default();
    let sets: Vec<Candidate> = offers.iter().map(|o| Candidate { cases: o.cases.clone(), rank: rank(o.kind) }).collect();
    let mut actions: Vec<Action> = Vec::new();
    let mut done: BTreeSet<usize> = BTreeSet::new();
    for (index, healed) in cover(&sets) {
        // An action for one computer alone is left to what is done at the computer.
        let Some(offer) = offers.get(index).filter(|_| healed.len() >= TOGETHER_MIN) else { continue };
        done.extend(&healed);
        actions.push(action(knowledge, offer.kind, Some(offer.scope), &offer.key, healed, cases));
    }
    let mut alone: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut open = Vec::new();
    for (index, case) in cases.iter().enumerate().filter(|(i, c)| c.needs_action && !done.contains(i)) {
        match kinds.iter().position(|k| k.group.is_empty() && ends(k, case)) {
            Some(kind) => alone.entry(kind).or_default().push(index),
            None => open.push(index),
        }
    }
    let alone = alone.into_iter().filter_map(|(kind, healed)| kinds.get(kind).map(|k| action(knowledge, k, None, "", healed, cases)));
    let mut alone: Vec<Action> = alone.collect();
    alone.sort_by_key(|a| Reverse(a.cases.len()));
    actions.extend(alone);
    Plan { actions, open }
}

/// The value that all share; empty where they differ.
fn common<'t>(mut values: impl Iterator<Item = &'t str>) -> String {
    let first = values.next().unwrap_or_default();
    if values.all(|v| v == first) { first.to_owned() } else { String::new() }
}

/// The most frequent value, the first of several; empty without any.
fn most<'t>(values: impl Iterator<Item = &'t String>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let best = counts.into_iter().max_by_key(|(value, count)| (*count, Reverse(*value)));
    best.map(|(value, _)| value.to_owned()).unwrap_or_default()
}

fn action(knowledge: &Knowledge, kind: &ActionKind, scope: Option<Scope>, key: &str, healed: Vec<usize>, cases: &[Traits]) -> Action {
    let remedy = knowledge.remedies.get(&kind.remedy);
    let of = || healed.iter().filter_map(|i| cases.get(*i));
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for cause in of().filter_map(|c| c.cause.as_ref()) {
        *causes.entry(cause.clone()).or_default() += 1;
    }
    Action {
        id: kind.id.clone(),
        remedy: kind.remedy.clone(),
        scope,
        key: key.to_owned(),
        owner: remedy.map(|r| r.who.clone()).unwrap_or_default(),
        risk: remedy.map(|r| r.risk.clone()).unwrap_or_default(),
        causes,
        product: common(of().map(|c| c.product.as_str())),
        host: most(of().filter_map(|c| c.groups.get(&Scope::Host))),
        domain: most(of().filter_map(|c| c.groups.get(&Scope::Suffix))),
        unsure: of().filter(|c| c.certainty == "possible").count(),
        cases: healed,
    }
}
