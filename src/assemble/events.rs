//! Event readings into facts: pairs requests with their answers, ties them to products by SKU, and lets
//! the newest attempt count.

use std::collections::BTreeMap;

use super::product::Product;
use super::run::Run;
use super::{Assembly, CodeRole, CodeUse};
use crate::catalog::Catalog;
use crate::event::{EventReading, EventRecord, RecordPlace, clock};
use crate::fact::{Fact, Place};
use crate::limits::FACTS_MAX;

/// Facts of one log, in order of time.
pub(super) struct Events<'a> {
    pub(super) out: &'a mut Assembly,
    /// Names the family of an activation ID.
    catalog: &'a Catalog,
    pub(super) file: usize,
    /// Run that the log's facts belong to.
    pub(super) run: usize,
    /// The last request that has no answer yet: fact index, CMID, SKU.
    open: Option<(usize, String, String)>,
}

impl<'a> Events<'a> {
    pub(super) fn new(out: &'a mut Assembly, catalog: &'a Catalog, file: usize) -> Self {
        out.runs.push(Run { tool: "events".to_owned(), place: Place { file, ..Place::default() }, ..Run::default() });
        let run = out.runs.len() - 1;
        Self { out, catalog, file, run, open: None }
    }

    /// Ends the log: marks requests that certainly got no answer.
    pub(super) fn finish(self, records: &[EventRecord]) {
        super::answers::mark(&mut self.out.facts, self.run, records);
    }

    /// Takes in one reading. `sequence` is its place in time.
    pub(super) fn add(&mut self, record: &EventRecord, reading: &EventReading<'_>, sequence: u32) {
        let place = self.place(record, sequence);
        let sku = reading.fields.get("sku").cloned().unwrap_or_default();
        let answered = reading.fact.as_ref().is_some_and(|f| f.0 == "kms-answer");
        let (cmid, sku, needed) = match self.open.take_if(|_| answered) {
            Some((request, cmid, sku)) => {
                let mut needed = String::new();
                if let Some(fact) = self.out.facts.get_mut(request) {
                    fact.fields.insert("answered", "yes".to_owned());
                    fact.field("count").clone_into(&mut needed);
                }
                (cmid, sku, needed)
            }
            None => (String::new(), sku, String::new()),
        };
        let product = self.product(reading, &sku);
        if let Some((kind, mut fields)) = reading.fact.clone() {
            if answered {
                fields.insert("cmid", cmid);
                fields.insert("sku", sku.clone());
                fields.insert("needed", needed);
            }
            stamp(kind, record, &mut fields);
            self.state(kind, &fields, &place, product);
            self.push(kind, fields, &place, product);
        }
        if let Some(code) = &reading.code {
            self.out.codes.push(CodeUse {
                code: code.clone(),
                role: CodeRole::Failure,
                place: place.clone(),
                run: self.run,
                product,
                mention: false,
            });
        }
        self.push("event-seen", BTreeMap::from([("id", record.id.to_string())]), &place, None);
    }

    /// Keeps the number of facts bounded: the newest statement wins, so the oldest ones go first.
    pub(super) fn forget_oldest(&mut self) {
        if self.out.facts.len() < FACTS_MAX {
            return;
        }
        let gone = self.out.facts.len() - FACTS_MAX / 2;
        self.out.cut_files.extend(self.out.facts.drain(..gone).map(|f| f.place.file));
        let codes = self.out.codes.len().saturating_sub(FACTS_MAX / 2);
        self.out.cut_files.extend(self.out.codes.drain(..codes).map(|c| c.place.file));
        // Its request may be gone, or stand elsewhere now.
        self.open = match self.open.take() {
            Some((request, cmid, sku)) => request.checked_sub(gone).map(|request| (request, cmid, sku)),
            None => None,
        };
    }

    fn place(&self, record: &EventRecord, sequence: u32) -> Place {
        let (line, last_line, number) = match record.place {
            RecordPlace::Record(n) => (0, 0, Some(n)),
            RecordPlace::Lines { first, last } => (first, last, record.record_id),
        };
        Place { file: self.file, line, last_line, text: (0, 0), record: number, sequence: Some(sequence) }
    }

    /// The product of a SKU. Without a transcript a request or a licence row is all that names it.
    fn product(&mut self, reading: &EventReading<'_>, sku: &str) -> Option<usize> {
        let fields = &reading.fields;
        let app = fields.get("app").and_then(|a| crate::console::shape::family_of_application(a));
        if sku.is_empty() && (app.is_none() || reading.meaning.role != "license-check") {
            return None;
        }
        let same = |p: &Product| p.activation_id == sku && (!sku.is_empty() || Some(p.family.as_str()) == app);
        if let Some(known) = self.out.products.iter().position(same) {
            return Some(known);
        }
        // A product that needs 25 clients is a Windows client; 5 are servers and Office alike.
        let by_count = fields.get("count-needed").filter(|c| *c == "25").map(|_| "windows");
        let client = reading.meaning.role == "client-request";
        // What the host's log says about is on other computers.
        if reading.meaning.role == "host-request" {
            return None;
        }
        let listed = self.catalog.by_id(sku).map(|l| l.series.family.as_str());
        let family = app.or(listed).or(by_count)?;
        let channel = if client { "VOLUME_KMSCLIENT" } else { "" };
        self.out.products.push(Product {
            family: family.to_owned(),
            activation_id: sku.to_owned(),
            channel: channel.to_owned(),
            kms_source: "unknown".to_owned(),
            ..Product::default()
        });
        Some(self.out.products.len() - 1)
    }

    /// What an event says in the words of the console, so that states need not know events.
    fn state(&mut self, kind: &'static str, fields: &BTreeMap<&'static str, String>, place: &Place, product: Option<usize>) {
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        match kind {
            "kms-request-sent" => {
                self.open = Some((self.out.facts.len(), field("cmid").to_owned(), field("sku").to_owned()));
            }
            "kms-answer" if field("activated") == "yes" => {
                self.push("activation-succeeded", BTreeMap::from([("how", "kms".to_owned())]), place, product);
            }
            "kms-answer" if field("activated") == "no" => self.push("activation-failed", BTreeMap::new(), place, product),
            "license-check" if !field("status").is_empty() => {
                self.push("license-status", BTreeMap::from([("status", field("status").to_owned())]), place, product);
                if !field("minutes").is_empty() {
                    let left = BTreeMap::from([("minutes", field("minutes").to_owned()), ("kind", "volume".to_owned())]);
                    self.push("time-left", left, place, product);
                }
            }
            _ => {}
        }
    }

    fn push(&mut self, kind: &'static str, fields: BTreeMap<&'static str, String>, place: &Place, product: Option<usize>) {
        debug_assert!(crate::fact::definition(kind).is_some(), "{kind} is not in the vocabulary");
        let fact = Fact { kind, fields, place: place.clone(), run: self.run, product, message: String::new(), superseded: false };
        self.out.facts.push(fact);
    }
}

/// When and by whom a record about KMS was written: what tells clocks and computers apart.
fn stamp(kind: &str, record: &EventRecord, fields: &mut BTreeMap<&'static str, String>) {
    if !matches!(kind, "kms-request-sent" | "kms-answer" | "kms-host-request") {
        return;
    }
    if let Some(time) = record.time.as_ref().filter(|t| clock::minutes(t).is_some()) {
        fields.insert("at", time.clone());
    }
    if kind != "kms-answer" && !record.computer.is_empty() {
        fields.insert("by", record.computer.to_ascii_lowercase());
    }
}
