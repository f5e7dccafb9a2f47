//! Any bytes as an event log: read whole and in pieces, with the same result.

#![no_main]

use kms_triage::event::evtx::{EvtxReader, read_evtx};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let whole = read_evtx(bytes, &[]);
    assert!(whole.read <= whole.seen);
    let mut reader = EvtxReader::new(&[]);
    bytes.chunks(70_001).for_each(|piece| reader.push(piece));
    assert_eq!(reader.finish(), whole);
});
