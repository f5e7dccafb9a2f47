//! One integration binary: the corpus, the data files, what they cover, and properties that hold for
//! every input. Tests are loops over folders, so a new folder is always seen.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails; the relief for #[test] does not reach helpers")]
#![expect(clippy::disallowed_methods, reason = "tests read the repository's files and the switches CASE and UPDATE_EXPECTED")]

mod cases;
mod catalog;
mod checks;
mod codes;
mod collect;
mod compare;
mod conflicts;
mod console;
mod corpus;
mod coverage;
mod csv_table;
mod data;
mod demo;
mod events;
mod expect;
mod files;
mod fleet;
mod join;
#[cfg(feature = "evtx")]
mod logs;
mod order;
mod pairs;
mod planted;
mod properties;
mod redact;
mod report;
mod schema;
mod site;
mod table;
mod tidy;
mod timeline;
mod wording;
