//! One record of an event log, whatever form it came in. Knows nothing about what events mean.

use serde::{Deserialize, Serialize};

/// Where a record stands in its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordPlace {
    /// Record number of an `.evtx` file.
    Record(u64),
    /// Lines of a text export, 1-based.
    Lines {
        /// First line.
        first: u32,
        /// Last line.
        last: u32,
    },
}

impl Default for RecordPlace {
    fn default() -> Self {
        Self::Lines { first: 0, last: 0 }
    }
}

/// A record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// `Microsoft-Windows-Security-SPP`; empty when the form does not say.
    pub provider: String,
    /// Event source name as written: `Software Protection Platform Service`, `KmsRequests`.
    pub source: String,
    /// Event id without qualifiers.
    pub id: u32,
    /// Qualifiers.
    pub qualifiers: Option<u32>,
    /// 1 critical, 2 error, 3 warning, 4 information, 0 log always.
    pub level: Option<u8>,
    /// `Application`, `Key Management Service`.
    pub channel: String,
    /// Computer that wrote it.
    pub computer: String,
    /// UTC, ISO 8601, when the zone is known; else `local 2026-11-23T09:14:02`, or behind `local ` the text as written.
    pub time: Option<String>,
    /// Record number.
    pub record_id: Option<u64>,
    /// Strings of the event data in order. Binary data is never kept.
    pub data: Vec<String>,
    /// Rendered message where the form carries one.
    pub message: String,
    /// What Windows says about it in its own language, from a file beside the log. Shown, never read for facts.
    #[serde(default)]
    pub sentence: String,
    /// Where it stands.
    pub place: RecordPlace,
}

impl EventRecord {
    /// Whether its form gave more than a message.
    #[must_use]
    pub fn has_header(&self) -> bool {
        self.time.is_some() || self.level.is_some() || !self.channel.is_empty()
    }
}
