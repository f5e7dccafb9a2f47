//! Reads one input without trusting it: never waits for a pipe, never holds more than the budget, and
//! says what was left out. Cannot fail; what went wrong is a note.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use kms_triage::event::evtx::{EvtxRead, is_evtx};
use kms_triage::intake::{Content, PREFIX_BYTES, TEXT_TAIL_BYTES, both_ends, is_log, is_rubbish, kinds};
pub(crate) use kms_triage::intake::{FAILED, PARTLY, SKIPPED, Trouble};
use kms_triage::limits::{TEXT_BYTES_MAX, TEXT_HEAD_BYTES};

use crate::log;
use crate::words::Words;

/// An input in memory.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// What was read of it where it is an event log; `bytes` is empty then.
    pub(crate) log: Option<EvtxRead>,
    pub(crate) trouble: Option<Trouble>,
}

impl Loaded {
    /// An input of which nothing was read.
    pub(crate) const fn without_text(name: String, trouble: Trouble) -> Self {
        Self { name, bytes: Vec::new(), log: None, trouble: Some(trouble) }
    }

    fn new(name: String, content: Content) -> Self {
        match content {
            Content::Text(bytes, trouble) => Self { name, bytes, log: None, trouble },
            Content::Log(log) => Self { name, bytes: Vec::new(), log: Some(log), trouble: None },
        }
    }

    /// Bytes that were read.
    pub(crate) fn size(&self) -> u64 {
        self.log.as_ref().map_or(self.bytes.len() as u64, |log| log.bytes)
    }

    /// Memory that it takes, roughly.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.len() + self.log.as_ref().map_or(0, log::weight)
    }

    /// As the library wants it.
    pub(crate) fn input(&self) -> kms_triage::Input<'_> {
        let note = self.trouble.as_ref().map(|t| kms_triage::Note { status: t.status, reason: &t.reason, bytes: t.bytes });
        kms_triage::Input { name: &self.name, bytes: &self.bytes, note, log: self.log.as_ref() }
    }

    /// Whether any of it was read.
    pub(crate) fn has_text(&self) -> bool {
        self.log.as_ref().is_none_or(EvtxRead::has_content) && self.trouble.as_ref().is_none_or(|t| t.status == PARTLY)
    }
}

/// Reads the file at `path`; links are followed, so the caller decides whether a link may be.
pub(crate) fn load(name: String, path: &Path, words: Words<'_>) -> Loaded {
    match read(&name, path, words) {
        Ok(content) => Loaded::new(name, content),
        Err(trouble) => Loaded::without_text(name, trouble),
    }
}

fn read(name: &str, path: &Path, words: Words<'_>) -> Result<Content, Trouble> {
    // Asked before opening: opening a pipe waits for its writer.
    let metadata = fs::metadata(path).map_err(|e| failed(&e, 0, words))?;
    let skipped = |key: &str, bytes| Trouble { status: SKIPPED, reason: words.say(key, &[]), bytes };
    if metadata.is_dir() {
        return Err(skipped("reason-folder", 0));
    }
    if !metadata.is_file() {
        return Err(skipped("reason-not-regular", 0));
    }
    let bytes = metadata.len();
    let fail = |e: io::Error| failed(&e, bytes, words);
    let mut file = File::open(path).map_err(fail)?;
    let prefix = take(&mut file, PREFIX_BYTES).map_err(fail)?;
    if let Some(key) = kinds::of(name, &prefix) {
        return Err(skipped(key, bytes));
    }
    file.seek(SeekFrom::Start(0)).map_err(fail)?;
    if is_log(name, &prefix) {
        if let Some(log) = log::read(&mut file, &words.knowledge.events.ids()).map_err(fail)? {
            return Ok(Content::Log(log));
        }
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
    }
    // One more byte than the budget shows a file that grew, or whose size is not told (procfs).
    if bytes <= TEXT_BYTES_MAX as u64 {
        let text = take(&mut file, TEXT_BYTES_MAX + 1).map_err(fail)?;
        if text.len() <= TEXT_BYTES_MAX {
            return text_of(name, text, words).map_err(|reason| Trouble { status: FAILED, reason, bytes });
        }
    }
    let head = read_at(&mut file, 0, TEXT_HEAD_BYTES).map_err(fail)?;
    let end = file.seek(SeekFrom::End(0)).map_err(fail)?;
    let start = end.saturating_sub(TEXT_TAIL_BYTES as u64).max(TEXT_HEAD_BYTES as u64);
    let tail = read_at(&mut file, start + start % 2, TEXT_TAIL_BYTES).map_err(fail)?;
    Ok(both_ends(words.knowledge, words.locale, head, &tail, bytes.max(end)))
}

/// A text that is whole, unless a file that should be a log is neither.
fn text_of(name: &str, bytes: Vec<u8>, words: Words<'_>) -> Result<Content, String> {
    if is_rubbish(name, &bytes) { Err(words.say("reason-log-unreadable", &[])) } else { Ok(Content::Text(bytes, None)) }
}

fn read_at(file: &mut File, offset: u64, count: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    take(file, count)
}

fn take(from: &mut impl Read, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a stream to its end, keeping its beginning and its last part.
pub(crate) fn load_stream(name: String, from: &mut impl Read, words: Words<'_>) -> Loaded {
    match read_stream(&name, from, words) {
        Ok(content) => Loaded::new(name, content),
        Err(error) => Loaded::without_text(name, failed(&error, 0, words)),
    }
}

fn read_stream(name: &str, from: &mut impl Read, words: Words<'_>) -> io::Result<Content> {
    let prefix = take(from, PREFIX_BYTES)?;
    if is_evtx(&prefix) {
        let read = log::read(&mut prefix.as_slice().chain(&mut *from), &words.knowledge.events.ids())?;
        return Ok(read.map_or(Content::Text(Vec::new(), None), Content::Log));
    }
    let mut whole = take(&mut prefix.as_slice().chain(&mut *from), TEXT_BYTES_MAX + 1)?;
    if let Some(key) = kinds::of(name, &prefix) {
        let trouble = Trouble { status: SKIPPED, reason: words.say(key, &[]), bytes: whole.len() as u64 };
        return Ok(Content::Text(Vec::new(), Some(trouble)));
    }
    if whole.len() <= TEXT_BYTES_MAX {
        return Ok(Content::Text(whole, None));
    }
    let mut tail = whole.split_off(TEXT_HEAD_BYTES);
    let mut dropped = 0_usize;
    loop {
        let more = take(from, TEXT_HEAD_BYTES)?;
        let excess = (tail.len() + more.len()).saturating_sub(TEXT_TAIL_BYTES);
        // Even, so that pairs of bytes stay together.
        let excess = (excess + excess % 2).min(tail.len());
        tail.drain(..excess);
        dropped += excess;
        if more.is_empty() {
            break;
        }
        tail.extend_from_slice(&more);
    }
    let total = (whole.len() + dropped + tail.len()) as u64;
    Ok(both_ends(words.knowledge, words.locale, whole, &tail, total))
}

/// The trouble behind an error of the system.
pub(crate) fn failed(error: &io::Error, bytes: u64, words: Words<'_>) -> Trouble {
    let reason = match error.kind() {
        io::ErrorKind::PermissionDenied => words.say("reason-denied", &[]),
        io::ErrorKind::NotFound => words.say("reason-not-found", &[]),
        _ => words.say("reason-unreadable", &[("error", &error.to_string())]),
    };
    Trouble { status: FAILED, reason, bytes }
}
