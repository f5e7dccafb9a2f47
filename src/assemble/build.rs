//! Walks the rows of each input in order and cuts them into runs and product blocks.

use std::collections::BTreeMap;

use super::events::Events;
use super::lookup;
use super::product::{Product, channel_of, name_product};
use super::property;
use super::run::{Outcome, Run, diagnostic, outcome_of, run_tool};
use super::{Assembly, CodeRole, CodeUse};
use crate::code;
use crate::console::read::{RecordBy, RowRead};
use crate::console::{command, shape};
use crate::event::{self, EventRecord};
use crate::fact::{self, Fact, Place};
use crate::knowledge::Knowledge;
use crate::limits::FACTS_MAX;
use crate::message::Reading;

/// Builds an [`Assembly`] from one input after the other.
#[derive(Debug)]
pub struct Assembler<'k> {
    knowledge: &'k Knowledge,
    out: Assembly,
    run: Option<usize>,
    product: Option<usize>,
    /// Fact kinds that the open product block already holds.
    block: Vec<&'static str>,
    file: usize,
    service_version: String,
    /// The open product is a list of properties.
    listed: bool,
}

/// Facts that open or continue the head of a product block.
const HEAD: [&str; 5] = ["office-product-id", "activation-id", "product-name", "product-description", "activation-attempted"];

impl<'k> Assembler<'k> {
    /// An empty assembly.
    #[must_use]
    pub fn new(knowledge: &'k Knowledge) -> Self {
        Self {
            knowledge,
            out: Assembly::default(),
            run: None,
            product: None,
            block: Vec::new(),
            file: 0,
            service_version: String::new(),
            listed: false,
        }
    }

    /// Takes in one input's rows.
    pub fn input(&mut self, file: usize, rows: &[RowRead]) {
        self.file = file;
        self.run = None;
        self.end_block();
        self.service_version.clear();
        super::context::look_at(&mut self.out, self.knowledge, file, rows);
        for row in rows {
            let place =
                Place { file, line: row.numbers.0, last_line: row.numbers.1, text: (row.range.start, row.range.end), ..Place::default() };
            self.row(row, &place);
        }
    }

    /// Takes in the event records of one input, in any order.
    pub fn events(&mut self, file: usize, records: &[EventRecord]) {
        let mut order: Vec<&EventRecord> = records.iter().collect();
        // Get-WinEvent lists the newest first, also within a second; records without a time keep their place.
        if order.first().zip(order.last()).is_some_and(|(first, last)| first.time > last.time) {
            order.reverse();
        }
        order.sort_by(|a, b| a.time.cmp(&b.time));
        let old = records.iter().any(|r| r.provider.ends_with("Licensing-SLC"));
        let book = &self.knowledge.events;
        let mut events = Events::new(&mut self.out, &self.knowledge.catalog, file);
        for (sequence, record) in order.into_iter().enumerate() {
            for reading in event::read(book, record, old) {
                events.add(record, &reading, u32::try_from(sequence).unwrap_or(u32::MAX));
            }
            events.forget_oldest();
        }
        events.finish(records);
    }

    /// Ends reading: merges products and settles states and roles.
    #[must_use]
    pub fn finish(mut self) -> Assembly {
        super::settle::settle(&mut self.out, self.knowledge);
        self.out
    }

    fn row(&mut self, row: &RowRead, place: &Place) {
        if row.event.is_some() {
            return self.codes(row, place);
        }
        if row.separator {
            self.end_block();
            return;
        }
        if let Some(command) = &row.command {
            self.command(command, place);
        }
        if row.object {
            self.end_block();
        }
        let mut described_here = !row.codes.is_empty();
        // Beside readings a shape is the product that they are about.
        if let Some(found) = row.shape.as_ref() {
            let fields = found.fields.iter().map(|(n, v)| (*n, v.clone())).collect();
            self.statement(found.kind, fields, String::new(), place);
        }
        for reading in &row.readings {
            self.reading(reading, place, &mut described_here);
        }
        self.codes(row, place);
    }

    fn command(&mut self, command: &command::Command, place: &Place) {
        self.end_block();
        self.open_run(Run {
            tool: command.tool.to_owned(),
            action: command.action.clone(),
            argument: command.argument.clone(),
            program: command.program.clone(),
            place: place.clone(),
            typed: true,
            // What `echo` prints is what somebody typed.
            foreign: command.program == "echo",
            ..Run::default()
        });
        let fields = [("tool", command.tool), ("action", &command.action), ("argument", &command.argument)];
        let fields = fields.into_iter().map(|(n, v)| (n, v.to_owned())).collect();
        self.push_fact("command", fields, String::new(), place);
        self.typo(command, place);
    }

    /// A program or option that only almost exists.
    fn typo(&mut self, command: &command::Command, place: &Place) {
        let programs = ["cscript", "wscript", "slmgr", "ospp"];
        let mut found = command::meant(&command.program, programs.into_iter()).map(|m| (command.program.clone(), m.to_owned()));
        if found.is_none() && matches!(command.tool, "slmgr" | "ospp") && !command.action.is_empty() {
            let options = self.knowledge.options(command.tool);
            let known = options.contains(&command.action);
            let meant = command::meant(&command.action, options.iter().map(String::as_str)).filter(|_| !known);
            found = meant.map(|m| (command.action.clone(), m.to_owned()));
        }
        if let Some((word, meant)) = found {
            self.push_fact("command-typo", BTreeMap::from([("word", word), ("meant", meant)]), String::new(), place);
        }
    }

    fn reading(&mut self, reading: &Reading, place: &Place, described: &mut bool) {
        let Some(message) = self.knowledge.messages.messages.get(reading.message) else { return };
        let (tool, actions, id) = (message.tool.clone(), message.actions.clone(), message.id.clone());
        let mut fields = reading.fields.clone();
        let Some(kind) = reading.kind else {
            return;
        };
        match kind {
            "banner" => {
                // The prompt's own banner names the build.
                if let Some(version) = reading.fields.get("version").filter(|_| reading.fields.get("tool").is_some_and(|t| t == "cmd")) {
                    self.push_fact("os-version", BTreeMap::from([("version", version.clone())]), id, place);
                }
                return self.banner(place);
            }
            "frame" => return self.frame(reading.fields.get("part").map_or("", String::as_str), place),
            "foreign-program" => {
                self.require_run("", &[], kind, place);
                if let Some(run) = self.current() {
                    run.foreign = true;
                }
            }
            // The sentence of a code that stands beside it says nothing new.
            "error-described" if *described || self.code_just_stated(place) => return,
            "error-described" => *described = true,
            _ => {}
        }
        if kind == "operation-result" {
            return self.operation(fields.get("ok").is_some_and(|ok| ok == "yes"), id, place);
        }
        // Another program's generic "Error: 0x…" has the same shape as slmgr's.
        if kind == "license-status-number" {
            return self.status_number(&fields, id, place);
        }
        let generic = matches!(kind, "error-reported" | "error-hint" | "elevation-needed" | "access-denied");
        let elsewhere = self.current().is_some_and(|r| !r.closed && (r.foreign || r.typed && r.tool == "other"));
        if tool != "foreign" && !(generic && elsewhere) {
            self.require_run(&tool, &actions, kind, place);
        }
        self.listed |= tool == "wmi";
        if kind == "error-reported" {
            self.decimal_code(&mut fields, place);
        }
        self.statement(kind, fields, id, place);
    }

    /// WMI prints the status as a number.
    fn status_number(&mut self, fields: &BTreeMap<&'static str, String>, id: String, place: &Place) {
        const STATUS: [&str; 7] =
            ["unlicensed", "licensed", "oob-grace", "oot-grace", "non-genuine-grace", "notification", "extended-grace"];
        let number = fields.get("number").and_then(|n| n.parse::<usize>().ok());
        let Some(status) = number.and_then(|n| STATUS.get(n)) else { return };
        self.require_run("wmi", &["wmi".to_owned()], "license-status", place);
        self.listed = true;
        self.statement("license-status", BTreeMap::from([("status", (*status).to_owned())]), id, place);
    }

    /// `Success : True` says what the command before it has done; without a command it says nothing.
    fn operation(&mut self, good: bool, id: String, place: &Place) {
        let Some(run) = self.current().filter(|r| r.typed && r.tool == "slmgr") else { return };
        let (action, host) = (run.action.clone(), run.argument.clone());
        let kind = if good { property::done(&action) } else { Some("activation-failed").filter(|_| action == "ato") };
        let fields = if kind == Some("kms-name-set") { BTreeMap::from([("host", host)]) } else { BTreeMap::new() };
        if let Some(kind) = kind {
            self.statement(kind, fields, id, place);
        }
    }

    /// Windows 8 and later print positive error numbers in decimal: `Error: 5 Access denied`.
    fn decimal_code(&mut self, fields: &mut BTreeMap<&'static str, String>, place: &Place) {
        let Some(number) = fields.get("code").and_then(|c| c.parse::<u32>().ok()) else { return };
        let code = format!("0x{number:X}");
        fields.insert("code", code.clone());
        let role = if self.current().is_some_and(|r| r.foreign) { CodeRole::Foreign } else { CodeRole::Failure };
        let run = self.run.unwrap_or(0);
        self.out.codes.push(CodeUse { code, role, place: place.clone(), run, product: self.product, mention: false });
    }

    /// A script host's banner begins a run unless the current one has printed nothing yet.
    fn banner(&mut self, place: &Place) {
        let fresh = self.current().is_some_and(|r| !r.has_output);
        if !fresh {
            self.open_run(Run { place: place.clone(), ..Run::default() });
            self.end_block();
        }
    }

    fn frame(&mut self, part: &str, place: &Place) {
        self.end_block();
        if part == "processing" {
            let fresh = self.current().is_some_and(|r| !r.has_output && !r.framed);
            if !fresh {
                self.open_run(Run { place: place.clone(), ..Run::default() });
            }
            if let Some(run) = self.current() {
                run.framed = true;
                if run.tool.is_empty() || run.tool == "other" {
                    run.tool = "ospp".to_owned();
                }
            }
        } else if let Some(run) = self.current() {
            run.closed = true;
            let empty = run.framed && !run.has_output;
            if empty {
                self.push_fact("empty-run", BTreeMap::from([("tool", "ospp".to_owned())]), String::new(), place);
            }
        }
    }

    /// Makes sure that a statement of `tool` has a run it can belong to.
    fn require_run(&mut self, tool: &str, actions: &[String], kind: &str, place: &Place) {
        let of_tool = matches!(tool, "slmgr" | "ospp" | "quoted" | "diag" | "mgadiag" | "wmi");
        let named = run_tool(tool, kind);
        let goes_on = self.current().is_some_and(|run| property::goes_on(run, tool, kind));
        let fits = goes_on
            || self.current().is_some_and(|run| {
                let same_tool = !of_tool
                    || run.tool.is_empty()
                    || run.tool == named
                    || run.typed && diagnostic(&run.tool) == diagnostic(named)
                    || run.typed && run.tool == "other" && !run.foreign;
                let again = kind == "activation-attempted" && run.attempted && named == "slmgr";
                same_tool && !run.closed && !again && run.allows(actions)
            });
        if !fits {
            self.end_block();
            self.open_run(Run { place: place.clone(), ..Run::default() });
        }
        if let Some(run) = self.current() {
            if of_tool && (run.tool.is_empty() || run.tool == "other") {
                run.tool = named.to_owned();
            }
            if !goes_on {
                run.narrow(actions);
            }
            run.has_output = true;
            run.attempted |= kind == "activation-attempted" || kind == "activation-succeeded";
        }
    }

    /// Files a fact under the run and the product block at hand.
    fn statement(&mut self, kind: &'static str, mut fields: BTreeMap<&'static str, String>, message: String, place: &Place) {
        if kind == "dns-address" {
            fields.insert("of", lookup::owner(self.out.facts.last(), place).to_owned());
        }
        if kind == "time-zone" {
            fields.extend(fields.get("name").and_then(|n| lookup::is_utc8(n)).map(|is| ("utc8", is.to_owned())));
        }
        if self.run.is_none() {
            self.open_run(Run { place: place.clone(), ..Run::default() });
        }
        if let Some(run) = self.current() {
            run.has_output = true;
        }
        if kind == "service-version" {
            self.service_version = fields.get("version").cloned().unwrap_or_default();
            let listed = self.product.filter(|_| self.listed).and_then(|p| self.out.products.get_mut(p));
            if let Some(product) = listed {
                product.service_version = std::mem::take(&mut self.service_version);
            }
        }
        let opens = if self.listed {
            property::opens(self.product.is_some(), &self.block, kind)
        } else {
            HEAD.contains(&kind) && (self.product.is_none() || self.block_is_over(kind))
        };
        if opens {
            self.open_product();
        }
        if self.product.is_some() {
            self.block.push(kind);
        }
        self.describe(kind, &fields);
        self.outcome(kind, &message, place);
        self.push_fact(kind, fields, message, place);
    }

    /// Whether a head fact belongs to the next block: this one has it already, or is past its head.
    fn block_is_over(&self, kind: &str) -> bool {
        if kind == "activation-attempted" {
            return true;
        }
        let past_head = self.block.iter().any(|k| {
            matches!(*k, "license-status" | "partial-key" | "error-reported" | "activation-succeeded" | "expiry" | "permanently-activated")
        });
        let slmgr = self.run.and_then(|r| self.out.runs.get(r)).is_some_and(|r| r.tool == "slmgr");
        // slmgr prints AD and KMS identifiers behind the status; only a name opens its next block.
        self.block.contains(&kind) || past_head && (!slmgr || kind == "product-name")
    }

    fn open_product(&mut self) {
        let family = match self.current().map(|r| r.tool.clone()).as_deref() {
            Some("ospp") => "office",
            Some("slmgr" | "wmi") => "windows",
            _ => "other",
        };
        let service_version = if family == "windows" { self.service_version.clone() } else { String::new() };
        self.out.products.push(Product {
            family: family.to_owned(),
            service_version,
            kms_source: "unknown".to_owned(),
            ..Product::default()
        });
        self.product = Some(self.out.products.len() - 1);
        self.block.clear();
        let product = self.product;
        if let Some(run) = self.current() {
            run.product = run.product.or(product);
        }
    }

    fn end_block(&mut self) {
        self.listed = false;
        self.product = None;
        self.block.clear();
    }

    /// Copies identifying values into the product.
    fn describe(&mut self, kind: &str, fields: &BTreeMap<&'static str, String>) {
        let Some(product) = self.product.and_then(|p| self.out.products.get_mut(p)) else { return };
        let value = |name: &str| fields.get(name).cloned().unwrap_or_default();
        match kind {
            "product-name" => name_product(product, value("name")),
            "activation-attempted" => {
                name_product(product, value("name"));
                product.activation_id = value("id");
            }
            "product-description" => {
                let description = value("description");
                product.channel = channel_of(&description);
                if description.contains("Office") {
                    product.family = "office".to_owned();
                } else if description.contains("Windows") {
                    product.family = "windows".to_owned();
                }
            }
            "activation-id" => product.activation_id = value("id"),
            "application-id" => {
                if let Some(family) = shape::family_of_application(&value("id")) {
                    product.family = family.to_owned();
                }
            }
            "key-channel" => product.key_channel = value("channel"),
            "partial-key" => product.partial_key = value("key"),
            "license-not-in-use" => product.not_in_use = true,
            _ => {}
        }
    }

    /// What a statement says about the run's outcome: the last one counts, failures over displays.
    fn outcome(&mut self, kind: &str, message: &str, place: &Place) {
        let Some(outcome) = outcome_of(kind) else { return };
        let Some(run) = self.current() else { return };
        if outcome == Outcome::Info && run.outcome != Outcome::Unknown {
            return;
        }
        run.outcome = outcome;
        run.message = message.to_owned();
        run.evidence = Some(place.clone());
    }

    fn codes(&mut self, row: &RowRead, place: &Place) {
        for mention in &row.codes {
            if self.run.is_none() {
                self.open_run(Run { place: place.clone(), ..Run::default() });
            }
            let covering = row.readings.iter().find(|r| r.range.contains(&mention.start));
            let role = self.role(&mention.code, covering, row);
            let printed = covering.is_some_and(|r| r.kind.is_some());
            let run = self.run.unwrap_or(0);
            if let Some(run) = self.current() {
                run.has_output = true;
            }
            let mut place = place.clone();
            let start = place.text.0 + mention.start;
            place.text = (start, start + (mention.end - mention.start));
            self.out.codes.push(CodeUse { code: mention.code.clone(), role, place, run, product: self.product, mention: !printed });
        }
    }

    fn role(&self, code: &str, covering: Option<&Reading>, row: &RowRead) -> CodeRole {
        match row.event {
            Some(RecordBy::Licensing) => return CodeRole::Information,
            Some(RecordBy::Other) => return CodeRole::Foreign,
            None => {}
        }
        let run = self.run.and_then(|r| self.out.runs.get(r));
        if run.is_some_and(|r| r.foreign) {
            return CodeRole::Foreign;
        }
        if code::is_informational(code) {
            return CodeRole::Information;
        }
        let before = row.text.get(..row.codes.iter().find(|c| c.code == code).map_or(0, |c| c.start)).unwrap_or_default();
        let lower = before.to_ascii_lowercase();
        let tail: String = lower.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
        let in_hint = tail.contains("slui") || tail.contains("0x2a") || tail.contains("ddescr") || tail.contains("#error");
        if lower.contains("n/a,") && tail.contains("hr") {
            return CodeRole::Information;
        }
        // `ReferenceId: 0x…` of w32tm, `Architecture: 0x…` of MGADiag and the like are numbers of another kind.
        let tool = covering.and_then(|r| self.knowledge.messages.messages.get(r.message)).map_or("", |m| m.tool.as_str());
        if covering.is_some_and(|r| r.kind.is_none()) && matches!(tool, "diag" | "wmi" | "shell" | "foreign" | "mgadiag") {
            return CodeRole::Foreign;
        }
        let in_noise = covering.is_some_and(|r| r.kind.is_none() || r.kind == Some("error-hint"));
        if in_hint || in_noise { CodeRole::Hint } else { CodeRole::Failure }
    }

    /// Whether a code was stated within the two rows before `place`.
    fn code_just_stated(&self, place: &Place) -> bool {
        self.out
            .codes
            .last()
            .is_some_and(|c| c.place.file == place.file && c.place.last_line + 2 >= place.line && c.role != CodeRole::Foreign)
    }

    /// The newest statement wins, so the oldest ones go first. Every file that loses one is noted.
    fn forget_oldest(&mut self) {
        let forgotten = self.out.facts.drain(..FACTS_MAX / 2);
        self.out.cut_files.extend(forgotten.map(|f| f.place.file));
        let codes = self.out.codes.len().saturating_sub(FACTS_MAX / 2);
        self.out.cut_files.extend(self.out.codes.drain(..codes).map(|c| c.place.file));
    }

    fn open_run(&mut self, run: Run) {
        self.out.runs.push(run);
        self.run = Some(self.out.runs.len() - 1);
    }

    fn current(&mut self) -> Option<&mut Run> {
        self.run.and_then(|r| self.out.runs.get_mut(r))
    }

    fn push_fact(&mut self, kind: &'static str, fields: BTreeMap<&'static str, String>, message: String, place: &Place) {
        debug_assert!(fact::definition(kind).is_some(), "{kind} is not in the vocabulary");
        if self.out.facts.len() >= FACTS_MAX {
            self.forget_oldest();
        }
        let run = self.run.unwrap_or(0);
        self.out.facts.push(Fact { kind, fields, place: place.clone(), run, product: self.product, message, superseded: false });
    }
}
