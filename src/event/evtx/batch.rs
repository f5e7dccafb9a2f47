//! Records as the walk leaves them: numbers, and all texts one behind the other in one buffer. A text of
//! its own for each would cost more time than everything else. Knows nothing of the file format.

use std::collections::BTreeMap;

use super::values::{iso_of, utf8_of, utf8_until_nul};
use crate::event::record::{EventRecord, RecordPlace};

/// Bytes in front of a text: its length, u32.
const LENGTH_BYTES: usize = 4;

/// Who wrote a record and where: the same few in a whole log.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Names {
    pub(super) provider: String,
    pub(super) source: String,
    pub(super) channel: String,
    pub(super) computer: String,
}

impl Names {
    fn bytes(&self) -> usize {
        self.provider.len() + self.source.len() + self.channel.len() + self.computer.len()
    }
}

/// When a record was written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Time {
    /// 100 ns since 1601; one that `iso_of` accepts.
    Ticks(u64),
    /// The first of the record's texts says it.
    Text,
    /// Not known.
    None,
}

/// A record without its texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compact {
    pub(super) record_id: Option<u64>,
    pub(super) time: Time,
    pub(super) id: u32,
    pub(super) qualifiers: Option<u32>,
    pub(super) level: Option<u8>,
    /// Index of its [`Names`].
    pub(super) names: u32,
    /// Where its texts start in the buffer.
    pub(super) start: u32,
}

/// Records with what they share.
#[derive(Debug, Default)]
pub(super) struct Batch {
    records: Vec<Compact>,
    /// Length and bytes of each text; those of a record end where the next one's start.
    texts: Vec<u8>,
    names: Vec<Names>,
    known: BTreeMap<Names, u32>,
    name_bytes: usize,
}

impl Batch {
    pub(super) const fn len(&self) -> usize {
        self.records.len()
    }

    /// Memory that texts and names take.
    pub(super) const fn bytes(&self) -> usize {
        self.texts.len() + self.name_bytes
    }

    /// The index of these names.
    pub(super) fn names(&mut self, names: &Names) -> u32 {
        if let Some(index) = self.known.get(names) {
            return *index;
        }
        let index = offset(self.names.len());
        self.name_bytes += 2 * names.bytes();
        self.names.push(names.clone());
        self.known.insert(names.clone(), index);
        index
    }

    /// Where the texts of the next record start.
    pub(super) const fn mark(&self) -> usize {
        self.texts.len()
    }

    /// Forgets the texts of a record that turned out odd.
    pub(super) fn forget(&mut self, mark: usize) {
        self.texts.truncate(mark);
    }

    /// Adds a text of the next record, from UTF-16; `None` for half a surrogate pair or an odd number of bytes.
    pub(super) fn utf16(&mut self, bytes: &[u8]) -> Option<()> {
        self.sized(|texts| utf8_of(bytes, texts))
    }

    /// Adds texts of the next record: `a\0b\0` → `a`, `b`. Every text ends with a NUL, the last one too.
    pub(super) fn utf16_list(&mut self, bytes: &[u8]) -> Option<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = self.sized(|texts| utf8_until_nul(rest, texts))?;
        }
        Some(())
    }

    /// Puts its length in front of what `write` adds.
    fn sized<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Option<T>) -> Option<T> {
        let at = self.texts.len();
        self.texts.extend([0; LENGTH_BYTES]);
        let written = write(&mut self.texts)?;
        let length = offset(self.texts.len() - at - LENGTH_BYTES).to_le_bytes();
        self.texts.get_mut(at..at + LENGTH_BYTES)?.copy_from_slice(&length);
        Some(written)
    }

    fn text(&mut self, text: &str) {
        self.texts.extend(offset(text.len()).to_le_bytes());
        self.texts.extend(text.as_bytes());
    }

    /// Adds a record whose texts stand in the buffer from `mark` on.
    pub(super) fn push(&mut self, record: Compact, mark: usize) {
        self.records.push(Compact { start: offset(mark), ..record });
    }

    /// Adds a record that somebody else read.
    pub(super) fn push_read(&mut self, record: &EventRecord) {
        let EventRecord { provider, source, channel, computer, .. } = record.clone();
        let names = self.names(&Names { provider, source, channel, computer });
        let mark = self.mark();
        let time = if record.time.is_some() { Time::Text } else { Time::None };
        record.time.iter().chain(&record.data).for_each(|text| self.text(text));
        let EventRecord { record_id, id, qualifiers, level, .. } = *record;
        self.push(Compact { record_id, time, id, qualifiers, level, names, start: 0 }, mark);
    }

    /// Keeps the first and the last records, in order of record number; counts the others by event id.
    pub(super) fn keep_ends(&mut self, oldest: usize, newest: usize, left_out: &mut BTreeMap<u32, u64>) {
        /// So few names are no burden, even if no record uses them any more.
        const NAMES_FEW: usize = 64;
        let last = self.len().saturating_sub(newest);
        if self.names.len() <= NAMES_FEW && self.records.is_sorted_by_key(|record| record.record_id) {
            self.drop_range(oldest, last, left_out);
        } else {
            *self = self.sorted_ends(oldest, last, left_out);
        }
    }

    /// Lets go the records from `first` up to `last`.
    fn drop_range(&mut self, first: usize, last: usize, left_out: &mut BTreeMap<u32, u64>) {
        if first >= last {
            return;
        }
        let start = |at: usize| self.records.get(at).map_or(self.texts.len(), |record| record.start as usize);
        let texts = start(first)..start(last);
        let freed = offset(texts.len());
        self.texts.drain(texts);
        self.records.drain(first..last).for_each(|record| *left_out.entry(record.id).or_default() += 1);
        self.records.iter_mut().skip(first).for_each(|record| record.start -= freed);
    }

    /// The records but those that would stand from `oldest` up to `last` in order of record number.
    fn sorted_ends(&self, oldest: usize, last: usize, left_out: &mut BTreeMap<u32, u64>) -> Self {
        // A full log goes on at its first chunk: the order in the file is not the order in time.
        let mut order: Vec<(Option<u64>, usize)> = self.records.iter().map(|record| record.record_id).zip(0..).collect();
        order.sort_unstable();
        let mut kept = Self::default();
        // Names that no record uses any more go too.
        let mut moved: Vec<Option<u32>> = vec![None; self.names.len()];
        for (rank, (_, at)) in order.into_iter().enumerate() {
            let Some(record) = self.records.get(at) else { continue };
            if (oldest..last).contains(&rank) {
                *left_out.entry(record.id).or_default() += 1;
                continue;
            }
            let mark = kept.mark();
            kept.texts.extend_from_slice(self.texts.get(record.start as usize..self.end_of(at)).unwrap_or_default());
            let (Some(place), Some(names)) = (moved.get_mut(record.names as usize), self.names.get(record.names as usize)) else {
                continue;
            };
            let names = *place.get_or_insert_with(|| kept.names(names));
            kept.push(Compact { names, ..*record }, mark);
        }
        kept
    }

    /// Where the texts of the record at `index` end.
    fn end_of(&self, index: usize) -> usize {
        self.records.get(index + 1).map_or(self.texts.len(), |next| next.start as usize)
    }

    /// The records as others want them.
    pub(super) fn records(&self) -> impl Iterator<Item = EventRecord> {
        self.records_from(0)
    }

    /// The records from this index on.
    pub(super) fn records_from(&self, first: usize) -> impl Iterator<Item = EventRecord> {
        self.records.iter().zip(0..).skip(first).map(|(record, at)| self.record(record, self.end_of(at)))
    }

    fn record(&self, record: &Compact, end: usize) -> EventRecord {
        // Real records have two texts or three.
        let mut data = Vec::with_capacity(3);
        let mut rest = self.texts.get(record.start as usize..end).unwrap_or_default();
        while let Some((length, behind)) = rest.split_first_chunk::<LENGTH_BYTES>() {
            let Some((text, later)) = behind.split_at_checked(u32::from_le_bytes(*length) as usize) else { break };
            // They were made from valid UTF-16.
            data.push(String::from_utf8(text.to_vec()).unwrap_or_default());
            rest = later;
        }
        let time = match record.time {
            Time::Ticks(ticks) => iso_of(ticks),
            Time::Text if !data.is_empty() => Some(data.remove(0)),
            Time::Text | Time::None => None,
        };
        let Names { provider, source, channel, computer } = self.names.get(record.names as usize).cloned().unwrap_or_default();
        EventRecord {
            provider,
            source,
            id: record.id,
            qualifiers: record.qualifiers,
            level: record.level,
            channel,
            computer,
            time,
            record_id: record.record_id,
            data,
            message: String::new(),
            sentence: String::new(),
            place: RecordPlace::Record(record.record_id.unwrap_or(0)),
        }
    }
}

/// An offset in a buffer, whose size is bounded far below 4 GiB.
fn offset(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
