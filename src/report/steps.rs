//! Remedies of a cause as steps, with this case's host and words in them.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::decide::Placeholders;
use crate::knowledge::{Knowledge, Remedy};

/// A step as templates see it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Step {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) commands: Vec<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) expect: Option<String>,
    pub(crate) if_not: Option<String>,
    pub(crate) who_label: Option<String>,
}

/// A small label.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tag {
    pub(crate) text: String,
    pub(crate) tone: &'static str,
}

/// The steps of a list of remedy ids, unknown ids left out (a data check finds them). `actor` is who
/// the report tells to act; a step for somebody else says so.
pub(crate) fn steps(knowledge: &Knowledge, ids: &[String], actor: &str, fill: &Placeholders, locale: &str) -> Vec<Step> {
    let mut seen = BTreeSet::new();
    let remedies = ids.iter().filter(|id| seen.insert(id.as_str())).filter_map(|id| knowledge.remedies.get(id));
    remedies.map(|r| step(knowledge, r, actor, fill, locale)).collect()
}

fn step(knowledge: &Knowledge, remedy: &Remedy, actor: &str, fill: &Placeholders, locale: &str) -> Step {
    let words = remedy.texts.get(locale);
    let some = |text: &str| (!text.is_empty()).then(|| fill.fill(text));
    let mut tags = Vec::new();
    if remedy.elevated {
        tags.push(Tag { text: knowledge.word(locale, "tag-elevated").to_owned(), tone: "info" });
    }
    if remedy.reboot {
        tags.push(Tag { text: knowledge.word(locale, "tag-reboot").to_owned(), tone: "warn" });
    }
    if remedy.risk == "high" {
        let risk = knowledge.word(locale, "risk-high");
        tags.push(Tag { text: knowledge.word(locale, "tag-risk").replace("{risk}", risk), tone: "bad" });
    }
    let other = (remedy.who != actor).then(|| knowledge.word(locale, &format!("actor-{}", remedy.who)).to_owned());
    Step {
        title: fill.fill(&words.title),
        text: fill.fill(&words.step),
        commands: remedy.all_commands().map(|c| fill.fill(c)).collect(),
        tags,
        expect: some(&words.expect),
        if_not: some(&words.if_not),
        who_label: other,
    }
}
