//! What the search of a batch reads: all cases as short rows in several files, and the words of one language.
//! Each file is one call of a function of the page's script, because a page opened from a disk may load
//! scripts and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::index::{IndexRow, page_ending};
use super::listing::{Listing, ORDER, Place, rank};
use super::plan;
use super::view::look;
use crate::assemble::State;
use crate::fleet::Scope;
use crate::knowledge::Knowledge;

/// Cases in one file.
pub const FIND_ROWS: usize = 5_000;

/// Places that the form offers; the search finds the others by their name.
const PLACES_OFFERED: usize = 200;

/// All that the files are made from, gathered once.
#[derive(Debug)]
pub struct Finder<'a> {
    listing: &'a Listing<'a>,
    // Texts that rows name by their place in a list.
    causes: Vec<&'a str>,
    actors: Vec<&'a str>,
    products: Vec<&'a BTreeMap<String, String>>,
    // What cases belong to, by index of their row.
    places: BTreeMap<(Scope, &'a str), usize>,
    /// The action that ends it; one past the last for those whose cause is open.
    actions: BTreeMap<usize, usize>,
    patterns: BTreeMap<usize, Vec<usize>>,
}

/// The form above the list; null for a page without script.
pub(super) fn form(knowledge: &Knowledge, listing: &Listing<'_>, locale: &str, inside: bool) -> Value {
    let (Some(lists), Some(_)) = (&listing.meta.lists, &listing.meta.script) else { return Value::Null };
    let option = |(id, place): (usize, &Place<'_>)| json!({ "id": id, "label": plan::place(knowledge, place.scope, place.key, locale), "n": place.cases() });
    let mut offered: Vec<(usize, &Place<'_>)> = listing.places.iter().enumerate().filter(|(_, p)| p.cases() > 1).collect();
    offered.sort_by_key(|(id, p)| (std::cmp::Reverse(p.cases()), *id));
    offered.truncate(PLACES_OFFERED);
    offered.sort_by_key(|(id, _)| *id);
    let cause = |(id, n): (&str, usize)| json!({ "id": id, "label": knowledge.cause_title(id, locale), "n": n });
    json!({
        "base": if inside { String::new() } else { format!("{lists}/") },
        "up": if inside { "../" } else { "" },
        "locale": locale,
        "files": listing.rows.len().div_ceil(FIND_ROWS),
        "causes": super::index::ranking(listing).into_iter().map(cause).collect::<Vec<_>>(),
        "places": offered.into_iter().map(option).collect::<Vec<_>>(),
    })
}

impl<'a> Finder<'a> {
    /// Looks at a listing.
    #[must_use]
    pub fn new(listing: &'a Listing<'a>) -> Self {
        let fleet = &listing.meta.fleet;
        let mut patterns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (id, pattern) in fleet.patterns.iter().enumerate() {
            for case in &pattern.cases {
                patterns.entry(*case).or_default().push(id);
            }
        }
        let planned = fleet.plan.actions.iter().map(|a| &a.cases).chain([&fleet.plan.open]).enumerate();
        let actors: BTreeSet<&str> = listing.rows.iter().map(|r| r.actor.as_str()).collect();
        let products: BTreeSet<&BTreeMap<String, String>> = listing.rows.iter().map(|r| &r.product).collect();
        Self {
            listing,
            causes: listing.by_cause.keys().copied().collect(),
            actors: actors.into_iter().collect(),
            products: products.into_iter().collect(),
            places: listing.places.iter().enumerate().map(|(id, p)| ((p.scope, p.key), id)).collect(),
            actions: planned.flat_map(|(id, cases)| cases.iter().map(move |case| (*case, id))).collect(),
            patterns,
        }
    }

    /// Number of files with rows.
    #[must_use]
    pub fn files(&self) -> usize {
        self.listing.rows.len().div_ceil(FIND_ROWS)
    }

    /// The words of one language: `find.en.js`.
    #[must_use]
    pub fn words(&self, knowledge: &Knowledge, locale: &str) -> String {
        let word = |key: &str| knowledge.word(locale, key);
        let state = |s: &State| {
            let (tone, icon) = look(*s);
            json!([s.word(), word(&format!("state-{}", s.word())), tone, icon])
        };
        let fleet = &self.listing.meta.fleet;
        let actions = fleet.plan.actions.iter().map(|a| {
            let title = knowledge.actions.get(&a.id).map_or(a.id.as_str(), |k| k.texts.get(locale).title.as_str());
            let place = a.scope.map(|scope| plan::place(knowledge, scope, &a.key, locale));
            place.map_or_else(|| title.to_owned(), |place| format!("{title} ({place})"))
        });
        let patterns = fleet.patterns.iter().map(|p| super::pattern::text(knowledge, p, locale));
        let place = |p: &Place<'_>| plan::place(knowledge, p.scope, p.key, locale);
        let words = json!({
            "states": ORDER.iter().map(state).collect::<Vec<_>>(),
            "causes": self.causes.iter().map(|c| json!([c, knowledge.cause_title(c, locale)])).collect::<Vec<_>>(),
            "products": self.products.iter().map(|p| p.get(locale).map_or("", String::as_str)).collect::<Vec<_>>(),
            "actors": self.actors.iter().map(|a| word(&format!("actor-{a}"))).collect::<Vec<_>>(),
            "places": self.listing.places.iter().map(place).collect::<Vec<_>>(),
            "actions": actions.collect::<Vec<_>>(),
            "patterns": patterns.collect::<Vec<_>>(),
            "open": word("find-open"),
            "found": word("find-found"),
            "page": word("find-page"),
            "days": word("days-left"),
            "ending": page_ending(locale),
        });
        call("kmsTriageWords", &words)
    }

    /// File number `part` of the rows, from 0: `find-0.js`. A row is name, page, state, cause, product, codes, places,
    /// action, patterns, actor and days left; ids are places in the lists of [`Finder::words`], -1 stands for none.
    #[must_use]
    pub fn rows(&self, part: usize) -> String {
        let order = &self.listing.order;
        let from = part.saturating_mul(FIND_ROWS).min(order.len());
        let rows = order.get(from..order.len().min(from + FIND_ROWS)).unwrap_or_default();
        let row = |index: &usize| self.listing.rows.get(*index).map(|row| self.row(*index, row));
        call("kmsTriageRows", &json!([part, rows.iter().filter_map(row).collect::<Vec<_>>()]))
    }

    fn row(&self, index: usize, row: &IndexRow) -> Value {
        let cause = row.cause.as_deref().and_then(|c| self.causes.binary_search(&c).ok());
        let product = self.products.binary_search(&&row.product).ok();
        let actor = self.actors.binary_search(&row.actor.as_str()).ok().filter(|_| row.needs_action);
        let groups = self.listing.traits.get(index).map(|t| &t.groups);
        let place = |(scope, key): (&Scope, &'_ String)| self.places.get(&(*scope, key.as_str())).copied();
        let places: Vec<usize> = groups.into_iter().flatten().filter_map(place).collect();
        let or_none = |id: Option<usize>| id.map_or(json!(-1), |id| json!(id));
        json!([
            row.name,
            row.href,
            rank(&row.state),
            or_none(cause),
            or_none(product),
            row.codes,
            places,
            or_none(self.actions.get(&index).copied()),
            self.patterns.get(&index).cloned().unwrap_or_default(),
            or_none(actor),
            row.days_left,
        ])
    }
}

/// JSON is JavaScript; what ends a line in old JavaScript only, or a script in HTML, is written as an escape.
fn call(name: &str, value: &Value) -> String {
    let text = value.to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029").replace('<', "\\u003c");
    format!("{name}({text});\n")
}
