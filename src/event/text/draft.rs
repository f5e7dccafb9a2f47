//! Collects the values of one event, in whatever order and under whatever name they come.

use super::super::record::EventRecord;
use super::rows::trim;
use super::{fill, time, value};

/// What a label, a column or a property stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prop {
    Channel,
    /// Provider name or source name.
    Source,
    Time,
    /// The clock alone, where the date has a label of its own.
    Clock,
    Id,
    /// Qualifiers and id in one number.
    InstanceId,
    Qualifiers,
    Level,
    /// Number of a .NET `EventLogEntryType`, or its word.
    EntryType,
    RecordId,
    Computer,
    Message,
    /// Insertion strings written as text.
    Strings,
    /// Opens the XML part of copied details.
    Xml,
    Task,
    Opcode,
    Keywords,
    User,
    Other,
}

/// Names of PowerShell, WMI and log-forwarder properties, in lower case without `_`. Never localized.
const PROPERTIES: [(&str, Prop); 64] = [
    ("id", Prop::Id),
    ("eventid", Prop::Id),
    ("eventcode", Prop::Id),
    ("instanceid", Prop::InstanceId),
    ("eventidentifier", Prop::InstanceId),
    ("qualifiers", Prop::Qualifiers),
    ("providername", Prop::Source),
    ("provider", Prop::Source),
    ("source", Prop::Source),
    ("sourcename", Prop::Source),
    ("eventsource", Prop::Source),
    ("logname", Prop::Channel),
    ("channel", Prop::Channel),
    ("logfile", Prop::Channel),
    ("log", Prop::Channel),
    ("timecreated", Prop::Time),
    ("timegenerated", Prop::Time),
    ("timewritten", Prop::Time),
    ("time", Prop::Time),
    ("level", Prop::Level),
    ("leveldisplayname", Prop::Level),
    ("entrytype", Prop::EntryType),
    ("type", Prop::Other),
    ("recordid", Prop::RecordId),
    ("recordnumber", Prop::RecordId),
    ("eventrecordid", Prop::RecordId),
    ("index", Prop::RecordId),
    ("machinename", Prop::Computer),
    ("computername", Prop::Computer),
    ("computer", Prop::Computer),
    ("pscomputername", Prop::Other),
    ("message", Prop::Message),
    ("description", Prop::Message),
    ("replacementstrings", Prop::Strings),
    ("insertionstrings", Prop::Strings),
    ("version", Prop::Other),
    ("task", Prop::Task),
    ("opcode", Prop::Opcode),
    ("keywords", Prop::Keywords),
    ("providerid", Prop::Other),
    ("processid", Prop::Other),
    ("threadid", Prop::Other),
    ("userid", Prop::User),
    ("username", Prop::User),
    ("user", Prop::User),
    ("activityid", Prop::Other),
    ("relatedactivityid", Prop::Other),
    ("containerlog", Prop::Other),
    ("matchedqueryids", Prop::Other),
    ("bookmark", Prop::Other),
    ("opcodedisplayname", Prop::Other),
    ("taskdisplayname", Prop::Other),
    ("keywordsdisplaynames", Prop::Other),
    ("properties", Prop::Other),
    ("category", Prop::Other),
    ("categorynumber", Prop::Other),
    ("categorystring", Prop::Other),
    ("data", Prop::Other),
    ("site", Prop::Other),
    ("container", Prop::Other),
    ("eventtype", Prop::Other),
    ("runspaceid", Prop::Other),
    ("taskcategory", Prop::Task),
    ("psshowcomputername", Prop::Other),
];

/// The meaning of a property name: `ProviderName`, `event_id`.
pub(super) fn property(name: &str) -> Option<Prop> {
    if name.len() > 32 {
        return None;
    }
    let name: String = name.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    PROPERTIES.iter().find(|(known, _)| *known == name).map(|(_, prop)| *prop)
}

/// An event that is being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) record: EventRecord,
    id: Option<u64>,
    instance: Option<u64>,
    written_source: String,
    strings: String,
}

impl Draft {
    /// Sets a value from its text. The first value of a kind wins; blank ones count as not given.
    pub(super) fn set(&mut self, prop: Prop, text: &str) {
        let text = trim(text);
        if text.is_empty() {
            return;
        }
        let record = &mut self.record;
        let keep = |place: &mut String| {
            if place.is_empty() {
                *place = text.replace('\0', "");
            }
        };
        match prop {
            Prop::Channel => keep(&mut record.channel),
            Prop::Source => keep(&mut self.written_source),
            Prop::Computer => keep(&mut record.computer),
            Prop::Message => keep(&mut record.message),
            Prop::Strings => keep(&mut self.strings),
            Prop::Time => record.time = record.time.take().or_else(|| time::read(text)),
            Prop::Clock => {
                if let Some(time) = record.time.as_mut().filter(|t| t.starts_with("local ")) {
                    time.push(' ');
                    time.push_str(text);
                }
            }
            Prop::Id => self.id = self.id.or_else(|| value::number(text)),
            Prop::InstanceId => self.instance = self.instance.or_else(|| value::number(text)),
            Prop::Qualifiers => record.qualifiers = record.qualifiers.or_else(|| u32::try_from(value::number(text)?).ok()),
            Prop::RecordId => record.record_id = record.record_id.or_else(|| value::number(text)),
            Prop::Level => record.level = record.level.or_else(|| level(text)),
            Prop::EntryType => record.level = record.level.or_else(|| entry_type(text)),
            Prop::Xml | Prop::Task | Prop::Opcode | Prop::Keywords | Prop::User | Prop::Other => {}
        }
    }

    /// The event id, without qualifiers.
    pub(super) fn id(&self) -> Option<u32> {
        self.id.or(self.instance).and_then(|id| u32::try_from(id & 0xFFFF).ok()).filter(|id| *id > 0)
    }

    /// Whether the written source is one of the activation services, or nothing is known about it.
    pub(super) fn is_family(&self) -> bool {
        self.written_source.is_empty() || value::is_known_provider(&self.written_source)
    }

    /// Whether a source was given.
    pub(super) fn has_source(&self) -> bool {
        !self.written_source.is_empty()
    }

    /// The record; `None` without an event id.
    pub(super) fn finish(mut self) -> Option<EventRecord> {
        self.record.id = self.id()?;
        let large = self.id.filter(|id| *id > 0xFFFF).or(self.instance);
        let qualifiers = large.and_then(|n| u32::try_from(n >> 16).ok()).filter(|q| *q > 0);
        self.record.qualifiers = self.record.qualifiers.or(qualifiers);
        if !self.written_source.is_empty() {
            let (provider, source) = value::provider(&self.written_source, self.record.id);
            self.record.provider = provider;
            if self.record.source.is_empty() {
                self.record.source = source;
            }
        }
        settle(&mut self.record, &self.strings);
        Some(self.record)
    }
}

/// Brings the data into the one shape that all forms share: from the message where the form carries no
/// strings, and lists of requests as one string.
pub(super) fn settle(record: &mut EventRecord, strings: &str) {
    if !record.provider.is_empty() && !value::is_family(&record.provider, record.id) {
        return;
    }
    if record.data.is_empty() {
        record.data = fill::data_of_message(record.id, &record.message);
    }
    if record.data.is_empty() && !strings.is_empty() {
        record.data = fill::data_of_message(record.id, strings);
    }
    record.data = fill::canonical_data(record.id, std::mem::take(&mut record.data));
}

/// `2`, `Error`, `錯誤`.
fn level(text: &str) -> Option<u8> {
    match value::number(text) {
        Some(number) => u8::try_from(number).ok().filter(|n| *n <= 16),
        None => value::level(text),
    }
}

/// `1` and `Error` → 2: the numbers of `EventLogEntryType` differ from those of levels.
fn entry_type(text: &str) -> Option<u8> {
    match value::number(text) {
        Some(1) => Some(2),
        Some(2) => Some(3),
        Some(0 | 4) => Some(4),
        Some(_) => Some(0),
        None => value::level(text),
    }
}
