//! Damaged, cut and hostile logs: what is whole is read, nothing loops, nothing panics.

use super::super::{EvtxNote, read_evtx};
use super::entry::{Entry, FILETIME, Random, SPP};
use super::write::{CHUNK_BYTES, log};
use super::{expected_all, many};

const FIRST: usize = 4096;

/// One way to damage a log, where the damage needs a place.
type DamageAt = fn(&mut [u8], usize);
/// One way to damage a log.
type Damage = fn(&mut Vec<u8>);

fn put(log: &mut [u8], at: usize, number: u32) {
    log[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

fn get(log: &[u8], at: usize) -> usize {
    u32::from_le_bytes(log[at..at + 4].try_into().unwrap()) as usize
}

/// Where the records of the first chunk start.
fn record_places(log: &[u8]) -> Vec<usize> {
    let end = FIRST + get(log, FIRST + 48);
    let mut places = vec![];
    let mut at = FIRST + 512;
    while at < end {
        places.push(at);
        at += get(log, at + 4);
    }
    places
}

#[test]
fn a_cut_log_is_read_up_to_the_cut() {
    let entries = many(60);
    let bytes = log(&entries);
    let places = record_places(&bytes);
    assert_eq!(places.len(), 60);
    let all = expected_all(&entries);
    let end = places[59] + get(&bytes, places[59] + 4);
    for cut in (FIRST..end).step_by(97).chain([end - 1, end]) {
        let read = read_evtx(&bytes[..cut], &[]);
        let whole = places.iter().filter(|at| **at + get(&bytes, **at + 4) <= cut).count() as u64;
        let ours = all.iter().filter(|record| record.record_id <= Some(whole)).count();
        assert_eq!(read.records, all[..ours], "cut at {cut}");
        assert_eq!(read.read, whole, "cut at {cut}");
        if cut > FIRST {
            assert_eq!(read.note, Some(EvtxNote::Damaged { read: read.read, seen: read.seen }));
        }
    }
    assert_eq!(read_evtx(&bytes[..100], &[]).note, Some(EvtxNote::Damaged { read: 0, seen: 0 }));
}

#[test]
fn wrong_bookkeeping_loses_nothing() {
    let entries = many(400);
    let good = log(&entries);
    let all = expected_all(&entries);
    let damage: [(&str, Damage, u64); 9] = [
        ("dirty flag", |log| log[120] = 1, 0),
        ("zero tail", |log| log.resize(log.len() + 300_000, 0), 0),
        ("file magic", |log| log[0] = b'X', 1),
        ("chunk magic", |log| log[FIRST] = b'X', 1),
        ("free space behind the chunk", |log| put(log, FIRST + 48, u32::MAX), 1),
        ("free space before the records", |log| put(log, FIRST + 48, 3), 1),
        ("last record number", |log| put(log, FIRST + 32, 5), 0),
        ("string table loop", |log| (FIRST + 128..FIRST + 384).step_by(4).for_each(|at| put(log, at, 128)), 0),
        ("template table loop", |log| (FIRST + 384..FIRST + 512).step_by(4).for_each(|at| put(log, at, 384)), 0),
    ];
    for (name, damage, damaged) in damage {
        let mut bytes = good.clone();
        damage(&mut bytes);
        let read = read_evtx(&bytes, &[]);
        assert_eq!(read.records, all, "{name}");
        assert_eq!(read.damaged_chunks, damaged, "{name}");
        assert_eq!(read.note.is_some(), damaged > 0, "{name}");
    }
}

#[test]
fn a_broken_record_costs_only_itself() {
    let entries = many(60);
    let good = log(&entries);
    let places = record_places(&good);
    let at = places[25];
    let all = expected_all(&entries);
    let damage: [(&str, DamageAt); 6] = [
        ("size 0", |log, at| put(log, at + 4, 0)),
        ("size 40", |log, at| put(log, at + 4, 40)),
        ("size of everything", |log, at| put(log, at + 4, u32::MAX)),
        ("copy of the size", |log, at| {
            let size = get(log, at + 4);
            put(log, at + size - 4, 7);
        }),
        ("magic", |log, at| put(log, at, 0)),
        ("time", |log, at| put(log, at + 20, u32::MAX)),
    ];
    for (name, damage) in damage {
        let mut bytes = good.clone();
        damage(&mut bytes, at);
        let read = read_evtx(&bytes, &[]);
        let kept = read.records.iter().filter(|record| record.record_id != Some(26));
        let others = all.iter().filter(|record| record.record_id != Some(26));
        assert!(kept.eq(others), "{name}");
        assert_eq!((read.damaged_chunks, read.seen), (1, 60), "{name}");
        assert!(matches!(read.note, Some(EvtxNote::Damaged { .. })), "{name}");
    }
}

#[test]
fn two_lost_magics_cost_one_record() {
    let entries = many(60);
    let mut bytes = log(&entries);
    bytes[FIRST] = 0;
    bytes[FIRST + 512] = 0;
    let read = read_evtx(&bytes, &[]);
    assert_eq!(read.records, expected_all(&entries[1..]));
    assert_eq!(read.note, Some(EvtxNote::Damaged { read: 59, seen: 60 }));
}

#[test]
fn a_lost_definition_costs_only_its_records() {
    let entries: Vec<Entry> = (1..=20).map(|number| Entry::new(SPP, 12289, number, &["0x00000000"])).collect();
    let good = log(&entries);
    let definition = FIRST + get(&good, FIRST + 512 + 34);
    for (name, at, number) in [
        ("absurd size", definition + 20, u32::MAX),
        ("no size", definition + 20, 0),
        ("offset behind the chunk", FIRST + 512 + 34, u32::MAX),
        ("offset into the head", FIRST + 512 + 34, 0),
        ("offset of itself", FIRST + 512 + 34, 512),
        ("absurd number of values", record_places(&good)[1] + 38, u32::MAX),
    ] {
        let mut bytes = good.clone();
        put(&mut bytes, at, number);
        let read = read_evtx(&bytes, &[]);
        assert!(read.records.len() < 20, "{name}");
        assert_eq!(read.seen, 20, "{name}");
        assert!(matches!(read.note, Some(EvtxNote::Damaged { .. })), "{name}");
    }
}

#[test]
fn garbage_between_chunks_is_counted_not_read() {
    let mut bytes = log(&many(400));
    let mut random = Random(3);
    bytes[FIRST..FIRST + CHUNK_BYTES].fill_with(|| random.byte());
    let read = read_evtx(&bytes, &[]);
    assert_eq!(read.damaged_chunks, 1);
    assert!(!read.records.is_empty());
    assert_eq!(read.read, read.seen);
}

#[test]
fn a_definition_per_record_does_not_cost_a_chunk_per_record() {
    // Every record claims a definition of its own, each as long as the chunk allows.
    let entries: Vec<Entry> = (1..=200).map(|number| Entry::new(SPP, 8198, number, &["hr=0x80072EE7"])).collect();
    let mut bytes = log(&entries);
    let free = get(&bytes, FIRST + 48);
    for (place, at) in record_places(&bytes).into_iter().enumerate() {
        let own = free + 8 * place;
        put(&mut bytes, at + 34, u32::try_from(own).unwrap());
        put(&mut bytes, FIRST + own + 20, u32::try_from(CHUNK_BYTES - own - 24).unwrap());
    }
    let read = read_evtx(&bytes, &[]);
    assert_eq!((read.damaged_chunks, read.note.is_some()), (1, true));
    assert!(read.seen <= 200, "{}", read.seen);
}

#[test]
fn random_damage_never_panics() {
    let good = log(&many(120));
    let mut random = Random(FILETIME);
    for _ in 0..300 {
        let mut bytes = good.clone();
        match random.below(4) {
            0 => bytes.truncate(random.below(good.len())),
            1 => {
                let at = random.below(good.len() - 2000);
                bytes[at..at + 2000].fill(0);
            }
            2 => {
                let (from, to) = (random.below(good.len() - 500), random.below(good.len() - 500));
                bytes.copy_within(from..from + 500, to);
            }
            _ => (0..200).for_each(|_| {
                let at = random.below(good.len());
                bytes[at] = random.byte();
            }),
        }
        let read = read_evtx(&bytes, &[]);
        assert!(read.read <= read.seen && read.seen < 2000);
    }
}
