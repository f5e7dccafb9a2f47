//! Names that file managers and archivers leave behind: nobody gave them as evidence. They are listed
//! in the report, but they are no case and no reason for a bad exit code.

/// Whether a file of this name is passed over: `.DS_Store`, `desktop.ini`, `._slmgr.txt`.
pub(crate) fn file(name: &str) -> bool {
    const NAMES: [&str; 4] = ["desktop.ini", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db"];
    name.starts_with('.') || NAMES.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// Whether a folder of this name is passed over with all that is in it: `.git`, `__MACOSX`.
pub(crate) fn folder(name: &str) -> bool {
    const NAMES: [&str; 3] = ["__macosx", "$recycle.bin", "system volume information"];
    name.starts_with('.') || NAMES.iter().any(|n| n.eq_ignore_ascii_case(name))
}
