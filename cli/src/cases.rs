//! Finds the cases of a drop: a sub-folder with all that is below it, loose files whose names share what
//! stands before the first `_` or `.`, or one loose file. Opens no file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use kms_triage::intake::stem;
use walkdir::{DirEntry, WalkDir};

use crate::hidden;
use crate::input::{self, SKIPPED, Trouble};
use crate::words::{Words, shown};

/// A file of a case.
#[derive(Debug)]
pub(crate) struct CaseFile {
    /// Name inside the case.
    pub(crate) name: String,
    /// Name inside the drop.
    pub(crate) shown: String,
    pub(crate) path: PathBuf,
    /// Known before opening it.
    pub(crate) trouble: Option<Trouble>,
}

/// A case: one computer, we hope.
#[derive(Debug)]
pub(crate) struct CaseFiles {
    pub(crate) name: String,
    /// The folder of the command line that it lies in; empty when there is only one.
    pub(crate) folder: String,
    pub(crate) files: Vec<CaseFile>,
}

/// A name and why nothing came of it.
#[derive(Debug)]
pub(crate) struct Unused {
    pub(crate) shown: String,
    pub(crate) trouble: Trouble,
}

/// What a scan works on.
#[derive(Debug, Default)]
pub(crate) struct Drop {
    /// Cases in order of name, which is unique.
    pub(crate) cases: Vec<CaseFiles>,
    /// Passed over on purpose; nothing is lost.
    pub(crate) hidden: Vec<Unused>,
    /// Folders on the command line that cannot be read.
    pub(crate) unreadable: Vec<Unused>,
}

impl Drop {
    /// Takes the file at `path` out of the cases, by whatever name it was found.
    pub(crate) fn leave_out(&mut self, path: &Path) {
        let Ok(real) = fs::canonicalize(path) else { return };
        for case in &mut self.cases {
            case.files.retain(|f| f.path.file_name() != real.file_name() || fs::canonicalize(&f.path).ok().as_ref() != Some(&real));
        }
        self.cases.retain(|c| !c.files.is_empty());
    }
}

/// Name, then folder before loose files, then number of the folder on the command line.
type Key = (String, bool, usize);

/// Finds the cases in `dirs`, leaving out the folder `report`, which may lie inside one of them.
pub(crate) fn find(dirs: &[PathBuf], report: &Path, words: Words<'_>) -> Drop {
    let mut drop = Drop::default();
    let mut groups: BTreeMap<Key, Vec<CaseFile>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (number, dir) in dirs.iter().enumerate() {
        match fs::canonicalize(dir) {
            // The same folder twice is one folder.
            Ok(root) if !seen.insert(root.clone()) => {}
            Ok(root) => {
                let prefix = if dirs.len() > 1 { format!("{}/", folder_name(dir)) } else { String::new() };
                let walk = Walk { root: &root, report, number, prefix, words };
                walk.collect(&mut groups, &mut drop);
            }
            Err(error) => {
                drop.unreadable.push(Unused { shown: shown(&dir.to_string_lossy()), trouble: input::failed(&error, 0, words) });
            }
        }
    }
    drop.cases = with_unique_names(groups, |number| match dirs {
        [_] => String::new(),
        several => several.get(number).map(|d| folder_name(d)).unwrap_or_default(),
    });
    drop
}

/// The last part of a folder's path, also for `.` and `..`: never a whole path of this machine.
pub(crate) fn folder_name(dir: &Path) -> String {
    let absolute = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
    absolute.file_name().map_or_else(|| "/".to_owned(), |n| shown(&n.to_string_lossy()))
}

/// A group whose name is taken gets `-2`, `-3` …, the next that no other group has.
fn with_unique_names(groups: BTreeMap<Key, Vec<CaseFile>>, folder: impl Fn(usize) -> String) -> Vec<CaseFiles> {
    let wanted: BTreeSet<String> = groups.keys().map(|k| k.0.clone()).collect();
    let mut taken = BTreeSet::new();
    let mut cases = Vec::new();
    for ((base, _, number_of_folder), files) in groups {
        let mut name = base.clone();
        let mut number = 2_u32;
        while taken.contains(&name) || (name != base && wanted.contains(&name)) {
            name = format!("{base}-{number}");
            number += 1;
        }
        taken.insert(name.clone());
        cases.push(CaseFiles { name, folder: folder(number_of_folder), files });
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// One folder of the command line.
struct Walk<'a> {
    root: &'a Path,
    report: &'a Path,
    number: usize,
    prefix: String,
    words: Words<'a>,
}

impl Walk<'_> {
    fn collect(&self, groups: &mut BTreeMap<Key, Vec<CaseFile>>, drop: &mut Drop) {
        let mut walk = WalkDir::new(self.root).min_depth(1).follow_links(false).sort_by_file_name().into_iter();
        while let Some(step) = walk.next() {
            match step {
                Ok(entry) if entry.file_type().is_dir() => {
                    let name = entry.file_name().to_string_lossy();
                    let hidden = hidden::folder(&name);
                    drop.hidden.extend(hidden.then(|| self.unused(&entry, "reason-hidden")));
                    if hidden || entry.path() == self.report {
                        walk.skip_current_dir();
                    }
                }
                Ok(entry) if hidden::file(&entry.file_name().to_string_lossy()) => {
                    drop.hidden.push(self.unused(&entry, "reason-hidden"));
                }
                Ok(entry) => self.add(entry.path(), self.link_trouble(&entry), groups),
                Err(error) => {
                    let path = error.path().unwrap_or(self.root).to_path_buf();
                    // `PC-07/*`: all that may be in a folder that cannot be listed.
                    let path = if path.is_dir() { path.join("*") } else { path };
                    let cause = error.into_io_error().unwrap_or_else(|| io::Error::other("folder"));
                    self.add(&path, Some(input::failed(&cause, 0, self.words)), groups);
                }
            }
        }
    }

    fn unused(&self, entry: &DirEntry, key: &str) -> Unused {
        let parts = parts(entry.path().strip_prefix(self.root).unwrap_or(entry.path()));
        Unused { shown: format!("{}{}", self.prefix, parts.join("/")), trouble: self.skipped(key) }
    }

    fn skipped(&self, key: &str) -> Trouble {
        Trouble { status: SKIPPED, reason: self.words.say(key, &[]), bytes: 0 }
    }

    /// A link is followed only to a file inside the drop: links may run in circles, or out of it to
    /// what nobody wanted to give.
    fn link_trouble(&self, entry: &DirEntry) -> Option<Trouble> {
        if !entry.path_is_symlink() {
            return None;
        }
        match fs::canonicalize(entry.path()) {
            Ok(target) if target.is_file() && target.starts_with(self.root) && !target.starts_with(self.report) => None,
            Ok(_) => Some(self.skipped("reason-link")),
            Err(_) => Some(self.skipped("reason-link-broken")),
        }
    }

    fn add(&self, path: &Path, trouble: Option<Trouble>, groups: &mut BTreeMap<Key, Vec<CaseFile>>) {
        let parts = parts(path.strip_prefix(self.root).unwrap_or(path));
        let shown = format!("{}{}", self.prefix, parts.join("/"));
        let (key, name) = match parts.as_slice() {
            // The folder on the command line itself cannot be listed.
            [] => ((folder_name(self.root), true, self.number), "*".to_owned()),
            [all] if all == "*" => ((folder_name(self.root), true, self.number), all.clone()),
            [loose] => ((stem(loose).to_owned(), true, self.number), loose.clone()),
            // Texts that Windows saved beside a loose log belong to its case.
            [folder, texts] if hidden::display_texts(folder) => ((stem(texts).to_owned(), true, self.number), parts.join("/")),
            [folder, inner @ ..] => ((folder.clone(), false, self.number), inner.join("/")),
        };
        groups.entry(key).or_default().push(CaseFile { name, shown, path: path.to_path_buf(), trouble });
    }
}

/// The parts of a relative path, fit to be shown.
fn parts(path: &Path) -> Vec<String> {
    let normal = path.components().filter(|c| matches!(c, Component::Normal(_)));
    normal.map(|c| shown(&c.as_os_str().to_string_lossy())).collect()
}

#[cfg(test)]
mod tests {
    use super::{CaseFiles, with_unique_names};
    use std::collections::BTreeMap;

    #[test]
    fn a_number_never_takes_another_name() {
        let key = |name: &str, loose, dir| ((name.to_owned(), loose, dir), Vec::new());
        let groups = BTreeMap::from([key("a", false, 0), key("a", true, 0), key("a", true, 1), key("a-2", true, 0)]);
        let names: Vec<String> = with_unique_names(groups, |_| String::new()).into_iter().map(|c: CaseFiles| c.name).collect();
        assert_eq!(names, ["a", "a-2", "a-3", "a-4"]);
    }
}
