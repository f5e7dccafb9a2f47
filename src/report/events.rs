//! Event log records in words: the newest of a case as a list, and the ones that decide as a quotation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::view::View;
use crate::analyze::Source;
use crate::calendar;
use crate::event::{self, EventReading, EventRecord, RecordPlace};
use crate::fact::{Fact, Place};
use crate::knowledge::Knowledge;
use crate::limits::QUOTE_CHARS_MAX;
use crate::redact::mask_keys;

/// Records shown at once, and those that can be unfolded; the JSON holds more.
const SHOWN: usize = 10;
const FOLDED: usize = 50;
/// Strings of a record that a quotation shows.
const QUOTED_LINES_MAX: usize = 8;
/// What comes many times a day stands in the timeline alone.
const TIMELINE_ONLY: &str = "service-start";

/// The newest records of every input, newest first: `shown`, and `earlier` to unfold.
pub(super) fn list(view: &View<'_>) -> Value {
    let sources = view.analysis.sources.iter().enumerate();
    let mut rows: Vec<(&EventRecord, usize)> = sources.flat_map(|(i, s)| s.events.iter().map(move |e| (e, i))).collect();
    rows.sort_by(|a, b| (&a.0.time, a.1).cmp(&(&b.0.time, b.1)));
    let mut explained = BTreeSet::new();
    let told = rows.iter().rev().filter_map(|(record, file)| {
        let readings = event::read(&view.knowledge.events, record, false);
        let reading = readings.first().filter(|r| r.meaning.role != TIMELINE_ONLY)?;
        Some(row(view, record, reading, *file, &mut explained))
    });
    let mut shown: Vec<Value> = told.take(SHOWN + FOLDED).collect();
    let earlier = shown.split_off(shown.len().min(SHOWN));
    json!({ "shown": shown, "earlier": earlier })
}

fn row(view: &View<'_>, record: &EventRecord, reading: &EventReading<'_>, file: usize, explained: &mut BTreeSet<String>) -> Value {
    let words = reading.meaning.words.get(view.locale);
    let failed = reading.code.is_some();
    // A code is explained where it stands first.
    let code = reading.code.as_ref().filter(|c| explained.insert((*c).clone()));
    let meaning = code.and_then(|c| view.knowledge.codes.get(c)).map(|c| c.meaning(view.locale));
    json!({
        "time": time(view.knowledge, record, view.locale),
        "id": record.id,
        "explain": view.explained.href("event", &record.id.to_string()),
        "title": words.title,
        "text": fill(view.knowledge, &words.text, reading, view.locale),
        "meaning": meaning,
        "sentence": mask_keys(&record.sentence),
        "tone": if failed { "bad" } else { reading.meaning.tone.as_str() },
        "where": place(view, record, file),
    })
}

/// `slmgr.xml:9` with a link to the line, `Application.evtx#48213` without.
fn place(view: &View<'_>, record: &EventRecord, file: usize) -> Value {
    match record.place {
        RecordPlace::Record(n) => {
            let name = view.analysis.sources.get(file).map_or("", |s| s.name.as_str());
            json!({ "text": format!("{name}#{n}"), "href": null })
        }
        RecordPlace::Lines { first, last } => view.place(&Place { file, line: first, last_line: last, ..Place::default() }),
    }
}

/// `2026-11-23 01:14 UTC`; a local time bears no zone, and one that could not be read stays as written.
fn time(knowledge: &Knowledge, record: &EventRecord, locale: &str) -> String {
    let written = record.time.as_deref().unwrap_or_default();
    let local = written.strip_prefix("local ");
    match (calendar::minutes(written), local) {
        (Some(at), None) => format!("{} UTC", calendar::minute_text(at)),
        (Some(at), Some(_)) => calendar::minute_text(at),
        (None, Some(text)) => text.chars().take(40).collect(),
        (None, None) if written.is_empty() => knowledge.word(locale, "event-no-time").to_owned(),
        (None, None) => written.chars().take(40).collect(),
    }
}

/// Fills `{field}`; a clause whose field is empty is left out.
fn fill(knowledge: &Knowledge, text: &str, reading: &EventReading<'_>, locale: &str) -> String {
    let clauses = text.split_inclusive(['，', ',', '。', '；']);
    let filled = clauses.filter_map(|clause| {
        let (mut out, mut rest) = (String::new(), clause);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}')?;
            let value = reading.fields.get(name).filter(|v| !v.is_empty())?;
            out.push_str(before);
            out.push_str(&value_text(knowledge, name, value, locale));
            rest = tail;
        }
        out.push_str(rest);
        Some(out)
    });
    filled.collect::<String>().trim_end_matches(['，', ',', ' ']).to_owned()
}

/// A field's value in words: states, yes and no, and minutes as days where there are days of them.
fn value_text(knowledge: &Knowledge, name: &str, value: &str, locale: &str) -> String {
    let word = |key: &str| knowledge.word(locale, key).to_owned();
    match name {
        "status" => match word(&format!("license-{value}")) {
            missing if missing.contains('?') => value.to_owned(),
            known => known,
        },
        "minutes" | "interval" | "renewal" => match value.parse::<i64>() {
            Ok(minutes) if minutes >= calendar::DAY_MINUTES => {
                word("span-days").replace("{n}", &(minutes / calendar::DAY_MINUTES).to_string())
            }
            _ => word("span-minutes").replace("{n}", value),
        },
        _ if matches!(value, "yes" | "no") => word(value),
        _ => value.to_owned(),
    }
}

/// The record that a fact was read from.
fn record_of<'s>(source: &'s Source, fact: &Fact) -> Option<&'s EventRecord> {
    fact.place.sequence?;
    source.events.iter().find(|r| match r.place {
        RecordPlace::Record(n) => Some(n) == fact.place.record,
        RecordPlace::Lines { first, .. } => first == fact.place.line,
    })
}

/// A deciding record on one line: `#48213` or `:9`, and the string that holds the deciding value.
pub(super) fn brief<'s>(source: &'s Source, fact: &Fact) -> Option<(String, &'s str)> {
    let record = record_of(source, fact)?;
    let mut lines = record.data.iter().flat_map(|d| d.lines()).map(str::trim).filter(|l| !l.is_empty());
    let decides = |line: &&str| telling(fact).any(|v| line.contains(v));
    let line = lines.clone().find(decides).or_else(|| lines.next())?;
    let place = match record.place {
        RecordPlace::Record(n) => format!("#{n}"),
        RecordPlace::Lines { first, .. } => format!(":{first}"),
    };
    Some((place, line))
}

/// A record that decides, as the log has it: what it is in our words, then its strings, the deciding value marked.
pub(super) fn quotation(view: &View<'_>, fact: &Fact) -> Option<Value> {
    let source = view.analysis.sources.get(fact.place.file)?;
    let record = record_of(source, fact)?;
    let title = event::read(&view.knowledge.events, record, false).first().map_or("", |r| r.meaning.words.get(view.locale).title.as_str());
    let strings = record.data.iter().flat_map(|d| d.lines()).filter(|l| !l.trim().is_empty());
    let product = fact.product.and_then(|p| view.analysis.assembly.products.get(p)).map_or("", |p| p.activation_id.as_str());
    let decides = |line: &str| telling(fact).any(|v| line.contains(v)) || !product.is_empty() && line.contains(product);
    // A check of licences lists many: the line that decides comes first.
    let mut lines: Vec<&str> = strings.collect();
    lines.sort_by_key(|l| !decides(l));
    let lines = lines.into_iter().take(QUOTED_LINES_MAX).map(|line| {
        let text: String = mask_keys(line.trim()).chars().take(QUOTE_CHARS_MAX).collect();
        json!({ "n": "", "mark": decides(&text), "parts": marked(&text, fact) })
    });
    let place = match record.place {
        RecordPlace::Record(n) => view.word("place-record").replace("{record}", &n.to_string()),
        RecordPlace::Lines { first, .. } => view.word("place-line").replace("{line}", &first.to_string()),
    };
    let event = view.word("place-event").replace("{id}", &record.id.to_string());
    Some(json!({
        "file": source.name,
        "encoding": time(view.knowledge, record, view.locale),
        "range_label": format!("{place} · {event}"),
        "anchor": null,
        "lines": lines.collect::<Vec<_>>(),
        "note": title,
    }))
}

/// Values of a fact that can be found in the log as they are, the code first. Words like `volume` are our own.
fn telling(fact: &Fact) -> impl Iterator<Item = &str> {
    let values = std::iter::once(fact.field("code")).chain(fact.fields.values().map(String::as_str));
    values.filter(|v| v.len() >= 4 && v.contains(|c: char| c.is_ascii_digit()))
}

/// The text cut at the code that decides, else at another value of the fact.
fn marked(text: &str, fact: &Fact) -> Value {
    let found = telling(fact).find_map(|v| text.find(v).map(|at| at..at + v.len()));
    let piece = |text: Option<&str>, mark: bool| json!({ "text": text.unwrap_or_default(), "mark": mark });
    match found {
        Some(at) => json!([piece(text.get(..at.start), false), piece(text.get(at.clone()), true), piece(text.get(at.end..), false)]),
        None => json!([piece(Some(text), false)]),
    }
}
