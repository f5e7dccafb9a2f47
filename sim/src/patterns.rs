//! Fleets as the tool keeps them, without texts between: large ones, and precision and recall of what it finds.

use std::collections::{BTreeMap, BTreeSet};

use kms_triage::fleet::{Pattern, Scope, Traits};

use crate::fault::Fault;
use crate::world::{Incident, Machine, World, hour_text};

/// What a right reading of the machine's output would keep.
#[must_use]
pub fn traits(world: &World, machine: &Machine) -> Traits {
    let m = machine;
    let knows_host = m.hour.is_some() || m.activated() || m.manual || m.has_proof && m.fault != Fault::SrvMissing;
    let state = match m.fault {
        Fault::None => "activated",
        Fault::Typo | Fault::OfficePath => "unknown",
        _ => "not-activated",
    };
    let mut groups = BTreeMap::from([(Scope::Prefix, m.name.rsplit_once('-').map_or("", |n| n.0).to_owned())]);
    if m.has_network {
        groups.insert(Scope::Subnet, m.subnet());
        groups.insert(Scope::Suffix, m.domain.clone());
    }
    if knows_host {
        groups.insert(Scope::Host, m.host.clone());
    }
    groups.extend(m.hour.map(|hour| (Scope::Hour, hour_text(hour))));
    Traits {
        case: m.name.clone(),
        state: state.to_owned(),
        cause: m.fault.cause().map(str::to_owned),
        certainty: "likely".to_owned(),
        needs_action: !m.activated(),
        product: m.product.label.to_owned(),
        found_by_dns: !m.manual,
        computer: if m.has_network { m.name.to_lowercase() } else { String::new() },
        cmids: m.activated().then(|| m.cmid.clone()).into_iter().collect(),
        lease_age: m.activated().then_some(m.lease_age),
        strange_host: knows_host && !world.hosts.contains(&m.host),
        groups,
        ..Traits::default()
    }
}

/// A found pattern in words: of JSON or of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Kind.
    pub kind: String,
    /// Cause.
    pub cause: Option<String>,
    /// Its own key, and those of groups that hold the same cases, with the word of their scope.
    pub keys: Vec<(String, String)>,
}

impl Found {
    /// Of the library's own type.
    #[must_use]
    pub fn of(pattern: &Pattern) -> Self {
        let scope = pattern.scope.map_or("", Scope::word).to_owned();
        let also = pattern.also.iter().map(|(scope, key)| (scope.word().to_owned(), key.clone()));
        Self {
            kind: pattern.kind.word().to_owned(),
            cause: pattern.cause.clone(),
            keys: std::iter::once((scope, pattern.key.clone())).chain(also).collect(),
        }
    }

    fn is(&self, incident: &Incident) -> bool {
        let (kind, cause) = incident.kind.pattern();
        let by_group = ["place", "host", "host-product", "hour", "renewals-stopped"];
        let kinds = self.kind == kind || by_group.contains(&kind) && kind != "renewals-stopped" && by_group.contains(&self.kind.as_str());
        let keys = self.keys.iter().any(|(scope, key)| *key == incident.key && (scope == incident.scope || !by_group.contains(&kind)));
        kinds && keys && cause.is_none_or(|c| self.cause.as_deref() == Some(c))
    }
}

/// How many patterns and incidents there were, and how many belong together.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// Patterns that are an incident, and all patterns.
    pub found: (usize, usize),
    /// Incidents that a pattern tells, and all incidents.
    pub told: (usize, usize),
    /// What does not belong together, in words.
    pub odd: Vec<String>,
}

impl Marks {
    /// Compares what was found with what befell the fleet.
    #[must_use]
    pub fn of(found: &[Found], incidents: &[Incident]) -> Self {
        let mut marks = Self::default();
        let mut told = BTreeSet::new();
        for pattern in found {
            let mut right = false;
            for (index, _) in incidents.iter().enumerate().filter(|(_, incident)| pattern.is(incident)) {
                right = true;
                told.insert(index);
            }
            marks.found.0 += usize::from(right);
            marks.found.1 += 1;
            if !right {
                marks.odd.push(format!("nothing happened: {} {:?} {:?}", pattern.kind, pattern.cause, pattern.keys));
            }
        }
        for (index, incident) in incidents.iter().enumerate() {
            marks.told.0 += usize::from(told.contains(&index));
            marks.told.1 += 1;
            if !told.contains(&index) {
                marks.odd.push(format!("not told: {:?} {} ({} machines)", incident.kind, incident.key, incident.machines.len()));
            }
        }
        marks
    }

    /// Adds the marks of another fleet.
    pub fn add(&mut self, other: Self) {
        self.found = (self.found.0 + other.found.0, self.found.1 + other.found.1);
        self.told = (self.told.0 + other.told.0, self.told.1 + other.told.1);
        self.odd.extend(other.odd);
    }

    /// Share of patterns that are true, in thousandths.
    #[must_use]
    pub fn precision(&self) -> usize {
        self.found.0 * 1_000 / self.found.1.max(1)
    }

    /// Share of incidents that are told, in thousandths.
    #[must_use]
    pub fn recall(&self) -> usize {
        self.told.0 * 1_000 / self.told.1.max(1)
    }
}
