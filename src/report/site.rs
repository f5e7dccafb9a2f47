//! What of the site profile people are shown: whom to ask, the VPN, who runs DHCP and DNS, where to download.

use serde::Serialize;
use serde_json::{Value, json};

use super::view::View;
use crate::decide::Placeholders;
use crate::knowledge::{Knowledge, Remedy};
use crate::site::{Helpdesk, Site, SiteLink};

/// Lines that a remedy may ask for under `site`.
pub const SITE_ROWS: [&str; 8] = ["helpdesk", "vpn", "kms", "network-owner", "resolvers", "time-source", "in-service", "download"];

/// One line about the school.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SiteRow {
    /// What a remedy asks for under `site`.
    #[serde(skip)]
    pub(crate) id: &'static str,
    pub(crate) label: String,
    pub(crate) text: String,
    /// Checked when the profile was read: begins with `https://`, `http://` or, for a mail address, `mailto:`.
    pub(crate) href: Option<String>,
}

impl SiteRow {
    /// Without markup: the address stands behind the name.
    pub(crate) fn line(&self, colon: &str) -> String {
        let address = self.href.as_deref().map(|h| h.trim_start_matches("mailto:")).filter(|a| *a != self.text);
        let behind = address.map(|a| format!(" {a}")).unwrap_or_default();
        format!("{}{colon}{}{behind}", self.label, self.text)
    }
}

/// What the profile adds to a remedy.
pub(crate) fn of_remedy(knowledge: &Knowledge, remedy: &Remedy, locale: &str) -> Vec<SiteRow> {
    rows(knowledge, locale).into_iter().filter(|r| remedy.site.iter().any(|s| s == r.id)).collect()
}

/// The same without markup.
pub(crate) fn lines(knowledge: &Knowledge, remedy: &Remedy, locale: &str) -> Vec<String> {
    let colon = knowledge.word(locale, "colon");
    of_remedy(knowledge, remedy, locale).iter().map(|r| r.line(colon)).collect()
}

/// Everything that the profile says to people; empty without one.
pub(crate) fn rows(knowledge: &Knowledge, locale: &str) -> Vec<SiteRow> {
    let Some(site) = &knowledge.site else { return Vec::new() };
    let mut rows = Vec::new();
    let mut labelled = |id: &'static str, label: &str, text: String, href: Option<String>| {
        if !text.is_empty() {
            rows.push(SiteRow { id, label: knowledge.word(locale, &format!("site-{label}")).to_owned(), text, href });
        }
    };
    for (label, text, href) in site.helpdesk.iter().flat_map(|h| contacts(h, locale)) {
        labelled("helpdesk", label, text, href);
    }
    let mut add = |id, text, href| labelled(id, id, text, href);
    let links = |links: &[SiteLink]| -> Vec<(String, Option<String>)> {
        links.iter().map(|l| (l.name.get(locale).to_owned(), l.link.clone())).collect()
    };
    for (text, href) in links(site.vpn.as_slice()) {
        add("vpn", text, href);
    }
    add("kms", hosts(site), None);
    add("network-owner", site.network_owner.as_ref().map(|o| o.get(locale).to_owned()).unwrap_or_default(), None);
    let separator = knowledge.word(locale, "separator").trim();
    // A full-width comma brings its own space.
    let comma = if separator.is_ascii() { format!("{separator} ") } else { separator.to_owned() };
    add("resolvers", site.resolvers.iter().map(ToString::to_string).collect::<Vec<_>>().join(&comma), None);
    add("time-source", site.time_source.clone().unwrap_or_default(), None);
    add("in-service", site.in_service.join(&comma), None);
    for (text, href) in links(&site.downloads) {
        add("download", text, href);
    }
    rows
}

fn hosts(site: &Site) -> String {
    site.kms.iter().map(|k| format!("{}:{}", k.host, k.port)).collect::<Vec<_>>().join(" ")
}

/// Name with page, telephone, mail: label, text, address.
fn contacts(helpdesk: &Helpdesk, locale: &str) -> Vec<(&'static str, String, Option<String>)> {
    let mut all = vec![("helpdesk", helpdesk.name.get(locale).to_owned(), helpdesk.link.clone())];
    all.extend(helpdesk.phone.iter().map(|p| ("phone", p.clone(), None)));
    all.extend(helpdesk.mail.iter().map(|m| ("mail", m.clone(), Some(format!("mailto:{m}")))));
    all
}

impl View<'_> {
    /// The school by its profile, for people.
    pub(super) fn school(&self) -> Option<Value> {
        let site = self.knowledge.site.as_ref()?;
        Some(json!({ "title": site.name.get(self.locale), "rows": rows(self.knowledge, self.locale) }))
    }

    /// What to put in for `<kms-host>`, when a command shown holds it.
    pub(crate) fn open_note(&self) -> Option<String> {
        let (steps, admin) = self.steps();
        let verdict = &self.analysis.case.verdict;
        let of_steps = steps.iter().chain(&admin).flat_map(|s| &s.commands);
        let mut shown = of_steps.chain(&verdict.next_evidence).chain(verdict.rivals.iter().map(|r| &r.decided_by));
        shown.any(|c| Placeholders::is_open(c)).then(|| self.word("site-open"))
    }
}
