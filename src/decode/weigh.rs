//! Judges how believable characters are. Scores are in tenths: +10 is an everyday Chinese
//! character; all numbers were set on synthetic activation texts and only their order matters.

use super::codepage;
use super::common;
use super::token::{BAD, Code};
use super::words;

/// An unreadable byte inside the text, and at the very start or end, where clipping is usual.
pub(super) const ERROR: i32 = -60;
/// Logs are cut at the end more often than at the start.
pub(super) const ERROR_AT_START: i32 = -12;
pub(super) const ERROR_AT_END: i32 = -10;
/// The same in UTF-16: an odd number of bytes.
pub(super) const ODD_AT_START: i32 = -24;
pub(super) const ODD_AT_END: i32 = -20;
/// Changing the encoding in the middle of a line, and right after a line break.
pub(super) const SWITCH: i32 = -90;
pub(super) const SWITCH_AT_LINE: i32 = -45;
/// Two characters that make a word of this field.
const PAIR: i32 = 15;
const BOM: i32 = 80;

/// Score of the character `unit`, read as `code` from `len` bytes after the character `before`.
#[inline]
pub(super) fn weigh(code: Code, len: usize, unit: u32, before: u16) -> i32 {
    if unit < 0x80 {
        let weight = ascii(unit);
        // A letter right after a Chinese character is more often the second half of another.
        let stuck = before >= 0x4E00 && is_letter(unit) && !code.is_utf16();
        return if code.is_utf16() { 2 * weight } else { weight - if stuck { 6 } else { 0 } };
    }
    let bonus = match unit {
        0x4E00..=0x9FFF => han(code, unit, before),
        BAD => return ERROR,
        0xFEFF => return if code == Code::Utf8 || code.is_utf16() { BOM } else { ERROR },
        _ => other(code, unit, before),
    };
    match (code, len) {
        // Well-formed UTF-8 is hard to get by chance: each further byte is evidence in itself.
        (Code::Utf8, 2) => bonus.max(-20) + 5,
        (Code::Utf8, _) => bonus.max(-15) + 12,
        (Code::Gb18030, 4) => bonus.min(0) - 30,
        _ => bonus,
    }
}

fn is_letter(unit: u32) -> bool {
    matches!(unit, 0x41..=0x5A | 0x61..=0x7A)
}

#[inline]
fn ascii(unit: u32) -> i32 {
    match unit {
        0x20..=0x7E | 0x09 | 0x0A | 0x0D => 1,
        0x08 | 0x0C | 0x1B | 0x1A => -10,
        0 => -10,
        _ => -20,
    }
}

#[inline]
fn han(code: Code, unit: u32, before: u16) -> i32 {
    let everyday = match code {
        Code::Big5 => common::traditional(unit),
        Code::Gb18030 => common::simplified(unit),
        _ => common::traditional(unit) || common::simplified(unit),
    };
    if !everyday {
        return -15;
    }
    let pair = before >= 0x4E00 && u16::try_from(unit).is_ok_and(|unit| words::pair(before, unit));
    let base = match (u32::from(before) == unit, words::frequent(unit)) {
        // The same character again and again is what ruled lines look like in the wrong table.
        (true, false) => -5,
        (true, true) | (false, false) => 7,
        (false, true) => 15,
    };
    // Letters right before a Chinese character are suspicious, and so are two letters read as one.
    let stuck = match code {
        Code::Big5 | Code::Gb18030 if is_letter(u32::from(before)) => 3,
        Code::Utf16Le | Code::Utf16Be if is_letter(unit >> 8) && is_letter(unit & 0xFF) => 6,
        _ => 0,
    };
    base + if pair { PAIR } else { 0 } - stuck
}

fn other(code: Code, unit: u32, before: u16) -> i32 {
    match unit {
        0x3000..=0x3002 | 0x300A..=0x3011 | 0xFF08..=0xFF0C | 0xFF1A..=0xFF1B | 0xFF1F => 8,
        0x2013..=0x2026 | 0xFF01..=0xFF5E => 0,
        0x2500..=0x257F if u32::from(before) == unit => 5,
        0x2190..=0x21FF | 0x2460..=0x249B | 0x2500..=0x25FF => -10,
        0xA0..=0xFF if code == Code::Utf8 => -5,
        0xA0..=0xFF | 0x2000..=0x2BFF | 0x3003..=0x303F => -15,
        0x3040..=0x30FF | 0x370..=0x44F => -20,
        0x1100..=0x11FF | 0xAC00..=0xD7A3 => -30,
        0x1F300..=0x1FAFF if code == Code::Utf8 => 0,
        0x1F300..=0x1FAFF => -20,
        0xE000..=0xF8FF => -60,
        _ => -40,
    }
}

/// Score of a byte above 0x7F as a Western letter or sign between the bytes around it.
/// Believable only one at a time: `réussie`, `Größe`, or a ruled line of code page 437.
pub(super) fn weigh_western(before: u8, byte: u8, after: u8) -> i32 {
    let best = western(Code::Windows1252, before, byte, after);
    best.max(western(Code::Cp437, before, byte, after))
}

/// The same for one of the two code pages, to choose between them.
pub(super) fn western(code: Code, before: u8, byte: u8, after: u8) -> i32 {
    if byte < 0x80 {
        return ascii(u32::from(byte));
    }
    let read = |byte| {
        let unit = if code == Code::Cp437 { codepage::cp437(byte) } else { codepage::cp1252(byte) };
        char::from_u32(u32::from(unit)).unwrap_or('\u{FFFD}')
    };
    let is_rule = |c| matches!(c, '\u{2500}'..='\u{259F}');
    let (left, c, right) = (read(before), read(byte), read(after));
    if is_rule(c) {
        return match () {
            () if before == byte || after == byte => 2,
            () if is_rule(left) || is_rule(right) => -5,
            () if before.is_ascii_whitespace() || after.is_ascii_whitespace() => -8,
            () => -40,
        };
    }
    if before >= 0x80 || after >= 0x80 {
        return -30;
    }
    match c {
        'À'..='ÿ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Œ' | 'œ' | 'Ÿ' => {
            let joined = left.is_ascii_alphabetic() || right.is_ascii_lowercase();
            let fits = c.is_lowercase() || !left.is_ascii_lowercase();
            if joined && fits { -3 } else { -25 }
        }
        '‘'..='”' | '–' | '—' | '…' | '•' | '\u{A0}' | '«' | '»' | '°' | '®' | '©' | '™' => -8,
        '\u{A1}'..='\u{BF}' | '€' => -20,
        _ => -40,
    }
}
