//! Turns one or two bytes of a code page into a character and back. Windows' tables, not the
//! Web's: code page 950 has no HKSCS, and its private rows give private-use characters.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

use encoding_rs::{BIG5, Encoding, GB18030};

/// Memo of decoded pairs, 0 = not asked yet. Filled while reading, so that starting costs
/// nothing and a short file only pays for the characters it has.
static BIG5_MEMO: [AtomicU16; 65536] = [const { AtomicU16::new(0) }; 65536];
static GBK_MEMO: [AtomicU16; 65536] = [const { AtomicU16::new(0) }; 65536];
/// Marks a pair that stands for no character (U+FFFF is none either).
const NONE: u16 = 0xFFFF;

/// Upper half of code page 437, the console of English and many European machines.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
static CP437_CHARS: [u16; 128] = high_half(CP437);

/// Bytes 80–9F of windows-1252; the five gaps give the control of the same number, as Windows does.
const CP1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ";
static CP1252_CHARS: [u16; 32] = high_half(CP1252);

/// The character of a lead and a trail byte in code page 950.
pub(super) fn big5(lead: u8, trail: u8) -> Option<u16> {
    if !matches!(lead, 0x81..=0xFE) || !matches!(trail, 0x40..=0x7E | 0xA1..=0xFE) {
        return None;
    }
    remember(&BIG5_MEMO, lead, trail, || match (lead, trail) {
        (0xF9, 0xFE) => 0x2593,
        (0xA3, 0xC0..=0xE0 | 0xE2..=0xFE) => NONE,
        _ => private_use(lead, trail).unwrap_or_else(|| decoded(BIG5, lead, trail)),
    })
}

/// The character of a lead and a trail byte in code page 936 (GBK).
pub(super) fn gbk(lead: u8, trail: u8) -> Option<u16> {
    if !matches!(lead, 0x81..=0xFE) || !matches!(trail, 0x40..=0x7E | 0x80..=0xFE) {
        return None;
    }
    remember(&GBK_MEMO, lead, trail, || decoded(GB18030, lead, trail))
}

/// The character of a four-byte GB18030 sequence.
pub(super) fn gb18030(four: [u8; 4]) -> Option<char> {
    let [a, b, c, d] = four;
    let shaped = matches!(a, 0x81..=0xFE) && b.is_ascii_digit() && matches!(c, 0x81..=0xFE) && d.is_ascii_digit();
    if !shaped {
        return None;
    }
    let (text, failed) = GB18030.decode_without_bom_handling(&four);
    if failed { None } else { text.chars().next() }
}

pub(super) fn cp437(byte: u8) -> u16 {
    CP437_CHARS.get(usize::from(byte).wrapping_sub(0x80)).copied().unwrap_or(u16::from(byte))
}

pub(super) fn cp1252(byte: u8) -> u16 {
    CP1252_CHARS.get(usize::from(byte).wrapping_sub(0x80)).copied().unwrap_or(u16::from(byte))
}

fn remember(memo: &[AtomicU16; 65536], lead: u8, trail: u8, find: impl FnOnce() -> u16) -> Option<u16> {
    let cell = memo.get(usize::from(lead) << 8 | usize::from(trail))?;
    let mut unit = cell.load(Ordering::Relaxed);
    if unit == 0 {
        unit = find();
        cell.store(unit, Ordering::Relaxed);
    }
    (unit != NONE).then_some(unit)
}

fn decoded(encoding: &'static Encoding, lead: u8, trail: u8) -> u16 {
    let mut units = [0u16; 4];
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (_, _, written, failed) = decoder.decode_to_utf16(&[lead, trail], &mut units, true);
    match units {
        [unit, ..] if written == 1 && !failed && unit > 0x7F => unit,
        _ => NONE,
    }
}

/// Windows' mapping of the rows that code page 950 leaves to the user. Other Big5 tables put
/// Hong Kong's or ETEN's characters there, which Windows never prints.
fn private_use(lead: u8, trail: u8) -> Option<u16> {
    let column = u16::from(trail) - if trail < 0x7F { 0x40 } else { 0x62 };
    let (base, first) = match (lead, trail) {
        (0xFA..=0xFE, _) => (0xE000, 0xFA),
        (0x8E..=0xA0, _) => (0xE311, 0x8E),
        (0x81..=0x8D, _) => (0xEEB8, 0x81),
        (0xC6, 0xA1..) | (0xC7..=0xC8, _) => (0xF6B1 - 0x3F, 0xC6),
        _ => return None,
    };
    Some(base + u16::from(lead - first) * 157 + column)
}

const fn high_half<const N: usize>(text: &str) -> [u16; N] {
    let (text, mut table, mut at, mut slot) = (text.as_bytes(), [0; N], 0, 0);
    while slot < N {
        let lead = text[at] as u16;
        if lead >= 0xE0 {
            let middle = text[at + 1] as u16 & 0x3F;
            table[slot] = (lead & 0x0F) << 12 | middle << 6 | text[at + 2] as u16 & 0x3F;
            at += 3;
        } else {
            table[slot] = (lead & 0x1F) << 6 | text[at + 1] as u16 & 0x3F;
            at += 2;
        }
        slot += 1;
    }
    table
}

/// The code page in which a text was wrongly read: turning it back gives the original bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Windows1252,
    Cp437,
    Big5,
    Gbk,
}

/// Characters to pairs of bytes, 0 = not in the code page.
type Reverse = Box<[u16]>;
static BIG5_BACK: OnceLock<Reverse> = OnceLock::new();
static GBK_BACK: OnceLock<Reverse> = OnceLock::new();

impl Charset {
    pub(super) const ALL: [Self; 4] = [Self::Windows1252, Self::Cp437, Self::Big5, Self::Gbk];

    /// The byte or the pair of bytes of a character: `é` in windows-1252 → `00 E9`, length 1.
    /// The two-byte tables are built at the first garbled text, never for a clean one.
    pub(super) fn encode(self, c: char) -> Option<(u16, usize)> {
        if c.is_ascii() {
            return Some((c as u16, 1));
        }
        let unit = u16::try_from(c as u32).ok()?;
        let single = |table: &[u16]| {
            let slot = table.iter().position(|&u| u == unit)?;
            Some((u16::try_from(slot).ok()? + 0x80, 1))
        };
        match self {
            Self::Windows1252 if unit <= 0xFF => Some((unit, 1)),
            Self::Windows1252 => single(&CP1252_CHARS),
            Self::Cp437 => single(&CP437_CHARS),
            Self::Big5 if unit == 0x80 => Some((0x80, 1)),
            Self::Big5 if unit == 0xF8F8 => Some((0xFF, 1)),
            Self::Gbk if unit == 0x20AC => Some((0x80, 1)),
            Self::Gbk if unit == 0xF8F5 => Some((0xFF, 1)),
            Self::Big5 => double(BIG5_BACK.get_or_init(|| reverse(&[web_big5, big5])), unit),
            Self::Gbk => double(GBK_BACK.get_or_init(|| reverse(&[gbk])), unit),
        }
    }
}

fn double(table: &Reverse, unit: u16) -> Option<(u16, usize)> {
    table.get(usize::from(unit)).filter(|&&pair| pair != 0).map(|&pair| (pair, 2))
}

/// Builds the way back from one or more tables; a later table wins.
fn reverse(tables: &[fn(u8, u8) -> Option<u16>]) -> Reverse {
    let mut back = vec![0; 65536].into_boxed_slice();
    for decode in tables {
        // Downwards, so that of two codes for one character the lower, usual one stays.
        for lead in (0x81..=0xFEu8).rev() {
            for trail in (0x40..=0xFEu8).rev() {
                let slot = decode(lead, trail).and_then(|unit| back.get_mut(usize::from(unit)));
                if let Some(slot) = slot {
                    *slot = u16::from(lead) << 8 | u16::from(trail);
                }
            }
        }
    }
    back
}

/// Big5 as browsers and editors read it: their garbled texts hold Hong Kong's characters where
/// Windows' hold private ones.
fn web_big5(lead: u8, trail: u8) -> Option<u16> {
    Some(decoded(BIG5, lead, trail)).filter(|&unit| unit != NONE)
}
