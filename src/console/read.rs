//! Rows of one text into items: commands, statements, codes, separators, and what nobody could read.

use crate::code::{self, CodeMention};
use crate::console::command::{self, Command};
use crate::console::shape::{self, Shape};
use crate::decode::DecodedText;
use crate::fold::Folded;
use crate::knowledge::Knowledge;
use crate::lines::{self, Line};
use crate::message::Reading;
use crate::unwrap::{self, Row};

/// What a row is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Copy)]
pub enum RowClass {
    /// Nothing on it.
    #[default]
    Blank,
    /// A prompt with or without a command.
    Command,
    /// A rule of dashes or the frame of a message box.
    Structure,
    /// A message that states a fact.
    Message,
    /// A message that states none: banners, hints, help.
    Noise,
    /// Read by the shape of its value only.
    Shape,
    /// Only an error code could be read.
    Code,
    /// Not read.
    Unread,
}

/// One row and all that was read in it.
#[derive(Debug, Clone)]
pub struct RowRead {
    /// The joined text.
    pub text: String,
    /// First and last line number in the file.
    pub numbers: (u32, u32),
    /// Byte range in the decoded text, over all its lines.
    pub range: std::ops::Range<usize>,
    /// What it is.
    pub class: RowClass,
    /// Command typed here.
    pub command: Option<Command>,
    /// A rule of dashes.
    pub separator: bool,
    /// Messages from left to right.
    pub readings: Vec<Reading>,
    /// A value read by its shape.
    pub shape: Option<Shape>,
    /// Error codes, messages' slots included.
    pub codes: Vec<CodeMention>,
}

/// Reads a whole decoded text.
#[must_use]
pub fn read(knowledge: &Knowledge, decoded: &DecodedText, garbled: bool) -> Vec<RowRead> {
    let text = decoded.text.as_str();
    let all = lines::split(text);
    let begins = |line: &str| starts_statement(knowledge, line);
    let rows = unwrap::rows(text, &all, &knowledge.messages, &begins);
    let mut reader = RowReader { knowledge, garbled, tool: String::new(), in_product: false };
    rows.iter().map(|row| reader.row(row, &all)).collect()
}

/// Whether a line begins something of its own, so that it cannot continue a wrapped one.
fn starts_statement(knowledge: &Knowledge, line: &str) -> bool {
    if is_rule(line) || command::parse(line).is_some() || shape::xpr_head(line).is_some() {
        return true;
    }
    let folded = Folded::new(line);
    let readings = knowledge.messages.read(line, &folded, "");
    readings.iter().any(|r| r.specificity >= 5 && line.get(..r.range.start).is_some_and(|t| t.trim().is_empty()))
}

/// `---------------------------------------`
fn is_rule(line: &str) -> bool {
    let dashes = line.trim();
    dashes.len() >= 10 && dashes.chars().all(|c| matches!(c, '-' | '=' | '—' | '─' | '_' | '–'))
}

struct RowReader<'k> {
    knowledge: &'k Knowledge,
    garbled: bool,
    /// Program that the text at hand seems to come from.
    tool: String,
    in_product: bool,
}

impl RowReader<'_> {
    fn row(&mut self, row: &Row, all: &[Line]) -> RowRead {
        let first = all.get(row.lines.start);
        let last = all.get(row.lines.end.saturating_sub(1)).or(first);
        let number = |l: Option<&Line>| l.map_or(0, |l| l.number);
        let range = first.map_or(0, |l| l.range.start)..last.map_or(0, |l| l.range.end);
        let mut read = RowRead {
            text: row.text.clone(),
            numbers: (number(first), number(last)),
            range,
            class: RowClass::Blank,
            command: None,
            separator: false,
            readings: Vec::new(),
            shape: None,
            codes: Vec::new(),
        };
        if row.text.trim().is_empty() {
            return read;
        }
        self.fill(&mut read);
        read
    }

    fn fill(&mut self, read: &mut RowRead) {
        if is_rule(&read.text) {
            read.separator = true;
            read.class = RowClass::Structure;
            self.in_product = false;
            return;
        }
        if self.command(read) {
            return;
        }
        let folded = Folded::new(&read.text);
        read.readings = self.knowledge.messages.read(&read.text, &folded, &self.tool);
        if read.readings.is_empty() && self.garbled {
            read.readings = self.knowledge.messages.read_garbled(&read.text, &folded, &self.tool);
        }
        read.readings.retain(plausible);
        read.codes = self.codes(&read.text, &read.readings);
        self.remember(&read.readings);
        if read.readings.iter().all(|r| r.kind.is_none()) || read.readings.is_empty() {
            read.shape = self.shape(&read.text, read.readings.is_empty());
        }
        read.class = class_of(read);
    }

    /// A command line, or a prompt with nothing behind it. A glued warning behind a command is kept
    /// as text of its own by the caller's message reading.
    fn command(&mut self, read: &mut RowRead) -> bool {
        let Some(command) = command::parse(&read.text) else {
            let empty_prompt = command::after_prompt(&read.text).is_some_and(str::is_empty);
            if empty_prompt {
                read.class = RowClass::Command;
            }
            return empty_prompt;
        };
        read.class = RowClass::Command;
        self.tool = grammar_of(command.tool).to_owned();
        self.in_product = false;
        if command.tool == "other" {
            let folded = Folded::new(&read.text);
            read.readings = self.knowledge.messages.read(&read.text, &folded, "foreign");
            read.readings.retain(|r| r.kind == Some("foreign-program"));
        }
        // A console pads to its width, so output can stand behind the typed line: "tnc … 警告: …".
        if let Some(tail) = read.text.find("    ").and_then(|at| read.text.get(at..)).filter(|t| !t.trim().is_empty()) {
            let offset = read.text.len() - tail.len();
            let folded = Folded::new(tail);
            let mut readings = self.knowledge.messages.read(tail, &folded, &self.tool);
            for reading in &mut readings {
                reading.range = reading.range.start + offset..reading.range.end + offset;
            }
            read.readings.extend(readings);
        }
        read.command = Some(command);
        true
    }

    fn codes(&self, text: &str, readings: &[Reading]) -> Vec<CodeMention> {
        let stated = |code: &str| readings.iter().any(|r| r.fields.get("code").is_some_and(|c| c == code));
        let known = |m: &CodeMention| !m.bare || self.knowledge.codes.get(&m.code).is_some() || stated(&m.code);
        code::scan(text).into_iter().filter(known).collect()
    }

    /// Remembers the tool and whether a product block is open.
    fn remember(&mut self, readings: &[Reading]) {
        for reading in readings {
            let Some(message) = self.knowledge.messages.messages.get(reading.message) else { continue };
            if matches!(message.tool.as_str(), "slmgr" | "ospp" | "diag" | "mgadiag" | "quoted") {
                self.tool.clone_from(&message.tool);
            }
            if matches!(reading.kind, Some("product-name" | "product-description" | "activation-attempted")) {
                self.in_product = true;
            }
        }
    }

    fn shape(&mut self, text: &str, unread: bool) -> Option<Shape> {
        if !unread {
            return None;
        }
        if let Some(name) = shape::xpr_head(text) {
            self.in_product = true;
            return Some(Shape { kind: "product-name", fields: vec![("name", name)], opens_product: true });
        }
        let found = shape::read(text, self.in_product)?;
        self.in_product |= matches!(found.kind, "product-name" | "product-description");
        Some(found)
    }
}

/// The grammar folder that holds a program's messages.
fn grammar_of(tool: &str) -> &str {
    match tool {
        "slmgr" | "ospp" | "mgadiag" => tool,
        "other" | "cmd" => "shell",
        _ => "diag",
    }
}

/// A label with a value that cannot be one: `Name: www.example.edu` is no product.
fn plausible(reading: &Reading) -> bool {
    let field = |name: &str| reading.fields.get(name).map_or("", String::as_str);
    match reading.kind {
        Some("product-name") => shape::is_product_name(field("name")),
        Some("product-description") => {
            let description = field("description");
            description.contains("channel") || description.contains("Windows") || description.contains("Office")
        }
        _ => true,
    }
}

fn class_of(read: &RowRead) -> RowClass {
    if read.readings.iter().any(|r| r.kind.is_some()) {
        RowClass::Message
    } else if !read.readings.is_empty() {
        RowClass::Noise
    } else if read.shape.is_some() {
        RowClass::Shape
    } else if !read.codes.is_empty() {
        RowClass::Code
    } else if is_box_frame(&read.text) {
        RowClass::Structure
    } else {
        RowClass::Unread
    }
}

/// The title and the button of a copied message box.
fn is_box_frame(text: &str) -> bool {
    const FRAMES: [&str; 9] = ["Windows Script Host", "OK", "確定", "确定", "[Window Title]", "[Content]", "[OK]", "[確定]", "[确定]"];
    FRAMES.contains(&text.trim())
}
