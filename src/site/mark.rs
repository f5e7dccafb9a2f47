//! Says of facts whether they agree with the profile. Fields are added only where the profile can tell.

use std::net::IpAddr;

use super::Site;
use crate::assemble::{Assembly, Product, split_host, suite};
use crate::data_error::edit_distance;
use crate::fact::Fact;

/// Marks every fact that a profile can judge.
pub(crate) fn mark(site: &Site, assembly: &mut Assembly) {
    let Assembly { facts, products, .. } = assembly;
    for fact in facts {
        let (name, value) = match fact.kind {
            "kms-host" => ("approved", approved(site, fact.field("host"), fact.field("port"))),
            "kms-request-sent" => {
                let (host, port) = split_host(fact.field("host"));
                ("approved", approved(site, &host, &port))
            }
            "dns-suffix" => ("approved", suffix(site, fact.field("suffix"))),
            "dns-servers" => ("approved", resolver(site, fact.field("ip"))),
            "dns-address" if fact.field("of") == "server" => ("approved", resolver(site, fact.field("ip"))),
            "clock-source" => ("approved", time_source(site, fact.field("source"))),
            "ipv4" => ("campus", campus(site, fact.field("ip"))),
            "time-zone" => ("approved", zone(site, fact.field("name"))),
            "product-state" => {
                let product = fact.product.and_then(|p| products.get(p));
                serve(site, fact, product);
                continue;
            }
            _ => continue,
        };
        fact.fields.insert(name, value.to_owned());
    }
}

/// `yes`; `port` for an approved host with another port; `near` for a name that looks like a slip of an
/// approved one or lies in a domain of the school; `unknown` for a name without a domain; else `no`.
fn approved(site: &Site, host: &str, port: &str) -> &'static str {
    let host = host.trim_end_matches('.');
    if host.is_empty() {
        return "unknown";
    }
    if host.len() > NAME_BYTES_MAX {
        return "no";
    }
    if site.host(host).is_some() {
        let fits = site.kms.iter().any(|k| site.host(host).is_some_and(|h| h.host == k.host) && k.port.to_string() == port);
        return if fits { "yes" } else { "port" };
    }
    let numeric = host.parse::<IpAddr>().is_ok();
    if numeric {
        return "no";
    }
    if !host.contains('.') {
        // The suffix completes it; which one is not said.
        return "unknown";
    }
    let slip = |approved: &str| edit_distance(host, approved) <= SLIPS_MAX;
    if site.has_domain(host) || site.kms.iter().any(|k| slip(&k.host)) { "near" } else { "no" }
}

/// No name in DNS is longer.
const NAME_BYTES_MAX: usize = 253;

/// So many letters may differ in a slip of the pen.
const SLIPS_MAX: usize = 2;

fn suffix(site: &Site, suffix: &str) -> &'static str {
    match () {
        () if site.domains.is_empty() => "unknown",
        () if site.has_domain(suffix) => "yes",
        () => "no",
    }
}

/// Only addresses can be compared; the computer itself and what it makes up without a network tell nothing.
fn resolver(site: &Site, ip: &str) -> &'static str {
    match address(ip) {
        _ if site.resolvers.is_empty() => "unknown",
        Some(ip) if site.resolvers.contains(&ip) => "yes",
        Some(ip) if !ip.is_loopback() && !is_made_up(ip) => "no",
        _ => "unknown",
    }
}

/// A clock without a network source tells nothing about which one it should have.
fn time_source(site: &Site, source: &str) -> &'static str {
    match &site.time_source {
        Some(own) if own.eq_ignore_ascii_case(source.trim_end_matches('.')) => "yes",
        Some(_) if source.contains('.') => "no",
        _ => "unknown",
    }
}

fn campus(site: &Site, ip: &str) -> &'static str {
    match address(ip) {
        _ if site.networks.is_empty() => "unknown",
        Some(ip) if site.networks.iter().any(|n| n.contains(ip)) => "yes",
        Some(ip) if !ip.is_loopback() && !is_made_up(ip) && !ip.is_unspecified() => "no",
        _ => "unknown",
    }
}

/// `192.0.2.7(Preferred)` → its address.
fn address(text: &str) -> Option<IpAddr> {
    text.split(['(', '（', '%', ' ']).next()?.parse().ok()
}

/// 169.254.x, `fe80::` and the site-local resolvers that Windows lists by itself.
fn is_made_up(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => matches!(ip.segments()[0] & 0xffc0, 0xfe80 | 0xfec0),
    }
}

/// The name of `tzutil /g` or the offset; the rest of a display name is in the language of the system.
fn zone(site: &Site, name: &str) -> &'static str {
    match &site.time_zone {
        Some(zone) if zone.eq_ignore_ascii_case(name.trim_end_matches("_dstoff")) => "yes",
        Some(_) if name.ends_with("Standard Time") || name == "UTC" => "no",
        _ => match (&site.utc_offset, name.split_once("UTC")) {
            (Some(offset), Some((_, behind))) if behind.starts_with(['+', '-']) => {
                if behind.starts_with(offset.as_str()) {
                    "yes"
                } else {
                    "no"
                }
            }
            _ => "unknown",
        },
    }
}

/// Sets `edition` and whether the school serves it.
fn serve(site: &Site, fact: &mut Fact, product: Option<&Product>) {
    // A server shares its version with a client Windows; its own is not printed.
    let is_server = |p: &Product| p.name.contains("Server");
    let Some(product) = product.filter(|p| !p.version().is_empty() && !is_server(p)) else { return };
    let family = match product.family.as_str() {
        "windows" => "Windows",
        "office" => match suite(product) {
            "visio" => "Visio",
            "project" => "Project",
            _ => "Office",
        },
        _ => return,
    };
    let edition = format!("{family} {}", product.version());
    let listed = |list: &[String]| list.iter().any(|e| e.eq_ignore_ascii_case(&edition));
    let service = match () {
        () if listed(&site.retired) => "retired",
        () if listed(&site.in_service) => "in-service",
        () => "unknown",
    };
    fact.fields.insert("edition", edition);
    fact.fields.insert("service", service.to_owned());
}
