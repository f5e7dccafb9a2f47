//! Reads events as XML: `wevtutil /f:xml` and `/f:RenderedXml` (many documents, no root), files that Event
//! Viewer saved, copied details, `evtx_dump`, forwarded events. Everything outside of `<Event>` is left
//! alone; document types and entities of one's own are not read.

use std::ops::Range;

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::super::record::EventRecord;
use super::Scene;
use super::draft::{Draft, Prop};
use super::rows::trim;
use crate::lines::width;

/// Elements nested deeper than this end the event.
const DEPTH_MAX: usize = 32;
/// Console widths at which one long line of XML may have been cut.
const WIDTHS: Range<usize> = 60..400;

/// Reads every `<Event>` on rows that nobody took.
pub(super) fn read(scene: &mut Scene<'_>) {
    let text = scene.rows.text();
    let mut starts = event_starts(text).peekable();
    let mut found = false;
    let mut unread = 0_usize;
    while let Some(start) = starts.next() {
        let first = scene.rows.at_byte(start);
        if scene.rows.is_taken(first) && scene.rows.start(first) == start {
            continue;
        }
        let limit = starts.peek().copied().unwrap_or(text.len());
        let Some(slice) = text.get(start..limit) else { continue };
        let lead = lead_columns(text.get(scene.rows.start(first)..start).unwrap_or_default());
        match one_event(slice, lead) {
            Some((record, length)) => {
                let last = scene.rows.at_byte(start + length.saturating_sub(1));
                scene.keep(record, first..last + 1);
                found = true;
            }
            None => unread += 1,
        }
    }
    if found {
        take_frame(scene);
    }
    if found && unread > 0 {
        scene.note(format!("XML events that are cut off before their number: {unread}"));
    }
}

/// Columns before the first event of a row. Far right of it nothing was cut by a console.
fn lead_columns(before: &str) -> usize {
    if before.len() < 4 * WIDTHS.end { width(before) } else { WIDTHS.end }
}

/// The first event of a text that another form carries as a value.
pub(super) fn from_string(text: &str) -> Option<EventRecord> {
    let start = event_starts(text).next()?;
    one_event(text.get(start..)?, 0).map(|(record, _)| record)
}

/// The event at the start of `slice` and the bytes that it covers. `lead` columns stand before it.
fn one_event(slice: &str, lead: usize) -> Option<(EventRecord, usize)> {
    if is_cut(slice, lead) {
        let joined = rejoined(slice, lead);
        let parsed = parse(&joined.text);
        if parsed.closed {
            return Some((parsed.draft.finish()?, joined.original(parsed.length)));
        }
    }
    let parsed = parse(slice);
    Some((parsed.draft.finish()?, parsed.length))
}

/// Whether a console seems to have cut one long line: two rows of the same width.
fn is_cut(slice: &str, lead: usize) -> bool {
    let mut rows = slice.lines();
    let (Some(first), Some(second)) = (rows.next(), rows.next()) else { return false };
    let columns = lead + width(first);
    WIDTHS.contains(&columns) && columns == width(second)
}

/// `<Event>` and `<Event xmlns=…`, but not `<Events>` or `<EventData>`.
fn event_starts(text: &str) -> impl Iterator<Item = usize> {
    memmem::find_iter(text.as_bytes(), b"<Event").filter(|at| {
        let next = text.as_bytes().get(at + 6);
        next.is_some_and(|b| b.is_ascii_whitespace() || *b == b'>')
    })
}

/// Declarations and root tags on rows of their own belong to the events.
fn take_frame(scene: &mut Scene<'_>) {
    for i in 0..scene.rows.len() {
        let row = scene.rows.trimmed(i);
        let frame = row.len() < 300 && row.ends_with('>') && ["<?xml ", "<Events", "</Events"].iter().any(|f| row.starts_with(f));
        if frame {
            scene.rows.take(i..i + 1);
        }
    }
}

/// What an element of an event means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Event,
    System,
    EventData,
    Rendering,
    /// Its text is a value.
    Value(Prop),
    /// Its text is a string of the data.
    Data,
    Other,
}

fn tag(parent: Option<Tag>, name: &str) -> Tag {
    match (parent, name) {
        (None, "Event") => Tag::Event,
        (Some(Tag::Event), "System") => Tag::System,
        (Some(Tag::Event), "EventData") => Tag::EventData,
        (Some(Tag::Event), "RenderingInfo") => Tag::Rendering,
        (Some(Tag::System), "EventID") => Tag::Value(Prop::Id),
        (Some(Tag::System), "Level") => Tag::Value(Prop::Level),
        (Some(Tag::System), "EventRecordID") => Tag::Value(Prop::RecordId),
        (Some(Tag::System), "Channel") => Tag::Value(Prop::Channel),
        (Some(Tag::System), "Computer") => Tag::Value(Prop::Computer),
        (Some(Tag::Rendering), "Message") => Tag::Value(Prop::Message),
        (Some(Tag::EventData), "Data") => Tag::Data,
        _ => Tag::Other,
    }
}

#[derive(Default)]
struct Parsed {
    draft: Draft,
    /// Bytes up to the end of the last tag.
    length: usize,
    /// Whether `</Event>` was reached.
    closed: bool,
}

fn parse(slice: &str) -> Parsed {
    let mut reader = Reader::from_str(slice);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut parsed = Parsed::default();
    let mut path: Vec<Tag> = Vec::new();
    let mut text = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                let tag = open(&mut parsed.draft, path.last().copied(), &start);
                path.push(tag);
                text.clear();
            }
            Event::Empty(start) => {
                let tag = open(&mut parsed.draft, path.last().copied(), &start);
                close(&mut parsed.draft, tag, "");
            }
            Event::End(_) => {
                close(&mut parsed.draft, path.pop().unwrap_or(Tag::Other), &text);
                text.clear();
            }
            Event::Text(piece) if wants_text(&path) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if wants_text(&path) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) if wants_text(&path) => push_reference(&mut text, &reference),
            Event::DocType(_) | Event::Eof => break,
            _ => continue,
        }
        parsed.length = usize::try_from(reader.buffer_position()).unwrap_or(slice.len()).min(slice.len());
        if path.is_empty() || path.len() > DEPTH_MAX {
            parsed.closed = path.is_empty();
            break;
        }
    }
    parsed
}

fn wants_text(path: &[Tag]) -> bool {
    matches!(path.last(), Some(Tag::Value(_) | Tag::Data))
}

/// Reads the attributes of an opening tag.
fn open(draft: &mut Draft, parent: Option<Tag>, start: &BytesStart<'_>) -> Tag {
    let local = start.local_name();
    let name = local.as_ref();
    let tag = tag(parent, name);
    if parent != Some(Tag::System) {
        return tag;
    }
    let mut attributes = start.attributes();
    // The check for repeated names looks at each pair of attributes.
    for attribute in attributes.with_checks(false).flatten().take(64) {
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
        match (name, attribute.key.local_name().as_ref()) {
            ("Provider", "Name") => draft.set(Prop::Source, &value),
            ("Provider", "EventSourceName") => draft.record.source = trim(&value).to_owned(),
            ("EventID", "Qualifiers") => draft.set(Prop::Qualifiers, &value),
            ("TimeCreated", "SystemTime") => draft.set(Prop::Time, &value),
            _ => {}
        }
    }
    tag
}

fn close(draft: &mut Draft, tag: Tag, text: &str) {
    match tag {
        Tag::Value(prop) => draft.set(prop, text),
        Tag::Data => draft.record.data.push(text.to_owned()),
        _ => {}
    }
}

/// `&amp;` and `&#x4E2D;`; other entities stay as they are written.
fn push_reference(text: &mut String, reference: &BytesRef<'_>) {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        text.push(c);
        return;
    }
    match resolve_predefined_entity(reference) {
        Some(value) => text.push_str(value),
        None => {
            text.push('&');
            text.push_str(reference);
            text.push(';');
        }
    }
}

/// A text without the line ends that a console put in, and where they were.
struct Joined {
    text: String,
    /// Position in `text`, bytes left out before it.
    cuts: Vec<(usize, usize)>,
}

impl Joined {
    /// The position in the text before joining.
    fn original(&self, position: usize) -> usize {
        let i = self.cuts.partition_point(|(at, _)| *at < position);
        let removed = i.checked_sub(1).and_then(|i| self.cuts.get(i)).map_or(0, |(_, removed)| *removed);
        position + removed
    }
}

/// A console cuts one long line into rows of the same width: joins rows as wide as the first one.
fn rejoined(slice: &str, lead: usize) -> Joined {
    let mut joined = Joined { text: String::with_capacity(slice.len()), cuts: Vec::new() };
    let mut removed = 0;
    let mut full = None;
    for row in slice.split_inclusive('\n') {
        let content = row.trim_end_matches(['\r', '\n']);
        let columns = width(content) + if full.is_none() { lead } else { 0 };
        let limit = *full.get_or_insert(columns);
        if WIDTHS.contains(&limit) && columns == limit {
            joined.text.push_str(content);
            removed += row.len() - content.len();
            joined.cuts.push((joined.text.len(), removed));
        } else {
            joined.text.push_str(row);
        }
    }
    joined
}
