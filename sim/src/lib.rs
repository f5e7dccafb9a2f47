//! A campus that never was: networks of schools, what goes wrong in them, and what their machines print.
//! Nothing here reads the tool's grammars: an error in one must show.

#![expect(clippy::format_push_string, reason = "texts of a few kilobytes read better as they look")]

pub mod fault;
pub mod machine;
pub mod patterns;
pub mod rng;
pub mod score;
pub mod texts;
pub mod world;
