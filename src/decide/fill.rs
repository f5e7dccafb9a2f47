//! Fills `{host}`, `{domain}` and the like in commands with what this case told, or with a name in
//! angle brackets that a person replaces.

use crate::assemble::Assembly;

/// Values for placeholders.
#[derive(Debug, Clone)]
pub struct Placeholders {
    host: String,
    domain: String,
    port: String,
    last5: String,
}

impl Placeholders {
    /// Collects values from the facts; a loop-back or numeric host is nobody's KMS host to repeat.
    #[must_use]
    pub fn from(assembly: &Assembly, cause: Option<&str>) -> Self {
        // A name that is itself the fault must not be handed out again.
        let trusted = !matches!(cause, Some("kms-host-wrong" | "kms-host-unauthorised"));
        let named =
            assembly.facts.iter().rev().find(|f| trusted && f.kind == "kms-host" && f.field("class") == "name" && is_safe(f.field("host")));
        // The host that this computer asked, as its event log has it.
        let is_name = |host: &str| host.contains('.') && host.bytes().any(|b| b.is_ascii_alphabetic()) && is_safe(host);
        let asked = assembly.facts.iter().rev().find(|f| trusted && f.kind == "kms-request-sent" && is_name(f.field("host")));
        let named = named.or(asked);
        let host = named.map_or_else(String::new, |f| f.field("host").to_owned());
        let port = named.map_or_else(String::new, |f| f.field("port").to_owned());
        let suffix =
            assembly.facts.iter().rev().find(|f| f.kind == "dns-suffix" && f.field("suffix").contains('.') && is_safe(f.field("suffix")));
        let parent = host.split_once('.').map(|h| h.1.to_owned()).filter(|d| d.contains('.'));
        let domain = suffix.map(|f| f.field("suffix").to_owned()).or(parent).unwrap_or_default();
        let last5 = assembly.products.iter().find(|p| p.leftover && !p.partial_key.is_empty()).map(|p| p.partial_key.clone());
        let or = |value: String, name: &str| if value.is_empty() { name.to_owned() } else { value };
        Self {
            host: or(host, "<kms-host>"),
            domain: or(domain, "<domain>"),
            port: or(port, "1688"),
            last5: or(last5.unwrap_or_default(), "<last5>"),
        }
    }

    /// The text with every placeholder filled.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        text.replace("{host}", &self.host)
            .replace("{domain}", &self.domain)
            .replace("{port}", &self.port)
            .replace("{last5}", &self.last5)
            .replace("{gvlk}", "<GVLK>")
    }
}

/// Only what cannot change a command's meaning may be filled into one.
fn is_safe(value: &str) -> bool {
    value.len() <= 253 && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}
