//! The lines of a case's files, as written: all of them, and those that nobody could read.

use serde_json::{Value, json};

use super::view::{View, shorten};
use crate::analyze::Source;
use crate::console::read::RowClass;
use crate::fact::Place;
use crate::limits::TRANSCRIPT_LINES_MAX;
use crate::redact::mask_keys;

/// Lines that the page shows of a file that is an exported log.
const EVENT_LINES_MAX: usize = 300;

impl View<'_> {
    pub(super) fn unread(&self) -> Value {
        let total: usize = self.analysis.sources.iter().flat_map(|s| &s.rows).filter(|r| r.class == RowClass::Unread).count();
        let rows = self.analysis.sources.iter().enumerate().flat_map(|(i, s)| s.rows.iter().map(move |r| (i, r)));
        let unread = rows.filter(|(_, r)| r.class == RowClass::Unread).take(100);
        let lines: Vec<Value> = unread
            .map(|(i, r)| {
                let place = Place { file: i, line: r.numbers.0, last_line: r.numbers.1, ..Place::default() };
                json!({ "where": self.place(&place), "text": shorten(&mask_keys(&r.text)) })
            })
            .collect();
        let more = total.saturating_sub(lines.len());
        json!({ "count": total, "lines": lines, "more": more })
    }

    pub(super) fn transcript(&self) -> Vec<Value> {
        let marked: Vec<(usize, u32)> = self.key_facts().iter().map(|f| (f.place.file, f.place.line)).collect();
        let file = |(index, source): (usize, &Source)| {
            let mut last = 0;
            let shown = source.rows.iter().take(lines_max(source));
            let lines: Vec<Value> = shown
                .map(|row| {
                    let class = if marked.contains(&(index, row.numbers.0)) { "mark" } else { class_word(row.class) };
                    // Pieces of one long line share its number; only the first is a link target.
                    let id = (row.numbers.0 != last).then(|| line_id(index, row.numbers.0));
                    last = row.numbers.0;
                    json!({ "n": row.numbers.0, "id": id, "cls": class, "text": shorten(&mask_keys(&row.text)), "parts": [] })
                })
                .collect();
            json!({ "file": source.name, "id": format!("f{index}"), "lines": lines, "more": source.rows.len() - lines.len() })
        };
        self.analysis.sources.iter().enumerate().filter(|(_, s)| is_shown(s)).map(file).collect()
    }
}

fn line_id(file: usize, line: u32) -> String {
    format!("f{file}-L{line}")
}

/// Lines of a file that the page shows. Exported logs are long, and the page tells what they say in other places.
fn lines_max(source: &Source) -> usize {
    if source.kind == "events" { EVENT_LINES_MAX } else { TRANSCRIPT_LINES_MAX }
}

/// The id of the row that holds a line; nothing where the page does not show it, as in the log of another case.
pub(super) fn shown_line(source: &Source, file: usize, line: u32) -> Option<String> {
    let mut rows = source.rows.iter().take(lines_max(source));
    let row = rows.find(|r| r.numbers.0 <= line && line <= r.numbers.1).filter(|_| is_shown(source))?;
    Some(line_id(file, row.numbers.0))
}

fn is_shown(source: &Source) -> bool {
    !source.rows.is_empty() && source.bytes > 0
}

fn class_word(class: RowClass) -> &'static str {
    match class {
        RowClass::Message | RowClass::Shape | RowClass::Code => "msg",
        RowClass::Unread => "unread",
        RowClass::Blank => "",
        RowClass::Noise | RowClass::Structure | RowClass::Command => "noise",
    }
}
