//! The section of the batch index that says what to do first.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::explained::Explained;
use super::index::{IndexRow, page_ending};
use super::pattern::product_name;
use crate::assemble::State;
use crate::fleet::{Action, Fleet, Scope};
use crate::knowledge::Knowledge;

/// Actions for several cases shown, and cases shown of one; the rest is counted, and stands in `summary.json`.
const ACTIONS_SHOWN: usize = 30;
const CASES_SHOWN: usize = 12;

/// What the template shows; null for a batch in which there is nothing to do.
pub(super) fn view(explained: Explained<'_>, rows: &[IndexRow], fleet: &Fleet) -> Value {
    let plan = &fleet.plan;
    if plan.actions.is_empty() && plan.open.is_empty() {
        return Value::Null;
    }
    let page = Page { explained, rows };
    let (together, alone): (Vec<_>, Vec<_>) = plan.actions.iter().enumerate().partition(|(_, a)| a.scope.is_some());
    let more = together.get(ACTIONS_SHOWN..).unwrap_or_default();
    let left: usize = more.iter().map(|(_, a)| a.cases.len()).sum();
    let healed: usize = together.iter().map(|(_, a)| a.cases.len()).sum();
    let all: usize = plan.actions.iter().map(|a| a.cases.len()).sum::<usize>() + plan.open.len();
    let planned = plan.actions.iter().flat_map(|a| &a.cases).chain(&plan.open);
    let stateless = planned.filter_map(|i| rows.get(*i)).filter(|r| r.state == State::Unknown.word()).count();
    let values = [("{actions}", together.len()), ("{cases}", healed), ("{all}", all)];
    json!({
        "lead": (!together.is_empty()).then(|| page.filled("plan-lead", &values)),
        "stateless": (stateless > 0).then(|| page.filled("plan-stateless", &[("{n}", stateless)])),
        "together": page.actions(together.get(..ACTIONS_SHOWN).unwrap_or(&together)),
        "more": (!more.is_empty()).then(|| page.filled("plan-more", &[("{actions}", more.len()), ("{cases}", left)])),
        "alone": page.actions(&alone),
        "open": (!plan.open.is_empty()).then(|| json!({
            "text": page.filled("plan-open", &[("{cases}", plan.open.len())]),
            "cases": page.cases(&plan.open, &format!("plan-{}", plan.actions.len())),
        })),
    })
}

/// `subnet 192.0.2.0/24`.
pub(super) fn place(knowledge: &Knowledge, scope: Scope, key: &str, locale: &str) -> String {
    knowledge.word(locale, &format!("scope-{}", scope.word())).replace("{key}", key)
}

/// Links to cases: the first ones, and how many more. The list shows them alone under the name `id`.
pub(super) fn members(explained: Explained<'_>, rows: &[IndexRow], cases: &[usize], id: &str) -> Value {
    Page { explained, rows }.cases(cases, id)
}

struct Page<'a> {
    explained: Explained<'a>,
    rows: &'a [IndexRow],
}

impl Page<'_> {
    fn filled(&self, key: &str, values: &[(&str, usize)]) -> String {
        let pattern = self.explained.knowledge.word(self.explained.locale, key).to_owned();
        values.iter().fold(pattern, |text, (name, value)| text.replace(name, &value.to_string()))
    }

    /// Entries, and how to see that they worked where most of them say the same.
    fn actions(&self, actions: &[(usize, &Action)]) -> Value {
        let said: Vec<Option<String>> = actions.iter().map(|(_, a)| self.verify(a)).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for text in said.iter().flatten() {
            *counts.entry(text).or_default() += 1;
        }
        let common = counts.iter().find(|(_, n)| **n > 1 && **n * 2 > actions.len()).map(|(text, n)| (*text, *n == actions.len()));
        let own = |text: &str| common.is_none_or(|(c, _)| c != text);
        json!({
            "list": actions.iter().zip(&said).map(|((id, a), text)| self.action(*id, a, text.as_deref().filter(|t| own(t)))).collect::<Vec<_>>(),
            "verify": common.map(|(text, all)| json!({ "text": text, "all": all })),
        })
    }

    fn verify(&self, action: &Action) -> Option<String> {
        let Explained { knowledge, locale, .. } = self.explained;
        let texts = knowledge.actions.get(&action.id)?.texts.get(locale);
        Some(action.fill(knowledge.site.as_ref(), &texts.verify))
    }

    fn action(&self, id: usize, action: &Action, verify: Option<&str>) -> Value {
        let Explained { knowledge, locale, .. } = self.explained;
        let texts = knowledge.actions.get(&action.id).map(|k| k.texts.get(locale));
        let risk = knowledge.word(locale, &format!("risk-{}", action.risk));
        let cause = |id: &String| json!({ "title": knowledge.cause_title(id, locale), "explain": self.explained.href("cause", id) });
        json!({
            "count": action.cases.len(),
            "title": texts.map_or(action.id.as_str(), |t| t.title.as_str()),
            "explain": self.explained.href("remedy", &action.remedy),
            "place": action.scope.map(|scope| place(knowledge, scope, &action.key, locale)),
            "product": (!action.product.is_empty()).then(|| product_name(knowledge, &action.product, locale)),
            "owner": knowledge.word(locale, &format!("actor-{}", action.owner)),
            "risk": knowledge.word(locale, "plan-risk").replace("{risk}", risk),
            "risky": matches!(action.risk.as_str(), "medium" | "high"),
            "verify": verify,
            "causes": action.causes.keys().map(cause).collect::<Vec<_>>(),
            "unsure": (action.unsure > 0).then(|| self.filled("plan-unsure", &[("{n}", action.unsure), ("{cases}", action.cases.len())])),
            "cases": self.cases(&action.cases, &format!("plan-{id}")),
        })
    }

    fn cases(&self, cases: &[usize], id: &str) -> Value {
        let shown = cases.iter().take(CASES_SHOWN).filter_map(|i| self.rows.get(*i)).map(
            |row| json!({ "name": row.name, "href": (!row.href.is_empty()).then(|| format!("{}{}", row.href, page_ending(self.explained.locale))) }),
        );
        let more = cases.len().saturating_sub(CASES_SHOWN);
        json!({
            "id": id,
            "find": self.filled("find-members", &[("{n}", cases.len())]),
            "label": self.filled("plan-cases", &[("{n}", cases.len())]),
            "shown": shown.collect::<Vec<_>>(),
            "more": (more > 0).then(|| self.filled("plan-cases-more", &[("{n}", more)])),
        })
    }
}
