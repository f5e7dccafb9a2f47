//! Finds where the description of an event ends. No form marks its end: the next event, a prompt, or the
//! last value that messages of its id hold ends it.

use super::rows::{Rows, is_prompt, trim};
use super::{fill, label, shape};

/// Rows of a description that is copied into other text.
const COPIED_ROWS_MAX: usize = 1000;
/// Rows of a message in front of its list of licences.
const LICENCE_LEAD_ROWS: usize = 12;
/// Empty rows in a row that a description may hold.
const EMPTY_ROWS_MAX: usize = 3;
/// How often one description is looked through for its last value.
const LOOKS_MAX: usize = 12;
/// Rows that a list may cover.
const LIST_ROWS: usize = 6;

/// How much a form promises about what stands behind a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// An export of nothing but events: all rows to the next one.
    Export,
    /// Pasted into other text.
    Copied,
}

/// The description of an event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) message: String,
    /// The row behind it.
    pub(super) end: usize,
}

/// Reads the description that begins with `inline` and goes on in row `start`, up to a row for which
/// `stop` holds.
pub(super) fn read(rows: &Rows<'_>, start: usize, inline: &str, id: u32, family: bool, style: Style, stop: impl Fn(usize) -> bool) -> Body {
    let mut body = Body { message: trim(inline).to_owned(), end: start };
    let known = family && fill::is_known(id);
    let limit = if style == Style::Copied { start.saturating_add(COPIED_ROWS_MAX) } else { usize::MAX };
    let (mut i, mut empty, mut looks) = (start, 0, 0);
    let mut licences = Licences::default();
    if known && fill::is_complete(id, &body.message) {
        return body;
    }
    while i < rows.len().min(limit) && !rows.is_taken(i) && !stop(i) {
        let row = label::unquoted(rows.row(i));
        if is_prompt(row) && (style == Style::Copied || !is_rule(row)) {
            break;
        }
        if row.is_empty() {
            empty += 1;
            if ends_at_blank(style, id, known, &body.message, empty, &mut looks) {
                break;
            }
            i += 1;
            continue;
        }
        if id == 1003 && style == Style::Copied && !licences.accept(row) {
            break;
        }
        push(&mut body.message, empty, row);
        empty = 0;
        i += 1;
        body.end = i;
        if known && looks < LOOKS_MAX && may_be_last(id, row) {
            looks += 1;
            if last_value_reached(rows, id, i, &mut body) {
                break;
            }
        }
    }
    body
}

/// Where the list of licences stands.
#[derive(Default)]
struct Licences {
    lead: usize,
    begun: bool,
    /// The last row of the list was not cut off.
    whole: bool,
}

impl Licences {
    /// Whether `row` belongs to the list, or to the little that stands in front of it.
    fn accept(&mut self, row: &str) -> bool {
        let starts = fill::licence_start(row).is_some();
        if !starts && !self.begun {
            self.lead += 1;
            return self.lead <= LICENCE_LEAD_ROWS;
        }
        let accepted = starts || !self.whole;
        self.begun = true;
        self.whole = row.ends_with(")]");
        accepted
    }
}

/// `--------` inside an export belongs to the message.
fn is_rule(row: &str) -> bool {
    row.starts_with(['-', '_', '=', '*'])
}

fn push(message: &mut String, empty: usize, row: &str) {
    if !message.is_empty() {
        for _ in 0..=empty.min(EMPTY_ROWS_MAX) {
            message.push('\n');
        }
    }
    message.push_str(row);
}

/// An empty row ends the description of an unknown event unless a single one parts two paragraphs; the
/// description of a known one when nothing is missing in it.
fn ends_at_blank(style: Style, id: u32, known: bool, message: &str, empty: usize, looks: &mut usize) -> bool {
    if style == Style::Export {
        *looks += usize::from(known);
        return known && *looks < LOOKS_MAX && fill::is_complete(id, message);
    }
    if message.is_empty() {
        return empty > EMPTY_ROWS_MAX;
    }
    if !known {
        return empty > 1;
    }
    if empty == 1 {
        *looks += 1;
        return *looks > LOOKS_MAX || fill::is_complete(id, message) || (matches!(id, 1003 | 1066 | 8200) && message.lines().count() > 3);
    }
    empty > EMPTY_ROWS_MAX
}

/// Whether `row` may hold the last value of a message.
fn may_be_last(id: u32, row: &str) -> bool {
    match id {
        12288..=12290 => row.contains([':', '-']) && row.contains(|c: char| c.is_ascii_digit()),
        8197 | 8198 | 8230 => row.contains(['=', ';', '-']) && !row.ends_with(':'),
        _ => false,
    }
}

/// Whether the message is whole now. Text behind a list on the same row stays in the message.
fn last_value_reached(rows: &Rows<'_>, id: u32, next: usize, body: &mut Body) -> bool {
    let tail_start = body.message.char_indices().rev().filter(|(_, c)| *c == '\n').nth(LIST_ROWS * 2).map_or(0, |(at, _)| at);
    let tail = body.message.get(tail_start..).unwrap_or_default();
    if matches!(id, 12288..=12290) {
        return shape::list(id, tail).is_some_and(|l| !goes_on(tail, l.range.end, label::unquoted(rows.row(next))));
    }
    let Some(start) = tail.find("RuleId=").or_else(|| tail.find("Security-SPP-Action-StateData")) else { return false };
    let start = tail.get(start..).and_then(|r| r.find('=')).map_or(start, |at| start + at + 1);
    let with_next = format!("{tail}\n{}", label::unquoted(rows.row(next)));
    let alone = shape::arguments(tail, start);
    alone.is_some() && alone.map(|a| a.0) == shape::arguments(&with_next, start).map(|a| a.0)
}

/// A console may have cut the last GUID or number of a list in two.
fn goes_on(tail: &str, end: usize, next: &str) -> bool {
    let at_end = tail.get(end..).is_some_and(|rest| rest.trim().is_empty());
    let whole_guid = tail.get(..end).and_then(|t| t.rsplit(',').next()).is_some_and(|last| trim(last).len() >= 36 || !last.contains('-'));
    at_end && !whole_guid && !next.is_empty() && next.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Without blanks at the ends of the rows and more than a few empty rows.
pub(super) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 0;
    for row in text.lines() {
        let row = row.trim_end();
        if row.is_empty() {
            empty += 1;
        } else {
            push(&mut tidied, empty, row);
            empty = 0;
        }
    }
    tidied
}
