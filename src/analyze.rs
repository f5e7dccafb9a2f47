//! The only entry point: inputs of one case in, everything known about it out.

use crate::assemble::{Assembler, Assembly};
use crate::case::Case;
use crate::console::read::{self, RowRead};
use crate::decide::{self, Decision};
use crate::decode::{self, DecodedText};
use crate::knowledge::Knowledge;

/// One input of a case.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Name as shown to people.
    pub name: &'a str,
    /// Content.
    pub bytes: &'a [u8],
    /// What happened to it before it came here.
    pub note: Option<Note<'a>>,
}

impl<'a> Input<'a> {
    /// An input that was read whole.
    #[must_use]
    pub const fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, bytes, note: None }
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
#[derive(Debug)]
pub struct Source {
    /// Name as shown.
    pub name: String,
    /// The text.
    pub decoded: DecodedText,
    /// Its rows.
    pub rows: Vec<RowRead>,
    /// `transcript`, `mgadiag` or `unknown`.
    pub kind: &'static str,
    /// Size.
    pub bytes: u64,
    /// `read` or why not.
    pub status: &'static str,
    /// Reason for a status other than `read`.
    pub reason: Option<String>,
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
    let mut inputs: Vec<&Input<'_>> = inputs.iter().collect();
    inputs.sort_by(|a, b| (a.name, a.bytes).cmp(&(b.name, b.bytes)));
    let sources: Vec<Source> = inputs.iter().map(|i| source(knowledge, i)).collect();
    let mut assembler = Assembler::new(knowledge);
    for (index, source) in sources.iter().enumerate() {
        assembler.input(index, &source.rows);
    }
    let assembly = assembler.finish();
    let decision = decide::decide(knowledge, &assembly);
    let case = crate::view::case(knowledge, name, &sources, &assembly, &decision);
    Analysis { sources, assembly, decision, case }
}

fn source(knowledge: &Knowledge, input: &Input<'_>) -> Source {
    let decoded = decode::decode(input.bytes);
    let garbled = decode::suspicion(&decoded.text) > 0.15;
    let rows = read::read(knowledge, &decoded, garbled);
    let (status, reason) = match input.note {
        Some(note) => (note.status, Some(note.reason.to_owned())),
        None => ("read", None),
    };
    Source {
        name: input.name.to_owned(),
        kind: kind_of(knowledge, &rows),
        bytes: input.note.map_or(input.bytes.len() as u64, |n| n.bytes),
        decoded,
        rows,
        status,
        reason,
    }
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
