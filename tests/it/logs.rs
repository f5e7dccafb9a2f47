//! Event logs against "dump everything with the `evtx` crate, then filter": the same records, field by
//! field, on whole logs and on a thousand damaged ones. `EVTX_SAMPLES=<folder>` adds real logs and their
//! damaged copies.

#![expect(clippy::indexing_slicing, reason = "a missing member of JSON is null; the rest is in range")]

use std::fs;
use std::path::PathBuf;

use evtx::{EvtxParser, ParserSettings};
use kms_triage::event::EventRecord;
use kms_triage::event::evtx::{EvtxNote, read_evtx};
use serde_json::Value;

#[path = "../../src/event/evtx/tests/entry.rs"]
mod entry;
#[path = "../../src/event/evtx/tests/write.rs"]
mod write;

use entry::{Entry, FOREIGN, FOREIGN_BY_VALUE, KMS_HOST, OFFICE, Random, SLC, SPP, SPP_BY_VALUE, UX};

const PROVIDERS: [&str; 3] =
    ["Microsoft-Windows-Security-SPP", "Office Software Protection Platform Service", "Microsoft-Windows-Security-Licensing-SLC"];

/// A record in the few words that both sides have.
type Row = (Option<u64>, String, String, u64, Option<u64>, Option<u64>, String, String, String, Vec<String>);

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(parts)) => text(parts.get("#text")),
        Some(other) => other.to_string(),
    }
}

fn number(value: Option<&Value>) -> Option<u64> {
    text(value).parse().ok()
}

/// What the crate dumps of a log, of our providers only, and whether it complained.
fn dumped(bytes: &[u8]) -> (Vec<Row>, bool) {
    let Ok(parser) = EvtxParser::from_buffer(bytes.to_vec()) else { return (Vec::new(), true) };
    let mut parser = parser.with_configuration(ParserSettings::new().num_threads(1));
    let mut damaged = false;
    let mut rows = Vec::new();
    for record in parser.records_json_value() {
        let Ok(record) = record else {
            damaged = true;
            continue;
        };
        let event = &record.data["Event"];
        let system = &event["System"];
        let provider = text(system["Provider"]["#attributes"].get("Name"));
        // A record whose event id is lost says nothing.
        let (true, Some(id)) = (PROVIDERS.contains(&provider.as_str()), number(system.get("EventID"))) else { continue };
        let data =
            event["EventData"].as_object().into_iter().flatten().filter(|(name, _)| !matches!(name.as_str(), "#attributes" | "Binary"));
        let texts = data.flat_map(|(_, value)| match value {
            Value::Array(list) => list.iter().map(|one| text(Some(one))).collect(),
            // `Data` with attributes holds its list inside.
            Value::Object(parts) if parts.get("#text").is_some_and(Value::is_array) => {
                parts["#text"].as_array().into_iter().flatten().map(|one| text(Some(one))).collect()
            }
            one => vec![text(Some(one))],
        });
        let said = text(system["TimeCreated"]["#attributes"].get("SystemTime"));
        // A record whose time is lost or is none still has the one of its head.
        let time = if said.contains('.') { said } else { record.timestamp.to_string() };
        rows.push((
            Some(record.event_record_id),
            provider,
            text(system["Provider"]["#attributes"].get("EventSourceName")),
            id,
            number(system["EventID"].get("#attributes").and_then(|a| a.get("Qualifiers"))),
            number(system.get("Level")),
            text(system.get("Channel")),
            text(system.get("Computer")),
            time.split(['.', 'Z']).next().unwrap_or_default().to_owned(),
            texts.collect(),
        ));
    }
    rows.sort();
    (rows, damaged)
}

fn row(record: &EventRecord) -> Row {
    (
        record.record_id,
        record.provider.clone(),
        record.source.clone(),
        u64::from(record.id),
        record.qualifiers.map(u64::from),
        record.level.map(u64::from),
        record.channel.clone(),
        record.computer.clone(),
        record.time.clone().unwrap_or_default().trim_end_matches('Z').to_owned(),
        record.data.clone(),
    )
}

/// In how many fields two records differ.
fn differences(a: &Row, b: &Row) -> usize {
    let same = [a.0 == b.0, a.1 == b.1, a.2 == b.2, a.3 == b.3, a.4 == b.4, a.5 == b.5, a.6 == b.6, a.7 == b.7, a.8 == b.8, a.9 == b.9];
    same.into_iter().filter(|same| !same).count()
}

fn ours(bytes: &[u8]) -> (Vec<Row>, bool) {
    let read = read_evtx(bytes, &[]);
    let mut rows: Vec<Row> = read.records.iter().map(row).collect();
    rows.sort();
    (rows, read.note.is_some_and(|note| note != EvtxNote::Empty))
}

/// A log of a few chunks with every kind of record.
fn written(count: u64) -> Vec<u8> {
    let sources = [SPP, FOREIGN, KMS_HOST, FOREIGN_BY_VALUE, OFFICE, UX, SLC, SPP_BY_VALUE];
    let texts = ["0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:14", "", "台灣 😀", "a\nb"];
    let ids = [12288, 12289, 12290];
    let entry =
        |(number, kind): (u64, usize)| Entry::new(sources[kind % 8], ids[kind % 3], number, &texts[..kind % 5]).with_binary(&[7; 12]);
    write::log(&(1..=count).zip(1..).map(entry).collect::<Vec<_>>())
}

fn samples() -> Vec<(String, Vec<u8>)> {
    let mut samples = vec![("one chunk".to_owned(), written(60)), ("many chunks".to_owned(), written(900))];
    let folder = std::env::var_os("EVTX_SAMPLES").map(PathBuf::from);
    let files = folder.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|ending| ending == "evtx")) {
        samples.push((path.display().to_string(), fs::read(path).unwrap()));
    }
    samples
}

#[test]
fn whole_logs_are_read_as_the_crate_dumps_them() {
    for (name, bytes) in samples() {
        let (dumped, complaint) = dumped(&bytes);
        let (ours, damaged) = ours(&bytes);
        assert_eq!((complaint, damaged), (false, false), "{name}");
        assert_eq!(ours.len(), dumped.len(), "{name}");
        for (ours, dumped) in ours.iter().zip(&dumped) {
            assert_eq!(ours, dumped, "{name}");
        }
    }
}

/// 1,000 damaged logs: whatever the crate still dumps, we read; and nothing that it would not.
#[test]
fn damaged_logs_are_read_as_the_crate_dumps_them() {
    // One chunk is enough: damage does not reach from one into the next.
    let cut = |mut bytes: Vec<u8>| {
        bytes.truncate(4096 + 65_536);
        bytes
    };
    let samples: Vec<(String, Vec<u8>, Vec<Row>)> = samples()
        .into_iter()
        .map(|(name, bytes)| (name, cut(bytes)))
        .map(|(name, bytes)| {
            let whole = ours(&bytes).0;
            (name, bytes, whole)
        })
        .collect();
    let mut random = Random(0x00c0_ffee);
    let mut compared = 0;
    for round in 0..1000 {
        let (name, good, whole) = &samples[round % samples.len()];
        let mut bytes = good.clone();
        for _ in 0..=random.below(12) {
            let at = 4096 + random.below(bytes.len() - 4096);
            bytes[at] = if random.below(2) == 0 { random.byte() } else { bytes[at] ^ (1 << random.below(8)) };
        }
        let (dumped, complaint) = dumped(&bytes);
        let (ours, _) = ours(&bytes);
        for row in &dumped {
            let same: Vec<&Row> = ours.iter().filter(|ours| ours.0 == row.0).collect();
            assert!(ours.contains(row), "{name}, round {round}: {row:?} and {same:?}");
        }
        // What the crate lost without a word stands in the whole log, but for the damage.
        for row in ours.iter().filter(|row| !complaint && !dumped.contains(row)) {
            assert!(whole.iter().any(|whole| differences(whole, row) <= 2), "{name}, round {round}: {row:?}");
        }
        compared += dumped.len();
    }
    assert!(compared > 10_000, "{compared}");
}
