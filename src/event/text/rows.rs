//! The lines of a text, and which of them a reader has already understood.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::lines;

/// Lines of a text by 0-based index; line `i` has the number `i + 1`.
pub(super) struct Rows<'t> {
    text: &'t str,
    spans: Vec<Range<usize>>,
    taken: Vec<bool>,
}

impl<'t> Rows<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut spans: Vec<Range<usize>> = Vec::new();
        let mut number = 0;
        // A long line comes in pieces with one number.
        for line in lines::split(text) {
            match spans.last_mut() {
                Some(span) if line.number == number => span.end = line.range.end,
                _ => spans.push(line.range),
            }
            number = line.number;
        }
        let taken = vec![false; spans.len()];
        Self { text, spans, taken }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Row `i` without its line end; empty beyond the end.
    pub(super) fn row(&self, i: usize) -> &'t str {
        self.spans.get(i).and_then(|s| self.text.get(s.clone())).unwrap_or_default()
    }

    /// Row `i` without blanks, byte order marks and NULs around it.
    pub(super) fn trimmed(&self, i: usize) -> &'t str {
        trim(self.row(i))
    }

    /// Byte offset of row `i`; the end of the text beyond the last one.
    pub(super) fn start(&self, i: usize) -> usize {
        self.spans.get(i).map_or(self.text.len(), |s| s.start)
    }

    /// The row that holds byte `at`.
    pub(super) fn at_byte(&self, at: usize) -> usize {
        self.spans.partition_point(|s| s.start <= at).saturating_sub(1)
    }

    pub(super) fn take(&mut self, rows: Range<usize>) {
        let end = rows.end.min(self.taken.len());
        if let Some(taken) = self.taken.get_mut(rows.start.min(end)..end) {
            taken.fill(true);
        }
    }

    /// Whether row `i` was understood by another reader. Rows beyond the end count as taken.
    pub(super) fn is_taken(&self, i: usize) -> bool {
        self.taken.get(i).copied().unwrap_or(true)
    }

    /// Taken rows as 1-based line ranges.
    pub(super) fn taken_ranges(&self) -> Vec<Range<u32>> {
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for (i, _) in self.taken.iter().enumerate().filter(|(_, taken)| **taken) {
            let number = u32::try_from(i + 1).unwrap_or(u32::MAX);
            match ranges.last_mut() {
                Some(range) if range.end == number => range.end = number.saturating_add(1),
                _ => ranges.push(number..number.saturating_add(1)),
            }
        }
        ranges
    }
}

/// Without blanks, byte order marks and NULs at both ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'))
}

static PROMPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(r"^(?:[A-Za-z]:\\[^<>|?*]{0,200}>", r"|(?:\[[^\]]{1,80}\]: )?PS(?: [^<>]{1,200})?>", r"|[-_=*]{10,}|---\S{3,})",))
        .ok()
});

/// `C:\Windows\system32>`, `PS C:\Users\a>`, `------------`: a console goes on here, an event ends.
pub(super) fn is_prompt(row: &str) -> bool {
    PROMPT.as_ref().is_some_and(|r| r.is_match(trim(row)))
}
