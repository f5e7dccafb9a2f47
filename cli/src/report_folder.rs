//! The folder of a report: what in it is ours, and how a new report takes the place of an old one so
//! that a scan killed at any moment leaves the old one whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// Stands in a folder that this program made; only such folders are written over or removed.
const MARK: &str = ".kms-triage";
const MARK_TEXT: &str = "Made by kms-triage: the next scan replaces the report in this folder.\n";
/// Begins the name of what is being written or removed; a killed scan leaves it behind, the next one removes it.
const FRESH: &str = ".kms-triage-new";
/// One JSON object per case and line.
pub(crate) const RESULTS: &str = "results.ndjson";
/// The same as a table.
pub(crate) const TABLE: &str = "results.csv";
/// Begin the names of folders of pages; twelve digits that stand for their content follow.
pub(crate) const CASES: &str = "cases-";
pub(crate) const EXPLAINED: &str = "explain-";
pub(crate) const LISTS: &str = "list-";
/// Counts, plan and patterns of the batch.
pub(crate) const SUMMARY: &str = "summary.json";

/// The folder, held by one scan at a time.
#[derive(Debug)]
pub(crate) struct ReportFolder {
    dir: PathBuf,
    /// Keeps the lock until the end of the scan.
    _lock: File,
}

impl ReportFolder {
    /// Makes or takes the folder `dir`. One that holds a report-like file of somebody else is refused.
    pub(crate) fn open(dir: &Path) -> Result<Self, Failure> {
        let fail = |what: &str, e: &io::Error| Failure::internal(format!("cannot {what} the report folder `{}`: {e}", dir.display()));
        if dir.exists() && !dir.is_dir() {
            return Err(Failure::usage(format!("`{}` is a file; name a folder with --out", dir.display())));
        }
        fs::create_dir_all(dir).map_err(|e| fail("make", &e))?;
        let dir = fs::canonicalize(dir).map_err(|e| fail("find", &e))?;
        if !dir.join(MARK).exists() {
            let names = fs::read_dir(&dir).map_err(|e| fail("read", &e))?.filter_map(Result::ok);
            let ours = |name: &String| is_index_name(name) || [RESULTS, TABLE, SUMMARY].contains(&name.as_str());
            // The least one, so that the message is the same on every machine.
            if let Some(name) = names.map(|e| e.file_name().to_string_lossy().into_owned()).filter(ours).min() {
                let message = format!("`{name}` in `{}` was not made by kms-triage; name another folder with --out", dir.display());
                return Err(Failure::usage(message));
            }
        }
        let lock = Self::lock(&dir).map_err(|e| match e.kind() {
            io::ErrorKind::WouldBlock => Failure::usage(format!("another scan is writing to `{}`; wait for it to end", dir.display())),
            _ => fail("write to", &e),
        })?;
        let folder = Self { dir, _lock: lock };
        folder.clear_fresh().map_err(|e| fail("clean", &e))?;
        Ok(folder)
    }

    fn lock(dir: &Path) -> io::Result<File> {
        let mut mark = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(MARK))?;
        match mark.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            // A file system without locks: go on without.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        mark.write_all(MARK_TEXT.as_bytes())?;
        Ok(mark)
    }

    /// Its real path.
    pub(crate) fn path(&self) -> &Path {
        &self.dir
    }

    /// A fresh folder for pages whose name will begin with `kind`, not yet linked from anywhere.
    pub(crate) fn fresh_pages(&self, kind: &str) -> io::Result<PathBuf> {
        let fresh = self.fresh(kind);
        if fresh.exists() {
            // Of a pass that failed halfway.
            fs::remove_dir_all(&fresh)?;
        }
        fs::create_dir(&fresh)?;
        fs::write(fresh.join(MARK), MARK_TEXT)?;
        Ok(fresh)
    }

    fn fresh(&self, kind: &str) -> PathBuf {
        self.dir.join(format!("{FRESH}-{kind}pages"))
    }

    /// Gives the fresh pages their final name, which begins with `kind`. The name stands for the content: where the folder exists
    /// already, its pages are the same and are only renewed.
    pub(crate) fn keep_pages(&self, kind: &str, name: &str) -> io::Result<()> {
        let (fresh, last) = (self.fresh(kind), self.dir.join(name));
        if !last.exists() {
            return fs::rename(fresh, last);
        }
        for entry in fs::read_dir(&fresh)? {
            let entry = entry?;
            fs::rename(entry.path(), last.join(entry.file_name()))?;
        }
        // Not empty where a page was the very file that it should replace: then renaming does nothing.
        fs::remove_dir_all(fresh)
    }

    /// Writes one file of the top level: whole under another name first, then in one step to its own.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.write_lines(name, std::iter::once(Ok(bytes)))
    }

    /// The same for a file in parts.
    pub(crate) fn write_lines(&self, name: &str, lines: impl Iterator<Item = io::Result<impl AsRef<[u8]>>>) -> io::Result<()> {
        let fresh = self.dir.join(format!("{FRESH}-{name}"));
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&fresh)?);
        for line in lines {
            file.write_all(line?.as_ref())?;
        }
        file.flush()?;
        file.get_ref().sync_all()?;
        drop(file);
        fs::rename(fresh, self.dir.join(name))
    }

    /// Removes what the new report no longer links to: index pages not in `indexes`, and folders of pages
    /// not in `pages`. Folders without our mark stay.
    pub(crate) fn remove_old(&self, indexes: &[String], pages: &[String]) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if is_index_name(&name) && !indexes.iter().any(|i| *i == name) {
                fs::remove_file(entry.path())?;
                continue;
            }
            let ours = is_pages_name(&name) && entry.file_type()?.is_dir() && entry.path().join(MARK).is_file();
            if ours && !pages.iter().any(|p| *p == name) {
                // Renamed first: a scan killed halfway must not leave a folder that has lost its mark.
                let gone = self.dir.join(format!("{FRESH}-{name}"));
                fs::rename(entry.path(), &gone)?;
                fs::remove_dir_all(gone)?;
            }
        }
        Ok(())
    }

    /// Removes what a killed scan left behind.
    fn clear_fresh(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with(FRESH) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

impl Drop for ReportFolder {
    /// A scan that failed cleans up behind itself; when even that fails, the next one does it.
    fn drop(&mut self) {
        let _ = self.clear_fresh();
    }
}

/// Name of the index in `locale`; the one in the language of choice is the plain one.
pub(crate) fn index_name(locale: &str, chosen: &str) -> String {
    if locale == chosen { "index.html".to_owned() } else { format!("index.{locale}.html") }
}

/// `index.html`, `index.ja.html`.
fn is_index_name(name: &str) -> bool {
    let tag = name.strip_prefix("index.").and_then(|n| n.strip_suffix(".html"));
    name == "index.html" || tag.is_some_and(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}

/// `cases-0123456789ab`, `explain-0123456789ab`, `list-0123456789ab`.
fn is_pages_name(name: &str) -> bool {
    let digits = [CASES, EXPLAINED, LISTS].iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or_default();
    digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::{CASES, EXPLAINED, MARK, ReportFolder, is_pages_name};
    use std::fs;

    #[test]
    fn only_our_own_folders_are_ours() {
        assert!(is_pages_name("cases-0123456789ab"));
        assert!(is_pages_name("explain-0123456789ab"));
        assert!(is_pages_name("list-0123456789ab"));
        assert!(!is_pages_name("cases-2026"));
        assert!(!is_pages_name("cases-0123456789AB"));
    }

    #[test]
    fn a_failed_rename_leaves_the_old_report() {
        let top = tempfile::tempdir().unwrap();
        let folder = ReportFolder::open(top.path()).unwrap();
        folder.write("index.html", b"old").unwrap();
        let fresh = folder.fresh_pages(CASES).unwrap();
        fs::write(fresh.join("a.en.html"), "page").unwrap();
        // A file in the way stands for any reason why the pages cannot take their place.
        fs::write(top.path().join("cases-0123456789ab"), "in the way").unwrap();
        assert!(folder.keep_pages(CASES, "cases-0123456789ab").is_err());
        assert_eq!(fs::read(top.path().join("index.html")).unwrap(), b"old");
    }

    #[test]
    fn leftovers_go_and_foreign_folders_stay() {
        let top = tempfile::tempdir().unwrap();
        let dir = top.path();
        drop(ReportFolder::open(dir).unwrap());
        fs::create_dir(dir.join(".kms-triage-new")).unwrap();
        fs::write(dir.join(".kms-triage-new-index.html"), "half").unwrap();
        for name in ["cases-000000000000", "cases-111111111111", "explain-000000000000", "explain-222222222222"] {
            fs::create_dir(dir.join(name)).unwrap();
        }
        for name in ["cases-000000000000", "explain-000000000000", "explain-222222222222"] {
            fs::write(dir.join(name).join(MARK), "").unwrap();
        }
        let folder = ReportFolder::open(dir).unwrap();
        assert!(!dir.join(".kms-triage-new").exists() && !dir.join(".kms-triage-new-index.html").exists());
        assert!(ReportFolder::open(dir).is_err(), "one scan at a time");
        folder.remove_old(&[], &[format!("{EXPLAINED}222222222222")]).unwrap();
        assert!(!dir.join("cases-000000000000").exists() && !dir.join("explain-000000000000").exists(), "ours");
        assert!(dir.join("explain-222222222222").exists(), "in use");
        assert!(dir.join("cases-111111111111").exists(), "somebody else's");
    }
}
