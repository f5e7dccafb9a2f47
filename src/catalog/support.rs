//! When support ends. There is no clock: a date of the evidence, or the day a list was read, stands for today.

use super::{Catalog, Series};

/// Of which product, on which build, and what is the newest date in the evidence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'q> {
    /// Its series.
    pub(crate) series: &'q Series,
    /// Name of the edition; empty when not known.
    pub(crate) edition: &'q str,
    /// `10`, `11`, `2021`; empty when not known.
    pub(crate) version: &'q str,
    /// `10.0.22631`; empty when not known.
    pub(crate) build: &'q str,
    /// `2026-11-20`; empty when the evidence has no date.
    pub(crate) date: &'q str,
}

/// When it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The day, or the first and the last that it may be.
    pub(crate) end: String,
    /// Last day of paid updates; empty when there are none.
    pub(crate) extended: String,
    /// `running`, `ended` or `unknown`.
    pub(crate) state: &'static str,
    /// The day that this holds for; empty when unknown.
    pub(crate) as_of: String,
}

impl Question<'_> {
    /// The end of support, when the lists have one for this build.
    pub(crate) fn answer(&self) -> Option<Answer> {
        let fits = |want: &str, have: &str| want.is_empty() || want == have;
        let of_edition = |editions: &[String]| editions.is_empty() || self.edition.is_empty() || editions.iter().any(|e| e == self.edition);
        let of_this = self.series.support.iter().filter(|s| fits(&s.version, self.version) && fits(&s.build, self.build));
        let mut ends: Vec<_> = of_this.filter(|s| of_edition(&s.editions)).collect();
        // Dates written year first are in order of time.
        ends.sort_by(|a, b| a.end.cmp(&b.end));
        let (first, last) = (ends.first()?, ends.last()?);
        let today = self.date.max(self.series.read.as_str());
        let (state, as_of) = match () {
            () if today > last.end.as_str() => ("ended", today),
            () if !self.date.is_empty() && self.date <= first.end.as_str() => ("running", self.date),
            () => ("unknown", ""),
        };
        let end = if first.end == last.end { first.end.clone() } else { format!("{} / {}", first.end, last.end) };
        Some(Answer { end, extended: first.extended.clone(), state, as_of: as_of.to_owned() })
    }
}

impl Catalog {
    /// The series and version that a system's name means: `Microsoft Windows 11 Education` → Windows 10/11, `11`. Long-term
    /// editions have other dates, which their names do not tell.
    pub(crate) fn by_system<'c>(&'c self, name: &str) -> Option<(&'c Series, &'c str)> {
        if ["LTSC", "LTSB", "IoT", "Insider"].iter().any(|w| name.contains(w)) {
            return None;
        }
        let words = self.series.values().flat_map(|s| s.systems.iter().map(move |w| (s, w.as_str())));
        let (series, word) = words.filter(|(_, w)| name.contains(w)).max_by_key(|(_, w)| w.len())?;
        Some((series, word.rsplit(' ').next().unwrap_or_default()))
    }
}
