//! The tool's results against the truth: right, wrong or abstained, by cause and by language.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The truth about a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Truth {
    /// Name of the case.
    pub case: String,
    /// Whether the licence is in order.
    pub activated: bool,
    /// The cause; null where nothing is wrong.
    pub cause: Option<String>,
    /// Language of Windows.
    pub language: String,
    /// Encodings of the files.
    pub encodings: Vec<String>,
    /// As the tool calls it.
    pub product: String,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Row {
    /// The true cause, or none where none is.
    pub right: usize,
    /// Another cause.
    pub wrong: usize,
    /// No cause named where one is, or one that says that the text does not tell.
    pub abstained: usize,
}

/// The score of a report.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// By true cause; `none` where nothing is wrong.
    pub causes: BTreeMap<String, Row>,
    /// By language.
    pub languages: BTreeMap<String, Row>,
    /// By encoding of the first file.
    pub encodings: BTreeMap<String, Row>,
    /// Cases that are called activated and are not.
    pub wrong_activated: usize,
    /// Cases without a result.
    pub missing: usize,
    /// What went wrong, in words.
    pub odd: Vec<String>,
}

/// Compares the lines of `results.ndjson` with the truth.
#[must_use]
pub fn score(truths: &[Truth], results: &str) -> Score {
    let parsed = results.lines().filter_map(|l| serde_json::from_str::<Value>(l).ok());
    let by_case: BTreeMap<String, Value> = parsed.filter_map(|v| Some((v.get("case")?.as_str()?.to_owned(), v))).collect();
    let mut score = Score::default();
    for truth in truths {
        let Some(verdict) = by_case.get(&truth.case).and_then(|c| c.get("verdict")) else {
            score.missing += 1;
            continue;
        };
        let word = |name: &str| verdict.get(name).and_then(Value::as_str);
        let (state, cause) = (word("state").unwrap_or_default(), word("cause"));
        let called_activated = matches!(state, "activated" | "expiring");
        let named = cause.filter(|c| !matches!(*c, "other" | "insufficient-evidence"));
        let lies = called_activated && !truth.activated;
        let (right, abstained) = match (&truth.cause, named) {
            _ if lies => (false, false),
            (None, None) => (called_activated, !called_activated),
            (Some(truth), Some(named)) => (truth == named, false),
            (Some(_), None) => (false, true),
            (None, Some(_)) => (false, false),
        };
        score.wrong_activated += usize::from(lies);
        if !right {
            let line = format!("{} [{} {}]: {} {:?}, truth {:?}", truth.case, truth.language, truth.product, state, cause, truth.cause);
            score.odd.push(line);
        }
        let encoding = truth.encodings.first().cloned().unwrap_or_default();
        let rows = [
            score.causes.entry(truth.cause.clone().unwrap_or_else(|| "none".to_owned())).or_default(),
            score.languages.entry(truth.language.clone()).or_default(),
            score.encodings.entry(encoding).or_default(),
        ];
        for row in rows {
            let part = if right {
                &mut row.right
            } else if abstained {
                &mut row.abstained
            } else {
                &mut row.wrong
            };
            *part += 1;
        }
    }
    score
}

impl Score {
    /// The tables as text.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::new();
        for (title, rows) in [("cause", &self.causes), ("language", &self.languages), ("encoding", &self.encodings)] {
            let _ = writeln!(text, "{title:<26} {:>7} {:>7} {:>9}", "right", "wrong", "abstained");
            for (name, row) in rows {
                let _ = writeln!(text, "{name:<26} {:>7} {:>7} {:>9}", row.right, row.wrong, row.abstained);
            }
            text.push('\n');
        }
        let _ = writeln!(text, "called activated and are not: {}; without a result: {}", self.wrong_activated, self.missing);
        text
    }
}
