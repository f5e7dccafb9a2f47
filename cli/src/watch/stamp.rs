//! How a file looks from outside: enough to see that it changed without reading it.

use std::fs::{self, Metadata};
use std::time::SystemTime;

use crate::cases::CaseFile;

/// A file of a case at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    name: String,
    bytes: u64,
    modified: Option<SystemTime>,
    /// Tells a file that took the place of another one of the same size and time.
    identity: Identity,
    /// Why it is not read, as far as known from outside.
    trouble: Option<String>,
}

/// File number, and when the file or its name was last touched; seconds and the rest.
type Identity = (u64, i64, i64);

impl Stamp {
    pub(super) fn of(file: &CaseFile) -> Self {
        let metadata = fs::metadata(&file.path).ok();
        Self {
            name: file.shown.clone(),
            bytes: metadata.as_ref().map_or(0, Metadata::len),
            modified: metadata.as_ref().and_then(|m| m.modified().ok()),
            identity: metadata.as_ref().map(identity).unwrap_or_default(),
            trouble: file.trouble.as_ref().map(|t| format!("{} {}", t.status, t.reason)),
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

/// Elsewhere size and time must do.
#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    Identity::default()
}
