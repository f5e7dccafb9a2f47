//! Moments into lanes of the chart. Time is cut into a bounded number of columns, so that a log of any size
//! gives a page of the same size.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::moment::{Kind, Moment};
use crate::calendar;

/// Columns of the chart: at most one mark of a kind in each.
const COLUMNS: i64 = 96;
/// Lanes of licence states.
const STATE_LANES_MAX: usize = 4;
/// States that a lane names.
const STATES_NAMED: usize = 4;

/// Kinds that have a lane of marks: words, shape, tone.
const MARKED: [(Kind, &str, &str); 7] = [
    (Kind::Done, "done", "good"),
    (Kind::Failed, "failed", "bad"),
    (Kind::Asked, "asked", "warn"),
    (Kind::Served, "served", "good"),
    (Kind::Refused, "refused", "bad"),
    (Kind::Fault, "fault", "bad"),
    (Kind::Started, "started", "info"),
];

/// First and last minute of a chart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Span {
    fn column(self, at: i64) -> i64 {
        let length = self.last - self.first;
        if length == 0 { COLUMNS / 2 } else { (at - self.first).clamp(0, length) * COLUMNS / length }
    }

    /// Where a column stands, in percent: 2 % of room at both ends.
    fn percent(column: i64) -> String {
        let thousandths = 2_000 + column * 96_000 / COLUMNS;
        format!("{}.{}", thousandths / 1_000, thousandths % 1_000 / 100)
    }

    /// Words under the chart: where, and the day or the minute.
    pub(super) fn ticks(self) -> Vec<String> {
        let days = |at: i64| at.div_euclid(calendar::DAY_MINUTES);
        let text = |at: i64| if days(self.last) - days(self.first) >= 3 { calendar::day_text(days(at)) } else { calendar::minute_text(at) };
        if self.first == self.last {
            return vec![text(self.first)];
        }
        vec![text(self.first), text(self.first + (self.last - self.first) / 2), text(self.last)]
    }
}

/// The lanes that hold something. `word` gives the words of a lane and a state, `product` the name of a licence.
pub(super) fn lanes(moments: &[Moment], span: Span, word: &dyn Fn(&str) -> String, product: &dyn Fn(&str) -> String) -> Vec<Value> {
    let mut lanes: Vec<Value> = MARKED.iter().filter_map(|m| marks(moments, span, *m, word)).collect();
    let states = state_lanes(moments, span, word, product);
    let own = lanes.iter().take_while(|l| matches!(l.get("shape").and_then(Value::as_str), Some("done" | "failed" | "asked"))).count();
    lanes.splice(own..own, states);
    lanes
}

fn marks(moments: &[Moment], span: Span, (kind, shape, tone): (Kind, &str, &str), word: &dyn Fn(&str) -> String) -> Option<Value> {
    let own: Vec<&Moment> = moments.iter().filter(|m| m.kind == kind).collect();
    let columns: BTreeSet<i64> = own.iter().map(|m| span.column(m.at)).collect();
    let x: Vec<String> = columns.into_iter().map(Span::percent).collect();
    (!own.is_empty()).then(
        || json!({ "label": word(&format!("timeline-{shape}")), "count": own.len(), "shape": shape, "tone": tone, "marks": x, "bars": [] }),
    )
}

/// A lane for each licence whose state is known. Licences beyond the limit are in the list of days.
fn state_lanes(moments: &[Moment], span: Span, word: &dyn Fn(&str) -> String, product: &dyn Fn(&str) -> String) -> Vec<Value> {
    let mut by_sku: BTreeMap<&str, Vec<&Moment>> = BTreeMap::new();
    for moment in moments.iter().filter(|m| m.kind == Kind::State) {
        by_sku.entry(&moment.sku).or_default().push(moment);
    }
    let lane = |(sku, changes): (&str, Vec<&Moment>)| {
        let mut names: Vec<String> = Vec::new();
        for change in &changes {
            names.push(word(&format!("license-{}", change.status)));
        }
        let hidden = names.len().saturating_sub(STATES_NAMED);
        let shown = names.get(hidden..).unwrap_or_default().join(" → ");
        let path = if hidden > 0 { format!("… → {shown}") } else { shown };
        let tone = changes.last().map_or("info", |c| state_tone(&c.status));
        let label = word("timeline-state").replace("{product}", &product(sku));
        json!({ "label": label, "detail": path, "count": null, "shape": "state", "tone": tone, "marks": [], "bars": bars(&changes, span) })
    };
    by_sku.into_iter().take(STATE_LANES_MAX).map(lane).collect()
}

/// Stretches in which one state was told of; the last of several that begin in one column counts. What lies between
/// the last word about a state and the next one is left empty.
fn bars(changes: &[&Moment], span: Span) -> Vec<Value> {
    let columns: BTreeMap<i64, &Moment> = changes.iter().map(|c| (span.column(c.at), *c)).collect();
    let bar = |(from, change): (&i64, &&Moment)| {
        let to = span.column(change.until).max(from + 1);
        let (tone, line) = (state_tone(&change.status), state_line(&change.status));
        json!({ "from": Span::percent(*from), "to": Span::percent(to), "tone": tone, "line": line })
    };
    columns.iter().map(bar).collect()
}

/// Tone of a licence state.
pub(super) fn state_tone(status: &str) -> &'static str {
    match status {
        "licensed" => "good",
        "notification" | "unlicensed" => "bad",
        _ => "warn",
    }
}

/// How the stretch of a state is drawn, so that no colour is needed.
fn state_line(status: &str) -> &'static str {
    match status {
        "licensed" => "solid",
        "notification" | "unlicensed" => "dotted",
        _ => "dashed",
    }
}
