//! What is kept of a case for a look at many: state, cause, and by what it can be grouped.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::group::{Scope, prefix, subnet};
use crate::analyze::Analysis;
use crate::assemble::{Assembly, Product, split_host};
use crate::calendar;
use crate::fact::Fact;
use crate::knowledge::Knowledge;

/// What one case brings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Traits {
    /// Name of the case.
    pub case: String,
    /// State word.
    pub state: String,
    /// Cause id.
    pub cause: Option<String>,
    /// How sure the cause is.
    pub certainty: String,
    /// Whether somebody has to do something.
    pub needs_action: bool,
    /// Rules that fired for the cause.
    pub rules: BTreeSet<String>,
    /// `windows 11`, `office 2021`; empty when unknown.
    pub product: String,
    /// A KMS client whose host was found in DNS.
    pub found_by_dns: bool,
    /// The computer's name, short and lower case; empty when nothing tells it.
    pub computer: String,
    /// Its client machine ids, lower case.
    pub cmids: BTreeSet<String>,
    /// The count that its host answered last.
    pub count: Option<i64>,
    /// Minutes since its licence was renewed, when the output was taken; of KMS clients that are licensed.
    pub lease_age: Option<i64>,
    /// It uses a KMS host that the site profile does not list.
    pub strange_host: bool,
    /// Groups that it belongs to.
    pub groups: BTreeMap<Scope, String>,
}

/// The traits of an analysis; `folder` is the folder that was scanned, empty when there is only one.
#[must_use]
pub fn traits(knowledge: &Knowledge, analysis: &Analysis, folder: &str) -> Traits {
    let case = &analysis.case;
    let assembly = &analysis.assembly;
    let conclusion = &analysis.decision.case;
    let product = conclusion.product.and_then(|p| assembly.products.get(p));
    let findings = case.findings.iter().filter(|f| Some(&f.cause) == case.verdict.cause.as_ref() && !f.evidence_for.is_empty());
    let computer = computer(assembly);
    let named = if computer.is_empty() { case.case.clone() } else { computer.clone() };
    let host = host(assembly, product);
    let places = [
        (Scope::Room, room(knowledge, assembly, &named)),
        (Scope::Subnet, newest(assembly, "ipv4", |f| subnet(f.field("ip")))),
        (Scope::Suffix, suffix(assembly)),
        (Scope::Prefix, prefix(&named)),
        (Scope::Folder, (!folder.is_empty()).then(|| folder.to_owned())),
        (Scope::Hour, newest(assembly, "kms-request-sent", |f| hour(f.field("at")))),
        (Scope::Host, (!host.is_empty()).then_some(host)),
    ];
    Traits {
        case: case.case.clone(),
        state: case.verdict.state.clone(),
        cause: case.verdict.cause.clone(),
        certainty: case.verdict.certainty.clone(),
        needs_action: analysis.case.verdict.needs_action(),
        rules: findings.map(|f| f.rule.clone()).collect(),
        product: product.map(label).unwrap_or_default(),
        found_by_dns: product.is_some_and(|p| p.kms_source == "dns"),
        computer,
        cmids: cmids(assembly),
        count: newest(assembly, "kms-answer", |f| some(f.field("count"))).and_then(|c| c.parse().ok()),
        lease_age: product.and_then(lease_age),
        strange_host: assembly
            .facts
            .iter()
            .rev()
            .find(|f| f.kind == "kms-host" && !f.superseded)
            .is_some_and(|f| f.field("approved") == "no"),
        groups: places.into_iter().filter_map(|(scope, key)| Some((scope, key.filter(|k| is_name(k))?))).collect(),
    }
}

/// `2026-11-20T08:14:02Z` → `2026-11-20 08:00`; only where the text gives the zone.
fn hour(at: &str) -> Option<String> {
    let minutes = calendar::minutes(at).filter(|_| at.ends_with('Z'))?;
    Some(calendar::minute_text(minutes - minutes.rem_euclid(60)))
}

fn cmids(assembly: &Assembly) -> BTreeSet<String> {
    let own = assembly.facts.iter().filter_map(|f| match f.kind {
        "cmid" => Some(f.field("id")),
        "kms-request-sent" => Some(f.field("cmid")),
        _ => None,
    });
    let ids: BTreeSet<String> = own.filter(|id| is_name(id)).map(str::to_ascii_lowercase).collect();
    ids.into_iter().take(IDS_MAX).collect()
}

/// A licence by KMS counts down from 180 days.
fn lease_age(product: &Product) -> Option<i64> {
    const FULL_MINUTES: i64 = 180 * 1_440;
    let licensed = product.license_status == "licensed" && product.is_kms_client();
    product.minutes_left.filter(|left| licensed && (0..=FULL_MINUTES).contains(left)).map(|left| FULL_MINUTES - left)
}

/// A computer has one id, and another after each rearm; more are a hostile log's.
const IDS_MAX: usize = 16;

/// What may be the name of a group: no name in DNS is longer.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 253 && !text.contains(char::is_control)
}

fn label(product: &Product) -> String {
    match product.version() {
        "" => product.family.clone(),
        version => format!("{} {version}", product.family),
    }
}

/// The first value of the newest fact that has one.
fn newest(assembly: &Assembly, kind: &str, value: impl Fn(&Fact) -> Option<String>) -> Option<String> {
    assembly.facts.iter().rev().filter(|f| f.kind == kind && !f.superseded).find_map(value)
}

fn computer(assembly: &Assembly) -> String {
    let name = newest(assembly, "host-name", |f| some(f.field("name")));
    let name = name.or_else(|| newest(assembly, "kms-request-sent", |f| some(f.field("by"))));
    crate::assemble::host::short(&name.unwrap_or_default())
}

/// The domain that was asked for a KMS host, else the computer's own suffix.
fn suffix(assembly: &Assembly) -> Option<String> {
    let asked = |name: &str| {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        name.strip_prefix("_vlmcs._tcp.").filter(|d| d.contains('.')).map(str::to_owned)
    };
    let own = |f: &Fact| some(f.field("suffix").trim_end_matches('.')).filter(|s| s.contains('.')).map(|s| s.to_ascii_lowercase());
    newest(assembly, "dns-no-such-name", |f| asked(f.field("name")))
        .or_else(|| newest(assembly, "dns-no-srv", |f| asked(f.field("name"))))
        .or_else(|| newest(assembly, "srv-record", |f| asked(f.field("name"))))
        .or_else(|| newest(assembly, "kms-lookup-domain", |f| some(f.field("domain")).map(|d| d.to_ascii_lowercase())))
        .or_else(|| newest(assembly, "dns-suffix", own))
}

/// The host of the product that decides, else the newest that was named, without port.
fn host(assembly: &Assembly, product: Option<&Product>) -> String {
    let of_product = product.map(|p| p.kms_host.clone()).filter(|h| !h.is_empty());
    let named = || newest(assembly, "kms-host", |f| some(f.field("host")));
    let asked = || newest(assembly, "kms-request-sent", |f| some(f.field("host")));
    let in_dns = || newest(assembly, "srv-host", |f| some(f.field("host")));
    let port = newest(assembly, "tcp-port", |f| some(f.field("port")));
    let of_port = || newest(assembly, "tcp-host", |f| some(f.field("host"))).filter(|_| port.as_deref() == Some("1688"));
    let tested = || newest(assembly, "tcp-result", |f| some(f.field("host")).filter(|_| f.field("port") == "1688")).or_else(of_port);
    let host = of_product.or_else(named).or_else(asked).or_else(in_dns).or_else(tested).unwrap_or_default();
    split_host(&host).0.trim_end_matches('.').to_ascii_lowercase()
}

fn room(knowledge: &Knowledge, assembly: &Assembly, computer: &str) -> Option<String> {
    let site = knowledge.site.as_ref()?;
    let addresses: Vec<std::net::IpAddr> =
        assembly.facts.iter().filter(|f| f.kind == "ipv4" && !f.superseded).filter_map(|f| f.field("ip").parse().ok()).collect();
    site.room(computer, &addresses).map(str::to_owned)
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
