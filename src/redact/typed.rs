//! Values whose kind the readers have told: fields of facts and of event log records.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::class::Class;
use crate::analyze::Analysis;
use crate::assemble::split_host;
use crate::knowledge::Knowledge;

/// The log that only a KMS host writes.
const KMS_CHANNEL: &str = "Key Management Service";

/// What the facts of a case say.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// Values to be taken out.
    pub(super) values: BTreeSet<(Class, String)>,
    /// Hosts and domains that decide; lower case.
    pub(super) kept: BTreeSet<String>,
}

/// Facts that name a KMS host, or a server asked about it, and the field that does.
const HOSTS: [(&str, &str); 21] = [
    ("kms-name-set", "host"),
    ("kms-registered", "host"),
    ("kms-from-dns", "host"),
    ("kms-override", "host"),
    ("kms-host", "host"),
    ("kms-request-sent", "host"),
    ("kms-request-at-host", "host"),
    ("history-error", "host"),
    ("connect-error", "to"),
    ("srv-host", "host"),
    ("srv-address", "host"),
    ("tcp-host", "host"),
    ("tcp-result", "host"),
    ("tcp-failed", "host"),
    ("telnet-failed", "host"),
    ("name-unresolved", "host"),
    ("ping-no-host", "host"),
    ("dns-server", "name"),
    ("dns-name", "name"),
    ("kms-lookup-domain", "domain"),
    ("dns-suffix", "suffix"),
];

/// Reads the facts of a case.
pub(super) fn typed(knowledge: &Knowledge, analysis: &Analysis) -> Typed {
    let mut out = Typed::default();
    let mut own = BTreeSet::new();
    let mut serving = BTreeSet::new();
    // A computer that asks is somebody's, also where its log says that it serves.
    let mut clients = BTreeSet::new();
    for fact in &analysis.assembly.facts {
        if let Some((_, field)) = HOSTS.iter().find(|(kind, _)| *kind == fact.kind) {
            out.kept.insert(plain_host(fact.field(field)));
        }
        match fact.kind {
            "host-name" => own.extend(computer(fact.field("name"))),
            "kms-host-request" => clients.extend(computer(fact.field("client"))),
            _ => {}
        }
        let cmid = match fact.kind {
            "cmid" => fact.field("id"),
            "kms-request-sent" | "kms-host-request" | "kms-answer" => fact.field("cmid"),
            _ => "",
        };
        if !cmid.is_empty() {
            out.values.insert((Class::Cmid, cmid.to_ascii_lowercase()));
        }
    }
    for record in analysis.sources.iter().flat_map(|s| &s.events) {
        let host = record.channel == KMS_CHANNEL || record.id == 12290;
        let names = computer(&record.computer);
        if host { serving.extend(names.map(|n| (n, record.computer.to_ascii_lowercase()))) } else { own.extend(names) }
    }
    for (name, full) in serving.into_iter().filter(|(name, _): &(String, String)| !clients.contains(name)) {
        own.remove(&name);
        out.kept.extend([name, full]);
    }
    own.extend(clients);
    if let Some(site) = &knowledge.site {
        let known: Vec<String> =
            site.kms.iter().map(|k| k.host.clone()).chain(site.domains.clone()).chain(site.time_source.clone()).collect();
        let known_short: BTreeSet<String> = site.kms.iter().filter_map(|k| computer(&k.host)).collect();
        own.retain(|n| !known_short.contains(n));
        out.kept.extend(known);
    }
    out.kept.retain(|k| !k.is_empty() && k.parse::<IpAddr>().is_err());
    // A computer that asks itself is somebody's computer.
    let asked: Vec<String> =
        out.kept.iter().filter(|k| computer(k).is_some_and(|c| own.contains(&c)) && !is_domain(k, analysis)).cloned().collect();
    out.kept.retain(|k| !asked.contains(k));
    out.values.extend(own.into_iter().map(|n| (Class::Computer, n)));
    out
}

fn is_domain(name: &str, analysis: &Analysis) -> bool {
    analysis.assembly.facts.iter().any(|f| f.kind == "dns-suffix" && plain_host(f.field("suffix")) == name)
}

/// `KMS.example.edu:1688.` → `kms.example.edu`.
fn plain_host(text: &str) -> String {
    split_host(text.trim()).0.trim_end_matches('.').to_owned()
}

/// The computer's own name, lower case; none for an address.
fn computer(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches('.');
    let first = name.split('.').next().unwrap_or_default().to_lowercase();
    let fits = !first.is_empty() && name.parse::<IpAddr>().is_err() && !first.contains(|c: char| c.is_whitespace() || c.is_control());
    fits.then_some(first)
}
