//! Holds the records of a log in bounded memory: the oldest few and the newest many stay, whatever lies
//! between is counted by event id. Knows nothing of the file format.

use std::collections::BTreeMap;

use super::batch::Batch;
use crate::event::record::EventRecord;

/// Oldest records kept of one log, whatever its size.
pub const OLDEST_KEPT: usize = 2_000;
/// Newest records kept of one log, whatever its size. A record states three facts and more, and of a case
/// [`FACTS_MAX`](crate::limits::FACTS_MAX) are kept.
pub const NEWEST_KEPT: usize = 28_000;
/// Bytes of texts kept of one log; above it, what is kept is halved.
pub const DATA_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Records held before the middle is let go: so that each is moved about once.
const HELD_MAX: usize = 2 * (OLDEST_KEPT + NEWEST_KEPT);

/// The records kept so far.
#[derive(Debug)]
pub(super) struct Keeper {
    held: Batch,
    /// How many of each end stay.
    oldest: usize,
    newest: usize,
    left_out: BTreeMap<u32, u64>,
}

impl Default for Keeper {
    fn default() -> Self {
        Self { held: Batch::default(), oldest: OLDEST_KEPT, newest: NEWEST_KEPT, left_out: BTreeMap::new() }
    }
}

impl Keeper {
    /// Where records go.
    pub(super) const fn batch(&mut self) -> &mut Batch {
        &mut self.held
    }

    /// Lets go what is too much; to be called after each chunk.
    pub(super) fn settle(&mut self) {
        if self.held.len() > HELD_MAX {
            self.shrink();
        }
        while self.held.bytes() > DATA_BYTES_MAX {
            // What lies in the middle goes first.
            if self.held.len() > self.oldest + self.newest {
                self.shrink();
                continue;
            }
            let kept = self.held.len();
            (self.oldest, self.newest) = (kept / 20, kept / 2 - kept / 20);
            self.shrink();
        }
    }

    /// What is kept, oldest first, and how many of each event id are not.
    pub(super) fn finish(mut self) -> (Vec<EventRecord>, BTreeMap<u32, u64>) {
        self.shrink();
        (self.held.records().collect(), self.left_out)
    }

    fn shrink(&mut self) {
        self.held.keep_ends(self.oldest, self.newest, &mut self.left_out);
    }
}
