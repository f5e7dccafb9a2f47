//! One case: learn what is to go, replace it, look again, judge again.

use std::collections::{BTreeMap, BTreeSet};

use super::address::Addresses;
use super::class::Class;
use super::pattern::{Patterns, stands_alone};
use super::plan::{Plan, is_own_name};
use super::pseudonym::{Key, Pseudonyms};
use super::sheet::{Piece, Swap, pieces, swapped};
use super::survivor::{Known, Survivor};
use super::typed::typed;
use super::{name, records};
use crate::analyze::{Analysis, Input, Source, analyze};
use crate::event::EventRecord;
use crate::knowledge::Knowledge;

/// A case without who and where.
#[derive(Debug)]
pub struct RedactedCase {
    /// Stands for the case's name.
    pub name: String,
    /// In order of the originals' names.
    pub files: Vec<RedactedFile>,
    /// What the original says.
    pub judged: Judged,
}

impl RedactedCase {
    /// Its files as inputs.
    #[must_use]
    pub fn inputs(&self) -> Vec<Input<'_>> {
        self.files.iter().map(|f| Input::new(&f.name, f.text.as_deref().unwrap_or_default().as_bytes())).collect()
    }
}

/// What redaction must not change: state, cause and certainty of the case; state, cause and licence status of
/// each product.
pub type Judged = Vec<(String, Option<String>, String)>;

/// A file without who and where.
#[derive(Debug)]
pub struct RedactedFile {
    /// Stands for its name.
    pub name: String,
    /// UTF-8; `None` for what nothing is taken over of.
    pub text: Option<String>,
    /// Places replaced.
    pub counts: BTreeMap<Class, usize>,
    /// `redacted`, `records` for a log of which the licensing records are taken over, or `left-out`.
    pub status: &'static str,
}

/// Why nothing is given away: the second look found something, or a data folder lacks the labels (then the list is
/// empty).
#[derive(Debug)]
pub struct Refused {
    /// What and where.
    pub survivors: Vec<Survivor>,
}

/// Redacts cases under one key.
#[derive(Debug)]
pub struct Redactor<'k> {
    knowledge: &'k Knowledge,
    key: Key,
    patterns: Patterns,
    /// Words of the tools' own language.
    vocabulary: BTreeSet<String>,
    /// Words of file names that name nobody.
    harmless: BTreeSet<String>,
}

/// What one case is worked on with.
struct Work<'r> {
    patterns: &'r Patterns,
    plan: Plan,
    pseudonyms: Pseudonyms,
    known: Known,
    counts: BTreeMap<Class, usize>,
}

impl<'k> Redactor<'k> {
    /// A redactor; making one takes some milliseconds.
    #[must_use]
    pub fn new(knowledge: &'k Knowledge, key: &Key) -> Self {
        let harmless = crate::collect::words().chain(knowledge.redaction.files.iter().cloned()).collect();
        let vocabulary = knowledge.messages.vocabulary();
        Self { knowledge, key: key.clone(), patterns: Patterns::new(&knowledge.redaction), vocabulary, harmless }
    }

    /// Redacts one case.
    ///
    /// # Errors
    /// What the second look found; then nothing may be given away.
    pub fn case(&self, case: &str, inputs: &[Input<'_>]) -> Result<RedactedCase, Refused> {
        self.case_under(&self.key, case, inputs)
    }

    /// The same under a key of the case's own.
    ///
    /// # Errors
    /// As [`Self::case`].
    pub fn case_under(&self, key: &Key, case: &str, inputs: &[Input<'_>]) -> Result<RedactedCase, Refused> {
        if !self.patterns.are_whole() {
            return Err(Refused { survivors: Vec::new() });
        }
        let words = &self.knowledge.redaction;
        let before = analyze(self.knowledge, case, inputs);
        let mut plan = Plan::new(typed(self.knowledge, &before), words, &self.vocabulary);
        if is_own_name(case, &self.vocabulary) {
            plan.learn(Class::Computer, case, words, &self.vocabulary);
        }
        let sheets: Vec<Vec<Piece>> = before.sources.iter().map(|s| pieces(&s.decoded.text, &s.rows)).collect();
        self.learn(&before, &sheets, &mut plan);
        plan.finish();
        let addresses = Addresses::new(self.knowledge.site.as_ref(), &words.addresses);
        let pseudonyms = Pseudonyms::new(key.clone(), addresses);
        let mut work = Work { patterns: &self.patterns, plan, pseudonyms, known: Known::default(), counts: BTreeMap::new() };
        let mut files: Vec<RedactedFile> = before.sources.iter().zip(&sheets).map(|(source, sheet)| work.file(source, sheet)).collect();
        let named: Vec<(&str, bool)> = before.sources.iter().map(|s| (s.name.as_str(), s.kind != "evtx")).collect();
        for (file, name) in files.iter_mut().zip(name::of_files(&named, &self.harmless)) {
            file.name = name;
        }
        let name = name::of_case(case, &self.harmless, words, &mut work.pseudonyms);
        work.known.allowed.extend(work.pseudonyms.taken().map(str::to_lowercase));
        let survivors = work.survivors(&files);
        if !survivors.is_empty() {
            return Err(Refused { survivors });
        }
        Ok(RedactedCase { name, files, judged: judged(&before) })
    }

    /// Whether the redacted case is judged like the original.
    #[must_use]
    pub fn keeps_verdict(&self, case: &RedactedCase) -> bool {
        judged(&analyze(self.knowledge, &case.name, &case.inputs())) == case.judged
    }

    /// Names shown by shapes and labels anywhere in the case.
    fn learn(&self, before: &Analysis, sheets: &[Vec<Piece>], plan: &mut Plan) {
        let strings =
            before.sources.iter().filter(|s| s.kind == "evtx").flat_map(|s| &s.events).flat_map(|r| r.data.iter().chain([&r.message]));
        let strings: Vec<Piece> = strings.map(|s| Piece::alone(s)).collect();
        let names: Vec<Piece> = before.sources.iter().map(|s| Piece::alone(&s.name)).collect();
        for piece in sheets.iter().flatten().chain(&strings).chain(&names) {
            for found in self.patterns.find(&piece.view) {
                let text = piece.view.get(found.range.clone()).unwrap_or_default();
                let rest = piece.view.get(found.range.end..).unwrap_or_default();
                let token = format!(
                    "{text}{}",
                    rest.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).next().unwrap_or_default()
                );
                if found.class != Class::Computer || !plan.keeps_computer(text, &token) {
                    plan.learn(found.class, text, &self.knowledge.redaction, &self.vocabulary);
                }
            }
        }
    }
}

impl Work<'_> {
    fn file(&mut self, source: &Source, sheet: &[Piece]) -> RedactedFile {
        let (text, status) = match source.kind {
            "mta" => (None, "left-out"),
            "evtx" => (Some(source.events.iter().map(|record| records::line(&self.record(record))).collect()), "records"),
            _ => (Some(self.text(&source.decoded.text, sheet)), "redacted"),
        };
        RedactedFile { name: String::new(), text, counts: std::mem::take(&mut self.counts), status }
    }

    fn record(&mut self, record: &EventRecord) -> EventRecord {
        let mut out = record.clone();
        out.data = record.data.iter().map(|d| self.string(d)).collect();
        out.message = self.string(&record.message);
        out.computer = self.string(&format!("Computer: {}", record.computer)).trim_start_matches("Computer:").trim().to_owned();
        out
    }

    fn string(&mut self, text: &str) -> String {
        if text.is_empty() { String::new() } else { self.text(text, &[Piece::alone(text)]) }
    }

    fn text(&mut self, text: &str, sheet: &[Piece]) -> String {
        let mut swaps = Vec::new();
        for piece in sheet {
            self.known.allowed.extend(self.patterns.versions(&piece.view));
            for found in self.plan.find(&piece.view, self.patterns) {
                let written = piece.view.get(found.range.clone()).unwrap_or_default();
                let anywhere = stands_alone(&piece.view, &found.range, "");
                if let Some(with) = self.stand_in(found.class, written, anywhere) {
                    swaps.push(Swap { range: piece.range(&found.range), with });
                }
            }
        }
        swapped(text, &swaps)
    }

    /// What stands for a value; `None` when it stays.
    fn stand_in(&mut self, class: Class, written: &str, anywhere: bool) -> Option<String> {
        let lower = written.to_lowercase();
        let with = match class {
            Class::ProductKey => masked_key(written),
            _ => self.pseudonyms.of(class, &plain_address(class, written)),
        };
        self.known.allowed.insert(with.to_lowercase());
        if with.to_lowercase() == plain_address(class, &lower) {
            self.known.allowed.insert(lower);
            return None;
        }
        let everywhere = anywhere && self.plan.is_everywhere(class, &lower);
        self.known.originals.insert((class, lower, everywhere));
        *self.counts.entry(class).or_default() += 1;
        Some(with)
    }

    fn survivors(&self, files: &[RedactedFile]) -> Vec<Survivor> {
        let mut survivors = Vec::new();
        let look = self.known.look();
        for file in files {
            let left = look.survivors(file.text.as_deref().unwrap_or_default()).into_iter();
            let named = look.survivors(&file.name).into_iter();
            survivors.extend(left.chain(named).map(|class| Survivor { file: file.name.clone(), class }));
        }
        survivors
    }
}

/// `010.001.002.003` → `10.1.2.3`; other values as they are.
fn plain_address(class: Class, written: &str) -> String {
    if class != Class::Address || written.contains(':') {
        return written.to_owned();
    }
    let parts: Vec<String> = written.split('.').map(|p| p.parse::<u8>().map_or_else(|_| p.to_owned(), |n| n.to_string())).collect();
    parts.join(".")
}

/// All but the last five letters are `X`.
fn masked_key(written: &str) -> String {
    let letters = written.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '*').count();
    let mut seen = 0;
    let mask = |c: char| {
        if !(c.is_ascii_alphanumeric() || c == '*') {
            return c;
        }
        seen += 1;
        if seen + 5 > letters { c } else { 'X' }
    };
    written.chars().map(mask).collect()
}

fn judged(analysis: &Analysis) -> Judged {
    let verdict = &analysis.case.verdict;
    let of_case = (verdict.state.clone(), verdict.cause.clone(), verdict.certainty.clone());
    let of_products = analysis.case.products.iter().map(|p| (p.state.clone(), p.cause.clone(), p.license_status.clone()));
    [of_case].into_iter().chain(of_products).collect()
}
