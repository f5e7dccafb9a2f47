//! Reads `grammars/<tool>/messages.toml` and `grammars/<tool>/<locale>.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::slot::SlotType;
use super::template::{Slot, Template};
use super::{Confidence, FieldSource, Message, MessageBook, States, Wording};
use crate::data_error::{DataError, nearest};
use crate::fact;

/// A grammar file as text.
#[derive(Debug, Clone, Copy)]
struct GrammarFile<'a> {
    /// `grammars/slmgr/zh-TW.toml`.
    path: &'a str,
    /// Its content, TOML or JSON by extension.
    text: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessagesFile {
    message: BTreeMap<String, MessageRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct MessageRow {
    #[serde(default)]
    slots: BTreeMap<String, String>,
    #[serde(default)]
    states: Option<BTreeMap<String, String>>,
    #[serde(default)]
    anywhere: bool,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    repeats: bool,
    #[serde(default)]
    actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordingFile {
    locale: String,
    #[serde(default)]
    exact: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    doc: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    recalled: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    sample: BTreeMap<String, OneOrMany>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(list) => list,
        }
    }
}

/// A line that a message must read.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) message: usize,
    pub(crate) locale: String,
    pub(crate) text: String,
    pub(crate) file: String,
}

impl MessageBook {
    /// Loads the grammars among `files`, path and text; what cannot be used is reported and left out.
    #[must_use]
    pub fn load(files: &BTreeMap<&str, &str>) -> (Self, Vec<DataError>) {
        let mut errors = Vec::new();
        let files: Vec<GrammarFile<'_>> =
            files.iter().filter(|(path, _)| is_grammar(path)).map(|(path, text)| GrammarFile { path, text }).collect();
        let mut loader =
            Loader { messages: Vec::new(), by_id: BTreeMap::new(), wordings: Vec::new(), samples: Vec::new(), errors: &mut errors };
        for file in files.iter().filter(|f| is_messages(f.path)) {
            loader.messages(file);
        }
        for file in files.iter().filter(|f| !is_messages(f.path)) {
            loader.wordings(file);
        }
        let book = Self::new(loader.messages, loader.wordings, loader.samples);
        (book, errors)
    }
}

/// Messages and wordings; events and options have readers of their own.
fn is_grammar(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path.starts_with("grammars/") && !path.starts_with("grammars/events/") && !name.starts_with("options.")
}

fn is_messages(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|n| n.starts_with("messages."))
}

fn tool_of(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or("")
}

struct Loader<'e> {
    messages: Vec<Message>,
    by_id: BTreeMap<String, usize>,
    wordings: Vec<Wording>,
    samples: Vec<Sample>,
    errors: &'e mut Vec<DataError>,
}

impl Loader<'_> {
    fn messages(&mut self, file: &GrammarFile<'_>) {
        let Some(rows) = crate::knowledge::parse::<MessagesFile>(file.path, file.text, self.errors) else { return };
        let tool = tool_of(file.path);
        for (name, row) in rows.message {
            let id = format!("{tool}.{name}");
            let slots = self.slots(file, &name, &row.slots);
            let states = row.states.as_ref().and_then(|s| self.states(file, &name, s, &slots));
            self.by_id.insert(id.clone(), self.messages.len());
            let tool = tool.to_owned();
            let MessageRow { actions, anywhere, private, repeats, .. } = row;
            self.messages.push(Message { id, tool, actions, anywhere, private, repeats, slots, states });
        }
    }

    fn slots(&mut self, file: &GrammarFile<'_>, name: &str, rows: &BTreeMap<String, String>) -> Vec<Slot> {
        let mut slots = Vec::new();
        for (slot, kind) in rows {
            match SlotType::named(kind) {
                Some(kind) => slots.push(Slot { name: slot.clone(), kind }),
                None => {
                    let what = format!("message `{name}`: unknown slot type `{kind}`{}", nearest(kind, SlotType::NAMES.into_iter()));
                    self.errors.push(DataError::new("unknown-slot-type", file.path, what).at(file.text, name));
                }
            }
        }
        slots
    }

    fn states(&mut self, file: &GrammarFile<'_>, name: &str, row: &BTreeMap<String, String>, slots: &[Slot]) -> Option<States> {
        let kind = row.get("fact").map(String::as_str).unwrap_or_default();
        let names: Vec<&str> = row.keys().map(String::as_str).filter(|k| *k != "fact").collect();
        if let Some(what) = fact::check(kind, &names) {
            self.errors.push(DataError::new("unknown-fact", file.path, format!("message `{name}`: {what}")).at(file.text, name));
            return None;
        }
        let known = fact::definition(kind)?;
        let mut fields = Vec::new();
        for field in known.fields {
            let Some(source) = row.get(*field) else { continue };
            let source = match source.strip_prefix('=') {
                Some(constant) => FieldSource::Constant(constant.to_owned()),
                None => match slots.iter().position(|s| s.name == *source) {
                    Some(index) => FieldSource::Slot(index),
                    None => {
                        let what = format!("message `{name}`: field `{field}` names the slot `{source}`, which is not declared");
                        let error = DataError::new("slot-undeclared", file.path, what).at(file.text, name);
                        self.errors.push(error.help("declare it under `slots`, or write a constant as \"=word\""));
                        continue;
                    }
                },
            };
            fields.push((*field, source));
        }
        Some(States { kind: known.kind, strict: known.strict, fields })
    }

    fn wordings(&mut self, file: &GrammarFile<'_>) {
        let Some(rows) = crate::knowledge::parse::<WordingFile>(file.path, file.text, self.errors) else { return };
        let tables = [(Confidence::Exact, rows.exact), (Confidence::Doc, rows.doc), (Confidence::Recalled, rows.recalled)];
        for (confidence, table) in tables {
            for (name, list) in table {
                let Some(message) = self.known(file, &name) else { continue };
                for text in list.list() {
                    self.wording(file, message, &rows.locale, confidence, text);
                }
            }
        }
        for (name, list) in rows.sample {
            let Some(message) = self.known(file, &name) else { continue };
            for text in list.list() {
                let file = file.path.to_owned();
                self.samples.push(Sample { message, locale: rows.locale.clone(), text, file });
            }
        }
    }

    fn known(&mut self, file: &GrammarFile<'_>, name: &str) -> Option<usize> {
        let id = format!("{}.{name}", tool_of(file.path));
        let index = self.by_id.get(&id).copied();
        if index.is_none() {
            let prefix_len = tool_of(file.path).len() + 1;
            let hint = nearest(&id, self.by_id.keys().map(String::as_str)).replace(id.get(..prefix_len).unwrap_or_default(), "");
            let what = format!("no message `{name}` in messages.toml{hint}");
            self.errors.push(DataError::new("unknown-message", file.path, what).at(file.text, name));
        }
        index
    }

    fn wording(&mut self, file: &GrammarFile<'_>, message: usize, locale: &str, confidence: Confidence, text: String) {
        let Some(owner) = self.messages.get(message) else { return };
        match Template::compile(&text, &owner.slots) {
            Ok(template) => {
                let same = |w: &Wording| w.message == message && w.template == template && w.locale == locale;
                if !self.wordings.iter().rev().take(64).any(same) {
                    self.wordings.push(Wording { message, locale: locale.to_owned(), confidence, template, text });
                }
            }
            Err(what) => {
                let what = format!("message `{}`: {what}", owner.id);
                self.errors.push(DataError::new("bad-wording", file.path, what).at(file.text, &text));
            }
        }
    }
}
