//! The table of what was checked: each row is passed, failed or not tested by the newest fact about it.

use std::collections::BTreeMap;

use crate::fact::Fact;
use crate::knowledge::{Check, CheckWant, Knowledge};

/// Result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckResult {
    /// A fact shows that it is in order.
    Pass,
    /// A fact shows a fault.
    Fail,
    /// No fact about it.
    NotTested,
}

impl CheckResult {
    /// The word used in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotTested => "not-tested",
        }
    }
}

/// A check and the fact that decided it.
#[derive(Debug, Clone, Copy)]
pub struct CheckOutcome<'k> {
    /// The check.
    pub check: &'k Check,
    /// Its result.
    pub result: CheckResult,
    /// Index of the deciding fact; of one that only tells something when nothing decides.
    pub fact: Option<usize>,
}

/// Runs every check over the facts.
#[must_use]
pub fn check_all<'k>(knowledge: &'k Knowledge, facts: &[Fact]) -> Vec<CheckOutcome<'k>> {
    let mut by_kind: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, fact) in facts.iter().enumerate() {
        by_kind.entry(fact.kind).or_default().push(index);
    }
    let wanted =
        knowledge.checks.iter().filter(|c| c.needs_site.is_empty() || knowledge.site.as_ref().is_some_and(|s| s.tells(&c.needs_site)));
    wanted.map(|check| outcome(check, facts, &by_kind)).collect()
}

fn outcome<'k>(check: &'k Check, facts: &[Fact], by_kind: &BTreeMap<&str, Vec<usize>>) -> CheckOutcome<'k> {
    let newest_of = |want: &CheckWant| {
        let of_kind = by_kind.get(want.fact.as_str())?;
        let printed = |f: &Fact| !check.console || f.place.sequence.is_none() && f.place.record.is_none();
        of_kind.iter().rev().copied().find(|i| facts.get(*i).is_some_and(|f| printed(f) && decides(want, f)))
    };
    let newest = |wants: &[CheckWant]| wants.iter().filter_map(newest_of).max();
    let (pass, fail) = (newest(&check.pass), newest(&check.fail));
    let (result, fact) = match (pass, fail) {
        (Some(p), Some(f)) if check.worst || f > p && !check.any => (CheckResult::Fail, Some(f)),
        (Some(p), _) => (CheckResult::Pass, Some(p)),
        (None, Some(f)) => (CheckResult::Fail, Some(f)),
        (None, None) => (CheckResult::NotTested, newest(&check.told)),
    };
    CheckOutcome { check, result, fact }
}

fn decides(want: &CheckWant, fact: &Fact) -> bool {
    let open = want.fields.values().any(|v| matches!(v, crate::knowledge::Values::One(t) if t.contains('{')));
    !open && want.fact == fact.kind && !fact.superseded && want.fields.iter().all(|(n, v)| v.condition().holds(fact.field(n)))
}
