//! Addresses of the entries that explain what a report claims. A page that stands alone has none.

use serde_json::{Value, json};

use super::encyclopaedia::{entries_page, entry_page};
use super::view::View;
use crate::explain;
use crate::knowledge::Knowledge;

/// Rules named below the evidence, each way.
const RULES_SHOWN: usize = 12;

/// Where one page finds its explanations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Explained<'a> {
    pub(crate) knowledge: &'a Knowledge,
    /// Folder of the explanations as seen from the page, `../explain-0123456789ab`.
    pub(crate) folder: Option<&'a str>,
    pub(crate) locale: &'a str,
}

impl Explained<'_> {
    /// `../explain-0123456789ab/code.en.html#code-0xC004F074`; nothing where nobody explains it.
    pub(crate) fn href(&self, kind: &str, id: &str) -> Option<String> {
        let folder = self.folder.filter(|_| explain::is_entry(self.knowledge, kind, id))?;
        Some(format!("{folder}/{}#{}", entries_page(kind, self.locale), entry_page(kind, id)))
    }

    /// The entry of a rule; a finding of a code alone, `other/code-0xC004F074`, is explained as that code.
    fn rule(&self, id: &str) -> Option<String> {
        self.href("rule", id).or_else(|| self.href("code", id.split_once("/code-")?.1))
    }
}

impl View<'_> {
    /// Rules that fired: those for the causes they name, and those against.
    pub(super) fn rules(&self) -> Value {
        let named = |against: bool| -> Vec<Value> {
            let findings = self.analysis.case.findings.iter().filter(|f| f.evidence_for.is_empty() == against);
            let mut ids: Vec<&str> = findings.map(|f| f.rule.as_str()).collect();
            ids.dedup();
            ids.into_iter().take(RULES_SHOWN).map(|id| json!({ "id": id, "href": self.explained.rule(id) })).collect()
        };
        json!({ "for": named(false), "against": named(true) })
    }
}
