//! Walks the records of one chunk: heads first, template definitions once, values of our records only.
//! Never fails: what it cannot read it counts, and goes on at the next record.

use std::collections::BTreeMap;

use super::bytes::{CHUNK_BYTES, Chunk, u32_at, u64_at};
use super::record::{Head, Instance, decode};
use super::shape::{DataSlot, Verdict, data_at, judge};
use super::tokens::DEFINITION_HEAD;
use super::values::is_time;
use crate::event::record::EventRecord;

/// Bytes in front of a chunk's first record.
const CHUNK_HEAD: usize = 512;
/// First bytes of a chunk.
pub(super) const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";
/// First bytes of a record: magic, size u32, record id u64, FILETIME.
const RECORD_MAGIC: &[u8; 4] = b"**\0\0";
const RECORD_HEAD: usize = 24;
/// From a record's first byte to the offset of its template definition.
const DEFINITION_AT: usize = RECORD_HEAD + 10;
/// Head and the copy of the size at the end.
const RECORD_BYTES_MIN: usize = RECORD_HEAD + 4;

/// What the walk found in a chunk.
#[derive(Default)]
pub(super) struct ChunkRead {
    /// Records of ours.
    pub(super) records: Vec<EventRecord>,
    /// Record heads.
    pub(super) seen: u64,
    /// Records that were read, or are known to be none of ours.
    pub(super) read: u64,
    /// Whole records of a form that the walk does not know.
    pub(super) odd: u64,
    /// Whether the chunk's own bookkeeping is wrong.
    pub(super) damaged: bool,
}

/// Whether a chunk has records to walk, whatever its own head looks like.
pub(super) fn has_records(chunk: &Chunk) -> bool {
    chunk.get(CHUNK_HEAD..).is_some_and(|records| records.starts_with(RECORD_MAGIC))
}

/// Walks the records in `chunk[..cut]`. Of ours, those with an id in the sorted `wanted` are decoded;
/// an empty `wanted` takes all.
pub(super) fn walk(chunk: &Chunk, cut: usize, wanted: &[u32]) -> ChunkRead {
    let mut walk =
        Walk { chunk, cut, wanted, foreign: None, verdicts: BTreeMap::new(), bodies: BTreeMap::new(), judged: 0, out: ChunkRead::default() };
    walk.run();
    walk.out
}

struct Walk<'a> {
    chunk: &'a Chunk,
    /// Where the file was cut off inside this chunk; else its end.
    cut: usize,
    wanted: &'a [u32],
    /// The definition last found to be of another provider: most records use the one before theirs.
    foreign: Option<u32>,
    verdicts: BTreeMap<u32, Verdict>,
    bodies: BTreeMap<u32, Option<Vec<DataSlot>>>,
    /// Bytes of definitions looked at. Real ones do not overlap; more than a chunk of them is an attack.
    judged: usize,
    out: ChunkRead,
}

impl Walk<'_> {
    fn run(&mut self) {
        let free = u32_at(self.chunk, 48).map_or(0, |free| free as usize);
        let known = (CHUNK_HEAD..=CHUNK_BYTES).contains(&free);
        let magic = self.chunk.starts_with(CHUNK_MAGIC);
        self.out.damaged = !known || !magic;
        let free = if known && magic { free } else { CHUNK_BYTES };
        let mut at = CHUNK_HEAD;
        while at < free {
            match self.head_at(at) {
                Some(head) => {
                    self.take(&head);
                    at += head.size;
                }
                None => match self.resync(at, free) {
                    Some(next) => at = next,
                    None => return,
                },
            }
        }
        self.out.damaged |= at != free;
    }

    /// The record head at `at`, if its size, the copy of its size and its time are possible.
    fn head_at(&self, at: usize) -> Option<Head> {
        let head: &[u8; RECORD_HEAD] = self.chunk.get(at..)?.first_chunk()?;
        let size = u32_at(head, 4)?;
        let end = at.checked_add(size as usize)?;
        let whole = head.starts_with(RECORD_MAGIC) && size as usize >= RECORD_BYTES_MIN && end <= self.cut;
        if !whole || u32_at(self.chunk, end - 4) != Some(size) {
            return None;
        }
        let filetime = u64_at(head, 16)?;
        is_time(filetime).then_some(Head { at, size: size as usize, id: u64_at(head, 8)?, filetime })
    }

    /// Where the walk goes on behind a record that cannot be read; counts that record.
    fn resync(&mut self, at: usize, free: usize) -> Option<usize> {
        let next = self.next_record(at + 1, free);
        let head = self.chunk.get(at..self.cut.min(at + RECORD_HEAD)).unwrap_or_default();
        // Zeros to the end are free space that the chunk's head does not know of.
        let blank = head.iter().all(|byte| *byte == 0);
        self.out.seen += u64::from(head.starts_with(RECORD_MAGIC) || (!blank && next.is_some()));
        self.out.damaged |= next.is_some() || !blank;
        next
    }

    /// The next whole record from `at` whose record number is one of this chunk's. A chunk that was
    /// reused also holds records of the log's last pass over it.
    fn next_record(&self, mut at: usize, free: usize) -> Option<usize> {
        let ids = u64_at(self.chunk, 24)?..=u64_at(self.chunk, 32)?;
        loop {
            at += memchr::memmem::find(self.chunk.get(at..free)?, RECORD_MAGIC)?;
            if self.head_at(at).is_some_and(|head| ids.contains(&head.id) && head.at + head.size <= free) {
                return Some(at);
            }
            at += 1;
        }
    }

    fn take(&mut self, head: &Head) {
        self.out.seen += 1;
        let definition = u32_at(self.chunk, head.at + DEFINITION_AT);
        if definition.is_some() && definition == self.foreign {
            self.out.read += 1;
            return;
        }
        match self.record(head) {
            Some(record) => {
                self.out.read += 1;
                self.out.records.extend(record);
            }
            None => self.out.odd += 1,
        }
    }

    /// `Some(None)` for a record that is none of ours or not wanted, `None` for one of an unknown form.
    fn record(&mut self, head: &Head) -> Option<Option<EventRecord>> {
        let instance = Instance::read(self.chunk, head.at + RECORD_HEAD, head.at + head.size - 4)?;
        let definition = instance.definition;
        if !self.verdicts.contains_key(&definition) {
            (self.judged <= CHUNK_BYTES).then_some(())?;
            let (verdict, size) = judge(self.chunk, definition);
            self.judged += DEFINITION_HEAD + size;
            self.verdicts.insert(definition, verdict);
        }
        let shape = match self.verdicts.get(&definition)? {
            Verdict::Odd => return None,
            Verdict::Foreign => {
                self.foreign = Some(definition);
                return Some(None);
            }
            Verdict::Ours(shape) => shape,
        };
        let id = instance.number(&shape.id)??;
        if !self.wanted.is_empty() && self.wanted.binary_search(&id).is_err() {
            return Some(None);
        }
        let (chunk, bodies, judged) = (self.chunk, &mut self.bodies, &mut self.judged);
        decode(chunk, head, &instance, shape, id, |offset| body(chunk, bodies, judged, offset)).map(Some)
    }
}

/// The `Data` elements of the event data definition at `offset`, read once a chunk.
fn body(chunk: &Chunk, bodies: &mut BTreeMap<u32, Option<Vec<DataSlot>>>, judged: &mut usize, offset: u32) -> Option<Vec<DataSlot>> {
    if !bodies.contains_key(&offset) {
        (*judged <= CHUNK_BYTES).then_some(())?;
        let slots = data_at(chunk, offset);
        *judged += DEFINITION_HEAD + slots.as_ref().map_or(0, |(_, size)| *size);
        bodies.insert(offset, slots.map(|(slots, _)| slots));
    }
    bodies.get(&offset)?.clone()
}
