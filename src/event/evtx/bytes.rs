//! Reads little-endian numbers out of a chunk. Knows no format; a place past the end reads as `None`.

/// Bytes in a chunk: every offset inside one counts from its first byte.
pub(super) const CHUNK_BYTES: usize = 65_536;

/// A whole chunk.
pub(super) type Chunk = [u8; CHUNK_BYTES];

/// The two bytes at `at`.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|raw| u16::from_le_bytes(*raw))
}

/// The four bytes at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|raw| u32::from_le_bytes(*raw))
}

/// The eight bytes at `at`.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|raw| u64::from_le_bytes(*raw))
}

/// A place that moves through a chunk and never past `end`.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    /// Offset in the chunk of what is read next.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// Reads `chunk` from `at` up to `end`; `None` when that range is not in the chunk.
    pub(super) fn new(chunk: &'a [u8], at: usize, end: usize) -> Option<Self> {
        let bytes = chunk.get(..end)?;
        (at <= end).then_some(Self { bytes, at })
    }

    /// What is left from `at` on.
    pub(super) fn rest_from(&self, at: usize) -> Option<&'a [u8]> {
        self.bytes.get(at..)
    }

    /// Whether nothing is left.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// The next two bytes.
    pub(super) fn u16(&mut self) -> Option<u16> {
        u16_at(self.take(2)?, 0)
    }

    /// The next four bytes.
    pub(super) fn u32(&mut self) -> Option<u32> {
        u32_at(self.take(4)?, 0)
    }
}
