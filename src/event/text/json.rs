//! Reads events as JSON: `ConvertTo-Json` of any PowerShell, `evtx_dump` and Chainsaw lines, log
//! forwarders, container logs. Knows names of properties, not the objects around them.

use std::ops::Range;

use serde_json::{Deserializer, Map, Value};

use super::super::record::EventRecord;
use super::draft::{Draft, Prop, property};
use super::rows::{Rows, trim};
use super::{Scene, xml};

/// Objects nested deeper than this are not looked into.
const DEPTH_MAX: usize = 8;
/// Unreadable JSON is given up after this many times the length of the text.
const FAILED_TIMES_MAX: usize = 4;

/// Reads every JSON value that begins a row and holds events.
pub(super) fn read(scene: &mut Scene<'_>) {
    if !scene.rows.text().contains(['{', '[']) {
        return;
    }
    let mut patience = scene.rows.text().len().saturating_mul(FAILED_TIMES_MAX).saturating_add(1 << 16);
    let mut i = 0;
    while i < scene.rows.len() {
        let row = scene.rows.row(i);
        let trimmed = trim(row);
        if !trimmed.starts_with(['{', '[']) || scene.rows.is_taken(i) {
            i += 1;
            continue;
        }
        if patience == 0 {
            scene.note("JSON is damaged too often: the rest of it was not read".to_owned());
            return;
        }
        let start = scene.rows.start(i) + row.find(['{', '[']).unwrap_or_default();
        let end = if trimmed.starts_with('[') { array(scene, start, &mut patience) } else { single(scene, start, &mut patience) };
        i = end.map_or(i, |end| scene.rows.at_byte(end.saturating_sub(1))) + 1;
    }
}

/// One value at `start`; gives the byte behind it.
fn single(scene: &mut Scene<'_>, start: usize, patience: &mut usize) -> Option<usize> {
    let (value, length) = value_at(scene.rows.text().get(start..)?, patience)?;
    keep(scene, &value, start..start + length);
    Some(start + length)
}

/// The elements of an array one by one, so that a cut-off array gives those that are whole.
fn array(scene: &mut Scene<'_>, start: usize, patience: &mut usize) -> Option<usize> {
    let text = scene.rows.text();
    let (mut at, mut found) = (start + 1, false);
    let mut end = None;
    while let Some(rest) = text.get(at..) {
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        at = text.len() - rest.len();
        if rest.starts_with(']') {
            end = Some(at + 1);
            break;
        }
        let Some((value, length)) = value_at(rest, patience) else { break };
        found |= keep(scene, &value, at..at + length);
        at += length;
        end = Some(at);
    }
    if found {
        // The brackets stand on rows of their own.
        for bracket in [Some(start), end.map(|e| e.saturating_sub(1))].into_iter().flatten() {
            let row = scene.rows.at_byte(bracket);
            scene.rows.take(row..row + 1);
        }
    }
    end
}

/// A value at the start of `text` and its length. Failures use up the patience, which keeps hostile
/// text from being read again and again.
fn value_at(text: &str, patience: &mut usize) -> Option<(Value, usize)> {
    let mut stream = Deserializer::from_str(text).into_iter::<Value>();
    match stream.next()? {
        Ok(value) => Some((value, stream.byte_offset())),
        Err(error) => {
            let used = if error.is_eof() {
                text.len()
            } else {
                let before = memchr::memchr_iter(b'\n', text.as_bytes()).nth(error.line().saturating_sub(2)).unwrap_or_default();
                if error.line() > 1 { before + error.column() } else { error.column() }
            };
            *patience = patience.saturating_sub(used + 16);
            None
        }
    }
}

/// Keeps the events of a value that covers `bytes`.
fn keep(scene: &mut Scene<'_>, value: &Value, bytes: Range<usize>) -> bool {
    let mut records = Vec::new();
    collect(value, DEPTH_MAX, &mut records);
    if records.is_empty() {
        return false;
    }
    let mut first = scene.rows.at_byte(bytes.start);
    let last = scene.rows.at_byte(bytes.end.saturating_sub(1));
    if is_numbering(&scene.rows, first) {
        first -= 1;
    }
    for record in records {
        scene.keep(record, first..last + 1);
    }
    true
}

/// `evtx_dump` writes `Record 17` above each record.
fn is_numbering(rows: &Rows<'_>, first: usize) -> bool {
    let above = first.checked_sub(1).map(|i| rows.trimmed(i)).unwrap_or_default();
    above.strip_prefix("Record ").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn collect(value: &Value, depth: usize, records: &mut Vec<EventRecord>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(values) => values.iter().for_each(|v| collect(v, depth, records)),
        Value::Object(object) => {
            let event = object.get("Event").and_then(Value::as_object).unwrap_or(object);
            let found = match event.get("System") {
                Some(Value::Object(system)) => windows_event(event, system),
                _ => flat_event(object),
            };
            match found {
                Some(record) => records.push(record),
                None => object.values().for_each(|v| collect(v, depth, records)),
            }
        }
        Value::String(text) if trim(text).starts_with("<Event") => records.extend(xml::from_string(text)),
        _ => {}
    }
}

/// `{"System":{"Provider":{"#attributes":{"Name":…}},"EventID":8198,…},"EventData":{"Data":[…]}}`. Chainsaw
/// writes `Provider_attributes` beside `Provider`.
fn windows_event(event: &Map<String, Value>, system: &Map<String, Value>) -> Option<EventRecord> {
    let mut draft = Draft::default();
    let attribute = |name: &str, key: &str| {
        let beside = system.get(&format!("{name}_attributes")).and_then(|a| a.get(key));
        let element = system.get(name);
        let inside = element.and_then(|e| e.get("#attributes")).and_then(|a| a.get(key));
        let value = beside.or(inside).or_else(|| element?.get(key)).or_else(|| element?.get(format!("@{key}")));
        value.and_then(plain).unwrap_or_default()
    };
    draft.set(Prop::Source, &attribute("Provider", "Name"));
    draft.record.source = attribute("Provider", "EventSourceName");
    draft.set(Prop::Qualifiers, &attribute("EventID", "Qualifiers"));
    draft.set(Prop::Time, &attribute("TimeCreated", "SystemTime"));
    for (name, prop) in [
        ("EventID", Prop::Id),
        ("Level", Prop::Level),
        ("EventRecordID", Prop::RecordId),
        ("Channel", Prop::Channel),
        ("Computer", Prop::Computer),
    ] {
        draft.set(prop, &system.get(name).and_then(plain).unwrap_or_default());
    }
    draft.record.data = event.get("EventData").map(event_data).unwrap_or_default();
    let message = event.get("RenderingInfo").and_then(|r| r.get("Message")).and_then(plain);
    draft.set(Prop::Message, &message.unwrap_or_default());
    draft.finish()
}

/// `{"Data":"x"}`, `{"Data":["x","y"]}`, `{"Data":{"#text":["x","y"]}}`, `{"param1":"x","param2":"y"}`.
fn event_data(data: &Value) -> Vec<String> {
    match data {
        Value::Object(object) => match object.get("Data") {
            Some(data) => strings(data),
            None => {
                let mut named: Vec<(&String, String)> = object
                    .iter()
                    .filter(|(k, _)| !matches!(k.as_str(), "Binary" | "#attributes"))
                    .filter_map(|(k, v)| Some((k, plain(v)?)))
                    .collect();
                // `param10` stands behind `param9`.
                named.sort_by_key(|(k, _)| (k.len(), (*k).clone()));
                named.into_iter().map(|(_, v)| v).collect()
            }
        },
        other => strings(other),
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(plain).collect(),
        Value::Object(object) => object.get("#text").map(strings).unwrap_or_default(),
        other => plain(other).into_iter().collect(),
    }
}

/// The text of a value, also inside of the object that a writer put around it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => {
            let keys = ["#text", "Value", "value", "Name", "SystemTime", "DateTime"];
            keys.iter().find_map(|k| object.get(*k)).filter(|v| v.is_string() || v.is_number()).and_then(plain)
        }
        _ => None,
    }
}

/// An object with one property for each value: PowerShell, WMI, log forwarders.
fn flat_event(object: &Map<String, Value>) -> Option<EventRecord> {
    let mut draft = Draft::default();
    let mut named = false;
    for (name, value) in object {
        let Some(prop) = property(name) else {
            if name == "EventData" || name == "event_data" {
                draft.record.data = event_data(value);
            }
            continue;
        };
        match (prop, value) {
            (Prop::Strings, Value::Array(_)) => draft.record.data = strings(value),
            (Prop::Other, Value::Array(values)) if name == "Properties" && values.iter().any(Value::is_object) => {
                draft.record.data = strings(value);
            }
            _ => draft.set(prop, &plain(value).unwrap_or_default()),
        }
        // `Id` alone is a word of every other tool.
        named |= matches!(prop, Prop::Id | Prop::InstanceId) && name.len() > 2;
    }
    let record = &draft.record;
    let described = draft.has_source() || !record.channel.is_empty() || !record.message.is_empty();
    let known = named || (draft.has_source() && (record.time.is_some() || !record.message.is_empty()));
    (described && known && draft.id().is_some()).then(|| draft.finish()).flatten()
}
