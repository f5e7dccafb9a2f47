//! The repository's files as tests see them: paths with `/`, in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use kms_triage::report::Renderer;
use kms_triage::{DataError, Knowledge, Site};

/// The folder of the library package.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `folder` of the repository, with its path relative to the repository, in order.
pub(crate) fn under(folder: &str) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    collect(&root().join(folder), folder, &mut found);
    found.sort();
    found
}

fn collect(path: &Path, name: &str, found: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &name, found);
        } else {
            found.push((name, entry.path()));
        }
    }
}

/// The folders whose files are knowledge.
const DATA_FOLDERS: [&str; 12] =
    ["actions", "grammars", "codes", "products", "rules", "causes", "remedies", "checks", "locales", "redaction", "sources", "templates"];

static LOADED: LazyLock<(Knowledge, Vec<DataError>)> = LazyLock::new(load);

fn load() -> (Knowledge, Vec<DataError>) {
    let files: Vec<(String, String)> =
        DATA_FOLDERS.iter().flat_map(|f| under(f)).map(|(name, path)| (name, fs::read_to_string(path).unwrap())).collect();
    Knowledge::load(files.iter().map(|(p, t)| (p.as_str(), t.as_str())))
}

/// The knowledge on disk: a change of data compiles nothing.
pub(crate) fn knowledge() -> &'static Knowledge {
    &LOADED.0
}

/// The same with the site profile at `path`. Each profile is loaded once and kept.
pub(crate) fn with_site(path: &str) -> &'static Knowledge {
    static LOADED: Mutex<BTreeMap<String, &'static Knowledge>> = Mutex::new(BTreeMap::new());
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    loaded.entry(path.to_owned()).or_insert_with(|| {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        let (knowledge, _) = load();
        let site = Site::parse(path, &text, &knowledge).unwrap_or_else(|e| panic!("{e:?}"));
        Box::leak(Box::new(knowledge.with_site(site)))
    })
}

/// What was wrong with it.
pub(crate) fn data_errors() -> &'static [DataError] {
    &LOADED.1
}

/// Fails with every problem at once.
#[track_caller]
pub(crate) fn report(what: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{} {what}:\n{}\n", problems.len(), problems.join("\n"));
}

static RENDERER: LazyLock<Renderer<'static>> = LazyLock::new(|| Renderer::new(knowledge()).unwrap());

/// The templates, compiled.
pub(crate) fn renderer() -> &'static Renderer<'static> {
    &RENDERER
}
