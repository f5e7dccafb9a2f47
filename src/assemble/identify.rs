//! Gives products the names that the product lists have for them, and states which published keys were seen.

use std::collections::BTreeMap;

use super::settle::derived;
use super::{Assembly, Product};
use crate::catalog::{Catalog, Listed, Question, build_of, last_five};
use crate::fact::Fact;

/// Names every product that the lists know, by its ID, else by its printed name.
pub(super) fn identify(out: &mut Assembly, catalog: &Catalog) {
    let build = build_of(out);
    for product in &mut out.products {
        name(product, catalog, &build);
    }
    let keys: Vec<Fact> = out.facts.iter().filter_map(|fact| published_key(out, catalog, fact)).collect();
    let ends = support(out, catalog, &build);
    out.facts.extend(keys);
    out.facts.extend(ends);
}

/// The end of support of each product in use, and of the system that `systeminfo` names.
fn support(out: &Assembly, catalog: &Catalog, build: &str) -> Vec<Fact> {
    let dates =
        out.facts.iter().filter_map(|f| f.field("at").get(..DATE_CHARS)).filter(|d| d.bytes().filter(u8::is_ascii_digit).count() == 8);
    let date = dates.max().unwrap_or_default();
    let fact = |question: Question<'_>, name: &str, near: &Fact| {
        let answer = question.answer()?;
        let fields = BTreeMap::from([
            ("name", name.to_owned()),
            ("end", answer.end),
            ("extended", answer.extended),
            ("state", answer.state.to_owned()),
            ("as-of", answer.as_of),
        ]);
        Some(derived("support", fields, near.place.clone(), near.run, near.product))
    };
    let mut found = Vec::new();
    for (i, product) in out.products.iter().enumerate().filter(|(_, p)| !p.leftover && !p.not_in_use && !p.listed.near) {
        let Some(series) = catalog.series.get(&product.listed.series) else { continue };
        let Some(near) = out.facts.iter().find(|f| f.product == Some(i)) else { continue };
        let title = &product.listed.edition;
        let edition = series.edition.iter().find(|edition| Listed { series, edition }.title() == *title).map_or("", |e| e.name.as_str());
        let version = product.version();
        // `Windows 11 Pro` rather than `Windows 10/11 Pro`.
        let name = if series.version.is_empty() && !version.is_empty() { format!("Windows {version} {edition}") } else { title.clone() };
        found.extend(fact(Question { series, edition, version, build, date }, &name, near));
    }
    for near in out.facts.iter().filter(|f| f.kind == "os-name") {
        let name = near.field("name");
        let Some((series, version)) = catalog.by_system(name) else { continue };
        found.extend(fact(Question { series, edition: "", version, build, date }, name, near));
    }
    found
}

/// `2026-11-23`
const DATE_CHARS: usize = 10;

fn name(product: &mut Product, catalog: &Catalog, build: &str) {
    if let Some(host) = catalog.host_by_id(&product.activation_id) {
        product.listed.host_key.clone_from(&host.name);
        return;
    }
    let by_id = catalog.by_id(&product.activation_id);
    let near = by_id.is_none().then(|| catalog.near_id(&product.activation_id)).flatten();
    let by_name = catalog.by_name(&product.family, &product.name, build);
    if let Some(listed) = by_id.or(by_name).or(near) {
        product.listed.edition = listed.title();
        product.listed.series.clone_from(&listed.series.id);
        product.listed.version.clone_from(&listed.series.version);
        product.listed.near = by_id.is_none() && by_name.is_none();
        if product.family == "other" || product.family.is_empty() {
            product.family.clone_from(&listed.series.family);
        }
    }
    let by_key = catalog.by_key(&product.partial_key).filter(|k| k.series.family == product.family);
    if let Some(listed) = by_key {
        product.listed.key_of = listed.title();
    }
}

/// The published key that a fact names: one that a product has, or one that somebody tried to install.
fn published_key(out: &Assembly, catalog: &Catalog, fact: &Fact) -> Option<Fact> {
    let product = |i: usize| out.products.get(i);
    let (how, five, target) = match fact.kind {
        "partial-key" => ("installed", fact.field("key"), fact.product.and_then(product)),
        "command" if matches!(fact.field("action"), "ipk" | "inpkey") => {
            let family = if fact.field("tool") == "ospp" { "office" } else { "windows" };
            let known = |p: &&Product| p.family == family && !p.listed.series.is_empty() && !p.leftover;
            let mut known = out.products.iter().filter(known);
            // Which of several Office products a key was meant for, nobody says.
            let only = known.next().filter(|_| known.next().is_none());
            ("command", last_five(fact.field("argument"))?, only)
        }
        _ => return None,
    };
    let key = catalog.by_key(five)?;
    let fields = BTreeMap::from([
        ("key", five.to_owned()),
        ("how", how.to_owned()),
        ("of", key.title()),
        ("series", key.series.id.clone()),
        ("fits", fits(&key, target).to_owned()),
    ]);
    let superseded = fact.superseded;
    Some(Fact { superseded, ..derived("published-key", fields, fact.place.clone(), fact.run, fact.product) })
}

fn fits(key: &Listed<'_>, target: Option<&Product>) -> &'static str {
    let Some(target) = target.filter(|p| !p.listed.series.is_empty() && !p.listed.near) else { return "unknown" };
    match () {
        () if target.listed.series != key.series.id => "no",
        () if target.listed.edition == key.title() => "yes",
        () => "edition",
    }
}
