//! Undoes text that was read in the wrong encoding and then saved: `éŒ¯èª¤` → 錯誤. Turns the
//! garbled lines back into the bytes they came from and reads those again. Believes the result
//! only if it looks clearly better, so clean text is never touched.

use super::codepage::Charset;
use super::path;
use super::suspect::look;
use super::{DecodedText, read};

/// Longer texts are left as they are: going back needs four copies of the text.
const TEXT_BYTES_MAX: usize = 16 << 20;
/// A mixed file with more segments than this is noise.
const SEGMENTS_MAX: usize = 200;
/// How much of the garbled lines is used to find out what happened.
const SAMPLE_BYTES: usize = 16 << 10;
/// A line this much below zero, in tenths, is worth a closer look.
const LINE_TOTAL: i64 = -15;
/// How much better, in tenths, the recovered text must be.
const GAIN: i64 = 40;

/// What a recovered text was made of; leads offsets back to the text as it was saved.
#[derive(Debug, Clone)]
pub(super) struct Below {
    pub(super) saved: DecodedText,
    charset: Charset,
    lines: Vec<Line>,
}

/// A stretch of the saved text (at most [`STRETCH_BYTES`]) and its place among the bytes.
#[derive(Debug, Clone, Copy)]
struct Line {
    saved: usize,
    coded: usize,
    garbled: bool,
}

/// Samples taken of a long text, and their length.
const PROBES: usize = 16;
const PROBE_BYTES: usize = 1 << 16;
const STRETCH_BYTES: usize = 1 << 12;

impl Below {
    /// Offset in the saved text for an offset in the bytes made of it.
    pub(super) fn offset(&self, coded: usize) -> usize {
        let after = self.lines.partition_point(|line| line.coded <= coded);
        let Some(line) = after.checked_sub(1).and_then(|last| self.lines.get(last)) else {
            return 0;
        };
        let beyond = coded - line.coded;
        if !line.garbled {
            return line.saved + beyond;
        }
        let (mut bytes, mut text) = (0, line.saved);
        for c in self.saved.text.get(line.saved..).unwrap_or("").chars() {
            bytes += self.charset.encode(c).map_or(1, |(_, len)| len);
            if bytes > beyond {
                break;
            }
            text += c.len_utf8();
        }
        text
    }
}

/// True when some line of the text may be garbled. One pass without a copy; of a long text only
/// its start and samples of the rest are looked at.
pub(super) fn is_doubtful(text: &str) -> bool {
    let doubtful = |text: &str| {
        text.split_inclusive('\n').any(|line| !line.is_ascii() && is_garbled(line))
    };
    if text.len() <= PROBES * PROBE_BYTES {
        return doubtful(text);
    }
    (0..PROBES).any(|probe| {
        let start = text.floor_char_boundary(text.len() / PROBES * probe);
        let end = text.floor_char_boundary(start + PROBE_BYTES);
        text.get(start..end).is_some_and(doubtful)
    })
}

/// Names the step for people: what the bytes were and as what they had been read.
pub(super) fn describe(inner: &DecodedText, below: &Below) -> &'static str {
    let mut label = inner.segments.iter().map(|s| s.encoding).filter(|&e| e != "ascii");
    let was = label.next().unwrap_or("ascii");
    let mixed = label.any(|other| other != was);
    if below.saved.recovered.is_some() {
        return match below.charset {
            _ if mixed => "misread twice",
            _ if was == "utf-8" => "utf-8 misread twice",
            _ if was == "big5" => "big5 misread twice",
            _ if was == "gb18030" => "gb18030 misread twice",
            _ => "misread twice",
        };
    }
    match (was, below.charset) {
        ("utf-8", Charset::Windows1252) if !mixed => "utf-8 read as windows-1252",
        ("utf-8", Charset::Cp437) if !mixed => "utf-8 read as cp437",
        ("utf-8", Charset::Big5) if !mixed => "utf-8 read as big5",
        ("utf-8", Charset::Gbk) if !mixed => "utf-8 read as gb18030",
        ("big5", Charset::Windows1252) if !mixed => "big5 read as windows-1252",
        ("big5", Charset::Cp437) if !mixed => "big5 read as cp437",
        ("big5", Charset::Gbk) if !mixed => "big5 read as gb18030",
        ("gb18030", Charset::Windows1252) if !mixed => "gb18030 read as windows-1252",
        ("gb18030", Charset::Cp437) if !mixed => "gb18030 read as cp437",
        ("gb18030", Charset::Big5) if !mixed => "gb18030 read as big5",
        (_, Charset::Windows1252) => "misread as windows-1252",
        (_, Charset::Cp437) => "misread as cp437",
        (_, Charset::Big5) => "misread as big5",
        (_, Charset::Gbk) => "misread as gb18030",
    }
}

fn is_garbled(line: &str) -> bool {
    let look = look(line);
    look.total <= LINE_TOTAL || look.suspicion() > 0.2
}

/// `saved` with its garbled lines read again, or as it was.
pub(super) fn recover(saved: DecodedText) -> DecodedText {
    if saved.text.len() > TEXT_BYTES_MAX || saved.segments.len() > SEGMENTS_MAX {
        return saved;
    }
    let sample = sample(&saved.text);
    let (mut best, before) = (None, look(&sample));
    let mut best_total = before.total + GAIN.min(10 + before.judged * 5);
    for first in Charset::ALL {
        let Some(once) = attempt(&sample, first) else { continue };
        try_best(&mut best, &mut best_total, &once, &[first]);
        if look(&once).suspicion() < 0.2 {
            continue;
        }
        for second in Charset::ALL {
            if let Some(twice) = attempt(&once, second) {
                try_best(&mut best, &mut best_total, &twice, &[first, second]);
            }
        }
    }
    match best {
        Some(steps) => steps.into_iter().fold(saved, undo),
        None => saved,
    }
}

fn try_best(best: &mut Option<Vec<Charset>>, total: &mut i64, text: &str, steps: &[Charset]) {
    let look = look(text);
    // A second step must earn its keep: it explains more than the first one did.
    let score = look.total - if steps.len() > 1 { GAIN / 2 } else { 0 };
    if look.suspicion() < 0.5 && score > *total {
        *total = score;
        *best = Some(steps.to_vec());
    }
}

/// The garbled lines, as many as are needed to judge.
fn sample(text: &str) -> String {
    let mut sample = String::new();
    for line in text.split_inclusive('\n') {
        if !line.is_ascii() && is_garbled(line) {
            let end = line.floor_char_boundary(SAMPLE_BYTES);
            sample.push_str(line.get(..end).unwrap_or(""));
        }
        if sample.len() > SAMPLE_BYTES {
            break;
        }
    }
    sample
}

/// The sample read again, or nothing when most of it cannot have come from this code page.
fn attempt(sample: &str, charset: Charset) -> Option<String> {
    let (mut special, mut lost) = (0, 0);
    let mut bytes = Vec::with_capacity(sample.len());
    for c in sample.chars() {
        special += usize::from(!c.is_ascii());
        lost += usize::from(!push(&mut bytes, c, charset));
    }
    if lost * 5 > special {
        return None;
    }
    Some(read(&bytes, path::MISREAD).text)
}

/// Appends the bytes of one character; what has none becomes a byte that no encoding has.
fn push(bytes: &mut Vec<u8>, c: char, charset: Charset) -> bool {
    match charset.encode(c) {
        Some((pair, 2)) => bytes.extend(pair.to_be_bytes()),
        Some((byte, _)) => bytes.extend(u8::try_from(byte)),
        None => {
            bytes.push(0xFF);
            return false;
        }
    }
    true
}

/// One step back through `charset` for every garbled line.
fn undo(saved: DecodedText, charset: Charset) -> DecodedText {
    let mut bytes = Vec::with_capacity(saved.text.len());
    let (mut lines, mut at) = (Vec::new(), 0);
    for line in saved.text.split_inclusive('\n') {
        let garbled = !line.is_ascii() && is_garbled(line) && fits(line, charset);
        let mut marked = None;
        for c in line.chars() {
            if marked.is_none_or(|mark| at - mark >= STRETCH_BYTES) {
                lines.push(Line { saved: at, coded: bytes.len(), garbled });
                marked = Some(at);
            }
            if garbled {
                push(&mut bytes, c, charset);
            } else {
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            at += c.len_utf8();
        }
    }
    let inner = read(&bytes, path::MISREAD);
    DecodedText::recovered(inner, Below { saved, charset, lines })
}

fn fits(line: &str, charset: Charset) -> bool {
    line.chars().filter(|&c| charset.encode(c).is_none()).count() * 5
        <= line.chars().filter(|c| !c.is_ascii()).count()
}
