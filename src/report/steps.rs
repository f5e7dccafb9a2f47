//! Remedies of a cause as steps, with this case's host and words in them.

use std::collections::BTreeSet;

use serde::Serialize;

use super::lists;
use super::site::{self, SiteRow};
use crate::assemble::Product;
use crate::catalog::KeyAdvice;
use crate::decide::Placeholders;
use crate::knowledge::{Knowledge, Remedy};

/// A step as templates see it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Step {
    pub(crate) id: String,
    /// Address of its explanation; the caller knows it.
    pub(crate) explain: Option<String>,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) commands: Vec<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) expect: Option<String>,
    pub(crate) if_not: Option<String>,
    pub(crate) who_label: Option<String>,
    /// What the site profile adds.
    pub(crate) site: StepSite,
}

/// Lines of the site profile below a step.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepSite {
    pub(crate) rows: Vec<SiteRow>,
}

/// A small label.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tag {
    pub(crate) text: String,
    pub(crate) tone: &'static str,
}

/// What decides which steps are shown, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepContext<'a> {
    /// Who the report tells to act; a step for somebody else says so.
    pub(crate) actor: &'a str,
    /// The product is Office: its own commands apply.
    pub(crate) office: bool,
    /// Ids of checks that a fact has decided already.
    pub(crate) decided: &'a [&'a str],
    /// The product that the report is about.
    pub(crate) product: Option<&'a Product>,
}

/// The steps of a list of remedy ids, unknown ids left out (a data check finds them). A step whose
/// command would only ask what is known already is left out too.
pub(crate) fn steps(knowledge: &Knowledge, ids: &[String], context: StepContext<'_>, fill: &Placeholders, locale: &str) -> Vec<Step> {
    let mut seen = BTreeSet::new();
    let remedies = ids.iter().filter_map(|id| knowledge.remedies.get(id)).map(|remedy| {
        let office = knowledge.remedies.get(&remedy.for_office).filter(|_| context.office);
        let home = knowledge.remedies.get(&remedy.not_volume).filter(|_| *fill.key_advice() == KeyAdvice::NotVolume);
        office.or(home).unwrap_or(remedy)
    });
    let answered = |r: &&Remedy| !r.tells.is_empty() && r.tells.iter().all(|t| context.decided.contains(&t.as_str()));
    let wanted = remedies.filter(|r| seen.insert(r.id.as_str())).filter(|r| !answered(r));
    wanted.map(|r| step(knowledge, r, context, fill, locale)).collect()
}

fn step(knowledge: &Knowledge, remedy: &Remedy, context: StepContext<'_>, fill: &Placeholders, locale: &str) -> Step {
    let mut rows = lists::of_remedy(knowledge, remedy, context.product, fill, locale);
    rows.extend(site::of_remedy(knowledge, remedy, locale));
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
    let other = (remedy.who != context.actor).then(|| knowledge.word(locale, &format!("actor-{}", remedy.who)).to_owned());
    Step {
        id: remedy.id.clone(),
        explain: None,
        title: fill.fill(&words.title),
        text: fill.fill(&words.step),
        commands: remedy.all_commands().map(|c| fill.fill(c)).collect(),
        tags,
        expect: some(&words.expect),
        if_not: some(&words.if_not),
        who_label: other,
        site: StepSite { rows },
    }
}
