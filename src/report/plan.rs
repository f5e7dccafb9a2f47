//! The section of the batch index that says what to do first.

use serde_json::{Value, json};

use super::index::{IndexRow, page_ending};
use super::pattern::product_name;
use crate::fleet::{Action, Fleet, Scope};
use crate::knowledge::Knowledge;

/// Actions for several cases shown, and cases shown of one; the rest is counted, and stands in `summary.json`.
const ACTIONS_SHOWN: usize = 30;
const CASES_SHOWN: usize = 12;

/// What the template shows; null for a batch in which there is nothing to do.
pub(super) fn view(knowledge: &Knowledge, rows: &[IndexRow], fleet: &Fleet, locale: &str) -> Value {
    let plan = &fleet.plan;
    if plan.actions.is_empty() && plan.open.is_empty() {
        return Value::Null;
    }
    let page = Page { knowledge, rows, locale };
    let (together, alone): (Vec<&Action>, Vec<&Action>) = plan.actions.iter().partition(|a| a.scope.is_some());
    let more = together.get(ACTIONS_SHOWN..).unwrap_or_default();
    let left: usize = more.iter().map(|a| a.cases.len()).sum();
    let healed: usize = together.iter().map(|a| a.cases.len()).sum();
    let all: usize = plan.actions.iter().map(|a| a.cases.len()).sum::<usize>() + plan.open.len();
    let values = [("{actions}", together.len()), ("{cases}", healed), ("{all}", all)];
    json!({
        "lead": (!together.is_empty()).then(|| page.filled("plan-lead", &values)),
        "together": together.iter().take(ACTIONS_SHOWN).map(|a| page.action(a)).collect::<Vec<_>>(),
        "more": (!more.is_empty()).then(|| page.filled("plan-more", &[("{actions}", more.len()), ("{cases}", left)])),
        "alone": alone.iter().map(|a| page.action(a)).collect::<Vec<_>>(),
        "open": (!plan.open.is_empty()).then(|| json!({
            "text": page.filled("plan-open", &[("{cases}", plan.open.len())]),
            "cases": page.cases(&plan.open),
        })),
    })
}

/// `subnet 192.0.2.0/24`.
pub(super) fn place(knowledge: &Knowledge, scope: Scope, key: &str, locale: &str) -> String {
    knowledge.word(locale, &format!("scope-{}", scope.word())).replace("{key}", key)
}

/// Links to cases: the first ones, and how many more.
pub(super) fn members(knowledge: &Knowledge, rows: &[IndexRow], cases: &[usize], locale: &str) -> Value {
    Page { knowledge, rows, locale }.cases(cases)
}

struct Page<'a> {
    knowledge: &'a Knowledge,
    rows: &'a [IndexRow],
    locale: &'a str,
}

impl Page<'_> {
    fn filled(&self, key: &str, values: &[(&str, usize)]) -> String {
        let pattern = self.knowledge.word(self.locale, key).to_owned();
        values.iter().fold(pattern, |text, (name, value)| text.replace(name, &value.to_string()))
    }

    fn action(&self, action: &Action) -> Value {
        let texts = self.knowledge.actions.get(&action.id).map(|k| k.texts.get(self.locale));
        let risk = self.knowledge.word(self.locale, &format!("risk-{}", action.risk));
        json!({
            "count": action.cases.len(),
            "title": texts.map_or(action.id.as_str(), |t| t.title.as_str()),
            "place": action.scope.map(|scope| place(self.knowledge, scope, &action.key, self.locale)),
            "product": (!action.product.is_empty()).then(|| product_name(self.knowledge, &action.product, self.locale)),
            "owner": self.knowledge.word(self.locale, &format!("actor-{}", action.owner)),
            "risk": self.knowledge.word(self.locale, "plan-risk").replace("{risk}", risk),
            "risky": matches!(action.risk.as_str(), "medium" | "high"),
            "verify": texts.map(|t| action.fill(self.knowledge.site.as_ref(), &t.verify)),
            "causes": action.causes.keys().map(|id| self.knowledge.cause_title(id, self.locale)).collect::<Vec<_>>(),
            "unsure": (action.unsure > 0).then(|| self.filled("plan-unsure", &[("{n}", action.unsure), ("{cases}", action.cases.len())])),
            "cases": self.cases(&action.cases),
        })
    }

    fn cases(&self, cases: &[usize]) -> Value {
        let shown = cases.iter().take(CASES_SHOWN).filter_map(|i| self.rows.get(*i)).map(
            |row| json!({ "name": row.name, "href": (!row.href.is_empty()).then(|| format!("{}{}", row.href, page_ending(self.locale))) }),
        );
        let more = cases.len().saturating_sub(CASES_SHOWN);
        json!({
            "label": self.filled("plan-cases", &[("{n}", cases.len())]),
            "shown": shown.collect::<Vec<_>>(),
            "more": (more > 0).then(|| self.filled("plan-cases-more", &[("{n}", more)])),
        })
    }
}
