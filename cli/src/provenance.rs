//! Checks that knowledge says where it was read, and when, and that addresses are of sources that it names. Not
//! whether that is true.

use std::collections::BTreeSet;

use kms_triage::source::is_named;

use crate::references::Checker;

impl Checker<'_> {
    /// Rules, codes, causes and remedies without a source or a date.
    pub(crate) fn provenance(&mut self) {
        let knowledge = self.knowledge;
        for rule in knowledge.rules.values() {
            self.read_where(&format!("rules/{}", rule.id), &rule.id, &rule.source, &rule.read);
        }
        for cause in knowledge.causes.values() {
            self.read_where(&format!("causes/{}", cause.id), &cause.id, &cause.source, &cause.read);
        }
        for remedy in knowledge.remedies.values() {
            self.read_where(&format!("remedies/{}", remedy.id), &remedy.id, &remedy.source, &remedy.read);
        }
        for code in knowledge.codes.iter() {
            let Some(stem) = self.file_of_code(&code.code) else { continue };
            self.read_where(&stem, &code.code, &code.source, &code.read);
        }
        self.unused_addresses();
    }

    /// Names of `sources/` that no knowledge gives as its source.
    fn unused_addresses(&mut self) {
        let knowledge = self.knowledge;
        let rules = knowledge.rules.values().map(|r| &r.source);
        let causes = knowledge.causes.values().map(|c| &c.source);
        let remedies = knowledge.remedies.values().map(|r| &r.source);
        let codes = knowledge.codes.iter().map(|c| &c.source);
        let named: BTreeSet<&str> = rules.chain(causes).chain(remedies).chain(codes).flat_map(|s| s.split("; ")).collect();
        for name in knowledge.sources.names().filter(|name| !named.iter().any(|part| is_named(part, name))) {
            let Some(stem) = self.file_with("sources/", name) else { continue };
            self.report("source-unused", &stem, name, format!("no code, rule, cause or remedy names the source `{name}`"));
        }
    }

    pub(crate) fn read_where(&mut self, stem: &str, id: &str, source: &str, read: &str) {
        if source.trim().is_empty() {
            self.report("source-missing", stem, id, format!("`{id}` does not say where it was read (`source`)"));
        }
        if !is_date(read) {
            self.report("source-missing", stem, id, format!("`{id}` does not say when it was read (`read = \"2026-11-23\"`)"));
        }
    }
}

/// `2026-11-23`
pub(crate) fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|p| p.parse::<u32>().ok()).unwrap_or_default();
    shape == "0000-00-00" && (1..=12).contains(&part(5..7)) && (1..=31).contains(&part(8..10))
}
