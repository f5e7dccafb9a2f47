//! Any bytes as an exported log, decoded as files are. Start it with `corpus/events` as seeds.

#![no_main]

use kms_triage::decode::decode;
use kms_triage::lines;
use kms_triage::event::text::{looks_like_events, read_events};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = decode(bytes).text;
    let lines = u32::try_from(lines::split(&text).len()).unwrap_or(u32::MAX);
    let _ = looks_like_events(&text);
    for record in read_events(&text).records {
        if let kms_triage::event::RecordPlace::Lines { first, last } = record.place {
            assert!(first <= last && last <= lines, "{first}..{last} of {lines}: {text:?}");
        }
    }
});
