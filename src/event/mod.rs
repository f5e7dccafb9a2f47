//! Event log records of the licensing services: read from `.evtx` files and from text exports, and
//! turned into the same facts that console output gives.

mod book;
pub(crate) mod clock;
pub mod evtx;
pub(crate) mod fields;
mod reading;
mod record;
pub mod text;

pub use book::{EventBook, EventMeaning, EventWords};
pub use reading::{EventReading, read};
pub use record::{EventRecord, RecordPlace};
