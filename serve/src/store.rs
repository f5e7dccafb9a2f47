//! Keeps redacted evidence in one `SQLite` file. What a transaction has taken is whole after a crash, and what it has not
//! is not there at all; what is deleted is overwritten.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::evidence::Trouble;

/// Shape of the file; one with another number is refused.
const SHAPE: i64 = 1;
/// `kmst` in ASCII: tells the file from other people's databases.
const APPLICATION: i64 = 0x6b6d_7374;
/// Another program may read the file at the same time.
const PATIENCE: Duration = Duration::from_secs(10);

const TABLES: &str = "
CREATE TABLE cases (
  digest BLOB PRIMARY KEY, reference TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL,
  ticket TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_changed ON cases (changed);
CREATE TABLE files (
  digest BLOB NOT NULL REFERENCES cases ON DELETE CASCADE, upload INTEGER NOT NULL, place INTEGER NOT NULL,
  name TEXT NOT NULL, text TEXT, trouble TEXT,
  PRIMARY KEY (digest, upload, place)
) STRICT;
";

/// What went wrong with the file, for the person who runs the server.
#[derive(Debug)]
pub struct StoreError(String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self(format!("the store of cases cannot be used: {error}"))
    }
}

/// A file of a case, redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredFile {
    /// Stands for its name.
    pub(crate) name: String,
    /// `None` when nothing was read of it.
    pub(crate) text: Option<String>,
    /// Why it is not whole.
    pub(crate) trouble: Option<Trouble>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredCase {
    pub(crate) reference: String,
    /// Seconds since 1970 of the newest upload.
    pub(crate) changed: i64,
    /// Files of each upload, in order.
    pub(crate) uploads: Vec<Vec<StoredFile>>,
}

/// What became of an addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    Done,
    /// There is no such case.
    Missing,
    /// The case holds as much as one may.
    Full,
}

/// How much one case may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CaseLimits {
    pub(crate) uploads: usize,
    pub(crate) bytes: usize,
}

/// The open file.
#[derive(Debug)]
pub struct Store(Mutex<Connection>);

impl Store {
    /// Opens the store in the folder `dir`; both are made where they are missing, for this account only.
    ///
    /// # Errors
    /// When the folder or the file cannot be used, or the file is somebody else's.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let fail = |e: std::io::Error| StoreError(format!("the folder `{}` cannot be used: {e}", dir.display()));
        fs::create_dir_all(dir).map_err(fail)?;
        close_to_others(dir).map_err(fail)?;
        let connection = Connection::open(dir.join("cases.db"))?;
        connection.busy_timeout(PATIENCE)?;
        // Before anything is written: an empty file is ours, one of another program is not.
        let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        let fresh = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))? == 0;
        if !fresh && (number("application_id")?, number("user_version")?) != (APPLICATION, SHAPE) {
            return Err(StoreError(format!("`{}` is not a store of this version", dir.join("cases.db").display())));
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // Each case is on the disk before its owner gets the link.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        let mut store = Self(Mutex::new(connection));
        if fresh {
            store.make_tables()?;
        }
        Ok(store)
    }

    fn make_tables(&mut self) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute_batch(TABLES)?;
        change.pragma_update(None, "application_id", APPLICATION)?;
        change.pragma_update(None, "user_version", SHAPE)?;
        Ok(change.commit()?)
    }

    /// A panic of another thread leaves a transaction that was rolled back, so that the connection is still good.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a new case.
    pub(crate) fn create(&self, digest: &[u8; 32], reference: &str, now: i64, files: &[StoredFile]) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change
            .prepare_cached("INSERT INTO cases (digest, reference, created, changed) VALUES (?1, ?2, ?3, ?3)")?
            .execute(params![digest, reference, now])?;
        insert(&change, digest, 1, files)?;
        Ok(change.commit()?)
    }

    /// Adds an upload to a case.
    pub(crate) fn add(&self, digest: &[u8; 32], now: i64, files: &[StoredFile], limits: CaseLimits) -> Result<Added, StoreError> {
        let mut connection = self.connection();
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if change.prepare_cached("UPDATE cases SET changed = ?2 WHERE digest = ?1")?.execute(params![digest, now])? == 0 {
            return Ok(Added::Missing);
        }
        let mut totals = change
            .prepare_cached("SELECT coalesce(max(upload), 0), coalesce(sum(length(CAST(text AS BLOB))), 0) FROM files WHERE digest = ?1")?;
        let (uploads, bytes): (usize, usize) = totals.query_row(params![digest], |row| Ok((row.get(0)?, row.get(1)?)))?;
        drop(totals);
        let more: usize = files.iter().filter_map(|f| f.text.as_ref()).map(String::len).sum();
        if uploads >= limits.uploads || bytes.saturating_add(more) > limits.bytes {
            return Ok(Added::Full);
        }
        insert(&change, digest, uploads + 1, files)?;
        change.commit()?;
        Ok(Added::Done)
    }

    /// Bytes of a case's texts; none when there is no such case.
    pub(crate) fn size(&self, digest: &[u8; 32]) -> Result<usize, StoreError> {
        let connection = self.connection();
        let mut sum = connection.prepare_cached("SELECT coalesce(sum(length(CAST(text AS BLOB))), 0) FROM files WHERE digest = ?1")?;
        Ok(sum.query_row(params![digest], |row| row.get(0))?)
    }

    /// A case, unless it is not there or was last changed before `since`.
    pub(crate) fn load(&self, digest: &[u8; 32], since: i64) -> Result<Option<StoredCase>, StoreError> {
        let mut connection = self.connection();
        let view = connection.transaction()?;
        let mut head = view.prepare_cached("SELECT reference, changed FROM cases WHERE digest = ?1 AND changed >= ?2")?;
        let found: Option<(String, i64)> = head.query_row(params![digest, since], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((reference, changed)) = found else { return Ok(None) };
        let mut files = view.prepare_cached("SELECT upload, name, text, trouble FROM files WHERE digest = ?1 ORDER BY upload, place")?;
        let mut rows = files.query(params![digest])?;
        let mut uploads: Vec<Vec<StoredFile>> = Vec::new();
        let mut newest = 0;
        while let Some(row) = rows.next()? {
            let upload: i64 = row.get(0)?;
            let trouble: Option<String> = row.get(3)?;
            let trouble = trouble.and_then(|t| serde_json::from_str(&t).ok());
            let file = StoredFile { name: row.get(1)?, text: row.get(2)?, trouble };
            if upload != newest {
                uploads.push(Vec::new());
                newest = upload;
            }
            uploads.extend(uploads.is_empty().then(Vec::new));
            if let Some(files) = uploads.last_mut() {
                files.push(file);
            }
        }
        Ok(Some(StoredCase { reference, changed, uploads }))
    }

    /// Deletes a case; says whether there was one.
    pub(crate) fn delete(&self, digest: &[u8; 32]) -> Result<bool, StoreError> {
        let connection = self.connection();
        let gone = connection.execute("DELETE FROM cases WHERE digest = ?1", params![digest])? > 0;
        if gone {
            forget(&connection)?;
        }
        Ok(gone)
    }

    /// Deletes every case that was last changed before `since`; says how many.
    pub(crate) fn purge(&self, since: i64) -> Result<usize, StoreError> {
        let connection = self.connection();
        let gone = connection.execute("DELETE FROM cases WHERE changed < ?1", params![since])?;
        if gone > 0 {
            forget(&connection)?;
        }
        Ok(gone)
    }

    /// Number of cases.
    pub(crate) fn count(&self) -> Result<u64, StoreError> {
        Ok(self.connection().query_row("SELECT count(*) FROM cases", [], |row| row.get(0))?)
    }
}

fn insert(change: &Transaction<'_>, digest: &[u8; 32], upload: usize, files: &[StoredFile]) -> Result<(), StoreError> {
    let mut row =
        change.prepare_cached("INSERT INTO files (digest, upload, place, name, text, trouble) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (place, file) in files.iter().enumerate() {
        let trouble = file.trouble.as_ref().and_then(|t| serde_json::to_string(t).ok());
        row.execute(params![digest, upload, place, file.name, file.text, trouble])?;
    }
    Ok(())
}

/// Takes what was deleted out of the write-ahead log as well: `secure_delete` has overwritten it in the file only.
fn forget(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

#[cfg(unix)]
fn close_to_others(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

/// A folder in somebody's profile is theirs already.
#[cfg(not(unix))]
fn close_to_others(_: &Path) -> std::io::Result<()> {
    Ok(())
}
