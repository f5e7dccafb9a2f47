//! Reads bytes as text. Finds out the encoding, also where it changes inside a file, and undoes
//! text that was saved in the wrong one. Never fails: every input gives text, and every offset
//! of the text leads back to the byte it came from. Knows nothing about messages.

mod build;
#[expect(clippy::indexing_slicing, reason = "tables built by the compiler, which checks the bounds")]
mod codepage;
mod common;
mod path;
mod recover;
mod suspect;
mod token;
mod weigh;
#[expect(clippy::indexing_slicing, reason = "tables built by the compiler, which checks the bounds")]
mod words;

#[cfg(test)]
mod tests;

use build::{Builder, Map};
use path::Run;
use recover::Below;
use token::Code;

pub use build::Segment;
pub use suspect::suspicion;

/// Longer inputs are never valid UTF-8 by chance.
const CHANCE_BYTES_MAX: usize = 16;
/// So many characters beyond ASCII are never valid UTF-8 by chance.
const CERTAIN_CHARS: usize = 12;
const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text of a file and where it came from.
#[derive(Debug, Clone, Default)]
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
#[must_use]
pub fn decode(bytes: &[u8]) -> DecodedText {
    let Some(saved) = valid_utf8(bytes) else {
        return recover::recover(read(bytes));
    };
    let text = recover::recover(saved);
    if bytes.len() <= CHANCE_BYTES_MAX && text.recovered.is_none() {
        return by_chance(bytes, &text.text).unwrap_or(text);
    }
    text
}

impl DecodedText {
    /// The encodings in the order in which they appear: `big5 + utf-16le`.
    #[must_use]
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
    #[must_use]
    pub fn source_offset(&self, text_offset: usize) -> usize {
        let byte = self.map.byte(&self.text, text_offset);
        match &self.below {
            Some(below) => below.saved.source_offset(below.offset(byte)),
            None => byte,
        }
    }

    /// Text that was made from `below` by undoing one wrong reading, `what`.
    fn recovered(inner: Self, below: Below, what: &'static str) -> Self {
        let mut text = Self { recovered: Some(what), below: Some(Box::new(below)), ..inner };
        text.segments = text.below.as_ref().map_or(Vec::new(), |b| b.saved.segments.clone());
        let mut start = 0;
        let starts: Vec<usize> = text.segments.iter().skip(1).map(|next| text.text_offset(next.bytes.start)).collect();
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
    let Ok(text) = std::str::from_utf8(body) else { return clipped_utf8(bytes) };
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

/// The text of UTF-8 with half a character at either end. With so many whole characters between
/// them it cannot be anything else, even if they make no sense (yet: see `recover`).
fn clipped_utf8(bytes: &[u8]) -> Option<DecodedText> {
    let head = bytes.iter().take(3).take_while(|&&byte| byte & 0xC0 == 0x80).count();
    let body = bytes.get(head..)?;
    let whole = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(body.get(..error.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    let wide = whole.bytes().filter(|&byte| byte >= 0xC0).take(CERTAIN_CHARS).count();
    let certain = wide >= CERTAIN_CHARS && memchr::memchr(0, body).is_none();
    certain.then(|| assemble(bytes, &[Run { code: Code::Utf8, start: 0, lost: false }]))
}

/// A few characters can be valid UTF-8 by chance: 失敗 in UTF-16 is also `1YWe`, 模 in GBK `ģ`.
/// Believed only if all of them are everyday Chinese, and words of this field if they are ASCII.
fn by_chance(bytes: &[u8], text: &str) -> Option<DecodedText> {
    let mean = if text.is_ascii() { 18 } else { 11 };
    if !text.is_ascii() && suspicion(text) < 0.9 {
        return None;
    }
    [Code::Big5, Code::Gb18030, Code::Utf16Le, Code::Utf16Be].into_iter().find_map(|code| {
        let other = assemble(bytes, &[Run { code, start: 0, lost: false }]);
        let look = suspect::look(&other.text);
        let all = look.judged == other.text.chars().count() as i64;
        let good = other.replaced == 0 && all && look.judged > 0;
        (good && look.total >= mean * look.judged).then_some(other)
    })
}

/// The text by the likeliest way through the bytes.
fn read(bytes: &[u8]) -> DecodedText {
    assemble(bytes, &path::runs(bytes, path::FILE))
}

/// The text of runs that cover the bytes.
fn assemble(bytes: &[u8], runs: &[Run]) -> DecodedText {
    let mut builder = Builder::new(bytes);
    let ends = runs.iter().skip(1).map(|next| next.start).chain([bytes.len()]);
    for (run, end) in runs.iter().zip(ends) {
        builder.push(*run, end);
    }
    let (text, segments, replaced, map) = builder.finish();
    DecodedText { text, segments, replaced, recovered: None, map, below: None }
}
