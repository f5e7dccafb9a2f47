//! What an input is, told from its name and its bytes before anything is analyzed; and its parts where it is too large to
//! be read whole. The same for a file, a stream and a page in a browser, and pure: callers bring the bytes.

pub mod kinds;
pub mod window;

use crate::analyze::{Input, Note, Remark};
use crate::decode;
use crate::event::evtx::{EvtxNote, EvtxRead, EvtxReader, HEAD_BYTES, OddChunks, is_evtx};
use crate::knowledge::Knowledge;
use crate::limits::{TEXT_BYTES_MAX, TEXT_HEAD_BYTES};
use window::{Unit, drop_of_tail, keep_of_head};

/// Read from both ends only.
pub const PARTLY: &str = "partly-read";
/// Not looked into.
pub const SKIPPED: &str = "skipped";
/// Should have been read and could not.
pub const FAILED: &str = "failed";

/// Bytes of the end of a text above the budget.
pub const TEXT_TAIL_BYTES: usize = TEXT_BYTES_MAX - TEXT_HEAD_BYTES;
/// Bytes of an input's beginning that tell what it is: the head of a log, and a chunk's first bytes.
pub const PREFIX_BYTES: usize = HEAD_BYTES + 8;

/// Why an input is not whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// [`PARTLY`], [`SKIPPED`] or [`FAILED`].
    pub status: &'static str,
    /// What happened and what to do, for people.
    pub reason: String,
    /// Size on disk.
    pub bytes: u64,
}

/// What was made of an input that could be read.
#[derive(Debug)]
pub enum Content {
    /// Bytes of a text, with what is missing from it.
    Text(Vec<u8>, Option<Trouble>),
    /// Records of an event log.
    Log(EvtxRead),
}

impl Content {
    /// What [`analyze`](crate::analyze()) takes.
    #[must_use]
    pub fn input<'a>(&'a self, name: &'a str) -> Input<'a> {
        match self {
            Self::Text(bytes, trouble) => {
                let note = trouble.as_ref().map(|t| Note { status: t.status, reason: &t.reason, bytes: t.bytes });
                Input { name, bytes, note, log: None }
            }
            Self::Log(log) => Input { name, bytes: &[], note: None, log: Some(log) },
        }
    }
}

/// Takes in an input that is in memory: what the command makes of a file with this name and these bytes. Reasons
/// are in the language `locale`.
#[must_use]
pub fn take_in(knowledge: &Knowledge, locale: &str, name: &str, bytes: &[u8], odd: &mut dyn OddChunks) -> Content {
    let total = bytes.len() as u64;
    let without = |status, key| {
        let reason = Remark { key, values: Vec::new() }.say(knowledge, locale);
        Content::Text(Vec::new(), Some(Trouble { status, reason, bytes: total }))
    };
    let prefix = bytes.get(..PREFIX_BYTES).unwrap_or(bytes);
    if let Some(key) = kinds::of(name, prefix) {
        return without(SKIPPED, key);
    }
    if is_log(name, prefix) {
        let wanted = knowledge.events.ids();
        let mut reader = EvtxReader::with_odd(&wanted, odd);
        reader.push(bytes);
        let read = reader.finish();
        if read.note != Some(EvtxNote::NotEvtx) {
            return Content::Log(read);
        }
    }
    if bytes.len() > TEXT_BYTES_MAX {
        let start = (bytes.len() - TEXT_TAIL_BYTES).max(TEXT_HEAD_BYTES);
        let head = bytes.get(..TEXT_HEAD_BYTES).unwrap_or_default();
        let tail = bytes.get(start + start % 2..).unwrap_or_default();
        return both_ends(knowledge, locale, head.to_vec(), tail, total);
    }
    if is_rubbish(name, bytes) { without(FAILED, "reason-log-unreadable") } else { Content::Text(bytes.to_vec(), None) }
}

/// Joins the two ends of a text of `total` bytes at line ends. Both start at even offsets of it.
#[must_use]
pub fn both_ends(knowledge: &Knowledge, locale: &str, mut head: Vec<u8>, tail: &[u8], total: u64) -> Content {
    let unit = Unit::of(&head);
    head.truncate(keep_of_head(&head, unit));
    let kept = tail.get(drop_of_tail(tail, unit)..).unwrap_or_default();
    let sizes = [("size", total), ("head", head.len() as u64), ("tail", kept.len() as u64)];
    let values = sizes.map(|(name, bytes)| (name, size(bytes))).to_vec();
    let reason = Remark { key: "reason-too-large", values }.say(knowledge, locale);
    head.extend_from_slice(kept);
    Content::Text(head, Some(Trouble { status: PARTLY, reason, bytes: total }))
}

/// Whether an input may be a log: by its first bytes, or by its name where these are damaged.
#[must_use]
pub fn is_log(name: &str, prefix: &[u8]) -> bool {
    is_evtx(prefix) || is_named_log(name)
}

/// Whether a name promises a log.
fn is_named_log(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".evtx")
}

/// Whether an input that promised to be a log holds no text either.
#[must_use]
pub fn is_rubbish(name: &str, bytes: &[u8]) -> bool {
    /// Of so many characters a text has fewer than one that no text has.
    const CHARS_A_STRANGER: usize = 50;
    if !is_named_log(name) || bytes.is_empty() {
        return false;
    }
    let text = decode::decode(bytes).text;
    let strange = |c: &char| *c == '\u{fffd}' || (c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{1b}'));
    text.trim().is_empty() || text.chars().filter(strange).count() * CHARS_A_STRANGER > text.chars().count()
}

/// `73400320` → `70 MB`; one decimal below ten, none above.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)];
    let Some((unit, step)) = UNITS.into_iter().find(|(_, step)| bytes >= *step) else {
        return format!("{bytes} B");
    };
    let tenths = (u128::from(bytes) * 10 + u128::from(step) / 2) / u128::from(step);
    if tenths < 100 && !tenths.is_multiple_of(10) {
        return format!("{}.{} {unit}", tenths / 10, tenths % 10);
    }
    format!("{} {unit}", (tenths + 5) / 10)
}

/// A file name as it may be shown: one line, no terminal controls.
#[must_use]
pub fn shown(name: &str) -> String {
    let unsafe_char = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    name.chars().map(|c| if unsafe_char(c) { '\u{fffd}' } else { c }).collect()
}

/// `PC-07_slmgr.txt` → `PC-07`; a name that begins with `_` keeps all but its ending.
#[must_use]
pub fn stem(name: &str) -> &str {
    let short = name.split(['_', '.']).next().unwrap_or_default();
    if short.is_empty() { name.rsplit_once('.').map_or(name, |n| n.0) } else { short }
}

#[cfg(test)]
mod tests {
    use super::{shown, size, stem};

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(12), "12 B");
        assert_eq!(size(1536), "1.5 kB");
        assert_eq!(size(70 << 20), "70 MB");
        assert_eq!(size((16 << 20) - 3), "16 MB");
        assert_eq!(size(u64::MAX), "17179869184 GB");
    }

    #[test]
    fn stems_end_at_the_first_mark() {
        assert_eq!(stem("PC-07_slmgr.txt"), "PC-07");
        assert_eq!(stem("PC-07.ospp.txt"), "PC-07");
        assert_eq!(stem("王老師"), "王老師");
        assert_eq!(stem("_notes.txt"), "_notes");
    }

    #[test]
    fn names_cannot_drive_the_terminal() {
        assert_eq!(shown("a\u{1b}[31m\n.txt"), "a\u{fffd}[31m\u{fffd}.txt");
    }
}
