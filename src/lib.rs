//! Reads the output of Windows and Office volume activation tools, offline, and says what is so, why,
//! and what to do.
//!
//! ```text
//! bytes → text → rows → facts → findings → verdict → report
//! ```
//!
//! This library reads no file, clock, environment or network; the `kms-triage` command does.

#![cfg_attr(
    test,
    allow(
        clippy::string_slice,
        clippy::print_stdout,
        clippy::disallowed_methods,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::range_plus_one,
        clippy::cast_precision_loss,
        reason = "tests may stop with a panic, and print their tables"
    )
)]

pub mod analyze;
mod ask;
pub mod assemble;
mod calendar;
pub mod case;
pub mod catalog;
pub mod code;
pub mod collect;
pub mod compare;
pub mod console;
pub mod data_error;
pub mod decide;
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    reason = "lengths of one to four bytes and sums of scores"
)]
pub mod decode;
pub mod event;
pub mod explain;
pub mod fact;
pub mod fleet;
pub mod fold;
pub mod intake;
pub mod join;
pub mod knowledge;
pub mod limits;
pub mod lines;
pub mod locale;
pub mod message;
pub mod redact;
pub mod report;
pub mod rule;
pub mod site;
pub mod source;
pub mod table;
pub mod unwrap;
mod view;

pub use analyze::{Analysis, Input, Note, analyze, analyze_joined};
pub use case::Case;
pub use data_error::DataError;
pub use knowledge::Knowledge;
pub use site::Site;
pub use view::TOOL;
