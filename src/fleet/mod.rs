//! What many cases tell together: which few actions end most of them, and what they have in common.
//! Works on traits small enough to keep for a whole batch; knows neither words nor files.

mod action;
mod cover;
mod group;
mod pattern;
mod plan;

mod summary;
#[cfg(test)]
mod tests;
mod together;
mod traits;

pub use action::{ActionKind, ActionText, Refuted};
pub use cover::{Candidate, cover};
pub use group::Scope;
pub use pattern::{Pattern, PatternKind};
pub use plan::{Action, Offer, Plan, candidates};
pub use summary::{SUMMARY_SCHEMA, Summary, SummaryAction, SummaryGroup, SummaryPattern, summary};
pub use traits::{Traits, traits};

use serde::Serialize;

use crate::knowledge::Knowledge;

/// What a batch tells. Cases are indices into the list of traits.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Fleet {
    /// What to do, most healed cases first.
    pub plan: Plan,
    /// What cases have in common, largest first.
    pub patterns: Vec<Pattern>,
}

/// Looks at a batch. The result depends on the content and order of `cases` alone.
#[must_use]
pub fn fleet(knowledge: &Knowledge, cases: &[Traits]) -> Fleet {
    Fleet { plan: plan::plan(knowledge, cases), patterns: pattern::patterns(cases) }
}
