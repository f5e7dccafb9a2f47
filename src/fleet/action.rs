//! Actions of the plan: `actions/<id>.toml`. One says which remedy ends which causes, and for whom at once.

use serde::{Deserialize, Serialize};

use super::group::Scope;
use crate::locale::ByLocale;

/// An action: `actions/<id>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ActionKind {
    /// `srv-record`.
    pub id: String,
    /// The remedy that is done: its texts, its owner, its risk.
    pub remedy: String,
    /// Among actions that do the same, the lower comes first: what lasts before what helps once.
    pub order: u32,
    /// What the cases that it ends at once have in common: the first of these that a case has. Empty: it is
    /// done at each computer by itself.
    #[serde(default)]
    pub group: Vec<Scope>,
    /// Causes that it ends.
    pub ends: Vec<String>,
    /// Only cases in which one of these rules fired; empty: all with the cause.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Not those in which one of these rules fired.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Computers of the same group that show that the place is in order.
    #[serde(default)]
    pub refuted_by: Refuted,
    /// Texts.
    #[serde(flatten)]
    pub texts: ByLocale<ActionText>,
}

/// Texts of an action.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionText {
    /// Imperative.
    pub title: String,
    /// How to see that it worked: `{domain}` and `{host}` stand for what the cases share.
    pub verify: String,
}

/// Which computers of a group speak against an action for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refuted {
    /// Every one that is activated.
    #[default]
    Activated,
    /// Those that are activated by a host found in DNS.
    FoundByDns,
    /// None.
    Nobody,
}
