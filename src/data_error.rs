//! What is wrong with a knowledge file, where, and what to do. The other files still load.

use std::fmt;

/// A knowledge file that cannot be used as it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataError {
    /// Kebab-case word, stable: `unknown-fact`, `sample-not-matched` …
    pub code: &'static str,
    /// Path inside the data folder.
    pub file: String,
    /// 1-based line, when known.
    pub line: Option<usize>,
    /// What was found.
    pub what: String,
    /// What to do; may be empty.
    pub help: String,
}

impl DataError {
    /// An error without a line.
    pub fn new(code: &'static str, file: &str, what: impl Into<String>) -> Self {
        Self { code, file: file.to_owned(), line: None, what: what.into(), help: String::new() }
    }

    /// The same with the line where `needle` first stands in the file's `text`.
    #[must_use]
    pub fn at(mut self, text: &str, needle: &str) -> Self {
        self.line = text.lines().position(|l| l.contains(needle)).map(|i| i + 1);
        self
    }

    /// The same with a hint.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|l| format!(":{l}")).unwrap_or_default();
        write!(f, "error[{}]: {}\n --> {}{line}", self.code, self.what, self.file)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "\n  = help: {}", self.help) }
    }
}

/// `: did you mean "x"?` for the candidate nearest to `word`, or nothing.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    let best = candidates.map(|c| (edit_distance(word, c), c)).min();
    match best {
        Some((distance, candidate)) if distance <= word.chars().count() / 3 + 1 => {
            format!(": did you mean `{candidate}`?")
        }
        _ => String::new(),
    }
}

/// Number of single-character edits and neighbour swaps between two words.
#[must_use]
pub fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, ca) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, &cb) in b.iter().enumerate() {
            let get = |r: &Vec<usize>, k: usize| r.get(k).copied().unwrap_or(usize::MAX / 2);
            let replace = get(&row, j) + usize::from(ca != cb);
            let mut best = replace.min(get(&row, j + 1) + 1).min(get(&next, j) + 1);
            let swapped = j > 0 && Some(cb) == last && b.get(j - 1) == Some(&ca);
            if swapped {
                best = best.min(get(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(ca);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{edit_distance, nearest};

    #[test]
    fn swaps_count_once() {
        assert_eq!(edit_distance("cscript", "csrcipt"), 1);
        assert_eq!(edit_distance("seth", "sethst"), 2);
        assert_eq!(edit_distance("", "abc"), 3);
    }

    #[test]
    fn far_words_are_not_suggested() {
        assert_eq!(nearest("yarn", ["cscript"].into_iter()), "");
        assert!(nearest("cscrip", ["cscript"].into_iter()).contains("cscript"));
    }
}
