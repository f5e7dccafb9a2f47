//! Lines of a decoded text and their display width. Knows nothing about messages.

use crate::limits::{LINE_BYTES_MAX, LINES_HEAD, LINES_MAX};

/// One line, without its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1-based number in the file.
    pub number: u32,
    /// Byte range in the decoded text.
    pub range: std::ops::Range<usize>,
}

/// Splits at LF, CRLF, CR CR LF and lone CR. Lines over [`LINE_BYTES_MAX`] come in pieces that share
/// their number.
#[must_use]
pub fn split(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    let mut number = 1;
    while start <= bytes.len() {
        let rest = bytes.get(start..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |i| start + i);
        push_pieces(text, start..end, number, &mut lines);
        if end >= bytes.len() {
            break;
        }
        start = after_line_end(bytes, end);
        number += 1;
    }
    // A final line end does not open another line.
    if lines.last().is_some_and(|l| l.range.is_empty()) && bytes.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
        lines.pop();
    }
    lines
}

/// Lets go of the middle where there are more lines than are read; how many were let go.
pub(crate) fn keep_both_ends(lines: &mut Vec<Line>) -> usize {
    let extra = lines.len().saturating_sub(LINES_MAX);
    if extra > 0 {
        lines.drain(LINES_HEAD..LINES_HEAD + extra);
    }
    extra
}

/// `\r\r\n` is what a redirected console writes for a line that already ended in CR.
fn after_line_end(bytes: &[u8], at: usize) -> usize {
    let carriage = bytes.get(at..).unwrap_or_default().iter().take_while(|b| **b == b'\r').count();
    match bytes.get(at + carriage) {
        Some(b'\n') => at + carriage + 1,
        _ => at + 1,
    }
}

/// Pieces of one line: where JSON wrote a line end as `\r\n` or `\n`, and where a line is too long.
fn push_pieces(text: &str, range: std::ops::Range<usize>, number: u32, lines: &mut Vec<Line>) {
    let content = text.get(range.clone()).unwrap_or_default();
    let mut start = range.start;
    for (at, length) in escaped_line_ends(content) {
        push_short(text, start..range.start + at, number, lines);
        start = range.start + at + length;
    }
    push_short(text, start..range.end, number, lines);
}

/// Offsets and lengths of written-out line ends. A lone `\n` counts only inside JSON: paths have it too.
fn escaped_line_ends(line: &str) -> Vec<(usize, usize)> {
    if !line.contains("\\n") {
        return Vec::new();
    }
    let json = line.trim_start().starts_with(['{', '[', '"']) && line.contains('"');
    let both: Vec<(usize, usize)> = line.match_indices("\\r\\n").map(|m| (m.0, m.1.len())).collect();
    if !both.is_empty() {
        return both;
    }
    if json { line.match_indices("\\n").map(|m| (m.0, m.1.len())).collect() } else { Vec::new() }
}

fn push_short(text: &str, range: std::ops::Range<usize>, number: u32, lines: &mut Vec<Line>) {
    let mut start = range.start;
    while range.end - start > LINE_BYTES_MAX {
        let mut cut = start + LINE_BYTES_MAX;
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        lines.push(Line { number, range: start..cut });
        start = cut;
    }
    lines.push(Line { number, range: start..range.end });
}

/// Columns that `text` takes in a console: two for East Asian wide characters, none for marks.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    match c {
        '\t' => 8,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{split, width};

    fn texts(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|l| &text[l.range]).collect()
    }

    #[test]
    fn every_line_end_counts_once() {
        assert_eq!(texts("a\r\nb\nc\rd\r\r\ne"), ["a", "b", "c", "d", "e"]);
        assert_eq!(texts("a\r\n\r\nb\n"), ["a", "", "b"]);
        assert_eq!(texts(""), [""]);
    }

    #[test]
    fn long_lines_come_in_pieces_with_one_number() {
        let text = "啟".repeat(20_000);
        let lines = split(&text);
        assert!(lines.len() > 1 && lines.iter().all(|l| l.number == 1));
        assert_eq!(lines.iter().map(|l| l.range.len()).sum::<usize>(), text.len());
    }

    #[test]
    fn json_line_ends_open_pieces() {
        assert_eq!(texts(r#"{"stdout":"a\r\nb\r\n"}"#), [r#"{"stdout":"a"#, "b", r#""}"#]);
        assert_eq!(texts(r"C:\new\nothing"), [r"C:\new\nothing"]);
    }

    #[test]
    fn chinese_counts_two_columns() {
        assert_eq!(width("啟用 ato"), 8);
    }
}
