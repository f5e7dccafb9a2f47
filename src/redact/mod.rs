//! Takes out of a case who and where somebody is, and leaves what decides. Works behind the readers, on what they
//! found and on shapes; the key comes from the caller. `mask_keys` is what every report does anyway.

mod address;
mod case;
mod class;
mod keys;
mod name;
mod pattern;
mod plan;
mod pseudonym;
mod records;
mod sheet;
mod survivor;
mod typed;
mod words;

pub use case::{Judged, RedactedCase, RedactedFile, Redactor, Refused};
pub use class::Class;
pub use keys::mask_keys;
pub use pseudonym::Key;
pub use survivor::Survivor;
pub use words::RedactionWords;
