//! What each event means: `grammars/events/*.toml`. The format is described at the top of
//! `requests.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fields::FieldType;
use super::record::EventRecord;
use crate::data_error::DataError;
use crate::fact;
use crate::locale::ByLocale;

/// All events.
#[derive(Debug, Default)]
pub struct EventBook {
    meanings: Vec<EventMeaning>,
    tables: BTreeMap<String, BTreeMap<String, String>>,
}

/// One meaning of one event id.
#[derive(Debug, Clone)]
pub struct EventMeaning {
    /// Event id.
    pub id: u32,
    /// `client-request`, `client-answer` …, for the timeline.
    pub role: String,
    /// `good`, `bad`, `warn`, `info`.
    pub tone: String,
    /// Title and text by locale.
    pub words: ByLocale<EventWords>,
    /// Data file that it stands in, without its ending.
    pub file: String,
    /// Where it was read.
    pub source: String,
    /// When, `2026-11-23`.
    pub read: String,
    pub(super) providers: Vec<String>,
    pub(super) windows: String,
    pub(super) code_stated: String,
    pub(super) list: Option<ListRow>,
    pub(super) data: Vec<Field>,
    pub(super) rows: Option<Rows>,
    pub(super) keys: BTreeMap<String, Field>,
    pub(super) states: Option<Stated>,
}

/// Words of an event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventWords {
    /// Short.
    pub title: String,
    /// With `{field}` placeholders.
    pub text: String,
}

/// A named, typed part of the event data; an empty name is not kept.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: FieldType,
}

/// A comma separated list in one string.
#[derive(Debug, Clone)]
pub(super) struct ListRow {
    pub(super) index: usize,
    /// The members may also stand one by one from this string on.
    pub(super) apart: Option<usize>,
    pub(super) fields: Vec<Field>,
}

/// Several rows in one string.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) index: usize,
    pub(super) license: bool,
    pub(super) fields: Vec<Field>,
    pub(super) skip_if: BTreeMap<String, Vec<String>>,
}

/// The fact that an event states.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    pub(super) kind: &'static str,
    /// Fact field, and the event field or `=constant` it comes from.
    pub(super) fields: Vec<(&'static str, String)>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    source: String,
    #[serde(default)]
    read: String,
    #[serde(default)]
    providers: Vec<String>,
    #[serde(default)]
    event: Vec<Row>,
    #[serde(default, rename = "binding-flags")]
    binding_flags: BTreeMap<String, String>,
    #[serde(default, rename = "key-type")]
    key_type: BTreeMap<String, String>,
    #[serde(default, rename = "sl-state")]
    sl_state: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Row {
    id: u32,
    #[serde(default)]
    providers: Vec<String>,
    #[serde(default)]
    windows: String,
    role: String,
    tone: String,
    #[serde(default)]
    code_stated: String,
    list: Option<ListFile>,
    data: Option<DataFile>,
    rows: Option<RowsFile>,
    #[serde(default)]
    keys: BTreeMap<String, String>,
    states: Option<BTreeMap<String, String>>,
    #[serde(flatten)]
    words: ByLocale<EventWords>,
}

#[derive(Deserialize)]
struct ListFile {
    index: usize,
    apart: Option<usize>,
    fields: Vec<String>,
}

#[derive(Deserialize)]
struct DataFile {
    fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RowsFile {
    index: usize,
    shape: String,
    fields: Vec<String>,
    #[serde(default)]
    skip_if: BTreeMap<String, Vec<String>>,
}

impl EventMeaning {
    /// Names of the parts that are read from a record.
    pub(crate) fn field_names(&self) -> Vec<&str> {
        let listed = self.list.iter().flat_map(|l| &l.fields).chain(&self.data).chain(self.rows.iter().flat_map(|r| &r.fields));
        listed.chain(self.keys.values()).map(|f| f.name.as_str()).filter(|n| !n.is_empty()).collect()
    }

    /// The fact that it states.
    #[must_use]
    pub fn fact(&self) -> Option<&'static str> {
        self.states.as_ref().map(|s| s.kind)
    }

    /// Windows versions that it holds for: `7-`, `8+` or empty for all.
    pub(crate) fn windows(&self) -> &str {
        &self.windows
    }

    /// Names of the services that write it.
    pub(crate) fn providers(&self) -> &[String] {
        &self.providers
    }
}

impl EventBook {
    /// Adds words in a further language to the event that `name` means, `12288 client-request`; `false`
    /// when there is none.
    pub(crate) fn translate(&mut self, name: &str, locale: &str, words: &EventWords) -> bool {
        let mut found = false;
        for meaning in self.meanings.iter_mut().filter(|m| format!("{} {}", m.id, m.role) == name) {
            meaning.words.add(locale, words.clone());
            found = true;
        }
        found
    }

    /// Adds one file of meanings.
    pub fn add(&mut self, path: &str, text: &str, errors: &mut Vec<DataError>) {
        let Some(file) = crate::knowledge::parse::<File>(path, text, errors) else { return };
        for (name, table) in [("binding-flags", file.binding_flags), ("key-type", file.key_type), ("sl-state", file.sl_state)] {
            self.tables.entry(name.to_owned()).or_default().extend(table);
        }
        for row in file.event {
            let mut report = |what: String| errors.push(DataError::new("bad-event", path, what).at(text, &format!("id = {}", row.id)));
            let mut fields = |list: Vec<String>| -> Vec<Field> { list.iter().filter_map(|f| field(f, row.id, &mut report)).collect() };
            let list = row.list.map(|l| ListRow { index: l.index, apart: l.apart, fields: fields(l.fields) });
            let data = row.data.map(|d| fields(d.fields)).unwrap_or_default();
            let rows =
                row.rows.map(|r| Rows { index: r.index, license: r.shape == "license-rows", fields: fields(r.fields), skip_if: r.skip_if });
            let keys = row.keys.into_iter().filter_map(|(k, f)| field(&f, row.id, &mut report).map(|f| (k, f))).collect();
            let states = row.states.and_then(|s| stated(&s, row.id, &mut report));
            let providers = if row.providers.is_empty() { file.providers.clone() } else { row.providers };
            self.meanings.push(EventMeaning {
                id: row.id,
                role: row.role,
                tone: row.tone,
                words: row.words,
                file: path.rsplit_once('.').map_or(path, |p| p.0).to_owned(),
                source: file.source.clone(),
                read: file.read.clone(),
                providers,
                windows: row.windows,
                code_stated: row.code_stated,
                list,
                data,
                rows,
                keys,
                states,
            });
        }
    }

    /// Whether the licensing services wrote a record.
    #[must_use]
    pub fn is_licensing(&self, record: &EventRecord) -> bool {
        let named = |p: &String| p.eq_ignore_ascii_case(&record.provider) || p.eq_ignore_ascii_case(&record.source);
        self.meanings.iter().any(|m| m.providers.iter().any(named))
    }

    /// Every meaning.
    pub fn iter(&self) -> impl Iterator<Item = &EventMeaning> {
        self.meanings.iter()
    }

    /// Every meaning of an event id.
    pub fn of_id(&self, id: u32) -> impl Iterator<Item = &EventMeaning> {
        self.meanings.iter().filter(move |m| m.id == id)
    }

    /// Ids that mean something, sorted.
    #[must_use]
    pub fn ids(&self) -> Vec<u32> {
        let mut ids: Vec<u32> = self.meanings.iter().map(|m| m.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The meaning of a record. `old` tells that the machine runs Windows 7 or earlier.
    #[must_use]
    pub fn meaning(&self, record: &EventRecord, old: bool) -> Option<&EventMeaning> {
        let named = |m: &EventMeaning| {
            let unnamed = record.provider.is_empty() && record.source.is_empty();
            unnamed || m.providers.iter().any(|p| p.eq_ignore_ascii_case(&record.provider) || p.eq_ignore_ascii_case(&record.source))
        };
        let wanted = if old { "7-" } else { "8+" };
        self.meanings.iter().find(|m| m.id == record.id && named(m) && (m.windows.is_empty() || m.windows == wanted))
    }

    /// A value's word in one of the tables.
    pub(super) fn table(&self, name: &str, value: &str) -> Option<&str> {
        self.tables.get(name)?.get(value).map(String::as_str)
    }

    /// All entries of one table.
    pub(super) fn entries(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        self.tables.get(name).into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str()))
    }
}

/// `"hresult:code"`; `"-"` is a part that is not kept.
fn field(text: &str, id: u32, report: &mut dyn FnMut(String)) -> Option<Field> {
    if text == "-" {
        return Some(Field { name: String::new(), kind: FieldType::Text });
    }
    let (name, kind) = text.split_once(':')?;
    let Some(kind) = FieldType::named(kind) else {
        report(format!("event {id}: field `{name}` has the unknown type `{kind}`"));
        return None;
    };
    Some(Field { name: name.to_owned(), kind })
}

fn stated(row: &BTreeMap<String, String>, id: u32, report: &mut dyn FnMut(String)) -> Option<Stated> {
    let kind = row.get("fact").map(String::as_str).unwrap_or_default();
    let names: Vec<&str> = row.keys().map(String::as_str).filter(|k| *k != "fact").collect();
    if let Some(what) = fact::check(kind, &names) {
        report(format!("event {id}: {what}"));
        return None;
    }
    let known = fact::definition(kind)?;
    let fields = known.fields.iter().filter_map(|f| row.get(*f).map(|source| (*f, source.clone()))).collect();
    Some(Stated { kind: known.kind, fields })
}
