//! Explains one thing that the program knows: an error code, a cause, a remedy, a check, a rule, or a
//! message. The question is an id or printed words; the answer has no state of any computer in it.

mod near;

pub use near::suggestions;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::assemble::Assembler;
use crate::code::{self, CodeEntry};
use crate::decide::Placeholders;
use crate::fold::{Folded, fold};
use crate::knowledge::{Cause, Check, Knowledge, Remedy};
use crate::lines::width;
use crate::message::Message;
use crate::rule::Rule;

/// One line of an explanation.
#[derive(Debug, Clone)]
struct Row {
    /// Stable name, for JSON.
    key: &'static str,
    /// The name in the reader's language.
    label: String,
    values: Vec<Item>,
}

/// One value: words, or an id with words about it.
#[derive(Debug, Clone)]
struct Item {
    /// Empty for plain words.
    id: String,
    text: String,
}

impl Item {
    fn id(id: &str, text: &str) -> Self {
        Self { id: id.to_owned(), text: text.to_owned() }
    }

    /// `R02  Connect to the campus network`.
    fn line(&self) -> String {
        let gap = if self.id.is_empty() || self.text.is_empty() { "" } else { "  " };
        format!("{}{gap}{}", self.id, self.text)
    }

    fn json(&self) -> Value {
        if self.id.is_empty() { json!(self.text) } else { json!({ "id": self.id, "text": self.text }) }
    }
}

impl From<String> for Item {
    fn from(text: String) -> Self {
        Self { id: String::new(), text }
    }
}

impl From<&str> for Item {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

/// What is known about one thing, in one language.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// `code`, `cause`, `event`, `remedy`, `check`, `rule` or `message`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// The id with what kind of thing it is, in the reader's language.
    heading: String,
    rows: Vec<Row>,
}

impl Explanation {
    /// Aligned text, one value a line. A long label stands on a line of its own.
    #[must_use]
    pub fn text(&self) -> String {
        let fits = |label: &str| width(label) <= LABEL_COLUMNS_MAX;
        let column = self.rows.iter().filter(|r| fits(&r.label)).map(|r| width(&r.label)).max().unwrap_or(0) + 2;
        let mut out = format!("{}\n", self.heading);
        for row in &self.rows {
            let mut label = row.label.as_str();
            if !fits(label) {
                out.push_str(label);
                out.push('\n');
                label = "";
            }
            for value in &row.values {
                out.push_str(label);
                out.push_str(&" ".repeat(column.saturating_sub(width(label))));
                out.push_str(&value.line());
                out.push('\n');
                label = "";
            }
        }
        out
    }

    /// What the first row says: the name to list it under.
    #[must_use]
    pub fn title(&self) -> String {
        self.rows.first().and_then(|r| r.values.first()).map(Item::line).unwrap_or_default()
    }

    /// For templates: rows with label and values. `page` gives the address of the entry of a kind and id.
    pub(crate) fn view(&self, knowledge: &Knowledge, page: impl Fn(&str, &str) -> String) -> Value {
        let value = |row: &Row, item: &Item| {
            let command = row.key == "commands" && item.id.is_empty();
            let id = if item.id.is_empty() { &item.text } else { &item.id };
            let href = kind_of(knowledge, row.key, id).map(|kind| page(kind, id));
            json!({ "id": item.id, "text": item.text, "href": href, "command": command, "web": false })
        };
        let source = |(text, url): (&str, Option<&str>)| json!({ "id": "", "text": text, "href": url, "command": false, "web": true });
        let values = |row: &Row| -> Vec<Value> {
            match row.key {
                "source" => row.values.iter().flat_map(|v| knowledge.sources.parts(&v.text)).map(source).collect(),
                _ => row.values.iter().map(|v| value(row, v)).collect(),
            }
        };
        let row = |row: &Row| json!({ "label": row.label, "values": values(row) });
        json!({ "heading": self.heading, "title": self.title(), "rows": self.rows.iter().map(row).collect::<Vec<_>>() })
    }

    /// The same as an object; rows that may hold several values are always lists.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("kind".to_owned(), json!(self.kind));
        object.insert("id".to_owned(), json!(self.id));
        for row in &self.rows {
            let values: Vec<Value> = row.values.iter().map(Item::json).collect();
            let value = if LISTS.contains(&row.key) { json!(values) } else { values.into_iter().next().unwrap_or_default() };
            object.insert(row.key.to_owned(), value);
        }
        Value::Object(object)
    }
}

/// Labels wider than this would push all values to the right edge.
const LABEL_COLUMNS_MAX: usize = 24;

/// Rows that are lists in JSON.
const LISTS: [&str; 11] =
    ["site", "rules", "rivals", "remedies", "admin-remedies", "commands", "codes", "causes", "facts", "wordings", "checks"];

/// Explains `what`: a code in any form, an id in any case, or words as printed. `None` when nothing is
/// known about it.
#[must_use]
pub fn explain(knowledge: &Knowledge, what: &str, locale: &str) -> Option<Explanation> {
    let what = what.trim();
    let page = Page { knowledge, locale };
    let same = |id: &str| id.eq_ignore_ascii_case(what);
    if let Some(named) = explain_named(knowledge, what, locale) {
        return Some(named);
    }
    let messages = &knowledge.messages.messages;
    let constant = |m: &Message| m.id.split_once('.').is_some_and(|id| same(id.1));
    let by_id = messages.iter().position(|m| same(&m.id)).or_else(|| messages.iter().position(|m| m.id.contains("L_Msg") && constant(m)));
    match by_id {
        Some(index) => page.message(index, None),
        None => page.sentence(what),
    }
}

/// [`explain`] for codes, events and ids: all that needs no messages, which take half of the time to load.
#[must_use]
pub fn explain_named(knowledge: &Knowledge, what: &str, locale: &str) -> Option<Explanation> {
    let what = what.trim();
    let page = Page { knowledge, locale };
    let same = |id: &str| id.eq_ignore_ascii_case(what);
    if let Some(cause) = knowledge.causes.values().find(|c| same(&c.id)) {
        return Some(page.cause(cause));
    }
    if let Some(remedy) = knowledge.remedies.values().find(|r| same(&r.id)) {
        return Some(page.remedy(remedy));
    }
    if let Some(check) = knowledge.checks.iter().find(|c| same(&c.id)) {
        return Some(page.check(check));
    }
    if let Some(rule) = knowledge.rules.values().find(|r| same(&r.id)) {
        return Some(page.rule(rule));
    }
    if let Some(entry) = code_in(knowledge, what) {
        return Some(page.code(entry));
    }
    event_in(what).and_then(|id| page.event(id))
}

/// `12288`, `event 12288`.
fn event_in(what: &str) -> Option<u32> {
    let digits = what.rsplit([' ', '#']).next()?;
    digits.parse().ok()
}

/// Everything that has a page of its own in the encyclopaedia, as kind and id, in a fixed order.
#[must_use]
pub fn entries(knowledge: &Knowledge) -> Vec<(&'static str, String)> {
    let causes = knowledge.causes.keys().map(|id| ("cause", id.clone()));
    let codes = knowledge.codes.iter().map(|c| ("code", c.code.clone()));
    let events = knowledge.events.ids().into_iter().map(|id| ("event", id.to_string()));
    let remedies = knowledge.remedies.keys().map(|id| ("remedy", id.clone()));
    let checks = knowledge.checks.iter().map(|c| ("check", c.id.clone()));
    let rules = knowledge.rules.keys().map(|id| ("rule", id.clone()));
    causes.chain(codes).chain(events).chain(remedies).chain(checks).chain(rules).collect()
}

/// Whether `kind` and `id` are one of [`entries`].
pub(crate) fn is_entry(knowledge: &Knowledge, kind: &str, id: &str) -> bool {
    match kind {
        "cause" => knowledge.causes.contains_key(id),
        "code" => knowledge.codes.get(id).is_some(),
        "event" => id.parse().is_ok_and(|id| knowledge.events.of_id(id).next().is_some()),
        "remedy" => knowledge.remedies.contains_key(id),
        "check" => knowledge.checks.iter().any(|c| c.id == id),
        "rule" => knowledge.rules.contains_key(id),
        _ => false,
    }
}

/// Explains one of [`entries`].
#[must_use]
pub fn entry(knowledge: &Knowledge, kind: &str, id: &str, locale: &str) -> Option<Explanation> {
    let page = Page { knowledge, locale };
    match kind {
        "cause" => knowledge.causes.get(id).map(|c| page.cause(c)),
        "code" => knowledge.codes.get(id).map(|c| page.code(c)),
        "event" => page.event(id.parse().ok()?),
        "remedy" => knowledge.remedies.get(id).map(|r| page.remedy(r)),
        "check" => knowledge.checks.iter().find(|c| c.id == id).map(|c| page.check(c)),
        "rule" => knowledge.rules.get(id).map(|r| page.rule(r)),
        _ => None,
    }
}

/// The kind of entry that an id in a row names.
fn kind_of(knowledge: &Knowledge, key: &str, id: &str) -> Option<&'static str> {
    match key {
        "cause" | "causes" | "rivals" if knowledge.causes.contains_key(id) => Some("cause"),
        "code" | "codes" if knowledge.codes.get(id).is_some() => Some("code"),
        "remedies" | "admin-remedies" if knowledge.remedies.contains_key(id) => Some("remedy"),
        "checks" if knowledge.checks.iter().any(|c| c.id == id) => Some("check"),
        "rules" if knowledge.rules.contains_key(id) => Some("rule"),
        _ => None,
    }
}

/// The code that `what` is, if it is nothing else: `0Xc004f074`, `C004F074`, `-1073418124`, `5`.
fn code_in<'k>(knowledge: &'k Knowledge, what: &str) -> Option<&'k CodeEntry> {
    let whole = code::parse_prefix(what).filter(|(_, used)| *used == what.len()).map(|c| c.0);
    let hex = || (what.len() == 8 && what.bytes().all(|b| b.is_ascii_hexdigit())).then(|| code::canonical(what));
    let decimal = || what.parse::<i64>().ok().and_then(of_decimal);
    let known = |code: String| knowledge.codes.get(&code);
    whole.and_then(known).or_else(|| hex().and_then(known)).or_else(|| decimal().and_then(known))
}

/// `-1073418124` and `3221549172` → `0xC004F074`.
fn of_decimal(value: i64) -> Option<String> {
    let word = if value < 0 { i32::try_from(value).ok()?.cast_unsigned() } else { u32::try_from(value).ok()? };
    Some(if word > 0xffff { format!("0x{word:08X}") } else { format!("0x{word:X}") })
}

/// `0xC004F074` → `-1073418124`, the form that `WScript` and PowerShell print.
fn decimal_form(code: &str) -> Option<String> {
    let word = u32::from_str_radix(code.trim_start_matches("0x"), 16).ok()?;
    Some(word.cast_signed().to_string())
}

/// Collects rows, leaving out empty ones.
struct Rows(Vec<Row>);

impl Rows {
    fn one(&mut self, key: &'static str, label: &str, value: impl Into<Item>) {
        self.many(key, label, vec![value.into()]);
    }

    fn many(&mut self, key: &'static str, label: &str, values: Vec<Item>) {
        let values: Vec<Item> = values.into_iter().filter(|v| !v.line().is_empty()).collect();
        if !values.is_empty() {
            self.0.push(Row { key, label: label.to_owned(), values });
        }
    }
}

/// Builds explanations in one language.
struct Page<'k> {
    knowledge: &'k Knowledge,
    locale: &'k str,
}

impl Page<'_> {
    fn word(&self, key: &str) -> &str {
        self.knowledge.word(self.locale, key)
    }

    fn actor(&self, who: &str) -> String {
        if who.is_empty() { String::new() } else { self.word(&format!("actor-{who}")).to_owned() }
    }

    /// Commands of the data with `<kms-host>` where a case would put its own host.
    fn fill(&self, text: &str) -> String {
        Placeholders::from(self.knowledge, &Assembler::new(self.knowledge).finish(), None).fill(text)
    }

    fn finish(&self, kind: &'static str, id: &str, rows: Rows) -> Explanation {
        let heading = format!("{}{}{id}", self.word(&format!("explain-{kind}")), self.word("colon"));
        Explanation { kind, id: id.to_owned(), heading, rows: rows.0 }
    }

    /// `kms-unreachable  KMS host not reached`; nothing for a code that names no cause.
    fn named_cause(&self, id: &str) -> Item {
        Item::id(id, self.knowledge.cause_title(id, self.locale))
    }

    fn remedies(&self, ids: &[String]) -> Vec<Item> {
        let title = |id: &String| self.knowledge.remedies.get(id).map_or("", |r| r.texts.get(self.locale).title.as_str());
        ids.iter().map(|id| Item::id(id, title(id))).collect()
    }

    fn code(&self, entry: &CodeEntry) -> Explanation {
        let mut rows = Rows(Vec::new());
        rows.one("meaning", self.word("explain-meaning"), entry.meaning(self.locale));
        if entry.role == "information" || code::is_informational(&entry.code) {
            rows.one("note", self.word("th-reason"), self.word("explain-informational"));
        }
        rows.one("symbol", self.word("explain-symbol"), entry.symbol.as_str());
        rows.one("decimal", self.word("explain-decimal"), decimal_form(&entry.code).unwrap_or_default());
        rows.one("applies", self.word("explain-applies"), entry.applies.as_str());
        rows.one("family", self.word("explain-family"), self.word(&format!("code-family-{}", entry.family)));
        if !entry.cause.is_empty() {
            rows.one("cause", self.word("explain-likely-cause"), self.named_cause(&entry.cause));
            rows.one("certainty", self.word("certainty-label"), self.word(&format!("certainty-{}", entry.certainty)));
        }
        rows.many("rivals", self.word("explain-rivals"), entry.rivals.iter().map(|r| self.named_cause(r)).collect());
        rows.many("remedies", self.word("explain-remedies"), self.remedies(&entry.remedies));
        rows.one("who", self.word("explain-who"), self.actor(&entry.who));
        rows.one("sure", self.word("explain-sure"), self.word(&format!("explain-sure-{}", entry.sure)));
        rows.one("source", self.word("explain-source"), entry.source.as_str());
        rows.one("read", self.word("explain-read"), entry.read.as_str());
        self.finish("code", &entry.code, rows)
    }

    fn cause(&self, cause: &Cause) -> Explanation {
        let text = cause.texts.get(self.locale);
        let mut rows = Rows(Vec::new());
        rows.one("title", self.word("explain-title"), text.title.as_str());
        rows.one("meaning", self.word("explain-meaning"), text.why.as_str());
        rows.one("note", self.word("heading-local-note"), text.local_note.as_str());
        rows.one("who", self.word("explain-who"), self.actor(&cause.actor));
        rows.many("remedies", self.word("explain-remedies"), self.remedies(&cause.steps));
        rows.many("admin-remedies", self.word("heading-admin"), self.remedies(&cause.admin_steps));
        rows.many("commands", self.word("heading-next-evidence"), cause.next_evidence.iter().map(|c| self.fill(c).into()).collect());
        rows.many("checks", self.word("explain-check"), cause.checks.iter().map(|id| self.named_check(id)).collect());
        let rules = self.knowledge.rules.values().filter(|r| r.cause == cause.id && r.status != "retired");
        rows.many("rules", self.word("explain-rules"), rules.map(|r| Item::id(&r.id, &r.about)).collect());
        let codes = self.knowledge.codes.iter().filter(|c| c.cause == cause.id && c.sure != "symbol");
        rows.many("codes", self.word("explain-codes"), codes.map(|c| Item::id(&c.code, &c.symbol)).collect());
        rows.one("source", self.word("explain-source"), cause.source.as_str());
        rows.one("read", self.word("explain-read"), cause.read.as_str());
        self.finish("cause", &cause.id, rows)
    }

    fn remedy(&self, remedy: &Remedy) -> Explanation {
        let text = remedy.texts.get(self.locale);
        let mut rows = Rows(Vec::new());
        rows.one("title", self.word("explain-title"), text.title.as_str());
        rows.one("meaning", self.word("explain-meaning"), self.fill(&text.step));
        rows.many("commands", self.word("explain-commands"), remedy.all_commands().map(|c| self.fill(c).into()).collect());
        rows.one("expect", self.word("check-pass"), self.fill(&text.expect));
        rows.one("if-not", self.word("check-fail"), self.fill(&text.if_not));
        let school = crate::report::site_lines(self.knowledge, remedy, self.locale);
        rows.many("site", self.word("site-profile"), school.into_iter().map(Item::from).collect());
        rows.one("who", self.word("explain-who"), self.actor(&remedy.who));
        let tags = [(remedy.elevated, "tag-elevated"), (remedy.reboot, "tag-reboot")];
        let mut notes: Vec<String> = tags.iter().filter(|t| t.0).map(|t| self.word(t.1).to_owned()).collect();
        notes.push(self.word("tag-risk").replace("{risk}", self.word(&format!("risk-{}", remedy.risk))));
        rows.one("note", self.word("th-reason"), notes.join(" · "));
        let causes = self.knowledge.causes.values().filter(|c| c.steps.contains(&remedy.id) || c.admin_steps.contains(&remedy.id));
        rows.many("causes", self.word("explain-used-by"), causes.map(|c| self.named_cause(&c.id)).collect());
        rows.one("source", self.word("explain-source"), remedy.source.as_str());
        self.finish("remedy", &remedy.id, rows)
    }

    fn named_check(&self, id: &str) -> Item {
        let check = self.knowledge.checks.iter().find(|c| c.id == id);
        Item::id(id, check.map_or("", |c| c.texts.get(self.locale).label.as_str()))
    }

    fn event(&self, id: u32) -> Option<Explanation> {
        let mut rows = Rows(Vec::new());
        for meaning in self.knowledge.events.of_id(id) {
            let words = meaning.words.get(self.locale);
            let versions = match meaning.windows() {
                "" => String::new(),
                "7-" => format!(" ({})", self.word("explain-windows-old")),
                _ => format!(" ({})", self.word("explain-windows-new")),
            };
            rows.one("title", self.word("explain-title"), format!("{}{versions}", words.title));
            rows.one("meaning", self.word("explain-meaning"), words.text.as_str());
            rows.one("applies", self.word("explain-applies"), meaning.providers().join(", "));
            rows.one("fields", self.word("explain-fields"), meaning.field_names().join(", "));
            rows.many("facts", self.word("explain-fact"), meaning.fact().into_iter().map(Item::from).collect());
            let of_fact = |r: &&Rule| meaning.fact().is_some_and(|fact| r.all.iter().any(|w| w.fact == fact));
            let causes: BTreeSet<&str> = self.knowledge.rules.values().filter(of_fact).map(|r| r.cause.as_str()).collect();
            rows.many("causes", self.word("explain-used-by"), causes.into_iter().map(|c| self.named_cause(c)).collect());
        }
        (!rows.0.is_empty()).then(|| self.finish("event", &id.to_string(), rows))
    }

    fn check(&self, check: &Check) -> Explanation {
        let text = check.texts.get(self.locale);
        let mut rows = Rows(Vec::new());
        rows.one("title", self.word("explain-title"), text.label.as_str());
        rows.many("commands", self.word("explain-commands"), vec![self.fill(&check.ask).into()]);
        let facts = check.pass.iter().map(|w| (w, "check-pass")).chain(check.fail.iter().map(|w| (w, "check-fail")));
        rows.many("facts", self.word("explain-fact"), facts.map(|(w, key)| Item::id(&w.fact, self.word(key))).collect());
        let causes = self.knowledge.causes.values().filter(|c| c.checks.contains(&check.id));
        rows.many("causes", self.word("explain-used-by"), causes.map(|c| self.named_cause(&c.id)).collect());
        self.finish("check", &check.id, rows)
    }

    fn rule(&self, rule: &Rule) -> Explanation {
        let mut rows = Rows(Vec::new());
        rows.one("meaning", self.word("explain-meaning"), rule.about.as_str());
        let side = if rule.against { "evidence-against" } else { "evidence-for" };
        rows.one("cause", self.word("explain-cause"), self.named_cause(&rule.cause));
        rows.one("side", self.word("heading-evidence"), self.word(side));
        rows.one("certainty", self.word("certainty-label"), self.word(&format!("certainty-{}", rule.certainty.word())));
        rows.many("facts", self.word("explain-fact"), rule.all.iter().map(|w| Item::id(&w.fact, &w.role)).collect());
        rows.one("source", self.word("explain-source"), rule.source.as_str());
        rows.one("read", self.word("explain-read"), rule.read.as_str());
        self.finish("rule", &rule.id, rows)
    }

    /// The message that printed words are. Several lines are tried one by one, and the first message
    /// that states something is the answer.
    fn sentence(&self, what: &str) -> Option<Explanation> {
        let book = &self.knowledge.messages;
        let lines = || what.lines().map(str::trim).filter(|l| !l.is_empty());
        let readings: Vec<_> = lines().flat_map(|l| book.read(l, &Folded::new(l), "", &[])).collect();
        let best = readings.iter().find(|r| r.kind.is_some()).or_else(|| readings.first());
        let told = lines().flat_map(code::scan).find_map(|m| self.knowledge.codes.get(&m.code));
        match best {
            Some(reading) => {
                let stated = reading.fields.get("code").and_then(|c| self.knowledge.codes.get(c));
                self.message(reading.message, stated.or(told))
            }
            None => told.map(|entry| self.code(entry)).or_else(|| self.part_of_wording(what)),
        }
    }

    /// Words that are only a part of a message: at least a handful of characters, to mean one of them.
    fn part_of_wording(&self, what: &str) -> Option<Explanation> {
        let wanted = fold(what);
        if wanted.chars().count() < 5 {
            return None;
        }
        let book = &self.knowledge.messages;
        let index = (0..book.messages.len()).find(|i| book.wordings_of(*i).any(|w| fold(w.2).contains(&wanted)))?;
        self.message(index, None)
    }

    fn message(&self, index: usize, code: Option<&CodeEntry>) -> Option<Explanation> {
        let book = &self.knowledge.messages;
        let message = book.messages.get(index)?;
        let mut rows = Rows(Vec::new());
        let kind = message.states.as_ref().map(|s| s.kind);
        rows.many("facts", self.word("explain-fact"), kind.into_iter().map(Item::from).collect());
        let of_message = || self.knowledge.codes.get(message.id.split_once('.')?.1);
        if let Some(entry) = code.or_else(of_message) {
            rows.one("code", self.word("explain-code"), entry.code.as_str());
            rows.one("meaning", self.word("explain-meaning"), entry.meaning(self.locale));
            rows.one("cause", self.word("explain-likely-cause"), self.named_cause(&entry.cause));
            rows.many("remedies", self.word("explain-remedies"), self.remedies(&entry.remedies));
        }
        let actions = message.actions.iter().map(|a| Item::from(format!("{} /{a}", message.tool)));
        rows.many("commands", self.word("explain-commands"), actions.collect());
        let rules = self.knowledge.rules.values().filter(|r| kind.is_some_and(|k| r.all.iter().any(|w| w.fact == k)));
        let causes: BTreeSet<&str> = rules.map(|r| r.cause.as_str()).collect();
        rows.many("causes", self.word("explain-used-by"), causes.into_iter().map(|c| self.named_cause(c)).collect());
        let wordings = book.wordings_of(index).map(|(locale, _, text)| Item::id(locale, text));
        rows.many("wordings", self.word("heading-as-written"), wordings.collect());
        Some(self.finish("message", &message.id, rows))
    }
}
