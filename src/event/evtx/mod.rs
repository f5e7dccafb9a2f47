//! Reads Windows event logs (`.evtx`): only records of the licensing providers, at the speed of reading
//! the file. Knows the file format, not what an event means.
//!
//! A log is a head of 4 KiB and chunks of 64 KiB, each complete in itself. The walk looks at every
//! record's head, judges a template definition once a chunk, tests the event id before it decodes
//! anything, and hands a chunk that it does not fully understand to the `evtx` crate (feature `evtx`).

mod bytes;
#[cfg(feature = "evtx")]
mod fallback;
mod record;
mod shape;
#[cfg(test)]
mod tests;
mod tokens;
mod values;
mod walk;

use super::record::EventRecord;
use bytes::{CHUNK_BYTES, Chunk};
use walk::{CHUNK_MAGIC, ChunkRead};

/// Bytes in front of the first chunk.
pub const HEAD_BYTES: usize = 4096;
/// Pieces of a multiple of this size, after a first one of [`HEAD_BYTES`], are read without a copy.
pub const PIECE_BYTES: usize = CHUNK_BYTES;
/// Records kept of one log; of more, the newest stay.
pub const RECORDS_MAX: usize = 200_000;
/// Bytes of event data kept of one log; of more, the newest stay.
pub const DATA_BYTES_MAX: usize = 64 * 1024 * 1024;
/// First bytes of a log.
const FILE_MAGIC: &[u8; 8] = b"ElfFile\0";

/// What was read of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvtxRead {
    /// Records of the licensing providers, oldest first.
    pub records: Vec<EventRecord>,
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
    /// More than [`RECORDS_MAX`] records or [`DATA_BYTES_MAX`]; the oldest were left out.
    TooMany,
}

/// Whether these first bytes of a file are an event log's. A damaged file head is forgiven when a
/// chunk follows it.
#[must_use]
pub fn is_evtx(bytes: &[u8]) -> bool {
    bytes.starts_with(FILE_MAGIC) || bytes.get(HEAD_BYTES..).is_some_and(|rest| rest.starts_with(CHUNK_MAGIC))
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
pub struct EvtxReader {
    wanted: Vec<u32>,
    state: State,
    /// Bytes of a head or chunk that is not complete yet.
    carry: Vec<u8>,
    data_bytes: usize,
    too_many: bool,
    out: EvtxRead,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The file head is not complete.
    Head,
    /// The file head was not one; the first chunk decides.
    Doubtful,
    /// Chunks follow.
    Chunks,
    /// This is no log; the rest is ignored.
    Foreign,
}

impl EvtxReader {
    /// A reader that keeps records with an id in `wanted`, all when it is empty.
    #[must_use]
    pub fn new(wanted: &[u32]) -> Self {
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        Self { wanted, state: State::Head, carry: Vec::new(), data_bytes: 0, too_many: false, out: EvtxRead::default() }
    }

    /// Reads the next piece of the file, of any size.
    pub fn push(&mut self, piece: &[u8]) {
        let mut rest = piece;
        if self.state == State::Head {
            rest = self.fill_carry(rest, HEAD_BYTES);
            if self.carry.len() < HEAD_BYTES {
                return;
            }
            self.state = if self.carry.starts_with(FILE_MAGIC) { State::Chunks } else { State::Doubtful };
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
        if self.state != State::Foreign {
            self.carry.extend_from_slice(tail);
        }
    }

    /// Reads what is left, and says what was read.
    #[must_use]
    pub fn finish(mut self) -> EvtxRead {
        let mut carry = std::mem::take(&mut self.carry);
        let mut cut_head = false;
        if self.state == State::Head {
            cut_head = carry.starts_with(FILE_MAGIC);
            if !cut_head {
                self.state = State::Foreign;
            }
        } else if !carry.is_empty() {
            // A file cut off inside a chunk: what came before the cut is still good.
            let cut = carry.len();
            carry.resize(CHUNK_BYTES, 0);
            if let Some(chunk) = carry.first_chunk() {
                self.chunk(chunk, cut);
            }
        }
        let mut out = self.out;
        // A full log goes on at its first chunk: the order in the file is not the order in time.
        out.records.sort_by_key(|record| record.record_id);
        out.note = if matches!(self.state, State::Foreign | State::Doubtful) {
            Some(EvtxNote::NotEvtx)
        } else if self.too_many {
            Some(EvtxNote::TooMany)
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
        if self.state == State::Doubtful {
            self.state = if magic { State::Chunks } else { State::Foreign };
            // Whatever follows, the head of this log is lost.
            self.out.damaged_chunks += u64::from(magic);
        }
        if self.state == State::Foreign || (!magic && is_blank(chunk)) {
            return;
        }
        self.out.chunks += 1;
        let found = if magic || walk::has_records(chunk) {
            read_chunk(chunk, cut, &self.wanted)
        } else {
            ChunkRead { damaged: true, ..ChunkRead::default() }
        };
        self.out.seen += found.seen;
        self.out.read += found.read;
        self.out.damaged_chunks += u64::from(found.damaged || cut < CHUNK_BYTES);
        self.keep(found.records);
    }

    fn keep(&mut self, records: Vec<EventRecord>) {
        for record in records {
            self.data_bytes += data_bytes(&record);
            self.out.records.push(record);
        }
        if self.out.records.len() > RECORDS_MAX || self.data_bytes > DATA_BYTES_MAX {
            self.too_many = true;
            self.out.records.sort_by_key(|record| record.record_id);
            let old = self.out.records.len() / 4;
            self.out.records.drain(..old);
            self.data_bytes = self.out.records.iter().map(data_bytes).sum();
        }
    }
}

fn data_bytes(record: &EventRecord) -> usize {
    record.data.iter().map(String::len).sum()
}

/// Whether a chunk was never written.
fn is_blank(chunk: &Chunk) -> bool {
    chunk.iter().all(|byte| *byte == 0)
}

/// Walks a chunk; what the walk does not understand goes to the fallback.
fn read_chunk(chunk: &Chunk, cut: usize, wanted: &[u32]) -> ChunkRead {
    let mut found = walk::walk(chunk, cut, wanted);
    if found.odd == 0 && !found.damaged {
        return found;
    }
    if !shape::names_provider(chunk) {
        // Records of another form, but none of ours: nothing is lost.
        found.read += found.odd;
        return found;
    }
    second_opinion(chunk, cut, wanted, &mut found);
    found
}

/// Adds the records that only the `evtx` crate can read.
#[cfg(feature = "evtx")]
fn second_opinion(chunk: &Chunk, cut: usize, wanted: &[u32], found: &mut ChunkRead) {
    fallback::complete(chunk, cut, wanted, found);
}

/// Without the `evtx` crate, a chunk that the walk does not understand counts as damaged.
#[cfg(not(feature = "evtx"))]
fn second_opinion(_chunk: &Chunk, _cut: usize, _wanted: &[u32], found: &mut ChunkRead) {
    found.damaged |= found.odd > 0;
}
