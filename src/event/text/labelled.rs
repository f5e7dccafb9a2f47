//! Reads events whose values stand behind labels, one to a line: `wevtutil /f:text`, copied details of
//! Event Viewer in any language, the older `Event Type: …` form.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::record::{EventRecord, RecordPlace};
use super::body::{self, Style};
use super::draft::{Draft, Prop};
use super::rows::{Rows, trim};
use super::{Scene, fill, label, time, value};

/// Empty rows that may stand between two labels.
const EMPTY_ROWS_MAX: usize = 2;
/// Rows above a header without a description in which the message may stand.
const ABOVE_ROWS: usize = 8;

/// The labels of one event.
struct Header<'t> {
    draft: Draft,
    rows: Range<usize>,
    /// `Event[3]` stands in front.
    numbered: bool,
    /// The description begins: its text on the label's row.
    message: Option<&'t str>,
    /// The label of the XML part was met.
    xml: bool,
}

/// Reads every labelled event. Where an event read from XML follows as its XML part, the two are one.
pub(super) fn read(scene: &mut Scene<'_>) {
    let xml_rows = first_rows(&scene.records);
    let last_numbered = scene.rows.text().rfind("Event[").map_or(0, |at| scene.rows.at_byte(at));
    let mut i = 0;
    while i < scene.rows.len() {
        i = match header_at(&scene.rows, i) {
            Some(header) => {
                // Nothing marks the end of an export: its last event may stand in other text.
                let style = if header.numbered && i < last_numbered { Style::Export } else { Style::Copied };
                keep(scene, header, style, &xml_rows)
            }
            None => i + 1,
        };
    }
}

/// First row → position in the records.
fn first_rows(records: &[EventRecord]) -> Vec<(usize, usize)> {
    let mut rows: Vec<(usize, usize)> = records
        .iter()
        .enumerate()
        .filter_map(|(n, r)| match r.place {
            RecordPlace::Lines { first, .. } => Some((usize::try_from(first).ok()?.checked_sub(1)?, n)),
            RecordPlace::Record(_) => None,
        })
        .collect();
    rows.sort_unstable();
    rows
}

/// Adds the description and keeps the event; gives the row to go on with.
fn keep(scene: &mut Scene<'_>, header: Header<'_>, style: Style, xml_rows: &[(usize, usize)]) -> usize {
    let Header { mut draft, rows, numbered, message, xml } = header;
    let id = draft.id().unwrap_or_default();
    let family = draft.is_family();
    let (mut first, mut end) = (rows.start, rows.end);
    if let Some(inline) = message {
        let body = body::read(&scene.rows, end, inline, id, family, style, |i| is_stop(&scene.rows, i, numbered));
        draft.set(Prop::Message, &body.message);
        end = end.max(body.end);
    } else if !xml && family && fill::is_known(id) {
        let below =
            body::read(&scene.rows, end, "", id, family, Style::Copied, |i| i >= end + 2 * ABOVE_ROWS || is_stop(&scene.rows, i, false));
        if fill::is_complete(id, &below.message) {
            draft.set(Prop::Message, &below.message);
            end = end.max(below.end);
        } else if let Some((start, message)) = message_above(&scene.rows, first, id) {
            draft.set(Prop::Message, &message);
            first = start;
        }
    }
    let next = next_filled(&scene.rows, end);
    let at_label = label::known(scene.rows.row(next)).is_some_and(|(prop, _)| prop == Prop::Xml);
    let after = if at_label { next_filled(&scene.rows, next + 1) } else { next };
    if at_label {
        end = next + 1;
    }
    match merge_with_xml(scene, xml_rows, after, id, &draft) {
        Some(n) => {
            if let Some(RecordPlace::Lines { first: line, .. }) = scene.records.get_mut(n).map(|r| &mut r.place) {
                *line = u32::try_from(first + 1).unwrap_or(u32::MAX);
            }
            scene.rows.take(first..end);
        }
        None => {
            if let Some(record) = draft.finish() {
                scene.keep(record, first..end);
            }
        }
    }
    end.max(rows.start + 1)
}

/// The XML part knows more than the text; only the rendered message is the text's.
fn merge_with_xml(scene: &mut Scene<'_>, xml_rows: &[(usize, usize)], row: usize, id: u32, draft: &Draft) -> Option<usize> {
    let at = xml_rows.binary_search_by_key(&row, |(first, _)| *first).ok()?;
    let (_, n) = *xml_rows.get(at)?;
    let record = scene.records.get_mut(n).filter(|r| r.id == id)?;
    if record.message.is_empty() {
        record.message.clone_from(&draft.record.message);
    }
    if record.data.is_empty() && value::is_family(&record.provider, id) {
        record.data = fill::data_of_message(id, &record.message);
    }
    Some(n)
}

/// The next row with text, within a few empty ones.
fn next_filled(rows: &Rows<'_>, from: usize) -> usize {
    (from..from + 4).find(|i| !rows.trimmed(*i).is_empty()).unwrap_or(from)
}

/// Whether row `i` ends a description: the next event or the XML part.
fn is_stop(rows: &Rows<'_>, i: usize, numbered: bool) -> bool {
    let row = rows.row(i);
    if numbered {
        return is_number(row);
    }
    match label::known(row) {
        Some((Prop::Xml, _)) => true,
        Some((Prop::Channel | Prop::Source | Prop::Level | Prop::Id | Prop::Time, _)) => header_at(rows, i).is_some(),
        _ => is_number(row) || (row.len() > 60 && pieces(row).is_some()) || positional_header(rows, i).is_some(),
    }
}

/// `Event[0]:` or `Event[0]`.
fn is_number(row: &str) -> bool {
    let row = trim(row);
    let inside = row.strip_prefix("Event[").map(|r| r.trim_end_matches(':')).and_then(|r| r.strip_suffix(']'));
    inside.is_some_and(|n| (1..=10).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
}

/// The header that begins in row `i`: at least an event id and two more labels, one of them a source, a
/// log or a computer.
fn header_at<'t>(rows: &Rows<'t>, i: usize) -> Option<Header<'t>> {
    if rows.is_taken(i) {
        return None;
    }
    let first = rows.row(i);
    let numbered = is_number(first);
    if !numbered {
        if let Some(found) = (first.len() > 60).then(|| pieces(first)).flatten() {
            return flat_header(&found, i);
        }
        if label::known(first).is_none() {
            return positional_header(rows, i);
        }
    }
    let mut header = Header { draft: Draft::default(), rows: i..i + 1, numbered, message: None, xml: false };
    let mut seen = BTreeSet::new();
    let (mut j, mut empty) = (if numbered { i + 1 } else { i }, 0);
    while !rows.is_taken(j) {
        let row = rows.row(j);
        j += 1;
        if trim(row).is_empty() {
            empty += 1;
            if empty > EMPTY_ROWS_MAX {
                break;
            }
            continue;
        }
        let Some((prop, value)) = label::known(row) else { break };
        if prop == Prop::Xml {
            header.xml = true;
            break;
        }
        if prop == Prop::Message {
            header.message = Some(value);
            header.rows.end = j;
            break;
        }
        // `User` and `User Name` are two labels of one header; any other label twice begins a new one.
        if !seen.insert(prop) && !matches!(prop, Prop::User | Prop::Task) {
            break;
        }
        header.draft.set(prop, value);
        header.rows.end = j;
        empty = 0;
    }
    let anchored = numbered || seen.contains(&Prop::Source) || (seen.contains(&Prop::Channel) && seen.contains(&Prop::Level));
    let enough = header.draft.id().is_some() && anchored && seen.len() >= if numbered { 2 } else { 3 };
    enough.then_some(header).or_else(|| positional_header(rows, i))
}

/// A header whose language is not known, or whose labels became `????`: the lines of copied details have
/// a fixed order, and the second value is a provider that is never translated.
fn positional_header<'t>(rows: &Rows<'t>, i: usize) -> Option<Header<'t>> {
    let (label, provider) = label::split(rows.row(i + 1))?;
    let (log, channel) = label::split(rows.row(i))?;
    let (_, date) = label::split(rows.row(i + 2))?;
    let (_, id) = label::split(rows.row(i + 3))?;
    let lost = |label: &str| label.bytes().all(|b| b == b'?');
    let recognised = value::is_known_provider(provider) || lost(log) && lost(label);
    if !recognised {
        return None;
    }
    value::number(id)?;
    time::read(date)?;
    let mut draft = Draft::default();
    for (prop, value) in [(Prop::Channel, channel), (Prop::Source, provider), (Prop::Time, date), (Prop::Id, id)] {
        draft.set(prop, value);
    }
    let mut header = Header { draft, rows: i..i + 4, numbered: false, message: None, xml: false };
    // Task, level, keywords, user, computer, description.
    for (j, prop) in (i + 4..).zip([Prop::Task, Prop::Level, Prop::Keywords, Prop::User, Prop::Computer, Prop::Message]) {
        let Some((_, value)) = label::split(rows.row(j)).filter(|_| !rows.is_taken(j)) else { break };
        header.rows.end = j + 1;
        if prop == Prop::Message || value.is_empty() {
            header.message = Some(value);
            break;
        }
        header.draft.set(prop, value);
    }
    header.draft.id().is_some().then_some(header)
}

static INLINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let mut labels: Vec<String> =
        label::all().filter(|l| l.len() > 3).map(|l| l.chars().map(|c| c.to_string()).collect::<Vec<_>>().join(r"[ ]?")).collect();
    labels.sort_by_key(|l| std::cmp::Reverse(l.len()));
    let labels: Vec<String> = labels.iter().map(|l| if l.is_ascii() { format!("(?i-u:{l})") } else { l.clone() }).collect();
    Regex::new(&format!(r"({})\s*[:：]", labels.join("|"))).ok()
});

/// A page that lost its line ends has the whole header on one line:
/// `Log Name: ApplicationSource: Microsoft-Windows-Security-SPPDate: …Event ID: 8198…` → label and value of each.
/// `None` unless the line holds a source, an id and two more labels.
fn pieces(row: &str) -> Option<Vec<(Prop, &str)>> {
    // Found before the pattern is tried: most long lines have no colon and no number.
    let mut found: Vec<(Prop, usize, usize)> = Vec::new();
    for m in INLINE.as_ref()?.captures_iter(row).take(200) {
        let (Some(whole), Some(name)) = (m.get(0), m.get(1)) else { continue };
        let Some(prop) = label::meaning(name.as_str()) else { continue };
        let described = found.iter().any(|(p, ..)| *p == Prop::Message);
        if !found.iter().any(|(p, ..)| *p == prop) && (!described || prop == Prop::Xml) {
            found.push((prop, whole.start(), whole.end()));
        }
    }
    let has = |prop| found.iter().any(|(p, ..)| *p == prop);
    if found.len() < 4 || !has(Prop::Source) || !has(Prop::Id) {
        return None;
    }
    let ends = found.iter().skip(1).map(|f| f.1).chain([row.len()]);
    Some(found.iter().zip(ends).map(|((prop, _, start), end)| (*prop, trim(row.get(*start..end).unwrap_or_default()))).collect())
}

fn flat_header<'t>(found: &[(Prop, &'t str)], i: usize) -> Option<Header<'t>> {
    let mut header = Header { draft: Draft::default(), rows: i..i + 1, numbered: false, message: None, xml: false };
    for (prop, value) in found {
        match prop {
            Prop::Message => header.message = Some(value),
            Prop::Xml => header.xml = true,
            prop => header.draft.set(*prop, value),
        }
    }
    header.draft.id().is_some().then_some(header)
}

/// The General tab shows the message above the labels.
fn message_above(rows: &Rows<'_>, header: usize, id: u32) -> Option<(usize, String)> {
    let mut start = header;
    let mut empty = 0;
    while start > 0 && header - start < ABOVE_ROWS && !rows.is_taken(start - 1) && !is_stop(rows, start - 1, false) {
        let row = rows.trimmed(start - 1);
        empty = if row.is_empty() { empty + 1 } else { 0 };
        if empty > EMPTY_ROWS_MAX || super::rows::is_prompt(row) {
            break;
        }
        start -= 1;
    }
    let message = (start..header).map(|i| label::unquoted(rows.row(i))).collect::<Vec<_>>().join("\n");
    fill::is_complete(id, &message).then(|| (start, trim(&message).to_owned()))
}
