//! Judges finished text: do these characters belong together? Wrongly read bytes give rare
//! characters, mixed scripts and accented letters side by side. Knows nothing of encodings.

use super::common;
use super::words;

/// What a text looks like, summed over its characters beyond ASCII.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Sum of the scores in tenths; an everyday Chinese character has 10.
    pub(super) total: i64,
    /// Characters that were judged.
    pub(super) judged: i64,
}

impl Look {
    /// Mean score from which a text counts as clean, and up to which as garbled.
    const CLEAN: f32 = 7.0;
    const GARBLED: f32 = -8.0;

    pub(super) fn suspicion(self) -> f32 {
        if self.judged == 0 {
            return 0.0;
        }
        let mean = self.total as f32 / self.judged as f32;
        ((Self::CLEAN - mean) / (Self::CLEAN - Self::GARBLED)).clamp(0.0, 1.0)
    }

    /// How much better than chance: everyday but not frequent characters count for nothing, so
    /// that a reading gains nothing by making two characters of one.
    pub(super) fn excess(self) -> i64 {
        self.total - 8 * self.judged
    }

    fn add(&mut self, score: i64) {
        self.total += score;
        self.judged += 1;
    }
}

/// How garbled `text` looks: 0 for clean text (and for plain ASCII), 1 for `éŒ¯èª¤`.
#[must_use]
pub fn suspicion(text: &str) -> f32 {
    look(text).suspicion()
}

/// Sums up all characters of `text`.
pub(super) fn look(text: &str) -> Look {
    let mut look = Look::default();
    let mut rest = text.as_bytes();
    let mut left = '\n';
    // ASCII is stepped over by bytes: most of a console text needs no judgement.
    while let Some(next) = rest.iter().position(|byte| *byte >= 0x80) {
        if next > 0 {
            left = rest.get(next - 1).copied().map_or('\n', char::from);
        }
        let start = text.len() - rest.len() + next;
        let Some(run) = text.get(start..) else { break };
        let end = run.as_bytes().iter().position(u8::is_ascii).unwrap_or(run.len());
        let mut chars = run.get(..end).unwrap_or("").chars().peekable();
        let after = run.get(end..).and_then(|after| after.chars().next()).unwrap_or('\n');
        while let Some(c) = chars.next() {
            let right = chars.peek().copied().unwrap_or(after);
            if let Some(score) = score(left, c, right) {
                look.add(score);
            }
            left = c;
        }
        rest = run.as_bytes().get(end..).unwrap_or(&[]);
    }
    look
}

/// Characters of one kind stand together in real text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ascii,
    Latin,
    Greek,
    Cyrillic,
    Kana,
    Han,
    Hangul,
    Wide,
    Punctuation,
    Rule,
    Symbol,
    Broken,
    Foreign,
}

fn kind(c: char) -> Kind {
    match c {
        '\0'..='\u{7F}' => Kind::Ascii,
        '\u{80}'..='\u{9F}' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' => Kind::Broken,
        '\u{A0}' | '·' => Kind::Punctuation,
        '\u{A1}'..='¿' | '×' | '÷' => Kind::Symbol,
        'À'..='\u{24F}' => Kind::Latin,
        '\u{370}'..='\u{3FF}' => Kind::Greek,
        '\u{400}'..='\u{52F}' => Kind::Cyrillic,
        '\u{2010}'..='\u{2027}' | '\u{200B}'..='\u{200F}' | '\u{FE0F}' => Kind::Punctuation,
        '\u{3000}'..='\u{3002}' | '\u{3008}'..='\u{3011}' => Kind::Wide,
        '\u{FF01}'..='\u{FF5E}' => Kind::Wide,
        '\u{3040}'..='\u{30FF}' => Kind::Kana,
        '\u{4E00}'..='\u{9FFF}' => Kind::Han,
        '\u{AC00}'..='\u{D7A3}' => Kind::Hangul,
        '\u{2500}'..='\u{259F}' => Kind::Rule,
        '\u{2030}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' => Kind::Symbol,
        _ => Kind::Foreign,
    }
}

/// Score of one character between its neighbours; `None` when it says nothing.
fn score(left: char, c: char, right: char) -> Option<i64> {
    let (own, before, after) = (kind(c), kind(left), kind(right));
    let alike = before == own || after == own;
    let fits = |kind| kind == own || matches!(kind, Kind::Ascii | Kind::Punctuation);
    let western = |kind| matches!(kind, Kind::Latin | Kind::Symbol | Kind::Greek | Kind::Broken);
    let crowded = |kind| !matches!(kind, Kind::Ascii | Kind::Punctuation | Kind::Wide);
    Some(match own {
        Kind::Ascii => return None,
        Kind::Han => han(left, c),
        Kind::Wide => 5,
        Kind::Punctuation if western(before) || western(after) => -12,
        Kind::Punctuation => return None,
        Kind::Latin if crowded(before) || crowded(after) => {
            let word = (before == Kind::Latin || after == Kind::Latin)
                && !matches!(before, Kind::Symbol | Kind::Broken | Kind::Han)
                && !matches!(after, Kind::Symbol | Kind::Broken | Kind::Han);
            if word && c.is_lowercase() { -4 } else { -15 }
        }
        Kind::Latin if left.is_ascii_alphabetic() || right.is_ascii_alphabetic() => 8,
        Kind::Latin => -8,
        Kind::Greek | Kind::Cyrillic | Kind::Hangul if alike && fits(before) && fits(after) => 7,
        Kind::Greek | Kind::Cyrillic | Kind::Hangul if alike => 0,
        Kind::Greek | Kind::Cyrillic | Kind::Hangul => -15,
        Kind::Kana if alike => -3,
        Kind::Kana => -12,
        Kind::Rule if left == c || right == c => 10,
        Kind::Rule if left.is_whitespace() && right.is_whitespace() => return None,
        Kind::Rule => -8,
        Kind::Symbol if crowded(before) || crowded(after) => -8,
        Kind::Symbol => return None,
        Kind::Broken if c == char::REPLACEMENT_CHARACTER => {
            if left == c {
                return None;
            }
            -20
        }
        Kind::Broken => -40,
        Kind::Foreign => -15,
    })
}

fn han(left: char, c: char) -> i64 {
    let unit = c as u32;
    let (traditional, simplified) = (common::traditional(unit), common::simplified(unit));
    if !traditional && !simplified {
        return -15;
    }
    let (before, pair) = (
        left as u32,
        match (u16::try_from(left as u32), u16::try_from(unit)) {
            (Ok(left), Ok(unit)) => words::pair(left, unit),
            _ => false,
        },
    );
    let base = match (left == c, words::frequent(unit)) {
        (true, false) => -5,
        (true, true) | (false, false) => 8,
        (false, true) => 14,
    };
    // Nobody writes a traditional character beside a simplified one.
    let clash = traditional != simplified && common::traditional(before) == simplified && common::simplified(before) == traditional;
    base + if pair { 12 } else { 0 } - if clash { 16 } else { 0 }
}
