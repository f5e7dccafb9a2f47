//! Puts the data files together: the embedded ones, and an extra folder laid over them path by path.
//! Knows nothing about their content; that is `Knowledge::load`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::thread;

use ed25519_dalek::VerifyingKey;
use kms_triage::message::MessageBook;
use kms_triage::{DataError, Knowledge};
use walkdir::WalkDir;

use crate::args::Extra;
use crate::exit::Failure;
use crate::pack::PACK_BYTES_MAX;
use crate::words::shown;
use crate::{canonical, keys, output, pack, site};

/// Names of the data folders.
pub(crate) use kms_triage_data::FOLDERS;

/// A data file larger than this is somebody else's: the largest of ours has 60 kB.
pub(crate) const DATA_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Data files by path inside the data folder, `causes/other.toml`.
#[derive(Debug, Clone)]
pub(crate) struct DataFiles {
    files: BTreeMap<String, Cow<'static, str>>,
}

impl DataFiles {
    /// The files that this program carries.
    pub(crate) fn embedded() -> Self {
        Self { files: kms_triage_data::FILES.iter().map(|(path, text)| ((*path).to_owned(), Cow::Borrowed(*text))).collect() }
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
        let mut added = pack::Texts::new();
        for folder in FOLDERS {
            for entry in WalkDir::new(dir.join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok) {
                let hidden = entry.file_name().to_string_lossy().starts_with('.');
                if !entry.path().is_file() || hidden {
                    continue;
                }
                let Ok(inner) = entry.path().strip_prefix(dir) else { continue };
                let path = inner.to_string_lossy().replace('\\', "/");
                added.insert(path, read_text(entry.path())?);
            }
        }
        if added.is_empty() {
            let known = FOLDERS.join(", ");
            return Err(Failure::usage(format!("`{}` holds no data file: none of the folders {known} is in it", dir.display())));
        }
        let paths = added.keys().cloned().collect();
        self.lay(added);
        Ok(paths)
    }

    /// Adds texts; one with the path of a file that is there replaces it.
    pub(crate) fn lay(&mut self, texts: pack::Texts) {
        for (path, text) in texts {
            let stem = path.rsplit_once('.').map_or(path.as_str(), |p| p.0);
            self.files.remove(&format!("{stem}.json"));
            self.files.remove(&format!("{stem}.toml"));
            self.files.insert(path, Cow::Owned(text));
        }
    }

    /// Adds or replaces one file.
    pub(crate) fn insert(&mut self, path: &str, text: String) {
        self.files.insert(path.to_owned(), Cow::Owned(text));
    }

    /// Whether every data folder has a file: then the data can stand alone.
    pub(crate) fn is_complete(&self) -> bool {
        FOLDERS.iter().all(|folder| self.files.keys().any(|path| path.starts_with(&format!("{folder}/"))))
    }

    /// Paths and texts in order of path.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    /// Stands for what they hold: 64 digits. Digests of embedded files are made when the program is built.
    pub(crate) fn hash(&self) -> String {
        let ready: BTreeMap<&str, &str> = kms_triage_data::DIGESTS.iter().copied().collect();
        if self.files.len() == ready.len() && self.files.values().all(|text| matches!(text, Cow::Borrowed(_))) {
            return kms_triage_data::HASH.to_owned();
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
            let rest = self.load_rest(&files);
            // A machine that gives no thread still gets its messages.
            (rest, messages.ok().and_then(|m| m.join().ok()).unwrap_or_else(load_messages))
        });
        knowledge.messages = messages;
        errors.extend(problems);
        (knowledge, errors)
    }

    /// All but messages, with the digest of all.
    fn load_rest(&self, files: &BTreeMap<&str, &str>) -> (Knowledge, Vec<DataError>) {
        let (mut knowledge, errors) = Knowledge::without_messages(files);
        knowledge.hash = self.hash();
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

/// The texts of a signed pack, or why it is refused.
pub(crate) fn read_pack(path: &Path, trusted: &VerifyingKey) -> Result<Result<pack::Texts, String>, Failure> {
    let name = shown(&path.to_string_lossy());
    let fail = |why: String| Failure::usage(format!("cannot read the pack `{name}`: {why}"));
    let file = File::open(path).map_err(|e| fail(e.to_string()))?;
    let mut bytes = Vec::new();
    file.take(PACK_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|e| fail(e.to_string()))?;
    if bytes.len() as u64 > PACK_BYTES_MAX {
        return Err(fail(format!("it has more than {PACK_BYTES_MAX} bytes, the most a pack has; this is another file")));
    }
    Ok(pack::read(&bytes, trusted).map_err(|why| format!("the pack `{name}` is refused: {why}")))
}

/// Lays the folder or the pack over the built-in files. A key asks for a signature, and a pack for a key.
fn lay_extra(files: &mut DataFiles, extra: &Extra) -> Result<(), Failure> {
    let (path, key) = match (&extra.knowledge, &extra.knowledge_key) {
        (None, None) => return Ok(()),
        (None, Some(_)) => return Err(Failure::usage("--knowledge-key is for a pack; name the pack with --knowledge")),
        (Some(path), key) => (path, key),
    };
    let name = shown(&path.to_string_lossy());
    match key {
        None if path.is_file() => Err(Failure::usage(format!(
            "`{name}` is a file, and a pack is loaded only with the key that must have signed it; name that with --knowledge-key"
        ))),
        None => files.lay_over(path).map(|_| ()),
        Some(_) if path.is_dir() => Err(Failure::usage(format!(
            "`{name}` is a folder, which nobody signs; name a pack (`kms-triage knowledge pack`), or leave --knowledge-key away"
        ))),
        Some(key) => {
            files.lay(read_pack(path, &keys::public(key)?)?.map_err(Failure::usage)?);
            Ok(())
        }
    }
}

/// The data files of a run: embedded, with `extra` laid over. Nothing is given back piece by piece at the end:
/// that takes a millisecond of the ten that a short command has.
fn files(extra: &Extra) -> Result<ManuallyDrop<DataFiles>, Failure> {
    let mut files = ManuallyDrop::new(DataFiles::embedded());
    lay_extra(&mut files, extra)?;
    Ok(files)
}

/// The knowledge of a run. Broken extra files are told on stderr and left out, because the others still
/// serve; a broken profile ends the run, because it decides which host people are sent to.
pub(crate) fn knowledge(extra: &Extra, site: Option<&Path>) -> Result<ManuallyDrop<Knowledge>, Failure> {
    used(files(extra)?.load(), extra, site)
}

/// [`knowledge`] without messages, which take half of the time; [`add_messages`] loads them from the files.
pub(crate) fn without_messages(extra: &Extra, site: Option<&Path>) -> Result<(ManuallyDrop<DataFiles>, ManuallyDrop<Knowledge>), Failure> {
    let files = files(extra)?;
    let knowledge = used(files.load_rest(&files.iter().collect()), extra, site)?;
    Ok((files, knowledge))
}

/// What [`without_messages`] left out.
pub(crate) fn add_messages(knowledge: &mut Knowledge, files: &DataFiles, extra: &Extra) {
    let (messages, errors) = MessageBook::load(&files.iter().collect());
    knowledge.messages = messages;
    tell(&errors, extra);
}

fn tell(errors: &[DataError], extra: &Extra) {
    if extra.knowledge.is_some() {
        for error in errors {
            output::note(&error.to_string());
        }
    }
}

fn used((knowledge, errors): (Knowledge, Vec<DataError>), extra: &Extra, site: Option<&Path>) -> Result<ManuallyDrop<Knowledge>, Failure> {
    tell(&errors, extra);
    Ok(ManuallyDrop::new(match site {
        Some(path) => site::lay_over(knowledge, path)?,
        None => knowledge,
    }))
}
