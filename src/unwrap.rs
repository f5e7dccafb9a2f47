//! Rejoins lines that the console wrapped. Judges by columns, and by messages that only the joined
//! text contains; the wording itself is the message book's business.

use crate::fold::Folded;
use crate::limits::{CONSOLE_WIDTH, WRAP_LINES_MAX};
use crate::lines::{Line, width};
use crate::message::MessageBook;

/// A statement's line: one row of the console or several that belong together.
#[derive(Debug, Clone)]
pub struct Row {
    /// The joined text, without the line ends between.
    pub text: String,
    /// Indices of the lines it covers.
    pub lines: std::ops::Range<usize>,
}

/// An anchor that crosses a seam proves a wrap only if it is too long to be an accident.
const SEAM_ANCHOR_BYTES: usize = 10;

/// Joins what was wrapped. `starts_statement` tells whether a line begins something of its own.
#[must_use]
pub fn rows(text: &str, lines: &[Line], book: &MessageBook, starts_statement: &dyn Fn(&str) -> bool) -> Vec<Row> {
    let content = |i: usize| lines.get(i).and_then(|l| text.get(l.range.clone())).unwrap_or_default();
    let widths: Vec<usize> = (0..lines.len()).map(|i| width(content(i))).collect();
    let console = console_width(&widths);
    let mut rows = Vec::with_capacity(lines.len());
    let mut i = 0;
    while i < lines.len() {
        let mut row = Row { text: content(i).to_owned(), lines: i..i + 1 };
        while row.lines.len() < WRAP_LINES_MAX && row.lines.end < lines.len() {
            let (last, next) = (content(row.lines.end - 1), content(row.lines.end));
            let full = is_full(widths.get(row.lines.end - 1).copied().unwrap_or(0), console, next);
            let joined = !next.trim().is_empty()
                && !last.trim().is_empty()
                && ((full && !starts_statement(next)) || crosses_seam(&row.text, next, book));
            if !joined {
                break;
            }
            row.text.push_str(next);
            row.lines.end += 1;
        }
        i = row.lines.end;
        if row.text.contains(is_invisible) {
            row.text.retain(|c| !is_invisible(c));
        }
        rows.push(row);
    }
    rows
}

/// Zero-width blanks and joiners that web pages and chats put between words. Nobody sees them, and
/// they would break prompts, codes and GUIDs.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The window's width, if rows of exactly that width exist and none is wider.
fn console_width(widths: &[usize]) -> Option<usize> {
    let widest = widths.iter().copied().max()?;
    let full = widths.iter().filter(|w| **w == widest || **w + 1 == widest).count();
    let usual = matches!(widest, 80 | 100 | 120 | 132);
    (CONSOLE_WIDTH.contains(&widest) && (full >= 2 || usual)).then_some(widest)
}

/// A full row, or one column short because a wide character did not fit any more.
fn is_full(row: usize, console: Option<usize>, next: &str) -> bool {
    let Some(console) = console else { return false };
    let wide_next = next.chars().next().is_some_and(|c| width(&c.to_string()) == 2);
    row == console || (row + 1 == console && wide_next)
}

/// Whether a known wording begins on `before` and ends on `after`. Only long rows are looked at.
fn crosses_seam(before: &str, after: &str, book: &MessageBook) -> bool {
    if width(before) < 40 {
        return false;
    }
    let tail = tail_of(before, 160);
    let mut folded = Folded::new(tail).bytes;
    let seam = folded.len();
    folded.extend_from_slice(&Folded::new(head_of(after, 160)).bytes);
    book.literal_crosses(&folded, seam, SEAM_ANCHOR_BYTES)
}

fn tail_of(text: &str, bytes: usize) -> &str {
    let mut from = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default()
}

fn head_of(text: &str, bytes: usize) -> &str {
    let mut to = bytes.min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(..to).unwrap_or_default()
}
