//! Holds the records of a log in bounded memory: the oldest few and the newest many stay, whatever lies
//! between is counted by event id. Knows nothing of the file format.

use std::collections::BTreeMap;

use crate::event::record::EventRecord;

/// Oldest records kept of one log, whatever its size.
pub const OLDEST_KEPT: usize = 5_000;
/// Newest records kept of one log, whatever its size.
pub const NEWEST_KEPT: usize = 45_000;
/// Bytes of event data kept of one log; above it, what is kept is halved.
pub const DATA_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Records held before the middle is let go; sorting costs less than one pass a record.
const HELD_MAX: usize = 2 * (OLDEST_KEPT + NEWEST_KEPT);

/// The records kept so far.
#[derive(Debug)]
pub(super) struct Keeper {
    records: Vec<EventRecord>,
    data_bytes: usize,
    /// How many of each end stay.
    oldest: usize,
    newest: usize,
    left_out: BTreeMap<u32, u64>,
}

impl Default for Keeper {
    fn default() -> Self {
        Self { records: Vec::new(), data_bytes: 0, oldest: OLDEST_KEPT, newest: NEWEST_KEPT, left_out: BTreeMap::new() }
    }
}

impl Keeper {
    /// Takes in the records of a chunk.
    pub(super) fn add(&mut self, records: Vec<EventRecord>) {
        self.data_bytes += records.iter().map(data_bytes).sum::<usize>();
        self.records.extend(records);
        if self.records.len() > HELD_MAX {
            self.shrink();
        }
        while self.data_bytes > DATA_BYTES_MAX {
            let kept = self.records.len().min(self.oldest + self.newest);
            (self.oldest, self.newest) = (kept / 20, kept / 2 - kept / 20);
            self.shrink();
        }
    }

    /// What is kept, oldest first, and how many of each event id are not.
    pub(super) fn finish(mut self) -> (Vec<EventRecord>, BTreeMap<u32, u64>) {
        self.shrink();
        (self.records, self.left_out)
    }

    /// Lets go what is neither among the oldest nor among the newest.
    fn shrink(&mut self) {
        // A full log goes on at its first chunk: the order in the file is not the order in time.
        self.records.sort_by_key(|record| record.record_id);
        let last = self.records.len().saturating_sub(self.newest);
        if last > self.oldest {
            for record in self.records.drain(self.oldest..last) {
                *self.left_out.entry(record.id).or_default() += 1;
            }
            self.data_bytes = self.records.iter().map(data_bytes).sum();
        }
    }
}

fn data_bytes(record: &EventRecord) -> usize {
    record.data.iter().map(String::len).sum()
}
