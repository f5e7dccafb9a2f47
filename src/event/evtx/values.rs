//! Reads the values that a record hands to its template, and the strings and times in them.
//! Knows nothing about what a value means.

use super::bytes::{Cursor, u16_at, u32_at, u64_at};

/// Values of one instance; real records of ours have 20, and 3 in their event data.
const VALUES_MAX: usize = 32;
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
    /// Not of the format: a value behind the last one.
    pub(in super::super) const MISSING: u8 = 0xff;
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

/// Where a value stands in its chunk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    at: u16,
    size: u16,
    kind: u8,
}

/// Room for the places of one instance's values.
pub(super) type Places = [Place; VALUES_MAX];

/// The values of a template instance.
pub(super) struct Values<'a> {
    chunk: &'a [u8],
    places: &'a [Place],
    /// Where they end.
    pub(super) end: usize,
}

impl<'a> Values<'a> {
    /// Reads `count u32`, then `size u16, type u8, 0` for each, then the bytes. `None` where one has not
    /// the size that its type asks for: readers disagree about where the values behind it are.
    pub(super) fn read(chunk: &'a [u8], mut cursor: Cursor<'a>, room: &'a mut Places) -> Option<Self> {
        let count = cursor.u32()? as usize;
        let places = room.get_mut(..count)?;
        let descriptors = cursor.take(count.checked_mul(4)?)?.as_chunks::<4>().0;
        let mut at = cursor.at;
        for (place, [low, high, kind, _]) in places.iter_mut().zip(descriptors) {
            let size = u16::from_le_bytes([*low, *high]);
            let end = at + usize::from(size);
            if fixed_size(*kind) != size {
                has_its_size(*kind, chunk.get(at..end)?).then_some(())?;
            }
            *place = Place { at: u16::try_from(at).ok()?, size, kind: *kind };
            at = end;
        }
        cursor.take(at - cursor.at)?;
        Some(Self { chunk, places, end: cursor.at })
    }

    /// The value with this index; `Missing` when there are fewer.
    pub(super) fn get(&self, index: u16) -> Value<'a> {
        let Some(Place { at, size, kind }) = self.places.get(usize::from(index)).copied() else { return Value::MISSING };
        let at = usize::from(at);
        Value { kind, at, bytes: self.chunk.get(at..at + usize::from(size)).unwrap_or_default() }
    }
}

/// The one size that a type's values have, mostly; `u16::MAX`, which no value in a chunk has, for none.
fn fixed_size(kind: u8) -> u16 {
    /// By type byte.
    const SIZES: [u16; 32] = {
        let mut sizes = [u16::MAX; 32];
        (sizes[0x00], sizes[0x03], sizes[0x04], sizes[0x05], sizes[0x06]) = (0, 1, 1, 2, 2);
        (sizes[0x07], sizes[0x08], sizes[0x0b], sizes[0x0d], sizes[0x14]) = (4, 4, 4, 4, 4);
        (sizes[0x09], sizes[0x0a], sizes[0x0c], sizes[0x11], sizes[0x15]) = (8, 8, 8, 8, 8);
        (sizes[0x0f], sizes[0x12]) = (16, 16);
        sizes
    };
    SIZES.get(usize::from(kind)).copied().unwrap_or(u16::MAX)
}

fn has_its_size(kind: u8, bytes: &[u8]) -> bool {
    let size = bytes.len();
    match kind {
        kind::NULL | 0x02 | 0x0e | kind::BINXML => true,
        kind::TEXT => size.is_multiple_of(2),
        0x03 | kind::BYTE => size == 1,
        0x05 | kind::U16 => size == 2,
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => size == 4,
        0x09 | 0x0a | 0x0c | kind::FILETIME | 0x15 => size == 8,
        0x0f | 0x12 => size == 16,
        0x10 => size == 4 || size == 8,
        kind::SID => bytes.get(1).is_some_and(|count| size == 8 + 4 * usize::from(*count)),
        kind::TEXTS => size.is_multiple_of(2) && matches!(bytes, [] | [.., 0, 0]),
        _ => false,
    }
}

impl Value<'_> {
    /// The value of an index that a record has no value for.
    pub(super) const MISSING: Self = Self { kind: kind::MISSING, at: 0, bytes: &[] };

    /// Whether the record says that there is none.
    pub(super) fn is_null(&self) -> bool {
        self.kind == kind::NULL || (self.kind == kind::BINXML && self.bytes.is_empty())
    }

    /// The value, unless it is null or missing.
    pub(super) fn present(self) -> Option<Self> {
        (!self.is_null() && self.kind != kind::MISSING).then_some(self)
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

/// Adds UTF-16 to UTF-8; `None` for half a surrogate pair or an odd number of bytes.
pub(super) fn utf8_of(bytes: &[u8], into: &mut Vec<u8>) -> Option<()> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    // All bits at once, without an early end, is what the compiler turns into wide instructions.
    if units.iter().fold(0, |bits, unit| bits | u16::from_le_bytes(*unit)) < 0x80 {
        into.extend(units.iter().map(|[low, _]| *low));
        return Some(());
    }
    for read in char::decode_utf16(units.iter().map(|unit| u16::from_le_bytes(*unit))) {
        into.extend(read.ok()?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(())
}

/// Adds UTF-16 up to its first NUL to UTF-8, and gives what stands behind the NUL; `None` where there is no
/// NUL, or as for [`utf8_of`]. One pass, for texts of ASCII.
pub(super) fn utf8_until_nul<'t>(bytes: &'t [u8], into: &mut Vec<u8>) -> Option<&'t [u8]> {
    const BLOCK: usize = 16;
    let (units, _) = bytes.as_chunks::<2>();
    let start = into.len();
    let mut at = 0;
    for block in units.as_chunks::<BLOCK>().0 {
        // Both at once, without an early end, is what the compiler turns into wide instructions.
        let units = block.map(u16::from_le_bytes);
        let (bits, nuls) = units.iter().fold((0, 0), |(bits, nuls), unit| (bits | unit, nuls | u16::from(*unit == 0)));
        if bits >= 0x80 || nuls > 0 {
            break;
        }
        into.extend_from_slice(&block.map(|[low, _]| low));
        at += BLOCK;
    }
    for unit in units.get(at..)? {
        match u16::from_le_bytes(*unit) {
            0 => return bytes.get(2 * at + 2..),
            0x80.. => break,
            _ => into.push(unit[0]),
        }
        at += 1;
    }
    into.truncate(start);
    let end = units_before_nul(units)?;
    utf8_of(bytes.get(..2 * end)?, into)?;
    bytes.get(2 * end + 2..)
}

/// UTF-16 → text; `None` as for [`utf8_of`].
pub(super) fn text_of(bytes: &[u8]) -> Option<String> {
    let mut text = Vec::with_capacity(bytes.len() / 2);
    utf8_of(bytes, &mut text)?;
    String::from_utf8(text).ok()
}

/// How many UTF-16 units stand in front of the first NUL.
fn units_before_nul(units: &[[u8; 2]]) -> Option<usize> {
    const BLOCK: usize = 32;
    let is_nul = |unit: &[u8; 2]| *unit == [0, 0];
    let full = units.chunks_exact(BLOCK).take_while(|block| !block.iter().fold(false, |found, unit| found | is_nul(unit))).count();
    let start = full * BLOCK;
    Some(start + units.get(start..)?.iter().position(is_nul)?)
}

/// UTF-16 up to its first NUL.
pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = units_before_nul(bytes.as_chunks::<2>().0);
    end.and_then(|end| bytes.get(..2 * end)).unwrap_or(bytes)
}

/// UTF-16 up to its first NUL → text.
pub(super) fn text_until_nul(bytes: &[u8]) -> Option<String> {
    text_of(until_nul(bytes))
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
    let mut text = String::with_capacity("2023-05-24T01:21:11Z".len());
    push_digits(&mut text, year / 100, "");
    push_digits(&mut text, year % 100, "-");
    push_digits(&mut text, month, "-");
    push_digits(&mut text, day, "T");
    push_digits(&mut text, second / 3600, ":");
    push_digits(&mut text, second / 60 % 60, ":");
    push_digits(&mut text, second % 60, "Z");
    Some(text)
}

/// Adds two digits and what follows them; `format!` would take longer than the whole record.
fn push_digits(text: &mut String, number: u64, behind: &str) {
    for digit in [number / 10 % 10, number % 10] {
        text.extend(u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10)));
    }
    text.push_str(behind);
}
