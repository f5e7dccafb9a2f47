//! The timeline of a case: what the event logs say about requests, renewals, licence states and the service,
//! as a chart, as dates and as a list of days. Owns the grouping; the drawing is a template.

mod history;
mod lanes;
mod moment;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use self::lanes::{Span, state_tone};
use self::moment::{Kind, Moment};
use crate::analyze::Analysis;
use crate::calendar::{DAY_MINUTES, day_text};
use crate::knowledge::Knowledge;
use crate::view::product_label;

/// Days that the list shows at once.
const DAYS_SHOWN: usize = 8;
/// Days that can be unfolded; earlier ones are counted.
const DAYS_MAX: usize = 60;
/// Codes that a day names.
const CODES_MAX: usize = 3;

/// The timeline, or null where no record with a time says anything.
pub(super) fn view(knowledge: &Knowledge, analysis: &Analysis, locale: &str) -> Value {
    let moments = moment::collect(knowledge, &analysis.sources);
    let Some((first, last)) = moments.range.filter(|_| !moments.list.is_empty()) else { return Value::Null };
    let span = Span { first: moments.list.first().map_or(first, |m| m.at.min(first)), last };
    let word = |key: &str| knowledge.word(locale, key).to_owned();
    let product = |sku: &str| {
        let known = analysis.assembly.products.iter().find(|p| !sku.is_empty() && p.activation_id == sku);
        let short: String = sku.chars().take(8).collect();
        match (known, knowledge.catalog.by_id(sku)) {
            (None, Some(listed)) => listed.title(),
            (None, None) if !short.is_empty() => word("timeline-product").replace("{id}", &short),
            (known, _) => product_label(knowledge, known, locale),
        }
    };
    let zone = match moments.zones {
        (true, true) => "timeline-zone-both",
        (true, false) => "timeline-zone-local",
        _ => "timeline-zone-utc",
    };
    let mut days = days(&moments.list, &word, &product);
    let more = days.len().saturating_sub(DAYS_MAX);
    days.truncate(DAYS_MAX);
    let folded = days.split_off(days.len().min(DAYS_SHOWN));
    json!({
        "zone": word(zone),
        "ticks": span.ticks(),
        "lanes": lanes::lanes(&moments.list, span, &word, &product),
        "products": history::history(&moments, span.last, &word, &product),
        "days": days,
        "earlier": folded,
        "more": if more > 0 { word("timeline-more-days").replace("{n}", &more.to_string()).into() } else { Value::Null },
        "untimed": if moments.untimed > 0 { word("timeline-untimed").replace("{n}", &moments.untimed.to_string()).into() } else { Value::Null },
    })
}

/// The list of days, newest first. A day on which the service started and nothing else happened is left out,
/// unless all days are such days.
fn days(moments: &[Moment], word: &dyn Fn(&str) -> String, product: &dyn Fn(&str) -> String) -> Vec<Value> {
    let mut by_day: BTreeMap<i64, Vec<&Moment>> = BTreeMap::new();
    let told = moments.iter().any(|m| m.kind != Kind::Started);
    for moment in moments.iter().filter(|m| !told || m.kind != Kind::Started) {
        by_day.entry(moment.at.div_euclid(DAY_MINUTES)).or_default().push(moment);
    }
    by_day.into_iter().rev().map(|(day, own)| json!({ "day": day_text(day), "items": items(&own, word, product) })).collect()
}

/// What happened on one day.
fn items(own: &[&Moment], word: &dyn Fn(&str) -> String, product: &dyn Fn(&str) -> String) -> Vec<Value> {
    const KINDS: [(Kind, &str, &str, &str); 7] = [
        (Kind::Done, "done", "good", "good"),
        (Kind::Failed, "failed", "bad", "bad"),
        (Kind::Asked, "asked", "warn", "ask"),
        (Kind::Served, "served", "good", "good"),
        (Kind::Refused, "refused", "bad", "bad"),
        (Kind::Fault, "fault", "bad", "warn"),
        (Kind::Started, "started", "info", "info"),
    ];
    let mut items = Vec::new();
    for (kind, key, tone, icon) in KINDS {
        let of_kind: Vec<&&Moment> = own.iter().filter(|m| m.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let mut codes: Vec<&str> = of_kind.iter().map(|m| m.code.as_str()).filter(|c| !c.is_empty()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes.truncate(CODES_MAX);
        items.push(json!({ "text": word(&format!("timeline-{key}")), "count": of_kind.len(), "codes": codes, "tone": tone, "icon": icon }));
    }
    let mut last: BTreeMap<&str, &Moment> = BTreeMap::new();
    for moment in own.iter().filter(|m| m.kind == Kind::State) {
        last.insert(&moment.sku, moment);
    }
    for (sku, moment) in last.into_iter().take(CODES_MAX) {
        let name = word("timeline-state").replace("{product}", &product(sku));
        let status = word(&format!("license-{}", moment.status));
        let tone = state_tone(&moment.status);
        items.push(json!({ "text": word("timeline-state-is").replace("{name}", &name).replace("{state}", &status), "count": null, "codes": [], "tone": tone, "icon": tone }));
    }
    items
}
