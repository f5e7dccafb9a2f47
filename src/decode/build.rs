//! Writes the text of the runs and remembers where each piece of it came from.

use std::ops::Range;

use super::path::Run;
use super::token::{BAD, Code, Token, token};
use super::weigh::western;

/// One run of bytes read with one encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// `ascii`, `utf-8`, `utf-16le`, `utf-16be`, `big5`, `gb18030`, `cp437` or `windows-1252`.
    pub encoding: &'static str,
    /// The bytes of the input.
    pub bytes: Range<usize>,
    /// Where their text is, in bytes of the decoded text.
    pub text: Range<usize>,
}

/// Steps from character to character on the way back to the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stride {
    /// The text's own bytes.
    Same,
    /// One byte for ASCII, else two.
    Double,
    /// One byte.
    Single,
    /// Two bytes, four beyond U+FFFF.
    Wide,
    /// All of it stands for one place: an error, or a character of unusual length.
    Still,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    byte: usize,
    text: usize,
    stride: Stride,
}

/// Leads from text offsets to byte offsets.
#[derive(Debug, Clone, Default)]
pub(super) struct Map {
    marks: Vec<Mark>,
    bytes: usize,
}

/// A mark at least this often, so that a look-up reads only a little text.
const MARK_BYTES: usize = 1 << 12;
/// Beyond this many marks (only noise has so many) there is one per [`FAR_BYTES`], and offsets
/// become approximate.
const MARKS_MAX: usize = 1 << 20;
const FAR_BYTES: usize = 1 << 16;

impl Map {
    /// The map of valid UTF-8 whose first `skipped` bytes are a byte order mark.
    pub(super) fn straight(skipped: usize, bytes: usize) -> Self {
        Self { marks: vec![Mark { byte: skipped, text: 0, stride: Stride::Same }], bytes }
    }

    /// The byte where the character at `offset` of `text` starts; the end for the end.
    pub(super) fn byte(&self, text: &str, offset: usize) -> usize {
        if offset >= text.len() {
            return self.bytes;
        }
        let after = self.marks.partition_point(|mark| mark.text <= offset);
        let Some(mark) = after.checked_sub(1).and_then(|last| self.marks.get(last)) else {
            return 0;
        };
        let limit = self.marks.get(after).map_or(self.bytes, |next| next.byte);
        let offset = text.floor_char_boundary(offset);
        let between = text.get(mark.text..offset).unwrap_or("");
        let walked: usize = match mark.stride {
            Stride::Same => between.len(),
            Stride::Still => 0,
            Stride::Single => between.chars().count(),
            Stride::Double => between.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum(),
            Stride::Wide => between.chars().map(|c| 2 * c.len_utf16()).sum(),
        };
        limit.min(mark.byte + walked)
    }

    fn mark(&mut self, byte: usize, text: usize, stride: Stride) {
        let far = || self.marks.last().is_none_or(|mark| byte - mark.byte >= FAR_BYTES);
        if self.marks.len() < MARKS_MAX || far() {
            self.marks.push(Mark { byte, text, stride });
        }
    }
}

/// Text, segments and map under construction.
pub(super) struct Builder<'a> {
    bytes: &'a [u8],
    pub(super) text: String,
    pub(super) segments: Vec<Segment>,
    pub(super) replaced: usize,
    pub(super) map: Map,
    /// The encoding of the open segment and whether it has anything but ASCII.
    open: Option<(Code, bool)>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            text: String::with_capacity(bytes.len() + bytes.len() / 2),
            segments: Vec::new(),
            replaced: 0,
            map: Map { marks: Vec::new(), bytes: bytes.len() },
            open: None,
        }
    }

    /// Appends the bytes from `run.start` to `end`.
    pub(super) fn push(&mut self, run: Run, end: usize) {
        let Some(bytes) = self.bytes.get(run.start..end) else { return };
        let code = if run.code == Code::Western { self.western(run.start, end) } else { run.code };
        self.segment(code, run.start, end);
        if run.lost {
            self.error(run.start);
            return;
        }
        let stride = match code {
            Code::Utf8 => Stride::Same,
            Code::Big5 | Code::Gb18030 => Stride::Double,
            Code::Utf16Le | Code::Utf16Be => Stride::Wide,
            Code::Western | Code::Windows1252 | Code::Cp437 => Stride::Single,
        };
        let (mut at, mut marked) = (0, None);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let read = token(code, rest);
            let byte = run.start + at;
            if Self::regular(code, read) {
                if marked.is_none_or(|mark| at - mark >= MARK_BYTES) {
                    self.map.mark(byte, self.text.len(), stride);
                    marked = Some(at);
                }
                self.text.extend(char::from_u32(read.unit));
            } else {
                marked = None;
                self.irregular(byte, read);
            }
            at += read.len;
        }
        if let Some((_, rich)) = &mut self.open {
            *rich = *rich || code.is_utf16() || !bytes.is_ascii();
        }
        if let Some(segment) = self.segments.last_mut() {
            segment.text.end = self.text.len();
        }
    }

    /// Closes the last segment and hands everything over.
    pub(super) fn finish(mut self) -> (String, Vec<Segment>, usize, Map) {
        self.close();
        self.text.shrink_to_fit();
        (self.text, self.segments, self.replaced, self.map)
    }

    /// True when the map can step over this token by the encoding's stride.
    fn regular(code: Code, read: Token) -> bool {
        let usual = match code {
            Code::Big5 | Code::Gb18030 => read.len == if read.unit < 0x80 { 1 } else { 2 },
            _ => true,
        };
        usual && !matches!(read.unit, 0 | 0xFEFF | BAD)
    }

    /// NULs and byte order marks leave no text, errors leave U+FFFD.
    fn irregular(&mut self, byte: usize, read: Token) {
        match read.unit {
            0 | 0xFEFF => {}
            BAD => self.error(byte),
            unit => {
                self.map.mark(byte, self.text.len(), Stride::Still);
                self.text.extend(char::from_u32(unit));
            }
        }
    }

    fn error(&mut self, byte: usize) {
        self.map.mark(byte, self.text.len(), Stride::Still);
        self.text.push(char::REPLACEMENT_CHARACTER);
        self.replaced += 1;
        if let Some((_, rich)) = &mut self.open {
            *rich = true;
        }
        if let Some(segment) = self.segments.last_mut() {
            segment.text.end = self.text.len();
        }
    }

    fn segment(&mut self, code: Code, start: usize, end: usize) {
        match (self.open, self.segments.last_mut()) {
            (Some((open, _)), Some(segment)) if open == code => segment.bytes.end = end,
            _ => {
                self.close();
                let text = self.text.len();
                let encoding = code.name();
                self.segments.push(Segment { encoding, bytes: start..end, text: text..text });
                self.open = Some((code, false));
            }
        }
    }

    /// A segment without any special byte is called ASCII, whatever it could have held.
    fn close(&mut self) {
        if let (Some((_, false)), Some(segment)) = (self.open, self.segments.last_mut()) {
            segment.encoding = "ascii";
        }
    }

    /// Windows or the console? Whichever makes more believable letters of the run's bytes.
    fn western(&self, start: usize, end: usize) -> Code {
        let total = |code| -> i64 {
            let byte = |at: usize| self.bytes.get(at).copied().unwrap_or(b' ');
            (start..end)
                .filter(|&at| byte(at) >= 0x80)
                .map(|at| i64::from(western(code, byte(at.wrapping_sub(1)), byte(at), byte(at + 1))))
                .sum()
        };
        if total(Code::Cp437) > total(Code::Windows1252) { Code::Cp437 } else { Code::Windows1252 }
    }
}
