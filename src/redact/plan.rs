//! What is to be taken out of one case: learned from facts and shapes over all its inputs, so that a name
//! shown by a label in one file goes out of the sentence in another one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder};

use super::class::Class;
use super::pattern::{Found, Patterns, stands_alone};
use super::typed::Typed;
use super::words::RedactionWords;
use crate::code;

/// What is known about one case.
#[derive(Default)]
pub(super) struct Plan {
    /// Values that go wherever they stand, lower case.
    values: BTreeMap<String, Class>,
    /// Values that are words of every text: they go only where a label or a path shows them.
    words: BTreeMap<String, Class>,
    kept: BTreeSet<String>,
    kept_short: BTreeSet<String>,
    automaton: Option<DoubleArrayAhoCorasick<u32>>,
    /// What the automaton finds; `None` for what stays.
    entries: Vec<(String, Option<Class>)>,
}

impl Plan {
    /// From what the facts say.
    pub(super) fn new(typed: Typed, generic: &RedactionWords, vocabulary: &BTreeSet<String>) -> Self {
        let short = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
        let mut plan = Self { kept_short: typed.kept.iter().map(short).collect(), kept: typed.kept, ..Self::default() };
        for (class, value) in typed.values {
            plan.learn(class, &value, generic, vocabulary);
        }
        plan
    }

    /// Remembers a name or an id.
    pub(super) fn learn(&mut self, class: Class, value: &str, generic: &RedactionWords, vocabulary: &BTreeSet<String>) {
        let lower = value.trim().to_ascii_lowercase();
        let name = matches!(class, Class::User | Class::Computer | Class::Student);
        if lower.is_empty() || !(name || class == Class::Cmid) || (name && (generic.is_generic(&lower) || self.keeps(&lower))) {
            return;
        }
        let list = if class == Class::Cmid || is_telling(&lower, vocabulary) { &mut self.values } else { &mut self.words };
        let known = list.entry(lower).or_insert(class);
        *known = (*known).min(class);
    }

    /// Whether a host or a domain decides.
    fn keeps(&self, lower: &str) -> bool {
        self.kept.contains(lower)
    }

    /// Whether the name of a computer is one that decides; `token` is all of it, its domain included.
    pub(super) fn keeps_computer(&self, label: &str, token: &str) -> bool {
        let token = token.trim_end_matches(['.', '-']).to_ascii_lowercase();
        let label = label.to_ascii_lowercase();
        let known = self.values.contains_key(&label) || self.words.contains_key(&label);
        self.keeps(&token) || self.keeps(&label) || (self.kept_short.contains(&label) && !known)
    }

    /// Whether a value was replaced wherever it stood, not only behind a label.
    pub(super) fn is_everywhere(&self, class: Class, lower: &str) -> bool {
        !matches!(class, Class::User | Class::Computer) || self.values.contains_key(&lower.to_ascii_lowercase())
    }

    /// To be called when all is learned.
    pub(super) fn finish(&mut self) {
        let values = self.values.iter().map(|(v, c)| (v.clone(), Some(*c)));
        let kept = self.kept.iter().filter(|k| k.len() > 2 && !self.values.contains_key(*k)).map(|k| (k.clone(), None));
        self.entries = values.chain(kept).collect();
        self.automaton = DoubleArrayAhoCorasickBuilder::new().build(self.entries.iter().map(|e| e.0.as_str())).ok();
    }

    /// Everything in a row that goes, in order, without overlap.
    pub(super) fn find(&self, row: &str, patterns: &Patterns) -> Vec<Found> {
        let mut all: Vec<(Range<usize>, Option<Class>)> = Vec::new();
        for found in patterns.find(row) {
            let text = row.get(found.range.clone()).unwrap_or_default();
            if found.class == Class::Computer && self.keeps_computer(text, &token(row, &found.range)) {
                continue;
            }
            let lower = text.trim().to_ascii_lowercase();
            let known = self.values.get(&lower).or_else(|| self.words.get(&lower)).copied();
            let named = matches!(found.class, Class::User | Class::Computer | Class::Student);
            all.push((found.range, Some(known.filter(|_| named).unwrap_or(found.class))));
        }
        let lower = row.to_ascii_lowercase();
        for hit in self.automaton.iter().flat_map(|a| a.find_overlapping_iter(&lower)) {
            let Some((value, class)) = self.entries.get(usize::try_from(hit.value()).unwrap_or(usize::MAX)) else { continue };
            let range = hit.start()..hit.end();
            if bounded(&lower, &range, value) {
                all.push((range, *class));
            }
        }
        // What starts first, then the longest; what stays before what goes.
        all.sort_by_key(|(r, class)| (r.start, std::cmp::Reverse(r.end), class.is_some()));
        let mut end = 0;
        let mut out = Vec::new();
        for (range, class) in all {
            if range.start < end {
                continue;
            }
            end = range.end;
            out.extend(class.map(|class| Found { class, range }));
        }
        out
    }
}

/// The whole name that a place belongs to: `PC-07` → `PC-07.example.edu`.
fn token(row: &str, range: &Range<usize>) -> String {
    let rest = row.get(range.end..).unwrap_or_default();
    let more = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))).unwrap_or(rest.len());
    row.get(range.start..range.end + more).unwrap_or_default().to_owned()
}

/// Whether a value stands for itself. Chinese is written without blanks.
fn bounded(row: &str, range: &Range<usize>, value: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let before = row.get(..range.start).and_then(|t| t.chars().next_back());
    let behind = row.get(range.end..).and_then(|t| t.chars().next());
    !(edge(value.chars().next()) && edge(before) || edge(value.chars().next_back()) && edge(behind))
}

/// Whether a value can be looked for anywhere: no word of the tools' own language, no code, not too short.
fn is_telling(lower: &str, vocabulary: &BTreeSet<String>) -> bool {
    if !lower.is_ascii() {
        return lower.chars().count() >= 2;
    }
    let letters = lower.bytes().any(|b| b.is_ascii_alphabetic());
    let digits = lower.bytes().filter(u8::is_ascii_digit).count();
    lower.len() >= 3
        && (letters || digits >= 8)
        && !vocabulary.contains(lower)
        && code::scan(lower).is_empty()
        && stands_alone(lower, &(0..lower.len()), "")
}

/// Whether the name of a case may be looked for in its texts: a computer's or a person's, not `office2016`.
pub(super) fn is_own_name(name: &str, vocabulary: &BTreeSet<String>) -> bool {
    let lower = name.to_ascii_lowercase();
    if !lower.is_ascii() {
        return !lower.contains(char::is_whitespace) && lower.chars().count() >= 2;
    }
    let words = lower.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() > 2);
    let mut unknown = words.filter(|w| !vocabulary.contains(*w)).peekable();
    let digits = lower.bytes().filter(u8::is_ascii_digit).count();
    lower.len() >= 4 && lower.bytes().any(|b| b.is_ascii_alphabetic()) && digits > 0 && (lower.contains('-') || unknown.peek().is_some())
}
