//! The local web page: text and files in, the report of the case out, at a link that only its owner has. Owns the
//! router, the store of redacted evidence and the listener; what is so and why is the library's business.
//!
//! Nothing is asked of any other machine, and what was sent is never stored as it came.

mod api;
mod app;
mod case;
mod evidence;
mod guard;
mod language;
mod link;
mod listen;
mod metrics;
mod openapi;
mod pages;
mod patience;
mod pool;
mod problem;
mod receive;
mod store;
mod tls;

pub use app::{App, Config, Limits, ServeError, router};
pub use evidence::{Evidence, Reader, Trouble, Upload, plain};
pub use listen::serve;
pub use store::Store;
