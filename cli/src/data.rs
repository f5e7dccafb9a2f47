//! Puts the data files together: the embedded ones, and an extra folder laid over them path by path.
//! Knows nothing about their content; that is `Knowledge::load`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::thread;

use kms_triage::message::MessageBook;
use kms_triage::{DataError, Knowledge};
use walkdir::WalkDir;

use crate::exit::Failure;
use crate::{canonical, output, site};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/data.rs"));
}

/// A data file larger than this is somebody else's: the largest of ours has 60 kB.
const DATA_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Data files by path inside the data folder, `causes/other.toml`.
#[derive(Debug, Clone)]
pub(crate) struct DataFiles {
    files: BTreeMap<String, Cow<'static, str>>,
}

impl DataFiles {
    /// The files that this program carries.
    pub(crate) fn embedded() -> Self {
        Self { files: embedded::FILES.iter().map(|(path, text, _)| ((*path).to_owned(), Cow::Borrowed(*text))).collect() }
    }

    /// Only the files of `dir`.
    pub(crate) fn of(dir: &Path) -> Result<Self, Failure> {
        let mut alone = Self { files: BTreeMap::new() };
        alone.lay_over(dir)?;
        Ok(alone)
    }

    /// Adds the files of `dir`; one with the path of an embedded file replaces it, whether that one is
    /// kept as TOML or as the JSON made from it.
    pub(crate) fn lay_over(&mut self, dir: &Path) -> Result<BTreeSet<String>, Failure> {
        let mut added = BTreeSet::new();
        for folder in embedded::FOLDERS {
            for entry in WalkDir::new(dir.join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok) {
                let hidden = entry.file_name().to_string_lossy().starts_with('.');
                if !entry.path().is_file() || hidden {
                    continue;
                }
                let Ok(inner) = entry.path().strip_prefix(dir) else { continue };
                let path = inner.to_string_lossy().replace('\\', "/");
                let text = read_text(entry.path())?;
                let stem = path.rsplit_once('.').map_or(path.as_str(), |p| p.0);
                self.files.remove(&format!("{stem}.json"));
                self.files.remove(&format!("{stem}.toml"));
                self.files.insert(path.clone(), Cow::Owned(text));
                added.insert(path);
            }
        }
        if added.is_empty() {
            let known = embedded::FOLDERS.join(", ");
            return Err(Failure::usage(format!("`{}` holds no data file: none of the folders {known} is in it", dir.display())));
        }
        Ok(added)
    }

    /// Adds or replaces one file.
    pub(crate) fn insert(&mut self, path: &str, text: String) {
        self.files.insert(path.to_owned(), Cow::Owned(text));
    }

    /// Whether every data folder has a file: then the data can stand alone.
    pub(crate) fn is_complete(&self) -> bool {
        embedded::FOLDERS.iter().all(|folder| self.files.keys().any(|path| path.starts_with(&format!("{folder}/"))))
    }

    /// Paths and texts in order of path.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    /// Stands for what they hold: 64 digits. Digests of embedded files are made when the program is built.
    pub(crate) fn hash(&self) -> String {
        let ready: BTreeMap<&str, &str> = embedded::FILES.iter().map(|(path, _, digest)| (*path, *digest)).collect();
        if self.files.len() == ready.len() && self.files.values().all(|text| matches!(text, Cow::Borrowed(_))) {
            return embedded::HASH.to_owned();
        }
        let digest = |(path, text): (&String, &Cow<'static, str>)| match (text, ready.get(path.as_str())) {
            (Cow::Borrowed(_), Some(digest)) => (*digest).to_owned(),
            _ => canonical::file_digest(path, text),
        };
        canonical::set_digest(self.files.iter().map(|file| (file.0.as_str(), digest(file))))
    }

    /// Loads them, messages beside everything else.
    pub(crate) fn load(&self) -> (Knowledge, Vec<DataError>) {
        let files: BTreeMap<&str, &str> = self.iter().collect();
        let load_messages = || MessageBook::load(&files);
        let ((mut knowledge, mut errors), (messages, problems)) = thread::scope(|scope| {
            let messages = thread::Builder::new().spawn_scoped(scope, load_messages);
            let rest = Knowledge::without_messages(&files);
            // A machine that gives no thread still gets its messages.
            (rest, messages.ok().and_then(|m| m.join().ok()).unwrap_or_else(load_messages))
        });
        knowledge.messages = messages;
        knowledge.hash = self.hash();
        errors.extend(problems);
        (knowledge, errors)
    }
}

/// The text of a file of data or of a profile.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let fail = |why: String| Failure::usage(format!("cannot read the file `{}`: {why}", path.display()));
    let size = fs::metadata(path).map_err(|e| fail(e.to_string()))?.len();
    if size > DATA_BYTES_MAX {
        return Err(fail(format!("it has {size} bytes, more than any data file has")));
    }
    let bytes = fs::read(path).map_err(|e| fail(e.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| fail("it is not UTF-8; save it as UTF-8".to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// The knowledge of a run: embedded, with `extra` laid over. Broken extra files are told on stderr and left
/// out, because the others still serve; a broken profile ends the run, because it decides which host
/// people are sent to. Nothing is given back piece by piece at the end: that takes a millisecond of the
/// ten that a short command has.
pub(crate) fn knowledge(extra: Option<&Path>, site: Option<&Path>) -> Result<ManuallyDrop<Knowledge>, Failure> {
    let mut files = ManuallyDrop::new(DataFiles::embedded());
    if let Some(dir) = extra {
        files.lay_over(dir)?;
    }
    let (knowledge, errors) = files.load();
    if extra.is_some() {
        for error in &errors {
            output::note(&error.to_string());
        }
    }
    Ok(ManuallyDrop::new(match site {
        Some(path) => site::lay_over(knowledge, path)?,
        None => knowledge,
    }))
}
