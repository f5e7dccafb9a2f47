//! Names that file managers and archivers leave behind: nobody gave them as evidence. They are listed
//! in the report, but they are no case and no reason for a bad exit code.

/// Whether a file of this name is passed over: `.DS_Store`, `desktop.ini`, `._slmgr.txt`.
pub(crate) fn file(name: &str) -> bool {
    // The last one is what `redact` writes beside its copies.
    const NAMES: [&str; 5] = ["desktop.ini", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "manifest.json"];
    name.starts_with('.') || NAMES.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// A folder that Windows writes beside a log saved with display information: the sentences of its events in one
/// language. Its files belong to the log, not to a case of the folder's name.
pub(crate) fn display_texts(name: &str) -> bool {
    name.eq_ignore_ascii_case("LocaleMetaData")
}

/// Whether a folder of this name is passed over with all that is in it: `.git`, `__MACOSX`.
pub(crate) fn folder(name: &str) -> bool {
    const NAMES: [&str; 3] = ["__macosx", "$recycle.bin", "system volume information"];
    name.starts_with('.') || NAMES.iter().any(|n| n.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::{display_texts, folder};

    #[test]
    fn texts_beside_a_log_are_told_apart() {
        assert!(display_texts("LocaleMetaData") && display_texts("localemetadata"));
        assert!(!display_texts("PC-07") && !folder("LocaleMetaData"));
    }
}
