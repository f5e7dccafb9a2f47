//! Fills `{host}`, `{domain}` and the like in commands with what this case told, or with a name in
//! angle brackets that a person replaces. With a site profile its hosts and domains stand there instead.

use super::Conclusion;
use crate::assemble::Assembly;
use crate::catalog::{self, KeyAdvice};
use crate::knowledge::Knowledge;
use crate::site::Site;

/// Values for placeholders.
#[derive(Debug, Clone)]
pub struct Placeholders {
    host: String,
    domain: String,
    port: String,
    last5: String,
    zone: String,
    /// Published key for `slmgr /ipk`, and for `ospp.vbs /inpkey:`; empty when none is certain.
    gvlk: String,
    office_gvlk: String,
    advice: KeyAdvice,
}

impl Placeholders {
    /// Collects values from the facts; a loop-back or numeric host is nobody's KMS host to repeat.
    #[must_use]
    pub fn from(knowledge: &Knowledge, assembly: &Assembly, case: Option<&Conclusion>) -> Self {
        let cause = case.and_then(|c| c.cause.as_ref()).map(|c| c.cause.as_str());
        // A name that is itself the fault must not be handed out again.
        let trusted = !matches!(cause, Some("kms-host-wrong" | "kms-host-unauthorised"));
        let named =
            assembly.facts.iter().rev().find(|f| trusted && f.kind == "kms-host" && f.field("class") == "name" && is_safe(f.field("host")));
        let host = named.map_or_else(String::new, |f| f.field("host").to_owned());
        let port = named.map_or_else(String::new, |f| f.field("port").to_owned());
        let suffix =
            assembly.facts.iter().rev().find(|f| f.kind == "dns-suffix" && f.field("suffix").contains('.') && is_safe(f.field("suffix")));
        let parent = host.split_once('.').map(|h| h.1.to_owned()).filter(|d| d.contains('.'));
        let domain = suffix.map(|f| f.field("suffix").to_owned()).or(parent).unwrap_or_default();
        let last5 = assembly.products.iter().find(|p| p.leftover && !p.partial_key.is_empty()).map(|p| p.partial_key.clone());
        let advice = catalog::advise(&knowledge.catalog, assembly, case.and_then(|c| c.product));
        let key = match &advice {
            KeyAdvice::Key { key, .. } => key.clone(),
            _ => String::new(),
        };
        let office = case.and_then(|c| c.product).and_then(|p| assembly.products.get(p)).is_some_and(|p| p.family == "office");
        let (gvlk, office_gvlk) = if office { (String::new(), key) } else { (key, String::new()) };
        let or = |value: String, name: &str| if value.is_empty() { name.to_owned() } else { value };
        let own = Self {
            host: or(host, "<kms-host>"),
            domain: or(domain, "<domain>"),
            port: or(port, "1688"),
            last5: or(last5.unwrap_or_default(), "<last5>"),
            zone: "Taipei Standard Time".to_owned(),
            gvlk: or(gvlk, "<GVLK>"),
            office_gvlk: or(office_gvlk, "<GVLK>"),
            advice,
        };
        match &knowledge.site {
            Some(site) => own.of_site(site, assembly),
            None => own,
        }
    }

    /// With a profile no other host than the school's may stand in a command: the one that this computer
    /// names if it is one of them, else the first.
    fn of_site(mut self, site: &Site, assembly: &Assembly) -> Self {
        let named = assembly.facts.iter().rev().filter(|f| f.kind == "kms-host").find_map(|f| site.host(f.field("host")));
        if let Some(host) = named.or_else(|| site.kms.first()) {
            self.host.clone_from(&host.host);
            self.port = host.port.to_string();
        }
        if !site.has_domain(&self.domain) {
            let parent = || self.host.split_once('.').map(|h| h.1.to_owned()).filter(|d| d.contains('.'));
            self.domain = site.domains.first().cloned().or_else(parent).unwrap_or_else(|| "<domain>".to_owned());
        }
        if let Some(zone) = &site.time_zone {
            self.zone.clone_from(zone);
        }
        self
    }

    /// Which key a step may name.
    #[must_use]
    pub const fn key_advice(&self) -> &KeyAdvice {
        &self.advice
    }

    /// Whether a person still has to put in a name that only the school knows.
    #[must_use]
    pub fn is_open(text: &str) -> bool {
        ["<kms-host>", "<domain>"].iter().any(|name| text.contains(name))
    }

    /// The text with every placeholder filled.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        text.replace("{host}", &self.host)
            .replace("{domain}", &self.domain)
            .replace("{port}", &self.port)
            .replace("{last5}", &self.last5)
            .replace("{zone}", &self.zone)
            .replace("{gvlk}", &self.gvlk)
            .replace("{office-gvlk}", &self.office_gvlk)
    }
}

/// Only what cannot change a command's meaning may be filled into one.
pub(crate) fn is_safe(value: &str) -> bool {
    value.len() <= 253 && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}
