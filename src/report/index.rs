//! The batch index: how many, why, and every case. Works on rows small enough to keep for a whole scan.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::explained::Explained;
use super::html::languages;
use super::view::{View, about, look};
use crate::analyze::Analysis;
use crate::assemble::State;
use crate::fleet::Fleet;
use crate::join::HostSummary;
use crate::knowledge::Knowledge;
use crate::view::product_label;

/// What the index keeps of a case.
#[derive(Debug, Clone, Serialize)]
pub struct IndexRow {
    /// Name of the case.
    pub name: String,
    /// Address of its page without language; the index adds `.html` or `.<locale>.html`.
    pub href: String,
    /// State word.
    pub state: String,
    /// Cause id.
    pub cause: Option<String>,
    /// Failing codes.
    pub codes: Vec<String>,
    /// Who acts.
    pub actor: String,
    /// Days left, when known.
    pub days_left: Option<i64>,
    /// Product by locale.
    pub product: BTreeMap<String, String>,
    /// Whether somebody has to do something.
    pub needs_action: bool,
}

/// A file that could not be read whole.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemFile {
    /// Name.
    pub name: String,
    /// `partly-read`, `skipped` or `failed`.
    pub status: String,
    /// Why.
    pub reason: String,
}

/// What the index says about the scan itself.
#[derive(Debug, Clone, Default)]
pub struct IndexMeta {
    /// Folder that was scanned, as shown.
    pub folder: String,
    /// Number of files.
    pub files: usize,
    /// Files not read whole.
    pub problems: Vec<ProblemFile>,
    /// Locale and address of the same page in each language.
    pub langs: Vec<(String, String)>,
    /// Files to download, by address.
    pub downloads: Vec<String>,
    /// KMS hosts whose log is in the batch; cases by index of their row.
    pub hosts: Vec<HostSummary>,
    /// Folder whose pages explain what the report claims, as seen from the index.
    pub explained: Option<String>,
    /// What the cases tell together, by index of their row.
    pub fleet: Fleet,
}

/// The row of a case. `href` is the page's address without language and ending.
#[must_use]
pub fn index_row(knowledge: &Knowledge, analysis: &Analysis, href: String) -> IndexRow {
    let case = &analysis.case;
    let conclusion = &analysis.decision.case;
    let product = conclusion.product.and_then(|p| analysis.assembly.products.get(p));
    let label = |locale: &str| if product.is_some() { product_label(knowledge, product, locale) } else { String::new() };
    IndexRow {
        name: case.case.clone(),
        href,
        state: case.verdict.state.clone(),
        cause: case.verdict.cause.clone(),
        codes: case.error_codes.iter().filter(|c| c.role == "failure").map(|c| c.code.clone()).take(3).collect(),
        actor: case.verdict.actor.clone(),
        days_left: product.and_then(|p| p.minutes_left).map(|m| m / 1_440),
        product: knowledge.locale_tags().into_iter().map(|l| (l.to_owned(), label(l))).collect(),
        needs_action: case.verdict.needs_action(),
    }
}

/// States in the order of the index: what needs action comes first.
const ORDER: [State; 5] = [State::NotActivated, State::Expiring, State::Grace, State::Unknown, State::Activated];

/// What the template of the index shows.
pub(super) fn page(knowledge: &Knowledge, rows: &[IndexRow], meta: &IndexMeta, locale: &str) -> Value {
    let word = |key: &str| knowledge.word(locale, key);
    let explained = Explained { knowledge, folder: meta.explained.as_deref(), locale };
    let count = |state: State| rows.iter().filter(|r| r.state == state.word()).count();
    let title = word("index-sub-plain")
        .replace("{files}", &meta.files.to_string())
        .replace("{cases}", &rows.len().to_string())
        // Last: a folder's name may itself look like a placeholder.
        .replace("{folder}", &meta.folder);
    let filters: Vec<Value> = ORDER
        .iter()
        .filter(|s| count(**s) > 0)
        .map(|s| json!({ "label": word(&format!("state-{}", s.word())), "count": count(*s), "href": format!("#state-{}", s.word()) }))
        .collect();
    json!({
        "lang": knowledge.html_lang(locale),
        "t": knowledge.locales.get(locale).map(|l| &l.page),
        "links": { "index": null, "langs": languages(knowledge, &meta.langs, locale) },
        "title_sub": title,
        "tiles": tiles(knowledge, rows, meta, locale),
        "causes": causes(explained, rows),
        "patterns": super::pattern::list(knowledge, rows, &meta.fleet, locale),
        "plan": super::plan::view(knowledge, rows, &meta.fleet, locale),
        "cases": cases(explained, rows),
        "problem_files": problems(knowledge, meta, locale),
        "hosts": super::hosts::list(knowledge, rows, &meta.hosts, locale),
        "filters": filters,
        "downloads": meta.downloads.iter().map(|d| json!({ "href": d, "label": d.rsplit('.').next().unwrap_or(d).to_uppercase() })).collect::<Vec<_>>(),
        "about": about(knowledge, locale),
    })
}

fn tiles(knowledge: &Knowledge, rows: &[IndexRow], meta: &IndexMeta, locale: &str) -> Vec<Value> {
    let count = |state: State| rows.iter().filter(|r| r.state == state.word()).count();
    let label = |key: &str| knowledge.word(locale, key).replace("{n}", &knowledge.expiring_days().to_string());
    let unknown = rows.iter().filter(|r| r.state == "unknown").count();
    vec![
        json!({ "n": count(State::NotActivated), "label": label("tile-action"), "tone": "bad", "icon": "bad" }),
        json!({ "n": count(State::Expiring), "label": label("tile-expiring"), "tone": "warn", "icon": "clock" }),
        json!({ "n": count(State::Grace), "label": label("tile-grace"), "tone": "warn", "icon": "clock" }),
        json!({ "n": unknown, "label": label("tile-unknown"), "tone": "info", "icon": "ask" }),
        json!({ "n": count(State::Activated), "label": label("tile-activated"), "tone": "good", "icon": "good" }),
        json!({ "n": meta.problems.len(), "label": label("tile-failed"), "tone": "info", "icon": "file" }),
    ]
}

/// Causes with their number of cases, most frequent first, ties by id.
fn ranking(rows: &[IndexRow]) -> Vec<(&str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cause in rows.iter().filter_map(|r| r.cause.as_deref()) {
        *counts.entry(cause).or_default() += 1;
    }
    let mut ranked: Vec<(&str, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|r| (std::cmp::Reverse(r.1), r.0));
    ranked
}

fn causes(explained: Explained<'_>, rows: &[IndexRow]) -> Vec<Value> {
    let ranked = ranking(rows);
    let most = ranked.first().map_or(1, |r| r.1).max(1);
    ranked
        .iter()
        .map(|(id, count)| {
            json!({
                "id": id,
                "title": explained.knowledge.cause_title(id, explained.locale),
                "explain": explained.href("cause", id),
                "count": count,
                "percent": count * 100 / most,
                "tone": "bad",
                "href": format!("#cause-{id}"),
            })
        })
        .collect()
}

fn cases(explained: Explained<'_>, rows: &[IndexRow]) -> Vec<Value> {
    let Explained { knowledge, locale, .. } = explained;
    let rank = |row: &IndexRow| ORDER.iter().position(|s| s.word() == row.state).unwrap_or(ORDER.len());
    let mut sorted: Vec<&IndexRow> = rows.iter().collect();
    sorted.sort_by(|a, b| (rank(a), &a.cause, &a.name).cmp(&(rank(b), &b.cause, &b.name)));
    let row = |row: &&IndexRow| {
        let (tone, icon) = ORDER.iter().find(|s| s.word() == row.state).map_or(("info", "ask"), |s| look(*s));
        let days = row.days_left.map(|d| knowledge.word(locale, "days-left").replace("{n}", &d.to_string()));
        json!({
            "name": row.name,
            "href": (!row.href.is_empty()).then(|| format!("{}{}", row.href, page_ending(locale))),
            "product": row.product.get(locale),
            "state": row.state,
            "state_label": knowledge.word(locale, &format!("state-{}", row.state)),
            "tone": tone,
            "icon": icon,
            "cause": row.cause,
            "cause_title": row.cause.as_deref().map(|c| knowledge.cause_title(c, locale)),
            "cause_explain": row.cause.as_deref().and_then(|c| explained.href("cause", c)),
            "codes": row.codes.iter().map(|c| json!({ "code": c, "href": explained.href("code", c) })).collect::<Vec<_>>(),
            "actor_label": row.needs_action.then(|| knowledge.word(locale, &format!("actor-{}", row.actor))),
            "detail": days,
        })
    };
    sorted.iter().map(row).collect()
}

/// `.zh-TW.html`: every page names its language.
#[must_use]
pub fn page_ending(locale: &str) -> String {
    format!(".{locale}.html")
}

fn problems(knowledge: &Knowledge, meta: &IndexMeta, locale: &str) -> Vec<Value> {
    let row = |file: &ProblemFile| {
        json!({
            "name": file.name,
            "status_label": knowledge.word(locale, &format!("file-status-{}", file.status)),
            "reason": file.reason,
            "tone": if file.status == "failed" { "bad" } else { "warn" },
        })
    };
    meta.problems.iter().map(row).collect()
}

/// Used by the terminal report too.
pub(super) fn view<'a>(knowledge: &'a Knowledge, analysis: &'a Analysis, locale: &'a str) -> View<'a> {
    View::new(knowledge, analysis, locale, None)
}
