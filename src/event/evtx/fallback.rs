//! Reads a chunk with the `evtx` crate, where the walk met something that it does not know. Slower by
//! ten times and more, so only chunks that name a provider of ours come here.

use std::sync::Arc;

use evtx::{EvtxChunkData, EvtxRecord, ParserSettings};
use serde_json::Value;

use super::bytes::CHUNK_BYTES;
use super::odd::OddRead;
use super::shape::PROVIDERS;
use super::values::iso_of;
use super::walk::CHUNK_MAGIC;
use crate::event::record::{EventRecord, RecordPlace};

/// Longest form of one record; a real one is as long as a chunk, and each character of it a few bytes.
const RECORD_JSON_MAX: usize = 1024 * 1024;
/// Longest form of all records of a chunk.
const CHUNK_JSON_MAX: usize = 32 * 1024 * 1024;
/// Longest text of one record's event data; the format has no room for more in a chunk.
const DATA_CHARS_MAX: usize = CHUNK_BYTES;

/// Reads a chunk, or what a cut file has of it, with the crate alone; `None` when it refuses the chunk.
pub(super) fn read(chunk: &[u8], wanted: &[u32]) -> Option<OddRead> {
    let cut = chunk.len() as u64;
    let mut bytes = chunk.to_vec();
    bytes.resize(CHUNK_BYTES, 0);
    bytes.get_mut(..CHUNK_MAGIC.len())?.copy_from_slice(CHUNK_MAGIC);
    let mut data = EvtxChunkData::new(bytes, false).ok()?;
    let mut chunk = data.parse(Arc::new(ParserSettings::new().num_threads(1))).ok()?;
    let mut out = OddRead::default();
    let mut rendered = 0;
    for record in chunk.iter() {
        out.seen += 1;
        let Ok(record) = record else {
            out.damaged = true;
            continue;
        };
        // Behind the cut are zeros that the file never had.
        let end = record.binxml_offset.saturating_add(u64::from(record.binxml_size) + 4);
        if end > cut {
            out.damaged = true;
            continue;
        }
        // Templates that hold each other grow beyond measure.
        if rendered > CHUNK_JSON_MAX {
            out.damaged = true;
            break;
        }
        match record_of(record, &mut rendered) {
            None => out.damaged = true,
            Some(record) => {
                out.read += 1;
                let ours = PROVIDERS.contains(&record.provider.as_str()) && (wanted.is_empty() || wanted.binary_search(&record.id).is_ok());
                out.records.extend(ours.then_some(record));
            }
        }
    }
    Some(out)
}

/// A record as the crate renders it; adds its size to `rendered`.
fn record_of(record: EvtxRecord<'_>, rendered: &mut usize) -> Option<EventRecord> {
    let record_id = record.event_record_id;
    let written = i64::try_from(record.timestamp.as_nanosecond().div_euclid(1_000_000_000)).ok()?;
    let json = record.into_json_bytes().ok()?.data;
    *rendered += json.len();
    if json.len() > RECORD_JSON_MAX {
        return None;
    }
    let value: Value = serde_json::from_slice(&json).ok()?;
    let event = value.get("Event")?;
    let system = event.get("System")?;
    let attribute = |element: &str, name: &str| system.get(element)?.get("#attributes")?.get(name);
    let content = |element: &str| system.get(element).map(content_of);
    let id = content("EventID").and_then(number_of)?;
    let time = attribute("TimeCreated", "SystemTime").map(text_of).and_then(|text| seconds_of(&text)).or_else(|| iso_of_unix(written));
    let mut data = Vec::new();
    if let Some(elements) = event.get("EventData").and_then(Value::as_object) {
        for (_, value) in elements.iter().filter(|(name, _)| !matches!(name.as_str(), "#attributes" | "Binary")) {
            push_data(content_of(value), &mut data);
        }
    }
    let chars: usize = data.iter().map(String::len).sum();
    Some(EventRecord {
        provider: attribute("Provider", "Name").map(text_of).unwrap_or_default(),
        source: attribute("Provider", "EventSourceName").map(text_of).unwrap_or_default(),
        id,
        qualifiers: attribute("EventID", "Qualifiers").and_then(number_of),
        level: content("Level").and_then(number_of).and_then(|level| u8::try_from(level).ok()),
        channel: content("Channel").map(text_of).unwrap_or_default(),
        computer: content("Computer").map(text_of).unwrap_or_default(),
        time,
        record_id: Some(record_id),
        data: if chars <= DATA_CHARS_MAX { data } else { Vec::new() },
        message: String::new(),
        sentence: String::new(),
        place: RecordPlace::Record(record_id),
    })
}

/// `{"#attributes": …, "#text": 12288}` → `12288`; an element without attributes is its own content.
fn content_of(value: &Value) -> &Value {
    match value {
        Value::Object(parts) => parts.get("#text").unwrap_or(&Value::Null),
        other => other,
    }
}

fn number_of(value: &Value) -> Option<u32> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64().and_then(|number| u32::try_from(number).ok()),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn push_data(value: &Value, data: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| data.push(text_of(content_of(item)))),
        other => data.push(text_of(other)),
    }
}

/// `2023-05-24T01:21:11.2292163Z` → `2023-05-24T01:21:11Z`.
fn seconds_of(text: &str) -> Option<String> {
    let (seconds, _) = text.split_once('.')?;
    Some(format!("{seconds}Z"))
}

fn iso_of_unix(seconds: i64) -> Option<String> {
    let since_1601 = u64::try_from(seconds.checked_add(11_644_473_600)?).ok()?;
    iso_of(since_1601.checked_mul(10_000_000)?)
}
