//! Finds the parts of event messages that no translation changes: request lists, error codes, GUIDs,
//! scheduler arguments. Line ends inside of them come from a console and are skipped.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A list is never longer.
const LIST_BYTES_MAX: usize = 1200;
/// Places of one message where a list may begin.
const LIST_STARTS_MAX: usize = 64;

/// Type of a field of a request list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Hex,
    Number,
    Name,
    Guid,
    Date,
}

use Field::{Date, Guid, Hex, Name, Number};

/// `0xC004F074, 0x00000000, kms.example.edu:1688, GUID, 2026/11/23 01:14, 0, 2, 41760, GUID, 25`.
const REQUEST: [Field; 10] = [Hex, Hex, Name, Guid, Date, Number, Number, Number, Guid, Number];
/// `0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:14`.
const RESPONSE: [Field; 8] = [Hex, Hex, Number, Number, Number, Number, Number, Date];
/// `0x0,5,pc01.example.edu,GUID,2026/11/23 1:14,0,2,41760,GUID`.
const HOST: [Field; 9] = [Hex, Number, Name, Guid, Date, Number, Number, Number, Guid];

/// A list that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    /// Id of the event that carries such a list.
    pub(super) id: u32,
    /// The list with the separators of the service.
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// The first list of the kind that events with `id` carry.
pub(super) fn list(id: u32, text: &str) -> Option<List> {
    list_before(id, text, text.len())
}

/// The first list of a KMS request or response that begins before byte `limit`. `id` 0 looks for all three kinds.
pub(super) fn list_before(id: u32, text: &str, limit: usize) -> Option<List> {
    let kinds: [(u32, &[Field], &str); 3] = [(12288, &REQUEST, ", "), (12289, &RESPONSE, ", "), (12290, &HOST, ",")];
    let starts = memchr::memchr_iter(b'0', text.as_bytes()).filter(|at| {
        let before = |n: usize| at.checked_sub(n).and_then(|i| text.as_bytes().get(i));
        let next = text.as_bytes().get(at + 1);
        // A line end that JSON wrote as `\\n` is no letter.
        let begins = before(1).is_none_or(|b| !b.is_ascii_alphanumeric()) || (before(1) == Some(&b'n') && before(2) == Some(&b'\\'));
        next.is_some_and(|b| matches!(b, b'x' | b'X')) && begins
    });
    for start in starts.take(LIST_STARTS_MAX).take_while(|start| *start < limit) {
        let window = head(text.get(start..).unwrap_or_default(), LIST_BYTES_MAX);
        for (kind, fields, separator) in kinds {
            if (id == 0 || id == kind)
                && let Some((values, length)) = fields_of(window, fields)
            {
                return Some(List { id: kind, text: values.join(separator), range: start..start + length });
            }
        }
    }
    None
}

/// At most `max` bytes from the beginning.
pub(super) fn head(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn fields_of(window: &str, fields: &[Field]) -> Option<(Vec<String>, usize)> {
    let mut values = Vec::with_capacity(fields.len());
    let mut at = 0;
    let (last, middle) = fields.split_last()?;
    for field in middle {
        let rest = window.get(at..)?;
        let comma = rest.find([',', '，'])?;
        let value = field_value(*field, rest.get(..comma)?)?;
        values.push(value);
        at += comma + rest.get(comma..)?.chars().next()?.len_utf8();
    }
    let (value, length) = last_value(*last, window.get(at..)?)?;
    values.push(value);
    Some((values, at + length))
}

fn field_value(field: Field, text: &str) -> Option<String> {
    let whole = without_line_ends(text);
    let whole = whole.trim();
    let tight: String = whole.chars().filter(|c| !c.is_whitespace()).collect();
    match field {
        Hex => {
            let digits = tight.strip_prefix("0x").or_else(|| tight.strip_prefix("0X"))?;
            let fits = (1..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
            fits.then_some(tight)
        }
        Number => {
            let fits = (1..=10).contains(&tight.len()) && tight.bytes().all(|b| b.is_ascii_digit());
            fits.then_some(tight)
        }
        Name => {
            let fits = whole.chars().count() <= 260 && !whole.contains([';', '=', '"', '[']);
            fits.then(|| if whole.starts_with('<') { whole.to_owned() } else { tight })
        }
        Guid => {
            let fits = (4..=40).contains(&tight.len()) && tight.bytes().all(is_guid_byte) && tight.contains(['-', '*', '<']);
            fits.then_some(tight)
        }
        Date => date(whole).map(|(value, _)| value),
    }
}

/// The last field has no comma behind it: its type says where it ends.
fn last_value(field: Field, text: &str) -> Option<(String, usize)> {
    let lead = text.len() - text.trim_start().len();
    let rest = text.get(lead..)?;
    match field {
        Number => {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let value = rest.get(..digits).filter(|v| (1..=10).contains(&v.len()))?;
            Some((value.to_owned(), lead + digits))
        }
        Date => date(rest).map(|(value, length)| (value, lead + length)),
        _ => last_guid(rest).map(|(value, length)| (value, lead + length)),
    }
}

fn last_guid(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut length = 0;
    for (at, c) in text.char_indices() {
        let guid = u8::try_from(c).is_ok_and(is_guid_byte);
        if value.len() == 36 || (!guid && !is_line_end(c)) || (is_line_end(c) && value.matches('-').count() >= 4 && value.len() >= 36) {
            break;
        }
        if guid {
            value.push(c);
            length = at + c.len_utf8();
        } else if value.len() < 20 || !text.get(at..)?.trim_start().starts_with(|c: char| c.is_ascii_hexdigit()) {
            break;
        }
    }
    let value = value.trim_end_matches('.').to_owned();
    (value.len() >= 4 && value.contains(['-', '*', '<'])).then_some((value, length))
}

fn is_guid_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'*' | b'.' | b'{' | b'}' | b'<' | b'>' | b'_')
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\n')
}

fn without_line_ends(text: &str) -> String {
    text.chars().filter(|c| !is_line_end(*c)).collect()
}

/// `2010/9/29 21:46` at the start. A line end instead of the blank is put right.
fn date(text: &str) -> Option<(String, usize)> {
    let mut parts: [String; 5] = Default::default();
    let mut part = 0;
    let mut end = 0;
    let mut blank = false;
    for (at, c) in text.char_indices().take(40) {
        let current = parts.get_mut(part)?;
        match c {
            '0'..='9' if part == 4 && current.len() == 2 => break,
            '0'..='9' if blank && part == 2 => {
                part = 3;
                parts.get_mut(3)?.push(c);
            }
            '0'..='9' => {
                current.push(c);
                end = at + 1;
            }
            '/' | '-' if part < 2 => part += 1,
            ':' if part == 3 => part = 4,
            // The line end stood where the blank was.
            ':' if part == 2 && current.len() > 2 => {
                let clock = current.split_off(if current.len() == 4 { 2 } else { 1 });
                *parts.get_mut(3)? = clock;
                part = 4;
            }
            c if is_line_end(c) && part < 4 => {}
            ' ' | '\u{a0}' if part < 4 => blank = part == 2,
            _ => break,
        }
    }
    let lengths: [Range<usize>; 5] = [4..5, 1..3, 1..3, 1..3, 2..3];
    let fits = parts.iter().zip(&lengths).all(|(p, l)| l.contains(&p.len()));
    let [year, month, day, hour, minute] = parts;
    fits.then(|| (format!("{year}/{month}/{day} {hour}:{minute}"), end))
}

static CODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:[hH][rR] ?= ?)?0[xX](?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{1,7}(?-u:\b))").ok());
static GUID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u:\b)[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?-u:\b)|\(null\)").ok());
static UTC: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z").ok());

/// `hr=0xC004F074`, `0xC004F074`. Eight digits end a code also where a word is glued to it.
pub(super) fn codes(text: &str) -> Vec<String> {
    found(&CODE, text).into_iter().map(|c| c.replace(' ', "").replace("HR=", "hr=")).collect()
}

/// GUIDs, also `(null)`, which stands for a missing one.
pub(super) fn guids(text: &str) -> Vec<String> {
    found(&GUID, text)
}

/// `2026-11-23T01:14:02Z`.
pub(super) fn utc_times(text: &str) -> Vec<String> {
    found(&UTC, text)
}

fn found(pattern: &LazyLock<Option<Regex>>, text: &str) -> Vec<String> {
    pattern.as_ref().map(|r| r.find_iter(text).take(64).map(|m| m.as_str().to_owned()).collect()).unwrap_or_default()
}

/// The arguments of the scheduler, `RuleId=…;Action=…;…;Trigger=TimerEvent`, from `start` on, and where they end.
pub(super) fn arguments(text: &str, start: usize) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut end = start;
    for row in text.get(start..)?.split_inclusive('\n').take(40) {
        let content = row.trim();
        let token = argument_token(content);
        if !value.is_empty() && (token != content || !continues(&value, token)) {
            break;
        }
        value.push_str(token);
        let lead = row.len() - row.trim_start().len();
        end += lead + token.len();
        // The bytes of the line end are counted only if another row follows.
        let skipped = row.len() - lead - token.len();
        let next = text.get(end + skipped..).map(|rest| argument_token(rest.trim_start())).unwrap_or_default();
        if token != content || !continues(&value, next) {
            break;
        }
        end += skipped;
    }
    let whole = value.trim_end_matches(['.', ',', ':']).len();
    end -= value.len() - whole;
    value.truncate(whole);
    if value.is_empty() { None } else { Some((value, end)) }
}

/// What of a text can be arguments: letters, digits and a few signs, but no blank, quote or Chinese word.
fn argument_token(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "=;-_.{}/:,<>()*".contains(c))).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether `token` goes on with cut-off arguments. They are complete behind a known trigger or session.
fn continues(value: &str, token: &str) -> bool {
    let last = value.rsplit(';').next().unwrap_or_default();
    let whole = ["Trigger=TimerEvent", "Trigger=UserLogon", "Trigger=NetworkAvailable"].contains(&last)
        || ["SessionId=", "uxDifferentiator=", "volumeActivationOrder="].iter().any(|n| last.len() > n.len() && last.starts_with(n));
    !token.is_empty()
        && !value.is_empty()
        && (token.starts_with(';') || token.contains(['=', ';']) && !token.starts_with("RuleId=") || !whole)
}
