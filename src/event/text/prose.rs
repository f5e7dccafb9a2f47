//! Reads events that a person describes: `event ID 12321 … from the source
//! Microsoft-Windows-Security-Licensing-SLC. … HR=0xC004F011`. Advice to look for an event carries no
//! values and is left alone.

use std::sync::LazyLock;

use regex::Regex;

use super::body::{self, Style};
use super::draft::{Draft, Prop};
use super::rows::Rows;
use super::{Scene, fill, label, value};

/// Rows above and below an id in which its source may be named.
const NEAR_ROWS: usize = 2;
/// Rows of the message.
const MESSAGE_ROWS_MAX: usize = 12;

static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:(?i-u:event) ?(?i-u:id|code)?|事件 ?(?:(?i-u:id)|識別碼|標識|编号|編號|标识|代码|代碼)?)\s{0,4}[:：#=]?\s{0,4}([0-9]{3,5})(?-u:\b)").ok()
});

/// Reads every event that is named with its id and its source and has values.
pub(super) fn read(scene: &mut Scene<'_>) {
    let mut i = 0;
    while i < scene.rows.len() {
        let found = if scene.rows.is_taken(i) { None } else { event_at(&scene.rows, i) };
        i = match found {
            Some((draft, end)) => {
                if let Some(record) = draft.finish() {
                    scene.keep(record, i..end);
                }
                end.max(i + 1)
            }
            None => i + 1,
        };
    }
}

fn event_at(rows: &Rows<'_>, i: usize) -> Option<(Draft, usize)> {
    let row = label::unquoted(rows.row(i));
    let head = super::shape::head(row, 2000);
    let id: u32 = NUMBER.as_ref()?.captures_iter(head).find_map(|c| c.get(1)?.as_str().parse().ok().filter(|id| fill::is_known(*id)))?;
    let mut near = (i.saturating_sub(NEAR_ROWS)..=i + NEAR_ROWS).filter(|j| *j == i || (!rows.is_taken(*j) && same_paragraph(rows, i, *j)));
    let provider = near.find_map(|j| value::mentioned_provider(super::shape::head(rows.row(j), 2000)))?;
    let body = body::read(rows, i, "", id, true, Style::Copied, |j| {
        j > i && (j > i + MESSAGE_ROWS_MAX || NUMBER.as_ref().is_some_and(|n| n.is_match(rows.row(j))))
    });
    if fill::data_of_message(id, &body.message).is_empty() {
        return None;
    }
    let mut draft = Draft::default();
    draft.set(Prop::Id, &id.to_string());
    draft.set(Prop::Source, provider);
    draft.set(Prop::Message, &body.message);
    Some((draft, body.end))
}

/// Whether no empty row stands between two rows.
fn same_paragraph(rows: &Rows<'_>, a: usize, b: usize) -> bool {
    (a.min(b)..a.max(b)).all(|i| !rows.trimmed(i).is_empty())
}
