//! Finds error codes in a line. Knows their shapes, not their meanings.
//!
//! Forms: `0xC004F074`, `0Xc004f074`, `OxC004F074`, `０ｘＣ００４Ｆ０７４`, `hr=C004F074`, `-1073418124`,
//! glued to Chinese text on either side, with the letter O for a zero.

use super::canonical;

/// A code and where it stands in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeMention {
    /// Canonical code, see [`canonical`].
    pub code: String,
    /// Byte offset of its first character.
    pub start: usize,
    /// Byte offset behind its last character.
    pub end: usize,
    /// Written without `0x`, as a decimal or with few digits: counts only if the code is a known one.
    pub bare: bool,
}

/// All codes of a line, from left to right.
#[must_use]
pub fn scan(line: &str) -> Vec<CodeMention> {
    if !could_hold_code(line) {
        return Vec::new();
    }
    let chars: Vec<(usize, char)> = line.char_indices().map(|(at, c)| (at, half_width(c))).collect();
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match code_at(&chars, i) {
            Some((code, next, bare)) => {
                let start = chars.get(i).map_or(line.len(), |c| c.0);
                let end = chars.get(next).map_or(line.len(), |c| c.0);
                found.push(CodeMention { code, start, end, bare });
                i = next;
            }
            None => i += 1,
        }
    }
    found
}

/// The code at the very start of `text`, with the number of bytes it covers.
#[must_use]
pub fn parse_prefix(text: &str) -> Option<(String, usize)> {
    let chars: Vec<(usize, char)> = text.char_indices().take(24).map(|(at, c)| (at, half_width(c))).collect();
    let (code, next, _) = code_at(&chars, 0)?;
    Some((code, chars.get(next).map_or_else(|| text.len(), |c| c.0)))
}

/// A code has at least three digits in a row; lines without are passed over quickly.
fn could_hold_code(line: &str) -> bool {
    let mut run = 0_u32;
    for byte in line.bytes() {
        let digit_like = byte.is_ascii_hexdigit() || matches!(byte, b'o' | b'O' | b'x' | b'X') || byte >= 0x80;
        run = if digit_like { run + 1 } else { 0 };
        if run >= 4 {
            return true;
        }
    }
    false
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '×' | '✕' => 'x',
        '−' | '–' | '‐' | '—' => '-',
        _ => c,
    }
}

type Parsed = (String, usize, bool);

fn code_at(chars: &[(usize, char)], i: usize) -> Option<Parsed> {
    let c = chars.get(i)?.1;
    match c {
        '0' | 'O' | 'o' => prefixed(chars, i).or_else(|| bare_hex(chars, i)),
        '-' => decimal(chars, i),
        '1' | '2' | '3' => decimal(chars, i).or_else(|| bare_hex(chars, i)),
        'c' | 'C' | '8' | '4' => bare_hex(chars, i),
        _ => None,
    }
}

/// `0xC004F074` with `O` for `0` anywhere; one to eight digits.
fn prefixed(chars: &[(usize, char)], i: usize) -> Option<Parsed> {
    if !matches!(chars.get(i + 1)?.1, 'x' | 'X') || preceded_by_word(chars, i) {
        return None;
    }
    // "0x C004F074": one blank after the prefix is an OCR slip.
    let first = if chars.get(i + 2).is_some_and(|c| c.1 == ' ') && hex_run(chars, i + 3).0.len() == 8 { i + 3 } else { i + 2 };
    let (digits, next) = ocr_run(chars, first);
    if digits.is_empty() || digits.len() < 8 && is_masked(chars, next) {
        return None;
    }
    // Nine hex digits and more are a hash or an address, or eight digits glued to an English word.
    let (digits, next) = if digits.len() > 8 { glued_word(chars, first)? } else { (digits, next) };
    // Five to seven digits are a code that was cut. `0x2a` is slui's own switch.
    if (5..8).contains(&digits.len()) {
        return None;
    }
    if digits.eq_ignore_ascii_case("2a") || (digits.len() < 8 && followed_by_word(chars, next)) {
        return None;
    }
    let short = digits.len() < 8;
    Some((canonical(&digits), next, short))
}

/// Hex digits as OCR and tired eyes give them: `l` and `I` for 1, a blank in the middle.
fn ocr_run(chars: &[(usize, char)], first: usize) -> (String, usize) {
    let (digits, next) = hex_run(chars, first);
    if digits.len() >= 8 {
        return (digits, next);
    }
    let like_one = |c: char| if matches!(c, 'l' | 'I' | '|') { '1' } else { c };
    let fixed: Vec<(usize, char)> = chars.iter().skip(first).take(9).map(|c| (c.0, like_one(c.1))).collect();
    let (longer, _) = hex_run(&fixed, 0);
    if longer.len() == 8 {
        return (longer, first + 8);
    }
    let blank = digits.len() == 4 && chars.get(next).is_some_and(|c| c.1 == ' ');
    let (rest, end) = hex_run(chars, next + 1);
    if blank && rest.len() == 4 && !followed_by_word(chars, end) {
        return (digits + &rest, end);
    }
    (digits, next)
}

/// `0xC004F0**`, `0xC004F...`: somebody left the rest out.
fn is_masked(chars: &[(usize, char)], next: usize) -> bool {
    let at = |i: usize| chars.get(i).map(|c| c.1);
    matches!(at(next), Some('*' | '…' | '?' | '•' | '_')) || (at(next) == Some('.') && at(next + 1) == Some('.'))
}

/// `0xC004F074Access denied`: eight digits, then letters that do not stay hexadecimal.
fn glued_word(chars: &[(usize, char)], first: usize) -> Option<(String, usize)> {
    let (digits, next) = hex_run(chars, first);
    let word_goes_on = chars.get(next).is_some_and(|c| c.1.is_ascii_alphabetic());
    let eight: String = digits.get(..8)?.to_owned();
    let tail_is_letters = digits.get(8..)?.bytes().all(|b| b.is_ascii_alphabetic());
    (word_goes_on && tail_is_letters).then_some((eight, first + 8))
}

/// Facilities whose codes people write without `0x`.
const BARE_STARTS: [&str; 7] = ["c004", "8007", "8004", "803f", "8008", "c002", "4004"];

/// `C004F074`, `8007232B`: eight hex digits that start like an HRESULT and stand alone.
fn bare_hex(chars: &[(usize, char)], i: usize) -> Option<Parsed> {
    if preceded_by_word(chars, i) || preceded_by(chars, i, &['-', '{', '#', 'x', 'X', '_']) {
        return None;
    }
    let (digits, next) = hex_run(chars, i);
    if digits.len() != 8 || followed_by_word(chars, next) || chars.get(next).is_some_and(|c| c.1 == '-') {
        return None;
    }
    let lower = digits.to_ascii_lowercase();
    BARE_STARTS.iter().any(|s| lower.starts_with(s)).then(|| (canonical(&digits), next, true))
}

/// `-1073418124` (signed) or `3221549172` (unsigned): only values with an HRESULT's severity bit.
fn decimal(chars: &[(usize, char)], i: usize) -> Option<Parsed> {
    if preceded_by_word(chars, i) || preceded_by(chars, i, &['-', '.', '_']) {
        return None;
    }
    let negative = chars.get(i)?.1 == '-';
    let first = if negative { i + 1 } else { i };
    let digits: String = chars.iter().skip(first).take(12).map(|c| c.1).take_while(char::is_ascii_digit).collect();
    let next = first + digits.len();
    if digits.len() != 10 || followed_by_word(chars, next) || preceded_by(chars, next + 1, &['-', '.']) {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    let word = if negative { u32::try_from(i64::from(u32::MAX) + 1 - value).ok()? } else { u32::try_from(value).ok()? };
    let known_facility = matches!(word >> 16, 0xC004 | 0x8007 | 0x8004 | 0x803F | 0x8008 | 0x4004 | 0xC002);
    known_facility.then(|| (format!("0x{word:08X}"), next, true))
}

/// The hex digits from `i`, letter O read as zero.
fn hex_run(chars: &[(usize, char)], i: usize) -> (String, usize) {
    let digits: String = chars
        .iter()
        .skip(i)
        .take(40)
        .map(|c| if matches!(c.1, 'O' | 'o') { '0' } else { c.1 })
        .take_while(char::is_ascii_hexdigit)
        .collect();
    let next = i + digits.len();
    (digits, next)
}

fn preceded_by_word(chars: &[(usize, char)], i: usize) -> bool {
    i.checked_sub(1).and_then(|b| chars.get(b)).is_some_and(|c| c.1.is_ascii_alphanumeric())
}

fn preceded_by(chars: &[(usize, char)], i: usize, set: &[char]) -> bool {
    i.checked_sub(1).and_then(|b| chars.get(b)).is_some_and(|c| set.contains(&c.1))
}

fn followed_by_word(chars: &[(usize, char)], next: usize) -> bool {
    chars.get(next).is_some_and(|c| c.1.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{parse_prefix, scan};

    fn codes(line: &str) -> Vec<String> {
        scan(line).into_iter().map(|m| m.code).collect()
    }

    #[test]
    fn every_form_of_results_md() {
        assert_eq!(codes("0Xc004f074"), ["0xC004F074"]);
        assert_eq!(codes("shown in the UI OxC004F074"), ["0xC004F074"]);
        assert_eq!(codes("0xCOO4FO74"), ["0xC004F074"]);
        assert_eq!(codes("错误代码：-2147023838。"), ["0x80070422"]);
        assert_eq!(codes("错误：0xC004F074软件授权服务报告"), ["0xC004F074"]);
        assert_eq!(codes("０ｘＣ００４Ｆ０７４"), ["0xC004F074"]);
        assert_eq!(codes("LicenseStatusReason : 3221549076"), ["0xC004F014"]);
        assert_eq!(codes("hr=C004F074"), ["0xC004F074"]);
        assert_eq!(codes("运行slui.exe 0x2a 0xBBA以显示"), ["0xBBA"]);
        assert_eq!(codes("0xC004F025Access denied"), ["0xC004F025"]);
        assert_eq!(codes("Error: 0x5 Access denied"), ["0x5"]);
        assert_eq!(codes("ERROR CODE: 0xC004F0l7"), ["0xC004F017"]);
        assert_eq!(codes("0xC004F04I"), ["0xC004F041"]);
        assert_eq!(codes("0x8007 232B DNS"), ["0x8007232B"]);
    }

    #[test]
    fn near_misses_are_no_codes() {
        assert!(codes("c004f074-d7fd-4a35-b7b4-054742b7af67").is_empty());
        assert!(codes("0x0102030405060708").is_empty());
        assert!(codes("03612-03311-000-000001-03-1033").is_empty());
        assert!(codes("sha1 80041010aabb").is_empty());
        assert!(codes("Error: 0xC004F0** …").is_empty());
        assert!(codes("Error: 0xC004F...").is_empty());
        assert!(codes("电话 2147483647 号").is_empty());
    }

    #[test]
    fn prefix_ends_at_the_code() {
        assert_eq!(parse_prefix("0xC004F074 text"), Some(("0xC004F074".to_owned(), 10)));
        assert_eq!(parse_prefix("text 0xC004F074"), None);
    }
}
