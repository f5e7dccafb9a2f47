//! The command as a person or a script sees it: exit codes, what goes to which stream, hostile inputs,
//! and what a report folder holds after each scan.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod check;
mod check_data;
mod compare;
mod edition;
#[path = "../../../src/event/evtx/tests/entry.rs"]
mod entry;
mod explained;
mod export;
mod history;
mod hostile;
mod hosts;
mod index;
mod knowledge;
mod logs;
#[path = "../../../src/event/evtx/tests/write.rs"]
mod logs_write;
mod pack;
mod redact;
mod report;
mod scan;
#[cfg(feature = "serve")]
mod serve;
mod site;
mod summary;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const ACTIVATED: &str = "Activating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\n\
    Product activated successfully.\r\n";
const FAILED: &str = "Activating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\n\
    Error: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.\r\n";

fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kms-triage"));
    command.current_dir(dir).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command
}

fn run(dir: &Path, arguments: &[&str]) -> Output {
    command(dir).args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn write(path: PathBuf, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A folder `drop` with a case that is activated and one that is not.
fn two_cases() -> TempDir {
    let top = tempfile::tempdir().unwrap();
    write(top.path().join("drop/PC-01/slmgr.txt"), ACTIVATED);
    write(top.path().join("drop/PC-02/slmgr.txt"), FAILED);
    top
}

/// Every file below `dir` with its content.
fn tree(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push((path.strip_prefix(dir).unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn case_folders(report: &Path) -> Vec<String> {
    folders(report, "cases-")
}

/// Names of what lies in the report and begins with `start`.
fn folders(report: &Path, start: &str) -> Vec<String> {
    let names = fs::read_dir(report).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|n| n.starts_with(start)).collect()
}

/// Values of an attribute in a page.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    html.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every link of every page leads to a file of the report, and to an id of that file when it names one.
fn assert_links(report: &Path) {
    let pages: Vec<(PathBuf, String)> = tree(report)
        .into_iter()
        .filter(|f| f.0.ends_with(".html"))
        .map(|(name, bytes)| (report.join(name), text(&bytes).replace("&#x2f;", "/")))
        .collect();
    let ids: BTreeMap<&Path, BTreeSet<&str>> =
        pages.iter().map(|(path, html)| (path.as_path(), values(html, "id").into_iter().collect())).collect();
    let mut followed = 0;
    for (page, html) in &pages {
        let inside = values(html, "href").into_iter().filter(|h| !h.starts_with("data:") && !h.starts_with("https://"));
        for link in inside {
            let (file, id) = link.split_once('#').map_or((link, None), |(file, id)| (file, Some(id)));
            let target =
                if file.is_empty() { page.clone() } else { fs::canonicalize(page.parent().unwrap().join(file)).unwrap_or_default() };
            assert!(target.is_file(), "{} links to `{link}`", page.display());
            let target = target.strip_prefix(fs::canonicalize(report).unwrap()).map_or(target.clone(), |inner| report.join(inner));
            let known = id.is_none_or(|id| ids.get(target.as_path()).is_some_and(|ids| ids.contains(id)));
            assert!(known, "{} links to `{link}`", page.display());
            followed += 1;
        }
    }
    assert!(followed > 0);
}
