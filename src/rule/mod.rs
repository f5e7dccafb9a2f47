//! Rules: these facts, and not those, show (or argue against) a cause. Rules never see text.

mod eval;
mod load;

pub use eval::{Evidence, Finding, evaluate};
pub(crate) use load::Row as RuleRow;
pub use load::RuleFile;

use std::collections::BTreeMap;

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// One of several explanations.
    Possible,
    /// Two independent signs, or one strong one.
    Likely,
    /// Named by the innermost evidence.
    Certain,
}

impl Certainty {
    /// The word used in data and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }

    /// The certainty named by a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Possible, Self::Likely, Self::Certain].into_iter().find(|c| c.word() == word)
    }

    /// One step less sure; possible stays possible.
    #[must_use]
    pub const fn lower(self) -> Self {
        match self {
            Self::Certain => Self::Likely,
            _ => Self::Possible,
        }
    }
}

/// Which facts may meet in one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Facts of one command run.
    Run,
    /// Facts of one product; facts without a product join any.
    Product,
    /// All facts.
    Case,
}

/// One wanted (or unwanted) fact.
#[derive(Debug, Clone)]
pub struct Want {
    /// Name of the part it plays; empty for unwanted facts.
    pub role: String,
    /// Kind of fact.
    pub fact: String,
    /// Conditions on fields.
    pub fields: Vec<(String, Condition)>,
    /// Only facts behind the one in this role.
    pub after: String,
    /// Also facts that a later one replaced.
    pub history: bool,
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Equal to one of these, ASCII case apart.
    OneOf(Vec<String>),
    /// Contains this.
    Contains(String),
    /// Equal to none of these; an empty value meets the condition.
    NoneOf(Vec<String>),
    /// Greater than this number.
    Above(i64),
    /// Less than this number.
    Below(i64),
    /// Farther from zero than this number.
    Beyond(i64),
    /// Nearer to zero than this number.
    Within(i64),
}

impl Condition {
    /// `"x"`, `"~part"`, `"!x"`, `">10"`, `"<10"`, `"|>10"` and `"|<10"` (absolute).
    #[must_use]
    pub fn parse(list: Vec<String>) -> Self {
        let single = (list.len() == 1).then(|| list.first().cloned()).flatten();
        let Some(text) = single else {
            let negated = list.iter().all(|t| t.starts_with('!'));
            return if negated {
                Self::NoneOf(list.iter().map(|t| t.trim_start_matches('!').to_owned()).collect())
            } else {
                Self::OneOf(list)
            };
        };
        let number = |rest: &str| rest.trim().parse::<i64>().ok();
        if let Some(part) = text.strip_prefix('~') {
            return Self::Contains(part.to_owned());
        }
        if let Some(value) = text.strip_prefix('!') {
            return Self::NoneOf(vec![value.to_owned()]);
        }
        if let Some(n) = text.strip_prefix("|>").and_then(number) {
            return Self::Beyond(n);
        }
        if let Some(n) = text.strip_prefix("|<").and_then(number) {
            return Self::Within(n);
        }
        if let Some(n) = text.strip_prefix('>').and_then(number) {
            return Self::Above(n);
        }
        if let Some(n) = text.strip_prefix('<').and_then(number) {
            return Self::Below(n);
        }
        Self::OneOf(vec![text])
    }

    /// Whether `value` meets it.
    #[must_use]
    pub fn holds(&self, value: &str) -> bool {
        let number = || value.trim().trim_start_matches('+').split('.').next().and_then(|v| v.parse::<i64>().ok());
        match self {
            Self::OneOf(list) => list.iter().any(|v| v.eq_ignore_ascii_case(value)),
            Self::NoneOf(list) => !list.iter().any(|v| v.eq_ignore_ascii_case(value)),
            Self::Contains(part) => value.to_ascii_lowercase().contains(&part.to_ascii_lowercase()),
            Self::Above(n) => number().is_some_and(|v| v > *n),
            Self::Below(n) => number().is_some_and(|v| v < *n),
            Self::Beyond(n) => number().is_some_and(|v| v.unsigned_abs() > n.unsigned_abs()),
            Self::Within(n) => number().is_some_and(|v| v.unsigned_abs() < n.unsigned_abs()),
        }
    }
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `kms-dns-not-found/srv-nxdomain`.
    pub id: String,
    /// Cause id of `results.md`.
    pub cause: String,
    /// How sure a match makes the cause.
    pub certainty: Certainty,
    /// A match argues against the cause instead.
    pub against: bool,
    /// `stable`, `draft` or `retired`; retired rules keep their id and never fire.
    pub status: String,
    /// Which facts may meet.
    pub scope: Scope,
    /// Facts that must all be there, each in its role.
    pub all: Vec<Want>,
    /// Facts of which none may be there.
    pub none: Vec<Want>,
    /// Facts shown as evidence when there.
    pub also: Vec<Want>,
    /// What the rule finds, for people who maintain it.
    pub about: String,
    /// Where it was read, and when.
    pub source: String,
    /// Date of reading.
    pub read: String,
    /// File it came from.
    pub file: String,
}

/// Rules by id.
pub type Rules = BTreeMap<String, Rule>;
