//! Rows of one text into items: commands, statements, codes, separators, and what nobody could read.

mod objects;
mod shell;
mod status;

use crate::code::{self, CodeMention};
use crate::console::cells::Header;
use crate::console::command::{self, Command};
use crate::console::lead;
use crate::console::shape::{self, Shape};
use crate::console::source;
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

/// Who wrote an event log record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordBy {
    /// A licensing service.
    Licensing,
    /// Another program: what its codes mean is not known here.
    Other,
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
    /// Part of an event log record: its codes are the record's business.
    pub event: Option<RecordBy>,
    /// Whole objects of a table or of one-line JSON: what is read here belongs to nothing before it.
    pub object: bool,
}

impl RowRead {
    /// Hands the row over to the reader of events.
    pub fn give_to_events(&mut self, by: RecordBy) {
        self.event = Some(by);
        if self.class != RowClass::Blank {
            self.class = RowClass::Message;
        }
        self.command = None;
        self.separator = false;
        self.readings.clear();
        self.shape = None;
    }
}

/// Reads a decoded text. With the rows comes the number of lines that were left out of one that is too long.
#[must_use]
pub fn read(knowledge: &Knowledge, decoded: &DecodedText, garbled: bool) -> (Vec<RowRead>, usize) {
    let text = decoded.text.as_str();
    let mut all = lines::split(text);
    let left_out = lines::keep_both_ends(&mut all);
    let begins = |line: &str| starts_statement(knowledge, line);
    let rows = unwrap::rows(text, &all, &knowledge.messages, &begins);
    let mut reader = RowReader {
        knowledge,
        garbled,
        tool: String::new(),
        in_product: false,
        quoting: 0,
        fence: None,
        asked: false,
        echoed: String::new(),
        header: None,
        repeats: false,
        continues: false,
        list: None,
        literals: source::Literals::default(),
    };
    (rows.iter().map(|row| reader.row(row, &all)).collect(), left_out)
}

/// Whether a line begins something of its own, so that it cannot continue a wrapped one.
fn starts_statement(knowledge: &Knowledge, line: &str) -> bool {
    let lead = lead::length(line);
    let body = line.get(lead..).unwrap_or_default();
    if lead > line.len() - line.trim_start().len() || is_rule(body) || command::parse(body).is_some() || shape::xpr_head(body).is_some() {
        return true;
    }
    let folded = Folded::new(body);
    let readings = knowledge.messages.read(body, &folded, "", &[]);
    readings.iter().any(|r| r.specificity >= 5 && r.range.start == 0)
}

/// The line of three back quotes around a block in a pasted page, with the name of a language or none.
fn is_fence(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '>').trim_end();
    text.strip_prefix("```").is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// What `echo` is told to print on this line.
fn echoed(body: &str) -> String {
    let typed = body.strip_prefix("echo ").or_else(|| body.split_once(">echo ").map(|(_, typed)| typed));
    typed.unwrap_or_default().trim().to_owned()
}

/// `- `, `+ `, `6. `: a lead-in that makes the line an item of a list.
fn is_item(lead: &str) -> bool {
    let lead = lead.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '|'));
    let number = lead.trim_start_matches(|c: char| c.is_ascii_digit());
    lead.starts_with(['-', '+']) || number.len() < lead.len() && number.starts_with(['.', ')', '、'])
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
    /// Rows left behind a line that tells the reader what they might see: a success there is a quotation.
    quoting: u8,
    /// Inside a fenced block, and whether the line before it says what people should see.
    fence: Option<bool>,
    /// The last command had no prompt and no output of its own yet: one of a list of steps.
    asked: bool,
    /// What `echo` was told to print, and prints next.
    echoed: String,
    /// Labels of the table at hand.
    header: Option<Header>,
    /// Rows that begin with `+` repeat the failing command.
    repeats: bool,
    /// The command before goes on in rows that begin with `>>`.
    continues: bool,
    /// What the values below a label are: kind, field and a field that is the same for all.
    list: Option<ListOf>,
    /// Texts that a program holds, in lines of their own.
    literals: source::Literals,
}

/// Kind of fact, its field for the value, and what else it says.
type ListOf = (&'static str, &'static str, Option<(&'static str, String)>);

/// Lists that go on below their label.
fn list_of(reading: &Reading) -> Option<ListOf> {
    match reading.kind? {
        "dns-servers" => Some(("dns-servers", "ip", None)),
        "dns-suffix" if reading.fields.get("of").is_some_and(|of| of == "search") => {
            Some(("dns-suffix", "suffix", Some(("of", "search".to_owned()))))
        }
        _ => None,
    }
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
            event: None,
            object: false,
        };
        if !row.text.trim().is_empty() {
            self.fill(&mut read);
        } else if self.header.as_ref().is_some_and(Header::ends_at_blank) {
            self.header = None;
        }
        read
    }

    fn fill(&mut self, read: &mut RowRead) {
        let text = read.text.clone();
        let lead = lead::length(&text);
        let body = text.get(lead..).unwrap_or_default();
        if is_fence(&text) {
            let closes = self.fence.is_some() && text.trim_end().ends_with('`');
            self.fence = if closes { None } else { Some(self.quoting > 0) };
            read.class = RowClass::Structure;
        } else if body.trim().is_empty() || body.chars().all(|c| matches!(c, '{' | '}' | '[' | ']' | ',' | ' ' | '~')) {
            read.class = RowClass::Structure;
        } else if self.continues && text.trim_start().starts_with(">>") {
            read.class = RowClass::Command;
            self.continues = shell::goes_on(body);
        } else if is_rule(body) {
            read.separator = true;
            read.class = RowClass::Structure;
            self.in_product = false;
        } else if body.starts_with("<?xml") && body.trim_end().ends_with("?>") {
            read.class = RowClass::Structure;
        } else if self.literals.takes(body) || source::is_source(body) {
            read.class = RowClass::Noise;
        } else if !self.command(read, body, lead) && !self.repeated(read) && !self.cells(read, lead) {
            self.statement(read, body, lead);
        }
    }

    fn statement(&mut self, read: &mut RowRead, body: &str, lead: usize) {
        let mut readings = self.readings(body);
        let named = readings.iter().all(|r| r.kind == Some("product-name"));
        let joined = if named { self.xpr_joined(body) } else { None };
        let product = joined.map(|(product, status)| {
            readings = status;
            product
        });
        let instruction = readings.iter().any(|r| r.kind == Some("instruction"));
        let shown = self.fence == Some(true) || instruction;
        let step = self.asked && is_item(read.text.get(..lead).unwrap_or_default());
        if shown || self.quoting > 0 || step {
            readings.retain(|r| !(is_success(r) || shown && r.kind == Some("license-status")));
        }
        // A heading or a comment; whole blocks of output are also pasted behind `#`.
        if read.text.trim_start().starts_with('#') {
            readings.retain(|r| r.kind != Some("hosts-entry") && (self.in_product || !is_success(r)));
        }
        let printed = std::mem::replace(&mut self.echoed, echoed(body));
        if !printed.is_empty() && printed == body.trim() {
            readings.clear();
        }
        self.asked &= !readings.iter().any(|r| matches!(r.kind, Some("activation-attempted" | "frame")));
        self.quoting = match instruction {
            true if body.trim_end_matches(['*', '_', ' ']).ends_with([':', '：']) => QUOTED_ROWS,
            true => 1,
            false => self.quoting.saturating_sub(1),
        };
        read.codes = self.codes(body, &readings);
        self.remember(&readings);
        if readings.is_empty() {
            read.shape = self.shape(body).or_else(|| self.listed_on(&read.text));
        } else {
            self.list = readings.iter().find_map(list_of);
            self.in_product |= product.is_some();
            read.shape = product;
        }
        let repeats = |r: &Reading| self.knowledge.messages.messages.get(r.message).is_some_and(|m| m.repeats);
        self.repeats = readings.iter().any(repeats);
        read.readings = readings;
        shift(read, lead);
        read.class = class_of(read);
        self.hide_private(read);
    }

    /// `                      192.0.2.54`: a further value below the first one of ipconfig.
    fn listed_on(&self, text: &str) -> Option<Shape> {
        const INDENT: usize = 20;
        let (kind, field, fixed) = self.list.clone()?;
        let value = text.trim();
        let fits = text.starts_with(&" ".repeat(INDENT)) && value.contains(['.', ':']) && !value.contains(char::is_whitespace);
        fits.then(|| Shape { kind, fields: vec![(field, value.to_owned())].into_iter().chain(fixed).collect() })
    }

    /// The plausible messages of a line. One that turns out implausible gives way to the next best.
    fn readings(&self, body: &str) -> Vec<Reading> {
        let folded = Folded::new(body);
        let book = &self.knowledge.messages;
        let mut readings = book.read(body, &folded, &self.tool, &[]);
        let fits = |r: &Reading| self.plausible(r) && !status::in_legend(body, r);
        let wrong: Vec<usize> = readings.iter().filter(|r| !fits(r)).map(|r| r.message).collect();
        if !wrong.is_empty() {
            readings = book.read(body, &folded, &self.tool, &wrong);
            readings.retain(fits);
        }
        if readings.is_empty() && self.garbled {
            readings = book.read_garbled(body, &folded, &self.tool);
        }
        // A wording that begins with a part of the name gives the rest of it only.
        for reading in readings.iter_mut().filter(|r| r.kind == Some("product-name")) {
            if let Some(name) = body.get(reading.range.clone()).and_then(shape::product_at) {
                reading.fields.insert("name", name.to_owned());
            }
        }
        readings
    }

    /// A command line, or a prompt with nothing behind it.
    fn command(&mut self, read: &mut RowRead, body: &str, lead: usize) -> bool {
        let Some(command) = command::parse(body) else {
            let empty_prompt = command::after_prompt(body).is_some_and(str::is_empty);
            if empty_prompt {
                read.class = RowClass::Command;
            }
            return empty_prompt;
        };
        read.class = RowClass::Command;
        self.header = None;
        self.continues = shell::goes_on(body);
        grammar_of(command.tool).clone_into(&mut self.tool);
        self.in_product = false;
        self.quoting = 0;
        self.asked = !command.prompted;
        self.echoed = echoed(body);
        if command.tool == "other" {
            let folded = Folded::new(body);
            read.readings = self.knowledge.messages.read(body, &folded, "foreign", &[]);
            read.readings.retain(|r| r.kind == Some("foreign-program"));
        }
        if let Some(at) = output_behind(body, &command) {
            let tail = body.get(at..).unwrap_or_default();
            let mut readings = self.readings(tail);
            let mut codes = self.codes(tail, &readings);
            for reading in &mut readings {
                reading.range = reading.range.start + at..reading.range.end + at;
            }
            for code in &mut codes {
                code.start += at;
                code.end += at;
            }
            self.remember(&readings);
            read.readings.extend(readings);
            read.codes = codes;
        }
        shift(read, lead);
        read.command = Some(command);
        true
    }

    fn codes(&self, text: &str, readings: &[Reading]) -> Vec<CodeMention> {
        let stated = |code: &str| readings.iter().any(|r| r.fields.get("code").is_some_and(|c| c == code));
        // One or two digits alone are the head of a code that was cut.
        let known = |m: &CodeMention| !m.bare || self.knowledge.codes.get(&m.code).is_some() || m.code.len() >= 5 && stated(&m.code);
        // Among control characters `0x5` is chance: a program or a picture, not a text.
        let odd = text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\0' | '\u{1b}'));
        let meant = |m: &CodeMention| !odd || m.code.len() >= 10;
        code::scan(text).into_iter().filter(|m| known(m) && meant(m)).collect()
    }

    /// Remembers the tool and whether a product block is open.
    fn remember(&mut self, readings: &[Reading]) {
        for reading in readings {
            let Some(message) = self.knowledge.messages.messages.get(reading.message) else { continue };
            if matches!(message.tool.as_str(), "slmgr" | "ospp" | "diag" | "wmi" | "mgadiag" | "quoted") {
                self.tool.clone_from(&message.tool);
            }
            if matches!(reading.kind, Some("product-name" | "product-description" | "activation-attempted")) {
                self.in_product = true;
            }
        }
    }

    fn shape(&mut self, text: &str) -> Option<Shape> {
        if let Some(name) = shape::xpr_head(text) {
            self.in_product = true;
            return Some(Shape { kind: "product-name", fields: vec![("name", name)] });
        }
        let found = shape::read(text, self.in_product)?;
        self.in_product |= matches!(found.kind, "product-name" | "product-description");
        Some(found)
    }

    /// A label with a value that cannot be one: `Name: www.example.edu` is no product, `Error: 404` no
    /// error of slmgr.
    fn plausible(&self, reading: &Reading) -> bool {
        let field = |name: &str| reading.fields.get(name).map_or("", String::as_str);
        let listed = self.knowledge.messages.messages.get(reading.message).is_some_and(|m| m.tool == objects::TOOL);
        match reading.kind {
            Some("product-name") if listed => shape::is_product_name(field("name")) && shape::is_edition(field("name")),
            Some("product-name") => shape::is_product_name(field("name")),
            // Any program prints `ID: {…}`.
            Some("activation-id") if listed => self.in_product || self.tool == objects::TOOL,
            Some("service-version") if listed => self.in_product && field("version").starts_with(['6', '1']),
            Some("product-description") => {
                let description = field("description");
                description.contains("channel") || description.contains("Windows") || description.contains("Office")
            }
            Some("clock-source") => field("source").contains(['.', '-']) && !field("source").contains("Microsoft"),
            Some("dns-name") => !shape::is_product_name(field("name")) && !field("name").contains(['(', ',']),
            Some("error-reported") if field("code").bytes().all(|b| b.is_ascii_digit()) => {
                field("code").is_empty() || matches!(self.tool.as_str(), "slmgr" | "ospp")
            }
            _ => true,
        }
    }
}

/// Moves places in a row's body to places in the row.
fn shift(read: &mut RowRead, lead: usize) {
    for reading in &mut read.readings {
        reading.range = reading.range.start + lead..reading.range.end + lead;
    }
    for code in &mut read.codes {
        code.start += lead;
        code.end += lead;
    }
}

/// `You should see the following:` announces a short quotation, not only a line.
const QUOTED_ROWS: u8 = 3;

/// What people quote when they explain: statements that would make a verdict of "activated".
fn is_success(reading: &Reading) -> bool {
    matches!(reading.kind, Some("activation-succeeded" | "permanently-activated" | "operation-result"))
        || reading.kind == Some("license-status-number") && reading.fields.get("number").is_some_and(|n| n == "1")
        || reading.kind == Some("license-status") && reading.fields.get("status").is_some_and(|s| s == "licensed")
}

/// Where output stands behind a typed command in the same row: a console pads to its width, and
/// pasting into a chat joins lines.
fn output_behind(body: &str, command: &Command) -> Option<usize> {
    const WITHOUT_ARGUMENT: [&str; 12] =
        ["ato", "act", "dlv", "dli", "xpr", "dstatus", "dstatusall", "upk", "ckms", "rearm", "rilc", "dti"];
    let padded = body.find("    ").filter(|at| body.get(*at..).is_some_and(|t| !t.trim().is_empty()));
    let complete = WITHOUT_ARGUMENT.contains(&command.action.as_str()) && !command.argument.is_empty();
    let behind = || body.to_ascii_lowercase().find(&format!("/{}", command.action)).map(|at| at + command.action.len() + 1);
    padded.or_else(|| if complete { behind().filter(|at| body.is_char_boundary(*at)) } else { None })
}

/// The grammar folder that holds a program's messages.
fn grammar_of(tool: &str) -> &str {
    match tool {
        "slmgr" | "ospp" | "mgadiag" | "wmi" => tool,
        "other" | "cmd" => "shell",
        _ => "diag",
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
