//! Values of event data by type. A value of another shape is no value.

use super::book::EventBook;
use crate::code;

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldType {
    Code,
    BindingFlags,
    KeyType,
    SlState,
    Host,
    Guid,
    Utc,
    Flag,
    Status,
    Number,
    Partial,
    KeyValues,
    Text,
}

/// License status words by number.
const STATUS: [&str; 7] = ["unlicensed", "licensed", "oob-grace", "oot-grace", "non-genuine-grace", "notification", "extended-grace"];

/// `<KMS Client name>`, `[removed]`, `***`: a name that somebody took out before showing the text.
fn is_masked(text: &str) -> bool {
    let closed =
        [('<', '>'), ('[', ']'), ('(', ')'), ('{', '}'), ('*', '*')].iter().any(|(a, b)| text.starts_with(*a) && text.ends_with(*b));
    closed && text.len() <= 60
}

/// The number of a license status word.
pub(crate) fn status_number(word: &str) -> Option<usize> {
    STATUS.iter().position(|s| *s == word)
}

impl FieldType {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "code" => Self::Code,
            "binding-flags" => Self::BindingFlags,
            "key-type" => Self::KeyType,
            "sl-state" => Self::SlState,
            "host" => Self::Host,
            "guid" => Self::Guid,
            "utc" | "iso" => Self::Utc,
            "flag" => Self::Flag,
            "status" => Self::Status,
            "number" | "minutes" | "days" => Self::Number,
            "partial" => Self::Partial,
            "keyvalues" => Self::KeyValues,
            "text" => Self::Text,
            _ => return None,
        })
    }

    /// The value in `text`; `None` when it has another shape. An empty host is a value: none was found.
    pub(super) fn value(self, book: &EventBook, text: &str) -> Option<String> {
        let text = text.trim();
        match self {
            Self::Code => first_code(text),
            Self::BindingFlags => Some(flags(book, text)),
            Self::KeyType => Some(book.table("key-type", text).unwrap_or(text).to_owned()),
            Self::SlState => Some(book.table("sl-state", text).unwrap_or(text).to_owned()),
            Self::Host if is_masked(text) => Some(String::new()),
            Self::Host => (text.len() <= 260 && !text.contains([' ', '<', '>', '"'])).then(|| text.to_owned()),
            Self::Guid => guid(text),
            Self::Utc => text.starts_with(|c: char| c.is_ascii_digit()).then(|| text.to_owned()),
            Self::Flag => match text {
                "0" => Some("no".to_owned()),
                "1" => Some("yes".to_owned()),
                _ => None,
            },
            Self::Status => text.parse::<usize>().ok().and_then(|n| STATUS.get(n)).map(|s| (*s).to_owned()),
            Self::Number => text.parse::<i64>().ok().map(|n| n.to_string()),
            Self::Partial => (text.len() == 5 && text.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| text.to_owned()),
            Self::KeyValues | Self::Text => Some(text.chars().take(300).collect()),
        }
    }
}

/// The first code of a text, `hr=0x…` too. Success is written with eight digits.
fn first_code(text: &str) -> Option<String> {
    // A served request has `0x0`, which is too short to be told from other numbers in prose.
    if matches!(text, "0x0" | "0") {
        return Some("0x00000000".to_owned());
    }
    let mention = code::scan(text).into_iter().next();
    match mention {
        Some(m) if m.code == "0x0" => Some("0x00000000".to_owned()),
        Some(m) => Some(m.code),
        None => None,
    }
}

/// The words of the bits that are set, in order of the table.
fn flags(book: &EventBook, text: &str) -> String {
    let number = |t: &str| u32::from_str_radix(t.trim_start_matches("0x"), 16).ok();
    let Some(bits) = number(text) else { return String::new() };
    let set = book.entries("binding-flags").filter(|(mask, _)| number(mask).is_some_and(|m| bits & m != 0)).map(|(_, word)| word);
    set.collect::<Vec<_>>().join(",")
}

fn guid(text: &str) -> Option<String> {
    let plain = text.trim_matches(['{', '}']).to_ascii_lowercase();
    let groups: Vec<usize> = plain.split('-').map(str::len).collect();
    (groups == [8, 4, 4, 4, 12] && plain.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')).then_some(plain)
}
