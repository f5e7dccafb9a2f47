//! A comparison as a page and as text.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::html::{RenderError, Renderer};
use super::view::{about, look};
use crate::assemble::State;
use crate::compare::{Change, Comparison, Outcome, Row, Side};
use crate::knowledge::Knowledge;
use crate::lines::width;

/// Rows of one kind that a page or a text lists; the JSON has all.
const ROWS_SHOWN: usize = 1_000;

/// Tone and icon of a change.
const fn tone(change: Change) -> (&'static str, &'static str) {
    match change {
        Change::New => ("bad", "bad"),
        Change::ChangedCause => ("warn", "next"),
        Change::Still => ("warn", "clock"),
        Change::Healed | Change::Well => ("good", "good"),
        Change::Unclear => ("info", "ask"),
        Change::Appeared => ("info", "info"),
        Change::Gone => ("info", "file"),
    }
}

fn label(knowledge: &Knowledge, locale: &str, change: Change) -> String {
    knowledge.word(locale, &format!("change-{}", change.word())).to_owned()
}

/// A word that a foreign file holds: ours where we have one, else as it stands.
fn word_or(knowledge: &Knowledge, locale: &str, prefix: &str, word: &str) -> String {
    match knowledge.word(locale, &format!("{prefix}-{word}")) {
        "?" => word.to_owned(),
        known => known.to_owned(),
    }
}

impl Renderer<'_> {
    /// The page of a comparison.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn comparison(&self, comparison: &Comparison, locale: &str) -> Result<String, RenderError> {
        self.render("compare.html", &page(self.knowledge, comparison, locale))
    }
}

fn page(knowledge: &Knowledge, comparison: &Comparison, locale: &str) -> Value {
    let present = || Change::ALL.into_iter().filter(|c| comparison.count(*c) > 0);
    let tile = |change: Change| {
        let (tone, icon) = tone(change);
        json!({ "n": comparison.count(change), "label": label(knowledge, locale, change), "tone": tone, "icon": icon })
    };
    let group = |change: Change| {
        let (tone, icon) = tone(change);
        let rows: Vec<Value> = listed(comparison, change).map(|r| row(knowledge, locale, r)).collect();
        json!({
            "id": change.word(),
            "label": label(knowledge, locale, change),
            "count": comparison.count(change),
            "tone": tone,
            "icon": icon,
            "rows": rows,
            "more": more(knowledge, locale, comparison, change),
        })
    };
    let mut faulty = problems(knowledge, locale, &comparison.old);
    faulty.extend(problems(knowledge, locale, &comparison.new));
    json!({
        "lang": knowledge.html_lang(locale),
        "t": knowledge.locales.get(locale).map(|l| &l.page),
        "links": { "index": null, "langs": [] },
        "sub": subtitle(knowledge, locale, comparison),
        "note": note(knowledge, locale, comparison),
        "tiles": Change::ALL.into_iter().map(tile).collect::<Vec<_>>(),
        "groups": present().map(group).collect::<Vec<_>>(),
        "problems": faulty,
        "about": about(knowledge, locale),
    })
}

/// Cases that are well before and now are only counted.
fn listed(comparison: &Comparison, change: Change) -> impl Iterator<Item = &Row> {
    comparison.rows(change).take(if change == Change::Well { 0 } else { ROWS_SHOWN })
}

fn more(knowledge: &Knowledge, locale: &str, comparison: &Comparison, change: Change) -> Option<String> {
    let hidden = comparison.count(change) - listed(comparison, change).count();
    (hidden > 0).then(|| knowledge.word(locale, "compare-more").replace("{n}", &hidden.to_string()))
}

fn subtitle(knowledge: &Knowledge, locale: &str, comparison: &Comparison) -> String {
    let (old, new) = (&comparison.old, &comparison.new);
    knowledge
        .word(locale, "compare-sub")
        .replace("{old_cases}", &old.cases.to_string())
        .replace("{new_cases}", &new.cases.to_string())
        // Last: names may themselves look like placeholders.
        .replace("{old}", &old.name)
        .replace("{new}", &new.name)
}

/// Said when the two were not judged alike: then a change may come from that.
fn note(knowledge: &Knowledge, locale: &str, comparison: &Comparison) -> Option<String> {
    let (old, new) = (&comparison.old.made_with, &comparison.new.made_with);
    let separator = knowledge.word(locale, "separator");
    let said = || knowledge.word(locale, "compare-made-with").replace("{old}", &old.join(separator)).replace("{new}", &new.join(separator));
    (old != new && !old.is_empty() && !new.is_empty()).then(said)
}

fn row(knowledge: &Knowledge, locale: &str, row: &Row) -> Value {
    let newest = row.new.as_ref().or(row.old.as_ref());
    let acts = newest.filter(|o| o.cause.is_some() && row.change != Change::Gone).map(|o| o.actor.as_str()).filter(|a| !a.is_empty());
    json!({
        "name": row.case,
        "old": row.old.as_ref().map(|o| outcome(knowledge, locale, o)),
        "new": row.new.as_ref().map(|o| outcome(knowledge, locale, o)),
        "codes": newest.map(|o| o.codes.as_slice()).unwrap_or_default(),
        "actor_label": acts.map(|a| word_or(knowledge, locale, "actor", a)),
    })
}

fn outcome(knowledge: &Knowledge, locale: &str, outcome: &Outcome) -> Value {
    let known = [State::NotActivated, State::Expiring, State::Grace, State::Unknown, State::Activated];
    let (tone, icon) = known.into_iter().find(|s| s.word() == outcome.state).map_or(("info", "ask"), look);
    json!({
        "state_label": word_or(knowledge, locale, "state", &outcome.state),
        "tone": tone,
        "icon": icon,
        "cause_title": outcome.cause.as_deref().map(|c| knowledge.cause_title(c, locale)),
    })
}

fn problems(knowledge: &Knowledge, locale: &str, side: &Side) -> Vec<Value> {
    let mut list: Vec<Value> = side.problems.iter().map(|p| json!({ "name": side.name, "reason": p.say(knowledge, locale) })).collect();
    let unnamed = side.faulty_lines - side.problems.len();
    if unnamed > 0 {
        let reason = knowledge.word(locale, "compare-lines-more").replace("{n}", &unnamed.to_string());
        list.push(json!({ "name": side.name, "reason": reason }));
    }
    list
}

/// The comparison as text: counts, then the cases of every change.
#[must_use]
pub fn comparison_text(knowledge: &Knowledge, comparison: &Comparison, locale: &str) -> String {
    let mut out = format!("{}\n", subtitle(knowledge, locale, comparison));
    if let Some(note) = note(knowledge, locale, comparison) {
        let _ = writeln!(out, "{note}");
    }
    out.push('\n');
    for change in Change::ALL {
        let _ = writeln!(out, "{:>7}  {}", comparison.count(change), label(knowledge, locale, change));
    }
    let column = comparison.cases.iter().map(|r| width(&r.case)).max().unwrap_or_default().min(24);
    for change in Change::ALL.into_iter().filter(|c| listed(comparison, *c).next().is_some()) {
        let _ = writeln!(out, "\n{}", label(knowledge, locale, change));
        for row in listed(comparison, change) {
            let pad = " ".repeat(column.saturating_sub(width(&row.case)));
            let mut sides: Vec<String> = [&row.old, &row.new].into_iter().flatten().map(|o| brief(knowledge, locale, o)).collect();
            sides.dedup();
            let _ = writeln!(out, "  {}{pad}  {}", row.case, sides.join(" → "));
        }
        if let Some(more) = more(knowledge, locale, comparison, change) {
            let _ = writeln!(out, "  {more}");
        }
    }
    out
}

fn brief(knowledge: &Knowledge, locale: &str, outcome: &Outcome) -> String {
    let state = word_or(knowledge, locale, "state", &outcome.state);
    match outcome.cause.as_deref() {
        Some(cause) => format!("{state}{}{}", knowledge.word(locale, "colon"), knowledge.cause_title(cause, locale)),
        None => state,
    }
}
