//! The renewals of each licence: when it succeeded, when it should again, and when it runs out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::moment::{Kind, Moment, Moments};
use crate::calendar::{DAY_MINUTES, day_text, minute_text};

/// A KMS activation is valid for 180 days: Microsoft, KMS activation planning.
const VALID_DAYS: i64 = 180;
/// Products that are told of.
const PRODUCTS_MAX: usize = 4;
/// Dates of earlier successes that are listed.
const DATES_MAX: usize = 6;

/// One block a licence that was asked for. `last` is the last minute of the records.
pub(super) fn history(moments: &Moments, last: i64, word: &dyn Fn(&str) -> String, product: &dyn Fn(&str) -> String) -> Vec<Value> {
    let mut tries: BTreeMap<&str, Vec<&Moment>> = BTreeMap::new();
    for moment in moments.list.iter().filter(|m| matches!(m.kind, Kind::Done | Kind::Failed)) {
        tries.entry(&moment.sku).or_default().push(moment);
    }
    // Failures of the scheduler name no licence; where one licence alone was asked for they are its own.
    let named: Vec<&str> = tries.keys().copied().filter(|s| !s.is_empty()).collect();
    if let ([only], Some(unnamed)) = (named.as_slice(), tries.get("").cloned()) {
        let own = tries.entry(only).or_default();
        own.extend(unnamed);
        own.sort_by_key(|m| m.at);
        tries.remove("");
    }
    let block = |(sku, own): (&str, Vec<&Moment>)| {
        let left = moments.left.get(sku).copied();
        json!({ "name": if sku.is_empty() { Value::Null } else { product(sku).into() }, "rows": rows(&own, left, last, word) })
    };
    tries.into_iter().take(PRODUCTS_MAX).map(block).collect()
}

fn rows(own: &[&Moment], left: Option<(i64, i64)>, last: i64, word: &dyn Fn(&str) -> String) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut row = |key: &str, value: String, tone: &str| rows.push(json!({ "label": word(key), "value": value, "tone": tone }));
    let done: Vec<&&Moment> = own.iter().filter(|m| m.kind == Kind::Done).collect();
    let success = done.last().map(|m| m.at);
    match success {
        Some(at) => row("timeline-last-success", minute_text(at), "good"),
        None => row("timeline-last-success", word("timeline-none"), "bad"),
    }
    if done.len() > 1 {
        row("timeline-successes", dates(&done, word), "");
    }
    if let Some((at, renewal)) = done.last().and_then(|m| Some((m.at, m.renewal?))) {
        let (text, tone) = next(at + renewal, renewal, last, word);
        row("timeline-next", text, tone);
    }
    let by_success = done.last().filter(|m| m.renewal.is_some()).map(|m| m.at + VALID_DAYS * DAY_MINUTES);
    let by_check = left.filter(|l| success.is_none_or(|s| l.0 >= s)).map(|(at, minutes)| at.saturating_add(minutes));
    if let Some(end) = by_check.or(by_success).filter(|e| !day_text(e.div_euclid(DAY_MINUTES)).is_empty()) {
        let key = if end <= last { "timeline-ran-out-on" } else { "timeline-runs-out-on" };
        let tone = if end <= last { "bad" } else { "" };
        row("timeline-runs-out", word(key).replace("{date}", &day_text(end.div_euclid(DAY_MINUTES))), tone);
    }
    let failed: Vec<&&Moment> = own.iter().filter(|m| m.kind == Kind::Failed && success.is_none_or(|s| m.at >= s)).collect();
    if let Some(newest) = failed.last() {
        let text = word("timeline-failures-of").replace("{n}", &failed.len().to_string()).replace("{date}", &minute_text(newest.at));
        let key = if success.is_some() { "timeline-failures-since" } else { "timeline-failures" };
        row(key, format!("{text} {}", newest.code).trim_end().to_owned(), "bad");
    }
    rows
}

/// `12: … 2026-11-02 2026-11-09 2026-11-16`; the newest are named.
fn dates(done: &[&&Moment], word: &dyn Fn(&str) -> String) -> String {
    let mut days: Vec<i64> = done.iter().map(|m| m.at.div_euclid(DAY_MINUTES)).collect();
    days.dedup();
    let hidden = days.len().saturating_sub(DATES_MAX);
    let shown: Vec<String> = days.iter().skip(hidden).map(|d| day_text(*d)).collect();
    let lead = if hidden > 0 { "… " } else { "" };
    word("timeline-times").replace("{n}", &done.len().to_string()).replace("{dates}", &format!("{lead}{}", shown.join(" · ")))
}

/// When the next renewal is due, and whether the records go on for a day without it.
fn next(due: i64, renewal: i64, last: i64, word: &dyn Fn(&str) -> String) -> (String, &'static str) {
    let days = renewal / DAY_MINUTES;
    let late = last > due.saturating_add(DAY_MINUTES);
    let key = match (late, days) {
        (true, _) => "timeline-next-missed",
        (false, 0) => "timeline-next-on",
        (false, _) => "timeline-next-every",
    };
    let text = word(key)
        .replace("{date}", &day_text(due.div_euclid(DAY_MINUTES)))
        .replace("{n}", &days.to_string())
        .replace("{end}", &day_text(last.div_euclid(DAY_MINUTES)));
    (text, if late { "bad" } else { "" })
}
