//! Rows of all inputs into runs, products and facts. Language has ended; causes have not begun.

mod answers;
mod build;
mod context;
mod events;
pub(crate) mod host;
mod identify;
mod lookup;
mod product;
mod property;
mod run;
mod settle;
mod state;
mod supersede;

pub use build::Assembler;
pub use product::{ListedProduct, Product, suite};
pub use run::{Outcome, Run};
pub(crate) use settle::split_host;
pub(crate) use state::EXPIRING_DAYS;
pub use state::State;

use std::collections::BTreeSet;

use crate::fact::{Fact, Place};

/// What a code is in its context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodeRole {
    /// Something failed with it.
    Failure,
    /// It only informs.
    Information,
    /// A hint repeats it.
    Hint,
    /// It belongs to another program.
    Foreign,
}

impl CodeRole {
    /// The word used in JSON and rules.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Information => "information",
            Self::Hint => "hint",
            Self::Foreign => "foreign",
        }
    }
}

/// One statement of a code.
#[derive(Debug, Clone)]
pub struct CodeUse {
    /// Canonical code.
    pub code: String,
    /// What it is here.
    pub role: CodeRole,
    /// Where it stands.
    pub place: Place,
    /// Run it belongs to.
    pub run: usize,
    /// Product it speaks about.
    pub product: Option<usize>,
    /// Only mentioned in prose, not printed in a message.
    pub mention: bool,
}

/// Everything that was read from the inputs of one case.
#[derive(Debug, Default)]
pub struct Assembly {
    /// Commands in order; also stretches of output without a visible command.
    pub runs: Vec<Run>,
    /// Products in order of first mention.
    pub products: Vec<Product>,
    /// Facts in order.
    pub facts: Vec<Fact>,
    /// Codes in order.
    pub codes: Vec<CodeUse>,
    /// Files of which the oldest statements were forgotten, because there were too many.
    pub cut_files: BTreeSet<usize>,
    /// Files that explain one code after the other.
    pub(crate) lists: BTreeSet<usize>,
    /// Files that name codes by their symbols: headers and dictionaries.
    pub(crate) glossaries: BTreeSet<usize>,
    /// A word about activation stands in one of the inputs.
    pub(crate) on_topic: bool,
    /// Columns of text that nothing could read, over all inputs.
    pub(crate) unread_columns: usize,
    /// Rows with anything on them, in inputs with a code.
    pub(crate) rows_seen: usize,
}
