//! Checks rules against each other and against the grammars: two that say the same facts mean different
//! things, and rules that wait for a fact that nothing states. Each rule by itself is `Knowledge::load`'s.

use std::collections::BTreeSet;

use kms_triage::fact;
use kms_triage::rule::{Condition, Rule, Want};

use crate::references::Checker;

impl Checker<'_> {
    /// Overlapping and dead rules.
    pub(crate) fn rules(&mut self) {
        let knowledge = self.knowledge;
        let in_use: Vec<&Rule> = knowledge.rules.values().filter(|r| r.status != "retired").collect();
        let stated = self.stated_facts();
        for (index, rule) in in_use.iter().enumerate() {
            let stem = format!("rules/{}", rule.id);
            for want in rule.all.iter().filter(|w| !stated.contains(w.fact.as_str())) {
                let what = format!("rule `{}` can never fire: nothing states the fact `{}`", rule.id, want.fact);
                self.report("rule-dead", &stem, &format!("\"{}\"", want.fact), what);
            }
            for other in in_use.get(index + 1..).unwrap_or_default().iter().filter(|other| overlap(rule, other)) {
                let says = |r: &Rule| format!("`{}` ({})", r.cause, r.certainty.word());
                let what = format!("the facts of rule `{}` are those of `{}`: {} and {}", rule.id, other.id, says(rule), says(other));
                self.report("rule-overlap", &stem, &rule.id, what);
            }
        }
    }

    /// Facts that a grammar, an event or the program itself states.
    fn stated_facts(&self) -> BTreeSet<&'static str> {
        let messages = self.knowledge.messages.messages.iter().filter_map(kms_triage::message::Message::fact);
        let events = self.knowledge.events.iter().filter_map(kms_triage::event::EventMeaning::fact);
        messages.chain(events).chain(fact::OWN.iter().copied()).collect()
    }
}

/// Whether one set of facts can fire both, and they do not mean two different things by design: a fact may
/// speak for one cause and against others.
fn overlap(a: &Rule, b: &Rule) -> bool {
    let same_side = a.against == b.against && (!a.against || a.cause == b.cause);
    same_side && a.scope == b.scope && same_wants(&a.all, &b.all) && same_wants(&a.none, &b.none)
}

/// Each want has a counterpart in the other list, whatever the order.
fn same_wants(a: &[Want], b: &[Want]) -> bool {
    let covers = |a: &[Want], b: &[Want]| a.iter().all(|want| b.iter().any(|other| same_want(want, other)));
    a.len() == b.len() && covers(a, b) && covers(b, a)
}

fn same_want(a: &Want, b: &Want) -> bool {
    let same_field = |(name, condition): &(String, Condition)| b.fields.iter().any(|(n, c)| n == name && meet(condition, c));
    let same = a.fact == b.fact && a.history == b.history && a.after.is_empty() == b.after.is_empty();
    same && a.fields.len() == b.fields.len() && a.fields.iter().all(same_field)
}

/// Whether one value can meet both: lists that share a member, else conditions that are the same.
fn meet(a: &Condition, b: &Condition) -> bool {
    match (a, b) {
        (Condition::OneOf(a), Condition::OneOf(b)) => a.iter().any(|x| b.iter().any(|y| x.eq_ignore_ascii_case(y))),
        _ => a == b,
    }
}
