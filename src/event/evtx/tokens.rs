//! Reads a template definition token by token. Knows the alphabet of binary XML, no element's meaning.

use super::bytes::{Chunk, Cursor, u16_at, u32_at};
use super::values::{is_kind, kind, until_nul};

/// Bytes in front of a definition's tokens: next definition, GUID, size.
pub(super) const DEFINITION_HEAD: usize = 24;
/// Head of a fragment: three more bytes, then its first token.
const FRAGMENT: u8 = 0x0f;
/// "No value decides whether this element is written."
pub(super) const NO_DEPENDENCY: u16 = 0xffff;
/// `<next u32> <hash u16> <length u16>` in front of a name, a NUL behind it.
const NAME_HEAD: usize = 8;

/// The names that decide where a value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    Binary,
    Channel,
    Computer,
    Data,
    Event,
    EventData,
    EventId,
    EventSourceName,
    Level,
    Name,
    Provider,
    Qualifiers,
    System,
    SystemTime,
    TimeCreated,
    Other,
}

/// One token of a definition.
#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    /// `<name`; written only when the value `dependency` is not null.
    Open { name: Word, dependency: u16 },
    /// ` name=`
    Attribute(Word),
    /// `>`
    CloseStart,
    /// `/>`
    CloseEmpty,
    /// `</name>`
    Close,
    /// UTF-16 text.
    Text(&'a [u8]),
    /// The value with this index goes here.
    Substitution(u16),
    /// Nothing follows.
    End,
}

/// A walk over one definition.
pub(super) struct Tokens<'a> {
    chunk: &'a Chunk,
    cursor: Cursor<'a>,
}

impl<'a> Tokens<'a> {
    /// The definition at `offset` with its size; `None` when it is not inside the chunk.
    pub(super) fn at(chunk: &'a Chunk, offset: u32) -> Option<(Self, usize)> {
        let offset = offset as usize;
        let size = u32_at(chunk, offset.checked_add(20)?)? as usize;
        let start = offset + DEFINITION_HEAD;
        let cursor = Cursor::new(chunk, start, start.checked_add(size)?)?;
        Some((Self { chunk, cursor }, size))
    }

    /// The next token; `None` at anything that records of ours do not have.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        if self.cursor.is_done() {
            return Some(Token::End);
        }
        let mut byte = self.cursor.byte()?;
        if byte == FRAGMENT {
            self.cursor.take(3)?;
            byte = self.cursor.byte()?;
        }
        Some(match byte {
            0x00 => Token::End,
            0x01 | 0x41 => {
                let dependency = self.cursor.u16()?;
                self.cursor.u32()?;
                let name = self.name()?;
                if byte == 0x41 {
                    self.cursor.u32()?;
                }
                Token::Open { name, dependency }
            }
            0x02 => Token::CloseStart,
            0x03 => Token::CloseEmpty,
            0x04 => Token::Close,
            0x05 | 0x45 => {
                (self.cursor.byte()? == kind::TEXT).then_some(())?;
                let units = usize::from(self.cursor.u16()?);
                Token::Text(self.cursor.take(2 * units)?)
            }
            0x06 | 0x46 => Token::Attribute(self.name()?),
            0x0d | 0x0e => {
                let index = self.cursor.u16()?;
                is_kind(self.cursor.byte()?).then_some(())?;
                Token::Substitution(index)
            }
            _ => return None,
        })
    }

    /// Reads a name's offset, and steps over the name where it is stored right here.
    fn name(&mut self) -> Option<Word> {
        let offset = self.cursor.u32()? as usize;
        let units = usize::from(u16_at(self.chunk, offset.checked_add(6)?)?);
        if offset == self.cursor.at {
            self.cursor.take(NAME_HEAD + 2 * units + 2)?;
        }
        let start = offset + NAME_HEAD;
        let text = self.chunk.get(start..start + 2 * units)?;
        Some(name_of(text))
    }
}

fn name_of(text: &[u8]) -> Word {
    /// As stored, because every definition of every chunk asks.
    const WORDS: [(&[u8], Word); 15] = [
        (&utf16::<8>("Data"), Word::Data),
        (&utf16::<8>("Name"), Word::Name),
        (&utf16::<10>("Event"), Word::Event),
        (&utf16::<10>("Level"), Word::Level),
        (&utf16::<12>("Binary"), Word::Binary),
        (&utf16::<12>("System"), Word::System),
        (&utf16::<14>("Channel"), Word::Channel),
        (&utf16::<14>("EventID"), Word::EventId),
        (&utf16::<16>("Computer"), Word::Computer),
        (&utf16::<16>("Provider"), Word::Provider),
        (&utf16::<18>("EventData"), Word::EventData),
        (&utf16::<20>("Qualifiers"), Word::Qualifiers),
        (&utf16::<20>("SystemTime"), Word::SystemTime),
        (&utf16::<22>("TimeCreated"), Word::TimeCreated),
        (&utf16::<30>("EventSourceName"), Word::EventSourceName),
    ];
    if let Some((_, word)) = WORDS.iter().find(|(name, _)| *name == text) {
        return *word;
    }
    // A name ends at its first NUL, whatever its length says.
    let shorter = until_nul(text);
    if shorter.len() < text.len() { name_of(shorter) } else { Word::Other }
}

/// ASCII as UTF-16, little-endian; `N` is twice the number of letters.
const fn utf16<const N: usize>(ascii: &str) -> [u8; N] {
    assert!(ascii.len() * 2 == N, "two bytes a letter");
    let mut units = [0; N];
    let mut left = ascii.as_bytes();
    let mut rest: &mut [u8] = &mut units;
    while let ([letter, others @ ..], [unit, _, behind @ ..]) = (left, rest) {
        *unit = *letter;
        (left, rest) = (others, behind);
    }
    units
}

/// Whether this UTF-16 is that ASCII text.
pub(super) fn is_text(utf16: &[u8], text: &str) -> bool {
    utf16.len() == 2 * text.len() && utf16.as_chunks::<2>().0.iter().zip(text.bytes()).all(|(unit, byte)| *unit == [byte, 0])
}
