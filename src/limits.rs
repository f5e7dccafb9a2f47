//! Every bound on input, in one place. Reaching one leaves a note in the case, never silence.

/// A line longer than this is read in pieces of this size; all pieces keep the line's number.
pub const LINE_BYTES_MAX: usize = 16 * 1024;
/// How many console rows one statement may cover.
pub const WRAP_LINES_MAX: usize = 6;
/// Text inputs above this are read at both ends only (the newest state stands at the end).
pub const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// What is kept of the beginning of a text above [`TEXT_BYTES_MAX`]; the rest is its end.
pub const TEXT_HEAD_BYTES: usize = 16 * 1024 * 1024;
/// Facts kept of one case.
pub const FACTS_MAX: usize = 100_000;
/// Different products of one case; `/dlv all` lists a few dozen.
pub const PRODUCTS_MAX: usize = 500;
/// Event records that a case lists; all of them are read.
pub const EVENTS_MAX: usize = 5_000;
/// Unread lines that a case carries word for word; the others are only counted.
pub const UNREAD_LINES_MAX: usize = 200;
/// Characters of one line that a case quotes.
pub const QUOTE_CHARS_MAX: usize = 400;
/// Lines of each file that the report shows as they were written.
pub const TRANSCRIPT_LINES_MAX: usize = 1_500;
/// Console widths at which a full row may continue in the next one.
pub const CONSOLE_WIDTH: std::ops::RangeInclusive<usize> = 76..=132;
/// Lines of one text that are read; of a longer one the beginning and the end, so that memory has a bound.
pub const LINES_MAX: usize = 200_000;
/// What is kept of the beginning of a text above [`LINES_MAX`]; the rest is its end.
pub const LINES_HEAD: usize = 50_000;
/// A line of `results.ndjson` longer than this is not read; a case at all other limits stays below it.
pub const RESULT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Cases that are read of one `results.ndjson`.
pub const RESULTS_MAX: usize = 2_000_000;
