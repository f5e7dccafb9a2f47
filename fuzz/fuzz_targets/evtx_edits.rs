//! A good chunk with wrong bytes in it: whatever the `evtx` crate reads of it, we read alike.
//! Each four bytes of the input are a place (u16) and what is put there (u16, or its low byte alone).

#![no_main]

use std::sync::LazyLock;

use kms_triage::event::evtx::{InProcess, OddChunks, read_evtx};
use libfuzzer_sys::fuzz_target;

#[path = "../../src/event/evtx/tests/entry.rs"]
mod entry;
#[path = "../../src/event/evtx/tests/write.rs"]
mod write;

use entry::{Entry, FOREIGN, FOREIGN_BY_VALUE, KMS_HOST, OFFICE, SLC, SPP, SPP_BY_VALUE};

/// A log of one chunk, and how many bytes of that are in use.
static LOG: LazyLock<(Vec<u8>, usize)> = LazyLock::new(|| {
    let sources = [SPP, FOREIGN, KMS_HOST, OFFICE, FOREIGN_BY_VALUE, SLC, SPP_BY_VALUE, SPP];
    let texts = ["0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:14", "", "\u{53f0}\u{7063}"];
    let entries: Vec<Entry> =
        (0..16).map(|n| Entry::new(sources[n % 8], 12288 + n as u16, n as u64 + 1, &texts[..n % 4]).with_binary(&[7; 9])).collect();
    let log = write::log(&entries);
    let used = u32::from_le_bytes(log[4096 + 48..4096 + 52].try_into().unwrap()) as usize;
    (log, used)
});

fuzz_target!(|edits: &[u8]| {
    let (mut log, used) = LOG.clone();
    for edit in edits.chunks_exact(4).take(64) {
        let at = 4096 + usize::from(u16::from_le_bytes([edit[0], edit[1]])) % used;
        log[at] = edit[2];
        if edit[3] != 0 && at + 1 < log.len() {
            log[at + 1] = edit[3];
        }
    }
    let ours = read_evtx(&log, &[]);
    assert!(ours.read <= ours.seen);
    let crates = InProcess.read(&log[4096..], &[]).map_or_else(Vec::new, |read| read.records);
    for theirs in &crates {
        assert!(ours.records.contains(theirs), "{theirs:?}\nnot in {:?}", ours.records);
    }
});
