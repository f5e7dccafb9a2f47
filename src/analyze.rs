//! The only entry point: inputs of one case in, everything known about it out.

use crate::assemble::{Assembler, Assembly};
use crate::case::Case;
use crate::collect;
use crate::console::read::{self, RecordBy, RowRead};
use crate::decide::{self, Decision};
use crate::decode::{self, DecodedText};
use crate::event::evtx::{EvtxNote, EvtxRead, texts};
use crate::event::{self, EventRecord, RecordPlace};
use crate::join::{self, JoinedFact};
use crate::knowledge::Knowledge;
use crate::site;

/// One input of a case.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Name as shown to people.
    pub name: &'a str,
    /// Content.
    pub bytes: &'a [u8],
    /// What happened to it before it came here.
    pub note: Option<Note<'a>>,
    /// The event log that it is, read already; `bytes` is empty then.
    pub log: Option<&'a EvtxRead>,
}

impl<'a> Input<'a> {
    /// An input that was read whole.
    #[must_use]
    pub const fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, bytes, note: None, log: None }
    }
}

/// Why an input is not whole.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    /// `partly-read`, `skipped` or `failed`.
    pub status: &'static str,
    /// What happened and what to do, for people.
    pub reason: &'a str,
    /// Size on disk.
    pub bytes: u64,
}

/// What was made of one input.
#[derive(Debug, Default)]
pub struct Source {
    /// Name as shown.
    pub name: String,
    /// The case that it belongs to, when another one: then nothing of it but facts is here.
    pub case: Option<String>,
    /// The text.
    pub decoded: DecodedText,
    /// Its rows.
    pub rows: Vec<RowRead>,
    /// Event log records in it.
    pub events: Vec<EventRecord>,
    /// `transcript`, `mgadiag` or `unknown`.
    pub kind: &'static str,
    /// Size.
    pub bytes: u64,
    /// `read` or why not.
    pub status: &'static str,
    /// Reason for a status other than `read`, in the words of the caller.
    pub reason: Option<String>,
    /// What the reader of a log has to say about it.
    pub remarks: Vec<Remark>,
}

/// A sentence of the interface with its values, not yet in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Key of the sentence.
    pub key: &'static str,
    /// Placeholders and what stands for them.
    pub values: Vec<(&'static str, String)>,
}

impl Remark {
    /// The sentence in a language.
    #[must_use]
    pub fn say(&self, knowledge: &Knowledge, locale: &str) -> String {
        let sentence = knowledge.word(locale, self.key).to_owned();
        self.values.iter().fold(sentence, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

impl Source {
    /// Why the input is not whole.
    #[must_use]
    pub fn reason(&self, knowledge: &Knowledge, locale: &str) -> Option<String> {
        let remarks = self.remarks.iter().map(|remark| remark.say(knowledge, locale));
        let said: Vec<String> = self.reason.iter().cloned().chain(remarks).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

/// A case with everything that led to its verdict: what reports are made of.
#[derive(Debug)]
pub struct Analysis {
    /// Inputs in order of name.
    pub sources: Vec<Source>,
    /// Runs, products, facts.
    pub assembly: Assembly,
    /// Causes.
    pub decision: Decision,
    /// The JSON object.
    pub case: Case,
}

/// Analyzes one case. The order of `inputs` does not matter.
#[must_use]
pub fn analyze(knowledge: &Knowledge, name: &str, inputs: &[Input<'_>]) -> Analysis {
    analyze_joined(knowledge, name, inputs, &[])
}

/// Analyzes one case of a batch with what [`join::join`] found about it in other cases.
#[must_use]
pub fn analyze_joined(knowledge: &Knowledge, name: &str, inputs: &[Input<'_>], joined: &[JoinedFact]) -> Analysis {
    let mut inputs: Vec<&Input<'_>> = inputs.iter().collect();
    inputs.sort_by(|a, b| (a.name, a.bytes).cmp(&(b.name, b.bytes)));
    let mut sources: Vec<Source> = inputs.iter().map(|i| source(knowledge, i)).collect();
    add_texts(&inputs, &mut sources);
    collect::mark(&mut sources);
    let mut assembler = Assembler::new(knowledge);
    for (index, source) in sources.iter().enumerate() {
        assembler.input(index, &source.rows);
        if !source.events.is_empty() {
            assembler.events(index, &source.events);
        }
    }
    let mut assembly = assembler.finish();
    join::within(name, &sources, &mut assembly);
    join::add(joined, &mut sources, &mut assembly);
    if let Some(site) = &knowledge.site {
        site::mark(site, &mut assembly);
    }
    let decision = decide::decide(knowledge, &assembly);
    let case = crate::view::case(knowledge, name, &sources, &assembly, &decision);
    Analysis { sources, assembly, decision, case }
}

/// Gives the records of each log the sentences that Windows saved beside it.
fn add_texts(inputs: &[&Input<'_>], sources: &mut [Source]) {
    let logs: Vec<(usize, String)> =
        sources.iter().enumerate().filter(|(_, s)| s.kind == "evtx").map(|(i, s)| (i, s.name.clone())).collect();
    for (i, input) in inputs.iter().enumerate().filter(|(_, input)| texts::is_texts(input.bytes)) {
        let named = logs.iter().find(|(_, log)| texts::belong_to(input.name, log));
        let only = || logs.first().filter(|_| logs.len() == 1);
        let log = named.or_else(only).and_then(|(at, _)| sources.get_mut(*at));
        let key = match log.map(|log| texts::add(input.bytes, &mut log.events)) {
            Some(true) => continue,
            Some(false) => "reason-texts-unreadable",
            None => "reason-texts-alone",
        };
        if let Some(source) = sources.get_mut(i) {
            source.status = if key == "reason-texts-alone" { "skipped" } else { "failed" };
            source.remarks = vec![Remark { key, values: Vec::new() }];
        }
    }
}

fn source(knowledge: &Knowledge, input: &Input<'_>) -> Source {
    if let Some(read) = input.log {
        return log(input, read);
    }
    if texts::is_texts(input.bytes) {
        let nothing = EvtxRead { bytes: input.bytes.len() as u64, ..EvtxRead::default() };
        return Source { kind: "mta", ..log(input, &nothing) };
    }
    if event::evtx::is_evtx(input.bytes) {
        return log(input, &event::evtx::read_evtx(input.bytes, &knowledge.events.ids()));
    }
    let decoded = decode::decode(input.bytes);
    let garbled = decode::suspicion(&decoded.text) > 0.15;
    let (mut rows, left_out) = read::read(knowledge, &decoded, garbled);
    let events = events_in(knowledge, &decoded.text, &mut rows);
    let (status, reason) = match input.note {
        Some(note) => (note.status, Some(note.reason.to_owned())),
        None if left_out > 0 => ("partly-read", None),
        None => ("read", None),
    };
    let remark = Remark { key: "reason-lines", values: vec![("n", left_out.to_string())] };
    Source {
        name: input.name.to_owned(),
        case: None,
        kind: if events.is_empty() { kind_of(knowledge, &rows) } else { "events" },
        bytes: input.note.map_or(input.bytes.len() as u64, |n| n.bytes),
        decoded,
        rows,
        events,
        status,
        reason,
        remarks: if left_out > 0 { vec![remark] } else { Vec::new() },
    }
}

/// Event records in a text; their lines are no console output.
fn events_in(knowledge: &Knowledge, text: &str, rows: &mut [RowRead]) -> Vec<EventRecord> {
    if !event::text::looks_like_events(text) {
        return Vec::new();
    }
    let mut found = event::text::read_events(text);
    let means =
        |r: &EventRecord| !event::read(&knowledge.events, r, false).is_empty() || !event::read(&knowledge.events, r, true).is_empty();
    let lines = |r: &EventRecord| match r.place {
        RecordPlace::Lines { first, last } => Some((first, last)),
        RecordPlace::Record(_) => None,
    };
    // Headers of tables, roots and brackets around records.
    let records: Vec<(u32, u32)> = found.records.iter().filter_map(lines).collect();
    let frame = |line: u32| within(&found.consumed, line, |r| (r.start, r.end - 1)).is_some() && within(&records, line, |r| *r).is_none();
    // A message without a name that says nothing here leaves its lines to the console reader, which knows codes.
    let taken = |r: &EventRecord| means(r) || !r.provider.is_empty() || r.has_header();
    let by = |r: &EventRecord| if means(r) || knowledge.events.is_licensing(r) { RecordBy::Licensing } else { RecordBy::Other };
    let ranges: Vec<(u32, u32, RecordBy)> =
        found.records.iter().filter(|r| taken(r)).filter_map(|r| lines(r).map(|(first, last)| (first, last, by(r)))).collect();
    for row in rows.iter_mut() {
        let line = row.numbers.0;
        match within(&ranges, line, |(first, last, _)| (*first, *last)) {
            Some((.., by)) => row.give_to_events(*by),
            None if frame(line) => row.give_to_events(RecordBy::Licensing),
            None => {}
        }
    }
    found.records.retain(means);
    found.records
}

/// The range of an ascending list that holds `line`; both ends are included.
fn within<T>(ranges: &[T], line: u32, ends: impl Fn(&T) -> (u32, u32)) -> Option<&T> {
    let before = ranges.partition_point(|r| ends(r).0 <= line);
    before.checked_sub(1).and_then(|i| ranges.get(i)).filter(|r| line <= ends(r).1)
}

/// An `.evtx` file. A damaged one is read as far as it goes, and says so.
fn log(input: &Input<'_>, read: &EvtxRead) -> Source {
    let remarks = remarks(read);
    let status = match input.note {
        Some(note) => note.status,
        None if !read.has_content() => "failed",
        None if !remarks.is_empty() => "partly-read",
        None => "read",
    };
    Source {
        name: input.name.to_owned(),
        case: None,
        kind: "evtx",
        bytes: input.note.map_or(read.bytes, |n| n.bytes),
        decoded: decode::decode(&[]),
        rows: Vec::new(),
        events: read.records.iter().cloned().map(canonical).collect(),
        status,
        reason: input.note.map(|note| note.reason.to_owned()),
        remarks: if input.note.is_some() { Vec::new() } else { remarks },
    }
}

/// What is not whole about a log.
#[must_use]
pub fn remarks(read: &EvtxRead) -> Vec<Remark> {
    let mut remarks = Vec::new();
    match read.note {
        Some(EvtxNote::Damaged { read, seen }) => {
            remarks.push(Remark { key: "reason-log-damaged", values: vec![("read", read.to_string()), ("seen", seen.to_string())] });
        }
        Some(EvtxNote::NotEvtx) => remarks.push(Remark { key: "reason-log-unreadable", values: Vec::new() }),
        Some(EvtxNote::Empty) | None => {}
    }
    let left_out: u64 = read.left_out.values().sum();
    if left_out > 0 {
        let ids: Vec<String> = read.left_out.iter().map(|(id, count)| format!("{id}: {count}")).collect();
        let kept = read.records.len() as u64;
        let values = [("all", kept + left_out), ("kept", kept), ("left", left_out)].map(|(name, number)| (name, number.to_string()));
        remarks.push(Remark { key: "reason-log-large", values: values.into_iter().chain([("ids", ids.join(", "))]).collect() });
    }
    remarks
}

/// Lists of requests come as one string or as several; facts are the same.
fn canonical(mut record: EventRecord) -> EventRecord {
    record.data = event::text::canonical_data(record.id, record.data);
    record
}

/// What kind of text the rows make up.
fn kind_of(knowledge: &Knowledge, rows: &[RowRead]) -> &'static str {
    let tool = |row: &RowRead| row.readings.first().and_then(|r| knowledge.messages.messages.get(r.message)).map(|m| m.tool.as_str());
    if rows.iter().any(|r| tool(r) == Some("mgadiag")) {
        return "mgadiag";
    }
    let read = rows.iter().any(|r| r.command.is_some() || !r.readings.is_empty() || r.shape.is_some() || !r.codes.is_empty());
    if read { "transcript" } else { "unknown" }
}
