//! Walks the records of one chunk: heads first, template definitions once, values of our records only.
//! Never fails: what it cannot read it counts, and goes on at the next record.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::batch::Batch;
use super::bytes::{CHUNK_BYTES, Chunk, u32_at, u64_at};
use super::record::{Head, Instance, Odd, decode};
use super::shape::{DataSlot, Verdict, data_at, judge};
use super::tokens::DEFINITION_HEAD;
use super::values::{Places, is_time};

/// Bytes in front of a chunk's first record.
const CHUNK_HEAD: usize = 512;
/// First bytes of a chunk.
pub(super) const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";
/// First bytes of a record: magic, size u32, record id u64, FILETIME.
const RECORD_MAGIC: &[u8; 4] = b"**\0\0";
const RECORD_MAGIC_NUMBER: u32 = u32::from_le_bytes(*RECORD_MAGIC);
const RECORD_HEAD: usize = 24;
/// From a record's first byte to the offset of its template definition.
const DEFINITION_AT: usize = RECORD_HEAD + 10;
/// An offset where no definition can be.
const NO_DEFINITION: u32 = u32::MAX;
/// Definitions of other providers that the walk keeps at hand.
const FOREIGN_KEPT: usize = 16;
/// Head and the copy of the size at the end.
const RECORD_BYTES_MIN: usize = RECORD_HEAD + 4;

/// What the walk found in a chunk.
#[derive(Default)]
pub(super) struct ChunkRead {
    /// Record heads.
    pub(super) seen: u64,
    /// Records that were read, or are known to be none of ours.
    pub(super) read: u64,
    /// Whole records of a form that the walk does not know.
    pub(super) odd: u64,
    /// Whether the chunk's own bookkeeping is wrong.
    pub(super) damaged: bool,
}

/// Whether a chunk has records to walk, whatever its own head and its first record look like.
pub(super) fn has_records(chunk: &Chunk) -> bool {
    chunk.get(CHUNK_HEAD..).is_some_and(|records| memchr::memmem::find(records, RECORD_MAGIC).is_some())
}

/// Walks the records in `chunk[..cut]`. Of ours, those with an id in the sorted `wanted` go into `batch`;
/// an empty `wanted` takes all.
pub(super) fn walk(chunk: &Chunk, cut: usize, wanted: &[u32], batch: &mut Batch) -> ChunkRead {
    let mut walk = Walk {
        chunk,
        batch,
        cut,
        wanted,
        foreign: [NO_DEFINITION; FOREIGN_KEPT],
        foreigns: 0,
        verdicts: BTreeMap::new(),
        bodies: BTreeMap::new(),
        judged: 0,
        room: Places::default(),
        out: ChunkRead::default(),
    };
    walk.run();
    walk.out
}

struct Walk<'a> {
    chunk: &'a Chunk,
    batch: &'a mut Batch,
    /// Where the file was cut off inside this chunk; else its end.
    cut: usize,
    wanted: &'a [u32],
    /// Definitions of other providers, the last few: a chunk has about seven, and most records use one.
    foreign: [u32; FOREIGN_KEPT],
    /// How many were found.
    foreigns: usize,
    verdicts: BTreeMap<u32, Verdict>,
    bodies: BTreeMap<u32, Option<Vec<DataSlot>>>,
    /// Bytes of definitions looked at. Real ones do not overlap; more than a chunk of them is an attack.
    judged: usize,
    /// Where a record's values are; written anew for each.
    room: Places,
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
            if let Some(next) = self.skip_foreign(at) {
                at = next;
                continue;
            }
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

    /// Where the walk goes on behind a good record of another provider; `None` for any other. Most records
    /// end here, so everything is looked at once.
    fn skip_foreign(&mut self, at: usize) -> Option<usize> {
        let head: &[u8; DEFINITION_AT + 4] = self.chunk.get(at..)?.first_chunk()?;
        let (size, definition) = (u32_at(head, 4)?, u32_at(head, DEFINITION_AT)?);
        let end = at + size as usize;
        let copy = u32_at(self.chunk, end.checked_sub(4)?)?;
        // No early exit: which of the definitions it is, no processor can foresee.
        let known = self.foreign.iter().filter(|foreign| **foreign == definition).count() > 0;
        let good = known
            && u32_at(head, 0)? == RECORD_MAGIC_NUMBER
            && size as usize >= DEFINITION_AT + 8
            && end <= self.cut
            && copy == size
            && is_time(u64_at(head, 16)?)
            && definition != NO_DEFINITION;
        good.then(|| {
            self.out.seen += 1;
            self.out.read += 1;
            end
        })
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
        match self.record(head) {
            Ok(()) => self.out.read += 1,
            Err(Odd) => self.out.odd += 1,
        }
    }

    /// Decodes the record, if it is of ours and wanted.
    fn record(&mut self, head: &Head) -> Result<(), Odd> {
        let Self { chunk, batch, wanted, foreign, foreigns, verdicts, bodies, judged, room, .. } = self;
        let instance = Instance::read(chunk, head.at + RECORD_HEAD, head.at + head.size - 4).ok_or(Odd)?;
        let definition = instance.definition;
        let verdict = match verdicts.entry(definition) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                (*judged <= CHUNK_BYTES).then_some(()).ok_or(Odd)?;
                let (verdict, size) = judge(chunk, definition);
                *judged += DEFINITION_HEAD + size;
                new.insert(verdict)
            }
        };
        let shape = match verdict {
            Verdict::Odd => return Err(Odd),
            Verdict::Foreign => {
                if let Some(place) = foreign.get_mut(*foreigns % FOREIGN_KEPT) {
                    *place = definition;
                    *foreigns += 1;
                }
                return Ok(());
            }
            Verdict::Ours(shape) => shape,
        };
        let fields = instance.values(room)?;
        if !fields.is_ours(shape)? {
            return Ok(());
        }
        (!shape.strange).then_some(()).ok_or(Odd)?;
        let id = fields.number(&shape.id)?.ok_or(Odd)?;
        if !wanted.is_empty() && wanted.binary_search(&id).is_err() {
            return Ok(());
        }
        decode(chunk, head, &fields, shape, id, batch, |offset| body(chunk, bodies, judged, offset))
    }
}

/// The `Data` elements of the event data definition at `offset`, read once a chunk.
fn body<'b>(
    chunk: &Chunk,
    bodies: &'b mut BTreeMap<u32, Option<Vec<DataSlot>>>,
    judged: &mut usize,
    offset: u32,
) -> Option<&'b [DataSlot]> {
    let slots = match bodies.entry(offset) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => {
            (*judged <= CHUNK_BYTES).then_some(())?;
            let slots = data_at(chunk, offset);
            *judged += DEFINITION_HEAD + slots.as_ref().map_or(0, |(_, size)| *size);
            new.insert(slots.map(|(slots, _)| slots))
        }
    };
    slots.as_deref()
}
