//! What may stand in a slot of a message, and how its value is cleaned.

use crate::code;

/// Type of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotType {
    /// `0xC004F074`.
    Hex32,
    /// `2de67392-b7a7-462a-b1ca-108dd189f588`; masked digits are accepted and give an empty value.
    Guid,
    /// `kms.example.edu:1688`.
    Host,
    /// `259200`, also `259,200`.
    Number,
    /// A product key; only its last group is kept.
    Key,
    /// The last five characters of a key.
    Partial,
    /// `192.0.2.7`.
    Ip,
    /// `+00.0604534`.
    Seconds,
    /// A word without blanks.
    Word,
    /// Anything to the next literal or the end.
    Text,
}

impl SlotType {
    /// The type named in a grammar; dates and paths are kept as text.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "hex32" => Self::Hex32,
            "guid" => Self::Guid,
            "host" => Self::Host,
            "number" => Self::Number,
            "key" => Self::Key,
            "partial" => Self::Partial,
            "ip" => Self::Ip,
            "seconds" => Self::Seconds,
            "word" => Self::Word,
            "text" | "date" | "path" => Self::Text,
            _ => return None,
        })
    }

    /// Names that grammars may use.
    pub const NAMES: [&str; 12] = ["hex32", "guid", "host", "number", "key", "partial", "ip", "seconds", "word", "text", "date", "path"];

    /// The value at the start of `text` and how many bytes it covers; `None` if the type does not fit.
    /// `next_text` says whether further text may follow in the same gap.
    #[must_use]
    pub fn read(self, text: &str) -> Option<(String, usize)> {
        let between = |c| is_lead(c) || (self != Self::Text && is_gap(c));
        let lead = text.len() - text.trim_start_matches(between).len();
        let body = text.get(lead..)?;
        let (value, length) = match self {
            Self::Hex32 => code::parse_prefix(body)?,
            Self::Guid => guid(body)?,
            Self::Host => host(body)?,
            Self::Number => number(body)?,
            Self::Key => key(body)?,
            Self::Partial => partial(body)?,
            Self::Ip => token(body, |c| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '%')).filter(|t| t.0.contains(['.', ':']))?,
            Self::Seconds => token(body, |c| c.is_ascii_digit() || matches!(c, '.' | '+' | '-' | ','))?,
            Self::Word => token(body, |c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '”' | '’' | '」'))?,
            Self::Text => {
                let value = clean(body);
                (value, body.len())
            }
        };
        Some((half_width(value), lead + length))
    }
}

/// `１６８８` → `1688`: values are compared and filled into commands.
fn half_width(value: String) -> String {
    if value.is_ascii() {
        return value;
    }
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    };
    value.chars().map(half).collect()
}

/// Characters that may stand between a label and its value.
fn is_lead(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '"' | '\'' | '“' | '‘' | '「' | '`' | '*' | '(' | '（' | '<' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\0')
}

/// What the end of the literal before a slot leaves over: folding dropped it there.
fn is_gap(c: char) -> bool {
    matches!(c, '.' | ')' | '）' | '。' | '，' | ',' | '、' | ':' | '：' | '>' | '”' | '’' | '」' | ';' | '[' | ']')
}

/// Trims blanks, quotes and the sentence end that do not belong to the value.
pub(super) fn clean(text: &str) -> String {
    let text = text.trim_matches(|c: char| is_lead(c) || matches!(c, '”' | '’' | '」' | '\\' | '|'));
    text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '。' | '`' | '*')).to_owned()
}

fn token(text: &str, allowed: impl Fn(char) -> bool) -> Option<(String, usize)> {
    let end = text.find(|c| !allowed(c)).unwrap_or(text.len());
    (end > 0).then(|| (text.get(..end).unwrap_or_default().to_owned(), end))
}

/// `259200`, `259,200`, full-width digits.
fn number(text: &str) -> Option<(String, usize)> {
    // `0xC004F074` is a code, not the number 0.
    if text.get(1..2).is_some_and(|c| c.eq_ignore_ascii_case("x")) {
        return None;
    }
    let mut value = String::new();
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let half = match c {
            '\u{ff10}'..='\u{ff19}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        };
        let thousands = c == ',' && text.get(at + 1..).is_some_and(|t| t.starts_with(|d: char| d.is_ascii_digit()));
        let sign = at == 0 && c == '-';
        if half.is_ascii_digit() || sign {
            value.push(half);
        } else if !thousands || value.is_empty() {
            break;
        }
        end = at + c.len_utf8();
    }
    value.ends_with(|c: char| c.is_ascii_digit()).then_some((value, end))
}

/// A GUID, bare or in braces. Masked ones (`xxxxxxxx-…`, `***`) read as an empty value.
fn guid(text: &str) -> Option<(String, usize)> {
    let body = text.strip_prefix('{').unwrap_or(text);
    let offset = text.len() - body.len();
    let end = body.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '*' | '.' | '•' | '–'))).unwrap_or(body.len());
    let raw = body.get(..end)?;
    let plain = raw.replace('–', "-").to_ascii_lowercase();
    let groups: Vec<usize> = plain.split('-').map(str::len).collect();
    let real = groups == [8, 4, 4, 4, 12] && plain.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let closing = usize::from(body.get(end..).is_some_and(|t| t.starts_with('}')));
    if real {
        return Some((plain, offset + end + closing));
    }
    let masked = raw.len() >= 3 && raw.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '-' | '.' | '•' | '#'));
    // A digit lost in retyping still leaves four hyphens and mostly hexadecimal digits.
    let damaged = groups.len() >= 4 && plain.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'-' | b'.'));
    (masked || damaged).then(|| (String::new(), offset + end + closing))
}

/// `kms.example.edu:1688`, `[2001:db8::7]:1688`, `192.0.2.7`; a masked name with a blank is kept whole.
fn host(text: &str) -> Option<(String, usize)> {
    let end = text.find(['"', '”', '。', '，', ',', '\n', '<', '>', '」', '`', '*']).unwrap_or(text.len());
    let line = text.get(..end)?.trim_end();
    let first = line.split_whitespace().next()?;
    // Words behind the name belong to the next statement, unless they carry the port.
    let taken = if line.matches(':').count() == 1 && !first.contains(':') && line.split_whitespace().count() == 2 { line } else { first };
    let value = taken.trim_end_matches(['.', ',', ')', '）', ';']).trim_start_matches('(');
    (!value.is_empty()).then(|| (value.to_owned(), taken.len()))
}

/// A whole product key. Only its last five characters leave this function.
fn key(text: &str) -> Option<(String, usize)> {
    let (raw, end) = token(text, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '*' | '•' | '–' | '_' | '?'))?;
    let tail: String = raw.chars().rev().take(5).collect::<Vec<_>>().into_iter().rev().collect();
    let plain = tail.len() == 5 && tail.bytes().all(|b| b.is_ascii_alphanumeric());
    Some((if plain { tail.to_ascii_uppercase() } else { String::new() }, end))
}

/// `T83GX`; a masked one (`XXXXX`, `<redacted>`) reads as an empty value.
fn partial(text: &str) -> Option<(String, usize)> {
    let first = text.split_whitespace().next()?;
    let word = first.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let real = word.len() == 5 && word.bytes().all(|b| b.is_ascii_alphanumeric()) && !word.bytes().all(|b| matches!(b, b'x' | b'X'));
    Some((if real { word.to_ascii_uppercase() } else { String::new() }, if real { first.len() } else { text.len() }))
}

#[cfg(test)]
mod tests {
    use super::SlotType;

    fn value(slot: SlotType, text: &str) -> Option<String> {
        slot.read(text).map(|r| r.0)
    }

    #[test]
    fn values_are_cleaned() {
        assert_eq!(value(SlotType::Host, " kms.example.edu:1688。"), Some("kms.example.edu:1688".into()));
        assert_eq!(value(SlotType::Host, "127.0.0.1:1688."), Some("127.0.0.1:1688".into()));
        assert_eq!(value(SlotType::Number, " 259,200 分鐘"), Some("259200".into()));
        assert_eq!(value(SlotType::Number, "abc"), None);
        assert_eq!(value(SlotType::Key, "XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99 successfully."), Some("WFG99".into()));
        assert_eq!(value(SlotType::Partial, "XXXXX"), Some(String::new()));
        assert_eq!(value(SlotType::Guid, "{2DE67392-B7A7-462A-B1CA-108DD189F588}"), Some("2de67392-b7a7-462a-b1ca-108dd189f588".into()));
        assert_eq!(value(SlotType::Guid, "xxxxxxxx-xxxx"), Some(String::new()));
        assert_eq!(value(SlotType::Guid, "edition"), None);
    }
}
