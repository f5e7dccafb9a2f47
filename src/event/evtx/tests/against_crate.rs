//! Compares the walk with the `evtx` crate: on whole logs, and record by record on a thousand damaged ones.

use super::super::batch::Batch;
use super::super::bytes::{CHUNK_BYTES, Chunk};
use super::super::walk::ChunkRead;
use super::super::{InProcess, fallback, read_chunk, walk};
use super::entry::{Entry, FOREIGN_USER_DATA, Random, SPP, SPP_USER_DATA};
use super::write::{chunks, log};
use super::{many, read_evtx, sample};
use crate::event::record::EventRecord;

fn chunk(bytes: &[u8]) -> &Chunk {
    bytes.first_chunk().unwrap()
}

/// What the walk alone reads.
fn walk_alone(chunk: &Chunk) -> (ChunkRead, Vec<EventRecord>) {
    let mut batch = Batch::default();
    let read = walk::walk(chunk, CHUNK_BYTES, &[], &mut batch);
    (read, batch.records().collect())
}

#[test]
fn both_read_whole_logs_alike() {
    for entries in [sample(), many(500)] {
        for bytes in chunks(&entries) {
            let (ours, records) = walk_alone(chunk(&bytes));
            let crates = fallback::read(&bytes, &[]).unwrap();
            assert_eq!((ours.odd, ours.damaged, crates.damaged), (0, false, false));
            assert_eq!((ours.seen, ours.read), (crates.seen, crates.read));
            assert_eq!(records, crates.records);
        }
        assert!(read_evtx(&log(&entries), &[]).note.is_none());
    }
}

/// A form that ours never have is odd only where the record is ours: other programs' must not cost the walk.
#[test]
fn user_data_of_others_is_not_odd() {
    for (source, odd) in [(FOREIGN_USER_DATA, 0), (SPP_USER_DATA, 1)] {
        let entries: Vec<Entry> = [SPP, source, SPP].into_iter().zip(1..).map(|(s, number)| Entry::new(s, 12288, number, &["x"])).collect();
        let bytes = chunks(&entries).swap_remove(0);
        let (ours, records) = walk_alone(chunk(&bytes));
        assert_eq!((ours.odd, ours.read, records.len()), (odd, 3 - odd, 2), "{source:?}");
        let mut batch = Batch::default();
        read_chunk(chunk(&bytes), CHUNK_BYTES, &[], &mut InProcess, &mut batch);
        let mut all: Vec<EventRecord> = batch.records().collect();
        all.sort_by_key(|record| record.record_id);
        assert_eq!(all, fallback::read(&bytes, &[]).unwrap().records);
    }
}

/// 1,000 chunks with one to eight wrong bytes: whatever the crate reads, `read_chunk` reads alike.
#[test]
fn both_read_damaged_chunks_alike() {
    let good = chunks(&many(24)).swap_remove(0);
    let used = u32::from_le_bytes(good[48..52].try_into().unwrap()) as usize;
    let mut random = Random(0x5eed);
    let (mut compared, mut walked) = (0, 0);
    for round in 0..1000 {
        let mut bytes = good.clone();
        for _ in 0..=random.below(8) {
            let at = random.below(used);
            bytes[at] = if random.below(2) == 0 { random.byte() } else { bytes[at] ^ (1 << random.below(8)) };
        }
        let bytes = chunk(&bytes);
        let (_, alone) = walk_alone(bytes);
        let mut batch = Batch::default();
        read_chunk(bytes, CHUNK_BYTES, &[], &mut InProcess, &mut batch);
        let ours: Vec<EventRecord> = batch.records().collect();
        let crates = fallback::read(bytes, &[]).map_or_else(Vec::new, |read| read.records);
        for theirs in &crates {
            assert!(ours.contains(theirs), "round {round}: {theirs:?}");
            walked += usize::from(alone.contains(theirs));
            compared += 1;
        }
    }
    // The walk alone reads nearly all of them; the crate is there for the rest.
    assert!(compared > 10_000, "{compared}");
    assert!(walked * 100 > compared * 90, "{walked} of {compared}");
}
