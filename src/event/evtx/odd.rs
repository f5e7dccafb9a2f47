//! Who reads the chunks that the walk does not understand. The `evtx` crate does, in this process or,
//! where the caller has processes, in another one that may be stopped.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::batch::Batch;
use super::walk::ChunkRead;
use crate::event::record::EventRecord;

/// What was read of an odd chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddRead {
    /// Records of ours.
    pub records: Vec<EventRecord>,
    /// Records met.
    pub seen: u64,
    /// Records read.
    pub read: u64,
    /// Whether something could not be read.
    pub damaged: bool,
}

/// Reads chunks of a form that real logs hardly have. Hostile ones come here.
pub trait OddChunks: Debug {
    /// Reads `chunk`, 64 KiB or what a cut file has of them; of its records those with an id in the sorted
    /// `wanted`, all when it is empty. `None` when it gives up.
    fn read(&mut self, chunk: &[u8], wanted: &[u32]) -> Option<OddRead>;
}

/// Reads odd chunks here and now, without a limit on time.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcess;

impl OddChunks for InProcess {
    #[cfg(feature = "evtx")]
    fn read(&mut self, chunk: &[u8], wanted: &[u32]) -> Option<OddRead> {
        use std::panic::{AssertUnwindSafe, catch_unwind};
        // The crate is fuzzed and returns errors; should it ever panic, only this chunk is lost.
        catch_unwind(AssertUnwindSafe(|| super::fallback::read(chunk, wanted))).ok().flatten()
    }

    /// Without the `evtx` crate, a chunk that the walk does not understand counts as damaged.
    #[cfg(not(feature = "evtx"))]
    fn read(&mut self, _chunk: &[u8], _wanted: &[u32]) -> Option<OddRead> {
        None
    }
}

/// What makes two readings the same record. The number alone does not: a damaged one may be another's.
type Key<'a> = (Option<u64>, u32, Option<&'a str>, &'a [String]);

fn key(record: &EventRecord) -> Key<'_> {
    (record.record_id, record.id, record.time.as_deref(), &record.data)
}

/// Adds to `batch` the records that the walk did not read; those of this chunk start at `first`.
pub(super) fn complete(read: &OddRead, found: &mut ChunkRead, batch: &mut Batch, first: usize) {
    let walked: Vec<EventRecord> = batch.records_from(first).collect();
    let mut known: Vec<Key> = walked.iter().map(key).collect();
    known.sort_unstable();
    read.records.iter().filter(|record| known.binary_search(&key(record)).is_err()).for_each(|record| batch.push_read(record));
    found.read = found.read.max(read.read.min(found.seen));
    found.damaged |= read.damaged;
}
