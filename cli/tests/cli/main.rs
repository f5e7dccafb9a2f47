//! The command as a person or a script sees it: exit codes, what goes to which stream, hostile inputs,
//! and what a report folder holds after each scan.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod check;
mod check_data;
mod compare;
#[path = "../../../src/event/evtx/tests/entry.rs"]
mod entry;
mod export;
mod history;
mod hostile;
mod hosts;
mod knowledge;
mod logs;
#[path = "../../../src/event/evtx/tests/write.rs"]
mod logs_write;
mod report;
mod scan;
mod site;
mod watch;

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
    let names = fs::read_dir(report).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|n| n.starts_with("cases-")).collect()
}

/// Values of `href` in a page, without fragments, data and script addresses.
fn links(page: &Path) -> Vec<String> {
    let html = fs::read_to_string(page).unwrap();
    let html = html.replace("&#x2f;", "/");
    let hrefs = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|h| !h.starts_with('#') && !h.starts_with("data:")).map(|h| h.split('#').next().unwrap_or(h).to_owned()).collect()
}

/// Every link of every page leads to a file of the report.
fn assert_links(report: &Path) {
    let mut followed = 0;
    for (name, _) in tree(report).iter().filter(|f| f.0.ends_with(".html")) {
        let page = report.join(name);
        for link in links(&page) {
            assert!(page.parent().unwrap().join(&link).exists(), "{name} links to `{link}`");
            followed += 1;
        }
    }
    assert!(followed > 0);
}
