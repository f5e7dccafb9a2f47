//! The results of many scans in one `SQLite` file. Owns the file: what may be opened, its tables, and that a run is in
//! it whole or not at all. Knows no clock.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::ISOWeekDate;
use jiff::tz::TimeZone;
use kms_triage::report::IndexRow;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use crate::exit::Failure;
use crate::words::shown;

/// `KMSt` in the head of the file: says whose it is.
const APPLICATION: u32 = 0x4b4d_5374;
/// Version of the tables.
const VERSION: u32 = 1;
/// The tables, word by word as the file must have them: a file with other ones, or with triggers, is not ours.
const TABLES: [&str; 2] = [
    "CREATE TABLE result (run INTEGER NOT NULL REFERENCES run (id), name TEXT NOT NULL, state TEXT NOT NULL, cause TEXT, \
     needs_action INTEGER NOT NULL, actor TEXT NOT NULL, product TEXT NOT NULL, days_left INTEGER, codes TEXT NOT NULL, \
     PRIMARY KEY (run, name)) STRICT, WITHOUT ROWID",
    "CREATE TABLE run (id INTEGER PRIMARY KEY, time TEXT NOT NULL, week TEXT NOT NULL, tool TEXT NOT NULL, \
     knowledge TEXT NOT NULL, site TEXT NOT NULL, folder TEXT NOT NULL, cases INTEGER NOT NULL) STRICT",
];
/// How long another scan may hold the file.
const PATIENCE: Duration = Duration::from_secs(30);
/// Separates the codes of a case.
const SEPARATOR: &str = " ";

/// An open history.
#[derive(Debug)]
pub(crate) struct History {
    connection: Connection,
    name: String,
}

/// What is known about a run as a whole.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) time: Timestamp,
    pub(crate) tool: &'a str,
    pub(crate) knowledge: &'a str,
    /// Version of the site profile; empty without one.
    pub(crate) site: &'a str,
    pub(crate) folder: &'a str,
}

impl History {
    /// Opens the file at `path` to add runs, and makes it where there is none. A file of somebody else, a damaged one or
    /// one of a later version is refused and not changed.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let fresh = !path.exists() || fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() == 0);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut history = Self::connect(path, fresh, flags)?;
        if fresh {
            history.make_tables().map_err(|e| history.failed("make", &e))?;
        }
        history.check()?;
        Ok(history)
    }

    /// Opens the file at `path` to be read; there must be one.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        // May write: what a killed scan left half done is rolled back first.
        let history = Self::connect(path, false, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        history.check()?;
        Ok(history)
    }

    fn connect(path: &Path, fresh: bool, flags: OpenFlags) -> Result<Self, Failure> {
        let name = shown(&path.to_string_lossy());
        if !fresh {
            is_ours(path, &name)?;
        }
        let connection = Connection::open_with_flags(path, flags).map_err(|e| cannot("open", &name, &e))?;
        let history = Self { connection, name };
        history.secure().map_err(|e| history.failed("open", &e))?;
        Ok(history)
    }

    /// Nothing in the file may run: it may come from anybody.
    fn secure(&self) -> rusqlite::Result<()> {
        self.connection.busy_timeout(PATIENCE)?;
        for (config, on) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        ] {
            self.connection.set_db_config(config, on)?;
        }
        // A run is on the disk when the command ends.
        self.connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY")
    }

    fn make_tables(&mut self) -> rusqlite::Result<()> {
        let step = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another scan may have made them since.
        if step.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))? == 0 {
            step.execute_batch(&TABLES.join(";"))?;
            step.pragma_update(None, "application_id", APPLICATION)?;
            step.pragma_update(None, "user_version", VERSION)?;
        }
        step.commit()
    }

    /// Whether the file is a whole history of this version.
    fn check(&self) -> Result<(), Failure> {
        let number = |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
        let version = number("user_version").map_err(|e| self.failed("read", &e))?;
        if number("application_id").map_err(|e| self.failed("read", &e))? != APPLICATION {
            return Err(foreign(&self.name));
        }
        if version != VERSION {
            let what = format!("the history `{}` has version {version}, this program knows version {VERSION}", self.name);
            return Err(Failure::usage(format!("{what}; use the program that wrote it, or name another file. It was not changed")));
        }
        let damage: String =
            self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|e| self.failed("read", &e))?;
        if damage != "ok" {
            return Err(damaged(&self.name, &damage));
        }
        if self.tables().map_err(|e| self.failed("read", &e))? != TABLES {
            return Err(foreign(&self.name));
        }
        Ok(())
    }

    fn tables(&self) -> rusqlite::Result<Vec<String>> {
        let mut query = self.connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")?;
        query.query_map([], |row| row.get(0))?.collect()
    }

    /// Adds one run: all its cases, or nothing.
    pub(crate) fn add(&mut self, run: &Run<'_>, rows: &[IndexRow]) -> Result<(), Failure> {
        self.insert(run, rows).map_err(|e| self.failed("write to", &e))
    }

    fn insert(&mut self, run: &Run<'_>, rows: &[IndexRow]) -> rusqlite::Result<()> {
        let step = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let cases = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        step.execute(
            "INSERT INTO run (time, week, tool, knowledge, site, folder, cases) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![time_text(run.time), week(run.time), run.tool, run.knowledge, run.site, run.folder, cases],
        )?;
        let id = step.last_insert_rowid();
        {
            let mut insert = step.prepare(
                "INSERT INTO result (run, name, state, cause, needs_action, actor, product, days_left, codes) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?;
            for row in rows {
                let product = row.product.get("en").map_or("", String::as_str);
                let actor = if row.needs_action { row.actor.as_str() } else { "" };
                let codes = row.codes.join(SEPARATOR);
                insert.execute(params![id, row.name, row.state, row.cause, row.needs_action, actor, product, row.days_left, codes])?;
            }
        }
        step.commit()
    }

    /// For queries.
    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The failure behind an error of `SQLite`.
    pub(crate) fn failed(&self, what: &str, error: &rusqlite::Error) -> Failure {
        cannot(what, &self.name, error)
    }
}

fn cannot(what: &str, name: &str, error: &rusqlite::Error) -> Failure {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, NotADatabase};
    match error.sqlite_error_code() {
        Some(NotADatabase) => foreign(name),
        Some(DatabaseCorrupt) => damaged(name, &error.to_string()),
        Some(DatabaseBusy) => Failure::usage(format!("another scan is writing to the history `{name}`; wait for it to end")),
        _ => Failure::internal(format!("cannot {what} the history `{name}`: {error}")),
    }
}

fn foreign(name: &str) -> Failure {
    Failure::usage(format!("`{name}` is not a history of kms-triage; name another file. It was not changed"))
}

fn damaged(name: &str, how: &str) -> Failure {
    let how = how.replace('\n', " ");
    Failure::usage(format!("the history `{name}` is damaged ({how}); restore a copy, or name another file. It was not changed"))
}

/// Looks at the first bytes without `SQLite`, which would finish what another program left half done in its own file.
fn is_ours(path: &Path, name: &str) -> Result<(), Failure> {
    let fail = |e: &std::io::Error| Failure::usage(format!("cannot read the history `{name}`: {e}"));
    // Asked before opening: opening a pipe waits for its writer.
    if !fs::metadata(path).map_err(|e| fail(&e))?.is_file() {
        return Err(foreign(name));
    }
    let mut head = Vec::new();
    File::open(path).and_then(|f| f.take(100).read_to_end(&mut head)).map_err(|e| fail(&e))?;
    let ours = head.starts_with(b"SQLite format 3\0") && head.get(68..72) == Some(&APPLICATION.to_be_bytes());
    if ours { Ok(()) } else { Err(foreign(name)) }
}

/// `2026-11-23T15:04:05Z`
fn time_text(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-W48`: the ISO week in UTC.
fn week(time: Timestamp) -> String {
    let date: ISOWeekDate = time.to_zoned(TimeZone::UTC).date().iso_week_date();
    format!("{:04}-W{:02}", date.year(), date.week())
}

#[cfg(test)]
mod tests {
    use super::{time_text, week};

    #[test]
    fn weeks_are_iso_weeks_in_utc() {
        for (time, want) in [
            ("2026-11-23T00:00:00Z", "2026-W48"),
            ("2026-11-23T07:59:59+08:00", "2026-W47"),
            ("2026-01-01T00:00:00Z", "2026-W01"),
            ("2027-01-03T23:59:59Z", "2026-W53"),
        ] {
            assert_eq!(week(time.parse().unwrap()), want, "{time}");
        }
        assert_eq!(time_text("2026-11-23T08:00:00.5+08:00".parse().unwrap()), "2026-11-23T00:00:00Z");
    }
}
