//! Checks the product lists: ids, keys and dates of the right shape, each in one place, and links that lead
//! somewhere. Not whether they are true.

use std::collections::BTreeMap;

use kms_triage::catalog::{Series, last_five};
use kms_triage::data_error::nearest;

use crate::provenance::is_date;
use crate::references::Checker;

impl Checker<'_> {
    /// Everything under `products/`.
    pub(crate) fn products(&mut self) {
        let catalog = &self.knowledge.catalog;
        let mut seen: BTreeMap<&str, String> = BTreeMap::new();
        for series in catalog.series.values() {
            let stem = format!("products/clients/{}", series.id);
            self.read_where(&stem, &series.id, &series.source, &series.read);
            self.family(&stem, &series.family);
            for edition in &series.edition {
                for id in &edition.ids {
                    self.activation_id(&stem, id, &mut seen);
                }
                if !edition.key.is_empty() {
                    self.key(&stem, &edition.key, &mut seen);
                }
            }
            self.series(&stem, series);
        }
        for host in catalog.hosts.values() {
            let stem = format!("products/hosts/{}", host.id);
            self.read_where(&stem, &host.id, &host.source, &host.read);
            self.family(&stem, &host.family);
            for id in &host.ids {
                self.activation_id(&stem, id, &mut seen);
            }
        }
        let not_volume = &catalog.not_volume;
        self.read_where("products/not-volume", "not-volume", &not_volume.source, &not_volume.read);
    }

    fn family(&mut self, stem: &str, family: &str) {
        if !matches!(family, "windows" | "office") {
            self.report("bad-family", stem, family, format!("`{family}` is no family: `windows` or `office`"));
        }
    }

    /// Links to host keys and editions of the same file; dates.
    fn series(&mut self, stem: &str, series: &Series) {
        let hosts = &self.knowledge.catalog.hosts;
        for id in series.served.iter().flat_map(|s| s.by.iter().chain(&s.undocumented)).filter(|id| !hosts.contains_key(*id)) {
            let hint = nearest(id, hosts.keys().map(String::as_str));
            self.report("unknown-host-key", stem, id, format!("no host key `{id}`{hint}"));
        }
        for support in &series.support {
            for date in [&support.end, &support.extended].into_iter().filter(|d| !d.is_empty() && !is_date(d)) {
                self.report("bad-date", stem, date, format!("`{date}` is no date (`2025-10-14`)"));
            }
            for name in support.editions.iter().filter(|n| !series.edition.iter().any(|e| e.name == **n)) {
                let hint = nearest(name, series.edition.iter().map(|e| e.name.as_str()));
                self.report("unknown-edition", stem, name, format!("`{}` has no edition `{name}`{hint}", series.id));
            }
        }
    }

    fn activation_id<'a>(&mut self, stem: &str, id: &'a str, seen: &mut BTreeMap<&'a str, String>) {
        let shape: String = id.chars().map(|c| if c.is_ascii_digit() || ('a'..='f').contains(&c) { '0' } else { c }).collect();
        if shape != "00000000-0000-0000-0000-000000000000" {
            self.report("bad-activation-id", stem, id, format!("`{id}` is no activation ID in lower case"));
        }
        self.once(stem, id, seen);
    }

    fn key<'a>(&mut self, stem: &str, key: &'a str, seen: &mut BTreeMap<&'a str, String>) {
        match last_five(key) {
            Some(five) => self.once(stem, five, seen),
            None => self.report("bad-key", stem, key, format!("`{key}` is no key of five groups")),
        }
    }

    /// What identifies a product may stand for one only.
    fn once<'a>(&mut self, stem: &str, what: &'a str, seen: &mut BTreeMap<&'a str, String>) {
        if let Some(other) = seen.insert(what, stem.to_owned()) {
            self.report("listed-twice", stem, what, format!("`{what}` stands in `{other}` too"));
        }
    }
}
