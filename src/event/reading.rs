//! Records into readings: what an event says, in named fields.

use std::collections::BTreeMap;

use super::book::{EventBook, EventMeaning, Field, Rows};
use super::fields::FieldType;
use super::record::EventRecord;

/// The log of a KMS host: nothing else writes to it.
const KMS_CHANNEL: &str = "Key Management Service";

/// What one record says; one of several rows gives several.
#[derive(Debug, Clone)]
pub struct EventReading<'b> {
    /// Its meaning.
    pub meaning: &'b EventMeaning,
    /// Fields by name.
    pub fields: BTreeMap<String, String>,
    /// The fact it states.
    pub fact: Option<(&'static str, BTreeMap<&'static str, String>)>,
    /// A failing code of this computer's own activation.
    pub code: Option<String>,
}

/// Reads a record; empty for records that mean nothing here and for lists of another shape, because
/// anyone may write into these logs.
#[must_use]
pub fn read<'b>(book: &'b EventBook, record: &EventRecord, old: bool) -> Vec<EventReading<'b>> {
    let Some(meaning) = book.meaning(record, old) else { return Vec::new() };
    let mut fields = BTreeMap::new();
    if let Some(list) = &meaning.list {
        let apart = list
            .apart
            .and_then(|from| record.data.get(from..))
            .filter(|d| d.len() >= list.fields.len() && record.data.len() > list.fields.len());
        let joined = record.data.get(list.index).map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>());
        let members = joined.filter(|m| m.len() == list.fields.len()).or_else(|| apart.map(<[String]>::to_vec));
        let Some(read) = members.and_then(|m| typed(book, &list.fields, &m)) else { return Vec::new() };
        fields.extend(read);
    }
    for (field, text) in meaning.data.iter().zip(&record.data).filter(|(f, _)| !f.name.is_empty()) {
        if let Some(value) = field.kind.value(book, text) {
            if field.kind == FieldType::KeyValues {
                fields.extend(keyed(book, meaning, &value));
            }
            fields.insert(field.name.clone(), value);
        }
    }
    if is_anyones(record) && !is_own_shape(meaning, &fields) {
        return Vec::new();
    }
    match &meaning.rows {
        Some(rows) => rows_of(book, rows, record)
            .into_iter()
            .map(|row| reading(meaning, fields.iter().map(|(k, v)| (k.clone(), v.clone())).chain(row).collect()))
            .collect(),
        None => vec![reading(meaning, fields)],
    }
}

/// Whether a form that names providers nowhere gave the record: any program may have its id. A message that was found
/// without a header was found by what it says.
fn is_anyones(record: &EventRecord) -> bool {
    let nameless = record.provider.is_empty() && record.source.is_empty();
    nameless && record.has_header() && record.channel != KMS_CHANNEL
}

/// Whether only the licensing services write such values.
fn is_own_shape(meaning: &EventMeaning, fields: &BTreeMap<String, String>) -> bool {
    let own = |f: &&Field| matches!(f.kind, FieldType::Guid | FieldType::KeyValues) && fields.contains_key(&f.name);
    meaning.list.is_some() || meaning.rows.is_some() || meaning.data.iter().any(|f| own(&f))
}

/// Members of a list; all must have their type.
fn typed(book: &EventBook, fields: &[Field], members: &[String]) -> Option<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for (field, text) in fields.iter().zip(members) {
        let value = field.kind.value(book, text)?;
        if !field.name.is_empty() {
            values.insert(field.name.clone(), value);
        }
    }
    Some(values)
}

/// `Key=Value;Key=Value`.
fn keyed(book: &EventBook, meaning: &EventMeaning, text: &str) -> BTreeMap<String, String> {
    let pairs = text.split([';', '\n']).filter_map(|p| p.split_once('='));
    // The first pair may stand behind a registry value's name: `…-StateData (REG_SZ) =AppId=…`.
    let known = pairs.filter_map(|(key, value)| match meaning.keys.get(key.trim()) {
        Some(field) => Some((field, value)),
        None => value.split_once('=').and_then(|(inner, rest)| Some((meaning.keys.get(inner.trim())?, rest))),
    });
    known.filter_map(|(field, value)| Some((field.name.clone(), field.kind.value(book, value)?))).collect()
}

fn rows_of(book: &EventBook, rows: &Rows, record: &EventRecord) -> Vec<BTreeMap<String, String>> {
    let text = record.data.get(rows.index).map_or("", String::as_str);
    let parse = |line: &str| if rows.license { license_row(line) } else { line.split(',').map(|p| p.trim().to_owned()).collect() };
    let read = text.lines().filter_map(|line| {
        let members = parse(line);
        let mut values = BTreeMap::new();
        for (field, text) in rows.fields.iter().zip(&members).filter(|(f, t)| !f.name.is_empty() && !t.is_empty()) {
            // A masked SKU leaves the rest of the row.
            if let Some(value) = field.kind.value(book, text) {
                values.insert(field.name.clone(), value);
            }
        }
        let skipped = rows.skip_if.iter().any(|(name, bad)| values.get(name).is_some_and(|v| bad.contains(v)));
        (!values.is_empty() && !skipped).then_some(values)
    });
    read.take(200).collect()
}

/// `2: 6f327760-…, 1, 1 [(0 [0x00000000, 1, 0], [(?)(?)( 1 0x00000000 30 0 msft:rm/algorithm/volume/1.0 0x00000000 259192)…`:
/// SKU, code, status (the second number of the bracket), minutes left behind the volume algorithm.
fn license_row(line: &str) -> Vec<String> {
    let sku = line.split_once(':').and_then(|r| r.1.split(',').next()).map_or("", str::trim).to_owned();
    let bracket = line.split_once("[(0 [").and_then(|r| r.1.split(']').next()).unwrap_or("");
    let mut parts = bracket.split(',').map(str::trim);
    let code = parts.next().unwrap_or("").to_owned();
    let licensed = parts.next() == Some("1");
    let notified = line.contains("(3 [0x00000000,");
    let status = if licensed {
        "licensed"
    } else if notified {
        "notification"
    } else {
        ""
    }
    .to_owned();
    let minutes = line.split_once("volume/1.0 ").and_then(|r| r.1.split([')', ' ']).nth(1)).unwrap_or("").to_owned();
    vec![sku, code, status, minutes]
}

fn reading(meaning: &EventMeaning, fields: BTreeMap<String, String>) -> EventReading<'_> {
    let value = |source: &String| match source.strip_prefix('=') {
        Some(constant) => Some(constant.to_owned()),
        None => fields.get(source).cloned(),
    };
    let fact = meaning.states.as_ref().map(|s| (s.kind, s.fields.iter().filter_map(|(n, f)| Some((*n, value(f)?))).collect()));
    let failing = |code: &&String| !crate::code::is_informational(code);
    let code = fields.get(&meaning.code_stated).filter(failing).cloned();
    EventReading { meaning, fields, fact, code }
}
