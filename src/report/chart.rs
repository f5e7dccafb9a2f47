//! Where and when cases fail, as numbers for two pictures; each picture stands beside its table.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::listing::{Listing, ORDER, Place};
use super::plan;
use super::view::look;
use crate::calendar;
use crate::fleet::Scope;
use crate::knowledge::Knowledge;

/// Places drawn, and rows of the table below; days drawn.
const PLACES_DRAWN: usize = 12;
const PLACES_LISTED: usize = 100;
const DAYS_DRAWN: i64 = 60;

/// What the template shows.
pub(super) fn view(knowledge: &Knowledge, listing: &Listing<'_>, locale: &str) -> Value {
    json!({ "places": places(knowledge, listing, locale), "days": days(knowledge, listing, locale) })
}

/// The kind of place that divides the batch best: at least two places of two cases, and the first kind that
/// holds half of all cases, else the one that holds most.
fn scope(listing: &Listing<'_>) -> Option<Scope> {
    let mut held: Vec<(Scope, usize, usize)> = Vec::new();
    for place in listing.places.iter().filter(|p| p.cases() > 1) {
        match held.last_mut() {
            Some((scope, places, cases)) if *scope == place.scope => {
                *places += 1;
                *cases += place.cases();
            }
            _ => held.push((place.scope, 1, place.cases())),
        }
    }
    held.retain(|h| h.1 > 1);
    let half = held.iter().find(|h| h.2 * 2 >= listing.rows.len());
    half.or_else(|| held.iter().rev().max_by_key(|h| h.2)).map(|h| h.0)
}

fn places(knowledge: &Knowledge, listing: &Listing<'_>, locale: &str) -> Value {
    let Some(scope) = scope(listing) else { return Value::Null };
    let mut found: Vec<(usize, &Place<'_>)> = listing.places.iter().enumerate().filter(|(_, p)| p.scope == scope).collect();
    found.sort_by_key(|(_, p)| (std::cmp::Reverse(p.failing), std::cmp::Reverse(p.cases()), p.key));
    let most = found.iter().take(PLACES_DRAWN).map(|(_, p)| p.cases()).max().unwrap_or(1).max(1);
    let row = |(id, place): &(usize, &Place<'_>)| {
        let mut x = 0.0;
        let segments = ORDER.iter().zip(place.states).filter(|(_, n)| *n > 0).map(|(state, n)| {
            let width = percent(n, most);
            let segment = json!({ "tone": look(*state).0, "state": state.word(), "x": rounded(x), "width": rounded(width) });
            x += width;
            segment
        });
        let segments: Vec<Value> = segments.collect();
        json!({
            "id": format!("group-{id}"),
            "label": plan::place(knowledge, scope, place.key, locale),
            "segments": segments,
            "failing": place.failing,
            "all": place.cases(),
            "states": place.states,
        })
    };
    let heads = ORDER
        .iter()
        .map(|s| json!({ "label": knowledge.word(locale, &format!("state-{}", s.word())), "tone": look(*s).0, "icon": look(*s).1 }));
    let more = found.len().saturating_sub(PLACES_LISTED);
    json!({
        "drawn": found.iter().take(PLACES_DRAWN).map(row).collect::<Vec<_>>(),
        "listed": found.iter().take(PLACES_LISTED).map(row).collect::<Vec<_>>(),
        "heads": heads.collect::<Vec<_>>(),
        "undrawn": found.len().checked_sub(PLACES_DRAWN).filter(|n| *n > 0).map(|n| knowledge.word(locale, "places-undrawn").replace("{n}", &n.to_string())),
        "more": (more > 0).then(|| knowledge.word(locale, "places-more").replace("{n}", &more.to_string())),
    })
}

/// Cases that need something by the day of their newest request; only those whose request tells its zone.
fn days(knowledge: &Knowledge, listing: &Listing<'_>, locale: &str) -> Value {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for case in listing.traits.iter().filter(|t| t.needs_action) {
        // `2026-11-20 08:00` → the day's number.
        let hour = case.groups.get(&Scope::Hour).map(|h| format!("{}:00Z", h.replacen(' ', "T", 1)));
        if let Some(minutes) = hour.and_then(|h| calendar::minutes(&h)) {
            *counts.entry(minutes.div_euclid(1_440)).or_default() += 1;
        }
    }
    let (Some((first, _)), Some((last, _))) = (counts.first_key_value(), counts.last_key_value()) else { return Value::Null };
    if first == last {
        return Value::Null;
    }
    let from = (*first).max(last - DAYS_DRAWN + 1);
    let span = usize::try_from(last - from + 1).unwrap_or(1);
    let drawn = || counts.range(from..);
    let most = drawn().map(|d| *d.1).max().unwrap_or(1).max(1);
    let width = percent(1, span);
    let bar = |(day, n): (&i64, &usize)| {
        let at = usize::try_from(day - from).unwrap_or_default();
        let height = percent(*n, most);
        json!({ "day": date(*day), "n": n, "x": rounded(percent(at, span) + width * 0.1), "width": rounded(width * 0.8), "y": rounded(100.0 - height), "height": rounded(height) })
    };
    let earlier: usize = counts.range(..from).map(|d| d.1).sum();
    let all: usize = counts.values().sum();
    let say = |key: &str, n: usize| knowledge.word(locale, key).replace("{n}", &n.to_string()).replace("{day}", &date(from));
    json!({
        "bars": drawn().map(bar).collect::<Vec<_>>(),
        "first": date(from),
        "last": date(*last),
        "most": most,
        "lead": say("days-lead", all),
        "earlier": (earlier > 0).then(|| say("days-earlier", earlier)),
    })
}

/// `2026-11-20` of a day's number.
fn date(day: i64) -> String {
    calendar::minute_text(day * 1_440).chars().take(10).collect()
}

#[allow(clippy::cast_precision_loss, reason = "numbers of cases; a picture")]
fn percent(n: usize, of: usize) -> f64 {
    n as f64 * 100.0 / of as f64
}

/// Two decimals, so that the page does not depend on the last digit.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
