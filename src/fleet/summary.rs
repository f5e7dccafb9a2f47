//! `summary.json`: what a batch tells, by names of cases instead of indices. A contract, see `docs/results.md`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Fleet;
use super::group::Scope;
use super::pattern::{Pattern, PatternKind};
use super::plan::Action;
use super::traits::Traits;
use crate::knowledge::Knowledge;
use crate::locale::LOCALES;

/// Version of this shape.
pub const SUMMARY_SCHEMA: u32 = 1;

/// A batch.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Always [`SUMMARY_SCHEMA`].
    pub schema: u32,
    /// Program and version.
    pub tool: &'static str,
    /// Number of cases.
    pub cases: usize,
    /// Cases by state.
    pub states: BTreeMap<String, usize>,
    /// Cases by cause.
    pub causes: BTreeMap<String, usize>,
    /// Cases by product; `unknown` where none is named.
    pub products: BTreeMap<String, usize>,
    /// What to do, in order.
    pub plan: Vec<SummaryAction>,
    /// What cases have in common, largest first.
    pub patterns: Vec<SummaryPattern>,
    /// Cases that need something and whose cause is not known well enough.
    pub open: Vec<String>,
}

/// Something that cases have in common.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryPattern {
    /// What kind.
    pub kind: PatternKind,
    /// What the cases share.
    pub scope: Option<Scope>,
    /// The value.
    pub key: String,
    /// Cause id, where they have one in common.
    pub cause: Option<String>,
    /// Groups that hold the same cases, so that it may as well be these.
    pub also: Vec<SummaryGroup>,
    /// `certain`, `likely` or `possible`.
    pub confidence: &'static str,
    /// A sentence by locale.
    pub text: BTreeMap<&'static str, String>,
    /// Number of cases that show it.
    pub count: usize,
    /// Cases of the group, in order or not.
    pub of: usize,
    /// Cases outside with the same.
    pub rest: usize,
    /// All cases outside.
    pub rest_of: usize,
    /// Days since the renewals stopped, when the output was taken.
    pub days: Option<i64>,
    /// Names of the cases that show it.
    pub cases: Vec<String>,
}

/// A group.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryGroup {
    /// What its cases share.
    pub scope: Scope,
    /// The value.
    pub key: String,
}

/// An action of the plan.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryAction {
    /// The action's id.
    pub action: String,
    /// The remedy.
    pub remedy: String,
    /// Imperative, by locale.
    pub title: BTreeMap<&'static str, String>,
    /// How to see that it worked, by locale.
    pub verify: BTreeMap<&'static str, String>,
    /// What the cases share; null when it is done at each computer by itself.
    pub scope: Option<Scope>,
    /// The value that they share.
    pub key: Option<String>,
    /// The product that all cases are about; null where they differ.
    pub product: Option<String>,
    /// Who does it.
    pub owner: String,
    /// `none`, `low`, `medium` or `high`.
    pub risk: String,
    /// Causes that it ends, with their number of cases.
    pub causes: BTreeMap<String, usize>,
    /// Number of cases that it heals and no action before it does.
    pub heals: usize,
    /// Of these, how many have a cause that is only possible.
    pub unsure: usize,
    /// Their names.
    pub cases: Vec<String>,
}

/// The summary of a batch: `cases` as they were given to [`super::fleet`].
#[must_use]
pub fn summary(knowledge: &Knowledge, cases: &[Traits], fleet: &Fleet) -> Summary {
    let count = |value: &dyn Fn(&Traits) -> Option<String>| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for key in cases.iter().filter_map(value) {
            *counts.entry(key).or_default() += 1;
        }
        counts
    };
    let names = |of: &[usize]| of.iter().filter_map(|i| cases.get(*i)).map(|c| c.case.clone()).collect();
    Summary {
        schema: SUMMARY_SCHEMA,
        tool: crate::TOOL,
        cases: cases.len(),
        states: count(&|c| Some(c.state.clone())),
        causes: count(&|c| c.cause.clone()),
        products: count(&|c| Some(if c.product.is_empty() { "unknown".to_owned() } else { c.product.clone() })),
        plan: fleet.plan.actions.iter().map(|a| action(knowledge, a, names(&a.cases))).collect(),
        patterns: fleet.patterns.iter().map(|p| pattern(knowledge, p, names(&p.cases))).collect(),
        open: names(&fleet.plan.open),
    }
}

fn pattern(knowledge: &Knowledge, pattern: &Pattern, cases: Vec<String>) -> SummaryPattern {
    SummaryPattern {
        kind: pattern.kind,
        scope: pattern.scope,
        key: pattern.key.clone(),
        cause: pattern.cause.clone(),
        also: pattern.also.iter().map(|(scope, key)| SummaryGroup { scope: *scope, key: key.clone() }).collect(),
        confidence: pattern.confidence,
        text: LOCALES.into_iter().map(|l| (l, crate::report::pattern_text(knowledge, pattern, l))).collect(),
        count: pattern.cases.len(),
        of: pattern.of,
        rest: pattern.rest.0,
        rest_of: pattern.rest.1,
        days: pattern.days,
        cases,
    }
}

fn action(knowledge: &Knowledge, action: &Action, cases: Vec<String>) -> SummaryAction {
    let texts = |pick: &dyn Fn(&super::ActionText) -> String| {
        let kind = knowledge.actions.get(&action.id);
        LOCALES.into_iter().filter_map(|l| Some((l, pick(kind?.texts.get(l))))).collect()
    };
    SummaryAction {
        action: action.id.clone(),
        remedy: action.remedy.clone(),
        title: texts(&|t| t.title.clone()),
        verify: texts(&|t| action.fill(knowledge.site.as_ref(), &t.verify)),
        scope: action.scope,
        key: action.scope.map(|_| action.key.clone()),
        product: Some(action.product.clone()).filter(|p| !p.is_empty()),
        owner: action.owner.clone(),
        risk: action.risk.clone(),
        causes: action.causes.clone(),
        heals: cases.len(),
        unsure: action.unsure,
        cases,
    }
}
