//! Reads the values that a record hands to its template, and the strings and times in them.
//! Knows nothing about what a value means.

use super::bytes::{Cursor, u16_at, u32_at, u64_at};

/// A type byte is followed by this many values at most; real records of ours have 20 and 3.
const VALUES_MAX: u32 = 256;
/// 100 ns steps in a second.
const TICKS_PER_SECOND: u64 = 10_000_000;
/// 9999-12-30T22:00:00Z, the last time that other readers of this format accept.
const FILETIME_MAX: u64 = 2_650_466_808_000_000_000;

/// Type bytes of the values that this module can read.
pub(super) mod kind {
    pub(in super::super) const NULL: u8 = 0x00;
    pub(in super::super) const TEXT: u8 = 0x01;
    pub(in super::super) const BYTE: u8 = 0x04;
    pub(in super::super) const U16: u8 = 0x06;
    pub(in super::super) const FILETIME: u8 = 0x11;
    pub(in super::super) const SID: u8 = 0x13;
    pub(in super::super) const BINXML: u8 = 0x21;
    pub(in super::super) const TEXTS: u8 = 0x81;
}

/// Whether a type byte is one of the format's.
pub(super) fn is_kind(byte: u8) -> bool {
    matches!(byte, 0x00..=0x15 | 0x20 | 0x21 | 0x23 | 0x81..=0x95)
}

/// One value: its type byte and its bytes.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) kind: u8,
    /// Offset of the bytes in the chunk.
    pub(super) at: usize,
    pub(super) bytes: &'a [u8],
}

/// The values of a template instance: `count u32`, then `size u16, type u8, 0` for each, then the bytes.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    descriptors: &'a [u8],
    bytes: Cursor<'a>,
}

impl<'a> Values<'a> {
    /// Reads the table at the cursor; the values themselves are looked at when asked for.
    pub(super) fn read(mut cursor: Cursor<'a>) -> Option<Self> {
        let count = cursor.u32().filter(|count| *count <= VALUES_MAX)?;
        let descriptors = cursor.take(4 * count as usize)?;
        Some(Self { descriptors, bytes: cursor })
    }

    /// The value with this index: `Some(None)` when the record has fewer, `None` when its bytes run out.
    pub(super) fn get(&self, index: u16) -> Option<Option<Value<'a>>> {
        let mut bytes = self.bytes;
        for (place, (size, kind)) in self.descriptors().enumerate() {
            let value = Value { kind, at: bytes.at, bytes: bytes.take(size)? };
            if place == usize::from(index) {
                return Some(Some(value));
            }
        }
        Some(None)
    }

    /// Where the values end, if every one has the size its type asks for. Readers disagree about the
    /// values behind one that has not, so such a record is not ours to judge.
    pub(super) fn checked_end(&self) -> Option<usize> {
        let mut bytes = self.bytes;
        for (size, kind) in self.descriptors() {
            let value = Value { kind, at: bytes.at, bytes: bytes.take(size)? };
            value.has_its_size().then_some(())?;
        }
        Some(bytes.at)
    }

    fn descriptors(&self) -> impl Iterator<Item = (usize, u8)> + 'a {
        self.descriptors.as_chunks::<4>().0.iter().map(|[low, high, kind, _]| (usize::from(u16::from_le_bytes([*low, *high])), *kind))
    }
}

impl Value<'_> {
    fn has_its_size(&self) -> bool {
        let size = self.bytes.len();
        match self.kind {
            kind::NULL | 0x02 | 0x0e | kind::BINXML => true,
            kind::TEXT => size.is_multiple_of(2),
            0x03 | kind::BYTE => size == 1,
            0x05 | kind::U16 => size == 2,
            0x07 | 0x08 | 0x0b | 0x0d | 0x14 => size == 4,
            0x09 | 0x0a | 0x0c | kind::FILETIME | 0x15 => size == 8,
            0x0f | 0x12 => size == 16,
            0x10 => size == 4 || size == 8,
            kind::SID => self.bytes.get(1).is_some_and(|count| size == 8 + 4 * usize::from(*count)),
            kind::TEXTS => size.is_multiple_of(2) && matches!(self.bytes, [] | [.., 0, 0]),
            _ => false,
        }
    }

    /// Whether the value is there at all.
    pub(super) fn is_null(&self) -> bool {
        self.kind == kind::NULL
    }

    /// A number of one, two or four bytes.
    pub(super) fn number(&self) -> Option<u32> {
        match self.kind {
            kind::BYTE => self.bytes.first().map(|byte| u32::from(*byte)),
            kind::U16 => u16_at(self.bytes, 0).map(u32::from),
            0x08 => u32_at(self.bytes, 0),
            _ => None,
        }
    }

    /// A time, in 100 ns since 1601.
    pub(super) fn filetime(&self) -> Option<u64> {
        (self.kind == kind::FILETIME).then(|| u64_at(self.bytes, 0))?
    }

    /// A text up to its first NUL.
    pub(super) fn text(&self) -> Option<String> {
        (self.kind == kind::TEXT).then(|| text_until_nul(self.bytes))?
    }
}

/// UTF-16 → text; `None` for half a surrogate pair or an odd number of bytes.
pub(super) fn text_of(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    if units.iter().all(|[low, high]| *high == 0 && low.is_ascii()) {
        return String::from_utf8(units.iter().map(|[low, _]| *low).collect()).ok();
    }
    char::decode_utf16(units.iter().map(|unit| u16::from_le_bytes(*unit))).collect::<Result<String, _>>().ok()
}

/// UTF-16 up to its first NUL → text.
pub(super) fn text_until_nul(bytes: &[u8]) -> Option<String> {
    let units = bytes.as_chunks::<2>().0;
    match units.iter().position(|unit| *unit == [0, 0]) {
        Some(end) => text_of(bytes.get(..2 * end)?),
        None => text_of(bytes),
    }
}

/// `a\0b\0` → `a`, `b`. Every text ends with a NUL, the last one too.
pub(super) fn texts_of(bytes: &[u8], into: &mut Vec<String>) -> Option<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.as_chunks::<2>().0.iter().position(|unit| *unit == [0, 0])?;
        into.push(text_of(rest.get(..2 * end)?)?);
        rest = rest.get(2 * end + 2..)?;
    }
    Some(())
}

/// Whether a time is one that this format's readers accept.
pub(super) fn is_time(filetime: u64) -> bool {
    filetime < FILETIME_MAX
}

/// `133293732712292163` → `2023-05-24T01:21:11Z`; `None` past the year 9999.
pub(super) fn iso_of(filetime: u64) -> Option<String> {
    if !is_time(filetime) {
        return None;
    }
    let seconds = filetime / TICKS_PER_SECOND;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Counted from 1600-03-01, so that a leap day ends its year, in 400-year eras of 146,097 days.
    let days = days + 306;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let (month, next) = if march_month < 10 { (march_month + 3, 0) } else { (march_month - 9, 1) };
    let year = 1600 + era * 400 + year_of_era + next;
    Some(format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60))
}
