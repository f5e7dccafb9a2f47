//! Reads logs that `write` made: what is read, what is left out, and in pieces of any size.

#[cfg(feature = "evtx")]
mod against_crate;
mod damage;
mod entry;
mod write;

use std::collections::BTreeMap;

use super::values::iso_of;
use super::{DATA_BYTES_MAX, EvtxNote, EvtxRead, EvtxReader, NEWEST_KEPT, OLDEST_KEPT, is_evtx, read_evtx};
use crate::event::record::{EventRecord, RecordPlace};
use entry::{Entry, FILETIME, FOREIGN, FOREIGN_BY_VALUE, KMS_HOST, OFFICE, Random, SLC, SPP, SPP_BY_VALUE, Source, UX};
use write::{head, log};

const REQUEST: &str = "0x00000000, 0x00000000, kms.example.edu:1688, 11111111-2222-4333-8444-555555555555, 2026/11/23 01:14, 1, 5, 0, 2de67392-b7a7-462a-b1ca-108dd189f588, 25";
const ANSWER: &str = "0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:14";
const HOST_SIDE: &str =
    "0x0,25,client.example.edu,11111111-2222-4333-8444-555555555555,2026/11/23 1:14,0,1,43200,2de67392-b7a7-462a-b1ca-108dd189f588";

/// One record of every kind that matters, and others between them.
fn sample() -> Vec<Entry> {
    let binary = [0, 0, 6, 0, 0xde, 0xad];
    let list: [(Source, u16, &[&str]); 12] = [
        (FOREIGN, 7, &["nothing of ours"]),
        (SPP, 12288, &[REQUEST]),
        (SPP, 12289, &[ANSWER]),
        (FOREIGN_BY_VALUE, 12288, &[REQUEST]),
        (KMS_HOST, 12290, &[HOST_SIDE]),
        (SPP, 8198, &["hr=0x80072EE7", "RuleId=…;Action=AutoActivate;Trigger=NetworkAvailable"]),
        (UX, 100, &["3"]),
        (OFFICE, 1040, &["0ff1ce15-a989-479d-af46-f275c6370663", "", "台灣 😀\u{1}"]),
        (SPP, 903, &[]),
        (SLC, 12288, &[ANSWER, ""]),
        (SPP_BY_VALUE, 1003, &["a\nb\tc", "d"]),
        (FOREIGN, 12288, &[REQUEST]),
    ];
    (1..).zip(list).map(|(number, (source, id, texts))| Entry::new(source, id, number, texts).with_binary(&binary)).collect()
}

/// Many records: the sample again and again, with numbers that go on.
fn many(count: u64) -> Vec<Entry> {
    let sample = sample();
    (1..=count)
        .zip(sample.iter().cycle())
        .map(|(number, entry)| Entry { record_id: number, filetime: FILETIME + number, ..entry.clone() })
        .collect()
}

fn is_ours(entry: &Entry) -> bool {
    ![FOREIGN, FOREIGN_BY_VALUE, UX].contains(&entry.source)
}

fn expected(entry: &Entry) -> EventRecord {
    EventRecord {
        provider: entry.source.provider.to_owned(),
        source: entry.source.source.unwrap_or_default().to_owned(),
        id: u32::from(entry.id),
        qualifiers: Some(u32::from(entry.qualifiers)),
        level: Some(entry.level),
        channel: entry.source.channel.to_owned(),
        computer: "client.example.edu".to_owned(),
        time: iso_of(entry.filetime),
        record_id: Some(entry.record_id),
        data: entry.texts.clone(),
        message: String::new(),
        sentence: String::new(),
        place: RecordPlace::Record(entry.record_id),
    }
}

fn expected_all(entries: &[Entry]) -> Vec<EventRecord> {
    entries.iter().filter(|entry| is_ours(entry)).map(expected).collect()
}

#[test]
fn every_field_of_our_records_is_read() {
    let entries = sample();
    let read = read_evtx(&log(&entries), &[]);
    assert_eq!(read.records, expected_all(&entries));
    assert_eq!((read.seen, read.read, read.chunks, read.damaged_chunks, read.note), (12, 12, 1, 0, None));
    assert_eq!(read.records[0].time.as_deref(), Some("2026-11-23T01:14:04Z"));
}

#[test]
fn only_wanted_ids_are_kept() {
    let read = read_evtx(&log(&sample()), &[8198, 12290]);
    let ids: Vec<u32> = read.records.iter().map(|record| record.id).collect();
    assert_eq!(ids, [12290, 8198]);
    assert_eq!((read.seen, read.read, read.note), (12, 12, None));
}

#[test]
fn a_log_of_many_chunks_is_read_in_order() {
    let entries = many(600);
    let bytes = log(&entries);
    let read = read_evtx(&bytes, &[]);
    assert!(read.chunks > 3);
    assert_eq!((read.seen, read.read, read.note), (600, 600, None));
    assert_eq!(read.records, expected_all(&entries));
    // A full log goes on at its start: the first chunk holds the newest records.
    let (front, back) = bytes[4096..].split_at(2 * 65_536);
    let wrapped = [&bytes[..4096], back, front].concat();
    assert_eq!(read_evtx(&wrapped, &[]), read);
}

#[test]
fn pieces_of_any_size_give_the_same() {
    let bytes = [log(&many(300)), vec![0; 1234]].concat();
    let whole = read_evtx(&bytes, &[]);
    assert_eq!(whole.note, None);
    for size in [1, 7, 4095, 4096, 65_536, 100_000, 1 << 20] {
        let mut reader = EvtxReader::new(&[]);
        bytes.chunks(size).for_each(|piece| reader.push(piece));
        assert_eq!(reader.finish(), whole, "pieces of {size}");
    }
    let mut random = Random(7);
    let mut reader = EvtxReader::new(&[]);
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(random.below(90_000).min(rest.len()));
        reader.push(piece);
        rest = later;
    }
    assert_eq!(reader.finish(), whole);
}

#[test]
fn a_log_without_records_is_empty() {
    let unused = [head(1, 1), vec![0; 65_536]].concat();
    for (bytes, chunks) in [(head(0, 1), 0), (log(&[]), 1), (unused, 0)] {
        let empty = EvtxRead { bytes: bytes.len() as u64, chunks, note: Some(EvtxNote::Empty), ..EvtxRead::default() };
        assert_eq!(read_evtx(&bytes, &[]), empty);
    }
}

#[test]
fn other_files_are_no_logs() {
    let text = "Log Name: Application\r\nSource: Security-SPP\r\n".repeat(10_000);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [&b""[..], b"ElfFil", &[0x5a; 100], text.as_bytes(), &wide, &vec![0; 200_000]] {
        let read = read_evtx(bytes, &[]);
        assert_eq!(read, EvtxRead { bytes: bytes.len() as u64, note: Some(EvtxNote::NotEvtx), ..EvtxRead::default() });
        assert!(!is_evtx(bytes));
    }
    assert!(is_evtx(&log(&[])));
}

/// Hands records to the reader as those of one chunk.
fn keep(reader: &mut EvtxReader<'_>, records: impl IntoIterator<Item = EventRecord>) {
    records.into_iter().for_each(|record| reader.kept.batch().push_read(&record));
    reader.kept.settle();
}

#[test]
fn too_many_records_keep_both_ends_and_count_the_rest() {
    let record = |number| EventRecord { record_id: Some(number), id: 12288 + (number % 2) as u32, ..EventRecord::default() };
    let count = 400_000;
    // The newest half stands first, as in a full log.
    let order: Vec<u64> = (count / 2..count).chain(0..count / 2).collect();
    let mut reader = EvtxReader::new(&[]);
    order.chunks(100).for_each(|chunk| keep(&mut reader, chunk.iter().copied().map(record)));
    let read = reader.finish();
    let kept: Vec<u64> = read.records.iter().filter_map(|record| record.record_id).collect();
    let expected: Vec<u64> = (0..OLDEST_KEPT as u64).chain(count - NEWEST_KEPT as u64..count).collect();
    assert_eq!(kept, expected);
    assert_eq!(read.left_out, BTreeMap::from([(12288, 185_000), (12289, 185_000)]));
}

#[test]
fn long_records_are_kept_in_bounded_memory() {
    let record = |number| EventRecord { record_id: Some(number), data: vec!["x".repeat(60_000)], ..EventRecord::default() };
    let mut reader = EvtxReader::new(&[]);
    (0..3000).for_each(|number| keep(&mut reader, [record(number)]));
    let read = reader.finish();
    let bytes: usize = read.records.iter().flat_map(|record| &record.data).map(String::len).sum();
    assert!((DATA_BYTES_MAX / 4..=DATA_BYTES_MAX).contains(&bytes), "{bytes}");
    assert_eq!(read.records.len() as u64 + read.left_out[&0], 3000);
    assert_eq!(read.records.first().and_then(|record| record.record_id), Some(0));
    assert_eq!(read.records.last().and_then(|record| record.record_id), Some(2999));
}

#[test]
fn times_are_calendar_times() {
    for (filetime, text) in [
        (0, "1601-01-01T00:00:00Z"),
        (116_444_736_000_000_000, "1970-01-01T00:00:00Z"),
        (125_962_560_000_000_000, "2000-02-29T00:00:00Z"),
        (125_963_423_999_999_999, "2000-02-29T23:59:59Z"),
        (125_963_424_000_000_000, "2000-03-01T00:00:00Z"),
        (133_293_648_712_292_163, "2023-05-24T01:21:11Z"),
        (FILETIME, "2026-11-23T01:14:02Z"),
        (2_650_466_807_990_000_000, "9999-12-30T21:59:59Z"),
    ] {
        assert_eq!(iso_of(filetime).as_deref(), Some(text));
    }
    assert_eq!(iso_of(u64::MAX), None);
    // Every day of 1601..2400 follows the one before it.
    let (mut year, mut month, mut day) = (1601, 1, 1);
    for number in 0..292_000 {
        let text = iso_of(number * 864_000_000_000);
        assert_eq!(text, Some(format!("{year:04}-{month:02}-{day:02}T00:00:00Z")));
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + i32::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        day += 1;
        if day > days {
            (day, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
    }
}
