//! Which message is this line? Wording in, meaning out; language ends here.

mod garbled;
mod load;
mod samples;
mod slot;
mod template;

use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::fold::{Folded, fold};
use template::{Fit, Slot, Template};

pub use samples::SampleProblem;
pub use slot::SlotType;

/// A message of a tool: what it means, in no language.
#[derive(Debug, Clone)]
pub struct Message {
    /// `slmgr.L_MsgActivated`.
    pub id: String,
    /// Folder of the grammar: `slmgr`, `ospp`, `shell` …
    pub tool: String,
    /// Commands that print it; empty for any.
    pub actions: Vec<String>,
    /// May stand in the middle of a sentence.
    pub anywhere: bool,
    /// Names a person: only the label is kept.
    pub private: bool,
    /// Rows behind it that begin with `+` repeat a command.
    pub repeats: bool,
    pub(crate) slots: Vec<Slot>,
    pub(crate) states: Option<States>,
}

impl Message {
    /// Kind of the fact that it states; `None` for noise.
    #[must_use]
    pub fn fact(&self) -> Option<&'static str> {
        self.states.as_ref().map(|s| s.kind)
    }
}

/// The fact that a message states.
#[derive(Debug, Clone)]
pub(crate) struct States {
    pub(crate) kind: &'static str,
    pub(crate) strict: bool,
    pub(crate) fields: Vec<(&'static str, FieldSource)>,
}

/// Where a field's value comes from.
#[derive(Debug, Clone)]
pub(crate) enum FieldSource {
    Constant(String),
    Slot(usize),
}

/// How sure a wording is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Seen in a primary file or a real output.
    Exact,
    /// Documentation wording.
    Doc,
    /// Recalled or third-party translation.
    Recalled,
    /// The damaged form of a wording.
    Garbled,
}

/// One wording of a message in one language.
#[derive(Debug, Clone)]
pub(crate) struct Wording {
    pub(crate) message: usize,
    pub(crate) locale: String,
    pub(crate) confidence: Confidence,
    pub(crate) template: Template,
    /// As the grammar has it.
    pub(crate) text: String,
}

/// A message read in a line.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Index into [`MessageBook::messages`].
    pub message: usize,
    /// Locale of the wording.
    pub locale: String,
    /// How sure the wording is.
    pub confidence: Confidence,
    /// The stated fact's kind; `None` for noise.
    pub kind: Option<&'static str>,
    /// The fact's fields.
    pub fields: BTreeMap<&'static str, String>,
    /// Byte range in the line.
    pub range: std::ops::Range<usize>,
    /// How specific the wording is, in folded bytes.
    pub specificity: usize,
}

/// All messages of all tools in all languages.
#[derive(Debug, Default)]
pub struct MessageBook {
    /// Every message.
    pub messages: Vec<Message>,
    pub(crate) wordings: Vec<Wording>,
    plain: Index,
    garbled: OnceLock<(Vec<Wording>, Index)>,
    samples: Vec<load::Sample>,
    /// Folded words that show what a text is about.
    topics: Vec<String>,
}

/// Automaton over the anchors and, for each anchor, the wordings that have it.
#[derive(Default)]
struct Index {
    automaton: Option<DoubleArrayAhoCorasick<u32>>,
    by_anchor: Vec<Vec<usize>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({} anchors)", self.by_anchor.len())
    }
}

impl Index {
    fn new(wordings: &[Wording]) -> Self {
        let mut anchors: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (i, wording) in wordings.iter().enumerate() {
            anchors.entry(wording.template.anchor_text()).or_default().push(i);
        }
        // Console text is full of hits: a filter in front would only cost its construction.
        let automaton = DoubleArrayAhoCorasickBuilder::new().use_prefilter(false).build(anchors.keys()).ok();
        Self { automaton, by_anchor: anchors.into_values().collect() }
    }
}

/// The folder of words that only say what a text is about.
const TOPIC: &str = "topic";

/// A wording that fits somewhere in a line.
struct Candidate<'a> {
    wording: &'a Wording,
    fit: Fit,
}

impl MessageBook {
    /// The words in Latin letters of every wording and the names of the tools, lower case.
    #[must_use]
    pub fn vocabulary(&self) -> BTreeSet<String> {
        let texts = self.wordings.iter().map(|w| w.text.as_str()).chain(self.messages.iter().map(|m| m.tool.as_str()));
        let words = texts.flat_map(|t| t.split(|c: char| !c.is_ascii_alphabetic()));
        words.filter(|w| w.len() > 1).map(str::to_ascii_lowercase).collect()
    }

    pub(crate) fn new(messages: Vec<Message>, wordings: Vec<Wording>, samples: Vec<load::Sample>) -> Self {
        let of_topic = |w: &Wording| messages.get(w.message).is_some_and(|m| m.tool == TOPIC);
        let (topics, wordings): (Vec<Wording>, Vec<Wording>) = wordings.into_iter().partition(of_topic);
        let topics = topics.iter().map(|w| w.template.anchor_literal().to_owned()).collect();
        let plain = Index::new(&wordings);
        Self { messages, wordings, plain, garbled: OnceLock::new(), samples, topics }
    }

    /// Whether `folded` text holds a word about activation (`grammars/topic`).
    #[must_use]
    pub fn is_on_topic(&self, folded: &[u8]) -> bool {
        self.topics.iter().any(|word| memchr::memmem::find(folded, word.as_bytes()).is_some())
    }

    /// Whether a wording begins with `label :` or `label=`; of one grammar only, if `tool` names it.
    #[must_use]
    pub fn has_label(&self, label: &str, tool: Option<&str>) -> bool {
        let Some(automaton) = &self.plain.automaton else { return false };
        let begins = |folded: &str| {
            automaton.find_overlapping_iter(folded.as_bytes()).filter(|hit| hit.start() == 0).any(|hit| {
                let owners = self.plain.by_anchor.get(hit.value() as usize).map_or(&[][..], Vec::as_slice);
                owners.iter().filter_map(|&i| self.wordings.get(i)).any(|w| {
                    let of_tool = || tool.is_none_or(|t| self.messages.get(w.message).is_some_and(|m| m.tool == t));
                    w.template.begins_with(folded) && of_tool()
                })
            })
        };
        let label = fold(label);
        begins(&format!("{label}:")) || begins(&format!("{label}="))
    }

    /// Number of wordings.
    #[must_use]
    pub fn wording_count(&self) -> usize {
        self.wordings.len()
    }

    /// All wordings of a message: locale, confidence and text.
    pub fn wordings_of(&self, message: usize) -> impl Iterator<Item = (&str, Confidence, &str)> {
        self.wordings.iter().filter(move |w| w.message == message).map(|w| (w.locale.as_str(), w.confidence, w.text.as_str()))
    }

    /// Counts anchors in folded bytes: the one pass over all literals, for benchmarks and large texts.
    #[must_use]
    pub fn count_anchors(&self, folded: &[u8]) -> usize {
        self.plain.automaton.as_ref().map_or(0, |a| a.find_overlapping_iter(folded).count())
    }

    /// The messages of one line, from left to right. `tool` is the program that this stretch of the
    /// text seems to come from; it decides between equal wordings of different tools. Messages in `without` do not count.
    #[must_use]
    pub fn read(&self, line: &str, folded: &Folded, tool: &str, without: &[usize]) -> Vec<Reading> {
        let mut candidates = self.candidates(line, folded, &self.wordings, &self.plain);
        candidates.retain(|c| !without.contains(&c.wording.message));
        self.select(line, folded, candidates, tool)
    }

    /// The same for a damaged text: known messages in the forms that wrong code pages leave behind.
    #[must_use]
    pub fn read_garbled(&self, line: &str, folded: &Folded, tool: &str) -> Vec<Reading> {
        let (wordings, index) = self.garbled.get_or_init(|| {
            let wordings = garbled::wordings(&self.wordings);
            let index = Index::new(&wordings);
            (wordings, index)
        });
        let candidates = self.candidates(line, folded, wordings, index);
        self.select(line, folded, candidates, tool)
    }

    /// Whether a literal of at least `min` bytes begins before `seam` and ends behind it: tells a
    /// wrapped statement from two lines.
    pub(crate) fn literal_crosses(&self, folded: &[u8], seam: usize, min: usize) -> bool {
        let Some(automaton) = &self.plain.automaton else { return false };
        automaton.find_overlapping_iter(folded).filter(|hit| hit.start() + 2 <= seam).any(|hit| {
            let owners = self.plain.by_anchor.get(hit.value() as usize).map_or(&[][..], Vec::as_slice);
            owners.iter().filter_map(|&i| self.wordings.get(i)).any(|w| {
                let literal = w.template.anchor_literal().as_bytes();
                let rest = folded.get(hit.start()..).unwrap_or_default();
                literal.len() >= min && hit.start() + literal.len() >= seam + 2 && rest.starts_with(literal)
            })
        })
    }

    fn candidates<'a>(&self, line: &str, folded: &Folded, wordings: &'a [Wording], index: &Index) -> Vec<Candidate<'a>> {
        let Some(automaton) = &index.automaton else { return Vec::new() };
        let mut found = Vec::new();
        for hit in automaton.find_overlapping_iter(&folded.bytes) {
            let owners = index.by_anchor.get(hit.value() as usize).map_or(&[][..], Vec::as_slice);
            for wording in owners.iter().filter_map(|&i| wordings.get(i)) {
                let Some(message) = self.messages.get(wording.message) else { continue };
                let window = 0..folded.bytes.len();
                if let Some(fit) = wording.template.fit(line, folded, hit.start(), window, &message.slots) {
                    found.push(Candidate { wording, fit });
                }
            }
        }
        found
    }

    /// Chooses among overlapping candidates: earliest start, then the most specific wording, then the
    /// tool at hand, then the surer wording.
    fn select(&self, line: &str, folded: &Folded, mut candidates: Vec<Candidate<'_>>, tool: &str) -> Vec<Reading> {
        let foreign = |c: &Candidate<'_>| {
            let own = self.messages.get(c.wording.message).map_or("", |m| m.tool.as_str());
            if own == tool { 0 } else { 1 + PREFERENCE.iter().position(|t| *t == own).unwrap_or(PREFERENCE.len()) }
        };
        candidates.sort_by_key(|c| {
            let specific = std::cmp::Reverse(c.wording.template.literal_len);
            let parts = std::cmp::Reverse(c.wording.template.parts.len());
            (c.fit.range.start, specific, parts, foreign(c), c.wording.confidence, c.wording.message)
        });
        let mut position = 0;
        let mut chosen = Vec::new();
        for (i, candidate) in candidates.iter().enumerate() {
            let Some(message) = self.messages.get(candidate.wording.message) else { continue };
            let start = candidate.fit.range.start;
            let lead = folded.bytes.get(position..start).filter(|_| start >= position);
            let specific = candidate.wording.template.literal_len >= 12;
            let allowed = lead
                .is_some_and(|lead| message.anywhere || is_lead_in(lead, position == 0) || position == 0 && specific && is_speaker(lead));
            if !allowed {
                continue;
            }
            let later = candidates.get(i + 1..).unwrap_or_default();
            let Some(fit) = self.bounded(line, folded, candidate, later, message) else { continue };
            if must_end_line(message, candidate) && !ends_line(folded, fit.range.end, later) {
                continue;
            }
            position = fit.range.end;
            chosen.push(reading(line, folded, candidate.wording, message, &fit));
        }
        chosen
    }

    /// Cuts a text slot at the end of a line where the next statement begins in the same line.
    fn bounded(&self, line: &str, folded: &Folded, candidate: &Candidate<'_>, later: &[Candidate<'_>], message: &Message) -> Option<Fit> {
        let fit = &candidate.fit;
        if fit.range.end == fit.literal_end {
            return Some(fit.clone());
        }
        let begins_statement = |c: &&Candidate<'_>| {
            let other = self.messages.get(c.wording.message);
            c.fit.range.start >= fit.literal_end
                && c.fit.range.start < fit.range.end
                && c.wording.template.literal_len >= 6
                && (other.is_some_and(|m| !m.anywhere && m.tool == message.tool)
                    && stands_alone(line, folded.source(c.fit.range.start))
                    // A label that says nothing itself must not hide what stands behind it.
                    || message.states.is_none() && other.is_some_and(|m| m.anywhere && m.states.is_some()))
        };
        let Some(next) = later.iter().filter(begins_statement).map(|c| c.fit.range.start).min() else {
            return Some(fit.clone());
        };
        let template = &candidate.wording.template;
        let window = 0..next;
        // The anchor may stand anywhere in the fit; it is the same occurrence.
        let anchor = template.anchor_literal();
        let inside = folded.bytes.get(fit.range.start..fit.literal_end)?;
        let at = fit.range.start + memchr::memmem::find(inside, anchor.as_bytes())?;
        template.fit(line, folded, at, window, &message.slots).or_else(|| Some(fit.clone()))
    }
}

/// The stated fact of a fit.
fn reading(line: &str, folded: &Folded, wording: &Wording, message: &Message, fit: &Fit) -> Reading {
    let value = |source: &FieldSource| match source {
        FieldSource::Constant(text) => text.clone(),
        FieldSource::Slot(index) => fit.values.iter().find(|v| v.0 == *index).map(|v| v.1.clone()).unwrap_or_default(),
    };
    let fields = message.states.iter().flat_map(|s| &s.fields).map(|(name, source)| (*name, value(source))).collect();
    let end = folded.source_end(line, fit.range.end);
    let start = folded.source(fit.range.start).min(end);
    Reading {
        message: wording.message,
        locale: wording.locale.clone(),
        confidence: wording.confidence,
        kind: message.states.as_ref().map(|s| s.kind),
        fields,
        range: start..end,
        specificity: wording.template.literal_len,
    }
}

/// Level words that loggers put before a message.
const LEVELS: [&[u8]; 6] = [b"info", b"error", b"warn", b"warning", b"debug", b"output:"];

/// What may stand between the start of a line (or the last statement) and a message: list numbers,
/// clock times, the level word of a log.
fn is_lead_in(lead: &[u8], at_line_start: bool) -> bool {
    if lead.is_empty() {
        return true;
    }
    if !at_line_start {
        return lead.len() <= 2 && lead.iter().all(u8::is_ascii_digit);
    }
    let stripped = LEVELS.iter().find_map(|l| lead.strip_suffix(*l)).unwrap_or(lead);
    stripped.len() <= 24 && stripped.iter().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'/' | b'=' | b'+'))
}

/// `小華:`, `第二次：`: a short word with a colon.
fn is_speaker(lead: &[u8]) -> bool {
    lead.len() <= 12 && lead.ends_with(b":") && lead.iter().position(|b| *b == b':') == Some(lead.len() - 1)
}

/// People quote success lines inside instructions, and short wordings begin ordinary sentences.
fn must_end_line(message: &Message, candidate: &Candidate<'_>) -> bool {
    let short = message.slots.is_empty() && !message.anywhere && candidate.wording.template.literal_len < SHORT_BYTES;
    let licensed = message.states.as_ref().is_some_and(|s| {
        s.kind == "license-status" && s.fields.iter().any(|f| matches!(&f.1, FieldSource::Constant(c) if c == "licensed"))
    });
    short || licensed || message.states.as_ref().is_some_and(|s| s.strict)
}

/// Between equal wordings, when the text does not say what program it is from.
const PREFERENCE: [&str; 5] = ["slmgr", "ospp", "errors", "shell", "quoted"];

/// Folded bytes below which a wording without slots must be the whole line: `未授權`, `Unlicensed`.
const SHORT_BYTES: usize = 13;

/// Whether nothing but another statement follows.
fn ends_line(folded: &Folded, end: usize, later: &[Candidate<'_>]) -> bool {
    let rest = folded.bytes.get(end..).unwrap_or_default();
    rest.is_empty() || later.iter().any(|c| c.fit.range.start == end) || BUTTONS.iter().any(|b| rest == b.as_bytes())
}

/// Captions that a copied or retyped message box leaves at the end.
const BUTTONS: [&str; 4] = ["ok", "確定", "确定", "關閉"];

/// Whether the character before `at` ends a word or sentence.
fn stands_alone(line: &str, at: usize) -> bool {
    let before = line.get(..at).and_then(|t| t.chars().next_back());
    before.is_none_or(|c| !c.is_alphanumeric() || !c.is_ascii())
}
