//! Reads a template definition token by token. Knows the alphabet of binary XML, no element's meaning.

use super::bytes::{Chunk, Cursor, u16_at, u32_at};

/// Bytes in front of a definition's tokens: next definition, GUID, size.
pub(super) const DEFINITION_HEAD: usize = 24;
/// "No value decides whether this element is written."
pub(super) const NO_DEPENDENCY: u16 = 0xffff;
/// `<next u32> <hash u16> <length u16>` in front of a name, a NUL behind it.
const NAME_HEAD: usize = 8;
/// Longest name that a record of ours has: `RelatedActivityID`.
const NAME_UNITS_MAX: usize = 17;

/// The names that decide where a value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Name {
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
    Open { name: Name, dependency: u16 },
    /// ` name=`
    Attribute(Name),
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

    /// The next token: `Some(None)` at the end, `None` at anything that records of ours do not have.
    pub(super) fn next(&mut self) -> Option<Option<Token<'a>>> {
        if self.cursor.is_done() {
            return Some(None);
        }
        let token = match self.cursor.byte()? {
            0x00 => return Some(None),
            0x0f => {
                self.cursor.take(3)?;
                return self.next_after_head();
            }
            byte => self.token(byte)?,
        };
        Some(Some(token))
    }

    fn next_after_head(&mut self) -> Option<Option<Token<'a>>> {
        let byte = self.cursor.byte()?;
        Some(Some(self.token(byte)?))
    }

    fn token(&mut self, byte: u8) -> Option<Token<'a>> {
        Some(match byte {
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
                (self.cursor.byte()? == super::values::kind::TEXT).then_some(())?;
                let units = usize::from(self.cursor.u16()?);
                Token::Text(self.cursor.take(2 * units)?)
            }
            0x06 | 0x46 => Token::Attribute(self.name()?),
            0x0d | 0x0e => {
                let index = self.cursor.u16()?;
                super::values::is_kind(self.cursor.byte()?).then_some(())?;
                Token::Substitution(index)
            }
            _ => return None,
        })
    }

    /// Reads a name's offset, and steps over the name where it is stored right here.
    fn name(&mut self) -> Option<Name> {
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

fn name_of(text: &[u8]) -> Name {
    let mut ascii = [0_u8; NAME_UNITS_MAX];
    let units = text.as_chunks::<2>().0;
    let Some(ascii) = ascii.get_mut(..units.len()) else { return Name::Other };
    for (letter, [low, high]) in ascii.iter_mut().zip(units) {
        if *high != 0 || !low.is_ascii_alphabetic() {
            return Name::Other;
        }
        *letter = *low;
    }
    match &*ascii {
        b"Binary" => Name::Binary,
        b"Channel" => Name::Channel,
        b"Computer" => Name::Computer,
        b"Data" => Name::Data,
        b"Event" => Name::Event,
        b"EventData" => Name::EventData,
        b"EventID" => Name::EventId,
        b"EventSourceName" => Name::EventSourceName,
        b"Level" => Name::Level,
        b"Name" => Name::Name,
        b"Provider" => Name::Provider,
        b"Qualifiers" => Name::Qualifiers,
        b"System" => Name::System,
        b"SystemTime" => Name::SystemTime,
        b"TimeCreated" => Name::TimeCreated,
        _ => Name::Other,
    }
}
