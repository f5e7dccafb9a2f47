//! Records of a log as lines of JSON, which the tool reads like the log itself.

use serde_json::{Map, Value, json};

use crate::event::{EventRecord, RecordPlace};

/// `{"Event":{"System":{…},"EventData":{"Data":[…]}}}`, one line.
pub(super) fn line(record: &EventRecord) -> String {
    let mut provider = Map::new();
    provider.insert("Name".to_owned(), json!(record.provider));
    if !record.source.is_empty() {
        provider.insert("EventSourceName".to_owned(), json!(record.source));
    }
    let mut system = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() && value != json!("") {
            system.insert(name.to_owned(), value);
        }
    };
    put("Provider", json!({ "#attributes": provider }));
    match record.qualifiers {
        Some(qualifiers) => put("EventID", json!({ "#attributes": { "Qualifiers": qualifiers }, "#text": record.id })),
        None => put("EventID", json!(record.id)),
    }
    put("Level", json!(record.level));
    put("TimeCreated", record.time.as_ref().map_or(Value::Null, |time| json!({ "#attributes": { "SystemTime": time } })));
    let number = match record.place {
        RecordPlace::Record(number) => Some(number),
        RecordPlace::Lines { .. } => record.record_id,
    };
    put("EventRecordID", json!(number));
    put("Channel", json!(record.channel));
    put("Computer", json!(record.computer));
    let mut event = Map::new();
    event.insert("System".to_owned(), Value::Object(system));
    event.insert("EventData".to_owned(), json!({ "Data": record.data }));
    if !record.message.is_empty() {
        event.insert("RenderingInfo".to_owned(), json!({ "Message": record.message }));
    }
    format!("{}\n", json!({ "Event": event }))
}
