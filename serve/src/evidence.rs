//! What was sent, and what is read of it. How a file becomes evidence is the caller's: the command has its fence for
//! event logs, and archives come in here too, since one upload may give any number of pieces of evidence.

use std::collections::BTreeMap;
use std::fmt;

use kms_triage::event::evtx::EvtxRead;
use kms_triage::{Input, Knowledge, Note};
use serde::{Deserialize, Serialize};

/// A file as it was sent, or the text that was pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Name as the browser told it: never a path of this machine.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// One input of a case, read.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Name as shown.
    pub name: String,
    /// Text.
    pub bytes: Vec<u8>,
    /// The event log that it is; `bytes` is empty then.
    pub log: Option<EvtxRead>,
    /// Why it is not whole.
    pub trouble: Option<Trouble>,
}

/// Why an input is not whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// `partly-read`, `skipped` or `failed`.
    pub status: String,
    /// In words, by locale.
    pub reasons: BTreeMap<String, String>,
    /// Size as sent.
    pub bytes: u64,
}

impl Trouble {
    fn word(&self) -> &'static str {
        match self.status.as_str() {
            "partly-read" => "partly-read",
            "skipped" => "skipped",
            _ => "failed",
        }
    }

    /// As the library wants it.
    pub(crate) fn note(&self, locale: &str) -> Note<'_> {
        let reason = self.reasons.get(locale).or_else(|| self.reasons.get("en")).map_or("", String::as_str);
        Note { status: self.word(), reason, bytes: self.bytes }
    }
}

impl Evidence {
    /// As the library wants it.
    pub(crate) fn input(&self) -> Input<'_> {
        Input { name: &self.name, bytes: &self.bytes, note: self.trouble.as_ref().map(|t| t.note("en")), log: self.log.as_ref() }
    }
}

type Read = dyn Fn(&Knowledge, Upload) -> Vec<Evidence> + Send + Sync;

/// Reads an upload. Must not fail: what went wrong is a [`Trouble`].
pub struct Reader(Box<Read>);

impl Reader {
    /// A reader from a function.
    #[must_use]
    pub fn new(read: impl Fn(&Knowledge, Upload) -> Vec<Evidence> + Send + Sync + 'static) -> Self {
        Self(Box::new(read))
    }

    /// Reads an upload.
    #[must_use]
    pub fn read(&self, knowledge: &Knowledge, upload: Upload) -> Vec<Evidence> {
        (self.0)(knowledge, upload)
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

/// Takes every upload for text or a log and lets the library find out, without a fence.
#[must_use]
pub fn plain() -> Reader {
    Reader::new(|_, upload| vec![Evidence { name: upload.name, bytes: upload.bytes, ..Evidence::default() }])
}
