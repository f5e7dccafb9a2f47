//! What of the product lists stands below a step: which product a key is for, which host keys serve it.

use super::site::SiteRow;
use crate::assemble::Product;
use crate::catalog::{HostKey, KeyAdvice, Served};
use crate::decide::Placeholders;
use crate::knowledge::{Knowledge, Remedy};

/// Lines that a remedy may ask for under `lists`.
pub const LIST_ROWS: [&str; 3] = ["key", "windows-hosts", "office-hosts"];

/// Where Microsoft publishes the keys.
const WINDOWS_KEYS: &str = "learn.microsoft.com/windows-server/get-started/kms-client-activation-keys";
const OFFICE_KEYS: &str = "learn.microsoft.com/office/volume-license-activation/gvlks";

/// What the lists add to a remedy for `product`.
pub(crate) fn of_remedy(
    knowledge: &Knowledge,
    remedy: &Remedy,
    product: Option<&Product>,
    fill: &Placeholders,
    locale: &str,
) -> Vec<SiteRow> {
    let wants = |row: &str| remedy.lists.iter().any(|l| l == row);
    let mut rows = Vec::new();
    if wants("key") {
        rows.push(key(knowledge, remedy, fill, locale));
    }
    for product in product.iter().filter(|p| wants(&format!("{}-hosts", p.family))) {
        rows.extend(hosts(knowledge, product, locale));
    }
    rows
}

/// The product that the key in the command is for; without one, where to look it up.
fn key(knowledge: &Knowledge, remedy: &Remedy, fill: &Placeholders, locale: &str) -> SiteRow {
    let word = |key: &str| knowledge.word(locale, key).to_owned();
    let named = remedy.all_commands().any(|c| fill.fill(c) != c && !fill.fill(c).contains("<GVLK>") && c.contains("gvlk}"));
    match fill.key_advice() {
        KeyAdvice::Key { product, .. } if named => SiteRow { id: "key", label: word("list-key-for"), text: product.clone(), href: None },
        _ => {
            let office = remedy.all_commands().any(|c| c.contains("{office-gvlk}"));
            let address = if office { OFFICE_KEYS } else { WINDOWS_KEYS };
            SiteRow { id: "key", label: word("list-key-unsure"), text: format!("{} {address}", word("list-keys")), href: None }
        }
    }
}

/// One line for each version of the product that its description leaves open.
fn hosts(knowledge: &Knowledge, product: &Product, locale: &str) -> Vec<SiteRow> {
    let catalog = &knowledge.catalog;
    let Some(series) = catalog.series.get(&product.listed.series) else { return Vec::new() };
    let build: Vec<&str> = product.service_version.split('.').take(3).collect();
    let served = catalog.served(series, product.version(), &build.join("."));
    let row = |served: &Served| {
        let name = match served.version.as_str() {
            "" => series.name.clone(),
            version => format!("Windows {version}"),
        };
        let named = |ids: &[String], full: bool| -> String {
            let keys = ids.iter().filter_map(|id| catalog.hosts.get(id));
            keys.map(|k| if full { on(k) } else { k.name.clone() }).collect::<Vec<_>>().join(" · ")
        };
        let mut text = named(&served.by, true);
        if !served.undocumented.is_empty() {
            let also = knowledge.word(locale, "list-undocumented").replace("{keys}", &named(&served.undocumented, false));
            text = format!("{text} {also}");
        }
        SiteRow { id: "hosts", label: knowledge.word(locale, "list-hosts").replace("{product}", &name), text, href: None }
    };
    served.into_iter().map(row).collect()
}

/// `Windows Server 2022 [Windows Server 2022; 2019 (KB5003646) …]`: the key, and what it can be installed on.
fn on(key: &HostKey) -> String {
    if key.runs_on.is_empty() { key.name.clone() } else { format!("{} [{}]", key.name, key.runs_on) }
}
