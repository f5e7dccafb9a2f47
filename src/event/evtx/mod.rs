//! Reads Windows event logs (`.evtx`): only records of the licensing providers, at the speed of reading
//! the file. Knows the file format, not what an event means.
//!
//! A log is a head of 4 KiB and chunks of 64 KiB, each complete in itself. The walk looks at every
//! record's head, judges a template definition once a chunk, tests the event id before it decodes
//! anything, and hands a chunk that it does not fully understand to the `evtx` crate (feature `evtx`).

mod batch;
mod bytes;
#[cfg(feature = "evtx")]
mod fallback;
mod keep;
mod odd;
mod record;
mod shape;
#[cfg(test)]
mod tests;
pub mod texts;
mod tokens;
mod values;
mod walk;

use std::collections::BTreeMap;

use super::record::EventRecord;
use batch::Batch;
use bytes::{CHUNK_BYTES, Chunk};
use keep::Keeper;
pub use keep::{DATA_BYTES_MAX, NEWEST_KEPT, OLDEST_KEPT};
pub use odd::{InProcess, OddChunks, OddRead};
use walk::{CHUNK_MAGIC, ChunkRead};

/// Bytes in front of the first chunk.
pub const HEAD_BYTES: usize = 4096;
/// Pieces of a multiple of this size, after a first one of [`HEAD_BYTES`], are read without a copy.
pub const PIECE_BYTES: usize = CHUNK_BYTES;
/// First bytes of a log.
const FILE_MAGIC: &[u8; 8] = b"ElfFile\0";

/// What was read of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvtxRead {
    /// Records of the licensing providers, oldest first; of too many, the oldest [`OLDEST_KEPT`] and the
    /// newest [`NEWEST_KEPT`].
    pub records: Vec<EventRecord>,
    /// How many records of each event id were read and not kept.
    pub left_out: BTreeMap<u32, u64>,
    /// Size of the log.
    pub bytes: u64,
    /// Records whose head was seen.
    pub seen: u64,
    /// Records that were read, or are known to be of no interest.
    pub read: u64,
    /// Chunks in use.
    pub chunks: u64,
    /// Chunks of which something could not be read, or whose bookkeeping is wrong.
    pub damaged_chunks: u64,
    /// What the reader of the report must know about it.
    pub note: Option<EvtxNote>,
}

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvtxNote {
    /// A log without a record.
    Empty,
    /// A part of the log could not be read.
    Damaged {
        /// Records read.
        read: u64,
        /// Records seen.
        seen: u64,
    },
    /// Not an event log, whatever its name says.
    NotEvtx,
}

impl EvtxRead {
    /// Whether the log said anything, if only that nothing happened.
    #[must_use]
    pub const fn has_content(&self) -> bool {
        !matches!(self.note, Some(EvtxNote::NotEvtx | EvtxNote::Damaged { read: 0, .. }))
    }
}

/// Whether these bytes, a file's first or all of it, are an event log's. A damaged file head is forgiven
/// when a chunk follows it.
#[must_use]
pub fn is_evtx(bytes: &[u8]) -> bool {
    let mut chunks = bytes.get(HEAD_BYTES..).unwrap_or_default().chunks(CHUNK_BYTES);
    bytes.starts_with(FILE_MAGIC) || chunks.any(|chunk| chunk.starts_with(CHUNK_MAGIC))
}

/// Reads a whole log. Of the providers' records, those whose event id is in the sorted `wanted`
/// are kept; an empty `wanted` keeps all.
#[must_use]
pub fn read_evtx(bytes: &[u8], wanted: &[u32]) -> EvtxRead {
    let mut reader = EvtxReader::new(wanted);
    reader.push(bytes);
    reader.finish()
}

/// Reads a log piece by piece, in memory that does not grow with the file.
#[derive(Debug)]
pub struct EvtxReader<'o> {
    wanted: Vec<u32>,
    odd: Option<&'o mut dyn OddChunks>,
    state: State,
    /// Bytes of a head or chunk that is not complete yet.
    carry: Vec<u8>,
    kept: Keeper,
    out: EvtxRead,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The file head is not complete.
    Head,
    /// The file head was not one; so many chunks were none either. A later one may be.
    Doubtful(u64),
    /// Chunks follow.
    Chunks,
}

impl<'o> EvtxReader<'o> {
    /// A reader that keeps records with an id in `wanted`, all when it is empty.
    #[must_use]
    pub fn new(wanted: &[u32]) -> Self {
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        Self { wanted, odd: None, state: State::Head, carry: Vec::new(), kept: Keeper::default(), out: EvtxRead::default() }
    }

    /// The same, with `odd` for the chunks that the walk does not understand.
    #[must_use]
    pub fn with_odd(wanted: &[u32], odd: &'o mut dyn OddChunks) -> Self {
        Self { odd: Some(odd), ..Self::new(wanted) }
    }

    /// Reads the next piece of the file, of any size.
    pub fn push(&mut self, piece: &[u8]) {
        let mut rest = piece;
        self.out.bytes += piece.len() as u64;
        if self.state == State::Head {
            rest = self.fill_carry(rest, HEAD_BYTES);
            if self.carry.len() < HEAD_BYTES {
                return;
            }
            self.state = if self.carry.starts_with(FILE_MAGIC) { State::Chunks } else { State::Doubtful(0) };
            self.carry.clear();
        }
        if !self.carry.is_empty() {
            rest = self.fill_carry(rest, CHUNK_BYTES);
            if self.carry.len() < CHUNK_BYTES {
                return;
            }
            let carry = std::mem::take(&mut self.carry);
            if let Some(chunk) = carry.first_chunk() {
                self.chunk(chunk, CHUNK_BYTES);
            }
            self.carry = carry;
            self.carry.clear();
        }
        let (chunks, tail) = rest.as_chunks::<CHUNK_BYTES>();
        for chunk in chunks {
            self.chunk(chunk, CHUNK_BYTES);
        }
        self.carry.extend_from_slice(tail);
    }

    /// Reads what is left, and says what was read.
    #[must_use]
    pub fn finish(mut self) -> EvtxRead {
        let mut carry = std::mem::take(&mut self.carry);
        let mut cut_head = false;
        if self.state == State::Head {
            cut_head = carry.starts_with(FILE_MAGIC);
        } else if !carry.is_empty() {
            // A file cut off inside a chunk: what came before the cut is still good.
            let cut = carry.len();
            carry.resize(CHUNK_BYTES, 0);
            if let Some(chunk) = carry.first_chunk() {
                self.chunk(chunk, cut);
            }
        }
        let mut out = self.out;
        (out.records, out.left_out) = self.kept.finish();
        out.note = if self.state != State::Chunks && !cut_head {
            Some(EvtxNote::NotEvtx)
        } else if out.damaged_chunks > 0 || out.read < out.seen || cut_head {
            Some(EvtxNote::Damaged { read: out.read, seen: out.seen })
        } else {
            (out.seen == 0).then_some(EvtxNote::Empty)
        };
        out
    }

    fn fill_carry<'p>(&mut self, piece: &'p [u8], full: usize) -> &'p [u8] {
        let missing = full.saturating_sub(self.carry.len()).min(piece.len());
        let (now, later) = piece.split_at_checked(missing).unwrap_or((piece, &[]));
        self.carry.extend_from_slice(now);
        later
    }

    /// Reads a chunk of which `cut` bytes are the file's.
    fn chunk(&mut self, chunk: &Chunk, cut: usize) {
        let magic = chunk.starts_with(CHUNK_MAGIC);
        if let State::Doubtful(others) = &mut self.state {
            if !magic {
                *others += 1;
                return;
            }
            // The head of this log is lost, and what else came before.
            self.out.damaged_chunks += 1 + *others;
            self.out.chunks += *others;
            self.state = State::Chunks;
        }
        if !magic && is_blank(chunk) {
            return;
        }
        self.out.chunks += 1;
        let found = if magic || walk::has_records(chunk) {
            self.read_chunk(chunk, cut)
        } else {
            ChunkRead { damaged: true, ..ChunkRead::default() }
        };
        self.out.seen += found.seen;
        self.out.read += found.read;
        self.out.damaged_chunks += u64::from(found.damaged || cut < CHUNK_BYTES);
        self.kept.settle();
    }

    /// Walks a chunk; what the walk does not understand goes to whoever reads odd chunks.
    fn read_chunk(&mut self, chunk: &Chunk, cut: usize) -> ChunkRead {
        match &mut self.odd {
            Some(odd) => read_chunk(chunk, cut, &self.wanted, *odd, self.kept.batch()),
            None => read_chunk(chunk, cut, &self.wanted, &mut InProcess, self.kept.batch()),
        }
    }
}

/// Whether a chunk was never written.
fn is_blank(chunk: &Chunk) -> bool {
    chunk.iter().all(|byte| *byte == 0)
}

fn read_chunk(chunk: &Chunk, cut: usize, wanted: &[u32], odd: &mut dyn OddChunks, batch: &mut Batch) -> ChunkRead {
    let first = batch.len();
    let mut found = walk::walk(chunk, cut, wanted, batch);
    if found.odd == 0 && !found.damaged {
        return found;
    }
    if !shape::names_provider(chunk) {
        // Records of another form, but none of ours: nothing is lost.
        found.read += found.odd;
        return found;
    }
    match odd.read(chunk.get(..cut).unwrap_or(chunk), wanted) {
        Some(read) => odd::complete(&read, &mut found, batch, first),
        None => found.damaged = true,
    }
    found
}
