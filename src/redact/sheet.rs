//! A text as it is searched: what the console wrapped is joined, what nobody sees is gone, full-width letters
//! are plain; each place leads back to the text as written. And the text with some places replaced, line ends
//! where they were.

use std::ops::Range;

use crate::console::read::RowRead;

/// One row, or a line that belongs to none.
#[derive(Debug)]
pub(super) struct Piece {
    /// What is searched.
    pub(super) view: String,
    /// Offset in the text of each byte of `view` and of its end; `None` when they differ by `start` only.
    map: Option<Vec<usize>>,
    start: usize,
}

impl Piece {
    fn new(text: &str, range: Range<usize>) -> Self {
        let raw = text.get(range.clone()).unwrap_or_default();
        if raw.bytes().all(|b| b.is_ascii() && b != b'\r' && b != b'\n') {
            return Self { view: raw.to_owned(), map: None, start: range.start };
        }
        let (mut view, mut map) = (String::with_capacity(raw.len()), Vec::with_capacity(raw.len() + 1));
        for (at, c) in raw.char_indices() {
            if matches!(c, '\r' | '\n' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}') {
                continue;
            }
            let before = view.len();
            view.push(half_width(c));
            map.resize(map.len() + view.len() - before, range.start + at);
        }
        map.push(range.end);
        Self { view, map: Some(map), start: range.start }
    }

    /// A text without lines: a value of a record, a file's name.
    pub(super) fn alone(text: &str) -> Self {
        Self::new(text, 0..text.len())
    }

    /// The place in the text of a place in the view.
    pub(super) fn range(&self, view: &Range<usize>) -> Range<usize> {
        let at = |byte: usize| match &self.map {
            None => self.start + byte,
            Some(map) => map.get(byte).or(map.last()).copied().unwrap_or(self.start),
        };
        at(view.start)..at(view.end)
    }
}

/// `Ａ` → `A`. The length in bytes differs, which the map knows.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// The pieces of a text: its rows, and what lies between them.
pub(super) fn pieces(text: &str, rows: &[RowRead]) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(rows.len());
    let mut next = 0;
    for row in rows {
        lines_between(text, next..row.range.start, &mut pieces);
        if row.range.start >= next && !row.range.is_empty() {
            pieces.push(Piece::new(text, row.range.clone()));
        }
        next = next.max(row.range.end);
    }
    lines_between(text, next..text.len(), &mut pieces);
    pieces
}

fn lines_between(text: &str, range: Range<usize>, pieces: &mut Vec<Piece>) {
    let Some(gap) = text.get(range.clone()) else { return };
    let mut at = range.start;
    for line in gap.split(['\r', '\n']) {
        if !line.trim().is_empty() {
            pieces.push(Piece::new(text, at..at + line.len()));
        }
        at += line.len() + 1;
    }
}

/// A place of the text and what stands there instead.
#[derive(Debug)]
pub(super) struct Swap {
    pub(super) range: Range<usize>,
    pub(super) with: String,
}

/// The text with its swaps, which are in order and do not overlap.
pub(super) fn swapped(text: &str, swaps: &[Swap]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut next = 0;
    for swap in swaps {
        out.push_str(text.get(next..swap.range.start).unwrap_or_default());
        let old = text.get(swap.range.clone()).unwrap_or_default();
        let mut new = swap.with.chars();
        if old.contains(['\r', '\n']) {
            for c in old.chars() {
                if matches!(c, '\r' | '\n') {
                    out.push(c);
                } else {
                    out.extend(new.next());
                }
            }
        }
        out.extend(new);
        next = swap.range.end;
    }
    out.push_str(text.get(next..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::{Piece, Swap, pieces, swapped};

    #[test]
    fn line_ends_stay_where_they_were() {
        let swap = |range, with: &str| Swap { range, with: with.to_owned() };
        assert_eq!(swapped("ab PC-\r\nLAB x", &[swap(3..11, "PC-xyz")]), "ab PC-\r\nxyz x");
        assert_eq!(swapped("name", &[swap(0..4, "longer")]), "longer");
    }

    #[test]
    fn places_lead_back() {
        let piece = Piece::alone("＠\u{200b}王b");
        assert_eq!(piece.view, "@王b");
        assert_eq!(piece.range(&(0..4)), 0..9);
        let texts: Vec<String> = pieces("a\r\n\r\nb\nc", &[]).into_iter().map(|p| p.view).collect();
        assert_eq!(texts, ["a", "b", "c"]);
    }
}
