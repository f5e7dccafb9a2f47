//! Holds grammars to their samples: each is read by its own message and by no other of its tool.

use std::collections::BTreeSet;

use super::template::Part;
use super::{Confidence, MessageBook};
use crate::data_error::DataError;
use crate::fold::Folded;

/// A sample that its message does not read, or that another one reads first.
pub type SampleProblem = DataError;

impl MessageBook {
    /// Checks every sample and every wording without slots.
    #[must_use]
    pub fn check_samples(&self) -> Vec<SampleProblem> {
        let mut problems: Vec<SampleProblem> = self.missing_samples();
        for sample in &self.samples {
            problems.extend(self.check_line(&sample.text, sample.message, &sample.locale, &sample.file));
        }
        for wording in self.wordings.iter().filter(|w| w.confidence != Confidence::Garbled) {
            let Some(message) = self.messages.get(wording.message).filter(|m| m.slots.is_empty()) else { continue };
            let file = format!("grammars/{}/{}.toml", message.tool, wording.locale);
            problems.extend(self.check_line(&wording.text, wording.message, &wording.locale, &file));
        }
        problems
    }

    /// A wording with slots needs a sample in its language.
    fn missing_samples(&self) -> Vec<SampleProblem> {
        let mut missing = BTreeSet::new();
        for wording in self.wordings.iter().filter(|w| w.confidence != Confidence::Garbled) {
            let has_slots = self.messages.get(wording.message).is_some_and(|m| !m.slots.is_empty());
            let sampled = self.samples.iter().any(|s| s.message == wording.message && s.locale == wording.locale);
            if has_slots && !sampled {
                missing.insert((wording.message, wording.locale.as_str()));
            }
        }
        let problem = |(message, locale): (usize, &str)| {
            let message = self.messages.get(message)?;
            let file = format!("grammars/{}/{locale}.toml", message.tool);
            let what = format!("message `{}` has slots but no line under [sample]", message.id);
            Some(DataError::new("sample-missing", &file, what).help("add a line that the wording must read"))
        };
        missing.into_iter().filter_map(problem).collect()
    }

    fn check_line(&self, text: &str, owner: usize, locale: &str, file: &str) -> Option<SampleProblem> {
        let message = self.messages.get(owner)?;
        let folded = Folded::new(text);
        let readings = self.read(text, &folded, &message.tool, &[]);
        let error = |code, what: String| DataError::new(code, file, what);
        match readings.first() {
            _ if readings.iter().any(|r| r.message == owner) => None,
            Some(first) => {
                let other = self.messages.get(first.message).map_or("", |m| m.id.as_str());
                let same_fact = other.split('.').next() != message.id.split('.').next();
                let what = format!("`{text}` is read by `{other}`, not by `{}`", message.id);
                (!same_fact).then(|| error("sample-matched-by-other", what).help("make one of the two wordings longer"))
            }
            None => {
                let what = format!("no wording reads `{text}`");
                Some(error("sample-not-matched", what).help(self.how_far(&folded, owner, locale)))
            }
        }
    }

    /// "`error` matched up to "錯誤:": expected "0x…" next" for the wording that got furthest.
    fn how_far(&self, folded: &Folded, owner: usize, locale: &str) -> String {
        let own = self.wordings.iter().filter(|w| w.message == owner && w.locale == locale);
        let best = own.map(|w| {
            let mut position = 0;
            for part in &w.template.parts {
                let Part::Literal(literal) = part else { continue };
                let rest = folded.bytes.get(position..).unwrap_or_default();
                match memchr::memmem::find(rest, literal.as_bytes()) {
                    Some(at) => position += at + literal.len(),
                    None => return (position, format!("expected `{literal}` next"), w),
                }
            }
            (position, "every literal is there, but a slot's value has the wrong type".to_owned(), w)
        });
        let Some((position, expected, wording)) = best.max_by_key(|b| b.0) else {
            return "the message has no wording in this language".to_owned();
        };
        let seen = std::str::from_utf8(folded.bytes.get(..position).unwrap_or_default()).unwrap_or_default().to_owned();
        format!("`{}` matched up to `{seen}`: {expected}", wording.text)
    }
}
