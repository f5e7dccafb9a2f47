//! Gives an event the strings of its data where a form carries only the rendered message. Knows which
//! values the messages of each id hold, in the order of the service's message table; finds them by shape,
//! because the sentences around them are translated.

use super::shape;

/// Kind of a string of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// `hr=0xC004F074` or `0xC004F074`, as written.
    Code,
    Guid,
    Number,
    /// What stands behind the next `=` up to the end of the line.
    Equals,
    /// What stands behind the next label with a colon, unless it is a code.
    Colon,
    /// The last plain word in front of the first number: `validity`.
    Kind,
    /// What stands in quotes.
    Quoted,
    /// `2026-11-23T01:14:02Z`.
    Utc,
    /// The last word behind a colon, without the full stop.
    Tail,
    /// `RuleId=…;Action=…`.
    Arguments,
    /// `Security-SPP-Action-StateData (REG_SZ) =…`.
    State,
    /// Everything behind the first line.
    Rest,
    /// The numbered list of licences.
    Licences,
    /// `10.0.19041.5007`.
    Version,
}

use Slot::{Arguments, Code, Colon, Equals, Guid, Kind, Licences, Number, Quoted, Rest, State, Tail, Utc, Version};

/// Id → slots in the order of the placeholders.
const SLOTS: [(u32, &[Slot]); 65] = [
    (902, &[Version]),
    (1001, &[Code, Rest]),
    (1003, &[Guid, Licences]),
    (1004, &[Equals, Guid]),
    (1008, &[Code]),
    (1010, &[Code]),
    (1011, &[Guid]),
    (1012, &[Code, Guid]),
    (1013, &[Guid]),
    (1014, &[Code, Guid]),
    (1015, &[Code, Code]),
    (1016, &[Guid, Guid]),
    (1017, &[Code, Equals, Guid]),
    (1018, &[Guid, Guid]),
    (1019, &[Code, Guid, Guid]),
    (1025, &[Number, Number]),
    (1029, &[Code]),
    (1032, &[Code]),
    (1033, &[Equals, Guid, Guid]),
    (1034, &[Equals, Equals]),
    (1036, &[Number, Number]),
    (1037, &[Kind, Number]),
    (1040, &[Guid, Guid]),
    (1041, &[Code]),
    (1058, &[Code]),
    (1061, &[Number, Number]),
    (1062, &[Code, Guid]),
    (1066, &[Rest]),
    (1072, &[Guid]),
    (2011, &[Code]),
    (8193, &[Code]),
    (8194, &[Code]),
    (8195, &[Code]),
    (8196, &[Code]),
    (8197, &[Arguments]),
    (8198, &[Code, Arguments]),
    (8200, &[Rest]),
    (8208, &[Code, Guid]),
    (8209, &[Code, Guid]),
    (8210, &[Code]),
    (8212, &[Code, Guid, Guid, Number]),
    (8213, &[Code, Guid]),
    (8214, &[Code, Guid, Equals, Equals]),
    (8215, &[Code, Guid]),
    (8229, &[Code, Colon, Colon]),
    (8230, &[State]),
    (8233, &[Code, Guid, Guid, Equals]),
    (12291, &[Code]),
    (12292, &[Code]),
    (12293, &[Code, Quoted]),
    (12294, &[Quoted]),
    (12304, &[Guid]),
    (12305, &[Guid]),
    (12306, &[Guid, Guid, Number]),
    (12307, &[Guid, Guid]),
    (12308, &[Guid, Equals, Equals]),
    (12309, &[Code]),
    (12310, &[Code]),
    (12320, &[Guid]),
    (12321, &[Code]),
    (12322, &[Code, Guid]),
    (16384, &[Utc, Tail]),
    (16385, &[Code, Utc]),
    (16388, &[Utc, Utc]),
    (20486, &[Code]),
];

/// A message of the activation service → the strings that stand in it. Empty when the id is unknown or
/// the message holds none of them.
///
/// `…failed…:\r\nhr=0xC004F074\r\n…:\r\nRuleId=…;Trigger=TimerEvent` (8198) →
/// `["hr=0xC004F074", "RuleId=…;Trigger=TimerEvent"]`
#[must_use]
pub fn data_of_message(id: u32, message: &str) -> Vec<String> {
    if matches!(id, 12288..=12290) {
        return shape::list(id, message).map(|l| vec![l.text]).unwrap_or_default();
    }
    let Some((_, slots)) = SLOTS.iter().find(|(known, _)| *known == id) else { return Vec::new() };
    let mut values = Values::default();
    let mut data: Vec<String> = slots.iter().map(|slot| values.next(*slot, message)).collect();
    while data.last().is_some_and(String::is_empty) {
        data.pop();
    }
    data
}

/// Whether the message holds everything that messages of this id hold; false for unknown ids.
pub(super) fn is_complete(id: u32, message: &str) -> bool {
    let data = data_of_message(id, message);
    let wanted =
        if matches!(id, 12288..=12290) { 1 } else { SLOTS.iter().find(|(known, _)| *known == id).map_or(usize::MAX, |(_, s)| s.len()) };
    // The licence list has no last line: more may follow.
    data.len() >= wanted && data.iter().all(|d| !d.is_empty()) && !matches!(id, 1003 | 1066 | 8200)
}

/// How many of the strings that messages of this id hold were found.
pub(super) fn values_found(id: u32, message: &str) -> usize {
    data_of_message(id, message).iter().filter(|d| !d.is_empty()).count()
}

/// Whether messages of this id are known.
pub(super) fn is_known(id: u32) -> bool {
    matches!(id, 12288..=12290) || SLOTS.iter().any(|(known, _)| *known == id)
}

/// One shape for the data of all forms: a KMS request or response is one string with the separators of
/// the service, also where a form gives its fields one by one.
#[must_use]
pub fn canonical_data(id: u32, data: Vec<String>) -> Vec<String> {
    if id == 1003 {
        return data.iter().map(|d| d.replace("\r\n", "\n").trim().to_owned()).collect();
    }
    if !matches!(id, 12288..=12290) {
        return data;
    }
    let single = data.iter().find_map(|d| shape::list(id, d));
    match single.or_else(|| shape::list(id, &data.join(","))) {
        Some(list) => vec![list.text],
        None => data,
    }
}

/// Hands out the values of a message one after another.
#[derive(Default)]
struct Values {
    codes: usize,
    guids: usize,
    numbers: usize,
    equals: usize,
    colons: usize,
    times: usize,
}

impl Values {
    fn next(&mut self, slot: Slot, message: &str) -> String {
        let nth = |counter: &mut usize, all: Vec<String>| {
            *counter += 1;
            all.into_iter().nth(*counter - 1).unwrap_or_default()
        };
        match slot {
            Code => nth(&mut self.codes, shape::codes(message)),
            Guid => nth(&mut self.guids, guids(before_licences(message))),
            Number => nth(&mut self.numbers, numbers(message)),
            Equals => nth(&mut self.equals, behind_equals(message)),
            Colon => nth(&mut self.colons, behind_colons(message)),
            Kind => kind(message),
            Utc => nth(&mut self.times, shape::utc_times(message)),
            Quoted => quoted(message),
            Tail => tail(message),
            Version => version(message),
            Arguments => from_anchor(message, "RuleId="),
            State => from_anchor(message, "Security-SPP-Action-StateData"),
            Rest => rest(message),
            Licences => licences(message),
        }
    }
}

/// A console may have cut a GUID in two.
fn guids(message: &str) -> Vec<String> {
    let found = shape::guids(message);
    if found.is_empty() { shape::guids(&message.replace(['\r', '\n'], "")) } else { found }
}

/// Whole numbers that stand alone.
fn numbers(message: &str) -> Vec<String> {
    message
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '/')))
        .map(|word| word.trim_matches(['.', ':']))
        .filter(|word| !word.is_empty() && word.len() <= 12 && word.bytes().all(|b| b.is_ascii_digit()))
        .take(16)
        .map(ToOwned::to_owned)
        .collect()
}

/// `Policy name=Security-SPP-X` → `Security-SPP-X`. Codes and GUIDs have slots of their own and are not counted.
fn behind_equals(message: &str) -> Vec<String> {
    let lines: Vec<&str> = message.lines().filter(|l| l.contains('=')).take(64).collect();
    let values: Vec<&str> = match lines.as_slice() {
        // All on one line: the word in front of the next sign is its name.
        [line] => {
            let parts: Vec<&str> = line.split('=').take(16).collect();
            let last = parts.len() - 1;
            let end = |i: usize, part: &str| if i == last { part.len() } else { part.rfind([' ', ',', '，']).unwrap_or(0) };
            parts.iter().enumerate().skip(1).filter_map(|(i, part)| part.get(..end(i, part))).collect()
        }
        lines => lines.iter().filter_map(|l| l.split_once('=')).map(|(_, value)| value).collect(),
    };
    let values = values.into_iter().map(|v| v.trim().trim_end_matches([',', '，']));
    let own = |v: &&str| !is_code(v) && !shape::guids(shape::head(v, 40)).iter().any(|g| v.starts_with(g.as_str()));
    values.filter(own).map(ToOwned::to_owned).collect()
}

fn is_code(value: &str) -> bool {
    let digits = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X"));
    digits.is_some_and(|d| d.starts_with(|c: char| c.is_ascii_hexdigit())) || value.to_ascii_lowercase().starts_with("hr=")
}

/// `Path:C:\Windows\slui.exe` → the path.
fn behind_colons(message: &str) -> Vec<String> {
    let pairs = message.lines().take(64).filter_map(|l| l.split_once([':', '：']));
    let values = pairs.filter(|(name, _)| name.chars().count() <= 24).map(|(_, value)| value.trim());
    values.filter(|v| !v.is_empty() && !is_code(v)).map(ToOwned::to_owned).collect()
}

/// `… remaining validity time 128520 minutes.` → `validity`: the service's word is not translated.
fn kind(message: &str) -> String {
    let number = message.find(|c: char| c.is_ascii_digit()).unwrap_or(message.len());
    let words = message.get(..number).unwrap_or_default().rsplit(|c: char| !c.is_ascii_alphabetic());
    words.filter(|w| !w.is_empty() && *w != "time").map(ToOwned::to_owned).next().unwrap_or_default()
}

/// `'example.edu'`, `「example.edu」` → `example.edu`.
fn quoted(message: &str) -> String {
    const PAIRS: [(char, char); 6] = [('\'', '\''), ('"', '"'), ('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』')];
    PAIRS
        .iter()
        .find_map(|(open, close)| {
            let (_, rest) = message.split_once(*open)?;
            let (inside, _) = rest.split_once(*close)?;
            (inside.len() <= 260).then(|| inside.trim().to_owned())
        })
        .or_else(|| domain(message))
        .unwrap_or_default()
}

/// The first word with dots that is no number: an export without Chinese signs has `?` for the quotes.
fn domain(message: &str) -> Option<String> {
    let words = message.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).map(|w| w.trim_matches(['.', '-']));
    words.filter(|w| w.contains('.') && w.contains(|c: char| c.is_ascii_alphabetic())).map(ToOwned::to_owned).next()
}

/// `… Reason: RulesEngine.` → `RulesEngine`.
fn tail(message: &str) -> String {
    let line = message.trim_end().rsplit(['\r', '\n']).next().unwrap_or_default();
    let Some((_, last)) = line.rsplit_once([':', '：']) else { return String::new() };
    let last = last.trim().trim_end_matches(['.', '。']);
    // The colon of a time of day is none.
    if last.is_empty() || last.starts_with(|c: char| c.is_ascii_digit()) { String::new() } else { last.to_owned() }
}

/// The first word with three dots between numbers.
fn version(message: &str) -> String {
    let word = message.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|w| w.trim_matches('.'));
    word.filter(|w| w.split('.').filter(|n| !n.is_empty()).count() == 4).map(ToOwned::to_owned).next().unwrap_or_default()
}

fn from_anchor(message: &str, anchor: &str) -> String {
    let Some(start) = message.find(anchor) else { return String::new() };
    if anchor.ends_with('=') {
        return shape::arguments(message, start).map(|a| a.0).unwrap_or_default();
    }
    // `Security-SPP-Action-StateData (REG_SZ) =AppId=…`: blanks only before the first `=`.
    let Some(equals) = message.get(start..).and_then(|rest| rest.find('=')).map(|i| start + i + 1) else { return String::new() };
    let name = message.get(start..equals).unwrap_or_default();
    match shape::arguments(message, equals) {
        Some((value, _)) if name.len() < 120 => format!("{}{value}", name.split_whitespace().collect::<Vec<_>>().join(" ")),
        _ => String::new(),
    }
}

/// Everything behind the first line; on a single line everything from the first code on.
fn rest(message: &str) -> String {
    let message = message.trim();
    if let Some((_, rest)) = message.split_once('\n') {
        return rest.trim().to_owned();
    }
    shape::codes(message)
        .first()
        .and_then(|code| message.find(code.as_str()))
        .and_then(|at| message.get(at..))
        .unwrap_or_default()
        .to_owned()
}

/// From the first line `1: GUID, 1, 0 [(…` to the end.
fn licences(message: &str) -> String {
    let mut offset = 0;
    for line in message.split_inclusive('\n') {
        if let Some(at) = licence_start(line) {
            return message.get(offset + at..).unwrap_or_default().trim_end().to_owned();
        }
        offset += line.len();
    }
    String::new()
}

/// The GUIDs of the list itself are no values of the message.
fn before_licences(message: &str) -> &str {
    let start = message.split_inclusive('\n').scan(0, |offset, line| {
        let at = licence_start(line).map(|at| *offset + at);
        *offset += line.len();
        Some(at)
    });
    start.flatten().next().and_then(|at| message.get(..at)).unwrap_or(message)
}

/// Where `1: 2de67392-…, 1, 0 [(` begins in a line.
pub(super) fn licence_start(line: &str) -> Option<usize> {
    let mark = line.find(" [(")?;
    let before = line.get(..mark)?;
    let colon = before.find(": ")?;
    let digits = before.get(..colon)?.bytes().rev().take_while(u8::is_ascii_digit).count();
    let fields = before.get(colon + 2..)?.split(',').count();
    (digits > 0 && fields == 3).then_some(colon - digits)
}
