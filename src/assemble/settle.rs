//! After reading: one product per licence, codes with their final role, derived facts, and which
//! statements a later one replaced.

use std::collections::{BTreeMap, BTreeSet};

use super::product::{Product, suite};
use super::state::{self, State};
use super::{Assembly, CodeRole};
use crate::fact::{Fact, Place};
use crate::knowledge::Knowledge;
use crate::limits::PRODUCTS_MAX;

/// Settles an assembly.
pub(super) fn settle(out: &mut Assembly, knowledge: &Knowledge) {
    merge_products(out);
    adopt_orphans(out);
    clear_own_runs(out);
    promote_lone_hints(out);
    super::context::demote_off_topic(out, knowledge);
    super::context::demote_beside_others(out);
    demote_foreign(out, knowledge);
    demote_beside_licensed(out);
    demote_reference_lists(out);
    demote_below_headings(out);
    drop_foreign_facts(out);
    state_codes(out, knowledge);
    out.facts.sort_by_key(|f| f.place.order());
    state::settle(out, knowledge.expiring_days());
    super::host::mark_ours(out);
    super::supersede::mark(out);
    super::host::derive(out);
    mark_leftovers(out);
    super::identify::identify(out, &knowledge.catalog);
    derive(out);
}

/// Joins descriptions of the same product and redirects everything that pointed at them.
fn merge_products(out: &mut Assembly) {
    let mut kept: Vec<Product> = Vec::new();
    let mut target = Vec::with_capacity(out.products.len());
    for product in std::mem::take(&mut out.products) {
        let same = kept.iter().position(|k| k.same(&product));
        let index = same.unwrap_or(kept.len());
        match kept.get_mut(index) {
            Some(known) => known.absorb(&product),
            None if index < PRODUCTS_MAX => kept.push(product),
            None => out.cut_files.extend(out.facts.last().map(|f| f.place.file)),
        }
        target.push((index < kept.len()).then_some(index));
    }
    out.products = kept;
    redirect(out, &|p| target.get(p).copied().flatten());
}

fn redirect(out: &mut Assembly, target: &dyn Fn(usize) -> Option<usize>) {
    for fact in &mut out.facts {
        fact.product = fact.product.and_then(target);
    }
    for code in &mut out.codes {
        code.product = code.product.and_then(target);
    }
    for run in &mut out.runs {
        run.product = run.product.and_then(target);
    }
}

/// Facts that speak about a product even when no line names it.
const PRODUCT_FACTS: [&str; 16] = [
    "activation-succeeded",
    "activation-failed",
    "error-reported",
    "error-described",
    "non-genuine",
    "license-status",
    "time-left",
    "expiry",
    "permanently-activated",
    "notification-reason",
    "partial-key",
    "key-installed",
    "key-uninstalled",
    "rearm-done",
    "token-only",
    "key-channel",
];

/// Statements of an activation tool without a product go to the family's only product, else to an
/// unnamed one.
fn adopt_orphans(out: &mut Assembly) {
    let orphans = out.facts.iter().filter(|f| f.product.is_none() && PRODUCT_FACTS.contains(&f.kind));
    let runs: BTreeSet<usize> = orphans.map(|f| f.run).collect();
    let mut adopted: BTreeMap<usize, usize> = BTreeMap::new();
    for run in runs {
        let family = out.runs.get(run).and_then(|r| family_of_tool(&r.tool));
        let Some(family) = family else { continue };
        let own = out.runs.get(run).and_then(|r| r.product);
        let product = own.or_else(|| only_of(out, family)).unwrap_or_else(|| unnamed(out, family));
        adopted.insert(run, product);
    }
    for fact in out.facts.iter_mut().filter(|f| f.product.is_none() && PRODUCT_FACTS.contains(&f.kind)) {
        fact.product = adopted.get(&fact.run).copied();
    }
    for code in out.codes.iter_mut().filter(|c| c.product.is_none()) {
        code.product = adopted.get(&code.run).copied();
    }
}

fn family_of_tool(tool: &str) -> Option<&'static str> {
    match tool {
        "slmgr" | "wmi" => Some("windows"),
        "ospp" => Some("office"),
        _ => None,
    }
}

fn only_of(out: &Assembly, family: &str) -> Option<usize> {
    let mut of_family = out.products.iter().enumerate().filter(|(_, p)| p.family == family && !p.not_in_use && !p.is_add_on());
    let first = of_family.next()?;
    of_family.next().is_none().then_some(first.0)
}

fn unnamed(out: &mut Assembly, family: &str) -> usize {
    if let Some(known) = out.products.iter().position(|p| p.anonymous && p.family == family) {
        return known;
    }
    out.products.push(Product { family: family.to_owned(), anonymous: true, kms_source: "unknown".to_owned(), ..Product::default() });
    out.products.len() - 1
}

/// A hint is the only trace of a code when the line it repeats was not copied.
fn promote_lone_hints(out: &mut Assembly) {
    let failures = out.codes.iter().filter(|c| c.role == CodeRole::Failure);
    let mut stated: BTreeSet<(usize, String)> = failures.map(|c| (c.place.file, c.code.clone())).collect();
    for code in out.codes.iter_mut().filter(|c| c.role == CodeRole::Hint) {
        if stated.insert((code.place.file, code.code.clone())) {
            code.role = CodeRole::Failure;
            code.mention = true;
        }
    }
}

/// Codes outside every run of ours, unknown to the encyclopaedia or in another program's output.
fn demote_foreign(out: &mut Assembly, knowledge: &Knowledge) {
    let foreign_file: BTreeSet<usize> = out.facts.iter().filter(|f| f.kind == "foreign-program").map(|f| f.place.file).collect();
    for code in out.codes.iter_mut().filter(|c| c.role == CodeRole::Failure) {
        let run = out.runs.get(code.run);
        let ours = run.is_some_and(|r| matches!(r.tool.as_str(), "slmgr" | "ospp" | "wmi" | "mgadiag" | "events" | "w32tm" | "sc"));
        let other_program = run.is_some_and(|r| r.typed && r.tool == "other") || foreign_file.contains(&code.place.file);
        // A code that names no cause says nothing outside our tools: any program may show it.
        let known = knowledge.codes.get(&code.code).is_some_and(|entry| !entry.cause.is_empty());
        // Licensing has facilities of its own; the others are everybody's.
        let licensing = known && super::context::is_licensing(&code.code);
        let foreign = run.is_some_and(|r| r.foreign);
        if foreign || !ours && (other_program && !licensing || !known) {
            code.role = CodeRole::Foreign;
        }
    }
}

/// A page that explains many codes is no output of any machine.
fn demote_reference_lists(out: &mut Assembly) {
    let files: BTreeSet<usize> = out.codes.iter().map(|c| c.place.file).collect();
    for file in files {
        let glossary = out.glossaries.contains(&file);
        let of_page = |c: &super::CodeUse| c.place.file == file && c.role == CodeRole::Failure && (c.mention || glossary);
        let explained: BTreeSet<&str> = out.codes.iter().filter(|c| of_page(c)).map(|c| c.code.as_str()).collect();
        let instructs = out.facts.iter().any(|f| f.place.file == file && f.kind == "instruction");
        let enough = if instructs || glossary || out.lists.contains(&file) { INSTRUCTION_CODES } else { REFERENCE_CODES };
        if explained.len() < enough {
            continue;
        }
        for code in out.codes.iter_mut().filter(|c| of_page(c)) {
            code.role = CodeRole::Hint;
        }
        let told = |f: &Fact| f.kind == "error-described" || glossary && f.kind == "error-reported";
        out.facts.retain(|f| f.place.file != file || !told(f));
    }
}

/// Below the heading of a list of errors and their remedies nothing happened, unless our tools' own output follows.
fn demote_below_headings(out: &mut Assembly) {
    let page = |f: &&Fact| f.kind == "instruction" && f.field("page") == "errors";
    let headings: Vec<Place> = out.facts.iter().filter(page).map(|f| f.place.clone()).collect();
    for heading in headings {
        let below = |place: &Place| place.file == heading.file && place.sequence.is_none() && place.line > heading.line;
        if out.facts.iter().any(|f| OWN_MARKS.contains(&f.kind) && below(&f.place)) {
            continue;
        }
        for code in out.codes.iter_mut().filter(|c| c.role == CodeRole::Failure && below(&c.place)) {
            code.role = CodeRole::Hint;
        }
        out.facts.retain(|f| !(matches!(f.kind, "error-described" | "error-reported") && below(&f.place)));
    }
}

/// One machine rarely shows more than three different codes outside its own messages.
const REFERENCE_CODES: usize = 4;

/// Two codes are enough where the text tells people what to do when they see one, or lists them.
const INSTRUCTION_CODES: usize = 2;

/// Facts that only the activation tools themselves state.
pub(super) const OWN_MARKS: [&str; 12] = [
    "product-description",
    "activation-attempted",
    "service-version",
    "kms-name-set",
    "kms-registered",
    "kms-from-dns",
    "kms-override",
    "activation-type",
    "application-id",
    "frame",
    "srv-record",
    "setting-applied",
];

/// A run that names another program is that program's, unless it also shows our tools at work.
fn clear_own_runs(out: &mut Assembly) {
    let mut own: BTreeSet<usize> = out.facts.iter().filter(|f| OWN_MARKS.contains(&f.kind)).map(|f| f.run).collect();
    own.extend(out.codes.iter().filter(|c| super::context::is_licensing(&c.code) && !c.mention).map(|c| c.run));
    for (index, run) in out.runs.iter_mut().enumerate().filter(|(i, _)| own.contains(i)) {
        let ours = !run.typed || matches!(run.tool.as_str(), "slmgr" | "ospp") || index > 0 && run.program != "echo" && run.tool != "other";
        run.foreign &= !ours;
    }
}

/// What another program printed says nothing about activation.
fn drop_foreign_facts(out: &mut Assembly) {
    let foreign: Vec<bool> = out.runs.iter().map(|r| r.foreign).collect();
    out.facts.retain(|f| f.kind == "foreign-program" || !foreign.get(f.run).copied().unwrap_or(false));
}

/// A status reason beside a licensed state is information.
fn demote_beside_licensed(out: &mut Assembly) {
    let mut last: BTreeMap<(usize, usize), String> = BTreeMap::new();
    for fact in out.facts.iter().filter(|f| f.kind == "license-status") {
        if let Some(product) = fact.product {
            last.insert((fact.run, product), fact.field("status").to_owned());
        }
    }
    for code in out.codes.iter_mut().filter(|c| c.role == CodeRole::Failure) {
        let attempt = out.runs.get(code.run).is_some_and(super::Run::is_attempt);
        let licensed = code.product.and_then(|p| last.get(&(code.run, p))).is_some_and(|s| s == "licensed");
        if licensed && !attempt {
            code.role = CodeRole::Information;
        }
    }
}

/// One `code-stated` fact per statement, so that rules need not look at codes any other way.
fn state_codes(out: &mut Assembly, knowledge: &Knowledge) {
    let family = |code: &str| knowledge.codes.get(code).map_or("unknown", |c| c.family.as_str()).to_owned();
    let mut facts = Vec::new();
    for code in out.codes.iter().filter(|c| c.role != CodeRole::Hint) {
        let fields = [("code", code.code.clone()), ("role", code.role.word().to_owned()), ("family", family(&code.code))];
        facts.push(derived("code-stated", fields.into_iter().collect(), code.place.clone(), code.run, code.product));
    }
    for fact in out.facts.iter().filter(|f| f.kind == "error-described") {
        let code = fact.field("code").to_owned();
        let fields = [("family", family(&code)), ("code", code), ("role", "failure".to_owned())];
        facts.push(derived("code-stated", fields.into_iter().collect(), fact.place.clone(), fact.run, fact.product));
    }
    out.facts.extend(facts);
}

pub(super) fn derived(
    kind: &'static str,
    fields: BTreeMap<&'static str, String>,
    place: Place,
    run: usize,
    product: Option<usize>,
) -> Fact {
    Fact { kind, fields, place, run, product, message: String::new(), superseded: false }
}

/// A grace or retail key beside a licensed volume licence of the same suite, and rows without a key.
fn mark_leftovers(out: &mut Assembly) {
    let licensed: Vec<(usize, &'static str)> = out
        .products
        .iter()
        .enumerate()
        .filter(|(_, p)| matches!(p.state, State::Activated | State::Expiring) && !p.is_add_on())
        .map(|(i, p)| (i, suite(p)))
        .collect();
    let replaced_by = replaced_editions(out);
    let has_key = out.products.iter().any(|p| !p.partial_key.is_empty() || matches!(p.state, State::Activated | State::Expiring));
    for (i, product) in out.products.iter_mut().enumerate() {
        let other_licensed = licensed.iter().any(|l| l.0 != i && l.1 == suite(product));
        let minor = product.channel.contains("Grace")
            || product.channel.starts_with("RETAIL")
            || product.channel.starts_with("TIMEBASED")
            || (product.channel.is_empty() && !product.attempt_failed);
        let unused = product.not_in_use || (product.license_status == "unlicensed" && product.partial_key.is_empty() && has_key);
        let bad = !matches!(product.state, State::Activated | State::Expiring);
        // A computer runs one edition of Windows: a later one that was activated has replaced it.
        let replaced = product.family == "windows" && !product.is_add_on() && replaced_by.get(&i).copied().unwrap_or(false);
        product.leftover = bad
            && (unused
                || replaced
                || (other_licensed && minor && product.state != State::Unknown)
                || product.is_add_on() && !licensed.is_empty());
    }
}

/// For each product whether every statement about it came before another Windows edition was activated.
fn replaced_editions(out: &Assembly) -> BTreeMap<usize, bool> {
    let mut last_fact: BTreeMap<usize, usize> = BTreeMap::new();
    let mut newest_activation: Option<(usize, usize)> = None;
    for (index, fact) in out.facts.iter().enumerate() {
        let Some(product) = fact.product else { continue };
        last_fact.insert(product, index);
        let windows = out.products.get(product).is_some_and(|p| p.family == "windows" && !p.is_add_on());
        if windows && fact.kind == "activation-succeeded" {
            newest_activation = Some((product, index));
        }
    }
    let earlier = |(product, last): (usize, usize)| (product, newest_activation.is_some_and(|(p, at)| p != product && last < at));
    last_fact.into_iter().map(earlier).collect()
}

/// Facts computed from others: channels, KMS hosts by kind of address, product states.
fn derive(out: &mut Assembly) {
    let mut facts = Vec::new();
    for fact in &out.facts {
        let Some((host, source)) = kms_host_of(out, fact) else { continue };
        let (name, port) = split_host(&host);
        let family = out.runs.get(fact.run).and_then(|r| family_of_tool(&r.tool));
        for (i, product) in out.products.iter_mut().enumerate() {
            // `/skms` and `/sethst` set the host for every product of their family.
            let meant = fact.product.map_or(Some(product.family.as_str()) == family, |p| p == i);
            if meant && !product.not_in_use {
                product.kms_host.clone_from(&host);
                source.clone_into(&mut product.kms_source);
            }
        }
        let fields = [("host", name.clone()), ("port", port), ("source", source.to_owned()), ("class", class_of(&name).to_owned())];
        facts.push(derived("kms-host", fields.into_iter().collect(), fact.place.clone(), fact.run, fact.product));
    }
    for fact in out.facts.iter().filter(|f| f.kind == "kms-ip") {
        if let Some(product) = fact.product.and_then(|p| out.products.get_mut(p)) {
            fact.field("ip").clone_into(&mut product.kms_ip);
        }
    }
    for (i, product) in out.products.iter().enumerate().filter(|(_, p)| !p.leftover) {
        let Some(place) = out.facts.iter().find(|f| f.product == Some(i)).map(|f| f.place.clone()) else { continue };
        let channel_place = out.facts.iter().find(|f| f.product == Some(i) && f.kind == "product-description").map_or(&place, |f| &f.place);
        let run = out.facts.iter().find(|f| f.product == Some(i)).map_or(0, |f| f.run);
        if !product.channel.is_empty() {
            let class = super::product::channel_class(&product.channel);
            let fields = BTreeMap::from([("channel", product.channel.clone()), ("class", class.to_owned())]);
            facts.push(derived("channel", fields, channel_place.clone(), run, Some(i)));
        }
        let fields = BTreeMap::from([
            ("state", product.state.word().to_owned()),
            ("family", product.family.clone()),
            ("channel", product.channel.clone()),
        ]);
        facts.push(derived("product-state", fields, place, run, Some(i)));
    }
    out.facts.extend(facts);
    out.facts.sort_by_key(|f| f.place.order());
}

/// The KMS host that a fact names, and how the client came to it.
fn kms_host_of(out: &Assembly, fact: &Fact) -> Option<(String, &'static str)> {
    let host = |source| Some((fact.field("host").to_owned(), source)).filter(|h| !h.0.is_empty());
    match fact.kind {
        "kms-registered" => host("manual").map(|(host, source)| (with_port(out, fact, host), source)),
        "kms-name-set" | "kms-override" => host("manual"),
        "kms-from-dns" => host("dns"),
        "setting-applied" => {
            let run = out.runs.get(fact.run).filter(|r| r.action == "sethst" && !r.argument.is_empty())?;
            Some((run.argument.clone(), "manual"))
        }
        _ => None,
    }
}

/// A host with the port that is printed apart from it.
fn with_port(out: &Assembly, fact: &Fact, host: String) -> String {
    let mine = |f: &&Fact| f.kind == "kms-port" && f.run == fact.run && f.product == fact.product && f.place.file == fact.place.file;
    let after = out.facts.iter().filter(mine).find(|f| f.place.line >= fact.place.line);
    match after.map(|f| f.field("port")) {
        Some(port) if !port.is_empty() && !host.contains(':') => format!("{host}:{port}"),
        _ => host,
    }
}

/// `kms.example.edu:1688` → name and port; 1688 when none is given.
pub(crate) fn split_host(host: &str) -> (String, String) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && !name.contains(':') => {
            (name.to_ascii_lowercase(), port.to_owned())
        }
        _ => (host.to_ascii_lowercase(), "1688".to_owned()),
    }
}

/// `loopback`, `address` or `name`.
fn class_of(host: &str) -> &'static str {
    let numeric = host.split('.').count() == 4 && host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match host {
        "localhost" | "::1" | "0.0.0.0" => "loopback",
        h if numeric && h.starts_with("127.") => "loopback",
        _ if numeric => "address",
        _ => "name",
    }
}
