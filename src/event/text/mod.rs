//! Finds event records in decoded text, whatever printed them: `wevtutil`, Event Viewer, PowerShell,
//! `evtx_dump`, a log forwarder, or a person who quoted an event. Knows forms, not what events mean.
//!
//! Each reader takes the lines that it understood; the next one sees only what is left. The order is
//! from the strictest form to the loosest.

mod bare;
mod body;
mod draft;
mod fill;
mod json;
mod label;
mod labelled;
mod list;
mod local;
mod prose;
mod rows;
mod shape;
mod table;
mod time;
mod value;
mod xml;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::record::{EventRecord, RecordPlace};
use rows::Rows;

pub use fill::{canonical_data, data_of_message};

/// More records than this are not read; a note says so.
const RECORDS_MAX: usize = 200_000;

/// What was found in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventText {
    /// In the order of the text.
    pub records: Vec<EventRecord>,
    /// 1-based line ranges that are event text, the end not included; ascending, without overlap.
    pub consumed: Vec<Range<u32>>,
    /// What could not be read.
    pub notes: Vec<String>,
}

/// What every reader works on.
struct Scene<'t> {
    rows: Rows<'t>,
    records: Vec<EventRecord>,
    notes: Vec<String>,
    full: bool,
}

impl Scene<'_> {
    /// Keeps a record that covers rows `first..end`, and takes these rows.
    fn keep(&mut self, mut record: EventRecord, rows: Range<usize>) {
        record.place = place(&rows);
        self.rows.take(rows);
        if self.records.len() < RECORDS_MAX {
            self.records.push(record);
        } else if !self.full {
            self.full = true;
            self.note(format!("only the first {RECORDS_MAX} events were read"));
        }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// 0-based rows, end not included → 1-based lines, end included.
fn place(rows: &Range<usize>) -> RecordPlace {
    let line = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    RecordPlace::Lines { first: line(rows.start + 1), last: line(rows.end.max(rows.start + 1)) }
}

/// Words that one of the forms must contain.
static TRACES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let any = [
        r"<Event[ \t\r\n>]",
        r"Event\[[0-9]",
        r"(?i-u:event[ _]?id)",
        r"(?i-u:event (?:source|code|type))",
        "事件識別碼|事件标识|事件編號|事件编号|事件 ?(?i-u:id)",
        r"(?i-u:instanceid|eventcode|providername|provider_name|timecreated)",
        r#""Id" ?:|"Id","#,
        "(?i-u:microsoft-windows-security-(?:spp|licensing-slc))",
        "(?i-u:software (?:protection|licensing)(?: platform)? service)",
        "KmsRequests",
        "(?i-u:ruleid=|security-spp-action-statedata)",
        r"0[xX][0-9A-Fa-f]{1,8} *, *(?:0[xX][0-9A-Fa-f]{1,8}|[0-9]+) *,",
        r"[0-9]+: [^ ]+, [0-9]+, [0-9]+ \[\(",
        "(?i-u:key management service)",
        "(?i-u:genuine ticket failed|license acquisition failure|failed vl activation)",
    ];
    Regex::new(&any.join("|")).ok()
});

/// Whether reading `text` can give records. Cheap; true does not promise any.
#[must_use]
pub fn looks_like_events(text: &str) -> bool {
    TRACES.as_ref().is_some_and(|r| r.is_match(text))
}

/// Finds the event records of a text. Empty when there are none. Never fails: what is cut off or
/// damaged is read as far as it goes.
#[must_use]
pub fn read_events(text: &str) -> EventText {
    if !looks_like_events(text) {
        return EventText::default();
    }
    let mut scene = Scene { rows: Rows::new(text), records: Vec::new(), notes: Vec::new(), full: false };
    json::read(&mut scene);
    xml::read(&mut scene);
    table::read(&mut scene);
    labelled::read(&mut scene);
    list::read(&mut scene);
    bare::read(&mut scene);
    prose::read(&mut scene);
    scene.records.sort_by_key(|r| match r.place {
        RecordPlace::Lines { first, .. } => first,
        RecordPlace::Record(_) => 0,
    });
    local::settle(&mut scene.records);
    EventText { consumed: scene.rows.taken_ranges(), records: scene.records, notes: scene.notes }
}
