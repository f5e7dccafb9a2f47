//! Which commands to ask for: those whose answer is not there yet.

use std::collections::BTreeSet;

use crate::assemble::State;
use crate::case::Rival;
use crate::decide::{CauseWeight, CheckOutcome, CheckResult, Decision, Placeholders};
use crate::knowledge::Knowledge;
use crate::rule::Certainty;

/// Commands of the data, before placeholders are filled, that have been answered: every check that asks
/// for them is decided.
pub(crate) struct Answered<'k>(BTreeSet<&'k str>);

impl<'k> Answered<'k> {
    pub(crate) fn of(outcomes: &[CheckOutcome<'k>]) -> Self {
        let open: BTreeSet<&str> = outcomes.iter().filter(|o| o.result == CheckResult::NotTested).map(|o| o.check.ask.as_str()).collect();
        let asks = outcomes.iter().map(|o| o.check.ask.as_str());
        Self(asks.filter(|ask| !ask.is_empty() && !open.contains(ask)).collect())
    }
}

/// A rival, with the first command that would decide it and has not been answered; the first of all when
/// every one has.
pub(crate) fn rival(knowledge: &Knowledge, weight: &CauseWeight, answered: &Answered<'_>, placeholders: &Placeholders) -> Rival {
    let wanted = knowledge.causes.get(&weight.cause).map_or(&[][..], |c| c.next_evidence.as_slice());
    let command = wanted.iter().find(|c| !answered.0.contains(c.as_str())).or_else(|| wanted.first());
    Rival {
        cause: weight.cause.clone(),
        certainty: weight.certainty.word().to_owned(),
        decided_by: command.map(|c| placeholders.fill(c)).unwrap_or_default(),
    }
}

/// The commands that would tell more: those that decide between the causes still open.
pub(crate) fn next_evidence(
    knowledge: &Knowledge,
    decision: &Decision,
    answered: &Answered<'_>,
    placeholders: &Placeholders,
) -> Vec<String> {
    let case = &decision.case;
    if case.cause.as_ref().is_some_and(|c| c.certainty == Certainty::Certain) || matches!(case.state, State::Activated) {
        return Vec::new();
    }
    let fallback = CauseWeight::bare("insufficient-evidence");
    let open = case.cause.iter().chain(&case.rivals).chain(std::iter::once(&fallback).filter(|_| case.cause.is_none()));
    let mut commands: Vec<String> = Vec::new();
    for weight in open {
        let wanted = knowledge.causes.get(&weight.cause).map_or(&[][..], |c| c.next_evidence.as_slice());
        let missing = wanted.iter().filter(|c| !answered.0.contains(c.as_str()));
        for command in missing.take(2).map(|c| placeholders.fill(c)) {
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
    }
    commands.truncate(6);
    commands
}
