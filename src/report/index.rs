//! The batch index: how many, why, and the first cases; and the pages with the rest. Works on rows small enough to
//! keep for a whole scan.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::explained::Explained;
use super::html::languages;
use super::listing::{ListPage, Listing, ORDER};
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
    /// Folder of the list's further pages and of what the search reads, as seen from the index.
    pub lists: Option<String>,
    /// Digest of [`super::Renderer::script`] as a content security policy names it, `sha256-…`; none: pages without script.
    pub script: Option<String>,
}

/// Files listed that could not be read whole; the rest stands in `unread.txt`.
pub const PROBLEMS_SHOWN: usize = 200;

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

/// What the template of the index shows.
pub(super) fn page(knowledge: &Knowledge, listing: &Listing<'_>, locale: &str) -> Value {
    let Listing { rows, meta, .. } = *listing;
    let word = |key: &str| knowledge.word(locale, key);
    let explained = Explained { knowledge, folder: meta.explained.as_deref(), locale };
    let first = ListPage { cause: None, number: 1 };
    json!({
        "lang": knowledge.html_lang(locale),
        "t": knowledge.locales.get(locale).map(|l| &l.page),
        "links": { "index": null, "langs": languages(knowledge, &meta.langs, locale) },
        "title_sub": subtitle(knowledge, listing, locale),
        "tiles": tiles(knowledge, listing, locale),
        "causes": causes(explained, listing),
        "charts": super::chart::view(knowledge, listing, locale),
        "patterns": super::pattern::list(explained, rows, &meta.fleet),
        "plan": super::plan::view(explained, rows, &meta.fleet),
        "problem_files": problems(knowledge, meta, locale),
        "problem_more": meta.problems.len().checked_sub(PROBLEMS_SHOWN).filter(|n| *n > 0).and_then(|n| Some(json!({
            "text": word("problems-more").replace("{n}", &n.to_string()), "href": format!("{}/unread.txt", meta.lists.as_ref()?),
        }))),
        "hosts": super::hosts::list(knowledge, rows, &meta.hosts, locale),
        "hosts_more": super::hosts::more(knowledge, &meta.hosts, locale),
        "list": list(explained, listing, first, false),
        "downloads": meta.downloads.iter().map(|d| json!({ "href": d, "label": d.rsplit('.').next().unwrap_or(d).to_uppercase() })).collect::<Vec<_>>(),
        "about": about(knowledge, locale),
    })
}

/// What the template of a further page of the list shows.
pub(super) fn list_page(knowledge: &Knowledge, listing: &Listing<'_>, page: ListPage<'_>, locale: &str) -> Value {
    let folder = listing.meta.explained.as_ref().map(|f| format!("../{f}"));
    let explained = Explained { knowledge, folder: folder.as_deref(), locale };
    let langs: Vec<(String, String)> = listing.meta.langs.iter().map(|(l, _)| (l.clone(), page.name(l))).collect();
    let first = ListPage { cause: None, number: 1 };
    json!({
        "lang": knowledge.html_lang(locale),
        "t": knowledge.locales.get(locale).map(|l| &l.page),
        "links": { "index": listing.href(first, locale, true), "langs": languages(knowledge, &langs, locale) },
        "title_sub": subtitle(knowledge, listing, locale),
        "heading": page.cause.map(|c| knowledge.word(locale, "list-cause").replace("{cause}", knowledge.cause_title(c, locale))),
        "list": list(explained, listing, page, true),
        "about": about(knowledge, locale),
    })
}

fn subtitle(knowledge: &Knowledge, listing: &Listing<'_>, locale: &str) -> String {
    let text = knowledge.word(locale, "index-sub-plain");
    let text = text.replace("{files}", &listing.meta.files.to_string()).replace("{cases}", &listing.rows.len().to_string());
    // Last: a folder's name may itself look like a placeholder.
    text.replace("{folder}", &listing.meta.folder)
}

fn tiles(knowledge: &Knowledge, listing: &Listing<'_>, locale: &str) -> Vec<Value> {
    let label = |key: &str| knowledge.word(locale, key).replace("{n}", &knowledge.expiring_days().to_string());
    let first = ListPage { cause: None, number: 1 };
    let tile = |(state, key, tone, icon): (State, &str, &str, &str)| {
        let n = listing.count(state);
        let href = (n > 0).then(|| state_href(listing, first, state, locale, false));
        json!({ "n": n, "label": label(key), "tone": tone, "icon": icon, "href": href, "find": format!("state-{}", state.word()) })
    };
    let states = [
        (State::NotActivated, "tile-action", "bad", "bad"),
        (State::Expiring, "tile-expiring", "warn", "clock"),
        (State::Grace, "tile-grace", "warn", "clock"),
        (State::Unknown, "tile-unknown", "info", "ask"),
        (State::Activated, "tile-activated", "good", "good"),
    ];
    let unread = listing.meta.problems.len();
    let unread = json!({ "n": unread, "label": label("tile-failed"), "tone": "info", "icon": "file", "href": (unread > 0).then_some("#unreadable"), "find": null });
    states.into_iter().map(tile).chain([unread]).collect()
}

/// Where the list shows the cases with a state. On the page itself the group that it names is shown alone.
fn state_href(listing: &Listing<'_>, page: ListPage<'_>, state: State, locale: &str, inside: bool) -> String {
    let on = ListPage { cause: None, number: listing.page_of_state(state) };
    let before = if on == page { String::new() } else { listing.href(on, locale, inside) };
    format!("{before}#state-{}", state.word())
}

/// Causes with their number of cases, most frequent first, ties by id.
pub(super) fn ranking<'a>(listing: &Listing<'a>) -> Vec<(&'a str, usize)> {
    let mut ranked: Vec<(&str, usize)> = listing.by_cause.iter().map(|(cause, rows)| (*cause, rows.len())).collect();
    ranked.sort_by_key(|r| (std::cmp::Reverse(r.1), r.0));
    ranked
}

fn causes(explained: Explained<'_>, listing: &Listing<'_>) -> Vec<Value> {
    let ranked = ranking(listing);
    let most = ranked.first().map_or(1, |r| r.1).max(1);
    let href = |id: &str| match listing.page_count() {
        1 => format!("#cause-{id}"),
        _ => listing.href(ListPage { cause: Some(id), number: 1 }, explained.locale, false),
    };
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
                "href": href(id),
            })
        })
        .collect()
}

/// One page of the list: its cases, where the others are, and what they can be narrowed by.
fn list(explained: Explained<'_>, listing: &Listing<'_>, page: ListPage<'_>, inside: bool) -> Value {
    let Explained { knowledge, locale, .. } = explained;
    let filter = |state: &State| {
        let id = format!("state-{}", state.word());
        let href = state_href(listing, page, *state, locale, inside);
        json!({ "id": id, "word": state.word(), "label": knowledge.word(locale, &id), "count": listing.count(*state), "href": href })
    };
    let single = listing.page_count() == 1;
    json!({
        "cases": cases(explained, listing, page, inside),
        // The totals belong to the list of all.
        "whole": page.cause.is_none(),
        "filters": ORDER.iter().filter(|s| listing.count(**s) > 0).map(filter).collect::<Vec<_>>(),
        // A list in one piece can show one cause alone; a longer one has pages for it.
        "anchors": if single { listing.by_cause.keys().copied().collect() } else { Vec::new() },
        "pager": (!single).then(|| pager(knowledge, listing, page, locale, inside)),
        "find": super::find::form(knowledge, listing, locale, inside),
    })
}

/// Links to the other pages: neighbours, the ends, and some around.
fn pager(knowledge: &Knowledge, listing: &Listing<'_>, page: ListPage<'_>, locale: &str, inside: bool) -> Value {
    const AROUND: usize = 2;
    let total = listing.list(page).len();
    let last = total.div_ceil(super::listing::PAGE_ROWS).max(1);
    let href = |number: usize| listing.href(ListPage { number, ..page }, locale, inside);
    let mut numbers: Vec<usize> = (page.number.saturating_sub(AROUND)..=page.number + AROUND).chain([1, last]).collect();
    numbers.retain(|n| (1..=last).contains(n));
    numbers.sort_unstable();
    numbers.dedup();
    let gap = |n: usize| n > 1 && !numbers.contains(&(n - 1));
    let from = (page.number - 1) * super::listing::PAGE_ROWS;
    let values = [("{first}", from + 1), ("{last}", from + listing.slice(page).len()), ("{n}", total)];
    let range = knowledge.word(locale, "list-range").to_owned();
    json!({
        "range": values.iter().fold(range, |text, (name, value)| text.replace(name, &value.to_string())),
        "previous": (page.number > 1).then(|| href(page.number - 1)),
        "next": (page.number < last).then(|| href(page.number + 1)),
        "numbers": numbers.iter().map(|n| json!({ "n": n, "href": href(*n), "current": *n == page.number, "gap": gap(*n) })).collect::<Vec<_>>(),
    })
}

fn cases(explained: Explained<'_>, listing: &Listing<'_>, page: ListPage<'_>, inside: bool) -> Vec<Value> {
    let Explained { knowledge, locale, .. } = explained;
    let up = if inside { "../" } else { "" };
    let row = |row: &IndexRow| {
        let (tone, icon) = ORDER.iter().find(|s| s.word() == row.state).map_or(("info", "ask"), |s| look(*s));
        json!({
            "name": row.name,
            "href": (!row.href.is_empty()).then(|| format!("{up}{}{}", row.href, page_ending(locale))),
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
            "detail": row.days_left.map(|d| knowledge.word(locale, "days-left").replace("{n}", &d.to_string())),
        })
    };
    listing.slice(page).iter().filter_map(|i| listing.rows.get(*i)).map(row).collect()
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
    meta.problems.iter().take(PROBLEMS_SHOWN).map(row).collect()
}

/// Used by the terminal report too.
pub(super) fn view<'a>(knowledge: &'a Knowledge, analysis: &'a Analysis, locale: &'a str) -> View<'a> {
    View::new(knowledge, analysis, locale, None)
}
