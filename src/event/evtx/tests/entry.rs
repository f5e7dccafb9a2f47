//! The records that tests and the bench write. Every value in them is invented.

#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    reason = "test tool; the bench uses a part of it"
)]

/// Who writes a record, and so which template definition it uses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Source {
    pub(crate) provider: &'static str,
    pub(crate) guid: Option<&'static str>,
    pub(crate) source: Option<&'static str>,
    pub(crate) channel: &'static str,
    /// The definition leaves the provider's name to each record.
    pub(crate) by_value: bool,
    /// Its data are in `UserData`, as licensing never has them.
    pub(crate) user_data: bool,
}

const SPP_GUID: Option<&str> = Some("{E23B33B0-C8C9-472C-A5F9-F2BDFEA0F156}");
pub(crate) const SPP: Source = Source {
    provider: "Microsoft-Windows-Security-SPP",
    guid: SPP_GUID,
    source: Some("Software Protection Platform Service"),
    channel: "Application",
    by_value: false,
    user_data: false,
};
pub(crate) const KMS_HOST: Source = Source { source: Some("KmsRequests"), channel: "Key Management Service", ..SPP };
pub(crate) const OFFICE: Source = Source {
    provider: "Office Software Protection Platform Service",
    guid: None,
    source: None,
    channel: "Application",
    by_value: false,
    user_data: false,
};
pub(crate) const SLC: Source = Source {
    provider: "Microsoft-Windows-Security-Licensing-SLC",
    guid: Some("{1FD7C1D2-D037-4620-8D29-B2C7E5FCC13A}"),
    source: Some("Software Licensing Service"),
    channel: "Application",
    by_value: false,
    user_data: false,
};
pub(crate) const UX: Source = Source { provider: "Microsoft-Windows-Security-SPP-UX-Notifications", guid: None, source: None, ..SPP };
pub(crate) const FOREIGN: Source =
    Source { provider: "Example-Updates", guid: None, source: None, channel: "Application", by_value: false, user_data: false };
pub(crate) const FOREIGN_BY_VALUE: Source = Source { provider: "Example-Sync", by_value: true, ..FOREIGN };
pub(crate) const FOREIGN_USER_DATA: Source = Source { user_data: true, ..FOREIGN_BY_VALUE };
pub(crate) const SPP_USER_DATA: Source = Source { user_data: true, ..SPP_BY_VALUE };
pub(crate) const SPP_BY_VALUE: Source = Source { guid: None, source: None, by_value: true, ..SPP };

/// One record to write.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) source: Source,
    pub(crate) id: u16,
    pub(crate) qualifiers: u16,
    pub(crate) level: u8,
    pub(crate) record_id: u64,
    pub(crate) filetime: u64,
    pub(crate) texts: Vec<String>,
    pub(crate) binary: Vec<u8>,
}

/// 2026-11-23T01:14:02Z.
pub(crate) const FILETIME: u64 = 134_398_700_420_000_000;

impl Entry {
    pub(crate) fn new(source: Source, id: u16, record_id: u64, texts: &[&str]) -> Self {
        Self {
            source,
            id,
            qualifiers: 0x4000,
            level: 4,
            record_id,
            filetime: FILETIME + record_id * 10_000_000,
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            binary: Vec::new(),
        }
    }

    pub(crate) fn with_binary(mut self, binary: &[u8]) -> Self {
        self.binary = binary.to_vec();
        self
    }
}

/// A small random number generator: the same seed gives the same numbers.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }
}
