//! What the product lists say about the machine of a case: its build, and which published key fits it. A wrong
//! key is worse than none, so that anything unsure or contradictory gives none.

use super::{Catalog, Listed};
use crate::assemble::{Assembly, Product};

/// Which key a step may name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum KeyAdvice {
    /// The published key, and the product it is for.
    Key {
        /// All five groups.
        key: String,
        /// `Windows 10/11 Pro`.
        product: String,
    },
    /// The edition cannot use volume activation.
    NotVolume,
    /// Edition, version or channel are not certain.
    #[default]
    Unknown,
}

/// The build of Windows, `10.0.22631`, that all statements of a case agree on; empty when there is none.
#[must_use]
pub fn build_of(assembly: &Assembly) -> String {
    let told = assembly.facts.iter().filter(|f| matches!(f.kind, "service-version" | "os-version"));
    let mut builds: Vec<String> = told.filter_map(|f| build(f.field("version"))).collect();
    builds.sort();
    builds.dedup();
    match builds.as_slice() {
        [only] => only.clone(),
        _ => String::new(),
    }
}

/// `10.0.19045 N/A Build 19045` → `10.0.19045`.
fn build(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?;
    let parts: Vec<&str> = first.split('.').take(3).collect();
    let numbers = parts.len() == 3 && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    numbers.then(|| parts.join("."))
}

/// Channels from which the published key of the same edition leads to KMS. A KMS host's own key must stay, and
/// an evaluation edition takes no such key.
fn may_change(channel: &str) -> bool {
    let volume = channel.starts_with("VOLUME_KMSCLIENT") || channel.starts_with("VOLUME_MAK");
    volume || channel.starts_with("RETAIL") || channel.starts_with("OEM")
}

/// The key that `slmgr /ipk` or, for a product of Office, `ospp.vbs /inpkey:` may be given on this machine.
#[must_use]
pub fn advise(catalog: &Catalog, assembly: &Assembly, product: Option<usize>) -> KeyAdvice {
    let Some(product) = product.and_then(|p| assembly.products.get(p)) else { return KeyAdvice::Unknown };
    let windows = product.family == "windows";
    if windows && catalog.is_not_volume(&product.name) {
        return KeyAdvice::NotVolume;
    }
    if windows && system_is_home(catalog, assembly) {
        // A name that says otherwise is of another time or machine.
        return if product.name.is_empty() { KeyAdvice::NotVolume } else { KeyAdvice::Unknown };
    }
    let build = build_of(assembly);
    let Some(listed) = identify(catalog, product, &build) else { return KeyAdvice::Unknown };
    // A retail Office has no licence files for a published key: it must be replaced first, by who knows which.
    let channel = match product.channel.as_str() {
        // Only KMS client licences have a listed ID.
        "" if catalog.by_id(&product.activation_id).is_some() => "VOLUME_KMSCLIENT",
        channel => channel,
    };
    let fits = if windows { may_change(channel) } else { channel.starts_with("VOLUME_") && !channel.starts_with("VOLUME_KMS_") };
    if !fits
        || listed.edition.key.is_empty()
        || disagrees(catalog, product, &build)
        || windows && contradicted(catalog, assembly, &listed, &build)
    {
        return KeyAdvice::Unknown;
    }
    KeyAdvice::Key { key: listed.edition.key.clone(), product: listed.title() }
}

/// The listed product that a description certainly is.
fn identify<'c>(catalog: &'c Catalog, product: &Product, build: &str) -> Option<Listed<'c>> {
    catalog.by_id(&product.activation_id).or_else(|| catalog.by_name(&product.family, &product.name, build_for(product, build)))
}

/// Names of Windows 7 and Vista tell their version without a build.
fn build_for<'b>(product: &Product, build: &'b str) -> &'b str {
    match (build, product.version()) {
        ("", "7") if product.name.contains('7') => "6.1.7601",
        ("", "Vista") => "6.0.6002",
        _ => build,
    }
}

/// Whether the name of the system says Home.
fn system_is_home(catalog: &Catalog, assembly: &Assembly) -> bool {
    let system = assembly.facts.iter().rev().find(|f| f.kind == "os-name").map_or("", |f| f.field("name"));
    catalog.not_volume.words.iter().any(|w| system.contains(w.as_str()))
}

/// Whether the statements about one product speak of different ones: its ID, its name, its key.
fn disagrees(catalog: &Catalog, product: &Product, build: &str) -> bool {
    let by_id = catalog.by_id(&product.activation_id);
    let by_name = catalog.by_name(&product.family, &product.name, build_for(product, build));
    let by_key = catalog.by_key(&product.partial_key);
    let told: Vec<Listed<'_>> = [by_id, by_name, by_key].into_iter().flatten().collect();
    told.windows(2).any(|pair| matches!(pair, [a, b] if !a.is(b)))
}

/// Whether something else in the case speaks of another edition: another Windows product in use, or a record
/// that the edition changed.
fn contradicted(catalog: &Catalog, assembly: &Assembly, listed: &Listed<'_>, build: &str) -> bool {
    let changed = assembly.facts.iter().any(|f| f.kind == "edition-change");
    let told = |p: &&Product| p.family == "windows" && !p.is_add_on() && !p.not_in_use && !p.anonymous;
    let other = |p: &Product| !identify(catalog, p, build).is_some_and(|l| l.is(listed));
    changed || assembly.products.iter().filter(told).any(other)
}
