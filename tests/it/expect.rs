//! `expected.json`: what a case must say, short enough to be written and read by hand.

use std::collections::BTreeMap;

use kms_triage::Case;
use serde::{Deserialize, Serialize};

/// The contract of one case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) state: String,
    pub(crate) cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certainty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_cause: Option<String>,
    /// Each code with its weightiest role; absent when it does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) codes: Option<BTreeMap<String, String>>,
    /// Rules that must have fired; others may.
    pub(crate) findings: Vec<String>,
    /// Lines that nobody could read.
    pub(crate) unread: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) products: Option<usize>,
}

/// From heaviest to lightest.
const ROLES: [&str; 4] = ["failure", "information", "hint", "foreign"];

/// Codes with the weightiest role each has in the case.
pub(crate) fn codes(case: &Case) -> BTreeMap<String, String> {
    let mut codes = BTreeMap::new();
    for role in ROLES.iter().rev() {
        for code in case.error_codes.iter().filter(|c| c.role == *role) {
            codes.insert(code.code.clone(), code.role.clone());
        }
    }
    codes
}

/// Rules with a file; what a code says by itself has none.
pub(crate) fn rules_fired(case: &Case) -> Vec<String> {
    let mut rules: Vec<String> = case.findings.iter().map(|f| f.rule.clone()).filter(|r| !r.contains("/code-0x")).collect();
    rules.dedup();
    rules
}

impl Expected {
    /// What the case says now, in the shape of `old`.
    pub(crate) fn of(case: &Case, old: &Self) -> Self {
        Self {
            state: case.verdict.state.clone(),
            cause: case.verdict.cause.clone(),
            certainty: old.certainty.as_ref().map(|_| case.verdict.certainty.clone()),
            sub_cause: case.verdict.sub_cause.clone(),
            codes: Some(codes(case)).filter(|c| c.len() <= 40),
            findings: rules_fired(case),
            unread: case.unrecognised.len(),
            products: old.products.map(|_| case.products.len()),
        }
    }

    /// What differs, one sentence each.
    pub(crate) fn differences(&self, case: &Case) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, want: String, got: String| {
            if want != got {
                found.push(format!("{what}: expected {want}, got {got}"));
            }
        };
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        compare("state", self.state.clone(), case.verdict.state.clone());
        compare("cause", or_none(&self.cause), or_none(&case.verdict.cause));
        compare("sub_cause", or_none(&self.sub_cause), or_none(&case.verdict.sub_cause));
        if let Some(certainty) = &self.certainty {
            compare("certainty", certainty.clone(), case.verdict.certainty.clone());
        }
        if let Some(wanted) = &self.codes {
            compare("codes", format!("{wanted:?}"), format!("{:?}", codes(case)));
        }
        let fired = rules_fired(case);
        let silent: Vec<&String> = self.findings.iter().filter(|f| !fired.contains(f)).collect();
        if !silent.is_empty() {
            found.push(format!("did not fire: {silent:?}, fired: {fired:?}"));
        }
        if self.unread != case.unrecognised.len() {
            let lines: Vec<String> = case.unrecognised.iter().map(|u| format!("\n      {}:{} {}", u.file, u.line, u.text)).collect();
            found.push(format!("unread: expected {}, got {}{}", self.unread, lines.len(), lines.concat()));
        }
        if let Some(products) = self.products.filter(|p| *p != case.products.len()) {
            found.push(format!("products: expected {products}, got {}", case.products.len()));
        }
        found
    }
}
