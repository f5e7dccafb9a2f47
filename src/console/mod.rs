//! Console transcripts: from text to rows that are commands, statements, codes or unread.

pub mod cells;
pub mod command;
pub mod lead;
pub mod read;
pub mod shape;
pub mod source;
