//! Reads bytes as text. Finds out the encoding, also where it changes inside a file, and undoes
//! text that was saved in the wrong one. Never fails: every input gives text, and every offset
//! of the text leads back to the byte it came from. Knows nothing about messages.

mod build;
mod codepage;
mod common;
mod path;
mod recover;
mod suspect;
mod token;
mod weigh;
mod words;

#[cfg(test)]
mod tests;

use build::{Builder, Map};
use path::Run;
use recover::Below;
use token::Code;

pub use build::Segment;
pub use suspect::suspicion;

/// Longer texts that are valid UTF-8 are never read in another way.
const CHECKED_BYTES_MAX: usize = 1 << 20;
const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text of a file and where it came from.
#[derive(Debug, Clone)]
pub struct DecodedText {
    /// Without byte order marks and NULs.
    pub text: String,
    /// Cover every byte of the input once, in order.
    pub segments: Vec<Segment>,
    /// Number of U+FFFD that stand for unreadable bytes.
    pub replaced: usize,
    /// What was undone, for instance `utf-8 read as windows-1252`.
    pub recovered: Option<&'static str>,
    map: Map,
    below: Option<Box<Below>>,
}

/// Reads any bytes as text.
pub fn decode(bytes: &[u8]) -> DecodedText {
    let (saved, is_utf8) = match valid_utf8(bytes) {
        Some(text) => (text, true),
        None => (read(bytes, path::FILE), false),
    };
    if !recover::is_doubtful(&saved.text) {
        return saved;
    }
    if is_utf8 && bytes.len() <= CHECKED_BYTES_MAX {
        // A few Big5 or GBK characters can be valid UTF-8 by chance: 模 is also `ģ`.
        let other = read(bytes, path::FILE);
        let (other_look, look) = (suspect::look(&other.text), suspect::look(&saved.text));
        if other_look.suspicion() < 0.1 && other_look.total > look.total {
            return other;
        }
    }
    recover::recover(saved)
}

impl DecodedText {
    /// The encodings in the order in which they appear: `big5 + utf-16le`.
    pub fn encoding_label(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for segment in &self.segments {
            if segment.encoding != "ascii" && !names.contains(&segment.encoding) {
                names.push(segment.encoding);
            }
        }
        let label = if names.is_empty() { "ascii".to_owned() } else { names.join(" + ") };
        match self.recovered {
            Some(what) => format!("{label} (recovered: {what})"),
            None => label,
        }
    }

    /// The byte of the input where the character at `text_offset` of the text starts. Later
    /// characters never start earlier; the end of the text is the end of the input.
    pub fn source_offset(&self, text_offset: usize) -> usize {
        let byte = self.map.byte(&self.text, text_offset);
        match &self.below {
            Some(below) => below.saved.source_offset(below.offset(byte)),
            None => byte,
        }
    }

    /// Text that was made from `below` by undoing one wrong reading.
    fn recovered(inner: Self, below: Below) -> Self {
        let what = recover::describe(&inner, &below);
        let mut text = Self { recovered: Some(what), below: Some(Box::new(below)), ..inner };
        text.segments = text.below.as_ref().map_or(Vec::new(), |b| b.saved.segments.clone());
        let mut start = 0;
        let starts: Vec<usize> =
            text.segments.iter().skip(1).map(|next| text.text_offset(next.bytes.start)).collect();
        for (at, segment) in text.segments.iter_mut().enumerate() {
            let end = starts.get(at).copied().unwrap_or(text.text.len()).max(start);
            segment.text = start..end;
            start = end;
        }
        text
    }

    /// The first character that starts at or after `byte` of the input.
    fn text_offset(&self, byte: usize) -> usize {
        let (mut low, mut high) = (0, self.text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.source_offset(middle) < byte { low = middle + 1 } else { high = middle }
        }
        self.text.ceil_char_boundary(low)
    }
}

/// The text of valid UTF-8, which needs no search. NULs speak for UTF-16 or damage.
fn valid_utf8(bytes: &[u8]) -> Option<DecodedText> {
    let body = bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes);
    let text = std::str::from_utf8(body).ok()?;
    if memchr::memchr(0, body).is_some() || text.contains('\u{FEFF}') {
        return None;
    }
    let skipped = bytes.len() - body.len();
    let encoding = if skipped == 0 && text.is_ascii() { "ascii" } else { Code::Utf8.name() };
    let segment = Segment { encoding, bytes: 0..bytes.len(), text: 0..text.len() };
    Some(DecodedText {
        text: text.to_owned(),
        segments: if bytes.is_empty() { Vec::new() } else { vec![segment] },
        replaced: 0,
        recovered: None,
        map: Map::straight(skipped, bytes.len()),
        below: None,
    })
}

/// The text by the likeliest way through the bytes.
fn read(bytes: &[u8], codes: &'static [Code]) -> DecodedText {
    let mut builder = Builder::new(bytes);
    let mut open: Option<Run> = None;
    path::runs(bytes, codes, |run| {
        if let Some(open) = open.replace(run) {
            builder.push(open, run.start);
        }
    });
    if let Some(open) = open {
        builder.push(open, bytes.len());
    }
    let (text, segments, replaced, map) = builder.finish();
    DecodedText { text, segments, replaced, recovered: None, map, below: None }
}
