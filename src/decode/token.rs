//! Reads one character at a time in a given encoding. The path search, the text builder and the
//! way back to byte offsets all use this one reader, so they can never disagree.

use super::codepage;

/// An encoding in which a run of bytes can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Utf8,
    Big5,
    Gb18030,
    Utf16Le,
    Utf16Be,
    /// Western single bytes, before it is decided which of the next two they are.
    Western,
    Windows1252,
    Cp437,
}

impl Code {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Big5 => "big5",
            Self::Gb18030 => "gb18030",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Western | Self::Windows1252 => "windows-1252",
            Self::Cp437 => "cp437",
        }
    }

    pub(super) fn is_utf16(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// True when bytes below 0x80 may stand for themselves.
    pub(super) fn holds_ascii(self) -> bool {
        !self.is_utf16()
    }
}

/// The bytes of one character, or of one error when `unit` is [`BAD`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) len: usize,
    pub(super) unit: u32,
}

/// Not a character: the bytes mean nothing in this encoding.
pub(super) const BAD: u32 = u32::MAX;
const ERROR: Token = Token { len: 1, unit: BAD };

/// The first token of `bytes` (which is not empty): `A4 A4 …` in Big5 → 中, 2 bytes.
#[inline]
pub(super) fn token(code: Code, bytes: &[u8]) -> Token {
    let Some(&first) = bytes.first() else { return ERROR };
    match code {
        Code::Utf16Le => utf16(bytes, u16::from_le_bytes),
        Code::Utf16Be => utf16(bytes, u16::from_be_bytes),
        _ if first < 0x80 => Token { len: 1, unit: u32::from(first) },
        Code::Utf8 => utf8(first, bytes),
        Code::Big5 => match bytes {
            [lead, trail, ..] => double(codepage::big5(*lead, *trail)),
            _ => ERROR,
        },
        Code::Gb18030 => gb18030(first, bytes),
        Code::Western | Code::Windows1252 => Token { len: 1, unit: u32::from(codepage::cp1252(first)) },
        Code::Cp437 => Token { len: 1, unit: u32::from(codepage::cp437(first)) },
    }
}

#[inline]
fn double(unit: Option<u16>) -> Token {
    unit.map_or(ERROR, |unit| Token { len: 2, unit: u32::from(unit) })
}

fn gb18030(first: u8, bytes: &[u8]) -> Token {
    match *bytes {
        _ if first == 0x80 => Token { len: 1, unit: 0x20AC },
        [a, b, c, d, ..] if b.is_ascii_digit() => codepage::gb18030([a, b, c, d]).map_or(ERROR, |c| Token { len: 4, unit: u32::from(c) }),
        [lead, trail, ..] => double(codepage::gbk(lead, trail)),
        _ => ERROR,
    }
}

fn utf16(bytes: &[u8], join: fn([u8; 2]) -> u16) -> Token {
    let [a, b, rest @ ..] = bytes else { return ERROR };
    let unit = join([*a, *b]);
    match unit {
        0xD800..=0xDBFF => match rest {
            [c, d, ..] if matches!(join([*c, *d]), 0xDC00..=0xDFFF) => {
                let low = u32::from(join([*c, *d])) - 0xDC00;
                Token { len: 4, unit: 0x10000 + ((u32::from(unit) - 0xD800) << 10) + low }
            }
            _ => Token { len: 2, unit: BAD },
        },
        0xDC00..=0xDFFF | 0xFFFE | 0xFFFF => Token { len: 2, unit: BAD },
        _ => Token { len: 2, unit: u32::from(unit) },
    }
}

/// A cut sequence is one error of all its bytes, so that it becomes one U+FFFD; so is the `FF`
/// that stands for a lost byte behind it, unless it starts a byte order mark.
fn utf8(first: u8, bytes: &[u8]) -> Token {
    let (len, low, high) = match first {
        0xC2..=0xDF => (2, 0x80, 0xBF),
        0xE0 => (3, 0xA0, 0xBF),
        0xED => (3, 0x80, 0x9F),
        0xE1..=0xEF => (3, 0x80, 0xBF),
        0xF0 => (4, 0x90, 0xBF),
        0xF1..=0xF3 => (4, 0x80, 0xBF),
        0xF4 => (4, 0x80, 0x8F),
        _ => return ERROR,
    };
    let mut unit = u32::from(first) & (0x7F >> len);
    for (at, range) in [(1, low..=high), (2, 0x80..=0xBF), (3, 0x80..=0xBF)] {
        if at == len {
            break;
        }
        match bytes.get(at) {
            Some(byte) if range.contains(byte) => unit = unit << 6 | u32::from(byte & 0x3F),
            Some(0xFF) if bytes.get(at + 1) != Some(&0xFE) => {
                return Token { len: at + 1, unit: BAD };
            }
            _ => return Token { len: at, unit: BAD },
        }
    }
    Token { len, unit }
}
