//! Undoes text that was read in the wrong encoding and then saved: `éŒ¯èª¤` → 錯誤. Turns the
//! garbled lines back into the bytes they came from and reads those again. Believes the result
//! only if it looks clearly better, so clean text is never touched.

use super::codepage::Charset;
use super::path::{self, Run};
use super::suspect::look;
use super::token::Code;
use super::{DecodedText, assemble};

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
fn is_doubtful(text: &str) -> bool {
    let doubtful = |text: &str| text.split_inclusive('\n').any(|line| !line.is_ascii() && is_garbled(line)) && !is_japanese(text);
    if text.len() <= PROBES * PROBE_BYTES {
        return doubtful(text);
    }
    (0..PROBES).any(|probe| {
        let start = text.floor_char_boundary(text.len() / PROBES * probe);
        let end = text.floor_char_boundary(start + PROBE_BYTES);
        text.get(start..end).is_some_and(doubtful)
    })
}

/// Kana make up a third of Japanese prose, with particles among them. Misread Chinese has kana too,
/// but few and at random.
fn is_japanese(text: &str) -> bool {
    let (mut kana, mut particles, mut other) = (0_u32, 0_u32, 0_u32);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        match c {
            'の' | 'を' | 'は' | 'に' | 'が' | 'た' | 'て' | 'し' | 'ま' | 'す' | 'い' | 'る' => {
                kana += 1;
                particles += 1;
            }
            '\u{3041}'..='\u{30ff}' => kana += 1,
            _ => other += 1,
        }
    }
    kana * 2 >= other && particles * 8 >= kana + other
}

/// Names the step for people: what the bytes were and as what they had been read.
fn describe(runs: &[Run], charset: Charset, again: bool) -> &'static str {
    let code = runs.first().map_or(Code::Utf8, |run| run.code);
    if runs.iter().any(|run| run.code != code) {
        return if again { "misread twice" } else { "misread" };
    }
    match (code, charset) {
        (Code::Utf8, _) if again => "utf-8 misread twice",
        (Code::Big5, _) if again => "big5 misread twice",
        (_, _) if again => "gb18030 misread twice",
        (Code::Utf8, Charset::Windows1252) => "utf-8 read as windows-1252",
        (Code::Utf8, Charset::Cp437) => "utf-8 read as cp437",
        (Code::Utf8, Charset::Big5) => "utf-8 read as big5",
        (Code::Utf8, Charset::Gbk) => "utf-8 read as gb18030",
        (Code::Big5, Charset::Windows1252) => "big5 read as windows-1252",
        (Code::Big5, Charset::Cp437) => "big5 read as cp437",
        (Code::Big5, _) => "big5 read as gb18030",
        (_, Charset::Windows1252) => "gb18030 read as windows-1252",
        (_, Charset::Cp437) => "gb18030 read as cp437",
        (_, _) => "gb18030 read as big5",
    }
}

fn is_garbled(line: &str) -> bool {
    let look = look(line);
    look.total <= LINE_TOTAL || look.suspicion() > 0.2
}

/// `saved` with its garbled lines read again, or as it was.
pub(super) fn recover(saved: DecodedText) -> DecodedText {
    let limits = saved.text.len() <= TEXT_BYTES_MAX && saved.segments.len() <= SEGMENTS_MAX;
    if !limits || !is_doubtful(&saved.text) {
        return saved;
    }
    let sample = sample(&saved.text);
    let mut best = Best { excess: look(&sample).excess() + GAIN, steps: Vec::new() };
    for first in Charset::ALL {
        let Some((once, code)) = attempt(&sample, first) else { continue };
        best.consider(&once, 0, &[(first, code)]);
        if look(&once).suspicion() < 0.2 {
            continue;
        }
        for second in Charset::ALL {
            if let Some((twice, again)) = attempt(&once, second) {
                best.consider(&twice, GAIN / 2, &[(first, code), (second, again)]);
            }
        }
    }
    best.steps.into_iter().fold(saved, |saved, (charset, code)| undo(saved, charset, code))
}

/// As what the bytes were read, and what most of them really were.
type Step = (Charset, Code);

/// The most believable way back so far.
struct Best {
    excess: i64,
    steps: Vec<Step>,
}

impl Best {
    /// A longer way must explain more, by `toll`.
    fn consider(&mut self, text: &str, toll: i64, steps: &[Step]) {
        let look = look(text);
        if look.suspicion() < 0.3 && look.excess() - toll > self.excess {
            *self = Self { excess: look.excess() - toll, steps: steps.to_vec() };
        }
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

/// The sample read again and its main encoding, or nothing when a good part of it cannot have
/// come from this code page.
fn attempt(sample: &str, charset: Charset) -> Option<(String, Code)> {
    let (mut special, mut lost) = (0, 0);
    let mut bytes = Vec::with_capacity(sample.len());
    for c in sample.chars() {
        special += usize::from(!c.is_ascii());
        lost += usize::from(!push(&mut bytes, c, charset));
    }
    if lost * 5 > special {
        return None;
    }
    let runs = runs(&bytes);
    let ends = runs.iter().skip(1).map(|next| next.start).chain([bytes.len()]);
    let longest = runs.iter().zip(ends).max_by_key(|(run, end)| end - run.start);
    let code = longest.map_or(Code::Utf8, |(run, _)| run.code);
    Some((assemble(&bytes, &runs).text, code))
}

/// How to read bytes that had been misread. UTF-8 without any error is never chance.
fn runs(bytes: &[u8]) -> Vec<Run> {
    if std::str::from_utf8(bytes).is_ok() {
        return vec![Run { code: Code::Utf8, start: 0, lost: false }];
    }
    path::runs(bytes, path::MISREAD)
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
fn undo(saved: DecodedText, charset: Charset, code: Code) -> DecodedText {
    let mut bytes = Vec::with_capacity(saved.text.len());
    let (mut lines, mut at) = (Vec::new(), 0);
    for line in saved.text.split_inclusive('\n') {
        let garbled = comes_from(line, charset, code);
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
    let (runs, found) = read_again(&bytes, &lines);
    let what = describe(&found, charset, saved.recovered.is_some());
    DecodedText::recovered(assemble(&bytes, &runs), Below { saved, charset, lines }, what)
}

/// Runs of all bytes, and of the garbled ones alone. The garbled lines are judged together, as
/// if nothing stood between them; the others are known to be UTF-8.
fn read_again(bytes: &[u8], lines: &[Line]) -> (Vec<Run>, Vec<Run>) {
    let ends = || lines.iter().skip(1).map(|next| next.coded).chain([bytes.len()]);
    let mut garbled = Vec::new();
    for (line, end) in lines.iter().zip(ends()).filter(|(line, _)| line.garbled) {
        garbled.extend_from_slice(bytes.get(line.coded..end).unwrap_or(&[]));
    }
    let found = runs(&garbled);
    let (mut all, mut before, mut next) = (Vec::new(), 0, 0);
    let mut code = Code::Utf8;
    for (line, end) in lines.iter().zip(ends()) {
        if !line.garbled {
            all.push(Run { code: Code::Utf8, start: line.coded, lost: false });
            continue;
        }
        all.push(Run { code, start: line.coded, lost: false });
        let after = before + (end - line.coded);
        while let Some(run) = found.get(next).filter(|run| run.start < after) {
            let start = line.coded + (run.start - before);
            all.push(Run { start, ..*run });
            (code, next) = (run.code, next + 1);
        }
        before = after;
    }
    // A run that starts with its line replaces the one that only continues the line before.
    all.dedup_by(|later, earlier| {
        let same = later.start == earlier.start;
        if same {
            *earlier = *later;
        }
        same
    });
    (all, found)
}

/// True when the line is to be turned back: it looks garbled, or it reads better in the encoding
/// of its neighbours. 靡備 looks clean; below 慾魂潔路 it is the 名称 of a misread GBK file.
fn comes_from(line: &str, charset: Charset, code: Code) -> bool {
    if line.is_ascii() {
        return false;
    }
    let odd = line.chars().filter(|&c| charset.encode(c).is_none()).count();
    if is_garbled(line) {
        return odd * 5 <= line.chars().filter(|c| !c.is_ascii()).count();
    }
    let mut bytes = Vec::with_capacity(line.len());
    if !line.chars().all(|c| push(&mut bytes, c, charset)) {
        return false;
    }
    let other = assemble(&bytes, &[Run { code, start: 0, lost: false }]);
    other.replaced == 0 && look(&other.text).excess() > look(line).excess()
}
